"""``status --json``: every figure of every target with its definition's name, its window, bounds and samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor import VERSION
from monitor.history.planned import Window, spans_of
from monitor.history.reading import History
from monitor.history.values import DAY, ErrorBudget, Latency, Outage, PastTarget, State, Uptime
from monitor.text import stamp

FORM = 1
"""The number of the document's form: it changes where a reader of the old one would be wrong."""

SCHEMA = Path(__file__).with_name("status.schema.json")
WINDOWS = (90, 30, 7, 1)
"""Days."""

PERIOD = 30 * DAY


def of(history: History, slos: Mapping[str, float], now: float, left_out: Sequence[Window] = ()) -> dict[str, Any]:
    """The document. ``slos`` are objectives by target, as shares; ``left_out`` the times that no error budget has."""
    known = history.as_of(now)
    return {
        "form": FORM,
        "version": VERSION,
        "made": stamp(now),
        "mode": known.mode,
        "runs": {
            "number": known.count,
            "first": _stamp(known.first),
            "last": _stamp(known.last),
            "usual_pause": known.cadence,
            "after_now": known.ahead.runs if known.ahead else 0,
            "in_no_latency": known.left_out,
        },
        "targets": [_target(known, each, slos.get(each.name), now, left_out) for each in known.targets],
    }


def _target(
    history: History, target: PastTarget, slo: float | None, now: float, left_out: Sequence[Window]
) -> dict[str, Any]:
    name = target.name
    told: list[dict[str, Any]] = []
    for days in WINDOWS:
        since = now - days * DAY
        told += figures(history.uptime(name, since, now), since, now)
        told += latencies(history.latency(name, since, now), since, now)
    if slo is not None and target.sort != "dependency":
        told += budgets(history.budget(name, now, slo=slo, without=spans_of(name, left_out)), now)
    return {
        "name": name,
        "sort": target.sort,
        "state": state(history.state(name, now)),
        "figures": told,
        "outages": [outage(each) for each in history.outages(name)],
    }


def state(now: State) -> dict[str, Any]:
    """How it is; ``judged`` is when it was last judged, and ``was`` as what."""
    return {
        "definition": "state",
        "status": str(now.status),
        "seen": _stamp(now.seen),
        "judged": _stamp(now.known),
        "was": str(now.was) if now.was else None,
    }


def figures(known: Uptime, since: float, until: float) -> list[dict[str, Any]]:
    """Those of an uptime: shares are between 0 and 1, times are in seconds."""

    def one(
        definition: str, value: float | None, low: float | None = None, high: float | None = None
    ) -> dict[str, Any]:
        return _figure(definition, value, (since, until), known.counts.judged, (low, high))

    timed = known.share is not None
    return [
        one("uptime-by-time", known.share, *((known.least, known.most) if timed else (None, None))),
        one("interval", known.share, *((known.low, known.high) if timed else (None, None))),
        one("uptime-by-observations", known.by_observations),
        one("observed-time", known.observed),
        one("coverage", known.coverage),
        one("down-time", known.down if timed else None, *_down(known)),
        one("usual-pause", known.cadence),
        one("longest-pause", known.longest_pause),
        one("long-pauses", known.in_long if timed else None),
        one("shortest-outage", known.shortest_outage),
    ]


def _down(known: Uptime) -> tuple[float | None, float | None]:
    if known.share is None:
        return None, None
    return (1 - known.most) * known.observed, (1 - known.least) * known.observed


def latencies(known: Latency, since: float, until: float) -> Iterator[dict[str, Any]]:
    """Its percentiles; one that needs more answers than there are has no value."""
    for name, value in (("p50", known.p50), ("p95", known.p95), ("p99", known.p99)):
        off = (value * (1 - known.error), value * (1 + known.error)) if value is not None else (None, None)
        yield _figure(f"latency-{name}", value, (since, until), known.n, off)


def budgets(known: ErrorBudget, now: float) -> Iterator[dict[str, Any]]:
    """What is spent, and the rates at which it is; ``objective`` is a share."""
    more = {"objective": known.slo, "allowed": known.allowed, "excluded": known.excluded}
    yield _figure("budget-spent", known.spent, (now - PERIOD, now)) | more
    yield _figure("budget-spent-of-seen", known.spent_of_seen, (now - PERIOD, now)) | more
    for window, rate in known.burn.items():
        yield _figure("burn-rate", rate, (now - window, now)) | more


def outage(known: Outage) -> dict[str, Any]:
    """An outage, with the limits between which it began and ended."""
    return {
        "definition": "outage",
        "status": str(known.status),
        "began": stamp(known.began),
        "ended": _stamp(known.ended),
        "last_good_before": _stamp(known.after),
        "last_bad": stamp(known.last),
        "observations": known.observations,
        "owner": str(known.owner) if known.owner else None,
        "sentence": known.sentence,
        "link": known.link,
    }


def _figure(
    definition: str,
    value: float | None,
    window: tuple[float, float],
    samples: int | None = None,
    bounds: tuple[float | None, float | None] = (None, None),
) -> dict[str, Any]:
    low, high = bounds
    return {
        "definition": definition,
        "value": value,
        "window": {"since": stamp(window[0]), "until": stamp(window[1]), "seconds": window[1] - window[0]},
        "bounds": None if low is None or high is None else {"low": low, "high": high},
        "samples": samples,
    }


def _stamp(at: float | None) -> str | None:
    return None if at is None else stamp(at)
