"""python -m monitor.history, as its user runs it: what is done, what is said, and with which status it ends."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import history
from monitor.history import DEFAULT, store
from monitor.history.__main__ import main
from tests.history.commands import command, written
from tests.history.runs import DAY, DAY0, USERS, every, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the commands are given."""
    monkeypatch.chdir(tmp_path)
    for name in ("AUTH0_HISTORY", "AUTH0_SLO", "GITHUB_ACTIONS", "GITHUB_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def done(*arguments: str | Path) -> int:
    return main([str(each) for each in arguments])


def test_commands_are_those_of_a_module(folder: Path) -> None:
    written(folder / "results.json", run(0, "down"))
    ran = command(folder, "import", "results.json")
    told = command(folder, "status")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"{DEFAULT}: 1 new run\n"
    assert (told.returncode, told.stderr) == (0, "")
    assert USERS in told.stdout


def test_run_that_is_recorded_twice_is_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(folder / "results.json", run(0))
    assert done("import", file, file) == done("import", file) == 0

    assert history.read(Path(DEFAULT)).count == 1
    assert capsys.readouterr().out == f"{DEFAULT}: 1 new run\n{DEFAULT}: 0 new runs (1 known already)\n"


def test_file_is_named_by_the_option_or_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(folder / "results.json", run(0))
    monkeypatch.setenv("AUTH0_HISTORY", "by-environment.sqlite")

    assert done("import", file) == done("import", file, "--history", "by-option.sqlite") == 0
    assert sorted(each.name for each in folder.glob("*.sqlite")) == ["by-environment.sqlite", "by-option.sqlite"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (run(0, mode="sandbox"), "a run against a sandbox, and the history is of live ones"),
        (run(0, mode="drill"), "a run against a drill"),
        (replace(run(0), ended="running"), "has not ended"),
    ],
    ids=["sandbox", "drill", "running"],
)
def test_run_that_says_nothing_of_a_tenant_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], told: object, why: str
) -> None:
    file = written(folder / "results.json", told)  # type: ignore[arg-type]

    assert done("import", file) == 2
    said = capsys.readouterr().err
    assert why in said
    assert str(file) in said
    assert said.count("\n") == 1
    assert not Path(DEFAULT).exists()


def test_what_can_be_taken_is_taken_whatever_cannot(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = [written(folder / f"{number}.json", each) for number, each in enumerate(every(300, ["up", "down"]))]
    cut = folder / "cut.json"
    cut.write_text(good[0].read_text()[:1_000])
    sandbox = written(folder / "sandbox.json", run(0, mode="sandbox"))

    assert done("import", good[0], cut, sandbox, "nowhere.json", good[1]) == 2
    assert history.read(Path(DEFAULT)).count == 2
    said = capsys.readouterr().err.splitlines()
    assert [any(name in line for line in said) for name in ("cut.json", "sandbox.json", "nowhere.json")] == [True] * 3
    assert len(said) == 3


def test_sandbox_may_have_a_history_of_its_own(folder: Path) -> None:
    file = written(folder / "results.json", run(0, mode="sandbox"))

    assert done("import", file, "--mode", "sandbox", "--history", "sandbox.sqlite") == 0
    assert history.read(Path("sandbox.sqlite")).mode == "sandbox"


def test_link_is_that_of_the_run_on_github(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = {"SERVER_URL": "https://github.com", "REPOSITORY": "acme/monitor", "RUN_ID": "7"}
    for name, value in server.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)

    assert done("import", written(folder / "results.json", run(0))) == 0
    assert history.read(Path(DEFAULT)).runs()[0].link == "https://github.com/acme/monitor/actions/runs/7"


def test_what_is_exported_can_be_imported() -> None:
    runs = [*every(7_200, ["up", "down", "late"] * 8), run(9 * DAY)]
    history.record(Path(DEFAULT), runs, link="https://ci.example/1")
    assert done("prune") == done("export", "all.jsonl") == done("import", "all.jsonl", "--history", "copy.sqlite") == 0
    assert done("export", "again.jsonl", "--history", "copy.sqlite") == 0

    assert Path("again.jsonl").read_bytes() == Path("all.jsonl").read_bytes()
    kinds = [next(iter(json.loads(line))) for line in Path("all.jsonl").read_text().splitlines()]
    assert kinds == ["history", "run", "day", "day"]


def test_export_goes_to_whoever_reads(folder: Path) -> None:
    history.record(folder / DEFAULT, every(300, ["up", "down"]))
    lines = [json.loads(line) for line in command(folder, "export").stdout.splitlines()]

    assert lines[0] == {"history": 1, "mode": "live", "lines": 2}
    assert [each["run"]["status"] for each in lines[1:]] == ["up", "down"]
    assert {each["target"] for each in lines[2]["run"]["verdicts"] if each["status"] == "down"} == {USERS}


def _spoilt(lines: list[str], how: str) -> list[str]:
    day = next(number for number, line in enumerate(lines) if line.startswith('{"day"'))
    run_ = next(number for number, line in enumerate(lines) if line.startswith('{"run"'))
    match how:
        case "a line less":
            return lines[:-1]
        case "half a line":
            return [*lines[:-1], lines[-1][: len(lines[-1]) // 2]]
        case "another form":
            return [lines[0].replace('"history": 1', '"history": 2'), *lines[1:]]
        case "a row too short":
            document = json.loads(lines[day])
            document["day"]["rows"][USERS] = [["u", 1]]
            return [*lines[:day], json.dumps(document), *lines[day + 1 :]]
        case "no id":
            document = json.loads(lines[run_])
            document["run"]["id"] = "1"
            return [*lines[:run_], json.dumps(document), *lines[run_ + 1 :]]
        case _:
            return [lines[0], "[]"]


@pytest.mark.parametrize(
    "how", ["a line less", "half a line", "another form", "a row too short", "no id", "something else"]
)
def test_export_that_is_not_whole_is_not_imported(folder: Path, capsys: pytest.CaptureFixture[str], how: str) -> None:
    history.record(Path(DEFAULT), [*every(7_200, ["up", "down"] * 12), run(9 * DAY)])
    assert done("prune") == done("export", "all.jsonl") == 0
    lines = Path("all.jsonl").read_text().splitlines()
    Path("bad.jsonl").write_text("\n".join(_spoilt(lines, how)) + "\n")

    assert done("import", "bad.jsonl", "--history", "copy.sqlite") == 2
    said = capsys.readouterr().err
    assert "bad.jsonl cannot be read" in said
    assert said.count("\n") == 1
    assert not (folder / "copy.sqlite").exists()


def test_merge_adds_what_others_have(folder: Path) -> None:
    for number, each in enumerate(every(300, ["up", "down", "late"])):
        history.record(folder / f"{number}.sqlite", [each])

    assert done("merge", "0.sqlite", "1.sqlite", "2.sqlite") == 0
    assert history.read(Path(DEFAULT)).count == 3


def test_merge_with_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert done("merge", "nowhere.sqlite") == 2
    assert capsys.readouterr().err == "nowhere.sqlite is not there: name a file that is\n"


def test_prune_goes_by_the_newest_run(folder: Path) -> None:
    """A history that rests is not folded away, whatever the clock says."""
    history.record(folder / DEFAULT, [run(0), run(3 * DAY)])
    assert done("prune") == 0

    assert [each.seconds for each in history.read(folder / DEFAULT).runs()] == [1.5, 1.5]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("up", "up down", 0), ("up down", "up", 1), ("up down", "up down", 0), ("", "up", 0), ("up", "", 1)],
)
def test_guard_lets_no_history_shrink(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: int
) -> None:
    for name, words in (("old.sqlite", old), ("new.sqlite", new)):
        if words:
            history.record(folder / name, every(300, words.split()))

    assert done("guard", "old.sqlite", "new.sqlite") == code
    said = capsys.readouterr().err
    assert ("lacks 1 run" in said) == (code == 1)
    assert ("old.sqlite is not there" in said) == (old == "")


def test_guard_sees_through_folded_days(folder: Path) -> None:
    runs = every(7_200, ["up"] * 12)
    history.record(folder / "old.sqlite", runs)
    history.record(folder / "new.sqlite", runs)
    history.prune(folder / "new.sqlite", DAY0 + 100 * DAY)

    assert done("guard", "old.sqlite", "new.sqlite") == done("guard", "new.sqlite", "old.sqlite") == 0


@pytest.mark.parametrize("spoilt", ["old.sqlite", "new.sqlite"])
def test_guard_trusts_no_corrupt_file(folder: Path, capsys: pytest.CaptureFixture[str], spoilt: str) -> None:
    for name in ("old.sqlite", "new.sqlite"):
        history.record(folder / name, [run(0)])
    (folder / spoilt).write_bytes(b"corrupt")

    assert done("guard", "old.sqlite", "new.sqlite") == 2
    assert spoilt in capsys.readouterr().err


@pytest.mark.parametrize("actions", ["", "true"])
def test_corrupt_history_is_said_loudly_and_the_run_is_recorded(folder: Path, actions: str) -> None:
    file = folder / DEFAULT
    history.record(file, [run(300)])
    file.write_bytes(file.read_bytes()[:1_000])
    ran = command(folder, "import", written(folder / "results.json", run(0)), GITHUB_ACTIONS=actions)
    (aside,) = file.parent.glob("*.corrupt-*")

    assert ran.returncode == 0
    assert ran.stderr.startswith("WARNING: ")
    assert aside.name in ran.stderr
    assert ("::error" in ran.stdout) == bool(actions)
    assert history.read(file).count == 1


@pytest.mark.parametrize("arguments", [["status"], ["export"], ["prune"]], ids=lambda each: each[0])
def test_history_that_is_not_there_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert done(*arguments) == 2
    assert DEFAULT in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_export_to_where_nothing_can_be_written_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history.record(Path(DEFAULT), [run(0)])

    assert done("export", folder / "nowhere" / "all.jsonl") == 2
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["itself", "another", "foreign"])
def test_export_takes_no_history_s_place(folder: Path, capsys: pytest.CaptureFixture[str], other: str) -> None:
    history.record(Path(DEFAULT), [run(0)])
    target = folder / DEFAULT if other == "itself" else folder / "other.sqlite"
    if other == "another":
        history.record(target, [run(300)])
    elif other == "foreign":
        with closing(sqlite3.connect(target)) as database:
            database.execute("CREATE TABLE users (id)")
    before = target.read_bytes()

    assert done("export", target) == 2
    assert target.read_bytes() == before
    assert f"{target} is a history, or another file of SQLite, and stays as it is" in capsys.readouterr().err


def test_status_tells_each_target_against_its_objective(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    history.record(folder / DEFAULT, every(300, ["up"] * 8 + ["down"] * 2), link="https://ci.example/1")
    monkeypatch.setattr("monitor.history.__main__.time.time", lambda: DAY0 + 3_000)
    monkeypatch.setenv("AUTH0_SLO", "90")
    assert done("status") == 0
    said = capsys.readouterr().out

    assert "10 runs (live), from 2026-03-02 00:00 UTC to 2026-03-02 00:45 UTC" in said
    assert "the last one began 5 min ago; one every 5 min" in said
    assert f"{USERS} (login): down, 2026-03-02 00:45 UTC" in said
    assert "80 % of the observed time; 70 %–90 % by the pauses around outages; 95 % interval 49.01 %–94.34 %" in said
    assert "80 % of 10 observations" in said
    assert "0.11 % of 30 days; every 5 min usually" in said
    assert "in the observed time an outage of 5 min or more cannot have been missed" in said
    assert "0.3 % used of 3 d in 30 days (200 % of the observed time's part)" in said
    assert "2026-03-02 00:40 UTC, open" in said
    assert "https://ci.example/1" in said


@pytest.mark.parametrize("slo", ["100", "0", "much", "-1", "nan"])
def test_objective_that_is_none_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slo: str
) -> None:
    history.record(folder / DEFAULT, [run(0)])
    monkeypatch.setenv("AUTH0_PROD_SLO", slo)

    assert done("status") == 2
    assert "AUTH0_PROD_SLO is no objective" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "share"),
    [
        ({}, 0.999),
        ({"AUTH0_SLO": "99"}, 0.99),
        ({"AUTH0_SLO": "99", "AUTH0_PROD_SLO": "99.95"}, 0.9995),
        ({"AUTH0_STAGING_SLO": "90", "AUTH0_PROD_SLO": " "}, 0.999),
    ],
    ids=["default", "for all", "its own", "of others"],
)
def test_objective_is_the_tenants_own_or_that_for_all(values: dict[str, str], share: float) -> None:
    assert history.objective(USERS, values) == pytest.approx(share)


@pytest.mark.parametrize("said", ["0.999", "1", "0", "100", "99.9%", "nan"])
def test_share_is_no_objective_in_percent(said: str) -> None:
    with pytest.raises(history.Unusable, match="write it in percent, more than 1 and less than 100"):
        history.objective(USERS, {"AUTH0_SLO": said})


def test_malformed_variable_costs_no_file_that_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH0_HISTORY", "sqlite:///history")
    history.record(folder / "h.sqlite", [run(0)])

    assert done("status", "--history", str(folder / "h.sqlite")) == 0
    assert done("status") == 2


@pytest.mark.parametrize("arguments", [("status",), ("prune",), ("import", "results.json")])
def test_file_that_another_process_has_is_said_to_be_waited_for(
    folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    history.record(Path(DEFAULT), [run(0)])
    written(folder / "results.json", run(300))
    monkeypatch.setattr(store, "PATIENCE", 1.0)
    monkeypatch.setattr(store, "SILENT", 0.05)
    file = Path(DEFAULT) if arguments == ("status",) else Path(DEFAULT).with_name(".history.sqlite.lock")

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert done(*arguments) == 2

    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("waiting for another process that has ")
    assert "1 s at most" in said[0]
    assert "was locked for 1 s" in said[-1]


def test_file_that_nobody_else_has_is_waited_for_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    history.record(Path(DEFAULT), [run(0)])

    assert done("status") == 0
    assert "waiting" not in capsys.readouterr().err
