"""The step summary: what it says first, what it leaves out and says so, and that nothing foreign in it is markup."""

from __future__ import annotations

import itertools
import re
from html import unescape
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies

from monitor import results
from monitor.clues import Clue, ClueKind
from monitor.reports import markdown, summary
from monitor.reports.__main__ import main
from monitor.text import one_line
from monitor.verdict import Run
from tests.reports import runs

MIB = 1024 * 1024
GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/monitor",
    "GITHUB_RUN_ID": "7",
}


def told(*several: Run, **links: str) -> str:
    return summary.render(several, links, "https://github.com/acme/monitor/blob/HEAD/")


def plain(text: str) -> str:
    return unescape(text)


def test_diagnosis_comes_first_then_each_cause_with_its_owner_and_what_to_do() -> None:
    said = plain(told(runs.diagnosed(runs.down(), runs.verdict("discovery_is_there"))))

    lines = [line for line in said.splitlines() if line]
    assert lines[0].startswith("## 🔴 DOWN – ")
    (cause,) = [line for line in lines if line.startswith("- 🔴 down **")]
    assert lines.index(cause) == 1
    assert re.search(r"\*\*(extension|configuration|auth0|unknown), (certain|likely|guess)\*\*: ", cause)
    assert "](<https://github.com/acme/monitor/blob/HEAD/docs/runbook.md#" in lines[2]
    assert runs.REFUSED in said


def test_targets_are_counted_by_status_and_the_worst_comes_first() -> None:
    said = plain(told(runs.diagnosed(runs.verdict(target="a"), runs.verdict("other", "a"), runs.down(target="b"))))

    rows = [line for line in said.splitlines() if re.match(r"\| [ab] \|", line)]
    assert rows == ["| b | 1 |  |  |  |  |", "| a |  |  |  | 2 |  |"]


def test_page_that_could_not_be_read_is_apart_from_what_is_ill() -> None:
    said = plain(told(runs.diagnosed(runs.verdict(), runs.unread())))

    assert "### What is not up" not in said
    assert "### Status pages that were not read" in said


def test_round_that_was_worse_than_the_newest_is_said_in_the_second_line() -> None:
    before = runs.diagnosed(runs.down(), runs.verdict("discovery_is_there"), started="2026-11-22T20:59:00Z")
    newest = runs.diagnosed(runs.verdict())

    said = plain(told(before, newest))

    lines = [line for line in said.splitlines() if line]
    assert lines[0].startswith("## 🟢 UP")
    assert lines[1] == "**But the round of 2026-11-22T20:59:00Z was down.**"
    assert "### The round of 2026-11-22T20:59:00Z" in said
    rows = [line.split(" | ")[:2] for line in lines if line.startswith("| 2026")]
    assert rows == [["| 2026-11-22T20:59:00Z", "🔴 down"], ["| 2026-11-22T21:00:00Z", "🟢 up"]]


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_what_is_no_real_tenant_is_said_in_the_heading(mode: str) -> None:
    run = runs.diagnosed(runs.verdict(), mode=mode, drill=("login-refused",))

    assert told(run).startswith(f"## 🟢 {mode.upper()}: UP")
    assert f"> **{mode.upper()}" in plain(told(run))


def test_summary_of_many_tenants_stays_below_what_github_shows_and_counts_what_it_leaves_out() -> None:
    said = told(runs.diagnosed(*runs.huge(ill=5_000, verdicts=6_000).verdicts))

    assert len(said.encode()) < MIB
    assert "… and 4,800 more probes: see the page." in said
    assert "more cause" in said or said.count("\n- ") <= summary.MANY_CAUSES


def test_text_that_is_too_long_is_cut_at_a_line_and_says_so() -> None:
    said = markdown.bounded("é" * 99 + "\n" * 2 + ("ab" * 50 + "\n") * 20_000)

    assert len(said.encode()) <= markdown.LIMIT < MIB
    assert said.endswith(markdown.CUT)
    assert said.removesuffix(markdown.CUT).endswith("ab")
    assert markdown.bounded("short") == "short"


@hypothesis.settings(deadline=None, database=None)
@hypothesis.given(strategies.text(strategies.characters(exclude_categories=()), max_size=60))
def test_nothing_foreign_is_markup_mention_or_reference(text: str) -> None:
    said = markdown.text(text)

    assert "\n" not in said
    assert not set(re.sub(r"&#\d+;", "", said)) & set("<>&\"'`*_[]()#|~@:\\!{}$^=")
    assert unescape(said) == one_line(text)


def test_hostile_run_is_told_without_a_tag_a_mention_or_a_link_of_its_own() -> None:
    said = told(runs.hostile(), **{"the page": "https://github.com/x"})

    assert "<script" not in said
    assert "<img" not in said
    assert re.findall(r"\]\(<([^>]*)>\)", said) == ["https://github.com/x"]


@pytest.mark.parametrize(
    "address",
    ["", "javascript:alert(1)", "https://a.example/> [x](", "https://a.example/\nx", "//a.example", "http://["],
)
def test_what_is_no_address_of_the_web_is_no_link(address: str) -> None:
    assert markdown.link("x", address) == "x"


def test_command_reads_the_rounds_of_a_folder_and_links_to_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, run in enumerate((runs.diagnosed(runs.down()), runs.diagnosed(runs.verdict())), 1):
        folder = tmp_path / "rounds" / f"20261122T21000{number}Z-{number}"
        folder.mkdir(parents=True)
        results.write(folder / "results.json", run)

    code = main(["summary", str(tmp_path), "--link", "the page=https://github.com/p", "--link", "the site="], GITHUB)

    said = capsys.readouterr().out
    assert code == 0
    assert "[this run](<https://github.com/acme/monitor/actions/runs/7>) · [the page](<https://github.com/p>)" in said
    assert "the site" not in said
    assert "### Rounds" in said


@pytest.mark.parametrize("text", [None, "{", '{"schema": 99}'])
def test_results_that_cannot_be_read_are_an_unknown_that_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    if text is not None:
        (tmp_path / "results.json").write_text(text)

    assert main(["summary", str(tmp_path)], {}) == 1
    said = capsys.readouterr()
    assert said.out.startswith("## 🟣 UNKNOWN – no result")
    assert "results.json cannot be read" in plain(said.out)
    assert "results.json cannot be read" in said.err


def rows(said: str, heading: str) -> list[list[str]]:
    """The cells of the table below this heading, without its head."""
    lines = said.partition(f"### {heading}\n\n")[2].splitlines()
    table = list(itertools.takewhile(lambda line: line.startswith("|"), lines))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


@pytest.mark.parametrize(("number", "more"), [(30, False), (31, True)])
def test_many_causes_are_cut_and_counted(number: int, *, more: bool) -> None:
    said = plain(told(runs.caused(number)))

    assert said.count("\n- 🔴 down **auth0, likely**: ") == 30
    assert ("… and 1 more cause: see the page." in said) is more
    assert said.count("; 1 probe\n") == 30


@pytest.mark.parametrize(("number", "more"), [(300, False), (301, True)])
def test_many_targets_are_cut_and_counted(number: int, *, more: bool) -> None:
    said = plain(told(runs.run(*(runs.verdict(target=f"t{each:03}") for each in range(number)))))

    assert len(rows(said, "Targets")) == 300
    assert ("… and 1 more target: see the page." in said) is more


@pytest.mark.parametrize(("number", "more"), [(200, False), (201, True)])
def test_many_probes_that_are_not_up_are_cut_and_counted(number: int, *, more: bool) -> None:
    said = plain(told(runs.run(*(runs.down(f"probe_{each}") for each in range(number)), runs.verdict())))

    assert len(rows(said, "What is not up")) == 200
    assert ("… and 1 more probe: see the page." in said) is more


def test_row_of_what_is_not_up_has_its_status_target_time_and_reason_the_worst_first() -> None:
    said = plain(told(runs.run(runs.degraded(target="prod:password"), runs.verdict(), runs.down(), runs.unread())))

    assert rows(said, "What is not up") == [
        ["🔴 down", "login_hands_out_tokens", "prod", "0.21 s of 3 s", runs.REFUSED],
        ["🟡 degraded", "tenant_is_fast", "prod:password", "4.20 s of 3 s", "took 4.20 s of a budget of 3 s"],
    ]
    (page,) = rows(said, "Status pages that were not read")
    assert page == ["service_reports_no_incident [github]", "an HTML page; look at https://example.com"]


def test_last_line_counts_every_status_and_says_when_and_of_which_version() -> None:
    run = runs.run(*runs.every_status().verdicts, runs.verdict("second"))
    last = plain(told(run)).splitlines()[-1]

    assert last == (
        "1 down, 1 unknown, 1 degraded, 2 up, 1 skipped; began 2026-11-22T21:00:00Z, took 1.23 s; suite 0.1.0"
    )


def test_what_auth0_knows_is_an_item_each() -> None:
    clues = (Clue("prod", ClueKind.LOG, "wrong password"), Clue("qa", ClueKind.ACTION, "deployed"))
    said = plain(told(runs.run(runs.down(), clues=clues)))

    assert "### What Auth0 knows\n\n- prod: wrong password\n- qa: deployed\n" in said
    assert "What Auth0 knows" not in told(runs.run(runs.down()))


def test_heading_of_a_real_run_has_no_mode_and_one_run_has_no_rounds() -> None:
    said = told(runs.caused(1))

    assert said.startswith("## 🔴 DOWN – all is ill\n")
    assert "### Rounds" not in said
    assert "### The round of" not in said
    assert "But the round of" not in said


def test_newest_of_two_rounds_that_are_as_bad_is_the_one_that_is_told() -> None:
    said = plain(told(runs.caused(1, started="2026-11-22T20:59:00Z"), runs.caused(2)))

    assert "But the round of" not in said
    assert "### The round of" not in said
    assert said.count("- 🔴 down **auth0") == 2
    assert [row[0] for row in rows(said, "Rounds")] == ["2026-11-22T20:59:00Z", "2026-11-22T21:00:00Z"]


def test_newest_of_the_worst_rounds_is_told_with_its_causes() -> None:
    early, late = (runs.caused(1, started=f"2026-11-22T20:5{minute}:00Z") for minute in (7, 8))
    said = plain(told(early, late, runs.diagnosed(runs.verdict())))

    assert "**But the round of 2026-11-22T20:58:00Z was down.**" in said
    part = said.partition("### The round of 2026-11-22T20:58:00Z")[2].partition("###")[0]
    assert "🔴 **DOWN** all is ill" in part
    assert "- 🔴 down **auth0, likely**: t00 is ill" in part


def test_runbook_is_a_link_only_where_its_folder_is_known() -> None:
    assert "[b&#35;r](<https://github.com/acme/monitor/blob/HEAD/b#r>)" in told(runs.caused(1))
    assert "next: `b#r`; 1 probe" in summary.render([runs.caused(1)], {}, "")


@pytest.mark.parametrize(
    ("values", "linked"),
    [
        (GITHUB, True),
        ({}, False),
        ({"GITHUB_SERVER_URL": "https://github.com"}, False),
        ({"GITHUB_REPOSITORY": "acme/monitor", "GITHUB_RUN_ID": "7"}, False),
        ({name: value for name, value in GITHUB.items() if name != "GITHUB_RUN_ID"}, False),
    ],
    ids=["all", "none", "server", "no-server", "no-run"],
)
def test_command_links_to_the_run_only_where_it_knows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], values: dict[str, str], *, linked: bool
) -> None:
    results.write(tmp_path / "results.json", runs.caused(1))

    assert main(["summary", str(tmp_path / "results.json")], values) == 0
    said = capsys.readouterr().out
    assert ("this run" in said) is linked
    assert ("blob/HEAD/b#r" in said) is bool({"GITHUB_SERVER_URL", "GITHUB_REPOSITORY"} <= set(values))


def test_command_tells_what_could_be_read_beside_what_could_not_and_is_red(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place, text in (("1", "{"), ("2", None)):
        (tmp_path / "rounds" / place).mkdir(parents=True)
        if text:
            (tmp_path / "rounds" / place / "results.json").write_text(text)
        else:
            results.write(tmp_path / "rounds" / place / "results.json", runs.caused(1))

    assert main(["summary", str(tmp_path)], {}) == 1
    said = plain(capsys.readouterr().out)
    assert said.startswith("> **")
    assert "results.json cannot be read" in said
    assert "## 🔴 DOWN – all is ill" in said
    assert "no result" not in said


def test_command_puts_the_newest_run_first_however_the_files_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, run in (("a", runs.diagnosed(runs.verdict())), ("b", runs.caused(1, started="2026-11-22T20:00:00Z"))):
        (tmp_path / name).mkdir()
        results.write(tmp_path / name / "results.json", run)

    assert main(["summary", str(tmp_path / "a"), str(tmp_path / "b")], {}) == 0
    assert capsys.readouterr().out.startswith("## 🟢 UP")


@pytest.mark.parametrize("address", ["https://a.example/x?y=1#z", "http://a.example/"])
def test_address_of_the_web_is_a_link_with_its_text(address: str) -> None:
    assert markdown.link("the page", address) == f"[the page](<{address}>)"


def test_table_has_its_headings_and_is_none_without_rows() -> None:
    assert markdown.table(("a", "b"), [["1", "2"], ["3", "4"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"
    assert markdown.table(("a", "b"), []) == ""


@pytest.mark.parametrize(("more", "cut"), [(0, False), (1, True)])
def test_text_is_cut_where_it_is_longer_than_the_limit_and_no_sooner(more: int, *, cut: bool) -> None:
    line = "x" * 99 + "\n"
    text = line * (markdown.LIMIT // 100) + "y" * more

    assert markdown.bounded(text).endswith(markdown.CUT) is cut
    assert (markdown.bounded(text) == text) is not cut
