"""Is the user's profile to be had with a login's access token? Once per user and run: Auth0 allows five a minute."""

import pytest

pytestmark = pytest.mark.each("account", on="profile")


def test_profile_is_that_of_the_user_who_logged_in(profile, login):
    """Does /userinfo accept the access token, and name the same user as the ID token?"""
    subject = profile.content.get("sub")

    assert subject, "/userinfo does not say whose profile it is (sub)"
    assert subject == login.claims.get("sub"), "/userinfo names another user than the ID token of the same login"
