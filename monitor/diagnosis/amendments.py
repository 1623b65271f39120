"""What Auth0 itself knows, held beside a cause: rows, each with the causes that a clue changes, and to what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor import console
from monitor.clues import Clue, ClueKind
from monitor.diagnosis.ladder import BY_LOGIN
from monitor.management.case import connection_of
from monitor.management.log_types import FAILURES, OF_A_SCRIPT
from monitor.owners import Cause, Confidence, Owner
from monitor.verdict import DEPENDENCIES, Verdict

RULES_STOPPED = "2026-11-18"
"""When Auth0 stopped running Rules and Hooks."""

_FOR_DAYS = 180
"""For how many days after it claims that vanish may be their work, where nobody knows whether there were any."""

_STOPPED = f"Auth0 stopped running Rules and Hooks on {RULES_STOPPED}"
_CLAIMS = "claims"
MOST = 3
"""How many clues a sentence has at most."""

_GUESS = ". Likely cause: "
"""What begins a guess in a cause's sentence, which is not told where Auth0 knows better."""

CONFIGURATION, EXTENSION, UPSTREAM = Owner.CONFIGURATION, Owner.EXTENSION, Owner.UPSTREAM
AUTH0, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.THROTTLED, Owner.UNKNOWN
CERTAIN, LIKELY = Confidence.CERTAIN, Confidence.LIKELY

_OF_LOGINS = ("machine", "refresh", "device", "redirect", *BY_LOGIN, "profile")


@dataclass(frozen=True, slots=True)
class Amendment:
    """A row: the causes that a clue of this ``kind`` changes, and to what; what is empty stays as it is.

    ``owners`` are whose causes these are, ``rules`` and ``log_types`` which (empty: all). ``says`` follows the cause's
    sentence, ``first`` stands before it: ``{words}`` are the clue's.
    """

    kind: ClueKind
    owners: tuple[Owner, ...]
    says: str = ""
    first: str = ""
    owner: Owner | None = None
    confidence: Confidence | None = None
    rules: tuple[str, ...] = ()
    log_types: tuple[str, ...] = ()

    def fits(self, cause: Cause, clue: Clue) -> bool:
        return (
            clue.kind == self.kind
            and cause.owner in self.owners
            and (not self.rules or cause.rule in self.rules)
            and (not self.log_types or clue.log_type in self.log_types)
        )


_OTHERS = (CONFIGURATION, EXTENSION, UPSTREAM, AUTH0, UNKNOWN)
"""All whose work a failure can be called by mistake: not this machine's, nor a limit's."""

_LOG = "Auth0's log says {words}"
_BY_OWNER = {
    owner: tuple(name for name, each in FAILURES.items() if each.owner is owner)
    for owner in (THROTTLED, EXTENSION, UPSTREAM, CONFIGURATION)
}

# fmt: off
AMENDMENTS: tuple[Amendment, ...] = (
    Amendment(ClueKind.RULES, (*_OTHERS,), rules=(_CLAIMS, "api-behind"), confidence=LIKELY,
              first=f"{_STOPPED}, and the tenant still has {{words}}: their work is an Action's now"),
    Amendment(ClueKind.CONNECTION_GONE, _OTHERS, "{words}", owner=CONFIGURATION, confidence=CERTAIN),
    Amendment(ClueKind.CONNECTION_OFF, _OTHERS, "{words}", owner=CONFIGURATION, confidence=CERTAIN),
    Amendment(ClueKind.CONNECTOR_OFFLINE, _OTHERS, "{words}", owner=UPSTREAM, confidence=CERTAIN),
    # Who is blocked is not answered that the password is wrong: that came first, and the block after it.
    Amendment(ClueKind.USER_BLOCKED, (CONFIGURATION,), "{words}, as it does after wrong passwords",
              rules=("wrong-user",)),
    Amendment(ClueKind.USER_BLOCKED, (*_OTHERS, THROTTLED), "{words}", owner=THROTTLED, confidence=CERTAIN,
              rules=("locked-user", "locked-out", "denied", "throttled")),
    Amendment(ClueKind.USER_DISABLED, (*_OTHERS, THROTTLED), "{words}", owner=CONFIGURATION, confidence=CERTAIN,
              rules=("wrong-user", "locked-user", "locked-out", "denied")),
    *(Amendment(ClueKind.LOG, (owner,), _LOG, log_types=types, confidence=CERTAIN)
      for owner, types in _BY_OWNER.items()),
    *(Amendment(ClueKind.LOG, tuple(each for each in _OTHERS if each is not owner),
                f"but {_LOG}", log_types=types, owner=owner, confidence=LIKELY)
      for owner, types in _BY_OWNER.items()),
    Amendment(ClueKind.LOG, (*_OTHERS, THROTTLED), _LOG),
    Amendment(ClueKind.SUCCESS, (*_OTHERS, THROTTLED), "but Auth0's log has a login of this user as a success: the"
              " answer was changed, or lost, on its way", confidence=Confidence.GUESS),
    Amendment(ClueKind.ACTION, (EXTENSION,), "{words}", confidence=LIKELY),
    Amendment(ClueKind.ACTION, (UNKNOWN,), "{words}", owner=EXTENSION, confidence=LIKELY),
    Amendment(ClueKind.NOT_ALLOWED, (THROTTLED,), "{words}"),
    Amendment(ClueKind.ALLOWED, (THROTTLED,), "{words}, so that it should be accepted"),
)
# fmt: on
"""For each clue the first that fits."""


def amended(causes: Sequence[Cause], verdicts: Iterable[Verdict], clues: Sequence[Clue], started: str) -> list[Cause]:
    """These causes in the light of what Auth0 itself knows; ``started`` is when the run began, in ISO 8601.

    What is known of a connection is no clue to logins that name none where another cause explains that connection.
    """
    by_id = {verdict.id: verdict for verdict in verdicts}
    ill = {(each.tenant, connection_of(each)) for each in by_id.values() if each.ill and each.rung in _OF_LOGINS}
    changed = []
    for cause in causes:
        explained = [by_id[id_] for id_ in cause.verdicts if id_ in by_id]
        own = {(each.tenant, connection_of(each)) for each in explained}
        elsewhere = [clue for clue in clues if (clue.tenant, clue.connection) in ill - own]
        cause_now = _by_clues(cause, explained, [clue for clue in clues if clue not in elsewhere])
        changed.append(_by_date(cause_now, clues, started) if cause.rule == _CLAIMS else cause_now)
    return changed


def _by_clues(cause: Cause, explained: Sequence[Verdict], clues: Sequence[Clue]) -> Cause:
    of_logins = [verdict for verdict in explained if verdict.rung in _OF_LOGINS]
    tenants = {verdict.tenant for verdict in explained} - {DEPENDENCIES}
    bearing = [clue for clue in clues if any(_bears_on(clue, verdict) for verdict in explained)]
    rows = [(row, clue) for clue in bearing for row in [_row(cause, clue, explained)] if row]
    rows.sort(key=lambda found: (AMENDMENTS.index(found[0]), found[1].tenant, found[1].connection, found[1].words))
    said, first = [], ""
    owner, confidence = cause.owner, cause.confidence
    decided = False
    for row, clue in rows:
        whole = all(any(_bears_on(each, verdict) for other, each in rows if other is row) for verdict in of_logins)
        at = f"at {clue.tenant} " if len(tenants) > 1 else ""
        words = at + row.says.format(words=clue.words) if row.says else ""
        if words and not _is_said(clue, cause) and words not in said:
            said.append(words)
        first = first or (at + row.first.format(words=clue.words) if row.first else "")
        if whole and not decided and (row.owner or row.confidence):
            owner, confidence, decided = row.owner or owner, row.confidence or confidence, True
    guessed = cause.sentence.partition(_GUESS)[0] if owner is not cause.owner else cause.sentence
    sentence = "; ".join([guessed, *said[:MOST]])
    sentence = f"{first}. {sentence[:1].upper()}{sentence[1:]}" if first else sentence
    return replace(cause, owner=owner, confidence=confidence, sentence=sentence)


def _row(cause: Cause, clue: Clue, explained: Sequence[Verdict]) -> Amendment | None:
    """The first row that fits; an entry that names a failed step is an extension's where its description says so."""
    if clue.kind == ClueKind.LOG and re.search(OF_A_SCRIPT, clue.words, re.IGNORECASE):
        known = FAILURES.get(clue.log_type)
        if not (known and known.owner):
            clue = replace(clue, log_type="actions_execution_failed")
    row = next((row for row in AMENDMENTS if row.fits(cause, clue)), None)
    signed = any(verdict.attempts for verdict in explained)
    return row if signed else None


def _bears_on(clue: Clue, verdict: Verdict) -> bool:
    """Whether the clue is about what this verdict is about: tenant, connection, and the kind of login."""
    if clue.tenant != verdict.tenant or verdict.rung not in _OF_LOGINS:
        return False
    of_machine = verdict.rung == "machine"
    if clue.rung and (clue.rung == "machine") is not of_machine:
        return False
    if clue.rung == "refresh" and verdict.rung != "refresh":
        return False
    return not clue.connection or connection_of(verdict) in ("", clue.connection)


def _is_said(clue: Clue, cause: Cause) -> bool:
    """Whether the cause says as much already: the log's description is that of the answer."""
    told = re.search(r'"(.+)"', clue.words)
    return clue.kind == ClueKind.LOG and told is not None and told[1].lower() in cause.sentence.lower()


def _by_date(cause: Cause, clues: Sequence[Clue], started: str) -> Cause:
    """Claims that vanish: by the date alone they may be the work of Rules, where nobody knows that there were none."""
    tenants = set(cause.target.split(", "))
    known = {clue.tenant for clue in clues if clue.kind in (ClueKind.NO_RULES, ClueKind.RULES)}
    try:
        days = (date.fromisoformat(started[:10]) - date.fromisoformat(RULES_STOPPED)).days
    except ValueError:
        return cause
    if not 0 <= days <= _FOR_DAYS or tenants <= known or _STOPPED in cause.sentence:
        return cause
    return replace(cause, sentence=f"{cause.sentence}; {_STOPPED}: if they added this, an Action has to")


def table() -> str:
    """The rows as docs/diagnosis.md shows them, in Markdown."""
    heads = ["what Auth0 knows", "of causes of", "becomes", "sure", "is said"]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *map(_line, AMENDMENTS)])


def _line(row: Amendment) -> str:
    kind = str(row.kind) + (f" ({', '.join(f'`{each}`' for each in row.log_types)})" if row.log_types else "")
    whose = ", ".join(row.owners) + (f" ({', '.join(row.rules)})" if row.rules else "")
    says = (row.first and f"first: {row.first}") or row.says
    return f"| {kind} | {whose} | {row.owner or ''} | {row.confidence or ''} | {says.replace('{words}', '…')} |"


if __name__ == "__main__":
    console.say(table() + "\n")
