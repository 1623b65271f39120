"""Times in classes, each 4 % wider than the one before: they add up, and tell how far they are off."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

WIDTH = 1.04
"""A class reaches from WIDTH ** (n - 1) to WIDTH ** n seconds."""

ERROR = (WIDTH - 1) / (WIDTH + 1)
"""A percentile is off by at most this share of itself: 2 %."""

LEAST, MOST = 0.001, 86_400.0
"""Seconds: what is shorter or longer is told as this."""

Sketch = Counter[int]
"""How many times fell into each class."""

_LOG = math.log(WIDTH)


def class_of(seconds: float) -> int:
    """The number of the class that this time falls into."""
    return math.ceil(math.log(min(max(seconds, LEAST), MOST)) / _LOG - 1e-9)


def percentiles(sketch: Sketch, shares: Sequence[float]) -> list[float | None]:
    """For each share, in rising order, the seconds that it did not exceed (nearest rank); None where there are none."""
    n, seen, found = sketch.total(), 0, list[float | None]()
    for number in sorted(sketch):
        seen += sketch[number]
        while len(found) < len(shares) and seen >= math.ceil(shares[len(found)] * n - 1e-9):
            found.append(2 * WIDTH**number / (WIDTH + 1))
    return found or [None] * len(shares)


def pack(sketch: Sketch) -> list[int]:
    """Class, count, class, count …: the first class by its number, each other by its distance from the one before."""
    packed: list[int] = []
    before = 0
    for number in sorted(sketch):
        packed += [number - before, sketch[number]]
        before = number
    return packed


def unpack(*packed: Iterable[int]) -> Sketch:
    """What ``pack`` packed, all of it together."""
    sketch: Sketch = Counter()
    for each in packed:
        number = 0
        numbers = iter(each)
        for step, count in zip(numbers, numbers, strict=True):
            number += step
            sketch[number] += count
    return sketch
