"""AUTH0_ENV: variables whose names nobody knows beforehand, as lines NAME=value, written to .env and masked in logs."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream


@dataclass(slots=True)
class Lines:
    """Lines of NAME=value: the names with their values, and what is wrong with the others, by number alone."""

    values: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read(sources: Iterable[tuple[str, str]]) -> Lines:
    """What these texts say, each under its name; the later ones win. A value is never told."""
    found = Lines()
    for source, text in sources:
        for line in parse_stream(io.StringIO(text.replace("\r\n", "\n"))):
            if line.error or (line.key and line.value is None):
                found.problems.append(f"{source}, line {line.original.line}: not NAME=value, so it is left out")
            elif line.key:
                found.values[line.key] = line.value or ""
    return found


def write(file: Path, sources: Iterable[str]) -> None:
    """Write these texts for nobody else to read, without what a later one sets.

    Raises OSError, also where there is such a file already.
    """
    lines = [list(parse_stream(io.StringIO(text))) for text in sources]
    later = [{line.key for others in lines[place + 1 :] for line in others if line.key} for place in range(len(lines))]
    texts = [
        "".join(line.original.string for line in own if line.key not in others)
        for own, others in zip(lines, later, strict=True)
    ]
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.writelines(f"{text.rstrip()}\n" for text in texts if text.strip())
