"""What a channel is to be told now: what is due, what nobody else would close, and what may have been lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.history import History
from monitor.incidents import Incident
from monitor.incidents.as_told import why
from monitor.status import Status
from monitor.telling import keys
from monitor.telling.channel import Channel, Ending, Task
from monitor.telling.due import NOT_TOLD, Due, befores, due, entry, forgotten, silenced
from monitor.telling.ledger import READ, LedgerEntry
from monitor.telling.message import Event, Message, MessageLine
from monitor.telling.sentences import forgotten as end_of

LATE = "runs that were recorded later, of another machine, found it healthy before the last alert"

Compose = Callable[[Incident, Event], Message]


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the same for every channel: the history and its incidents, the ledger, and who is left alone.

    ``told`` is the ledger, ``since`` when this history was first told of, ``left_alone`` the ids of incidents of which
    nobody is told now, and ``compose`` makes a message, and ``rule`` stands for the settings.
    """

    history: History
    incidents: Sequence[Incident]
    told: Mapping[tuple[str, str], LedgerEntry]
    now: float
    since: float
    left_alone: frozenset[str]
    compose: Compose
    rule: str = ""


@dataclass(slots=True)
class ChannelPlan:
    """What one channel is to be told, in order; and what its ledger has to know without a word."""

    tasks: list[Task] = field(default_factory=list)
    silent: list[LedgerEntry] = field(default_factory=list)


def plan(channel: Channel, situation: Situation) -> ChannelPlan:
    """What this channel is to be told."""
    made = ChannelPlan()
    read = situation.told.get((READ, channel.key))
    anchor = keys.anchor(situation.history, read)
    held = _held(channel, situation)
    named = {id_: key for id_, key in held.items() if key}
    for one in due(situation.incidents, channel.key, situation.told, situation.now, situation.since):
        left = silenced(one) if one.incident.id in situation.left_alone else one
        if left and left.event:
            key = one.before.key or keys.fresh(anchor, one.incident, named.values())
            named[one.incident.id] = key
            message = replace(_as_of_the_newest(situation.compose(one.incident, left.event), one, situation), key=key)
            after = entry(left, left.before.title or message.title, key, situation.now, situation.rule)
            made.tasks.append(Task(message, left.before, after))
        elif left:
            made.silent.append(entry(left, "", "", situation.now, situation.rule))
    made.tasks += _forgotten(channel, situation)
    if channel.ending is Ending.CLOSES:
        made.tasks += _after_a_loss(channel, situation, anchor, set(named.values()), made.tasks)
    newest = next(iter(situation.history.runs(last=1)), None)
    if newest and (not read or read.run != newest.id):
        seen = LedgerEntry(READ, channel.key, READ, situation.now, newest.id)
        made.tasks.append(Task(None, read or LedgerEntry(READ, channel.key), seen))
    return made


def _as_of_the_newest(message: Message, one: Due, situation: Situation) -> Message:
    """The end of what was told is as new as the newest run: later records may have set it before what was told.

    It says so then. Without that, whoever keeps what is newest would not hear of the end.
    """
    newest = situation.history.last
    if message.event is not Event.CLOSED or newest is None or one.before.event in NOT_TOLD:
        return message
    told = float((one.before.shown or {}).get("known") or 0.0)
    late = one.incident.closed is not None and one.incident.closed <= told
    lines = (*message.lines, MessageLine("why", LATE)) if late else message.lines
    return replace(message, at=max(message.at, newest), lines=lines)


def _held(channel: Channel, situation: Situation) -> dict[str, str]:
    """The keys of what this channel knows to be open, by the id that its ledger has."""
    own = (each for (_, name), each in situation.told.items() if name == channel.key)
    return {each.incident: each.key for each in own if each.event not in NOT_TOLD and each.incident != READ}


def _forgotten(channel: Channel, situation: Situation) -> list[Task]:
    ends = []
    for one in forgotten(situation.incidents, channel.key, situation.told):
        reason = why(one.shown, situation.rule)
        at = situation.history.last if situation.history.last is not None else situation.now
        message = replace(end_of(one, at, reason), key=one.key)
        ends.append(Task(message, one, replace(one, event=str(Event.CLOSED), at=situation.now, why=reason)))
    return ends


def _after_a_loss(
    channel: Channel, situation: Situation, anchor: str, taken: set[str], told: Sequence[Task]
) -> list[Task]:
    """Where runs may have been lost that this channel was told of: what is open once more, and what is not, resolved.

    Both change nothing for a pager that knows as much: the same key is the same alert, and one that is not open cannot
    be resolved.
    """
    quiet = not any(each.open for each in situation.incidents)
    read = situation.told.get((READ, channel.key))
    if not keys.lost(situation.history, read, quiet=quiet):
        return []
    afresh = {task.before.incident for task in told}
    again = [
        Task(replace(situation.compose(one, Event.OPENED), key=before.key), before, quiet=True)
        for one, before in befores(situation.incidents, channel.key, situation.told)
        if one.open and before.event not in NOT_TOLD and before.key
        if before.incident not in afresh and one.id not in situation.left_alone
    ]
    newest = next(iter(situation.history.runs(last=1)), None)
    known = taken | {each.key for (_, name), each in situation.told.items() if name == channel.key}
    ends = [_resolve(key, situation.now) for key in keys.possible(anchor, newest, known, taken)]
    return again + [Task(each, LedgerEntry(each.incident, channel.key), quiet=True) for each in ends]


def _resolve(key: str, now: float) -> Message:
    headline = "CLOSED: whatever incident lost runs may have opened"
    return Message(Event.CLOSED, "lost", headline, headline, (), "", now, Status.UP, key=key)
