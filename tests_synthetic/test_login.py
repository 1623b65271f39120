"""Can users log in, through each connection and flow, and get what applications need? Each login happens once."""

import pytest

from monitor.failures import Detoured, NotServed, OverBudget, RunningLow, ScopeLacks, WrongAnswer
from monitor.transactions import ratelimit, tokens

pytestmark = pytest.mark.each("login")  # whose work it is differs: each test says what it stands on

LITTLE = 0.1  # of a rate limit


@pytest.mark.each("login", on="login")
def test_login_hands_out_tokens(login):
    """Is the user let in, and given an access token and an ID token?"""
    assert login.access_token, "the login brought no access token"
    assert login.id_token, "the login brought no ID token; is openid in the scope (AUTH0_SCOPE)?"
    assert login.token_type.lower() == "bearer", f"the token type is {login.token_type!r}, not bearer"
    if login.detours:
        raise Detoured(f"users see a page on their way in that they can pass by: {', '.join(login.detours)}")


@pytest.mark.each("login", on="login")
def test_login_answers_within_its_budget(login, target, tenant):
    """Is the user let in before losing patience?"""
    seconds, budget = login.exchange.seconds, tenant.setting(target.budget)

    if seconds > budget:
        raise OverBudget(f"took {seconds:.2f} s of a budget of {budget:g} s")


@pytest.mark.each("login", on="token")
def test_id_token_is_signed_by_this_tenant(login, signing_keys, tenant):
    """Is the ID token's signature the tenant's, by the algorithm that is configured?"""
    algorithm, secret = tenant.setting("id_token_alg"), tenant.setting("client_secret")

    tokens.verify(login.signed, algorithm, signing_keys.content, secret)


@pytest.mark.each("login", on="token")
def test_id_token_is_issued_by_this_tenant(login, tenant):
    """Does the ID token name this tenant as its issuer?"""
    issuer = login.claims.get("iss")

    assert issuer == tenant.issuer, f"the ID token was issued by {issuer!r}, not by {tenant.issuer!r}"


@pytest.mark.each("login", on="token")
def test_id_token_is_meant_for_this_application(login, target, tenant):
    """Is the ID token's audience this application, and its organization the one that was logged in to, if any was?"""
    audience = login.claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]

    assert tenant.variables.client_id in audiences, f"the ID token is meant for {audiences}, not for AUTH0_CLIENT_ID"
    if target.organization:
        named = tokens.organization(login.claims, target.organization)
        assert named == target.organization, f"the ID token is of the organization {named!r}, not of AUTH0_ORGANIZATION"


@pytest.mark.each("login", on="token")
def test_id_token_is_current(login):
    """Has the ID token been issued just now, and is it valid still? By the answer's own time, or by our clock."""
    issued, expires = login.claims.get("iat"), login.claims.get("exp")

    assert isinstance(issued, int | float), "the ID token does not say when it was issued (iat)"
    assert isinstance(expires, int | float), "the ID token does not say when it expires (exp)"
    problem = tokens.untimely(login.claims, login.exchange.times, "ID token")
    assert not problem, problem


@pytest.mark.each("login", on="scope")
def test_login_grants_the_scope_that_was_asked_for(login, target):
    """Was the whole scope granted? An answer that names none grants what was asked."""
    lacking = tokens.lacking(target.scope, login.scope)

    if lacking:
        raise ScopeLacks(f"granted without {', '.join(lacking)}, which AUTH0_SCOPE asks for")


@pytest.mark.each("api", on="api")
def test_access_token_is_one_that_its_api_accepts(login, api_keys, tenant, target):
    """Would the API take the user's access token: is it the tenant's, for this API, and valid now?"""
    token, asked = login.access_token, tenant.setting("audience")

    if token is None:
        raise WrongAnswer("the login brought no access token")
    known = tokens.accepted_by_api(token, api_keys.content, issuer=tenant.issuer, audience=asked)
    problem = tokens.untimely(known, login.exchange.times, "access token")
    assert not problem, problem
    misfit = tokens.misfit_for_client(known, tenant.variables.client_id)
    assert not misfit, misfit
    if lacking := tokens.lacking(target.scope, login.scope, known):
        raise ScopeLacks(f"the access token lacks {', '.join(lacking)}, which AUTH0_SCOPE asks for")


@pytest.mark.each("login", on="claims")
def test_extension_adds_the_expected_claims(login, expected_claims):
    """Did the extensions (Actions, the custom database) run, and add the claims that applications rely on?"""
    problems = tokens.unmet(expected_claims, login.claims)

    assert not problems, "; ".join(problems)


@pytest.mark.each("login", on="limits")
def test_rate_limit_has_room(login, record_remark):
    """Is more than a tenth of the rate limit left, after this login?"""
    limit = ratelimit.read(login.exchange.headers)
    if limit is None:
        raise NotServed("the answer has no rate-limit headers that can be read")
    told = f"{limit.remaining} of {limit.limit} requests are left"

    if limit.remaining < LITTLE * limit.limit:
        raise RunningLow(told)
    record_remark(told)
