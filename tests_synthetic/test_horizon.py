"""What will end on a day that is known? A date alone is degraded: what fails with it is down by its own probe."""

import time
from datetime import UTC, datetime

import pytest

from monitor.configuration.targets import Target
from monitor.failures import DomainsDiffer, RunningLow
from monitor.transactions.horizons import said

DAY = 86400


def left(what: str, ends: float, target: Target) -> str:
    """The days that are left, in words; degraded where they are few, or none."""
    now, warning = time.time(), target.tenant.setting("expiry_warning")
    if ends - now < warning * DAY:
        raise RunningLow(said(what, ends, now))
    return f"{(ends - now) / DAY:.0f} days left"


@pytest.mark.each("tenant", on="horizon")
def test_signing_certificate_lasts_for_weeks(signing_certificates, target, record_remark):
    """Does the certificate of the tenant's signing keys last longer than AUTH0_EXPIRY_WARNING? Of several, the last."""
    record_remark(left("the certificate of the signing keys", signing_certificates.ends, target))


@pytest.mark.each("saml-application", on="horizon")
def test_saml_metadata_has_a_signing_certificate_of_the_tenant(saml_metadata, signing_certificates):
    """Is the certificate that service providers import one of a key that the tenant signs with?"""
    strange = set(saml_metadata.named) - set(signing_certificates.named)

    assert not strange, "the SAML metadata has a certificate that is none of the keys that the tenant publishes"


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


@pytest.mark.each("canonical", on="canonical")
def test_canonical_domain_answers_beside_the_custom_one(canonical, record_remark):
    """Does the tenant answer by Auth0's own name as well? One that is blocked on purpose (403) is no outage."""
    if canonical.content["differs"]:
        raise DomainsDiffer(canonical.content["differs"], canonical.exchange)
    if canonical.content["blocked"]:
        record_remark(
            "the canonical domain is blocked, as by an access list: the custom domain, which users see, works"
        )
