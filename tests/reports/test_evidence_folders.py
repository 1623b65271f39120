from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from har_capture.validation import load_har

from monitor import reports, results
from monitor.reports import EARLIER, curl, evidence_folders, html, of_newest
from monitor.reports import har as archives
from monitor.secrets import MASK
from monitor.verdict import Run
from tests.reports import har, runs

CERTIFICATE = {
    "sha256": "ab" * 32,
    "subject": "CN=prod.example",
    "issuer": "CN=An Authority",
    "names": ["prod.example", "*.prod.example"],
    "not_before": "2026-11-01T00:00:00Z",
    "not_after": "2027-01-30T00:00:00Z",
    "serial": "4d2",
}


def sent(**said: Any) -> dict[str, Any]:
    return {
        "headers": {
            "Host": "prod.example",
            "User-Agent": "monitor/1",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        "authorization": None,
        "form": "form",
        "fields": {"grant_type": "password", "username": "o'neill $(id)", "password": "$AUTH0_PASSWORD"},
        "variables": {"password": "AUTH0_PASSWORD"},
        "headers_bytes": 180,
        "body_bytes": 90,
    } | said


def attempt(request: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
    seen = {
        "request": request or sent(),
        "timeout": 30.0,
        "connect_timeout": 5.0,
        "addresses": ["203.0.113.9", "2001:db8::9"],
        "pinned": None,
        "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"},
        "certificates": [CERTIFICATE],
        "chain_is_whole": False,
        "answer": {
            "http": "HTTP/1.1",
            "reason": "Oops",
            "headers_bytes": 300,
            "body_bytes": 60,
            "error": "server_error",
        },
        "skew": -12.3,
    }
    return runs.attempt(**{"status": 500, "address": "203.0.113.9:443", "evidence": seen} | said)


def hostile() -> dict[str, Any]:
    """An attempt of which every text is as bad as it can be."""

    def worse(value: Any) -> Any:
        if isinstance(value, dict):
            return {f"{key}": worse(each) for key, each in value.items()} | {runs.HOSTILE: runs.HOSTILE}
        return [worse(each) for each in value] if isinstance(value, list) else runs.HOSTILE

    bad = worse(sent(authorization={"scheme": "Bearer", "user": "", "variable": ""})) | {
        "headers_bytes": 1,
        "body_bytes": 1,
        "variables": {"password": runs.HOSTILE},
    }
    seen = attempt(bad)["evidence"] | {
        "addresses": [runs.HOSTILE],
        "pinned": runs.HOSTILE,
        "certificates": [worse(CERTIFICATE)],
    }
    texts: dict[str, Any] = dict.fromkeys(("method", "url", "error", "address"), runs.HOSTILE)
    return attempt(**texts, headers={runs.HOSTILE: runs.HOSTILE, "location": runs.HOSTILE}, evidence=seen)


def written(tmp_path: Path, run: Run) -> dict[str, dict[str, str]]:
    evidence_folders.write(tmp_path / "evidence", run)
    found: dict[str, dict[str, str]] = {}
    for file in (tmp_path / "evidence").glob("*/*"):
        found.setdefault(file.parent.name, {})[file.name] = file.read_text(encoding="utf-8")
    return found


def arguments(script: str, **variables: str) -> list[str]:
    """What the shell makes of the script's command, with another program in curl's place."""
    shown = "curl() { for each; do printf '%s\\0' \"$each\"; done; }\n"
    told = subprocess.run(["/bin/sh", "-c", shown + script], env=variables, capture_output=True, text=True, check=True)
    return told.stdout.split("\0")[:-1]


def test_folder_has_all_that_support_asks_for(tmp_path: Path) -> None:
    [(name, files)] = written(tmp_path, runs.run(runs.down(attempts=[attempt()]))).items()

    assert name == "login_hands_out_tokens-prod"
    assert set(files) == {"attempts.har", "curl.sh", "about.txt"}
    for told in (
        "DOWN login_hands_out_tokens of prod",
        "x-auth0-requestid: 7b6f4d1a0c2e",
        "cf-ray: 8f0a1b2c-FRA",
        "clock: ours is 12.3 s behind",
        "resolved to: 203.0.113.9, 2001:db8::9",
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "issuer CN=An Authority; names prod.example, *.prod.example",
        "said: server_error",
        "the leaf alone",
        "retry: pytest --reports=reports/again 'tests_synthetic/test_login.py::test_login_hands_out_tokens[prod]'",
    ):
        assert told in files["about.txt"]


def test_har_has_every_attempt_and_independent_readers_take_it(tmp_path: Path) -> None:
    broken = attempt(status=None, error="CutShort: broken", headers={}, phases={"dns": 0.002, "connect": 0.01})
    written(tmp_path, runs.run(runs.down(attempts=[broken, attempt()])))
    first, second = har.entries(load_har(tmp_path / "evidence/login_hands_out_tokens-prod/attempts.har"))

    assert first["timings"] == {"blocked": -1, "dns": 2, "connect": 10, "ssl": -1, "send": 0, "wait": 0, "receive": 0}
    assert first["response"]["status"] == 0
    assert first["_error"] == "CutShort: broken"
    assert second["timings"]["connect"] == 31
    assert second["timings"]["ssl"] == 21
    assert second["response"]["statusText"] == "Oops"
    assert second["serverIPAddress"] == "203.0.113.9"
    assert second["_securityDetails"]["certificates"] == [CERTIFICATE]
    assert {"name": "password", "value": "$AUTH0_PASSWORD"} in second["request"]["postData"]["params"]


def test_verdicts_on_one_exchange_share_a_folder_wherever_the_evidence_is(tmp_path: Path) -> None:
    plain = {key: value for key, value in attempt().items() if key != "evidence"}
    run = runs.run(
        runs.degraded("first", attempts=[plain]),
        runs.down("second", attempts=[attempt()]),
        runs.down("third", attempts=[plain]),
    )
    [(name, files)] = written(tmp_path, run).items()

    assert name == "second-prod"
    assert all(f"{each} of prod" in files["about.txt"] for each in ("DEGRADED first", "DOWN second", "DOWN third"))
    assert "$AUTH0_PASSWORD" in files["attempts.har"]
    assert [evidence_folders.place(each) for each in evidence_folders.told(run)] == ["evidence/second-prod/"]


def test_only_what_is_ill_and_was_asked_has_a_folder(tmp_path: Path) -> None:
    unread = runs.unknown("page", failure="Unreadable", attempts=[attempt()])
    run = runs.run(runs.verdict(attempts=[attempt()]), runs.skipped(attempts=[attempt()]), runs.unknown(), unread)

    assert written(tmp_path, run) == {}
    assert list(tmp_path.iterdir()) == []
    assert written(tmp_path, runs.run(runs.down(), ended="running")) == {}


def test_results_of_an_older_version_make_a_har_too(tmp_path: Path) -> None:
    for seen in (runs.attempt(), {}):
        [files] = written(tmp_path, runs.run(runs.down(attempts=[seen]))).values()

        assert len(har.entries(json.loads(files["attempts.har"]))) == 1


def test_folders_of_an_earlier_run_are_replaced_and_kept_until_then(tmp_path: Path) -> None:
    assert set(written(tmp_path, runs.run(runs.down("a", attempts=[attempt()])))) == {"a-prod"}
    assert set(written(tmp_path, runs.run(runs.down("b", attempts=[attempt()])))) == {"b-prod"}
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]
    for well, how in (
        (runs.run(runs.verdict(), ended="running"), "has not ended"),
        (runs.run(runs.verdict()), "is up"),
    ):
        evidence_folders.write(tmp_path / "evidence", well)
        assert how in (tmp_path / "evidence" / EARLIER).read_text()
        assert (tmp_path / "evidence" / "b-prod").is_dir()
        assert not of_newest(tmp_path / "evidence")
    assert set(written(tmp_path, runs.run(runs.down("c", attempts=[attempt()])))) == {"c-prod"}
    assert of_newest(tmp_path / "evidence")


@pytest.mark.parametrize("foreign", ["evidence/mine.txt", "evidence/folder/mine.txt", "evidence"])
def test_what_somebody_else_put_there_is_left_alone(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / foreign).write_text("mine")
    told = reports.write_all(tmp_path, runs.run(runs.down(attempts=[attempt()])))

    assert (tmp_path / foreign).read_text() == "mine"
    assert "did not write): move it away" in told.problems[0]
    assert set(told.paths) == {each.name for each in reports.REPORTS if each != reports.EVIDENCE}


def test_old_folders_stay_and_nothing_is_left_beside_them_where_writing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, runs.run(runs.down("old", attempts=[attempt()])))
    monkeypatch.setattr(curl, "render", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        evidence_folders.write(tmp_path / "evidence", runs.run(runs.down("new", attempts=[attempt()])))

    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == ["old-prod"]


def test_folders_are_bounded_and_say_what_is_left_out(tmp_path: Path) -> None:
    many = [attempt(started=float(n), error="x" * 5_000) for n in range(100)]
    ill = [
        runs.down("probe", f"t{n}", attempts=many if n == 0 else [attempt()]) for n in range(evidence_folders.MOST + 3)
    ]
    run = runs.run(runs.degraded("least", attempts=[attempt()]), *ill)
    found = written(tmp_path, run)

    assert (
        len(found)
        == len({evidence_folders.place(each) for each in evidence_folders.told(run)})
        == evidence_folders.MOST
    )
    for text in (text for files in found.values() for text in files.values()):
        assert len(text.encode()) <= evidence_folders.BOUND
    left = (tmp_path / "evidence/left-out.txt").read_text()
    assert left.startswith("4 more exchanges had no folder")
    assert "degraded tests_synthetic/test_login.py::test_least[prod]" in left
    document = json.loads(found["probe-t0"]["attempts.har"])
    assert f"{100 - len(har.entries(document))} more attempts did not fit" in document["log"]["comment"]
    assert "more lines did not fit" in found["probe-t0"]["about.txt"]
    assert "more commands did not fit" in curl.render([attempt(url=f"https://a.invalid/{n}") for n in range(99)], 9_000)


def test_names_are_safe_for_every_file_system_and_differ(tmp_path: Path) -> None:
    targets = ["prod:a/b", "prod:a.b", "PROD:a/b", "../../etc", "prod:" + "x" * 500, runs.HOSTILE]
    found = written(
        tmp_path, runs.run(*(runs.down("probe", each, attempts=[attempt(started=n)]) for n, each in enumerate(targets)))
    )

    assert len({name.lower() for name in found}) == len(targets)
    assert all(len(name) < 160 and not set(name) & set('/\\:*?"<>|\n') and name[0] != "." for name in found)


def test_curl_command_is_quoted_and_takes_secrets_from_the_environment() -> None:
    script = curl.render([attempt(), attempt()], evidence_folders.BOUND)
    told = arguments(script, AUTH0_PASSWORD="p'w\"$(id)")

    assert script.count("\ncurl ") == 1
    assert "# attempt 1" in script
    assert "# attempt 2" in script
    for expected in ("grant_type=password", "username=o'neill $(id)", "password=p'w\"$(id)", "User-Agent: monitor/1"):
        assert expected in told
    assert told[-1] == "https://prod.example/oauth/token"


def test_curl_command_sends_json_with_a_secret_of_any_letters() -> None:
    fields = {"username": 'a"b\\', "password": "$AUTH0_PASSWORD"}
    told = arguments(
        curl.render([attempt(sent(form="json", fields=fields))], evidence_folders.BOUND),
        AUTH0_PASSWORD='p"w\\',
        PATH="/usr/bin:/bin",
    )

    assert json.loads(told[told.index("--data-raw") + 1]) == {"username": 'a"b\\', "password": 'p"w\\'}


@pytest.mark.parametrize(
    ("authorization", "option", "expected"),
    [
        ({"scheme": "Bearer", "user": "", "variable": "ACCESS_TOKEN"}, "--header", "Authorization: Bearer t0k"),
        ({"scheme": "Basic", "user": "api_keys_health", "variable": "ACCESS_TOKEN"}, "--user", "api_keys_health:t0k"),
    ],
)
def test_curl_command_authorizes(authorization: dict[str, str], option: str, expected: str) -> None:
    request = sent(form="", fields={}, variables={}, headers={}, authorization=authorization)
    told = arguments(curl.render([attempt(request, method="GET")], evidence_folders.BOUND), ACCESS_TOKEN="t0k")

    assert told[told.index(option) + 1] == expected


def test_curl_command_goes_where_the_probe_went_and_names_what_is_not_set() -> None:
    seen = attempt()
    seen["evidence"] |= {"pinned": "2001:db8::7:8443"}
    script = curl.render([seen], evidence_folders.BOUND)
    ran = subprocess.run(["/bin/sh", "-c", script], env={}, capture_output=True, text=True, check=False)

    assert "--connect-to '[2001:db8::7]" not in script
    assert "prod.example:443:[2001:db8::7]:8443" in arguments(script, AUTH0_PASSWORD="x")
    assert ran.returncode != 0
    assert "AUTH0_PASSWORD: set it first" in ran.stderr


def test_certificate_that_was_not_trusted_can_be_looked_at() -> None:
    script = curl.render([attempt(status=None, error="Untrusted: it has expired")], evidence_folders.BOUND)

    assert "# its certificate: openssl s_client -showcerts -servername prod.example -connect prod.example:443" in script


def test_hostile_text_harms_no_reader(tmp_path: Path) -> None:
    ill = runs.down("probe", runs.HOSTILE, attempts=[hostile()], question=runs.HOSTILE, reason=runs.HOSTILE)
    [files] = written(tmp_path, runs.run(ill, version=runs.HOSTILE, mode=runs.HOSTILE)).values()

    assert len(har.entries(json.loads(files["attempts.har"]))) == 1
    for text in files.values():
        assert not {"\x1b", "\x00", "\x9b", "\r", "\u202e"} & set(text)
    assert all(line.startswith("#") for line in files["curl.sh"].splitlines() if "owned" in line and "'" not in line)
    shlex.split(files["curl.sh"], comments=True)


def test_row_leads_to_its_folder_and_results_json_rebuilds_it(tmp_path: Path) -> None:
    run = runs.run(runs.down(attempts=[attempt()]), runs.verdict("well", attempts=[attempt()]))
    told = reports.write_all(tmp_path, run)
    again = reports.write_all(tmp_path / "again", results.read(tmp_path / "results.json"))

    assert html.render(run).count("evidence/login_hands_out_tokens-prod/") == 2, "in the row, and where it is opened"
    for file in told.paths["evidence"].rglob("*.*"):
        if file.is_file():
            assert (
                again.paths["evidence"] / file.relative_to(told.paths["evidence"])
            ).read_bytes() == file.read_bytes()


def entry_of(seen: dict[str, Any]) -> dict[str, Any]:
    """What the archive has of this attempt."""
    text = archives.render([seen], {"name": "the monitor", "version": "1"}, evidence_folders.BOUND)
    document: dict[str, Any] = json.loads(text)
    assert document["log"]["creator"] == {"name": "the monitor", "version": "1"}
    (entry,) = har.entries(document)
    return entry


def pairs(**named: str) -> list[dict[str, str]]:
    return [{"name": name.replace("_", "-"), "value": value} for name, value in named.items()]


def test_entry_of_the_har_is_what_was_asked_and_what_was_answered() -> None:
    url = "https://prod.example/authorize?prompt=none&state=&scope=openid%20email"
    headers = {"Content-Type": "application/json", "Location": "https://prod.example/next"}
    entry = entry_of(attempt(url=url, headers=headers))
    comment = entry["response"]["content"].pop("comment")
    security = entry.pop("_securityDetails")

    assert entry == {
        "startedDateTime": "2026-11-22T21:01:01.250Z",
        "time": 213.0,
        "request": {
            "method": "POST",
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(Host="prod.example", User_Agent="monitor/1")
            + pairs(Content_Type="application/x-www-form-urlencoded"),
            "queryString": pairs(prompt="none", state="", scope="openid email"),
            "headersSize": 180,
            "bodySize": 90,
            "postData": {
                "mimeType": "application/x-www-form-urlencoded",
                "params": [
                    {"name": "grant_type", "value": "password"},
                    {"name": "username", "value": "o'neill $(id)"},
                    {"name": "password", "value": "$AUTH0_PASSWORD"},
                ],
            },
        },
        "response": {
            "status": 500,
            "statusText": "Oops",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": pairs(content_type="application/json", location="https://prod.example/next"),
            "content": {"size": 1200, "mimeType": "application/json"},
            "redirectURL": "https://prod.example/next",
            "headersSize": 300,
            "bodySize": 60,
        },
        "cache": {},
        "timings": {"blocked": -1, "dns": 2, "connect": 31, "ssl": 21, "send": 0, "wait": 179, "receive": 1},
        "serverIPAddress": "203.0.113.9",
        "_serverPort": "443",
    }
    assert "server_error" in comment
    assert security == {
        "protocol": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "certificates": [CERTIFICATE],
    }


def test_har_has_what_was_sent_as_json_as_its_text() -> None:
    posted = entry_of(attempt(sent(form="json", fields={"username": "ö", "n": "1"})))["request"]["postData"]

    assert posted["mimeType"] == "application/json"
    assert json.loads(posted["text"]) == {"username": "ö", "n": "1"}


def test_har_of_an_attempt_of_which_nothing_is_known_says_that_it_is_not_known() -> None:
    entry = entry_of({"evidence": None})

    assert (entry["request"]["headersSize"], entry["request"]["bodySize"]) == (-1, -1)
    assert (entry["response"]["headersSize"], entry["response"]["bodySize"]) == (-1, -1)
    assert (entry["time"], entry["response"]["status"], entry["response"]["content"]["size"]) == (0, 0, 0)
    assert entry["timings"] == {
        **dict.fromkeys(("blocked", "dns", "connect", "ssl"), -1),
        **dict.fromkeys(("send", "wait", "receive"), 0),
    }
    assert entry["response"]["redirectURL"] == entry["response"]["content"]["mimeType"] == ""
    assert "postData" not in entry["request"]
    assert not {"serverIPAddress", "_serverPort", "_error", "_securityDetails"} & set(entry)


@pytest.mark.parametrize(
    ("status", "answer", "text"),
    [
        (503, {}, "Service Unavailable"),
        (200, {}, "OK"),
        (599, {}, ""),
        (503, {"reason": "Busy"}, "Busy"),
        (None, {}, ""),
    ],
    ids=["known", "well", "unheard-of", "its-own", "none"],
)
def test_har_has_the_reason_that_came_else_the_usual_one(status: int | None, answer: dict[str, str], text: str) -> None:
    assert entry_of(attempt(status=status, evidence={"answer": answer}))["response"]["statusText"] == text


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("203.0.113.9:8443", "203.0.113.9", "8443"), ("2001:db8::9:443", "2001:db8::9", "443")],
    ids=["four", "six"],
)
def test_har_has_the_address_that_answered(address: str, host: str, port: str) -> None:
    entry = entry_of(attempt(address=address))

    assert (entry["serverIPAddress"], entry["_serverPort"]) == (host, port)


def test_har_of_a_time_that_ran_backwards_has_no_negative_part() -> None:
    timings = entry_of(attempt(phases={"dns": -0.5, "connect": 0.01, "wait": 0.2}))["timings"]

    assert (timings["dns"], timings["connect"], timings["wait"]) == (0, 10, 200)


def test_har_of_an_address_that_cannot_be_read_has_no_query() -> None:
    assert entry_of(attempt(url="http://[?a=b"))["request"]["queryString"] == []


def test_har_that_fits_says_of_nothing_that_it_was_left_out() -> None:
    text = archives.render([attempt(), attempt()], {"name": "x", "version": "1"}, evidence_folders.BOUND)

    assert "comment" not in json.loads(text)["log"]
    assert len(json.loads(text)["log"]["entries"]) == 2
    size = len(text.encode())
    assert archives.render([attempt(), attempt()], {"name": "x", "version": "1"}, size) == text, "up to its bound"
    assert "1 more attempt did not fit" in archives.render([attempt()] * 2, {"name": "x", "version": "1"}, size - 1)


def command(seen: dict[str, Any], **variables: str) -> list[str]:
    """The arguments of the only command, without what it is to print."""
    told = arguments(curl.render([seen], evidence_folders.BOUND), PATH="/usr/bin:/bin", **variables)
    at = told.index("--write-out")
    return told[:at] + told[at + 2 :]


ALWAYS = ["--silent", "--show-error", "--globoff", "--http1.1", "--output", "/dev/null"]


def test_curl_command_asks_what_the_probe_asked_and_nothing_else() -> None:
    assert command(attempt(), AUTH0_PASSWORD="pw") == [
        *ALWAYS,
        *("--request", "POST", "--connect-timeout", "5", "--max-time", "30"),
        *("--header", "User-Agent: monitor/1"),
        *("--data-urlencode", "grant_type=password"),
        *("--data-urlencode", "username=o'neill $(id)"),
        *("--data-urlencode", "password=pw"),
        *("--url", "https://prod.example/oauth/token"),
    ]
    bare = attempt(sent(form="", fields={}, variables={}), method="GET")
    bare["evidence"] |= {"timeout": 2.5}
    assert command(bare) == [
        *ALWAYS,
        *("--connect-timeout", "5", "--max-time", "2.5", "--header", "User-Agent: monitor/1"),
        *("--url", "https://prod.example/oauth/token"),
    ]
    assert command({"url": "https://prod.example/x"}) == [*ALWAYS, "--url", "https://prod.example/x"]


def test_curl_command_that_sends_json_says_so_once() -> None:
    told = command(attempt(sent(form="json", fields={"a": "ö", "b": "2"}, variables={})))

    assert [each for each in told if "content-type" in each.lower()] == ["Content-Type: application/json"]
    assert json.loads(told[told.index("--data-raw") + 1]) == {"a": "ö", "b": "2"}
    assert "json()" not in curl.render([attempt()], evidence_folders.BOUND), "a form needs no escapes of JSON"


@pytest.mark.parametrize(
    ("url", "pinned", "told"),
    [
        ("https://prod.example/testall", "10.0.0.7:443", "prod.example:443:10.0.0.7:443"),
        ("http://prod.example/testall", "10.0.0.7:8080", "prod.example:80:10.0.0.7:8080"),
        ("https://prod.example:8443/", "10.0.0.7:443", "prod.example:8443:10.0.0.7:443"),
        ("https://prod.example/", "[2001:db8::7]:443", "prod.example:443:[2001:db8::7]:443"),
    ],
    ids=["tls", "plain", "port", "brackets"],
)
def test_curl_command_goes_to_the_node_that_was_asked(url: str, pinned: str, told: str) -> None:
    seen = attempt(sent(fields={}), url=url)
    seen["evidence"] |= {"pinned": pinned}
    made = command(seen, AUTH0_PASSWORD="x")

    assert made[made.index("--connect-to") + 1] == told


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("client_id=$AUTH0_CLIENT_ID&state=x", "client_id=the-client&state=x"),
        ("state=x&client_id=$AUTH0_CLIENT_ID", "state=x&client_id=the-client"),
        ("state=$AUTH0_CLIENT_ID", "state=$AUTH0_CLIENT_ID"),
        ("client_id=$AUTH0_PASSWORD", "client_id=$AUTH0_PASSWORD"),
        ("client_id=$AUTH0_CLIENT_ID.evil", "client_id=$AUTH0_CLIENT_ID.evil"),
    ],
    ids=["first", "last", "other-parameter", "a-secret", "more"],
)
def test_curl_command_puts_a_client_in_an_address_and_no_secret(query: str, asked: str) -> None:
    """Whoever answers may have made the address up: what it names is no request for a password."""
    seen = attempt(sent(fields={}, variables={}), url=f"https://prod.example/authorize?{query}")

    told = command(seen, AUTH0_CLIENT_ID="the-client", AUTH0_PASSWORD="hunter2-hunter2")

    assert told[-1] == f"https://prod.example/authorize?{asked}"
    script = curl.render([seen], evidence_folders.BOUND)
    assert (': "${AUTH0_CLIENT_ID:?' in script) is ("the-client" in asked)


def test_curl_script_explains_a_mask_and_variables_only_where_there_are_any() -> None:
    plain = curl.render([attempt(sent(fields={}, variables={}))], evidence_folders.BOUND)
    masked = curl.render([attempt(sent(headers={"Cookie": f"session={MASK}"}))], evidence_folders.BOUND)

    assert MASK not in plain
    assert ":?" not in plain
    assert f"# {MASK} " in masked
    assert masked.count(":?") == 1
    assert all(line.startswith("#") for line in plain.splitlines()[:2])


def test_curl_script_has_each_command_that_differs_with_its_attempts() -> None:
    seen = [attempt(), attempt(url="https://prod.example/userinfo"), attempt(status=503)]
    lines = curl.render(seen, evidence_folders.BOUND).splitlines()
    shape = [line.split(":")[0] for line in lines if line.startswith(("# attempt", "curl"))]

    assert [line.partition(" --")[0] for line in shape] == ["# attempt 1", "# attempt 3", "curl", "# attempt 2", "curl"]
    assert not any("did not fit" in line for line in lines)


def test_curl_script_keeps_the_authorities_that_the_suite_was_given() -> None:
    script = 'curl() { printf %s "$CURL_CA_BUNDLE"; }\n' + curl.render(
        [attempt(sent(fields={}, variables={}))], evidence_folders.BOUND
    )
    for given, seen in (
        ({"REQUESTS_CA_BUNDLE": "/own.pem"}, "/own.pem"),
        ({"CURL_CA_BUNDLE": "/curls.pem"}, "/curls.pem"),
    ):
        ran = subprocess.run(["/bin/sh", "-c", script], env=given, capture_output=True, text=True, check=True)
        assert ran.stdout == seen


@pytest.mark.parametrize(
    ("error", "known", "where"),
    [
        ("Untrusted: it has expired", {}, "-servername prod.example -connect prod.example:8443"),
        ("Untrusted: it has expired", {"pinned": "10.0.0.7:443"}, "-servername prod.example -connect 10.0.0.7:443"),
        ("CutShort: broken", {}, ""),
        (None, {}, ""),
    ],
    ids=["untrusted", "node", "another-error", "none"],
)
def test_certificate_is_looked_at_where_it_was_refused(error: str | None, known: dict[str, str], where: str) -> None:
    seen = attempt(error=error, url="https://prod.example:8443/")
    seen["evidence"] |= known
    found = [line for line in curl.render([seen], evidence_folders.BOUND).splitlines() if "openssl" in line]

    assert len(found) == bool(where)
    assert all(where in line for line in found)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, ["sent: 180 bytes of headers, 90 of a body", "came: 300 bytes of headers, 60 of a body", "TLS: TLSv1.3"]),
        ({"pinned": "10.0.0.7:443"}, ["asked at: 10.0.0.7:443"]),
        ({"skew": 12.3}, ["clock: ours is 12.3 s ahead"]),
        ({"skew": 0}, ["clock: ours is 0.0 s ahead"]),
        ({"skew": None}, ["-clock:"]),
        ({"addresses": []}, ["-resolved to"]),
        ({"tls": None}, ["TLS: the handshake failed", "-certificate:"]),
        ({"chain_is_whole": True}, ["certificate: sha256 abab", "-the leaf alone"]),
        ({"answer": {"error": "x", "error_description": "it broke"}}, ["said: x: it broke"]),
        ({"answer": {}}, ["-came:", "-said:"]),
        ({"broken": "KeyError: x"}, ["a bug in the monitor: KeyError: x", "-TLS:"]),
    ],
    ids=["all", "node", "ahead", "exact", "no-clock", "address", "refused", "chain", "said", "no-answer", "bug"],
)
def test_about_has_each_fact_that_is_known_and_no_other(known: dict[str, Any], said: list[str]) -> None:
    seen = attempt()
    seen["evidence"] |= known
    run = runs.run(runs.down(attempts=[seen]))
    about = evidence_folders.texts(evidence_folders.told(run)[0], run, ["A WARNING"])["about.txt"]

    assert about.splitlines()[1] == "A WARNING"
    for each in said:
        assert (each.removeprefix("-") in about) is not each.startswith("-"), each


def test_about_of_an_answer_without_tls_says_nothing_of_a_certificate() -> None:
    seen = attempt(url="http://prod.example/test")
    run = runs.run(runs.down(attempts=[seen]))
    about = evidence_folders.texts(evidence_folders.told(run)[0], run, [])["about.txt"]

    assert "TLS" not in about
    assert "certificate" not in about


def test_link_to_a_folder_is_never_followed_nor_replaced(tmp_path: Path) -> None:
    """Neither in the place of evidence/, nor in it."""
    (tmp_path / "elsewhere/login-prod").mkdir(parents=True)
    (tmp_path / "elsewhere/login-prod/about.txt").write_text("mine")
    (tmp_path / "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        written(tmp_path, runs.run(runs.down(attempts=[attempt()])))
    (tmp_path / "evidence").unlink()
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence/linked").symlink_to(tmp_path / "elsewhere/login-prod")
    with pytest.raises(FileExistsError):
        written(tmp_path, runs.run(runs.down(attempts=[attempt()])))

    assert (tmp_path / "elsewhere/login-prod/about.txt").read_text() == "mine"
    assert (tmp_path / "evidence/linked").is_symlink()


def test_folders_of_a_run_that_had_too_many_are_ours_to_replace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_folders, "MOST", 1)
    many = [runs.down(f"probe_{n}", attempts=[attempt(started=float(n))]) for n in range(2)]

    assert set(written(tmp_path, runs.run(*many))) == {"probe_0-prod"}
    assert (tmp_path / "evidence/left-out.txt").read_text().startswith("1 more exchange had no folder")
    assert set(written(tmp_path, runs.run(many[0]))) == {"probe_0-prod"}
    assert not (tmp_path / "evidence/left-out.txt").exists()


def test_curl_script_names_a_token_that_is_not_set_and_prints_what_came() -> None:
    authorization = {"scheme": "Bearer", "user": "", "variable": "ACCESS_TOKEN"}
    script = curl.render([attempt(sent(fields={}, authorization=authorization))], evidence_folders.BOUND)
    told = arguments(script, AUTH0_PASSWORD="x", ACCESS_TOKEN="x")

    assert ': "${ACCESS_TOKEN:?set it first}"' in script.splitlines()
    for each in ("http_code", "remote_ip", "time_namelookup", "time_connect", "time_appconnect", "time_total"):
        assert f"%{{{each}}}" in told[told.index("--write-out") + 1]
