"""docs/drills.md: a row for each case and how it went, and above them the score of all rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from monitor.owners import Confidence, Owner

HEAD = """# Drills

Proof that the alarm rings, and names the right owner: every fault of the sandbox by itself, then the shapes that real
incidents have. `make drill` runs them all and writes this page; `make drill ARGS="NAME ..."` runs some and replaces
their rows. A probe is *ill* where its verdict is not that of a healthy sandbox; `tests/drills/test_drills.py` holds
that some fault makes each probe ill.

"""
COLUMNS = ("fault", "what it is", "probes ill", "run", "owner said", "owner expected")
TABLE = (f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}")
WORLD_HEAD = """
## Faults of the world

Each was written down, with its owner, before it was run: real names, port 443, a name server, routes, a proxy and
status pages, in a network and a mount namespace of its own (`tests/drills/world.py`; skipped where `unshare` is not
allowed). `make drill ARGS=--world` plays them all, `make drill ARGS="--world NAME ..."` some. The first cause speaks
for a run; of several owners any is right. Below is how often what was said is right, by owner and confidence.

"""
WORLD_COLUMNS = ("fault", "what it is", "run", "owner said", "sure", "owner expected")
WORLD_TABLE = (f"| {' | '.join(WORLD_COLUMNS)} |", f"|{' --- |' * len(WORLD_COLUMNS)}")
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
    _, heads, below = page.partition(WORLD_HEAD)[0].partition("\n".join(TABLE) + "\n")
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
    _, head, below = old.partition(WORLD_HEAD)
    return whole(lines[name] for name in order if name in lines) + head + below


class WorldRow(NamedTuple):
    """A fault of the world: what the run was called, the owner of its first cause, how sure, and who may be said."""

    name: str
    what: str
    run: str
    said: str
    sure: str
    expected: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the owner will do; where all is well none may be said."""
        return self.said in (self.expected or {NOBODY})

    @property
    def line(self) -> str:
        wrong = "" if self.right else WRONG
        owners = " or ".join(sorted(self.expected)) or NOBODY
        cells = [f"`{self.name}`", self.what, self.run, self.said + wrong, self.sure, owners]
        return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def world_row(line: str) -> WorldRow:
    """The row of a line of the page."""
    cells = [cell.strip().replace(BAR, "|") for cell in _BETWEEN_CELLS.split(line)[1:-1]]
    if len(cells) != len(WORLD_COLUMNS):
        raise UnreadablePage(f"not a row of {len(WORLD_COLUMNS)} cells: {line[:60]}")
    name, what, run, said, sure, expected = cells
    owners = frozenset() if expected == NOBODY else frozenset(expected.split(" or "))
    return WorldRow(name.strip("`"), what, run, said.removesuffix(WRONG), sure, owners)


def calibration(rows: Sequence[WorldRow]) -> list[str]:
    """By owner and by confidence: how many were said so, and how many of these rightly."""
    lines = ["| said | rows | right |", "| --- | --- | --- |"]
    kinds = [(f"by {owner}", [each for each in rows if each.said == owner]) for owner in map(str, Owner)]
    kinds += [(str(sure), [each for each in rows if each.sure == sure]) for sure in map(str, Confidence)]
    for told, of_it in kinds:
        if of_it:
            right = sum(each.right for each in of_it)
            lines.append(f"| {told} | {len(of_it)} | {right} ({100 * right / len(of_it):.1f} %) |")
    return lines


def world_text(rows: Sequence[WorldRow]) -> str:
    """The score of these rows, by owner and by confidence, and the table."""
    right = sum(each.right for each in rows)
    ours = [each.name for each in rows if each.said == Owner.AUTH0 and Owner.AUTH0 not in each.expected]
    silent = [each.name for each in rows if each.expected and each.said == NOBODY]
    false = [each.name for each in rows if not each.expected and each.said != NOBODY]
    told = (
        f"{len(rows)} faults. The owner is right in {right} ({100 * right / max(1, len(rows)):.1f} %). "
        f"Ours, and blamed on Auth0: {', '.join(ours) or 'none'}. Silent: {', '.join(silent) or 'none'}. "
        f"False alarms: {', '.join(false) or 'none'}."
    )
    return "\n".join([told, "", *calibration(rows), "", *WORLD_TABLE, *(each.line for each in rows)])


def keep_world(page: Path, rows: Sequence[WorldRow], order: Sequence[str]) -> None:
    """Put these rows in the place of those of their names."""
    text_ = page.read_text(encoding="utf-8")
    above, _, below = text_.partition(WORLD_HEAD)
    old = {row_.name: row_ for row_ in map(world_row, _world_lines(below))}
    known = old | {each.name: each for each in rows}
    page.write_text(
        f"{above}{WORLD_HEAD}{world_text([known[name] for name in order if name in known])}\n", encoding="utf-8"
    )


def world_of(page: Path) -> str:
    """The page's part about the world, as it stands there; nothing where there is none."""
    try:
        _, head, below = page.read_text(encoding="utf-8").partition(WORLD_HEAD)
    except (OSError, ValueError):
        return ""
    return head + below


def world_rows(page: str) -> list[WorldRow]:
    """The rows of the page's table of the world."""
    return list(map(world_row, _world_lines(page.partition(WORLD_HEAD)[2])))


def _world_lines(below: str) -> list[str]:
    _, _, table = below.partition("\n".join(WORLD_TABLE) + "\n")
    return [line for line in table.splitlines() if line.strip()]


def read(file: Path) -> str:
    """The page's text; UnreadablePage where there is none, or it has no such table."""
    try:
        old = file.read_text(encoding="utf-8")
        lines_of(old)
    except (OSError, ValueError) as error:
        raise UnreadablePage(f"{file}: {error}. `make drill` without names writes it anew") from None
    return old
