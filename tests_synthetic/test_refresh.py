"""Do users stay logged in? One refresh token, from a login that asked for offline_access, is exchanged."""

import pytest

pytestmark = pytest.mark.each("refreshing", on="refresh")


def test_refresh_token_is_exchanged_for_an_access_token(refreshed):
    """Is the refresh token of a login worth a new access token?"""
    assert refreshed.access_token, "the exchange of the refresh token brought no access token"
    assert refreshed.token_type.lower() == "bearer", f"the token type is {refreshed.token_type!r}, not bearer"
