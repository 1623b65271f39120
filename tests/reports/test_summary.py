"""The step summary: what it says first, what it leaves out and says so, and that nothing foreign in it is markup."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies

from monitor import results
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
