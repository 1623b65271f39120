"""What ends on a day that the tenant alone knows: once a day, remembered, and nothing else of what comes."""

from __future__ import annotations

import base64
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

import sandbox
from monitor.configuration.rows import ROWS
from monitor.failures import Misconfigured, NotConfigured, Unreadable
from monitor.management import access, dated
from monitor.management.dated import CONNECTIONS, CREDENTIALS, DOMAINS, DatedThings, tenant_dates
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
