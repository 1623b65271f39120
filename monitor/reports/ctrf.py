"""ctrf.json: the Common Test Report Format, for the readers in CI that take it. It has a word for flaky."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor import NAME, files
from monitor.reports import findings, wording
from monitor.status import FAILING, Status
from monitor.text import one_line
from monitor.verdict import Run, Verdict

SPECIFICATION = "0.0.0"
_WORDS = {
    Status.UP: "passed",
    Status.DEGRADED: "passed",
    Status.DOWN: "failed",
    Status.UNKNOWN: "other",
    Status.SKIPPED: "skipped",
}
"""CTRF has five words, of which ``other`` is neither good nor bad: what could not be judged."""

COUNTED = ("passed", "failed", "skipped", "pending", "other")
_IDS = uuid.UUID("6f1d2f6e-6d0e-5a0e-9f0d-9a3c1f6a7b20")
"""The name space of ids: the same run, and the same probe, have the same id wherever they are written."""


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write the document; ``fail_on`` with ``DEGRADED`` in it makes that a failure."""
    files.replace(path, render(run, fail_on=fail_on))


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The document's text."""
    tests = [_test(verdict, run, fail_on) for verdict in run.verdicts]
    counts = {word: sum(test["status"] == word for test in tests) for word in COUNTED}
    start = _milliseconds(run.started)
    stop = start + round(run.seconds * 1000)
    flaky = sum(bool(test.get("flaky")) for test in tests)
    summary = {"tests": len(tests), **counts, "flaky": flaky, "start": start, "stop": stop}
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "reportId": str(uuid.uuid5(_IDS, json.dumps([run.started, run.mode, run.tenants]))),
        "generatedBy": NAME,
        "results": {
            "tool": {"name": NAME, "version": one_line(run.version) or "unknown"},
            "summary": summary | {"duration": stop - start},
            "tests": tests,
            "extra": _about(run),
        },
    }
    return json.dumps(document, allow_nan=False) + "\n"


def _about(run: Run) -> dict[str, Any]:
    """What CTRF has no word for: of a run that is not of a real tenant, or incomplete, that stands here."""
    told = {"mode": run.mode, "status": str(run.status), "ended": one_line(run.ended), "started": run.started}
    if run.diagnosis:
        told |= {"diagnosis": one_line(run.diagnosis.sentence), "owner": str(run.diagnosis.owner or "")}
    return told


def _test(verdict: Verdict, run: Run, fail_on: frozenset[Status]) -> dict[str, Any]:
    """One probe. A second attempt that was right is a retry, and makes the test flaky."""
    word = "failed" if verdict.status in fail_on and not verdict.unread else _WORDS[verdict.status]
    file = verdict.id.partition("::")[0]
    test: dict[str, Any] = {
        "name": one_line(findings.place(verdict)) or "unnamed",
        "status": word,
        "duration": round((verdict.seconds or 0.0) * 1000),
        "rawStatus": str(verdict.status),
        "suite": [one_line(findings.tenant_of(verdict)), one_line(verdict.kind) or "probes"],
        "type": "synthetic",
        "extra": {"id": one_line(verdict.id), "target": one_line(verdict.target)},
    }
    test |= {"filePath": one_line(file)} if file.endswith(".py") else {}
    if verdict.status is not Status.UP:
        mark = "[DRILL] " if run.mode == "drill" else ""
        test |= {"message": mark + wording.reason(verdict), "trace": mark + wording.cause(verdict)}
    if is_flaky(verdict):
        test |= {"flaky": True, "retries": len(verdict.attempts) - 1}
    return test


def is_flaky(verdict: Verdict) -> bool:
    """Whether the probe was right on another than the first attempt."""
    return verdict.status in (Status.UP, Status.DEGRADED) and any(map(_broke, verdict.attempts[:-1]))


def _broke(attempt: dict[str, Any]) -> bool:
    status = attempt.get("status")
    return bool(attempt.get("error")) or (isinstance(status, int) and status >= 500)


def _milliseconds(started: str) -> int:
    """Of the epoch; 0 where the time cannot be read."""
    try:
        return max(0, round(datetime.fromisoformat(started).timestamp() * 1000))
    except ValueError:
        return 0
