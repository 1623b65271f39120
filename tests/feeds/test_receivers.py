"""What each feed costs whose reader is slow, refuses, throttles or is a web page: one line that names a variable."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from monitor import feeds
from monitor.configuration import hiding
from monitor.feeds import feed_settings
from monitor.feeds.sending import Sending
from monitor.secrets import Scrubber
from tests.feeds import day, made
from tests.wire.servers import Script, Server, answer, dripping, saying, silent

pytestmark = pytest.mark.usefixtures("elsewhere")

IKEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
VARIABLES: dict[str, Callable[[str], dict[str, str]]] = {
    "newrelic": lambda url: {
        "AUTH0_FEED_NEWRELIC_ACCOUNT": "1234567",
        "AUTH0_FEED_NEWRELIC_KEY": day.CANARY,
        "AUTH0_FEED_NEWRELIC_URL": url,
    },
    "datadog": lambda url: {"AUTH0_FEED_DATADOG_URL": url, "AUTH0_FEED_DATADOG_KEY": day.CANARY},
    "splunk": lambda url: {"AUTH0_FEED_SPLUNK_URL": url, "AUTH0_FEED_SPLUNK_KEY": day.CANARY},
    "azure": lambda url: {
        "AUTH0_FEED_AZURE_CONNECTION_STRING": f"InstrumentationKey={IKEY};IngestionEndpoint={url};Key={day.CANARY}"
    },
    "kuma": lambda url: {
        "AUTH0_FEED_KUMA_URL": url,
        "AUTH0_FEED_KUMA_KEY": f"prod={day.CANARY},staging={day.CANARY}-2",
    },
    "gatus": lambda url: {"AUTH0_FEED_GATUS_URL": url, "AUTH0_FEED_GATUS_KEY": day.CANARY},
    "statuspage": lambda url: {
        "AUTH0_FEED_STATUSPAGE_PAGE": "kctbh9vrtdwd",
        "AUTH0_FEED_STATUSPAGE_KEY": day.CANARY,
        "AUTH0_FEED_STATUSPAGE_COMPONENTS": "prod=abcdefabcdef",
        "AUTH0_FEED_STATUSPAGE_URL": url,
    },
}
SAID = f"you sent {day.CANARY} and {IKEY}".encode()
ANSWERS: dict[str, tuple[Script, str]] = {
    "refuses": (saying(answer(403, SAID)), "does not accept the key (403)"),
    "throttles": (saying(answer(429, SAID, retry_after="17")), "(429, again in 17 s)"),
    "redirects": (saying(answer(302, SAID, location="https://elsewhere.acme.example/")), "redirects (302)"),
    "is a page": (saying(answer(200, b"<!DOCTYPE html><title>Log in</title>", content_type="text/html")), "a web page"),
    "is a page by its body": (
        saying(answer(200, b"\xef\xbb\xbf\n<!-- sso -->\n<!DOCTYPE html>", content_type="text/plain")),
        "a web page",
    ),
    "breaks": (saying(answer(500, SAID)), "at the moment (500)"),
    "says no JSON": (saying(answer(400, SAID)), "refused it (400"),
}


def sent(values: dict[str, str]) -> Sending:
    scrubber = Scrubber()
    hiding.keep_secrets(values, scrubber)
    (came,) = feeds.push(made.sick(), values, scrubber)
    return came


@pytest.mark.parametrize("feed", VARIABLES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_reader_that_takes_nothing_costs_one_line_that_names_a_variable_and_no_key(feed: str, kind: str) -> None:
    script, why = ANSWERS[kind]
    with Server(script) as server:
        values = VARIABLES[feed](server.url)
        came = sent(values)

    assert came.failed
    assert why in came.said
    assert any(name in came.said for name in values), came.said
    secrets = [each for each in (day.CANARY, IKEY) if any(each in value for value in values.values())]
    assert secrets
    assert [each for each in secrets if each in came.said] == []
    assert "\n" not in came.said


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(
    "values",
    [
        lambda url: {"AUTH0_FEED_ICINGA_URL": url, "AUTH0_FEED_ICINGA_KEY": "u:p"},
        lambda url: {"AUTH0_FEED_PUSHGATEWAY_URL": url},
    ],
    ids=["icinga", "pushgateway"],
)
def test_answer_that_is_too_deep_to_be_read_is_no_bug(values: Callable[[str], dict[str, str]], status: int) -> None:
    with Server(saying(answer(status, b"[" * 100_000))) as server:
        came = sent(values(server.url))

    assert came.failed is (status != 200)
    assert "a bug" not in came.said
    assert "recursion" not in came.said


def test_errors_in_an_answer_of_a_success_are_told_without_the_key() -> None:
    with Server(saying(answer(202, b'{"errors": ["dropped ' + day.CANARY.encode() + b'"]}'))) as server:
        came = sent(VARIABLES["datadog"](server.url))

    assert came.failed
    assert "AUTH0_FEED_DATADOG_URL: it took not all: ['dropped ***']" in came.said


@pytest.mark.parametrize("feed", VARIABLES)
@pytest.mark.parametrize("script", [silent, dripping(answer(200, b"x" * 5_000))], ids=["silent", "dripping"])
def test_reader_that_is_slow_costs_the_time_that_there_is(feed: str, script: Script) -> None:
    with Server(script) as server:
        values = VARIABLES[feed](server.url)
        began = time.monotonic()
        came = sent(values | {"AUTH0_FEED_TIMEOUT": "1s"})
        took = time.monotonic() - began

    assert came.failed
    assert any(name in came.said for name in values), came.said
    assert took < 15


@pytest.mark.parametrize("feed", VARIABLES)
def test_throttled_feed_asks_no_more_than_was_under_way(feed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.feeds.sending.AT_ONCE", 1)
    with Server(saying(answer(429, b"", retry_after="60"))) as server:
        sent(VARIABLES[feed](server.url))

    assert len(server.requests) == 1


@pytest.mark.parametrize("feed", VARIABLES)
def test_key_is_in_nothing_that_is_rendered(feed: str) -> None:
    row = next(each for each in feeds.FEEDS if each.name == feed)

    content = row.render(made.sick(), feed_settings.read(VARIABLES[feed]("https://reader.acme.example")))
    assert content
    assert day.CANARY.encode() not in content
    assert IKEY.encode() not in content
