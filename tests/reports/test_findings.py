"""What every report says of a run: its conclusion, its order, its causes and its warnings, each at their bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.clues import Clue, ClueKind
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.reports import findings
from monitor.shards import Shard
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.reports import runs


def tenants(number: int, made: str = "down") -> list[Verdict]:
    """A verdict of each of so many tenants."""
    return [getattr(runs, made)(target=f"t{each:02}") for each in range(number)]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([runs.verdict(), runs.verdict("x", "qa")], "prod, qa: 2 probes up"),
        (tenants(5, "verdict"), "t00, t01, t02, t03, t04: 5 probes up"),
        (tenants(6, "verdict"), "6 tenants: 6 probes up"),
        ([runs.verdict(), runs.skipped(), runs.skipped("x")], "prod: 1 probe up, 2 others skipped"),
        ([runs.down(), runs.verdict("x"), runs.verdict(target="qa")], "prod: 1 of 2 probes are down"),
        ([runs.down(), runs.unknown("x", "qa")], "prod: 1 of 1 probe is down"),
        ([runs.down("x", "qa"), runs.down(), runs.down("y")], "prod: 2 of 2 probes are down; qa: 1 of 1"),
        ([runs.skipped(), runs.skipped("x", "qa")], "prod: every probe was skipped; qa: every probe was skipped"),
        (tenants(5), "t00: 1 of 1 probe is down; t01: 1 of 1; t02: 1 of 1; t03: 1 of 1; t04: 1 of 1"),
        (
            tenants(6),
            "t00: 1 of 1 probe is down; t01: 1 of 1; t02: 1 of 1; t03: 1 of 1; t04: 1 of 1; and 1 more tenant",
        ),
    ],
    ids=["two", "five", "six", "skipped", "down", "worst-alone", "both-down", "none", "five-down", "six-down"],
)
def test_run_is_counted_in_a_sentence(verdicts: list[Verdict], said: str) -> None:
    assert findings.counted(runs.run(*verdicts)) == said
    assert findings.conclusion(runs.run(*verdicts)) == said


def test_worst_tenant_is_the_first_and_dependencies_follow_those_that_are_as_well() -> None:
    run = runs.run(
        runs.verdict(target="zeta"),
        runs.verdict(target="dependencies:github"),
        runs.verdict(target="qa"),
        runs.verdict(target=""),
        runs.degraded(target="dependencies:aws-late"),
        runs.degraded(target="late"),
        runs.down(target="ill"),
        runs.verdict(target="ill:password"),
    )
    found = findings.by_tenant(run)

    assert list(found) == ["ill", "late", "dependencies", "qa", findings.NOBODY, "zeta"]
    assert [each.target for each in found["ill"]] == ["ill", "ill:password"]
    assert list(findings.by_tenant(replace(run, verdicts=run.verdicts[:4]))) == ["qa", "suite", "zeta", "dependencies"]


def test_worst_target_is_the_first_and_what_is_well_is_in_the_order_of_names() -> None:
    found = findings.by_target(
        [
            runs.verdict(target="b"),
            runs.skipped(target="a"),
            runs.unknown(target="c"),
            runs.degraded(target="d"),
            runs.down(target="e"),
            runs.verdict(target="e"),
        ]
    )

    assert list(found) == ["e", "c", "d", "a", "b"]
    assert [each.status for each in found["e"]] == [Status.DOWN, Status.UP]


def test_what_differs_in_status_or_tenant_or_reason_is_no_common_reason() -> None:
    told = findings.common_reasons(
        [
            runs.verdict("well"),
            runs.unread(),
            runs.down("a", reason="why"),
            runs.down("b", "qa", reason="why"),
            runs.unknown("c", reason="why"),
            runs.degraded("late", reason="why"),
            *(runs.down(f"d{n}", reason="another why") for n in range(2)),
        ]
    )

    assert [(str(each.status), each.tenant, each.reason, len(each.verdicts)) for each in told] == [
        ("down", "prod", "another why", 2),
        ("down", "prod", "why", 1),
        ("down", "qa", "why", 1),
        ("unknown", "prod", "why", 1),
        ("degraded", "prod", "why", 1),
    ]


def test_reason_brings_the_last_attempt_of_the_slowest_that_was_sent() -> None:
    def sent(*statuses: int) -> list[dict[str, object]]:
        return [runs.attempt(status=status) for status in statuses]

    quick, slow = runs.down("a", seconds=0.1, attempts=sent(501)), runs.down("b", seconds=0.9, attempts=sent(502, 503))
    unsent, untimed = runs.down("c", seconds=2.0, attempts=[]), runs.down("d", seconds=None, attempts=sent(504))

    def answered(*verdicts: Verdict) -> str:
        (reason,) = findings.common_reasons(verdicts)
        return findings.answered(reason)

    assert "→ 503" in answered(quick, slow, unsent, untimed)
    assert "→ 504" in answered(unsent, untimed)
    assert answered(unsent) == ""


def test_only_what_was_measured_may_differ_in_a_common_reason() -> None:
    told = findings.common_reasons(
        [
            runs.down("a", reason="took 4.01 s", seconds=4.01),
            runs.down("b", reason="took 5.20 s", seconds=5.2),
            runs.down("c", reason="status 500"),
            runs.down("d", reason="status 502"),
            runs.down("e", reason="version 1.2 stands"),
            runs.down("f", reason="version 1.3 stands"),
        ]
    )

    assert [each.reason for each in told] == [
        "took 5.20 s (the slowest of 2)",
        "status 500",
        "status 502",
        "version 1.2 stands",
        "version 1.3 stands",
    ]


def test_places_join_probes_of_the_same_parts_and_parts_of_the_same_probe() -> None:
    hit = [runs.down(probe, f"prod:{part}") for probe in ("a", "b") for part in ("x", "y")]
    (reason,) = findings.common_reasons([*hit, runs.down("c", "prod:x"), runs.down("d"), runs.down("e")])

    assert findings.places(reason) == ["a, b [x, y]", "c [x]", "d, e"]
    assert findings.place(hit[0]) == "a [x]"
    assert findings.place(runs.down("d")) == "d"


def test_pace_is_that_of_what_is_up_by_tenant_and_kind() -> None:
    timed = [runs.verdict(f"p{n}", seconds=took) for n, took in enumerate((0.4, 0.1, 0.3))]
    other = runs.verdict("x", "qa", seconds=None)
    told = findings.paces([*timed, runs.degraded(seconds=9.0), runs.down(seconds=8.0), other])

    assert [(each.tenant, each.kind, each.count, each.median) for each in told] == [
        ("prod", "login", 3, 0.3),
        ("qa", "login", 1, None),
    ]
    assert [each.slowest for each in told] == [timed[0], None]
    assert findings.pace_of([*timed, other]).tenant == "2 tenants"
    assert findings.pace_of([*timed, other]).count == 4


def test_what_auth0_knows_is_told_once_and_of_whom() -> None:
    clues = (
        Clue("prod", ClueKind.LOG, "wrong password", connection="users"),
        Clue("prod", ClueKind.LOG, "wrong password", connection="users"),
        Clue("prod", ClueKind.NO_RULES, "there are no rules"),
        Clue("qa", ClueKind.ACTION, "an Action was deployed"),
    )

    assert findings.known(runs.run(clues=clues)) == [
        "prod (users): wrong password",
        "qa: an Action was deployed",
    ]


@pytest.mark.parametrize(("number", "more"), [(11, []), (12, []), (13, ["1 more fact"]), (14, ["2 more facts"])])
def test_many_clues_are_cut_and_counted(number: int, more: list[str]) -> None:
    clues = tuple(Clue("prod", ClueKind.LOG, f"fact {n}") for n in range(number))
    told = findings.known(runs.run(clues=clues))

    assert told == [*(f"prod: fact {n}" for n in range(min(number, 12))), *more]


@pytest.mark.parametrize(("number", "more"), [(0, 0), (10, 0), (11, 1)])
def test_many_remarks_are_cut_and_counted(number: int, more: int) -> None:
    told = findings.warnings(runs.run(remarks=tuple(f"look at {n}" for n in range(number))))

    assert told[:10] == [f"REMARK: look at {n}" for n in range(min(number, 10))]
    assert [each.startswith("and 1 more remark") for each in told[10:]] == [True] * more


def ahead(hours: float, *hosts: str) -> Run:
    """A run whose every answer, of these hosts, told a time that is so many hours before ours."""
    at = 1795381200.0
    date = {"date": "Sun, 22 Nov 2026 21:00:00 GMT"}
    seen = [
        runs.attempt(url=f"https://{host}/", started=at + hours * 3600, seconds=0.0, headers=date) for host in hosts
    ]
    return runs.run(*(runs.verdict(f"p{n}", attempts=[each]) for n, each in enumerate(seen)))


@pytest.mark.parametrize(
    ("run", "begins"),
    [
        (runs.run(), []),
        (runs.run(mode="drill", drill=("a", "b")), ["DRILL: a, b."]),
        (runs.run(mode="sandbox"), ["SANDBOX: "]),
        (runs.run(ended="running"), ["INCOMPLETE: the run has not ended, or was killed. "]),
        (runs.run(ended="interrupted: SIGTERM"), ["INCOMPLETE: interrupted: SIGTERM. "]),
        (
            runs.run(runs.verdict(), shard=Shard(2, 3, ("prod", "qa"))),
            ["SHARD 2/3: of 2 tenants this part has prod"],
        ),
        (runs.run(shard=Shard(3, 3, ("prod",))), ["SHARD 3/3: of 1 tenant this part has none"]),
        (ahead(3.0, "a.example", "b.example"), ["CLOCK: this machine's clock is 3.0 hours ahead "]),
        (ahead(-3.0, "a.example", "b.example"), ["CLOCK: this machine's clock is 3.0 hours behind "]),
        (ahead(3.0, "a.example"), []),
    ],
    ids=["none", "drill", "sandbox", "running", "interrupted", "shard", "empty-shard", "ahead", "behind", "one-host"],
)
def test_what_must_be_known_before_anything_else_is_told(run: Run, begins: list[str]) -> None:
    told = findings.warnings(run)

    assert len(told) == len(begins)
    assert all(one.startswith(begin) for one, begin in zip(told, begins, strict=True)), told


def test_cause_is_told_with_the_reasons_of_its_own_verdicts_alone() -> None:
    mine, others = runs.down("a", reason="one"), runs.down("b", reason="two")

    def cause(*ids: str) -> Cause:
        known = (Owner.AUTH0, Confidence.LIKELY, Status.DOWN, "prod", "a sentence", ids, (), "docs/runbook.md#x")
        return Cause("rule", *known)

    causes = (cause(mine.id, "of another version"), cause(others.id))
    run = runs.run(mine, others, diagnosis=Diagnosis(Status.DOWN, Owner.AUTH0, "a sentence", causes))
    told = findings.explained(run)

    assert [(each, [reason.reason for reason in reasons]) for each, reasons in told] == [
        (causes[0], ["one"]),
        (causes[1], ["two"]),
    ]
    assert findings.whose(causes[0]) == "auth0, likely"
    assert findings.explained(runs.run(runs.verdict())) == []
    ((none, reasons),) = findings.explained(runs.run(mine, others))
    assert (none, [each.reason for each in reasons]) == (None, ["one", "two"])
