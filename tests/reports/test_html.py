from __future__ import annotations

import html as markup
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.clues import Clue, ClueKind
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import html, html_parts
from monitor.status import FAILING, Status
from monitor.verdict import Run
from tests.reports import runs


def rows(text: str) -> list[dict[str, Any]]:
    """The rows that pytest-html's script will show, in their order."""
    blob = re.search(r'data-jsonblob="([^"]*)"', text)
    assert blob
    tests = json.loads(markup.unescape(blob[1]))["tests"]
    return [row for entries in tests.values() for row in entries]


def words(text: str) -> str:
    """The text that a reader sees, whatever it is made of."""
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_title_is_the_conclusion() -> None:
    assert '<title id="head-title">DOWN – prod: 1 of 5 probes are down</title>' in html.render(runs.every_status())


def test_worst_row_is_the_first_and_each_has_its_word() -> None:
    found = rows(html.render(runs.every_status()))
    seen = [words(row["resultsTableRow"][0]) for row in found]

    assert seen == ["DOWN", "UNKNOWN", "DEGRADED", "UP", "SKIPPED"]
    assert [row["result"].lower() for row in found] == ["failed", "error", "passed", "passed", "skipped"]
    assert [row["result"] for row in found] == sorted({row["result"] for row in found}), "as pytest-html sorts them"


def test_degraded_that_fails_the_run_is_among_the_failed_and_below_the_unknown() -> None:
    text = html.render(runs.every_status(), fail_on=FAILING | {Status.DEGRADED})
    found = rows(text)

    assert [row["result"].lower() for row in found] == ["failed", "error", "failed", "passed", "skipped"]
    assert [row["result"] for row in found] == sorted(row["result"] for row in found)
    assert "2 down or degraded" in words(text)


def test_row_tells_everything_about_its_verdict() -> None:
    (row,) = rows(html.render(runs.run(runs.down(target="prod:password", seconds=3.5))))
    cells = [words(cell) for cell in row["resultsTableRow"]]

    assert cells[0] == "DOWN"
    assert cells[1].replace(" ", "") == "login_hands_out_tokensIstheuserletin?"
    assert cells[2].replace(" ", "") == "prod:password"
    assert cells[3] == "3.50 s of 3 s"
    assert "late" in row["resultsTableRow"][3]
    assert 'aria-label="dns 2, connect 10, tls 21, send 0, wait 179, receive 1 ms"' in row["resultsTableRow"][4]
    assert runs.REFUSED in markup.unescape(row["resultsTableRow"][5].replace("<wbr>", ""))
    assert (row["seconds"], row["target"]) == (3.5, "prod:password")
    assert len(row["resultsTableRow"]) == len(html_parts.HEADINGS)


@pytest.mark.parametrize(
    ("seconds", "budget", "is_late"),
    [
        (3.5, 3.0, True),
        (3.0, 3.0, False),
        (0.5, 3.0, False),
        (9.0, None, False),
        (None, 3.0, False),
        (None, None, False),
    ],
)
def test_cell_is_late_where_the_time_is_over_its_budget(
    seconds: float | None, budget: float | None, *, is_late: bool
) -> None:
    cell = html_parts.cells(runs.down(seconds=seconds, budget=budget))[3]

    assert ("late" in cell) is is_late


@pytest.mark.parametrize(
    "run", [runs.every_status(), runs.huge(ill=30), runs.run(runs.verdict())], ids=["every", "huge", "one"]
)
def test_each_row_of_a_table_has_a_cell_for_each_of_its_headings(run: Run) -> None:
    tables = re.findall(r"<table[^>]*>(.*?)</table>", html.render(run), re.DOTALL)
    widths = [[len(re.findall(r"<t[hd][ >]", row)) for row in re.findall(r"<tr>(.*?)</tr>", each)] for each in tables]
    counted = [width for width in widths if width]

    assert counted
    assert all(len(set(width)) == 1 for width in counted), counted


def test_opened_row_shows_each_attempt() -> None:
    both = [runs.attempt(status=None, error="connection refused"), runs.attempt(status=500)]
    (row,) = rows(html.render(runs.run(runs.down(attempts=both))))
    log = markup.unescape(row["log"])

    assert "attempt 1: POST https://prod.example/oauth/token → no answer, connection refused" in log
    assert "attempt 2: POST https://prod.example/oauth/token → 500" in log
    assert "x-auth0-requestid 7b6f4d1a0c2e" in log


def test_causes_stand_above_the_table_without_any_script() -> None:
    text = html.render(runs.every_status())
    above = words(text[text.index('<section id="conclusion"') : text.index("</section>")])
    order = [
        above.index(word) for word in (f"DOWN prod {runs.REFUSED}", "UNKNOWN prod AUTH0_CLIENT_ID", "DEGRADED prod")
    ]

    assert order == sorted(order)
    for told in ("1 down", "1 up", "started 2026-11-22 21:00:00 UTC", "took 1.23 s", "live, finished", "version 0.1.0"):
        assert told in above
    assert "SANDBOX" not in text
    assert "INCOMPLETE" not in text


def test_diagnosis_leads_the_page() -> None:
    ill = runs.down(target="prod:password-realm:corp", failure="Refused", error="invalid_grant")
    text = html.render(runs.diagnosed(ill, runs.verdict("x")))
    above = words(text[text.index('<section id="conclusion"') : text.index('<table id="results-table"')])

    assert '<title id="head-title">DOWN – prod rejects the synthetic user' in text
    assert "DOWN configuration, likely: prod rejects the synthetic user" in above
    assert "next: docs/runbook.md#wrong-user" in above
    assert f"DOWN prod {runs.REFUSED}" in above
    assert "prod: 1 of 2 probes are down" in above


def test_sandbox_and_a_bad_end_are_said_loudly() -> None:
    text = html.render(runs.run(runs.verdict(), mode="sandbox", ended="running"))

    assert '<title id="head-title">SANDBOX, UP' in text
    assert "SANDBOX: this says nothing about a real tenant" in text
    assert "INCOMPLETE: the run has not ended, or was killed" in text


def test_environment_is_told_by_names_only() -> None:
    blob = re.search(r'data-jsonblob="([^"]*)"', html.render(runs.every_status()))
    assert blob
    told = json.loads(markup.unescape(blob[1]))["environment"]

    assert told == {
        "version": "0.1.0",
        "mode": "live",
        "python": "3.11.7",
        "AUTH0_DOMAIN": "set",
        "AUTH0_NODES": "not set",
    }


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(text)
    return parser.seen


def test_hostile_text_brings_no_tag_and_no_attribute_of_its_own() -> None:
    text = html.render(runs.hostile())
    blob = re.search(r'data-jsonblob="([^"]*)"', text)
    assert blob
    told = json.loads(markup.unescape(blob[1]))
    inserted = [cell for row in rows(text) for cell in (*row["resultsTableRow"], row["log"])]
    inserted += list(told["environment"].values())

    assert sum(tag == "script" for tag, _ in tags(text)) == 2
    for tag, attributes in [each for part in (text, *inserted) for each in tags(part)]:
        assert tag not in ("iframe", "object", "embed", "base", "link")
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
    assert not [tag for part in inserted for tag, _ in tags(part) if tag in ("img", "script")]
    assert "\x1b" not in text
    assert "{{7*7}}" in words(text)
    assert not re.search("[\ud800-\udfff]", json.dumps(told, ensure_ascii=False)), "chromium dies of half a character"


def test_page_asks_nobody_for_anything() -> None:
    text = html.render(runs.every_status())
    links = [(tag, name, value) for tag, each in tags(text) for name, value in each.items() if name in ("src", "href")]

    assert {(tag, value) for tag, _, value in links} <= {("img", ""), ("source", "")}
    assert "default-src 'none'" in text
    assert "url(" not in text


def test_page_names_its_language_and_every_box() -> None:
    text = html.render(runs.every_status())

    assert '<html lang="en">' in text
    assert text.count('<label class="box-') == sum(each.get("name") == "filter_checkbox" for _, each in tags(text)) == 8
    assert "1 down" in words(text)
    assert "2 degraded or up" in words(text)


def test_page_is_the_same_whenever_it_is_made() -> None:
    text = html.render(runs.every_status())

    assert "Report generated" not in text
    assert "tests took" not in text


def test_page_holds_no_path_of_this_machine() -> None:
    text = html.render(runs.every_status())

    assert "site-packages" not in text
    assert "report.css" not in text.replace("/* report.html", "")


@pytest.mark.parametrize("ill", [30, 9_000])
def test_far_too_many_verdicts_show_what_is_not_well_and_every_target(ill: int) -> None:
    run: Run = runs.huge(ill)
    text = html.render(run)

    assert len(rows(text)) == min(ill, html_parts.MANY)
    assert {words(row["resultsTableRow"][0]) for row in rows(text)} == {"DOWN"}
    assert "10,000 verdicts are too many for the table below" in words(text)
    assert ("of these 9,000 the worst 1,000" in words(text)) is (ill > html_parts.MANY)
    targets = text[text.index("<details>") : text.index("</details>")]
    assert targets.count("<tr>") == 401
    assert "DOWN tenant399" in words(targets)


def test_up_to_a_thousand_verdicts_each_have_a_row() -> None:
    assert len(rows(html.render(runs.huge(ill=1, verdicts=html_parts.MANY)))) == html_parts.MANY


def test_two_verdicts_with_one_id_both_have_a_row() -> None:
    assert len(rows(html.render(runs.run(runs.verdict(), runs.down(), runs.down())))) == 3


def test_run_without_verdicts_is_unknown_and_has_no_row() -> None:
    text = html.render(runs.run())

    assert rows(text) == []
    assert "UNKNOWN – no probe was planned" in text


def upper(text: str) -> str:
    """What stands above the table."""
    return text[text.index('<section id="conclusion"') : text.index('<table id="results-table"')]


def table(text: str, first: str) -> list[list[str]]:
    """The cells of the table whose first heading is this, without its head."""
    rest = text[text.index(f"<th>{first}</th>") :]
    inner = rest[: rest.index("</table>")]
    return [
        [words(cell) for cell in re.findall(r"<td>(.*?)</td>", row)] for row in re.findall(r"<tr>(.*?)</tr>", inner)
    ]


def test_speeds_are_told_of_each_tenant_and_kind() -> None:
    timed = [runs.verdict(f"p{n}", "prod:sms", seconds=took) for n, took in enumerate((0.1, 0.2, 0.9))]
    run = runs.run(*timed, runs.degraded(seconds=4.0), runs.verdict("x", "qa", seconds=None))

    assert table(html.render(run), "Tenant") == [
        ["prod", "login", "3", "0.20 s", "0.90 s", "p2 [sms]"],
        ["qa", "login", "1", "–", "–", "–"],
    ]
    assert "What is up, and how fast" not in html.render(runs.run(runs.down()))


def test_every_target_is_listed_with_its_counts_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_parts, "MANY", 4)
    run = runs.run(
        *(runs.verdict(f"a{n}", "a", seconds=n / 10) for n in range(3)),
        runs.degraded("late", "b", seconds=4.0),
        runs.down("x", "b"),
        runs.unknown("y", "c"),
        runs.skipped("z", "c"),
    )
    text = html.render(run)

    assert table(text, "Worst") == [
        ["DOWN", "b", "1", "", "1", "", "", "4.00 s of 3 s (late)"],
        ["UNKNOWN", "c", "", "1", "", "", "1", "–"],
        ["UP", "a", "", "", "", "3", "", "0.20 s of 3 s (a2)"],
    ]
    assert "7 verdicts are too many" in words(text)
    assert "and of these" not in words(text)
    assert len(rows(text)) == 3
    assert "What is up, and how fast" not in text


@pytest.mark.parametrize(
    ("number", "more"), [(30, ""), (31, "… and 1 more reason: see the table."), (32, "2 more reasons")]
)
def test_many_reasons_are_cut_and_counted(number: int, more: str) -> None:
    text = words(upper(html.render(runs.run(*(runs.down(f"p{n}", reason=f"why {n}!") for n in range(number))))))

    assert all(f"why {n}!" in text for n in range(30))
    assert "why 30!" not in text
    assert more in text
    assert ("more reason" in text) is bool(more)


def test_facts_count_what_is_ill_and_what_was_not_read_apart() -> None:
    known = runs.run(runs.unknown(), runs.unread(), runs.unread("dependencies:aws"), runs.verdict(), mode="sandbox")
    facts = upper(html.render(known)).partition('<p class="facts">')[2].partition("</p>")[0]

    assert words(facts).split(" · ") == [
        "1 unknown",
        "1 up",
        "2 status pages not read",
        "started 2026-11-22 21:00:00 UTC",
        "took 1.23 s",
        "sandbox, finished",
        "version 0.1.0",
    ]


def test_what_auth0_knows_stands_above_the_table() -> None:
    clues = (Clue("prod", ClueKind.LOG, "wrong <password>", connection="users"),)

    assert "What Auth0 knows prod (users): wrong <password>" in words(
        upper(html.render(runs.run(runs.down(), clues=clues)))
    )
    assert "What Auth0 knows" not in html.render(runs.run(runs.down()))


def test_row_sorts_by_what_it_shows_and_what_was_not_timed_is_the_fastest() -> None:
    told = html_parts.sorting(runs.unknown("x", "prod:a"))

    assert told == {
        "testId": "tests_synthetic/test_login.py::test_x[prod:a]",
        "probe": "x",
        "target": "prod:a",
        "seconds": -1.0,
    }
    assert html_parts.sorting(runs.verdict(seconds=0.0))["seconds"] == 0.0


def test_bar_has_each_phase_as_its_part_of_the_whole() -> None:
    def rects(**phases: float) -> list[tuple[str, str, str]]:
        drawn = html_parts.bar(runs.verdict(phases=phases))
        return re.findall(r'<rect class="(\w+)" x="([\d.]+)" width="([\d.]+)"', drawn)

    assert rects(wait=0.3, dns=0.1) == [("dns", "0.00", "25.00"), ("wait", "25.00", "75.00")]
    assert rects(dns=-1.0, wait=0.3) == [("dns", "0.00", "0.00"), ("wait", "0.00", "100.00")]
    assert html_parts.bar(runs.verdict(phases={})) == ""
    assert html_parts.bar(runs.verdict(phases={"dns": 0.0})) == ""
    assert "<title>wait 300 ms</title>" in html_parts.bar(runs.verdict(phases={"wait": 0.3}))


def test_question_of_what_is_up_is_in_a_title_alone() -> None:
    up, down = (html_parts.cells(each)[1] for each in (runs.verdict(), runs.down()))

    assert (words(up), 'title="Is the user let in?"' in up) == ("login_ hands_ out_ tokens", True)
    assert words(down).endswith("Is the user let in?")


@pytest.mark.parametrize("name", ["a_b", "a:b", "a/b"])
def test_long_names_can_be_broken(name: str) -> None:
    assert html_parts.breakable(name) == f"{name[:2]}<wbr>{name[2:]}"


def test_first_cause_says_what_to_do_above_and_the_others_beside_themselves() -> None:
    ill = [runs.down(target=f"t{number:02}") for number in range(31)]
    causes = tuple(
        Cause(
            "r",
            Owner.AUTH0,
            Confidence.LIKELY,
            each.status,
            each.target,
            f"{each.target}!",
            (each.id,),
            (),
            f"b#{each.target}",
        )
        for each in ill
    )
    diagnosis = Diagnosis(Status.DOWN, Owner.AUTH0, "all is ill", causes)
    seen = words(upper(html.render(runs.run(*ill, diagnosis=diagnosis))))

    for number in range(30):
        assert seen.count(f"next: b#t{number:02}") == 1
        assert f"DOWN auth0, likely: t{number:02}!" in seen
    assert "auth0, likely: t30!" not in seen
    assert "… and 1 more cause: see the table." in seen
    assert seen.index("next: b#t00") < seen.index("t00!")
