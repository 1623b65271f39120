"""From a Run to what is kept of it: its id, its verdicts without their evidence, and a summary for pages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from monitor.history import sights
from monitor.history.packing import packed, unpacked
from monitor.history.sights import Sights, slim
from monitor.history.values import DAY, Unusable
from monitor.owners import Cause
from monitor.text import one_line
from monitor.verdict import Run, Verdict

ID_BYTES = 8
"""Of a run's id, which is written in twice as many digits."""

TEXT_BOUND = 500
"""Characters of a reason or a sentence."""


@dataclass(frozen=True)
class RunRecord:
    """One run, packed. It has nothing that ``id`` does not stand for, but ``link``.

    ``blob`` is all that is kept of it; ``summary`` is what a page asks of every run, so that it need not read the rest.
    """

    id: str
    started: float
    blob: bytes
    summary: bytes
    link: str = ""

    @classmethod
    def made(cls, id_: str, started: float, document: Mapping[str, Any], link: str) -> RunRecord:
        return cls(id_, started, packed(document), packed(_summary(document)), link)

    @cached_property
    def document(self) -> dict[str, Any]:
        """What is kept, in plain JSON types."""
        document: dict[str, Any] = unpacked(self.blob)
        return document

    @cached_property
    def saw(self) -> dict[str, Any]:
        """``seen``, of each target, and ``kinds``: by target, those of the probes that ask it and its parts."""
        document: dict[str, Any] = unpacked(self.summary)
        return document if document.get("timed") == sights.RULE else _summary(self.document)


def _summary(document: Mapping[str, Any]) -> dict[str, Any]:
    return {"seen": sights.of_targets(document), "kinds": sights.kinds(document), "timed": sights.RULE}


def of(run: Run, *, link: str = "", mode: str = "live") -> RunRecord:
    """What is kept of this run. Raises Unusable where nothing may be: it has not ended, is of another mode."""
    try:
        began = datetime.fromisoformat(run.started)
    except ValueError:
        raise Unusable(f"{one_line(run.started, 60)!r} is not a time: run the suite again") from None
    if began.tzinfo is None:
        raise Unusable(f"{run.started!r} does not say in which zone: run the suite again")
    if run.mode != mode:
        cure = f"record it in a history of its own, with --mode {one_line(run.mode, 20)} and --history"
        raise Unusable(f"it is of a run against a {one_line(run.mode, 20)}, and the history is of {mode} ones: {cure}")
    if run.ended == "running":
        raise Unusable("its run has not ended, or was killed, and has no result: run the suite again")
    if not run.verdicts:
        raise Unusable("it has no verdicts: run the suite again")
    if began.timestamp() > time.time() + DAY:
        raise Unusable(f"its run began in the future ({run.started}): set the clock that is wrong")
    return RunRecord.made(_id(run), round(began.timestamp(), 3), _document(run), linked(link))


def linked(link: str) -> str:
    """This link, or Unusable: it goes into pages, and must be one that people may open and nobody may borrow."""
    try:
        parts = urlsplit(link)
        fine = not link or (parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc)
    except ValueError:
        fine = False
    if not fine or len(link) > TEXT_BOUND or one_line(link) != link:
        raise Unusable("the link is not an address that anyone may open: write it as https://example.com/runs/1")
    return link


def _id(run: Run) -> str:
    """The same for this run whenever and wherever it is recorded, and for no other."""
    verdicts = sorted((verdict.id, str(verdict.status), verdict.seconds) for verdict in run.verdicts)
    text = json.dumps([run.mode, run.started, run.seconds, sorted(run.tenants), verdicts])
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * ID_BYTES]


def _document(run: Run) -> dict[str, Any]:
    diagnosis = run.diagnosis
    causes = diagnosis.causes if diagnosis else ()
    because = {id_: number for number, cause in reversed(list(enumerate(causes))) for id_ in cause.verdicts}
    return {
        "mode": run.mode,
        "seconds": run.seconds,
        "status": str(run.status),
        "ended": _text(run.ended),
        "version": one_line(run.version, 60),
        "tenants": [one_line(tenant, 100) for tenant in run.tenants],
        "owner": str(diagnosis.owner) if diagnosis and diagnosis.owner else "",
        "sentence": _text(diagnosis.sentence) if diagnosis else "",
        "causes": [_cause(cause) for cause in causes],
        "verdicts": [_verdict(verdict, because.get(verdict.id)) for verdict in run.verdicts],
    }


@lru_cache(4096)
def _text(text: str) -> str:
    return one_line(text, TEXT_BOUND)


def _cause(cause: Cause) -> dict[str, str]:
    kept = ("rule", "owner", "confidence", "status", "target", "sentence", "runbook")
    return {name: _text(str(getattr(cause, name))) for name in kept}


def _verdict(verdict: Verdict, cause: int | None) -> dict[str, Any]:
    kept = ("id", "probe", "kind", "target", "status", "reason", "failure", "error")
    texts: dict[str, Any] = {name: _text(str(getattr(verdict, name))) for name in kept}
    return slim(texts | {"seconds": verdict.seconds, "budget": verdict.budget, "cause": cause})


def of_targets(run: RunRecord) -> Sights:
    """What a run saw of each target."""
    seen: Sights = run.saw["seen"]
    return seen


def of_all(run: RunRecord) -> Sights:
    """What a run saw of each target and of each verdict."""
    seen = of_targets(run) | {}
    for verdict in run.document["verdicts"]:
        status, _ = sights.counted(verdict, run.document["causes"])
        seen[verdict["id"]] = (status, verdict.get("seconds") if status in sights.WELL else None)
    return seen
