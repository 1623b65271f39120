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


def test_single_failures_within_twenty_runs_flap_and_further_apart_they_do_not() -> None:
    """The third within twenty runs, the first of them counted, opens an incident at once."""
    within = past("a" + "." * 8 + "a" + "." * 9 + "a")
    beyond = past("a" + "." * 9 + "a" + "." * 9 + "a")

    assert [len(within.runs), len(beyond.runs)] == [20, 21]
    assert [each.spells for each in within.incidents()] == [3]
    assert beyond.incidents() == ()


def test_flapping_is_counted_in_the_runs_that_asked_the_tenant() -> None:
    """Another tenant, which is asked far more often, makes no single failure of it an old one."""
    made = Past(every=60.0)
    for letter in "a.a.a":
        made.run(*([EXTENSION] if letter == "a" else []))
        for _ in range(12):
            made.run(tenants=("staging",))
    (found,) = made.incidents()

    assert (found.tenants, found.spells) == (("prod",), 3)


@pytest.mark.parametrize(
    "three",
    [
        [Ill(owner) for owner in (Owner.EXTENSION, Owner.CONFIGURATION, Owner.AUTH0)],
        [Ill(Owner.EXTENSION, (name,)) for name in ("prod", "staging", "qa")],
    ],
    ids=["owners", "tenants"],
)
def test_single_failures_of_different_kinds_are_no_flapping(three: list[Ill]) -> None:
    made = Past()
    for ill in three:
        made.run(ill, tenants=("prod", "staging", "qa"))
        made.run(tenants=("prod", "staging", "qa"))

    assert made.incidents() == ()


def test_flapping_is_as_bad_as_the_worst_of_its_spells() -> None:
    made = Past()
    for status in (Status.DOWN, Status.DEGRADED, Status.DEGRADED):
        made.run(Ill(Owner.EXTENSION, status=status))
        made.run()
    told, _ = policy({"AUTH0_TELL": "degraded"})
    (found,) = made.incidents(told)

    assert (found.status, found.worst) == (Status.DEGRADED, Status.DOWN)


def test_flapping_in_two_tenants_begins_anew_where_both_had_been_well() -> None:
    made, both = Past(), ("prod", "staging")
    for names in (both, (), both, (), both, ("prod",), both, (), both):
        made.run(*([Ill(Owner.EXTENSION, names)] if names else []), tenants=both)

    assert [each.spells for each in made.incidents()] == [4]


@pytest.mark.parametrize(
    ("every", "last", "closed"), [(3600.0, 24, False), (3600.0, 25, True), (7200.0, 19, False), (7200.0, 20, True)]
)
def test_incident_of_a_probe_that_is_not_run_any_more_is_over_after_a_day_and_twenty_runs(
    every: float, last: int, *, closed: bool
) -> None:
    made = past("aa", every=every)
    for _ in range(last):
        made.run()
    for each, probe in product(made.runs[2:], PROBES):
        del made.seen[probe.format("prod")][each.id]

    assert [not each.open for each in made.incidents()] == [closed]


@pytest.mark.parametrize("how", ["another-tenant", "nothing-judged", "skipped", "cannot-be-judged"])
def test_incident_stays_open_however_long_what_it_is_about_is_not_judged(how: str) -> None:
    """For more than a day and twenty runs; only a probe that is there no more is given up."""
    made = past("ee", every=3600)
    for _ in range(40):
        if how == "another-tenant":
            made.run(tenants=("staging",))
        elif how == "nothing-judged":
            made.run(blind=("prod",))
        elif how == "skipped":
            made.run()
            for probe in PROBES:
                made.seen[probe.format("prod")][made.runs[-1].id] = Status.SKIPPED
        else:
            made.run(replace(BLIND, probes=(PROFILE,)))
    found = next(each for each in made.incidents() if each.owner is Owner.EXTENSION)

    assert found.open
    assert found.seen == made.runs[1].started


def test_incident_is_over_where_what_it_was_about_is_only_late_by_now() -> None:
    made = past("ee")
    for _ in range(2):
        made.run(Ill(Owner.EXTENSION, rule="login-late", status=Status.DEGRADED))

    assert [each.open for each in made.incidents()] == [False]
    told, _ = policy({"AUTH0_TELL": "degraded"})
    (found,) = made.incidents(told)
    assert (found.open, found.status, found.worst) == (True, Status.DEGRADED, Status.DOWN)


def test_incident_is_over_where_some_of_its_probes_are_well_and_the_others_not_asked() -> None:
    made = past("ee..")
    for each in made.runs[2:]:
        del made.seen[PROFILE.format("prod")][each.id]

    assert [each.open for each in made.incidents()] == [False]


def test_incident_is_not_over_while_something_of_it_is_ill_without_a_cause() -> None:
    made = past("ee")
    for _ in range(3):
        run = made.run(replace(EXTENSION, probes=(PROFILE,)))
        findings = tuple(replace(each, cause=None) for each in run.findings)
        made.runs[-1] = replace(run, causes=(), findings=findings)

    assert [each.open for each in made.incidents()] == [True]


@pytest.mark.parametrize(
    "blind",
    [BLIND, Ill(Owner.RUNNER), Ill(Owner.CONFIGURATION, rule="variables", status=Status.UNKNOWN)],
    ids=["throttled", "runner", "variables"],
)
def test_monitor_that_sees_again_is_well_whatever_it_sees(blind: Ill) -> None:
    made = Past()
    for ill in (blind, blind, AUTH0, AUTH0):
        made.run(ill)
    newer, older = made.incidents()

    assert (older.owner, older.open, older.recovered) == (blind.owner, False, made.runs[2].started)
    assert (newer.owner, newer.open, newer.began) == (Owner.AUTH0, True, made.runs[2].started)


def test_tenants_of_which_each_shares_a_cause_with_the_next_are_one_incident() -> None:
    one, another = "the script throws", "the script is slow"
    made = Past()
    for _ in range(2):
        made.run(
            Ill(Owner.EXTENSION, ("a", "b"), said=one),
            Ill(Owner.EXTENSION, ("b", "c"), said=another),
            tenants=("a", "b", "c"),
        )

    assert [each.tenants for each in made.incidents()] == [("a", "b", "c")]


def test_incident_that_finds_its_owner_finds_the_one_whose_trouble_is_worst() -> None:
    """The other one's is an incident of its own."""
    told, _ = policy({"AUTH0_TELL": "degraded"})
    made = Past()
    late = Ill(Owner.CONFIGURATION, rule="login-late", status=Status.DEGRADED, probes=(PROFILE,))
    for some in [(NOBODY,)] * 2 + [(late, replace(EXTENSION, probes=(LOGIN,)))] * 2:
        made.run(*some)
    found = {each.owner: each for each in made.incidents(told)}

    assert found.keys() == {Owner.EXTENSION, Owner.CONFIGURATION}
    assert found[Owner.EXTENSION].began == made.runs[0].started
    assert found[Owner.CONFIGURATION].began == made.runs[2].started
    assert found[Owner.EXTENSION].causes == (replace(EXTENSION, probes=(LOGIN,)).cause,)


def test_incident_of_another_tenant_is_not_taken_for_that_of_an_owner_who_is_found() -> None:
    made, both = Past(), ("prod", "staging")
    for ill in [Ill(Owner.UNKNOWN, ("prod",))] * 2 + [Ill(Owner.EXTENSION, ("staging",))] * 2:
        made.run(ill, tenants=both)

    assert {each.owner: (each.tenants, each.open) for each in made.incidents()} == {
        Owner.UNKNOWN: (("prod",), False),
        Owner.EXTENSION: (("staging",), True),
    }


def test_incident_that_finds_an_owner_who_has_one_in_a_tenant_leaves_him_that_tenant() -> None:
    made, both = Past(), ("prod", "staging")
    nobody = Ill(Owner.UNKNOWN, both, probes=(LOGIN,))
    in_staging = Ill(Owner.EXTENSION, ("staging",), probes=(PROFILE,))
    in_prod = Ill(Owner.EXTENSION, ("prod",), probes=(LOGIN,), said="another")
    for some in [(nobody, in_staging)] * 2 + [(in_prod, in_staging)] * 2:
        made.run(*some, tenants=both)

    assert {each.tenants: (each.owner, each.began) for each in made.incidents()} == {
        ("prod",): (Owner.EXTENSION, made.runs[0].started),
        ("staging",): (Owner.EXTENSION, made.runs[0].started),
    }


def test_incident_speaks_of_the_worst_and_is_as_bad_as_that() -> None:
    told, _ = policy({"AUTH0_TELL": "degraded"})
    both = ("prod", "staging")
    late = Ill(Owner.AUTH0, ("prod",), Status.DEGRADED, "login-late", said="a: logins are late")
    out = Ill(Owner.AUTH0, ("staging",), said="b: nobody is let in")
    made = Past()
    for some in [(late, out)] * 2 + [(late,)]:
        made.run(*some, tenants=both)
    (found,) = made.incidents(told, made.runs[:2])
    assert [each.sentence for each in found.causes] == [out.said, late.said]
    assert (found.sentence, found.status, found.worst) == (out.said, Status.DOWN, Status.DOWN)

    (found,) = made.incidents(told)
    assert (found.sentence, found.status, found.worst) == (late.said, Status.DEGRADED, Status.DOWN)
    assert [(each.status, each.sentence) for each in found.changes] == [
        (Status.DOWN, out.said),
        (Status.DEGRADED, late.said),
    ]


def test_of_several_causes_in_one_tenant_the_worst_is_told_first() -> None:
    told, _ = policy({"AUTH0_TELL": "degraded"})
    late = replace(EXTENSION, status=Status.DEGRADED, rule="login-late", probes=(PROFILE,), said="a: late")
    out = replace(EXTENSION, probes=(LOGIN,), said="b: out")
    made = Past()
    for _ in range(2):
        made.run(late, out)
    (found,) = made.incidents(told)

    assert [each.sentence for each in found.causes] == [out.said, late.said]
    assert (found.sentence, found.status) == (out.said, Status.DOWN)


def test_change_names_all_that_have_been_ill_until_then() -> None:
    made, both = Past(), ("prod", "staging")
    for names in (("prod",), ("prod",), ("staging",), ("prod",)):
        made.run(Ill(Owner.AUTH0, names), tenants=both)
    (found,) = made.incidents()

    assert [each.targets for each in found.changes] == [("prod",), both]
    assert [each.at for each in found.changes] == [made.runs[1].started, made.runs[2].started]
    assert [(each.run, each.link) for each in found.changes] == [(each.id, each.link) for each in made.runs[1:3]]
    assert found.targets == ("prod",)


def test_targets_of_an_incident_are_those_of_its_own_tenants() -> None:
    made = Past()
    for _ in range(2):
        for names in (("prod", "staging"),):
            made.run(Ill(Owner.EXTENSION, names, target="prod:db, prod:saml, staging:db"), tenants=names)
        made.run(Ill(Owner.EXTENSION, ("prod",), target="prod:db"), tenants=("prod",))
    (found,) = made.incidents(runs=made.runs[:3])
    assert found.targets == ("prod:db", "prod:saml", "staging:db")

    apart = Past()
    for _ in range(2):
        apart.run(
            Ill(Owner.CONFIGURATION, ("prod",), target="prod:db", said="one"),
            Ill(Owner.CONFIGURATION, ("staging",), target="staging:db", said="another"),
            tenants=("prod", "staging"),
        )
    found_apart = apart.incidents()
    assert {each.tenants: each.targets for each in found_apart} == {
        ("prod",): ("prod:db",),
        ("staging",): ("staging:db",),
    }
    assert len({each.id for each in found_apart}) == 2


def test_incident_of_a_tenant_is_not_kept_open_by_what_another_suffered_with_it() -> None:
    """One cause in two tenants: each is over by its own probes."""
    made, both = Past(), ("prod", "staging")
    for _ in range(2):
        made.run(Ill(Owner.EXTENSION, both), tenants=both)
    for _ in range(2):
        made.run(tenants=("prod",))
    (found,) = made.incidents()
    assert found.recovered is None
    for _ in range(2):
        made.run(tenants=("staging",))
    (found,) = made.incidents()

    assert (found.open, found.recovered, found.closed) == (False, made.runs[4].started, made.runs[5].started)


@pytest.mark.parametrize("target", ["dependencies:github, prod", "prod, dependencies:github"])
def test_service_that_fails_with_a_tenant_is_an_incident_of_the_tenant_alone(target: str) -> None:
    made = Past()
    ill = Ill(Owner.UPSTREAM, ("dependencies:github", "prod"), rule="api-behind", target=target)
    for _ in range(2):
        made.run(ill)
    (found,) = made.incidents()

    assert (found.owner, found.tenants, found.targets) == (Owner.UPSTREAM, ("prod",), ("prod",))


@pytest.mark.parametrize(("pause", "opened"), [(900.0, 1), (901.0, 0)], ids=["as-long-as-usual", "a-gap"])
def test_time_in_which_nothing_ran_confirms_nothing(pause: float, opened: int) -> None:
    """Three usual pauses without a run are still a time of illness; in more of them nobody knows how it was."""
    made = past("....a")
    made.run(AUTH0, after=pause)

    assert len(made.incidents(Policy(Threshold(1, 600)))) == opened


@pytest.mark.parametrize(
    ("text", "runs", "opened"),
    [("5m", "aa", 1), ("301s", "aa", 0), ("3", "aa", 0), ("3", "aaa", 1), ("2 10m", "aa", 0), ("2 10m", "aaa", 1)],
)
def test_incident_opens_with_the_run_that_reaches_both_thresholds(text: str, runs: str, opened: int) -> None:
    told, _ = policy({"AUTH0_CONFIRM": text})

    assert len(past(runs).incidents(told)) == opened


@pytest.mark.parametrize("text", ["60", "9999s", "24h", "1440m", "60 24h"])
def test_longest_time_to_confirm_is_sixty_runs_and_a_day(text: str) -> None:
    assert policy({"AUTH0_CONFIRM": text})[1] == ()


@pytest.mark.parametrize("text", ["61", "1441m", "25h", "2 auth0=61", "auth0=25h 2"])
def test_longer_time_to_confirm_is_refused_and_the_default_holds(text: str) -> None:
    read, remarks = policy({"AUTH0_CONFIRM": text})

    assert (read, len(remarks)) == (Policy(), 1)


@pytest.mark.parametrize("text", ["DEGRADED", " Degraded "])
def test_status_to_tell_is_read_in_any_case(text: str) -> None:
    assert policy({"AUTH0_TELL": text}) == policy({"AUTH0_TELL": "degraded"})


@pytest.mark.parametrize("tell", ["down", "degraded"])
def test_who_cannot_be_judged_is_told_whatever_else_is(tell: str) -> None:
    told, _ = policy({"AUTH0_TELL": tell})

    assert [each.owner for each in past("tt").incidents(told)] == [Owner.THROTTLED]
    assert [each.owner for each in past("aa").incidents(told)] == [Owner.AUTH0]


def test_newest_incident_stands_first_and_of_two_at_a_time_their_order_is_always_the_same() -> None:
    made = Past()
    one, another = Ill(Owner.EXTENSION, ("prod",)), Ill(Owner.CONFIGURATION, ("staging",))
    for some in [(one,)] * 2 + [()] * 2 + [(one, another)] * 2:
        made.run(*some, tenants=("prod", "staging"))
    found = made.incidents()

    assert [each.opened for each in found] == [made.runs[5].started, made.runs[5].started, made.runs[1].started]
    assert [each.open for each in found] == [True, True, False]
    assert [each.id for each in found[:2]] == sorted(each.id for each in found[:2])


@pytest.mark.parametrize(
    ("runs", "owner", "began"),
    [
        pytest.param(".a..aa...a", Owner.AUTH0, 9, id="not-before-an-incident-of-its-own"),
        pytest.param("nnaa..n..n", Owner.UNKNOWN, 6, id="not-what-was-found-to-be-anothers"),
        pytest.param("e.aa..e.e", Owner.EXTENSION, 0, id="before-an-incident-of-another"),
        pytest.param("aa..a..aa" + "." * 11 + "a", Owner.AUTH0, 20, id="not-what-flapped-before"),
    ],
)
def test_flapping_begins_with_the_first_failure_that_is_part_of_no_other_incident(
    runs: str, owner: Owner, began: int
) -> None:
    made = past(runs)
    newest = next(each for each in made.incidents() if each.owner is owner)

    assert newest.spells >= 3
    assert newest.began == made.runs[began].started
    assert newest.runs[0] == made.runs[began].id


def test_incident_that_finds_its_owner_keeps_the_tenants_in_which_others_have_work() -> None:
    made, both = Past(), ("prod", "staging")
    others = Ill(Owner.CONFIGURATION, ("prod",), probes=(PROFILE,))
    for ill in [Ill(Owner.UNKNOWN, both, probes=(LOGIN,))] * 2 + [Ill(Owner.EXTENSION, ("staging",))] * 2:
        made.run(ill, others, tenants=both)

    assert {each.owner: each.tenants for each in made.incidents()} == {
        Owner.EXTENSION: both,
        Owner.CONFIGURATION: ("prod",),
    }


def test_silence_is_judged_by_the_tenant_that_is_asked_most_seldom() -> None:
    """One is asked every five minutes, the other every hour: three of its pauses are no silence."""
    made, both = Past(), ("prod", "staging")
    for number in range(37):
        ill = [Ill(Owner.AUTH0, both if number % 12 == 0 else ("prod",))] if number >= 24 else []
        made.run(*ill, tenants=both if number % 12 == 0 else ("prod",))
    (found,) = made.incidents()

    assert found.tenants == both
    assert found.silent_after == 3 * 3600


def test_suspicion_of_a_probe_that_is_there_no_more_confirms_nothing_later() -> None:
    made = past("a", every=3600)
    for _ in range(30):
        made.run()
    for each, probe in product(made.runs[1:], PROBES):
        del made.seen[probe.format("prod")][each.id]
    made.run(AUTH0)
    assert made.incidents(Policy(Threshold(2, 0))) == ()

    made.run(AUTH0)
    assert [each.began for each in made.incidents(Policy(Threshold(2, 0)))] == [made.runs[-2].started]


@pytest.mark.parametrize(
    "blind",
    [Ill(Owner.RUNNER), Ill(Owner.CONFIGURATION, rule="variables", status=Status.UNKNOWN)],
    ids=["runner", "variables"],
)
def test_monitor_that_cannot_see_takes_over_no_outage(blind: Ill) -> None:
    made = Past()
    for ill in (EXTENSION, EXTENSION, blind, blind):
        made.run(ill)

    assert {each.owner: (each.status, each.open) for each in made.incidents()} == {
        Owner.EXTENSION: (Status.DOWN, True),
        blind.owner: (blind.status, True),
    }


def test_incident_of_which_a_run_names_no_probe_is_over_when_those_of_the_run_before_are_well() -> None:
    made = past("ee")
    made.runs[-1] = replace(made.runs[-1], findings=())
    assert [each.open for each in made.incidents()] == [True]
    for _ in range(2):
        made.run()

    assert [each.open for each in made.incidents()] == [False]


@pytest.mark.parametrize(
    "still",
    [Ill(Owner.RUNNER), Ill(Owner.CONFIGURATION, rule="variables", status=Status.UNKNOWN)],
    ids=["runner", "variables"],
)
def test_monitor_is_not_well_while_it_cannot_see_for_another_reason(still: Ill) -> None:
    made = past("tt")
    for _ in range(3):
        made.run(replace(still, probes=(PROFILE,)))

    assert {each.owner: each.open for each in made.incidents()} == {Owner.THROTTLED: True, still.owner: True}


def test_monitor_that_sees_no_service_is_an_incident_of_its_own() -> None:
    made = Past()
    for _ in range(2):
        made.run(Ill(Owner.RUNNER, ("dependencies:github",)))
    (found,) = made.incidents()

    assert (found.owner, found.targets, found.about_monitor) == (Owner.RUNNER, ("dependencies:github",), True)
    assert [found.silent(found.known + later) for later in (900, 901)] == [False, True], "by the pauses of all runs"
