"""System Center's files: their structure, the scripts' logic by a twin, and the wizard's tests asked of the sandbox."""

from __future__ import annotations

import csv
import json
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import tree_sitter
import tree_sitter_powershell

from monitor import results
from monitor.failures import Unreadable, is_a
from monitor.feeds import readout, scom_pack, scom_wizard
from monitor.history.sights import _TIMED
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES, Run
from tests.feeds import day, made, scom_twin
from tests.feeds.conftest import Command
from tests.reports import runs

RESULTS = "https://status.acme.example/latest/results.json"
ROOT = ET.fromstring(scom_pack.pack(RESULTS, 600))  # noqa: S314 - our own
SCRIPTS = ("discovery", "state")
ALIASES = set(scom_pack.REFERENCES)
OWN = {each.get("ID") for each in ROOT.iter() if (each.get("ID") or "").startswith("Auth0.")}
REFERRING = ("TypeID", "Target", "Base", "ParentMonitorID", "ParentFolder", "AlertMessage", "ElementID", "Folder")
IS_AN_ELEMENT = (
    "ClassType",
    "DataSourceModuleType",
    "UnitMonitorType",
    "Discovery",
    "Rule",
    "UnitMonitor",
    "View",
    "Folder",
    "StringResource",
)
IS_A_PART = ("Property", "MonitorTypeState", "OperationalState")


def references() -> Iterator[str]:
    for each in ROOT.iter():
        yield from (value for name in REFERRING if (value := each.get(name)))
    for text in ROOT.itertext():
        yield from re.findall(r"\$MPElement\[Name='([^']+)'\]", text)
        yield from re.findall(r'\$Target/Property\[Type="([^"]+)"\]', text)


def test_every_reference_leads_to_an_alias_or_to_an_element_of_the_pack() -> None:
    found = set(references())

    assert {each for each in found if "!" in each and each.partition("!")[0] not in ALIASES} == set()
    assert {each for each in found if "!" not in each} - OWN - {scom_pack.PACK} == set()
    assert {each.partition("!")[0] for each in found if "!" in each} == ALIASES, "no reference is idle"


def test_every_id_is_there_once() -> None:
    elements = [each.get("ID") for tag in IS_AN_ELEMENT for each in ROOT.iter(tag)]

    assert len(elements) == len(set(elements)) > 20
    for kind in (*ROOT.iter("UnitMonitorType"), *ROOT.iter("DataSourceModuleType")):
        members = [each.get("ID") for each in kind.iter() if each.get("TypeID")]
        assert len(members) == len(set(members))


def test_every_id_has_a_title() -> None:
    shown = {(each.get("ElementID"), each.get("SubElementID")) for each in ROOT.iter("DisplayString")}
    wanted: set[tuple[str | None, str | None]] = {
        (each.get("ID"), None) for tag in IS_AN_ELEMENT for each in ROOT.iter(tag)
    }
    parents = {child: parent for parent in ROOT.iter() for child in parent}
    for tag in IS_A_PART:
        for each in ROOT.iter(tag):
            above = parents[each] if tag == "Property" else parents[parents[each]]
            wanted.add((above.get("ID"), each.get("ID")))

    assert shown == wanted | {(scom_pack.PACK, None)}
    assert all((each.findtext("Name") or "").strip() for each in ROOT.iter("DisplayString"))


def test_states_of_a_monitor_and_of_its_type_are_one_to_one() -> None:
    types = {
        each.get("ID"): [state.get("ID") for state in each.iter("MonitorTypeState")]
        for each in ROOT.iter("UnitMonitorType")
    }
    for monitor in ROOT.iter("UnitMonitor"):
        states = [state.get("MonitorTypeStateID") for state in monitor.iter("OperationalState")]
        assert states == types[monitor.get("TypeID")]
        health = [state.get("HealthState") for state in monitor.iter("OperationalState")]
        assert len(set(health)) == len(health)
        assert health[0] == "Success"
    for kind in ROOT.iter("UnitMonitorType"):
        detected = [each.get("MonitorTypeStateID") for each in kind.iter("RegularDetection")]
        assert detected == types[kind.get("ID")]


def test_modules_of_a_composition_are_its_members() -> None:
    for kind in (*ROOT.iter("UnitMonitorType"), *ROOT.iter("DataSourceModuleType")):
        members = {each.get("ID") for each in kind.iter() if each.get("TypeID")}
        assert {each.get("ID") for each in kind.iter("Node")} == members


def test_configuration_that_is_given_is_the_one_that_the_type_wants() -> None:
    wanted = {
        each.get("ID"): [one.get("name") for one in each.iter("xsd:element")]
        for each in (*ROOT.iter("UnitMonitorType"), *ROOT.iter("DataSourceModuleType"))
    } or {}
    text = scom_pack.pack(RESULTS, 600).decode()
    names = re.findall(r'<xsd:element minOccurs="1" name="(\w+)"', text)
    assert set(names) == {"IntervalSeconds", "Results", "MaxAge", "Kind", "Name"}
    for each in ROOT.iter():
        kind = each.get("TypeID")
        if kind in wanted and each.tag == "DataSource":
            given = [child.tag for child in each]
            assert given == (
                ["IntervalSeconds", "Results", "MaxAge"]
                if str(kind).endswith("State.DataSource")
                else ["IntervalSeconds", "Results", "MaxAge", "Kind", "Name"]
            )
    for monitor in ROOT.iter("UnitMonitor"):
        configuration = monitor.find("Configuration")
        assert configuration is not None
        assert [each.tag for each in configuration] == ["IntervalSeconds", "Results", "MaxAge", "Kind", "Name"]


def test_monitors_rules_and_alerts_read_what_the_script_puts_into_its_bags() -> None:
    filled = {
        key
        for bag in re.findall(r"Send-Bag @\{(.*?)\}\n", scom_twin.SCRIPT, re.DOTALL)
        for key in re.findall(r"(?:^|;|\s)(\w+) = ", bag)
    }
    read = {name for text in ROOT.itertext() for name in re.findall(r"Property\[@Name='(\w+)'\]", text)}

    assert read <= filled
    assert filled == {key for bag in scom_twin.bags(written(made.sick()), time.time(), 600) for key in bag}


def test_every_value_that_a_monitor_waits_for_is_one_that_the_script_says() -> None:
    for kind in scom_pack.KINDS:
        for _, value, _ in kind.states:
            assert f"'{value}'" in scom_twin.SCRIPT


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_powershell_by_its_grammar(name: str) -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    tree = parser.parse(scom_pack.script(name).encode())

    assert not tree.root_node.has_error
    assert parser.parse(b"if ($true { }").root_node.has_error, "the grammar finds errors"


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_names_no_variable_that_scom_would_replace(name: str) -> None:
    """What stands between two $ and begins so is SCOM's own."""
    own = re.findall(r"\$(?:Data|Config|RunAs|Target)\b", scom_pack.script(name), re.IGNORECASE)

    assert [each for each in own if each.casefold() != "$target"] == []
    assert not re.search(
        r"\$Target[/\[]?[^\s,\])]*\$", scom_pack.script(name).replace("$Target)", "").replace("$Target]", "")
    )


def written(run: Run) -> dict[str, Any]:
    """The run as the script reads it."""
    with tempfile.TemporaryDirectory() as folder:
        results.write(Path(folder) / results.NAME, run)
        document: dict[str, Any] = json.loads((Path(folder) / results.NAME).read_text(encoding="utf-8"))
    return document


def test_tables_of_the_script_are_the_monitors_own() -> None:
    assert {str(status): rank for status, rank in SEVERITY.items()} == scom_twin.RANK
    assert [
        "unknown",
        *(str(each) for each in sorted(set(Status) - {Status.SKIPPED}, key=SEVERITY.__getitem__)),
    ] == scom_twin.WORD
    assert tuple(scom_twin.TIMED) == _TIMED
    assert all(is_a(name, Unreadable) for name in scom_twin.UNREAD)
    assert len(scom_twin.UNREAD) == 1 + len(Unreadable.__subclasses__())


@made.each_run
def test_twin_of_the_script_says_of_any_run_what_every_other_feed_says(run: Run) -> None:
    told = {state["Name"]: state for state in scom_twin.states(written(run))}
    known = {tenant.name: tenant for tenant in readout.tenants(run) if tenant.name != DEPENDENCIES}
    for name, tenant in known.items():
        if ":" in name:
            continue  # no tenant is called so
        if name in told:
            assert told[name]["State"] == tenant.status
        for target, (status, seconds) in tenant.targets.items():
            if target in told and target != name:
                assert told[target]["State"] == (Status.UNKNOWN if status == Status.SKIPPED else status)
                assert told[target]["Seconds"] == ("" if seconds is None else f"{seconds:g}")


def test_twin_knows_a_sick_run() -> None:
    told = {bag["Name"]: bag for bag in scom_twin.bags(written(made.sick()), time.time(), 600)}

    assert told["results.json"]["Fresh"] == "yes"
    assert {name: told[name]["State"] for name in ("prod", "staging", "dev", "lab", made.MAIN)} == {
        "prod": "down",
        "staging": "degraded",
        "dev": "unknown",
        "lab": "unknown",
        made.MAIN: "down",
    }
    assert (told["prod"]["Owner"], told["prod"]["Judged"], told["dev"]["Judged"]) == ("extension", "yes", "no")


@pytest.mark.parametrize(("ago", "mode"), [(700.0, "live"), (-700.0, "live"), (5.0, "sandbox"), (5.0, "drill")])
def test_run_that_says_nothing_now_judges_nobody(ago: float, mode: str) -> None:
    told = scom_twin.bags(written(made.well(ago=ago, mode=mode)), time.time(), 600)

    assert told[0]["Fresh"] == "no"
    assert {bag["Judged"] for bag in told[1:]} == {"no"}
    assert {bag["State"] for bag in told[1:]} == {"unknown"}


def test_pack_reads_every_form_that_the_monitor_reads() -> None:
    assert set(scom_twin.FORMS) == set(results.FORMS)


def test_run_of_the_first_form_reads_as_it_did() -> None:
    told = written(made.sick())

    assert scom_twin.unread(runs.in_form_1(told)) == ""
    assert scom_twin.states(runs.in_form_1(told)) == scom_twin.states(told)


@pytest.mark.parametrize("number", [0, 3, None])
def test_run_of_a_form_that_is_not_known_judges_nobody_and_takes_no_tenant_away(number: int | None) -> None:
    told = scom_twin.bags(written(made.well()) | {"schema": number}, time.time(), 600)

    assert [(bag["Kind"], bag["Fresh"]) for bag in told] == [("source", "no")]
    assert f"its form is {number}, and this management pack reads 1 and 2" in told[0]["Said"]
    for name in ("state", "discovery"):
        before, _, after = scom_pack.script(name).partition("    $Run = Read-Run $Results\n")
        assert before.endswith("try {\n")
        assert after.partition("\ncatch {\n")[2].partition("\n}\n")[0].endswith("    exit")


def test_unknown_is_no_state_of_availability_and_a_warning_of_its_own() -> None:
    kinds = {kind.name: kind for kind in scom_pack.KINDS}

    assert "unknown" not in {value for _, value, _ in kinds["Availability"].states}
    assert kinds["Judged"].states[1][1:] == ("no", "Warning")


def test_day_of_300_tenants_is_an_instance_and_a_bag_for_each() -> None:
    told = scom_twin.bags(written(day.bad()), time.time(), 600)

    assert sum(bag["Kind"] == "tenant" for bag in told) == day.TENANTS
    names = [bag["Name"] for bag in told]
    assert len(names) == len(set(names))


def test_pack_has_no_secret_and_the_source_as_it_was_given(tmp_path: Path, command: Command) -> None:
    secrets = {
        "AUTH0_PASSWORD": day.CANARY,
        "AUTH0_CLIENT_SECRET": f"{day.CANARY}-2",
        "AUTH0_USERNAME": "mia@acme.example",
    }
    env = {"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_CLIENT_ID": "a" * 32, **secrets}
    ran = command("scom", "--output", str(tmp_path / "scom"), "--results", "\\\\server\\share\\results.json", env=env)

    files = {each.name: each.read_text(encoding="utf-8") for each in (tmp_path / "scom").iterdir()}
    assert (ran.returncode, ran.stderr) == (0, "")
    assert set(files) == {
        "Auth0.Synthetic.xml",
        "endpoints.csv",
        "login.csv",
        "login-body.json",
        "login-body-1.json",
        "wizard.md",
    }
    assert "\\\\server\\share\\results.json" in files["Auth0.Synthetic.xml"]
    assert all(value not in text for value in (*secrets.values(), "a" * 32) for text in files.values())
    rows = list(csv.reader(files["endpoints.csv"].splitlines()))
    assert [row[1] for row in rows] == [f"https://acme.eu.auth0.com{path}" for path in scom_wizard.ENDPOINTS.values()]
    assert [row[0].split()[-1] for row in rows] == list(scom_wizard.ENDPOINTS)


@pytest.mark.parametrize(
    "given",
    ["http://status.acme.example/results.json", "https://me:pw@status.acme.example/r.json", "a$b", "", "ftp://x/y"],
)
def test_source_that_would_be_a_secret_or_is_none_is_refused(given: str, tmp_path: Path, command: Command) -> None:
    ran = command("scom", "--output", str(tmp_path / "scom"), "--results", given, env={})

    assert ran.returncode == 2
    assert not (tmp_path / "scom").exists()
    assert "me:pw" not in ran.stderr


def test_without_a_tenant_there_is_the_pack_alone_and_it_says_so(tmp_path: Path, command: Command) -> None:
    ran = command("scom", "--output", str(tmp_path / "scom"), "--results", RESULTS, env={})

    assert ran.returncode == 1
    assert "AUTH0_DOMAIN" in ran.stderr
    assert [each.name for each in (tmp_path / "scom").iterdir()] == ["Auth0.Synthetic.xml"]


def test_values_of_the_wizard_are_those_of_auth0s_page() -> None:
    endpoints, login = scom_wizard.GROUPS
    table = scom_wizard.table()

    assert [(each.seconds, each.timeout, each.error_from, each.performance_every) for each in (endpoints, login)] == [
        (60, 30, 400, 1)
    ] * 2
    assert (endpoints.method, login.method, login.content) == ("GET", "POST", "id_token")
    for value in (
        "60 seconds",
        "30 seconds",
        "≥ 400",
        "does not contain `id_token`",
        "in the management pack in clear",
    ):
        assert value in table


def test_body_of_the_login_has_placeholders_and_asks_for_an_id_token() -> None:
    plain, by_connection = (json.loads(scom_wizard.login_body(name)) for name in ("", "corp"))

    assert {plain[key] for key in ("username", "password", "client_id", "client_secret")} == set(
        scom_wizard.PLACEHOLDERS
    )
    assert "openid" in plain["scope"]
    assert (plain["grant_type"], by_connection["grant_type"], by_connection["realm"]) == (
        "password",
        scom_wizard.REALM,
        "corp",
    )


def named(tag: str) -> dict[str, ET.Element]:
    """The elements of this kind by their ids, without the pack's own name before them."""
    return {str(each.get("ID")).removeprefix("Auth0.Synthetic."): each for each in ROOT.iter(tag)}


def texts(parent: ET.Element, path: str = ".") -> dict[str, str]:
    """What stands in each of the children."""
    found = parent.find(path)
    assert found is not None, path
    return {each.tag: each.text or "" for each in found}


def test_pack_refers_to_microsofts_own_packs_by_their_key() -> None:
    assert (ROOT.tag, ROOT.get("ContentReadable"), ROOT.get("SchemaVersion")) == ("ManagementPack", "true", "2.0")
    manifest = ROOT.find("Manifest")
    assert manifest is not None
    assert texts(manifest, "Identity") == {"ID": "Auth0.Synthetic", "Version": "1.0.0.0"}
    assert manifest.findtext("Name")
    for reference in ROOT.iter("Reference"):
        told = texts(reference)
        assert told["PublicKeyToken"] == "31bf3856ad364e35"
        assert re.fullmatch(r"(System|Microsoft)(\.[A-Za-z]+)*\.Library", told["ID"])
        assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", told["Version"])
    assert [each.tag for each in ROOT] == [
        "Manifest",
        "TypeDefinitions",
        "Monitoring",
        "Presentation",
        "LanguagePacks",
    ], "the schema has them in this order"


def test_classes_are_public_instances_of_their_own_with_a_key() -> None:
    for each in named("ClassType").values():
        assert {name: each.get(name) for name in ("Accessibility", "Base", "Abstract", "Hosted", "Singleton")} == {
            "Accessibility": "Public",
            "Base": "System!System.LogicalEntity",
            "Abstract": "false",
            "Hosted": "false",
            "Singleton": "false",
        }
        assert [prop.get("Key") for prop in each] == ["true", *("false" for _ in each[1:])]
        for prop in each:
            kept = (prop.get("Type"), prop.get("MinLength"), prop.get("CaseSensitive"))
            assert kept == ("string", "0", "true")
            assert int(prop.get("MaxLength") or 0) >= 1_000, "an address may be so long"
    properties = {id_: [prop.get("ID") for prop in each] for id_, each in named("ClassType").items()}
    assert properties == {"Source": ["Results"], "Tenant": ["Name"], "Connection": ["Name", "Tenant"]}


def test_script_is_run_every_minute_by_one_source_that_all_monitors_share() -> None:
    sources = named("DataSourceModuleType")
    members = {
        id_: {part.get("ID"): part for part in each.iter() if part.get("TypeID")} for id_, each in sources.items()
    }
    script = members["State.DataSource"]["Script"]
    assert script.get("TypeID") == "Windows!Microsoft.Windows.TimedPowerShell.PropertyBagProvider"
    told = texts(script)
    assert (told["IntervalSeconds"], told["ScriptName"]) == ("$Config/IntervalSeconds$", "Auth0.Synthetic.State.ps1")
    assert told["ScriptBody"] == scom_pack.script("state")
    assert [child.tag for child in script] == [
        "IntervalSeconds",
        "SyncTime",
        "ScriptName",
        "ScriptBody",
        "Parameters",
        "TimeoutSeconds",
    ]
    assert given(script) == {"Results": "$Config/Results$", "MaxAge": "$Config/MaxAge$"}
    assert {each.findtext("OutputType") for each in sources.values()} == {
        "System!System.PropertyBagData",
        "Performance!System.Performance.Data",
    }
    for each in (*ROOT.iter("UnitMonitor"), *ROOT.iter("Rule")):
        configured = each.find("Configuration") if each.tag == "UnitMonitor" else each.find("DataSources/DataSource")
        assert configured is not None
        told = texts(configured)
        assert (told["IntervalSeconds"], told["Results"], told["MaxAge"]) == ("60", RESULTS, "600"), "or it runs twice"
        target = str(each.get("Target"))
        kind = target.rpartition(".")[2].lower()
        key = "Results" if kind == "source" else "Name"
        assert (told["Kind"], told["Name"]) == (kind, f'$Target/Property[Type="{target}"]/{key}$')
    assert int(texts(script)["TimeoutSeconds"]) < 60, "the next one begins then"


def given(source: ET.Element) -> dict[str, str]:
    """The parameters of a script."""
    return {texts(each)["Name"]: texts(each)["Value"] for each in source.iter("Parameter")}


def test_parameters_are_of_the_types_that_an_override_needs() -> None:
    kinds = {"IntervalSeconds": "integer", "MaxAge": "integer", "Results": "string", "Kind": "string", "Name": "string"}
    for each in (*ROOT.iter("DataSourceModuleType"), *ROOT.iter("UnitMonitorType")):
        wanted = {one.get("name"): str(one.get("type")).removeprefix("xsd:") for one in each.iter("xsd:element")}
        wanted |= {
            one.get("name"): str(one.get("type")).removeprefix("xsd:")
            for one in each.iter("{http://www.w3.org/2001/XMLSchema}element")
        }
        assert wanted
        assert all(kinds[str(name)] == kind for name, kind in wanted.items())
        overrides = {
            one.get("ID"): (one.get("Selector"), one.get("ParameterType")) for one in each.iter("OverrideableParameter")
        }
        assert overrides == {
            "IntervalSeconds": ("$Config/IntervalSeconds$", "int"),
            "Results": ("$Config/Results$", "string"),
            "MaxAge": ("$Config/MaxAge$", "int"),
        }
        assert each.get("Accessibility") == "Internal"


def wants(condition: ET.Element) -> dict[str, str]:
    """Which property has to have which value; it is all of them, and each is equal."""
    (together,) = [each for each in condition if each.tag == "Expression"]
    assert [each.tag for each in together] == ["And"]
    found = {}
    for simple in condition.iter("SimpleExpression"):
        assert [each.tag for each in simple] == ["ValueExpression", "Operator", "ValueExpression"]
        assert simple.findtext("Operator") == "Equal"
        path, value = simple.find("ValueExpression/XPathQuery"), simple.find("ValueExpression/Value")
        assert path is not None
        assert value is not None
        assert (path.get("Type"), value.get("Type")) == ("String", "String")
        name = re.fullmatch(r"Property\[@Name='(\w+)'\]", path.text or "")
        assert name
        found[name[1]] = value.text or ""
    return found


@pytest.mark.parametrize(
    ("kind", "reads", "states"),
    [
        ("Availability", "State", {"Up": "up", "Degraded": "degraded", "Down": "down"}),
        ("Judged", "Judged", {"Yes": "yes", "No": "no"}),
        ("Fresh", "Fresh", {"Yes": "yes", "No": "no"}),
    ],
)
def test_state_of_a_monitor_is_of_its_own_bag_and_its_value(kind: str, reads: str, states: dict[str, str]) -> None:
    made_ = named("UnitMonitorType")[f"{kind}.MonitorType"]
    own = {"Kind": "$Config/Kind$", "Name": "$Config/Name$"}

    conditions = {each.get("ID"): each for each in made_.iter("ConditionDetection")}
    assert {id_: wants(each) for id_, each in conditions.items()} == {
        f"{state}Filter": {**own, reads: value} for state, value in states.items()
    }
    assert {each.get("TypeID") for each in conditions.values()} == {"System!System.ExpressionFilter"}
    for detection in made_.iter("RegularDetection"):
        (node,) = detection
        assert node.get("ID") == f"{detection.get('MonitorTypeStateID')}Filter"
        assert [each.get("ID") for each in node] == ["Source"]
    assert {each.get("NoDetection") for each in made_.iter("MonitorTypeState")} == {"false"}
    (source,) = made_.iter("DataSource")
    assert source.get("TypeID") == "Auth0.Synthetic.State.DataSource"
    shared = ("IntervalSeconds", "Results", "MaxAge")
    assert texts(source) == {name: f"$Config/{name}$" for name in shared}


@pytest.mark.parametrize(
    ("monitor", "health", "shown"),
    [
        ("Tenant.Availability", ["Success", "Warning", "Error"], ["Sentence", "Owner", "Runbook"]),
        ("Tenant.Judged", ["Success", "Warning"], ["Sentence"]),
        ("Connection.Availability", ["Success", "Warning", "Error"], ["Sentence", "Owner", "Runbook"]),
        ("Connection.Judged", ["Success", "Warning"], None),
        ("Source.Fresh", ["Success", "Error"], ["Said"]),
    ],
)
def test_monitor_has_its_health_and_an_alert_that_ends_with_it(
    monitor: str, health: list[str], shown: list[str] | None
) -> None:
    made_ = named("UnitMonitor")[monitor]
    alert = made_.find("AlertSettings")

    assert set(named("UnitMonitor")) >= {monitor}
    assert len(named("UnitMonitor")) == 5
    assert {
        name: made_.get(name) for name in ("Accessibility", "Enabled", "Remotable", "Priority", "ConfirmDelivery")
    } == {
        "Accessibility": "Public",
        "Enabled": "true",
        "Remotable": "true",
        "Priority": "Normal",
        "ConfirmDelivery": "false",
    }
    assert made_.get("Target") == f"Auth0.Synthetic.{monitor.partition('.')[0]}"
    assert made_.get("TypeID") == f"Auth0.Synthetic.{monitor.partition('.')[2]}.MonitorType"
    assert made_.get("ParentMonitorID") == "Health!System.Health.AvailabilityState"
    assert made_.findtext("Category") == "AvailabilityHealth"
    assert [each.get("HealthState") for each in made_.iter("OperationalState")] == health
    if shown is None:
        assert alert is None
        return
    assert alert is not None
    told = {name: text for name, text in texts(alert).items() if name != "AlertParameters"}
    assert told == {
        "AlertOnState": "Warning",
        "AutoResolve": "true",
        "AlertPriority": "Normal",
        "AlertSeverity": "MatchMonitorHealth",
    }
    assert texts(alert, "AlertParameters") == {
        f"AlertParameter{place}": f"$Data/Context/Property[@Name='{name}']$"
        for place, name in enumerate(shown, start=1)
    }
    message = [each for each in ROOT.iter("DisplayString") if each.get("ElementID") == alert.get("AlertMessage")]
    (text,) = [f"{each.findtext('Name')} {each.findtext('Description')}" for each in message]
    assert {int(each) for each in re.findall(r"\{(\d)\}", text)} == set(range(len(shown))), "it shows all of them"


def test_discovery_finds_instances_every_hour_from_the_run_by_the_pool() -> None:
    (made_,) = ROOT.iter("Discovery")

    assert made_.get("Target") == "SC!Microsoft.SystemCenter.AllManagementServersPool"
    told = {name: made_.get(name) for name in ("Enabled", "ConfirmDelivery", "Remotable", "Priority")}
    assert told == {"Enabled": "true", "ConfirmDelivery": "false", "Remotable": "true", "Priority": "Normal"}
    assert made_.findtext("Category") == "Discovery"
    assert [each.get("TypeID") for each in made_.iter("DiscoveryClass")] == [
        f"Auth0.Synthetic.{name}" for name in ("Source", "Tenant", "Connection")
    ]
    (source,) = made_.iter("DataSource")
    assert source.get("TypeID") == "Windows!Microsoft.Windows.TimedPowerShell.DiscoveryProvider"
    assert source.findtext("IntervalSeconds") == "3600"
    assert source.findtext("ScriptName") == "Auth0.Synthetic.Discovery.ps1"
    assert source.findtext("ScriptBody") == scom_pack.script("discovery")
    assert given(source) == {"SourceId": "$MPElement$", "ManagedEntityId": "$Target/Id$", "Results": RESULTS}


def test_latency_is_collected_where_there_was_a_right_answer_into_both_databases() -> None:
    made_ = named("DataSourceModuleType")["Latency.DataSource"]
    parts = {each.get("ID"): each for each in made_.iter() if each.get("TypeID")}

    assert wants(parts["Filter"]) == {"Kind": "$Config/Kind$", "Name": "$Config/Name$", "Timed": "yes"}
    assert parts["Mapper"].get("TypeID") == "Performance!System.Performance.DataGenericMapper"
    mapped = texts(parts["Mapper"])
    assert mapped.pop("ObjectName")
    assert mapped.pop("CounterName")
    assert mapped == {"InstanceName": "$Config/Name$", "Value": "$Data/Property[@Name='Seconds']$"}
    assert [each.get("ID") for each in made_.iter("Node")] == ["Mapper", "Filter", "Source"], (
        "from the last to the first"
    )
    assert set(named("Rule")) == {"Tenant.Latency", "Connection.Latency"}
    for id_, rule in named("Rule").items():
        told = {name: rule.get(name) for name in ("Enabled", "ConfirmDelivery", "Remotable", "Priority")}
        assert told == {"Enabled": "true", "ConfirmDelivery": "false", "Remotable": "true", "Priority": "Normal"}
        assert rule.get("Target") == f"Auth0.Synthetic.{id_.partition('.')[0]}"
        assert rule.findtext("Category") == "PerformanceCollection"
        assert [each.get("TypeID") for each in rule.iter("WriteAction")] == [
            "SC!Microsoft.SystemCenter.CollectPerformanceData",
            "DW!Microsoft.SystemCenter.DataWarehouse.PublishPerformanceData",
        ]


def test_views_are_public_and_stand_in_one_folder_of_the_monitoring_pane() -> None:
    views = named("View")

    assert {id_.removeprefix("View."): (each.get("Target"), each.get("TypeID")) for id_, each in views.items()} == {
        name: (f"Auth0.Synthetic.{target}", f"SC!Microsoft.SystemCenter.{kind}ViewType")
        for name, target, kind in (
            ("Tenants", "Tenant", "State"),
            ("Connections", "Connection", "State"),
            ("Source", "Source", "State"),
            ("Alerts", "Tenant", "Alert"),
            ("Latency", "Connection", "Performance"),
        )
    }
    for each in views.values():
        assert {each.get(name) for name in ("Enabled", "Visible")} == {"true"}
        assert (each.get("Accessibility"), each.findtext("Category")) == ("Public", "Operations")
    (folder,) = ROOT.iter("Folder")
    assert folder.get("ParentFolder") == "SC!Microsoft.SystemCenter.Monitoring.ViewFolder.Root"
    assert folder.get("Accessibility") == "Public"
    items = {each.get("ElementID"): (each.get("ID"), each.get("Folder")) for each in ROOT.iter("FolderItem")}
    assert items == {each.get("ID"): (f"{each.get('ID')}.Item", folder.get("ID")) for each in views.values()}


def test_titles_are_in_english_by_default_and_tell_each_from_the_others_of_its_kind() -> None:
    (pack,) = ROOT.iter("LanguagePack")
    assert (pack.get("ID"), pack.get("IsDefault")) == ("ENU", "true")
    shown = {
        (each.get("ElementID"), each.get("SubElementID")): each.findtext("Name") for each in pack.iter("DisplayString")
    }
    for tag in ("ClassType", "View", "UnitMonitorType", "DataSourceModuleType"):
        titles = [shown[each.get("ID"), None] for each in ROOT.iter(tag)]
        assert len(set(titles)) == len(titles)
    about = [
        each.findtext("Description") for each in pack.iter("DisplayString") if each.find("Description") is not None
    ]
    assert len(about) == 5, "the pack's, and each alert's"
    assert all(about)


def test_pack_is_a_document_that_says_how_it_is_encoded() -> None:
    content = scom_pack.pack("https://x.example/ü.json", 90.4)

    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<ManagementPack ')
    assert content.count(b"<?xml") == 1
    assert "https://x.example/ü.json" in content.decode()
    assert "<MaxAge>90</MaxAge>" in content.decode()


def test_tenant_that_cannot_be_asked_is_in_no_file_and_all_the_others_are(tmp_path: Path, command: Command) -> None:
    env = {
        "AUTH0_TENANTS": "prod, broken, eu",
        "AUTH0_PROD_DOMAIN": "prod.eu.auth0.com",
        "AUTH0_PROD_CONNECTIONS": "corp, users",
        "AUTH0_BROKEN_DOMAIN": "no domain",
        "AUTH0_EU_DOMAIN": "eu.eu.auth0.com",
        "AUTH0_EU_CONNECTIONS": "users",
        "AUTH0_FEED_MAX_AGE": "soon",
    }
    ran = command("scom", "--output", str(tmp_path / "deep/scom"), "--results", RESULTS, env=env)
    files = {each.name: each.read_bytes().decode() for each in (tmp_path / "deep/scom").iterdir()}

    assert ran.returncode == 0
    assert "AUTH0_FEED_MAX_AGE is no time" in ran.stderr
    assert ran.stdout == f"{len(files)} files in {tmp_path / 'deep/scom'}: docs/scom.md says what each is for\n"
    rows = list(csv.reader(files["endpoints.csv"].splitlines()))
    assert [row[0] for row in rows] == [
        f"Auth0 {name} {what}" for name in ("prod", "eu") for what in ("discovery", "keys", "test", "testall")
    ]
    assert files["login.csv"] == (
        "Auth0 prod login,https://prod.eu.auth0.com/oauth/token\r\nAuth0 eu login,https://eu.eu.auth0.com/oauth/token\r\n"
    )
    realms = [json.loads(text).get("realm") for name, text in sorted(files.items()) if name.startswith("login-body")]
    assert sorted(realms, key=str) == [None, "corp", "users"]
    assert {json.loads(text)["scope"] for name, text in files.items() if name.startswith("login-body")} == {"openid"}


def test_folder_that_cannot_be_written_is_said(tmp_path: Path, command: Command) -> None:
    (tmp_path / "file").touch()

    ran = command("scom", "--output", str(tmp_path / "file"), "--results", RESULTS, env={})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"{tmp_path / 'file'} was not written (File exists)" in ran.stderr


@pytest.mark.parametrize(
    "given_", ["x" * 1_001, "a\tb", "   ", "https://x.example/r.json?sig=abc", "HTTPS://x.example/r"]
)
def test_source_that_scom_could_not_read_or_that_has_a_key_is_refused(given_: str, command: Command) -> None:
    assert command("scom", "--output", "scom", "--results", given_, env={}).returncode == 2


@pytest.mark.parametrize(
    "given_", ["x" * 1_000, "C:\\runs\\results.json", "https://x.example/r.json"], ids=["longest", "path", "url"]
)
def test_source_that_can_be_read_is_taken(given_: str, tmp_path: Path, command: Command) -> None:
    command("scom", "--output", str(tmp_path / "scom"), "--results", given_, env={})

    pack = ET.fromstring((tmp_path / "scom/Auth0.Synthetic.xml").read_bytes())  # noqa: S314 - our own
    assert {each.text for each in pack.iter("Results") if not str(each.text).startswith("$")} == {given_}


def test_table_of_the_wizard_has_a_column_for_each_group() -> None:
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split(" | "))
        for line in scom_wizard.table().splitlines()
        if line.startswith("|")
    ]
    told = {row[0].strip(): row[1:] for row in rows}

    assert {len(row) for row in rows} == {3}
    assert told["setting"] == ("endpoints", "login")
    assert told["HTTP method"] == ("GET", "POST")
    assert told["addresses to import"] == ("`endpoints.csv`", "`login.csv`")
    assert told["test frequency"] == ("60 seconds", "60 seconds")
    assert told["test time-out"] == ("30 seconds", "30 seconds")
    assert told["error: HTTP status code"] == ("≥ 400", "≥ 400")
    assert told["error: content match"] == ("none", "does not contain `id_token`")
    assert told["failures in a row before an alert"] == ("2", "2")
    assert all(each.startswith("1 (a number of tests") for each in told["performance data collection interval"])
    assert "`Content-Type: application/json`<br>" in told["HTTP headers"][1]
    assert "Content-Type" not in told["HTTP headers"][0]
    assert (told["request body"][0], "`login-body.json`" in told["request body"][1]) == ("none", True)
