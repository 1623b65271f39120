"""What came from outside is scrubbed, whatever the secrets are; what we made ourselves stays, and so does its form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor import results
from monitor.configuration import settings
from monitor.configuration.targets import Tenant
from monitor.diagnosis.diagnosis import diagnose
from monitor.reports import har, junit
from monitor.secrets import MASK, Scrubber
from monitor.session.cleaning import cleaned
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.reports import runs

ORIGIN = "https://prod.example"
FOREIGN = "what-came-from-outside"
IDS = [
    "tests_synthetic/test_login.py::test_login_hands_out_tokens[prod:password-realm:custom-users]",
    "tests_synthetic/test_refusals.py::test_wrong_password_is_refused[prod]",
    "tests_synthetic/test_health.py::test_test_endpoint_answers[prod]",
]
WORDS = sorted({word for each in IDS for word in re.split(r"[^a-z]+", each) if len(word) >= 4})
OURS = [
    "down",
    "unknown",
    "https",
    "POST",
    "json",
    "form",
    "Basic",
    "AUTH0_PASSWORD",
    "oauth",
    "/oauth/token",
    "prod.example",
]
SCHEMA = json.loads(results.SCHEMA_FILE.read_text(encoding="utf-8"))


def attempt() -> dict[str, Any]:
    """One attempt with all of its evidence."""
    return runs.attempt(
        status=500,
        error=f"WrongAnswer: it said {FOREIGN}",
        headers={
            "content-type": "text/html",
            f"x-auth0-{FOREIGN}": FOREIGN,
            "location": f"https://x.example/{FOREIGN}",
        },
        evidence={
            "request": {
                "headers": {"Host": "prod.example", "Content-Type": "application/json"},
                "authorization": {"scheme": "Basic", "user": "app", "variable": "AUTH0_CLIENT_SECRET"},
                "form": "json",
                "fields": {"grant_type": "password", "username": "ann", "password": "$AUTH0_PASSWORD"},
                "variables": {"password": "AUTH0_PASSWORD"},
                "headers_bytes": 200,
                "body_bytes": 90,
            },
            "timeout": 30.0,
            "connect_timeout": 5.0,
            "addresses": ["203.0.113.9"],
            "pinned": None,
            "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"},
            "certificates": [{"sha256": "ab", "issuer": FOREIGN}],
            "chain_is_whole": True,
            "answer": {
                "http": "HTTP/1.1",
                "reason": FOREIGN,
                "headers_bytes": 100,
                "body_bytes": 10,
                "error": "invalid_grant",
                "error_description": FOREIGN,
            },
            "skew": 0.1,
        },
    )


def verdicts() -> Iterator[Verdict]:
    statuses = [Status.DOWN, Status.UNKNOWN, Status.UP]
    for node_id, status in zip(IDS, statuses, strict=True):
        yield Verdict.planned(
            node_id,
            status=status,
            reason=f"it said {FOREIGN}",
            failure="Refused",
            error="invalid_grant",
            question="Is the user let in?",
            seconds=0.2,
            budget=3.0,
            phases={"wait": 0.2},
            attempts=[attempt()],
        )


def scrubbed(*secrets: str) -> list[Verdict]:
    scrubber = Scrubber()
    for name in ("AUTH0_PASSWORD", "AUTH0_CLIENT_SECRET"):
        scrubber.spare(name)
    for secret in secrets:
        scrubber.add(secret)
    return [Verdict.from_dict(cleaned(each.to_dict(), scrubber.scrub, (ORIGIN,))) for each in verdicts()]


def shape(value: Any) -> Any:
    """What there is, without what it says; names of headers may be foreign."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items() if name != "headers"}
    return [shape(each) for each in value] if isinstance(value, list) else type(value).__name__


SECRETS = st.lists(st.sampled_from([*WORDS, *OURS]) | st.text(min_size=1, max_size=20), min_size=1, max_size=4)


@given(SECRETS)
@example(["password"])
@example(["login"])
@example(["test"])
@example(["prod"])
@example(["down", "unknown", "refused"])
def test_plan_and_verdicts_meet_and_no_reports_structure_changes(secrets: list[str]) -> None:
    planned, told = list(verdicts()), scrubbed(*secrets)

    assert [each.id for each in told] == IDS
    for name in ("probe", "target", "kind", "status", "failure", "question", "error"):
        assert [getattr(each, name) for each in told] == [getattr(each, name) for each in planned]
    run = runs.run(*told, tenants=("prod",))
    run = Run.from_dict(run.to_dict() | {"diagnosis": None})
    document = json.loads(json.dumps(run.to_dict()))
    assert shape(document) == shape(
        json.loads(json.dumps(runs.run(*planned, tenants=("prod",)).to_dict() | {"diagnosis": None}))
    )
    jsonschema.validate(document | {"schema": results.SCHEMA}, SCHEMA)
    assert diagnose(run).owner == diagnose(runs.run(*planned, tenants=("prod",))).owner
    names = [each.get("name") for each in ET.fromstring(junit.render(run)).iter("testcase")]  # noqa: S314 - ours
    assert names == [junit.names(each)[1] for each in IDS]
    entry = json.loads(har.render(told[0].attempts, {"name": "x", "version": "1"}, 65_536))["log"]["entries"][0]
    assert (entry["request"]["method"], entry["request"]["url"]) == ("POST", f"{ORIGIN}/oauth/token")
    assert "$AUTH0_PASSWORD" in entry["request"]["postData"]["text"]


@given(st.sampled_from([FOREIGN, f"{FOREIGN}-and-more", "came-from", "outside"]))
def test_what_came_from_outside_is_always_scrubbed(secret: str) -> None:
    told = json.dumps([each.to_dict() for each in scrubbed(secret)])

    assert secret not in told
    assert MASK in told


@pytest.mark.parametrize(
    ("url", "secret", "told"),
    [
        ("https://prod.example/oauth/token", "token", "https://prod.example/oauth/token"),
        ("https://prod.example/x?key=abcd1234", "abcd1234", "https://prod.example/x?key=***"),
        ("https://status.example/t0ken12345678/feed", "t0ken12345678", "https://status.example/***/feed"),
        ("https://u:passw0rd@status.example/feed", "passw0rd", "https://u:***@status.example/feed"),
        ("https://status.example/feed", "status", "https://status.example/feed"),
        ("https://[::1]:8443/oauth/token", "oauth", "https://[::1]:8443/***/token"),
    ],
)
def test_address_keeps_its_host_and_our_own_paths_and_no_token(url: str, secret: str, told: str) -> None:
    scrubber = Scrubber()
    scrubber.add(secret)
    document = runs.verdict(attempts=[runs.attempt(url=url)]).to_dict()

    assert cleaned(document, scrubber.scrub, (ORIGIN,))["attempts"][0]["url"] == told


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("abc", "has a secret of fewer than 4 characters"),
        ("password", "has a secret that is a word of the monitor's own"),
        ("login", "has a secret that is a word of the monitor's own"),
        ("prod", "has a secret that is a word of the monitor's own, or a configured name"),
        ("custom-users", "or a configured name"),
        ("Correct-Horse-Battery-9", ""),
        ("x7Kp-9vQz_2LmN8rT4wY6", ""),
    ],
)
def test_secret_that_cannot_be_taken_out_without_harm_is_named_by_its_variable(
    secret: str, said: str, tmp_path: Path
) -> None:
    values = {
        "AUTH0_TENANTS": "prod",
        "AUTH0_DOMAIN": "acme.eu.auth0.com",
        "AUTH0_CONNECTIONS": "custom-users",
        "AUTH0_PROD_PASSWORD": secret,
        "AUTH0_PROD_USERNAME": "ann",
    }
    remarks = settings.load(values, Scrubber(), tmp_path).remarks

    assert [each.startswith("AUTH0_PROD_PASSWORD ") and said in each for each in remarks] == ([True] if said else [])
    assert not any(
        f" {secret}" in each or f"'{secret}'" in each for each in remarks if secret not in ("password", "login")
    )


def test_variable_is_named_also_where_its_secret_is_a_part_of_its_name() -> None:
    scrubber = Scrubber()
    settings.load({"AUTH0_DOMAIN": "x.example", "AUTH0_PASSWORD": "PASSWORD"}, scrubber, Path())

    assert scrubber.scrub("AUTH0_PASSWORD is wrong, it says PASSWORD") == f"AUTH0_PASSWORD is wrong, it says {MASK}"


def test_watch_cleans_a_verdict_for_its_tenant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from monitor.session.watch import Watch

    for name, value in {"AUTH0_DOMAIN": "prod.example", "AUTH0_PASSWORD": "login"}.items():
        monkeypatch.setenv(name, value)
    watch = Watch(tmp_path)
    (tenant,) = watch.configured.tenants
    make: Callable[[Verdict, Tenant], dict[str, Any]] = watch.clean
    told = make(runs.verdict(reason="the login failed"), tenant)

    assert (told["probe"], told["reason"]) == ("login_hands_out_tokens", "the *** failed")
    assert any("AUTH0_PASSWORD has a secret that is a word" in each for each in watch.headline())
