"""What does Auth0 say of itself? Its status page knows more than its health endpoints do, and later than our logins."""

import pytest

from monitor.failures import Degrading, Unreadable

pytestmark = pytest.mark.each("tenant", on="auth0")


def test_auth0_reports_no_incident_for_this_tenant(auth0_status, record_remark):
    """Does Auth0's status page say that nothing is wrong in this tenant's region?"""
    record_remark(auth0_status.sentence)
    if auth0_status.unknown:
        raise Unreadable(auth0_status.told)
    if auth0_status.minor:
        raise Degrading(f"Auth0 says: {auth0_status.told}")

    assert not auth0_status.major, f"Auth0 says: {auth0_status.told}"


def test_auth0_publishes_the_uptime_of_this_region(uptime, uptime_report, record_remark):
    """Is Auth0's uptime report there, and which figure does Auth0 give for this tenant's region?"""
    assert uptime_report.status == 200, f"the report answered {uptime_report.described()}"
    record_remark(f"{uptime.percent:g} % in {uptime.region}, by Auth0's own figures")
