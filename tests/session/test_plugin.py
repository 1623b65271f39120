"""What pytest makes of a failure of a probe: its words, where it was raised for a debugger, and no source looked up."""

from __future__ import annotations

import ast
from types import SimpleNamespace

import pytest

from monitor.failures import Refused
from monitor.session import options
from monitor.session.plugin import _without_source


def _refuse() -> None:
    raise Refused("the token endpoint refuses")


def test_failure_is_its_words_and_no_file_is_parsed_for_it(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused) as raised:
        _refuse()
    parsed: list[object] = []
    monkeypatch.setattr(ast, "parse", lambda *arguments, **_: parsed.append(arguments))
    shown = str(request.node.repr_failure(_without_source(raised.value)))
    monkeypatch.undo()

    assert shown == "the token endpoint refuses"
    assert not parsed


def test_debugger_sees_where_it_was_raised_and_the_way_there() -> None:
    with pytest.raises(Refused) as raised:
        _refuse()

    named = [each.name for each in _without_source(raised.value, whole=True).traceback]
    assert named == ["test_debugger_sees_where_it_was_raised_and_the_way_there", "_refuse"]
    assert [each.name for each in _without_source(raised.value).traceback] == ["_refuse"]


def test_pytest_without_its_own_debugging_has_no_debugger() -> None:
    option = SimpleNamespace(dist="no")

    assert not options.debugs(option)
    assert options.not_shared(option) == ""
    assert options.debugs(SimpleNamespace(usepdb=True))
