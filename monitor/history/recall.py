"""A run as it was, from the record of it or from the day that it was folded into; and who was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.history.calendar import Day
from monitor.history.days import spread
from monitor.history.past import Finding, PastCause, PastRun
from monitor.history.records import RunRecord
from monitor.history.sights import full
from monitor.history.values import PastTarget
from monitor.owners import Confidence, Owner
from monitor.status import SEVERITY, Status
from monitor.verdict import DEPENDENCIES


def of_record(record: RunRecord) -> PastRun:
    """The run of this record, in full."""
    document = record.document
    causes = [_cause(cause) for cause in document["causes"]]
    bad = (full(verdict) for verdict in document["verdicts"] if verdict["status"] not in (Status.UP, Status.SKIPPED))
    findings = [_finding(verdict, verdict["seconds"], causes) for verdict in bad]
    return _run(record.id, record.started, document | {"link": record.link}, tuple(causes), findings)


def of_day(day: Day, ids: Iterable[str]) -> Iterator[PastRun]:
    """These runs, as their day has them."""
    orders = {id_: order for order, id_ in enumerate(day.ids)}
    plain: dict[int, dict[str, list[Any]]] = {}
    for id_ in ids:
        number, place = day.place(orders[id_])
        document = day.documents[number]
        if number not in plain:
            plain[number] = {name: spread(packed) for name, packed in document["plain"].items()}
        started = day.starts[orders[id_]]
        kept = {name: values[place] for name, values in plain[number].items()}
        ill = document["ill"].get(str(place))
        if not ill:  # most of a year's runs: nothing else is known of them
            status, tenants = Status(kept["status"]), tuple(kept["tenants"])
            yield PastRun(id_, started, None, status, kept["ended"], tenants, "", None, "", (), ())
            continue
        kept |= ill
        causes = [_cause(cause) for cause in document["causes"]]
        numbers = kept.get("findings", ())
        findings = [_finding(document["findings"][finding], seconds, causes) for finding, seconds in numbers]
        own = tuple(causes[cause] for cause in kept.get("causes", ()))
        yield _run(id_, started, kept, own, findings)


def targets(calendar: Iterable[Day]) -> tuple[PastTarget, ...]:
    """Whoever was asked on these days: tenants by name, each before its parts, and dependencies last."""
    known: dict[str, PastTarget] = {}
    for day in calendar:
        for name, kinds in day.kinds.items():
            before = known.get(name, PastTarget(name, (), None, None))
            judged = [day.starts[at] for first, after in day.judged(name) for at in (first, after - 1)]
            first = before.first if before.first is not None else min(judged, default=None)
            known[name] = PastTarget(
                name, tuple(sorted({*before.kinds, *kinds})), first, max(judged, default=before.last)
            )
    return tuple(sorted(known.values(), key=lambda target: (target.tenant == DEPENDENCIES, target.name.split(":"))))


def under(run: PastRun, target: str) -> tuple[Finding, ...]:
    """What this run found of a target and its parts, or of one probe by its id; the worst first."""
    parts = f"{target}:"
    own = (finding for finding in run.findings if target == finding.id or f"{finding.target}:".startswith(parts))
    return tuple(sorted(own, key=lambda finding: -SEVERITY[finding.status]))


def _run(
    id_: str, started: float, kept: Mapping[str, Any], causes: tuple[PastCause, ...], findings: Sequence[Finding]
) -> PastRun:
    return PastRun(
        id=id_,
        started=started,
        seconds=kept["seconds"],
        status=Status(kept["status"]),
        ended=kept["ended"],
        tenants=tuple(kept["tenants"]),
        link=kept["link"],
        owner=Owner(kept["owner"]) if kept["owner"] else None,
        sentence=kept["sentence"],
        causes=causes,
        findings=tuple(findings),
    )


def _cause(kept: Mapping[str, str]) -> PastCause:
    read = {"owner": Owner(kept["owner"]), "confidence": Confidence(kept["confidence"])}
    return PastCause(**{**kept, **read, "status": Status(kept["status"])})  # type: ignore[arg-type]


def _finding(kept: Mapping[str, Any], seconds: float | None, causes: Sequence[PastCause]) -> Finding:
    cause = causes[kept["cause"]] if kept["cause"] is not None else None
    fields = {key: value for key, value in kept.items() if key != "budget"}
    return Finding(**{**fields, "status": Status(kept["status"]), "seconds": seconds, "cause": cause})
