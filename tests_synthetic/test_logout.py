"""Are users logged out? Asked in the browser of a login through Universal Login, where AUTH0_FLOWS has logout."""

import pytest

pytestmark = pytest.mark.each("leaving", on="logout")


def test_logout_ends_the_session_and_leads_back(logged_out):
    """Does a logout lead back to an allowed address, and does a login have to ask again after it?"""
    location, back = logged_out.location, logged_out.leads_back

    assert 300 <= logged_out.status < 400, f"the logout answered {logged_out.status}: see Allowed Logout URLs"
    assert back, f"the logout leads to {location!r}, not to AUTH0_CALLBACK"
    assert logged_out.error, "after the logout, a login without a prompt was accepted: the session still exists"
    assert logged_out.error == "login_required", f"after the logout, a login is answered {logged_out.error}"
