"""Is every node of a dedicated deployment well? One that is down behind a healthy tenant is that node's verdict."""

import pytest

from monitor.failures import Degrading, Misconfigured, Throttled


@pytest.mark.each("node", on="node")
def test_node_says_ok(node_testall):
    """Does the node itself answer OK to GET /testall, with the tenant's host name and certificate?"""
    described = node_testall.described()

    assert node_testall.status == 200, f"the node answered {described}, not OK"
    assert node_testall.text().strip() == "OK", f"the node answered {described}, not OK"


@pytest.mark.each("metric", on="node")
def test_node_health_status_is_up(node_metric):
    """Does the node say 204 of this part of its health? 520 is a warning, without a body that says more."""
    if node_metric.status == 520:
        raise Degrading("the node warns (status 520)")
    if node_metric.status == 429:
        raise Throttled("the node was asked more than ten times a second (status 429)")
    if node_metric.status in (401, 403):
        raise Misconfigured(f"the node does not accept AUTH0_HEALTH_API_KEY (status {node_metric.status})")

    assert node_metric.status == 204, f"the node answered {node_metric.described()}, not 204"
