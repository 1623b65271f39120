"""What holds of incidents whatever runs there were."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.incidents import Incident, Policy, Threshold
from monitor.owners import Owner
from monitor.status import Status
from tests.telling.past import RULES, Ill, Past

TENANTS = ("prod", "staging")
OWNERS = st.sampled_from([each for each in RULES if each is not Owner.UPSTREAM])
STATUS = {Owner.THROTTLED: Status.UNKNOWN}

ill = st.builds(
    lambda owner, tenants: Ill(owner, tuple(sorted(tenants)), STATUS.get(owner, Status.DOWN)),
    OWNERS,
    st.sets(st.sampled_from(TENANTS), min_size=1),
)
"""What is ill in a run: who of these, by whose fault."""

rounds = st.lists(
    st.one_of(
        st.lists(ill, max_size=2, unique_by=lambda each: each.owner).filter(
            lambda some: (
                len({name for each in some for name in each.tenants}) == sum(len(each.tenants) for each in some)
            )
        ),
        st.none(),
    ),
    max_size=24,
)
"""Runs: causes, each tenant of one at most; nothing where all is well, and None where nothing could be judged."""

POLICY = Policy(Threshold(2, 0.0))
small = settings(derandomize=True, max_examples=100, deadline=None, database=None)


def past(found: list[list[Ill] | None]) -> Past:
    made = Past()
    for each in found:
        if each is None:
            made.run(tenants=TENANTS, blind=TENANTS)
        else:
            made.run(*each, tenants=TENANTS)
    return made


def told(found: list[list[Ill] | None]) -> tuple[Incident, ...]:
    return past(found).incidents(POLICY)


@small
@given(rounds, st.randoms(use_true_random=False))
def test_order_of_merging_does_not_matter(found: list[list[Ill] | None], order: random.Random) -> None:
    made = past(found)
    mixed = [*made.runs, *made.runs[::2]]
    order.shuffle(mixed)

    assert made.incidents(POLICY, mixed) == made.incidents(POLICY)


@small
@given(rounds)
def test_no_two_are_open_of_one_owner_and_tenant_at_a_time(found: list[list[Ill] | None]) -> None:
    incidents = told(found)

    for one, other in combinations(incidents, 2):
        apart = (one.closed or 1e12) <= other.began or (other.closed or 1e12) <= one.began
        assert apart or one.owner is not other.owner or not set(one.tenants) & set(other.tenants)


@small
@given(rounds)
def test_none_is_closed_before_it_has_recovered(found: list[list[Ill] | None]) -> None:
    made = past(found)
    for each in made.incidents(POLICY):
        after = [run for run in made.runs if each.seen < run.started <= (each.closed or 0.0)]
        well = [run for run in after if not run.causes and run.status is Status.UP]
        if each.closed is not None:
            assert each.recovered is not None
            assert each.seen < each.recovered < each.closed
            assert len(well) >= 1
            assert after


@small
@given(rounds)
def test_none_is_opened_before_it_is_confirmed(found: list[list[Ill] | None]) -> None:
    for each in told(found):
        assert len(each.runs) >= 2 or each.flapping
        assert each.began <= each.opened <= each.seen


@small
@given(rounds, st.data())
def test_runs_that_judged_nothing_change_nothing(found: list[list[Ill] | None], draw: st.DataObject) -> None:
    """The same incidents of the same runs: only how long nothing was known can differ."""
    made = past([each for each in found if each is not None])
    before = made.incidents(POLICY)
    starts = [each.started for each in made.runs]
    for place in draw.draw(st.lists(st.sampled_from(starts or [0.0]), max_size=6, unique=True)):
        blind = Past(runs=[], seen=made.seen).run(tenants=TENANTS, blind=TENANTS)
        made.runs.append(replace(blind, started=place + 1.0, id=f"blind{place}"))

    assert made.incidents(POLICY) == before


@small
@given(rounds)
def test_ids_are_of_one_incident_each(found: list[list[Ill] | None]) -> None:
    ids = [each.id for each in told(found)]

    assert len(ids) == len(set(ids))


@small
@given(rounds)
def test_what_is_closed_stays_as_it_was(found: list[list[Ill] | None]) -> None:
    made = past(found)
    whole = {each.id: each for each in made.incidents(POLICY)}
    half = made.incidents(POLICY, made.runs[: len(made.runs) // 2])

    assert all(whole[each.id] == each if not each.open else each.id in whole for each in half)
