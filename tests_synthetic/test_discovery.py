"""Can an application find out how to log in here, and by which keys to know a token?"""

from urllib.parse import urlsplit

import pytest

from monitor.failures import WrongAnswer
from monitor.transactions import tokens

pytestmark = pytest.mark.each("tenant")  # whose work it is differs: each test says what it stands on

NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


@pytest.mark.each("tenant", on="discovery")
def test_issuer_is_this_tenant(discovery, tenant):
    """Does the discovery document name this tenant as the issuer?"""
    issuer = discovery.content.get("issuer")

    assert issuer == tenant.issuer, f"the issuer is {issuer!r}, not {tenant.issuer!r}"


@pytest.mark.each("tenant", on="discovery")
def test_every_endpoint_is_https_on_this_tenant(discovery, tenant):
    """Does every endpoint that is published lie on this tenant, by https?"""
    endpoints = {
        name: address for name, address in discovery.content.items() if name.endswith("_endpoint") or name == "jwks_uri"
    }

    missing = [name for name in NEEDED if name not in endpoints]
    assert not missing, f"the discovery document lacks {', '.join(missing)}"
    for name, address in endpoints.items():
        parts = urlsplit(str(address))
        assert f"{parts.scheme}://{parts.netloc}" == tenant.url, f"{name} is {address!r}, which is not on {tenant.url}"


@pytest.mark.each("tenant", on="discovery")
def test_rs256_is_offered(discovery):
    """Does the tenant sign ID tokens by RS256, which every client library expects?"""
    offered = discovery.content.get("id_token_signing_alg_values_supported")

    assert isinstance(offered, list), "the discovery document does not say how ID tokens are signed"
    assert "RS256" in offered, f"ID tokens are signed by {offered}, and RS256 is not among them"


@pytest.mark.each("tenant", on="keys")
def test_a_signing_key_is_published(keys):
    """Is there at least one key by which a token's signature can be verified?"""
    published = keys.content.get("keys")

    assert isinstance(published, list), "the key set has no list of keys"
    assert published, "the key set is empty: no token of this tenant can be verified"
    assert any(tokens.usable(key) for key in published), f"none of the {len(published)} keys can verify a signature"


@pytest.mark.each("tenant", on="keys")
def test_key_ids_are_unique(keys):
    """Does every key have an id of its own, so that a token's key can be found?"""
    ids = [key.get("kid") for key in keys.content.get("keys") or () if isinstance(key, dict)]

    if not ids:
        raise WrongAnswer("the key set is empty: there is no id to be unique")
    twice = sorted({str(kid) for kid in ids if ids.count(kid) > 1})
    assert not twice, f"several keys have the id {', '.join(twice)}"
