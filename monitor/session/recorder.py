"""pytest's hooks on the reports' side, in the one process that writes them: what was planned, judged, and is told."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from monitor import NAME, machine
from monitor.clues import Clue
from monitor.machine import Reserve
from monitor.reports import Written
from monitor.session import options
from monitor.session.record import Record
from monitor.session.watch import Watch
from monitor.status import Status
from monitor.text import place
from monitor.verdict import Run, Verdict

VERDICT = "verdict"
"""The name of the attribute of a pytest report that holds its probe's verdict; where it comes from a worker of xdist,
of the property that holds it as JSON."""


RUNGS = f"{NAME} rungs"
"""Under which key a worker of xdist is given the channel by which it says what the probes stand on."""

_PATIENCE = 5.0
"""Seconds for a worker to say so; it does before it says that it has collected, so they are never needed."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: pytest ends as it does for Ctrl-C, reports and all."""


def unheard(before: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Python's hook for what a destructor raised, without our own signal: the run ends by it all the same."""

    def hook(unraisable: Any) -> None:
        if not isinstance(unraisable.exc_value, Terminated):
            before(unraisable)

    return hook


def _verdict(report: Any) -> Verdict | None:
    """The verdict that comes with this report, read once."""
    if VERDICT not in vars(report):
        text = dict(getattr(report, "user_properties", ())).get(VERDICT)
        setattr(report, VERDICT, Verdict.from_dict(json.loads(text)) if text else None)
    verdict: Verdict | None = vars(report)[VERDICT]
    return verdict


class Recorder:
    """A plugin of the process that writes the reports: the only one, or the controller of xdist's workers."""

    def __init__(self, watch: Watch, directory: Path, fail_on: frozenset[Status]) -> None:
        self.watch = watch
        self.record = Record(
            directory,
            fail_on,
            watch.mode,
            watch.names,
            watch.environment,
            drill=watch.drill,
            shard=watch.shard,
            remarks=watch.remarks,
        )
        self.ended, self.others_failed = "finished", False
        self._closed = self._judged = False
        self._session: pytest.Session | None = None
        self._reserve = Reserve()
        with contextlib.suppress(ValueError):  # not in the main thread: then signals are somebody else's
            self._before: Any = signal.signal(signal.SIGTERM, self._terminate)

    def _terminate(self, _signal: int, _frame: object) -> None:
        """End the run; also where whoever is interrupted swallows what is raised, as a destructor does."""
        self.ended = "interrupted: SIGTERM"
        if self._session is not None:
            self._session.shouldstop = "SIGTERM"
        sys.unraisablehook = unheard(sys.unraisablehook)
        if not self._judged:  # after that the reports are next, and nothing must keep them from being written
            raise Terminated("SIGTERM")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        try:
            if session.shouldstop:  # it came while probes were planned, and whoever it interrupted swallowed it
                raise Terminated(str(session.shouldstop))
            return (yield)
        finally:
            self._judged = True

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """A worker of xdist begins: the sandbox is ours, and it uses it."""
        if self.watch.boxed:
            node.workerinput[NAME] = dict(self.watch.sandbox_environment)
        node.workerinput[RUNGS] = node.gateway.newchannel()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        if config.getvalue("dist") != "load":
            return None
        from monitor.session.scheduling import ByTenant

        return ByTenant(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        rungs: dict[str, str] = {}
        with contextlib.suppress(
            OSError, EOFError, node.workerinput[RUNGS].RemoteError
        ):  # it died: its verdicts say so
            rungs = node.workerinput[RUNGS].receive(_PATIENCE)
        self.record.plan({each: rungs.get(each, "") for each in ids if each.startswith("tests_synthetic/")})
        self.record.write_late_ones()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.others_failed |= report.failed
        if report.failed and "tests_synthetic" in report.nodeid:
            why = self.watch.scrub(report.longreprtext.strip())
            sentence = "" if "\n" in why else f": {why}"  # else it is a traceback, which the terminal shows
            reason = f"not judged: its file could not be collected{sentence}"
            self.record.take(Verdict.planned(report.nodeid, reason=reason))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """A probe that could not be judged is an error, also where that came out in the middle of its test."""
        verdict = _verdict(report)
        if verdict and report.failed and verdict.status is Status.UNKNOWN:
            return "error", "E", ("ERROR", {"red": True})
        if verdict and report.passed and verdict.status is Status.DEGRADED:
            return "passed", "d", ("DEGRADED", {"yellow": True})
        return None

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdict, after everybody else: pytest keeps its reports to the end, and the verdict is kept here."""
        verdict = _verdict(report)
        delattr(report, VERDICT)
        report.user_properties = [each for each in report.user_properties if each[0] != VERDICT]
        if self.record.knows(report.nodeid):
            report.keywords = {}  # a kilobyte of each report, of which there are three a probe, to the end
        if verdict is not None:
            self.record.take(verdict)
        elif str(report.when) == "???" and self.record.knows(report.nodeid):
            self.record.give_up(report.nodeid, "not judged: the worker process died")
        else:
            if report.when == "call" or not report.passed:
                self.record.drop(report.nodeid)
            self.others_failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """The run is over: say why, in one line where this machine is at its end, and never with a secret."""
        self.watch.stop()
        self._reserve.release()
        lacking = machine.lack(excinfo.value)
        broke = lacking or f"{excinfo.type.__name__} in {place(excinfo.value)}"
        self.ended = f"interrupted: {broke}"
        told = lacking or self.watch.scrub(str(excrepr))
        excrepr.toterminal = lambda writer: writer.write(told)  # whoever prints it prints this

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        cause = "stopped by hand" if excinfo.type is KeyboardInterrupt else str(excinfo.value)
        self.ended = f"interrupted: {cause}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Write every report before anything else can go wrong, and let the last screen be the last thing printed."""
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.watch.stop()  # first: what is under way would take what is held back
        self._reserve.release()
        if not self.record.verdicts and not self._of_other_shards(session):
            self._plan_nothing(session.config, session.exitstatus)
        if not self.record.verdicts and not self._of_other_shards(session):
            return (yield)
        why = session.shouldfail or session.shouldstop
        self._closed = True
        run, written = self.record.close(self.ended, str(why) if why else "", () if why else self._clues())
        session.exitstatus = self._exit_status(session.exitstatus, run, written)
        self._quieten(session.config)
        finished = yield
        self._tell(session.config, run, written)
        return finished

    def _clues(self) -> tuple[Clue, ...]:
        """What Auth0 itself knows of what is ill, where the run came to its end, and somebody gave credentials."""
        if self.ended != "finished" or not self.record.complete:
            return ()
        with contextlib.suppress(KeyboardInterrupt):  # whoever does not want to wait for it has the reports at once
            return self.watch.clues(self.record.verdicts.values())
        return ()

    def _exit_status(self, of_pytest: int | pytest.ExitCode, run: Run, written: Written) -> int | pytest.ExitCode:
        """The run's own; pytest's where it did not come to its end, or knows of a failure that is no verdict's."""
        to_its_end = of_pytest in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not to_its_end and not (of_pytest == pytest.ExitCode.NO_TESTS_COLLECTED and run.asked_elsewhere):
            return of_pytest
        of_a_verdict = any(verdict.fails(self.record.fail_on) for verdict in run.verdicts)
        others_failed = self.others_failed or (of_pytest == pytest.ExitCode.TESTS_FAILED and not of_a_verdict)
        problems = [*written.problems, *["something that is not a probe failed"] * others_failed]
        return pytest.ExitCode(run.exit_status(self.record.fail_on, problems))

    def _of_other_shards(self, session: pytest.Session) -> bool:
        """Whether this is a shard, and there is nothing in it to be asked: that has to be told, and merged."""
        option = session.config.option
        nothing = session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED
        return bool(self.watch.shard) and nothing and not (option.collectonly or option.setupplan)

    def _plan_nothing(self, config: pytest.Config, status: int | pytest.ExitCode) -> None:
        """Probes were meant, and none was planned: reports of an earlier run must not pass for this one's."""
        meant = any("tests_synthetic" in each for each in config.args) and not options.only_looks(config.option)
        if meant and status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            none = "no probe was selected" if status == pytest.ExitCode.NO_TESTS_COLLECTED else "the run did not begin"
            why = none if self.ended == "finished" else self.ended
            self.record.take(Verdict.planned("tests_synthetic", reason=f"not judged: {why}"))

    def _quieten(self, config: pytest.Config) -> None:
        """Where only probes failed, and nobody asked for tracebacks, the last screen says it better and once.

        Why a file could not be collected it does not say.
        """
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        failed = [each for kind in ("failed", "error") for each in (reporter.stats.get(kind, []) if reporter else [])]
        probes = all(isinstance(each, pytest.TestReport) and self.record.knows(each.nodeid) for each in failed)
        if reporter and config.option.tbstyle == "auto" and probes:
            config.option.tbstyle = "no"
            if config.option.reportchars == "fE":
                reporter.reportchars = "w"

    def _tell(self, config: pytest.Config, run: Any, written: Any) -> None:
        from monitor.reports import terminal

        if not config.pluginmanager.has_plugin("terminalreporter"):
            return  # somebody wants none
        writer = config.get_terminal_writer()
        writer.line()
        for text, style in terminal.screen(run, written, width=min(writer.fullwidth, 110)):
            writer.line(text, **dict.fromkeys(style.split(), True))

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """What ended the run before its session began is told here."""
        self._reserve.release()
        if not self._closed and self.ended != "finished":
            self._plan_nothing(config, pytest.ExitCode.USAGE_ERROR)
            problems = self.record.close(self.ended, "")[1].problems if self.record.verdicts else []
            sys.stderr.write("".join(f"{each}\n" for each in problems))
        with contextlib.suppress(ValueError, AttributeError):
            signal.signal(signal.SIGTERM, self._before)
