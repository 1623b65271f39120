"""The file: what is cut short or corrupt is set aside and said, and what is not ours is not touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor import history
from monitor.history import Unusable, content, keeping, store
from tests.history.runs import every, run

NEW = run(9_000)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a history, a day of it folded."""
    file = tmp_path_factory.mktemp("whole") / "history.sqlite"
    history.record(file, every(7_200, ["up", "down"] * 12))
    history.prune(file, NEW_WEEK)
    return file.read_bytes()


NEW_WEEK = 1_772_409_600.0 + 8 * 86_400


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def aside(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.corrupt-*"))


def cut(share: float) -> Callable[[bytes], bytes]:
    return lambda text: text[: int(len(text) * share)]


def scribbled(text: bytes) -> bytes:
    """A byte of a run that was folded is another one: SQLite does not see it."""
    at = text.rindex(b"\x78\xda") + 40
    return text[:at] + bytes([text[at] ^ 0xFF]) + text[at + 1 :]


def mangled(text: bytes) -> bytes:
    """The root of an index is none: whoever reads only the table does not see it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(text)
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE type = 'index'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    at = (page - 1) * size
    return text[:at] + b"\xee" + text[at + 1 :]


def timed(table: str, column: str, value: object) -> Callable[[bytes], bytes]:
    """Something else stands where a time was: SQLite takes anything."""

    def written(text: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(text)
            connection.execute(f"UPDATE {table} SET {column} = ?", (value,))  # noqa: S608 - the names are ours
            connection.commit()
            return connection.serialize()

    return written


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "empty": cut(0),
    "1 percent": cut(0.01),
    "10 percent": cut(0.1),
    "half": cut(0.5),
    "90 percent": cut(0.9),
    "one byte less": lambda text: text[:-1],
    "zeros": lambda text: bytes(len(text)),
    "no tables": lambda text: text[:100] + b"?" * 3_000,
    "one byte other": scribbled,
    "an index that is none": mangled,
    "a run that began at a word": timed("runs", "started", "yesterday"),
    "a run that began at no time": timed("runs", "started", float("inf")),
    "a day that is none": timed("days", "day", "Monday"),
}
BROKEN = pytest.mark.parametrize("broken", WAYS.values(), ids=WAYS)


@BROKEN
def test_corrupt_file_is_set_aside_as_it_is_and_a_fresh_one_begun(
    file: Path, whole: bytes, broken: Callable[[bytes], bytes]
) -> None:
    file.write_bytes(broken(whole))
    change = history.record(file, [NEW])
    (kept,) = aside(file)

    assert kept.read_bytes() == broken(whole)
    assert kept.name in change.warning
    assert history.read(file).count == len(change.new) == 1


@BROKEN
def test_reading_a_corrupt_file_says_so_and_changes_nothing(
    file: Path, whole: bytes, broken: Callable[[bytes], bytes]
) -> None:
    file.write_bytes(broken(whole))
    with pytest.raises(store.Corrupt) as raised:
        history.read(file)

    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert file.read_bytes() == broken(whole)
    assert aside(file) == []


@BROKEN
def test_corrupt_file_is_merged_into_none(
    file: Path, tmp_path: Path, whole: bytes, broken: Callable[[bytes], bytes]
) -> None:
    history.record(file, [NEW])
    before = file.read_bytes()
    other = tmp_path / "other.sqlite"
    other.write_bytes(broken(whole))

    with pytest.raises(Unusable, match=r"other\.sqlite"):
        history.merge(file, [other])
    assert file.read_bytes() == before


def test_every_length_at_which_a_file_may_be_cut_is_noticed(file: Path, whole: bytes) -> None:
    missed = []
    for length in range(0, len(whole), 997):
        file.write_bytes(whole[:length])
        try:
            missed.append((length, history.read(file).count))
        except store.Corrupt:
            continue

    assert missed == []


def test_files_that_are_set_aside_in_one_second_do_not_take_each_others_place(file: Path, whole: bytes) -> None:
    texts = [whole[:length] for length in (300, 400, 500)]
    for text in texts:
        file.write_bytes(text)
        history.record(file, [NEW])

    assert sorted((each.read_bytes() for each in aside(file)), key=len) == texts


def test_journal_of_a_file_that_is_set_aside_is_not_played_into_the_fresh_one(file: Path, whole: bytes) -> None:
    file.write_bytes(whole[:500])
    journal = file.with_name(f"{file.name}-journal")
    journal.write_bytes(b"of the corrupt one")
    history.record(file, [NEW])

    assert not journal.exists()
    assert history.read(file).count == 1


def test_write_that_was_killed_is_undone(file: Path) -> None:
    """Its journal is there, and half of what it wrote: what was before is what is read."""
    history.record(file, [run(0)])
    with closing(sqlite3.connect(file, isolation_level=None)) as dying:
        dying.execute("PRAGMA cache_size = 1")
        dying.execute("BEGIN IMMEDIATE")
        dying.executemany("INSERT INTO days VALUES (?, 1, x'', zeroblob(5000), NULL)", [(str(n),) for n in range(50)])
        copies = {each.name: each.read_bytes() for each in file.parent.iterdir()}
    for name, text in copies.items():
        (file.parent / name).write_bytes(text)
    assert len(copies[f"{file.name}-journal"]) > 512

    assert history.read(file).count == 1
    assert history.record(file, [NEW]).warning == ""
    assert history.read(file).count == 2


def test_file_of_a_later_version_is_not_touched(file: Path) -> None:
    history.record(file, [run(0)])
    with closing(sqlite3.connect(file)) as later:
        later.execute(f"PRAGMA user_version = {store.SCHEMA + 1}")
    before = file.read_bytes()

    for act in (lambda: history.record(file, [NEW]), lambda: history.prune(file, 0), lambda: history.read(file)):
        with pytest.raises(Unusable, match="a later version of this suite"):
            act()
    assert file.read_bytes() == before
    assert aside(file) == []


def test_file_that_is_no_history_is_not_touched(file: Path) -> None:
    with closing(sqlite3.connect(file)) as memory:
        memory.execute("CREATE TABLE asked (tenant, refusal, at REAL)")
    before = file.read_bytes()

    with pytest.raises(Unusable, match="no history"):
        history.record(file, [NEW])
    assert file.read_bytes() == before
    assert aside(file) == []


@pytest.mark.parametrize(
    "text",
    [b"notes of mine\n", b'{"schema": 1, "run": {}}', b"corrupt" * 1_000, b"\x89PNG\r\n\x1a\n" + bytes(200)],
    ids=["text", "results", "words", "picture"],
)
def test_file_that_never_was_a_history_is_refused_and_left_alone(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    for act in (lambda: history.record(file, [NEW]), lambda: history.prune(file, 0), lambda: history.read(file)):
        with pytest.raises(Unusable, match="is no history, and never was one, so it is left alone: name another one"):
            act()

    assert file.read_bytes() == text
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_file_that_was_a_history_and_is_nothing_any_more_is_set_aside(file: Path) -> None:
    """By the lock beside it: what was written here once was a history."""
    history.record(file, [NEW])
    file.write_bytes(b"?" * 3_000)
    change = history.record(file, [NEW])

    assert [each.read_bytes() for each in aside(file)] == [b"?" * 3_000]
    assert "was set aside" in change.warning


def test_folder_in_the_files_place_is_named(file: Path) -> None:
    file.mkdir()

    with pytest.raises(Unusable, match="cannot be used"):
        history.record(file, [NEW])


def test_file_below_a_file_is_named(file: Path) -> None:
    file.write_text("")

    with pytest.raises(Unusable, match="cannot be used"):
        history.record(file / "history.sqlite", [NEW])


def test_file_that_another_process_does_not_let_go_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history.record(file, [run(0)])
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unusable, match=r"was locked for 0\.05 s: wait"):
            history.record(file, [NEW])

    assert history.read(file).count == 1


def test_runs_of_one_call_are_all_recorded_or_none(file: Path) -> None:
    history.record(file, [run(0)])
    with pytest.raises(Unusable):
        history.record(file, [NEW, run(300, ended="running")])

    assert history.read(file).count == 1


def test_runs_of_two_modes_do_not_mix(file: Path, tmp_path: Path) -> None:
    drill = tmp_path / "drill.sqlite"
    history.record(file, [run(0)])
    history.record(drill, [run(0, mode="drill")], mode="drill")

    with pytest.raises(Unusable, match="a history of live runs, and these are of drill ones"):
        history.merge(file, [drill])
    with pytest.raises(Unusable, match="a history of live runs, and these are of drill ones"):
        history.record(file, [run(0, mode="drill")], mode="drill")
    assert (history.read(file).count, history.read(file).mode) == (1, "live")
    assert history.read(drill).mode == "drill"
    assert history.merge(tmp_path / "fresh.sqlite", [drill]).new
    assert history.read(tmp_path / "fresh.sqlite").mode == "drill"


def test_pruned_file_takes_less_room(file: Path) -> None:
    history.record(file, every(300, ["up"] * 288))
    before = file.stat().st_size
    history.prune(file, NEW_WEEK)

    assert file.stat().st_size < before / 5
    assert history.read(file).count == 288


def test_nothing_is_left_beside_the_file(file: Path) -> None:
    history.record(file, [run(0)])
    history.prune(file, NEW_WEEK)
    history.read(file)

    assert sorted(each.name for each in file.parent.iterdir()) == [".history.sqlite.lock", "history.sqlite"]


class TestFileThatWasLeftWhole:
    """Whoever wrote last remembers what the file was like, so that who writes next need not look it over."""

    @pytest.fixture
    def written(self, file: Path) -> Path:
        history.record(file, every(7_200, ["up", "down"] * 12))
        history.prune(file, NEW_WEEK)
        return file

    def test_it_is_not_looked_over_again(self, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        looked: list[Path] = []
        monkeypatch.setattr(store, "_look_over", lambda file, _: looked.append(file))
        history.record(written, [NEW])
        history.prune(written, NEW_WEEK)

        assert looked == []
        assert history.read(written).count == 25
        assert looked == [written]

    @pytest.mark.parametrize("broken", [scribbled, mangled], ids=["one byte other", "an index that is none"])
    def test_file_that_somebody_changed_since_is_looked_over(
        self, written: Path, broken: Callable[[bytes], bytes]
    ) -> None:
        text = written.read_bytes()
        written.write_bytes(broken(text))

        assert len(written.read_bytes()) == len(text)
        assert "set aside" in history.record(written, [NEW]).warning
        assert history.read(written).count == 1

    def test_file_that_is_another_one_is_looked_over(self, written: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.sqlite"
        history.record(other, [run(-9_000)])
        other.replace(written)

        assert history.record(written, [NEW]).warning == ""
        assert history.read(written).count == 2

    def test_newest_run_is_known_without_reading_the_others(self, written: Path) -> None:
        assert keeping.last(written) == history.read(written).last  # all of them are folded

        history.record(written, [NEW, run(-90_000)])

        assert keeping.last(written) == history.read(written).last

    def test_room_that_nobody_can_give_back_is_no_reason_to_write(self, written: Path) -> None:
        before = written.stat().st_mtime_ns
        store.shrink(written)

        assert written.stat().st_mtime_ns == before


def test_month_that_nobody_folded_is_folded_day_by_day(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history.record(file, every(43_200, ["up"] * 60))
    at_once: list[int] = []
    plain = content.Folded.of

    def of(day: int, records: list[Any]) -> content.Folded:
        at_once.append(len(records))
        return plain(day, records)

    monkeypatch.setattr(content.Folded, "of", of)
    history.prune(file, NEW_WEEK + 60 * 86_400)

    assert (len(at_once), sum(at_once), max(at_once)) == (30, 60, 2)
    assert history.read(file).count == 60
