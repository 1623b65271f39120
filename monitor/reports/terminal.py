"""The last screen: whose work it is, each cause and what it explains, how fast the rest is; the conclusion again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from monitor.reports import Written, findings, wording
from monitor.reports.findings import CommonReason, Pace
from monitor.status import Status
from monitor.text import columns, count, fitting, one_line, seconds, wrapped
from monitor.verdict import Run

STYLES = {
    Status.DOWN: "red",
    Status.UNKNOWN: "purple",
    Status.DEGRADED: "yellow",
    Status.UP: "green",
    Status.SKIPPED: "",
}
MANY = 10
"""How many tenants have lines of their own for what is up; more of them share one."""

MANY_ILL = 20
"""How many tenants that are ill have lines of their own; the others are named, and report.html has the rest."""

MANY_PLACES = 6
"""How many lines of probes follow a cause."""

_LABEL = 10
_MARGIN = " " * (_LABEL + 2)


class ScreenLine(NamedTuple):
    """A line of the screen, and the names that pytest's TerminalWriter has for its style, separated by spaces."""

    text: str
    style: str = ""


def screen(run: Run, written: Written, *, width: int) -> list[ScreenLine]:
    """The run in lines of at most ``width`` columns (40 at least); nothing in them speaks to a terminal."""
    width = max(width, 40)
    parts = (
        _conclusion(run, width),
        _ill(run, width),
        _known(run, width),
        _well(run, width),
        _reports(written, width),
        _last(run, width),
    )
    lines: list[ScreenLine] = []
    for part in parts:
        told = list(part)
        lines += [ScreenLine(""), *told] if lines and told else told
    return lines


def _conclusion(run: Run, width: int) -> Iterator[ScreenLine]:
    label = f"{run.status.upper():<{_LABEL}}"
    yield from _wrapped(label, findings.conclusion(run), width, f"{STYLES[run.status]} bold")
    if run.diagnosis and run.diagnosis.causes:
        told = f"{findings.whose(run.diagnosis.causes[0])}; {findings.counted(run)}"
        yield from _wrapped(" " * _LABEL, told, width)
    for warning in findings.warnings(run):
        yield from _wrapped(" " * _LABEL, warning, width, "yellow bold")


def _ill(run: Run, width: int) -> Iterator[ScreenLine]:
    """Cause by cause, the worst first: whose work it is, what it explains, and what to do next."""
    told = findings.explained(run)
    for number, (cause, reasons) in enumerate(told[:MANY_ILL]):
        if number:
            yield ScreenLine("")
        if cause:
            label = f"{cause.status.upper():<{_LABEL}}"
            yield from _wrapped(
                label, f"{findings.whose(cause)}: {cause.sentence}", width, f"{STYLES[cause.status]} bold"
            )
        yield from _reasons(reasons, width)
        if cause:
            yield from _wrapped(f"{'next':<{_LABEL}}", cause.runbook, width)
    if len(told) > MANY_ILL:
        yield ScreenLine(f"and {count(len(told) - MANY_ILL, 'more cause')}: see report.html")


def _reasons(reasons: list[CommonReason], width: int) -> Iterator[ScreenLine]:
    """What a cause explains, tenant by tenant."""
    tenants = list(dict.fromkeys(reason.tenant for reason in reasons))
    for number, tenant in enumerate(tenants[:MANY_ILL]):
        if number:
            yield ScreenLine("")
        yield from _wrapped("", tenant, width, "bold")
        for reason in reasons:
            if reason.tenant == tenant:
                yield from _reason(reason, width)
    if len(tenants) > MANY_ILL:
        yield ScreenLine("")
        yield from _wrapped(f"and {len(tenants) - MANY_ILL} more: ", ", ".join(tenants[MANY_ILL:]), width, "bold")


def _known(run: Run, width: int) -> Iterator[ScreenLine]:
    """What Auth0 itself knows of what is ill."""
    for line in findings.known(run):
        yield from _wrapped(f"{'auth0':<{_LABEL}}", line, width)


def _last(run: Run, width: int) -> Iterator[ScreenLine]:
    """The conclusion in one line, for whoever sees only the end."""
    text = f"{run.status.upper():<{_LABEL}}{one_line(findings.conclusion(run))}"
    cut = text if columns(text) <= width else f"{text[: fitting(text, width - 1)]}…"
    yield ScreenLine(cut, f"{STYLES[run.status]} bold")


def _reason(reason: CommonReason, width: int) -> Iterator[ScreenLine]:
    yield from _wrapped(f"  {reason.status.upper():<{_LABEL}}", reason.reason, width, STYLES[reason.status])
    hit = [line for place in findings.places(reason) for line in _wrapped(_MARGIN, place, width)]
    yield from hit[:MANY_PLACES]
    if len(hit) > MANY_PLACES:
        yield ScreenLine(f"{_MARGIN}… {count(len(reason.verdicts), 'probe')} in all")
    if reason.status is not Status.DEGRADED:
        yield from _wrapped(_MARGIN, findings.answered(reason), width)


def _well(run: Run, width: int) -> Iterator[ScreenLine]:
    """What is up, and how fast; what was skipped, and which status pages were not read, and why."""
    paces = findings.paces(run.verdicts)
    if len({pace.tenant for pace in paces}) > MANY:
        paces = [findings.pace_of(run.verdicts)]
    for pace in paces:
        who = " ".join(dict.fromkeys(filter(None, (pace.tenant, pace.kind))))
        yield from _wrapped(
            f"{'up':<{_LABEL}}", f"{who}: {count(pace.count, 'probe')}{_speed(pace)}", width, STYLES[Status.UP]
        )
    skipped = Counter(wording.reason(verdict) for verdict in run.verdicts if verdict.status is Status.SKIPPED)
    for reason, number in skipped.most_common():
        yield from _wrapped(f"{'skipped':<{_LABEL}}", f"{count(number, 'probe')}: {reason}", width)
    for verdict in findings.unread_in(run):
        told = f"{findings.place(verdict)}: {wording.reason(verdict)}"
        yield from _wrapped(f"{'not read':<{_LABEL}}", told, width)


def _speed(pace: Pace) -> str:
    if pace.median is None or pace.slowest is None:
        return ""
    slowest = f"{seconds(pace.slowest.seconds)} ({findings.place(pace.slowest)})"
    return f", median {seconds(pace.median)}, slowest {slowest}"


def _reports(written: Written, width: int) -> Iterator[ScreenLine]:
    for problem in written.problems:
        yield from _wrapped(f"{'PROBLEM':<{_LABEL}}", problem, width, "red bold")
    if written.paths:
        folder = next(iter(written.paths.values())).parent
        yield from _wrapped(f"{'reports':<{_LABEL}}", f"{folder}: {', '.join(written.paths)}", width)


def _wrapped(label: str, text: str, width: int, style: str = "") -> list[ScreenLine]:
    """The text behind its label, wrapped with a hanging indent; a word that is too long is broken, an URL for one."""
    parts = wrapped(one_line(text), width - columns(label))
    indent = " " * columns(label)
    return [ScreenLine((indent if number else label) + part, style) for number, part in enumerate(parts)]
