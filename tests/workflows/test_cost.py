"""What the schedules cost: as they are shipped they fit the smallest plan, and whatever makes them dearer is seen."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from monitor.actions import __main__ as command
from monitor.actions import cost, cron
from monitor.text import duration
from tests.suite import ROOT
from tests.workflows.rehearsal import WORKFLOWS, read

SCHEDULED = sorted(each.name for each in WORKFLOWS.glob("*.yml") if "schedule" in read(each.name)["on"])


def used(**values: str) -> int:
    return cost.total(cost.bills(ROOT, values))


def test_what_is_shipped_fits_the_free_plan_of_a_private_repository() -> None:
    """Reckoned here once more, by hand, from the files: no hour of the month has more than one start of each line."""
    crons = {name: [each["cron"] for each in read(name)["on"]["schedule"]] for name in SCHEDULED}
    assert crons == {"overdue.yml": ["51 */3 * * *"], "synthetic.yml": ["23 * * * *"]}
    by_hand = 31 * 8 * 1 + 31 * 24 * 2

    assert used() == used(AUTH0_TENANTS="prod") == used(AUTH0_TENANTS="a,b,c", MONITOR_JOBS="one") == by_hand
    assert by_hand <= 2_000 == cost.PLANS["free"]
    assert not cost.cures(cost.bills(ROOT, {}), "free", "")


def test_every_workflow_with_a_schedule_is_counted() -> None:
    assert sorted({bill.file for bill in cost.bills(ROOT, {})}) == SCHEDULED


@pytest.mark.parametrize(
    ("values", "minutes"),
    [
        ({"AUTH0_TENANTS": "a,b"}, 248 + 744 * (1 + 1 + 1 + 2)),
        ({"AUTH0_TENANTS": "a", "MONITOR_JOBS": "matrix"}, 248 + 744 * (1 + 1 + 2)),
        ({"AUTH0_TENANTS": "a,b", "MONITOR_SHARDS": "1"}, 248 + 744 * (1 + 1 + 2)),
        ({"MONITOR_PAGES": "true"}, 248 + 744 * (2 + 1)),
        ({"MONITOR_ROUNDS": "3"}, 248 + 744 * 4),
        ({"MONITOR_ROUNDS": "3", "MONITOR_EVERY": "30"}, 248 + 744 * 3),
    ],
    ids=["matrix", "matrix-of-one", "shards", "pages", "rounds", "closer-rounds"],
)
def test_jobs_and_rounds_are_billed_by_the_minute_that_has_begun(values: dict[str, str], minutes: int) -> None:
    assert used(**values) == minutes


def copied(folder: Path, line: str, **more: str) -> Path:
    """A clone in which this is the cron line of the suite, and with these files beside."""
    (folder / cost.FOLDER).mkdir(parents=True)
    for name in SCHEDULED:
        shutil.copyfile(WORKFLOWS / name, folder / cost.FOLDER / name)
    file = folder / cost.FOLDER / cost.SUITE
    file.write_text(file.read_text().replace('- cron: "23 * * * *"', f'- cron: "{line}"'))
    for name, text in more.items():
        (folder / cost.FOLDER / f"{name}.yml").write_text(text)
    return folder


def test_login_a_minute_is_one_line_which_the_file_has_ready_and_its_price_is_known(tmp_path: Path) -> None:
    text = (WORKFLOWS / cost.SUITE).read_text(encoding="utf-8")
    (ready,) = re.findall(r"# - cron: \"(.+)\"", text)

    suite = next(bill for bill in cost.bills(copied(tmp_path, ready), {}) if bill.file == cost.SUITE)

    assert (suite.runs, suite.minutes, suite.shape) == (31 * 24 * 12, 5, "one job, 5 rounds")
    assert suite.pause is not None
    assert suite.pause < 2
    assert cost.cures([suite], "enterprise", "") == () != cost.cures([suite], "team", "")
    for name, job in read(cost.SUITE)["jobs"].items():
        assert "endsWith(github.event.schedule, '/5 * * * *') && '5'" in str(job.get("env")) or name not in (
            "monitor",
            "probe",
        )


def test_table_of_the_documents_is_what_is_reckoned(tmp_path: Path) -> None:
    text = (ROOT / "docs/github.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]+\| `cron: \"(.+?)\"` \| ([\d,]+) \| ([^|]+) \|", text, re.MULTILINE)

    assert len(rows) == 4
    for number, (line, minutes, shortest) in enumerate(rows):
        made = cost.bills(copied(tmp_path / str(number), line), {})
        (suite,) = [bill for bill in made if bill.file == cost.SUITE]
        assert (line, f"{cost.total(made):,}") == (line, minutes)
        assert suite.pause is not None
        assert (line, duration(suite.pause * 60)) == (line, shortest)
    assert f"| **{used():,}** | **1 h** |" in text
    assert f"| `MONITOR_PAGES` | {used(MONITOR_PAGES='true'):,} |" in text
    assert f"| `MONITOR_JOBS=matrix` | {used(AUTH0_TENANTS='a,b'):,} |" in text
    shown = "\n".join(cost.lines(cost.bills(ROOT, {}), "free", ""))
    assert shown in text


def test_workflow_that_calls_the_suite_costs_what_the_suite_does(tmp_path: Path) -> None:
    called = """on: {schedule: [{cron: "7 6 * * *"}]}
jobs:
  x:
    uses: ./.github/workflows/synthetic.yml
    with: {tenants: "a,b", rounds: 2}
"""
    made = {bill.file: bill for bill in cost.bills(copied(tmp_path, "23 * * * *", call=called), {})}

    assert (made["call.yml"].runs, made["call.yml"].minutes) == (31, 1 + 2 + 2 + 2)
    assert cost.seen(made["call.yml"]).startswith("an outage of ")


def test_workflow_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"broken\.yml is no workflow"):
        cost.bills(copied(tmp_path, "23 * * * *", broken="on: {schedule: [{at: 7}]}"), {})


@pytest.mark.parametrize(
    ("line", "starts", "pause"),
    [
        ("23 * * * *", 744, 60),
        ("3-59/5 * * * *", 8928, 5),
        ("*/15 * * * *", 2976, 15),
        ("21,51 * * * *", 1488, 30),
        ("0 8-18/2 * * mon-fri", 6 * 22, 62 * 60),
        ("0 0 1,15 * *", 2, 17 * 24 * 60),
        ("0 0 1 * 0", 5, 7 * 24 * 60),
        ("0 0 * * 7", 5, 7 * 24 * 60),
        ("0 0 * * 1-7", 31, 24 * 60),
        ("0 0 * * 6-7", 9, 6 * 24 * 60),
        ("0 0 * * 07", 5, 7 * 24 * 60),
        ("5/20 0 1 feb *", 3, None),
    ],
)
def test_cron_line_begins_as_many_runs_as_cron_would(line: str, starts: int, pause: int | None) -> None:
    """In a month of 31 days that begins on a Sunday."""
    begun = cron.starts(line)

    assert len(begun) == len(set(begun)) == starts
    assert begun == sorted(begun)
    assert pause is None or cron.longest_pause(begun) == pause


@pytest.mark.parametrize(
    "line", ["* * * *", "60 * * * *", "5-1 * * * *", "*/0 * * * *", "x * * * *", "* * 0 * *", "* * * * 8", ""]
)
def test_what_is_no_cron_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="cron line"):
        cron.starts(line)


def test_no_start_has_no_pause() -> None:
    assert cron.longest_pause([]) is None


def job(seconds: int, conclusion: str = "success") -> dict[str, Any]:
    return {
        "conclusion": conclusion,
        "started_at": "2026-11-23T00:00:00Z",
        "completed_at": f"2026-11-23T00:{seconds // 60:02}:{seconds % 60:02}Z",
    }


def test_measured_run_is_billed_by_its_jobs_and_not_by_those_that_were_skipped() -> None:
    run = cost.measured([job(61), job(3), job(0, "skipped"), {"conclusion": "success"}], "2026-11-23T00:00:00Z")

    assert run is not None
    assert run.minutes == 2 + 1
    assert cost.measured([{}], "2026-11-23T00:00:00Z") is None
    assert cost.measured([job(1)], "yesterday") is None


@pytest.mark.parametrize(
    ("plan", "tenants", "code"),
    [("free", "prod", 0), ("free", "a,b", 1), ("team", "a,b", 1), ("enterprise", "a,b", 0)],
)
def test_command_says_whether_it_fits(
    plan: str, tenants: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTH0_TENANTS", tenants)
    ended = command.main(["cost", "--offline", "--plan", plan])

    told = capsys.readouterr().out
    assert ended == code, told
    assert f"of GitHub's {plan} plan" in told
    assert ("MONITOR_JOBS --body one" in told) is bool(code)


def test_command_without_gh_reckons_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    assert command.main(["cost"]) == 0
    told = capsys.readouterr()
    assert "gh is not on PATH" in told.err
    assert "1,736 of the 2,000" in told.out


def test_command_takes_variables_and_minutes_from_github(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "gh"
    program.write_text("""#!/bin/sh
case "$2" in
  'repos/{owner}/{repo}') echo '{"private": true}' ;;
  *variables*) echo '{"variables": [{"name": "AUTH0_TENANTS", "value": "a,b"}]}' ;;
  *synthetic.yml/runs*) echo '{"workflow_runs": [{"id": 1, "created_at": "2026-11-23T00:00:00Z"}]}' ;;
  *runs/1/jobs*) echo '{"jobs": [{"conclusion": "success", "started_at": "2026-11-23T00:00:00Z",
    "completed_at": "2026-11-23T00:09:01Z"}]}' ;;
  *) echo '{}' ;;
esac
""")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)

    assert command.main(["cost"]) == 1
    told = capsys.readouterr().out
    assert "7,440" in told
    assert "matrix of 2, 1 round; measured, 1 run" in told


def test_command_takes_all_variables_and_those_of_the_organization(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = [{"name": f"AUTH0_DEPENDENCY_{number}_NAME", "value": "x"} for number in range(30)]
    (tmp_path / "first.json").write_text(json.dumps({"total_count": 31, "variables": first}))
    program = tmp_path / "gh"
    program.write_text(f"""#!/bin/sh
case "$2" in
  *actions/organization-variables*) echo '{{"variables": [{{"name": "AUTH0_TENANTS", "value": "a,b,c"}}]}}' ;;
  *actions/variables*page=2) echo '{{"variables": [{{"name": "MONITOR_JOBS", "value": "one"}}]}}' ;;
  *actions/variables*) cat '{tmp_path}/first.json' ;;
  *) echo '{{}}' ;;
esac
""")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)

    command.main(["cost"])
    one = capsys.readouterr().out
    (tmp_path / "first.json").write_text('{"variables": []}')
    command.main(["cost"])
    organization = capsys.readouterr().out

    assert "one job, 1 round" in one
    assert "matrix of 3, 1 round" in organization


def test_all_jobs_of_a_large_matrix_are_billed() -> None:
    def ask(path: str) -> dict[str, Any]:
        if "/jobs?" in path:
            return {"jobs": [job(61)] * (30 if path.endswith("page=2") else 100)}
        return {"workflow_runs": [{"id": 1, "created_at": "2026-11-23T00:00:00Z"}]} if cost.SUITE in path else {}

    (run,) = cost.gathered(ask, ROOT)[cost.SUITE]

    assert run.minutes == 130 * 2


@pytest.mark.parametrize("number", range(12))
def test_month_of_a_cron_line_has_a_name(number: int) -> None:
    name = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")[number]

    assert cron.starts(f"0 0 1 {name}-dec *") == cron.starts(f"0 0 1 {number + 1}-12 *") == [0]
    assert cron.starts(f"0 0 1 jan-{name.upper()} *") == [0]
    if number:
        with pytest.raises(ValueError, match="is no month of a cron line, which is from 1 to 12"):
            cron.starts(f"0 0 1 {name}-{number} *")


@pytest.mark.parametrize(
    ("name", "day"), [("sun", 1), ("mon", 2), ("tue", 3), ("wed", 4), ("thu", 5), ("fri", 6), ("sat", 7)]
)
def test_weekday_of_a_cron_line_has_a_name_and_the_month_begins_on_a_sunday(name: str, day: int) -> None:
    whole_days = [start / (24 * 60) for start in cron.starts(f"0 0 * * {name}")]

    assert whole_days == list(range(day - 1, 31, 7))
    assert cron.starts(f"0 0 * * {day - 1}") == cron.starts(f"0 0 * * {name.upper()}") == cron.starts(f"0 0 * * {name}")


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("59 23 31 * *", [30 * 1440 + 23 * 60 + 59]),
        ("0 0 1 * *", [0]),
        ("5,10 1 1 12 *", [65, 70]),
        ("10,5 1,0 1 * *", [5, 10, 65, 70]),
        ("50/5 0 1 * *", [50, 55]),
        ("0 0 1 * mon", [0, 1440, 8 * 1440, 15 * 1440, 22 * 1440, 29 * 1440]),
        ("0 0 */30 * mon", []),
        ("0 0 1-2 * */6", [0]),
    ],
)
def test_cron_line_begins_runs_at_its_minutes(line: str, starts: list[int]) -> None:
    """A day and a weekday that are both restricted are either; where one begins with a star it is both."""
    assert cron.starts(line) == starts


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("60 * * * *", "'60' is no minute of a cron line, which is from 0 to 59"),
        ("* 24 * * *", "'24' is no hour of a cron line, which is from 0 to 23"),
        ("* * 32 * *", "'32' is no day of a cron line, which is from 1 to 31"),
        ("* * * 13 *", "'13' is no month of a cron line, which is from 1 to 12"),
        ("* * * 0 *", "'0' is no month of a cron line, which is from 1 to 12"),
        ("* * * * 8", "'8' is no weekday of a cron line, which is from 0 to 6"),
        ("* * mon * *", "'mon' is no day of a cron line"),
        ("1- * * * *", "'1-' is no minute of a cron line"),
        ("* * * * * *", "it has 6 fields, and not 5"),
    ],
)
def test_what_is_wrong_in_a_cron_line_is_named(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cron.starts(line)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [([0], 1), ([60], 1), ([61], 2), ([59, 59], 2), ([120, 1], 3)], ids=str
)
def test_job_is_billed_by_the_minute_that_has_begun(seconds: list[int], minutes: int) -> None:
    run = cost.measured([job(each) for each in seconds], "2026-11-23T00:00:00Z")

    assert run is not None
    assert run.minutes == minutes


def test_minutes_are_the_mean_of_the_runs_that_were_measured_and_the_pause_between_them_the_median() -> None:
    times = ["2026-11-23T00:00:00Z", "2026-11-23T03:00:00Z", "2026-11-23T01:00:00Z", "2026-11-23T07:00:00Z"]
    runs = [cost.measured([job(60 * number)], at) for number, at in enumerate(times, 1)]
    known = {cost.SUITE: [run for run in runs if run]}
    (suite,) = [bill for bill in cost.bills(ROOT, {}, known) if bill.file == cost.SUITE]

    assert (suite.minutes, suite.measured, suite.observed) == (2.5, 4, 120)
    assert suite.total == 744 * 2.5
    assert suite.late
    assert "it began the last 4 2 h apart" in cost.seen(suite)


@pytest.mark.parametrize(
    ("pause", "observed", "is_late"),
    [(60.0, 90.0, False), (60.0, 91.0, True), (60.0, None, False), (None, 91.0, False)],
    ids=str,
)
def test_runs_are_late_that_begin_half_as_often_again_apart(
    pause: float | None, observed: float | None, *, is_late: bool
) -> None:
    bill = cost.Bill("x.yml", "23 * * * *", 744, 2.0, "one job", pause, 5, observed)

    assert bill.late is is_late
    assert ("an outside clock" in cost.seen(bill)) is is_late


def test_workflow_that_asks_no_tenant_sees_no_outage() -> None:
    assert cost.seen(cost.Bill(cost.OVERDUE, "51 */3 * * *", 248, 1.0, "1 job", 180.0)) == ""


@pytest.mark.parametrize(
    ("private", "machine", "why"),
    [
        (False, "", "a public repository"),
        (True, "", ""),
        (None, "", ""),
        (True, "self-hosted", "a machine of one's own"),
        (False, "my-runner", "a machine of one's own"),
        (True, "ubuntu-24.04", ""),
        (True, "windows-2025", ""),
        (True, "macos-15", ""),
        (False, "ubuntu-24.04", "a public repository"),
    ],
)
def test_runs_cost_nothing_in_public_or_on_a_machine_of_ones_own(private: object, machine: str, why: str) -> None:
    assert cost.free(private, {"MONITOR_RUNNER": f" {machine} "}) == why
    bills = [cost.Bill("x.yml", "* * * * *", 9_999, 99.0, "one job", 1.0)]
    assert bool(cost.cures(bills, "free", why)) is not bool(why)


@pytest.mark.parametrize(("pages", "plan"), [("true", "team"), ("", "free"), ("false", "free")])
def test_pages_need_a_paid_plan(pages: str, plan: str) -> None:
    assert cost.plan_of({"MONITOR_PAGES": f" {pages} "}) == plan


@pytest.mark.parametrize(
    ("plan", "minutes"), [("free", 2_000), ("pro", 3_000), ("team", 3_000), ("enterprise", 50_000)]
)
def test_plan_has_its_minutes_and_what_takes_them_all_fits(plan: str, minutes: int) -> None:
    fits = cost.Bill("x.yml", "* * * * *", minutes, 1.0, "one job", 1.0)
    more = cost.Bill("x.yml", "* * * * *", minutes, 1.0001, "matrix of 2", 1.0)

    assert cost.cures([fits], plan, "") == ()
    assert cost.sentence([fits], plan, "").endswith(
        f"of the {minutes:,} minutes a month of GitHub's {plan} plan (100%)"
    )
    assert [cure.partition(" ")[0] for cure in cost.cures([more], plan, "")] == ["all", "a", "or"]
    assert cost.sentence([more], plan, "").endswith("and that does not fit")


@pytest.mark.parametrize("given", ["0", "-1", "10000", "x", "nan"])
def test_rounds_that_are_no_number_are_named(given: str) -> None:
    for name in ("MONITOR_ROUNDS", "MONITOR_EVERY"):
        with pytest.raises(ValueError, match=f"'{given}' is no number"):
            cost.bills(ROOT, {name: given})


def test_rounds_of_a_run_shorten_the_pause() -> None:
    (suite,) = [bill for bill in cost.bills(ROOT, {"MONITOR_ROUNDS": "3"}) if bill.file == cost.SUITE]

    assert (suite.pause, suite.shape) == (58, "one job, 3 rounds")


def test_command_asks_for_so_many_pages_of_variables_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def answer(_github: object, path: str, _seconds: float = 0) -> bytes:
        asked.append(path)
        full = [{"name": f"X{number}", "value": "x"} for number in range(30)]
        return json.dumps({"private": True, "variables": full} if "actions/variables" in path else {}).encode()

    monkeypatch.setattr("monitor.actions.artifacts.GitHub.asked", answer)

    assert command.main(["cost"]) == 0
    pages = [path for path in asked if path.startswith("actions/variables")]
    assert pages == [f"actions/variables?per_page=30&page={number}" for number in range(1, 41)]
    assert "1,736 of the 2,000" in capsys.readouterr().out
