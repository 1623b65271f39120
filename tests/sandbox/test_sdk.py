"""Auth0's own SDK, pointed at the sandbox: what it takes for Auth0 is like Auth0."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from functools import partial

import pytest
import requests
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error, RateLimitError, TokenValidationError
from auth0.authentication.token_verifier import (
    AsymmetricSignatureVerifier,
    SymmetricSignatureVerifier,
    TokenVerifier,
)

from tests.sandbox.asking import SCOPE, Client, Starting
from tests.sandbox.portrait import walked

REALM = "Username-Password-Authentication"


@pytest.fixture(autouse=True)
def trust(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("NO_PROXY", "localhost")
    return monkeypatch


def sdk(client: Client, trust: pytest.MonkeyPatch, secret: str | None = None) -> GetToken:
    trust.setenv("REQUESTS_CA_BUNDLE", client.authority)
    settings = client.settings
    return GetToken(
        client.box.domain, settings["AUTH0_CLIENT_ID"], client_secret=secret or settings["AUTH0_CLIENT_SECRET"]
    )


def verifier(client: Client) -> TokenVerifier:
    keys = AsymmetricSignatureVerifier(f"https://{client.box.domain}/.well-known/jwks.json")
    return TokenVerifier(keys, f"https://{client.box.domain}/", client.settings["AUTH0_CLIENT_ID"])


def test_it_logs_in_verifies_the_token_and_reads_the_profile(well: Client, trust: pytest.MonkeyPatch) -> None:
    tokens = sdk(well, trust).login(realm=REALM, scope=SCOPE, **well.user)
    claims = verifier(well).verify(tokens["id_token"])

    assert Users(well.box.domain).userinfo(tokens["access_token"])["sub"] == claims["sub"]
    assert claims["https://sandbox.example/tier"] == "gold"


def test_it_refreshes_and_revokes(well: Client, trust: pytest.MonkeyPatch) -> None:
    client = sdk(well, trust)
    token = client.login(realm=REALM, scope=SCOPE, **well.user)["refresh_token"]
    revoking = RevokeToken(well.box.domain, client.client_id, client_secret=client.client_secret)

    assert verifier(well).verify(client.refresh_token(token)["id_token"])
    assert revoking.revoke_refresh_token(token) == ""
    with pytest.raises(Auth0Error) as refused:
        client.refresh_token(token)
    assert (refused.value.status_code, refused.value.error_code) == (403, "invalid_grant")


def test_it_exchanges_the_code_of_a_login_by_pkce_once(well: Client, trust: pytest.MonkeyPatch) -> None:
    verifier_of_code = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier_of_code.encode()).digest()
    challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
    with requests.Session() as session:
        back = walked(well, session, code_challenge=challenge, code_challenge_method="S256", nonce="of-this-login")
    assert isinstance(back, dict)
    exchange = partial(sdk(well, trust).authorization_code_pkce, redirect_uri=well.settings["AUTH0_CALLBACK"])

    with pytest.raises(Auth0Error) as refused:
        exchange(code_verifier="another", code=back["code"])
    assert (refused.value.status_code, refused.value.error_code) == (403, "invalid_grant")
    with requests.Session() as session:
        back = walked(well, session, code_challenge=challenge, code_challenge_method="S256", nonce="of-this-login")
    assert isinstance(back, dict)
    tokens = exchange(code_verifier=verifier_of_code, code=back["code"])
    assert verifier(well).verify(tokens["id_token"], nonce="of-this-login")["sub"]
    with pytest.raises(Auth0Error):
        exchange(code_verifier=verifier_of_code, code=back["code"])


def test_it_logs_in_a_machine(well: Client, trust: pytest.MonkeyPatch) -> None:
    assert sdk(well, trust).client_credentials(well.settings["AUTH0_AUDIENCE"])["token_type"] == "Bearer"


def test_a_stranger_is_refused(well: Client, trust: pytest.MonkeyPatch) -> None:
    with pytest.raises(Auth0Error) as refused:
        sdk(well, trust).login("nobody@sandbox.example", "wrong", realm=REALM)

    assert (refused.value.status_code, refused.value.error_code) == (403, "invalid_grant")
    assert refused.value.message == "Wrong email or password."


def test_a_wrong_secret_is_refused(well: Client, trust: pytest.MonkeyPatch) -> None:
    with pytest.raises(Auth0Error) as refused:
        sdk(well, trust, secret="wrong").client_credentials(well.settings["AUTH0_AUDIENCE"])

    assert (refused.value.status_code, refused.value.error_code) == (401, "access_denied")


def test_a_profile_is_refused_without_a_token(well: Client, trust: pytest.MonkeyPatch) -> None:
    sdk(well, trust)
    with pytest.raises(Auth0Error) as refused:
        Users(well.box.domain).userinfo("wrong")

    assert (refused.value.status_code, refused.value.error_code) == (401, "invalid_token")


def test_it_verifies_tokens_that_are_signed_with_the_secret(started: Starting, trust: pytest.MonkeyPatch) -> None:
    client = started(id_token_alg="HS256")
    token = sdk(client, trust).login(realm=REALM, scope="openid", **client.user)["id_token"]
    key = SymmetricSignatureVerifier(client.settings["AUTH0_CLIENT_SECRET"])

    assert TokenVerifier(key, f"https://{client.box.domain}/", client.settings["AUTH0_CLIENT_ID"]).verify(token)


@pytest.mark.parametrize(
    "fault", ["forged-signature", "alg-none", "hs256-instead", "expired-token", "wrong-issuer", "wrong-audience"]
)
def test_it_does_not_verify_an_ill_token(fault: str, started: Starting, trust: pytest.MonkeyPatch) -> None:
    client = started(fault)
    token = sdk(client, trust).login(realm=REALM, scope="openid", **client.user)["id_token"]

    with pytest.raises(TokenValidationError):
        verifier(client).verify(token)


def test_it_understands_when_it_asks_too_much(started: Starting, trust: pytest.MonkeyPatch) -> None:
    client = started("too-many-requests")

    with pytest.raises(RateLimitError) as refused:
        sdk(client, trust).login(realm=REALM, **client.user)
    assert refused.value.error_code == "too_many_requests"
    assert refused.value.reset_at > 0


def test_it_sees_that_a_second_factor_is_wanted(started: Starting, trust: pytest.MonkeyPatch) -> None:
    client = started("mfa-required")

    with pytest.raises(Auth0Error) as refused:
        sdk(client, trust).login(realm=REALM, **client.user)
    assert refused.value.error_code == "mfa_required"
    assert "mfa_token" in (refused.value.content or {})
