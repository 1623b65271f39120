"""What a probe says of itself: whom it is asked of, and what it stands on."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.configuration.rows import ROWS
from monitor.diagnosis.ladder import RUNGS
from monitor.session.probes import Declaration, declaration

NODE = "tests_synthetic/test_shop.py::test_our_shop_lets_the_user_in"


class Node:
    """As much of a test as its marks are asked of: the nearest comes first."""

    nodeid = NODE

    def __init__(self, *marks: pytest.MarkDecorator) -> None:
        self._marks = marks

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((each.mark for each in self._marks if each.name == name), None)


def declared(*marks: pytest.MarkDecorator) -> Declaration | None:
    node: Any = Node(*marks)
    return declaration(node)


@pytest.mark.parametrize("of", [*ROWS, "dependency"])
@pytest.mark.parametrize("on", RUNGS)
def test_probe_may_be_asked_of_anything_and_stand_on_any_rung(of: str, on: str) -> None:
    assert declared(pytest.mark.each(of, on=on)) == Declaration(of, on)


def test_test_without_a_mark_is_no_probe() -> None:
    assert declared(pytest.mark.skip) is None


@pytest.mark.parametrize("of_file", [pytest.mark.each("login", on="token"), pytest.mark.each("tenant", on="keys")])
def test_probe_with_a_mark_of_its_own_takes_nothing_from_its_files(of_file: pytest.MarkDecorator) -> None:
    assert declared(pytest.mark.each("login"), of_file) == Declaration("login", "")
    assert declared(pytest.mark.each("login", on="claims"), of_file) == Declaration("login", "claims")


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        (pytest.mark.each("login", on="claim"), "it stands on 'claim', which is no rung: write one of tls, discovery,"),
        (pytest.mark.each("login", on="Claims"), "it stands on 'Claims', which is no rung"),
        (pytest.mark.each("login", on=""), "it stands on '', which is no rung"),
        (pytest.mark.each("login", on=None), "it stands on None, which is no rung"),
        (pytest.mark.each("login", on=["claims"]), r"it stands on \['claims'\], which is no rung"),
        (pytest.mark.each("login", on="tenant"), "it stands on 'tenant', which is no rung"),
        (pytest.mark.each("logins", on="claims"), "it is asked of each 'logins', which does not exist: write one of"),
        (pytest.mark.each("login", "claims"), r"its mark is each\('login', 'claims'\): write each\(OF\)"),
        (pytest.mark.each("login", onn="claims"), r"its mark is each\('login', onn='claims'\): write each\(OF\)"),
        (pytest.mark.each(on="claims"), r"its mark is each\(on='claims'\): write each\(OF\)"),
        (pytest.mark.each(["login"], on="claims"), r"it is asked of each \['login'\], which does not exist"),
    ],
)
def test_mark_that_is_not_right_is_an_error_that_names_the_probe_and_the_cure(
    mark: pytest.MarkDecorator, words: str
) -> None:
    with pytest.raises(pytest.Collector.CollectError, match=f"^{NODE}: {words}"):
        declared(mark)


def test_error_names_every_rung_that_there_is() -> None:
    with pytest.raises(pytest.Collector.CollectError, match=f"one of {', '.join(RUNGS)}, or leave on= out"):
        declared(pytest.mark.each("login", on="claim"))
