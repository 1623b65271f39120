"""Fewer witnesses never make an answer more certain, and never move the blame to whom the missing one had cleared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.diagnosis.diagnosis import diagnose
from monitor.diagnosis.ladder import LOGIN, PAGES
from monitor.diagnosis.rules import RULES
from monitor.owners import Cause, Confidence, Owner
from monitor.verdict import DEPENDENCIES, Run, Verdict
from tests.diagnosis.scenes import CASES, run_of
from tests.diagnosis.test_rules import RUNS

TOLD = [*dict.fromkeys([*(told for _, *both in CASES for told in both if told), *dict(RUNS)])]
SURE = [Confidence.GUESS, Confidence.LIKELY, Confidence.CERTAIN]

NOTHING_ELSE_WORKS = {rule.name for rule in RULES if rule.falls}
"""Rules that say that nothing, or no login, works: a login that does contradicts them, and without it nothing does."""


def witnesses(run: Run) -> Iterator[tuple[Verdict, ...]]:
    """Each page, each tenant, and each login with all that is judged of it; what is ill accuses, and clears nobody."""
    yield from (each for each in _all_of(run) if not any(verdict.ill for verdict in each))


def _all_of(run: Run) -> Iterator[tuple[Verdict, ...]]:
    for page in (each for each in run.verdicts if each.rung in PAGES):
        yield (page,)
    for name in {each.tenant for each in run.verdicts} - {DEPENDENCIES}:
        yield tuple(each for each in run.verdicts if each.tenant == name)
    for target in {each.target for each in run.verdicts if each.rung == LOGIN}:
        yield tuple(each for each in run.verdicts if each.target == target)


def causes(run: Run) -> dict[str, Cause]:
    """By the verdicts that they explain; what a page says of itself is no answer about logins."""
    told = ((identity, cause) for cause in diagnose(run).causes for identity in cause.verdicts)
    return {identity: cause for identity, cause in told if f"[{DEPENDENCIES}:" not in identity}


@pytest.mark.parametrize("told", TOLD, ids=[each.replace(" ", ",") for each in TOLD])
def test_without_a_witness_nothing_is_more_certain_and_nobody_is_blamed_whom_it_had_cleared(told: str) -> None:
    run = run_of(told)
    with_all = causes(run)
    for witness in witnesses(run):
        gone = {each.id for each in witness}
        if gone & set(with_all):
            continue  # it is ill itself
        without = causes(replace(run, verdicts=tuple(each for each in run.verdicts if each.id not in gone)))
        for identity, cause in without.items():
            before = with_all[identity]
            if cause.rule in NOTHING_ELSE_WORKS and cause.rule != before.rule:
                continue
            said = f"{before.rule} {before.owner} {before.confidence} > {cause.rule}: without {sorted(gone)}"
            assert SURE.index(cause.confidence) <= SURE.index(before.confidence), said
            assert cause.owner in (before.owner, Owner.UNKNOWN), said
