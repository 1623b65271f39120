"""What a token says, and whether it is the tenant's word. Source: Auth0's docs, "Validate ID tokens", and RFC 9068."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import SecretStr

from monitor import schemas
from monitor.failures import Misconfigured, NotServed, OpaqueToken, OtherAlgorithm, OtherSecret, WrongAnswer

SIGNATURES = frozenset({"RS256", "HS256", "PS256"})
"""By which Auth0 signs ID tokens, as the application is set."""

_JWE = re.compile(r"eyJ[\w-]+\.[\w-]*(\.[\w-]+){3}", re.ASCII)
"""A header, which is a JSON object, a key that may be none, and what is encrypted."""

LEEWAY = 300
"""Seconds by which clocks may differ; the answer's own Date is what a token's times are held against."""

DEEPEST = 200
"""Levels of lists and objects in a claim: more than any has, and less than the library tells of."""


def claims(token: SecretStr) -> dict[str, Any]:
    """The claims that this token carries, whoever signed it: ``verify`` says whether they are the tenant's word."""
    import jwt

    _is_readable(token)
    try:
        decoded: dict[str, Any] = jwt.decode(token.get_secret_value(), options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise WrongAnswer("the ID token is not a JWT with claims") from None
    return decoded


def header(token: SecretStr) -> dict[str, Any]:
    """The token's header; WrongAnswer where it has none."""
    import jwt

    try:
        return dict(jwt.get_unverified_header(token.get_secret_value()))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise WrongAnswer("the ID token is not a JWT with a header") from None


def verify(token: SecretStr, algorithm: str, jwks: Mapping[str, Any], secret: SecretStr | None) -> None:
    """Hold the signature against the tenant's published keys, or for HS256 against the client's secret.

    The algorithm is the configured one and no other. WrongAnswer says what does not fit.
    """
    import jwt

    _is_readable(token)
    head = header(token)
    signed = str(head.get("alg"))[:20]
    if signed != algorithm:
        kind = OtherAlgorithm if signed in SIGNATURES else WrongAnswer
        raise kind(f"the ID token is signed by {signed!r} where {algorithm} is configured (AUTH0_ID_TOKEN_ALG)")
    if algorithm == "HS256":
        if secret is None:
            raise Misconfigured("AUTH0_CLIENT_SECRET is not set: a token by HS256 is verified with it")
        key: Any = secret.get_secret_value().encode()
    else:
        key = _published(str(head.get("kid"))[:100], jwks)
    options: Any = {
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": False,
        "verify_iss": False,
    }
    try:
        jwt.decode(token.get_secret_value(), key, algorithms=[algorithm], options=options)
    except jwt.InvalidSignatureError:
        if algorithm == "HS256":
            raise OtherSecret(
                "the ID token is signed with another secret than AUTH0_CLIENT_SECRET: one that is stale, or of another "
                "application"
            ) from None
        raise WrongAnswer("the ID token's signature is not the tenant's: it does not fit the published key") from None
    except jwt.InvalidKeyError:
        raise Misconfigured("AUTH0_CLIENT_SECRET looks like a key of another algorithm than HS256") from None
    except (jwt.InvalidTokenError, ValueError):
        raise WrongAnswer("the ID token's signature cannot be verified: the token is malformed") from None


def organization(claims: Mapping[str, Any], like: str) -> object:
    """The organization that these claims are of: its id where that is ``like`` an id, else its name."""
    return claims.get("org_id" if like.startswith("org_") else "org_name")


def _is_readable(token: SecretStr) -> None:
    """Misconfigured where the token is encrypted, for whoever has the key."""
    if _is_encrypted(token):
        raise Misconfigured(
            "the ID token is encrypted (five parts) for an application that has the key; the monitor does not have it"
        )


def _is_encrypted(token: SecretStr) -> bool:
    """Whether it has the five parts of JWE; five of anything else are no token."""
    return _JWE.fullmatch(token.get_secret_value()) is not None


def accepted_by_api(token: SecretStr, jwks: Mapping[str, Any], *, issuer: str, audience: str) -> dict[str, Any]:
    """The claims of an access token that this audience's API would accept, whatever the time; WrongAnswer says why not.

    OpaqueToken where it is no JWT; NotServed where only the API itself can verify it: by HS256, or encrypted.
    """
    import jwt

    if _is_encrypted(token):
        raise NotServed("the access token is encrypted for its API: only that can read it")
    try:
        head = dict(jwt.get_unverified_header(token.get_secret_value()))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise OpaqueToken(
            "the access token is no JWT: an API was asked for (AUTH0_AUDIENCE), which cannot read it"
        ) from None
    signed = str(head.get("alg"))[:20]
    if signed == "HS256":
        raise NotServed(
            "the access token is signed by HS256, with the API's own secret, which the monitor does not have"
        )
    if signed not in SIGNATURES:
        raise WrongAnswer(f"the access token is signed by {signed!r}, which no API may accept")
    kid = str(head.get("kid"))[:100]
    if kid not in _known(jwks):
        raise WrongAnswer(
            f"the access token is signed by key {kid!r}, which is not among the {len(_keys(jwks))} that are published"
        )
    options: Any = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf", "verify_aud", "verify_iss"), False)
    try:
        known: dict[str, Any] = jwt.decode(
            token.get_secret_value(), _read({**_known(jwks)[kid], "alg": signed}), algorithms=[signed], options=options
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise WrongAnswer("the access token's signature is not the tenant's") from None
    if known.get("iss") != issuer:
        raise WrongAnswer(f"the access token was issued by {known.get('iss')!r}, not by {issuer!r}")
    named: Any = known.get("aud")
    audiences: list[Any] = named if isinstance(named, list) else [named]
    if audience not in audiences:
        raise WrongAnswer(f"the access token is meant for {audiences}, not for AUTH0_AUDIENCE")
    return known


def misfit_for_client(known: Mapping[str, Any], client_id: str | None) -> str:
    """Why these claims of an access token are not of this application; empty where they are, or do not say."""
    named = [known[name] for name in ("azp", "client_id") if name in known]
    return "" if not named or client_id in named else f"the access token was given to {named[0]!r}, not to this client"


def not_for_userinfo(token: SecretStr) -> str:
    """Why this access token is for its API alone; empty where /userinfo has to take it.

    One that Auth0 signs by RS256 for an API names /userinfo as well, where the scope has openid. One by HS256 has the
    API's own secret, and one that is encrypted its key.
    """
    import jwt

    if _is_encrypted(token):
        return "the access token is encrypted for its API"
    try:
        known = jwt.decode(token.get_secret_value(), options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return ""
    named = known.get("aud")
    audiences = named if isinstance(named, list) else [named]
    return (
        ""
        if any(str(each).endswith("/userinfo") for each in audiences)
        else "the access token names its API alone as its audience"
    )


def untimely(known: Mapping[str, Any], times: Iterable[float], what: str) -> str:
    """Why a token is not valid now, by whichever of these clocks fits best; empty where it is."""
    issued, expires = known.get("iat"), known.get("exp")
    if not isinstance(expires, int | float):
        return f"the {what} does not say when it expires (exp)"
    now = min(times, key=lambda each: abs(issued - each) if isinstance(issued, int | float) else 0.0)
    if expires <= now - LEEWAY:
        return f"the {what} expired {now - expires:.0f} s before it was handed out"
    if isinstance(issued, int | float) and abs(issued - now) > LEEWAY:
        return f"the {what} was issued {issued - now:+.0f} s from the answer's own time"
    return ""


def lacking(asked: str, granted: str | None, known: Mapping[str, Any] | None = None) -> list[str]:
    """What of the scope that was asked for was not granted. An answer without a scope means: as asked."""
    told = [granted] if granted is not None else []
    told += [known["scope"]] if known and isinstance(known.get("scope"), str) else []
    return [name for name in asked.split() if any(name not in each.split() for each in told)]


def signed_by_unknown_key(token: SecretStr, jwks: Mapping[str, Any]) -> bool:
    """Whether the token names a key by which it was signed, and that is not among these usable ones."""
    import jwt

    try:
        head = jwt.get_unverified_header(token.get_secret_value())
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return False
    named = str(head.get("kid") or "")[:100]
    return bool(named) and not str(head.get("alg")).startswith("HS") and named not in _known(jwks)


def usable(key: object) -> bool:
    """Whether this entry of a JWKS can verify a signature by an RSA key."""
    import jwt

    if not isinstance(key, dict) or key.get("kty") != "RSA" or key.get("use", "sig") != "sig" or not key.get("kid"):
        return False
    try:
        _read(key)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def _read(key: Mapping[str, Any]) -> Any:
    """The public key in this entry; the members of a private one, which nobody should publish, are left out."""
    import jwt

    members = {name: key[name] for name in ("kty", "n", "e") if name in key}
    return jwt.PyJWK(members, algorithm=str(key.get("alg", "RS256"))).key


def _published(kid: str, jwks: Mapping[str, Any]) -> Any:
    known = _known(jwks)
    if kid not in known:
        raise WrongAnswer(
            f"the ID token is signed by key {kid!r}, which is not among the {len(_keys(jwks))} that are published"
        )
    return _read(known[kid])


def _keys(jwks: Mapping[str, Any]) -> list[Any]:
    published = jwks.get("keys")
    return published if isinstance(published, list) else []


def _known(jwks: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The keys by which a signature can be verified, by their ids; of several with one id the first."""
    return {str(key["kid"]): key for key in reversed(_keys(jwks)) if usable(key)}


def unmet(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What is wrong with the claims found, in a sentence each; their values, which may be personal, are not told."""
    problems = []
    for name, wanted in expected.items():
        if name not in found:
            problems.append(f"claim {name!r} is missing")
        elif isinstance(wanted, dict):
            if misfit := _misfit(name, wanted, found[name]):
                problems.append(f"claim {name!r} does not fit its schema ({misfit})")
        elif json.dumps(found[name], sort_keys=True) != json.dumps(wanted, sort_keys=True):  # for Python, 1 == True
            problems.append(f"claim {name!r} has another value than the one expected")
    return problems


def _misfit(name: str, schema: dict[str, Any], value: object) -> str:
    """Which keyword of the schema the value does not fit; empty where it fits. References lead nowhere outside."""
    if odd := _odd(value):
        return odd
    try:
        found = schemas.misfit(schema, value)
    except ValueError:  # such a schema is refused before
        raise Misconfigured(f"AUTH0_EXPECTED_CLAIMS: claim {name[:80]!r}: its JSON Schema cannot be used") from None
    if not found:
        return ""
    return found.keyword if found.wanted is None else f"{found.keyword}: {str(found.wanted)[:80]}"


def _odd(value: object) -> str:
    """Why no schema can be held against this value; empty where one can.

    What is deep the library follows down without a word, and NaN or ∞ fits any bound there.
    """
    level: list[object] = [value]
    for _ in range(DEEPEST):
        if any(isinstance(each, float) and not math.isfinite(each) for each in level):
            return "it has a number that is none, or larger than any can be"
        within = [each.values() if isinstance(each, dict) else each for each in level if isinstance(each, (dict, list))]
        level = [each for values in within for each in values]
    return f"it is nested deeper than {DEEPEST} levels" if level else ""
