"""Sending: within its time, to https alone, without a redirect, and without a secret in what is said of it."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from monitor import feeds, results
from monitor.configuration import hiding
from monitor.exchange import Exchange
from monitor.feeds import feed_settings, pushgateway
from monitor.feeds.feed_settings import Endpoint, Unsent, duration, endpoint, is_loopback
from monitor.feeds.sending import Courier, FeedRequest, Sending, at_once, believable
from monitor.secrets import Scrubber
from monitor.shards import Shard
from monitor.verdict import Run
from tests.feeds import made
from tests.feeds.conftest import Command
from tests.reports import runs
from tests.suite import ROOT, environment
from tests.wire.servers import Connection, Server, answer, saying, silent

pytestmark = pytest.mark.usefixtures("elsewhere")

URL, KEY = "AUTH0_FEED_PUSHGATEWAY_URL", "AUTH0_FEED_PUSHGATEWAY_KEY"
PASSWORD = "s3cr3t-of-the-gateway"


def sent(values: Mapping[str, str], **said: Any) -> list[Sending]:
    """What came of a run that was sent by these variables, with their secrets known."""
    scrubber = Scrubber()
    hiding.keep_secrets(values, scrubber)
    return feeds.push(made.sick(**said), values, scrubber)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://push.acme.example:9091", "write it with https://"),
        ("http://localhost.acme.example", "write it with https://"),
        ("http://127.0.0.1.acme.example", "write it with https://"),
        ("ftp://127.0.0.1", "write it with https://"),
        ("https://push.acme.example/?key=1", "nothing may follow its path"),
        ("https://push.acme.example:x", "no port"),
        ("push.acme.example", "write it"),
        ("AUTH0_DOMAIN=x", "more than one setting"),
    ],
)
def test_address_that_would_carry_the_key_in_the_clear_or_is_none_is_refused(url: str, why: str) -> None:
    with pytest.raises(Unsent, match=why) as refused:
        endpoint({URL: url}, URL)

    assert URL in str(refused.value)
    assert "acme" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://push.acme.example/base/", "http://127.0.0.1:9091", "http://[::1]:9091"])
def test_address_of_https_or_of_this_machine_is_taken(url: str) -> None:
    assert endpoint({URL: url}, URL).url == url.rstrip("/")


@pytest.mark.parametrize(
    ("key", "header"),
    [
        ("user:pass", f"Basic {base64.b64encode(b'user:pass').decode()}"),
        ("token", "Bearer token"),
        ("Bearer token", "Bearer token"),
    ],
)
def test_key_is_basic_authentication_or_a_bearer_token_and_never_shown(key: str, header: str) -> None:
    made_ = endpoint({URL: "https://push.acme.example", KEY: key}, URL, KEY)

    assert made_.headers["Authorization"].get_secret_value() == header
    assert key not in repr(made_)


def test_key_that_no_header_may_have_is_refused_without_it() -> None:
    with pytest.raises(Unsent, match=KEY) as refused:
        endpoint({URL: "https://push.acme.example", KEY: "tök\ten"}, URL, KEY)

    assert "tök" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("127.0.0.1.x", False)],
)
def test_loopback_is_this_machine_alone(host: str, *, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


@pytest.mark.parametrize(
    ("text", "seconds"), [("300", 300), ("90s", 90), ("5m", 300), ("5 min", 300), ("1.5h", 5400), ("1d", 86400)]
)
def test_time_is_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5", "5 weeks", "1e9", "nan", "٣"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time"):
        duration(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH0_FEED_MAX_AGE", "soon"),
        ("AUTH0_FEED_MAX_AGE", "0"),
        ("AUTH0_FEED_TIMEOUT", "2d"),
        ("AUTH0_FEED_HOST", "a!b"),
    ],
)
def test_setting_that_cannot_be_read_is_its_default_and_named(name: str, value: str) -> None:
    read = feed_settings.read({name: value})

    assert (read.host, read.max_age, read.seconds) == ("auth0", 600, 10)
    assert [problem.split()[0] for problem in read.problems] == [name]


def test_settings_that_can_be_read_are_taken() -> None:
    read = feed_settings.read({"AUTH0_FEED_MAX_AGE": "5m", "AUTH0_FEED_TIMEOUT": "3s", "AUTH0_FEED_HOST": "login.acme"})

    assert (read.host, read.max_age, read.seconds, read.problems) == ("login.acme", 300, 3, ())


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (301, "redirects (301), which is not followed"),
        (307, "redirects (307), which is not followed"),
        (401, "does not accept the key (401)"),
        (403, "does not accept the key (403)"),
        (429, "accepts nothing at the moment (429)"),
        (503, "accepts nothing at the moment (503)"),
        (400, "refused it (400"),
        (404, "refused it (404"),
    ],
)
def test_answer_that_is_not_well_is_said_and_no_redirect_is_followed(status: int, word: str) -> None:
    with Server(saying()) as other:
        said = answer(status, f"you sent {PASSWORD}".encode(), location=f"{other.url}/elsewhere")
        with Server(saying(said)) as server:
            (came,) = sent({URL: server.url, KEY: f"user:{PASSWORD}"})

    assert came.failed
    assert word in came.said
    assert PASSWORD not in came.said
    assert other.requests == []


@pytest.mark.parametrize(("key", "end"), [(KEY, f"set another one in {KEY}"), ("", "set another one")])
def test_key_that_is_not_accepted_is_named_where_there_is_one(key: str, end: str) -> None:
    refused = Exchange((), 401)

    said = Courier.within({}, Scrubber(), 5).meaning(Endpoint(URL, "https://push.acme.example", key=key), refused)
    assert said == f"{URL} does not accept the key (401): {end}"


def test_key_is_sent_and_the_groups_of_all_tenants() -> None:
    with Server(saying(answer(200))) as server:
        (came,) = sent({URL: server.url, KEY: f"user:{PASSWORD}"}, mode="sandbox")

    assert not came.failed
    assert came.said == "5 groups pushed"
    told = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    assert all(f"authorization: basic {told}".lower() in each.lower() for each in server.requests)
    paths = {each.split(" ")[1] for each in server.requests}
    assert "/metrics/job/auth0_synthetic/tenant/prod" in paths


def test_reader_that_hangs_costs_its_time_and_no_other_feed(tmp_path: Path) -> None:
    file = tmp_path / "auth0.prom"
    with Server(silent) as server:
        began = time.monotonic()
        values = {URL: server.url, "AUTH0_FEED_TIMEOUT": "1s", "AUTH0_FEED_PROMETHEUS_FILE": str(file)}
        came = {each.feed: each for each in sent(values)}
        took = time.monotonic() - began

    assert (came["pushgateway"].failed, came["prometheus"].failed) == (True, False)
    assert file.exists()
    assert took < 8


def test_what_does_not_end_is_left_alone() -> None:
    import threading

    over = threading.Event()
    came = at_once(0.2, {"hangs": lambda: str(over.wait(30)), "well": lambda: "sent", "breaks": lambda: str(1 // 0)})
    over.set()

    assert [(each.feed, each.failed) for each in came] == [("hangs", True), ("well", False), ("breaks", True)]
    assert "0.2 s" in came[0].said
    assert "ZeroDivisionError" in came[2].said


def test_time_that_is_over_sends_nothing() -> None:
    with Server(saying()) as server:
        courier = Courier.within({}, Scrubber(), -1)
        with pytest.raises(Unsent, match="time was over"):
            courier.ask(Endpoint(URL, server.url), FeedRequest("GET", "/"))

    assert server.requests == []


@pytest.mark.parametrize(
    ("variable", "value", "secrets"),
    [
        (KEY, f"user:{PASSWORD}", [PASSWORD, f"user:{PASSWORD}"]),
        ("AUTH0_FEED_ACME_TOKEN", "tok-tok-tok", ["tok-tok-tok"]),
        ("AUTH0_FEED_AZURE_CONNECTION_STRING", "InstrumentationKey=0f1e2d3c4b;Url=https://x", ["0f1e2d3c4b"]),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=nr-1234, x=Basic%20Zm9vYmFy", ["nr-1234", "Zm9vYmFy"]),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization=Bearer abcdef", ["abcdef"]),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:hunter22@otlp.example", ["hunter22"]),
    ],
)
def test_secrets_of_feeds_are_scrubbed(variable: str, value: str, secrets: list[str]) -> None:
    scrubber = Scrubber()
    hiding.keep_secrets({variable: value}, scrubber)

    for secret in secrets:
        assert secret not in scrubber.scrub(f"it said {secret} and ended"), secret


def test_command_says_each_feed_in_a_line_and_ends_with_a_status_of_its_own(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick())
    values = {"AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / "auth0.prom"), URL: "http://push.acme.example"}

    ran = command("push", str(tmp_path), env=values)
    assert ran.returncode == 3
    assert ran.stdout.startswith("feed prometheus: ")
    assert ran.stderr.startswith(f"feed pushgateway: {URL} is no address")
    assert ran.stderr.count("\n") == 1


def test_command_feeds_nothing_where_nothing_is_set_or_no_run_came(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.well(ago=3_600))
    file = tmp_path / "auth0.prom"
    on = {"AUTH0_FEED_PROMETHEUS_FILE": str(file)}

    nothing = command("push", str(tmp_path), env={})
    quiet = command("push", str(tmp_path), "--quiet", env={})
    earlier = command("push", str(tmp_path), "--since", str(time.time() - 60), env=on)
    missing = command("push", str(tmp_path / "nowhere"), env=on)

    assert (nothing.returncode, "no variable turns a feed on" in nothing.stdout) == (0, True)
    assert (quiet.returncode, quiet.stdout + quiet.stderr) == (0, "")
    assert (earlier.returncode, file.exists()) == (0, False)
    assert missing.returncode == 3
    assert "Traceback" not in missing.stderr


@pytest.mark.parametrize("feed", [each.name for each in feeds.FEEDS])
def test_every_feed_is_rendered_for_whoever_asks_and_into_a_file(feed: str, tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick())

    printed = command(feed, str(tmp_path), env={})
    put = command(feed, str(tmp_path / "results.json"), "--output", str(tmp_path / "out"), env={})

    assert (printed.returncode, printed.stderr, put.returncode, put.stdout) == (0, "", 0, "")
    assert (tmp_path / "out").read_bytes().decode("utf-8", "replace") == printed.stdout != ""
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("arguments", "code"), [(("prometheus", "nowhere"), 1), (("invented",), 2), ((), 2), (("push", "--invented"), 2)]
)
def test_command_that_cannot_do_it_says_so_without_a_traceback(
    arguments: tuple[str, ...], code: int, command: Command
) -> None:
    ran = command(*arguments, env={})

    assert ran.returncode == code
    assert ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("file", "why"),
    [("auth0.txt", "does not end in .prom"), ("nowhere/auth0.prom", "No such file")],
)
def test_file_that_node_exporter_would_not_read_is_refused(file: str, why: str, tmp_path: Path) -> None:
    (came,) = sent({"AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / file)})

    assert came.failed
    assert why in came.said


def test_shard_without_a_tenant_sends_nothing(tmp_path: Path) -> None:
    file = tmp_path / "auth0.prom"
    shard = Shard(2, 3, ("prod",))
    empty = runs.run(shard=shard, tenants=())
    (came,) = feeds.push(empty, {"AUTH0_FEED_PROMETHEUS_FILE": str(file)}, Scrubber())

    assert (came.failed, file.exists()) == (False, False)
    assert "shard 2/3 has no tenant" in came.said


def test_parts_of_the_services_that_shards_have_do_not_replace_each_other() -> None:
    one, two = (made.well(shard=Shard(number, 2, ("prod", "staging"))) for number in (1, 2))
    paths = [{each.path for each in pushgateway.requests(run, "job")} for run in (one, two)]

    assert paths[0] & paths[1] == {"/metrics/job/job/tenant/prod", "/metrics/job/job/tenant/staging"}
    assert "/metrics/job/job/tenant/dependencies/shard/1-of-2" in paths[0]


@pytest.mark.parametrize(
    ("tenant", "path"),
    [("prod", "tenant/prod"), ("a/b", "tenant@base64/YS9i"), ("", "tenant@base64/="), ("ü", "tenant@base64/w7w")],
)
def test_group_of_any_name_is_one_part_of_a_path(tenant: str, path: str) -> None:
    assert pushgateway.group("job", tenant) == f"/metrics/job/job/{path}"


def test_make_probe_feeds_what_a_variable_names_and_keeps_the_status_of_the_run(tmp_path: Path) -> None:
    """As a user calls it; what is installed stays as it is."""
    file = tmp_path / "auth0.prom"
    arguments = f"--reports={tmp_path / 'reports'} -k issuer_is_this_tenant -q -p no:cacheprovider"
    ran = subprocess.run(
        ["make", "-o", ".venv/.runtime", "probe", f"ARGS={arguments}", f"RUN={sys.executable}"],  # noqa: S607
        cwd=ROOT,
        env=environment(AUTH0_FEED_PROMETHEUS_FILE=str(file), AUTH0_FEED_ICINGA_URL="http://icinga.acme.example"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "feed prometheus: " in ran.stdout
    assert "feed icinga: AUTH0_FEED_ICINGA_URL is no address" in ran.stderr
    assert 'mode="sandbox",status="up",tenant="sandbox"} 1.0' in file.read_text(encoding="utf-8")


def test_page_of_all_feeds_names_every_feed_and_its_variable() -> None:
    page = (ROOT / "docs/feeds.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [")]

    named = [name for feed in feeds.FEEDS for name in feed.variables]
    assert [name for name in named if sum(f"`{name}`" in row for row in rows) != 1] == []
    assert len(rows) == len(feeds.FEEDS) + 3, "serve, the plugin and scom are commands"


def test_variable_that_holds_two_settings_costs_its_feed_alone(tmp_path: Path) -> None:
    values = {"AUTH0_FEED_PROMETHEUS_FILE": f"{tmp_path}/a.prom\nAUTH0_PASSWORD=hunter22"}
    (came,) = sent(values)

    assert came.failed
    assert "more than one setting" in came.said
    assert "hunter22" not in came.said


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({}, []),
        ({"AUTH0_FEED_PROMETHEUS_FILE": "a.prom"}, ["prometheus"]),
        ({"AUTH0_FEED_PUSHGATEWAY_URL": "x"}, ["pushgateway"]),
        ({"AUTH0_FEED_NAGIOS_FILE": "x"}, ["passive"]),
        ({"AUTH0_FEED_ICINGA_URL": "x"}, ["icinga"]),
        ({"AUTH0_FEED_CHECKMK_FOLDER": "x"}, ["checkmk"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "x"}, ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "x", "OTEL_SDK_DISABLED": "false"}, ["otlp"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "x", "OTEL_SDK_DISABLED": " True "}, []),
        ({"OTEL_SDK_DISABLED": "false"}, []),
        ({"AUTH0_FEED_NEWRELIC_ACCOUNT": "1"}, ["newrelic"]),
        ({"AUTH0_FEED_DATADOG_URL": "x"}, ["datadog"]),
        ({"AUTH0_FEED_ZABBIX_SERVER": "x"}, ["zabbix"]),
        ({"AUTH0_FEED_SPLUNK_URL": "x"}, ["splunk"]),
        ({"AUTH0_FEED_AZURE_CONNECTION_STRING": "x"}, ["azure"]),
        ({"AUTH0_FEED_KUMA_URL": "x"}, ["kuma"]),
        ({"AUTH0_FEED_GATUS_URL": "x"}, ["gatus"]),
        ({"AUTH0_FEED_STATUSPAGE_PAGE": "x"}, ["statuspage"]),
        ({"AUTH0_FEED_DATADOG_URL": "   "}, []),
        ({"AUTH0_FEED_DATADOG_KEY": "x"}, []),
    ],
    ids=lambda given: "+".join(f"{name}={value}" for name, value in given.items()) if isinstance(given, dict) else "",
)
def test_feed_is_on_by_its_variable_alone(values: dict[str, str], names: list[str]) -> None:
    assert [feed.name for feed in feeds.on(values)] == names


@pytest.mark.parametrize("feed", feeds.FEEDS, ids=lambda feed: feed.name)
def test_each_feed_says_in_words_whom_it_tells(feed: feeds.FeedRow) -> None:
    words = {"otlp": "OpenTelemetry", "passive": "Nagios", "azure": "Azure", "newrelic": "New Relic", "kuma": "Kuma"}

    assert words.get(feed.name, feed.name).lower() in feed.title.lower()


def test_failure_that_names_no_variable_of_its_feed_gets_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from monitor.feeds import textfile

    variable = "AUTH0_FEED_PROMETHEUS_FILE"
    values = {variable: str(tmp_path / "a.prom")}
    for why, said in (("no room", f"no room ({variable})"), (f"{variable}: no room", f"{variable}: no room")):

        def send(*_: object, why: str = why) -> str:
            raise Unsent(why)

        monkeypatch.setattr(textfile, "send", send)
        assert sent(values) == [Sending("prometheus", said, failed=True)]
    monkeypatch.setattr(textfile, "send", lambda *_: "well")
    assert sent(values) == [Sending("prometheus", "well")]


def test_feeds_have_nearly_all_the_time_that_there_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from monitor.feeds import textfile

    monkeypatch.setattr(textfile, "send", lambda _run, _settings, courier: f"{courier.left():.3f}")
    (came,) = sent({"AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / "a.prom"), "AUTH0_FEED_TIMEOUT": "200s"})

    assert 100 < float(came.said) < 200


@pytest.mark.parametrize(
    ("variable", "value", "is_taken"),
    [
        ("AUTH0_FEED_MAX_AGE", "1d", True),
        ("AUTH0_FEED_MAX_AGE", "25h", False),
        ("AUTH0_FEED_TIMEOUT", "5m", True),
        ("AUTH0_FEED_TIMEOUT", "301s", False),
        ("AUTH0_FEED_TIMEOUT", "0s", False),
        ("AUTH0_FEED_TIMEOUT", "  ", True),
        ("AUTH0_FEED_HOST", "a" * 100, True),
        ("AUTH0_FEED_HOST", "a" * 101, False),
        ("AUTH0_FEED_MAX_AGE", "5m\nAUTH0_FEED_HOST=x", False),
    ],
    ids=lambda given: str(given)[:30],
)
def test_setting_is_taken_up_to_its_bound(variable: str, value: str, *, is_taken: bool) -> None:
    problems = feed_settings.read({variable: value}).problems

    assert [problem.split()[0] for problem in problems] == ([] if is_taken else [variable])


def test_settings_that_nobody_gives_are_the_documented_ones() -> None:
    read = feed_settings.read({})

    assert (read.host, read.max_age, read.seconds, read.problems) == ("auth0", 600, 10, ())
    assert read == feed_settings.FeedSettings()


@pytest.mark.parametrize("url", ["https://push.acme.example/#part", "http://127.0.0.1/?key=1", "", "https://"])
def test_address_with_more_than_a_path_or_with_nothing_is_refused(url: str) -> None:
    with pytest.raises(Unsent, match=URL):
        endpoint({URL: url}, URL)


def test_address_that_is_not_given_is_the_usual_one_and_names_its_variables() -> None:
    to = endpoint({KEY: " token "}, URL, KEY, usual="https://usual.example/")

    assert (to.variable, to.url, to.key) == (URL, "https://usual.example", KEY)
    assert to.headers["Authorization"].get_secret_value() == "Bearer token"
    assert endpoint({URL: "https://own.example"}, URL, KEY, usual="https://usual.example").url == "https://own.example"
    assert endpoint({URL: "https://own.example"}, URL, KEY).headers == {}


@pytest.mark.parametrize(("scheme", "header"), [("Splunk", "Splunk token"), ("", "token")])
def test_key_in_a_header_of_its_own_has_its_scheme_where_there_is_one(scheme: str, header: str) -> None:
    to = endpoint({URL: "https://x.example"}, URL)
    opened = feed_settings.opened_by(to, {KEY: " token "}, KEY, "X-Key", scheme)

    assert {name: value.get_secret_value() for name, value in opened.headers.items()} == {"X-Key": header}
    assert (opened.key, opened.url) == (KEY, "https://x.example")
    for bad in ("", "tök", "a\nb", "AUTH0_DOMAIN=x\nAUTH0_PASSWORD=y"):
        with pytest.raises(Unsent, match=KEY) as refused:
            feed_settings.opened_by(to, {KEY: bad}, KEY, "X-Key")
        assert not bad or bad not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        ("prod=a", {"prod": "a"}),
        (" prod=a,\n staging=b-_1 ,", {"prod": "a", "staging": "b-_1"}),
        ("prod=a staging=b", {"prod": "a", "staging": "b"}),
        (f"prod={'x' * 100}", {"prod": "x" * 100}),
    ],
    ids=["one", "lines", "spaces", "longest"],
)
def test_list_by_tenant_is_read(given: str, pairs: dict[str, str]) -> None:
    assert feed_settings.by_tenant({"LIST": given}, "LIST") == pairs


def test_one_of_several_requests_that_fails_is_said_with_how_many_and_the_others_are_sent() -> None:
    with Server(saying(answer(400, b"first")), saying(answer(200))) as server:
        to = Endpoint(URL, server.url)
        courier = Courier.within({}, Scrubber(), 20)
        some = [FeedRequest("POST", f"/{number}", b"{}") for number in range(3)]
        with pytest.raises(Unsent, match=r"refused it \(400: first\) \(1 of 3 requests failed\)"):
            courier.send_all(to, some)
        assert {each.split(" ")[1] for each in server.requests} == {"/0", "/1", "/2"}
        assert courier.send_all(to, some) == 3
        assert courier.send_all(to, []) == 0
    with Server(saying(answer(400, b"first"))) as server, pytest.raises(Unsent) as refused:
        Courier.within({}, Scrubber(), 20).send_all(Endpoint(URL, server.url), [FeedRequest("GET", "/")])
    assert "requests failed" not in str(refused.value)


@pytest.mark.parametrize(
    ("retry_after", "said"),
    [("45", "(503, again in 45 s)"), ("soon", "(503)"), ("9999999", "(503)"), ("-5", "(503)"), ("٣", "(503)")],
)
def test_time_from_when_on_a_reader_takes_something_is_said_where_it_is_one(retry_after: str, said: str) -> None:
    answered = Exchange((), 503, {"retry-after": retry_after})

    told = Courier.within({}, Scrubber(), 5).meaning(Endpoint(URL, "https://x.example"), answered)
    assert f"accepts nothing at the moment {said}" in told


@pytest.mark.parametrize("status", [199, 200, 299, 300, 399, 420, 429, 499, 500])
def test_status_of_an_answer_means_one_thing(status: int) -> None:
    told = Courier.within({}, Scrubber(), 5).meaning(Endpoint(URL, "https://x.example"), Exchange((), status))

    words = {"redirects": 300 <= status < 400, "accepts nothing": status in (420, 429, 500)}
    words["refused it"] = not any(words.values())
    assert [word for word, is_said in words.items() if is_said] == [word for word in words if word in told]


@pytest.mark.parametrize(
    ("ago", "why"),
    [(590.0, ""), (610.0, r"too old to say anything \(at most 10 min, AUTH0_FEED_MAX_AGE\)"), (-400.0, "lies ahead")],
)
def test_run_is_believed_until_it_is_too_old_and_the_variable_is_named(ago: float, why: str) -> None:
    if why:
        with pytest.raises(Unsent, match=why):
            believable(made.well(ago=ago), 600)
        with pytest.raises(Unsent) as refused:
            believable(made.well(ago=610), 600, "")
        assert "AUTH0" not in str(refused.value)
        return
    assert believable(made.well(ago=ago), 600) == pytest.approx(ago, abs=9)


def test_earlier_run_is_sent_where_it_began_after_the_moment_that_is_named(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.well(ago=100, seconds=1.0))
    file = tmp_path / "auth0.prom"
    values = {"AUTH0_FEED_PROMETHEUS_FILE": str(file)}

    assert command("push", str(tmp_path), "--since", str(time.time() - 50), env=values).stdout == ""
    assert not file.exists()
    assert command("push", str(tmp_path), "--since", str(time.time() - 160), env=values).stdout.startswith("feed ")
    assert file.exists()


def test_problem_of_a_setting_is_said_once_beside_what_is_sent_and_a_missing_run_too(
    tmp_path: Path, command: Command
) -> None:
    values = {"AUTH0_FEED_PROMETHEUS_FILE": str(tmp_path / "auth0.prom"), "AUTH0_FEED_MAX_AGE": "soon"}
    nothing = command("push", str(tmp_path / "nowhere.json"), env=values)
    assert nothing.returncode == 3
    assert "nothing is sent: " in nothing.stderr

    results.write(tmp_path / "results.json", made.sick())
    ran = command("push", str(tmp_path), env=values)
    assert (ran.returncode, ran.stderr.count("AUTH0_FEED_MAX_AGE is no time")) == (0, 1)
    assert ran.stdout.startswith("feed prometheus: ")


def test_file_that_cannot_be_written_and_package_that_is_missing_are_said(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.write(tmp_path / "results.json", made.sick())

    ran = command("ctrf", str(tmp_path), "--output", str(tmp_path / "nowhere/out"), env={})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "was not written (No such file or directory)" in ran.stderr
    monkeypatch.setitem(sys.modules, "monitor.feeds.ctrf_feed", None)
    ran = command("ctrf", str(tmp_path), env={})
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "is not installed: see docs/feeds.md" in ran.stderr


def test_settings_hold_for_what_is_rendered(tmp_path: Path, command: Command) -> None:
    results.write(tmp_path / "results.json", made.sick())

    ran = command("passive", str(tmp_path), env={"AUTH0_FEED_HOST": "login.acme"})
    assert ran.stdout
    assert all(";login.acme;" in line for line in ran.stdout.splitlines())


class Gateway:
    """A Pushgateway: which groups it has, and since when; ``says`` is its list, where it is another."""

    def __init__(self, *groups: str, age: float = 0.0, says: bytes | None = None) -> None:
        self.groups = {f"/metrics/job/auth0_synthetic/tenant/{name}": time.time() - age for name in groups}
        self.says = says

    def __call__(self, connection: Connection) -> None:
        method, path = connection.receive().split(" ")[:2]
        if method == "PUT":
            self.groups[path] = time.time()
        elif method == "DELETE":
            del self.groups[path]
        connection.send(answer(200, self._listed() if method == "GET" else b""))

    def _listed(self) -> bytes:
        if self.says is not None:
            return self.says
        told = [
            {
                "labels": {"job": path.split("/")[3], "tenant": path.split("/")[5]},
                "push_time_seconds": {"metrics": [{"value": str(at)}]},
            }
            for path, at in self.groups.items()
        ]
        return json.dumps({"data": told}).encode()

    @property
    def tenants(self) -> set[str]:
        return {path.split("/")[5] for path in self.groups if path.split("/")[3] == "auth0_synthetic"}


def pushed(gateway: Gateway, run: Run, memory: Path, **values: str) -> str:
    with Server(gateway) as server:
        # the address is a part of what is remembered, so the port must not be
        values = {URL: "http://127.0.0.1:1", "AUTH0_MEMORY": str(memory)} | values
        courier = _Redirected(values, Scrubber(), time.monotonic() + 20)
        courier.real.append(server.url)
        return pushgateway.send(run, feed_settings.FeedSettings(), courier)


class _Redirected(Courier):
    """One who asks a server of the test's in the place of the address that is configured."""

    real: ClassVar[list[str]] = []

    def ask(self, endpoint: Endpoint, request: FeedRequest) -> Exchange:
        return Courier.ask(self, replace(endpoint, url=self.real[-1]), request)


def test_group_of_a_tenant_that_is_no_more_is_deleted_and_of_one_that_is_configured_stays(tmp_path: Path) -> None:
    gateway, memory = Gateway(), tmp_path / "far/deep/memory.sqlite"
    assert pushed(gateway, made.sick(), memory) == "5 groups pushed"
    assert gateway.tenants == {"prod", "staging", "dev", "lab", "dependencies"}

    still = {"AUTH0_TENANTS": "lab", "AUTH0_LAB_DOMAIN": "lab.eu.auth0.com"}
    assert pushed(gateway, made.well(), memory, **still) == "3 groups pushed, 1 group deleted"
    assert gateway.tenants == {"prod", "staging", "lab", "dependencies"}
    assert pushed(gateway, made.well(), memory) == "3 groups pushed, 1 group deleted"
    assert gateway.tenants == {"prod", "staging", "dependencies"}
    assert pushed(gateway, made.well(), memory) == "3 groups pushed"


def test_group_of_another_shard_stays_and_a_drill_takes_nothing_away(tmp_path: Path) -> None:
    gateway, memory = Gateway(), tmp_path / "memory.sqlite"
    pushed(gateway, made.sick(), memory)
    shard = Shard(1, 2, ("prod", "staging", "dev", "lab"))

    assert pushed(gateway, made.well(shard=shard), memory) == "3 groups pushed"
    assert pushed(gateway, made.well(mode="drill"), memory) == "3 groups pushed"
    assert gateway.tenants == {"prod", "staging", "dev", "lab", "dependencies"}
    assert pushed(gateway, made.well(), memory) == "3 groups pushed, 2 groups deleted"


@pytest.mark.parametrize(("age", "deleted"), [(90_000.0, True), (80_000.0, False)])
@pytest.mark.parametrize("content", [None, "{", "[]", '{"x": 1}'], ids=["none", "no JSON", "a list", "of another"])
def test_group_that_is_not_remembered_is_deleted_when_nobody_pushed_it_for_a_day(
    age: float, content: str | None, tmp_path: Path, *, deleted: bool
) -> None:
    gateway = Gateway("gone", age=age)
    gateway.groups["/metrics/job/other/tenant/theirs"] = 0.0
    if content is not None:
        (tmp_path / "feeds.json").write_text(content, encoding="utf-8")

    said = pushed(gateway, made.well(), tmp_path / "memory.sqlite")
    assert said == ("3 groups pushed, 1 group deleted" if deleted else "3 groups pushed")
    assert ("gone" in gateway.tenants) is not deleted
    assert "/metrics/job/other/tenant/theirs" in gateway.groups


@pytest.mark.parametrize("says", [b"", b"{}", b'{"data": [1]}', b'{"data": [{"labels": {"job": "auth0_synthetic"}}]}'])
def test_gateway_that_cannot_say_what_it_has_loses_nothing_and_costs_nothing(says: bytes, tmp_path: Path) -> None:
    gateway = Gateway("gone", age=90_000, says=says)

    assert pushed(gateway, made.well(), tmp_path / "memory.sqlite") == "3 groups pushed"
    assert "gone" in gateway.tenants


@pytest.mark.parametrize(("job", "is_one"), [("", True), ("logins-1.a_b", True), ("a/b", False), ("a b", False)])
def test_job_is_a_name_or_is_refused(job: str, tmp_path: Path, *, is_one: bool) -> None:
    values = {URL: "https://push.acme.example", pushgateway.JOB: job}
    if not is_one:
        with pytest.raises(Unsent, match=pushgateway.JOB):
            pushgateway.destination(values)
        return
    assert pushgateway.destination(values).url == "https://push.acme.example"
    gateway = Gateway()
    pushed(gateway, made.well(), tmp_path / "memory.sqlite", **{pushgateway.JOB: job})
    assert {path.split("/")[3] for path in gateway.groups} == {job or "auth0_synthetic"}


def test_group_has_its_own_tenant_alone_and_a_type_that_is_read() -> None:
    for request in pushgateway.requests(made.sick(), "job"):
        tenant = request.path.rpartition("/")[2]
        assert request.method == "PUT"
        assert request.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert set(re.findall(r'tenant="(\w+)"', request.content.decode())) == {tenant}
