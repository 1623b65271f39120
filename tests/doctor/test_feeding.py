"""The doctor's lines on feeds: which are on, what is wrong with each, and whether the last run comes to it."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor import results
from monitor.doctor import feeding
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.feeds import FEEDS, FeedRow
from monitor.secrets import Scrubber
from tests.feeds import made
from tests.suite import ROOT
from tests.wire.servers import Server, answer, saying


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def looked(values: Mapping[str, str]) -> list[Line]:
    return list(feeding.lines(values, Workflow()))


def tried(values: Mapping[str, str], reports: Path) -> list[Line]:
    return list(feeding.tried(values, reports, Scrubber()))


def test_nothing_is_fed_where_no_variable_says_so(tmp_path: Path) -> None:
    (line,) = looked({})

    assert line.mark is Mark.OFF
    assert tried({}, tmp_path) == []


def test_each_feed_that_is_on_is_named_by_its_variable(tmp_path: Path) -> None:
    values = {
        "AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / "auth0.prom"),
        "AUTH0_FEED_ICINGA_URL": "https://icinga.acme.example:5665",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.acme.example",
    }
    lines = looked(values)

    assert {line.mark for line in lines} == {Mark.OK}
    assert [name for name in values if not any(f"by {name}" in line.what for line in lines)] == []


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_feed_is_said_to_be_for_what_its_page_says(feed: FeedRow) -> None:
    named = re.split(",|'| or ", feed.title)[0]

    assert named[:1].isupper()
    assert named in (ROOT / "docs/feeds.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH0_FEED_PROMETHEUS_FILE", "nowhere/auth0.prom"),
        ("AUTH0_FEED_CHECKMK_FOLDER", "nowhere"),
        ("AUTH0_FEED_PUSHGATEWAY_URL", "http://push.acme.example"),
        ("AUTH0_FEED_ICINGA_URL", "AUTH0_DOMAIN=x"),
        ("AUTH0_FEED_MAX_AGE", "soon"),
        ("AUTH0_FEED_PROMETHEUS_FILE", "auth0.txt"),
        ("AUTH0_FEED_PROMETHEUS_FILE", "https://prometheus.acme.example/auth0.prom"),
        ("AUTH0_FEED_NAGIOS_FILE", "nagios.cmd"),
        ("AUTH0_FEED_CHECKMK_FOLDER", "https://checkmk.acme.example/spool"),
    ],
)
def test_variable_that_is_wrong_is_in_the_way_and_has_a_cure(name: str, value: str) -> None:
    bad = [line for line in looked({name: value}) if line.mark is Mark.BAD]

    assert len(bad) == 1
    assert name in bad[0].what
    assert any(name in cure for cure in bad[0].cures)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH0_FEED_PUSHGATEWAY_JOB", "a job/"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2-hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=hunter2-ключ"),
        ("OTEL_RESOURCE_ATTRIBUTES", "prod"),
    ],
)
def test_variable_beside_the_address_that_would_stop_a_feed_is_in_the_way(name: str, value: str) -> None:
    urls = {"AUTH0_FEED_PUSHGATEWAY_URL": "https://push.example", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example"}

    (bad,) = [line for line in looked({**urls, name: value}) if line.mark is Mark.BAD]

    assert f"cannot be sent: {name}" in bad.what
    assert "hunter2" not in bad.what


def test_missing_package_of_a_feed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "monitor.feeds.otlp", None)
    (line,) = looked({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.acme.example"})

    assert line.mark is Mark.BAD
    assert "requirements-otel.txt" in line.what


def test_last_run_is_sent_to_each_feed_on_request(tmp_path: Path) -> None:
    values = {"AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / "auth0.prom")}
    (early,) = tried(values, tmp_path)
    results.write(tmp_path / "results.json", made.sick())
    with Server(saying(answer(401))) as server:
        lines = tried(values | {"AUTH0_FEED_PUSHGATEWAY_URL": server.url}, tmp_path)

    assert (early.mark, "no run" in early.what) == (Mark.NOTE, True)
    assert [line.mark for line in lines] == [Mark.OK, Mark.BAD]
    assert (tmp_path / "auth0.prom").exists()
    assert list(feeding.untried(values, tmp_path, Scrubber())) == []
