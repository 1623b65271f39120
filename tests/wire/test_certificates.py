"""What a certificate says: whose it is, and how long still."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import pytest
import trustme

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


def test_end_is_told_in_seconds_of_the_epoch_where_there_is_one() -> None:
    assert certificates.expires({"notAfter": "Jan  1 00:00:00 2026 GMT"}) == 1767225600.0
    assert certificates.expires({}) is None


class TestEncoded:
    @pytest.fixture(scope="class")
    @classmethod
    def authority(cls) -> trustme.CA:
        return trustme.CA(organization_name="Acme Web Gateway CA")

    @staticmethod
    def of(authority: trustme.CA, *names: str) -> bytes:
        leaf = authority.issue_cert(
            *names,
            common_name="acme.example",
            not_before=datetime(2026, 12, 1, tzinfo=UTC),
            not_after=datetime(2027, 2, 3, tzinfo=UTC),
        )
        return ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())

    def test_its_days_and_its_issuer_are_told(self, authority: trustme.CA) -> None:
        leaf = self.of(authority, "a.example")

        assert certificates.begins(leaf) == "from 2026-12-01 on"
        assert certificates.ended(leaf) == "since 2027-02-03"
        assert certificates.signed_by(leaf).startswith("signed by ")
        assert "Acme Web Gateway CA" in certificates.signed_by(leaf)

    def test_its_names_are_told_and_of_many_the_first(self, authority: trustme.CA) -> None:
        few, many = [["a.example", "10.0.0.1"], [f"{each}.example" for each in "abcdefg"]]

        assert certificates.named(self.of(authority, *few)) == "it is for a.example, 10.0.0.1"
        assert certificates.named(self.of(authority, *many)) == (
            "it is for a.example, b.example, c.example, d.example and 3 more"
        )

    def test_all_that_identifies_it_is_told(self, authority: trustme.CA) -> None:
        told = certificates.told(self.of(authority, "a.example"))

        assert set(told) == {"sha256", "subject", "issuer", "names", "not_before", "not_after", "serial"}
        assert "CN=acme.example" in told["subject"]
        assert "Acme Web Gateway CA" in told["issuer"]
        assert (told["not_before"][:10], told["not_after"][:10]) == ("2026-12-01", "2027-02-03")
        assert int(told["serial"], 16) > 0

    @pytest.mark.parametrize("tell", ["ended", "begins", "named", "signed_by"])
    def test_of_one_that_cannot_be_read_nothing_is_told(self, tell: str) -> None:
        assert getattr(certificates, tell)(b"no certificate") == ""
