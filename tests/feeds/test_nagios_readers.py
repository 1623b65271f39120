"""Nagios 4 and Icinga 2, the real ones: state, output and figures arrive as sent, and silence is UNKNOWN."""

from __future__ import annotations

import base64
import getpass
import grp
import os
import re
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from monitor import results
from monitor.verdict import Run
from tests.feeds import made, readers
from tests.wire.servers import unused_port

STALE = 4
"""Seconds of the freshness threshold, and of the ttl."""

NAGIOS = """
log_file={folder}/nagios.log
cfg_file={folder}/objects.cfg
object_cache_file={folder}/objects.cache
precached_object_file={folder}/objects.precache
status_file={folder}/status.dat
status_update_interval=1
nagios_user={user}
nagios_group={group}
command_file={folder}/nagios.cmd
query_socket={folder}/nagios.qh
lock_file={folder}/nagios.lock
temp_file={folder}/nagios.tmp
temp_path={folder}
check_result_path={folder}
state_retention_file={folder}/retention.dat
check_external_commands=1
accept_passive_service_checks=1
execute_service_checks=1
check_service_freshness=1
service_freshness_check_interval=1
additional_freshness_latency=0
interval_length=1
check_for_updates=0
use_syslog=0
event_broker_options=0
"""

OBJECTS = """
define command {{
    command_name stale
    command_line /bin/sh -c 'echo "UNKNOWN: nothing came"\\; exit 3'
}}
define timeperiod {{
    timeperiod_name always
    alias always
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
    sunday 00:00-24:00
}}
define contact {{
    contact_name nobody
    host_notification_commands stale
    service_notification_commands stale
    host_notification_period always
    service_notification_period always
}}
define host {{
    host_name auth0
    address 127.0.0.1
    check_command stale
    active_checks_enabled 0
    max_check_attempts 1
    check_period always
    contacts nobody
    notification_period always
}}
{services}
"""

SERVICE = """
define service {{
    host_name auth0
    service_description auth0 {tenant}
    check_command stale
    active_checks_enabled 0
    passive_checks_enabled 1
    check_freshness 1
    freshness_threshold {stale}
    max_check_attempts 1
    check_period always
    contacts nobody
    notification_period always
}}
"""


@dataclass(frozen=True)
class Nagios:
    folder: Path

    def service(self, tenant: str) -> dict[str, str]:
        """What it shows of this tenant's service."""
        text = (self.folder / "status.dat").read_text(encoding="utf-8")
        for block in re.findall(r"servicestatus \{(.*?)\n\t\}", text, re.DOTALL):
            pairs = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
            if pairs["service_description"] == f"auth0 {tenant}":
                return pairs
        raise KeyError(tenant)

    def state(self, tenant: str, state: str) -> dict[str, str] | None:
        """What it shows of this tenant's service, where that has this state."""
        found = self.service(tenant)
        return found if found["current_state"] == state else None


@pytest.fixture(scope="module")
def nagios(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nagios]:
    path = readers.program("nagios4")
    folder = tmp_path_factory.mktemp("nagios")
    group = grp.getgrgid(os.getgid()).gr_name
    named = {"folder": folder, "user": getpass.getuser(), "group": group}
    (folder / "nagios.cfg").write_text(NAGIOS.format(**named), encoding="utf-8")
    services = "".join(SERVICE.format(tenant=name, stale=STALE) for name in ("prod", "staging", "dev"))
    (folder / "objects.cfg").write_text(OBJECTS.format(services=services), encoding="utf-8")
    with readers.running(folder, path, str(folder / "nagios.cfg")):
        readers.until(lambda: (folder / "nagios.cmd").exists() and (folder / "status.dat").exists(), "no Nagios")
        yield Nagios(folder)


def pushed(tmp_path: Path, run: Run, **variables: str) -> None:
    """Send this run by these variables; it arrives."""
    results.write(tmp_path / "results.json", run)
    ran = readers.feeds("push", str(tmp_path / "results.json"), env=variables, cwd=tmp_path)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_nagios_shows_state_output_details_and_figures_as_sent(nagios: Nagios, tmp_path: Path) -> None:
    pushed(tmp_path, made.sick(ago=0), AUTH0_FEED_NAGIOS_FILE=str(nagios.folder / "nagios.cmd"))

    prod = readers.until(lambda: nagios.state("prod", "2"), "prod is not CRITICAL")
    assert prod["plugin_output"].startswith("DOWN: it is extension's work / and /n no other's (extension, likely)")
    assert "next: docs/runbook.md#connection" in prod["long_plugin_output"]
    assert "'probes down'=1;;;0" in prod["performance_data"]
    assert nagios.service("staging")["current_state"] == "1"
    assert nagios.service("dev")["current_state"] == "3"


def test_silence_is_unknown_at_nagios_by_freshness(nagios: Nagios, tmp_path: Path) -> None:
    pushed(tmp_path, made.well(ago=0), AUTH0_FEED_NAGIOS_FILE=str(nagios.folder / "nagios.cmd"))

    readers.until(lambda: nagios.state("prod", "0"), "prod is not OK")
    stale = readers.until(lambda: nagios.state("prod", "3"), "silence is not UNKNOWN")
    assert stale["plugin_output"] == "UNKNOWN: nothing came"


ICINGA = """
include <itl>
object Endpoint "here" {{}}
object Zone "here" {{ endpoints = [ "here" ] }}
object CheckerComponent "checker" {{}}
object ApiListener "api" {{ bind_host = "127.0.0.1", bind_port = {port} }}
object ApiUser "monitor" {{
  password = "{password}", permissions = [ "actions/process-check-result", "objects/query/*" ]
}}
object Host "auth0" {{ check_command = "dummy", enable_active_checks = false }}
for (name in [ "prod", "staging", "dev", "dependencies" ]) {{
  object Service "auth0 " + name {{
    host_name = "auth0"
    check_command = "dummy"
    check_interval = {stale}s
    vars.dummy_state = 3
    vars.dummy_text = "UNKNOWN: nothing came"
    enable_active_checks = true
  }}
}}
"""


@dataclass(frozen=True)
class Icinga:
    url: str
    authority: str
    key: str

    @property
    def variables(self) -> dict[str, str]:
        """What points the feed at it."""
        return {
            "AUTH0_FEED_ICINGA_URL": self.url,
            "AUTH0_FEED_ICINGA_KEY": self.key,
            "REQUESTS_CA_BUNDLE": self.authority,
        }

    def service(self, tenant: str) -> dict[str, Any]:
        import json

        request = urllib.request.Request(  # noqa: S310 - on loopback
            f"{self.url}/v1/objects/services/auth0!auth0%20{tenant}",
            headers={"Authorization": f"Basic {base64.b64encode(self.key.encode()).decode()}"},
        )
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.authority))
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), tls).open(request, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())["results"][0]["attrs"]
        return found

    def checked(self, tenant: str, state: int) -> dict[str, Any] | None:
        """The last result of its service, where that has this state."""
        found = self.service(tenant)
        result: dict[str, Any] = found["last_check_result"] or {}
        return result if result.get("state") == state else None


@pytest.fixture(scope="module")
def icinga(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga]:
    path = readers.program("icinga2")
    folder = tmp_path_factory.mktemp("icinga")
    authority = trustme.CA()
    leaf = authority.issue_cert("here", "localhost", "127.0.0.1", common_name="here")
    (folder / "lib/certs").mkdir(parents=True)
    for name in ("cache", "log", "run/icinga2", "spool", "etc"):
        (folder / name).mkdir(parents=True)
    authority.cert_pem.write_to_path(str(folder / "lib/certs/ca.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "lib/certs/here.key"))
    leaf.cert_chain_pems[0].write_to_path(str(folder / "lib/certs/here.crt"))
    port = unused_port()
    password = "a-password-of-the-api"
    (folder / "icinga2.conf").write_text(ICINGA.format(port=port, password=password, stale=STALE), encoding="utf-8")
    defines = {
        "NodeName": "here",
        "ZoneName": "here",
        "RunAsUser": getpass.getuser(),
        "RunAsGroup": grp.getgrgid(os.getgid()).gr_name,
        "ConfigDir": folder / "etc",
        "DataDir": folder / "lib",
        "CacheDir": folder / "cache",
        "LogDir": folder / "log",
        "InitRunDir": folder / "run",
        "SpoolDir": folder / "spool",
        "PidPath": folder / "run/icinga2/icinga2.pid",
    }
    options = [part for name, value in defines.items() for part in ("-D", f"{name}={value}")]
    include = readers.FOLDER / "usr/share/icinga2/include"
    command = [path, "daemon", "-c", str(folder / "icinga2.conf"), "-I", str(include), *options]
    with readers.running(folder, *command):
        running = Icinga(f"https://127.0.0.1:{port}", str(folder / "lib/certs/ca.crt"), f"monitor:{password}")
        readers.until(lambda: running.service("prod"), f"no Icinga: {(folder / 'said.txt').name}")
        yield running


def test_icinga_shows_state_output_details_and_figures_as_sent(icinga: Icinga, tmp_path: Path) -> None:
    sick = made.sick()
    assert sick.diagnosis
    run = made.told(*sick.verdicts[:5], causes=sick.diagnosis.causes, ago=0, tenants=("prod", "staging"))
    pushed(tmp_path, run, **icinga.variables)

    prod = readers.until(lambda: icinga.checked("prod", 2), "prod is not CRITICAL")
    assert prod["output"].startswith("DOWN: it is extension's work")
    assert "next: docs/runbook.md#connection" in prod["output"]
    assert "'probes down'=1;;;0" in prod["performance_data"]
    assert prod["check_source"] == "auth0-synthetic-monitoring"
    assert readers.until(lambda: icinga.checked("staging", 1), "staging is not WARNING")


def test_silence_is_unknown_at_icinga_by_ttl(icinga: Icinga, tmp_path: Path) -> None:
    pushed(tmp_path, made.well(ago=0), **icinga.variables, AUTH0_FEED_MAX_AGE=f"{STALE}s")

    assert readers.until(lambda: icinga.checked("prod", 0), "prod is not OK")["ttl"] <= STALE
    stale = readers.until(lambda: icinga.checked("prod", 3), "silence is not UNKNOWN")
    assert "nothing came" in stale["output"]


def test_icinga_that_lacks_a_service_is_told_of_with_the_cure(icinga: Icinga, tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", made.sick(ago=0))

    ran = readers.feeds("push", str(tmp_path / "results.json"), env=icinga.variables, cwd=tmp_path)
    assert ran.returncode == 3
    assert "docs/nagios.md" in ran.stderr
    assert "a-password-of-the-api" not in ran.stderr + ran.stdout


def test_icinga_that_does_not_know_the_key_is_told_of_without_it(icinga: Icinga, tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", made.well(ago=0))
    wrong = icinga.variables | {"AUTH0_FEED_ICINGA_KEY": "monitor:another-password"}

    ran = readers.feeds("push", str(tmp_path / "results.json"), env=wrong, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "does not accept the key (401)" in ran.stderr
    assert "another-password" not in ran.stderr
