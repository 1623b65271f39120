"""What is kept of a run, as what it counts, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor import results
from monitor.history.records import of, of_all, of_targets
from monitor.history.sights import full, slim
from monitor.history.values import Unusable
from monitor.owners import Confidence
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.history.runs import LOGIN, PARTNERS, USERS, run, verdict
from tests.reports.runs import HOSTILE


def statuses(told: Run) -> dict[str, str]:
    return {name: status for name, (status, _) in of_all(of(told)).items()}


def test_run_has_the_same_id_whenever_it_is_recorded() -> None:
    told = run(60)

    assert of(told).id == of(Run.from_dict(json.loads(json.dumps({"schema": results.SCHEMA} | told.to_dict())))).id
    assert of(told).id == of(told, link="https://ci.example/1").id


@pytest.mark.parametrize(
    "other", [run(61), run(60, "down"), run(60, seconds=0.26), replace(run(60), tenants=("staging",))], ids=range(4)
)
def test_another_run_has_another_id(other: Run) -> None:
    assert of(run(60)).id != of(other).id


@pytest.mark.parametrize(
    ("told", "mode", "why"),
    [
        (replace(run(0), mode="sandbox"), "live", "a run against a sandbox, and the history is of live ones"),
        (replace(run(0), mode="drill"), "live", "a run against a drill"),
        (run(0), "drill", "a run against a live, and the history is of drill ones"),
        (replace(run(0), ended="running"), "live", "has not ended"),
        (replace(run(0), verdicts=()), "live", "no verdicts"),
        (replace(run(0), started="yesterday"), "live", "'yesterday' is not a time"),
        (replace(run(0), started="2026-03-02T00:00:00"), "live", "in which zone"),
        (replace(run(0), started="2999-01-01T00:00:00Z"), "live", "in the future"),
    ],
    ids=["sandbox", "drill", "live-in-a-drill", "running", "nothing", "no-time", "no-zone", "future"],
)
def test_what_must_not_be_kept_is_refused(told: Run, mode: str, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        of(told, mode=mode)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "https://user:secret@ci.example/1", "ci.example", "https://", "https://[", "https://a\nb"],
)
def test_link_that_is_no_address_for_everyone_is_refused(link: str) -> None:
    with pytest.raises(Unusable, match="the link is not an address"):
        of(run(0), link=link)


def test_targets_are_seen_alike_with_their_probes_and_without() -> None:
    kept = of(run(0, "late"))

    assert of_targets(kept).items() <= of_all(kept).items()
    assert set(of_all(kept)) - set(of_targets(kept)) == {each.id for each in run(0).verdicts}


def test_target_is_as_its_worst_probe_and_a_tenant_as_its_worst_part() -> None:
    told = statuses(run(0, "down"))

    assert (told[USERS], told[PARTNERS], told["prod"], told["dependencies:github"]) == ("down", "up", "down", "up")
    assert "dependencies" not in told


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["up", "late"], "degraded"),
        (["up", "unknown"], "unknown"),  # nothing is called well beside what is not known
        (["down", "unknown"], "down"),
        (["up", "skipped"], "up"),
        (["up", "unread"], "up"),
        (["skipped", "skipped"], "skipped"),
        (["unread", "unread"], "unknown"),
        (["unread", "skipped"], "skipped"),
    ],
    ids=" ".join,
)
def test_target_is_as_these_probes_make_it(words: list[str], status: str) -> None:
    probes = [verdict("prod:10.0.0.1", word, kind="dedicated", probe=f"p{n}") for n, word in enumerate(words)]

    assert statuses(run(0, "up", *probes))["prod:10.0.0.1"] == status


def test_node_is_as_its_metrics() -> None:
    node = verdict("prod:10.0.0.1", kind="dedicated")
    metric = verdict("prod:10.0.0.1:cpu", "down", kind="dedicated", probe="metric")
    told = statuses(run(0, "up", node, metric))

    assert (told["prod:10.0.0.1"], told["prod:10.0.0.1:cpu"], told[USERS]) == ("down", "down", "up")


def test_weak_witness_makes_a_tenant_degraded_and_a_service_down() -> None:
    health = verdict("prod", "down", kind="health", probe="testall_answers")
    service = verdict("dependencies:aws", "down", kind="dependencies", probe="service_reports_no_incident")
    told = statuses(run(0, "up", health, service))

    assert (told["prod"], told[health.id], told["dependencies:aws"]) == ("degraded", "down", "down")


def _unreachable(*, control: str) -> Run:
    address = "https://prod.eu.auth0.com/.well-known/openid-configuration"
    gone = {"failure": "Unreachable", "reason": "nobody answers", "attempts": [{"url": address, "error": "gone"}]}
    verdicts = [verdict("prod", "down", kind="discovery", probe="issuer_is_this_tenant", **gone)]
    service = verdict("dependencies:control", "up" if control == "read" else "unread", kind="dependencies")
    silent: list[dict[str, Any]] = [{"url": "https://s", "status": None, "error": "gone", "started": 1.0, "phases": {}}]
    verdicts.append(service if control == "read" else replace(service, attempts=silent))
    return run(0, verdicts=tuple(verdicts))


@pytest.mark.parametrize(("control", "owner", "status"), [("silent", "runner", "unknown"), ("read", "auth0", "down")])
def test_target_is_unknown_where_the_machine_that_asked_is_to_blame(control: str, owner: str, status: str) -> None:
    told = _unreachable(control=control)

    assert told.diagnosis is not None
    assert str(told.diagnosis.owner) == owner
    assert statuses(told)["prod"] == status


def test_guess_does_not_excuse_what_is_down() -> None:
    told = _unreachable(control="silent")
    assert told.diagnosis is not None
    guessed = tuple(replace(each, confidence=Confidence.GUESS, status=Status.DOWN) for each in told.diagnosis.causes)

    assert statuses(replace(told, diagnosis=replace(told.diagnosis, causes=guessed)))["prod"] == "down"


def test_time_of_a_login_is_the_logins_own() -> None:
    others = [
        verdict(USERS, kind="refusals", seconds=1.0),
        verdict(USERS, kind="refresh", seconds=0.9),
        verdict(USERS, "down", probe="fails_late", seconds=30.0),
        verdict(USERS, probe="without_a_budget", seconds=9.0, budget=None),
    ]
    told = of_all(of(run(0, "up", *others, seconds=0.5)))

    assert told[USERS][1] == 0.5
    assert told["prod"][1] == 0.25, "of a tenant it is its own, and no login's"
    assert told[others[0].id] == ("up", 1.0)
    assert told[others[2].id] == ("down", None)
    assert told["dependencies:github"][1] is None


def test_time_of_a_tenant_is_its_machine_login() -> None:
    own = verdict("prod", kind="machine-login", probe="machine_login_hands_out_an_access_token", seconds=0.4)
    refused = verdict("prod", kind="refusals", probe="wrong_client_secret_is_refused", seconds=0.8)

    assert of_targets(of(run(0, "up", own, refused)))["prod"][1] == 0.4


def test_verdict_is_kept_without_what_its_id_says() -> None:
    told = {"id": LOGIN, "status": "up", "seconds": 0.25, "budget": 3.0}

    assert slim(full(told)) == told
    assert full(told)["target"] == USERS


def test_text_from_outside_is_made_harmless_and_short() -> None:
    bad = verdict(USERS, "down", reason=HOSTILE + "x" * 10_000)
    told = json.dumps(of(run(0, "up", bad), link="").document)

    assert "\\u001b" not in told
    assert "\\u202e" not in told
    assert len(told) < 8_000


def test_evidence_is_not_kept() -> None:
    attempts = [{"url": "https://prod.example/oauth/token", "address": "203.0.113.9"}]
    told = of(run(0, "up", verdict(USERS, "down", attempts=attempts)))

    assert "203.0.113.9" not in json.dumps(told.document)


def test_verdicts_of_no_known_form_are_kept_by_their_id() -> None:
    odd = Verdict.planned("elsewhere", status=Status.DOWN, reason="odd", target="prod:odd")
    told = statuses(run(0, "up", odd))

    assert (told["prod:odd"], told["elsewhere"], told["prod"]) == ("down", "down", "down")
