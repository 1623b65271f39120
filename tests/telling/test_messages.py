"""What a message says, and in which order: what is ill, for whom, since when, whose work; then evidence; then links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import history
from monitor.configuration import settings
from monitor.incidents import Incident, Threshold, policy
from monitor.owners import Owner
from monitor.reports import runbook
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.telling import background, by_apprise, sentences
from monitor.telling.commands import Telling
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import Event, Message, MessageLine
from monitor.text import minute
from tests.reports import runs
from tests.telling.desk import Desk, cause
from tests.telling.past import Ill, Past

SECTION = "docs/runbook.md#connection"


def opened(said: str = "", tenants: tuple[str, ...] = ("prod",), **more: object) -> Message:
    past = Past()
    for _ in range(2):
        past.run(Ill(Owner.EXTENSION, tenants, said=said), tenants=tenants)
    (incident,) = past.incidents()
    return sentences.message(incident, Event.OPENED, now=0.0, background=sentences.Background(**more))  # type: ignore[arg-type]


def test_first_line_is_what_for_whom_since_when_and_whose_work() -> None:
    message = opened("the connection users is broken")
    past = minute(1_795_381_200.0)

    assert message.headline == f"DOWN: prod: the connection users is broken; since {past}; extension, likely"


def test_first_line_ends_with_whose_work_it_is_however_much_there_is_to_say() -> None:
    message = opened("it is broken, " * 100, tuple(f"tenant-{number}" * 5 for number in range(9)))

    assert len(message.headline) <= sentences.HEADLINE
    assert "…; since " in message.headline
    assert message.headline.endswith("; extension, likely")


def test_evidence_stands_before_the_links_and_the_incidents_name_last(desk: Desk) -> None:
    for number in range(2):
        desk.run(cause(), link=f"https://ci.example/runs/{number}")
    desk.tell(AUTH0_RUNBOOK_URL="https://wiki.example/login")
    lines = desk.messages[0]["message"].splitlines()
    words = [line.partition(":")[0] for line in lines if line and not line.startswith("but")]

    assert words[:-1] == ["cause", "targets", "since", "say", "seen", "run", "last change", "runbook", "Auth0's status"]
    assert lines[-1].startswith("prod: down since ")
    assert "runbook: https://wiki.example/login#connection" in lines
    assert "Auth0's status: https://status.auth0.com/?domain=prod.example" in lines


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, ""),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/login"}, "https://wiki.example/login#connection"),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/login#top"}, "https://wiki.example/login#connection"),
        ({"AUTH0_RUNBOOK_URL": "https://wiki.example/{section}.html"}, "https://wiki.example/connection.html"),
        (
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/watch"},
            f"https://github.com/acme/watch/blob/HEAD/{SECTION}",
        ),
        ({"MONITOR_SITE_URL": "https://status.example/"}, "https://status.example/runbook.html#connection"),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "a/b",
                "MONITOR_SITE_URL": "https://status.example",
            },
            "https://status.example/runbook.html#connection",
        ),
        (
            {
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "a/b",
                "MONITOR_SITE_URL": "https://status.example",
                "AUTH0_RUNBOOK_URL": "https://wiki.example/x",
            },
            "https://wiki.example/x#connection",
        ),
    ],
    ids=["none", "page", "page-with-a-section", "place", "github", "site", "site-before-github", "own-before-all"],
)
def test_runbooks_section_is_found_where_the_runbook_is(values: Mapping[str, str], address: str) -> None:
    assert runbook.address(values, SECTION) == address


@pytest.mark.parametrize(
    ("values", "page"),
    [
        ({}, "https://status.auth0.com/?domain=prod.example"),
        ({"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example"}, "https://status.auth0.com/?domain=own.example"),
        (
            {"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example", "AUTH0_STATUS_PAGE": "https://status.example/"},
            "https://status.example/",
        ),
        (
            {"AUTH0_TENANTS": "prod", "AUTH0_DOMAIN": "own.example", "AUTH0_STATUS_URL": "https://x.example/feed"},
            "",
        ),
    ],
    ids=["by-the-run", "by-the-settings", "own-page", "private-environment"],
)
def test_auth0s_status_is_that_of_the_tenant(values: Mapping[str, str], page: str) -> None:
    run = runs.run(runs.verdict(target="prod"), tenants=("prod",))

    assert background.status_pages(values, run)["prod"] == page


def test_secret_that_is_a_tenants_name_mangles_no_name_of_ours(desk: Desk, tmp_path: Path) -> None:
    """What came from outside is scrubbed of it, as of any other."""
    scrubber = Scrubber()
    settings.load(
        {"AUTH0_PASSWORD": "prod", "AUTH0_CLIENT_SECRET": "a-secret-that-came-back-in-an-error"}, scrubber, tmp_path
    )
    for _ in range(2):
        desk.run(cause(sentence="it says a-secret-that-came-back-in-an-error"))
    done = Telling({**desk.values, "AUTH0_ISSUES": ""}, scrubber.scrub)
    done.tell(history.read(desk.file), desk.file, desk.reports)
    said = desk.messages[0]

    assert said["title"].replace("\u200b", "").startswith("DOWN: prod: it says ***; since ")
    assert said["message"].splitlines()[-1].startswith("prod: down since ")
    assert "a-secret-that" not in said["title"] + said["message"]


def test_text_shows_a_link_as_its_address() -> None:
    text = by_apprise.text(opened(runbook=lambda section: f"https://wiki.example/{section}"))

    assert f"runbook: https://wiki.example/{SECTION}" in text


BEGAN = 1_795_381_200.0
FOUR = ("a", "b", "c", "d")


def found(*runs: tuple[Ill, ...], tenants: tuple[str, ...] = ("prod",)) -> Incident:
    """The newest incident of these runs, five minutes apart."""
    past = Past()
    for ill in runs:
        past.run(*ill, tenants=tenants)
    told, _ = policy({"AUTH0_TELL": "degraded"})
    return past.incidents(replace(told, confirm=Threshold(2, 0.0)))[0]


def words(message: Message) -> dict[str, str]:
    return message.by_word


USERS = Ill(Owner.EXTENSION, target="prod:password-realm:users", said="the script throws")
BLIND = Ill(Owner.RUNNER, said="nothing answers")
LATE = Ill(Owner.EXTENSION, status=Status.DEGRADED, rule="login-late", said="logins are late")


@pytest.mark.parametrize(
    ("runs", "event", "headline"),
    [
        ([USERS] * 2, Event.OPENED, "DOWN: prod: the script throws; since {}; extension, likely"),
        ([USERS] * 2, Event.CHANGED, "CHANGED, DOWN: prod: the script throws; since {}; extension, likely"),
        ([LATE] * 2, Event.OPENED, "DEGRADED: prod: logins are late; since {}; extension, likely"),
        ([BLIND] * 2, Event.OPENED, "BLIND: prod: nothing answers; since {}; runner, likely"),
        ([USERS, USERS, None, None], Event.CLOSED, "RECOVERED: prod: works again after 10 min; incident from {} to {}"),
        (
            [BLIND, BLIND, None, None], Event.CLOSED,
            "RECOVERED: prod: can be judged again after 10 min; incident from {} to {}",
        ),
        (
            [USERS, None, USERS, None, USERS], Event.OPENED,
            "DOWN again and again: prod: the script throws; since {}; extension, likely",
        ),
    ],
    ids=["down", "changed", "degraded", "blind", "over", "sees-again", "flapping"],
)  # fmt: skip
def test_headline_says_what_happened(runs: list[Ill | None], event: Event, headline: str) -> None:
    one = found(*((ill,) if ill else () for ill in runs))

    for mode, mark in (("live", ""), ("drill", "DRILL, nothing real fails: ")):
        message = sentences.message(one, event, now=BEGAN, mode=mode)
        assert message.headline == mark + headline.format(minute(BEGAN), minute(BEGAN + 600))
        assert message.title.startswith(f"{mark}prod: ")
        assert ("drill" in words(message)) is bool(mark)
        assert words(message)["say"].startswith(mark or ("Login", "Our"))


@pytest.mark.parametrize(
    ("runs", "event", "say"),
    [
        ([USERS] * 2, Event.OPENED, "Login to prod (users) is disrupted since {}. "),
        ([LATE] * 2, Event.OPENED, "Login to prod is slow, or near a limit, since {}. "),
        ([BLIND] * 2, Event.OPENED, "Our monitoring does not see login to prod. Whether it works is not known."),
        (
            [USERS, USERS, None, None], Event.CLOSED,
            "Login to prod (users) works again. It was disrupted for 10 min, from {}.",
        ),
        ([BLIND, BLIND, None, None], Event.CLOSED, "Our monitoring sees login to prod again."),
    ],
    ids=["down", "degraded", "blind", "over", "sees-again"],
)  # fmt: skip
def test_what_to_say_to_others_is_what_is_known(runs: list[Ill | None], event: Event, say: str) -> None:
    one = found(*((ill,) if ill else () for ill in runs))

    assert words(sentences.message(one, event, now=BEGAN))["say"].startswith(say.format(minute(BEGAN)))


def test_end_of_what_is_not_monitored_any_more_is_no_recovery() -> None:
    one = replace(found((USERS,), (USERS,), (), ()), recovered=None, closed=BEGAN + 90_000)
    message = sentences.message(one, Event.CLOSED, now=BEGAN)

    assert message.at == BEGAN + 90_000
    assert message.headline == f"CLOSED: prod: not monitored any more; last unhealthy at {minute(BEGAN + 300)}"
    assert words(message)["say"] == "Login to prod (users) is not monitored any more. Whether it works is not known."


def test_message_is_of_the_newest_run_and_its_end_of_the_one_that_confirmed_it() -> None:
    opened_, over = found((USERS,), (USERS,)), found((USERS,), (USERS,), (), ())
    message = sentences.message(opened_, Event.OPENED, now=BEGAN)
    assert (message.at, message.status, message.run) == (BEGAN + 300, Status.DOWN, opened_.runs[-1])
    assert (message.tenants, message.targets, message.owner) == (("prod",), (USERS.target,), "extension")
    assert message.incident == opened_.id

    message = sentences.message(over, Event.CLOSED, now=BEGAN)
    assert (message.at, message.status, message.run) == (BEGAN + 900, Status.UP, over.runs[-1])
    assert words(message)["was"] == "down; last extension, likely: the script throws"
    assert words(message)["seen by"] == f"2 runs, the last at {minute(BEGAN + 300)}"
    assert not {"cause", "targets", "since", "runbook"} & words(message).keys()


def test_change_says_what_it_was_before_and_who_is_ill_besides() -> None:
    nobody = Ill(Owner.UNKNOWN, ("a",), said="it is not known why")
    one = found((nobody,), (nobody,), (Ill(Owner.AUTH0, ("a", "b", "c"), said="Auth0 is down"),), tenants=FOUR)

    changed = words(sentences.message(one, Event.CHANGED, now=BEGAN))
    assert changed["before"] == "down, unknown: it is not known why"
    assert changed["also"] == "b, c"
    assert not {"before", "also"} & words(sentences.message(one, Event.OPENED, now=BEGAN)).keys()
    same = found((nobody,), (nobody,), (replace(nobody, owner=Owner.AUTH0),), tenants=FOUR)
    assert "also" not in words(sentences.message(same, Event.CHANGED, now=BEGAN))


def test_other_causes_and_what_was_known_besides_are_named_and_not_at_the_end() -> None:
    causes = tuple(replace(USERS, said=f"cause {number}", rule=f"rule{number}") for number in range(9))
    services = tuple(Ill(Owner.UPSTREAM, ("dependencies:aws",), said=f"service {number}") for number in range(9))
    one = found(*[(*causes, *services)] * 2)
    lines = sentences.message(one, Event.OPENED, now=BEGAN).lines
    ands = [each.text for each in lines if each.word == "and"]
    besides = [each.text for each in lines if each.word == "besides"]

    assert ands == [f"extension, likely: cause {number}" for number in range(1, len(ands) + 1)]
    assert besides == [f"upstream, likely: service {number}" for number in range(len(besides))]
    assert len(ands) == len(besides) > 1
    over = words(sentences.message(replace(one, closed=one.known, recovered=one.known), Event.CLOSED, now=BEGAN))
    assert not {"and", "besides"} & over.keys()


@pytest.mark.parametrize(
    ("tenants", "pages", "logs"),
    [(FOUR, {"a": "x", "b": "x", "c": "y", "d": ""}, [("a", "x"), ("c", "y")]), (FOUR, {}, [])],
    ids=["shared", "none"],
)
def test_each_status_page_of_auth0_is_named_once_by_the_first_of_its_tenants(
    tenants: tuple[str, ...], pages: dict[str, str], logs: list[tuple[str, str]]
) -> None:
    one = found(*[(Ill(Owner.AUTH0, tenants),)] * 2, tenants=tenants)
    more = sentences.Background(
        status=lambda tenant: pages.get(tenant, ""), logs=lambda tenant: f"https://logs.example/{tenant}"
    )
    lines = sentences.message(one, Event.OPENED, now=BEGAN, background=more).lines

    assert [(each.text, each.link) for each in lines if each.word == "Auth0's status"] == logs
    named = [(each.text, each.link) for each in lines if each.word == "tenant's logs"]
    assert named == [(each, f"https://logs.example/{each}") for each in tenants[: len(named)]]
    assert len(named) >= 3
    blind = found(*[(Ill(Owner.RUNNER, tenants),)] * 2, tenants=tenants)
    words_ = words(sentences.message(blind, Event.OPENED, now=BEGAN, background=more))
    assert not {"Auth0's status", "tenant's logs"} & words_.keys(), "it is the monitor that is ill"
    assert words_["about"] == "the monitor itself: whether logins work is unknown"


def test_runs_are_linked_and_the_last_change_where_it_is_another_run() -> None:
    nobody = Ill(Owner.UNKNOWN)
    one = found((nobody,), (nobody,), (USERS,))
    links = {each.word: each.link for each in sentences.message(one, Event.CHANGED, now=BEGAN).lines if each.link}
    assert links == {"run": "https://ci.example/runs/0", "last change": "https://ci.example/runs/2"}

    first = replace(one.changes[0], link=one.link)
    alone = sentences.message(replace(one, changes=(first,)), Event.OPENED, now=BEGAN)
    assert {each.word for each in alone.lines if each.link} == {"run"}
    nowhere = replace(one, link="", changes=(replace(first, link=""),))
    assert not [each for each in sentences.message(nowhere, Event.OPENED, now=BEGAN).lines if each.link]


def test_secrets_are_taken_out_of_every_sentence_of_an_incident() -> None:
    said = "it says hunter2"
    one = found(
        *[(replace(USERS, owner=Owner.UNKNOWN, said=f"{said} first"),)] * 2,
        (replace(USERS, said=said), Ill(Owner.UPSTREAM, ("dependencies:aws",), said=f"{said} as well")),
    )
    more = sentences.Background(
        scrub=lambda text: text.replace("hunter2", "***"), seen=lambda _: [MessageLine("seen", "500")]
    )
    for event in (Event.OPENED, Event.CHANGED, Event.CLOSED):
        message = sentences.message(replace(one, closed=one.known), event, now=BEGAN, background=more)
        told = " ".join([message.title, message.headline, *(each.text for each in message.lines)])
        assert "hunter2" not in told
        assert "***" in told
        assert words(message)["seen"] == "500"


def test_end_of_what_is_no_incident_any_more_says_whose_and_why() -> None:
    facts = {"owner": "auth0", "status": "down", "targets": ["prod:db", "prod:saml", "qa"]}
    entry = LedgerEntry("1a2b", "chat", "opened", 5.0, "run-7", "as it was called", facts)
    message = sentences.forgotten(entry, 9.0, "the settings were changed")

    assert (message.event, message.incident, message.title) == (Event.CLOSED, "1a2b", "as it was called")
    assert (message.tenants, message.targets, message.owner) == (("prod", "qa"), tuple(facts["targets"]), "auth0")
    assert (message.at, message.run, message.status) == (9.0, "run-7", Status.UP)
    assert message.headline == "CLOSED: prod, qa: not followed any more"
    assert words(message)["why"].startswith("the settings were changed. ")
