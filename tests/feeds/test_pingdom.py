"""Pingdom's document: OK only for what is up, and only as long as the run is believed; whoever is asked."""

from __future__ import annotations

import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from monitor import results
from monitor.feeds import pingdom
from monitor.feeds.feed_settings import FeedSettings
from monitor.feeds.serving import MetricsServer
from monitor.owners import Owner
from monitor.status import Status
from monitor.verdict import Run
from tests.feeds import day, made
from tests.feeds.test_serving import asked, served
from tests.reports import runs

HOUR = 3_600.0


def read(content: bytes) -> tuple[str, str]:
    """The status and the time; it has these two and nothing else."""
    root = ET.fromstring(content)  # noqa: S314 - our own
    assert root.tag == "pingdom_http_custom_check"
    assert [each.tag for each in root] == ["status", "response_time"]
    return root[0].text or "", root[1].text or ""


def documents(run: Run, *, after: float = 0.0, max_age: float = 600.0) -> dict[str, str]:
    """The status of all, and of each tenant, so many seconds from now."""
    now = time.time() + after
    some = {"": pingdom.overall(run, now, max_age), **pingdom.of_tenants(run, now, max_age)}
    return {name.removesuffix(".xml"): read(content)[0] for name, content in some.items()}


def test_up_and_degraded_are_ok_and_nothing_else_is() -> None:
    told = documents(made.sick())

    assert {name: text.split(":")[0] for name, text in told.items()} == {
        "": "DOWN",
        "prod": "DOWN",
        "staging": "OK",
        "dev": "UNKNOWN",
        "lab": "UNKNOWN",
        "dependencies": "UNKNOWN",
    }
    assert set(documents(made.well()).values()) == {"OK"}


def test_run_that_is_too_old_is_ok_no_more() -> None:
    run = made.well(ago=5)

    assert set(documents(run, after=500).values()) == {"OK"}
    assert {text.split(":")[0] for text in documents(run, after=700).values()} == {"UNKNOWN"}
    assert {text.split(":")[0] for text in documents(run, after=-HOUR).values()} == {"UNKNOWN"}


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_run_of_no_real_tenant_is_not_ok(mode: str) -> None:
    assert all(mode.upper() in text for text in documents(made.well(mode=mode)).values())


@made.each_run
def test_any_run_is_a_document_within_the_format(run: Run) -> None:
    now = time.time()
    tenants = pingdom.of_tenants(run, now, 1e12)
    for content in (pingdom.overall(run, now, 1e12), *tenants.values()):
        text, took = read(content)
        assert text == "OK" or text.startswith(("DOWN", "UNKNOWN", "SANDBOX", "DRILL"))
        assert re.fullmatch(r"\d{1,8}\.\d{3}", took)
        assert float(took) > 0
    assert all(re.fullmatch(r"[^/.][^/]{0,220}\.xml", name) for name in tenants)


def test_response_time_is_the_slowest_right_answers_and_the_least_where_nothing_was_measured() -> None:
    run = made.sick()
    now = time.time()
    tenants = pingdom.of_tenants(run, now, 600)

    assert read(tenants["staging.xml"])[1] == "4200.000"
    assert read(tenants["lab.xml"])[1] == "0.001"


def test_files_are_put_beside_the_page_and_those_of_tenants_that_are_gone_go(tmp_path: Path) -> None:
    (tmp_path / "pingdom").mkdir()
    (tmp_path / "pingdom/gone.xml").write_text("OK", encoding="utf-8")
    pingdom.write(tmp_path, made.well(), time.time(), 600)

    assert read((tmp_path / "pingdom.xml").read_bytes())[0] == "OK"
    names = {"prod.xml", "staging.xml", "dependencies.xml"}
    assert {each.name for each in (tmp_path / "pingdom").iterdir()} == names

    pingdom.write(tmp_path, None, time.time(), 600)
    assert read((tmp_path / "pingdom.xml").read_bytes())[0].startswith("UNKNOWN")
    assert list((tmp_path / "pingdom").iterdir()) == []


def test_day_of_300_tenants_is_a_document_for_each() -> None:
    told = pingdom.of_tenants(day.bad(), time.time(), 600)

    assert len(told) == day.TENANTS
    assert sum(read(content)[0].startswith("DOWN") for content in told.values()) > 0
    assert max(map(len, told.values())) < 1_000


def test_serve_answers_for_all_and_for_each_tenant_as_old_as_the_run_is(tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", made.sick())
    with served(MetricsServer("127.0.0.1", 0, tmp_path / "results.json", 600.0)) as server:
        whole, one = asked(server, "GET", "/pingdom.xml"), asked(server, "GET", "/pingdom/staging.xml")
        other = asked(server, "GET", "/pingdom/invented.xml")

    assert (whole[0], whole[1], read(whole[2])[0].split(":")[0]) == (200, "application/xml; charset=utf-8", "DOWN")
    assert (one[0], read(one[2])[0]) == (200, "OK")
    assert other[0] == 404


def test_serve_says_that_a_run_is_too_old_without_that_its_file_changes(tmp_path: Path) -> None:
    results.write(tmp_path / "results.json", made.well(ago=5))
    with served(MetricsServer("127.0.0.1", 0, tmp_path / "results.json", 4.0)) as server:
        status, _, content = asked(server, "GET", "/pingdom.xml")

    assert status == 200
    assert read(content)[0].startswith("UNKNOWN: no run for")


def test_serve_without_a_run_is_no_ok(tmp_path: Path) -> None:
    with served(MetricsServer("127.0.0.1", 0, tmp_path / "results.json")) as server:
        status, _, content = asked(server, "GET", "/pingdom.xml")

    assert status == 503
    assert b"OK" not in content


def test_response_time_is_in_milliseconds_of_the_slowest_of_all_within_what_pingdom_takes() -> None:
    def took(*seconds: float) -> list[str]:
        some = [runs.verdict(target=f"prod:{place}", seconds=each) for place, each in enumerate(seconds)]
        run = made.told(*some, tenants=("prod",))
        return [
            read(pingdom.overall(run, time.time(), 600))[1],
            read(pingdom.of_tenants(run, time.time(), 600)["prod.xml"])[1],
        ]

    assert took(0.2134567, 1.5, 0.1) == ["1500.000"] * 2
    assert took(0.0) == ["0.001"] * 2
    assert took(1e9) == ["99999999.999"] * 2


@pytest.mark.parametrize(
    ("tenant", "name"),
    [
        ("prod", "prod.xml"),
        ("a b/c", "a%20b%2Fc.xml"),
        ("x" * 200, f"{'x' * 200}.xml"),
        ("x" * 201, rf"{'x' * 59}-[0-9a-f]{{12}}\.xml"),
        (".hidden", r"hidden-[0-9a-f]{12}\.xml"),
        ("", r"-[0-9a-f]{12}\.xml"),
    ],
    ids=["plain", "encoded", "longest", "too long", "hidden", "empty"],
)
def test_file_of_a_tenant_is_its_name_or_one_that_there_may_be(tenant: str, name: str) -> None:
    assert re.fullmatch(name, pingdom.file_of(tenant))
    assert pingdom.file_of("x" * 300) != pingdom.file_of("x" * 301)


def test_what_is_not_ok_is_shown_in_the_words_of_its_state_and_cut_to_what_is_read() -> None:
    (ill, late) = (runs.down(), runs.degraded(target="eu"))
    long = made.told(ill, late, causes=(made.cause(Owner.EXTENSION, Status.DOWN, ill, sentence="x" * 290),))

    assert documents(made.told(ill, late))["prod"] == "DOWN: 1 probe of 1 not up"
    assert 150 < len(documents(long)["prod"]) < 240
    assert pingdom.render(made.told(ill), FeedSettings()).startswith(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<pingdom_'
    )


def test_document_of_no_run_says_so(tmp_path: Path) -> None:
    pingdom.write(tmp_path, None, time.time(), 600)

    assert read((tmp_path / "pingdom.xml").read_bytes()) == ("UNKNOWN: no run can be read", "0.001")


def test_run_that_is_rendered_is_as_old_as_it_is_now() -> None:
    for ago, status in ((5.0, "OK"), (700.0, "UNKNOWN")):
        assert read(pingdom.render(made.well(ago=ago), FeedSettings()))[0].startswith(status)
    assert read(pingdom.render(made.well(ago=700), FeedSettings(max_age=900)))[0] == "OK"
