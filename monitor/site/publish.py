"""The files: the page beside the reports, and the folder for a web server with all that the page links to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from markupsafe import escape

from monitor import files
from monitor.reports import PAGE, REPORTS
from monitor.site import atom, badge, rendering, status_json
from monitor.site.contents import Board, Folder

INDEX, LATEST, EVIDENCE = PAGE, "latest", "evidence"


class NotOurs(Exception):
    """What is in the way is not ours to remove; the message names it, and the cure."""


def evidence(reports: Path) -> tuple[Folder, ...]:
    """What these reports have in evidence/."""
    inside = sorted(each for each in (reports / EVIDENCE).glob("*") if each.is_dir())
    return tuple(Folder(each.name, tuple(sorted(file.name for file in each.iterdir()))) for each in inside)


def there(reports: Path) -> tuple[str, ...]:
    """Which of the reports that a page links to there are."""
    return tuple(name for name in rendering.REPORTS if (reports / name).is_file())


def beside(board: Board, reports: Path, *, books: str = "") -> Path:
    """Write the page beside the reports. Raises OSError."""
    reports.mkdir(parents=True, exist_ok=True)
    text = rendering.render(board, reports=there(reports), books=books)
    files.replace(reports / INDEX, text)
    return reports / INDEX


def site(board: Board, reports: Path, folder: Path, *, address: str = "", books: str = "") -> Path:
    """Write the folder: the reports first, so that no page ever links to what is not there. Raises OSError, NotOurs."""
    folder.mkdir(parents=True, exist_ok=True)
    own = board.newest is not None and board.newest.own
    _put(folder / LATEST, reports, there(reports) if own else ())
    texts = {
        "badge.json": badge.render(board),
        "status.json": status_json.render(board, address),
        "feed.atom": atom.render(board, address),
        INDEX: rendering.render(
            board, latest=f"{LATEST}/", reports=there(reports) if own else (), siblings=rendering.SIBLINGS, books=books
        ),
    }
    for name, text in texts.items():
        files.replace(folder / name, text)
    return folder / INDEX


def _put(place: Path, reports: Path, names: tuple[str, ...]) -> None:
    """Put a copy of these reports, and of the evidence, in the place of an earlier one; none where there are none."""
    known = {*(each.name for each in REPORTS), INDEX}
    if place.is_symlink() or (
        place.exists() and not (place.is_dir() and {each.name for each in place.iterdir()} <= known)
    ):
        raise NotOurs(f"{place} has what this suite did not write: move it away, or name another folder with --site")
    files.replace_folder(place, partial(_copy, reports=reports, names=names) if names else None)


def _copy(to: Path, reports: Path, names: tuple[str, ...]) -> None:
    to.mkdir()
    for name in names:
        shutil.copyfile(reports / name, to / name)
    if (reports / EVIDENCE).is_dir():
        shutil.copytree(reports / EVIDENCE, to / EVIDENCE)
        for each in (to / EVIDENCE, *filter(Path.is_dir, (to / EVIDENCE).iterdir())):
            (each / INDEX).write_text("\n".join(_listing(each)), encoding="utf-8")


def _listing(folder: Path) -> Iterator[str]:
    """A page of links: servers of static files show none for a folder, and report.html links to folders."""
    yield '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(folder.name)}</title><main><h1>{escape(folder.name)}</h1><ul>"
    for each in sorted(folder.iterdir()):
        name = escape(f"{each.name}/" if each.is_dir() else each.name)
        yield f'<li><a href="./{name}">{name}</a></li>'
    yield "</ul></main></html>"
