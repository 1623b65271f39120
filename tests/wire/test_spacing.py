"""The turns of exchanges: a short run has its distance, a long one does not wait longer than it needs."""

from __future__ import annotations

import pytest

from monitor.wire.spacing import HEADROOM, LEAST, LOOKED_BACK, MOST, Spacing


class Machine:
    """A clock, and a processor of which each exchange costs so many seconds."""

    def __init__(self, cost: float) -> None:
        self.cost, self.now, self.spent = cost, 100.0, 7.0

    def begun(self, spacing: Spacing, many: int) -> list[float]:
        """When so many exchanges begin, each asked for as soon as the one before has begun, from now on."""
        first = self.now
        begins = []
        for _ in range(many):
            self.now += spacing.turn()
            self.spent += self.cost
            begins.append(self.now - first)
        return begins


def spaced(cost: float) -> tuple[Machine, Spacing]:
    machine = Machine(cost)
    return machine, Spacing(lambda: machine.now, lambda: machine.spent)


@pytest.mark.parametrize("cost", [0.0, 0.002, 0.02])
def test_exchanges_of_a_short_run_are_a_spacing_apart_whatever_they_cost(cost: float) -> None:
    machine, spacing = spaced(cost)

    assert machine.begun(spacing, LOOKED_BACK) == pytest.approx([at * MOST for at in range(LOOKED_BACK)])


@pytest.mark.parametrize(
    ("cost", "apart"), [(0.0, LEAST), (0.0004, LEAST), (0.002, 0.002 * HEADROOM), (0.0039, 0.0039 * HEADROOM)]
)
def test_long_run_is_as_fast_as_its_processor_with_some_headroom(cost: float, apart: float) -> None:
    machine, spacing = spaced(cost)
    machine.begun(spacing, 2 * LOOKED_BACK)

    assert machine.begun(spacing, 500)[-1] == pytest.approx(499 * apart + apart, rel=0.01)


@pytest.mark.parametrize("cost", [0.004, 0.02, 5.0])
def test_machine_that_is_slow_or_busy_never_spaces_them_further(cost: float) -> None:
    machine, spacing = spaced(cost)
    machine.begun(spacing, 2 * LOOKED_BACK)

    assert machine.begun(spacing, 500)[-1] == pytest.approx(500 * MOST, rel=0.01)


def test_run_that_becomes_expensive_is_sspaced_again() -> None:
    machine, spacing = spaced(0.0)
    machine.begun(spacing, 3 * LOOKED_BACK)
    machine.cost = 0.02
    machine.begun(spacing, 2 * LOOKED_BACK)

    assert machine.begun(spacing, 100)[-1] == pytest.approx(100 * MOST, rel=0.01)


def test_time_without_exchanges_is_not_made_up_for() -> None:
    machine, spacing = spaced(0.0)
    machine.begun(spacing, 10)
    machine.now += 60

    assert machine.begun(spacing, 3) == pytest.approx([0, MOST, 2 * MOST])


def test_all_that_have_a_turn_have_begun_after_the_last_spacing() -> None:
    machine, spacing = spaced(0.0)
    for _ in range(4):
        spacing.turn()

    assert spacing.until_all_began() == pytest.approx(4 * MOST)
    machine.now += 1
    assert spacing.until_all_began() == 0
