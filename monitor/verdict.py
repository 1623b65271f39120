"""What was found: a Verdict for each probe, and the Run that holds them all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from monitor import failures
from monitor.attempts import Attempts, marks
from monitor.clues import Clue
from monitor.failures import Failure, Unreadable
from monitor.owners import Diagnosis
from monitor.shards import Shard
from monitor.status import ILL, JUDGED, SEVERITY, Status

PHASES = ("dns", "connect", "tls", "send", "wait", "receive")
"""The parts of an exchange in their order; each is in seconds, and absent where it did not take place."""

DEPENDENCIES = "dependencies"
"""What stands in the place of a tenant for the services that tenants depend on."""

CONTROL = "control"
"""The service that has nothing to do with Auth0: by its answer an outage of this machine is told from a tenant's."""

_NODE_ID = re.compile(r"^(?:.*/)?(?:test_)?(?P<module>[^/]+?)\.py::(?:test_)?(?P<probe>[^\[]+)(?:\[(?P<target>.*)\])?$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One probe's answer about one target.

    ``id`` is pytest's node id, ``seconds`` the transaction's own time, measured at the socket (None where nothing was
    asked), ``budget`` the seconds within which a right answer was due (None where nothing was due), ``reason`` one
    sentence for a human (empty where all is well), ``failure`` the class in ``monitor.failures`` that the reason comes
    from (empty where none does), ``error`` OAuth's word for it in the last answer, ``attempts`` the evidence, oldest
    first, ``phases`` the seconds of each phase of the last attempt, and ``rung`` what the probe stands on by its own
    word, as docs/diagnosis.md has it (empty where it says nothing, None in runs of versions before there was one).
    """

    id: str
    probe: str
    target: str
    kind: str
    status: Status
    reason: str = ""
    failure: str = ""
    error: str = ""
    question: str = ""
    seconds: float | None = None
    budget: float | None = None
    phases: dict[str, float] = field(default_factory=dict)
    attempts: list[dict[str, Any]] = field(default_factory=list)
    rung: str | None = ""

    @property
    def tenant(self) -> str:
        """The name of the tenant that was asked, or ``dependencies``: the first part of the target."""
        return self.target.partition(":")[0]

    @property
    def exchange(self) -> tuple[object, ...]:
        """What tells the attempts that this rests on from all others; several verdicts may rest on the same."""
        return (self.tenant, *map(marks, self.attempts))

    @property
    def unread(self) -> bool:
        """Whether a status page could not be read: nothing is known, and nothing is wrong as far as we know."""
        return is_unread(self.status, self.failure)

    @property
    def blame(self) -> type[Failure] | None:
        """The class of ``monitor.failures`` that this comes from; None where it is up, or we do not know that class."""
        return failures.blamed(self.failure, self.status)

    @property
    def ill(self) -> bool:
        """Whether somebody has to read about it."""
        return self.status in ILL and not self.unread

    def fails(self, fail_on: Collection[Status] = ()) -> bool:
        """Whether this fails a run that was told to fail on these statuses, besides those that always do."""
        return self.status in fail_on or (self.ill and self.status is not Status.DEGRADED)

    @classmethod
    def judged(cls, node_id: str, status: Status, reason: str, **known: Any) -> Self:
        """The verdict on a probe that was judged; what it is called is read from its node id."""
        return cls(**_names(node_id) | {"status": status, "reason": reason} | known)

    @classmethod
    def planned(cls, node_id: str, **known: Any) -> Self:
        """The verdict on a probe that is planned and has not been judged: unknown, until something better is said."""
        never = "planned, but never judged: the run ended before this probe did"
        return cls(**_names(node_id) | {"status": Status.UNKNOWN, "reason": never} | known)

    @classmethod
    def from_dict(cls, fields_: dict[str, Any]) -> Self:
        """The verdict that ``to_dict`` wrote; keys of a later version are left out."""
        names = {each.name for each in fields(cls)}
        known = {key: value for key, value in fields_.items() if key in names}
        return cls(**{"rung": None} | known | {"status": Status(fields_["status"])})

    def to_dict(self) -> dict[str, Any]:
        """This verdict in plain JSON types."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"status": str(self.status)}


@dataclass(frozen=True, slots=True)
class Run:
    """All verdicts of one execution.

    ``mode`` is ``live``, ``sandbox`` (nothing was configured) or ``drill`` (then ``drill`` names the faults);
    ``started`` an ISO 8601 time in UTC; ``tenants`` the names that were asked; ``ended`` says how the run came to its
    end: ``running``, ``finished`` or ``interrupted: …``; ``versions`` and ``environment`` say with what, the latter by
    name only (``set`` or ``not set``); ``remarks`` what looks wrong in it, though it can be asked; ``shard`` which part
    of the tenants this is, where it is not all; ``clues`` what Auth0 itself knows of what is ill, where it was asked.
    """

    mode: str
    started: str
    seconds: float
    version: str
    ended: str = "finished"
    tenants: tuple[str, ...] = ()
    drill: tuple[str, ...] = ()
    shard: Shard | None = None
    versions: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    diagnosis: Diagnosis | None = None
    clues: tuple[Clue, ...] = ()

    @property
    def status(self) -> Status:
        """The diagnosis', or before there is one the worst of any probe; unknown where none judged its target."""
        return self.diagnosis.status if self.diagnosis else worst(self.verdicts)

    def count(self, status: Status) -> int:
        """How many probes have this status."""
        return sum(verdict.status is status for verdict in self.verdicts)

    @property
    def silent(self) -> bool:
        """Whether nothing was judged."""
        return not any(verdict.status in JUDGED for verdict in self.verdicts)

    @property
    def asked_elsewhere(self) -> bool:
        """Whether it is a shard into which nothing falls: whoever could be asked is another shard's to ask."""
        return self.shard is not None and not self.tenants and not self.verdicts

    def exit_status(self, fail_on: Collection[Status] = (), problems: Collection[object] = ()) -> int:
        """With what a run that found this ends: 0, or 1 where it fails. Every command that ends by a Run ends by this.

        ``fail_on`` are the statuses that fail it besides those that always do, and ``problems`` is what went wrong
        beside the verdicts: a report that was not written, a test that is no probe and failed. A run that was cut short
        fails, and so does one that judged nothing, unless there was nothing for it to ask. What failed only by
        witnesses that are too weak to end a run is excused, but not where what is degraded fails it as well.
        """
        cut_short = self.ended != "finished"
        unjudged = self.silent and not self.asked_elsewhere
        return int(bool(problems) or cut_short or unjudged or bool(self.failing(fail_on)))

    def failing(self, fail_on: Collection[Status] = ()) -> frozenset[str]:
        """The ids of the verdicts by which this run fails, and which every report has to show as failed.

        What only witnesses explain that are too weak to end a run is none, but where what is degraded fails it as well.
        """
        weak = self.witnessed_weakly if Status.DEGRADED not in fail_on else set[str]()
        return frozenset(each.id for each in self.verdicts if each.fails(fail_on) and each.id not in weak)

    def status_of(self, verdicts: Collection[Verdict]) -> Status:
        """The diagnosed status of these of its verdicts: what weak witnesses alone say makes them degraded at worst."""
        weak, cap = self.witnessed_weakly, Status.DEGRADED
        capped = [
            replace(each, status=cap) if each.id in weak and SEVERITY[each.status] > SEVERITY[cap] else each
            for each in verdicts
        ]
        return worst(capped)

    @property
    def witnessed_weakly(self) -> set[str]:
        """The ids of the verdicts that are explained by causes which are not down, whatever the verdicts are."""
        causes = self.diagnosis.causes if self.diagnosis else ()
        return {id_ for cause in causes if cause.status is Status.DEGRADED for id_ in cause.verdicts}

    def to_dict(self) -> dict[str, Any]:
        """This run as ``results.json`` has it: each attempt once, and in the verdicts their places in that list."""
        attempts = Attempts()
        verdicts = [
            verdict.to_dict() | {"attempts": attempts.places(verdict.tenant, verdict.attempts)}
            for verdict in self.verdicts
        ]
        apart = ("verdicts", "diagnosis", "clues")
        run = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in apart}
        counts = {str(status): self.count(status) for status in Status}
        lists = {"tenants": list(self.tenants), "drill": list(self.drill), "remarks": list(self.remarks)}
        told = {**lists, "status": str(self.status), "counts": counts}
        return {
            "run": run | told | {"shard": self.shard.to_dict() if self.shard else None},
            "diagnosis": asdict(self.diagnosis) if self.diagnosis else None,
            "clues": [clue.to_dict() for clue in self.clues],
            "verdicts": verdicts,
            "attempts": list(attempts.held),
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """The run that ``to_dict`` wrote, so that every report can be rebuilt from ``results.json``.

        Also of a document of the first form, in which each verdict has its attempts itself. Attempts that verdicts
        share are the same object. Raises ValueError where a verdict names an attempt that is not there.
        """
        known = {each.name for each in fields(cls)}
        run = {key: value for key, value in document["run"].items() if key in known}
        told = {
            "tenants": tuple(run["tenants"]),
            "drill": tuple(run.get("drill", ())),
            "remarks": tuple(run.get("remarks", ())),
            "shard": Shard.from_dict(run["shard"]) if run.get("shard") else None,
            "verdicts": _verdicts(document),
            "diagnosis": Diagnosis.from_dict(document["diagnosis"]) if document.get("diagnosis") else None,
            "clues": tuple(Clue.from_dict(clue) for clue in document.get("clues", ())),
        }
        return cls(**run | told)


def _verdicts(document: dict[str, Any]) -> tuple[Verdict, ...]:
    """The verdicts of a document of either form, each with its attempts."""
    verdicts = [Verdict.from_dict(each) for each in document["verdicts"]]
    if "attempts" in document:
        return tuple(replace(each, attempts=_named(each, document["attempts"])) for each in verdicts)
    held = Attempts()
    return tuple(replace(each, attempts=held.shared(each.tenant, each.attempts)) for each in verdicts)


def _named(verdict: Verdict, held: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The attempts whose places in the list this verdict names. Raises ValueError where one is no place in it."""
    places: list[Any] = list(verdict.attempts)
    for place in places:
        if type(place) is not int or not 0 <= place < len(held):
            raise ValueError(f"the verdict {verdict.id!r} names attempt {place!r}, and the document has {len(held)}")
    return [held[place] for place in places]


def is_unread(status: str, failure: str) -> bool:
    """Whether a verdict of this status and failure is of a status page that could not be read: no reason to alarm."""
    return status == Status.UNKNOWN and failures.is_a(failure, Unreadable)


def _names(node_id: str) -> dict[str, Any]:
    """The fields of a verdict that its node id tells."""
    names = _NODE_ID.match(node_id)
    return {
        "id": node_id,
        "probe": names["probe"] if names else node_id,
        "target": (names["target"] or "") if names else "",
        "kind": names["module"].replace("_", "-") if names else "",
    }


def worst(verdicts: tuple[Verdict, ...] | list[Verdict]) -> Status:
    """The status that speaks for these verdicts; unknown where none of them judged: nothing is not success."""
    heard = (verdict.status for verdict in verdicts if not verdict.unread)
    status = max(heard, key=SEVERITY.__getitem__, default=Status.UNKNOWN)
    return Status.UNKNOWN if status is Status.SKIPPED else status
