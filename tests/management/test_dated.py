"""What ends on a day that the tenant alone knows: once a day, remembered, and nothing else of what comes."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

import sandbox
from monitor.configuration.assembly import tenants
from monitor.configuration.rows import ROWS
from monitor.exchange import Attempt, Exchange
from monitor.failures import Misconfigured, NotConfigured, Unreadable
from monitor.management import access, dated
from monitor.management.dated import CONNECTIONS, CREDENTIALS, DOMAINS, DatedThings, tenant_dates
from monitor.transactions.memory import Remembered
from sandbox.box import Sandbox
from sandbox.management import HELD
from sandbox.setup import A_DAY
from tests.management.asked import Patient, tenant_of
from tests.transactions.test_horizons import TestMetadataAsOthersWriteThem as Certificates
from tests.transactions.test_horizons import performed

ROOT = Path(__file__).parents[2]


def read(box: Sandbox, memory: Path | None = None, **variables: str) -> DatedThings:
    found = performed(box, tenant_dates, "management", memory, **variables)
    if found.failure:
        raise found.failure
    assert isinstance(found.brought, DatedThings)
    return found.brought


def test_each_kind_is_read_with_its_end() -> None:
    with sandbox.start() as box:
        found = read(box)
    ends = {kind: [(each.name, each.ends, each.ill) for each in found.of(kind)] for kind in (CONNECTIONS, CREDENTIALS)}

    (name, saml, ill), *_ = ends[CONNECTIONS]
    assert (name, ill) in {("corp-saml", ""), ("corp-post", "")}
    assert saml is not None
    assert abs(saml - time.time() - 500 * A_DAY) < A_DAY
    ((name, key, ill),) = ends[CREDENTIALS]
    assert (name, ill) == ("ci-key", "")
    assert key is not None
    assert abs(key - time.time() - 400 * A_DAY) < A_DAY
    assert [(each.name, each.ill) for each in found.of(DOMAINS)] == [("login.sandbox.example", "")]


def test_what_is_ill_comes_first() -> None:
    faults = ["connection-certificate-ended", "application-key-ending", "custom-domain-not-renewed"]
    with sandbox.start(faults) as box:
        found = read(box)

    assert found.of(CONNECTIONS)[0].name == "corp-saml"
    assert (found.of(CONNECTIONS)[0].ends or 0) < time.time()
    assert (found.of(CREDENTIALS)[0].ends or 0) < time.time() + 10 * A_DAY
    assert found.of(DOMAINS)[0].ill == "its certificate is renewing_failed"


def test_it_is_asked_once_a_day_and_remembered_without_secrets(tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    with sandbox.start() as box:
        first, again = read(box, memory), read(box, memory)
        asked = Patient(box).asked
        kept = memory.read_bytes().decode("latin-1")
        handed_out = box.handed_out
        with closing(sqlite3.connect(memory)) as database:
            database.execute("UPDATE pages SET at = at - 86401")
            database.commit()
        read(box, memory)
        later = Patient(box).asked

    assert again.things == first.things
    assert again.exchange is None
    assert (asked.count("token"), later.count("token")) == (1, 2)
    secrets = (*HELD, "BEGIN CERTIFICATE", sandbox.MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_SECRET"])
    for secret in (*secrets, *handed_out):
        assert secret not in kept


@pytest.mark.parametrize(
    ("told", "failure", "words"),
    [
        ("refused", Misconfigured, "AUTH0_MANAGEMENT_CLIENT_SECRET: the tenant refuses this application a token"),
        ("write-scope", Misconfigured, "its scopes may write (delete:connections, update:users)"),
        ("down", Unreadable, "hands out no token for the Management API (503)"),
    ],
)
def test_way_that_is_closed_is_named_and_not_tried_again_at_once(
    tmp_path: Path, told: str, failure: type[Exception], words: str
) -> None:
    with sandbox.start([f"management={told}"]) as box:
        for _ in range(2):
            with pytest.raises(failure) as raised:
                read(box, tmp_path / "memory.sqlite")
            assert words in str(raised.value)
        asked = Patient(box).asked

    assert set(asked) == {"token"}
    assert len(asked) <= 2, "a 503 is asked for a second time at once"


def test_missing_scope_costs_its_own_probe_alone() -> None:
    with sandbox.start(["management=scopes-missing"]) as box:
        found = read(box)

    for kind, scope in ((CONNECTIONS, "read:connections"), (CREDENTIALS, "read:client_credentials")):
        with pytest.raises(NotConfigured, match=scope):
            found.of(kind)


def test_nothing_of_the_answers_goes_into_the_evidence() -> None:
    with sandbox.start(["connection-certificate-ended"]) as box:
        found = read(box)

    assert found.exchange is not None
    assert found.exchange.body == b""
    assert [each.in_full()["evidence"] for each in found.exchange.attempts] == [{}]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"MANAGEMENT_CLIENT_ID": "", "MANAGEMENT_CLIENT_SECRET": ""}, "set AUTH0_MANAGEMENT_CLIENT_ID and"),
        ({"MANAGEMENT_CLIENT_SECRET": ""}, "AUTH0_MANAGEMENT_CLIENT_SECRET is not set, though"),
        ({"MANAGEMENT_CLIENT_ID": ""}, "AUTH0_MANAGEMENT_CLIENT_ID is not set, though"),
        ({"DOMAIN": "login.acme.example", "CANONICAL_DOMAIN": ""}, "AUTH0_CANONICAL_DOMAIN is not set"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_asked(variables: dict[str, str], words: str) -> None:
    with sandbox.start() as box:
        (row,) = ROWS["management"](tenant_of(box, **variables))

        assert row.blocked is not None
        assert words in row.blocked.reason
        assert Patient(box).asked == []


def test_scopes_of_the_docs_are_those_that_are_used() -> None:
    assert access.table() in (ROOT / "docs/management-api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("how", ["two", "chain", "escaped", "text around", "one line", "twice packed"])
def test_certificate_of_a_connection_is_read_however_it_was_pasted(how: str) -> None:
    authority, its = Certificates.certificate(3650, "authority")
    own, _ = Certificates.certificate(5, "own", its)
    new, _ = Certificates.certificate(700)
    pem = Certificates.pem(new)
    pasted, days = {
        "two": (Certificates.pem(own) + pem, 700),
        "chain": (Certificates.pem(own) + Certificates.pem(authority), 5),
        "escaped": (pem.replace("\n", "\\n"), 700),
        "text around": (f"Bag Attributes\n  localKeyID: 01\nsubject=/CN=idp\n{pem}", 700),
        "one line": (pem.replace("\n", " "), 700),
        "twice packed": (base64.b64encode(pem.encode()).decode(), 700),
    }[how]
    (ends,) = dated.ends_of({"signingCert": pasted, "expires": None})

    assert round((ends - Certificates.NOW.timestamp()) / A_DAY) == days


GRANTED = "read:connections read:connections_options read:client_credentials read:custom_domains"
CONFIGURED = {
    "AUTH0_DOMAIN": "acme.eu.auth0.com",
    "AUTH0_CLIENT_ID": "app/1",
    "AUTH0_USERNAME": "synthetic@acme.example",
    "AUTH0_PASSWORD": "a-password-0123456789",
    "AUTH0_MANAGEMENT_CLIENT_ID": "reader",
    "AUTH0_MANAGEMENT_CLIENT_SECRET": "a-secret-of-the-reader",
}
A_TIME = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@dataclass
class Tenant:
    """A tenant whose Management API answers as ``told``: by path a document, a status, or several, one at a time."""

    told: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, Remembered] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    public: list[str] = field(default_factory=list)

    @property
    def memory(self) -> Any:
        return self

    def recall(self, address: str) -> Remembered | None:
        return self.kept.get(address)

    def keep(self, address: str, body: bytes, headers: dict[str, str], *, for_its_time: bool = False) -> None:
        assert for_its_time, "no server gives these a mark by which they are known again"
        self.kept[address] = Remembered(body, "", headers, time.time())

    def ages(self, seconds: float) -> None:
        """So many seconds pass."""
        self.kept = {key: replace(each, at=each.at - seconds) for key, each in self.kept.items()}

    def keep_secret(self, value: str, _target: object) -> None:
        self.secrets.append(value)

    def keep_public(self, name: str) -> None:
        self.public.append(name)

    def ask_elsewhere(self, _target: object, address: str, method: str, **sent: Any) -> Exchange:
        url = urlsplit(address)
        path = url.path.removeprefix("/api/v2/").strip("/") if method == "GET" else "token"
        self.asked.append((path, parse_qs(url.query)))
        self.sent.append({"address": address, **sent})
        standard = {"access_token": "a-token-that-may-read", "scope": GRANTED} if path == "token" else []
        told = self.told.get(path, standard)
        if isinstance(told, tuple):
            places = [at for at, (each, _) in enumerate(self.asked) if each == path]
            told = told[min(len(places), len(told)) - 1]
        attempt = Attempt(method, address, 200, None, time.time(), 0.1, {}, None, {}, 0)
        if isinstance(told, int):
            return Exchange((attempt,), told, {}, b"")
        return Exchange((attempt,), 200, {}, told if isinstance(told, bytes) else json.dumps(told).encode())

    def dates(self, **variables: str) -> DatedThings:
        values = CONFIGURED | {f"AUTH0_{name}": value for name, value in variables.items()}
        (tenant,) = tenants({name: value for name, value in values.items() if value})
        found = tenant_dates.perform(next(iter(ROWS["management"](tenant))), cast("Any", self))
        assert isinstance(found, DatedThings)
        return found

    def named(self, kind: str) -> list[tuple[str, float | None, str]]:
        return [(each.name, each.ends, each.ill) for each in self.dates().of(kind)]

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def test_keys_are_read_of_the_application_of_the_logins_alone() -> None:
    keys = [{"kid": "a-kid", "expires_at": A_TIME.isoformat()}, {"kid": "endless"}, {"kid": "x", "expires_at": "soon"}]
    tenant = Tenant({"clients/app%2F1/credentials": keys})

    assert tenant.named(CREDENTIALS) == [("a-kid", A_TIME.timestamp(), "")]


def test_without_an_application_of_the_logins_no_keys_are_asked_for() -> None:
    tenant = Tenant()

    assert tenant.dates(CLIENT_ID="").of(CREDENTIALS) == []
    assert tenant.paths == ["token", "connections", "custom-domains"]


@pytest.mark.parametrize("status", [404, 410])
def test_application_that_the_tenant_does_not_know_has_no_keys(status: int) -> None:
    assert Tenant({"clients/app%2F1/credentials": status}).named(CREDENTIALS) == []


def test_every_page_of_enterprise_connections_is_read() -> None:
    def page(number: int, following: object = None) -> dict[str, Any]:
        options = {"expires": A_TIME.replace(year=2030 + number).isoformat()}
        return {"connections": [{"name": f"corp-{number}", "options": options}, "rubbish"], "next": following}

    tenant = Tenant({"connections": (page(1, "two"), page(2, "three"), page(3, ""))})
    found = tenant.named(CONNECTIONS)
    asked = [query for path, query in tenant.asked if path == "connections"]

    assert [name for name, _, _ in found] == ["corp-1", "corp-2", "corp-3"]
    assert [query.get("from") for query in asked] == [None, ["two"], ["three"]]
    for query in asked:
        assert query["take"] == ["100"]
        assert set(query["strategy"]) == {"samlp", "adfs", "pingfederate", "waad"}
        assert {"name", "options"} <= set(query["fields"][0].split(","))
        assert query["include_fields"] == ["true"]


def test_tenant_that_always_has_one_more_page_is_asked_for_a_thousand_connections() -> None:
    tenant = Tenant({"connections": {"connections": [], "next": "again"}})
    tenant.dates()

    assert tenant.paths.count("connections") == 10


@pytest.mark.parametrize("content", [None, [], {}, {"connections": None}, {"connections": [None, 1]}, "text"])
def test_connections_that_are_none_break_nothing(content: object) -> None:
    assert Tenant({"connections": content}).named(CONNECTIONS) == []


def test_connections_are_read_from_a_bare_list_too_and_those_without_an_end_are_none() -> None:
    ending = {"name": "corp", "options": {"expires": A_TIME.isoformat()}}
    others = [{"name": "endless", "options": {}}, {"name": "odd", "options": "text"}, {"name": "none"}]

    assert Tenant({"connections": [*others, ending]}).named(CONNECTIONS) == [("corp", A_TIME.timestamp(), "")]


def test_custom_domain_is_to_be_renewed_by_its_date_and_stays_as_it_is_in_reports() -> None:
    shown = {"domain": "login.acme.example", "custom_domain_id": "cd_1", "status": "ready"}
    until = {"certificate": {"status": "provisioned", "renews_before": A_TIME.isoformat()}}
    tenant = Tenant({"custom-domains": {"custom_domains": [shown | until]}})

    assert tenant.named(DOMAINS) == [("login.acme.example", A_TIME.timestamp(), "")]
    assert tenant.named(DOMAINS) == [("login.acme.example", A_TIME.timestamp(), "")], "as it is remembered"
    assert tenant.public == ["login.acme.example"] * 2


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        ({"status": "disabled"}, "it is disabled"),
        ({"status": "pending_verification"}, "it is pending_verification"),
        ({"status": "failed"}, "it is failed"),
        ({"certificate": {"status": "provisioning_failed"}}, "its certificate is provisioning_failed"),
        ({"certificate": {"status": "renewing_failed"}}, "its certificate is renewing_failed"),
        ({"verification": {"status": "failed"}}, "its verification is failed"),
        ({"verification": {"status": "pending"}}, ""),
        ({"certificate": {"status": "provisioning"}}, ""),
        ({"certificate": "text", "verification": "text"}, ""),
        (
            {"status": "pending_verification", "verification": {"status": "failed"}},
            "it is pending_verification, its verification is failed",
        ),
    ],
    ids=repr,
)
def test_state_of_a_custom_domain_that_is_ill_is_named(spoilt: dict[str, Any], words: str) -> None:
    well = {"domain": "login.acme.example", "status": "ready", "certificate": {"status": "provisioned"}}

    assert Tenant({"custom-domains": [well | spoilt]}).named(DOMAINS) == [("login.acme.example", None, words)]


def test_what_is_ill_stands_first_then_what_ends_soonest_and_what_never_ends_last() -> None:
    def domain(name: str, day: int = 0, status: str = "ready") -> dict[str, Any]:
        until = {"renews_before": A_TIME.replace(day=day).isoformat()} if day else {}
        return {"domain": name, "status": status, "certificate": until}

    listed = [domain("endless"), domain("late", 20), domain("soon", 2), domain("ill", 30, "disabled")]

    assert [name for name, _, _ in Tenant({"custom-domains": listed}).named(DOMAINS)] == [
        "ill",
        "soon",
        "late",
        "endless",
    ]


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        ({"name": "by-name", "kid": "by-kid", "id": "by-id"}, "by-name"),
        ({"kid": "by-kid", "id": "by-id"}, "by-kid"),
        ({"name": "", "kid": 7, "id": "by-id"}, "by-id"),
        ({}, "one without a name"),
        ({"name": "n" * 200}, "n" * 80),
    ],
    ids=["name", "kid", "id", "none", "long"],
)
def test_thing_is_called_by_the_first_name_that_it_has(thing: dict[str, Any], name: str) -> None:
    ending = thing | {"expires_at": A_TIME.isoformat()}

    assert Tenant({"clients/app%2F1/credentials": [ending]}).named(CREDENTIALS) == [(name, A_TIME.timestamp(), "")]


def test_time_without_a_zone_is_in_utc() -> None:
    keys = [{"name": "key", "expires_at": A_TIME.replace(tzinfo=None).isoformat()}]

    assert Tenant({"clients/app%2F1/credentials": keys}).named(CREDENTIALS) == [("key", A_TIME.timestamp(), "")]


@pytest.mark.parametrize(
    ("told", "seconds", "again"),
    [
        ({}, 86_000, False),
        ({}, 86_400, True),
        ({}, -60, True),
        ({"token": 401}, 590, False),
        ({"token": 401}, 601, True),
        ({"token": 503}, 590, False),
        ({"token": 503}, 601, True),
    ],
    ids=str,
)
def test_what_was_read_holds_for_a_day_and_why_nothing_was_for_ten_minutes(
    told: dict[str, Any], seconds: float, *, again: bool
) -> None:
    def outcome() -> str:
        try:
            return str(tenant.dates().things)
        except (Misconfigured, Unreadable) as failure:
            return f"{type(failure).__name__}: {failure.reason}"

    tenant = Tenant(told)
    first = outcome()
    tenant.ages(seconds)

    assert outcome() == first
    assert tenant.paths.count("token") == 1 + again


@pytest.mark.parametrize(
    "changed",
    [
        {"DOMAIN": "other.eu.auth0.com"},
        {"CLIENT_ID": "other"},
        {"MANAGEMENT_CLIENT_ID": "other"},
        {"MANAGEMENT_CLIENT_SECRET": "another-secret-of-the-reader"},
    ],
    ids=str,
)
def test_with_other_credentials_is_asked_at_once(changed: dict[str, str]) -> None:
    tenant = Tenant({"token": 401})
    for variables in ({}, changed, changed):
        with pytest.raises(Misconfigured):
            tenant.dates(**variables)

    assert tenant.paths == ["token", "token"]
    assert not [key for key in tenant.kept if tenant.kept[key].body.count(b"secret-of-the-reader")]


@pytest.mark.parametrize(
    ("told", "failure", "words"),
    [
        ({"custom-domains": 403}, NotConfigured, "denies /custom-domains (403)"),
        ({"custom-domains": 500}, Unreadable, "acme.eu.auth0.com answers 500"),
        ({"custom-domains": b"<html>"}, Unreadable, "acme.eu.auth0.com answers with what is no JSON"),
        ({"custom-domains": b"[" * 100_000}, Unreadable, "answers with what is no JSON"),
        (
            {"token": {"access_token": "a-token", "scope": GRANTED.replace("read:custom_domains", "")}},
            NotConfigured,
            "AUTH0_MANAGEMENT_CLIENT_ID: grant its application read:custom_domains to see this",
        ),
    ],
    ids=["denied", "broken", "no-json", "deep", "scope"],
)
def test_kind_that_cannot_be_read_costs_itself_alone_and_is_remembered(
    told: dict[str, Any], failure: type[Exception], words: str
) -> None:
    keys = [{"name": "key", "expires_at": A_TIME.isoformat()}]
    tenant = Tenant({"clients/app%2F1/credentials": keys} | told)

    for found in (tenant.dates(), tenant.dates()):
        assert [each.name for each in found.of(CREDENTIALS)] == ["key"]
        assert found.of(CONNECTIONS) == []
        with pytest.raises(failure) as raised:
            found.of(DOMAINS)
        assert words in str(raised.value)
    assert tenant.paths.count("token") == 1


def test_connections_are_told_only_where_both_scopes_are_there() -> None:
    for scope in ("read:connections", "read:connections_options"):
        scopes = " ".join(each for each in GRANTED.split() if each != scope)
        tenant = Tenant({"token": {"access_token": "a-token", "scope": scopes}})
        with pytest.raises(NotConfigured, match=f"grant its application {scope} to see this"):
            tenant.dates().of(CONNECTIONS)
        assert "connections" not in tenant.paths


def test_token_is_asked_for_as_a_machines_and_kept_secret() -> None:
    tenant = Tenant()
    tenant.dates()
    token, *others = tenant.sent

    assert token["address"] == "https://acme.eu.auth0.com/oauth/token"
    assert token["form"] == {
        "grant_type": "client_credentials",
        "client_id": "reader",
        "client_secret": "a-secret-of-the-reader",
        "audience": "https://acme.eu.auth0.com/api/v2/",
    }
    assert tenant.secrets == ["a-token-that-may-read"]
    assert [each["headers"] for each in others] == [{"Authorization": "Bearer a-token-that-may-read"}] * 3
    assert all(0 < each["timeout"] <= 5 for each in others)


def jwt(claims: dict[str, Any]) -> str:
    parts: tuple[dict[str, Any], ...] = ({"alg": "RS256"}, claims, {})
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"access_token": jwt({"scope": GRANTED})}, False),
        ({"access_token": jwt({"scope": GRANTED}), "scope": ""}, True),
        ({"access_token": jwt({"scope": 7})}, True),
        ({"access_token": jwt({})}, True),
        ({"access_token": "opaque"}, True),
        ({"access_token": "opaque", "scope": [GRANTED]}, True),
    ],
    ids=["the-tokens", "the-answers-first", "number", "none", "opaque", "list"],
)
def test_scopes_are_those_of_the_answer_or_where_it_has_none_of_the_token(
    given: dict[str, Any], *, missing: bool
) -> None:
    tenant = Tenant({"token": given})
    found = tenant.dates()

    assert bool(found.unread) is missing
    assert (tenant.paths == ["token"]) is missing


@pytest.mark.parametrize(
    "given", [b"", b"<html>", b"[" * 100_000, [], {"access_token": ""}, {"access_token": 7}, {}], ids=repr
)
def test_answer_without_a_token_is_no_token(given: Any) -> None:
    tenant = Tenant({"token": given})
    with pytest.raises(Unreadable, match=r"acme\.eu\.auth0\.com hands out no token for the Management API \(200\)"):
        tenant.dates()

    assert tenant.paths == ["token"]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_token_is_the_configurations(status: int) -> None:
    with pytest.raises(Misconfigured, match=rf"Management API \({status} without a word\)"):
        Tenant({"token": status}).dates()


@pytest.mark.parametrize(
    ("options", "ends"),
    [
        ({"expires": A_TIME.isoformat()}, [A_TIME.timestamp()]),
        ({"signingCert": "rubbish", "expires": A_TIME.isoformat()}, [A_TIME.timestamp()]),
        ({"signingCert": 7, "certs": 7, "expires": A_TIME.isoformat()}, [A_TIME.timestamp()]),
        ({"expires": "never"}, []),
        ({"expires": 7}, []),
        ({}, []),
        ("text", []),
        (None, []),
    ],
    ids=["date", "no-certificate", "odd", "never", "number", "nothing", "text", "none"],
)
def test_connection_ends_by_its_date_where_no_certificate_can_be_read(options: object, ends: list[float]) -> None:
    assert list(dated.ends_of(options)) == ends


@pytest.mark.parametrize("key", ["signingCert", "cert", "certs"])
def test_certificate_counts_before_the_date_wherever_it_stands(key: str) -> None:
    pem = Certificates.pem(Certificates.certificate(700)[0])
    (ends,) = dated.ends_of({key: [pem] if key == "certs" else pem, "expires": A_TIME.isoformat()})

    assert round((ends - Certificates.NOW.timestamp()) / A_DAY) == 700


def test_connection_with_several_certificates_ends_with_the_last_of_them() -> None:
    certs = [Certificates.pem(Certificates.certificate(days)[0]) for days in (30, 700, 5)]
    ((_, ends, _),) = Tenant({"connections": [{"name": "corp", "options": {"certs": certs}}]}).named(CONNECTIONS)

    assert ends is not None
    assert round((ends - Certificates.NOW.timestamp()) / A_DAY) == 700
