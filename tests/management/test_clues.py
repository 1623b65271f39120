"""What is asked about which failure, and what of the answers becomes a clue: by a tenant that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.clues import Clue, ClueKind
from monitor.configuration.assembly import tenants
from monitor.configuration.targets import Tenant
from monitor.exchange import Attempt, Exchange
from monitor.failures import Failure, Unreachable
from monitor.management import tenant_log
from monitor.management.access import SCOPES
from monitor.management.gathering import gathered
from monitor.status import Status
from monitor.transactions.memory import Memory
from monitor.verdict import Verdict
from tests.management.asked import made_verdict

BEGAN = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
USER, OTHER = "synthetic@acme.example", "Corp\\Clerk"
CONFIGURED = {
    "DOMAIN": "acme.eu.auth0.com",
    "CLIENT_ID": "app",
    "CLIENT_SECRET": "a-secret-of-the-app",
    "USERNAME": USER,
    "PASSWORD": "a-password-0123456789",
    "CONNECTIONS": "main,corp",
    "CONNECTION_CORP_USERNAME": OTHER,
    "CONNECTION_CORP_PASSWORD": "another-password-0123456789",
    "MANAGEMENT_CLIENT_ID": "reader",
    "MANAGEMENT_CLIENT_SECRET": "a-secret-of-the-reader",
}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant_log, "EVERY", 0.0)


def tenant_called(name: str, **variables: str) -> Tenant:
    values = {f"AUTH0_{name.upper()}_{key}": value for key, value in (CONFIGURED | variables).items() if value}
    (tenant,) = tenants({"AUTH0_TENANTS": name} | values)
    return tenant


def attempt(status: int | None = 401, at: float = BEGAN, seconds: float = 1.0, **headers: str) -> dict[str, Any]:
    return {"status": status, "started": at, "seconds": seconds, "headers": {"x-auth0-requestid": "1"} | headers}


def ill(rung: str, target: str = "acme:password-realm:corp", status: Status = Status.DOWN, **more: Any) -> Verdict:
    return made_verdict(rung, target, status, **{"failure": "Refused", "attempts": [attempt()]} | more)


@dataclass
class Api:
    """The Management API of ``acme``: by path a document, a status, a failure, or what makes one of a query."""

    told: dict[str, Any] = field(default_factory=dict)
    scopes: str = " ".join(SCOPES)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, method: str, address: str, **sent: Any) -> Exchange:
        url = urlsplit(address)
        path = url.path.removeprefix("/api/v2/") if method == "GET" else "token"
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.asked.append((path, query))
        self.sent.append(sent)
        told = self.told.get(path, {"access_token": "a-token", "scope": self.scopes} if path == "token" else [])
        told = told(query) if callable(told) else told
        if isinstance(told, Failure):
            raise told
        status, body = (told, None) if isinstance(told, int) else (200, told)
        seen = Attempt(method, address, status, None, BEGAN, 0.1, {}, None, {}, 0)
        return Exchange((seen,), status, {}, json.dumps(body).encode())

    def clues(
        self, *verdicts: Verdict, kind: ClueKind | None = None, variables: dict[str, str] | None = None
    ) -> list[Clue]:
        found = gathered(
            verdicts,
            [tenant_called("acme", **variables or {})],
            self,
            memory=Memory(None),
            keep_secret=lambda _token, _tenant: None,
            scrub=lambda text, _tenant: text,
        )
        return [clue for clue in found if kind is None or clue.kind == kind]

    def words(self, *verdicts: Verdict, kind: ClueKind) -> list[str]:
        return [clue.words for clue in self.clues(*verdicts, kind=kind)]

    @property
    def paths(self) -> set[str]:
        """What was asked for, but for the token; the log by whether it was of deprecated features."""
        named = {"logs": "logs", "token": "token"}
        return {
            "depnote" if "depnote" in query.get("q", "") else named.get(path, path) for path, query in self.asked
        } - {"token"}


LOG, USERS = {"logs"}, {"user-blocks"}
ALWAYS = {"log-streams", "depnote"}
CORP = {"connections"}
ACTIONS = {"actions/actions"}


@pytest.mark.parametrize(
    ("verdict", "paths"),
    [
        (ill("login"), {*LOG, *CORP, *ACTIONS, *USERS}),
        (ill("stranger"), {*CORP, *ACTIONS, *USERS}),
        (ill("refresh"), {*LOG, *CORP, *ACTIONS, *USERS}),
        (ill("machine", "acme"), {*LOG, *ACTIONS}),
        (ill("device", "acme"), set()),
        (ill("token"), {*CORP, *ACTIONS}),
        (ill("claims"), {*CORP, *ACTIONS}),
        (ill("claims", attempts=[attempt(200)]), {*CORP, *ACTIONS, "rules", "hooks"}),
        (ill("api"), CORP),
        (ill("scope"), CORP),
        (ill("redirect", "acme:corp"), CORP),
        (ill("provider", "acme:corp"), set()),
        (ill("profile", "acme:corp"), CORP),
        (ill("login", "acme:password"), {*LOG, *ACTIONS, *USERS, "users-by-email"}),
    ],
    ids=lambda value: (
        f"{value.rung}-{value.attempts[0]['status']}-{value.target}" if isinstance(value, Verdict) else ""
    ),
)
def test_tenant_is_asked_what_may_explain_the_failure_and_no_more(verdict: Verdict, paths: set[str]) -> None:
    api = Api()
    api.clues(verdict)

    assert api.paths == paths | ALWAYS


@pytest.mark.parametrize(
    ("failure", "lists"),
    [
        ("BotProtection", {"attack-protection/bot-detection"}),
        (
            "Throttled",
            {"attack-protection/brute-force-protection", "attack-protection/suspicious-ip-throttling"},
        ),
        ("Refused", set()),
    ],
)
def test_allow_lists_are_those_of_the_protection_that_stopped_us(failure: str, lists: set[str]) -> None:
    api = Api()
    api.clues(ill("login", status=Status.UNKNOWN, failure=failure))

    assert {path for path in api.paths if path.startswith("attack")} == lists


def test_what_is_merely_late_is_asked_no_more_than_which_actions_were_deployed() -> None:
    api = Api()
    api.clues(ill("login", status=Status.DEGRADED, failure="Slow", attempts=[attempt(200)]))

    assert api.paths == ACTIONS


@pytest.mark.parametrize("missing", sorted({*SCOPES} - {"read:custom_domains", "read:client_credentials"}))
def test_scope_that_is_missing_is_named_and_the_others_are_used(missing: str) -> None:
    api = Api(scopes=" ".join({*SCOPES} - {missing}))
    lacking = ill("claims", attempts=[attempt(200)])
    throttled = ill("login", failure="Throttled")
    needed = {
        "read:logs": {"logs", "depnote"},
        "read:users": USERS,
        "read:connections": CORP,
        "read:actions": ACTIONS,
        "read:attack_protection": {
            "attack-protection/brute-force-protection",
            "attack-protection/suspicious-ip-throttling",
        },
        "read:log_streams": {"log-streams"},
        "read:rules": {"rules"},
        "read:hooks": {"hooks"},
    }
    told = api.words(lacking, throttled, kind=ClueKind.UNASKED)

    assert api.paths == set().union(*needed.values()) - needed.get(missing, set())
    assert [f"the scope {missing} is missing" in each for each in told] == [True] * (missing in needed)


def entry(kind: str = "fp", at: float = BEGAN, **more: Any) -> dict[str, Any]:
    date = datetime.fromtimestamp(at, UTC).isoformat()
    standard = {"type": kind, "date": date, "client_id": "app", "user_name": OTHER.lower(), "description": "Why."}
    return standard | {"connection": "corp"} | more


def log(*entries: object) -> Callable[[dict[str, str]], Any]:
    """These, where the log is asked for logins."""
    return lambda query: [] if "depnote" in query["q"] else list(entries)


@pytest.mark.parametrize(
    ("found", "is_ours"),
    [
        (entry(), True),
        (entry(user_name=OTHER.upper()), True),
        (entry(client_id="another"), False),
        (entry(user_name="somebody@acme.example"), False),
        (entry(user_name=""), False),
        (entry(user_name=None), False),
        (entry(""), False),
        (entry(at=BEGAN - 3), True),
        (entry(at=BEGAN - 3.5), False),
        (entry(at=BEGAN + 11), True),
        (entry(at=BEGAN + 11.2), False),
        (entry(date="yesterday"), False),
        (entry("mgmt_api_read"), False),
        (entry("sapi"), False),
        (entry("seacft"), False),
        (entry("fertft"), False),
        (entry("ferrt"), False),
        (entry("feccft", user_name=""), False),
        ("rubbish", False),
    ],
    ids=[
        "ours", "case", "application", "user", "no-user", "none", "no-type", "first", "before", "last", "after",
        "no-date", "silent", "api", "success", "exchange", "reused", "machine", "rubbish",
    ],
)  # fmt: skip
def test_entry_of_the_log_counts_where_it_is_of_our_own_login_that_fails(found: Any, *, is_ours: bool) -> None:
    api = Api({"logs": log(found)})

    assert bool(api.clues(ill("login"), kind=ClueKind.LOG)) is is_ours


@pytest.mark.parametrize(
    ("verdict", "kind", "rung"),
    [
        (ill("login"), "fp", "login"),
        (ill("refresh"), "fertft", "refresh"),
        (ill("refresh"), "ferrt", "refresh"),
        (ill("machine", "acme"), "feccft", "machine"),
    ],
    ids=["login", "refresh", "reused", "machine"],
)
def test_entry_is_told_with_all_that_is_known_of_it(verdict: Verdict, kind: str, rung: str) -> None:
    name = "" if rung == "machine" else OTHER
    (found,) = Api({"logs": log(entry(kind, BEGAN + 0.5, user_name=name))}).clues(verdict, kind=ClueKind.LOG)

    assert (found.tenant, found.rung, found.log_type, found.connection) == ("acme", rung, kind, "corp")
    assert found.at == BEGAN + 0.5
    assert found.words.endswith(f'({kind}): "Why."')


def test_entry_of_a_type_that_nobody_knows_is_told_by_it_and_one_without_a_description_by_its_type() -> None:
    api = Api({"logs": log(entry("fnew"), entry("fp", description=""), entry("fu", description=7))})

    assert api.words(ill("login"), kind=ClueKind.LOG) == [
        'fnew: "Why."',
        "the password is wrong (fp)",
        "there is no such user (fu)",
    ]


def test_entries_that_are_alike_are_told_once_and_no_more_than_six() -> None:
    some = [entry("f", description=f"Why {number}.") for number in range(9)]
    told = Api({"logs": log(some[0], *some)}).words(ill("login"), kind=ClueKind.LOG)

    assert told == [f'the login failed (f): "Why {number}."' for number in range(6)]


def test_description_is_cut_where_it_is_long() -> None:
    (told,) = Api({"logs": log(entry(description="x" * 900))}).words(ill("login"), kind=ClueKind.LOG)

    assert told.count("x") == 200


def test_log_is_asked_for_our_own_logins_in_their_time() -> None:
    api = Api({"logs": log(entry())})
    api.clues(ill("login"), ill("login", "acme:password"), ill("machine", "acme"))
    (query,) = [query for path, query in api.asked if path == "logs" and "depnote" not in query["q"]]

    who, _, when = query["q"].partition(" AND date:")
    assert who == (
        f'client_id:"app" AND (user_name:"Corp\\\\Clerk" OR user_name:"{USER}" OR type:feccft OR type:seccft)'
    )
    assert when == "[2031-05-06T07:08:06Z TO 2031-05-06T07:08:20Z]"
    assert query["sort"] == "date:-1"
    needed = {"date", "type", "description", "connection", "client_id", "user_name", "ip"}
    assert needed == set(query["fields"].split(","))
    assert query["include_fields"] == "true"


def test_tenants_clock_is_that_of_its_answers() -> None:
    def at(ahead: float) -> dict[str, Any]:
        return attempt(date=format_datetime(datetime.fromtimestamp(BEGAN + 1 + ahead, UTC), usegmt=True))

    for ahead, first, last in ((600, "07:18:06", "07:18:20"), (3, "07:08:09", "07:08:23"), (2, "07:08:06", "07:08:20")):
        api = Api({"logs": log(entry(at=BEGAN + 600))})
        found = api.clues(ill("login", attempts=[at(ahead)]), kind=ClueKind.LOG)
        assert bool(found) is (ahead == 600)
        assert api.asked[1][1]["q"].endswith(f"date:[2031-05-06T{first}Z TO 2031-05-06T{last}Z]")


def test_log_is_looked_through_from_the_first_failure_to_the_last() -> None:
    api = Api()
    api.clues(ill("login", attempts=[attempt(at=BEGAN + 20), attempt(at=BEGAN + 30, seconds=5)]), ill("login"))

    assert api.asked[1][1]["q"].endswith("date:[2031-05-06T07:08:06Z TO 2031-05-06T07:08:54Z]")


def test_machines_entry_names_no_user() -> None:
    for name, is_ours in (("", True), ("somebody@acme.example", False)):
        api = Api({"logs": log(entry("feccft", user_name=name))})
        assert bool(api.clues(ill("machine", "acme"), kind=ClueKind.LOG)) is is_ours


@pytest.mark.parametrize(
    ("verdict", "is_awaited"),
    [
        (ill("login"), True),
        (ill("refresh"), True),
        (ill("machine", "acme"), True),
        (ill("device"), False),
        (ill("login", attempts=[attempt(500)]), True),
        (ill("login", attempts=[attempt(400)]), True),
        (ill("login", attempts=[attempt(200)]), False),
        (ill("login", attempts=[attempt() | {"headers": {}}]), False),
        (ill("login", attempts=[attempt() | {"headers": None}]), False),
        (ill("login", failure="Throttled"), False),
        (ill("login", status=Status.UNKNOWN, failure="BotProtection"), False),
        (ill("login", attempts=[attempt(200), attempt(401)]), True),
    ],
    ids=[
        "login", "refresh", "machine", "device", "500", "400", "200", "of-others", "no-headers", "limit", "bot", "last",
    ],
)  # fmt: skip
def test_log_is_waited_for_where_auth0_itself_refused_or_broke_a_login(verdict: Verdict, *, is_awaited: bool) -> None:
    api = Api()

    assert bool(api.clues(verdict, kind=ClueKind.LATE)) is is_awaited
    polls = [query for path, query in api.asked if path == "logs" and "depnote" not in query["q"]]
    assert len(polls) == (3 if is_awaited else 0 if verdict.rung == "device" else 1)


def test_log_that_comes_late_is_told_as_soon_as_it_is_there() -> None:
    polls = iter(([], [entry("seacft")], [entry()]))
    found = Api({"logs": lambda query: [] if "depnote" in query["q"] else next(polls)}).clues(ill("login"))

    assert [clue.kind for clue in found if clue.kind in (ClueKind.LATE, ClueKind.LOG)] == [ClueKind.LOG]


def up(target: str = "acme:password-realm:corp", at: float = BEGAN, **more: Any) -> Verdict:
    return made_verdict("login", target, Status.UP, **{"attempts": [attempt(200, at)]} | more)


@pytest.mark.parametrize(
    ("verdicts", "entries", "connections"),
    [
        ([ill("login")], [entry("s")], ["corp"]),
        ([ill("login")], [entry("sepft")], ["corp"]),
        ([ill("login")], [entry("seacft")], []),
        ([ill("login")], [entry("s", connection="main")], []),
        ([ill("login"), up()], [entry("s")], []),
        ([ill("login"), up()], [entry("s"), entry("s")], ["corp"]),
        ([ill("login"), up(), up()], [entry("s"), entry("s")], ["corp"]),
        ([ill("login"), up(), up(at=BEGAN + 1)], [entry("s"), entry("s")], []),
        ([ill("login"), replace(up(), status=Status.DEGRADED)], [entry("s")], []),
        ([ill("login", status=Status.UNKNOWN)], [entry("s")], []),
        (
            [ill("login", "acme:password")],
            [entry("s", user_name=USER, connection="Username-Password-Authentication")],
            ["Username-Password-Authentication"],
        ),
        (
            [ill("login", "acme:password"), up("acme:password", BEGAN + 1)],
            [entry("s", user_name=USER, connection="Username-Password-Authentication")],
            [],
        ),
    ],
    ids=[
        "browser", "password", "exchange", "another", "answered", "one-more", "same-exchange", "both-answered",
        "answered-late", "unknown", "default", "default-answered",
    ],
)  # fmt: skip
def test_login_that_the_log_has_as_a_success_is_told_where_no_answer_was_one(
    verdicts: list[Verdict], entries: list[Any], connections: list[str]
) -> None:
    found = Api({"logs": log(*entries)}).clues(*verdicts, kind=ClueKind.SUCCESS)

    assert [clue.connection for clue in found] == connections
    assert {(clue.rung, clue.log_type) for clue in found} <= {("login", "s")}


def test_deprecated_features_are_those_that_our_application_used_within_a_day() -> None:
    def note(**more: Any) -> dict[str, Any]:
        return {"type": "depnote", "client_id": "app", "description": "Old."} | more

    noted = [note(), note(), note(client_id="other"), note(type="f"), note(description=""), "x", note(description="B")]
    api = Api({"logs": lambda query: noted if "depnote" in query["q"] else []})
    found = api.clues(ill("device", "acme"), kind=ClueKind.DEPRECATED)
    (query,) = [query for _, query in api.asked if "depnote" in query.get("q", "")]

    assert [clue.words for clue in found] == [
        'the log notes a deprecated feature: "Old."',
        'the log notes a deprecated feature: "B"',
    ]
    assert {clue.log_type for clue in found} == {"depnote"}
    assert query["q"].startswith('client_id:"app" AND type:depnote AND date:[2031-05-05T07:08:09Z TO ')


@pytest.mark.parametrize(
    ("listed", "clients", "kinds"),
    [
        ([{"name": "corp", "id": "c1"}], {"clients": [{"client_id": "app"}]}, []),
        ({"connections": [{"name": "corp", "id": "c1"}]}, {"clients": [{"client_id": "app"}]}, []),
        ([], None, [ClueKind.CONNECTION_GONE]),
        ([{"name": "corp-2", "id": "c2"}], None, [ClueKind.CONNECTION_GONE]),
        ([{"name": "corp", "id": 7}], None, [ClueKind.CONNECTION_GONE]),
        ([{"name": "corp", "id": "c1"}], {"clients": []}, [ClueKind.CONNECTION_OFF]),
        ([{"name": "corp", "id": "c1"}], {"clients": [{"client_id": "x"}]}, [ClueKind.CONNECTION_OFF]),
        ([{"name": "corp", "id": "c1"}], 404, []),
        ([{"name": "corp", "id": "c1"}], [], []),
        ([{"name": "corp", "id": "c1"}], {"clients": [], "next": "again"}, []),
    ],
    ids=["on", "paged", "gone", "other", "no-id", "off", "others", "unread", "odd", "endless"],
)
def test_connection_is_gone_or_off_only_where_the_tenant_says_so(listed: Any, clients: Any, kinds: list[str]) -> None:
    api = Api({"connections": listed, "connections/c1/clients": clients})
    found = api.clues(ill("login"))
    wanted = (ClueKind.CONNECTION_GONE, ClueKind.CONNECTION_OFF)

    assert [(clue.kind, clue.connection) for clue in found if clue.kind in wanted] == [(kind, "corp") for kind in kinds]
    assert [query["name"] for path, query in api.asked if path == "connections"] == ["corp"]


def test_every_connection_that_is_ill_is_looked_up_once() -> None:
    api = Api()
    api.clues(ill("provider", "acme:other"), ill("redirect", "acme:corp"), ill("login"), ill("profile", "acme:third"))

    assert [query["name"] for path, query in api.asked if path == "connections"] == ["other", "corp", "third"]


def test_application_is_looked_for_on_every_page_of_a_connections_applications() -> None:
    def page(query: dict[str, str]) -> dict[str, Any]:
        number = int(query.get("from", "1"))
        return {
            "clients": [{"client_id": "app" if number == 5 else "x"}],
            "next": str(number + 1) if number < 5 else "",
        }

    api = Api({"connections": [{"name": "corp", "id": "c1"}], "connections/c1/clients": page})

    assert not api.clues(ill("login"), kind=ClueKind.CONNECTION_OFF)
    asked = [query for path, query in api.asked if path == "connections/c1/clients"]
    assert [query.get("from") for query in asked] == [None, "2", "3", "4", "5"]
    assert {query["take"] for query in asked} == {"100"}


@pytest.mark.parametrize(
    ("strategy", "status", "is_offline"), [("ad", 404, True), ("ad", {}, False), ("samlp", 404, False)]
)
def test_connector_is_offline_where_the_tenant_says_so_of_a_directory(
    strategy: str, status: Any, *, is_offline: bool
) -> None:
    listed = [{"name": "corp", "id": "c1", "strategy": strategy}]
    clients = {"clients": [{"client_id": "app"}]}
    api = Api({"connections": listed, "connections/c1/clients": clients, "connections/c1/status": status})

    assert bool(api.clues(ill("login"), kind=ClueKind.CONNECTOR_OFFLINE)) is is_offline


@pytest.mark.parametrize(
    ("found", "is_blocked"),
    [
        ({"blocked": True, "identities": [{"connection": "main"}]}, True),
        ({"blocked": True, "identities": [{"connection": "corp"}]}, False),
        ({"blocked": True, "identities": []}, True),
        ({"blocked": True}, True),
        ({"blocked": False}, False),
        ({"blocked": "yes"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_user_is_blocked_in_the_dashboard_where_it_is_the_one_of_that_connection(
    found: dict[str, Any], *, is_blocked: bool
) -> None:
    api = Api({"users-by-email": [found]})
    clues = api.clues(ill("login", "acme:password-realm:main"), kind=ClueKind.USER_DISABLED)

    assert [(clue.connection, clue.rung) for clue in clues] == [("main", "login")] * is_blocked
    assert ("users-by-email", {"email": USER, "fields": "email,blocked,identities", "include_fields": "true"}) in (
        api.asked
    )


@pytest.mark.parametrize(("blocks", "is_blocked"), [([{"ip": "1"}], True), ([], False), (None, False)], ids=str)
def test_user_is_blocked_by_protection_where_the_tenant_has_a_block(blocks: object, *, is_blocked: bool) -> None:
    api = Api({"user-blocks": {"blocked_for": blocks}})
    clues = api.clues(ill("login"), kind=ClueKind.USER_BLOCKED)

    assert [(clue.connection, clue.rung) for clue in clues] == [("corp", "login")] * is_blocked
    assert ("user-blocks", {"identifier": OTHER}) in api.asked


@pytest.mark.parametrize(
    ("triggers", "rung", "words"),
    [
        (["post-login"], "login", "(post-login)"),
        (["credentials-exchange"], "machine", "(credentials-exchange)"),
        (["post-login", "credentials-exchange"], "", "(post-login, credentials-exchange)"),
        (["post-change-password"], "", "(post-change-password)"),
    ],
    ids=str,
)
def test_deployed_action_is_of_the_logins_that_it_runs_in(triggers: list[str], rung: str, words: str) -> None:
    version = {"built_at": datetime.fromtimestamp(BEGAN - 240, UTC).isoformat()}
    action = {"name": "x", "deployed_version": version, "supported_triggers": [{"id": each} for each in triggers]}
    (found,) = Api({"actions/actions": {"actions": [action]}}).clues(ill("login"), kind=ClueKind.ACTION)

    assert (found.rung, found.at) == (rung, BEGAN - 240)
    assert found.words == f"the Action x {words} was deployed 4 minutes before"


@pytest.mark.parametrize(("ago", "is_told"), [(3600, True), (3601, False), (0, True), (-1, True), (-2, False)], ids=str)
def test_action_counts_that_was_deployed_in_the_hour_before_or_while_it_failed(ago: float, *, is_told: bool) -> None:
    version = {"built_at": datetime.fromtimestamp(BEGAN - ago, UTC).isoformat()}
    api = Api({"actions/actions": [{"name": "x", "deployed_version": version}]})

    assert bool(api.clues(ill("login"), kind=ClueKind.ACTION)) is is_told
    assert ("actions/actions", {"deployed": "true", "per_page": "100"}) in api.asked


def test_last_three_deployed_actions_are_told_the_last_first_by_name_or_id() -> None:
    def action(minutes: int, **named: str) -> dict[str, Any]:
        return named | {"deployed_version": {"built_at": datetime.fromtimestamp(BEGAN - minutes * 60, UTC).isoformat()}}

    listed = [action(9, name="old"), action(1, name="newest"), action(7, id="by-id"), action(3)]
    told = Api({"actions/actions": listed}).words(ill("login"), kind=ClueKind.ACTION)

    assert told == [
        "the Action newest (no trigger) was deployed 1 minute before",
        "the Action without a name (no trigger) was deployed 3 minutes before",
        "the Action by-id (no trigger) was deployed 7 minutes before",
    ]


@pytest.mark.parametrize(
    ("failure", "path", "listed", "kind"),
    [
        ("BotProtection", "bot-detection", ["203.0.113.0/24"], ClueKind.ALLOWED),
        ("BotProtection", "bot-detection", ["203.0.113.8"], ClueKind.NOT_ALLOWED),
        ("BotProtection", "bot-detection", None, None),
        ("Throttled", "suspicious-ip-throttling", ["203.0.113.7"], ClueKind.ALLOWED),
        ("Throttled", "suspicious-ip-throttling", None, ClueKind.NOT_ALLOWED),
        ("Throttled", "brute-force-protection", ["203.0.113.7", 7], ClueKind.ALLOWED),
        ("Throttled", "brute-force-protection", [], ClueKind.NOT_ALLOWED),
    ],
    ids=["bot", "bot-other", "bot-none", "ip", "ip-none", "brute", "brute-empty"],
)
def test_address_is_held_against_the_list_of_the_protection(
    failure: str, path: str, listed: Any, kind: ClueKind | None
) -> None:
    names = {"bot-detection": "bot detection", "suspicious-ip-throttling": "suspicious-IP throttling"}
    name = names.get(path, "brute-force protection")
    api = Api({"logs": log(entry(ip="203.0.113.7")), f"attack-protection/{path}": {"allowlist": listed}})
    found = api.clues(ill("login", status=Status.UNKNOWN, failure=failure))

    told = [clue.kind for clue in found if "allow list" in clue.words and name in clue.words]
    assert told == ([kind] if kind else [])


def test_several_addresses_are_allowed_where_all_of_them_are() -> None:
    logged = log(entry(ip="203.0.113.7"), entry(ip="198.51.100.7"))
    api = Api({"logs": logged, "attack-protection/bot-detection": {"allowlist": ["203.0.113.7"]}})
    found = api.clues(ill("login", status=Status.UNKNOWN, failure="BotProtection"))

    assert ClueKind.NOT_ALLOWED in [clue.kind for clue in found]


def test_without_an_address_in_the_log_nobody_knows_whether_it_is_allowed() -> None:
    api = Api({"attack-protection/bot-detection": {"allowlist": []}})
    found = api.clues(ill("login", status=Status.UNKNOWN, failure="BotProtection"))

    assert not {ClueKind.ALLOWED, ClueKind.NOT_ALLOWED} & {clue.kind for clue in found}


@pytest.mark.parametrize("noun", ["rules", "hooks"])
@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        ([{"name": "a"}, {"name": "b", "enabled": True}], ClueKind.RULES, "2 {} (a, b)"),
        ([{"name": "a", "enabled": False}], ClueKind.NO_RULES, "the tenant has no {}"),
        ([], ClueKind.NO_RULES, "the tenant has no {}"),
        (404, None, ""),
        (410, None, ""),
    ],
    ids=["left", "off", "none", "404", "410"],
)
def test_rules_and_hooks_that_are_left_are_told_by_name(noun: str, told: Any, kind: ClueKind, words: str) -> None:
    lacking = ill("claims", attempts=[attempt(200)])
    for content in (told, {noun: told} if isinstance(told, list) else told):
        found = Api({noun: content, "hooks" if noun == "rules" else "rules": 404}).clues(lacking)
        kinds = (ClueKind.RULES, ClueKind.NO_RULES)
        said = [(clue.kind, clue.words) for clue in found if clue.kind in kinds]
        assert said == ([(kind, words.format(noun.capitalize()))] if kind else [])


@pytest.mark.parametrize(
    ("status", "is_told"), [("paused", True), ("suspended", True), ("active", False), (None, False)]
)
def test_log_stream_is_told_where_it_is_stopped(status: str | None, *, is_told: bool) -> None:
    api = Api({"log-streams": [{"name": "SIEM", "status": status}]})
    told = api.words(ill("device", "acme"), kind=ClueKind.STREAM)

    assert [each.startswith(f"the log stream SIEM is {status}") for each in told] == [True] * is_told


def test_reason_that_several_questions_share_is_said_once() -> None:
    api = Api({"actions/actions": 500, "connections": 500, "log-streams": 502})
    told = api.words(ill("login"), kind=ClueKind.UNASKED)

    who = "the Management API of acme.eu.auth0.com"
    assert told == [
        f"not asked for the connections, Actions that were deployed: {who} answers 500",
        f"not asked for paused log streams: {who} answers 502",
    ]


def test_answer_that_does_not_come_is_a_clue_and_costs_no_other() -> None:
    api = Api({"actions/actions": Unreachable("nobody answers"), "log-streams": [{"name": "S", "status": "paused"}]})
    found = api.clues(ill("login"))

    assert [clue.kind for clue in found] == [ClueKind.LATE, ClueKind.CONNECTION_GONE, ClueKind.STREAM, ClueKind.UNASKED]
    assert found[-1].words.endswith("nobody answers")


@pytest.mark.parametrize("path", ["token", "log-streams"])
def test_words_of_clues_are_scrubbed_for_their_tenant(path: str) -> None:
    told: dict[str, Any] = {"token": 503, "log-streams": [{"name": "hunter2", "status": "paused"}]}
    found = gathered(
        [ill("device", "acme")],
        [tenant_called("acme")],
        Api({path: told[path]}),
        memory=Memory(None),
        keep_secret=lambda _token, _tenant: None,
        scrub=lambda text, tenant: f"<{tenant}>" + text.replace("hunter2", "***"),
    )

    assert found
    assert all(clue.words.startswith("<acme>") and "hunter2" not in clue.words for clue in found)


def test_sixteen_tenants_are_asked_about_and_each_has_its_own_verdicts() -> None:
    names = [f"t{number}" for number in range(18)]
    verdicts = [ill("device", name) for name in reversed(names) if name != "t3"]
    tokens: list[tuple[str, str]] = []
    found = gathered(
        verdicts,
        [tenant_called(name) for name in names],
        Api({"log-streams": [{"name": "S", "status": "paused"}]}),
        memory=Memory(None),
        keep_secret=lambda token, tenant: tokens.append((token, tenant)),
        scrub=lambda text, _tenant: text,
    )
    asked = [name for name in names if name != "t3"][:16]

    assert [clue.tenant for clue in found] == asked
    assert sorted(tokens) == sorted(("a-token", name) for name in asked)


def test_three_connections_and_three_users_are_asked_about() -> None:
    corps = [f"corp{number}" for number in range(5)]
    users = {f"CONNECTION_{each.upper()}_USERNAME": f"{each}@acme.example" for each in corps}
    users |= {f"CONNECTION_{each.upper()}_PASSWORD": "a-password-0123456789" for each in corps}
    api = Api()
    api.clues(
        *(ill("login", f"acme:password-realm:{each}") for each in corps),
        variables={"CONNECTIONS": ",".join(corps)} | users,
    )

    assert [query["name"] for path, query in api.asked if path == "connections"] == corps[:3]
    assert [query["identifier"] for path, query in api.asked if path == "user-blocks"] == [
        f"{each}@acme.example" for each in corps[:3]
    ]


@pytest.mark.parametrize(("timeout", "most"), [("30", 5.0), ("2", 2.0)])
def test_request_has_no_more_time_than_five_seconds_or_the_tenants_own_timeout(timeout: str, most: float) -> None:
    api = Api()
    api.clues(ill("device", "acme"), variables={"TIMEOUT": timeout})

    assert all(0.1 <= each["timeout"] <= most for each in api.sent[1:])
    assert api.sent[1]["headers"] == {"Authorization": "Bearer a-token"}


DOCUMENTED = """
f fp fu fepft feacft feccft fertft ferrt feoobft feotpft fdeac fcoa fsa flo pwd_leak signup_pwd_leak limit_wc limit_mu
limit_sul limit_delegation api_limit actions_execution_failed forms_submission_failed flows_execution_failed
passkey_challenge_failed custom_domain_verification_failed directory_sync_failed acls_summary gd_send_sms_failure
gd_send_email_failure fn universal_logout_failed
"""
NO_FAILURE = """
s sepft seacft seccft sertft seoobft seotpft ssa slo scoa sede srrt scp
depnote pla sapi fapi mgmt_api_read api_limit_warning
"""


@pytest.mark.parametrize("kind", DOCUMENTED.split())
def test_failure_that_auth0_documents_is_told_in_words(kind: str) -> None:
    name = "" if kind == "feccft" else OTHER
    api = Api({"logs": log(entry(kind, description="", user_name=name))})
    (told,) = api.words(ill("login"), ill("refresh"), ill("machine", "acme"), kind=ClueKind.LOG)

    assert told.endswith(f" ({kind})")
    assert len(told) > len(f" ({kind})") + 10


@pytest.mark.parametrize("kind", NO_FAILURE.split())
def test_what_the_log_has_of_success_or_of_no_login_is_no_failure(kind: str) -> None:
    name = "" if kind == "seccft" else OTHER
    api = Api({"logs": log(entry(kind, user_name=name), entry("fp"))})
    found = api.clues(ill("login"), ill("machine", "acme"), kind=ClueKind.LOG)

    assert [clue.log_type for clue in found] == ["fp"]
