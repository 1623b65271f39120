"""What the doctor says as people and programs are shown it, and how each variable is set."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.doctor import alarms, surroundings
from monitor.doctor.lines import Line, Mark, document, ready, summary, text
from monitor.doctor.setting import Workflow

WELL = Line("Settings", Mark.OK, "set: AUTH0_DOMAIN")
NOTED = Line("Settings", Mark.NOTE, "odd", ("look at it",))
OFF = Line("GitHub", Mark.OFF, "gh is not on PATH", ("install it",))
BAD = Line("GitHub", Mark.BAD, "no environment", ("make one", "or another"))


@pytest.mark.parametrize(
    ("lines", "is_ready", "told"),
    [
        ([WELL, OFF], True, "ready: 2 lines, none prevents a run"),
        ([WELL, NOTED, OFF], True, "ready: 3 lines, none prevents a run, 1 to be noted"),
        ([NOTED, BAD, BAD], False, "not ready: 2 of 3 lines must be fixed, 1 to be noted; the first: GitHub: no"),
        ([WELL, BAD], False, "not ready: 1 of 2 lines must be fixed; the first: GitHub: no environment"),
    ],
    ids=["well", "noted", "both", "bad"],
)
def test_summary_counts_what_is_in_the_way(lines: list[Line], told: str, *, is_ready: bool) -> None:
    assert ready(lines) is is_ready
    assert summary(lines).startswith(told)
    assert text(lines).endswith(f"\n\n{summary(lines)}")


def test_people_are_shown_each_section_once_with_the_cures_below_each_line() -> None:
    shown = text([WELL, NOTED, BAD, OFF]).splitlines()

    assert shown[:-2] == [
        "Settings",
        "  ok    set: AUTH0_DOMAIN",
        "  note  odd",
        "          look at it",
        "",
        "GitHub",
        "  BAD   no environment",
        "          make one",
        "          or another",
        "  off   gh is not on PATH",
        "          install it",
    ]


def test_programs_are_given_the_same() -> None:
    assert document([NOTED, BAD]) == {
        "ready": False,
        "summary": summary([NOTED, BAD]),
        "lines": [
            {"section": "Settings", "mark": "note", "what": "odd", "cures": ["look at it"]},
            {"section": "GitHub", "mark": "BAD", "what": "no environment", "cures": ["make one", "or another"]},
        ],
    }


WORKFLOW = """
env:
  AUTH0_DOMAIN: ${{ vars.AUTH0_DOMAIN }}
  # AUTH0_GONE: ${{ vars.AUTH0_GONE }}
  AUTH0_PASSWORD: ${{ secrets.AUTH0_PASSWORD }}  # and not ${{ secrets.AUTH0_NEITHER }}
  AUTH0_CLIENT_ID: ${{ vars.AUTH0_CLIENT_ID }}
"""


def workflow(root: Path, tenants: str = "") -> Workflow:
    file = root / ".github/workflows/synthetic.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(WORKFLOW, encoding="utf-8")
    return Workflow.read(root, {"AUTH0_TENANTS": tenants})


def test_what_a_workflow_has_in_a_comment_it_does_not_hand_on(tmp_path: Path) -> None:
    read = workflow(tmp_path)

    assert read.secrets == {"AUTH0_PASSWORD"}
    assert read.variables == {"AUTH0_DOMAIN", "AUTH0_CLIENT_ID"}
    assert not read.is_secret("AUTH0_CLIENT_ID"), "as the workflow has it"
    assert Workflow().is_secret("AUTH0_CLIENT_ID"), "as its kind is"


@pytest.mark.parametrize(
    ("tenants", "variable", "shell", "typed"),
    [
        ("", "AUTH0_DOMAIN", "='acme.eu.auth0.com'", "gh variable set AUTH0_DOMAIN --body 'acme.eu.auth0.com'"),
        ("", "AUTH0_CLIENT_ID", "='...'", "gh variable set AUTH0_CLIENT_ID --env auth0 --body '...'"),
        ("", "AUTH0_PASSWORD", "='...'", "gh secret set AUTH0_PASSWORD --env auth0"),
        ("a,b", "AUTH0_B_PASSWORD", "='...'", "gh secret set AUTH0_PASSWORD --env b"),
        (
            "",
            "AUTH0_NODES",
            "='10.0.0.1,10.0.0.2'",
            "a line AUTH0_NODES=... in the secret AUTH0_ENV: gh secret set AUTH0_ENV --env auth0 < FILE",
        ),
    ],
)
def test_way_to_set_a_variable_is_told_for_a_shell_and_for_github(
    tmp_path: Path, tenants: str, variable: str, shell: str, typed: str
) -> None:
    first, second = workflow(tmp_path, tenants).how(variable)

    assert first.startswith(f"in a shell: export {variable}{shell}")
    assert second == f"on GitHub: {typed}"
    assert Workflow().how(variable) == (first,), "where there is no workflow, as in a container"


def test_each_variable_that_a_sentence_names_is_cured_once() -> None:
    cures = Workflow().cures("AUTH0_DOMAIN is not set, though AUTH0_PASSWORD is: set AUTH0_DOMAIN. AUTH0_<NAME>_X")

    assert [cure.split()[4].partition("=")[0] for cure in cures] == ["AUTH0_DOMAIN", "AUTH0_PASSWORD"]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"AUTH0_MAINTENANCE_AT_MOST": "soon"}, [Mark.BAD]),
        ({"AUTH0_CONFIRM": "2\ufffd"}, [Mark.BAD]),
        ({"AUTH0_ISSUES": "none"}, []),
        ({"AUTH0_ISSUES": "None"}, []),
        ({"AUTH0_ISSUES": "acme/repo"}, [Mark.OK]),
        ({"AUTH0_ISSUES": "acme/repo", "AUTH0_TELL": "all"}, [Mark.BAD]),
        ({"AUTH0_FEED_MAX_AGE": "x AUTH0_DOMAIN=y"}, []),
        ({}, []),
    ],
)
def test_what_only_telling_reads_is_looked_at(values: dict[str, str], told: list[Mark]) -> None:
    assert [line.mark for line in alarms.lines(values, Workflow())] == told


@pytest.mark.parametrize("name", ["AUTH0_HEARTBEAT_URL", "AUTH0_HEARTBEAT_FORM", "AUTH0_HEARTBEAT_KEY"])
def test_heartbeat_that_cannot_be_read_is_told_among_the_alerts_alone(name: str) -> None:
    values = {"AUTH0_HEARTBEAT_URL": "https://beat.example/0123", name: "x AUTH0_DOMAIN=y"}

    assert [line.mark for line in alarms.pulse(values, Workflow())] == [Mark.OFF]
    assert [line.mark for line in alarms.lines(values, Workflow())] == [Mark.BAD]


def test_proxy_and_authorities_that_hold_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, healthy_bundle: str
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    values = {
        "https_proxy": "http://proxy.example:3128",
        "ALL_PROXY": "http://127.0.0.1:9",
        "REQUESTS_CA_BUNDLE": healthy_bundle,
        "SSL_CERT_FILE": str(tmp_path / "other.pem"),
    }

    proxies, unread, authorities = surroundings.way_out(values)

    assert proxies.what == "a proxy is configured: https_proxy, NO_PROXY"
    assert (unread.mark, unread.what.split()[0]) == (Mark.NOTE, "ALL_PROXY")
    assert authorities.mark is Mark.OK
    assert "1 certificate trusted, by REQUESTS_CA_BUNDLE; not read: SSL_CERT_FILE" in authorities.what
    same = values | {"SSL_CERT_FILE": healthy_bundle}
    assert "not read" not in list(surroundings.way_out(same))[-1].what


def test_file_of_authorities_that_swallowed_a_setting_is_not_shown() -> None:
    *_, line = surroundings.way_out({"REQUESTS_CA_BUNDLE": "/nowhere.pem AUTH0_PASSWORD=hunter2-hunter2"})

    assert line.mark is Mark.BAD
    assert line.what.startswith("REQUESTS_CA_BUNDLE: the file cannot be used")
    assert "hunter2" not in line.what


def test_nothing_of_the_machines_own_is_said_so() -> None:
    assert [(line.mark, line.what) for line in surroundings.way_out({})] == [
        (Mark.OK, "no proxy is configured"),
        (Mark.OK, "certifi's authorities are trusted"),
    ]


def test_memory_that_is_in_use_or_no_file_is_in_the_way(tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    sqlite3.connect(memory).close()
    (tmp_path / "folder").mkdir()

    (tmp_path / "file").write_text("in the way")
    reports, folder, well = surroundings.files(tmp_path, memory)
    (below, *_) = surroundings.files(tmp_path / "file/reports", memory)
    *_, bad = surroundings.files(tmp_path, tmp_path / "folder")
    absent = list(surroundings.files(tmp_path / "made/later", tmp_path / "absent.sqlite"))

    assert (reports.mark, folder.mark, well.mark) == (Mark.OK, Mark.OK, Mark.OK)
    assert (below.mark, "--reports=DIR" in below.cures[0]) == (Mark.BAD, True)
    assert (bad.mark, "AUTH0_MEMORY" in bad.cures[0]) == (Mark.BAD, True)
    assert [line.mark for line in absent] == [Mark.OK, Mark.OK], "what is made when it is needed"
    assert not (tmp_path / "made").exists()
