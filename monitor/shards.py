"""Which part of a run's tenants is asked here: by a hash of the name, so that every machine says the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

MOST = 1_000
"""Parts at most; a job of GitHub's may have 256 legs."""

_FORM = re.compile(r"(?P<number>[0-9]{1,9})/(?P<of>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part ``number`` (from 1) of ``of``.

    ``tenants`` are the names of all tenants, and ``services`` the ids of all that they lean on, in the order of the
    whole run; each of them is in one part.
    """

    number: int
    of: int
    tenants: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The part that is written as ``2/3``. Raises ValueError, which says how it is written."""
        form = _FORM.fullmatch(text.strip())
        if not form:
            raise ValueError(f"{text!r} is not I/N, part I of N: write the second of three as 2/3")
        number, of = int(form["number"]), int(form["of"])
        if not 1 <= of <= MOST:
            raise ValueError(f"{text!r} asks for {of:,} parts: there may be 1 to {MOST:,}")
        if not 1 <= number <= of:
            raise ValueError(f"{text!r} is no part of {of}: they are 1/{of} to {of}/{of}, counted from 1")
        return cls(number, of)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> Self:
        """The part that ``to_dict`` wrote."""
        return cls(int(told["number"]), int(told["of"]), tuple(told["tenants"]), tuple(told["services"]))

    def to_dict(self) -> dict[str, Any]:
        """This part in plain JSON types."""
        lists = {"tenants": list(self.tenants), "services": list(self.services)}
        return {"number": self.number, "of": self.of} | lists

    def holds(self, name: str) -> bool:
        """Whether what has this name is asked in this part."""
        return home(name, self.of) == self.number

    def part(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these names that are asked in this part."""
        return tuple(name for name in names if self.holds(name))


def home(name: str, of: int) -> int:
    """The number of the part that has this name: the one whose hash with it is greatest.

    No other name moves it, and of N parts one more takes from each the Nth of its names, and leaves the rest where they
    were. Not Python's hash(), which is another one in every process.
    """
    return max(range(1, of + 1), key=lambda number: sha256(f"{number}/{name}".encode()).digest())
