"""junit.xml: for Jenkins, GitLab, Azure DevOps, Datadog …; valid against Jenkins' schema and against Ant's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor import files, text
from monitor.reports import findings, wording
from monitor.status import FAILING, SEVERITY, Status
from monitor.verdict import Run, Verdict

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write a test suite for each tenant; ``fail_on`` with ``DEGRADED`` in it makes that a failure."""
    files.replace(path, render(run, fail_on=fail_on))


class Judged(NamedTuple):
    """A verdict, and how its run shows it: whether it fails that, and whether only a weak witness says that it is ill.

    ``mark`` stands before what is told of it, for those who are shown nothing else.
    """

    verdict: Verdict
    fails: bool
    weak: bool
    mark: str


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The document's text. Neither schema allows attributes that the other knows not, nor a case's properties."""
    return _document(run, _judged(run, fail_on), {})


def render_rounds(rounds: Sequence[Run], *, fail_on: frozenset[Status] = FAILING) -> str:
    """The document of several rounds: each probe once, as it was in the round in which it was worst, which is named.

    So a reader that takes one file of a job sees a failure wherever one of its rounds has one.
    """
    chosen: dict[str, Judged] = {}
    for number, run in enumerate(rounds, 1):
        for each in _judged(run, fail_on, f"round {number} of {len(rounds)}: " if len(rounds) > 1 else ""):
            before = chosen.get(each.verdict.id)
            if before is None or _weight(each) > _weight(before):
                chosen[each.verdict.id] = each
    worst_run = max(rounds, key=lambda each: SEVERITY[each.status])
    return _document(worst_run, [*chosen.values()], {"rounds": str(len(rounds))})


def _weight(each: Judged) -> tuple[bool, int]:
    return each.fails, SEVERITY[Status.DEGRADED if each.weak else each.verdict.status]


def _judged(run: Run, fail_on: frozenset[Status], mark: str = "") -> list[Judged]:
    failing = run.failing(fail_on)
    mark += "[DRILL] " if run.mode == "drill" else ""
    ill = [each.fails(fail_on) for each in run.verdicts]
    return [
        Judged(each, fails and each.id in failing, fails and each.id not in failing, mark)
        for each, fails in zip(run.verdicts, ill, strict=True)
    ]


def _document(run: Run, judged: Sequence[Judged], more: Mapping[str, str]) -> str:
    from xml.etree.ElementTree import Element, indent, tostring

    root = Element("testsuites")
    of = {id(each.verdict): each for each in judged}
    tenants = findings.by_tenant(replace(run, verdicts=tuple(each.verdict for each in judged)))
    for number, (tenant, verdicts) in enumerate((tenants or {findings.NOBODY: []}).items()):
        root.append(_suite(number, text.one_line(tenant), run, [of[id(each)] for each in verdicts], more))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(number: int, tenant: str, run: Run, judged: list[Judged], more: Mapping[str, str]) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    verdicts = [each.verdict for each in judged]
    cases = [_case(each) for each in judged]
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")}
    suite = Element(
        "testsuite",
        name=tenant,
        package="monitor",
        id=str(number),
        hostname="localhost",  # anonymous, and what Ant's schema asks for where the name is not told
        timestamp=_timestamp(run.started),
        tests=str(len(cases)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        skipped=str(counts["skipped"]),
        time=f"{sum(verdict.seconds or 0.0 for verdict in verdicts):.3f}",
    )
    properties = SubElement(suite, "properties")
    for name, value in (_properties(tenant, run, judged) | dict(more)).items():
        SubElement(properties, "property", name=text.one_line(name), value=text.one_line(value))
    suite.extend(cases)
    SubElement(suite, "system-out").text = "\n".join(map(_noted, filter(_is_noted, judged))) or None
    SubElement(suite, "system-err")
    return suite


def _properties(tenant: str, run: Run, judged: list[Judged]) -> dict[str, str]:
    about = {"mode": run.mode, "tenant": tenant, "version": run.version, "ended": run.ended}
    about |= {"drill": ", ".join(run.drill)} if run.drill else {}
    about |= {"shard": str(run.shard)} if run.shard else {}
    verdicts = [each.verdict for each in judged]
    told = {
        f"degraded:{each.verdict.probe}[{each.verdict.target}]": each.mark + wording.reason(each.verdict)
        for each in filter(_is_noted, judged)
    }
    return about | {"status": str(run.status_of(verdicts))} | _diagnosed(run, verdicts) | told


def _is_noted(each: Judged) -> bool:
    """Whether it is ill and fails nothing by itself: no reader would show it otherwise."""
    return each.weak or each.verdict.status is Status.DEGRADED


def _noted(each: Judged) -> str:
    verdict = each.verdict
    return text.one_line(f"degraded {verdict.probe}[{verdict.target}]: {each.mark}{wording.reason(verdict)}")


def _diagnosed(run: Run, verdicts: list[Verdict]) -> dict[str, str]:
    """Whose work it is that this suite is ill, the first cause's; the run's word where nothing is ill anywhere."""
    if not run.diagnosis:
        return {}
    here = {verdict.id for verdict in verdicts}
    causes = [cause for cause in run.diagnosis.causes if here.intersection(cause.verdicts)]
    if causes:
        return {"diagnosis": "; ".join(cause.sentence for cause in causes), "owner": str(causes[0].owner)}
    return {"diagnosis": "nothing fails here" if run.diagnosis.causes else run.diagnosis.sentence, "owner": ""}


def _case(judged: Judged) -> Element:
    """The case of a probe."""
    from xml.etree.ElementTree import Element, SubElement

    verdict, fails, weak, mark = judged
    file_and_classes, name = names(verdict.id)
    case = Element("testcase", classname=file_and_classes, name=name, time=f"{verdict.seconds or 0.0:.3f}")
    status, reason = verdict.status, mark + wording.reason(verdict)
    if fails:
        kind = "error" if status is Status.UNKNOWN else "failure"
        SubElement(case, kind, type=str(status), message=reason).text = mark + wording.cause(verdict)
    elif weak:
        told = f"{status}, which alone does not fail a run: {reason}"
        SubElement(case, "skipped", message=told).text = told
    elif status in (Status.SKIPPED, Status.UNKNOWN):
        SubElement(case, "skipped", message=reason).text = reason
    return case


def names(node_id: str) -> tuple[str, str]:
    """JUnit's class name and name for pytest's node id: ``tests_synthetic.test_login``, ``test_x[target]``."""
    places, bracket, parameters = text.one_line(node_id).partition("[")
    file, *classes = places.split("::")
    *classes, name = classes or [file]
    module = file.removesuffix(".py").replace("/", ".").replace("\\", ".")
    return ".".join([module, *classes]), f"{name}{bracket}{parameters}"


def _timestamp(started: str) -> str:
    """In UTC, and without saying so: Ant's schema allows neither a fraction nor an offset."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        moment = datetime.fromtimestamp(0, UTC)
    return text.stamp(moment.timestamp()).removesuffix("Z")
