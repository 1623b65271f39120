"""Metadata of identity providers, with certificates of any age: SAML, WS-Federation, and OpenID Connect's documents."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.answers import Answer

SAML = "urn:oasis:names:tc:SAML:2.0"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><EntityDescriptor>&c;</EntityDescriptor>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "{address}">]><EntityDescriptor>&e;</EntityDescriptor>'


def certificate(ends_in: float) -> str:
    """A certificate of a key of its own that ends in so many seconds, in base64."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.sandbox.example")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2000))
        .not_valid_after(now + timedelta(seconds=ends_in))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def saml(entity: str, address: str, certificates: Iterable[str]) -> str:
    """An entity that is an identity provider."""
    return (
        f'<?xml version="1.0"?><EntityDescriptor xmlns="{SAML}:metadata" entityID="{escape(entity)}">'
        f'<IDPSSODescriptor protocolSupportEnumeration="{SAML}:protocol">{_keys(certificates)}'
        f'<SingleSignOnService Binding="{SAML}:bindings:HTTP-Redirect" Location="{escape(address)}"/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )


def federation(entity: str, certificates: Iterable[str]) -> str:
    """The same in WS-Federation's words."""
    return (
        f'<?xml version="1.0"?><EntityDescriptor xmlns="{SAML}:metadata" entityID="{escape(entity)}">'
        '<RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" xsi:type="fed:SecurityTokenServiceType" '
        'protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706">'
        f"{_keys(certificates)}</RoleDescriptor></EntityDescriptor>"
    )


def answer(text: str) -> Answer:
    return Answer(text, 200, content_type="application/samlmetadata+xml")


def _keys(certificates: Iterable[str]) -> str:
    return "".join(
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
        f"<X509Certificate>{each}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
        for each in certificates
    )
