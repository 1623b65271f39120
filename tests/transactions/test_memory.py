"""What status pages said is remembered between runs, and a file that cannot be used costs nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.transactions.memory import Memory

ADDRESS = "https://status.example.com/feed?token=s3cr3t-t0ken"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "below" / "memory.sqlite"


def test_page_is_recalled_with_the_marks_of_its_server(file: Path) -> None:
    Memory(file).keep(ADDRESS, b"body", {"etag": '"1"', "last-modified": "yesterday", "content-type": "text/xml"})
    found = Memory(file).recall(ADDRESS)

    assert found is not None
    assert (found.body, found.content_type) == (b"body", "text/xml")
    assert found.headers == {"If-None-Match": '"1"', "If-Modified-Since": "yesterday"}
    assert Memory(file).recall("https://status.example.com/") is None


def test_newest_page_is_the_one_that_is_recalled(file: Path) -> None:
    for body in (b"old", b"new"):
        Memory(file).keep(ADDRESS, body, {"etag": '"1"'})
    found = Memory(file).recall(ADDRESS)

    assert found is not None
    assert (found.body, found.headers) == (b"new", {"If-None-Match": '"1"'})


def test_page_without_a_mark_is_not_kept(file: Path) -> None:
    Memory(file).keep(ADDRESS, b"body", {"content-type": "text/xml"})

    assert Memory(file).recall(ADDRESS) is None


def test_what_nobody_asks_for_any_more_is_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Memory(file).keep(ADDRESS, b"body", {"etag": '"1"'})
    monkeypatch.setattr("monitor.transactions.memory.time.time", lambda: 1e12)
    Memory(file).keep("https://other.example.com/", b"body", {"etag": '"1"'})

    assert Memory(file).recall(ADDRESS) is None


def test_file_does_not_hold_the_address(file: Path) -> None:
    Memory(file).keep(ADDRESS, b"body", {"etag": '"1"'})

    assert b"s3cr3t" not in file.read_bytes()


def test_file_is_shared_with_the_refusals(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE asked (tenant, refusal, at REAL)")
        database.commit()
    Memory(file).keep(ADDRESS, b"body", {"etag": '"1"'})

    assert Memory(file).recall(ADDRESS) is not None


@pytest.mark.parametrize("broken", ["garbage", "folder", "nothing"])
def test_file_that_cannot_be_used_costs_nothing(file: Path, broken: str) -> None:
    file.parent.mkdir()
    if broken == "garbage":
        file.write_bytes(b"this is no database" * 100)
    elif broken == "folder":
        file.mkdir()
    remembering = Memory(None if broken == "nothing" else file)
    remembering.keep(ADDRESS, b"body", {"etag": '"1"'})

    assert remembering.recall(ADDRESS) is None
