"""Can machines log in? No user, no connection and no extension of the login is in their way."""

import pytest

pytestmark = pytest.mark.each("machine", on="machine")


def test_machine_login_hands_out_an_access_token(machine_login):
    """Is the application given an access token for the configured audience?"""
    assert machine_login.access_token, "the machine login brought no access token"
    assert machine_login.token_type.lower() == "bearer", f"the token type is {machine_login.token_type!r}, not bearer"
