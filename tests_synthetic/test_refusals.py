"""Are those refused who must be? To let one in is the worst outage. The real user's password is never wrong here."""

import pytest

from monitor.transactions import screens
from monitor.transactions.oauth_errors import WRONG_CLIENT, WRONG_USER

BAD_TOKEN = (None, "invalid_token", "invalid_request", "unauthorized", "access_denied")


@pytest.mark.each("stranger", on="stranger")
def test_user_who_does_not_exist_is_refused(stranger_login):
    """Is a login by a user that cannot exist refused, as one by an unknown user or with a wrong password is?"""
    status, error = stranger_login.status, stranger_login.error

    assert status != 200, "a user who does not exist was accepted"
    known = (status, error) in WRONG_USER or error in screens.named("wrong-user")
    assert known, f"a user who does not exist was refused, but with {status} {error}"


@pytest.mark.each("account", on="tampered")
def test_tampered_access_token_is_refused(tampered_profile):
    """Does /userinfo refuse an access token of which one character was changed?"""
    status, error = tampered_profile.status, tampered_profile.error

    assert status != 200, "/userinfo accepted an access token that had been changed"
    assert status == 401, f"/userinfo answered {status} {error} to an access token that had been changed, not 401"
    assert error in BAD_TOKEN, f"/userinfo refused a changed access token, but for {error}"


@pytest.mark.each("impostor", on="secret")
def test_wrong_client_secret_is_refused(impostor_login):
    """Does the token endpoint refuse the application when its secret is wrong?"""
    status, error = impostor_login.status, impostor_login.error

    assert status != 200, "the application was accepted with a wrong secret"
    assert (status, error) in WRONG_CLIENT, f"a wrong client secret was refused, but with {status} {error}"
