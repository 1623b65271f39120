"""What Prometheus is told: whatever the run, it can be read, unknown is neither up nor down, and nothing is foreign."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from monitor.feeds import batches, readout, series
from monitor.owners import Confidence, Owner
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.feeds import made
from tests.reports import runs
from tests.suite import ROOT

Read = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: bytes) -> Read:
    """Every sample by its name and labels, as a reader of the format takes it."""
    found: Read = {}
    for family in plain(text.decode()):
        for sample in family.samples:
            key = (sample.name, frozenset(sample.labels.items()))
            assert key not in found, f"twice: {key}"
            assert sample.timestamp is None
            found[key] = sample.value
    return found


def values(run: Run, name: str, **labels: str) -> dict[str, float]:
    """The values of this series where these labels have these values, by the rest of the labels."""
    wanted = set(labels.items())
    return {
        ",".join(value for _, value in sorted(of - wanted - {("mode", run.mode)})): value
        for (series_, of), value in read(series.text(run)).items()
        if series_ == f"auth0_synthetic_{name}" and wanted <= of
    }


@made.each_run
def test_whatever_the_run_both_formats_can_be_read_and_say_the_same(run: Run) -> None:
    kind, exposed = series.exposed(run, "application/openmetrics-text; version=1.0.0")
    newer = [each for family in openmetrics(exposed.decode()) for each in family.samples]  # type: ignore[no-untyped-call]

    assert kind.startswith("application/openmetrics-text")
    assert exposed.endswith(b"# EOF\n")
    assert {(each.name, frozenset(each.labels.items())): each.value for each in newer} == read(series.text(run))


@made.each_run
def test_unknown_is_neither_up_nor_down_and_each_probe_has_one_status(run: Run) -> None:
    found = read(series.text(run))
    up = {labels: value for (name, labels), value in found.items() if name.endswith("_probe_up")}
    on = {labels for (name, labels), value in found.items() if name.endswith("_probe_status") and value}

    by_probe: dict[frozenset[tuple[str, str]], set[str]] = {}
    for labels in on:
        status = dict(labels)["status"]
        by_probe.setdefault(labels - {("status", status)}, set()).add(status)
    for labels, (status,) in by_probe.items():
        assert up.get(labels) == {"up": 1, "degraded": 1, "down": 0}.get(status)


@made.each_run
def test_no_reason_id_or_sentence_is_in_a_label(run: Run) -> None:
    labels = {name for _, of in read(series.text(run)) for name, _ in of}

    assert labels <= {name for each in series.SERIES for name in each.labels}
    assert not labels & {"reason", "id", "sentence", "question", "error"}


@made.each_run
def test_every_tenant_has_one_status_in_the_run_and_an_age_where_its_time_is_one(run: Run) -> None:
    found = read(series.text(run))
    tenants = {dict(of)["tenant"] for (name, of), value in found.items() if name.endswith("_run_status") and value == 1}

    assert tenants == {dict(of)["tenant"] for (name, of) in found if name.endswith("_run_status")}
    aged = {dict(of)["tenant"] for (name, of) in found if name.endswith("_last_run_timestamp_seconds")}
    assert aged == (tenants if "02-31" not in run.started else set())


def test_what_this_machine_is_to_blame_for_says_nothing_of_a_tenant() -> None:
    run = made.sick()

    assert values(run, "probe_up", tenant="dev") == {}
    assert values(run, "run_status", tenant="dev") == {"up": 0, "degraded": 0, "down": 0, "unknown": 1}
    assert values(run, "run_status", tenant="prod")["down"] == 1
    assert values(run, "run_status", tenant="staging")["degraded"] == 1
    assert values(run, "last_judged_timestamp_seconds", tenant="dev") == {}
    assert len(values(run, "last_judged_timestamp_seconds", tenant="prod")) == 1


def test_tenant_of_which_there_is_no_verdict_is_unknown() -> None:
    run = made.told(runs.verdict(target="prod"), tenants=("prod", "gone"))

    assert values(run, "run_status", tenant="gone")["unknown"] == 1
    assert values(runs.run(), "run_status") == {"up,suite": 0, "degraded,suite": 0, "down,suite": 0, "unknown,suite": 1}


def test_causes_certificates_limits_and_phases_are_told() -> None:
    run = made.sick()

    assert set(values(run, "cause_info", tenant="prod")) == {"likely,extension,connection,down"}
    assert values(run, "certificate_expiry_timestamp_seconds", tenant="prod") == {"prod.example": made.EXPIRES}
    assert values(run, "ratelimit_remaining", tenant="prod") == {"/oauth/token": 97}
    assert values(run, "probe_phase_duration_seconds", tenant="prod", phase="wait")
    assert values(run, "probe_budget_seconds", tenant="staging") == {"tenant_is_fast,staging:password": 3}


def test_exchange_that_several_probes_rest_on_has_its_phases_once() -> None:
    run = made.told(*(runs.verdict(name, made.MAIN, attempts=[made.attempt()]) for name in ("one", "two")))

    probes = {key.split(",")[1] for key in values(run, "probe_phase_duration_seconds", tenant="prod")}
    assert probes == {"one"}


@pytest.mark.parametrize("mode", ["sandbox", "drill"])
def test_run_of_no_real_tenant_is_marked_in_every_series(mode: str) -> None:
    assert {dict(of)["mode"] for _, of in read(series.text(made.sick(mode=mode)))} == {mode}


def test_page_lists_every_series_with_its_labels() -> None:
    text = (ROOT / "docs/prometheus.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(auth0_synthetic_\w+)` \| (.+?) \|", text, re.MULTILINE)

    assert {name: tuple(re.findall(r"`(\w+)`", labels)) for name, labels in rows} == {
        each.full_name: each.labels for each in series.SERIES
    }


def test_status_of_a_tenant_is_that_of_its_targets_and_never_skipped() -> None:
    run = made.told(runs.skipped(target="prod"), tenants=("prod",))

    assert [each.status for each in readout.tenants(run)] == [Status.UNKNOWN]


def test_file_is_read_by_whoever_collects_and_replaced_at_once(tmp_path: Path) -> None:
    import os

    from monitor.feeds import feed_settings, textfile
    from monitor.feeds.sending import Courier
    from monitor.secrets import Scrubber

    file = tmp_path / "auth0.prom"
    before = os.umask(0o077)
    try:
        courier = Courier.within({textfile.VARIABLE: str(file)}, Scrubber(), 5)
        said = textfile.send(made.sick(), feed_settings.FeedSettings(), courier)
    finally:
        os.umask(before)

    assert "written" in said
    assert file.stat().st_mode & 0o777 == 0o644
    assert [each.name for each in tmp_path.iterdir()] == ["auth0.prom"]
    assert read(file.read_bytes())


def test_certificate_is_by_host_the_soonest_and_none_of_a_service() -> None:
    seen = [
        made.attempt(certificate_expires=2_000_000_000),
        made.attempt(certificate_expires=1_800_000_000.5),
        made.attempt(certificate_expires=1_950_000_000.0),
        made.attempt(certificate_expires=None),
        made.attempt(certificate_expires=1_700_000_000.0, url="https://b.example:8443/x"),
        made.attempt(certificate_expires=1_600_000_000.0, url="https://["),
    ]
    page = runs.verdict(
        "page", "dependencies:github", budget=None, attempts=[made.attempt(url="https://github.example")]
    )
    run = made.told(runs.verdict(attempts=seen), page)

    told = values(run, "certificate_expiry_timestamp_seconds")
    assert told == {"prod.example,prod": 1_800_000_000.5, "b.example,prod": 1_700_000_000}


def test_limit_is_by_path_the_one_of_which_the_least_is_left_and_none_of_a_service() -> None:
    def limited(limit: int, left: int, **said: Any) -> dict[str, Any]:
        return made.attempt(headers={"X-RateLimit-Limit": str(limit), "x-ratelimit-remaining": str(left)}, **said)

    seen = [limited(100, 50), limited(10, 7), limited(300, 200), limited(5, 1, url="https://prod.example/userinfo")]
    page = runs.verdict("page", "dependencies:github", budget=None, attempts=[limited(60, 0)])
    run = made.told(runs.verdict(attempts=[*seen, runs.attempt(headers={})]), page)

    assert values(run, "ratelimit_remaining") == {"/oauth/token,prod": 7, "/userinfo,prod": 1}
    assert values(run, "ratelimit_limit") == {"/oauth/token,prod": 10, "/userinfo,prod": 5}


def test_probe_has_its_own_times_and_none_that_it_lacks() -> None:
    run = made.told(
        runs.verdict("timed", seconds=0.5, budget=3.0), runs.verdict("free", budget=None), runs.skipped("unasked")
    )

    assert values(run, "probe_duration_seconds") == {"timed,prod,prod": 0.5, "free,prod,prod": 0.213}
    assert values(run, "probe_budget_seconds") == {"timed,prod,prod": 3}
    assert values(run, "probe_status", probe="unasked")["skipped,prod,prod"] == 1
    assert values(run, "probe_up") == {"timed,prod,prod": 1, "free,prod,prod": 1}


def test_phases_are_of_each_exchange_by_its_probe_with_their_seconds() -> None:
    phases = {"wait": 0.179, "dns": 0.002}
    other = made.attempt(started=9.0)
    run = made.told(
        runs.verdict("one", attempts=[made.attempt()], phases=phases),
        runs.verdict("two", attempts=[made.attempt()], phases=phases),
        runs.verdict("three", attempts=[other], phases={"dns": 0.5}),
        runs.verdict("none", attempts=[], phases={"dns": 0.7}),
        runs.verdict("one", "eu", attempts=[made.attempt()], phases={"dns": 0.25}),
    )

    assert values(run, "probe_phase_duration_seconds") == {
        "dns,one,prod,prod": 0.002,
        "wait,one,prod,prod": 0.179,
        "dns,three,prod,prod": 0.5,
        "dns,one,eu,eu": 0.25,
    }


def test_targets_have_one_status_each_and_runs_their_length_and_their_start() -> None:
    run = made.sick(seconds=12.5)
    start = (readout.ended(run) or 0) - 12.5

    told = {key for key, value in values(run, "target_status", tenant="staging").items() if value == 1}
    assert told == {"degraded,staging", "degraded,staging:password"}
    assert len(values(run, "target_status", tenant="staging", target="staging")) == 5
    assert set(values(run, "run_duration_seconds").values()) == {12.5}
    assert set(values(run, "last_run_timestamp_seconds").values()) == {start}
    assert values(run, "last_judged_timestamp_seconds") == {"prod": start, "staging": start}


@pytest.mark.parametrize("name", ["probe_status", "run_status", "cause_info"])
def test_foreign_name_is_one_line_of_a_bounded_length_and_told_once(name: str) -> None:
    long = "x" * 400
    verdicts = [runs.down(f"{long}{number}", "prod") for number in range(2)]
    run = made.told(*verdicts, causes=(made.cause(Owner.AUTH0, Status.DOWN, *verdicts, rule=long),))

    assert values(run, name)
    assert max(len(value) for _, of in read(series.text(run)) for _, value in of) <= 230


def test_text_for_one_tenant_has_no_other() -> None:
    run = made.sick()
    (prod,) = [each for each in readout.tenants(run) if each.name == "prod"]

    assert {dict(of)["tenant"] for _, of in read(series.text(run, [prod]))} == {"prod"}
    assert {dict(of)["tenant"] for _, of in read(series.exposed(run, "", [prod])[1])} == {"prod"}


def test_probe_that_no_tenant_names_is_the_suites_and_each_run_has_its_tenants_in_their_order() -> None:
    run = made.told(runs.verdict(target="b"), runs.verdict(target="a"), runs.unread(), tenants=("a", "b", "gone"))

    assert [(each.name, each.status) for each in readout.tenants(run)] == [
        ("a", Status.UP),
        ("b", Status.UP),
        ("gone", Status.UNKNOWN),
        ("dependencies", Status.UNKNOWN),
    ]
    assert [(each.name, each.status) for each in readout.tenants(runs.run())] == [("suite", Status.UNKNOWN)]


def test_tenant_has_its_own_probes_targets_and_causes_and_no_others() -> None:
    ill, late = runs.down(target="prod:corp"), runs.degraded(target="prod2:corp")
    causes = (made.cause(Owner.EXTENSION, Status.DOWN, ill), made.cause(Owner.AUTH0, Status.DEGRADED, late))
    prod, other = readout.tenants(made.told(ill, late, causes=causes))

    assert [each.verdict for each in prod.probes] == [ill]
    assert set(prod.targets) == {"prod", "prod:corp"}
    assert [each.owner for each in prod.causes] == [Owner.EXTENSION]
    assert set(other.targets) == {"prod2", "prod2:corp"}
    assert [each.owner for each in other.causes] == [Owner.AUTH0]
    assert readout.worst_of([prod, other]) is Status.DOWN
    assert readout.worst_of([]) is Status.UNKNOWN


@pytest.mark.parametrize(
    ("verdict", "judged"),
    [
        (runs.verdict(), True),
        (runs.degraded(), True),
        (runs.down(), True),
        (runs.unknown(), False),
        (runs.skipped(), False),
    ],
    ids=lambda given: str(given.status) if isinstance(given, Verdict) else "",
)
def test_tenant_is_judged_where_one_of_its_probes_was(verdict: Verdict, *, judged: bool) -> None:
    (prod,) = readout.tenants(made.told(verdict, runs.skipped("other")))

    assert prod.judged is judged


@pytest.mark.parametrize(("after", "age"), [(10.0, 10.0), (0.0, 0.0), (-300.0, 0.0), (-301.0, None)])
def test_age_is_since_the_run_began_and_a_clock_may_be_five_minutes_wrong(after: float, age: float | None) -> None:
    run = made.well()
    began = (readout.ended(run) or 0) - run.seconds

    assert readout.age(run, began + after) == (None if age is None else pytest.approx(age, abs=0.01))
    assert readout.age(replace(run, started="never"), began) is None
    assert readout.ended(replace(run, started="never")) is None


@pytest.mark.parametrize(
    ("owner", "confidence", "status"),
    [
        (Owner.RUNNER, Confidence.LIKELY, Status.UNKNOWN),
        (Owner.RUNNER, Confidence.GUESS, Status.DOWN),
        (Owner.AUTH0, Confidence.LIKELY, Status.DOWN),
    ],
)
def test_tenant_is_excused_by_this_machine_alone_and_by_no_guess(
    owner: Owner, confidence: Confidence, status: Status
) -> None:
    ill = runs.down()
    (prod,) = readout.tenants(made.told(ill, causes=(made.cause(owner, Status.DOWN, ill, confidence=confidence),)))

    assert (prod.status, prod.probes[0].status, prod.targets["prod"][0]) == (status, status, status)


def test_cause_that_is_late_at_worst_makes_its_tenant_late_and_its_probe_stays_down() -> None:
    ill = runs.down()
    (prod,) = readout.tenants(made.told(ill, causes=(made.cause(Owner.AUTH0, Status.DEGRADED, ill),)))

    assert (prod.status, prod.probes[0].status) == (Status.DEGRADED, Status.DOWN)


@pytest.mark.parametrize(
    ("most_bytes", "most", "lists"),
    [
        (1_000, 2, [[1, 2], [3, 4], [5]]),
        (16, 9, [[1, 2], [3, 4], [5]]),
        (14, 9, [[1], [2], [3], [4], [5]]),
        (24, 9, [[1, 2, 3], [4, 5]]),
        (1, 9, [[1], [2], [3], [4], [5]]),
    ],
)
def test_documents_come_in_as_few_lists_as_there_may_be(most_bytes: int, most: int, lists: list[list[int]]) -> None:
    documents = [{"n": number} for number in range(1, 6)]

    for around, name in ((b"[]", ""), (b'{"series":[]}', "series")):
        found = [json.loads(each) for each in batches.lists(documents, most_bytes + len(around), most, around)]
        told = [each[name] for each in found] if name else found
        assert [[each["n"] for each in some] for some in told] == lists
    assert list(batches.lists([], most_bytes, most)) == []


def test_document_is_packed_in_ascii_without_a_space_and_never_with_what_is_no_json() -> None:
    assert batches.packed({"a": "ü", "b": [1, 2]}) == b'{"a":"\\u00fc","b":[1,2]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        batches.packed({"a": float("nan")})
