"""The composition root: environment -> tenants -> fixtures. Nothing else; it alone knows both monitor and sandbox."""

from collections.abc import Mapping
from typing import Any

import pytest

import sandbox
from monitor.configuration import expectations
from monitor.configuration.targets import Login, Target, Tenant
from monitor.failures import NotConfigured
from monitor.management import dated
from monitor.session import options
from monitor.session.fixtures import WATCH, fixture
from monitor.transactions import endpoints, horizons, pages, redirects

pytest_plugins = ["monitor.session.plugin"]

answer_to_test = fixture(endpoints.answer_to_test)
answer_to_testall = fixture(endpoints.answer_to_testall)
connection = fixture(endpoints.connection)
certificate = fixture(endpoints.certificate)
discovery = fixture(endpoints.discovery)
keys = fixture(endpoints.keys)
login = fixture(endpoints.login)
signing_keys = fixture(endpoints.signing_keys)
api_keys = fixture(endpoints.api_keys)
profile = fixture(endpoints.profile)
tampered_profile = fixture(endpoints.tampered_profile)
machine_login = fixture(endpoints.machine_login)
machine_keys = fixture(endpoints.machine_keys)
refreshed = fixture(endpoints.refreshed)
rotated = fixture(endpoints.rotated)
reused = fixture(endpoints.reused)
revoked = fixture(endpoints.revoked)
logged_out = fixture(endpoints.logged_out)
device_login = fixture(endpoints.device_login)
stranger_login = fixture(endpoints.stranger_login)
impostor_login = fixture(endpoints.impostor_login)
redirect = fixture(redirects.redirect)
provider_page = fixture(redirects.provider_page)
signing_certificates = fixture(horizons.signing_certificates)
saml_metadata = fixture(horizons.saml_metadata)
provider_metadata = fixture(horizons.provider_metadata)
canonical = fixture(horizons.canonical)
tenant_dates = fixture(dated.tenant_dates)
node_testall = fixture(endpoints.node_testall)
node_metric = fixture(endpoints.node_metric)
dependency_page = fixture(pages.dependency_page)
auth0_status = fixture(pages.auth0_status)
uptime_report = fixture(pages.uptime_report)
uptime_figures = fixture(pages.uptime_figures)
uptime = fixture(pages.uptime)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Where nothing is configured, or in a drill, the sandbox is what is watched; it ends with the session."""
    drill = config.stash[WATCH].drill
    if unknown := sandbox.unknown(drill) if drill else []:
        names = "python -m sandbox --list-faults names them all"
        from monitor.session.plugin import refused  # not before pytest itself has loaded it, as it likes to

        raise refused(config, f"--drill: the sandbox knows no fault called {', '.join(unknown)}; {names}")

    def start() -> Mapping[str, str]:
        if options.only_looks(config.option):
            return sandbox.STATIC | {"AUTH0_DOMAIN": "localhost", "AUTH0_NODES": "127.0.0.2,127.0.0.3"}
        running = sandbox.start(drill)
        config.add_cleanup(running.stop)
        return running.environment

    config.stash[WATCH].sandbox = start


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Target:
    """The row that a probe is asked of; why it cannot be asked is raised before anything else."""
    row: Target = request.param
    if row.blocked:
        raise row.blocked.again()
    return row


@pytest.fixture
def tenant(target: Target) -> Tenant:
    """The tenant that the row belongs to."""
    return target.tenant


@pytest.fixture
def expected_claims(target: Login) -> Mapping[str, Any]:
    """The claims that a login must bring, each with the JSON Schema or the value that it must have."""
    if target.claims_fault:
        raise target.claims_fault.again()
    if not target.expected_claims:
        raise NotConfigured(f"set {target.tenant.variable('expected_claims')} to see the extensions' work")
    return expectations.of(target.expected_claims, target.claims_variable)
