from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clues import Clue, ClueKind
from monitor.reports import Written, terminal
from monitor.verdict import Run
from tests.reports import runs

WRITTEN = Written({name: Path("/somewhere/reports") / name for name in ("results.json", "report.html")})


def screen(run: Run, written: Written = WRITTEN, width: int = 100) -> list[str]:
    return [line.text for line in terminal.screen(run, written, width=width)]


def position(lines: list[str], words: str) -> int:
    return next(number for number, line in enumerate(lines) if words in line)


EAST_ASIAN = "ログイン画面が表示されません。" * 12 + " 로그인이 되지 않습니다 " * 9 + "e\u0301" * 99 + "😀" * 50
"""What takes two columns a letter, and what takes none, with spaces and without."""


def east_asian() -> Run:
    """A tenant, a probe and a reason in letters that are twice as wide as Latin ones."""
    target = f"顧客ポータル:{EAST_ASIAN[:60]}"
    return runs.run(runs.down(EAST_ASIAN[:90], target, reason=EAST_ASIAN), runs.skipped("x", target, reason=EAST_ASIAN))


def taken(line: str) -> int:
    """The columns that a terminal needs for this line."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in line)
    return len(line) + wide - sum(bool(unicodedata.combining(each)) for each in line)


def test_line_is_as_wide_as_its_letters_are() -> None:
    """Twenty-four letters of Japanese are a whole line of 50 columns behind their label, and one more is not."""
    reason = "画" * 25
    lines = screen(runs.run(runs.down(reason=reason)), width=60)
    first = position(lines, "画")

    assert lines[first : first + 2] == [f"  DOWN      {'画' * 24}", f"{' ' * 12}画"]


def test_first_line_is_the_conclusion() -> None:
    conclusions = {
        "DOWN      prod: 1 of 5 probes are down": runs.every_status(),
        "UNKNOWN   prod: 1 of 2 probes are unknown": runs.run(runs.unknown(), runs.verdict()),
        "DEGRADED  prod: 1 of 1 probe is degraded": runs.run(runs.degraded()),
        "UP        prod: 2 probes up, 1 other skipped": runs.run(runs.verdict(), runs.verdict("x"), runs.skipped()),
        "UNKNOWN   prod: every probe was skipped": runs.run(runs.skipped()),
        "UNKNOWN   no probe was planned, so the status is unknown": runs.run(),
    }
    for expected, run in conclusions.items():
        assert screen(run)[0] == expected


def test_styles_are_words_that_a_terminal_writer_knows() -> None:
    lines = terminal.screen(runs.every_status(), Written({}, ["no space"]), width=100)

    assert lines[0].style == "red bold"
    assert {word for line in lines for word in line.style.split()} == {"red", "bold", "purple", "yellow", "green"}


def test_worst_comes_first_then_what_is_up_then_the_reports() -> None:
    lines = screen(runs.run(*runs.every_status().verdicts, runs.degraded(target="a-tenant-of-its-own")))
    order = [
        position(lines, words)
        for words in ("  DOWN ", "  UNKNOWN ", "  DEGRADED ", "a-tenant-of-its-own", "up  ", "skipped", "reports")
    ]

    assert order == sorted(order)
    assert lines[-3] == "reports   /somewhere/reports: results.json, report.html"
    assert lines[-1] == lines[0]


def test_diagnosis_leads_the_screen_and_ends_it() -> None:
    ill = [runs.down(target="prod:password-realm:corp", failure="Refused", error="invalid_grant"), runs.verdict("x")]
    run = runs.diagnosed(*ill, runs.degraded(target="staging"))
    lines = screen(run)
    told = " ".join(" ".join(lines).split())
    assert run.diagnosis is not None
    cause, other = run.diagnosis.causes

    assert lines[0].startswith("DOWN      prod rejects the synthetic user")
    assert lines[-1].startswith("DOWN      prod rejects the synthetic user")
    assert "configuration, likely; prod: 1 of 2 probes are down" in told
    for each in (cause, other):
        assert f"{each.owner}, {each.confidence}: {each.sentence}" in told
        assert f"next {each.runbook}" in told
    assert "→ 500, 0.21 s, x-auth0-requestid" in told


def test_probes_with_one_cause_are_told_once() -> None:
    hit = [runs.down(probe, f"prod:{part}") for probe in ("login", "claims") for part in ("password", "oauth-ro")]
    lines = screen(runs.run(*hit, runs.down("keys", "prod"), runs.down("login", "staging:password")))

    assert sum("the login was refused" in line for line in lines) == 2, "once for each tenant"
    assert "            login, claims [password, oauth-ro]" in lines
    assert "            keys" in lines


def test_reasons_that_differ_in_what_was_measured_are_one_cause() -> None:
    late = [runs.degraded(reason=f"took {took:.2f} s of a budget of 3 s", seconds=took) for took in (4.01, 4.07, 4.02)]
    lines = screen(runs.run(*late, runs.degraded(reason="the certificate expires in 5 days")))

    assert "  DEGRADED  took 4.07 s of a budget of 3 s (the slowest of 3)" in lines
    assert sum("DEGRADED  " in line for line in lines[1:-1]) == 2


def test_cause_brings_what_a_ticket_at_auth0_needs() -> None:
    told = " ".join(" ".join(screen(runs.run(runs.down()))).split())

    assert "POST https://prod.example/oauth/token → 500, 0.21 s, x-auth0-requestid 7b6f4d1a0c2e" in told


def test_what_is_up_is_told_with_its_median_and_its_slowest() -> None:
    times = {"first": 0.1, "second": 0.2, "third": 0.9}
    lines = screen(runs.run(*(runs.verdict(probe, "prod:sms", seconds=took) for probe, took in times.items())))

    assert "up        prod login: 3 probes, median 0.20 s, slowest 0.90 s (third [sms])" in lines


def test_skipped_probes_are_counted_by_reason() -> None:
    lines = screen(runs.run(runs.verdict(), runs.skipped("a"), runs.skipped("b"), runs.skipped("c", reason="not due")))

    assert "skipped   2 probes: set AUTH0_NODES" in lines
    assert "skipped   1 probe: not due" in lines


def test_sandbox_and_a_bad_end_are_said_loudly_below_the_conclusion() -> None:
    lines = screen(runs.run(runs.verdict(), mode="sandbox", ended="interrupted: SIGTERM"))

    assert lines[1].strip() == "SANDBOX: this says nothing about a real tenant"
    assert lines[2].strip() == "INCOMPLETE: interrupted: SIGTERM. What was not judged is unknown"
    assert not any(word in line for word in ("SANDBOX", "INCOMPLETE") for line in screen(runs.every_status()))


def test_report_that_could_not_be_written_is_a_problem_in_red() -> None:
    problem = "/somewhere/junit.xml was not written (No space left on device): free some space"
    lines = terminal.screen(runs.run(runs.verdict()), Written(WRITTEN.paths, [problem]), width=100)

    assert (f"PROBLEM   {problem}", "red bold") in lines


def test_many_tenants_share_the_line_of_what_is_up() -> None:
    lines = screen(runs.huge())

    assert len(lines) < 30
    assert any(line.startswith("up        399 tenants: 9,970 probes, median 0.21 s") for line in lines)


def test_many_tenants_that_are_ill_are_named_in_the_end() -> None:
    lines = screen(runs.run(*(runs.down(target=f"tenant{number:02}") for number in range(40))))

    assert "; and 35 more tenants" in " ".join(" ".join(lines[:3]).split())
    assert any(line.startswith("and 20 more: tenant20, tenant21") for line in lines)


def test_cause_of_very_many_probes_is_cut_and_says_how_many() -> None:
    lines = screen(runs.run(*(runs.unknown(f"a_probe_with_a_long_name_{number}") for number in range(300))))

    assert "            … 300 probes in all" in lines
    assert len(lines) < 20


@pytest.mark.parametrize("width", [1, 40, 80, 100, 200])
@pytest.mark.parametrize(
    "made", [runs.every_status, runs.hostile, runs.huge, east_asian], ids=lambda made: made.__name__
)
def test_every_line_fits_and_nothing_speaks_to_the_terminal(made: Callable[[], Run], width: int) -> None:
    for line in screen(made(), Written({}, [runs.HOSTILE, EAST_ASIAN]), width):
        assert taken(line) <= max(width, 40)
        assert not [each for each in line if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")], repr(line)


def test_long_text_hangs_below_its_beginning() -> None:
    lines = screen(runs.run(runs.down(reason="word " * 60)))
    first = position(lines, "  DOWN      word")

    assert lines[first + 1].startswith("            word")


def styled(run: Run, written: Written = WRITTEN) -> dict[str, str]:
    """The style of each line of the screen, by its text."""
    return {line.text: line.style for line in terminal.screen(run, written, width=110)}


def test_each_line_has_the_colour_of_its_status() -> None:
    found = styled(runs.run(*runs.every_status().verdicts, mode="sandbox"))

    assert found["DOWN      prod: 1 of 5 probes are down"] == "red bold"
    assert found[f"  DOWN      {runs.REFUSED}"] == "red"
    assert found["  UNKNOWN   AUTH0_CLIENT_ID is wrong"] == "purple"
    assert found["  DEGRADED  took 4.20 s of a budget of 3 s"] == "yellow"
    assert found["prod"] == "bold"
    assert {style for text, style in found.items() if text.startswith("up ")} == {"green"}
    assert {style for text, style in found.items() if text.startswith("skipped ")} == {""}
    assert {style for text, style in found.items() if "SANDBOX" in text} == {"yellow bold"}
    assert styled(runs.caused(1))["DOWN      auth0, likely: t00 is ill"] == "red bold"


def test_what_auth0_knows_stands_between_the_causes_and_what_is_up() -> None:
    run = runs.caused(1, clues=(Clue("prod", ClueKind.LOG, "wrong password", connection="users"),))
    lines = screen(replace(run, verdicts=(*run.verdicts, runs.verdict(target="well"))))
    told = position(lines, "auth0     prod (users): wrong password")

    assert position(lines, "next      b#r") < told < position(lines, "up        well")
    assert lines[told - 1] == lines[told + 1] == "", "a part of its own"


@pytest.mark.parametrize(("number", "more"), [(20, ""), (21, "and 1 more cause: "), (23, "and 3 more causes: ")])
def test_many_causes_are_cut_and_counted(number: int, more: str) -> None:
    lines = screen(runs.caused(number))

    assert sum(line.startswith("next ") for line in lines) == min(number, 20)
    assert [line[: len(more)] for line in lines if line.startswith("and ") and "cause" in line] == (
        [more] if more else []
    )


@pytest.mark.parametrize(("number", "shared"), [(10, False), (11, True)])
def test_tenants_share_the_line_of_what_is_up_where_there_are_many(number: int, *, shared: bool) -> None:
    told = [runs.verdict(probe, f"t{each:02}") for each in range(number) for probe in ("a", "b")]
    lines = [line for line in screen(runs.run(*told)) if line.startswith("up  ")]

    assert len(lines) == (1 if shared else number)
    assert lines[0].startswith("up        11 tenants: 22 probes" if shared else "up        t00 login: 2 probes")


@pytest.mark.parametrize(("number", "more"), [(20, 0), (21, 1)])
def test_tenants_that_are_ill_have_lines_of_their_own_up_to_a_bound(number: int, more: int) -> None:
    lines = screen(runs.run(*(runs.down(target=f"tenant{each:02}") for each in range(number))))

    assert sum(line.startswith("tenant") for line in lines) == 20
    assert [line for line in lines if line.startswith("and ")] == [f"and {more} more: tenant20"] * more


@pytest.mark.parametrize(("number", "more"), [(6, []), (7, ["            … 7 probes in all"])])
def test_lines_of_probes_are_cut_and_counted(number: int, more: list[str]) -> None:
    lines = screen(runs.run(*(runs.unknown(f"probe_{each}", f"prod:part{each}") for each in range(number))))

    assert sum(line.startswith("            probe_") for line in lines) == 6
    assert [line for line in lines if "in all" in line] == more


def test_answer_of_what_is_only_late_is_not_told() -> None:
    assert "→ 200" not in " ".join(screen(runs.run(runs.degraded())))
    assert "→ 500" in " ".join(screen(runs.run(runs.down())))


def test_what_is_up_and_was_not_timed_has_no_speed() -> None:
    assert "up        prod login: 1 probe" in screen(runs.run(runs.verdict(seconds=None)))


def test_reports_that_were_not_written_are_not_named() -> None:
    assert not any(line.startswith("reports") for line in screen(runs.run(runs.verdict()), Written()))


@pytest.mark.parametrize("width", [40, 43, 44, 60])
def test_last_line_is_the_conclusion_as_far_as_it_fits(width: int) -> None:
    run = runs.run(runs.verdict(target="a-tenant-with-a-name"), runs.verdict("x", "a-tenant-with-a-name"))
    whole = "UP        a-tenant-with-a-name: 2 probes up"
    last = screen(run, width=width)[-1]

    assert last == (whole if len(whole) <= width else f"{whole[: width - 1]}…")
