"""python -m monitor.reports: legs become the one run that they are, and a leg that is not there is never green."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from monitor import reports, results
from monitor.clues import Clue, ClueKind
from monitor.diagnosis.diagnosis import diagnose
from monitor.merging import legs as legs_
from monitor.reports.__main__ import main
from monitor.shards import Shard
from monitor.status import Status
from monitor.verdict import DEPENDENCIES, Run, Verdict
from tests.forks import python
from tests.reports import runs

TENANTS = ("prod", "staging", "qa", "demo", "eu", "us", "jp")
SERVICES = ("aws", "github", "twilio", "sendgrid", "meta")
OF = 3
MISSING = "leg_is_there_and_whole"


def one_run(**said: Any) -> Run:
    """A run of every tenant as a session plans it: probe by probe, and tenant by tenant in each; some are ill."""
    ill = {("login_hands_out_tokens", "qa"), ("login_hands_out_tokens", "eu"), ("token_is_signed", "qa")}
    told: list[Verdict] = []
    for probe in ("is_fast", "login_hands_out_tokens", "token_is_signed"):
        for number, tenant in enumerate(TENANTS):
            seen = [runs.attempt(started=1795381261.0 + number, status=500)]
            target = f"{tenant}:password-realm:db"
            failed = (probe, tenant) in ill
            told.append(runs.down(probe, target, attempts=seen) if failed else runs.verdict(probe, target))
    told += [
        runs.verdict("service_reports_no_incident", f"{DEPENDENCIES}:{name}") for name in ("aws", "github", "meta")
    ]
    run = runs.run(*told, **{"tenants": TENANTS, "seconds": 10.0} | said)
    return replace(run, diagnosis=diagnose(run))


def shard_of(run: Run, number: int, of: int = OF) -> Run:
    """What shard ``number`` of this run finds."""
    services = tuple(each.target for each in run.verdicts if each.tenant == DEPENDENCIES)
    shard = Shard(number, of, run.tenants, services)
    mine = [each for each in run.verdicts if shard.holds(each.target if each.tenant == DEPENDENCIES else each.tenant)]
    part = replace(run, shard=shard, tenants=shard.part(run.tenants), verdicts=tuple(mine), diagnosis=None)
    return replace(part, diagnosis=diagnose(part))


def written(folder: Path, run: Run) -> Path:
    assert reports.write_all(folder, run).problems == []
    return folder


def shards(folder: Path, run: Run, numbers: Iterable[int] = range(1, OF + 1)) -> list[Path]:
    return [written(folder / f"leg-{number}", shard_of(run, number)) for number in numbers]


def merge(folder: Path, legs: Iterable[Path], *options: str) -> tuple[int, Run]:
    """The exit status, and the run that the merged results.json has."""
    code = main(["merge", *map(str, legs), "--reports", str(folder / "merged"), *options])
    return code, results.read(folder / "merged" / "results.json")


def missing(run: Run) -> dict[str, str]:
    """Why, by the name of what stands for a leg."""
    return {each.target: each.reason for each in run.verdicts if each.probe == MISSING}


def rows(page: Path) -> list[dict[str, Any]]:
    """The rows of the table, which pytest-html keeps as JSON in an attribute."""
    text = page.read_text(encoding="utf-8")
    blob = text.partition('data-jsonblob="')[2].partition('"')[0]
    tests: dict[str, list[dict[str, Any]]] = json.loads(unescape(blob))["tests"]
    assert tests
    return [entry for entries in tests.values() for entry in entries]


def cases(file: Path) -> list[str]:
    return [ET.tostring(each, encoding="unicode") for each in ET.parse(file).iter("testcase")]  # noqa: S314 - our own


def test_shards_merged_say_what_one_run_says(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", one_run())
    code, merged = merge(tmp_path, reversed(shards(tmp_path, one_run())))

    assert {len(shard_of(one_run(), number).tenants) for number in (1, 2, 3)} - {0, len(TENANTS)}
    told = [json.loads((folder / "results.json").read_text()) for folder in (whole, tmp_path / "merged")]
    assert told[0] == told[1]
    assert merged.diagnosis
    assert merged.diagnosis.causes
    assert cases(whole / "junit.xml") == cases(tmp_path / "merged" / "junit.xml")
    assert rows(whole / "report.html") == rows(tmp_path / "merged" / "report.html")
    assert code == 1


@pytest.mark.parametrize("older", [[0], [1, 2], [0, 1, 2]], ids=["one", "two", "all"])
def test_legs_of_an_earlier_form_are_merged_with_those_of_this_one(tmp_path: Path, older: list[int]) -> None:
    legs = shards(tmp_path, one_run())
    _, merged = merge(tmp_path / "of-this", legs)
    for number in older:
        file = legs[number] / "results.json"
        file.write_text(json.dumps(runs.in_form_1(json.loads(file.read_text()))))
    _, mixed = merge(tmp_path / "mixed", legs)

    assert mixed == merged
    assert mixed.ended == "finished"


@pytest.mark.parametrize(
    ("legs", "order"),
    [
        (["first third", "first second third"], "first second third"),
        (["second", "first second"], "first second"),
        (["first fourth", "first second third fourth"], "first second third fourth"),
        (["first third", "first second", "third fourth"], "first second third fourth"),
        (["first", "second", "third"], "first second third"),
    ],
    ids=["between", "before", "several-between", "of-three-legs", "none-in-common"],
)
def test_probe_that_not_every_leg_has_stands_where_the_plan_has_it(tmp_path: Path, legs: list[str], order: str) -> None:
    """The legs of other tenants ask other probes; one machine would have asked all of them in the plan's order."""
    parts = [
        written(tmp_path / f"leg-{number}", runs.diagnosed(*(runs.verdict(each, f"t{number}") for each in leg.split())))
        for number, leg in enumerate(legs)
    ]
    _, merged = merge(tmp_path, parts)

    assert [*dict.fromkeys(each.probe for each in merged.verdicts)] == order.split()
    for probe in order.split():
        targets = [each.target for each in merged.verdicts if each.probe == probe]
        assert targets == sorted(targets), "within a probe, tenant by tenant"


def test_common_cause_of_several_legs_is_found_once(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / name, runs.diagnosed(runs.down("login_hands_out_tokens", f"{name}:password-realm:db")))
        for name in ("prod", "staging")
    ]
    _, merged = merge(tmp_path, legs)

    assert merged.diagnosis
    (cause,) = merged.diagnosis.causes
    assert len(cause.verdicts) == 2
    assert "prod and staging" in cause.sentence


def of_an_earlier_version(leg: Path) -> Path:
    """The same leg, as a version wrote it that told no rungs."""
    file = leg / "results.json"
    document = json.loads(file.read_text())
    for verdict in document["verdicts"]:
        del verdict["rung"]
    file.write_text(json.dumps(document))
    return leg


def test_leg_of_an_earlier_version_keeps_the_causes_that_it_was_told_with(tmp_path: Path) -> None:
    down = runs.down("extension_adds_the_expected_claims", "prod:password-realm:db", attempts=[runs.attempt()])
    login = runs.verdict("login_hands_out_tokens", "prod:password-realm:db")
    leg = written(tmp_path / "prod", runs.diagnosed(login, down))
    other = written(tmp_path / "staging", runs.diagnosed(runs.down(target="staging:password-realm:db")))
    before = results.read(leg / "results.json").diagnosis
    code, merged = merge(tmp_path, [of_an_earlier_version(leg), other])

    assert before
    (told,) = before.causes
    assert (told.rule, str(told.owner), code) == ("claims", "extension", 1)
    assert merged.diagnosis
    assert [cause for cause in merged.diagnosis.causes if down.id in cause.verdicts] == [told]
    assert sorted(name for cause in merged.diagnosis.causes for name in cause.verdicts) == sorted(
        verdict.id for verdict in merged.verdicts if verdict.ill
    )
    again = replace(merged, verdicts=tuple(reversed(merged.verdicts)))
    assert merge(tmp_path, [written(tmp_path / "again", again)])[1].diagnosis == merged.diagnosis, "merged once more"


def test_evidence_of_every_leg_is_there_and_linked(tmp_path: Path) -> None:
    merge(tmp_path, shards(tmp_path, one_run()))
    folder = tmp_path / "merged"

    links = {
        line.partition('"')[0] for line in "".join(unescape(str(rows(folder / "report.html")))).split('href="')[1:]
    }
    assert len(links) == 2
    for link in links:
        assert {each.name for each in (folder / link).iterdir()} == {"about.txt", "attempts.har", "curl.sh"}


def test_empty_shard_is_a_leg_like_any_other(tmp_path: Path) -> None:
    run = runs.diagnosed(runs.verdict(target="prod:db"), tenants=("prod",))
    home = next(number for number in (1, 2, 3) if Shard(number, OF).holds("prod"))
    legs = shards(tmp_path, run)
    code, merged = merge(tmp_path, legs)

    assert [results.read(leg / "results.json").status for leg in legs].count(Status.UNKNOWN) == 2
    assert (code, merged.status, merged.ended) == (0, Status.UP, "finished")
    assert merge(tmp_path, [leg for number, leg in enumerate(legs, 1) if number != home])[0] == 1
    for leg in legs:
        assert f"SHARD {leg.name[-1]}/3: of 1 tenant this part has" in (leg / "report.html").read_text()


def spoil(text: str) -> Callable[[Path], None]:
    def spill(leg: Path) -> None:
        (leg / "results.json").write_text(text)

    return spill


def changed(**said: Any) -> Callable[[Path], None]:
    def change(leg: Path) -> None:
        run = replace(results.read(leg / "results.json"), **said)
        results.write(leg / "results.json", run)

    return change


def edited(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def edit(leg: Path) -> None:
        document = json.loads((leg / "results.json").read_text())
        change(document)
        (leg / "results.json").write_text(json.dumps(document))

    return edit


@pytest.mark.parametrize(
    ("ill", "leg", "told", "cure"),
    [
        (shutil.rmtree, "leg-2", "No such file", "run it again, and merge again"),
        (spoil('{"schema": 1, "run"'), "leg-2", "Expecting ':'", "run it again, and merge again"),
        (spoil('{"schema": 2, "run": {"tenants": []}, "verdicts": []}'), "leg-2", "cannot be read", "merge again"),
        (edited(lambda told: told.update(schema=7)), "leg-2", "form is 7, and this version reads 1 and 2", "again"),
        (edited(lambda told: told["run"].update(seconds="x")), "leg-2", "$.run.seconds", "merge again"),
        (edited(lambda told: told["verdicts"][0].update(seconds="x")), "leg-2", "$.verdicts[0].seconds", "merge again"),
        (edited(lambda told: told["run"].update(seconds=float("nan"))), "leg-2", "NaN is no number", "merge again"),
        (changed(shard=Shard(1, OF, TENANTS)), "shard-1-of-3", "has what", "name each leg once"),
        (changed(mode="drill", drill=("hang",)), "shard-2-of-3", "is of a drill hang, and others are live", "separate"),
        (changed(mode="sandbox"), "shard-2-of-3", "is of a sandbox, and others are live", "with --live"),
        (changed(shard=Shard(2, 4, TENANTS)), "shards", "not the shards of one run", "give each leg the same N"),
        (changed(shard=Shard(2, OF, ("qa",)), tenants=()), "shard-2-of-3", "does not know", "the same AUTH0_TENANTS"),
    ],
    ids=[
        "gone", "cut-short", "foreign", "other-form", "odd-run", "odd-verdict", "nan", "twice", "drill", "sandbox",
        "other-n", "other-tenants",
    ],
)  # fmt: skip
def test_leg_that_is_ill_is_named_with_its_cure_and_the_others_are_told(
    tmp_path: Path, ill: Callable[[Path], None], leg: str, told: str, cure: str
) -> None:
    well = replace(one_run(), verdicts=tuple(each for each in one_run().verdicts if each.status is Status.UP))
    legs = shards(tmp_path, well)
    ill(legs[1])
    code, merged = merge(tmp_path, legs)

    assert code == 1
    assert told in missing(merged)[leg]
    assert cure in missing(merged)[leg]
    assert {each.id for number in (1, 3) for each in shard_of(well, number).verdicts} <= {e.id for e in merged.verdicts}
    assert merged.status is Status.UNKNOWN
    assert merged.ended.startswith("interrupted: not whole: ")
    page = (tmp_path / "merged" / "report.html").read_text()
    assert "INCOMPLETE" in page
    assert MISSING in page
    errors = ET.parse(tmp_path / "merged" / "junit.xml").iter("error")  # noqa: S314 - our own
    assert any(told in (error.get("message") or "").replace("&apos;", "'") for error in errors)


@pytest.mark.parametrize(
    ("given", "options", "expected"),
    [
        (("prod", "qa"), (), {}),
        (("prod", "qa"), ("--expect", "2"), {}),
        (("prod", "qa"), ("--expect-names", "qa, prod"), {}),
        (("prod", "qa"), ("--expect", "3"), {"legs": "2 of 3 legs are here"}),
        (("prod", "qa"), ("--expect", "1"), {"legs": "2 legs are here where 1 are expected"}),
        (("prod",), ("--expect-names", "prod,qa"), {"qa": "the leg qa is expected, and left no results.json here"}),
        (("prod",), ("--expect-names", "prod,qa", "--expect", "2"), {"qa": "the leg qa is expected"}),
        (("prod", "qa"), ("--expect-names", "prod"), {"qa": "is no leg that is expected"}),
        (("prod", "prod"), (), {"prod": "has what"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_legs_are_as_many_and_those_that_are_expected(
    tmp_path: Path, given: tuple[str, ...], options: tuple[str, ...], expected: dict[str, str]
) -> None:
    legs = [written(tmp_path / name, runs.diagnosed(runs.verdict(target=f"{name}:db"))) for name in given]
    code, merged = merge(tmp_path, legs, *options)

    assert code == bool(expected)
    assert missing(merged).keys() == expected.keys()
    assert all(told in missing(merged)[name] for name, told in expected.items())


def test_leg_of_an_earlier_run_is_not_one_of_this(tmp_path: Path) -> None:
    began = {"prod": datetime.now(UTC) - timedelta(minutes=5), "qa": datetime.now(UTC) - timedelta(minutes=90)}
    legs = [
        written(tmp_path / name, runs.run(runs.verdict(target=name), started=f"{when:%Y-%m-%dT%H:%M:%S}Z"))
        for name, when in began.items()
    ]

    assert merge(tmp_path, legs)[0] == 0
    code, merged = merge(tmp_path, legs, "--max-age", "60")
    assert (code, list(missing(merged))) == (1, ["qa"])
    assert f"is of {began['qa']:%Y-%m-%dT%H:%M:%S}Z, and no leg of this run" in missing(merged)["qa"]


def test_shard_that_is_missing_is_told_with_its_tenants(tmp_path: Path) -> None:
    code, merged = merge(tmp_path, shards(tmp_path, one_run(), (1, 3)), "--expect", "3")

    part = shard_of(one_run(), 2)
    lost = ", ".join([*part.tenants, *(each.target for each in part.verdicts if each.tenant == DEPENDENCIES)])
    assert DEPENDENCIES in lost
    assert part.tenants
    assert list(missing(merged)) == ["shard-2-of-3"]
    assert f"nothing is known of {lost}:" in missing(merged)["shard-2-of-3"]
    assert code == 1


@pytest.mark.parametrize(
    ("ended", "told"),
    [("running", "has not ended, or was killed"), ("interrupted: stopped by hand", "stopped by hand")],
)
def test_leg_that_did_not_end_makes_the_run_incomplete(tmp_path: Path, ended: str, told: str) -> None:
    legs = [
        written(tmp_path / "prod", runs.diagnosed(runs.verdict(target="prod"))),
        written(tmp_path / "qa", runs.run(runs.verdict(target="qa"), ended=ended)),
    ]
    code, merged = merge(tmp_path, legs)

    assert (code, merged.ended) == (1, f"interrupted: qa: {told}")
    assert merged.diagnosis


def test_page_that_several_legs_read_has_one_verdict_and_the_worse_speaks(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / name, runs.run(runs.verdict(target=name), *pages))
        for name, pages in {
            "prod": (runs.unread("dependencies:github"), runs.verdict("reads", "dependencies:aws")),
            "qa": (
                runs.verdict("service_reports_no_incident", "dependencies:github"),
                runs.down("reads", "dependencies:aws"),
            ),
        }.items()
    ]
    code, merged = merge(tmp_path, legs)

    assert {each.target: each.status for each in merged.verdicts if each.tenant == DEPENDENCIES} == {
        "dependencies:github": Status.UP,
        "dependencies:aws": Status.DOWN,
    }
    assert (code, merged.ended) == (1, "finished")


def test_of_two_verdicts_on_one_probe_the_worse_is_kept(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / name, runs.run(runs.verdict(target="prod", status=status, reason="because")))
        for name, status in {"a": Status.DOWN, "b": Status.UP}.items()
    ]
    for order in (legs, legs[::-1]):
        assert [each.status for each in merge(tmp_path, order)[1].verdicts] == [Status.DOWN, Status.UNKNOWN]


def test_degraded_run_is_green_unless_it_is_to_fail(tmp_path: Path) -> None:
    leg = written(tmp_path / "prod", runs.diagnosed(runs.verdict(), runs.degraded()))

    assert merge(tmp_path, [leg])[0] == 0
    assert merge(tmp_path, [leg], "--fail-on", "degraded")[0] == 1
    assert '<failure type="degraded"' in (tmp_path / "merged" / "junit.xml").read_text()


def test_run_that_judged_nothing_is_not_green(tmp_path: Path) -> None:
    assert merge(tmp_path, [written(tmp_path / "prod", runs.diagnosed(runs.skipped()))])[0] == 1


def test_times_of_the_legs_become_those_of_the_run(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / name, runs.run(runs.verdict(target=name), started=started, seconds=seconds))
        for name, started, seconds in (
            ("prod", "2026-11-22T21:00:30Z", 10.5),
            ("qa", "2026-11-22T21:00:00Z", 1.0),
            ("eu", "2026-11-22T21:00:05Z", 2.0),
        )
    ]
    _, merged = merge(tmp_path, legs)

    assert (merged.started, merged.seconds, merged.tenants) == ("2026-11-22T21:00:00Z", 40.5, ("prod", "qa", "eu"))


def test_every_report_is_written_again_beside_its_results(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", one_run())
    files = [each.name for each in reports.REPORTS if not each.is_folder and each.name != results.NAME]
    before = {name: (folder / name).read_bytes() for name in [results.NAME, *files]}
    for name in files:
        (folder / name).unlink()
    shutil.rmtree(folder / "evidence")
    later = json.loads(before["results.json"]) | {"later": "than this version"}
    (folder / "results.json").write_text(json.dumps(later))

    assert main([str(folder / "results.json")]) == 0
    assert {name: (folder / name).read_bytes() for name in files} == {name: before[name] for name in files}
    assert (folder / "evidence").is_dir()
    assert json.loads((folder / "results.json").read_text()) == later

    assert main([str(folder), "--reports", str(tmp_path / "elsewhere")]) == 0
    assert (tmp_path / "elsewhere" / "results.json").read_bytes() == before["results.json"]


def test_results_that_cannot_be_read_are_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--reports", str(tmp_path / "new")]) == 1
    assert f"{tmp_path / 'results.json'} cannot be read (No such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("merge",), "the following arguments are required: LEG"),
        (("merge", "a", "--expect", "0"), "'0' is no number, from 1 on"),
        (("merge", "a", "--expect-names", ","), "no leg is named"),
        (("merge", "a", "--fail-on", "late"), "late is not among down, degraded, unknown"),
        (("merge", "a", "--reports", "a"), "name another folder with --reports"),
        (("merge", "a/results.json", "--reports", "a"), "name another folder with --reports"),
        (("a", "b"), "unrecognized arguments: b"),
    ],
)
def test_wrong_arguments_are_a_usage_error(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_command_prints_what_the_last_screen_says(tmp_path: Path) -> None:
    (leg,) = shards(tmp_path, one_run(), (2,))
    command = python("-m", "monitor.reports", "merge", str(leg), "--reports", str(tmp_path / "merged"))
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])

    assert ran.returncode == 1, ran.stderr
    assert "INCOMPLETE: interrupted: not whole: shard-1-of-3, shard-3-of-3" in " ".join(ran.stdout.split())
    assert ", ".join(each.name for each in reports.REPORTS) in " ".join(ran.stdout.split())


def test_leg_may_be_a_file_and_is_called_as_that(tmp_path: Path) -> None:
    for name in ("north", "south"):
        results.write(tmp_path / f"{name}.json", runs.diagnosed(runs.verdict(target="prod", probe=f"of_{name}")))
    (tmp_path / "south.json").write_text("{")
    files = [tmp_path / "north.json", tmp_path / "south.json"]
    code, merged = merge(tmp_path, files, "--expect-names", "north,south")

    assert (code, list(missing(merged))) == (1, ["south"])
    assert merged.ended == "interrupted: not whole: south"
    assert [each.probe for each in merged.verdicts] == ["of_north", MISSING]


@pytest.mark.parametrize(("mode", "drill"), [("drill", ("hang",)), ("sandbox", ()), ("live", ())])
def test_legs_of_one_mode_are_a_run_of_that_mode(tmp_path: Path, mode: str, drill: tuple[str, ...]) -> None:
    legs = [
        written(tmp_path / name, runs.diagnosed(runs.verdict(target=name), mode=mode, drill=drill))
        for name in ("prod", "qa")
    ]
    code, merged = merge(tmp_path, legs)

    assert (code, merged.mode, merged.drill, merged.ended) == (0, mode, drill, "finished")
    assert [each.target for each in merged.verdicts] == ["prod", "qa"]


def test_drill_beside_a_sandbox_is_the_one_that_is_left_out(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / "a", runs.diagnosed(runs.verdict(target="a"), mode="drill", drill=("hang",))),
        written(tmp_path / "b", runs.diagnosed(runs.verdict(target="b"), mode="sandbox")),
    ]
    _, merged = merge(tmp_path, legs)

    assert (merged.mode, list(missing(merged))) == ("sandbox", ["a"])
    assert "merge drills separately" in missing(merged)["a"]


def test_what_the_legs_say_of_themselves_is_told_together(tmp_path: Path) -> None:
    """Versions as they are; a variable is set where one leg has it; remarks and clues once each."""
    clues = [Clue(name, ClueKind.STREAM, "a log stream is paused") for name in ("prod", "qa")]
    legs = [
        written(
            tmp_path / "a",
            runs.diagnosed(
                runs.verdict(target="prod"),
                version="0.1.0",
                versions={"python": "3.12.1", "requests": "2.32"},
                environment={"AUTH0_DOMAIN": "set", "AUTH0_NODES": "not set"},
                remarks=("both", "one"),
                clues=(clues[0],),
            ),
        ),
        written(
            tmp_path / "b",
            runs.diagnosed(
                runs.verdict(target="qa"),
                version="0.2.0",
                versions={"python": "3.13.0", "requests": "2.32", "rich": "1"},
                environment={"AUTH0_DOMAIN": "not set", "AUTH0_NODES": "not set", "AUTH0_SCOPE": "set"},
                remarks=("another", "both"),
                clues=(clues[0], clues[1]),
            ),
        ),
    ]
    _, merged = merge(tmp_path, legs)

    assert merged.version == "0.1.0, 0.2.0"
    assert merged.versions == {"python": "3.12.1, 3.13.0", "requests": "2.32", "rich": "1"}
    assert merged.environment == {"AUTH0_DOMAIN": "set", "AUTH0_NODES": "not set", "AUTH0_SCOPE": "set"}
    assert merged.remarks == ("both", "one", "another")
    assert merged.clues == tuple(clues)


@pytest.mark.parametrize(
    "names",
    ["1/3,2/3,3/3", "shard-1-of-3,shard-2-of-3,shard-3-of-3", "leg-1,leg-2,leg-3"],
    ids=["shards", "legs", "folders"],
)
def test_leg_that_is_expected_may_be_called_in_any_way(tmp_path: Path, names: str) -> None:
    well = runs.diagnosed(*(runs.verdict(target=name) for name in TENANTS), tenants=TENANTS)

    assert merge(tmp_path, shards(tmp_path, well), "--expect-names", names)[0] == 0
    (tenant, *_) = shard_of(well, 1).tenants
    code, merged = merge(tmp_path, shards(tmp_path, well), "--expect-names", f"{tenant},{names.partition(',')[2]}")
    assert (code, missing(merged)) == (0, {})


@pytest.mark.parametrize("names", ["1/3,2/3,3/3", "shard-1-of-3,shard-2-of-3,shard-3-of-3"], ids=["shards", "legs"])
def test_shard_that_is_known_to_be_missing_is_told_once_however_it_is_called(tmp_path: Path, names: str) -> None:
    legs = shards(tmp_path, one_run(), (1, 3))
    code, merged = merge(tmp_path, legs, "--expect-names", names, "--expect", "3")

    assert (code, list(missing(merged))) == (1, ["shard-2-of-3"])


def test_leg_that_is_left_out_is_not_told_to_be_missing_as_well(tmp_path: Path) -> None:
    legs = [
        written(tmp_path / "prod", runs.diagnosed(runs.verdict(target="prod"))),
        written(tmp_path / "qa", runs.diagnosed(runs.verdict(target="qa"), mode="sandbox")),
    ]
    _, merged = merge(tmp_path, legs, "--expect-names", "prod,qa", "--expect", "2")

    assert list(missing(merged)) == ["qa"]
    assert "is expected" not in missing(merged)["qa"]


def test_shard_that_is_missing_and_had_nothing_to_probe_says_so(tmp_path: Path) -> None:
    run = runs.diagnosed(runs.verdict(target="prod:db"), tenants=("prod",))
    empty = next(number for number in (1, 2, 3) if not Shard(number, OF).holds("prod"))
    _, merged = merge(tmp_path, shards(tmp_path, run, {1, 2, 3} - {empty}))

    assert list(missing(merged)) == [f"shard-{empty}-of-3"]
    assert "it had nothing to probe" in missing(merged)[f"shard-{empty}-of-3"]


def test_runs_that_were_merged_before_may_lack_the_same_leg(tmp_path: Path) -> None:
    """That is no verdict that two legs have; the legs that lack are told, and so the run is not whole."""
    parts = []
    for name in ("prod", "qa"):
        leg = written(tmp_path / name, runs.diagnosed(runs.verdict(target=name)))
        main(["merge", str(leg), "--expect-names", f"{name},gone", "--reports", str(tmp_path / f"of-{name}")])
        parts.append(tmp_path / f"of-{name}")
    _, merged = merge(tmp_path, parts)

    assert list(missing(merged)) == ["gone"]
    assert "has what" not in missing(merged)["gone"]
    assert merged.ended.startswith("interrupted: of-prod: not whole: gone; of-qa: ")


def test_leg_that_began_at_the_very_moment_is_of_this_run(tmp_path: Path) -> None:
    leg = written(tmp_path / "prod", runs.diagnosed(runs.verdict()))
    began = datetime.fromisoformat(results.read(leg / "results.json").started)

    assert legs_.gather([leg], legs_.Expected(since=began)).problems == []
    (told,) = legs_.gather([leg], legs_.Expected(since=began + timedelta(seconds=1))).problems
    assert "no leg of this run" in told.reason


def test_leg_that_cannot_be_read_does_not_stand_for_one_that_is_not_there(tmp_path: Path) -> None:
    legs = [written(tmp_path / name, runs.diagnosed(runs.verdict(target=name))) for name in ("prod", "qa")]
    (legs[1] / "results.json").write_text("{")
    _, merged = merge(tmp_path, legs, "--expect", "3")

    assert list(missing(merged)) == ["qa", "legs"]
    assert missing(merged)["legs"].startswith("2 of 3 legs are here")


def test_leg_that_is_expected_and_not_there_is_one_of_those_that_are_missing(tmp_path: Path) -> None:
    leg = written(tmp_path / "prod", runs.diagnosed(runs.verdict(target="prod")))
    _, merged = merge(tmp_path, [leg], "--expect-names", "prod,qa", "--expect", "3")

    assert list(missing(merged)) == ["qa", "legs"]


def test_shards_of_two_runs_are_missing_in_each_of_them(tmp_path: Path) -> None:
    legs = shards(tmp_path, one_run())
    changed(shard=Shard(2, 4, TENANTS))(legs[1])
    _, merged = merge(tmp_path, legs)

    assert missing(merged).keys() >= {"shards", *(f"shard-{each}" for each in ("2-of-3", "1-of-4", "3-of-4", "4-of-4"))}


def test_verdict_that_two_legs_of_an_earlier_version_have_is_explained_once(tmp_path: Path) -> None:
    target = "prod:password-realm:db"
    legs = []
    for name, probes in {"a": ("one", "both"), "b": ("both", "another")}.items():
        ill = runs.diagnosed(*(runs.down(probe, target) for probe in probes))
        legs.append(of_an_earlier_version(written(tmp_path / name, ill)))
    _, merged = merge(tmp_path, legs)

    assert merged.diagnosis
    explained = [name for cause in merged.diagnosis.causes for name in cause.verdicts]
    assert sorted(explained) == sorted(each.id for each in merged.verdicts if each.ill)
