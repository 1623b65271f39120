"""Is what a run was given taken back at its end? The newest refresh token is revoked, and brought once more."""

import pytest

from monitor.transactions.oauth_errors import error_of

pytestmark = pytest.mark.each("revoking", on="refresh")


def test_revoked_refresh_token_is_refused(revoked):
    """Is a refresh token that was revoked worth nothing any more?"""
    error = error_of(revoked)

    assert revoked.status != 200, "a refresh token that was revoked is still accepted"
    assert error == "invalid_grant", f"a refresh token that was revoked was refused, but with {revoked.status} {error}"
