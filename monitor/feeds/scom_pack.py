"""The management pack for System Center Operations Manager: unsealed, and without a secret, as it asks nobody.

A script reads results.json and hands back property bags, one for the run and one for each tenant and connection. The
monitors of all of them share one data source, which SCOM therefore runs once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

PACK, VERSION = "Auth0.Synthetic", "1.0.0.0"
PUBLISHER = "31bf3856ad364e35"
"""The public key token of Microsoft's own packs."""

REFERENCES = {
    "System": ("System.Library", "7.5.8501.0"),
    "Health": ("System.Health.Library", "7.0.8433.0"),
    "Performance": ("System.Performance.Library", "7.0.8433.0"),
    "Windows": ("Microsoft.Windows.Library", "7.5.8501.0"),
    "SC": ("Microsoft.SystemCenter.Library", "7.0.8433.0"),
    "DW": ("Microsoft.SystemCenter.DataWarehouse.Library", "6.1.7221.0"),
}
"""By alias: what is referred to, and its oldest version that will do."""

POOL = "SC!Microsoft.SystemCenter.AllManagementServersPool"
SOURCE, TENANT, CONNECTION = (f"{PACK}.{name}" for name in ("Source", "Tenant", "Connection"))
SECONDS, TIMEOUT = 60, 50
_HERE = Path(__file__).parent
_SHARED = ("IntervalSeconds", "Results", "MaxAge")
_TYPES = {"IntervalSeconds": "xsd:integer", "MaxAge": "xsd:integer"}


class MonitorKind(NamedTuple):
    """A kind of monitor: the property of a bag that it reads, and by state the value of that, and the health."""

    name: str
    title: str
    reads: str
    states: tuple[tuple[str, str, str], ...]


KINDS = (
    MonitorKind(
        "Availability",
        "Login works",
        "State",
        (("Up", "up", "Success"), ("Degraded", "degraded", "Warning"), ("Down", "down", "Error")),
    ),
    MonitorKind("Judged", "Could be judged", "Judged", (("Yes", "yes", "Success"), ("No", "no", "Warning"))),
    MonitorKind("Fresh", "Runs come", "Fresh", (("Yes", "yes", "Success"), ("No", "no", "Error"))),
)
"""Unknown is no state of Availability, which stays as it was: that nothing is known the two others say."""

MONITORS = (
    (TENANT, "Availability", ("Sentence", "Owner", "Runbook")),
    (TENANT, "Judged", ("Sentence",)),
    (CONNECTION, "Availability", ("Sentence", "Owner", "Runbook")),
    (CONNECTION, "Judged", ()),
    (SOURCE, "Fresh", ("Said",)),
)
"""Whose monitor it is, of which kind, and what of the bag its alert has: without any there is no alert."""

_CLASSES = {
    SOURCE: ("Auth0 synthetic monitor", "source", ("Results",)),
    TENANT: ("Auth0 tenant", "tenant", ("Name",)),
    CONNECTION: ("Auth0 connection", "connection", ("Name", "Tenant")),
}
"""By class: its title, the kind of its bags, and its properties, the first of which is its key."""

_ALERTS = {
    "Availability": ("Login through Auth0: {0}", "{0}\n\nOwner: {1}. Next: {2}"),
    "Judged": ("An Auth0 tenant could not be judged", "Nothing is known of it, neither good nor bad. {0}"),
    "Fresh": ("The Auth0 synthetic monitor is silent", "{0}. All states may still read as healthy."),
}


def script(name: str) -> str:
    """A script with what all of them share in its place."""
    shared = (_HERE / "scom_read.ps1").read_text(encoding="utf-8")
    return (_HERE / f"scom_{name}.ps1").read_text(encoding="utf-8").replace("# READ\n", shared)


def pack(results: str, max_age: float) -> bytes:
    """The management pack that reads this file or address, and believes a run for so many seconds."""
    root = Element(
        "ManagementPack",
        {"ContentReadable": "true", "SchemaVersion": "2.0", "xmlns:xsd": "http://www.w3.org/2001/XMLSchema"},
    )
    _manifest(root)
    types = SubElement(root, "TypeDefinitions")
    classes = SubElement(SubElement(types, "EntityTypes"), "ClassTypes")
    for name in _CLASSES:
        _class(classes, name)
    modules = SubElement(types, "ModuleTypes")
    _state_source(modules)
    _latency_source(modules)
    kinds = SubElement(types, "MonitorTypes")
    for kind in KINDS:
        _monitor_type(kinds, kind)
    monitoring = SubElement(root, "Monitoring")
    _discovery(SubElement(monitoring, "Discoveries"), results)
    shared = {"IntervalSeconds": str(SECONDS), "Results": results, "MaxAge": f"{max_age:.0f}"}
    _rules(SubElement(monitoring, "Rules"), shared)
    monitors = SubElement(monitoring, "Monitors")
    for target, kind_name, said in MONITORS:
        _monitor(monitors, target, kind_name, said, shared)
    _presentation(SubElement(root, "Presentation"))
    _language(SubElement(root, "LanguagePacks"))
    indent(root)
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written + b"\n"


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    made = SubElement(parent, tag, attributes)
    made.text = text
    return made


def _manifest(root: Element) -> None:
    manifest = SubElement(root, "Manifest")
    identity = SubElement(manifest, "Identity")
    _text(identity, "ID", PACK)
    _text(identity, "Version", VERSION)
    _text(manifest, "Name", "Auth0 synthetic monitor")
    references = SubElement(manifest, "References")
    for alias, (name, version) in REFERENCES.items():
        reference = SubElement(references, "Reference", {"Alias": alias})
        _text(reference, "ID", name)
        _text(reference, "Version", version)
        _text(reference, "PublicKeyToken", PUBLISHER)


def _class(classes: Element, name: str) -> None:
    more = {"Abstract": "false", "Hosted": "false", "Singleton": "false"}
    base = {"ID": name, "Accessibility": "Public", "Base": "System!System.LogicalEntity"}
    made = SubElement(classes, "ClassType", base | more)
    for place, prop in enumerate(_CLASSES[name][2]):
        key = "true" if not place else "false"
        kept = {"MaxLength": "2048", "MinLength": "0", "CaseSensitive": "true"}
        SubElement(made, "Property", {"ID": prop, "Type": "string", "Key": key} | kept)


def _configuration(parent: Element, *names: str) -> None:
    configuration = SubElement(parent, "Configuration")
    for name in names:
        SubElement(
            configuration, "xsd:element", {"minOccurs": "1", "name": name, "type": _TYPES.get(name, "xsd:string")}
        )
    overrides = SubElement(parent, "OverrideableParameters")
    for name in _SHARED:
        kind = "int" if name in _TYPES else "string"
        given = {"ID": name, "Selector": f"$Config/{name}$", "ParameterType": kind}
        SubElement(overrides, "OverrideableParameter", given)


def _members(modules: Element, name: str, *configuration: str) -> tuple[Element, Element]:
    """A composite data source of this configuration: where its members go, and the whole."""
    made = SubElement(modules, "DataSourceModuleType", {"ID": name, "Accessibility": "Internal", "Batching": "false"})
    _configuration(made, *configuration)
    implementation = SubElement(made, "ModuleImplementation", {"Isolation": "Any"})
    return SubElement(SubElement(implementation, "Composite"), "MemberModules"), made


def _composed(made: Element, *nodes: str, output: str) -> None:
    """``nodes`` from the last module to the first."""
    composite = made.find("ModuleImplementation/Composite")
    place = SubElement(composite, "Composition") if composite is not None else made
    for node in nodes:
        place = SubElement(place, "Node", {"ID": node})
    _text(made, "OutputType", output)


def _powershell(parent: Element, name: str, interval: str, parameters: dict[str, str]) -> None:
    _text(parent, "IntervalSeconds", interval)
    SubElement(parent, "SyncTime")
    _text(parent, "ScriptName", f"{PACK}.{name.capitalize()}.ps1")
    _text(parent, "ScriptBody", script(name))
    given = SubElement(parent, "Parameters")
    for parameter, value in parameters.items():
        one = SubElement(given, "Parameter")
        _text(one, "Name", parameter)
        _text(one, "Value", value)
    _text(parent, "TimeoutSeconds", str(TIMEOUT))


def _state_source(modules: Element) -> None:
    members, made = _members(modules, f"{PACK}.State.DataSource", *_SHARED)
    kind = "Windows!Microsoft.Windows.TimedPowerShell.PropertyBagProvider"
    source = SubElement(members, "DataSource", {"ID": "Script", "TypeID": kind})
    given = {"Results": "$Config/Results$", "MaxAge": "$Config/MaxAge$"}
    _powershell(source, "state", "$Config/IntervalSeconds$", given)
    _composed(made, "Script", output="System!System.PropertyBagData")


def _latency_source(modules: Element) -> None:
    """The seconds of the right answer as a performance counter, where there was one."""
    members, made = _members(modules, f"{PACK}.Latency.DataSource", *_SHARED, "Kind", "Name")
    _shared_source(members)
    chosen = SubElement(members, "ConditionDetection", {"ID": "Filter", "TypeID": "System!System.ExpressionFilter"})
    _expression(chosen, {"Kind": "$Config/Kind$", "Name": "$Config/Name$", "Timed": "yes"})
    mapper = SubElement(
        members, "ConditionDetection", {"ID": "Mapper", "TypeID": "Performance!System.Performance.DataGenericMapper"}
    )
    _text(mapper, "ObjectName", "Auth0 login")
    _text(mapper, "CounterName", "Seconds of the right answer")
    _text(mapper, "InstanceName", "$Config/Name$")
    _text(mapper, "Value", "$Data/Property[@Name='Seconds']$")
    _composed(made, "Mapper", "Filter", "Source", output="Performance!System.Performance.Data")


def _shared_source(members: Element) -> None:
    source = SubElement(members, "DataSource", {"ID": "Source", "TypeID": f"{PACK}.State.DataSource"})
    for name in _SHARED:
        _text(source, name, f"$Config/{name}$")


def _expression(parent: Element, wanted: dict[str, str]) -> None:
    """All of these properties have these values."""
    together = SubElement(SubElement(parent, "Expression"), "And")
    for name, value in wanted.items():
        simple = SubElement(SubElement(together, "Expression"), "SimpleExpression")
        _text(SubElement(simple, "ValueExpression"), "XPathQuery", f"Property[@Name='{name}']", Type="String")
        _text(simple, "Operator", "Equal")
        _text(SubElement(simple, "ValueExpression"), "Value", value, Type="String")


def _monitor_type(kinds: Element, kind: MonitorKind) -> None:
    made = SubElement(kinds, "UnitMonitorType", {"ID": f"{PACK}.{kind.name}.MonitorType", "Accessibility": "Internal"})
    states = SubElement(made, "MonitorTypeStates")
    for state, _, _ in kind.states:
        SubElement(states, "MonitorTypeState", {"ID": state, "NoDetection": "false"})
    _configuration(made, *_SHARED, "Kind", "Name")
    implementation = SubElement(made, "MonitorImplementation")
    members = SubElement(implementation, "MemberModules")
    _shared_source(members)
    for state, value, _ in kind.states:
        given = {"ID": f"{state}Filter", "TypeID": "System!System.ExpressionFilter"}
        chosen = SubElement(members, "ConditionDetection", given)
        _expression(chosen, {"Kind": "$Config/Kind$", "Name": "$Config/Name$", kind.reads: value})
    detections = SubElement(implementation, "RegularDetections")
    for state, _, _ in kind.states:
        detection = SubElement(detections, "RegularDetection", {"MonitorTypeStateID": state})
        SubElement(SubElement(detection, "Node", {"ID": f"{state}Filter"}), "Node", {"ID": "Source"})


def _discovery(discoveries: Element, results: str) -> None:
    given = {"Enabled": "true", "Target": POOL, "ConfirmDelivery": "false", "Remotable": "true", "Priority": "Normal"}
    made = SubElement(discoveries, "Discovery", {"ID": f"{PACK}.Discovery"} | given)
    _text(made, "Category", "Discovery")
    types = SubElement(made, "DiscoveryTypes")
    for name in _CLASSES:
        SubElement(types, "DiscoveryClass", {"TypeID": name})
    kind = "Windows!Microsoft.Windows.TimedPowerShell.DiscoveryProvider"
    source = SubElement(made, "DataSource", {"ID": "Script", "TypeID": kind})
    ids = {"SourceId": "$MPElement$", "ManagedEntityId": "$Target/Id$"}
    _powershell(source, "discovery", "3600", ids | {"Results": results})


def _given(parent: Element, target: str, shared: dict[str, str]) -> None:
    _, kind, properties = _CLASSES[target]
    for name, value in shared.items():
        _text(parent, name, value)
    _text(parent, "Kind", kind)
    _text(parent, "Name", f'$Target/Property[Type="{target}"]/{properties[0]}$')


def _rules(rules: Element, shared: dict[str, str]) -> None:
    for target in (TENANT, CONNECTION):
        given = {"Enabled": "true", "Target": target, "ConfirmDelivery": "false", "Remotable": "true"}
        made = SubElement(rules, "Rule", {"ID": f"{target}.Latency", **given, "Priority": "Normal"})
        _text(made, "Category", "PerformanceCollection")
        sources = SubElement(made, "DataSources")
        source = SubElement(sources, "DataSource", {"ID": "Source", "TypeID": f"{PACK}.Latency.DataSource"})
        _given(source, target, shared)
        actions = SubElement(made, "WriteActions")
        for id_, kind in (
            ("Operations", "SC!Microsoft.SystemCenter.CollectPerformanceData"),
            ("Warehouse", "DW!Microsoft.SystemCenter.DataWarehouse.PublishPerformanceData"),
        ):
            SubElement(actions, "WriteAction", {"ID": id_, "TypeID": kind})


def _monitor(monitors: Element, target: str, kind_name: str, said: tuple[str, ...], shared: dict[str, str]) -> None:
    kind = next(each for each in KINDS if each.name == kind_name)
    id_ = f"{target}.{kind_name}"
    given = {"Accessibility": "Public", "Enabled": "true", "Target": target, "Remotable": "true"}
    typed = {"ParentMonitorID": "Health!System.Health.AvailabilityState", "TypeID": f"{PACK}.{kind_name}.MonitorType"}
    more = {"Priority": "Normal", "ConfirmDelivery": "false"}
    made = SubElement(monitors, "UnitMonitor", {"ID": id_} | given | typed | more)
    _text(made, "Category", "AvailabilityHealth")
    if said:
        alert = SubElement(made, "AlertSettings", {"AlertMessage": f"{id_}.AlertMessage"})
        _text(alert, "AlertOnState", "Warning")
        _text(alert, "AutoResolve", "true")
        _text(alert, "AlertPriority", "Normal")
        _text(alert, "AlertSeverity", "MatchMonitorHealth")
        parameters = SubElement(alert, "AlertParameters")
        for place, name in enumerate(said, start=1):
            _text(parameters, f"AlertParameter{place}", f"$Data/Context/Property[@Name='{name}']$")
    states = SubElement(made, "OperationalStates")
    for state, _, health in kind.states:
        id_of_state = {"ID": f"{kind_name}{state}", "MonitorTypeStateID": state, "HealthState": health}
        SubElement(states, "OperationalState", id_of_state)
    _given(SubElement(made, "Configuration"), target, shared)


_VIEWS = (
    (f"{PACK}.View.Tenants", TENANT, "StateViewType", "Tenants"),
    (f"{PACK}.View.Connections", CONNECTION, "StateViewType", "Connections"),
    (f"{PACK}.View.Source", SOURCE, "StateViewType", "Age of the runs"),
    (f"{PACK}.View.Alerts", TENANT, "AlertViewType", "Alerts of tenants"),
    (f"{PACK}.View.Latency", CONNECTION, "PerformanceViewType", "Latency"),
)
_FOLDER = f"{PACK}.Folder"


def _presentation(presentation: Element) -> None:
    views = SubElement(presentation, "Views")
    for id_, target, kind, _ in _VIEWS:
        given = {"Accessibility": "Public", "Enabled": "true", "Target": target, "Visible": "true"}
        made = SubElement(views, "View", {"ID": id_, "TypeID": f"SC!Microsoft.SystemCenter.{kind}"} | given)
        _text(made, "Category", "Operations")
    folders = SubElement(presentation, "Folders")
    root = "SC!Microsoft.SystemCenter.Monitoring.ViewFolder.Root"
    SubElement(folders, "Folder", {"ID": _FOLDER, "Accessibility": "Public", "ParentFolder": root})
    items = SubElement(presentation, "FolderItems")
    for id_, _, _, _ in _VIEWS:
        SubElement(items, "FolderItem", {"ElementID": id_, "ID": f"{id_}.Item", "Folder": _FOLDER})
    strings = SubElement(presentation, "StringResources")
    for target, kind_name, said in MONITORS:
        if said:
            SubElement(strings, "StringResource", {"ID": f"{target}.{kind_name}.AlertMessage"})


def _titles() -> Iterator[tuple[str, str, str, str]]:
    """Of each element its id, the part of it (or nothing), its title, and a text (or nothing)."""
    yield (
        PACK,
        "",
        "Auth0 synthetic monitor",
        "It reads the runs of the synthetic monitor, and sends no request to a tenant itself.",
    )
    for name, (title, _, properties) in _CLASSES.items():
        yield name, "", title, ""
        yield from ((name, prop, prop, "") for prop in properties)
    yield f"{PACK}.State.DataSource", "", "States of a run", ""
    yield f"{PACK}.Latency.DataSource", "", "Latency of a run", ""
    yield f"{PACK}.Discovery", "", "Tenants and connections of the synthetic monitor", ""
    titles = {kind.name: kind for kind in KINDS}
    for kind in KINDS:
        yield f"{PACK}.{kind.name}.MonitorType", "", kind.title, ""
        yield from ((f"{PACK}.{kind.name}.MonitorType", state, value, "") for state, value, _ in kind.states)
    for target in (TENANT, CONNECTION):
        yield f"{target}.Latency", "", f"Latency of an {_CLASSES[target][0]}", ""
    for target, kind_name, said in MONITORS:
        kind, id_ = titles[kind_name], f"{target}.{kind_name}"
        yield id_, "", kind.title, ""
        yield from ((id_, f"{kind_name}{state}", value, "") for state, value, _ in kind.states)
        if said:
            yield f"{id_}.AlertMessage", "", *_ALERTS[kind_name]
    for view, _, _, title in _VIEWS:
        yield view, "", title, ""
    yield _FOLDER, "", "Auth0", ""


def _language(packs: Element) -> None:
    made = SubElement(packs, "LanguagePack", {"ID": "ENU", "IsDefault": "true"})
    strings = SubElement(made, "DisplayStrings")
    for id_, part, title, about in _titles():
        named = {"ElementID": id_} | ({"SubElementID": part} if part else {})
        string = SubElement(strings, "DisplayString", named)
        _text(string, "Name", title)
        if about:
            _text(string, "Description", about)
