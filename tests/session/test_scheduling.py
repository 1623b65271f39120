"""How xdist deals probes out."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.session.scheduling import ByTenant


@pytest.mark.parametrize(
    ("node_id", "scope"),
    [
        ("tests_synthetic/test_login.py::test_user_can_log_in[prod:password-realm:corp]", "prod"),
        ("tests_synthetic/test_health.py::test_ok[prod]", "prod"),
        ("tests_synthetic/test_health.py::test_ok[acme.eu.auth0.com]", "acme.eu.auth0.com"),
        ("tests_synthetic/test_health.py::test_ok", ""),
        ("tests/test_x.py::test_ok[prod]", "tests/test_x.py::test_ok[prod]"),
    ],
)
def test_probes_of_a_tenant_go_to_one_worker(node_id: str, scope: str) -> None:
    scheduler: Any = ByTenant.__new__(ByTenant)

    assert scheduler._split_scope(node_id) == scope  # noqa: SLF001 -- the method that xdist asks
