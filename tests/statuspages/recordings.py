"""Where payloads lie that were seen, and those that are remade of them: the same tests read both."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite import ROOT

REMADE = Path(__file__).parent / "remade"
"""Of each that was seen one with its structure and its times, in our own words: always here (see its README.md)."""

CAPTURES = ROOT.parent / "shared" / "captures"
"""Those that were seen, where they lie beside the project."""

SHAPES = {REMADE: REMADE / "shapes", CAPTURES: CAPTURES / "remade"}
"""In each, what was never seen as a whole, but described: invented there, too."""

there = pytest.mark.skipif(not CAPTURES.is_dir(), reason=f"the captures are not there: {CAPTURES}")
both = pytest.mark.parametrize(
    "payloads", [pytest.param(REMADE, id="remade"), pytest.param(CAPTURES, id="captured", marks=there)]
)
