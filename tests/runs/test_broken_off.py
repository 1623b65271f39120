"""SIGTERM at any moment, and runs that ask nothing: the reports say so, and are not those of an earlier run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitor import results
from sandbox.box import Sandbox
from tests.processes import ending
from tests.runs import bad_luck
from tests.runs.conftest import Run
from tests.runs.test_bad_disks import earlier, hidden, is_old
from tests.suite import FILES, PROBES, ROOT, SERVICES, command, configured, environment

DEADLINE = 60
SEED = int(os.environ.get("SEED") or 1)
"""Which moments: others by the variable SEED."""

MOMENTS = [("alone", 0), ("alone", 1), ("alone", 2), ("alone", 3), ("alone", 4), ("workers", 0)]
"""With how many processes, and the number of the moment."""


@pytest.fixture(scope="module")
def moments(healthy: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many moments a run has to which nothing happens."""
    folder = tmp_path_factory.mktemp("undisturbed")
    counted = folder / "moments"
    ran = Run(healthy, folder)("-p", "tests.runs.bad_luck", **{bad_luck.MOMENTS: str(counted)})

    assert ran.code == 0, ran.output
    return int(counted.read_text())


@pytest.mark.parametrize(("raised", "heard"), [("recorder.Terminated('SIGTERM')", False), ("OSError", True)])
def test_signal_that_a_destructor_swallows_is_not_shown_as_a_bug(raised: str, heard: bool) -> None:  # noqa: FBT001
    """It ends the run all the same: the session is told to stop."""
    program = f"""
import sys
from monitor.session import recorder
class Finalised:
    def __del__(self):
        raise {raised}
sys.unraisablehook = recorder.unheard(sys.unraisablehook)
Finalised()
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert ("Traceback" in ran.stderr) is heard


def is_empty(group: int) -> bool:
    """Whether no process of this group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(("how", "number"), MOMENTS, ids=[f"{how}-{number}" for how, number in MOMENTS])
def test_sigterm_at_any_moment_leaves_whole_reports_of_what_was_judged(
    healthy: Sandbox, tmp_path: Path, moments: int, how: str, number: int
) -> None:
    moment = random.Random(f"{SEED} {how} {number}").randint(1, moments)  # noqa: S311 -- no secret hangs on it
    chosen = f"SEED={SEED}, moment {moment} of {moments}"
    reports, judged = earlier(tmp_path / "reports"), tmp_path / "judged"
    judged.touch()
    luck = {
        bad_luck.SIGNAL: str(int(signal.SIGTERM)),
        bad_luck.MOMENT: str(moment),
        bad_luck.JUDGED: str(judged),
    }
    asked = command(f"--reports={reports}", "-p", "tests.runs.bad_luck", *(("-n", "2") if how == "workers" else ()))
    variables = environment(**configured(healthy, tmp_path), **luck)
    with (
        subprocess.Popen(
            asked, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
        ending(process),
    ):
        output = f"{chosen}\n{process.communicate(timeout=DEADLINE)[0].decode(errors='replace')}"

    assert "Traceback" not in output, output
    assert is_old(reports) == hidden(reports) == [], output
    run = results.read(reports / "results.json")
    ET.parse(reports / "junit.xml")  # noqa: S314 -- we wrote it
    assert run.ended in ("interrupted: SIGTERM", "finished"), output
    assert process.returncode == 2 if run.ended != "finished" else process.returncode in (0, -signal.SIGTERM), output
    unjudged = {each.id for each in run.verdicts if each.reason.startswith("not judged")}
    collecting = len(unjudged) == len(run.verdicts)  # then those that were found by then are told, or the whole suite
    assert len(run.verdicts) == PROBES + SERVICES or collecting, output
    assert unjudged.isdisjoint(judged.read_text().split("\n")), output
    assert not unjudged or run.ended != "finished", output
    wait_until_empty(process.pid, output)


def wait_until_empty(group: int, output: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not is_empty(group):
        assert time.monotonic() < deadline, f"a process is left in {DEADLINE} s: {output}"
        time.sleep(0.05)


ASKS_NOTHING = {
    "no-probe-is-selected": (("-k", "nothing_of_that_name"), 5, "no probe was selected"),
    "no-such-file": (("tests_synthetic/test_nothing.py",), 4, "the run did not begin"),
    "live-without-a-tenant": (("--live",), 4, "interrupted: --live: no tenant is configured"),
}


@pytest.mark.parametrize("why", ASKS_NOTHING)
def test_run_that_asks_nothing_leaves_no_report_of_an_earlier_one(healthy: Sandbox, tmp_path: Path, why: str) -> None:
    arguments, code, told = ASKS_NOTHING[why]
    reports = earlier(tmp_path / "reports")
    performance = Run(healthy, tmp_path, reports=reports)(*arguments, AUTH0_DOMAIN=None, AUTH0_CLIENT_ID=None)

    assert performance.code == code, performance.output
    assert {each.name for each in reports.iterdir()} == {*FILES, "evidence"}  # which says that it is an earlier run's
    assert is_old(reports) == []
    (verdict,) = performance.document["verdicts"]
    assert (verdict["status"], verdict["reason"].startswith(f"not judged: {told}")) == ("unknown", True)
    errors = ET.parse(reports / "junit.xml").iter("testcase")  # noqa: S314 -- we wrote it
    assert [Counter(each.tag for each in case) for case in errors] == [{"error": 1}]


@pytest.mark.parametrize(
    "arguments", [("--collect-only", "-q"), ("--fixtures",), ("--setup-plan",), ("--help",)], ids=lambda each: each[0]
)
def test_looking_touches_no_report(healthy: Sandbox, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    reports = earlier(tmp_path / "reports")
    performance = Run(healthy, tmp_path, reports=reports)(*arguments)

    assert performance.code == 0, performance.output
    assert len(is_old(reports)) == len(FILES) + 1
