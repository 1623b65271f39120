"""Runs for feeds to tell: a well one, a sick one with every status in it, and any that there may be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.status import Status
from monitor.text import stamp
from monitor.verdict import PHASES, Run, Verdict
from tests.reports import runs

MAIN = "prod:password-realm:Username-Password-Authentication"
EXPIRES = 1_900_000_000.0


def attempt(**said: Any) -> dict[str, Any]:
    """An attempt whose answer tells of the rate limit, and whose certificate has an end."""
    headers = {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "97"}
    return runs.attempt(headers=headers, certificate_expires=EXPIRES) | said


def cause(owner: Owner, status: Status, *verdicts: Verdict, rule: str = "connection", **said: Any) -> Cause:
    known: dict[str, Any] = {
        "rule": rule,
        "owner": owner,
        "confidence": Confidence.LIKELY,
        "status": status,
        "target": ", ".join(dict.fromkeys(each.target for each in verdicts)),
        "sentence": f"it is {owner}'s work | and \\n no other's",
        "verdicts": tuple(each.id for each in verdicts),
        "against": (),
        "runbook": "docs/runbook.md#connection",
    }
    return Cause(**known | said)


def told(*verdicts: Verdict, causes: tuple[Cause, ...] = (), ago: float = 5.0, **said: Any) -> Run:
    """A run of these that began so many seconds ago, with these causes."""
    run = runs.run(*verdicts, started=stamp(time.time() - ago), **said)
    first = causes[0] if causes else None
    status = first.status if first else run.status
    diagnosis = Diagnosis(status, first.owner if first else None, first.sentence if first else "login works", causes)
    return replace(run, diagnosis=diagnosis)


def well(ago: float = 5.0, **said: Any) -> Run:
    """Two tenants whose every probe is up, but for one that was not asked."""
    return told(
        runs.verdict(target=MAIN, attempts=[attempt()]),
        runs.verdict("keys_are_published", "prod", attempts=[attempt(url="https://prod.example/jwks.json")]),
        runs.skipped("node_is_idle", "prod"),
        runs.verdict(target="staging:password", attempts=[attempt(url="https://staging.example/oauth/token")]),
        runs.verdict("service_reports_no_incident", "dependencies:github", budget=None),
        ago=ago,
        **{"tenants": ("prod", "staging")} | said,
    )


def sick(ago: float = 5.0, **said: Any) -> Run:
    """It has prod down by an extension, staging late, dev unknown by the machine that asks, lab never judged."""
    down = runs.down(target=MAIN, attempts=[attempt(status=500)])
    late = runs.degraded(target="staging:password", attempts=[attempt(url="https://staging.example/oauth/token")])
    ours = runs.down(target="dev:password", attempts=[attempt(error="no route", status=None, headers={})])
    return told(
        down,
        runs.verdict("keys_are_published", "prod", attempts=[attempt()]),
        runs.skipped("node_is_idle", "prod"),
        late,
        ours,
        runs.unknown(target="lab"),
        runs.unread(),
        causes=(
            cause(Owner.EXTENSION, Status.DOWN, down),
            cause(Owner.RUNNER, Status.DOWN, ours, rule="no-way-out"),
            cause(Owner.CONFIGURATION, Status.DEGRADED, late, rule="slow"),
        ),
        ago=ago,
        **{"tenants": ("prod", "staging", "dev", "lab")} | said,
    )


text = st.text(max_size=12) | st.sampled_from(["prod", "prod:corp", runs.HOSTILE, "", "dependencies:x", 'a"b\\n'])
number = st.floats(0, 1e6)
phases = st.dictionaries(st.sampled_from(PHASES), number)
attempts = st.fixed_dictionaries(
    {
        "method": st.just("GET"),
        "url": text | st.sampled_from(["https://a.example/oauth/token", "https://[", "http://h:99999/"]),
        "status": st.none() | st.integers(100, 999),
        "error": st.none() | text,
        "started": st.floats(0, 4e9),
        "seconds": number,
        "phases": phases,
        "address": st.none() | text,
        "headers": st.dictionaries(st.sampled_from(["x-ratelimit-limit", "x-ratelimit-remaining", "date"]), text)
        | st.just({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3"}),
        "bytes": st.integers(0, 99),
    },
    optional={"certificate_expires": st.none() | st.floats(0, 4e9)},
)
verdicts = st.builds(
    Verdict,
    id=text,
    probe=text,
    target=text,
    kind=text,
    status=st.sampled_from(Status),
    reason=text,
    failure=st.sampled_from(["", "Unreadable", "Unreachable", "Invented"]),
    question=text,
    seconds=st.none() | number,
    budget=st.none() | number,
    phases=phases,
    attempts=st.lists(attempts, max_size=2),
)
causes = st.builds(
    Cause,
    rule=text,
    owner=st.sampled_from(Owner),
    confidence=st.sampled_from(Confidence),
    status=st.sampled_from(Status),
    target=text,
    sentence=text,
    verdicts=st.lists(text, max_size=3).map(tuple),
    against=st.just(()),
    runbook=text,
)
diagnoses = st.builds(
    Diagnosis,
    status=st.sampled_from([each for each in Status if each is not Status.SKIPPED]),
    owner=st.none() | st.sampled_from(Owner),
    sentence=text,
    causes=st.lists(causes, max_size=3).map(tuple),
)
any_run = st.builds(
    Run,
    mode=st.sampled_from(["live", "sandbox", "drill"]),
    started=st.sampled_from(["2026-11-22T21:00:00Z", "2026-11-22T21:00:00.5Z", "2026-02-31T21:00:00Z"]),
    seconds=number,
    version=text,
    ended=st.sampled_from(["finished", "running", "interrupted: SIGTERM"]),
    tenants=st.lists(text, max_size=3, unique=True).map(tuple),
    verdicts=st.lists(verdicts, max_size=5).map(tuple),
    diagnosis=st.none() | diagnoses,
)
"""Any run that a results.json may hold, and some that none should."""


def each_run(test: Callable[[Run], None]) -> Callable[[], None]:
    """A test that holds of any run: of thirty of them."""
    decorated: Callable[[], None] = settings(max_examples=30, deadline=None, database=None)(given(any_run)(test))
    return decorated
