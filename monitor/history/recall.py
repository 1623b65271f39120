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
    told = record.told
    causes = [_cause(each) for each in told["causes"]]
    bad = (full(each) for each in told["verdicts"] if each["status"] not in (Status.UP, Status.SKIPPED))
    findings = [_finding(each, each["seconds"], causes) for each in bad]
    return _run(record.id, record.started, told | {"link": record.link}, tuple(causes), findings)


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
        told = {name: values[place] for name, values in plain[number].items()}
        ill = document["ill"].get(str(place))
        if not ill:  # most of a year's runs: nothing else is known of them
            status, tenants = Status(told["status"]), tuple(told["tenants"])
            yield PastRun(id_, started, None, status, told["ended"], tenants, "", None, "", (), ())
            continue
        told |= ill
        causes = [_cause(each) for each in document["causes"]]
        findings = [_finding(document["findings"][each], seconds, causes) for each, seconds in told.get("findings", ())]
        own = tuple(causes[each] for each in told.get("causes", ()))
        yield _run(id_, started, told, own, findings)


def targets(calendar: Iterable[Day]) -> tuple[PastTarget, ...]:
    """Whoever was asked on these days: tenants by name, each before its parts, and dependencies last."""
    found: dict[str, PastTarget] = {}
    for day in calendar:
        for name, kinds in day.kinds.items():
            before = found.get(name, PastTarget(name, (), None, None))
            judged = [day.starts[at] for first, after in day.judged(name) for at in (first, after - 1)]
            first = before.first if before.first is not None else min(judged, default=None)
            found[name] = PastTarget(
                name, tuple(sorted({*before.kinds, *kinds})), first, max(judged, default=before.last)
            )
    return tuple(sorted(found.values(), key=lambda each: (each.tenant == DEPENDENCIES, each.name.split(":"))))


def under(run: PastRun, target: str) -> tuple[Finding, ...]:
    """What this run found of a target and its parts, or of one probe by its id; the worst first."""
    own = (each for each in run.findings if target == each.id or f"{each.target}:".startswith(f"{target}:"))
    return tuple(sorted(own, key=lambda each: -SEVERITY[each.status]))


def _run(
    id_: str, started: float, told: Mapping[str, Any], causes: tuple[PastCause, ...], findings: Sequence[Finding]
) -> PastRun:
    return PastRun(
        id=id_,
        started=started,
        seconds=told["seconds"],
        status=Status(told["status"]),
        ended=told["ended"],
        tenants=tuple(told["tenants"]),
        link=told["link"],
        owner=Owner(told["owner"]) if told["owner"] else None,
        sentence=told["sentence"],
        causes=causes,
        findings=tuple(findings),
    )


def _cause(told: Mapping[str, str]) -> PastCause:
    read = {"owner": Owner(told["owner"]), "confidence": Confidence(told["confidence"])}
    return PastCause(**{**told, **read, "status": Status(told["status"])})  # type: ignore[arg-type]


def _finding(told: Mapping[str, Any], seconds: float | None, causes: Sequence[PastCause]) -> Finding:
    cause = causes[told["cause"]] if told["cause"] is not None else None
    kept = {key: value for key, value in told.items() if key != "budget"}
    return Finding(**{**kept, "status": Status(told["status"]), "seconds": seconds, "cause": cause})
