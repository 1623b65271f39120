"""The healthy nodes answer as those of an appliance do."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import Client

NODE_METRICS = ("cpu", "memory", "disk", "services", "network", "internet", "email", "db", "replicaset")
WRONG = "no password at all"


@pytest.mark.parametrize("number", [1, 2])
def test_a_node_answers_to_the_tenants_name_only(well: Client, number: int) -> None:
    answer = well.node(number, "/testall")

    assert (answer.status, answer.data, answer.headers["Content-Type"]) == (200, b"OK", "text/plain")
    assert well.node(number, "/testall", host="localhost:1").status == 200
    assert well.node(number, "/testall", host=f"127.0.0.{number + 1}").status == 421


@pytest.mark.parametrize("metric", NODE_METRICS)
def test_a_metric_is_up_for_whoever_has_the_key(well: Client, metric: str) -> None:
    answer = well.metric(1, metric)

    assert (answer.status, answer.data) == (204, b"")
    assert (answer.headers["X-Powered-By"], answer.headers["X-Auth0-Host"]) == ("Express", "a0-1")
    for key in (None, "", "wrong"):
        assert well.node(1, f"/health/status/{metric}", key=key).status == 401


def test_a_metric_that_does_not_exist_is_not_found(well: Client) -> None:
    assert well.metric(1, "mood").status == 404
