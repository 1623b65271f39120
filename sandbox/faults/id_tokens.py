"""Faults of the ID tokens, before they are signed."""

from sandbox.faults.registry import on_id_tokens
from sandbox.keys import Draft
from sandbox.setup import AN_HOUR
from sandbox.tokens import ACTION_CLAIMS, NAMESPACE


@on_id_tokens
def forged_signature(draft: Draft) -> None:
    """ID tokens are signed by a key that is not published, under the id of one that is."""
    draft.forged = True


@on_id_tokens
def key_unpublished(draft: Draft) -> None:
    """ID tokens are signed by a key that is not published, under its own id: rotated, and not announced."""
    draft.forged, draft.kid = True, "of-the-next-key-0123"


@on_id_tokens
def alg_none(draft: Draft) -> None:
    """ID tokens are not signed at all."""
    draft.alg = "none"


@on_id_tokens
def hs256_instead(draft: Draft) -> None:
    """ID tokens are signed with the client's secret, whatever is configured."""
    draft.alg = "HS256"


@on_id_tokens
def expired_token(draft: Draft) -> None:
    """ID tokens were issued two hours ago and expired an hour ago."""
    draft.claims["exp"] = draft.claims["iat"] - int(AN_HOUR)
    draft.claims["iat"] -= 2 * int(AN_HOUR)


@on_id_tokens
def iat_in_the_future(draft: Draft) -> None:
    """ID tokens will be issued in an hour."""
    draft.claims["iat"] += int(AN_HOUR)


@on_id_tokens
def wrong_audience(draft: Draft) -> None:
    """ID tokens are meant for another application."""
    draft.claims["aud"] = "another-application"


@on_id_tokens
def wrong_issuer(draft: Draft) -> None:
    """ID tokens were issued by another tenant."""
    draft.claims["iss"] = "https://other.example/"


@on_id_tokens
def claim_missing(draft: Draft) -> None:
    """The Action adds nothing to ID tokens."""
    for name in ACTION_CLAIMS:
        draft.claims.pop(name, None)


@on_id_tokens
def claim_renamed(draft: Draft) -> None:
    """The Action adds the roles under another name."""
    draft.claims["https://other.example/roles"] = draft.claims.pop(f"{NAMESPACE}/roles", None)


@on_id_tokens
def claim_wrong_type(draft: Draft) -> None:
    """The Action adds the roles as a string, not as a list."""
    draft.claims[f"{NAMESPACE}/roles"] = "monitor"


@on_id_tokens
def claim_wrong_value(draft: Draft) -> None:
    """The Action adds the tier silver, not gold."""
    draft.claims[f"{NAMESPACE}/tier"] = "silver"
