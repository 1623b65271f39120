"""Which tests look at a mutant's line: those that run its statement, else those of its function, the fastest first."""

from collections.abc import Mapping
from pathlib import Path

import coverage
import pytest

from tests.mutants.lines import Lines

MODULE = "monitor/made.py"
SOURCE = """\
TABLE = {
    "a": 1,
}


def chosen(
    name="a",
):
    if name in TABLE:
        return TABLE.get(
            name,
        )
    return 0
"""
RAN = {
    "": {1, 6},
    "tests/test_a.py::test_in[a|b]|run": {9, 10, 11},
    "tests/test_a.py::test_out|run": {9, 13},
    "tests/test_b.py::TestSlow::test_out|run": {9, 13},
}
"""What pytest-cov writes down: by test and phase, and what is run as the module is imported."""

IN, OUT, SLOW = "tests/test_a.py::test_in[a|b]", "tests/test_a.py::test_out", "tests/test_b.py::TestSlow::test_out"
SECONDS = {IN: 2.0, OUT: 1.0, SLOW: 30.0}


def lines(folder: Path, seconds: Mapping[str, float]) -> Lines:
    data = coverage.CoverageData(str(folder / "coverage"))
    for context, ran in RAN.items():
        data.set_context(context)
        data.add_lines({MODULE: ran})
    data.write()
    return Lines(folder / "coverage", dict(seconds))


@pytest.mark.parametrize(
    ("line", "tests"),
    [
        pytest.param(9, [OUT, IN, SLOW], id="a-condition"),
        pytest.param(11, [IN], id="the-middle-of-a-statement"),
        pytest.param(13, [OUT, SLOW], id="the-last-line"),
        pytest.param(7, [OUT, IN, SLOW], id="a-default-which-is-its-functions"),
        pytest.param(2, [], id="a-table-that-is-made-at-the-import"),
    ],
)
def test_tests_of_a_line_are_those_that_run_it_fastest_first(tmp_path: Path, line: int, tests: list[str]) -> None:
    assert lines(tmp_path, SECONDS).tests(MODULE, line, SOURCE) == tests


def test_those_that_would_take_too_long_are_left_out(tmp_path: Path) -> None:
    assert lines(tmp_path, SECONDS | {SLOW: 300.0}).tests(MODULE, 13, SOURCE) == [OUT]
