"""What a certificate says: whose it is, and how long still."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from monitor.wire import certificates

CERTIFICATE: dict[str, Any] = {
    "subjectAltName": (("DNS", "acme.eu.auth0.com"), ("DNS", "*.edge.example"), ("IP Address", "10.0.0.1")),
    "notAfter": "Jan  1 00:00:00 2026 GMT",
}


def test_names_are_those_of_hosts_and_addresses() -> None:
    assert certificates.names(CERTIFICATE) == ["acme.eu.auth0.com", "*.edge.example", "10.0.0.1"]
    assert certificates.names({}) == []


@pytest.mark.parametrize(
    ("host", "matches"),
    [
        ("acme.eu.auth0.com", True),
        ("ACME.eu.Auth0.com", True),
        ("acme.eu.auth0.com.", True),
        ("login.edge.example", True),
        ("10.0.0.1", True),
        ("a.login.edge.example", False),
        ("edge.example", False),
        ("auth0.com", False),
        ("evil-acme.eu.auth0.com", False),
        ("com", False),
        ("", False),
    ],
)
def test_star_stands_for_one_label(host: str, *, matches: bool) -> None:
    assert certificates.match(certificates.names(CERTIFICATE), host) is matches


def test_nothing_matches_without_names() -> None:
    assert not certificates.match([], "acme.eu.auth0.com")


@pytest.mark.parametrize("days", [-2.0, 0.0, 13.5, 400.0])
def test_days_that_are_left_are_counted_from_the_time_that_is_given(days: float) -> None:
    now = time.time() + 45 * 86400
    ends = formatdate(now + days * 86400, usegmt=True)
    _, day, month, year, clock, zone = ends.split()
    certificate = {"notAfter": f"{month} {int(day):2} {clock} {year} {zone}"}

    assert certificates.days_left(certificate, now) == pytest.approx(days, abs=0.01)
