"""ID tokens: whose word they are, and whether they say what is expected. They are signed here by another library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from monitor.failures import (
    Failure,
    Misconfigured,
    NotServed,
    OpaqueToken,
    OtherAlgorithm,
    OtherSecret,
    WrongAnswer,
)
from monitor.transactions import tokens

CLAIMS: dict[str, Any] = {
    "iss": "https://a.invalid/",
    "sub": "auth0|1",
    "aud": "client",
    "iat": 1,
    "exp": 2,
    "nbf": 9e9,
}
SECRET = "the-client-secret-0123456789-abcdefghijklmnopqrstuvwxyz"

PAIR = RSAKey.generate_key(2048, {"kid": "first"})
OTHER = RSAKey.generate_key(2048, {"kid": "other"})


def public(key: RSAKey = PAIR, **changed: Any) -> dict[str, Any]:
    """An entry of a JWKS; what is changed to None is left out."""
    entry: dict[str, Any] = {**key.as_dict(private=False), "use": "sig", "alg": "RS256", **changed}
    return {name: value for name, value in entry.items() if value is not None}


def signed(
    algorithm: str = "RS256", key: RSAKey | OctKey = PAIR, claims: dict[str, Any] | None = None, **header: Any
) -> SecretStr:
    head = {name: value for name, value in {"alg": algorithm, "kid": "first", **header}.items() if value is not None}
    return SecretStr(jwt.encode(head, CLAIMS if claims is None else claims, key, [algorithm]))


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


DEEP = base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=")
"""What decodes to JSON that is nested deeper than Python goes."""


def verify(token: SecretStr, *keys: object, algorithm: str = "RS256", secret: str | None = None) -> None:
    tokens.verify(token, algorithm, {"keys": list(keys)}, SecretStr(secret) if secret else None)


class TestSignature:
    @pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
    def test_token_by_a_published_key_is_the_tenants_word(self, algorithm: str) -> None:
        verify(signed(algorithm), public(alg=algorithm), algorithm=algorithm)

    def test_token_by_the_secret_is_the_tenants_word(self) -> None:
        verify(signed("HS256", OctKey.import_key(SECRET)), algorithm="HS256", secret=SECRET)

    def test_key_may_lack_algorithm_and_use(self) -> None:
        verify(signed(), public(alg=None, use=None))

    def test_old_key_beside_the_new_one_does_no_harm(self) -> None:
        verify(signed(), public(OTHER), public())

    @pytest.mark.parametrize(
        "unusable",
        [
            {},
            None,
            "key",
            7,
            public(n=""),
            public(kty="EC"),
            public(use="enc"),
            public(n=5),
            public(e=[]),
            public(alg="HS256"),
            {"kty": "RSA", "kid": "first"},
        ],
    )
    def test_unusable_key_beside_the_right_one_does_no_harm(self, unusable: object) -> None:
        assert not tokens.usable(unusable)
        verify(signed(), unusable, public())

    def test_published_key_is_usable(self) -> None:
        assert tokens.usable(public())
        assert tokens.usable(public(alg="PS256"))

    @pytest.mark.parametrize("kid", [None, "", 5])
    def test_key_without_a_name_is_unusable(self, kid: object) -> None:
        assert not tokens.usable(public(kid=kid)) or kid == 5

    def test_wrong_key_under_the_right_name_is_found(self) -> None:
        with pytest.raises(WrongAnswer, match="signature is not the tenant's"):
            verify(signed(key=OTHER), public())

    def test_wrong_secret_is_found(self) -> None:
        with pytest.raises(OtherSecret, match="another secret than AUTH0_CLIENT_SECRET"):
            verify(signed("HS256", OctKey.import_key(SECRET)), algorithm="HS256", secret=SECRET[::-1])

    @pytest.mark.parametrize("kid", ["other", "x" * 500])
    def test_key_that_is_not_published_is_named_and_the_others_counted(self, kid: str) -> None:
        with pytest.raises(WrongAnswer, match=rf"signed by key '{kid[:100]}', which is not among the 1 that"):
            verify(signed(kid=kid), public())

    def test_token_that_names_no_key_is_wrong(self) -> None:
        with pytest.raises(WrongAnswer, match="not among the 1 that are published"):
            verify(signed(kid=None), public())

    @pytest.mark.parametrize(
        ("found", "configured"), [("PS256", "RS256"), ("RS256", "PS256"), ("RS256", "HS256"), ("HS256", "RS256")]
    )
    def test_other_algorithm_than_the_configured_one_is_wrong(self, found: str, configured: str) -> None:
        token = signed(found, OctKey.import_key(SECRET) if found == "HS256" else PAIR)
        with pytest.raises(OtherAlgorithm, match=f"by '{found}' where {configured} is configured"):
            verify(token, public(), algorithm=configured, secret=SECRET)

    @pytest.mark.parametrize("found", ["none", "RS512", "ES256", "", "xRS256"])
    def test_algorithm_that_no_tenant_signs_by_is_not_a_matter_of_configuration(self, found: str) -> None:
        with pytest.raises(WrongAnswer) as raised:
            verify(SecretStr(f"{part({'alg': found, 'kid': 'first'})}.{part(CLAIMS)}.AAAA"), public())

        assert not isinstance(raised.value, OtherAlgorithm)

    @pytest.mark.parametrize("none", ["none", "nOnE", "NONE", None, 5], ids=repr)
    def test_token_that_nobody_signed_is_wrong(self, none: object) -> None:
        unsigned = f"{part({'alg': none, 'kid': 'first'})}.{part(CLAIMS)}."
        with pytest.raises(WrongAnswer):
            verify(SecretStr(unsigned), public())

    @pytest.mark.parametrize("configured", ["RS256", "HS256"])
    def test_public_key_is_not_taken_for_a_secret(self, configured: str) -> None:
        """The confusion of algorithms: whoever knows the published key signs with it as if it were a secret."""
        pem = PAIR.as_pem(private=False).decode()
        head, payload = part({"alg": "HS256", "kid": "first", "typ": "JWT"}), part(CLAIMS)
        confused = signed("HS256", OctKey.import_key("0" * 32)).get_secret_value()
        digest = hmac.new(pem.encode(), f"{head}.{payload}".encode(), hashlib.sha256).digest()
        forged = f"{head}.{payload}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
        for token in (forged, confused):
            with pytest.raises(WrongAnswer):
                verify(SecretStr(token), public(), algorithm=configured, secret=SECRET)

    @pytest.mark.parametrize("secret", [PAIR.as_pem(private=False).decode(), "ssh-rsa AAAA"])
    def test_secret_that_looks_like_a_key_is_our_set_up(self, secret: str) -> None:
        with pytest.raises(Misconfigured, match="AUTH0_CLIENT_SECRET"):
            verify(signed("HS256", OctKey.import_key(SECRET)), algorithm="HS256", secret=secret)

    def test_secret_is_needed_for_its_algorithm(self) -> None:
        with pytest.raises(Misconfigured, match="AUTH0_CLIENT_SECRET is not set"):
            verify(signed("HS256", OctKey.import_key(SECRET)), algorithm="HS256")

    def test_signed_nonsense_is_malformed(self) -> None:
        nonsense = jws.serialize_compact({"alg": "RS256", "kid": "first"}, b"[1, 2]", PAIR, ["RS256"])
        with pytest.raises(WrongAnswer, match="the token is malformed"):
            verify(SecretStr(nonsense), public())

    @pytest.mark.parametrize("cut", [-1, -20, -343, 20, 3])
    def test_truncated_token_is_wrong(self, cut: int) -> None:
        with pytest.raises(WrongAnswer):
            verify(SecretStr(signed().get_secret_value()[:cut]), public())

    @pytest.mark.parametrize(
        "jwks", [{}, {"keys": None}, {"keys": {}}, {"keys": "RSA"}, {"keys": [None, [], 0, {"kid": "first"}]}]
    )
    def test_jwks_of_any_shape_is_only_wrong(self, jwks: dict[str, Any]) -> None:
        with pytest.raises(WrongAnswer, match="not among"):
            tokens.verify(signed(), "RS256", jwks, None)

    def test_private_key_that_is_published_by_mistake_breaks_nothing(self) -> None:
        verify(signed(), {**PAIR.as_dict(private=True), "use": "sig", "alg": "RS256"})

    @given(
        st.fixed_dictionaries(
            {"kty": st.just("RSA"), "kid": st.just("first")},
            optional={
                name: st.none()
                | st.text(max_size=20)
                | st.integers()
                | st.just(public().get(name))
                | st.lists(st.text())
                for name in ("n", "e", "use", "alg", "d", "p", "q", "dp", "dq", "qi", "oth", "x5c")
            },
        )
    )
    def test_hostile_keys_break_nothing(self, key: dict[str, Any]) -> None:
        try:
            verify(signed(), key)
        except Failure as failure:
            assert isinstance(failure, WrongAnswer)  # noqa: PT017 -- either is fine, and nothing else is

    @pytest.mark.parametrize(
        "hostile",
        [
            "\ud800",
            "\ud800.\ud800.\ud800",
            f"{DEEP}.{DEEP}.AAAA",
            f"{part({'alg': 'RS256', 'kid': 'first'})}.{DEEP}.AAAA",
        ],
        ids=["surrogate", "surrogates", "deep-header", "deep-claims"],
    )
    def test_token_that_breaks_decoders_is_only_wrong(self, hostile: str) -> None:
        for reads in (tokens.claims, lambda each: verify(each, public())):
            with pytest.raises(WrongAnswer):
                reads(SecretStr(hostile))

    @example("..")
    @given(st.text(max_size=60) | st.binary(max_size=60).map(lambda each: each.decode("latin-1")))
    def test_garbage_is_only_wrong(self, garbage: str) -> None:
        for token in (
            garbage,
            f"{garbage}.{garbage}.{garbage}",
            f"{part({'alg': 'RS256', 'kid': garbage})}.{garbage}.",
        ):
            for reads in (tokens.claims, tokens.header, lambda each: verify(each, public())):
                try:
                    reads(SecretStr(token))
                except Failure as failure:
                    assert isinstance(failure, WrongAnswer)  # noqa: PT017 -- and nothing else

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=4))
    def test_hostile_headers_are_only_wrong(self, value: object) -> None:
        for head in (
            value,
            {"alg": value},
            {"alg": "RS256", "kid": value},
            {"alg": "RS256", "crit": value, "kid": "first"},
        ):
            token = SecretStr(f"{part(head)}.{part(CLAIMS)}.AAAA")
            with pytest.raises(WrongAnswer):
                verify(token, public())


class TestClaims:
    def test_claims_are_read_whoever_signed_and_whenever(self) -> None:
        assert tokens.claims(signed(key=OTHER)) == CLAIMS
        assert tokens.header(signed())["kid"] == "first"

    @pytest.mark.parametrize("payload", [[1], "text", None, 5])
    def test_payload_that_is_no_object_is_wrong(self, payload: object) -> None:
        with pytest.raises(WrongAnswer, match="not a JWT with claims"):
            tokens.claims(SecretStr(f"{part({'alg': 'RS256'})}.{part(payload)}.AAAA"))

    def test_token_is_not_told(self) -> None:
        with pytest.raises(WrongAnswer) as raised:
            tokens.claims(SecretStr("a-token-that-is-none"))

        assert "a-token" not in str(raised.value)
        assert raised.value.__suppress_context__


class TestExpectedClaims:
    @pytest.mark.parametrize(
        ("expected", "found", "problem"),
        [
            ({"a": "x"}, {"a": "x", "b": 1}, None),
            ({"a": "x"}, {}, "claim 'a' is missing"),
            ({"a": None}, {}, "claim 'a' is missing"),
            ({"a": None}, {"a": None}, None),
            ({"a": "x"}, {"a": "y"}, "claim 'a' has another value"),
            ({"a": 1}, {"a": 1}, None),
            ({"a": 1}, {"a": True}, "another value"),
            ({"a": True}, {"a": 1}, "another value"),
            ({"a": True}, {"a": "true"}, "another value"),
            ({"a": 1}, {"a": "1"}, "another value"),
            ({"a": 0}, {"a": False}, "another value"),
            ({"a": None}, {"a": False}, "another value"),
            ({"a": [1, {"b": [2]}]}, {"a": [1, {"b": [2]}]}, None),
            ({"a": [1]}, {"a": [True]}, "another value"),
            ({"a": [{"b": 0}]}, {"a": [{"b": False}]}, "another value"),
            ({"a": [{"b": 1, "c": 2}]}, {"a": [{"c": 2, "b": 1}]}, None),
            ({"a": [{"c": 2, "b": 1}]}, {"a": [{"b": 1, "c": 2}]}, None),
            ({"a": ["x", "y"]}, {"a": ["y", "x"]}, "another value"),
            ({"a": {"type": "array", "contains": {"const": "admin"}}}, {"a": ["admin"]}, None),
            ({"a": {"type": "array", "contains": {"const": "admin"}}}, {"a": ["me@corp"]}, "schema \\(contains"),
            ({"a": {"type": "integer"}}, {"a": True}, "schema \\(type: integer\\)|schema \\(type: 'integer'\\)"),
            ({"a": {"enum": [1]}}, {"a": True}, "schema \\(enum"),
            ({"a": {}}, {"a": "anything"}, None),
            ({"a": {"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}}}, {"a": 1}, "does not fit its schema"),
        ],
    )
    def test_problem_is_told(self, expected: dict[str, Any], found: dict[str, Any], problem: str | None) -> None:
        problems = tokens.unmet(expected, found)

        assert len(problems) == (problem is not None)
        assert problem is None or re.search(problem, problems[0]), problems

    def test_each_claim_has_its_own_problem_and_no_value_is_told(self) -> None:
        found = {"mail": "me@corp.invalid", "groups": ["me@corp.invalid"]}
        problems = tokens.unmet({"mail": "x", "groups": {"maxItems": 0}, "none": 1}, found)

        assert len(problems) == 3
        assert "corp" not in "".join(problems)

    @pytest.mark.parametrize(
        "ref", ["https://127.0.0.1:1/schema", "http://json-schema.org/x", "file:///etc/passwd", "x"]
    )
    def test_schema_elsewhere_is_never_fetched(self, monkeypatch: pytest.MonkeyPatch, ref: str) -> None:
        def nowhere(*_: object, **__: object) -> None:
            pytest.fail("the network was asked for a schema")

        monkeypatch.setattr(socket, "getaddrinfo", nowhere)
        monkeypatch.setattr(socket.socket, "connect", nowhere)
        with pytest.raises(Misconfigured, match="AUTH0_EXPECTED_CLAIMS"):
            tokens.unmet({"a": {"$ref": ref}}, {"a": 1})

    def test_schema_that_refers_to_itself_for_ever_is_our_set_up(self) -> None:
        with pytest.raises(Misconfigured, match="AUTH0_EXPECTED_CLAIMS"):
            tokens.unmet({"a": {"$ref": "#"}}, {"a": 1})


class TestAccessToken:
    """An access token is looked at as the API would that it is for."""

    API = "https://api.example"

    def accepted(self, token: SecretStr, *keys: dict[str, Any]) -> dict[str, Any]:
        return tokens.accepted_by_api(token, {"keys": list(keys)}, issuer=CLAIMS["iss"], audience=self.API)

    def made(self, **claims: Any) -> SecretStr:
        return signed(claims=CLAIMS | {"aud": [self.API, "https://a.invalid/userinfo"]} | claims)

    def test_right_one_is_accepted(self) -> None:
        assert self.accepted(self.made(azp="client"), public())["azp"] == "client"
        assert self.accepted(self.made(aud=self.API), public())["aud"] == self.API

    @pytest.mark.parametrize(
        ("token", "failure", "words"),
        [
            ("opaque", OpaqueToken, "no JWT"),
            ("", OpaqueToken, "no JWT"),
            ("a.b.c", OpaqueToken, "no JWT"),
            ("....", OpaqueToken, "no JWT"),
            ("a.b.c.d.e", OpaqueToken, "no JWT"),
            ("eyJhbGciOiJSU0EifQ.a.b.c.d", NotServed, "encrypted for its API"),
        ],
    )
    def test_what_is_no_jwt_is_told(self, token: str, failure: type[Failure], words: str) -> None:
        with pytest.raises(failure, match=words):
            self.accepted(SecretStr(token), public())

    def test_one_by_hs256_can_be_verified_by_nobody_else(self) -> None:
        with pytest.raises(NotServed, match="the API's own secret"):
            self.accepted(signed("HS256", OctKey.import_key(SECRET)), public())

    @pytest.mark.parametrize(
        ("claims", "words"),
        [
            ({"iss": "https://b.invalid/"}, "was issued by"),
            ({"aud": "https://other.example"}, "not for AUTH0_AUDIENCE"),
            ({"aud": None}, "not for AUTH0_AUDIENCE"),
        ],
    )
    def test_one_for_others_is_found(self, claims: dict[str, Any], words: str) -> None:
        with pytest.raises(WrongAnswer, match=words):
            self.accepted(self.made(**claims), public())

    def test_one_that_was_signed_by_somebody_else_is_found(self) -> None:
        with pytest.raises(WrongAnswer, match="signature is not the tenant's"):
            self.accepted(signed(key=OTHER, claims=CLAIMS | {"aud": self.API}), public())
        with pytest.raises(WrongAnswer, match="not among the 0"):
            self.accepted(self.made())

    @pytest.mark.parametrize(
        ("claims", "fits"),
        [({}, True), ({"azp": "client"}, True), ({"client_id": "client"}, True), ({"azp": "other"}, False)],
    )
    def test_client_that_it_names_is_this_one(self, claims: dict[str, str], fits: object) -> None:
        assert (not tokens.misfit_for_client(claims, "client")) is fits

    @pytest.mark.parametrize(
        ("granted", "known", "lacks"),
        [
            (None, None, []),
            ("openid profile email", None, []),
            ("openid", None, ["profile", "email"]),
            (None, {"scope": "openid profile"}, ["email"]),
            (None, {"scope": ["openid"]}, []),
            ("", {}, ["openid", "profile", "email"]),
        ],
    )
    def test_scope_without_a_word_is_as_asked(self, granted: str | None, known: Any, lacks: list[str]) -> None:
        assert tokens.lacking("openid profile email", granted, known) == lacks

    @pytest.mark.parametrize(
        ("times", "words"),
        [
            ((1000.0, 1000.0), ""),
            ((1000.0, 90_000.0), ""),  # our clock is off
            ((90_000.0, 1000.0), ""),  # the answer's is
            ((90_000.0, 90_000.0), "expired"),
            ((4000.0, 4000.0), "was issued -3000 s"),
        ],
    )
    def test_time_is_held_against_either_clock(self, times: tuple[float, ...], words: str) -> None:
        assert words in (told := tokens.untimely({"iat": 1000, "exp": 8200}, times, "token"))
        assert bool(words) is bool(told)

    def test_token_that_never_expires_is_told(self) -> None:
        assert "exp" in tokens.untimely({"iat": 1000}, (1000.0,), "token")


def test_encrypted_id_token_is_called_so() -> None:
    token = SecretStr("eyJhbGciOiJSU0EifQ.a.b.c.d")
    for look in (lambda: tokens.claims(token), lambda: tokens.verify(token, "RS256", {}, None)):
        with pytest.raises(Misconfigured, match="encrypted"):
            look()
