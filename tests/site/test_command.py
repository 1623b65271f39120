"""The command as it is called: a process, files, an exit status."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.history import HOUR
from monitor.reports import write_all
from monitor.session.record import Record
from monitor.site import rendering
from monitor.status import FAILING
from monitor.text import stamp
from monitor.verdict import Run
from tests.forks import python
from tests.reports.runs import attempt
from tests.site.pasts import run
from tests.site.test_page import Outline
from tests.suite import ROOT, environment

FILES = {"index.html", "badge.json", "feed.atom", "status.json", "latest", "pingdom", "pingdom.xml", "runbook.html"}


def now(said: str = "up", ago: float = 0, **known: Any) -> Run:
    return run(int(time.time() - ago), said, **known)


def site(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, in this folder."""
    command = python("-m", "monitor.site", *arguments)
    values = environment(**variables) | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=values, capture_output=True, text=True, timeout=60, check=False)


def kept(folder: Path, some: Iterator[Run], mode: str = "live") -> None:
    """The reports of the last of these runs, and a history of all."""
    told = [*some]
    history.record(folder / ".monitor/history.sqlite", told, mode=mode)
    write_all(folder / "reports", told[-1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".monitor").mkdir()
    return tmp_path


def test_page_is_written_beside_the_reports_and_into_a_folder_with_all_that_it_links_to(folder: Path) -> None:
    kept(folder, (now(word, ago) for word, ago in (("up", 2 * HOUR), ("down", HOUR), ("down", 0))))
    ran = site(folder, "--url", "https://status.example")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "DOWN: reports/index.html and site/index.html\n"
    assert {each.name for each in (folder / "site").iterdir()} == FILES
    for index in ("reports/index.html", "site/index.html"):
        text = (folder / index).read_text(encoding="utf-8")
        links = [each for each in re.findall(r'href="([^"#:]+)"', text) if "Open incidents" in text]
        assert set(rendering.REPORTS) <= {Path(each).name for each in links}
        assert {each for each in links if not ((folder / index).parent / each).is_file()} == set()
    assert "https://status.example/feed.atom" in (folder / "site/feed.atom").read_text(encoding="utf-8")


@pytest.mark.parametrize("url", ["https://svc:hunter2-hunter2@status.example", "javascript:alert(1)"])
def test_address_that_nobody_may_be_sent_to_is_not_published(folder: Path, url: str) -> None:
    kept(folder, iter([now("up")]))

    ran = site(folder, MONITOR_SITE_URL=url)

    assert ran.returncode == 1
    assert "--url (MONITOR_SITE_URL): " in ran.stderr
    published = [(folder / "site" / name).read_text(encoding="utf-8") for name in ("feed.atom", "status.json")]
    assert not [text for text in [*published, ran.stderr] if "hunter2" in text or "javascript" in text]


def test_folders_of_evidence_have_an_index_as_the_report_links_to_them(folder: Path) -> None:
    told = now("down")
    ill = tuple(replace(each, attempts=[attempt(status=500)]) if each.ill else each for each in told.verdicts)
    kept(folder, iter([replace(told, verdicts=ill)]))
    ran = site(folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    report = (folder / "site/latest/report.html").read_text(encoding="utf-8")
    (place,) = set(re.findall(r"evidence/[A-Za-z0-9._-]+/", report))

    assert (folder / "site/latest" / place / "curl.sh").is_file()
    assert 'href="./curl.sh"' in (folder / "site/latest" / place / "index.html").read_text(encoding="utf-8")


def test_run_alone_makes_a_page_that_says_that_there_is_no_history(folder: Path) -> None:
    write_all(folder / "reports", now("late"))
    ran = site(folder)

    assert (ran.returncode, ran.stdout) == (0, "DEGRADED: reports/index.html and site/index.html\n")
    assert "There is no history yet" in (folder / "reports/index.html").read_text(encoding="utf-8")


def test_what_lies_in_the_folder_besides_stays(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site/CNAME").write_text("status.example")
    kept(folder, iter([now("down", 60)]))
    site(folder)
    kept(folder, iter([now()]))
    site(folder)

    assert (folder / "site/CNAME").read_text() == "status.example"
    assert {each.name for each in (folder / "site").iterdir()} == {*FILES, "CNAME"}


def test_documents_are_linked_where_they_lie_beside_the_page_and_else_not(folder: Path) -> None:
    link = '<a href="docs/index.html">documentation</a>'
    kept(folder, iter([now()]))
    site(folder)
    without = (folder / "site/index.html").read_text(encoding="utf-8")
    (folder / "site/docs").mkdir()
    (folder / "site/docs/index.html").write_text("documents")
    site(folder)

    assert link not in without
    assert link in (folder / "site/index.html").read_text(encoding="utf-8")
    assert link not in (folder / "reports/index.html").read_text(encoding="utf-8"), "there it would lead nowhere"


def test_folder_of_reports_that_is_not_ours_is_not_replaced(folder: Path) -> None:
    (folder / "site/latest").mkdir(parents=True)
    (folder / "site/latest/thesis.txt").write_text("mine")
    kept(folder, iter([now()]))
    ran = site(folder)

    assert ran.returncode == 2
    assert "site/latest has what this suite did not write: move it away" in ran.stderr
    assert (folder / "site/latest/thesis.txt").read_text() == "mine"


def test_nothing_to_show_is_an_error_that_names_both_files(folder: Path) -> None:
    ran = site(folder)

    assert ran.returncode == 2
    assert "reports/results.json" in ran.stderr
    assert ".monitor/history.sqlite has no runs" in ran.stderr
    assert not (folder / "site").exists()


def test_history_is_shown_where_the_reports_are_lost_and_says_so(folder: Path) -> None:
    kept(folder, iter([now("up", 60), now()]))
    (folder / "reports/results.json").write_text("{")
    ran = site(folder)

    assert ran.returncode == 1
    assert "the newest run is not shown: reports/results.json" in ran.stderr
    text = (folder / "site/index.html").read_text(encoding="utf-8")
    assert "the newest run is not shown" in text
    assert "latest/" not in text
    assert not (folder / "site/latest").exists()


def test_corrupt_history_costs_the_history_alone(folder: Path) -> None:
    write_all(folder / "reports", now("down"))
    (folder / ".monitor/history.sqlite").write_text("no database")
    ran = site(folder)

    assert ran.returncode == 1
    assert "the history is not shown: .monitor/history.sqlite" in ran.stderr
    assert "DOWN – logins through" in (folder / "site/index.html").read_text(encoding="utf-8")
    assert (folder / ".monitor/history.sqlite").read_text() == "no database"


def test_run_that_was_not_imported_is_told_as_such(folder: Path) -> None:
    kept(folder, iter([now("up", HOUR)]))
    write_all(folder / "reports", now("down"))
    ran = site(folder)

    assert ran.returncode == 1
    assert "python -m monitor.history import reports/results.json" in ran.stderr
    assert "is not in .monitor/history.sqlite, so what follows is older" in (folder / "site/index.html").read_text()


def test_drill_is_never_mixed_with_the_history_of_real_runs(folder: Path) -> None:
    kept(folder, iter([now("up", 60)]))
    write_all(folder / "reports", now("down", mode="drill", drill=("login-slow",)))
    ran = site(folder)
    text = (folder / "site/index.html").read_text(encoding="utf-8")

    assert ran.returncode == 1
    assert "has live runs, and reports/results.json is of a drill: it alone is shown" in ran.stderr
    assert "DRILL: login-slow" in text
    assert "This is one run, and no history." in text


def test_run_that_has_not_ended_is_shown_as_such(folder: Path) -> None:
    write_all(folder / "reports", now(ended="running"))
    ran = site(folder)

    assert ran.returncode == 0
    assert "INCOMPLETE: the run has not ended" in (folder / "site/index.html").read_text(encoding="utf-8")


def test_run_without_a_time_is_not_shown(folder: Path) -> None:
    kept(folder, iter([now("up", 60)]))
    write_all(folder / "reports", replace(now(), started="yesterday"))
    ran = site(folder)

    assert ran.returncode == 1
    assert "the newest run is not shown" in ran.stderr


def test_variable_that_cannot_be_read_is_named(folder: Path) -> None:
    kept(folder, iter([now()]))
    ran = site(folder, AUTH0_CONFIRM="often")

    assert ran.returncode == 1
    assert "AUTH0_CONFIRM" in ran.stderr
    assert rendering.SIBLINGS[0] in {each.name for each in (folder / "site").iterdir()}


def test_objective_that_cannot_be_read_costs_the_error_budgets_alone(folder: Path) -> None:
    kept(folder, iter([now()]))
    ran = site(folder, AUTH0_SLO="much")
    text = (folder / "site/index.html").read_text(encoding="utf-8")

    assert ran.returncode == 1
    assert "error budgets are not shown: AUTH0_SLO" in ran.stderr
    assert "Objective" not in text
    assert "observation" in text

    assert site(folder, AUTH0_SLO="99.5").returncode == 0
    assert "Objective 99.5 %, error budget of 30 d: 0 % used of 3 h 36 min in 30 days" in (
        folder / "site/index.html"
    ).read_text(encoding="utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    kept(folder, iter([now()]))
    (folder / "site").mkdir(mode=0o500)
    ran = site(folder)

    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr


def test_file_where_the_folder_is_to_be_is_named(folder: Path) -> None:
    kept(folder, iter([now()]))
    (folder / "site").write_text("")
    ran = site(folder)

    assert ran.returncode == 2
    assert ran.stderr.startswith("site cannot be written")


@pytest.mark.parametrize("ended", ["running", "finished"])
def test_page_of_an_earlier_run_is_removed_when_the_next_begins(folder: Path, ended: str) -> None:
    write_all(folder / "reports", now())
    site(folder)
    record = Record(folder / "reports", FAILING, "live", ("prod",), {})
    record.plan(["tests_synthetic/test_login.py::test_login_hands_out_tokens[prod]"])
    if ended == "finished":
        record.close(ended, "")

    assert not (folder / "reports/index.html").exists()


def test_page_that_is_somebody_elses_stays_where_it_is(folder: Path) -> None:
    (folder / "reports").mkdir()
    (folder / "reports/index.html").write_text("mine")
    Record(folder / "reports", FAILING, "live", ("prod",), {}).plan(["tests_synthetic/test_login.py::test_login[prod]"])

    assert (folder / "reports/index.html").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AUTH0_MAINTENANCE", "tonight", "AUTH0_MAINTENANCE: 'tonight' is not a maintenance window"),
        ("AUTH0_SLO_EXCLUDES", "weekends", "error budgets leave nothing out: AUTH0_SLO_EXCLUDES"),
    ],
)
def test_variable_that_cannot_be_read_is_named_and_costs_no_page(
    folder: Path, name: str, value: str, said: str
) -> None:
    kept(folder, iter([now()]))
    ran = site(folder, **{name: value})

    assert ran.returncode == 1
    assert said in ran.stderr
    assert (folder / "site/index.html").is_file()


@pytest.mark.parametrize(("ahead", "shown"), [(300, True), (3600, False)], ids=["as-clocks-differ", "wrong-clock"])
def test_run_that_began_after_now_is_not_shown(folder: Path, ahead: int, *, shown: bool) -> None:
    kept(folder, iter([now("up", 60)]))
    write_all(folder / "reports", now("down", -ahead))
    ran = site(folder)

    assert ran.returncode == 1
    assert ("reports/results.json is of a run that began after now" in ran.stderr) is not shown
    assert ran.stdout.startswith("DOWN: " if shown else "UP: ")


def test_site_links_its_own_runbook_and_the_page_beside_the_reports_that_of_the_repository(folder: Path) -> None:
    kept(folder, iter([now("down")]))
    site(folder, GITHUB_SERVER_URL="https://git.example", GITHUB_REPOSITORY="acme/monitor")
    published, beside = (Outline((folder / place / "index.html").read_text()) for place in ("site", "reports"))

    assert "runbook.html#connection" in published.values("href")
    assert not [href for href in published.values("href") if "git.example" in href]
    assert "https://git.example/acme/monitor/blob/HEAD/docs/runbook.md#connection" in beside.values("href")

    site(folder, AUTH0_RUNBOOK_URL="https://wiki.example/book")
    for place in ("site", "reports"):
        text = (folder / place / "index.html").read_text(encoding="utf-8")
        assert "https://wiki.example/book#connection" in Outline(text).values("href")


def test_maintenance_of_the_variable_is_on_the_page_and_out_of_the_error_budget_where_it_is_to_be(
    folder: Path,
) -> None:
    kept(folder, (now("down" if ago in (2 * HOUR, HOUR) else "up", ago) for ago in (3 * HOUR, 2 * HOUR, HOUR, 0)))
    window = f"{stamp(time.time() - 2.5 * HOUR)}/{stamp(time.time() + HOUR)}"
    told = {}
    for excludes in ("none", "maintenance"):
        ran = site(folder, AUTH0_MAINTENANCE=window, AUTH0_SLO_EXCLUDES=excludes, AUTH0_SLO="99")
        assert (ran.returncode, ran.stderr) == (0, "")
        told[excludes] = (folder / "site/index.html").read_text(encoding="utf-8")

    assert "Planned maintenance" in told["none"]
    assert "(AUTH0_MAINTENANCE)" in told["none"]
    assert "of maintenance excluded" not in told["none"]
    assert "of maintenance excluded" in told["maintenance"]


def test_history_may_lie_elsewhere(folder: Path) -> None:
    kept(folder, iter([now("up", HOUR), now()]))
    (folder / ".monitor/history.sqlite").rename(folder / "kept.sqlite")

    for arguments, variables in ((("--history", "kept.sqlite"), {}), ((), {"AUTH0_HISTORY": "kept.sqlite"})):
        ran = site(folder, *arguments, **variables)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "There is no history yet" not in (folder / "site/index.html").read_text(encoding="utf-8")
