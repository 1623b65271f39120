"""Shards: every name is in exactly one, the same on every machine, and moves no more than it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.shards import MOST, Shard, home

NAMES = [f"tenant-{number}" for number in range(200)]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 16])
def test_every_name_is_in_exactly_one_part(of: int) -> None:
    parts = [Shard(number, of).part(NAMES) for number in range(1, of + 1)]

    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    assert max(map(len, parts)) < 2.5 * len(NAMES) / of


def test_names_have_the_parts_that_they_always_had() -> None:
    """Where these change, every tenant moves to another machine: the memory of its refusals does not."""
    assert [home(name, 4) for name in ("prod", "staging", "qa", "acme.eu.auth0.com", "dependencies:github")] == FOUND


FOUND = [4, 1, 2, 1, 4]


def test_one_part_more_moves_only_the_names_that_it_takes() -> None:
    moved = [name for name in NAMES if home(name, 7) != home(name, 8)]

    assert {home(name, 8) for name in moved} == {8}
    assert 0 < len(moved) < len(NAMES) / 4


def test_another_process_says_the_same() -> None:
    program = "import sys; from monitor.shards import home; print(*(home(name, 9) for name in sys.argv[1:]))"
    command = [sys.executable, "-c", program, *NAMES[:50]]
    told = [
        subprocess.run(
            command, cwd=Path(__file__).parents[2], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]

    assert told[0] == told[1]
    assert told[0].split() == [str(home(name, 9)).encode() for name in NAMES[:50]]


@pytest.mark.parametrize("text", ["1/1", "2/3", " 2/3 ", f"{MOST}/{MOST}", "02/03"])
def test_part_is_read(text: str) -> None:
    number, _, of = text.partition("/")

    assert Shard.parse(text) == Shard(int(number), int(of))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "write the second of three as 2/3"),
        ("2", "write the second of three as 2/3"),
        ("2/3/4", "write the second of three as 2/3"),
        ("-1/3", "write the second of three as 2/3"),
        ("1.0/3", "write the second of three as 2/3"),
        ("²/3", "write the second of three as 2/3"),
        ("0/3", "they are 1/3 to 3/3, counted from 1"),
        ("4/3", "they are 1/3 to 3/3, counted from 1"),
        ("0/0", "there may be 1 to 1,000"),
        ("1/1001", "there may be 1 to 1,000"),
    ],
)
def test_what_is_no_part_is_refused_with_the_cure(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"^'") as raised:
        Shard.parse(text)

    assert told in str(raised.value)


def test_part_comes_back_as_it_was() -> None:
    shard = Shard(2, 3, ("prod", "qa"), ("dependencies:aws",))

    assert Shard.from_dict(shard.to_dict()) == shard
    assert str(shard) == "2/3"
