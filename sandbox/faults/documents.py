"""Faults of the discovery document and of the published keys."""

from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.faults.registry import Moment, on_answers


def _keys(moment: Moment) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = moment.answer.json["keys"] if moment.well and moment.answer.json else []
    return keys


@on_answers("discovery")
def discovery_wrong_issuer(moment: Moment) -> Answer:
    """The discovery document names another tenant as the issuer."""
    return moment.changed(issuer="https://other.example/")


@on_answers("discovery")
def discovery_plain_http_endpoint(moment: Moment) -> Answer:
    """The discovery document has a token endpoint on plain http."""
    document = moment.answer.json
    return (
        moment.changed(token_endpoint=document["token_endpoint"].replace("https:", "http:"))
        if document
        else (moment.answer)
    )


@on_answers("discovery")
def discovery_foreign_endpoint(moment: Moment) -> Answer:
    """The discovery document has a token endpoint on another domain."""
    return moment.changed(token_endpoint="https://other.example/oauth/token")


@on_answers("discovery")
def discovery_no_rs256(moment: Moment) -> Answer:
    """The discovery document doesn't offer RS256."""
    return moment.changed(id_token_signing_alg_values_supported=["HS256", "PS256"])


@on_answers("jwks")
def jwks_empty(moment: Moment) -> Answer:
    """The key set is empty."""
    return moment.changed(keys=[]) if moment.well else moment.answer


@on_answers("jwks")
def jwks_duplicate_kid(moment: Moment) -> Answer:
    """The key set has the same key id twice."""
    return moment.changed(keys=_keys(moment) * 2) if moment.well else moment.answer


@on_answers("jwks")
def jwks_rotating(moment: Moment) -> Answer:
    """The key set has the former key when it is asked for the first time, and the one that signs from then on."""
    digest = moment.question.digest
    if not moment.well or digest in moment.seen:
        return moment.answer
    moment.seen[digest] = None
    return moment.changed(keys=[key | {"kid": "of-the-former-key"} for key in _keys(moment)])


@on_answers("jwks")
def jwks_unusable(moment: Moment) -> Answer:
    """The key set has no key to verify with: one is for encryption, the other has no modulus."""
    keys = [key | {"use": "enc"} for key in _keys(moment)]
    keys += [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": f"{key['kid']}-2", "e": "AQAB"} for key in keys]
    return moment.replaced(json_answer({"keys": keys})) if moment.well else moment.answer
