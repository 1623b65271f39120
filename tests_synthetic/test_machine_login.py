"""Can machines log in? No user, no connection and no extension of the login is in their way."""

import pytest

from monitor.failures import WrongAnswer
from monitor.transactions import tokens

pytestmark = pytest.mark.each("machine", on="machine")


def test_machine_login_hands_out_an_access_token(machine_login):
    """Is the application given an access token for the configured audience?"""
    assert machine_login.access_token, "the machine login brought no access token"
    assert machine_login.token_type.lower() == "bearer", f"the token type is {machine_login.token_type!r}, not bearer"


@pytest.mark.each("machine", on="api")
def test_machine_access_token_is_one_that_its_api_accepts(machine_login, machine_keys, tenant):
    """Would the API take the machine's access token: is it the tenant's, for this API, and valid now?"""
    token, asked = machine_login.access_token, tenant.setting("audience")

    if token is None:
        raise WrongAnswer("the machine login brought no access token")
    known = tokens.accepted_by_api(token, machine_keys.content, issuer=tenant.issuer, audience=asked)
    problem = tokens.untimely(known, machine_login.exchange.times, "access token")
    assert not problem, problem
    misfit = tokens.misfit_for_client(known, tenant.variables.client_id)
    assert not misfit, misfit
