from __future__ import annotations

from typing import Any

import pytest

from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import reach, stakeholders
from monitor.status import Status
from monitor.verdict import Run, Verdict, worst
from tests.reports import runs

UP, DOWN, DEGRADED, UNKNOWN, SKIPPED = Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN, Status.SKIPPED


def asked(target: str, rung: str = "login", status: Status = UP, **known: Any) -> Verdict:
    return runs.verdict(
        f"{rung}_{status}", target, status=status, reason="" if status is UP else "why", rung=rung, **known
    )


def blamed(*verdicts: Verdict, owner: Owner = Owner.EXTENSION, status: Status | None = None, **known: Any) -> Run:
    """A run of which one cause explains all that is ill."""
    ill = tuple(each.id for each in verdicts if each.ill)
    status = status or worst(verdicts)
    sure = known.pop("sure", Confidence.LIKELY)
    cause = Cause("a-rule", owner, sure, status, "prod", "a sentence about prod.example", ill, (), "docs/runbook.md#x")
    return runs.run(*verdicts, diagnosis=Diagnosis(status, owner, cause.sentence, (cause,)), **known)


def cells(run: Run) -> dict[str, dict[str, str]]:
    (only,) = reach.reaches(run)
    return {each.connection: {way: str(status) for way, status in each.ways.items()} for each in only.connections}


def test_each_connection_has_each_way_that_was_asked() -> None:
    run = blamed(
        asked("prod:password-realm:users"),
        asked("prod:password-realm:users", "claims", DOWN),
        asked("prod:universal-login:users", "login", DOWN),
        asked("prod:oauth-ro:partners", "token", DEGRADED),
        asked("prod:password", "refresh"),
        asked("prod", "machine"),
        asked("prod", "discovery", DOWN),
        asked("prod:10.0.0.1", "node", DOWN),
        asked("prod:password-realm:partners", "stranger", DOWN),
    )

    assert cells(run) == {
        "users": {"password grant": "up", "claims": "down", "Universal Login": "down"},
        "partners": {"password grant": "degraded"},
        "default directory": {"refresh": "up"},
    }
    assert reach.reaches(run)[0].whole == {"machine login": UP}


def test_worst_probe_of_a_login_speaks_for_it_and_one_that_was_skipped_for_none() -> None:
    run = runs.run(
        asked("prod:password-realm:users"),
        asked("prod:password-realm:users", "token", DOWN),
        asked("prod:universal-login:users", "login", SKIPPED),
    )

    assert cells(run) == {"users": {"password grant": "down"}}


def test_logins_that_the_monitors_own_machine_could_not_ask_are_not_told_as_failing() -> None:
    """The verdicts are down, the cause says that nothing is known of the tenant."""
    run = blamed(asked("prod:password-realm:users", "login", DOWN), owner=Owner.RUNNER, status=UNKNOWN)

    assert cells(run) == {"users": {"password grant": "unknown"}}
    assert stakeholders.sentence(run) == (
        "Whether logins to prod work is not known: the monitor could not judge them. "
        "The cause is likely in the monitoring."
    )


def test_other_ways_have_a_column_only_where_they_do_not_work() -> None:
    both = (asked("prod:universal-login:users"), asked("prod:universal-login:users", "logout"))
    ill = (both[0], asked("prod:universal-login:users", "logout", DOWN))

    assert "logout" not in reach.reaches(runs.run(*both))[0].ways
    assert "logout" in reach.reaches(runs.run(*ill))[0].ways


def test_tenant_without_any_login_is_not_told() -> None:
    assert reach.reaches(runs.run(asked("prod", "discovery"))) == []


USERS, PARTNERS = "prod:password-realm:users", "prod:password-realm:partners"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (
            [asked(USERS, "login", DOWN), asked(PARTNERS)],
            "Logins to prod through users fail; logins through partners work.",
        ),
        ([asked(USERS, "login", DOWN)], "Logins to prod fail."),
        (
            [asked(USERS), asked(USERS, "claims", DOWN)],
            "Logins to prod work, but tokens lack data that applications need.",
        ),
        (
            [asked(USERS), asked(USERS, "refresh", DOWN)],
            "Logins to prod work, but sessions end early: they are not renewed.",
        ),
        ([asked(USERS), asked("prod", "machine", DOWN)], "Machine logins to prod fail; logins of users work."),
        ([asked("prod", "machine", DOWN)], "Machine logins to prod fail."),
        ([asked(USERS), asked("prod", "device", DOWN)], "Logins of devices to prod fail; logins of users work."),
        ([asked(USERS, "login", DEGRADED)], "Logins to prod work, but are slower than usual or near a limit."),
        (
            [asked(USERS, "login", DEGRADED), asked(USERS, "scope", DEGRADED, failure="ScopeLacks")],
            "Logins to prod work, but applications get less access than they ask for.",
        ),
        (
            [asked(USERS, "login", DEGRADED, failure="Detoured")],
            "Logins to prod work, but show a further page on the way.",
        ),
        (
            [asked(USERS), asked("prod:users", "profile", DOWN)],
            "Logins to prod work, but applications do not get users' profiles.",
        ),
        (
            [asked(USERS), asked("prod:universal-login:users", "logout", DOWN)],
            "Logins to prod work, but users cannot log out as they should.",
        ),
        (
            [asked(USERS), asked("prod", "discovery", DOWN)],
            "Parts of prod fail; no login is known to fail.",
        ),
        (
            [asked(USERS), asked("dependencies:twilio", "service", DEGRADED)],
            "Logins work, but a service that they need reports trouble.",
        ),
    ],
    ids=[
        "some",
        "all",
        "claims",
        "refresh",
        "machine",
        "machine-alone",
        "device",
        "late",
        "scope",
        "detour",
        "profile",
        "logout",
        "elsewhere",
        "service",
    ],
)
def test_sentence_to_copy_says_who_is_affected_and_who_is_not(verdicts: list[Verdict], said: str) -> None:
    assert stakeholders.sentence(blamed(*verdicts)) == f"{said} The cause is likely in our own extension of the login."


@pytest.mark.parametrize("owner", list(Owner), ids=str)
@pytest.mark.parametrize("sure", list(Confidence), ids=str)
def test_sentence_says_where_the_cause_is_and_how_sure_that_is(owner: Owner, sure: Confidence) -> None:
    said = stakeholders.sentence(blamed(asked(USERS, "login", DOWN), owner=owner, sure=sure)).partition("fail. ")[2]

    assert said.startswith("The cause ")
    assert said.endswith(".")
    assert ("not known" in said) is (owner is Owner.UNKNOWN)
    assert ("may be" in said) is (sure is Confidence.GUESS and owner is not Owner.UNKNOWN)
    assert ("likely" in said) is (sure is Confidence.LIKELY and owner is not Owner.UNKNOWN)


@pytest.mark.parametrize(
    "name", ["login.acme.example", "10.0.0.1", "acme.eu.auth0.com", "fe80::1", "localhost"], ids=str
)
def test_sentence_names_no_host(name: str) -> None:
    tenant = name.replace(":", "_") if "::" not in name else "prod"
    run = blamed(asked(f"{tenant}:password-realm:{name}", "login", DOWN), asked(f"{tenant}:password-realm:users"))
    said = stakeholders.sentence(run)

    assert name not in said
    assert "one connection fail; logins through users work" in said
    assert "prod.example" not in said, "nor does it have the cause's own sentence, which may name one"


def test_sentence_of_a_drill_says_so_and_a_run_that_is_well_has_none() -> None:
    ill = blamed(asked(USERS, "login", DOWN), mode="drill", drill=("x",))

    assert stakeholders.sentence(ill).startswith("DRILL, nothing real: Logins to prod fail.")
    assert stakeholders.sentence(runs.diagnosed(asked(USERS))) == ""


def test_names_in_the_sentence_are_listed_as_a_sentence_lists_them() -> None:
    assert stakeholders.public(["prod", "login.acme.example", "eu"], "our tenant") == "prod and eu"
    assert stakeholders.public(["prod", "eu", "us"], "our tenant") == "prod, eu and us"
    assert stakeholders.public(["login.acme.example", "10.0.0.1"], "our tenant") == "our tenant"
