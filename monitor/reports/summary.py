"""What the summary says of a run: the diagnosis, each cause, the targets by status, what is not well, and the links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.reports import findings, wording
from monitor.reports.markdown import bounded, link, table, text
from monitor.status import ILL, SEVERITY, Status
from monitor.text import count, seconds
from monitor.verdict import Run, Verdict

SIGNS = {Status.DOWN: "🔴", Status.UNKNOWN: "🟣", Status.DEGRADED: "🟡", Status.UP: "🟢", Status.SKIPPED: "⚪"}
MANY_CAUSES, MANY_TARGETS, MANY_ILL = 30, 300, 200
"""How many causes, rows of targets and rows of verdicts are told; how many more there are is said."""


def render(runs: Sequence[Run], links: Mapping[str, str], books: str) -> str:
    """The Markdown of these runs, the newest last, in full; of those before it only how they were, and the worst.

    ``links`` are texts and addresses; ``books`` is the address of the folder that the runbook's links are relative to
    (empty: they stay as they are).
    """
    newest = runs[-1]
    parts = [_head(newest), *_warnings(newest)]
    worst = max(reversed(runs), key=lambda run: SEVERITY[run.status])
    if SEVERITY[worst.status] > SEVERITY[newest.status]:
        parts.append(f"**But the round of {text(worst.started)} was {worst.status}.**")
    parts += [" · ".join(link(told, address) for told, address in links.items() if address)]
    parts += list(_causes(newest, books))
    parts += list(_known(newest))
    if worst is not newest and worst.diagnosis and worst.diagnosis.causes:
        parts += [f"### The round of {text(worst.started)}", _sentence(worst), *_causes(worst, books)]
    parts += [_rounds(runs), *_targets(newest), *_ill(newest), _facts(newest)]
    return bounded("\n\n".join(part for part in parts if part) + "\n")


def _sign(status: Status) -> str:
    return f"{SIGNS[status]} {status}"


def _sentence(run: Run) -> str:
    return f"{SIGNS[run.status]} **{run.status.upper()}** {text(findings.conclusion(run))}"


def _head(run: Run) -> str:
    mode = "" if run.mode == "live" else f"{run.mode.upper()}: "
    return f"## {SIGNS[run.status]} {mode}{run.status.upper()} – {text(findings.conclusion(run))}"


def _warnings(run: Run) -> Iterator[str]:
    yield from (f"> **{text(warning)}**" for warning in findings.warnings(run))


def _causes(run: Run, books: str) -> Iterator[str]:
    """Whose work it is, how sure, what to do next: an item each."""
    causes = run.diagnosis.causes if run.diagnosis else ()
    for cause in causes[:MANY_CAUSES]:
        runbook = link(cause.runbook, f"{books}{cause.runbook}") if books else f"`{cause.runbook}`"
        told = f"- {_sign(cause.status)} **{text(findings.whose(cause))}**: {text(cause.sentence)}"
        yield f"{told}  \n  next: {runbook}; {count(len(cause.verdicts), 'probe')}"
    if len(causes) > MANY_CAUSES:
        yield f"… and {count(len(causes) - MANY_CAUSES, 'more cause')}: see the page."


def _known(run: Run) -> Iterator[str]:
    """What Auth0 itself knows of what is ill: an item each."""
    if lines := findings.known(run):
        yield "### What Auth0 knows\n\n" + "\n".join(f"- {text(line)}" for line in lines)


def _rounds(runs: Sequence[Run]) -> str:
    if len(runs) < 2:
        return ""
    rows = [[text(run.started), _sign(run.status), text(findings.conclusion(run), 300)] for run in runs]
    return "### Rounds\n\n" + table(("began", "status", "what it says"), rows)


def _targets(run: Run) -> Iterator[str]:
    """Each target with how many of its probes have which status, the worst first."""
    found = findings.by_target(run.verdicts)
    statuses = findings.ORDER
    rows = []
    for target, verdicts in list(found.items())[:MANY_TARGETS]:
        counts = [sum(verdict.status is status for verdict in verdicts) for status in statuses]
        rows.append([text(target), *(f"{count:,}" if count else "" for count in counts)])
    if rows:
        yield "### Targets\n\n" + table(("target", *map(_sign, statuses)), rows)
    if len(found) > MANY_TARGETS:
        yield f"… and {count(len(found) - MANY_TARGETS, 'more target')}: see the page."


def _ill(run: Run) -> Iterator[str]:
    ill = [verdict for verdict in findings.by_severity(run.verdicts) if verdict.ill]
    if ill:
        head = ("status", "probe", "target", "took", "why")
        yield "### What is not up\n\n" + table(head, [_row(verdict) for verdict in ill[:MANY_ILL]])
    if len(ill) > MANY_ILL:
        yield f"… and {count(len(ill) - MANY_ILL, 'more probe')}: see the page."
    unread = findings.unread_in(run)
    if unread:
        rows = [[text(findings.place(each)), text(wording.reason(each), 300)] for each in unread[:MANY_ILL]]
        yield "### Status pages that were not read\n\n" + table(("page", "why"), rows)


def _row(verdict: Verdict) -> list[str]:
    told = [verdict.probe, verdict.target, wording.pace(verdict), wording.reason(verdict)]
    return [_sign(verdict.status), *(text(each, 500) for each in told)]


def _facts(run: Run) -> str:
    counts = ", ".join(f"{run.count(status):,} {status}" for status in (*ILL, Status.UP, Status.SKIPPED))
    return f"{counts}; began {text(run.started)}, took {seconds(run.seconds)}; suite {text(run.version)}"
