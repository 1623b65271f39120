"""A desk for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.telling.desk import Desk
from tests.wire.servers import Server, saying


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Server(saying()) as chat:
        yield Desk(tmp_path, chat)
