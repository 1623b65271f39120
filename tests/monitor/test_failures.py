"""The tree of blame: drawn in the docstring, held by the classes, and known to the design."""

from __future__ import annotations

import re

import pytest

from monitor import failures
from monitor.exchange import Exchange
from monitor.failures import Failure, NotDue, TimedOut
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
    """The same of the classes that there are."""
    found: dict[str, tuple[str, str]] = {}
    for each in of.__subclasses__():
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


def test_failure_needs_no_exchange() -> None:
    assert TimedOut("late").exchange is None
    assert NotDue("later").again().exchange is None
