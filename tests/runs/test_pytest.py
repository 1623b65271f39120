"""The suite is an ordinary pytest suite: it does what any user of pytest expects, and asks no more than it must."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.runs.conftest import Run
from tests.suite import FILES, NEVER_READ, PROBES, ROOT, ROWS, SERVICES, Performance, configured, environment, perform


def kinds(box: Sandbox) -> Counter[str]:
    """What the tenant and its nodes were asked."""
    others = ("pages", "identity-provider", "canonical")
    return Counter(asked.kind for asked in box.asked if asked.target not in others)


def pages(box: Sandbox) -> Counter[str]:
    return Counter(asked.kind for asked in box.asked if asked.target == "pages")


def test_collecting_asks_nothing(tmp_path: Path) -> None:
    with sandbox.start() as box:
        performance = Run(box, tmp_path)("--collect-only", "-q")

        assert box.asked == []
    assert performance.code == 0
    assert "test_login_hands_out_tokens[localhost:password-realm:custom-users]" in performance.output
    assert not performance.reports.exists()


def test_each_transaction_is_performed_once(tmp_path: Path) -> None:
    with sandbox.start() as box:
        performance = Run(box, tmp_path)()

        assert performance.code == 0, performance.output
        logins, strangers = 5, 2
        assert kinds(box) == {
            "test": 1,
            "testall": 3,
            "discovery": 1,
            "jwks": 1,
            "login": logins + strangers,
            "machine-login": 2,
            "refresh": 5,
            "revoke": 1,
            "userinfo": 4,
            "metric": 18,
            "authorize": 5,  # two logins through pages, one that asks nobody after the logout, and two ways out
            "saml-metadata": 1,
            "prompt": 8,
            "resume": 2,
            "code": 2,
            "logout": 1,
            "device": 1,
            "token": 1,  # the device's one question
        }
        services = ("aws", "azure-ad", "github", "google-workspace", "sendgrid", "twilio", "auth0-uptime")
        assert pages(box) == dict.fromkeys(services, 1) | {"facebook": 3, "auth0": 2}


def test_deselected_tests_ask_nothing(tmp_path: Path) -> None:
    with sandbox.start() as box:
        performance = Run(box, tmp_path)("-k", "test_discovery")

        assert performance.code == 0
        assert kinds(box) == {"discovery": 1, "jwks": 1}


def test_probe_alone_brings_what_it_needs(tmp_path: Path) -> None:
    with sandbox.start() as box:
        performance = Run(box, tmp_path)("-k", "refresh_token_is_exchanged_for")

        assert performance.code == 0
        assert kinds(box) == {"login": 1, "refresh": 1}


def test_workers_find_the_same_as_one_process(tmp_path: Path) -> None:
    found: list[dict[tuple[str, str], str]] = []
    for arguments in ((), ("-n", "2")):
        with sandbox.start(["claim-missing", "node-ill", "test-404"]) as box:
            performance = Run(box, tmp_path)(*arguments)
            assert kinds(box)["login"] == 7
            found.append({key: verdict["status"] for key, verdict in performance.verdicts.items()})
            assert performance.code == 1

    assert found[0] == found[1]


def test_workers_share_many_tenants_and_each_logs_in_once(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(12)]
    with sandbox.start() as box:
        performance = Run(box, tmp_path)("-n", "2", AUTH0_TENANTS=",".join(names))

        assert performance.code == 0, performance.output
        assert kinds(box)["login"] == 7 * len(names)
        asked = pages(box)
        assert {name: count for name, count in asked.items() if not name.startswith("auth0")} == {
            name: 3 if name == "facebook" else 1 for name in asked if not name.startswith("auth0")
        }
        assert asked["auth0"] - len(names) <= 2  # the figures, once for each worker
    found = Counter(each["target"].partition(":")[0] for each in performance.document["verdicts"])
    assert found == dict.fromkeys(names, PROBES) | {"dependencies": SERVICES}
    assert performance.run["tenants"] == names


def test_first_failure_stops_with_x_and_the_rest_is_not_left_out(tmp_path: Path) -> None:
    with sandbox.start(["login-refused"]) as box:
        performance = Run(box, tmp_path)("-x")

    statuses = Counter(verdict["status"] for verdict in performance.verdicts.values())
    assert statuses["down"] == 1
    assert statuses["unknown"] > 20
    assert sum(statuses.values()) == PROBES + SERVICES
    unjudged = [verdict["reason"] for verdict in performance.verdicts.values() if verdict["status"] == "unknown"]
    assert all("not judged: stopping after 1 failures" in reason for reason in unjudged)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_last_failed_runs_just_those(tmp_path: Path, workers: tuple[str, ...]) -> None:
    cache = ("-p", "cacheprovider", "-o", f"cache_dir={tmp_path / 'cache'}")
    with sandbox.start(["claim-missing"]) as box:
        Run(box, tmp_path)(*workers, *cache)
        performance = Run(box, tmp_path)("--lf", *workers, *cache)

    assert {probe for probe, _ in performance.verdicts} == {"extension_adds_the_expected_claims"}
    assert len(performance.verdicts) == ROWS["login"]


def test_degraded_passes_unless_it_is_to_fail(tmp_path: Path) -> None:
    with sandbox.start(["certificate-expiring"]) as box:
        run = Run(box, tmp_path)
        passed = run("-k", "certificate")
        failed = run("-k", "certificate", "--fail-on", "degraded")

    assert (passed.code, failed.code) == (0, 1)
    assert passed.run["status"] == failed.run["status"] == "degraded"
    junit = ET.parse(failed.reports / "junit.xml")  # noqa: S314 -- we wrote it
    assert [each.get("type") for each in junit.iter("failure")] == ["degraded"]


def test_reported_times_are_the_transactions_own(tmp_path: Path) -> None:
    own = tmp_path / "own.xml"
    with sandbox.start(delay=0.5) as box:
        performance = Run(box, tmp_path)("-k", "discovery", f"--junitxml={own}")

    for verdict in performance.verdicts.values():
        assert 0.45 <= verdict["phases"]["wait"] <= verdict["seconds"]  # the wait begins with the last byte sent
        assert sum(verdict["phases"].values()) == pytest.approx(verdict["seconds"])
    seconds = sorted(round(verdict["seconds"], 3) for verdict in performance.verdicts.values())
    for file in (own, performance.reports / "junit.xml"):
        cases = ET.parse(file).iter("testcase")  # noqa: S314 -- we wrote it
        assert sorted(float(case.get("time") or 0) for case in cases) == pytest.approx(seconds, abs=0.002)


def test_hs256_is_verified_by_the_client_secret(tmp_path: Path) -> None:
    with sandbox.start(id_token_alg="HS256") as box:
        assert Run(box, tmp_path)().code == 0
        wrong = Run(box, tmp_path)("-k", "signed_by", AUTH0_ID_TOKEN_ALG="RS256")

    assert {verdict["status"] for verdict in wrong.verdicts.values()} == {"down"}


def test_one_run_stays_within_the_real_limits(tmp_path: Path) -> None:
    with sandbox.start(limits="real") as box:
        performance = Run(box, tmp_path)()

    verdicts = {key: verdict for key, verdict in performance.verdicts.items() if key != NEVER_READ}
    assert {key: each["reason"] for key, each in verdicts.items() if each["status"] in ("down", "unknown")} == {}


def test_refusals_take_turns_on_a_live_tenant(tmp_path: Path) -> None:
    with sandbox.start() as box:
        run = Run(box, tmp_path)
        first, second = (run("-k", "test_refusals", AUTH0_REFUSALS_EVERY="3600") for _ in range(2))

    statuses = [Counter(each["status"] for each in ran.verdicts.values()) for ran in (first, second)]
    assert statuses == [{"up": 3, "skipped": 2}, {"up": 2, "skipped": 3}]
    due = [each["reason"] for each in second.verdicts.values() if each["status"] == "skipped"]
    assert all("due from" in reason and "UTC" in reason for reason in due)


def test_every_run_in_our_own_sandbox_asks_for_every_refusal(tmp_path: Path) -> None:
    for _ in range(2):
        performance = perform(tmp_path / "reports", {"AUTH0_MEMORY": str(tmp_path / "memory")}, "-k", "test_refusals")
        assert {verdict["status"] for verdict in performance.verdicts.values()} == {"up"}
    assert not (tmp_path / "memory").exists()


def test_ids_are_plain(run: Run) -> None:
    performance = run("--collect-only", "-q", AUTH0_TENANTS="a_b-C", AUTH0_CONNECTIONS="My DB <&'\">/é,My DB <&'\">/è")

    ids = [line.partition("[")[2].rstrip("]") for line in performance.output.splitlines() if "[" in line]
    assert len(ids) == len(
        set(performance.output.splitlines()) & {line for line in performance.output.splitlines() if "[" in line}
    )
    assert ids
    assert all(set(each) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-") for each in ids)


def test_schema_holds_for_what_a_run_writes(run: Run) -> None:
    import jsonschema

    performance: Performance = run()
    schema = json.loads((ROOT / "monitor/reports/results.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(performance.document)
    assert configured(run.box, run.folder)["AUTH0_CLIENT_SECRET"] not in json.dumps(performance.document)


def test_what_a_good_probe_remarks_is_its_reason(run: Run) -> None:
    performance = run("-k", "rate_limit_has_room")
    reasons = [(each["status"], each["reason"]) for each in performance.document["verdicts"]]

    assert reasons
    assert {status for status, _ in reasons} == {"up"}
    assert all(re.fullmatch(r"\d+ of \d+ requests are left", reason) for _, reason in reasons)


def test_file_that_cannot_be_collected_is_an_error_and_not_a_silence(tmp_path: Path) -> None:
    probes = tmp_path / "suite" / "tests_synthetic"
    probes.mkdir(parents=True)
    (probes / "test_broken.py").write_text("import nothing_of_that_name\n")
    (probes / "test_health.py").write_text((ROOT / "tests_synthetic" / "test_health.py").read_text())
    for name in ("monitor", "sandbox", "conftest.py", "pytest.ini"):
        (tmp_path / "suite" / name).symlink_to(ROOT / name)
    with sandbox.start() as box:
        performance = perform(tmp_path / "reports", configured(box, tmp_path), root=tmp_path / "suite")
        assert box.asked == []

    assert performance.code == 2
    assert performance.run["ended"].startswith("interrupted: 1 error during collection")
    assert [each["reason"] for each in performance.document["verdicts"]] == [
        "not judged: its file could not be collected",
        *["not judged: interrupted: 1 error during collection"] * 2,
    ]


@pytest.mark.parametrize(
    "plugin", ["terminal", "xdist", "html", "metadata", "junitxml", "logging", "warnings", "faulthandler", "skipping"]
)
def test_plugin_of_pytest_that_somebody_does_without_costs_no_report(plugin: str, run: Run) -> None:
    performance = run("-p", f"no:{plugin}", "-k", "test_discovery")

    assert performance.code == 0, performance.output
    assert "Traceback" not in performance.output
    assert "INTERNALERROR" not in performance.output
    assert performance.statuses == {"up"}
    assert {path.name for path in performance.reports.iterdir()} == set(FILES)
    if plugin != "terminal":
        assert performance.output.splitlines()[-1].startswith("UP ")


def test_failure_without_a_terminal_is_in_the_reports(run: Run) -> None:
    performance = run("-p", "no:terminal", "-k", "test_discovery", AUTH0_DOMAIN="no-such-tenant.invalid")

    assert performance.code == 1
    assert performance.statuses == {"down"}


@pytest.mark.parametrize(
    ("expression", "kinds_of_them"),
    [
        ("health", {"health"}),
        ("discovery or health", {"discovery", "health"}),
        ("machine_login", {"machine-login"}),
        ("refusals and not each", set()),
        ("auth0_status or dependencies", {"auth0-status", "dependencies"}),
    ],
)
def test_marks_select_by_the_kind_of_a_probe(expression: str, kinds_of_them: set[str], run: Run) -> None:
    performance = run("-m", expression)

    assert {verdict["kind"] for verdict in performance.verdicts.values()} - {""} == kinds_of_them


def test_marks_are_listed_and_are_those_of_the_files(run: Run) -> None:
    output = run("--markers").output

    names = {path.stem.removeprefix("test_") for path in (ROOT / "tests_synthetic").glob("test_*.py")}
    assert {"health", "login", "discovery", "refusals", "dependencies"} <= names
    for name in names:
        assert f"@pytest.mark.{name}: the probes of tests_synthetic/test_{name}.py" in output
        assert f"`{name}`" in (ROOT / "README.md").read_text() + (ROOT / "docs/probes.md").read_text()


@pytest.mark.parametrize("before", [(), ("tests_synthetic",)], ids=["alone", "with-tests"])
def test_reports_with_a_space_are_taken_or_the_error_says_how_to_write_it(
    before: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    for folder in (tmp_path / "there", tmp_path / "new"):
        if folder.name == "there":
            folder.mkdir()
        given = (*before, "--reports", str(folder), "-k", "test_discovery")
        told = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *given],
            cwd=ROOT,
            env=environment(**configured(run.box, tmp_path)),
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        if told.returncode:
            assert told.returncode == 4
            assert "--reports=DIR" in told.stdout + told.stderr
        else:
            assert (folder / "results.json").exists()
