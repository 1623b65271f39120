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
