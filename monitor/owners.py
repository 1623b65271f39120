"""Whose work what is ill is: a diagnosis, and the words that it has."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from monitor.status import Status


class Owner(StrEnum):
    """Who has to act: this machine, the tenant's set-up and ours, its Actions and databases, Auth0, others."""

    RUNNER = "runner"
    CONFIGURATION = "configuration"
    EXTENSION = "extension"
    AUTH0 = "auth0"
    UPSTREAM = "upstream"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure: the answer itself says so; nothing else fits well; it is where to begin."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Cause:
    """What several verdicts suffer from: whose work it is, by which rule; ``target`` is who is ill, one or many.

    ``verdicts`` are the ids that it explains, ``against`` those of the probes that hold, and so point to it.
    """

    rule: str
    owner: Owner
    confidence: Confidence
    status: Status
    target: str
    sentence: str
    verdicts: tuple[str, ...]
    against: tuple[str, ...]
    runbook: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a run comes to: the first cause speaks for it; there is no owner and no cause where all is well."""

    status: Status
    owner: Owner | None
    sentence: str
    causes: tuple[Cause, ...] = ()

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """The diagnosis that ``asdict`` wrote; keys of a later version are left out."""
        names = [each.name for each in fields(Cause)]
        causes = []
        for each in told["causes"]:
            read = {"owner": Owner(each["owner"]), "confidence": Confidence(each["confidence"])}
            lists = {name: tuple(each[name]) for name in ("verdicts", "against")}
            causes.append(Cause(**{n: each[n] for n in names} | read | lists | {"status": Status(each["status"])}))
        owner = Owner(told["owner"]) if told["owner"] else None
        return cls(Status(told["status"]), owner, told["sentence"], tuple(causes))
