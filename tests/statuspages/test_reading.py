"""What a page means to a tenant: what counts of it, what does not, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.statuspages.page import Component, Notice, Page, Severity
from monitor.statuspages.weighing import Reading, Wanted, weigh

OK, MAINTENANCE, INFO, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.INFO, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
STALE = timedelta(days=14)
LOGIN = Wanted(("Login", "API*", "!API docs"))


def read(page: Page, wanted: Wanted = LOGIN) -> Reading:
    return weigh(page, wanted, now=NOW, stale=STALE)


def component(severity: Severity, name: str = "Login", region: str = "", group: str = "") -> Component:
    return Component(name, severity, region, group)


def incident(severity: Severity, *names: str, **known: object) -> Notice:
    parts = tuple(component(severity, name) for name in names)
    return Notice("Something is wrong", severity, parts, **known)  # type: ignore[arg-type]


def test_unknown_stands_above_what_is_harmless_and_below_what_is_ill() -> None:
    order = [OK, MAINTENANCE, INFO, UNKNOWN, DEGRADED, PARTIAL, MAJOR]

    assert sorted(Severity) == order
    assert len(Severity) == len(order), "no two are the same"


@pytest.mark.parametrize("severity", list(Severity))
def test_worst_component_that_matters_speaks(severity: Severity) -> None:
    page = Page(components=(component(OK), component(severity, "API"), component(MAJOR, "Billing")))

    assert read(page).severity is severity


def test_component_that_is_left_out_does_not_matter() -> None:
    assert read(Page(components=(component(OK), component(MAJOR, "API docs")))).severity is OK


@pytest.mark.parametrize("pattern", ["login", "LOGIN", "Log*", "L?gin", "Accounts/Login", "accounts/*"])
def test_patterns_are_held_against_names_and_groups_in_any_case(pattern: str) -> None:
    page = Page(components=(component(MAJOR, group="Accounts"), component(OK, "Other")))

    assert read(page, Wanted((pattern,))).severity is MAJOR


def test_filter_that_fits_no_component_is_unknown_and_says_what_there_is() -> None:
    reading = read(Page(components=(component(OK, "Billing"), component(MAJOR, "Search"))))

    assert reading.severity is UNKNOWN
    assert reading.told == "no component of the page fits Login, API*, !API docs; it has Billing, Search"


@pytest.mark.parametrize(
    ("others", "severity", "told"),
    [
        ((OK, OK), UNKNOWN, "no component of the page fits Sign*; it has Login, API, Log-in"),
        ((OK, MAJOR), UNKNOWN, "no component of the page fits Sign*; it has Login, API, Log-in"),
        ((MAJOR, MAJOR), MAJOR, "Login: major; no component of the page fits Sign*; it has Login, API, Log-in"),
    ],
)
def test_pattern_of_several_that_fits_nothing_any_more_is_unknown(
    others: tuple[Severity, Severity], severity: Severity, told: str
) -> None:
    """What it named has another name now, and may be in a major outage."""
    page = Page(components=(component(others[0]), component(OK, "API"), component(others[1], "Log-in")))
    wanted = Wanted(("Login", "API", "Sign*", "!Billing"), every=True)

    reading = read(page, wanted)

    assert (reading.severity, reading.told) == (severity, told)
    assert read(page, Wanted(wanted.components)).severity is (MAJOR if others[0] is MAJOR else OK)


def test_page_without_components_where_some_are_due_is_unknown() -> None:
    assert read(Page(components=()), Wanted()).severity is UNKNOWN


def test_filter_cannot_fail_where_the_format_lists_no_components() -> None:
    assert read(Page()).severity is OK


def test_incident_beats_components_that_look_well() -> None:
    page = Page(components=(component(OK),), notices=(incident(MAJOR, "Login"),))

    assert read(page).severity is MAJOR


@pytest.mark.parametrize(("names", "severity"), [((), MAJOR), (("Login",), MAJOR), (("Billing",), OK)])
def test_incident_counts_on_what_matters_and_where_it_does_not_say_on_what(
    names: tuple[str, ...], severity: Severity
) -> None:
    assert read(Page(notices=(incident(MAJOR, *names),))).severity is severity


def test_incident_is_as_severe_as_it_is_on_what_matters() -> None:
    mixed = Notice("Mixed", MAJOR, (component(DEGRADED), component(MAJOR, "Billing")))
    reading = read(Page(notices=(mixed,)))

    assert reading.severity is DEGRADED
    assert reading.notices[0].components == (component(DEGRADED),)


@pytest.mark.parametrize(("severity", "counted"), [(MAJOR, MAJOR), (PARTIAL, OK)])
def test_incident_that_is_severe_enough_matters_whatever_it_is_on(severity: Severity, counted: Severity) -> None:
    wanted = Wanted(("Login",), whatever=MAJOR)

    assert read(Page(notices=(incident(severity, "Billing"),)), wanted).severity is counted


@pytest.mark.parametrize(("region", "severity"), [("EU-1", MAJOR), ("", MAJOR), ("US-1", OK)])
def test_regions_are_chosen_too_and_what_has_none_is_in_all(region: str, severity: Severity) -> None:
    parts = (component(MAJOR, region=region),)
    page = Page(notices=(Notice("Regional", MAJOR, parts),))

    assert read(page, Wanted(("Login",), ("EU-*",))).severity is severity


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Users of Login see errors", DEGRADED),
        ("users of LOGIN, see errors", DEGRADED),
        ("Logins are slow", OK),
        ("The APIs are slow", DEGRADED),
        ("Login and the API docs are slow", DEGRADED),
        ("Billing is slow", OK),
    ],
)
def test_text_is_searched_for_words_where_no_component_is_named(text: str, severity: Severity) -> None:
    assert read(Page(notices=(incident(DEGRADED, text=text),))).severity is severity


@pytest.mark.parametrize(
    ("text", "severity"), [("Microsoft Entra ID fails", DEGRADED), ("Storage in South Central US fails", OK)]
)
def test_part_of_a_word_in_a_text_is_not_what_is_wanted(text: str, severity: Severity) -> None:
    page = Page(notices=(incident(DEGRADED, "Storage", text=text),))

    assert read(page, Wanted(("*Entra*",))).severity is severity


@pytest.mark.parametrize(("region", "severity"), [("West Europe", DEGRADED), ("", DEGRADED), ("West US", OK)])
def test_text_of_an_incident_elsewhere_is_not_looked_into(region: str, severity: Severity) -> None:
    there = Notice("x", DEGRADED, (component(DEGRADED, "Network", region),), text="the network fails, and Login too")

    assert read(Page(notices=(there,)), Wanted(("Login",), ("West Europe",))).severity is severity


def test_text_is_no_filter_where_nothing_is_wanted() -> None:
    assert read(Page(notices=(incident(DEGRADED, text="anything"),)), Wanted()).severity is DEGRADED


@pytest.mark.parametrize(
    ("days", "severity"), [(None, MAJOR), (0, MAJOR), (13, MAJOR), (15, OK)], ids=["never told", "now", "13", "15"]
)
def test_incident_that_nobody_has_touched_for_long_does_not_count(days: int | None, severity: Severity) -> None:
    touched = None if days is None else NOW - timedelta(days=days)
    reading = read(Page(notices=(incident(MAJOR, since=NOW - timedelta(days=60), touched=touched),)))

    assert reading.severity is severity
    assert ("it had no update for 14 days" in reading.aside) is (severity is OK)
    assert ("Something is wrong" in reading.aside) is (severity is OK)


@pytest.mark.parametrize(("hours", "severity"), [(-1, MAINTENANCE), (1, OK)])
def test_maintenance_to_come_does_not_count_and_the_one_under_way_is_told(hours: int, severity: Severity) -> None:
    reading = read(Page(notices=(incident(MAINTENANCE, since=NOW + timedelta(hours=hours)),)))

    assert reading.severity is severity
    assert ("to come:" in reading.aside) is (severity is OK)
    assert ('"Something is wrong" (maintenance)' in reading.told) is (severity is MAINTENANCE)


@pytest.mark.parametrize(
    ("severity", "hours", "counted"), [(MAJOR, -1, OK), (MAJOR, 1, MAJOR), (MAINTENANCE, -1, MAINTENANCE)]
)
def test_incident_whose_end_has_come_is_over_and_a_maintenance_may_take_longer(
    severity: Severity, hours: int, counted: Severity
) -> None:
    page = Page(notices=(incident(severity, until=NOW + timedelta(hours=hours)),))

    assert read(page).severity is counted


def test_incident_that_lies_ahead_by_a_wrong_clock_counts() -> None:
    assert read(Page(notices=(incident(MAJOR, since=NOW + timedelta(hours=1)),))).severity is MAJOR


@pytest.mark.parametrize(
    ("others", "severity"),
    [((), UNKNOWN), ((component(DEGRADED, "Billing"),), UNKNOWN), ((component(MAJOR, "Billing"),), OK)],
)
def test_banner_that_nothing_explains_is_unknown(others: tuple[Component, ...], severity: Severity) -> None:
    reading = read(Page(components=(component(OK), *others), banner=MAJOR))

    assert reading.severity is severity
    assert (reading.told == "the page calls itself major, and does not say of what") is (severity is UNKNOWN)


def test_banner_never_makes_what_is_ill_unknown() -> None:
    assert read(Page(components=(component(DEGRADED),), banner=MAJOR)).severity is DEGRADED


def test_what_is_known_to_be_ill_stays_so_beside_what_is_unknown() -> None:
    assert read(Page(components=(component(UNKNOWN), component(DEGRADED, "API")))).severity is DEGRADED
    assert read(Page(components=(component(UNKNOWN), component(INFO, "API")))).severity is UNKNOWN


def test_sentence_names_the_incident_its_beginning_the_components_and_the_page() -> None:
    known = {"since": NOW - timedelta(hours=1), "link": "https://status.example.com/1"}
    reading = read(Page(notices=(incident(PARTIAL, "Login"), incident(MAJOR, "Login", "API 2", **known))))

    assert reading.told == (
        '"Something is wrong" (major) since 2026-11-22 02:00 UTC, on Login, API 2; see https://status.example.com/1; '
        "and 1 more that is open"
    )
    assert [each.severity for each in reading.notices] == [MAJOR, PARTIAL]


def test_sentence_names_the_components_where_no_incident_is_told() -> None:
    names = [f"API {number}" for number in range(7)]
    page = Page(components=tuple(component(MAJOR, name) for name in names))

    assert read(page).told == "API 0, API 1, API 2, API 3 and 3 more: major"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (Page(), "nothing is wrong with Login, API*, !API docs"),
        (Page(components=(component(OK), component(OK, "API"))), "nothing is wrong with Login, API"),
    ],
)
def test_sentence_of_what_is_well_names_what_was_looked_at(page: Page, told: str) -> None:
    assert read(page).told == told


def test_what_is_open_elsewhere_is_counted_aside() -> None:
    page = Page(notices=(incident(MAJOR, "Billing"), incident(MAJOR, "Search")))

    assert read(page).aside == "2 open on what does not matter here"


def test_readers_words_have_no_line_longer_than_a_title_may_be() -> None:
    long = Notice("x" * 1000, MAJOR)

    assert len(read(Page(notices=(long,))).told) < 200


@pytest.mark.parametrize(
    ("wanted", "severity"),
    [
        (Wanted(), MAJOR),
        (Wanted(("!Login",)), MAJOR),
        (Wanted(("!Billing",)), OK),
        (Wanted(("!bill*",)), OK),
        (Wanted((), ("EU-*",)), MAJOR),
        (Wanted((), ("!US-*",)), MAJOR),
        (Wanted((), ("!EU-*",)), OK),
        (Wanted((), ("US-*",)), OK),
    ],
)
def test_where_nothing_is_chosen_everything_matters_but_what_is_left_out(wanted: Wanted, severity: Severity) -> None:
    ill = component(MAJOR, "Billing", "EU-1")
    page = Page(components=(component(OK), component(OK, "API", "US-1"), ill))

    assert read(page, wanted).severity is severity
    assert read(Page(notices=(Notice("x", MAJOR, (ill,)),)), wanted).severity is severity


@pytest.mark.parametrize(
    ("pattern", "severity"),
    [("!Billing", DEGRADED), ("!Login", DEGRADED), ("L?gin", DEGRADED), ("L?n", OK), ("Lo*", DEGRADED), ("L.gin", OK)],
)
def test_text_is_searched_for_patterns_and_what_is_left_out_hides_nothing_in_it(
    pattern: str, severity: Severity
) -> None:
    assert read(Page(notices=(incident(DEGRADED, text="Login fails"),)), Wanted((pattern,))).severity is severity


def test_newest_of_the_worst_incidents_is_told_first() -> None:
    hours = {"old": 5, "new": 1, "middle": 3}
    known = [Notice(name, MAJOR, since=NOW - timedelta(hours=ago)) for name, ago in hours.items()]
    reading = read(Page(notices=(Notice("undated", MAJOR), *known, Notice("worse", DEGRADED, since=NOW))))

    assert [each.title for each in reading.notices] == ["new", "middle", "old", "undated", "worse"]


def test_maintenance_that_was_announced_long_ago_is_to_come_and_not_forgotten() -> None:
    planned = incident(MAINTENANCE, since=NOW + timedelta(days=1), touched=NOW - 2 * STALE)

    assert (
        read(Page(notices=(planned,))).aside == 'to come: "Something is wrong" (maintenance) since 2026-11-23 03:00 UTC'
    )


def test_what_is_told_aside_is_told_one_after_the_other() -> None:
    forgotten = incident(MAJOR, touched=NOW - 2 * STALE)
    planned = incident(MAINTENANCE, since=NOW + timedelta(days=1))
    aside = read(Page(notices=(planned, forgotten, incident(MAJOR, "Billing")))).aside

    assert [each.partition(":")[0] for each in aside.split("; ")] == [
        "not counted, since it had no update for 14 days",
        "to come",
        "1 open on what does not matter here",
    ]


def test_banner_of_a_page_that_lists_no_components_is_unknown_beside_what_is_open() -> None:
    notice = incident(INFO, "Login")
    reading = read(Page(notices=(notice, incident(MAJOR, "Billing")), banner=MAJOR))

    assert (reading.severity, reading.notices) == (UNKNOWN, (notice,))
    assert reading.told == "the page calls itself major, and does not say of what"
    assert reading.aside == "1 open on what does not matter here"


@pytest.mark.parametrize(("banner", "severity"), [(OK, OK), (INFO, UNKNOWN), (UNKNOWN, UNKNOWN), (MAJOR, UNKNOWN)])
def test_banner_that_is_no_worse_than_what_is_known_says_nothing_new(banner: Severity, severity: Severity) -> None:
    assert read(Page(banner=banner)).severity is severity


def test_incident_is_forgotten_and_ended_by_the_second() -> None:
    moment = timedelta(seconds=1)

    assert read(Page(notices=(incident(MAJOR, touched=NOW - STALE),))).severity is MAJOR
    assert read(Page(notices=(incident(MAJOR, touched=NOW - STALE - moment),))).severity is OK
    assert read(Page(notices=(incident(MAJOR, until=NOW),))).severity is OK
    assert read(Page(notices=(incident(MAJOR, until=NOW + moment),))).severity is MAJOR
    assert read(Page(notices=(incident(MAINTENANCE, since=NOW),))).severity is MAINTENANCE


def test_region_of_a_component_is_named_beside_it_and_each_name_once() -> None:
    parts = (component(MAJOR, region="EU-1"), component(MAJOR, region="EU-1"), component(MAJOR, "API"))

    assert read(Page(components=parts)).told == "Login (EU-1), API: major"


@pytest.mark.parametrize(("severity", "word"), [(UNKNOWN, "not understood"), (PARTIAL, "partial")])
def test_severity_is_told_in_a_word(severity: Severity, word: str) -> None:
    assert read(Page(components=(component(severity), component(OK, "API")))).told == f"Login: {word}"


def test_filter_of_regions_that_fits_nothing_is_told_with_them() -> None:
    page = Page(components=(component(OK, region="US-1"),))

    assert read(page, Wanted(("Login",), ("EU-*",))).told == (
        "no component of the page fits Login, EU-*; it has Login (US-1)"
    )
    assert read(Page(components=())).told == "the page lists no component"
