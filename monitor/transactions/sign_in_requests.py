"""What a tenant asks of an identity provider, as it stands in the redirect there: by OAuth, SAML or WS-Federation."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.transactions.xml_documents import Malformed, attribute, local_name, parsed

_LONGEST = 256 * 1024
"""Bytes of a request when it is unpacked: a small one may unpack to a great deal."""

OAUTH, SAML, WS_FEDERATION = "OAuth", "SAML", "WS-Federation"


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What is asked: by which ``protocol``, by which name for itself (``issuer``), and where it leads ``back`` to.

    ``destination`` is where it says that it goes. Each is empty where it does not say so. ``wrong`` is what cannot be
    read of it.
    """

    protocol: str
    issuer: str = ""
    back: str = ""
    destination: str = ""
    wrong: str = ""


def read(given: Mapping[str, str], *, deflated: bool = True) -> SignInRequest:
    """The request in these parameters; ``deflated`` as in an address, and not as in a form."""
    if "SAMLRequest" in given:
        return _saml(given["SAMLRequest"], deflated=deflated)
    if given.get("wa") == "wsignin1.0" or "wtrealm" in given:
        return SignInRequest(WS_FEDERATION, given.get("wtrealm", ""), given.get("wreply", ""))
    back = given.get("redirect_uri", given.get("oauth_callback", ""))
    return SignInRequest(OAUTH, back=back)


def _saml(packed: str, *, deflated: bool) -> SignInRequest:
    try:
        whole = packed.replace(" ", "+") if deflated else packed  # a + that was not escaped in the address
        raw = base64.b64decode("".join(whole.split()), validate=True)
        request = parsed(_inflated(raw) if deflated else raw)
    except (ValueError, binascii.Error, zlib.error, Malformed) as error:
        why = str(error) if isinstance(error, Malformed) else "it does not decode"
        return SignInRequest(SAML, wrong=why)
    if local_name(request) != "AuthnRequest":
        return SignInRequest(SAML, wrong=f"it is no AuthnRequest, but {local_name(request)[:40]!r}")
    back, destination = attribute(request, "AssertionConsumerServiceURL"), attribute(request, "Destination")
    return SignInRequest(SAML, _issuer(request), back, destination)


def refusal(packed: str) -> str:
    """How a SAMLResponse says that nobody is let in, by the last of its status codes; empty where it says no such."""
    try:
        response = parsed(base64.b64decode("".join(packed.split()), validate=True))
    except (ValueError, binascii.Error, Malformed):
        return ""
    statuses = [each for each in response if local_name(each) == "Status"]
    codes = [each for status in statuses for each in status.iter() if local_name(each) == "StatusCode"]
    said = [attribute(code, "Value").rpartition(":")[2] for code in codes]
    return said[-1] if said and said[0] != "Success" else ""


def _issuer(request: Any) -> str:
    return next(((each.text or "").strip() for each in request if local_name(each) == "Issuer"), "")


def _inflated(raw: bytes) -> bytes:
    """What was deflated; also with the header of zlib, or as it is, as a connection may be set to send it."""
    if raw.lstrip()[:1] == b"<":
        return raw
    try:
        return _unpacked(raw, -15)
    except (ValueError, zlib.error):
        return _unpacked(raw, 15)


def _unpacked(raw: bytes, window: int) -> bytes:
    unpacking = zlib.decompressobj(window)
    whole = unpacking.decompress(raw, _LONGEST)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError
    return whole
