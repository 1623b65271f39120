"""Prometheus and what stands around it, the real ones: they read the feed, and say of it what a run must come to."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from monitor import results
from monitor.feeds import pushgateway, series
from monitor.feeds.feed_settings import FeedSettings
from monitor.feeds.sending import Courier
from monitor.secrets import Scrubber
from monitor.verdict import Run
from tests.feeds import dashboard, made, readers
from tests.suite import ROOT
from tests.wire.servers import unused_port

RULES = ROOT / "deploy/prometheus/rules.yml"
ROUTES = ROOT / "deploy/prometheus/alertmanager.yml"
PAIRS = re.compile(r"\$(tenant|max_age)")


@dataclass(frozen=True)
class Prometheus:
    """One that scrapes what `serve` serves of the file; ``url`` is its own."""

    url: str
    file: Path

    def ask(self, expression: str) -> list[dict[str, Any]]:
        found = readers.get_json(f"{self.url}/api/v1/query?query={quote(expression)}")
        assert found["status"] == "success", found
        answer: list[dict[str, Any]] = found["data"]["result"]
        return answer

    def values(self, expression: str, *labels: str) -> dict[str, float]:
        """By these labels, with a comma between, what the expression comes to."""
        return {
            ",".join(each["metric"].get(label, "") for label in labels): float(each["value"][1])
            for each in self.ask(expression)
        }

    def serve(self, run: Run) -> None:
        """Let it scrape this run, and wait until it has."""
        results.write(self.file, run)
        at = run.seconds
        readers.until(
            lambda: any(
                value == at for value in self.values("auth0_synthetic_run_duration_seconds", "tenant").values()
            ),
            "the run was not scraped",
        )


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    path = readers.program("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    served = tmp_path_factory.mktemp("served")
    file = served / "results.json"
    results.write(file, made.sick())
    command = (sys.executable, "-m", "monitor.feeds", "serve", str(file), "--listen", "127.0.0.1:0")
    with readers.running(served, "env", f"PYTHONPATH={ROOT}", *command):
        said = readers.until(lambda: re.search(r"127\.0\.0\.1:(\d+)", (served / "said.txt").read_text()), "no server")
        config = {
            "global": {"scrape_interval": "300ms", "evaluation_interval": "1s"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "auth0", "static_configs": [{"targets": [f"127.0.0.1:{said[1]}"]}]}],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        url = f"http://127.0.0.1:{unused_port()}"
        listen = f"--web.listen-address={url.removeprefix('http://')}"
        with readers.running(folder, path, "--config.file=prometheus.yml", "--storage.tsdb.path=data", listen):
            readers.until(lambda: "Ready" in readers.get(f"{url}/-/ready"), (folder / "said.txt").name)
            yield Prometheus(url, file)


def rule(name: str) -> str:
    """The expression of this alert."""
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return str(next(each["expr"] for each in group["rules"] if each["alert"] == name))


def shown(expression: str) -> str:
    """An expression of the dashboard, as Grafana asks it where all tenants are chosen."""
    return PAIRS.sub(lambda found: {"tenant": ".*", "max_age": "600"}[found[1]], expression)


def test_what_a_sick_run_must_give_is_what_it_gives(prometheus: Prometheus) -> None:
    prometheus.serve(made.sick(seconds=11.0))

    assert prometheus.values(rule("Auth0LoginDown"), "tenant", "owner") == {"prod,extension": 1}
    assert prometheus.values(rule("Auth0LoginDegraded"), "tenant", "owner") == {"staging,configuration": 1}
    assert prometheus.values(rule("Auth0LoginUnknown"), "tenant") == {"dev": 1, "lab": 1}
    assert prometheus.values(rule("Auth0RunnerTrouble"), "tenant") == {"dev": 1}
    for silent in ("Auth0MonitorSilent", "Auth0MonitorAbsent", "Auth0CertificateExpires", "Auth0RateLimitLow"):
        assert prometheus.ask(rule(silent)) == [], silent

    status = prometheus.values(shown(dashboard.STATUS_OF_TENANTS), "tenant")
    assert status == {"prod": 3, "staging": 1, "dev": 2, "lab": 2, "dependencies": 2}
    targets = prometheus.values(shown(dashboard.STATUS_OF_TARGETS), "target")
    assert targets[made.MAIN] == 3
    assert targets["dev:password"] == 2
    assert set(prometheus.values(shown(dashboard.CAUSES), "tenant", "owner")) == {
        "prod,extension",
        "dev,runner",
        "staging,configuration",
    }
    assert prometheus.values(shown(dashboard.BY_OWNER), "owner") == {"extension": 1, "runner": 1, "configuration": 1}
    assert max(prometheus.values(shown(dashboard.SHARE_OF_BUDGET), "target").values()) == pytest.approx(4.2 / 3)


def test_what_a_well_run_must_give_is_what_it_gives_and_no_panel_is_empty(prometheus: Prometheus) -> None:
    prometheus.serve(made.well(seconds=12.0))

    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    assert {
        each["alert"]: prometheus.ask(each["expr"]) for each in group["rules"] if prometheus.ask(each["expr"])
    } == {}
    status = prometheus.values(shown(dashboard.STATUS_OF_TENANTS), "tenant")
    assert status == {"prod": 0, "staging": 0, "dependencies": 0}
    causes = {dashboard.CAUSES, dashboard.BY_OWNER}
    assert [each for each in expressions() if not prometheus.ask(shown(each))] == [
        each for each in expressions() if each in causes
    ]


def test_what_is_well_and_old_alarms_and_is_not_shown(prometheus: Prometheus) -> None:
    prometheus.serve(made.well(ago=3_600.0, seconds=13.0))

    assert set(prometheus.values(rule("Auth0MonitorSilent"), "tenant")) == {"prod", "staging", "dependencies"}
    assert prometheus.ask(shown(dashboard.STATUS_OF_TENANTS)) == []
    assert min(prometheus.values(shown(dashboard.AGE), "tenant").values()) > 3_500


def test_tenant_that_is_taken_out_leaves_no_alarm(prometheus: Prometheus) -> None:
    prometheus.serve(made.sick(seconds=14.0))
    assert set(prometheus.values(rule("Auth0LoginDown"), "tenant")) == {"prod"}
    prometheus.serve(made.told(*made.well().verdicts[3:4], tenants=("staging",), seconds=15.0))

    assert prometheus.ask(rule("Auth0LoginDown")) == []
    assert prometheus.ask(rule("Auth0MonitorSilent")) == []
    assert set(prometheus.values("auth0_synthetic_run_duration_seconds", "tenant")) == {"staging"}


@pytest.mark.parametrize("mode", ["drill", "sandbox"])
def test_run_of_no_real_tenant_alarms_nobody(prometheus: Prometheus, mode: str) -> None:
    prometheus.serve(made.sick(mode=mode, seconds=16.0 + len(mode)))

    assert prometheus.ask(rule("Auth0LoginDown")) == []
    assert prometheus.ask(rule("Auth0MonitorAbsent")) != []


def test_prometheus_has_taken_the_rules(prometheus: Prometheus) -> None:
    (group,) = readers.get_json(f"{prometheus.url}/api/v1/rules")["data"]["groups"]

    assert len(group["rules"]) == len(yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"])
    assert {each["health"] for each in group["rules"]} <= {"ok", "unknown"}


def expressions() -> list[str]:
    """All that the dashboard asks, as its file has it."""
    document = json.loads(dashboard.FILE.read_text(encoding="utf-8"))
    return [target["expr"] for panel in document["panels"] for target in panel["targets"]]


def test_dashboard_is_what_grafanas_own_kit_writes() -> None:
    assert dashboard.FILE.read_text(encoding="utf-8") == dashboard.made(), "python -m tests.feeds.dashboard writes it"
    assert len(expressions()) == 10


@pytest.mark.parametrize("run", [made.sick(), made.well()], ids=["sick", "well"])
def test_promtool_finds_nothing_wrong_with_the_series(run: Run) -> None:
    told = readers.told(readers.program("promtool"), "check", "metrics", given=series.text(run))

    assert (told.returncode, told.stdout) == (0, "")


def test_promtool_takes_the_rules_and_they_do_over_time_what_they_must() -> None:
    promtool = readers.program("promtool")
    checked = readers.told(promtool, "check", "rules", str(RULES))
    tested = readers.told(promtool, "test", "rules", str(ROOT / "tests/feeds/rules_test.yml"))

    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]

    assert checked.returncode == 0, checked.stdout
    assert f"SUCCESS: {len(group['rules'])} rules found" in checked.stdout
    assert tested.returncode == 0, tested.stdout
    assert "SUCCESS" in tested.stdout


def test_every_alert_is_tried_over_time() -> None:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    tried = yaml.safe_load((ROOT / "tests/feeds/rules_test.yml").read_text(encoding="utf-8"))["tests"]
    fired = {case["alertname"] for each in tried for case in each["alert_rule_test"] if case.get("exp_alerts")}

    assert {each["alert"] for each in group["rules"]} == fired


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"severity": "page", "owner": "extension"}, "identity-team-pager"),
        ({"severity": "page", "owner": "configuration"}, "identity-team-pager"),
        ({"severity": "page", "owner": "auth0"}, "on-call-pager"),
        ({"severity": "page", "owner": "upstream"}, "on-call-pager"),
        ({"severity": "page", "owner": "unknown"}, "on-call-pager"),
        ({"severity": "page", "owner": "runner"}, "monitor-team"),
        ({"severity": "ticket", "owner": "runner"}, "monitor-team"),
        ({"severity": "ticket", "owner": "configuration"}, "tickets"),
    ],
    ids=lambda given: given if isinstance(given, str) else "-".join(given.values()),
)
def test_alertmanager_routes_an_alert_to_whoever_has_to_act(labels: dict[str, str], receiver: str) -> None:
    amtool = readers.program("amtool")
    pairs = [f"{name}={value}" for name, value in labels.items()]

    told = readers.told(amtool, "config", "routes", "test", f"--config.file={ROUTES}", *pairs)
    assert told.returncode == 0, told.stdout
    assert receiver in told.stdout.splitlines()


def test_alertmanager_takes_the_example() -> None:
    told = readers.told(readers.program("amtool"), "check-config", str(ROUTES))

    assert told.returncode == 0, told.stdout
    assert "SUCCESS" in told.stdout
    assert f" - {len(yaml.safe_load(ROUTES.read_text(encoding='utf-8'))['receivers'])} receivers" in told.stdout


def test_node_exporter_reads_the_file(tmp_path: Path) -> None:
    exporter = readers.program("prometheus-node-exporter")
    folder, reports = tmp_path / "textfile", tmp_path / "reports"
    folder.mkdir()
    reports.mkdir()
    results.write(reports / "results.json", made.sick())
    ran = readers.feeds("push", str(reports), env={"AUTH0_FEED_PROMETHEUS_FILE": str(folder / "auth0.prom")})
    assert (ran.returncode, ran.stderr) == (0, "")

    url = f"127.0.0.1:{unused_port()}"
    options = ("--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={folder}")
    with readers.running(tmp_path, exporter, *options, f"--web.listen-address={url}"):
        text = readers.until(lambda: readers.get(f"http://{url}/metrics"), "node_exporter does not answer")

    assert "\nnode_textfile_scrape_error 0\n" in text
    assert re.search(r'^auth0_synthetic_run_status\{.*status="down".*tenant="prod"\} 1$', text, re.MULTILINE)
    assert re.search(r'^node_textfile_mtime_seconds\{file=".*auth0\.prom"\} ', text, re.MULTILINE)


def test_pushgateway_has_a_group_for_each_tenant_and_none_of_one_that_is_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = readers.program("prometheus-pushgateway")
    monkeypatch.chdir(tmp_path)
    url = f"http://127.0.0.1:{unused_port()}"
    reports = tmp_path / "reports"
    reports.mkdir()
    variables = {"AUTH0_FEED_PUSHGATEWAY_URL": url, "AUTH0_MEMORY": str(tmp_path / "memory.sqlite")}

    def push(run: Run) -> str:
        results.write(reports / "results.json", run)
        ran = readers.feeds("push", str(reports), env=variables, cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
        return ran.stdout

    def groups() -> set[str]:
        found = readers.get_json(f"{url}/api/v1/metrics")["data"]
        return {each["labels"]["tenant"] for each in found if each["labels"]["job"] == "auth0_synthetic"}

    with readers.running(tmp_path, gateway, f"--web.listen-address={url.removeprefix('http://')}"):
        readers.until(lambda: readers.get(f"{url}/-/ready") is not None, "no Pushgateway")
        assert "5 groups pushed" in push(made.sick())
        assert groups() == {"prod", "staging", "dev", "lab", "dependencies"}
        assert "3 groups pushed, 2 groups deleted" in push(made.well())
        assert groups() == {"prod", "staging", "dependencies"}
        push(made.told(tenants=("sandbox",), mode="sandbox"))
        assert groups() == {"prod", "staging", "dependencies", "sandbox"}, "a sandbox takes nothing away"
        (tmp_path / "feeds.json").unlink()
        assert push(made.well()) == "feed pushgateway: 3 groups pushed\n", "another part may just have pushed it"
        (tmp_path / "feeds.json").unlink()
        monkeypatch.setattr(pushgateway, "FORGOTTEN", -60.0)
        courier = Courier.within(variables, Scrubber(), 10)
        assert "1 group deleted" in pushgateway.send(made.well(), FeedSettings(), courier), "nobody pushes it any more"
        assert groups() == {"prod", "staging", "dependencies"}
        pushed = readers.get(f"{url}/metrics")

    started = re.search(r'^auth0_synthetic_last_run_timestamp_seconds\{.*tenant="prod"\} (\S+)$', pushed, re.MULTILINE)
    assert started
    assert time.time() - float(started[1]) < 600
    assert "push_failure_time_seconds" in pushed
