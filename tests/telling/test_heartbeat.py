"""The dead-man's switch: in the form that its receiver reads, in time, and with nothing of its address in the words."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.secrets import Scrubber
from monitor.telling import acknowledged, heartbeat
from monitor.telling.channel import Untold
from tests.canaries import found
from tests.telling.desk import Desk, cause
from tests.wire.servers import Server, answer, saying, silent, unused_port

UUID = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278"
PUSH = "cAnaRy0123456789"
KEY = "gatus-canary-0123456789abcdef"


def beat(server: Server, path: str, status: int | None = 0, changed: Mapping[str, str] | None = None) -> str:
    values = {"AUTH0_HEARTBEAT_URL": f"{server.url}{path}", "AUTH0_HEARTBEAT_KEY": KEY, **(changed or {})}
    return heartbeat.send(values, Scrubber(), status=status, seconds=1.5, said="up: login works")


@pytest.mark.parametrize(
    ("path", "status", "line"),
    [
        (f"/{UUID}", 0, f"GET /{UUID} "),
        (f"/{UUID}", 1, f"GET /{UUID}/fail "),
        (f"/{UUID}", 3, f"GET /{UUID}/3 "),
        (f"/ping/{UUID}", 1, f"GET /ping/{UUID}/fail "),
        ("/fqOOd6-F4MMNuCEnzTU01w/login-watch", 1, "GET /fqOOd6-F4MMNuCEnzTU01w/login-watch/fail "),
        (f"/{UUID}", None, f"GET /{UUID}/start "),
        ("/alive", 0, "GET /alive "),
        ("/alive?state={status}", 0, "GET /alive?state=up "),
        ("/alive/{status}", 1, "GET /alive/down "),
        ("/m?said={message}", 0, "GET /m?said=up%3A%20login%20works "),
    ],
)
def test_form_is_known_by_the_shape_of_the_address(path: str, status: int | None, line: str) -> None:
    with Server(saying()) as server:
        beat(server, path, status)

    assert server.requests[0].startswith(line)


@pytest.mark.parametrize(("status", "word"), [(0, "up"), (1, "down")])
def test_uptime_kuma_is_told_up_or_down_and_never_true(status: int, word: str) -> None:
    with Server(saying()) as server:
        beat(server, f"/api/push/{PUSH}?status=true&msg=OK&ping=", status)
    path = urlsplit(server.requests[0].split(" ")[1])

    assert path.path == f"/api/push/{PUSH}"
    assert parse_qs(path.query) == {"status": [word], "msg": ["up: login works"], "ping": ["1500"]}


@pytest.mark.parametrize(("status", "success"), [(0, "true"), (1, "false")])
def test_gatus_is_posted_to_with_its_token(status: int, success: str) -> None:
    with Server(saying()) as server:
        beat(server, "/api/v1/endpoints/core_login/external", status)
    first, _, rest = server.requests[0].partition("\r\n")

    assert first.startswith(f"POST /api/v1/endpoints/core_login/external?success={success}")
    assert ("error=" in first) is bool(status)
    assert "duration=1.500s" in first
    assert f"Authorization: Bearer {KEY}" in rest


def test_every_receiver_can_be_forced() -> None:
    assert set(heartbeat.FORMS) == {each.name for each in (*heartbeat.RECEIVERS, heartbeat.PLAIN)}


KINDS = {
    "healthchecks": (f"/ping/{UUID}", f"/ping/{UUID}", f"/ping/{UUID}/fail", f"/ping/{UUID}/start"),
    "uptime-kuma": (f"/api/push/{PUSH}", "status=up", "status=down", ""),
    "gatus": ("/api/v1/endpoints/core_login/external", "success=true", "success=false", ""),
    "better-stack": (f"/api/v1/heartbeat/{PUSH}", f"/heartbeat/{PUSH} ", f"/heartbeat/{PUSH}/fail", ""),
    "cronitor": (f"/p/{PUSH}/login?state=complete", "state=complete", "state=fail", "state=run"),
    "checkly": (f"/heartbeats/ping/{UUID}", f"/heartbeats/ping/{UUID} ", "", ""),
    "status-in-it": ("/alive?is={status}", "is=up", "is=down", ""),
    "unknown": ("/alive", "/alive ", "", ""),
}
"""The address, and a part of what is sent after a good round, after one that failed, and at the beginning of one.

Empty: nothing is sent.
"""


@pytest.mark.parametrize("status", [0, 1, None], ids=["good", "failed", "begins"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_receiver_is_told_each_outcome_in_its_own_words(kind: str, status: int | None) -> None:
    path, good, failed, begins = KINDS[kind]
    expected = {0: good, 1: failed, None: begins}[status]
    with Server(saying()) as server:
        said = beat(server, path, status)

    assert [expected in each.partition("\r\n")[0] for each in server.requests] == ([True] if expected else [])
    assert ("was sent nothing" in said) is (not expected)


@pytest.mark.parametrize("kind", [kind for kind, (_, good, *_) in KINDS.items()])
def test_round_that_failed_never_looks_like_a_good_one(kind: str) -> None:
    with Server(saying()) as server:
        beat(server, KINDS[kind][0], 0)
        beat(server, KINDS[kind][0], 1)
        beat(server, KINDS[kind][0], 3)
    lines = [each.partition("\r\n")[0] for each in server.requests]

    assert lines[0] not in lines[1:]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (f"https://hc-ping.com/{UUID}", "healthchecks"),
        ("https://hc-ping.com/fqOOd6-F4MMNuCEnzTU01w/login-watch", "healthchecks"),
        (f"https://ping.checklyhq.com/{UUID}", "checkly"),
        (f"https://api.checklyhq.com/heartbeats/ping/{UUID}", "checkly"),
        ("https://nosnch.in/c2354d53d2", "dead-mans-snitch"),
        ("https://uptime.betterstack.com/api/v1/heartbeat/abcDEF123", "better-stack"),
        ("https://cronitor.link/p/0123456789abcdef/login", "cronitor"),
        ("https://cronitor.link/abc123/complete", "plain"),
        (f"https://notchecklyhq.com/{UUID}", "healthchecks"),
        ("https://beat.example/x", "plain"),
    ],
)
def test_receiver_is_known_by_its_host_or_its_path(address: str, name: str) -> None:
    assert heartbeat.receiver(address, "").name == name


@pytest.mark.parametrize("form", [each for each in heartbeat.FORMS if each != "plain"])
def test_form_that_is_forced_sends_nothing_that_looks_alive_after_a_failure(form: str) -> None:
    with Server(saying()) as server:
        beat(server, "/behind/a/proxy", 0, {"AUTH0_HEARTBEAT_FORM": form})
        beat(server, "/behind/a/proxy", 1, {"AUTH0_HEARTBEAT_FORM": form})
    lines = [each.partition("\r\n")[0] for each in server.requests]

    assert lines
    assert lines[0] not in lines[1:]


@pytest.mark.parametrize(
    ("options", "path"),
    [(("--exit-status", "3"), f"/{UUID}/3"), (("--exit-status", "0"), f"/{UUID}"), (("--started",), f"/{UUID}/start")],
    ids=["status", "no-failure", "beginning"],
)
def test_exit_status_and_beginning_of_a_round_are_told(desk: Desk, options: tuple[str, ...], path: str) -> None:
    desk.began = time.time() - 60
    desk.run()
    with Server(saying()) as server:
        ran = desk.call("heartbeat", *options, AUTH0_HEARTBEAT_URL=f"{server.url}/{UUID}")

    assert ran.returncode == 0, ran.stderr
    assert server.requests[0].split(" ")[1] == path


def test_failure_of_which_nothing_is_sent_is_said(desk: Desk) -> None:
    with Server(saying()) as server:
        ran = desk.call("heartbeat", "--failed", AUTH0_HEARTBEAT_URL=f"{server.url}/alive")

    assert (ran.returncode, server.requests) == (0, [])
    assert "AUTH0_HEARTBEAT_URL (plain) has no word for a failure, and was sent nothing" in ran.stdout


def test_form_can_be_forced() -> None:
    with Server(saying()) as server:
        beat(server, "/behind/a/proxy", 1, {"AUTH0_HEARTBEAT_FORM": "healthchecks"})

    assert server.requests[0].startswith("GET /behind/a/proxy/fail ")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"AUTH0_HEARTBEAT_URL": "hc-ping.com/x"}, "AUTH0_HEARTBEAT_URL is no address"),
        ({"AUTH0_HEARTBEAT_URL": "https://[bad/x"}, "AUTH0_HEARTBEAT_URL is no address"),
        ({"AUTH0_HEARTBEAT_FORM": "pigeon"}, "AUTH0_HEARTBEAT_FORM is none of healthchecks"),
        ({"AUTH0_HEARTBEAT_FORM": "gatus", "AUTH0_HEARTBEAT_KEY": ""}, "AUTH0_HEARTBEAT_KEY is not set"),
        ({"AUTH0_HEARTBEAT_URL": f"http://127.0.0.1:{unused_port()}/{UUID}"}, "was not reached: "),
    ],
    ids=["no-scheme", "no-host", "no-form", "no-token", "nobody"],
)
def test_what_is_wrong_with_it_is_told(changed: dict[str, str], said: str) -> None:
    with Server(saying()) as server, pytest.raises(Untold, match=said):
        beat(server, "/x", changed=changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"AUTH0_HEARTBEAT_URL": "https://beat.invalid/0123456789abcdefAUTH0_PASSWORD=hunter2-hunter2"},
        {"AUTH0_HEARTBEAT_URL": "https://beat.invalid/api/v1/endpoints/x/external", "AUTH0_HEARTBEAT_KEY": "ключ"},
        {"AUTH0_HEARTBEAT_URL": "https://beat.invalid/api/v1/endpoints/x/external", "AUTH0_HEARTBEAT_KEY": "a\nb"},
        {"AUTH0_HEARTBEAT_URL": "https://beat.invalid/x", "AUTH0_HEARTBEAT_FORM": "plainAUTH0_ISSUES=acme/x"},
    ],
    ids=["joined", "letters", "lines", "form"],
)
def test_heartbeat_of_which_a_variable_cannot_be_read_is_not_sent(changed: dict[str, str]) -> None:
    with pytest.raises(Untold, match="AUTH0_HEARTBEAT_") as refused:
        heartbeat.send(changed, Scrubber(), status=0, seconds=1.5, said="up")

    assert "was not reached" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("how", ["500", "404", "hangs"])
def test_heartbeat_that_does_not_arrive_fails(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "TIMEOUT", 1.0)
    script = silent if how == "hangs" else saying(answer(int(how)))
    with Server(script) as server, pytest.raises(Untold, match="was not reached: " if how == "hangs" else how):
        beat(server, f"/{UUID}")


@pytest.mark.parametrize(
    ("state", "options", "path"),
    [
        ("well", (), f"/{UUID}"),
        ("ill", (), f"/{UUID}"),
        ("well", ("--failed",), f"/{UUID}/fail"),
        ("killed", (), f"/{UUID}/fail"),
        ("missing", (), f"/{UUID}/fail"),
        ("garbled", (), f"/{UUID}/fail"),
        ("old", (), f"/{UUID}/fail"),
        ("ahead", (), f"/{UUID}/fail"),
    ],
)
def test_round_that_did_not_end_is_told_as_failed(desk: Desk, state: str, options: tuple[str, ...], path: str) -> None:
    """A tenant that is ill is no failure of the monitor: incidents tell of that."""
    desk.began = time.time() - {"old": 7200, "ahead": -7200}.get(state, 60)
    desk.run(*([cause()] if state == "ill" else []))
    results = desk.reports / "results.json"
    document = json.loads(results.read_text())
    if state == "killed":
        document["run"]["ended"] = "running"
        results.write_text(json.dumps(document))
    elif state in ("missing", "garbled"):
        results.unlink() if state == "missing" else results.write_text("{")
    with Server(saying()) as server:
        ran = desk.call("heartbeat", *options, AUTH0_HEARTBEAT_URL=f"{server.url}/{UUID}")

    assert ran.returncode == 0, ran.stderr
    assert server.requests[0].split(" ")[1] == path
    assert "AUTH0_HEARTBEAT_URL (healthchecks) answered 200" in ran.stdout


def test_command_says_what_was_answered_and_nothing_of_the_address(desk: Desk) -> None:
    desk.began = time.time() - 60
    desk.run()
    with Server(saying(answer(404, PUSH.encode()))) as server:
        url = f"{server.url}/api/push/{PUSH}?status=up&msg=OK&ping="
        ran = desk.call("heartbeat", AUTH0_HEARTBEAT_URL=url)

    assert ran.returncode == 1
    assert "AUTH0_HEARTBEAT_URL (uptime-kuma) answered 404" in ran.stderr
    assert found({"stdout": ran.stdout, "stderr": ran.stderr}, [PUSH]) == []


def test_heartbeat_that_is_not_configured_is_said_and_no_failure(desk: Desk) -> None:
    ran = desk.call("heartbeat")

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "no heartbeat: AUTH0_HEARTBEAT_URL is not set\n", "")


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        (f"https://hc-ping.com/{UUID}", {UUID}),
        (f"https://kuma.example/api/push/{PUSH}?status=up&msg=OK&ping=", {PUSH}),
        ("https://gatus.example:8443/api/v1/endpoints/core_login/external", {"core_login"}),
        (
            "https://who:s3cr3t%21@x.example/{status}?said={message}#k3y-123",
            {"who:s3cr3t%21", "s3cr3t%21", "s3cr3t!", "k3y-123"},
        ),
        ("https://[::1/s3cr3t", {"s3cr3t", ":1", ":1/s3cr3t"}),
        ("", set()),
    ],
)
def test_all_of_its_address_but_the_host_is_secret(address: str, hidden: set[str]) -> None:
    assert heartbeat.secrets(address) == hidden


SIGN_IN = b'<!DOCTYPE html><html><form action="/login"><input name="u"><input type="password"></form></html>'
HTML = b"\n<!-- edge 7 -->\n<HTML><title>Welcome</title></HTML>"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"OK (not found)", "OK (not found)"),
        (b"OK (rate limited)", "rate limited"),
        (b'{"ok": false, "msg": "Monitor not found or not active."}', "Monitor not found"),
        (b'{"ok":"false"}', "was not taken"),
        (b'{"error": {"message": "no such monitor"}}', "no such monitor"),
        (b'{"success": false}', "was not taken"),
        (b'{"status": "error"}', "was not taken"),
        (b'{"status": 404, "detail": "x"}', "was not taken"),
        (b"Not Found", "Not Found"),
        (SIGN_IN, "asks for a password"),
        (b"\xef\xbb\xbf" + HTML, "a page of HTML"),
    ],
    ids=["healthchecks", "limited", "kuma", "word", "error", "success", "status", "number", "text", "sign-in", "page"],
)
def test_answer_that_takes_no_heartbeat_is_a_failure_whatever_its_status(kind: str, body: bytes, why: str) -> None:
    with Server(saying(answer(200, body, content_type="text/html"))) as server, pytest.raises(Untold) as raised:
        beat(server, KINDS[kind][0])

    assert why in str(raised.value)
    assert "answered 200" in str(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        b"OK",
        b"",
        b'{"ok":true}',
        b"Got it, thanks!",
        b'{"code":200,"error":null}',
        b"[]",
        b"1",
        b"up: login works",
        b"{",
    ],
    ids=["healthchecks", "gatus", "kuma", "snitch", "null", "list", "number", "echo", "broken"],
)
def test_answer_that_takes_it_is_told_in_its_own_words(body: bytes) -> None:
    with Server(saying(answer(200, body, content_type="text/html"))) as server:
        said = beat(server, f"/{UUID}")

    assert said == "AUTH0_HEARTBEAT_URL (healthchecks) answered 200" + (f" ({body.decode()})" if body else "")


@pytest.mark.parametrize("body", [b'{"status": "down"}', b'{"status":"fail","received":true}', b'{"result": "Failed"}'])
def test_word_for_a_failed_round_may_be_repeated_by_who_was_told_of_one(body: bytes) -> None:
    with Server(saying(answer(200, body))) as server:
        assert "answered 200" in beat(server, "/alive?state={status}", 1)
        with pytest.raises(Untold, match="was not taken"):
            beat(server, "/alive?state={status}", 0)


@pytest.mark.parametrize(
    "body", [b'{"status": "error"}', b'{"status":"down","ok":false}', b'{"status": "down", "error": "x"}']
)
def test_failed_round_is_refused_as_any_other(body: bytes) -> None:
    with Server(saying(answer(200, body))) as server, pytest.raises(Untold, match="was not taken"):
        beat(server, "/alive?state={status}", 1)


def test_receiver_that_is_known_to_answer_with_pages_may() -> None:
    forced = {"AUTH0_HEARTBEAT_FORM": "plain"}
    with Server(saying(answer(200, HTML))) as server:
        with pytest.raises(Untold, match="set AUTH0_HEARTBEAT_FORM=plain"):
            beat(server, "/alive")
        assert beat(server, "/alive", changed=forced).endswith("answered 200")
    with Server(saying(answer(200, SIGN_IN))) as server, pytest.raises(Untold, match="asks for a password"):
        beat(server, "/alive", changed=forced)


def test_what_is_answered_is_written_without_the_address(desk: Desk) -> None:
    desk.began = time.time() - 60
    desk.run()
    with Server(saying(answer(200, f"no such monitor: {PUSH}".encode()))) as server:
        ran = desk.call("heartbeat", AUTH0_HEARTBEAT_URL=f"{server.url}/api/push/{PUSH}")

    assert ran.returncode == 1
    assert "no such monitor" in ran.stderr
    assert found({"stdout": ran.stdout, "stderr": ran.stderr}, [PUSH]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Not found", "not-found", "NOT_FOUND", "no such check", "rate limited", "rate-limited", "invalid token",
        "Unauthorized", "unauthorised", "403 Forbidden", "Access denied", "unknown monitor", "it does not exist",
        "please sign in", "sign-in required", "token expired", "monitor is not active", "inactive",
    ],
)  # fmt: skip
def test_words_of_a_refusal_are_known_in_a_short_answer(text: str) -> None:
    assert "was not taken" in acknowledged.refusal(text.encode(), "", failed=False, may_be_a_page=False)


@pytest.mark.parametrize("text", ["OK", "notfoundation", "validated", "the denier", "thanks, unknowingly"])
def test_words_that_only_look_like_a_refusal_are_none(text: str) -> None:
    assert acknowledged.refusal(text.encode(), "", failed=False, may_be_a_page=False) == ""


@pytest.mark.parametrize(("length", "taken"), [(300, False), (301, True)])
def test_long_text_is_no_answer_in_which_a_word_is_looked_for(length: int, taken: bool) -> None:  # noqa: FBT001
    body = "not found".ljust(length, ".").encode()

    assert (acknowledged.refusal(body, "", failed=False, may_be_a_page=False) == "") is taken


def test_receiver_may_repeat_what_it_was_told_whatever_words_are_in_it() -> None:
    said = "up: one login is slow; the custom domain was not found in time"

    assert acknowledged.refusal(f"got: {said}".encode(), said, failed=False, may_be_a_page=False) == ""
    assert acknowledged.refusal(f"not found: {said}".encode(), said, failed=False, may_be_a_page=False) != ""


@pytest.mark.parametrize(
    ("document", "taken"),
    [
        ({"ok": True}, True),
        ({"OK": False}, False),
        ({"ok": "no, false alarm"}, True),
        ({"success": " False "}, False),
        ({"acknowledged": False}, False),
        ({"received": False}, False),
        ({"received": "not ok"}, False),
        ({"error": "x"}, False),
        ({"errors": ["x"]}, False),
        ({"error": "", "errors": []}, True),
        ({"status": "ko"}, False),
        ({"result": "ERROR"}, False),
        ({"status": "failure"}, False),
        ({"status": "ok", "result": "error"}, True),
        ({"code": 399}, True),
        ({"code": 400}, False),
        ({"code": 599}, False),
        ({"code": 600}, True),
        ({"status": 500}, False),
        ({"status": 500, "code": 200}, True),
        ({"code": "404"}, True),
        ({"code": True}, True),
        ({"value": False}, True),
    ],
    ids=str,
)
def test_object_says_by_its_fields_whether_the_heartbeat_was_taken(document: dict[str, object], *, taken: bool) -> None:
    said = acknowledged.refusal(json.dumps(document).encode(), "", failed=False, may_be_a_page=False)

    assert (said == "") is taken


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html>x", "<html lang=en>", "<head>", "<body class=a>", "<title>Portal</title>", "<meta charset=x>",
        "<script>go()</script>", "<form>", '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">',
        "\n\n<!-- a -->\n<HTML>",
    ],
)  # fmt: skip
def test_page_is_known_by_how_it_begins_and_is_no_word_of_an_answer(page: str) -> None:
    assert "a page of HTML" in acknowledged.refusal(page.encode(), "", failed=False, may_be_a_page=False)
    assert acknowledged.refusal(page.encode(), "", failed=False, may_be_a_page=True) == ""
    assert acknowledged.said(page.encode()) == ""
    asking = f"{page}<input type='password'>".encode()
    assert "asks for a password" in acknowledged.refusal(asking, "", failed=False, may_be_a_page=True)


@pytest.mark.parametrize("text", ["<htmlish>", "OK <html>", "<b>OK</b>"])
def test_text_with_a_tag_in_it_is_no_page(text: str) -> None:
    assert acknowledged.refusal(text.encode(), "", failed=False, may_be_a_page=False) == ""


@pytest.mark.parametrize(
    ("status", "query"),
    [
        (0, {"state": ["complete"], "message": ["up: login works"], "metric": ["duration:1.500"]}),
        (1, {"state": ["fail"], "message": ["up: login works"], "metric": ["duration:1.500"]}),
        (None, {"state": ["run"], "metric": ["duration:1.500"]}),
    ],
    ids=["good", "failed", "begins"],
)
def test_cronitor_is_told_the_state_a_message_and_how_long_it_took(
    status: int | None, query: dict[str, list[str]]
) -> None:
    with Server(saying()) as server:
        beat(server, "/p/cAnaRy0123456789/login?env=prod&state=complete", status)

    assert parse_qs(urlsplit(server.requests[0].split(" ")[1]).query) == {"env": ["prod"]} | query


@pytest.mark.parametrize(
    ("path", "absent"),
    [
        (f"/api/push/{PUSH}", "ping="),
        ("/api/v1/endpoints/core_login/external", "duration="),
        ("/p/cAnaRy0123456789/login", "metric="),
    ],
)
def test_time_that_is_not_known_is_not_told(path: str, absent: str) -> None:
    values = {"AUTH0_HEARTBEAT_KEY": KEY}
    with Server(saying()) as server:
        values["AUTH0_HEARTBEAT_URL"] = f"{server.url}{path}"
        heartbeat.send(values, Scrubber(), status=1, seconds=None, said="the round failed")

    assert absent not in server.requests[0].partition("\r\n")[0]


@pytest.mark.parametrize("status", [199, 300, 304, 400])
def test_answer_that_is_no_2xx_is_a_failure(status: int) -> None:
    with Server(saying(answer(status))) as server, pytest.raises(Untold):
        beat(server, "/alive")


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_2xx_is_taken(status: int) -> None:
    with Server(saying(answer(status))) as server:
        assert f"answered {status}" in beat(server, "/alive")


def test_sentence_of_a_heartbeat_is_of_200_characters_at_most() -> None:
    with Server(saying()) as server:
        values = {"AUTH0_HEARTBEAT_URL": f"{server.url}/m?said={{message}}"}
        heartbeat.send(values, Scrubber(), status=0, seconds=1.5, said="x" * 300)

    assert server.requests[0].startswith(f"GET /m?said={'x' * 200} ")
