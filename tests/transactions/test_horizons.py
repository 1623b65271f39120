"""What will end: metadata of any kind, well and hostile, in this process, against the sandbox."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import sandbox
from monitor.configuration.assembly import tenants
from monitor.configuration.rows import ROWS
from monitor.failures import Failure, Misconfigured, TargetFailed, Unreadable, WrongAnswer
from monitor.secrets import Scrubber
from monitor.transactions import horizons, redirects
from monitor.transactions.engine import Engine, Performed
from monitor.transactions.memory import Memory
from monitor.transactions.sampling import Sampling
from monitor.wire.door import Door
from sandbox.box import Sandbox
from sandbox.identity_provider import FEDERATION
from sandbox.setup import A_DAY
from tests.wire.authorities import Authority
from tests.wire.servers import Connection, Server, answer

WELL = ["/saml/metadata", FEDERATION, "/oidc/.well-known/openid-configuration"]


def performed(box: Sandbox, transaction: Any, row: str, memory: Path | None = None, **variables: str) -> Performed:
    scrubber = Scrubber()
    door = Door(scrubber, {}, box.environment["SSL_CERT_FILE"])
    engine = Engine(door, Sampling(None), scrubber, memory=Memory(memory))
    values = box.environment | {f"AUTH0_{name}": value for name, value in variables.items()}
    (tenant,) = tenants({name: value for name, value in values.items() if value})
    target = next(iter(ROWS[row](tenant)))
    assert target.blocked is None
    engine.plan(transaction, target)
    engine.start()
    found = engine.performed(transaction, target)
    engine.stop()
    return found


def read(box: Sandbox, path: str, memory: Path | None = None) -> Performed:
    """What the identity provider's metadata at this path comes to."""
    address = f"https://{box.idp}{path}"
    return performed(
        box, horizons.provider_metadata, "provider-metadata", memory, CONNECTION_CORP_SAML_METADATA=address
    )


def _an_hour_passes(memory: Path) -> None:
    with closing(sqlite3.connect(memory)) as database:
        database.execute("UPDATE pages SET at = at - 4000")
        database.commit()


def failure(box: Sandbox, path: str = "/saml/metadata") -> Failure:
    found = read(box, path).failure
    assert found is not None
    return found


@pytest.mark.parametrize("path", WELL)
@pytest.mark.parametrize("days", [(9,), (-3,), (9, 700), (700, 9, -3)])
def test_last_certificate_to_end_counts(well: Sandbox, path: str, days: tuple[int, ...]) -> None:
    well.setup.idp_certificates_end_in = tuple(day * A_DAY for day in days)
    found = read(well, path)

    assert found.failure is None
    assert round(found.brought.days_left(found.brought.exchange.time)) == max(days)


A_DATE = r"\d{4}-\d\d-\d\d(?! ?\d)"


@pytest.mark.parametrize("path", WELL)
def test_new_certificate_is_told(tmp_path: Path, path: str) -> None:
    memory = tmp_path / "memory.sqlite"
    with sandbox.start() as box:
        first = read(box, path, memory).brought
        box.setup.idp_certificates_end_in = (700 * A_DAY, 800 * A_DAY)
        remembered = read(box, path, memory).brought
        _an_hour_passes(memory)
        later = read(box, path, memory).brought
        box.setup.idp_certificates_end_in = (700 * A_DAY,)
        _an_hour_passes(memory)
        last = read(box, path, memory).brought

    assert "new since" not in first.remark
    assert remembered.exchange is None, "it was asked for twice within an hour"
    assert re.search(rf"[12] new since {A_DATE}", later.remark), later.remark
    gone = "one was taken away on" if path.startswith("/oidc") else "1 new since"  # a certificate is made anew
    assert re.search(rf"{gone} {A_DATE}", last.remark), last.remark


@pytest.mark.parametrize(
    ("now", "told"),
    [(0.0, "it ends on 2026-03-02, in 20514 days"), (2e9, "it ended on 2026-03-02")],
    ids=["ends", "ended"],
)
def test_end_is_told_with_its_day(now: float, told: str) -> None:
    assert horizons.said("it", 1_772_409_600.0, now) == told


def test_metadata_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    memory = tmp_path / "memory.sqlite"
    with sandbox.start() as box:
        read(box, "/saml/metadata", memory)
        _an_hour_passes(memory)
        again = read(box, "/saml/metadata", memory).brought

    assert again.exchange.status == 304


@pytest.mark.parametrize(
    ("kind", "failure_of_it", "words"),
    [
        ("html", Misconfigured, "AUTH0_CONNECTION_CORP_SAML_METADATA: an HTML page"),
        ("bomb", Misconfigured, "document type or entities"),
        ("external", Misconfigured, "document type or entities"),
        ("several", Misconfigured, "several identity providers"),
        ("huge", Unreadable, "more than 2 MiB"),
        ("broken", Unreadable, "status 500"),
    ],
)
def test_hostile_metadata_is_refused_and_named_and_nothing_is_fetched(
    kind: str, failure_of_it: type[Failure], words: str
) -> None:
    with sandbox.start([f"idp-metadata={kind}"]) as box:
        found = failure(box)
        asked = {each.path for each in box.asked if each.target == "identity-provider"}

    assert type(found) is failure_of_it
    assert words in found.reason
    assert asked == {"/saml/metadata"}


def test_address_that_leads_nowhere_names_its_variable(well: Sandbox) -> None:
    found = failure(well, "/no/such/page")

    assert isinstance(found, Misconfigured)
    assert found.reason.startswith("AUTH0_CONNECTION_CORP_SAML_METADATA: ")


class TestTenantsOwn:
    def test_signing_certificate(self) -> None:
        with sandbox.start(["signing-certificate-expiring"]) as box:
            found = performed(box, horizons.signing_certificates, "tenant").brought

        assert round(found.days_left(found.exchange.time)) == 9

    def test_saml_metadata_has_the_certificate_of_the_keys(self, well: Sandbox) -> None:
        keys = performed(well, horizons.signing_certificates, "tenant").brought
        found = performed(well, horizons.saml_metadata, "saml-application").brought

        assert found.named == keys.named

    def test_application_without_saml_names_the_variable(self, well: Sandbox) -> None:
        found = performed(
            well, horizons.saml_metadata, "saml-application", SAML_APPLICATIONS="nobody0123456789"
        ).failure

        assert isinstance(found, Misconfigured)
        assert "AUTH0_SAML_APPLICATIONS" in found.reason

    def test_key_set_that_is_empty_is_wrong(self) -> None:
        with sandbox.start(["jwks-empty"]) as box:
            assert isinstance(performed(box, horizons.signing_certificates, "tenant").failure, WrongAnswer)


class TestTwoDomains:
    @pytest.mark.parametrize(
        ("fault", "blocked", "differs"),
        [
            ("", False, ""),
            ("canonical-domain-blocked", True, ""),
            ("canonical-domain-down", False, "the custom domain, which users see, works: 500 server_error"),
            ("custom-domain-down", False, ""),
        ],
    )
    def test_each_of_them(self, fault: str, differs: str, *, blocked: bool) -> None:
        with sandbox.start([fault] if fault else []) as box:
            found = performed(box, horizons.canonical, "canonical")

        assert found.failure is None
        assert found.brought.content["blocked"] is blocked
        assert differs in found.brought.content["differs"]
        assert bool(differs) is bool(found.brought.content["differs"])

    def test_where_both_fail_it_is_no_difference(self) -> None:
        with sandbox.start(["custom-domain-down", "canonical-domain-down"]) as box:
            found = performed(box, horizons.canonical, "canonical").failure

        assert isinstance(found, TargetFailed)


class TestRealCounterpart:
    """pysaml2 reads what the sandbox writes."""

    def test_metadata_of_the_sandbox_is_read(self, well: Sandbox) -> None:
        saml2 = pytest.importorskip("saml2.mdstore", reason="pysaml2 is not installed")
        from saml2.attribute_converter import ac_factory

        text = requests.get(
            f"https://{well.idp}/saml/metadata", verify=well.environment["SSL_CERT_FILE"], timeout=10
        ).text
        store = saml2.InMemoryMetaData(ac_factory(), text)
        store.load()
        (entity,) = store.keys()

        assert store.service(entity, "idpsso_descriptor", "single_sign_on_service")
        assert store.certs(entity, "idpsso", "signing")

    def test_saml_request_of_the_sandbox_says_to_it_what_it_says_to_us(self, well: Sandbox) -> None:
        samlp = pytest.importorskip("saml2.samlp", reason="pysaml2 is not installed")
        led = performed(well, redirects.redirect, "redirect", REDIRECTS="corp-saml").brought
        packed = base64.b64decode(parse_qs(urlsplit(led.address).query)["SAMLRequest"][0])
        request = samlp.authn_request_from_string(zlib.decompress(packed, -15))

        assert request.issuer.text == led.request.issuer
        assert request.destination == led.request.destination
        assert request.assertion_consumer_service_url == led.request.back


class TestMetadataAsOthersWriteThem:
    """Documents of the same content, in forms that no provider of the sandbox has."""

    NOW = datetime.now(UTC)

    @classmethod
    def certificate(cls, days: int, name: str = "idp", issuer: Any = None, key: Any = None) -> Any:
        """A certificate, with its key; it signs itself where it has no ``issuer``."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        by, by_key = issuer or (own, key)
        made = (
            x509.CertificateBuilder()
            .subject_name(own)
            .issuer_name(by)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(cls.NOW - timedelta(days=4000))
            .not_valid_after(cls.NOW + timedelta(days=days))
            .sign(by_key, hashes.SHA256())
        )
        return made, (own, key)

    @staticmethod
    def pem(certificate: Any) -> str:
        return str(certificate.public_bytes(serialization.Encoding.PEM).decode())

    @classmethod
    def encoded(cls, certificate: Any) -> str:
        return "".join(cls.pem(certificate).splitlines()[1:-1])

    @staticmethod
    def key(*certificates: str) -> str:
        inner = "".join(f"<d:X509Certificate>{each}</d:X509Certificate>" for each in certificates)
        return f'<m:KeyDescriptor><d:KeyInfo xmlns:d="d"><d:X509Data>{inner}</d:X509Data></d:KeyInfo></m:KeyDescriptor>'

    @staticmethod
    def entity(keys: str, role: str = "IDPSSODescriptor", until: str = "", role_until: str = "") -> str:
        ends = [f' validUntil="{each}"' if each else "" for each in (until, role_until)]
        return f'<m:EntityDescriptor xmlns:m="m"{ends[0]}><m:{role}{ends[1]}>{keys}</m:{role}></m:EntityDescriptor>'

    @staticmethod
    def group(*inner: str) -> str:
        return f'<m:EntitiesDescriptor xmlns:m="m">{"".join(inner)}</m:EntitiesDescriptor>'

    @staticmethod
    def days(document: str | bytes) -> int:
        """The days that are left by this document."""
        body = document if isinstance(document, bytes) else document.encode()
        found = TestMetadataAsOthersWriteThem.read(lambda *_: answer(200, body, content_type="application/xml"))
        assert found.failure is None, found.failure
        left: float = found.brought.days_left(TestMetadataAsOthersWriteThem.NOW.timestamp())
        return round(left)

    @staticmethod
    def read(page: Callable[[str, str], bytes]) -> Performed:
        """What comes of metadata: ``page`` is given the server's address, and the path that is asked for."""

        def serve(connection: Connection) -> None:
            path = connection.receive().split(" ")[1]
            connection.send(page(connection.server.url, path))

        with TemporaryDirectory() as folder:
            authority = Authority(Path(folder))
            with Server(serve, tls=authority.serving()) as server:
                scrubber = Scrubber()
                engine = Engine(Door(scrubber, {}, authority.file), Sampling(None), scrubber)
                values = {"AUTH0_DOMAIN": "acme.eu.auth0.com", "AUTH0_CONNECTION_CORP_METADATA": f"{server.url}/m"}
                (tenant,) = tenants(values | {"AUTH0_REDIRECTS": "corp"})
                target = next(iter(ROWS["provider-metadata"](tenant)))
                engine.plan(horizons.provider_metadata, target)
                engine.start()
                found = engine.performed(horizons.provider_metadata, target)
                engine.stop()
        return found

    def test_certificate_of_an_authority_beside_the_providers_own_does_not_count(self) -> None:
        authority, its = self.certificate(3650, "authority")
        own, _ = self.certificate(5, "own", its)

        for chain in ((own, authority), (authority, own)):
            assert self.days(self.entity(self.key(*map(self.encoded, chain)))) == 5

    def test_certificate_that_follows_another_of_the_same_name_or_key_counts(self) -> None:
        old, (name, key) = self.certificate(5)
        new, _ = self.certificate(700)
        renewed, _ = self.certificate(900, key=key)

        assert name
        assert self.days(self.entity(self.key(self.encoded(old), self.encoded(new)))) == 700
        assert self.days(self.entity(self.key(self.encoded(old), self.encoded(renewed)))) == 900

    @pytest.mark.parametrize("shape", ["armour", "lines", "nested", "space before", "mark", "utf-16", "empty beside"])
    def test_shape_of_the_document_changes_nothing(self, shape: str) -> None:
        new, _ = self.certificate(700)
        plain = self.entity(self.key(self.encoded(new)))
        documents: dict[str, str | bytes] = {
            "armour": self.entity(self.key(self.pem(new))),
            "lines": self.entity(self.key(re.sub("(.{64})", "\\1\r\n   ", self.encoded(new)))),
            "nested": self.group(self.group(plain)),
            "space before": f'\r\n <?xml version="1.0"?>{plain}',
            "mark": b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>' + plain.encode(),
            "utf-16": f'<?xml version="1.0" encoding="utf-16"?>{plain}'.encode("utf-16"),
            "empty beside": self.entity(self.key(self.encoded(new)) + self.key(" ")),
        }

        assert self.days(documents[shape]) == 700

    def test_end_of_the_metadata_is_that_of_the_provider_and_not_of_whoever_stands_beside(self) -> None:
        new, _ = self.certificate(700)
        keys = self.key(self.encoded(new))
        soon = (self.NOW + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
        gone = "2020-01-01T00:00:00Z"

        assert self.days(self.group(self.entity(keys, "SPSSODescriptor", gone), self.entity(keys))) == 700
        assert self.days(self.group(self.entity(keys, role_until=soon))) == 9
        assert self.days(self.entity(keys, until=f" {soon.lower()} ")) == 9

    @pytest.mark.parametrize(
        ("status", "kind", "words"),
        [
            (404, WrongAnswer, "no keys where its discovery says (404)"),
            (301, Unreadable, "are not where its discovery says, but elsewhere"),
        ],
    )
    def test_keys_that_are_not_where_discovery_says_are_no_fault_of_a_variable(
        self, status: int, kind: type[Failure], words: str
    ) -> None:
        def page(here: str, path: str) -> bytes:
            document = json.dumps({"issuer": here, "jwks_uri": f"{here}/keys"}).encode()
            return answer(status, b"", location=f"{here}/new") if path == "/keys" else answer(200, document)

        found = self.read(page).failure

        assert type(found) is kind
        assert words in found.reason
        assert "METADATA" not in found.reason

    def test_end_of_a_key_for_encryption_is_not_that_of_the_provider(self) -> None:
        (soon, _), (late, _) = self.certificate(9), self.certificate(700)
        lines = re.sub("(.{64})", "\\1\n", self.encoded(soon))
        listed = [{"kid": "s", "x5c": [lines]}, {"kid": "e", "use": "enc", "x5c": [self.encoded(late)]}, {"kid": "n"}]

        def page(here: str, path: str) -> bytes:
            document = {"keys": listed} if path == "/keys" else {"issuer": here, "jwks_uri": f"{here}/keys", "x": None}
            return answer(200, b"\xef\xbb\xbf" + json.dumps(document).encode())

        found = self.read(page)

        assert found.failure is None, found.failure
        assert round(found.brought.days_left(self.NOW.timestamp())) == 9

    def test_time_without_a_zone_is_utc(self, monkeypatch: pytest.MonkeyPatch) -> None:
        new, _ = self.certificate(700)
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")
        time.tzset()
        soon = (self.NOW + timedelta(days=9, hours=11)).strftime("%Y-%m-%dT%H:%M:%S")
        days = self.days(self.entity(self.key(self.encoded(new)), until=soon))
        monkeypatch.undo()
        time.tzset()

        assert days == 9

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("page", "an HTML page"),
            ("other", "XML, and no metadata (Other)"),
            ("no-provider", "metadata that describe no identity provider"),
            ("two", "the metadata of several identity providers"),
            ("no-key", "metadata without a certificate to sign with"),
            ("encryption", "metadata without a certificate to sign with"),
            ("garbage", "a certificate in it cannot be read"),
            ("until", "metadata with a validUntil that is no time"),
            ("json", "a JSON document without a jwks_uri of https"),
            ("json-http", "a JSON document without a jwks_uri of https"),
            ("json-number", "a JSON document without a jwks_uri of https"),
        ],
    )
    def test_what_is_no_metadata_says_what_it_is_and_names_the_variable(self, name: str, words: str) -> None:
        good = self.key(self.encoded(self.certificate(700)[0]))
        document = {
            "page": "<!doctype html>\n<HTML><p>Log in",
            "other": "<Other/>",
            "no-provider": self.entity(good, "SPSSODescriptor"),
            "two": self.group(self.entity(good), self.entity(good)),
            "no-key": self.entity(""),
            "encryption": self.entity(good.replace("<m:KeyDescriptor>", '<m:KeyDescriptor use="encryption">')),
            "garbage": self.entity(self.key("AAAA")),
            "until": self.entity(good, until="soon"),
            "json": '{"issuer": "https://idp.example"}',
            "json-http": '{"jwks_uri": "http://idp.example/keys"}',
            "json-number": '{"jwks_uri": 1}',
        }[name]
        found = self.read(lambda *_: answer(200, document.encode())).failure

        assert isinstance(found, Misconfigured)
        assert found.reason.startswith(f"AUTH0_CONNECTION_CORP_METADATA: {words}: give the address")

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            *[(status, Misconfigured) for status in (301, 308, 404, 410)],
            *[(status, Unreadable) for status in (201, 401, 403, 429, 500, 503)],
        ],
    )
    def test_metadata_that_have_moved_are_for_us_and_those_that_cannot_be_had_are_not_judged(
        self, status: int, kind: type[Failure]
    ) -> None:
        found = self.read(lambda *_: answer(status, b"no", location="https://idp.example/new")).failure

        assert type(found) is kind
        assert ("AUTH0_CONNECTION_CORP_METADATA" in found.reason) is (kind is Misconfigured)

    def test_certificate_to_encrypt_with_does_not_count_and_one_to_sign_with_does(self) -> None:
        soon, late = (self.key(self.encoded(self.certificate(days)[0])) for days in (9, 700))
        signing = soon.replace("<m:KeyDescriptor>", '<m:KeyDescriptor use="signing">')
        encryption = late.replace("<m:KeyDescriptor>", '<m:KeyDescriptor use="encryption">')

        assert self.days(self.entity(signing + encryption)) == 9
        assert self.days(self.entity(encryption + soon)) == 9

    def test_saml_of_a_provider_that_has_federation_too_is_what_counts(self) -> None:
        soon, late = (self.key(self.encoded(self.certificate(days)[0])) for days in (9, 700))
        xsi = 'xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="f:SecurityTokenServiceType"'
        federation = f"<m:RoleDescriptor {xsi}>{soon}</m:RoleDescriptor>"
        other = federation.replace("SecurityTokenServiceType", "ApplicationServiceType")
        saml = f"<m:IDPSSODescriptor>{late}</m:IDPSSODescriptor>"

        def entity(inner: str) -> str:
            return f'<m:EntityDescriptor xmlns:m="m">{inner}</m:EntityDescriptor>'

        assert self.days(entity(federation + saml)) == 700
        assert self.days(entity(saml + federation)) == 700
        assert self.days(entity(other + federation)) == 9

    @pytest.mark.parametrize("published", [b'{"keys": []}', b'{"keys": {}}', b'{"keys": ["a"]}', b"{}", b"[]", b"no"])
    def test_provider_without_a_key_has_tokens_that_nobody_can_verify(self, published: bytes) -> None:
        def page(here: str, path: str) -> bytes:
            return answer(200, published if path == "/keys" else json.dumps({"jwks_uri": f"{here}/keys"}).encode())

        found = self.read(page).failure

        assert type(found) is WrongAnswer
        assert "publishes no key" in found.reason

    def test_keys_without_certificates_have_no_end(self) -> None:
        def page(here: str, path: str) -> bytes:
            keys: dict[str, Any] = {"keys": [{"kid": "a"}, {"kid": "b", "x5c": []}, {"kid": "c", "x5c": [1]}]}
            return answer(200, json.dumps(keys if path == "/keys" else {"jwks_uri": f"{here}/keys"}).encode())

        found = self.read(page)

        assert found.failure is None, found.failure
        assert found.brought.ends is None
        assert found.brought.remark == "3 keys, without an end"


@pytest.mark.parametrize(("ends", "now", "left"), [(864_000.0, 0.0, 10.0), (0.0, 43_200.0, -0.5), (None, 5.0, 0.0)])
def test_days_that_are_left_are_whole_and_parts(ends: float | None, now: float, left: float) -> None:
    assert horizons.Horizon(None, ends).days_left(now) == left


def test_certificate_is_the_same_however_its_lines_are_broken() -> None:
    armoured = "-----BEGIN CERTIFICATE-----\r\nAAAA\r\nBB==\r\n-----END CERTIFICATE-----\n"

    assert horizons.bare(armoured) == "AAAABB=="
    assert horizons.hash_of("AAAA\n BB==") == horizons.hash_of("AAAABB==") != horizons.hash_of("AAAABC==")
