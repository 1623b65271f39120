"""What the doctor says: lines, each with its mark, and a cure where not all is well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple


class Mark(StrEnum):
    """How it stands: well; worth knowing; not used; in the way of a run."""

    OK = "ok"
    NOTE = "note"
    OFF = "off"
    BAD = "BAD"


class Line(NamedTuple):
    """One thing that was looked at; ``cures`` say exactly what to do, each by itself a line."""

    section: str
    mark: Mark
    what: str
    cures: tuple[str, ...] = ()


def ready(lines: Iterable[Line]) -> bool:
    return not any(line.mark is Mark.BAD for line in lines)


def summary(lines: Sequence[Line]) -> str:
    """All of it in one line."""
    bad = [line for line in lines if line.mark is Mark.BAD]
    notes = sum(line.mark is Mark.NOTE for line in lines)
    more = f", {notes} to be noted" if notes else ""
    if not bad:
        return f"ready: {len(lines)} lines, none prevents a run{more}"
    first = f"{bad[0].section}: {bad[0].what}"
    return f"not ready: {len(bad)} of {len(lines)} lines must be fixed{more}; the first: {first}"


def text(lines: Sequence[Line]) -> str:
    """For people: section by section."""
    told: list[str] = []
    section = ""
    for line in lines:
        if line.section != section:
            told += [*([""] if told else []), line.section]
            section = line.section
        told.append(f"  {line.mark:<6}{line.what}")
        told += [f"          {cure}" for cure in line.cures]
    return "\n".join([*told, "", summary(lines)])


def document(lines: Sequence[Line]) -> dict[str, Any]:
    """For programs."""
    told = [{"section": s, "mark": str(mark), "what": what, "cures": list(cures)} for s, mark, what, cures in lines]
    return {"ready": ready(lines), "summary": summary(lines), "lines": told}
