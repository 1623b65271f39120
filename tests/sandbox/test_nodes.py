"""The healthy nodes answer as those of an appliance do."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import urllib3

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


def test_a_node_names_itself_and_knows_one_user_and_one_method(well: Client) -> None:
    where = urlsplit("//" + well.settings["AUTH0_NODES"].split(",")[1])
    key = well.settings["AUTH0_HEALTH_API_KEY"]
    with urllib3.HTTPSConnectionPool(
        where.hostname or "",
        where.port,
        ca_certs=well.authority,
        server_hostname="localhost",
        assert_hostname="localhost",
        retries=False,
        timeout=well.timeout,
    ) as pool:

        def asked(method: str, path: str, user: str = "api_keys_health") -> urllib3.BaseHTTPResponse:
            basic = urllib3.make_headers(basic_auth=f"{user}:{key}")
            return pool.request(method, path, headers={"Host": "localhost", **basic})

        refused = asked("GET", "/health/status/cpu", "somebody")
        statuses = [asked(method, "/testall").status for method in ("HEAD", "POST")]

    assert well.metric(2).headers["X-Auth0-Host"] == "a0-2"
    assert (refused.status, refused.headers["WWW-Authenticate"].partition(" ")[0]) == (401, "Basic")
    assert statuses == [200, 405]
