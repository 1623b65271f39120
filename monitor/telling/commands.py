"""What each command does: tell of incidents, alarm when no run comes, try every channel."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor import NAME, results
from monitor.history import History, freshness
from monitor.incidents import Incident, policy, recent
from monitor.incidents.as_told import rule
from monitor.incidents.described import title
from monitor.status import Status
from monitor.telling import github, keys, maintenance, notify, overdue
from monitor.telling.background import background
from monitor.telling.channel import Channel, Ending, Task, Untold, tell_all
from monitor.telling.latest import latest, missing
from monitor.telling.ledger import Ledger, LedgerEntry
from monitor.telling.maintenance import Window
from monitor.telling.message import SILENCE, Event, Message, MessageLine
from monitor.telling.planning import Situation, plan
from monitor.telling.sentences import message
from monitor.text import minute, some

ISSUES = "AUTH0_ISSUES"


@dataclass(slots=True)
class Telling:
    """A call of the command: the environment, whom to tell, and what came of it.

    ``scrub`` takes secrets out of any text. ``dry``: only print what would be told. ``told``, ``problems`` (which make
    it fail), ``remarks`` and ``held`` (what a maintenance keeps from being told) are lines.
    """

    values: Mapping[str, str]
    scrub: Callable[[str], str]
    dry: bool = False
    now: float = field(default_factory=time.time)
    channels: list[Channel] = field(default_factory=list)
    repository: str = ""
    told: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repository = self._repository()
        if self.repository:
            self.channels.append(github.channel(self.repository, self.values))
        others, problems = notify.channels(self.values.get(notify.VARIABLE, ""), self.values)
        self.channels += others
        self.problems += problems
        self.remarks += notify.recoveries(self.values)[1]

    def tell(self, history: History, file: Path, reports: Path) -> None:
        """Tell of every incident what is due."""
        history = self._as_of_now(history)
        read, remarks = policy(self.values)
        self.remarks += remarks
        run = latest(reports)
        lost = missing(run, history, self.now) if run else "it cannot be read"
        if lost:
            self.problems.append(f"{reports / results.NAME}: {lost}")
        incidents = recent(history, read)
        ledger = Ledger(file)
        told = ledger.entries()
        since = self.now if self.dry else ledger.since(self.now)
        more = background(self.values, run, self.scrub)
        windows = self._windows(history, incidents)
        situation = Situation(
            history,
            incidents,
            told,
            self.now,
            since,
            frozenset(one.id for one in incidents if maintenance.silenced(one.tenants, windows, self.now)),
            lambda one, event: message(one, event, now=self.now, mode=history.mode, background=more),
            rule(read),
        )
        work: list[tuple[Channel, list[Task]]] = []
        silent: set[str] = set()
        for channel in self.channels:
            planned = plan(channel, situation)
            for entry in [] if self.dry else planned.silent:
                ledger.settle(entry)
            silent |= {entry.incident for entry in planned.silent}
            work.append((channel, planned.tasks))
        self._hold(incidents, windows, silent)
        if not self.dry and (windows or (maintenance.HELD, "") in told):
            ledger.settle(maintenance.entry(windows, history.planned, self.now))
        self._out(work, ledger)

    def overdue(self, history: History, file: Path, least: float = freshness.LEAST) -> bool:
        """Alarm once where no run came for too long, and tell when one came again; whether it is overdue."""
        history = self._as_of_now(history)
        age = freshness.age(history, self.now, least)
        self.remarks.append(overdue.told(age))
        newest = history.runs(last=1)
        made = overdue.message(age, self.now, newest[0].link if newest else "")
        ledger = Ledger(file) if file.exists() else None
        told = ledger.entries() if ledger else {}
        work = []
        for channel in self.channels:
            before = told.get((SILENCE, channel.key), LedgerEntry(SILENCE, channel.key))
            open_ = before.event == Event.OVERDUE
            asks = channel.key.startswith("github:")  # it knows of issues that another copy of the history opened
            if (age.overdue and not open_) or (not age.overdue and (open_ or asks)):
                before = before if open_ else replace(before, title="", key="")
                title, key = before.title or made.title, before.key or keys.silence(history)
                after = replace(before, event=str(made.event), at=self.now, title=title, key=key)
                task = Task(replace(made, title=title, key=key), before, after if age.overdue or open_ else None)
                work.append((channel, [task]))
        self._out(work, ledger)
        return age.overdue

    def _as_of_now(self, history: History) -> History:
        """It without runs whose clock was ahead; a remark says so."""
        known = history.as_of(self.now)
        self.remarks += [str(known.ahead)] if known.ahead else []
        return known

    def test(self) -> None:
        """Tell every channel something that is nothing; what keeps alerts opens one, and closes it."""
        if not self.channels:
            self.problems.append(f"there is no channel to test: set {notify.VARIABLE} or {ISSUES}")
        opened = Message(
            event=Event.TEST,
            incident="test",
            title="Test of the synthetic monitor's channels",
            headline="TEST: this channel receives alerts; nothing is wrong",
            lines=(MessageLine("about", "a test that somebody started: there is nothing to do"),),
            run="",
            at=self.now,
            status=Status.UP,
            key=f"{NAME}-test-{secrets.token_hex(8)}",
        )
        over = replace(
            opened, event=Event.CLOSED, headline="CLOSED: the test of this channel; it can open and close an alert"
        )
        work = []
        for channel in self.channels:
            messages = (opened, over) if channel.ending is Ending.CLOSES else (opened,)
            work.append((channel, [Task(each, LedgerEntry("test", channel.key)) for each in messages]))
        self._out(work, None)

    def _out(self, work: Sequence[tuple[Channel, Sequence[Task]]], ledger: Ledger | None) -> None:
        if self.dry:
            for channel, tasks in work:
                self.told += [_shown(channel, each.message) for each in tasks if each.message and not each.quiet]
            return
        told, problems = tell_all(work, ledger)
        self.told += told
        self.problems += problems

    def _windows(self, history: History, incidents: Sequence[Incident]) -> list[Window]:
        """When nobody is told: by the variable, and by open issues, which are asked for where there is an incident."""
        windows, problems = maintenance.windows(self.values.get(maintenance.VARIABLE, ""))
        bound, odd = maintenance.at_most(self.values)
        self.remarks += [*problems, *odd]
        newest = history.runs(last=20) if windows or incidents else ()
        tenants = sorted({name for run in newest for name in run.tenants})
        self.remarks += maintenance.of_nobody(windows, tenants, self.now)
        if self.repository and incidents:
            try:
                issues = github.maintained(self.repository, self.values)
            except Untold as error:
                self.remarks.append(f"whether an issue says {maintenance.LABEL} is not known: {error}")
            else:
                of_issues, remarks = maintenance.of_issues(issues, tenants, bound, self.now)
                windows += of_issues
                self.remarks += remarks
        return windows

    def _hold(self, incidents: Sequence[Incident], windows: Sequence[Window], silent: Collection[str]) -> None:
        """Name the incidents that nobody is told of now, since all of their tenants are being worked on.

        ``silent`` are those that were held back for all of their life: of them it is said once, when they are over.
        """
        for one in incidents:
            if (one.open or one.id in silent) and (by := maintenance.holding(one.tenants, windows, self.now)):
                until = minute(max(each.until for each in by))
                sources = some(dict.fromkeys(each.source for each in by))
                self.held.append(f"held back until {until}, by {sources}: {title(one)}")

    def _repository(self) -> str:
        """Where issues are opened: as it is said, or within GitHub Actions the workflow's own repository."""
        said = self.values.get(ISSUES, "").strip()
        if said.lower() == "none":
            return ""
        within = self.values.get("GITHUB_ACTIONS") == "true"
        found = said or (self.values.get("GITHUB_REPOSITORY", "") if within else "")
        if found and not github.REPOSITORY.fullmatch(found):
            self.problems.append(f"{ISSUES} names no repository: write it as owner/name, or none")
            return ""
        return found


def _shown(channel: Channel, made: Message) -> str:
    return f"{channel.name} would be sent:\n{made.headline}\n{notify.text(made)}\n"
