"""Logins take turns within a limit, and remember between runs who had one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.failures import Misconfigured, NotDue
from monitor.transactions import turns
from monitor.transactions.turns import Turn, Turns

NOON = 1_767_268_800.0  # 2026-01-01 12:00:00 UTC
WHY = "4 logins a minute, in turn; AUTH0_UNIVERSAL_LOGINS_PER_MINUTE changes it"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "below" / "turns.sqlite"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock to this many seconds after noon."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(turns, "time", SimpleNamespace(time=lambda: NOON + seconds))

    set_to(0)
    return set_to


def turn(who: str, most: int = 4, limit: str = "pages") -> Turn:
    return Turn(limit, who, most, 60.0, WHY)


def had(memory: Path | None, names: str, most: int = 4, limit: str = "pages") -> str:
    """Who of these has a turn in a run."""
    of_run = Turns(memory)
    of_run.plan(turn(name, most, limit) for name in names)
    due = ""
    for name in names:
        try:
            of_run.take(turn(name, most, limit))
        except NotDue:
            continue
        due += name
    return due


def test_as_many_as_the_limit_allows_have_their_turn_and_the_others_next(
    memory: Path, clock: Callable[[float], None]
) -> None:
    runs = []
    for minute in range(4):
        clock(minute * 60.0)
        runs.append(had(memory, "abcdef"))

    assert runs == ["abcd", "abef", "abcd", "abef"]


def test_what_is_left_of_a_minute_is_what_a_second_run_may_have(memory: Path, clock: Callable[[float], None]) -> None:
    assert had(memory, "abc") == "abc"
    clock(30)
    assert had(memory, "abc") == "a"
    clock(59)
    assert had(memory, "abc") == ""
    clock(61)
    assert had(memory, "abc") == "abc"


def test_limits_are_apart(memory: Path, clock: Callable[[float], None]) -> None:
    assert had(memory, "abcd") == "abcd"
    assert had(memory, "abcd", limit="pages of another tenant") == "abcd"
    clock(1)


def test_who_has_no_turn_is_told_when_one_is_free(memory: Path, clock: Callable[[float], None]) -> None:
    had(memory, "abcd")
    clock(10)

    with pytest.raises(NotDue, match=r"in turn: due from 2026-01-01 12:01:00 UTC on \(4 logins a minute.*changes it\)"):
        Turns(memory).take(turn("a"))


def test_without_a_memory_all_have_their_turn_but_for_what_may_happen_once() -> None:
    assert had(None, "abcdef") == "abcdef"
    assert had(None, "abc", most=1) == "a"


def test_clock_that_was_set_back_blocks_nobody(memory: Path, clock: Callable[[float], None]) -> None:
    clock(3600)
    had(memory, "abcd")
    clock(0)

    assert had(memory, "abcd") == "abcd"


def test_memory_that_cannot_be_used_is_told_with_its_cure(tmp_path: Path) -> None:
    file = tmp_path / "memory.sqlite"
    file.write_text("no database at all, however long one looks at it, and it is longer than a header")

    with pytest.raises(Misconfigured, match=r"the memory of the turns, .*: move it away, or let AUTH0_MEMORY"):
        Turns(file).take(turn("a"))
