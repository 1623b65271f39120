"""A run as a history has it: in full for as long as single runs are kept, and for ever where it was not up."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.owners import Confidence, Owner
from monitor.status import Status


@dataclass(frozen=True, slots=True)
class PastCause:
    """A cause of a run that was not up, as the diagnosis told it."""

    rule: str
    owner: Owner
    confidence: Confidence
    status: Status
    target: str
    sentence: str
    runbook: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict that was neither up nor skipped: kept in full, for ever. ``cause`` is the one that explains it."""

    id: str
    probe: str
    kind: str
    target: str
    status: Status
    reason: str
    failure: str
    error: str
    seconds: float | None
    cause: PastCause | None


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run. ``link`` leads to it (a page of CI; empty where none was given); ``id`` is the same in every history.

    ``owner``, ``sentence``, ``causes`` and ``findings`` are its diagnosis and its verdicts that were not well, kept for
    ever. Of a run that was up, ``seconds``, ``link`` and ``sentence`` are kept as long as single runs are.
    """

    id: str
    started: float
    seconds: float | None
    status: Status
    ended: str
    tenants: tuple[str, ...]
    link: str
    owner: Owner | None
    sentence: str
    causes: tuple[PastCause, ...]
    findings: tuple[Finding, ...]
