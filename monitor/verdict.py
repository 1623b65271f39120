"""What was found: a Verdict for each probe, and the Run that holds them all."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from monitor.owners import Diagnosis
from monitor.shards import Shard
from monitor.status import ILL, JUDGED, SEVERITY, Status

PHASES = ("dns", "connect", "tls", "send", "wait", "receive")
"""The parts of an exchange in their order; each is in seconds, and absent where it did not take place."""

DEPENDENCIES = "dependencies"
"""What stands in the place of a tenant for the services that tenants lean on."""

CONTROL = "control"
"""The service that has nothing to do with Auth0: by its answer an outage of this machine is told from a tenant's."""

UNREAD = "Unreadable"
"""The failure of a probe that could not fetch or understand a status page: unknown, and no reason for an alarm."""

_NODE_ID = re.compile(r"^(?:.*/)?(?:test_)?(?P<module>[^/]+?)\.py::(?:test_)?(?P<probe>[^\[]+)(?:\[(?P<target>.*)\])?$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One probe's answer about one target.

    ``id`` is pytest's node id, ``seconds`` the transaction's own time, measured at the socket (None where nothing was
    asked), ``budget`` the seconds within which a right answer was due (None where nothing was due), ``reason`` one
    sentence for a human (empty where all is well), ``failure`` the class in ``monitor.failures`` that the reason comes
    from (empty where none does), ``error`` OAuth's word for it in the last answer, ``attempts`` the evidence, oldest
    first, and ``phases`` the seconds of each phase of the last attempt.
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

    @property
    def tenant(self) -> str:
        """The name of the tenant that was asked, or ``dependencies``: the first part of the target."""
        return self.target.partition(":")[0]

    @property
    def exchange(self) -> tuple[object, ...]:
        """What tells the attempts that this rests on from all others; several verdicts may rest on the same."""
        marks = ("started", "seconds", "url")  # a clock that is coarse, or set back, tells two times as one
        return (self.tenant, *(tuple(each.get(mark) for mark in marks) for each in self.attempts))

    @property
    def unread(self) -> bool:
        """Whether a status page could not be read: nothing is known, and nothing is wrong as far as we know."""
        return self.status is Status.UNKNOWN and self.failure == UNREAD

    @property
    def ill(self) -> bool:
        """Whether somebody has to read about it."""
        return self.status in ILL and not self.unread

    def fails(self, fail_on: Collection[Status] = ()) -> bool:
        """Whether this fails a run that was told to fail on these statuses, besides those that always do."""
        return self.status in fail_on or (self.ill and self.status is not Status.DEGRADED)

    @classmethod
    def planned(cls, node_id: str, **known: Any) -> Self:
        """The verdict on a probe that is planned and has not been judged: unknown, until something better is said."""
        names = _NODE_ID.match(node_id)
        return cls(
            **{
                "id": node_id,
                "probe": names["probe"] if names else node_id,
                "target": (names["target"] or "") if names else "",
                "kind": names["module"].replace("_", "-") if names else "",
                "status": Status.UNKNOWN,
                "reason": "planned, but never judged: the run ended before this probe did",
                **known,
            }
        )

    @classmethod
    def from_dict(cls, fields_: dict[str, Any]) -> Self:
        """The verdict that ``to_dict`` wrote; keys of a later version are left out."""
        known = {each.name for each in fields(cls)}
        return cls(
            **{key: value for key, value in fields_.items() if key in known} | {"status": Status(fields_["status"])}
        )

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
    of the tenants this is, where it is not all.
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

    def fails(self, fail_on: Collection[Status] = ()) -> bool:
        """Whether a verdict fails this run."""
        return any(verdict.fails(fail_on) for verdict in self.verdicts) and not self.excused(fail_on)

    def excused(self, fail_on: Collection[Status] = ()) -> bool:
        """Whether all that failed are witnesses too weak to end a run: the causes that explain them are not down."""
        causes = self.diagnosis.causes if self.diagnosis else ()
        weak = {each for cause in causes if cause.status is Status.DEGRADED for each in cause.verdicts}
        failed = [verdict.id for verdict in self.verdicts if verdict.fails(fail_on)]
        return bool(failed) and Status.DEGRADED not in fail_on and weak.issuperset(failed)

    def to_dict(self) -> dict[str, Any]:
        """This run as ``results.json`` has it."""
        apart = ("verdicts", "diagnosis")
        run = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in apart}
        counts = {str(status): self.count(status) for status in Status}
        lists = {"tenants": list(self.tenants), "drill": list(self.drill), "remarks": list(self.remarks)}
        told = {**lists, "status": str(self.status), "counts": counts}
        return {
            "run": run | told | {"shard": self.shard.to_dict() if self.shard else None},
            "diagnosis": asdict(self.diagnosis) if self.diagnosis else None,
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> Self:
        """The run that ``to_dict`` wrote, so that every report can be rebuilt from ``results.json``."""
        known = {each.name for each in fields(cls)}
        run = {key: value for key, value in document["run"].items() if key in known}
        told = {
            "tenants": tuple(run["tenants"]),
            "drill": tuple(run.get("drill", ())),
            "remarks": tuple(run.get("remarks", ())),
            "shard": Shard.from_dict(run["shard"]) if run.get("shard") else None,
            "verdicts": tuple(Verdict.from_dict(verdict) for verdict in document["verdicts"]),
            "diagnosis": Diagnosis.from_dict(document["diagnosis"]) if document.get("diagnosis") else None,
        }
        return cls(**run | told)


def worst(verdicts: tuple[Verdict, ...] | list[Verdict]) -> Status:
    """The status that speaks for these verdicts; unknown where none of them judged: nothing is not success."""
    heard = (verdict.status for verdict in verdicts if not verdict.unread)
    status = max(heard, key=SEVERITY.__getitem__, default=Status.UNKNOWN)
    return Status.UNKNOWN if status is Status.SKIPPED else status
