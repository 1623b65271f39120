"""The files: the page beside the reports, and the folder for a web server with all that the page links to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from markupsafe import escape

from monitor import files, reports, results
from monitor.feeds import pingdom
from monitor.feeds.readout import MAX_AGE
from monitor.reports import html_answers, runbook
from monitor.site import atom, badge, rendering, runbook_page, since, status_json
from monitor.site.contents import Board, Folder
from monitor.site.rendering import Book
from monitor.verdict import Run


def _nowhere(_path: str) -> str:
    return ""


INDEX, LATEST = reports.PAGE, "latest"

DOCUMENTS = "docs/index.html"
"""The first page of the documents, where they were made into the site."""


class NotOurs(Exception):
    """What is in the way is not ours to remove; the message names it, and the cure."""


def evidence(folder: Path) -> tuple[Folder, ...]:
    """What the reports in this folder have in evidence/."""
    there_is = folder / reports.EVIDENCE.name
    inside = sorted(each for each in there_is.glob("*") if each.is_dir() and reports.of_newest(there_is))
    return tuple(Folder(each.name, tuple(sorted(file.name for file in each.iterdir()))) for each in inside)


def there(folder: Path) -> tuple[str, ...]:
    """Which of the reports that a page links to there are in this folder; folders end in a slash."""
    found = (name for name in rendering.REPORTS if (folder / name).is_dir() == name.endswith("/"))
    return tuple(name for name in found if (folder / name).exists())


def beside(board: Board, folder: Path, *, book: Book = _nowhere) -> Path:
    """Write the page beside the reports, and into report.html since when it is so. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    text = rendering.render(board, reports=there(folder), book=book)
    files.replace(folder / INDEX, text)
    _put_past(board, folder / "report.html")
    return folder / INDEX


def _put_past(board: Board, report: Path) -> None:
    """Into the report of the newest run, where it lies here and is ill, what only the history knows."""
    told = since.table(board)
    if told and board.newest and board.newest.own and report.is_file():
        files.refuse_others(report)
        page = report.read_text(encoding="utf-8")
        files.replace(report, html_answers.in_past(page, told))


def site(
    board: Board,
    newest: Path,
    folder: Path,
    *,
    address: str = "",
    book: Book = _nowhere,
    max_age: float = MAX_AGE,
) -> Path:
    """Write the folder: the ``newest`` run's reports first, so that no page ever links to what is not there.

    ``max_age`` is the seconds after which Pingdom is told that nothing is known. Raises OSError, NotOurs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = board.newest is not None and board.newest.own
    links = there(newest) if own else ()
    _put(folder / LATEST, newest if links else None)
    manual = runbook_page.render(rendering.style())
    siblings = (*rendering.SIBLINGS, *([runbook.COPY] if manual else []))

    def section(path: str) -> str:
        """The runbook that was named, else the site's own copy."""
        return book(path) or (path.replace(runbook.RUNBOOK, runbook.COPY) if manual and _is_known(path) else "")

    documents = DOCUMENTS if (folder / DOCUMENTS).is_file() else ""
    texts = {
        "badge.json": badge.render(board),
        "status.json": status_json.render(board, address),
        "feed.atom": atom.render(board, address),
        **({runbook.COPY: manual} if manual else {}),
        INDEX: rendering.render(
            board, latest=f"{LATEST}/", reports=links, siblings=siblings, documents=documents, book=section
        ),
    }
    for name, text in texts.items():
        files.replace(folder / name, text)
    pingdom.write(folder, _run(newest) if own else None, board.made, max_age)
    return folder / INDEX


def _run(newest: Path) -> Run | None:
    try:
        return results.read(newest / results.NAME)
    except results.UnreadableResults:
        return None


def _is_known(path: str) -> bool:
    """Whether the runbook has this section: a run of another version may name another one."""
    book, _, name = path.partition("#")
    return book == runbook.RUNBOOK and name in runbook.names()


def _put(place: Path, newest: Path | None) -> None:
    """Put a copy of the reports in this folder in the place of an earlier one; none where there are none."""
    known = {*(each.name for each in reports.REPORTS), INDEX}
    if place.is_symlink() or (
        place.exists() and not (place.is_dir() and {each.name for each in place.iterdir()} <= known)
    ):
        raise NotOurs(f"{place} has what this suite did not write: move it away, or name another folder with --site")
    files.replace_folder(place, partial(_copy, newest=newest) if newest else None)


def _copy(to: Path, newest: Path) -> None:
    to.mkdir()
    for report in reports.REPORTS:
        source, copy = newest / report.name, to / report.name
        if not report.is_folder and source.is_file():
            shutil.copyfile(source, copy)
        elif report.is_folder and source.is_dir() and reports.of_newest(source):
            shutil.copytree(source, copy)
            for each in (copy, *filter(Path.is_dir, copy.iterdir())):
                (each / INDEX).write_text("\n".join(_listing(each)), encoding="utf-8")


def _listing(folder: Path) -> Iterator[str]:
    """A page of links: servers of static files show none for a folder, and report.html links to folders."""
    yield '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(folder.name)}</title><main><h1>{escape(folder.name)}</h1><ul>"
    for each in sorted(folder.iterdir()):
        name = escape(f"{each.name}/" if each.is_dir() else each.name)
        yield f'<li><a href="./{name}">{name}</a></li>'
    yield "</ul></main></html>"
