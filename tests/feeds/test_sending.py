"""Sending: within its time, to https alone, without a redirect, and without a secret in what is said of it."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor import feeds, results
from monitor.configuration import hiding
from monitor.exchange import Exchange
from monitor.feeds import feed_settings, pushgateway
from monitor.feeds.feed_settings import Endpoint, Unsent, duration, endpoint, is_loopback
from monitor.feeds.sending import Courier, FeedRequest, Sending, at_once
from monitor.secrets import Scrubber
from monitor.shards import Shard
from tests.feeds import made
from tests.feeds.conftest import Command
from tests.reports import runs
from tests.suite import ROOT, environment
from tests.wire.servers import Server, answer, saying, silent

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
