"""The rounds of several legs: the first of each are one run, and what is missing of one is an unknown in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import history, results
from monitor.rounds.__main__ import main
from monitor.verdict import Run
from tests.reports import runs
from tests.wire.servers import Server, answer, saying


def left(legs: Path, name: str, *rounds: Run) -> None:
    """What a leg has left: one round, or several."""
    for number, run in enumerate(rounds, 1):
        folder = legs / f"leg-{name}"
        if len(rounds) > 1:
            folder = folder / "rounds" / f"20261122T210{number}00Z-{number}"
        folder.mkdir(parents=True)
        results.write(folder / "results.json", run)


def well(name: str, minute: int = 0) -> Run:
    return replace(runs.diagnosed(runs.verdict(target=name)), started=f"2026-11-22T21:0{minute}:00Z")


def ill(name: str, minute: int = 0) -> Run:
    return replace(runs.diagnosed(runs.down(target=name)), started=f"2026-11-22T21:0{minute}:00Z")


def join(folder: Path, names: str, *more: str) -> int:
    where = ("--reports", str(folder / "reports"), "--history", str(folder / "history.sqlite"))
    return main(["join", str(folder / "legs"), "--expect-names", names, *where, *more])


def test_each_round_of_all_legs_is_one_run_and_the_newest_is_on_top(tmp_path: Path) -> None:
    left(tmp_path / "legs", "prod", well("prod", 1), ill("prod", 2), well("prod", 3))
    left(tmp_path / "legs", "staging", *(well("staging", minute) for minute in (1, 2, 3)))

    assert join(tmp_path, "prod,staging") == 1

    folders = sorted((tmp_path / "reports/rounds").iterdir())
    told = [results.read(each / "results.json") for each in folders]
    assert [run.status for run in told] == ["up", "down", "up"]
    assert {run.tenants for run in told} == {("prod", "staging")}
    assert results.read(tmp_path / "reports/results.json") == told[2]
    assert [each.status for each in history.read(tmp_path / "history.sqlite").runs(last=9)] == ["up", "down", "up"]
    assert (tmp_path / "reports/report.html").exists()


def test_round_that_a_leg_does_not_have_is_unknown_in_it(tmp_path: Path) -> None:
    left(tmp_path / "legs", "prod", well("prod", 1), well("prod", 2))
    left(tmp_path / "legs", "staging", well("staging", 1))

    assert join(tmp_path, "prod,staging") == 1

    first, second = (results.read(each / "results.json") for each in sorted((tmp_path / "reports/rounds").iterdir()))
    assert (first.status, first.ended) == ("up", "finished")
    assert second.status == "unknown"
    assert [each.target for each in second.verdicts if each.kind == "legs"] == ["staging"]


@pytest.mark.parametrize("broken", [False, True], ids=["recorded", "not recorded"])
def test_someone_is_told_the_page_is_made_and_there_is_a_sign_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *, broken: bool
) -> None:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    left(tmp_path / "legs", "prod", replace(well("prod"), started=now))
    left(tmp_path / "legs", "staging", replace(ill("staging"), started=now))
    if broken:
        (tmp_path / "history.sqlite").mkdir()
    with Server(saying(answer(200))) as pulse:
        monkeypatch.setenv("AUTH0_HEARTBEAT_URL", f"http://127.0.0.1:{pulse.port}/{{status}}")

        assert join(tmp_path, "prod,staging", "--tell", "--site", str(tmp_path / "site")) >= 1

    said = capfd.readouterr()
    assert f"sent {'down' if broken else 'up'}" in said.out
    assert ("not recorded: " in said.err) is broken
    assert ("no channel is configured" in said.err) is not broken
    assert "DOWN" in (tmp_path / "site/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("there", [True, False], ids=["empty", "missing"])
def test_where_no_leg_left_anything_every_one_is_unknown(tmp_path: Path, *, there: bool) -> None:
    if there:
        (tmp_path / "legs").mkdir()

    assert join(tmp_path, "prod,staging") == 1

    run = results.read(tmp_path / "reports/results.json")
    assert run.status == "unknown"
    assert [each.target for each in run.verdicts] == ["prod", "staging"]


def test_leg_that_nobody_expected_and_one_that_is_cut_short_are_said(tmp_path: Path) -> None:
    left(tmp_path / "legs", "prod", well("prod"))
    left(tmp_path / "legs", "stray", well("stray"))
    left(tmp_path / "legs", "staging", well("staging"))
    (tmp_path / "legs/leg-staging/results.json").write_text("{")

    assert join(tmp_path, "prod,staging") == 1

    run = results.read(tmp_path / "reports/results.json")
    assert sorted(each.target for each in run.verdicts if each.kind == "legs") == ["staging", "stray"]


def test_all_that_are_well_end_with_0_and_a_degraded_one_as_was_asked(tmp_path: Path) -> None:
    left(tmp_path / "legs", "prod", runs.diagnosed(runs.degraded(), runs.verdict()))

    assert join(tmp_path, "prod") == 0
    assert join(tmp_path, "prod", "--fail-on", "degraded") == 1


def test_leg_may_lie_in_a_folder_of_its_own_name_and_what_is_no_round_is_none(tmp_path: Path) -> None:
    """Rounds are by their number, of however many digits; files, and what was staged before, are no legs."""
    legs = tmp_path / "legs"
    for number in (2, 10):
        folder = legs / "prod" / "rounds" / f"20261122T2100{number:02}Z-{number}"
        folder.mkdir(parents=True)
        results.write(folder / "results.json", well("prod", number % 10))
    (legs / "prod/rounds/mine").mkdir()
    results.write(legs / "prod/rounds/mine/results.json", ill("prod"))
    (legs / "prod/rounds/20261122T210030Z-11").mkdir()
    (legs / "joined/round-1/prod").mkdir(parents=True)
    results.write(legs / "joined/round-1/prod/results.json", ill("prod"))
    (legs / "README").touch()
    join(tmp_path, "prod")

    folders = {each.name.rpartition("-")[2]: each for each in (tmp_path / "reports/rounds").iterdir()}
    told = {int(number): results.read(each / "results.json") for number, each in folders.items()}
    assert sorted(told) == [*range(1, 11)]
    assert [number for number, run in sorted(told.items()) if run.status == "up"] == [2, 10]
    assert {run.status for number, run in told.items() if number not in (2, 10)} == {"unknown"}
    assert folders["10"].name == "20261122T210000Z-10"


def test_leg_that_began_too_long_ago_is_of_another_run(tmp_path: Path) -> None:
    left(tmp_path / "legs", "prod", well("prod"))

    assert join(tmp_path, "prod", "--max-age", "60") == 1
    run = results.read(tmp_path / "reports/results.json")
    assert [each.target for each in run.verdicts if each.kind == "legs"] == ["prod"]
    assert join(tmp_path, " prod , ") == 0
