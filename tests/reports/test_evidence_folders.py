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
