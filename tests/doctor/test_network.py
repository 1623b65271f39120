"""The doctor on the way to a tenant: each failure with its own cure, and where a date or a clock is worth a note."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from monitor.configuration import settings
from monitor.configuration.targets import Tenant
from monitor.doctor import network
from monitor.doctor.lines import Line, Mark
from monitor.exchange import Attempt, Exchange
from monitor.failures import (
    CutShort,
    Failure,
    Misconfigured,
    ProxyRefused,
    TimedOut,
    Unreachable,
    Unreadable,
    Unresolved,
    Untrusted,
)
from monitor.secrets import Scrubber
from monitor.wire.door import Door

NOW = 1_800_000_000.0
PHASES = {"dns": 0.01, "connect": 0.02, "tls": 0.03, "first_byte": 0.04}


def tenant(**values: str) -> Tenant:
    named = {f"AUTH0_{name}": value for name, value in {"DOMAIN": "a.invalid", **values}.items()}
    (made,) = settings.load(named, Scrubber(), Path("/nowhere")).tenants
    return made


def attempt(status: int | None = 200, phases: Mapping[str, float] = PHASES, ahead: float = 0.0) -> Attempt:
    return Attempt("GET", "x", status, None, NOW + ahead - 1, 1.0, dict(phases), "10.0.0.1", {}, 0)


def answered(status: int = 200, *, ahead: float = 0.0, days: float = 90.0, body: Any = None) -> Exchange:
    """An answer, by a clock that is ahead of its Date, and a certificate that ends so many days after that."""
    ends = time.strftime("%b %d %H:%M:%S %Y GMT", time.gmtime(NOW + days * 86_400))
    content = json.dumps(body if body is not None else {"issuer": "https://a.invalid/"}).encode()
    headers = {"content-type": "application/json", "date": formatdate(NOW, usegmt=True)}
    return Exchange((attempt(status, ahead=ahead),), status, headers, content, {"notAfter": ends})


class Answering(Door):
    """A door with these answers behind it, in the order of the questions, of which it keeps the headers."""

    def __init__(self, *answers: Exchange | Failure) -> None:
        self.answers, self.asked = list(answers), list[tuple[str, Mapping[str, str]]]()

    def ask(self, _method: str, address: str, **sent: Any) -> Exchange:  # type: ignore[override]
        self.asked.append((address, sent.get("headers") or {}))
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            raise answer
        return answer


def told(*answers: Exchange | Failure, **values: str) -> list[Line]:
    return list(network.lines(Answering(*answers), tenant(**values)))


@pytest.mark.parametrize(
    ("failure", "cure"),
    [
        (Unresolved, "correct AUTH0_DOMAIN, or the DNS of this machine; behind a proxy, set HTTPS_PROXY"),
        (Untrusted, "let REQUESTS_CA_BUNDLE name a PEM file with it"),
        (ProxyRefused, "correct HTTPS_PROXY, let the proxy through to the tenant, or name its host in NO_PROXY"),
        (TimedOut, "AUTH0_TIMEOUT and AUTH0_CONNECT_TIMEOUT are the times it has"),
        (CutShort, "try again; if it stays so"),
        (Unreachable, "let this machine out to it by TCP, or set HTTPS_PROXY"),
        (Unreadable, "correct AUTH0_DOMAIN: is it what the dashboard calls Domain"),
        (Misconfigured, ""),
    ],
)
def test_each_failure_on_the_way_has_its_own_cure(failure: type[Failure], cure: str) -> None:
    (line,) = told(failure("why"))

    assert (line.mark, line.what) == (Mark.BAD, "why")
    assert [cure in each for each in line.cures] == [True] * bool(cure)


def test_answer_of_a_tenant_that_fails_says_nothing_of_the_settings() -> None:
    (*passed, line) = told(Unreadable("status 503", answered(503)))

    assert line.mark is Mark.BAD
    assert "try again later" in line.cures[0]
    assert [each.mark for each in passed] == [Mark.OK] * 3


@pytest.mark.parametrize(
    ("last", "steps"),
    [("dns", []), ("connect", ["name"]), ("tls", ["name", "TCP"]), ("first_byte", ["name", "TCP", "TLS"])],
)
def test_steps_are_told_that_were_passed_before_the_way_ended(last: str, steps: list[str]) -> None:
    phases = {name: PHASES[name] for name in list(PHASES)[: list(PHASES).index(last) + 1]}
    (*passed, line) = told(Unreachable("why", Exchange((attempt(None, phases),))))

    assert line.mark is Mark.BAD
    assert [any(word in each.what for word in steps) for each in passed] == [True] * len(steps)
    assert len(passed) == len(steps)
    assert ["10.0.0.1" in each.what for each in passed] == ["TCP" in each.what for each in passed]


@pytest.mark.parametrize(
    ("ahead", "mark", "words"),
    [
        (0, Mark.OK, "within 5 s"),
        (5, Mark.OK, "within 5 s"),
        (-5, Mark.OK, "within 5 s"),
        (6, Mark.NOTE, "6 s ahead of the tenant's"),
        (-6, Mark.NOTE, "6 s behind the tenant's"),
        (300, Mark.NOTE, "300 s ahead of"),
        (301, Mark.BAD, "301 s ahead of"),
        (-301, Mark.BAD, "301 s behind"),
    ],
)
def test_clock_is_worth_a_note_before_tokens_are_refused_by_it(ahead: float, mark: Mark, words: str) -> None:
    """Tokens are held to the time with five minutes' leeway."""
    line = network.clock("here", answered(ahead=ahead))

    assert line.mark is mark
    assert words in line.what
    assert bool(line.cures) is (mark is not Mark.OK)


def test_answer_without_a_date_says_nothing_of_the_clock() -> None:
    line = network.clock("here", Exchange((attempt(ahead=900),), 200, {}))

    assert (line.mark, line.cures) == (Mark.NOTE, ())
    assert "cannot be compared" in line.what


@pytest.mark.parametrize(("days", "mark"), [(13.9, Mark.NOTE), (14.1, Mark.OK), (1.2, Mark.NOTE), (300, Mark.OK)])
def test_certificate_is_worth_a_note_in_its_last_two_weeks(days: float, mark: Mark) -> None:
    lines = told(answered(days=days), answered(body={"clock": NOW * 1000}))

    (line,) = [each for each in lines if "certificate expires in" in each.what]
    assert (line.mark, bool(line.cures)) == (mark, mark is Mark.NOTE)
    assert f"expires in {days:.0f} day" in line.what


@pytest.mark.parametrize(
    ("status", "mark"), [(200, Mark.OK), (404, Mark.OFF), (503, Mark.NOTE)], ids=["served", "retired", "fails"]
)
def test_weak_witness_stops_no_run(status: int, mark: Mark) -> None:
    *others, line = told(answered(), answered(status, body={"clock": NOW * 1000}))

    assert line.mark is mark
    assert {each.mark for each in others} == {Mark.OK}


@pytest.mark.parametrize(("values", "sent"), [({}, None), ({"ID_TOKEN": "a.b.c"}, "Bearer a.b.c")])
def test_token_is_sent_to_the_endpoint_that_it_is_for_alone(values: dict[str, str], sent: str | None) -> None:
    door = Answering(answered(), answered(body={"clock": NOW * 1000}))
    list(network.lines(door, tenant(**values)))

    assert [(address, headers.get("Authorization")) for address, headers in door.asked] == [
        ("https://a.invalid/.well-known/openid-configuration", None),
        ("https://a.invalid/test", sent),
    ]


def test_what_is_no_discovery_document_is_in_the_way() -> None:
    lines = told(answered(body=["https://a.invalid/"]), answered(body={"clock": NOW * 1000}))

    assert [line.what.partition(":")[0] for line in lines if line.mark is Mark.BAD] == [network.DISCOVERY]
    assert not any("issuer" in line.what for line in lines if line.mark is Mark.OK)


def test_issuer_of_another_tenant_is_in_the_way() -> None:
    lines = told(answered(body={"issuer": "https://b.invalid/"}), answered(body={"clock": NOW * 1000}))

    (line,) = [each for each in lines if each.mark is Mark.BAD]
    assert line.what == "the issuer is 'https://b.invalid/', and not 'https://a.invalid/'"
    assert "AUTH0_DOMAIN" in line.cures[0]
