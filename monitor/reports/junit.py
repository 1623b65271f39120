"""junit.xml: for Jenkins, GitLab, Azure DevOps, Datadog …; valid against Jenkins' schema and against Ant's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import files, text
from monitor.reports import findings, wording
from monitor.status import FAILING, Status
from monitor.verdict import Run, Verdict, worst

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:
    """Write a test suite for each tenant; ``fail_on`` with ``DEGRADED`` in it makes that a failure."""
    files.replace(path, render(run, fail_on=fail_on))


def render(run: Run, *, fail_on: frozenset[Status] = FAILING) -> str:
    """The document's text. Neither schema allows attributes that the other knows not, nor a case's properties."""
    from xml.etree.ElementTree import Element, indent, tostring

    root = Element("testsuites")
    tenants = findings.by_tenant(run) or {findings.NOBODY: []}
    for number, (tenant, verdicts) in enumerate(sorted(tenants.items())):
        root.append(_suite(number, text.one_line(tenant), run, verdicts, fail_on))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(number: int, tenant: str, run: Run, verdicts: list[Verdict], fail_on: frozenset[Status]) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    mark = "[DRILL] " if run.mode == "drill" else ""
    cases = [_case(verdict, fail_on, mark) for verdict in verdicts]
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
    for name, value in _properties(tenant, run, verdicts).items():
        SubElement(properties, "property", name=text.one_line(name), value=text.one_line(value))
    suite.extend(cases)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")
    return suite


def _properties(tenant: str, run: Run, verdicts: list[Verdict]) -> dict[str, str]:
    about = {"mode": run.mode, "tenant": tenant, "version": run.version, "ended": run.ended}
    about |= {"drill": ", ".join(run.drill)} if run.drill else {}
    about |= {"shard": str(run.shard)} if run.shard else {}
    degraded = [verdict for verdict in verdicts if verdict.status is Status.DEGRADED]
    told = {f"degraded:{each.probe}[{each.target}]": wording.reason(each) for each in degraded}
    return about | {"status": str(worst(verdicts))} | _diagnosed(run, verdicts) | told


def _diagnosed(run: Run, verdicts: list[Verdict]) -> dict[str, str]:
    """Whose work it is that this suite is ill, the first cause's; the run's word where nothing is ill anywhere."""
    if not run.diagnosis:
        return {}
    here = {verdict.id for verdict in verdicts}
    causes = [cause for cause in run.diagnosis.causes if here.intersection(cause.verdicts)]
    if causes:
        return {"diagnosis": "; ".join(cause.sentence for cause in causes), "owner": str(causes[0].owner)}
    return {"diagnosis": "nothing is ill here" if run.diagnosis.causes else run.diagnosis.sentence, "owner": ""}


def _case(verdict: Verdict, fail_on: frozenset[Status], mark: str) -> Element:
    """The case of a probe; ``mark`` stands before what is told of it, for those who are shown nothing else."""
    from xml.etree.ElementTree import Element, SubElement

    file_and_classes, name = names(verdict.id)
    case = Element("testcase", classname=file_and_classes, name=name, time=f"{verdict.seconds or 0.0:.3f}")
    status, reason = verdict.status, mark + wording.reason(verdict)
    if verdict.fails(fail_on):
        kind = "error" if status is Status.UNKNOWN else "failure"
        SubElement(case, kind, type=str(status), message=reason).text = mark + wording.cause(verdict)
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
