"""What will end on a day that is known: certificates of the tenant and of identity providers, and who publishes them.

A certificate in metadata has no verifier that has to read its dates: what fails with it is down by its own probe.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor import addresses
from monitor.configuration.targets import IdentityProvider, Login, SamlApplication, Tenant
from monitor.exchange import Exchange
from monitor.failures import (
    Failure,
    Misconfigured,
    NotJudged,
    NotServed,
    TargetFailed,
    Unreadable,
    WrongAnswer,
)
from monitor.text import day, printable
from monitor.transactions.answers import Document
from monitor.transactions.endpoints import connection, keys
from monitor.transactions.engine import Asking, transaction
from monitor.transactions.oauth_errors import judged
from monitor.transactions.xml_documents import Malformed, attribute, local_name, parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from cryptography.x509 import Certificate

EVERY = 3600.0
"""Seconds between two requests for an identity provider's metadata."""

NEWS = 7 * 86_400.0
"""Seconds for which a new certificate is told."""

_METADATA = {"Accept": "application/samlmetadata+xml, application/xml, application/json;q=0.9, */*;q=0.5"}
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """What ends when, in seconds of the epoch (None: nothing there has a date), and what is to be said besides.

    ``named`` are the certificates as they stand there, in base64. ``exchange`` is None where it is remembered.
    """

    exchange: Exchange | None
    ends: float | None
    remark: str = ""
    named: tuple[str, ...] = ()

    def days_left(self, now: float) -> float:
        return 0.0 if self.ends is None else (self.ends - now) / _DAY


def said(what: str, ends: float, now: float) -> str:
    """When this ends, or that it has ended."""
    if ends <= now:
        return f"{what} ended on {day(ends)}"
    return f"{what} ends on {day(ends)}, in {(ends - now) / _DAY:.0f} days"


@transaction(on=lambda target: target.tenant, needs=[keys])
def signing_certificates(tenant: Tenant, asking: Asking) -> Horizon:
    """The certificates (``x5c``) of the signing keys that the tenant publishes."""
    published: Document = asking.brought(keys, tenant)
    chains = [key.get("x5c") for key in _keys(published.content)]
    named = _leaves(chains)
    if not chains:
        raise WrongAnswer("the key set is empty: there is no certificate of a key", published.exchange)
    if not named:
        raise NotServed("the keys that the tenant publishes have no certificates", published.exchange)
    try:
        return Horizon(published.exchange, last_end(named), named=named)
    except Malformed as error:
        raise WrongAnswer(f"the certificate of a signing key: {error}", published.exchange) from None


@transaction(reads=["saml_applications"])
def saml_metadata(row: SamlApplication, asking: Asking) -> Horizon:
    """``GET /samlp/metadata/CLIENT_ID``: what service providers import of the tenant."""
    exchange = asking.ask(row, "GET", f"/samlp/metadata/{row.client_id}", headers=_METADATA)
    if exchange.status in (404, 410):
        cure = f"see {row.tenant.variable('saml_applications')}, and the SAML add-on of the application"
        raise Misconfigured(f"there is no application {row.client_id} of SAML's: {cure}", exchange)
    if exchange.status != 200:
        raise judged(exchange)
    try:
        provider = _provider(parsed(exchange.body))
        named = tuple(_certificates(provider))
        return Horizon(exchange, last_end(named), named=named)
    except Malformed as error:
        raise WrongAnswer(f"the metadata of {row.client_id}: {error} ({exchange.described()})", exchange) from None


@transaction(budget=None, urgent=False)
def provider_metadata(row: IdentityProvider, asking: Asking) -> Horizon:
    """The metadata of an identity provider, at most once an hour: of SAML, WS-Federation or OpenID Connect."""
    variable = row.variable("metadata")
    body, exchange = _fetched(row, asking, row.settings.metadata)
    try:
        document = _json(body)
        if document is not None:
            return _discovered(row, asking, document, exchange)
        root = parsed(body)
        provider = _provider(root)
        named = tuple(_certificates(provider))
        ends = [last_end(named), *_until(root, provider)]
    except Malformed as error:
        cure = "give the address of its SAML or WS-Federation metadata, or of its OpenID Connect discovery document"
        what = "an HTML page" if b"<html" in body[:2000].lower() else str(error)
        raise Misconfigured(f"{variable}: {what}: {cure}", exchange) from None
    return Horizon(exchange, min(ends), _news(row, asking, named))


@transaction(needs=[connection])
def canonical(row: Login, asking: Asking) -> Document:
    """Discovery by the tenant's canonical domain: is it ``blocked``, and what ``differs``, if it fails alone."""
    variables = row.tenant.variables
    address = f"{variables.canonical_domain}/.well-known/openid-configuration"
    try:
        exchange = asking.ask_elsewhere(row, address)
        failure = _fault_of_canonical(exchange)
    except TargetFailed as failed:
        exchange, failure = failed.exchange or Exchange(()), failed
    blocked = failure is not None and exchange.status in (301, 302, 303, 307, 308, 403)
    if failure is None or blocked:
        return Document(exchange, {"blocked": blocked, "differs": ""})
    try:
        custom: Exchange = asking.brought(connection, row.tenant)
    except TargetFailed:
        raise failure from None
    if custom.status != 200 or _fault_of_canonical(custom) is not None:  # what ails both says nothing of either
        raise failure
    told = f"the canonical domain fails; the custom domain, which users see, works: {failure.reason}"
    return Document(exchange, {"blocked": False, "differs": told})


def _fault_of_canonical(exchange: Exchange) -> Failure | None:
    """What is wrong with its answer: an issuer of any kind is enough, since each domain has its own."""
    document = _json(exchange.body) if exchange.status == 200 else None
    if exchange.status != 200:
        return judged(exchange)
    fine = document is not None and isinstance(document.get("issuer"), str)
    return None if fine else WrongAnswer(f"{exchange.described()}, and no discovery document", exchange)


def _fetched(row: IdentityProvider, asking: Asking, address: str) -> tuple[bytes, Exchange | None]:
    """What is at this address, remembered for an hour; Unreadable where it could not be had."""
    private = bool(addresses.secrets(address))
    known = None if private else asking.memory.recall(address)
    if known and 0 <= time.time() - known.at < EVERY:
        return known.body, None
    host = urlsplit(address).hostname or "it"
    try:
        exchange = asking.ask_page(row, address, {**_METADATA, **(known.headers if known else {})})
    except (TargetFailed, NotJudged) as failure:
        raise Unreadable(f"{host}: {failure.reason}", failure.exchange) from None
    if exchange.status == 304 and known:
        asking.memory.keep(address, known.body, exchange.headers, for_its_time=True)
        return known.body, exchange
    if exchange.status in (404, 410) or 300 <= exchange.status < 400:
        cure = "give the address at which the metadata is now"
        raise Misconfigured(f"{row.variable('metadata')}: {host} answers {exchange.status}: {cure}", exchange)
    if exchange.status != 200:
        raise Unreadable(f"{host} answers {exchange.described()}", exchange)
    if not private:
        asking.memory.keep(address, exchange.body, exchange.headers, for_its_time=True)
    return exchange.body, exchange


def _discovered(
    row: IdentityProvider, asking: Asking, document: Mapping[str, Any], exchange: Exchange | None
) -> Horizon:
    """OpenID Connect: the keys that a discovery document names, whose certificates, if they have any, have dates."""
    place = document.get("jwks_uri")
    if not isinstance(place, str) or urlsplit(place).scheme != "https" or not urlsplit(place).hostname:
        raise Malformed("a JSON document without a jwks_uri of https")
    host = urlsplit(place).hostname
    try:
        body, _ = _fetched(row, asking, place)
    except Misconfigured as moved:  # which nobody can set: the provider itself leads there
        if moved.exchange is None or moved.exchange.status not in (404, 410):
            raise Unreadable(f"the keys at {host} are not where its discovery says, but elsewhere", exchange) from None
        told = f"{host} has no keys where its discovery says ({moved.exchange.status}): no token of it can be verified"
        raise WrongAnswer(told, moved.exchange) from None
    published = list(_keys(_json(body) or {}))
    if not published:
        raise WrongAnswer(f"{host} publishes no key: no token of it can be verified", exchange)
    named = _leaves(key.get("x5c") for key in published if key.get("use") != "enc")
    news = _news(row, asking, tuple(sorted(str(key.get("kid", "")) for key in published)))
    return Horizon(exchange, last_end(named) if named else None, news or f"{len(published)} keys, without an end")


def _news(row: IdentityProvider, asking: Asking, named: tuple[str, ...]) -> str:
    """That there are other certificates, or keys, than before; empty where there are not, or that is a week ago."""
    marks = json.dumps(sorted(hash_of(each) for each in named))
    note = asking.memory.note(json.dumps(["certificates", row.tenant.name, row.settings.metadata]), marks)
    if not note.changed or time.time() - note.changed > NEWS:
        return ""
    new = len(set(json.loads(note.value)) - set(json.loads(note.before)))
    return f"{new} new since {day(note.changed)}" if new else f"one was taken away on {day(note.changed)}"


def _leaves(chains: Iterable[object]) -> tuple[str, ...]:
    """Of each chain of certificates (``x5c``) the first, which is the key's own, in base64 without lines."""
    firsts = (chain[0] for chain in chains if isinstance(chain, list) and chain)
    return tuple(bare(each) for each in firsts if isinstance(each, str))


def hash_of(text: str) -> str:
    """A short mark of a certificate, by which it is known again."""
    import hashlib

    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _keys(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    published = content.get("keys")
    yield from (key for key in published if isinstance(key, dict)) if isinstance(published, list) else ()


def _provider(root: Element) -> Element:
    """What describes an identity provider in this metadata: SAML's descriptor, or WS-Federation's role."""
    if local_name(root) not in ("EntityDescriptor", "EntitiesDescriptor"):
        raise Malformed(f"XML, and no metadata ({printable(local_name(root))[:40]})")
    entities = [each for each in root.iter() if local_name(each) == "EntityDescriptor"]
    roles = [role for entity in entities for role in entity if _is_of_a_provider(role)]
    if not roles:
        raise Malformed("metadata that describe no identity provider")
    if len({id(entity) for entity in entities for role in entity if _is_of_a_provider(role)}) > 1:
        raise Malformed("the metadata of several identity providers")
    return next((role for role in roles if local_name(role) == "IDPSSODescriptor"), roles[0])


def _is_of_a_provider(role: Element) -> bool:
    kinds = [value for name, value in role.attrib.items() if name.endswith("}type")]
    return local_name(role) == "IDPSSODescriptor" or any(kind.endswith("SecurityTokenServiceType") for kind in kinds)


def _certificates(role: Element) -> Iterator[str]:
    """The certificates by which it signs, in base64; Malformed where there is none."""
    signing = [
        each for each in role if local_name(each) == "KeyDescriptor" and attribute(each, "use") in ("", "signing")
    ]
    found = [
        named
        for descriptor in signing
        for chain in _chains(descriptor)
        for named in without_issuers(bare(each.text or "") for each in chain)
    ]
    if not found:
        raise Malformed("metadata without a certificate to sign with")
    yield from found


def _chains(descriptor: Element) -> Iterator[list[Element]]:
    """The certificates that stand together, which may be one's own and those of its issuers."""
    for data in descriptor.iter():
        if found := [each for each in data if local_name(each) == "X509Certificate" and (each.text or "").strip()]:
            yield found


def _until(root: Element, provider: Element) -> Iterator[float]:
    """When the metadata themselves end, where they say so: what describes the provider, and all that it stands in."""
    from datetime import UTC, datetime

    for element in root.iter():
        until = attribute(element, "validUntil")
        if not until or not any(each is provider for each in element.iter()):
            continue
        try:
            ends = datetime.fromisoformat(until.upper())
        except ValueError:
            raise Malformed("metadata with a validUntil that is no time") from None
        yield (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).timestamp()


def last_end(named: Iterable[str]) -> float:
    """When the last of these certificates ends; Malformed where one cannot be read."""
    return max(each.not_valid_after_utc.timestamp() for each in map(_read, named))


def bare(text: str) -> str:
    """A certificate in base64 without lines, and without what PEM has around it."""
    return "".join(re.sub(r"-----[A-Z ]+-----", "", text).split())


def without_issuers(named: Iterable[str]) -> list[str]:
    """These certificates that stand together, without the ones that only sign others of them.

    An authority that lasts for ten years says nothing of the key that ends next week.
    """
    each_once = list(dict.fromkeys(named))
    if len(each_once) < 2:
        return each_once
    read = [_read(each) for each in each_once]
    return [text for text, own in zip(each_once, read, strict=True) if not any(_signs(own, other) for other in read)]


def _signs(authority: Certificate, other: Certificate) -> bool:
    """Whether this is the issuer of the other, and not an earlier one of the same key that signs itself."""
    if other.subject == other.issuer:
        return False
    try:
        other.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - of a signature that does not fit, or a key of an unknown kind
        return False
    return True


def _read(encoded: str) -> Certificate:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except ValueError:
        raise Malformed("a certificate in it cannot be read") from None
