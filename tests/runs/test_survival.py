"""Reports are written whatever happens, and a probe that was planned and never judged is an error in them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.suite import PROBES, ROOT, SERVICES, command, configured, environment

DEADLINE = 60


class Hanging:
    """A run in another process, against a tenant whose logins hang; its other probes are judged."""

    def __init__(self, box: Sandbox, folder: Path, *arguments: str) -> None:
        self.reports = folder / "reports"
        self.box = box
        variables = environment(**configured(box, folder))
        asked = [*command(f"--reports={self.reports}"), *arguments]
        self.process = subprocess.Popen(
            asked, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def wait_until(self, fact: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + DEADLINE
        while not fact():
            assert time.monotonic() < deadline, f"not in {DEADLINE} s: {what}"
            assert self.process.poll() is None, self.process.communicate()[0].decode()
            time.sleep(0.05)

    def wait_for_questions(self) -> None:
        self.wait_until(lambda: self.reports.joinpath("report.html").exists(), "the plan is written")
        self.wait_until(lambda: any(each.kind == "login" for each in self.box.asked), "a login hangs")

    def ended(self) -> tuple[int, str]:
        output, _ = self.process.communicate(timeout=DEADLINE)
        return self.process.returncode, output.decode(errors="replace")

    @property
    def statuses(self) -> dict[str, int]:
        document = json.loads((self.reports / "results.json").read_text())
        counts: dict[str, int] = document["run"]["counts"]
        return counts

    @property
    def unread(self) -> int:
        """The pages that were judged before the end, and could not be read: skipped in JUnit, and no error."""
        verdicts = json.loads((self.reports / "results.json").read_text())["verdicts"]
        return sum(each["failure"] == "Unreadable" for each in verdicts)

    @property
    def ending(self) -> str:
        ended: str = json.loads((self.reports / "results.json").read_text())["run"]["ended"]
        return ended


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with sandbox.start(["hang"]) as running:
        yield running


@pytest.fixture(params=[(), ("-n", "2")], ids=["alone", "workers"])
def hanging(request: pytest.FixtureRequest, box: Sandbox, tmp_path: Path) -> Iterator[Hanging]:
    run = Hanging(box, tmp_path, *request.param)
    yield run
    if run.process.poll() is None:
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.communicate()


@pytest.mark.parametrize(("number", "ending"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "stopped by hand")])
def test_signal_ends_the_run_with_its_reports(hanging: Hanging, number: signal.Signals, ending: str) -> None:
    hanging.wait_for_questions()
    hanging.process.send_signal(number)
    code, output = hanging.ended()

    assert code == 2, output
    assert hanging.ending == f"interrupted: {ending}"
    assert hanging.statuses["unknown"] >= 50
    assert sum(hanging.statuses.values()) == PROBES + SERVICES
    assert "INCOMPLETE" in output
    assert "INCOMPLETE" in (hanging.reports / "report.html").read_text()
    errors = list(ET.parse(hanging.reports / "junit.xml").iter("error"))  # noqa: S314 -- we wrote it
    assert len(errors) == hanging.statuses["unknown"] - hanging.unread


def test_kill_leaves_reports_in_which_every_probe_is_an_error(hanging: Hanging) -> None:
    hanging.reports.mkdir(parents=True, exist_ok=True)
    hanging.wait_for_questions()
    os.killpg(hanging.process.pid, signal.SIGKILL)
    hanging.ended()

    assert hanging.ending == "running"
    assert hanging.statuses == {"up": 0, "degraded": 0, "down": 0, "unknown": PROBES + SERVICES, "skipped": 0}
    junit = ET.parse(hanging.reports / "junit.xml")  # noqa: S314 -- we wrote it
    assert len(list(junit.iter("error"))) == PROBES + SERVICES
    assert "INCOMPLETE" in (hanging.reports / "report.html").read_text()


def test_probe_whose_worker_dies_is_an_error(box: Sandbox, tmp_path: Path) -> None:
    hanging = Hanging(box, tmp_path, "-n", "1", "--max-worker-restart", "0")
    hanging.wait_for_questions()
    children = subprocess.run(["pgrep", "-P", str(hanging.process.pid)], capture_output=True, text=True, check=True)  # noqa: S607
    for child in children.stdout.split():
        os.kill(int(child), signal.SIGKILL)
    code, output = hanging.ended()

    assert code != 0, output
    assert sum(hanging.statuses.values()) == PROBES + SERVICES
    assert hanging.statuses["unknown"] >= 50
    assert hanging.statuses["up"] + hanging.statuses["unknown"] == PROBES + SERVICES


def test_report_that_cannot_be_written_stops_neither_the_others_nor_the_alarm(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    (reports / "junit.xml").mkdir(parents=True)
    with sandbox.start() as running:
        asked = subprocess.run(
            [*command(f"--reports={reports}", "-k", "test_health")],
            cwd=ROOT,
            env=environment(**configured(running, tmp_path)),
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    assert asked.returncode == 1, asked.stdout
    assert "junit.xml" in asked.stdout[asked.stdout.index("2 passed") :]
    assert json.loads((reports / "results.json").read_text())["run"]["counts"]["up"] == 2
    assert (reports / "report.html").stat().st_size > 1000
