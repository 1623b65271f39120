"""Incidents, from runs alone: when they open, what changes them, when they are over, and what is none."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise, product

import pytest

from monitor.incidents import Policy, Threshold, policy
from monitor.incidents.described import flapping
from monitor.owners import Owner
from monitor.status import Status
from tests.telling.past import LOGIN, PROBES, PROFILE, Ill, Past

AUTH0 = Ill(Owner.AUTH0)
EXTENSION = Ill(Owner.EXTENSION)
NOBODY = Ill(Owner.UNKNOWN)
BLIND = Ill(Owner.THROTTLED, status=Status.UNKNOWN)


def past(*runs: str, every: float = 300.0) -> Past:
    """``a`` auth0, ``e`` extension, ``n`` nobody knows, ``t`` throttled, ``-`` nothing judged, ``.`` well."""
    made = Past(every)
    words = {"a": AUTH0, "e": EXTENSION, "n": NOBODY, "t": BLIND}
    for letter in "".join(runs):
        made.run(*([words[letter]] if letter in words else []), blind=("prod",) if letter in "-t" else ())
    return made


@pytest.mark.parametrize(
    ("runs", "every", "opened", "closed"),
    [
        pytest.param(".a.", 300, 0, 0, id="one-run-is-no-incident"),
        pytest.param(".aa", 300, 1, 0, id="two-runs-are-one"),
        pytest.param(".aa", 60, 0, 0, id="two-runs-within-a-minute-are-none"),
        pytest.param(".aaa", 60, 1, 0, id="three-runs-within-two-minutes-are-one"),
        pytest.param("aa.", 300, 1, 0, id="one-well-run-does-not-close"),
        pytest.param("aa..", 300, 1, 1, id="two-well-runs-close"),
        pytest.param("aa.a.a.a", 300, 1, 0, id="well-runs-between-do-not-close"),
        pytest.param("aa----------", 300, 1, 0, id="what-judges-nothing-does-not-close"),
        pytest.param("a----a", 300, 1, 0, id="what-judges-nothing-does-not-clear-a-suspicion"),
        pytest.param("a-----", 300, 0, 0, id="what-judges-nothing-does-not-confirm"),
        pytest.param("aa-.-.", 300, 1, 1, id="what-judges-nothing-does-not-keep-open"),
        pytest.param("aa..aa..", 300, 2, 2, id="a-second-outage-is-a-second-incident"),
        pytest.param("tt", 300, 1, 0, id="a-monitor-that-is-throttled-is-one"),
        pytest.param("aattaa..", 300, 2, 2, id="a-monitor-that-is-throttled-hides-no-outage"),
        pytest.param("ttaa", 300, 2, 1, id="a-monitor-that-sees-an-outage-can-see"),
        pytest.param("aatt", 300, 2, 0, id="a-monitor-that-cannot-see-ends-no-outage"),
    ],
)
def test_incident_opens_and_closes_as_runs_confirm_it(runs: str, every: float, opened: int, closed: int) -> None:
    found = past(runs, every=every).incidents()

    assert len(found) == opened
    assert sum(not each.open for each in found) == closed


def test_incident_tells_its_times() -> None:
    made = past(".aa-..")
    (found,) = made.incidents()
    at = [each.started for each in made.runs]

    assert (found.began, found.opened, found.seen) == (at[1], at[2], at[2])
    assert (found.recovered, found.closed, found.known) == (at[4], at[5], at[5])
    assert found.runs == (made.runs[1].id, made.runs[2].id)
    assert found.link == made.runs[1].link


def test_change_of_owner_changes_the_incident_and_makes_no_second_one() -> None:
    (found,) = past("nnaa").incidents()

    assert [each.owner for each in found.changes] == [Owner.UNKNOWN, Owner.AUTH0]
    assert found.owner is Owner.AUTH0


def test_suspicion_whose_owner_changes_is_confirmed_all_the_same() -> None:
    (found,) = past("na").incidents()

    assert found.owner is Owner.AUTH0
    assert len(found.runs) == 2


def test_outage_that_spreads_is_one_incident() -> None:
    made = Past()
    made.run(AUTH0, tenants=("prod", "staging"))
    made.run(AUTH0, tenants=("prod", "staging"))
    made.run(Ill(Owner.AUTH0, ("prod", "staging")), tenants=("prod", "staging"))
    (found,) = made.incidents()

    assert found.tenants == ("prod", "staging")
    assert [each.targets for each in found.changes] == [("prod",), ("prod", "staging")]


def test_whatever_is_auth0s_at_a_time_is_one_incident() -> None:
    made = Past()
    one, another = Ill(Owner.AUTH0, ("prod",), said="one"), Ill(Owner.AUTH0, ("staging",), said="another")
    for ill in [(one,), (one,), (one, another), (one, another)]:
        made.run(*ill, tenants=("prod", "staging"))
    together = Past()
    for _ in range(2):
        together.run(one, another, tenants=("prod", "staging"))

    assert [each.tenants for each in made.incidents()] == [("prod", "staging")]
    assert [each.tenants for each in together.incidents()] == [("prod", "staging")]


def test_tenant_that_was_well_between_is_not_believed_to_be_ill() -> None:
    made = Past()
    both = ("prod", "staging")
    made.run(Ill(Owner.AUTH0, both), tenants=both)
    made.run(tenants=both, blind=("staging",))
    made.run(Ill(Owner.AUTH0, ("prod",)), tenants=both, blind=("staging",))

    assert made.incidents() == ()


def test_incident_in_two_tenants_is_over_when_both_are_well() -> None:
    made = Past()
    both = ("prod", "staging")
    for ill in [Ill(Owner.AUTH0, both)] * 2 + [Ill(Owner.AUTH0, ("staging",))] * 3:
        made.run(ill, tenants=both)
    (found,) = made.incidents()
    assert found.open
    assert found.targets == ("staging",)
    made.run(tenants=both)
    made.run(tenants=both)

    assert not made.incidents()[0].open


def test_tenants_that_are_asked_by_runs_of_their_own_do_not_confirm_each_other() -> None:
    made = Past()
    made.run(Ill(Owner.AUTH0, ("prod",)), tenants=("prod",))
    made.run(Ill(Owner.AUTH0, ("staging",)), tenants=("staging",), after=5)

    assert made.incidents(Policy(Threshold(2, 0))) == ()


@pytest.mark.parametrize("owner", [Owner.EXTENSION, Owner.CONFIGURATION, Owner.UNKNOWN])
def test_one_that_recovers_as_another_falls_ill_are_two_incidents(owner: Owner) -> None:
    made = Past()
    for ill in ("prod", "prod", "staging", "staging"):
        made.run(Ill(owner, (ill,)), tenants=("prod", "staging"))
    newer, older = made.incidents()

    assert (older.tenants, older.recovered, older.closed) == (("prod",), made.runs[2].started, made.runs[3].started)
    assert (newer.tenants, newer.began, newer.open) == (("staging",), made.runs[2].started, True)


def test_incident_is_of_every_tenant_also_where_the_cause_names_a_few() -> None:
    tenants = tuple(f"t{number}" for number in range(1, 6))
    made = Past()
    for _ in range(2):
        made.run(Ill(Owner.AUTH0, tenants, target="t1 and 4 more"), tenants=tenants)
    (found,) = made.incidents()

    assert found.tenants == tenants


def test_different_work_is_different_incidents() -> None:
    made = Past()
    for _ in range(2):
        made.run(Ill(Owner.CONFIGURATION, ("prod",)), Ill(Owner.EXTENSION, ("prod",)))
    found = made.incidents()

    assert {each.owner for each in found} == {Owner.CONFIGURATION, Owner.EXTENSION}
    assert len({each.id for each in found}) == 2


def test_configurations_of_two_tenants_are_different_work() -> None:
    made = Past()
    for _ in range(2):
        made.run(
            Ill(Owner.CONFIGURATION, ("prod",), said="one"),
            Ill(Owner.CONFIGURATION, ("staging",), said="another"),
            tenants=("prod", "staging"),
        )

    assert {each.tenants for each in made.incidents()} == {("prod",), ("staging",)}


@pytest.mark.parametrize(
    "ill",
    [
        pytest.param(Ill(Owner.UPSTREAM, ("dependencies:github",), Status.DEGRADED), id="service"),
        pytest.param(Ill(Owner.UPSTREAM, ("dependencies:github",), Status.DOWN, "another"), id="service-that-is-down"),
        pytest.param(Ill(Owner.AUTH0, rule="health", status=Status.DEGRADED), id="weak-witness"),
        pytest.param(Ill(Owner.AUTH0, rule="auth0-incident", status=Status.DEGRADED), id="auth0s-own-page"),
    ],
)
@pytest.mark.parametrize("tell", ["down", "degraded"])
def test_what_never_pages_on_its_own_is_named_beside(ill: Ill, tell: str) -> None:
    told, _ = policy({"AUTH0_TELL": tell})
    alone, beside = Past(), Past()
    for _ in range(4):
        alone.run(ill)
        beside.run(EXTENSION, ill)
    (found,) = beside.incidents(told)

    assert alone.incidents(told) == ()
    assert found.besides == (ill.cause,)


def test_login_that_fails_with_an_api_behind_it_is_an_incident_of_its_tenant() -> None:
    made = Past()
    for _ in range(2):
        made.run(Ill(Owner.UPSTREAM, ("prod",), rule="api-behind", said="logins break with acme"))
    (found,) = made.incidents()

    assert (found.owner, found.tenants) == (Owner.UPSTREAM, ("prod",))


@pytest.mark.parametrize(("tell", "found"), [("down", 0), ("degraded", 1), ("", 0)])
def test_degraded_is_told_where_it_is_asked_for(tell: str, found: int) -> None:
    made = Past()
    for _ in range(3):
        made.run(Ill(Owner.EXTENSION, rule="login-late", status=Status.DEGRADED))
    told, remarks = policy({"AUTH0_TELL": tell})

    assert len(made.incidents(told)) == found
    assert remarks == ()


@pytest.mark.parametrize(
    ("ill", "about_monitor"),
    [
        (Ill(Owner.RUNNER), True),
        (BLIND, True),
        (Ill(Owner.CONFIGURATION, rule="variables", status=Status.UNKNOWN), True),
        (Ill(Owner.CONFIGURATION), False),
        (AUTH0, False),
    ],
    ids=["runner", "throttled", "variables", "configuration", "auth0"],
)
def test_monitor_that_cannot_see_is_told_as_such(ill: Ill, *, about_monitor: bool) -> None:
    made = Past()
    for _ in range(2):
        made.run(ill)

    assert made.incidents()[0].about_monitor is about_monitor


def test_silence_neither_confirms_nor_closes() -> None:
    made = past("....aa")
    made.run(after=86_400)
    (found,) = made.incidents()
    assert found.open

    made = past("....a")
    made.run(AUTH0, after=86_400)
    assert made.incidents(Policy(Threshold(1, 600))) == ()


def test_incident_knows_from_when_on_nothing_is_known_of_it() -> None:
    made = past("....aa")
    (found,) = made.incidents()

    assert found.known == made.runs[-1].started
    assert found.silent_after == 900
    assert [found.silent(found.known + later) for later in (899, 901)] == [False, True]


def test_incident_is_not_silent_between_two_runs_of_a_scheduler_whose_rounds_are_a_minute_apart() -> None:
    """Five rounds a minute apart, and then a pause of eleven: most intervals are of a minute all the same."""
    made = Past(every=60)
    for number in range(20):
        made.run(*[AUTH0] * (number >= 10), after=660 if number % 5 == 0 else None)
    (found,) = made.incidents()

    assert found.known == made.runs[-1].started
    assert [found.silent(found.known + minutes * 60) for minutes in (11, 32, 34)] == [False, False, True]


@pytest.mark.parametrize("runs", ["aa..aa..aa..", "a.a.a.", "a..a..a...."], ids=["incidents", "single-runs", "rarer"])
def test_what_comes_and_goes_stays_open_until_it_is_quiet(runs: str) -> None:
    made = past(runs)
    found = made.incidents()[0]
    assert found.open
    assert found.spells == 3

    for _ in range(9):
        made.run()
    assert not made.incidents()[0].open
    assert made.incidents()[0].id == found.id


def test_single_failures_far_apart_are_no_flapping() -> None:
    assert past(("a" + "." * 12) * 6).incidents() == ()


def test_incident_of_a_probe_that_was_not_asked_again_stays_open() -> None:
    made = past("aa")
    made.run()
    made.run()
    for each, probe in product(made.runs[2:], PROBES):
        del made.seen[probe.format("prod")][each.id]

    assert made.incidents()[0].open


def test_incident_is_not_over_while_one_of_its_probes_cannot_be_judged() -> None:
    made = past("ee")
    for _ in range(3):
        made.run(replace(BLIND, probes=(PROFILE,)))
    found = next(each for each in made.incidents() if each.owner is Owner.EXTENSION)

    assert found.open


def test_incident_is_over_when_what_it_was_about_is_well_whatever_else_is_ill() -> None:
    made = Past()
    for _ in range(2):
        made.run(replace(EXTENSION, probes=(PROFILE,)), replace(AUTH0, probes=(LOGIN,)))
    for _ in range(2):
        made.run(replace(AUTH0, probes=(LOGIN,)))

    assert {each.owner: each.open for each in made.incidents()} == {Owner.EXTENSION: False, Owner.AUTH0: True}


def test_incident_of_a_probe_that_is_there_no_more_is_over_after_a_day() -> None:
    made = past("aa", every=3600)
    for _ in range(30):
        made.run()
    for each, probe in product(made.runs[2:], PROBES):
        del made.seen[probe.format("prod")][each.id]

    assert made.incidents(runs=made.runs[:25])[0].open
    (found,) = made.incidents()
    assert not found.open
    assert found.recovered is None


def test_incident_is_over_while_a_weak_witness_is_still_ill() -> None:
    made = past("ee")
    for _ in range(2):
        made.run(Ill(Owner.AUTH0, rule="health", status=Status.DEGRADED, probes=(PROFILE,)))

    assert [each.open for each in made.incidents()] == [False]


def test_later_runs_leave_what_is_closed_as_it_was() -> None:
    made = past("aa..aa..nn..tt..aa..")
    whole = {each.id: each for each in made.incidents()}
    for length in range(1, len(made.runs)):
        for each in made.incidents(runs=made.runs[:length]):
            assert each.id in whole
            assert each.open or whole[each.id] == each


def test_order_in_which_runs_were_recorded_does_not_matter() -> None:
    made = past("aa..n.aa-.-tt..aaa")
    shuffled = [*made.runs, *made.runs[:4]]
    random.Random(1).shuffle(shuffled)  # noqa: S311 - an order, not a secret

    assert made.incidents(runs=shuffled) == made.incidents()


@pytest.mark.parametrize(
    ("text", "owner", "threshold"),
    [
        ("", "auth0", Threshold(2, 90)),
        ("3", "auth0", Threshold(3, 0)),
        ("5m", "auth0", Threshold(1, 300)),
        ("2 90s", "auth0", Threshold(2, 90)),
        ("2, 1h", "auth0", Threshold(2, 3600)),
        ("2 runner=15m", "runner", Threshold(1, 900)),
        ("2 RUNNER=15m runner=3", "runner", Threshold(3, 900)),
        ("runner=15m", "auth0", Threshold(2, 90)),
    ],
)
def test_how_long_something_must_be_so_is_for_the_user_to_say(text: str, owner: str, threshold: Threshold) -> None:
    read, remarks = policy({"AUTH0_CONFIRM": text})

    assert read.threshold(Owner(owner)) == threshold
    assert remarks == ()


@pytest.mark.parametrize("text", ["0", "two", "5x", "-1", "2 nobody=3", "=3", "runner=", "99999"])
def test_what_cannot_be_read_is_one_line_and_the_default(text: str) -> None:
    read, remarks = policy({"AUTH0_CONFIRM": text})

    assert read == Policy()
    assert len(remarks) == 1
    assert remarks[0].startswith("AUTH0_CONFIRM: ")


def test_status_that_is_none_is_one_line_and_the_default() -> None:
    read, remarks = policy({"AUTH0_TELL": "everything"})

    assert read == Policy()
    assert remarks == ("AUTH0_TELL is neither down nor degraded; until it is, only what is down opens an alert",)


def test_owner_that_takes_longer_to_believe_waits() -> None:
    made = Past()
    for _ in range(3):
        made.run(Ill(Owner.RUNNER))
    told = replace(Policy(), owners={Owner.RUNNER: Threshold(1, 900)})

    assert made.incidents(told) == ()
    made.run(Ill(Owner.RUNNER))
    assert len(made.incidents(told)) == 1


def test_flapping_lasts_from_its_first_spell() -> None:
    """Three times down for one run each within a quarter of an hour: not from the third to the third, by one run."""
    past = Past(every=60.0)
    past.run()
    for word in "..a..a..a":
        past.run(*([AUTH0] if word == "a" else []))
    (told,) = past.incidents(Policy())
    starts = [run.started for run in past.runs if run.causes]

    assert (told.began, told.opened, told.seen) == (starts[0], starts[2], starts[2])
    assert told.runs == tuple(run.id for run in past.runs if run.causes)
    assert told.link == next(run.link for run in past.runs if run.causes)
    assert flapping(told) == "it failed 3 times within a short time"
    past.run()
    past.run(AUTH0)
    (told,) = past.incidents(Policy())
    assert flapping(told) == "it failed 4 times within a short time"


def test_flapping_takes_nothing_from_an_incident_that_was_one_of_its_own() -> None:
    past = Past()
    for word in ".aaa...aa...a..a..":
        past.run(*([AUTH0] if word == "a" else []))
    found = sorted(past.incidents(Policy()), key=lambda each: each.began)

    for before, after in pairwise(found):
        assert (before.closed or 0.0) < after.began
