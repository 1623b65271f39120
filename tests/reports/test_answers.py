"""What report.html answers before its table: for whom, whose work, since when, what to say, where to look."""

from __future__ import annotations

import html as markup
import re
from dataclasses import replace

import pytest

from monitor.diagnosis import rules
from monitor.reports import dashboard, evidence_folders, html, html_answers, html_rows, runbook
from monitor.status import Status
from monitor.verdict import Run
from tests.reports import runs
from tests.reports.test_html import rows, tags, words

USERS, PARTNERS = "prod:password-realm:users", "prod:password-realm:partners"


def ill(probes: int = 19, **known: object) -> Run:
    """A connection that is broken, and one that is not: so many probes suffer from one cause."""
    said = {"failure": "WrongAnswer", "error": "server_error", "reason": "500 server_error"}
    broken = [runs.down(f"probe_{number}", USERS, rung="login", **said) for number in range(probes)]
    return runs.diagnosed(*broken, runs.verdict(target=PARTNERS, rung="login"), **known)


def above(text: str) -> str:
    return text[text.index('<section id="conclusion"') : text.index('<table id="results-table"')]


def test_probes_of_one_cause_are_one_row_that_unfolds_into_them() -> None:
    run = ill(19)
    text = html.render(run)
    found = rows(text)

    assert [words(row["resultsTableRow"][0]) for row in found] == ["DOWN", "UP"]
    assert "19 probes , one cause: connection" in words(found[0]["resultsTableRow"][1])
    assert len(re.findall(r"<details><summary>probe_<wbr>\d+", found[0]["log"])) == 19
    assert "19 down" in words(text), "a box counts verdicts, not rows"
    assert "1 degraded or up" in words(text)


def test_verdicts_of_one_cause_that_differ_in_their_status_have_a_row_each() -> None:
    run = ill(3)
    first = replace(run.verdicts[0], status=Status.UNKNOWN)
    found = rows(html.render(replace(run, verdicts=(first, *run.verdicts[1:]))))

    assert [words(row["resultsTableRow"][0]) for row in found] == ["DOWN", "UNKNOWN", "UP"]


def test_row_of_a_cause_with_far_too_many_probes_says_how_many_it_left_out() -> None:
    (row, _) = rows(html.render(ill(150)))

    assert row["log"].count("<details><summary>") - row["log"].count("Evidence of") == html_rows.MANY_UNFOLDED
    assert "and 50 more probes: results.json has them" in row["log"]


def test_for_whom_it_works_stands_before_the_rows_and_needs_no_script() -> None:
    seen = words(above(html.render(ill())))

    assert seen.index("For whom") < seen.index("DOWN extension")
    assert "connection password grant Universal Login claims refresh users fails not asked" in seen
    assert "partners works not asked" in seen


def test_tenants_that_are_well_are_a_line_and_those_that_are_ill_a_table() -> None:
    others = [runs.verdict(target=f"t{number}:password-realm:users", rung="login") for number in range(30)]
    run = ill()
    text = above(html.render(replace(run, verdicts=(*run.verdicts, *others))))

    assert text.count("<caption>") == 1
    assert "t0, t1, t10" in text
    assert "and 20 more: every login that was asked works." in text


def test_runbooks_section_stands_in_the_page_folded() -> None:
    text = above(html.render(ill()))
    (section,) = re.findall(r'<details class="runbook">(.*?)</details>', text, re.DOTALL)

    assert "next: docs/runbook.md#connection" in words(section)
    for part in ("Look at:", "Call:", "Confirm:"):
        assert part in words(section)


def test_every_cause_has_its_section_at_hand() -> None:
    names = {rule.name for rule in rules.RULES}

    assert names <= set(runbook.names())
    for name in names:
        told = runbook.section(f"docs/runbook.md#{name}")
        assert "<li>" in told, name
        for _, attributes in tags(told):
            assert str(attributes.get("href", "https://")).startswith("https://"), "nothing leads into the repository"


@pytest.mark.parametrize("path", ["docs/runbook.md#nobody", "docs/other.md#connection", "", "#connection"])
def test_section_that_is_not_there_is_empty(path: str) -> None:
    assert runbook.section(path) == ""


def test_without_a_runbook_there_is_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runbook, "_sections", dict)
    text = above(html.render(ill()))

    assert "runbook</summary>" not in text
    assert "next: docs/runbook.md#connection" in words(text)


def test_sentence_to_copy_and_links_are_there_where_something_is_ill() -> None:
    seen = runs.attempt(url="https://acme.eu.auth0.com/oauth/token", status=500)
    run = ill()
    run = replace(run, verdicts=tuple(replace(each, attempts=[seen]) for each in run.verdicts))
    text = above(html.render(run))
    links = [str(each["href"]) for tag, each in tags(text) if tag == "a"]

    assert "Logins to prod through users fail; logins through partners work." in words(text)
    assert links == [
        "https://manage.auth0.com/dashboard/eu/acme/logs",
        "https://manage.auth0.com/dashboard/eu/acme/actions/library",
        "https://manage.auth0.com/dashboard/eu/acme/connections/database",
        "https://status.auth0.com/?domain=acme.eu.auth0.com",
    ]


@pytest.mark.parametrize(
    ("host", "links"),
    [
        (
            "acme.auth0.com",
            ["us/acme/logs", "us/acme/actions/library", "us/acme/connections/database", "acme.auth0.com"],
        ),
        ("acme.us-3.auth0.com", ["us-3/acme/logs", "us-3/acme/actions/library", "", "acme.us-3.auth0.com"]),
        ("login.acme.example", ["dashboard/", "?domain=login.acme.example"]),
        ("localhost", []),
        ("127.0.0.1", []),
        ("::1", []),
    ],
    ids=["us", "numbered", "own", "local", "address", "ipv6"],
)
def test_links_say_as_much_as_the_domain_tells(host: str, links: list[str]) -> None:
    found = [*dashboard.links(host).values()]

    assert len(found) == len(links)
    assert all(link.endswith(end) for link, end in zip(found, links, strict=True))


def test_sandbox_leads_nowhere_and_what_is_well_needs_no_answers() -> None:
    assert "Where to look" not in html.render(ill(mode="sandbox"))
    well = above(html.render(runs.diagnosed(runs.verdict(target=PARTNERS, rung="login"))))
    assert "For whom" in well
    assert not [name for name in ("Since when", "What to say", "Whose work") if name in well]


def test_since_when_is_put_in_later() -> None:
    text = html.render(ill())
    told = html_answers.in_past(text, "<p>down for 2 h</p>")

    assert "This run alone cannot say" in text
    assert "This run alone cannot say" not in told
    assert "<p>down for 2 h</p>" in told
    assert html_answers.in_past(told, "<p>3 h</p>") == html_answers.in_past(text, "<p>3 h</p>"), "as often as one likes"
    assert html_answers.in_past("<p>another page</p>", "<p>3 h</p>") == "<p>another page</p>"


def test_evidence_stands_in_the_page_and_a_link_says_that_it_needs_the_folder() -> None:
    run = runs.run(runs.down(attempts=[runs.attempt(status=500)]))
    (row,) = rows(html.render(run))
    told = evidence_folders.texts(evidence_folders.told(run)[0], run, [])

    assert markup.escape(told["about.txt"]) in row["log"]
    assert markup.escape(told["curl.sh"]) in row["log"]
    for part in (row["log"], row["resultsTableRow"][5]):
        assert '<a href="evidence/login_hands_out_tokens-prod/">' in part
        assert "(in the folder beside this page)" in part


def test_evidence_that_is_too_large_is_only_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_rows, "EMBEDDED_IN_ALL", 0)
    (row,) = rows(html.render(runs.run(runs.down(attempts=[runs.attempt(status=500)]))))

    assert "<pre>" not in row["log"]
    assert "(in the folder beside this page)" in row["log"]
