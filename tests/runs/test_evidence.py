"""What is ill leaves a folder that can be sent to somebody: no secret is in it, and its commands ask the same again."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from har_capture.validation import load_har, validate_har

import sandbox
from monitor.reports import EARLIER, REPORTS, evidence_folders
from monitor.reports.evidence_folders import BOUND, place
from monitor.results import read
from sandbox.box import Sandbox
from tests.canaries import found, leaks
from tests.reports import har
from tests.runs.conftest import Run
from tests.suite import Performance, configured, perform

FAULTS = (
    "custom-database-down",
    "login-refused",
    "login-500",
    "userinfo-refuses",
    "node-ill",
    "certificate-wrong-name",
    "reset",
)


@pytest.fixture(scope="module", params=FAULTS)
def ill(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Performance, Sandbox]]:
    folder = tmp_path_factory.mktemp("ill")  # a fault's name may hold a piece of a secret
    with sandbox.start([request.param]) as box:
        yield perform(folder / "reports", configured(box, folder)), box


def folders(performance: Performance) -> list[Path]:
    return sorted(performance.reports.glob("evidence/*/"))


def attempts(folder: Path) -> list[dict[str, Any]]:
    return har.entries(load_har(folder / "attempts.har"))


def answered(folder: Path, variables: Mapping[str, str]) -> list[int]:
    """The status of each answer that the folder's commands are given, 0 where there is none."""
    script = ["/bin/sh", str(folder / "curl.sh")]
    ran = subprocess.run(script, env=os.environ | variables, capture_output=True, text=True, timeout=60, check=False)
    assert "set it first" not in ran.stderr
    return [int(line.split()[0]) for line in ran.stdout.splitlines()]


def test_folder_holds_no_secret_is_a_har_and_asks_the_same_again(ill: tuple[Performance, Sandbox]) -> None:
    performance, box = ill
    asked = folders(performance)
    tokens = [token for token in box.handed_out if token.count(".") == 2]
    made_up = {
        "ACCESS_TOKEN": tokens[0] if tokens else "none",
        "REFRESH_TOKEN": "none",
        "PASSWORD": "x",
        "CLIENT_SECRET": "x",
        "STATE": "x",
    }

    assert asked, performance.output
    assert leaks(performance, box) == []
    for folder in asked:
        entries = attempts(folder)
        assert {file.name for file in folder.iterdir()} == {"attempts.har", "curl.sh", "about.txt"}
        assert all(file.stat().st_size <= BOUND for file in folder.iterdir())
        answers, said = answered(folder, box.environment | made_up), [each["response"]["status"] for each in entries]
        if "universal-login" in folder.name:  # of a browser's session, whose cookies nobody is told
            script = (folder / "curl.sh").read_text()
            assert "# *** stands for what is hidden" in script
            assert (answers[0], len(answers)) == (said[0], script.count("\ncurl "))
        else:
            assert answers == said[-1:]
        for finding in validate_har(folder / "attempts.har"):
            placeholder = finding.value.startswith("$") or finding.value.endswith("***")
            assert placeholder or finding.severity != "error", finding


def test_every_verdict_that_is_ill_leads_to_a_folder_that_is_there(ill: tuple[Performance, Sandbox]) -> None:
    performance, _ = ill
    run = read(performance.reports / "results.json")
    told = {verdict.id: place(each) for each in evidence_folders.told(run) for verdict in each.verdicts}

    assert {verdict.id for verdict in run.verdicts if verdict.ill} == set(told)
    assert {f"evidence/{folder.name}/" for folder in folders(performance)} == set(told.values())
    assert all(place in (performance.reports / "report.html").read_text() for place in told.values())
    assert "evidence" in performance.output.partition("reports   ")[2]
    pairs = zip(run.verdicts, performance.document["verdicts"], strict=True)
    rested_on = {tuple(document["attempts"]) for verdict, document in pairs if verdict.ill}
    with_it = {place for place, each in enumerate(performance.document["attempts"]) if "evidence" in each}
    assert with_it == {place for places in rested_on for place in places}
    assert len(rested_on) == len(folders(performance))


@pytest.mark.parametrize("fault", ["custom-database-down", "userinfo-refuses"])
def test_workers_leave_the_same_folders(fault: str, tmp_path: Path) -> None:
    with sandbox.start([fault]) as box:
        alone = perform(tmp_path / "alone", configured(box, tmp_path))
        shared = perform(tmp_path / "shared", configured(box, tmp_path), "-n", "2")

        assert leaks(shared, box) == []
    assert [folder.name for folder in folders(shared)] == [folder.name for folder in folders(alone)] != []
    for folder in folders(shared):
        assert "$A" in (folder / "curl.sh").read_text()


def test_folder_tells_what_was_seen(tmp_path: Path) -> None:
    with sandbox.start(["custom-database-down"]) as box:
        performance = perform(
            tmp_path / "reports", configured(box, tmp_path), "-k", "password-realm and custom and tokens"
        )
    [folder] = folders(performance)
    entry, about = attempts(folder)[0], (folder / "about.txt").read_text()

    sent = {each["name"]: each["value"] for each in entry["request"]["postData"]["params"]}
    assert sent["client_secret"] == "$AUTH0_CLIENT_SECRET"
    assert sent["password"] == "$AUTH0_CONNECTION_CUSTOM_USERS_PASSWORD"
    assert sent["realm"] == "custom-users"
    assert entry["response"]["httpVersion"] == "HTTP/1.1"
    assert entry["request"]["bodySize"] > 0
    assert entry["_securityDetails"]["certificates"][0]["names"] == ["localhost", "127.0.0.1", "::1"]
    for told in (
        "x-auth0-requestid: ",
        "cf-ray: ",
        "clock: ours is ",
        "resolved to: 127.0.0.1",
        "said: server_error",
        "TLSv1.3",
    ):
        assert told in about


def test_clock_that_is_wrong_is_told(tmp_path: Path) -> None:
    with sandbox.start(["clock-skewed"]) as box:
        performance = perform(tmp_path / "reports", configured(box, tmp_path), "-k", "health")

    assert all("clock: ours is " in (folder / "about.txt").read_text() for folder in folders(performance))


def test_status_page_with_a_token_in_its_address_leaves_none(tmp_path: Path) -> None:
    token = "feed-t0ken-8f3b1c7d2e6a4f90"
    with sandbox.start(["auth0-incident"]) as box:
        variables = configured(box, tmp_path)
        address = variables["AUTH0_STATUS_URL"]
        variables["AUTH0_STATUS_URL"] = f"{address}{'&' if '?' in address else '?'}token={token}"
        performance = perform(tmp_path / "reports", variables, "-k", "auth0_status")

    assert folders(performance), performance.output
    assert found(performance.written, [token]) == []


def test_run_that_is_well_leaves_none_and_keeps_what_an_older_one_left_as_such(run: Run) -> None:
    ill = run("-k", "test_endpoint", AUTH0_BUDGET="0.000001")
    assert folders(ill), ill.output
    well = perform(ill.reports, configured(run.box, run.folder), "-k", "test_endpoint")

    assert well.code == 0
    assert {path.name for path in well.reports.iterdir()} == {each.name for each in REPORTS}
    assert "evidence" not in json.dumps(well.document)
    assert "evidence" not in well.output.partition("reports   ")[2]
    assert folders(well) == folders(ill)
    earlier = (well.reports / "evidence" / EARLIER).read_text()
    assert well.run["started"] in earlier
    assert "is up, and has none" in earlier

    again = perform(ill.reports, {**configured(run.box, run.folder), "AUTH0_BUDGET": "0.000001"}, "-k", "test_endpoint")
    assert folders(again), again.output
    assert not (again.reports / "evidence" / EARLIER).exists()
