"""What a probe says of itself with ``@pytest.mark.each``: whom it is asked of, and which rung it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.configuration.rows import ROWS
from monitor.diagnosis.ladder import RUNGS

ASKED_OF = (*ROWS, "dependency")


@dataclass(frozen=True, slots=True)
class Declaration:
    """``@pytest.mark.each(of, on=rung)``; ``rung`` is empty where the probe says nothing."""

    of: str
    rung: str


def is_probe(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and item.get_closest_marker("each") is not None


def kind(item: pytest.Item) -> str:
    """What this probe is of, by its file: ``login`` for test_login.py. For pytest a mark is a name of Python's."""
    return re.sub(r"\W", "_", item.path.stem.removeprefix("test_")) or "probe"


def kinds(root: Path) -> list[tuple[str, str]]:
    """The kinds of probes that there are below this folder, and the file of each."""
    files = sorted((root / "tests_synthetic").glob("test_*.py"))
    return [(file.stem.removeprefix("test_"), f"tests_synthetic/{file.name}") for file in files]


def rung(item: pytest.Item) -> str:
    """What this probe says that it stands on."""
    declared = declaration(item)
    return declared.rung if declared else ""


def declaration(node: pytest.Item | pytest.Collector) -> Declaration | None:
    """What the nearest mark says: a test's own counts alone, and its file's where it has none; None is no probe.

    Raises what makes pytest say that its file cannot be collected, where the mark is not right: an error now, since
    a rung that nobody knows would cost its probe its owner on the day that it is needed.
    """
    mark = node.get_closest_marker("each")
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.kwargs.keys() - {"on"}:
        raise _wrong(node, f"its mark is each{_arguments(mark)}: write each(OF), or each(OF, on=RUNG)")
    (of,), on = mark.args, mark.kwargs.get("on", "")
    if of not in ASKED_OF:
        raise _wrong(node, f"it is asked of each {of!r}, which does not exist: write one of {', '.join(ASKED_OF)}")
    if "on" in mark.kwargs and on not in tuple(RUNGS):
        known = ", ".join(RUNGS)
        raise _wrong(node, f"it stands on {on!r}, which is no rung: write one of {known}, or leave on= out")
    return Declaration(of, on)


def _arguments(mark: pytest.Mark) -> str:
    return f"({', '.join([*map(repr, mark.args), *(f'{name}={value!r}' for name, value in mark.kwargs.items())])})"


def _wrong(node: pytest.Item | pytest.Collector, why: str) -> Exception:
    return pytest.Collector.CollectError(f"{node.nodeid}: {why}")
