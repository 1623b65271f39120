"""--processes N: a run whose tenants are asked by several processes, and that is told as one.

Each has a part of the tenants, plans it, and says so; the plans are joined and written, and then all begin. What they
find comes as pytest's reports do, so that whatever hears of reports hears of these: the record, ``-x``, ``--lf``.
"""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

import pytest

from monitor import machine
from monitor.merging import merging
from monitor.merging.legs import Problem
from monitor.session.part import Part
from monitor.session.part_process import GO
from monitor.session.recorder import VERDICT, Recorder
from monitor.shards import Shard
from monitor.text import count, some
from monitor.verdict import Run, Verdict

_PATIENCE = 5.0
"""Seconds for a process to end by itself, once all that it had to say has been heard."""

_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from monitor.session.part_process import main; sys.exit(main())"
)


@dataclass(eq=False)
class _Child:
    """A process, its part, and what it has said: of each test that it plans, whether that is still to come."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    planned: bool = False
    ended: bool = False
    broke: str = ""
    refused: list[str] = field(default_factory=list)
    probes: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)


class Processes:
    """The plugin of the process that hears the others; it asks nobody itself."""

    def __init__(self, config: pytest.Config, recorder: Recorder, parts: Sequence[Part]) -> None:
        self._config, self._recorder = config, recorder
        self._children = [_Child(part) for part in parts]
        self._heard: queue.SimpleQueue[tuple[_Child, bytes]] = queue.SimpleQueue()
        self._broken_files: dict[str, Any] = {}
        self._deselected = 0
        self._session: pytest.Session | None = None
        config.add_cleanup(self._wait)
        if reporter := self._terminal():
            reporter.showfspath = False  # else each report would begin a line of its own

    def pytest_report_header(self) -> str:
        shares = " and ".join(str(len(child.part.tenants)) for child in self._children)
        return f"{len(self._children)} processes, with {shares} tenants"

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Let each plan its part, and write down what all have planned."""
        with self._ending():
            for child in self._children:
                self._start(child)
            while any(not (child.planned or child.ended) for child in self._children):
                self._hear()
            refused = next((child.refused for child in self._children if child.refused), None)
            if refused:
                raise pytest.UsageError(*refused)
            for report in self._broken_files.values():
                self._config.hook.pytest_collectreport(report=report)
            self._plan(session)
        return True

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Let all begin, and hear them to their end."""
        with self._ending():
            if session.testsfailed and not self._config.option.continue_on_collection_errors and self._broken_files:
                raise session.Interrupted(f"{count(len(self._broken_files), 'error')} during collection")
            for child in self._children:
                self._say(child, GO)
            self._recorder.record.write_late_ones()
            while any(not child.ended for child in self._children):
                self._hear()
                if session.shouldfail:
                    raise session.Failed(session.shouldfail)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
        return True

    def _start(self, child: _Child) -> None:
        invoked = self._config.invocation_params
        task = {
            "arguments": [str(each) for each in invoked.args],
            "directory": str(invoked.dir),
            "part": child.part.to_dict(),
        }
        try:
            child.process = subprocess.Popen(  # noqa: S603 - no shell, and words of our own
                [sys.executable, "-c", _BEGIN, str(self._config.rootpath)],
                cwd=invoked.dir,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            reading = (child, child.process.stdout)
            threading.Thread(target=self._read, args=reading, daemon=True, name=str(child.part)).start()
        except (OSError, RuntimeError) as error:
            child.broke = machine.lack(error) or f"it could not be started ({error})"
            self._lose(child)
        self._say(child, json.dumps(task).encode() + b"\n")

    def _say(self, child: _Child, line: bytes) -> None:
        if child.process and child.process.stdin:
            with contextlib.suppress(OSError):  # it has ended, which is heard from the other side
                child.process.stdin.write(line)
                child.process.stdin.flush()

    def _read(self, child: _Child, said: IO[bytes]) -> None:
        for line in said:
            self._heard.put((child, line))
        self._heard.put((child, b""))

    def _hear(self) -> None:
        """Take the next message of any of them; where there is none for a second, nothing."""
        try:
            child, line = self._heard.get(timeout=1.0)  # and not for ever: that could not be interrupted everywhere
        except queue.Empty:
            return
        if not line.endswith(b"\n"):  # the end, also where a line was cut by it
            if not child.ended:
                self._lose(child)
            return
        for what, value in json.loads(line).items():
            getattr(self, f"_take_{what}")(child, value)

    def _take_planned(self, child: _Child, value: dict[str, Any]) -> None:
        child.planned, child.probes = True, value["probes"]
        child.waiting = dict.fromkeys([*child.probes, *value["others"]])
        self._deselected += value["deselected"]

    def _take_refused(self, child: _Child, value: list[str]) -> None:
        child.refused = value

    def _take_collected(self, _: _Child, value: dict[str, Any]) -> None:
        report = self._report(value)
        self._broken_files.setdefault(report.nodeid, report)

    def _take_tested(self, child: _Child, value: list[dict[str, Any]]) -> None:
        for told in value:
            report = self._report(told)
            if verdict := told.get(VERDICT):
                setattr(report, VERDICT, Verdict.from_dict(verdict))
            child.waiting.pop(report.nodeid, None)
            self._config.hook.pytest_runtest_logreport(report=report)

    def _take_warned(self, _: _Child, value: dict[str, Any]) -> None:
        warning = value.pop("warning")
        category = type(warning.pop("category"), (Warning,), {})
        message = warnings.WarningMessage(category(warning.pop("message")), category, **warning)
        self._config.hook.pytest_warning_recorded.call_historic(kwargs={"warning_message": message} | value)

    def _take_broke(self, child: _Child, value: dict[str, str]) -> None:
        child.broke = value["why"]
        self._write_line(value["shown"])

    def _take_ended(self, child: _Child, _: int) -> None:
        child.ended = True
        if child.broke or child.waiting or not (child.planned or child.refused):
            self._lose(child)

    def _report(self, told: dict[str, Any]) -> Any:
        """The report that was told, with the tuples that JSON has no word for."""
        for name in ("location", "longrepr"):
            if isinstance(told.get(name), list):
                told[name] = tuple(told[name])
        for name in ("sections", "user_properties"):
            told[name] = [tuple(each) for each in told.get(name, ())]
        return self._config.hook.pytest_report_from_serializable(config=self._config, data=told)

    def _plan(self, session: pytest.Session) -> None:
        """Join what each has planned, in the order in which one process would ask it, and write it down."""
        watch = self._recorder.watch
        everybody = Shard(1, 1, watch.names, tuple(row for child in self._children for row in child.part.services))
        plans = [
            Run(
                mode=watch.mode,
                started="",
                seconds=0,
                version="",
                tenants=child.part.tenants,
                shard=replace(everybody, services=watch.services),
                verdicts=tuple(Verdict.planned(id_, rung=on) for id_, on in child.probes.items()),
            )
            for child in self._children
        ]
        ordered = {each.id: each.rung or "" for each in merging.in_order(plans, watch.names)}
        session.testscollected = sum(len(child.waiting) for child in self._children)
        if ordered:
            self._recorder.record.plan(ordered)
        planned = count(session.testscollected, "test")
        left_out = f", and {self._deselected} deselected" if self._deselected else ""
        if self._config.option.verbose >= 0:
            self._write_line(f"{planned} in {len(self._children)} processes{left_out}")
        if self._deselected:
            self._config.hook.pytest_deselected(items=[None] * self._deselected)

    def _lose(self, child: _Child) -> None:
        """This process is no more: what it had still to ask is unknown, and nothing else is."""
        child.ended = True
        if self._session:
            self._session.testsfailed += 1
        why = f"{child.part} {self._end_of(child)}"
        record = self._recorder.record
        if not child.planned:
            lost = f"nothing is known of {some(child.part.tenants, 8)}: run the suite again"
            problem = Problem(f"process-{child.part.number}-of-{child.part.of}", f"{why}, {lost}")
            for verdict in merging.unknown([problem]):
                record.take(verdict)
        for id_ in child.waiting:
            if id_ in child.probes:
                record.give_up(id_, f"not judged: {why}")
            else:
                self._recorder.others_failed = True
        if self._recorder.ended == "finished":
            self._recorder.ended = f"interrupted: {why}"
        self._write_line(f"{why}: {count(len(child.waiting), 'test')} of {some(child.part.tenants, 8)} not judged")

    def _end_of(self, child: _Child) -> str:
        """How it came to its end, in words."""
        if child.broke:
            return f"could not go on: {child.broke}"
        code = 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.process.wait(_PATIENCE) if child.process else 0
        if code < 0:
            with contextlib.suppress(ValueError):
                return f"was ended by {signal.Signals(-code).name}"
        return f"ended early, with {code}" if code else "ended early"

    @contextlib.contextmanager
    def _ending(self) -> Any:
        """Whatever ends the run within this ends every process that has not come to its end."""
        try:
            yield
        except BaseException:
            for child in self._children:
                if child.process and child.process.poll() is None:
                    child.process.terminate()
            raise

    def _wait(self) -> None:
        """No process outlives the run."""
        deadline = time.monotonic() + _PATIENCE
        for child in self._children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            for pipe in (child.process.stdin, child.process.stdout):
                with contextlib.suppress(OSError):
                    if pipe:
                        pipe.close()

    def _terminal(self) -> Any:
        return self._config.pluginmanager.get_plugin("terminalreporter")

    def _write_line(self, line: str) -> None:
        if line and (reporter := self._terminal()):
            reporter.ensure_newline()
            reporter.write_line(line)
