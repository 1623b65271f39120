param($SourceId, $ManagedEntityId, [string] $Results)
# READ
$Api = New-Object -ComObject 'MOM.ScriptAPI'
try {
    $Run = Read-Run $Results
}
catch {
    # Nothing is handed back: what was discovered stays, where an empty discovery would remove it.
    $Api.LogScriptEvent('Auth0.Synthetic.Discovery', 4711, 2, "The run cannot be read: $($_.Exception.Message)")
    exit
}
$Discovered = $Api.CreateDiscoveryData(0, $SourceId, $ManagedEntityId)
$Source = $Discovered.CreateClassInstance("$MPElement[Name='Auth0.Synthetic.Source']$")
$Source.AddProperty("$MPElement[Name='Auth0.Synthetic.Source']/Results$", $Results)
$Source.AddProperty("$MPElement[Name='System!System.Entity']/DisplayName$", 'Auth0 synthetic monitor')
$Discovered.AddInstance($Source)
foreach ($State in @(Get-States $Run)) {
    if ($State.Kind -ceq 'tenant') {
        $Instance = $Discovered.CreateClassInstance("$MPElement[Name='Auth0.Synthetic.Tenant']$")
        $Instance.AddProperty("$MPElement[Name='Auth0.Synthetic.Tenant']/Name$", $State.Name)
    }
    else {
        $Instance = $Discovered.CreateClassInstance("$MPElement[Name='Auth0.Synthetic.Connection']$")
        $Instance.AddProperty("$MPElement[Name='Auth0.Synthetic.Connection']/Name$", $State.Name)
        $Instance.AddProperty("$MPElement[Name='Auth0.Synthetic.Connection']/Tenant$", $State.Name.Split(':')[0])
    }
    $Instance.AddProperty("$MPElement[Name='System!System.Entity']/DisplayName$", $State.Name)
    $Discovered.AddInstance($Instance)
}
$Discovered
