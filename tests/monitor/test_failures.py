"""The tree of blame: drawn in the docstring, held by the classes, and known to the design."""

from __future__ import annotations

import re

import pytest

from monitor import failures
from monitor.exchange import Exchange
from monitor.failures import (
    Degrading,
    Failure,
    NotAsked,
    NotDue,
    NotJudged,
    Refused,
    TargetFailed,
    TimedOut,
    Unreachable,
)
from monitor.status import Status

BRANCH = re.compile(r"^(?P<indent>[│ ]*[├└]── )(?P<name>\w+) +(?:(?P<status>up|degraded|down|unknown|skipped) )?")


def drawn() -> dict[str, tuple[str, str]]:
    """Each class that the docstring draws, with the class above it and its status."""
    found: dict[str, tuple[str, str]] = {}
    above = ["Failure"]
    status = ""
    for line in (failures.__doc__ or "").splitlines():
        branch = BRANCH.match(line)
        if branch:
            depth = len(branch["indent"]) // 4
            status = branch["status"] or status
            above = [*above[:depth], branch["name"]]
            found[branch["name"]] = (above[-2], status)
    return found


def classes(of: type[Failure] = Failure) -> dict[str, tuple[str, str]]:
    """The same of the classes that there are; those of tests are not ours."""
    found: dict[str, tuple[str, str]] = {}
    for each in of.__subclasses__():
        if each.__module__ == failures.__name__:
            found[each.__name__] = (of.__name__, str(each.status))
            found |= classes(each)
    return found


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert len(drawn()) > 15
    assert drawn() == classes()


def test_every_status_but_up_has_failures() -> None:
    assert {status for _, status in classes().values()} == {str(status) for status in Status} - {"up"}


@pytest.mark.parametrize("name", sorted(drawn()))
def test_failure_comes_again_as_a_new_one_of_its_kind(name: str) -> None:
    exchange = Exchange(())
    failure: Failure = getattr(failures, name)("why", exchange)

    again = failure.again()

    assert type(again) is type(failure)
    assert again is not failure
    assert (again.reason, again.exchange, str(again)) == ("why", exchange, "why")


@pytest.mark.parametrize("name", ["Failure", *sorted(drawn())])
def test_stored_name_means_the_class_of_that_name(name: str) -> None:
    kind: type[Failure] = getattr(failures, name)

    assert failures.named(name) is kind
    assert failures.name_of(kind) == name
    assert failures.named_in(f"{name}: why: so") is kind


@pytest.mark.parametrize("name", ["OfALaterVersion", "Status", "described", "annotations", "__doc__", "str", "", "x y"])
def test_stored_name_that_is_no_failures_means_none(name: str) -> None:
    assert failures.named(name) is None
    assert not failures.is_a(name, Failure)
    assert failures.named_in(f"{name}: why") is None


def test_attempt_that_broke_by_nothing_names_no_failure() -> None:
    assert failures.named_in(None) is None


class NoRoute(Unreachable):
    pass


class OnlySometimes(NoRoute):
    pass


class TestClassOfAnotherFile:
    def test_is_stored_as_the_nearest_class_that_every_reader_knows(self) -> None:
        assert failures.name_of(OnlySometimes) == "Unreachable"
        assert failures.described(OnlySometimes("why")) == "Unreachable: why"

    def test_is_found_by_its_own_name_as_well(self) -> None:
        assert failures.named("OnlySometimes") is OnlySometimes
        assert failures.is_a("NoRoute", Unreachable)
        assert not failures.is_a("NoRoute", TimedOut)

    def test_takes_no_name_of_ours(self) -> None:
        impostor = type("TimedOut", (Refused,), {})

        assert failures.named("TimedOut") is TimedOut
        assert failures.name_of(impostor) == "Refused"


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("", Status.UP, None),
        ("", Status.DOWN, TargetFailed),
        ("", Status.UNKNOWN, NotJudged),
        ("", Status.DEGRADED, Degrading),
        ("", Status.SKIPPED, NotAsked),
        ("TimedOut", Status.DOWN, TimedOut),
        ("OfALaterVersion", Status.DOWN, None),
    ],
)
def test_verdict_without_a_class_is_blamed_on_what_its_status_says(
    name: str, status: Status, kind: type[Failure] | None
) -> None:
    assert failures.blamed(name, status) is kind


def test_failure_needs_no_exchange() -> None:
    assert TimedOut("late").exchange is None
    assert NotDue("later").again().exchange is None
