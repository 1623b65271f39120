"""Where do the connections lead whose users log in elsewhere? Asked for those of AUTH0_REDIRECTS; no user is needed."""

import pytest

from monitor.failures import DeveloperKeys, Misconfigured, ProviderChanged
from monitor.transactions.redirects import is_at, place
from monitor.transactions.sign_in_requests import OAUTH

pytestmark = pytest.mark.each("redirect", on="redirect")


def test_connection_leads_to_its_identity_provider(redirect, target):
    """Does the tenant send users of this connection to the host of its identity provider, and to the same as before?"""
    expected = target.settings.idp

    if expected:
        assert is_at(redirect.host, expected), f"it leads to {redirect.host!r}, not to {target.variable('idp')}"
    elif redirect.leads_elsewhere:
        cure = f"set {target.variable('idp')} to {redirect.host} if that is right"
        raise ProviderChanged(f"{redirect.leads_elsewhere}, and leads to {redirect.host!r} now: {cure}")


def test_identity_provider_is_asked_in_this_tenants_name(redirect, target):
    """Is it asked by the tenant's own keys and name, and for the way back to the domain that users came by?"""
    asked, expected = redirect.request, target.settings.issuer
    back, to = place(asked.back), asked.destination.partition("?")[0]
    elsewhere = redirect.is_meant_for_another

    assert not asked.wrong, f"the {asked.protocol} request cannot be read: {asked.wrong}"
    if redirect.by_developer_keys:
        cure = "register an application at the provider, and give its client id and secret to the connection"
        raise DeveloperKeys(f"the connection works by Auth0's development keys, which are for tests: {cure}")
    assert back in ("", target.tenant.domain), f"it is asked to lead back to {back!r}, not to {target.tenant.domain}"
    assert not elsewhere, f"the {asked.protocol} request is meant for {to!r}"
    if expected and asked.protocol == OAUTH:
        raise Misconfigured(
            f"{target.variable('issuer')}: the connection asks by OAuth, which names no issuer: unset it"
        )
    if expected:
        assert asked.issuer == expected, f"the tenant calls itself {asked.issuer!r}, not {target.variable('issuer')}"
    elif redirect.is_called_otherwise:
        cure = f"set {target.variable('issuer')} if that is right"
        raise ProviderChanged(f"{redirect.is_called_otherwise}, and is called {asked.issuer!r} now: {cure}")


@pytest.mark.each("redirect", on="provider")
def test_identity_provider_takes_the_request(provider_page, record_remark):
    """Does its own page show a login, and no error that we know it by? Asked at most once in ten minutes."""
    record_remark(provider_page.remark)
