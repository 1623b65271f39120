param([string] $Results, [double] $MaxAge)
# READ
$Api = New-Object -ComObject 'MOM.ScriptAPI'

function Send-Bag([hashtable] $Values) {
    $Bag = $Api.CreatePropertyBag()
    foreach ($Key in $Values.Keys) { $Bag.AddValue($Key, [string] $Values[$Key]) }
    $Bag
}

try {
    $Run = Read-Run $Results
    $Age = Get-AgeSeconds $Run ([DateTimeOffset]::UtcNow)
}
catch {
    Send-Bag @{ Kind = 'source'; Name = $Results; Fresh = 'no'; Said = "the run cannot be read: $($_.Exception.Message)" }
    exit
}
$Doubt = Get-Doubt $Run $Age $MaxAge
if ($Doubt -ceq '') {
    Send-Bag @{ Kind = 'source'; Name = $Results; Fresh = 'yes'; Said = "the run is $([Math]::Round($Age)) seconds old" }
}
else {
    Send-Bag @{ Kind = 'source'; Name = $Results; Fresh = 'no'; Said = $Doubt }
}
foreach ($State in @(Get-States $Run)) {
    # A run that says nothing now judges nobody, and gives no time.
    if ($Doubt -cne '') {
        $State.State = 'unknown'
        $State.Seconds = ''
        $State.Sentence = $Doubt
    }
    $Judged = 'yes'
    if ($State.State -ceq 'unknown') { $Judged = 'no' }
    $IsTimed = 'yes'
    if ($State.Seconds -ceq '') { $IsTimed = 'no' }
    Send-Bag @{
        Kind = $State.Kind; Name = $State.Name; State = $State.State; Judged = $Judged
        Timed = $IsTimed; Seconds = $State.Seconds
        Sentence = $State.Sentence; Owner = $State.Owner; Runbook = $State.Runbook
    }
}
