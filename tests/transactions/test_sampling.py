"""Refusals take turns, and remember between runs whose turn it was."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.configuration.targets import Tenant
from monitor.configuration.variables import Variables
from monitor.failures import Misconfigured, NotDue
from monitor.transactions import sampling
from monitor.transactions.sampling import Sampling

NOON = 1_767_268_800.0  # 2026-01-01 12:00:00 UTC


def tenant(every: float = 3600, name: str = "prod") -> Tenant:
    return Tenant(name, variables=Variables(domain=f"{name}.invalid", refusals_every=every))


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "below" / "refusals.sqlite"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock to this many seconds after noon."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr(sampling, "time", SimpleNamespace(time=lambda: NOON + seconds))

    set_to(0)
    return set_to


def asked(memory: Path | None, of: Tenant, *candidates: str) -> list[str]:
    """The refusals that a run asks for which may choose among these."""
    turns = Sampling(memory)
    for name in candidates:
        turns.plan(of, name)
    due = []
    for name in candidates:
        try:
            turns.wait_for_turn(of, name)
        except NotDue:
            continue
        due.append(name)
    return due


def test_first_run_asks_at_once_and_the_next_says_when(memory: Path, clock: Callable[[float], None]) -> None:
    assert asked(memory, tenant(), "wrong-secret") == ["wrong-secret"]

    clock(600)
    later = Sampling(memory)
    later.plan(tenant(), "wrong-secret")
    of = tenant()
    later.plan(of, "wrong-secret")
    with pytest.raises(NotDue, match=r"due from 2026-01-01 13:00:00 UTC on .*3600 s.*AUTH0_REFUSALS_EVERY"):
        later.wait_for_turn(of, "wrong-secret")


def test_candidates_take_turns(memory: Path, clock: Callable[[float], None]) -> None:
    runs = []
    for hour in range(5):
        clock(hour * 3600)
        runs += asked(memory, tenant(), "a", "b", "c")

    assert runs == ["a", "b", "c", "a", "b"]


def test_candidate_that_was_away_is_first_when_it_is_back(memory: Path, clock: Callable[[float], None]) -> None:
    for hour, (candidates, due) in enumerate([("ab", ["a"]), ("a", ["a"]), ("ab", ["b"]), ("ac", ["c"])]):
        clock(hour * 3600)
        assert asked(memory, tenant(), *candidates) == due


@pytest.mark.parametrize(("seconds", "due"), [(3599, []), (3600, ["b"]), (90_000, ["b"])])
def test_next_is_due_when_its_time_has_come(
    memory: Path, clock: Callable[[float], None], seconds: float, due: list[str]
) -> None:
    asked(memory, tenant(), "a", "b")
    clock(seconds)

    assert asked(memory, tenant(), "a", "b") == due


@pytest.mark.usefixtures("clock")
def test_turn_is_taken_once_a_run(memory: Path) -> None:
    of, turns = tenant(), Sampling(memory)
    turns.plan(of, "a")
    turns.plan(of, "a")
    turns.wait_for_turn(of, "a")
    turns.wait_for_turn(of, "a")

    assert asked(memory, tenant(), "a") == []


@pytest.mark.usefixtures("clock")
def test_each_tenant_has_its_own_turns(memory: Path) -> None:
    assert asked(memory, tenant(name="prod"), "a") == ["a"]
    assert asked(memory, tenant(name="staging"), "a") == ["a"]


@pytest.mark.usefixtures("clock")
def test_always_is_always_and_writes_nothing(memory: Path) -> None:
    for _ in range(2):
        assert asked(memory, tenant(every=0), "a", "b") == ["a", "b"]
    assert not memory.parent.exists()


def test_sandbox_has_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert asked(None, tenant(), "a", "b") == ["a", "b"]
    assert list(tmp_path.iterdir()) == []


def test_clock_that_was_set_back_postpones_nothing(memory: Path, clock: Callable[[float], None]) -> None:
    clock(10 * 86400)
    assert asked(memory, tenant(), "a", "b") == ["a"]

    clock(0)
    assert asked(memory, tenant(), "a", "b") == ["b"]
    clock(60)
    assert asked(memory, tenant(), "a", "b") == []
    clock(3600)
    assert asked(memory, tenant(), "a", "b") != []


@pytest.mark.usefixtures("clock")
def test_one_of_many_who_ask_at_once_wins(memory: Path) -> None:
    go, won = threading.Barrier(8), []

    def run() -> None:
        go.wait(10)
        won.extend(asked(memory, tenant(), "a"))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert won == ["a"]


def _corrupt(memory: Path) -> None:
    memory.parent.mkdir()
    memory.write_bytes(b"no database at all" * 100)


def _folder(memory: Path) -> None:
    memory.mkdir(parents=True)


def _file_for_a_folder(memory: Path) -> None:
    memory.parent.write_text("", encoding="utf-8")


@pytest.mark.parametrize("broken", [_corrupt, _folder, _file_for_a_folder])
def test_memory_that_cannot_be_used_names_itself_and_the_cure(memory: Path, broken: Callable[[Path], None]) -> None:
    broken(memory)
    of, turns = tenant(), Sampling(memory)
    turns.plan(of, "a")

    for _ in range(2):
        with pytest.raises(Misconfigured, match="AUTH0_MEMORY") as raised:
            turns.wait_for_turn(of, "a")
        assert str(memory) in raised.value.reason
