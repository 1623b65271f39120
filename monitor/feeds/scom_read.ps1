# What a script of the management pack knows of a run: it reads results.json, from a file or an address, and judges.
# Everything here is compared with case: two connections may differ in that alone.
$Rank = @{ skipped = 0; up = 1; degraded = 2; unknown = 3; down = 4 }
$Word = @('unknown', 'up', 'degraded', 'unknown', 'down')
$Timed = @('login', 'profile', 'dedicated', 'machine-login', 'discovery')
$Unread = @('Unreadable', 'Outdated', 'ProviderUnseen')
$Ahead = 300
$Forms = @(1, 2)

function Read-Run([string] $From) {
    if ($From -match '^https://') {
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        $Client = New-Object Net.WebClient
        $Client.Encoding = [Text.Encoding]::UTF8
        $Text = $Client.DownloadString($From)
    }
    else {
        $Text = [IO.File]::ReadAllText($From, [Text.Encoding]::UTF8)
    }
    $Document = ConvertFrom-Json -InputObject $Text
    # Of what its number does not tell, nothing is known: neither is the run healthy, nor is a tenant gone.
    if ($Forms -cnotcontains $Document.schema) {
        throw "its form is $($Document.schema), and this management pack reads $($Forms -join ' and '): import a newer one"
    }
    return $Document
}

function Get-AgeSeconds($Document, [DateTimeOffset] $Now) {
    $Style = [Globalization.DateTimeStyles]::AssumeUniversal
    $Invariant = [Globalization.CultureInfo]::InvariantCulture
    $Began = [DateTimeOffset]::Parse([string] $Document.run.started, $Invariant, $Style)
    return ($Now - $Began).TotalSeconds
}

# Why the run says nothing of a real tenant now; empty where it does.
function Get-Doubt($Document, [double] $Age, [double] $MaxAge) {
    if ($Document.run.mode -cne 'live') { return "a run of mode $($Document.run.mode), which is of no real tenant" }
    if ($Age -lt -$Ahead) { return 'the run lies ahead: look at the clocks' }
    if ($Age -gt $MaxAge) { return "no run for $([Math]::Round($Age)) seconds" }
    return ''
}

# As what a verdict counts: what the machine that asks is to blame for is unknown, a weak witness makes it degraded.
function Get-Counted($Verdict, $Cause) {
    $Status = [string] $Verdict.status
    if ($Status -cne 'down' -or $null -eq $Cause) { return $Status }
    $OfRunner = ($Cause.owner -ceq 'runner') -and ($Cause.confidence -cne 'guess')
    if ($OfRunner -or ($Cause.status -ceq 'unknown')) { return 'unknown' }
    if ($Cause.status -ceq 'degraded') { return 'degraded' }
    return $Status
}

function New-Map([string] $Kind) {
    return New-Object "Collections.Generic.Dictionary[string,$Kind]" ([StringComparer]::Ordinal)
}

# Of each tenant and each connection: Kind, Name, State, Seconds, Sentence, Owner and Runbook.
function Get-States($Document) {
    $CauseOf = New-Map 'object'
    foreach ($Cause in @($Document.diagnosis.causes)) {
        foreach ($Id in @($Cause.verdicts)) { $CauseOf[[string] $Id] = $Cause }
    }
    $Worst = New-Map 'int'
    $First = New-Map 'object'
    $Slowest = New-Map 'double'
    $KindOf = New-Map 'int'
    $Named = New-Map 'int'
    foreach ($Tenant in @($Document.run.tenants)) {
        if ([string] $Tenant -cne '') { $Worst[[string] $Tenant] = -1 }
    }
    foreach ($Verdict in @($Document.verdicts)) { $Named[[string] $Verdict.target] = 1 }
    foreach ($Verdict in @($Document.verdicts)) {
        $Cause = $null
        if ($CauseOf.ContainsKey([string] $Verdict.id)) { $Cause = $CauseOf[[string] $Verdict.id] }
        $Counted = Get-Counted $Verdict $Cause
        $Value = $Rank[$Counted]
        if (($Verdict.status -ceq 'unknown') -and ($Unread -ccontains $Verdict.failure)) { $Value = -1 }
        $Target = [string] $Verdict.target
        $Parts = $Target.Split(':')
        $Tenant = $Parts[0]
        if (($Tenant -ceq '') -or ($Tenant -ceq 'dependencies')) { continue }
        for ($Length = 1; $Length -le $Parts.Length; $Length++) {
            $Name = [string]::Join(':', $Parts[0..($Length - 1)])
            if (($Length -gt 1) -and (-not $Named.ContainsKey($Name))) { continue }
            if (-not $Worst.ContainsKey($Name)) { $Worst[$Name] = -1 }
            if ($Value -gt $Worst[$Name]) {
                $Worst[$Name] = $Value
                $First[$Name] = $Cause
            }
        }
        $Place = [Array]::IndexOf($Timed, [string] $Verdict.kind)
        $Right = ($Verdict.status -ceq 'up') -or ($Verdict.status -ceq 'degraded')
        if ($Place -ge 0) {
            if ((-not $KindOf.ContainsKey($Target)) -or ($Place -lt $KindOf[$Target])) {
                $KindOf[$Target] = $Place
                [void] $Slowest.Remove($Target)
            }
            if ($Right -and ($Place -eq $KindOf[$Target]) -and ($null -ne $Verdict.seconds) -and ($null -ne $Verdict.budget)) {
                $Before = 0.0
                if ($Slowest.ContainsKey($Target)) { $Before = $Slowest[$Target] }
                $Slowest[$Target] = [Math]::Max($Before, [double] $Verdict.seconds)
            }
        }
    }
    foreach ($Name in $Worst.Keys) {
        $Cause = $null
        if ($First.ContainsKey($Name)) { $Cause = $First[$Name] }
        $State = 'unknown'
        if ($Worst[$Name] -ge 0) { $State = $Word[$Worst[$Name]] }
        $Seconds = ''
        if ($Slowest.ContainsKey($Name)) { $Seconds = $Slowest[$Name].ToString([Globalization.CultureInfo]::InvariantCulture) }
        $Kind = 'tenant'
        if ($Name.Contains(':')) { $Kind = 'connection' }
        New-Object PSObject -Property @{
            Kind = $Kind; Name = $Name; State = $State; Seconds = $Seconds
            Sentence = $(if ($Cause) { $Cause.sentence } else { '' })
            Owner = $(if ($Cause) { $Cause.owner } else { '' })
            Runbook = $(if ($Cause) { $Cause.runbook } else { '' })
        }
    }
}
