"""What will end on a day that is known? A date alone is degraded: what fails with it is down by its own probe."""

import time
from datetime import UTC, datetime

import pytest

from monitor.configuration.targets import Target
from monitor.failures import DomainsDiffer, NotServed, RunningLow
from monitor.management.dated import CONNECTIONS, CREDENTIALS, DOMAINS, Dated
from monitor.transactions.horizons import said

DAY = 86400


def left(what: str, ends: float, target: Target) -> str:
    """The days that are left, in words; degraded where they are few, or none."""
    now, warning = time.time(), target.tenant.setting("expiry_warning")
    if ends - now < warning * DAY:
        raise RunningLow(said(what, ends, now))
    return f"{(ends - now) / DAY:.0f} days left"


def all_left(what: str, things: list[Dated], target: Target) -> str:
    """The same of several, the first to end first: all that end soon are named, and how many there are."""
    now, warning = time.time(), target.tenant.setting("expiry_warning")
    dated = [(f"{what} {each.name}", each.ends) for each in things if each.ends is not None]
    if soon := [said(name, ends, now) for name, ends in dated if ends - now < warning * DAY]:
        raise RunningLow("; ".join(soon[:3]))
    return left(*dated[0], target)


@pytest.mark.each("tenant", on="horizon")
def test_signing_certificate_lasts_for_weeks(signing_certificates, target, record_remark):
    """Does the certificate of the tenant's signing keys last longer than AUTH0_EXPIRY_WARNING? Of several, the last."""
    record_remark(left("the certificate of the signing keys", signing_certificates.ends, target))


@pytest.mark.each("saml-application", on="horizon")
def test_saml_metadata_has_a_signing_certificate_of_the_tenant(saml_metadata, signing_certificates):
    """Is the certificate that service providers import one of a key that the tenant signs with?"""
    strange = set(saml_metadata.named) - set(signing_certificates.named)

    assert not strange, "the SAML metadata has a certificate that is none of the keys that the tenant publishes"


@pytest.mark.each("saml-application", on="horizon")
def test_certificate_of_the_saml_application_lasts_for_weeks(saml_metadata, target, record_remark):
    """Does the certificate that service providers import last longer than AUTH0_EXPIRY_WARNING?"""
    record_remark(left(f"the certificate in the SAML metadata of {target.client_id}", saml_metadata.ends, target))


@pytest.mark.each("provider-metadata", on="horizon")
def test_identity_providers_certificate_lasts_for_weeks(provider_metadata, target, record_remark):
    """Does the last certificate in an identity provider's metadata last longer than AUTH0_EXPIRY_WARNING?"""
    what, ends = f"the certificate of {target.connection}'s identity provider", provider_metadata.ends

    days = left(what, ends, target) if ends else ""
    record_remark("; ".join(filter(None, (days, provider_metadata.remark))))


@pytest.mark.each("provider-secret", on="horizon")
def test_client_secret_of_the_connection_lasts_for_weeks(target, record_remark):
    """Does the client secret that an identity provider gave last longer than AUTH0_EXPIRY_WARNING, by your word?"""
    ends = datetime.combine(target.settings.secret_expires, datetime.min.time(), UTC).timestamp() + DAY
    record_remark(left(f"the client secret of the connection {target.connection}", ends, target))


@pytest.mark.each("management", on="horizon")
def test_certificates_of_enterprise_connections_last_for_weeks(tenant_dates, target, record_remark):
    """Do the certificates that Auth0 holds for enterprise connections last longer than AUTH0_EXPIRY_WARNING?"""
    found = tenant_dates.of(CONNECTIONS)
    if not found:
        raise NotServed("no enterprise connection has a certificate")
    record_remark(all_left("the certificate of the connection", found, target))


@pytest.mark.each("management", on="horizon")
def test_credentials_of_the_application_last_for_weeks(tenant_dates, target, record_remark):
    """Do the keys that the application shows itself by (private_key_jwt, mTLS) last longer than that?"""
    found = tenant_dates.of(CREDENTIALS)
    if not found:
        raise NotServed("the application has no key or certificate that ends")
    record_remark(all_left("the credential", found, target))


@pytest.mark.each("management", on="horizon")
def test_custom_domains_are_verified_and_renewed(tenant_dates, record_remark):
    """Is each custom domain verified, and was its certificate renewed in time?"""
    found = tenant_dates.of(DOMAINS)
    if not found:
        raise NotServed("the tenant has no custom domain")
    late = [each.name for each in found if each.ends is not None and each.ends < time.time()]
    ill = [f"the custom domain {each.name}: {each.ill}" for each in found if each.ill]
    ill += [f"the certificate of the custom domain {name} was not renewed in time" for name in late]

    if ill:
        raise RunningLow("; ".join(ill[:3]))
    record_remark(f"{len(found)} well")


@pytest.mark.each("canonical", on="canonical")
def test_canonical_domain_answers_beside_the_custom_one(canonical, record_remark):
    """Does the tenant answer by Auth0's own name as well? One that is blocked on purpose (403) is no outage."""
    if canonical.content["differs"]:
        raise DomainsDiffer(canonical.content["differs"], canonical.exchange)
    if canonical.content["blocked"]:
        record_remark(
            "the canonical domain is blocked, as by an access list: the custom domain, which users see, works"
        )
