"""The tenant's log, of our own logins alone: asked for by application, user and time, and looked through again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.clues import Clue, ClueKind
from monitor.configuration.targets import plain
from monitor.configuration.variables import DEFAULT_CONNECTION
from monitor.failures import BotProtection, NamesFail, Throttled
from monitor.management import log_types
from monitor.management.access import Access, Patience
from monitor.management.case import Case, connection_of
from monitor.status import Status
from monitor.text import printable, stamp
from monitor.verdict import Verdict

POLLS = 3
EVERY = 1.0
"""How often is looked whether the log has come, and after how many seconds again."""

BEFORE, AFTER = 3.0, 10.0
"""Seconds around what is ill in which an entry is of it."""

_FIELDS = "date,type,description,connection,client_id,user_name,ip"
_BOUND = 200
_KEPT = 6
"""How many different entries are told of a tenant."""

_LATER = 86_400.0
"""Seconds back in which a deprecated feature was used."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What is kept of an entry, and no more; ``at`` in seconds of the epoch."""

    type: str
    description: str
    connection: str
    user: str
    at: float
    address: str

    @property
    def rung(self) -> str:
        return _rung(self.type)


def logged(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """What the log says of the logins that failed; that it is late, where it says nothing after a few polls."""
    awaited = [each for each in case.grave if _is_logged(each)]
    entries: list[LogEntry] = []
    for poll in range(POLLS):
        entries = list(_entries(case, access, patience))
        told = [each for each in entries if _fails(each)]
        if told or not awaited or _successes(case, entries):
            break
        if poll == POLLS - 1 or not patience.wait(EVERY):
            waited = "the tenant's log has nothing yet of the logins that failed: logs are late"
            yield case.clue(ClueKind.LATE, waited)
            break
    case.seen_from |= {each.address for each in entries if each.address}
    yield from _failed(case, entries)
    yield from _successes(case, entries)


def deprecated(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Which deprecated features our application used within a day, by Auth0's own word."""
    wanted = f'client_id:"{case.tenant.variables.client_id}" AND type:depnote AND {_within(case.began - _LATER, case)}'
    _, content = access.read(
        "logs", patience, q=wanted, fields="type,description,client_id", include_fields="true", per_page=5
    )
    found = content if isinstance(content, list) else []
    words = (
        printable(str(each.get("description")))[:_BOUND]
        for each in found
        if isinstance(each, dict)
        and each.get("type") == "depnote"
        and each.get("client_id") == case.tenant.variables.client_id
        and each.get("description")
    )
    for word in dict.fromkeys(words):
        yield case.clue(ClueKind.DEPRECATED, f'the log notes a deprecated feature: "{word}"', log_type="depnote")


def _is_logged(verdict: Verdict) -> bool:
    """Whether there has to be an entry of it: a login that the tenant refused or broke, and no limit kept away."""
    last = verdict.attempts[-1]
    kept_away = verdict.blame is not None and issubclass(verdict.blame, (Throttled, BotProtection, NamesFail))
    signed = "x-auth0-requestid" in (last.get("headers") or {})
    failed = (last.get("status") or 0) >= 400
    return verdict.rung in ("login", "machine", "refresh") and failed and signed and not kept_away


def _fails(entry: LogEntry) -> bool:
    return entry.type not in log_types.SUCCESSES | log_types.SILENT


def _failed(case: Case, entries: list[LogEntry]) -> Iterator[Clue]:
    told: dict[tuple[str, str, str], LogEntry] = {}
    for entry in entries:
        if _fails(entry):
            told.setdefault((entry.type, entry.description, entry.connection), entry)
    for entry in list(told.values())[:_KEPT]:
        known = log_types.FAILURES.get(entry.type)
        says = f"{known.says} ({entry.type})" if known else entry.type
        words = f'{says}: "{entry.description}"' if entry.description else says
        through = plain(entry.connection)
        yield case.clue(ClueKind.LOG, words, connection=through, rung=entry.rung, log_type=entry.type, at=entry.at)


def _successes(case: Case, entries: list[LogEntry]) -> list[Clue]:
    """The connections of which the log has more logins as a success than were answered as one."""
    logins = [each for each in case.verdicts if each.rung == "login"]
    ill = {connection_of(each) for each in logins if each.status is Status.DOWN}
    answered = Counter(
        connection
        for connection, _ in {
            (connection_of(each) or DEFAULT_CONNECTION, str(each.exchange))
            for each in logins
            if each.status in (Status.UP, Status.DEGRADED)
        }
    )
    logged_in = Counter(plain(each.connection) for each in entries if each.type in log_types.LOGINS)
    return [
        case.clue(ClueKind.SUCCESS, "the log has the login as a success", connection=name, rung="login", log_type="s")
        for name in logged_in
        if (name in ill or (name == DEFAULT_CONNECTION and "" in ill)) and logged_in[name] > answered[name]
    ]


def _within(begin: float, case: Case) -> str:
    return f"date:[{stamp(begin)} TO {stamp(case.ended + AFTER)}]"


def _entries(case: Case, access: Access, patience: Patience) -> Iterator[LogEntry]:
    """The entries of our own logins in this time. What else comes is looked at no further, and let go."""
    client_id, users = case.tenant.variables.client_id, {name.lower() for name in case.users}
    who = [f'user_name:"{_quoted(name)}"' for name in case.users]
    who += [f"type:{each}" for each in sorted(log_types.OF_MACHINES)] if case.is_ill("machine") else []
    if not client_id or not who:
        return
    wanted = f'client_id:"{_quoted(client_id)}" AND ({" OR ".join(who)}) AND {_within(case.began - BEFORE, case)}'
    _, content = access.read(
        "logs", patience, q=wanted, sort="date:-1", fields=_FIELDS, include_fields="true", per_page=50
    )
    for each in content if isinstance(content, list) else []:
        if not isinstance(each, dict) or each.get("client_id") != client_id:
            continue
        kind, name = str(each.get("type") or ""), str(each.get("user_name") or "").lower()
        ours = name in users if name else kind in log_types.OF_MACHINES
        ours = ours and not (kind in log_types.REFUSED_ON_PURPOSE and not _has_failed(case, _rung(kind)))
        at = _moment(each.get("date"))
        if ours and kind and case.began - BEFORE <= at <= case.ended + AFTER:
            yield LogEntry(kind, _text(each, "description"), _text(each, "connection"), name, at, _text(each, "ip"))


def _rung(kind: str) -> str:
    """What an entry of this type is about."""
    return "machine" if kind in log_types.OF_MACHINES else "refresh" if kind in log_types.OF_REFRESHES else "login"


def _has_failed(case: Case, rung: str) -> bool:
    """Whether an attempt of this kind was answered with a failure, rather than late."""
    attempts = (each for verdict in case.ill if verdict.rung == rung for each in verdict.attempts)
    return any(not 200 <= (each.get("status") or 0) < 400 for each in attempts)


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return printable(value)[:_BOUND] if isinstance(value, str) else ""


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def _moment(value: object) -> float:
    """A time of the log in seconds of the epoch; 0 where it is none."""
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return 0.0
