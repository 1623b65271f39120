"""Do refresh tokens rotate, and is a stolen one worth nothing? Asked where AUTH0_FLOWS has rotate."""

import pytest

pytestmark = pytest.mark.each("rotating", on="refresh")


def test_rotated_refresh_token_is_exchanged_too(rotated):
    """Is the refresh token that came for the first one worth an access token as well?"""
    assert rotated.access_token, "the exchange of the second refresh token brought no access token"
    assert rotated.token_type.lower() == "bearer", f"the token type is {rotated.token_type!r}, not bearer"


def test_refresh_token_that_was_exchanged_is_refused(reused):
    """Is the first refresh token refused once it was exchanged? Sampled, since to bring it again ends the family."""
    status, error = reused.status, reused.error

    assert status != 200, "a refresh token that was exchanged already is taken again: is the reuse interval over 0?"
    assert error == "invalid_grant", (
        f"a refresh token that was exchanged already was refused, but with {status} {error}"
    )
