"""A process that asks a part of a run: pytest as ever, which says what it plans and finds to the process that began it.

What comes in is one line of JSON, the task, and then ``go``; what goes out is a line of JSON for each message. When the
process that began it has gone, whatever way, this one ends as well.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings
from typing import Any, BinaryIO

import pytest

from monitor import machine
from monitor.session.fixtures import WATCH
from monitor.session.part import PART, Part
from monitor.session.probes import is_probe, rung
from monitor.session.recorder import VERDICT
from monitor.text import place

GO = b"go\n"


class PartProcess:
    """The plugin of such a process: nothing is printed here, and no file of pytest's own is written."""

    _config: pytest.Config

    def __init__(self, part: Part, heard: BinaryIO, told: BinaryIO) -> None:
        self._part, self._heard, self._told = part, heard, told
        self._deselected = 0
        self._reports: list[dict[str, Any]] = []

    def tell(self, what: str, value: object) -> None:
        """One message to the process that began this one."""
        self._told.write(json.dumps({what: value}, default=str).encode() + b"\n")
        self._told.flush()

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Be to other plugins what a worker of xdist is: they leave files to the process that hears all."""
        self._config = config
        config.stash[PART] = self._part
        config.workerinput = {"workerid": f"process-{self._part.number}"}  # type: ignore[attr-defined]
        if config.option.basetemp:
            config.option.basetemp = f"{config.option.basetemp}/process-{self._part.number}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Any:
        try:
            return (yield)
        except pytest.UsageError as error:
            self.tell("refused", [str(each) for each in error.args])
            pytest.exit("what was named is not there", returncode=pytest.ExitCode.USAGE_ERROR)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed or report.skipped:
            self.tell("collected", self._serialized(report))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        watch = items[0].config.stash[WATCH] if items else None
        self._deselected += sum(watch.asks(item) for item in items) if watch else 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Say what is planned, and begin when that has been written down: no report of an earlier run is left then."""
        probes = {item.nodeid: rung(item) for item in session.items if is_probe(item)}
        others = [item.nodeid for item in session.items if item.nodeid not in probes]
        self.tell("planned", {"probes": probes, "others": others, "deselected": self._deselected})
        if self._heard.readline() != GO:
            return True
        threading.Thread(target=self._end_with_parent, daemon=True, name="end-with-parent").start()
        if probes:
            engine = session.config.stash[WATCH].engine
            engine.start()
            engine.door.let_begin()
        return None

    def _end_with_parent(self) -> None:
        self._heard.read()
        os._exit(1)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if VERDICT in vars(report):
            report.keywords = {}  # a kilobyte
        self._reports.append(self._serialized(report))

    def pytest_runtest_logfinish(self) -> None:
        self.tell("tested", self._reports)
        self._reports = []

    def _serialized(self, report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any]:
        told: dict[str, Any] = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        return told

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: tuple[str, int, str] | None
    ) -> None:
        warned = {
            "category": warning_message.category.__name__,
            "message": str(warning_message.message),
            "filename": warning_message.filename,
            "lineno": warning_message.lineno,
        }
        self.tell("warned", {"warning": warned, "when": when, "nodeid": nodeid, "location": location})

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Say why this process has come to its end, and never with a secret; nobody prints it here."""
        lacking = machine.lack(excinfo.value)
        watch = self._config.stash.get(WATCH, None)
        shown = lacking or (watch.scrub(str(excrepr)) if watch else "")
        self.tell("broke", {"why": lacking or f"{excinfo.type.__name__} in {place(excinfo.value)}", "shown": shown})
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        session.config.stash[WATCH].stop()
        self.tell("ended", int(session.exitstatus))


def main() -> int:
    """Do the task that comes in; what tests print goes where errors go, as the other way out is for messages."""
    heard, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    line = heard.readline()
    if not line:
        return 1
    task = json.loads(line)
    os.chdir(task["directory"])
    process = PartProcess(Part.from_dict(task["part"]), heard, told)
    return int(pytest.main(["-p", "no:terminalreporter", *task["arguments"]], plugins=[process]))


if __name__ == "__main__":
    sys.exit(main())
