"""What report.html answers before its table: for whom, since when, what to say, where to look, what to do; as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from monitor.owners import Cause, Owner
from monitor.reports import dashboard, reach, runbook, stakeholders
from monitor.reports.reach import ConnectionReach, TenantReach
from monitor.status import SEVERITY, Status
from monitor.text import count, one_line, some
from monitor.verdict import Run

MANY_TENANTS = 10
"""How many tenants have a table of their own of whom they work for, and links of their own."""

_OWNERS = {
    Owner.RUNNER: "the machine that asks, or its network",
    Owner.CONFIGURATION: "the tenant's settings, or the monitor's",
    Owner.EXTENSION: "an Action, a custom database or another extension of the tenant",
    Owner.AUTH0: "Auth0",
    Owner.UPSTREAM: "a service that the tenant calls",
    Owner.THROTTLED: "a rate limit or a protection against attacks",
    Owner.UNKNOWN: "the run cannot tell",
}
"""Who acts, as somebody reads it who does not know the owners' names."""

PAST = ("<!-- past -->", "<!-- /past -->")
"""Between these stands since when it is so: ``monitor.site`` puts it there, since a run alone knows no other run."""

_NO_HISTORY = (
    "<p>This run alone cannot say. Record it (<code>python -m monitor.history import</code>), and "
    "<code>python -m monitor.site</code> writes here since when it is so.</p>"
)


def answers(run: Run) -> Iterator[str]:
    """The sections; of a run that is well only for whom it is."""
    causes = run.diagnosis.causes if run.diagnosis else ()
    yield '<div class="answers"><div class="whom">'
    yield from _for_whom(reach.reaches(run))
    if causes:
        yield '<section class="past" aria-label="Since when"><h2>Since when</h2>'
        yield f"{PAST[0]}{_NO_HISTORY}{PAST[1]}</section>"
    yield "</div>"
    if causes:
        yield '<div class="rest"><section aria-label="Whose work"><h2>Whose work, and what next</h2>'
        yield f"<p><b>{causes[0].owner}</b>, {causes[0].confidence}: {_OWNERS[causes[0].owner]}</p>"
        yield f"{what_to_do(causes[0])}</section>"
        yield from _say(stakeholders.sentence(run))
        yield from _where(run)
        yield "</div>"
    yield "</div>"


def in_past(page: str, told: str) -> str:
    """This page with ``told``, as HTML, where it says since when; the page as it is where it does not say that."""
    before, begin, rest = page.partition(PAST[0])
    _, end, after = rest.partition(PAST[1])
    return f"{before}{begin}{told}{end}{after}" if begin and end else page


def what_to_do(cause: Cause) -> str:
    """The section of the runbook, folded; only its name where there is no runbook."""
    path = f"<code>{escape(one_line(cause.runbook))}</code>"
    text = runbook.section(cause.runbook)
    if not text:
        return f'<p class="next">next: {path}</p>'
    told = "what to look at, whom to call, how to confirm it"
    return f'<details class="runbook"><summary>next: {path}: {told}</summary>{text}</details>'


def _for_whom(known: list[TenantReach]) -> Iterator[str]:
    ill = [each for each in known if not each.well]
    shown = ill[:MANY_TENANTS] or (known if len(known) == 1 else [])
    if not known:
        return
    yield '<section aria-label="For whom"><h2>For whom</h2>'
    yield from map(_table, shown)
    if len(ill) > len(shown):
        yield f"<p>… and {count(len(ill) - len(shown), 'more tenant')} with logins that do not work: see the table.</p>"
    well = [each.tenant for each in known if each.well and each not in shown]
    if well:
        yield f"<p>{escape(some(well, MANY_TENANTS))}: every login that was asked works.</p>"
    yield "</section>"


def _table(tenant: TenantReach) -> str:
    """A row for each connection; what no connection is part of has one cell, beside all of them."""
    name = escape(one_line(tenant.tenant))
    heads = "".join(f'<th scope="col">{escape(way)}</th>' for way in ("connection", *tenant.ways, *tenant.whole))
    rows = []
    worst_first = sorted(tenant.connections, key=lambda row: -max(map(SEVERITY.__getitem__, row.ways.values())))
    for number, row in enumerate(worst_first or (ConnectionReach("–", {}),)):
        cells = "".join(_cell(row.ways.get(way)) for way in tenant.ways)
        if not number:
            cells += "".join(_cell(each, max(1, len(tenant.connections))) for each in tenant.whole.values())
        rows.append(f'<tr><th scope="row">{escape(one_line(row.connection))}</th>{cells}</tr>')
    region = f'<div class="wide" tabindex="0" role="region" aria-label="For whom {name} works">'
    return f'{region}<table class="told reach"><caption>{name}</caption><tr>{heads}</tr>{"".join(rows)}</table></div>'


def _cell(status: Status | None, rows: int = 1) -> str:
    high = f' rowspan="{rows}"' if rows > 1 else ""
    if status is None:
        return f'<td class="quiet"{high}>not asked</td>'
    return f'<td{high}><b class="{status}">{reach.WORDS[status]}</b></td>'


def _say(sentence: str) -> Iterator[str]:
    if sentence:
        yield '<section class="say" aria-label="What to say"><h2>What to say</h2>'
        yield f"<blockquote>{escape(sentence)}</blockquote>"
        yield "<p>A click selects it. It names no host, and holds no secret.</p></section>"


def _where(run: Run) -> Iterator[str]:
    known = list(dashboard.by_tenant(run))[:MANY_TENANTS]
    if known:
        yield '<section class="where" aria-label="Where to look"><h2>Where to look</h2><ul>'
        for tenant, links in known:
            told = " · ".join(f'<a href="{escape(link)}">{escape(name)}</a>' for name, link in links.items())
            yield f"<li>{escape(one_line(tenant))}: {told}</li>"
        yield "</ul></section>"
