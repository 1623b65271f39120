"""Is the tenant's TLS certificate good, and for how long still? Taken from the connection of another probe."""

import pytest

from monitor.failures import RunningLow
from monitor.wire import certificates

pytestmark = pytest.mark.each("tenant", on="tls")

DAYS_LEFT = 14


def test_certificate_matches_the_tenants_name(certificate, tenant):
    """Is the certificate that the tenant shows one for its own name, by an authority that is trusted?"""
    names = certificates.names(certificate.content)

    assert certificates.match(names, tenant.host), f"the certificate is for {', '.join(names)}, not for {tenant.host}"


def test_certificate_is_valid_for_two_more_weeks(certificate, record_remark):
    """Are there more than 14 days before the certificate expires, by the answer's time? With none, nobody logs in."""
    left = certificates.days_left(certificate.content, certificate.exchange.time)

    assert left > 0, f"the certificate expired {-left:.1f} days ago"
    if left <= DAYS_LEFT:
        raise RunningLow(f"the certificate expires in {left:.1f} days")
    record_remark(f"{left:.0f} days left")
