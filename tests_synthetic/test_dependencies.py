"""Are the services well that a tenant leans on? By their own status pages: the eight of Auth0's list, and yours."""

import pytest

from monitor.failures import ApiSlow, Degrading, Unattributed, Unreadable


@pytest.mark.each("dependency", on="service")
def test_service_reports_no_incident(dependency_page, record_remark):
    """Does the service's own status page say that nothing is wrong which matters to a tenant?"""
    record_remark(dependency_page.sentence)
    if dependency_page.unknown:
        raise Unreadable(dependency_page.told)
    if dependency_page.api and dependency_page.minor:
        raise ApiSlow(dependency_page.told)
    if dependency_page.vague:
        raise Unattributed(dependency_page.told)
    if dependency_page.minor:
        raise Degrading(dependency_page.told)

    assert not dependency_page.major, dependency_page.told
