"""Which part of a run one of its processes asks: tenants, and services whose pages it reads."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import pytest


@dataclass(frozen=True, slots=True)
class Part:
    """What process ``number`` (from 1) of ``of`` asks: these tenants by name, and these services by id."""

    number: int
    of: int
    tenants: tuple[str, ...]
    services: tuple[str, ...]

    def __str__(self) -> str:
        return f"process {self.number} of {self.of}"

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """The part that ``to_dict`` wrote."""
        return cls(told["number"], told["of"], tuple(told["tenants"]), tuple(told["services"]))

    def to_dict(self) -> dict[str, Any]:
        """This part in plain JSON types."""
        return asdict(self)


PART: pytest.StashKey[Part] = pytest.StashKey()
"""Where pytest's configuration has it, in a process that asks a part."""


def split(tenants: Mapping[str, Hashable], services: Sequence[str], most: int) -> list[Part]:
    """Parts of about the same number of tenants, ``most`` of them at most, and none without a tenant.

    ``tenants`` are the names, each with what it shares with others that are to be asked by the same process.
    """
    groups: dict[Hashable, list[str]] = {}
    for name, shared in tenants.items():
        groups.setdefault(shared, []).append(name)
    of = min(most, len(groups))
    parts: list[list[str]] = [[] for _ in range(of)]
    for group in groups.values():
        min(parts, key=len).extend(group)
    return [
        Part(number, of, tuple(names), tuple(services[number - 1 :: of])) for number, names in enumerate(parts, start=1)
    ]
