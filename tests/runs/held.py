"""A plugin: what a run holds of each tenant after each probe, a line of JSON each, in the file that ``HELD`` names."""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from monitor.secrets import Scrubber
from monitor.transactions.engine import Performed

HELD = "TEST_HELD"


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid: str) -> None:
    """Of each tenant: its groups of secrets, and what its transactions brought and nobody has judged to the end."""
    gc.unfreeze()  # what was there before the first probe lives as well
    living = gc.get_objects()
    scrubbers = [one for one in living if isinstance(one, Scrubber)]
    groups = [group for scrubber in scrubbers for group in scrubber._groups if group]  # noqa: SLF001 -- what is held
    brought = sum(isinstance(one, Performed) for one in living)
    line = {"probe": nodeid, "secrets": Counter(groups), "brought": brought}
    with Path(os.environ[HELD]).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(line)}\n")
