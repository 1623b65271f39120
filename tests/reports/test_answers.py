"""What report.html answers before its table: for whom, whose work, since when, what to say, where to look."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from monitor.diagnosis import rules
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import dashboard, evidence_folders, html, html_answers, html_rows, runbook
from monitor.status import Status
from monitor.verdict import Run, Verdict
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


def told_by(*groups: tuple[str, int], **said: object) -> Run:
    """A run with one cause, of which so many probes have each of these reasons."""
    broken = [
        runs.down(f"probe_{reason}_{number}", f"prod:password-realm:{reason}{number}", reason=f"it {reason}", **said)
        for reason, many in groups
        for number in range(many)
    ]
    ids = tuple(each.id for each in broken)
    cause = Cause("a-rule", Owner.AUTH0, Confidence.LIKELY, Status.DOWN, "prod", "all of it", ids, (), "docs/x#y")
    return runs.run(*broken, diagnosis=Diagnosis(Status.DOWN, Owner.AUTH0, "all of it", (cause,)))


def test_row_of_a_cause_has_the_reasons_that_most_have_and_its_slowest_time() -> None:
    run = told_by(("a", 1), ("b", 3), ("c", 2), ("d", 1), ("e", 1))
    slow = replace(run.verdicts[2], seconds=4.5)
    (row,) = rows(html.render(replace(run, verdicts=(*run.verdicts[:2], slow, *run.verdicts[3:]))))
    cells = [words(cell.replace("<wbr>", "")) for cell in row["resultsTableRow"]]

    assert cells[0] == "DOWN"
    assert cells[1].startswith("8 probes , one cause: a-rule probe_a_0, probe_b_0, ")
    assert cells[1].endswith("probe_c_1 and 2 more")
    assert cells[2].endswith(":c1 and 2 more")
    assert cells[3] == "4.50 s of 3 s"
    assert "<svg" in row["resultsTableRow"][4]
    assert cells[5] == "all of it it b it c it a and 2 other reasons"
    assert (row["probe"], row["target"]) == ("a-rule", "prod")


@pytest.mark.parametrize(("reasons", "more"), [("abc", ""), ("abcd", "and 1 other reason")])
def test_many_reasons_of_a_row_are_cut_and_counted(reasons: str, more: str) -> None:
    (row,) = rows(html.render(told_by(*((each, 1) for each in reasons))))

    assert words(row["resultsTableRow"][5]) == f"all of it it a it b it c {more}".strip()


def test_row_of_a_cause_whose_probes_were_not_timed_has_no_time() -> None:
    (row,) = rows(html.render(told_by(("a", 2), seconds=None)))

    assert [words(cell) for cell in row["resultsTableRow"][3:5]] == ["–", ""]


def test_evidence_of_one_exchange_stands_in_the_page_once() -> None:
    run = told_by(("a", 2))
    other = runs.unknown("late", attempts=run.verdicts[0].attempts)
    found = rows(html.render(replace(run, verdicts=(*run.verdicts, other))))
    shown = [row["log"].count("<summary>Evidence of") for row in found]

    assert shown == [1, 0]
    assert "Evidence: <a href=" in found[1]["log"]
    assert "attempts.har: <a href=" in found[0]["log"]


def test_exchange_of_far_too_much_evidence_is_linked_and_leaves_room_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = runs.down("large", attempts=[runs.attempt(status=500, started=float(n)) for n in range(40)])
    run = runs.run(large, runs.down("small", attempts=[runs.attempt(status=500, url="https://prod.example/x")]))
    size = [sum(map(len, evidence_folders.texts(each, run, []).values())) for each in evidence_folders.told(run)]
    assert size[0] > size[1]
    for room, in_all, shown in (
        (size[1], size[1], [0, 1]),
        (size[1] - 1, 99_999, [0, 0]),
        (size[0], size[0], [1, 0]),
        (size[0], 2 * size[0], [1, 1]),
    ):
        monkeypatch.setattr(html_rows, "EMBEDDED", room)
        monkeypatch.setattr(html_rows, "EMBEDDED_IN_ALL", in_all)
        assert [row["log"].count("<pre>") // 2 for row in rows(html.render(run))] == shown


def reached(number: int, status: Status = Status.DOWN) -> str:
    """What the report says for whom, of so many tenants that are ill, and one that is well."""
    known = [runs.verdict(target=f"t{n:02}:password-realm:users", rung="login", status=status) for n in range(number)]
    return above(html.render(runs.run(*known, runs.verdict(target="well:password-realm:users", rung="login"))))


@pytest.mark.parametrize(("number", "more"), [(10, ""), (11, "… and 1 more tenant"), (12, "… and 2 more tenants")])
def test_tables_of_whom_it_works_for_are_cut_and_counted(number: int, more: str) -> None:
    text = reached(number)

    assert text.count("<caption>") == 10
    assert ("with logins that do not work" in text) is bool(more)
    assert more in words(text)
    assert "well: every login that was asked works." in words(text)


def test_tenant_alone_has_its_table_though_it_is_well_and_several_have_a_line() -> None:
    assert reached(0).count("<caption>well</caption>") == 1
    assert "every login that was asked works" not in reached(0)
    assert reached(1, Status.UP).count("<caption>") == 0
    assert "t00, well: every login that was asked works." in words(reached(1, Status.UP))
    assert "For whom" not in html.render(runs.run(runs.verdict("x", "prod", rung="discovery")))


def test_table_of_whom_it_works_for_has_the_worst_connection_first_and_whole_ways_beside_all() -> None:
    text = above(
        html.render(
            runs.run(
                runs.verdict(target="prod:password-realm:a", rung="login"),
                runs.degraded(target="prod:password-realm:b", rung="login"),
                runs.down(target="prod:password-realm:c", rung="login"),
                runs.unknown(target="prod:universal-login:c", rung="login"),
                runs.down(target="prod", rung="machine"),
            )
        )
    )
    found = re.findall(r"<tr>(.*?)</tr>", text[text.index("<caption>prod") :].partition("</table>")[0])
    read = [re.findall(r'<t[hd]((?: rowspan="\d")?)[^>]*>(.*?)</t[hd]>', row) for row in found]

    assert [[words(cell) for _, cell in row] for row in read] == [
        ["connection", "password grant", "Universal Login", "claims", "refresh", "machine login"],
        ["c", "fails", "not judged", "not asked", "not asked", "fails"],
        ["b", "works, degraded", "not asked", "not asked", "not asked"],
        ["a", "works", "not asked", "not asked", "not asked"],
    ]
    assert [span for span, _ in read[1] if span] == [' rowspan="3"']


def test_tenant_without_a_connection_has_a_row_of_what_no_connection_is_part_of() -> None:
    text = above(html.render(runs.run(runs.down(target="prod", rung="machine"))))

    assert "–  not asked" not in text
    assert "connection password grant Universal Login claims refresh machine login – not asked" in words(text)
    assert "rowspan" not in text


@pytest.mark.parametrize("owner", list(Owner), ids=str)
def test_owner_is_told_in_words_of_its_own(owner: Owner) -> None:
    def whose(who: Owner) -> str:
        run = told_by(("a", 1))
        assert run.diagnosis
        causes = (replace(run.diagnosis.causes[0], owner=who),)
        text = above(html.render(replace(run, diagnosis=replace(run.diagnosis, causes=causes))))
        return words(text.partition("Whose work, and what next</h2>")[2].partition("</p>")[0])

    assert whose(owner).startswith(f"{owner} , likely: ")
    assert len({whose(each).partition(": ")[2] for each in Owner}) == len(Owner)


def asked_of(path: str, tenant: str = "prod", **known: object) -> dict[str, str]:
    seen = [runs.attempt(url=f"https://acme.eu.auth0.com{path}")]
    return dashboard.hosts(runs.run(runs.down(target=tenant, attempts=seen), **known))


@pytest.mark.parametrize("path", ["/oauth/token", "/.well-known/jwks.json", "/userinfo", "/test", "/testall"])
def test_host_of_a_tenant_is_where_its_own_endpoints_were_asked(path: str) -> None:
    assert asked_of(path) == {"prod": "acme.eu.auth0.com"}


def test_host_that_tells_of_no_tenant_is_not_taken_for_one() -> None:
    assert asked_of("/status") == {}
    assert asked_of("/test", "dependencies:github") == {}
    assert dashboard.hosts(None) == {}
    odd = [runs.attempt(url=url) for url in ("http://[", "/test", "")]
    assert dashboard.hosts(runs.run(*(runs.down(target=f"t{n}", attempts=[each]) for n, each in enumerate(odd)))) == {}
    both = [runs.attempt(url=f"https://{host}.auth0.com/test") for host in ("first", "second")]
    run = runs.run(*(runs.down(f"p{n}", attempts=[each]) for n, each in enumerate(both)))
    assert dashboard.hosts(run) == {"prod": "first.auth0.com"}


def test_links_are_those_of_the_tenants_that_are_ill_on_a_real_domain() -> None:
    def seen(tenant: str, host: str, made: Callable[..., Verdict]) -> Verdict:
        return made(target=tenant, attempts=[runs.attempt(url=f"https://{host}/oauth/token")])

    verdicts = (
        seen("prod", "acme.auth0.com", runs.down),
        seen("well", "well.auth0.com", runs.verdict),
        seen("late", "late.eu.auth0.com", runs.degraded),
        seen("box", "localhost", runs.down),
    )

    assert [tenant for tenant, _ in dashboard.by_tenant(runs.run(*verdicts))] == ["prod", "late"]
    assert not list(dashboard.by_tenant(runs.run(*verdicts, mode="sandbox")))
    assert dashboard.links("ACME.EU.auth0.com")["logs"] == "https://manage.auth0.com/dashboard/eu/acme/logs"
    assert dashboard.links("10.0.0.1:8443") == {}


def test_evidence_in_the_page_says_that_it_is_of_no_real_tenant() -> None:
    (row,) = rows(html.render(runs.run(runs.down(), mode="sandbox")))

    assert "SANDBOX: this says nothing about a real tenant" in row["log"]
