"""What report.html says, as HTML, with everything from outside escaped: the conclusion, the rows and their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from monitor.reports import findings, html_answers, wording
from monitor.reports.findings import CommonReason, Pace
from monitor.status import Status
from monitor.text import bounded, count, one_line, seconds
from monitor.verdict import PHASES, Run, Verdict, worst

MANY = 1_000
"""Up to so many verdicts have a row each, and there are never more rows: a browser takes seconds for ten thousand."""

MANY_CAUSES = 30
"""How many causes are told above the table."""

MANY_PLACES = 600
"""How many characters of probes' names follow a cause."""

HEADINGS = (
    '<th class="sortable" data-column-type="result">Status</th>',
    '<th class="sortable" data-column-type="probe">Probe</th>',
    '<th class="sortable" data-column-type="target">Target</th>',
    '<th class="sortable" data-column-type="seconds">Seconds</th>',
    f'<th>Phases <span class="legend">{" ".join(f"<i class={name}>{name}</i>" for name in PHASES)}</span></th>',
    "<th>Reason</th>",
)


def shown(run: Run) -> list[Verdict]:
    """The verdicts that have a row, worst first: all, or where they are too many, those that are not well."""
    verdicts = findings.by_severity(run.verdicts)
    if len(verdicts) > MANY:
        verdicts = [verdict for verdict in verdicts if verdict.ill][:MANY]
    return verdicts


def title(run: Run) -> str:
    """The conclusion, as the tab and the heading have it; pytest-html escapes this one."""
    mode = "" if run.mode == "live" else f"{run.mode.upper()}, "
    return f"{mode}{run.status.upper()} – {findings.conclusion(run)}"


def environment(run: Run) -> dict[str, str]:
    """The names and values of pytest-html's table, which takes the values for HTML."""
    told = {"version": run.version, "mode": run.mode, **run.versions, **run.environment}
    return {one_line(name): _text(value) for name, value in told.items()}


def conclusion(run: Run) -> Iterator[str]:
    """What stands above the table: what to know first, the facts, every cause, and what the table leaves out."""
    yield f'<section id="conclusion" class="{run.status}">'
    yield from (f'<p class="warning" role="alert">{_text(warning)}</p>' for warning in findings.warnings(run))
    yield f'<p class="facts">{" · ".join(_facts(run))}</p>'
    yield from html_answers.answers(run)
    causes = findings.explained(run)
    for number, (cause, reasons) in enumerate(causes[:MANY_CAUSES]):
        if cause:
            yield f"<h2>{_status(cause.status)} {_text(findings.whose(cause))}: {_text(cause.sentence)}</h2>"
        if cause and number:  # what to do about the first stands above
            yield html_answers.what_to_do(cause)
        yield '<ol class="causes">'
        yield from (_reason(reason) for reason in reasons[:MANY_CAUSES])
        yield "</ol>"
        if len(reasons) > MANY_CAUSES:
            yield f"<p>… and {count(len(reasons) - MANY_CAUSES, 'more reason')}: see the table.</p>"
    if len(causes) > MANY_CAUSES:
        yield f"<p>… and {count(len(causes) - MANY_CAUSES, 'more cause')}: see the table.</p>"
    if known := findings.known(run):
        yield f"<h2>What Auth0 knows</h2><ul>{''.join(f'<li>{_text(line)}</li>' for line in known)}</ul>"
    if len(run.verdicts) > MANY:
        yield from _all_targets(run)
    yield "<noscript><p>The table needs JavaScript. What is above does not; results.json has everything.</p></noscript>"
    yield "</section>"


def _facts(run: Run) -> Iterator[str]:
    unread = len(findings.unread_in(run))
    counts = {status: run.count(status) - unread * (status is Status.UNKNOWN) for status in findings.ORDER}
    yield from (f'<b class="{status}">{number:,} {status}</b>' for status, number in counts.items() if number)
    if unread:
        yield f"{count(unread, 'status page')} not read"
    if run.diagnosis and run.diagnosis.causes:
        yield _text(findings.counted(run))
    yield f"started {_text(run.started.replace('T', ' ').replace('Z', ' UTC'))}"
    yield f"took {seconds(run.seconds)}"
    yield _text(f"{run.mode}, {run.ended}")
    yield f"version {_text(run.version)}"


def _reason(reason: CommonReason) -> str:
    where = bounded("; ".join(findings.places(reason)), MANY_PLACES)
    answer = f'<div class="answer">{_text(findings.answered(reason))}</div>'
    return (
        f"<li>{_status(reason.status)} <b>{_text(reason.tenant)}</b> {_text(reason.reason)}"
        f'<div class="places">{count(len(reason.verdicts), "probe")}: {breakable(where)}</div>{answer}</li>'
    )


def _all_targets(run: Run) -> Iterator[str]:
    rows = shown(run)
    ill = sum(verdict.ill for verdict in run.verdicts)
    left = "" if len(rows) == ill else f", and of these {ill:,} the worst {len(rows):,}"
    yield f"<p><b>{len(run.verdicts):,} verdicts</b> are too many for the table below: it has only"
    yield f"what is not up{left}. Here is every target, the worst first; results.json has everything.</p>"
    targets = findings.by_target(run.verdicts)
    heads = ["Worst", "Target", *(str(status) for status in findings.ORDER), "Slowest"]
    yield f"<details><summary>{count(len(targets), 'target')}</summary>"
    yield from _table(heads, (_target(target, verdicts) for target, verdicts in targets.items()))
    yield "</details>"


def _target(target: str, verdicts: list[Verdict]) -> list[str]:
    status, slowest = worst(verdicts), findings.slowest_of(verdicts)
    counts = [sum(verdict.status is each for verdict in verdicts) for each in findings.ORDER]
    how_slow = f"{wording.pace(slowest)} ({slowest.probe})" if slowest else "–"
    return [_status(status), breakable(target), *(str(count or "") for count in counts), breakable(how_slow)]


def speeds(run: Run) -> Iterator[str]:
    """What is up, and how fast: a table of tenants and kinds, where no table of targets tells it."""
    paces = findings.paces(run.verdicts)
    if paces and len(run.verdicts) <= MANY:
        yield "<h2>What is up, and how fast</h2>"
        yield from _table(["Tenant", "Kind", "Probes", "Median", "Slowest", "Slowest probe"], map(_speed, paces))


def _speed(pace: Pace) -> list[str]:
    slowest = pace.slowest
    times = [seconds(pace.median), seconds(slowest.seconds if slowest else None)]
    probe = breakable(findings.place(slowest)) if slowest else "–"
    return [_text(pace.tenant), _text(pace.kind), f"{pace.count:,}", *times, probe]


def _table(heads: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    named = f"{heads[0]}, {heads[1].lower()} and more"
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{named}">'
    yield f'<table class="told"><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr>'
    yield from (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    yield "</table></div>"


def cells(verdict: Verdict, evidence: str = "") -> list[str]:
    """A verdict's row, in the order of the headings; ``evidence`` is a link to it, as HTML, where it has any."""
    late = verdict.seconds is not None and verdict.budget is not None and verdict.seconds > verdict.budget
    question = "" if verdict.status is Status.UP else f'<div class="question">{_text(verdict.question)}</div>'
    link = f"<div>{evidence}</div>" if evidence else ""
    return [
        f'<td class="col-result">{button(verdict.status)}</td>',
        f'<td class="col-probe" title="{_text(verdict.question)}">{breakable(verdict.probe)}{question}</td>',
        f'<td class="col-target">{breakable(verdict.target)}</td>',
        f'<td class="col-seconds{" late" if late else ""}">{wording.pace(verdict)}</td>',
        f'<td class="col-phases">{bar(verdict)}</td>',
        f'<td class="col-reason">{breakable(verdict.reason)}{link}</td>',
    ]


def button(status: Status) -> str:
    """What opens and closes a row, from the keyboard too."""
    return f'<button type="button" title="show or hide the evidence">{_status(status)}</button>'


def sorting(verdict: Verdict) -> dict[str, str | float]:
    """What a click on each heading sorts by; ``testId`` becomes the id of the row's element."""
    by_name = {"testId": verdict.id, "probe": verdict.probe, "target": verdict.target}
    told: dict[str, str | float] = {key: one_line(name) for key, name in by_name.items()}
    return told | {"seconds": -1.0 if verdict.seconds is None else verdict.seconds}


def details(verdict: Verdict) -> str:
    """What a row shows when it is opened: the reason and the evidence, as text."""
    return escape(wording.cause(verdict))


def bar(verdict: Verdict) -> str:
    """Where the time of the last attempt went: each phase as its part of the whole."""
    parts = {name: max(verdict.phases[name], 0.0) for name in PHASES if name in verdict.phases}
    whole = sum(parts.values())
    if not whole:
        return ""
    told, left = [], 0.0
    for name, part in parts.items():
        width = 100 * part / whole
        label = f"<title>{name} {part * 1000:.0f} ms</title>"
        told.append(f'<rect class="{name}" x="{left:.2f}" width="{width:.2f}" height="10">{label}</rect>')
        left += width
    label = escape(wording.phases(parts))
    return f'<svg role="img" aria-label="{label}" viewBox="0 0 100 10" preserveAspectRatio="none">{"".join(told)}</svg>'


def _status(status: Status) -> str:
    return f'<b class="{status}">{status.upper()}</b>'


def _text(text: str) -> str:
    return escape(one_line(text))


def breakable(text: str) -> str:
    """Escaped, and wrapped between the words of a name that has no spaces."""
    return _text(text).replace("_", "_<wbr>").replace(":", ":<wbr>").replace("/", "/<wbr>")
