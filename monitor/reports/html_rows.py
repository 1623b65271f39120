"""The rows of report.html's table: one for each cause, which unfolds, and one for each verdict that has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from monitor.owners import Cause
from monitor.reports import evidence_folders, findings, html_parts, wording
from monitor.reports.evidence_folders import EvidenceFolder
from monitor.reports.pytest_html_page import TableRow
from monitor.status import Status
from monitor.text import count, some
from monitor.verdict import Run, Verdict

# pytest-html filters by these words, whatever their case, and sorts by their letters, of which capitals come first. So
# written, a click on a box or on the heading leaves the worst on top: FAILED < error < failed < pASSED < passed.
ROWS = {
    Status.DOWN: "FAILED",
    Status.UNKNOWN: "error",
    Status.DEGRADED: "pASSED",
    Status.UP: "passed",
    Status.SKIPPED: "skipped",
}
FAILED_THOUGH_DEGRADED = "failed"

MANY_UNFOLDED = 100
"""How many verdicts a row of a cause unfolds into."""

MANY_REASONS, MANY_PROBES = 3, 6
"""How many reasons, and how many names of probes and targets, a row of a cause has."""

EMBEDDED, EMBEDDED_IN_ALL = 30_000, 300_000
"""Characters of an exchange's evidence that stand in the page itself, and of all of them."""


class TableRows:
    """The rows of a run, with what of its evidence stands in the page itself."""

    def __init__(self, run: Run, fail_on: frozenset[Status]) -> None:
        self._run, self._fail_on = run, fail_on
        self._causes = {
            id_: cause for cause in (run.diagnosis.causes if run.diagnosis else ()) for id_ in cause.verdicts
        }
        self._folders = {each.id: folder for folder in evidence_folders.told(run) for each in folder.verdicts}
        self._warnings = findings.warnings(run) if self._folders else []
        self._left, self._seen = EMBEDDED_IN_ALL, set[str]()

    def all(self) -> list[TableRow]:
        """The worst first; verdicts of one cause and one status are one row, where the worst of them is."""
        groups: dict[object, list[Verdict]] = {}
        for number, verdict in enumerate(html_parts.shown(self._run)):
            cause = self._causes.get(verdict.id) if verdict.ill else None
            key = (cause.runbook, cause.target, cause.sentence, verdict.status) if cause else number
            groups.setdefault(key, []).append(verdict)
        return [self._of_cause(some_) if len(some_) > 1 else self._single(some_[0]) for some_ in groups.values()]

    def _single(self, verdict: Verdict) -> TableRow:
        folder = self._folders.get(verdict.id)
        return TableRow(
            self._word(verdict),
            html_parts.cells(verdict, _needs_the_folder(folder)),
            html_parts.details(verdict) + self._evidence([folder] if folder else []),
            html_parts.sorting(verdict),
        )

    def _of_cause(self, verdicts: Sequence[Verdict]) -> TableRow:
        first, cause = verdicts[0], self._causes[verdicts[0].id]
        return TableRow(
            self._word(first),
            _cells(cause, verdicts),
            "".join(self._unfolded(verdicts)),
            html_parts.sorting(first) | {"probe": cause.rule, "target": cause.target},
            len(verdicts),
        )

    def _unfolded(self, verdicts: Sequence[Verdict]) -> Iterator[str]:
        """Each verdict of a cause, folded, and then the evidence of their exchanges, once."""
        for verdict in verdicts[:MANY_UNFOLDED]:
            told = html_parts.breakable(findings.place(verdict))
            yield f"<details><summary>{told} {wording.pace(verdict)}</summary>{html_parts.details(verdict)}</details>"
        if len(verdicts) > MANY_UNFOLDED:
            yield f"<p>… and {count(len(verdicts) - MANY_UNFOLDED, 'more probe')}: results.json has them.</p>"
        folders = {folder.name: folder for each in verdicts if (folder := self._folders.get(each.id))}
        yield self._evidence(list(folders.values()))

    def _evidence(self, folders: Sequence[EvidenceFolder]) -> str:
        """What Auth0's support is sent, in the page while there is room for it; of the rest, where it is."""
        told = []
        for folder in folders:
            texts = self._texts(folder)
            if not texts:
                told.append(f"<p>Evidence: {_needs_the_folder(folder)}</p>")
                continue
            files = "".join(f"<p>{name}</p><pre>{escape(text)}</pre>" for name, text in texts.items())
            summary = f"Evidence of {escape(folder.name)}"
            har = f"<p>{evidence_folders.HAR}: {_needs_the_folder(folder)}</p>"
            told.append(f"<details><summary>{summary}</summary>{files}{har}</details>")
        return "".join(told)

    def _texts(self, folder: EvidenceFolder) -> dict[str, str]:
        """What of this evidence is embedded here; nothing where another row has it, or there is no room."""
        if folder.name in self._seen or self._left < EMBEDDED:
            return {}
        self._seen.add(folder.name)
        texts = evidence_folders.texts(folder, self._run, self._warnings)
        size = sum(map(len, texts.values()))
        self._left -= size if size <= EMBEDDED else 0
        return texts if size <= EMBEDDED else {}

    def _word(self, verdict: Verdict) -> str:
        """pytest-html's word for it."""
        if verdict.unread and not verdict.fails(self._fail_on):
            return ROWS[Status.SKIPPED]
        if verdict.status is Status.DEGRADED and verdict.fails(self._fail_on):
            return FAILED_THOUGH_DEGRADED
        return ROWS[verdict.status]


def _needs_the_folder(folder: EvidenceFolder | None) -> str:
    """A link to this evidence, which says that it leads beside the page; empty where there is none."""
    if folder is None:
        return ""
    place = escape(evidence_folders.place(folder))
    return f'<a href="{place}">{html_parts.breakable(place)}</a> (in the folder beside this page)'


def _cells(cause: Cause, verdicts: Sequence[Verdict]) -> list[str]:
    """A cause's row, in the order of the headings: how many probes, of whom, how slow at most, and why."""
    slowest = findings.slowest_of(verdicts)
    probes = some(dict.fromkeys(each.probe for each in verdicts), MANY_PROBES)
    targets = some(dict.fromkeys(each.target for each in verdicts), MANY_PROBES)
    reasons = _reasons(verdicts)
    listed = "".join(f'<div class="question">{html_parts.breakable(each)}</div>' for each in reasons)
    heading = f"<b>{count(len(verdicts), 'probe')}</b>, one cause: {html_parts.breakable(cause.rule)}"
    return [
        f'<td class="col-result">{html_parts.button(verdicts[0].status)}</td>',
        f'<td class="col-probe">{heading}<div class="question">{html_parts.breakable(probes)}</div></td>',
        f'<td class="col-target">{html_parts.breakable(targets)}</td>',
        f'<td class="col-seconds">{wording.pace(slowest) if slowest else "–"}</td>',
        f'<td class="col-phases">{html_parts.bar(slowest) if slowest else ""}</td>',
        f'<td class="col-reason">{html_parts.breakable(cause.sentence)}{listed}</td>',
    ]


def _reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Why these are not well: the reasons that most of them have, and how many others there are."""
    by_reason: dict[str, int] = {}
    for verdict in verdicts:
        by_reason[wording.reason(verdict)] = by_reason.get(wording.reason(verdict), 0) + 1
    ordered = sorted(by_reason, key=lambda reason: -by_reason[reason])
    left = len(ordered) - MANY_REASONS
    return ordered[:MANY_REASONS] + ([f"and {count(left, 'other reason')}"] if left > 0 else [])


def labels(fail_on: frozenset[Status]) -> Mapping[str, str]:
    """What stands beside each box that shows and hides rows, by pytest-html's words."""
    return {word: _label(word, fail_on) for word in map(str.lower, ROWS.values())}


def _label(word: str, fail_on: frozenset[Status]) -> str:
    failing = {Status.DEGRADED: FAILED_THOUGH_DEGRADED} if Status.DEGRADED in fail_on else {}
    told = [str(status) for status in findings.ORDER if (ROWS | failing)[status].lower() == word]
    unread = ["not read"] if word == ROWS[Status.SKIPPED] and Status.UNKNOWN not in fail_on else []
    return " or ".join([*told, *unread])
