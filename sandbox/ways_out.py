"""The connections whose users log in elsewhere: what ``/authorize`` answers for each, as Auth0 does."""

from __future__ import annotations

import base64
import secrets
import zlib
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from sandbox.answers import Answer, html_answer
from sandbox.memory import Recent
from sandbox.setup import Setup

ELSEWHERE = "https://idp.sandbox.example"
"""Where the identity provider is, if nobody says."""

CONNECTIONS = {
    "google-oauth2": "/google/o/oauth2/v2/auth",
    "github": "/github/login/oauth/authorize",
    "corp-entra": "/entra/0f1e2d3c/oauth2/authorize",
    "corp-oidc": "/oidc/authorize",
    "corp-saml": "/saml/sso",
    "corp-post": "/saml/post",
    "corp-adfs": "/adfs/ls/",
}
"""Each, and the page of the identity provider that it leads to."""

SHARED_CALLBACK = "login.eu.auth0.com"
"""Where the keys that Auth0 lends lead back to."""


class WaysOut:
    """The redirects of one tenant to the identity provider at this address."""

    def __init__(self, setup: Setup, domain: str, idp: str) -> None:
        self._setup, self._domain, self._idp = setup, domain, idp
        self._given: Recent[str, None] = Recent()

    @property
    def handed_out(self) -> list[str]:
        """What the redirects held for one login alone."""
        return list(self._given)

    def to(self, connection: str) -> Answer:
        """The redirect there, or the page that posts itself there."""
        host = f"https://{self._setup.leads_to}" if self._setup.leads_to else self._idp
        address = host + CONNECTIONS[connection]
        state = self._kept(secrets.token_urlsafe(32))
        back = f"https://{self._setup.leads_back_to or self._domain}/login/callback"
        issuer = self._setup.saml_issuer or f"urn:auth0:sandbox:{connection}"
        if connection == "corp-adfs":
            asked = {"wa": "wsignin1.0", "wtrealm": issuer, "wctx": state, "wreply": back}
            return _found(f"{address}?{urlencode(asked)}")
        if connection in ("corp-saml", "corp-post"):
            request = _authn_request(issuer, address, f"{back}?connection={connection}")
            if connection == "corp-post":
                packed = self._kept(base64.b64encode(request).decode())
                return html_answer(_form(address, {"SAMLRequest": packed, "RelayState": state}))
            packed = self._kept(base64.b64encode(_deflated(request)).decode())
            return _found(f"{address}?{urlencode({'SAMLRequest': packed, 'RelayState': state})}")
        if self._setup.developer_keys and not connection.startswith("corp-"):
            back = f"https://{SHARED_CALLBACK}/login/callback"
        asked = {"response_type": "code", "client_id": f"sandbox-{connection}", "redirect_uri": back, "state": state}
        return _found(f"{address}?{urlencode(asked | {'scope': 'openid email profile'})}")

    def _kept(self, value: str) -> str:
        self._given[value] = None
        return value


def _deflated(request: bytes) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(request) + packing.flush()


def _authn_request(issuer: str, destination: str, back: str) -> bytes:
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'AssertionConsumerServiceURL="{escape(back)}" Destination="{escape(destination)}" '
        f'ID="_{secrets.token_hex(10)}" IssueInstant="{made}" Version="2.0" '
        'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">'
        f'<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{escape(issuer)}</saml:Issuer>'
        "</samlp:AuthnRequest>"
    ).encode()


def _form(address: str, held: dict[str, str]) -> str:
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in held.items())
    return (
        '<!DOCTYPE html><html><head><title>Submit this form</title></head><body onload="document.forms[0].submit()">'
        f'<form method="post" action="{escape(address)}">{fields}<noscript><input type="submit"></noscript></form>'
        "</body></html>"
    )


def _found(location: str) -> Answer:
    answer = html_answer("Found. Redirecting", 302)
    answer.headers["location"] = location
    return answer
