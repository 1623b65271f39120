"""docs/drills.md: a row for each case and how it went, and above them the score of all rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.owners import Owner

HEAD = """# Drills

Proof that the alarm rings, and names the right owner: every fault of the sandbox by itself, then the shapes that real
incidents have. `make drill` runs them all and writes this page; `make drill ARGS="NAME ..."` runs some and replaces
their rows. A probe is *ill* where its verdict is not that of a healthy sandbox; `tests/drills/test_drills.py` holds
that some fault makes each probe ill.

"""
COLUMNS = ("fault", "what it is", "probes ill", "run", "owner said", "owner expected")
TABLE = (f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}")
NOBODY = "–"
WRONG = " **wrong**"
BAR = "\\|"
"""A bar that is not the end of a cell."""
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")


class UnreadablePage(ValueError):
    """The page is not as ``whole`` writes it."""


class Row(NamedTuple):
    """A case, the status of its run, how many probes were ill, and the owners that were said and expected."""

    name: str
    what: str
    ill: int
    run: str
    said: frozenset[str]
    expected: frozenset[str]
    right: bool
    """Whether the owners that were said will do; where they will not, the row says so."""

    @property
    def line(self) -> str:
        """The row as Markdown."""
        said, expected = (", ".join(sorted(owners)) or NOBODY for owners in (self.said, self.expected))
        cells = [f"`{self.name}`", self.what, str(self.ill), self.run, said + ("" if self.right else WRONG), expected]
        return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def row(line: str) -> Row:
    """The row of a line of the page; UnreadablePage where it is none."""
    cells = [cell.strip().replace(BAR, "|") for cell in _BETWEEN_CELLS.split(line)[1:-1]]
    if len(cells) != len(COLUMNS) or not cells[2].isdecimal():
        raise UnreadablePage(f"not a row of {len(COLUMNS)} cells: {line[:60]}")
    name, what, ill, run, said, expected = cells
    return Row(
        name=name.strip("`"),
        what=what,
        ill=int(ill),
        run=run,
        said=_owners(said.removesuffix(WRONG)),
        expected=_owners(expected),
        right=not said.endswith(WRONG),
    )


def _owners(cell: str) -> frozenset[str]:
    return frozenset() if cell == NOBODY else frozenset(cell.split(", "))


def lines_of(page: str) -> dict[str, str]:
    """The lines of the page's rows as they stand there, by the case's name; UnreadablePage where it has none."""
    _, heads, below = page.partition("\n".join(TABLE) + "\n")
    if not heads:
        raise UnreadablePage("there is no table of drills in it")
    lines = [line for line in below.splitlines() if line.strip()]
    named = {row(line).name: line for line in lines}
    if len(named) < len(lines):
        raise UnreadablePage("a drill has two rows in it")
    return named


def score(rows: Sequence[Row]) -> str:
    """How many rows are right, and what was blamed on Auth0 and is not its work."""
    right = sum(each.right for each in rows)
    wronged = [each.name for each in rows if Owner.AUTH0 in each.said - each.expected]
    return (
        f"{len(rows)} cases. The owner is right in {right} of {len(rows)} ({100 * right / len(rows):.1f} %). "
        f"Blamed on Auth0, and not its work: {', '.join(wronged) or 'none'}. "
        f"Probes were ill in {sum(each.ill > 0 for each in rows)} cases, and the run was down in "
        f"{sum(each.run == 'down' for each in rows)}."
    )


def text(lines: Iterable[str]) -> str:
    """The score of these rows, and the table."""
    lines = list(lines)
    return "\n".join([score([row(line) for line in lines]), "", *TABLE, *lines])


def whole(lines: Iterable[str]) -> str:
    """The whole page of these rows."""
    return f"{HEAD}{text(lines)}\n"


def replaced(old: str, rows: Iterable[Row], order: Sequence[str]) -> str:
    """The page with these rows in their places; other rows stay as they are, but those of what is no case any more.

    ``order`` names all cases in the order of the page. UnreadablePage where the old page cannot be read.
    """
    lines: Mapping[str, str] = lines_of(old) | {each.name: each.line for each in rows}
    return whole(lines[name] for name in order if name in lines)


def read(file: Path) -> str:
    """The page's text; UnreadablePage where there is none, or it has no such table."""
    try:
        old = file.read_text(encoding="utf-8")
        lines_of(old)
    except (OSError, ValueError) as error:
        raise UnreadablePage(f"{file}: {error}. `make drill` without names writes it anew") from None
    return old
