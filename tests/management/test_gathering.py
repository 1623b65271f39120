"""What is gathered of a tenant that is ill: of our own logins alone, rarely, bounded, and never more than a remark."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import sandbox
from monitor.clues import ClueKind
from monitor.management import gathering, tenant_log
from monitor.management.access import Patience
from monitor.management.case import Case
from monitor.management.inquiries import INQUIRIES, _actions, is_listed
from monitor.status import Status
from monitor.verdict import Verdict
from sandbox.log_book import OTHER_DESCRIPTION, OTHERS
from sandbox.management import HELD
from tests.management.asked import Patient, made_verdict

CUSTOM = "custom-users"


@pytest.fixture
def patient() -> Iterator[Callable[..., Patient]]:
    with ExitStack() as stack:

        def start(*told: str, memory: Path | None = None, **options: Any) -> Patient:
            faults = [f"management={each}" for each in told]
            return Patient(stack.enter_context(sandbox.start(faults, **options)), memory)

        yield start


def kinds(clues: list[Any]) -> list[str]:
    return [clue.kind for clue in clues]


def test_log_of_the_login_that_failed_is_told_with_type_description_and_connection(
    patient: Callable[..., Patient],
) -> None:
    ill = patient()
    (found,) = [clue for clue in ill.clues(ill.login()) if clue.kind == ClueKind.LOG]

    assert found.words == 'the password is wrong (fp): "Wrong email or password."'
    assert (found.log_type, found.connection, found.rung) == ("fp", sandbox.DEFAULT_CONNECTION, "login")


def test_machines_login_has_its_own_entry(patient: Callable[..., Patient]) -> None:
    ill = patient()
    (found,) = [clue for clue in ill.clues(ill.machine()) if clue.kind == ClueKind.LOG]

    assert (found.log_type, found.rung) == ("feccft", "machine")


@pytest.mark.parametrize(
    ("statuses", "is_clue"),
    [([], False), ([200], False), ([401], True), ([500, 200], True)],
    ids=["not-ill", "late", "refused", "refused-once"],
)
def test_refused_machine_is_a_clue_only_where_a_machines_login_failed_since_a_probe_asks_for_one(
    patient: Callable[..., Patient], statuses: list[int], *, is_clue: bool
) -> None:
    ill = patient("logs-unfiltered")
    login, refused = ill.login(), ill.machine()
    attempts = [refused.attempts[0] | {"status": status} for status in statuses]
    machine = [replace(refused, status=Status.DEGRADED, attempts=attempts)] if attempts else []
    found = [clue.log_type for clue in ill.clues(login, *machine) if clue.kind == ClueKind.LOG]

    assert ("feccft" in found) is is_clue
    assert "fp" in found


@pytest.mark.parametrize("kind", ["fertft", "ferrt"])
def test_refused_refresh_token_is_no_clue_to_a_login_since_a_probe_asks_for_one(
    patient: Callable[..., Patient], kind: str
) -> None:
    ill = patient()
    login = ill.login()
    refresh = replace(login, rung="refresh")

    def found(verdict: Verdict) -> list[str]:
        at = datetime.fromtimestamp(verdict.attempts[0]["started"], UTC).isoformat()
        client = {"client_id": ill.tenant.variables.client_id, "user_name": ill.box.environment["AUTH0_USERNAME"]}
        entries = [client | {"type": each, "date": at} for each in (kind, "fp")]
        told = SimpleNamespace(read=lambda *_, **__: (200, entries))
        case = Case(ill.tenant, [verdict])
        return [clue.log_type for clue in tenant_log.logged(case, cast("Any", told), cast("Any", None))]

    assert found(login) == ["fp"]
    assert found(refresh) == [kind, "fp"]


@pytest.mark.parametrize("told", [(), ("logs-unfiltered",)])
def test_nothing_of_another_user_or_application_is_kept_whatever_comes(
    patient: Callable[..., Patient], told: tuple[str, ...], tmp_path: Path
) -> None:
    ill = patient(*told, memory=tmp_path / "memory.sqlite")
    clues = ill.clues(ill.login(), ill.machine())
    kept = json.dumps([clue.to_dict() for clue in clues]) + _memory(tmp_path)

    assert ClueKind.LOG in kinds(clues)
    for secret in (*OTHERS, OTHER_DESCRIPTION):
        assert secret not in kept


def test_what_the_answers_hold_besides_is_nowhere(patient: Callable[..., Patient], tmp_path: Path) -> None:
    ill = patient("stream-paused", "action-deployed", memory=tmp_path / "memory.sqlite")
    clues = ill.clues(ill.login())
    kept = json.dumps([clue.to_dict() for clue in clues]) + _memory(tmp_path)

    assert {ClueKind.STREAM, ClueKind.ACTION} <= set(kinds(clues))
    secrets = [*HELD, sandbox.MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_SECRET"]]
    for secret in (*secrets, *ill.box.handed_out):
        assert secret not in kept


def _memory(folder: Path) -> str:
    return b"".join(each.read_bytes() for each in folder.iterdir()).decode("latin-1")


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        ("user-blocked", ClueKind.USER_BLOCKED, "blocks the synthetic user"),
        ("user-disabled", ClueKind.USER_DISABLED, "blocked in the dashboard"),
        ("connection-gone", ClueKind.CONNECTION_GONE, "no connection custom-users"),
        ("connection-off", ClueKind.CONNECTION_OFF, "custom-users is not enabled for the application"),
        ("connector-offline", ClueKind.CONNECTOR_OFFLINE, "connector of the connection custom-users is offline"),
        ("action-deployed", ClueKind.ACTION, "the Action add-roles (post-login) was deployed 4 minutes before"),
        ("stream-paused", ClueKind.STREAM, "To the SIEM is paused"),
        ("deprecation", ClueKind.DEPRECATED, "Legacy user profile"),
        ("logs-say-action", ClueKind.LOG, "actions_execution_failed"),
        ("logs-say-success", ClueKind.SUCCESS, "as a success"),
        ("logs-denied", ClueKind.UNASKED, "the log of these logins"),
        ("no-scopes", ClueKind.UNASKED, "the scope read:actions is missing"),
        ("write-scope", ClueKind.UNASKED, "may write (delete:connections, update:users)"),
        ("refused", ClueKind.UNASKED, "refuses this application a token"),
        ("down", ClueKind.UNASKED, "hands out no token"),
    ],
)
def test_fact_is_told(patient: Callable[..., Patient], told: str, kind: ClueKind, words: str) -> None:
    ill = patient(told)
    well = patient()
    found = [clue.words for clue in ill.clues(ill.login(CUSTOM)) if clue.kind == kind]

    assert any(words in each for each in found), found
    assert not any(words in clue.words for clue in well.clues(well.login(CUSTOM)))


def test_token_that_may_write_is_let_go_unused(patient: Callable[..., Patient]) -> None:
    ill = patient("write-scope")
    ill.clues(ill.login())

    assert ill.asked == ["token"]


def test_missing_scope_costs_what_needs_it_alone(patient: Callable[..., Patient]) -> None:
    ill = patient("scopes-missing")
    clues = ill.clues(ill.login())

    assert ClueKind.LOG in kinds(clues)
    assert {each.partition("?")[0] for each in ill.asked} == {"token", "logs"}
    missing = [clue.words for clue in clues if clue.kind == ClueKind.UNASKED]
    assert [each for each in missing if "read:actions" in each]
    assert [each for each in missing if "read:users" in each]


def test_late_log_is_waited_for_thrice_and_told(patient: Callable[..., Patient]) -> None:
    ill = patient("logs-late")
    clues = ill.clues(ill.login())

    assert ClueKind.LATE in kinds(clues)
    assert ClueKind.LOG not in kinds(clues)
    assert ill.asked.count("logs") == 4, "three for the login, and one for deprecated features"


def test_answer_that_never_left_this_machine_is_not_asked_about(patient: Callable[..., Patient]) -> None:
    ill = patient()
    unreached = made_verdict("login", "localhost:password:", Status.DOWN, failure="Unreachable", attempts=[])
    silent = replace(unreached, attempts=[{"status": None, "started": 1.0, "seconds": 1.0}])

    assert ill.clues(unreached, silent) == []
    assert ill.asked == []


def test_run_that_is_well_asks_nothing(patient: Callable[..., Patient]) -> None:
    well = patient()

    assert well.clues(well.login(password="")) == []
    assert well.asked == []


@pytest.mark.parametrize("rung", ["horizon", "canonical", "auth0", "service", "health", "tls"])
def test_what_the_tenant_knows_no_more_of_asks_nothing(patient: Callable[..., Patient], rung: str) -> None:
    ill = patient()
    attempt = {"status": 200, "started": 1.0, "seconds": 1.0, "headers": {}}

    assert ill.clues(made_verdict(rung, "localhost", Status.DEGRADED, attempts=[attempt])) == []
    assert ill.asked == []


@pytest.mark.parametrize("missing", ["MANAGEMENT_CLIENT_ID", "MANAGEMENT_CLIENT_SECRET"])
def test_without_its_credentials_nothing_is_asked(patient: Callable[..., Patient], missing: str) -> None:
    box = patient().box
    ill = Patient(box, variables={missing: ""})

    assert ill.clues(ill.login()) == []
    assert ill.asked == []


def test_one_token_in_ten_minutes_and_what_was_found_holds_until_then(
    patient: Callable[..., Patient], tmp_path: Path
) -> None:
    memory = tmp_path / "memory.sqlite"
    ill = patient("action-deployed", memory=memory)
    first = ill.clues(ill.login())
    again = ill.clues(ill.login())

    assert again == first
    assert ill.asked.count("token") == 1
    with closing(sqlite3.connect(memory)) as database:
        database.execute("UPDATE pages SET at = at - 601")
        database.commit()
    assert ClueKind.ACTION in kinds(ill.clues(ill.login()))
    assert ill.asked.count("token") == 2


def test_log_of_another_failure_is_said_of_none_that_comes_within_ten_minutes(
    patient: Callable[..., Patient], tmp_path: Path
) -> None:
    ill = patient("action-deployed", memory=tmp_path / "memory.sqlite")
    refused = ill.login()
    first = ill.clues(refused)
    broken = replace(refused, failure="WrongAnswer", attempts=[refused.attempts[-1] | {"status": 500}])
    then = ill.clues(broken)

    assert {ClueKind.LOG, ClueKind.ACTION} <= set(kinds(first))
    assert ClueKind.LOG not in kinds(then)
    assert ClueKind.ACTION in kinds(then)
    assert [clue.words for clue in then if clue.kind == ClueKind.UNASKED] == [
        "not asked for the log of what fails now: it was read less than ten minutes ago, for another failure"
    ]
    assert ill.asked.count("token") == 1
    assert ill.clues(refused) == first


def test_what_could_not_be_asked_is_not_tried_each_minute_either(
    patient: Callable[..., Patient], tmp_path: Path
) -> None:
    ill = patient("refused", memory=tmp_path / "memory.sqlite")

    assert ill.clues(ill.login()) == ill.clues(ill.login())
    assert ill.asked == ["token"]


def test_two_requests_a_second_are_enough_for_what_explains_most(patient: Callable[..., Patient]) -> None:
    ill = patient("action-deployed", limits="real")
    clues = ill.clues(ill.login())

    assert {ClueKind.LOG, ClueKind.ACTION} <= set(kinds(clues))


def test_limit_that_never_ends_is_told_and_costs_nothing_else(patient: Callable[..., Patient]) -> None:
    ill = patient("limited")
    clues = ill.clues(ill.login())

    assert set(kinds(clues)) == {ClueKind.UNASKED}
    assert "429" in clues[0].words or "no time was left" in clues[0].words


def test_allow_list_is_looked_through_for_the_address_that_the_log_saw(patient: Callable[..., Patient]) -> None:
    for told, kind in (((), ClueKind.NOT_ALLOWED), (("address-allowed",), ClueKind.ALLOWED)):
        ill = patient(*told)
        refused = replace(ill.login(), status=Status.UNKNOWN, failure="BotProtection")
        (found,) = [clue for clue in ill.clues(refused) if clue.kind in (ClueKind.ALLOWED, ClueKind.NOT_ALLOWED)]

        assert found.kind == kind
        assert "bot detection" in found.words
        assert "203.0.113" not in found.words


@pytest.mark.parametrize("beside", ["", "none", "2001:db8::/33"])
def test_address_is_on_the_list_whatever_else_is(beside: str) -> None:
    assert is_listed("203.0.113.7", [beside, "203.0.113.0/24"])
    assert not is_listed("203.0.113.7", [beside, "203.0.112.0/24"])


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("rules-left", {ClueKind.RULES, ClueKind.NO_RULES}),
        ("rules-gone", set()),
        ("logs-denied", {ClueKind.NO_RULES}),
    ],
)
def test_rules_are_asked_for_where_claims_vanish(
    patient: Callable[..., Patient], told: str, found: set[ClueKind]
) -> None:
    ill = patient(told)
    let_in = ill.login(password="")
    lacking = replace(let_in, id="claims", status=Status.DOWN, rung="claims", target=let_in.target)

    assert {ClueKind.RULES, ClueKind.NO_RULES} & set(kinds(ill.clues(let_in, lacking))) == found


def test_our_own_bug_is_a_remark(patient: Callable[..., Patient], monkeypatch: pytest.MonkeyPatch) -> None:
    ill = patient()
    broken = replace(INQUIRIES[0], ask=lambda *_: 1 / 0)  # type: ignore[arg-type]
    monkeypatch.setattr(gathering, "INQUIRIES", (broken,))
    (found,) = ill.clues(ill.login())

    assert found.kind == ClueKind.UNASKED
    assert "ZeroDivisionError" in found.words


@pytest.mark.parametrize(
    ("version", "minutes"),
    [
        ({"built_at": 4}, 4),
        ({"updated_at": 4}, 4),
        ({"built_at": 50, "updated_at": 4}, 4),
        ({"built_at": 4, "updated_at": 50}, 4),
        ({"built_at": 4000, "updated_at": 4000}, None),
        ({"created_at": 4}, None),
        ({}, None),
        (None, None),
    ],
)
def test_action_was_deployed_when_its_version_was_built_or_last_changed(
    patient: Callable[..., Patient], version: dict[str, int] | None, minutes: int | None
) -> None:
    ill = patient()
    case = Case(ill.tenant, [ill.login()])
    times: Any = version and {
        name: datetime.fromtimestamp(case.began - ago * 60, UTC).isoformat() for name, ago in version.items()
    }
    listed: dict[str, Any] = {"actions": [{"name": "add-roles", "deployed_version": times, "supported_triggers": []}]}
    access: Any = SimpleNamespace(read=lambda *_, **__: (None, listed))

    told = [each.words for each in _actions(case, access, Patience(time.perf_counter() + 5))]

    wanted = f"the Action add-roles (no trigger) was deployed {minutes} minutes before"
    assert told == ([wanted] if minutes else [])
