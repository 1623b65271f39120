"""A desk for each test, which reads all that was told there as people do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import clocks
from tests.telling.desk import Desk
from tests.wire.servers import Server, saying


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Server(saying()) as chat:
        opened = Desk(tmp_path, chat)
        yield opened
        assert clocks.raw(*opened.words) == [], "a time in seconds of the epoch was told to people"
