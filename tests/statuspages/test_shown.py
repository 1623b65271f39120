"""Every payload is judged as it deserves, at its moment and later; what ended is over, what stopped is unknown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.failures import Unreadable
from monitor.statuspages import FORMATS, table
from monitor.statuspages.closing import OVER, closes, is_over
from monitor.statuspages.page import Answer, Severity
from monitor.statuspages.recognition import recognised
from monitor.statuspages.weighing import Wanted, weigh
from tests.statuspages.feeds import atom, entry, item, rss, update
from tests.statuspages.recordings import REMADE, SHAPES, both
from tests.statuspages.shown import FOLDER, LATER, NOW, SHOWN, STALE, Shown
from tests.suite import ROOT

ILL = {Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR}
LONG = timedelta(days=200)

rows = pytest.mark.parametrize("shown", SHOWN, ids=[f"{n}-{each.file}" for n, each in enumerate(SHOWN)])


@rows
def test_payload_is_judged_as_it_deserves_at_its_moment(shown: Shown) -> None:
    reading = shown.reading()

    assert reading.severity is shown.severity, reading
    assert shown.words in f"{reading.told}; {reading.aside}"


@rows
def test_payload_is_judged_as_it_deserves_fifteen_days_later(shown: Shown) -> None:
    reading = shown.reading(LATER)

    assert reading.severity is shown.later, reading
    assert shown.later_words in f"{reading.told}; {reading.aside}"


@rows
def test_format_is_recognised_from_the_payload(shown: Shown) -> None:
    seen = recognised(Answer((FOLDER / shown.file).read_bytes(), "", shown.status))

    assert seen == ("" if shown.form == "answer" else shown.form)


def test_every_payload_and_every_format_has_its_row() -> None:
    named = {name for each in SHOWN for name in (each.file, *each.beside)}

    assert {path.name for path in FOLDER.iterdir()} == named
    assert {each.form for each in SHOWN} == set(FORMATS)
    assert {each.shown for each in FORMATS.values()} <= named


def test_table_of_the_formats_in_the_docs_is_the_one_that_the_rows_make() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- formats -->\n")[2].partition("\n<!-- /formats -->")[0]

    assert shown == table(), "put there what `python -m monitor.statuspages` prints"
    assert all(all((each.who, each.closed, each.scheduled, each.stale, each.silent)) for each in FORMATS.values())


POSITIVE = [each for each in SHOWN if each.severity is Severity.OK and each.page.alive]


@pytest.mark.parametrize("shown", POSITIVE, ids=[f"{n}-{each.file}" for n, each in enumerate(POSITIVE)])
def test_page_that_has_stopped_is_unknown(shown: Shown) -> None:
    """Of the others, the answer's own age says so: see the tests of what is fetched."""
    reading = shown.reading(LONG)

    assert reading.severity is Severity.UNKNOWN
    assert "it may have stopped" in reading.told
    assert f"{(NOW + LONG).year}" not in reading.told, "it tells of when the page was alive"


@pytest.mark.parametrize("form", sorted({each.form for each in SHOWN} - {"health", "answer"}))
def test_every_format_but_those_that_say_so_shows_how_it_knows_that_it_is_alive(form: str) -> None:
    alive = any(each.page.alive for each in SHOWN if each.form == form)

    assert alive is ("Age" not in FORMATS[form].silent or "build date" in FORMATS[form].silent)


# What has ended is over, by each word of the one table, in each format that has words.
_WORDED = {
    "statuspage-open-incident.json": ("incidents", 0, "status"),
    "slack-open.json": ("active_incidents", 0, "status"),
    "instatus-summary.json": ("activeIncidents", 0, "status"),
    "apple-open.json": ("services", 0, "events", 0, "eventStatus"),
    "sorry-notices.json": ("notices", 0, "state"),
    "heroku-open.json": ("incidents", 0, "state"),
    "microsoft-post-degraded.json": ("Status",),
    "cachet-incidents.json": ("data", 0, "human_status"),
    "betterstack-index.json": ("included", 4, "attributes", "aggregate_state"),
}


@pytest.mark.parametrize("word", sorted(OVER))
@pytest.mark.parametrize("file", _WORDED)
def test_closed_incident_is_never_trouble_again_in_json(file: str, word: str) -> None:
    document = json.loads((FOLDER / file).read_bytes())
    *way, last = _WORDED[file]
    inner = document
    for step in way:
        inner = inner[step]
    inner[last] = word.upper()
    name = file.partition("-")[0]
    beside = {"sorry": "sorry-components.json", "cachet": "cachet-components-well.json"}.get(name)
    answers = [Answer(json.dumps(document).encode()), *([Answer((FOLDER / beside).read_bytes())] if beside else [])]
    found = FORMATS[name].read(*answers)

    assert [each for each in found.notices if each.severity in ILL] == []


_SAID: dict[str, Callable[[str], bytes]] = {
    "brackets": lambda word: rss(item(title=f"[{word}] Sign-in fails", description="More.")),
    "before": lambda word: rss(item(title=f"{word}: Sign-in fails", description="More.")),
    "behind": lambda word: rss(item(title=f"Sign-in fails - {word}", description="More.")),
    "update": lambda word: rss(item(title="Sign-in fails", description=update(word.capitalize(), when=NOW))),
    "line": lambda word: rss(item(title="Sign-in fails", description=f"<p>Status: {word}</p><p>More.</p>")),
    "heading": lambda word: rss(item(title="Sign-in fails", description=f"<h2>{word}</h2><p>More.</p>")),
    "category": lambda word: rss(item(title="Sign-in fails", description="More.", category=[word])),
    "oldest-first": lambda word: atom(
        entry("Sign-in fails", update("Investigating", when=NOW) + update(word, when=NOW + LATER), NOW.isoformat())
    ),
}
"""The ways in which a feed says how an entry stands."""


@pytest.mark.parametrize("word", sorted(OVER))
@pytest.mark.parametrize("made", _SAID)
def test_closed_incident_is_never_trouble_again_in_a_feed(word: str, made: str) -> None:
    assert FORMATS["feed"].read(Answer(_SAID[made](word))).notices == ()


@pytest.mark.parametrize(
    "word",
    [
        *("not resolved", "partially resolved", "we are working to resolve", "monitoring", "identified", "unresolved"),
        *("mostly fixed", "resolving", "recovering", "in progress", "not yet fixed", "resolved?", "almost restored"),
    ],
)
@pytest.mark.parametrize("made", _SAID)
def test_word_that_merely_holds_one_that_closes_closes_nothing(word: str, made: str) -> None:
    assert len(FORMATS["feed"].read(Answer(_SAID[made](word))).notices) == 1


# What was described or seen in parts: the structure is real, and the names are invented.
_PAIRS = {"uptime-kuma-status-page.json": "uptime-kuma-heartbeat.json"}
_MADE = [
    ("instatus-history-resolved.atom", "feed", "2026-06-06T00:00Z", {"OK"}, {"OK"}, ""),
    ("instatus-maintenance-upcoming.atom", "feed", "2026-07-09T00:00Z", {"OK"}, {"OK"}, "to come"),
    ("betterstack-two-updates-of-one-incident.rss", "feed", "2024-01-15T12:00Z", {"OK"}, {"OK"}, ""),
    (
        "statuspage-no-components-open-incident.json",
        "statuspage",
        "2026-11-28T00:30Z",
        {"DEGRADED", "PARTIAL", "MAJOR"},
        {"UNKNOWN"},
        '"Sign-in fails for some" (partial) since 2026-11-28 00:10 UTC',
    ),
    (
        "statuspage-component-worse-than-incident.json",
        "statuspage",
        "2026-07-29T20:10Z",
        {"MAJOR"},
        {"UNKNOWN"},
        '"Scripts cannot be deployed" (partial) since 2026-07-29 20:03 UTC, on Workers; see https://stspg.example/abc',
    ),
    ("azure-empty-built-months-ago.xml", "azure", "2026-11-28T00:00Z", {"UNKNOWN"}, {"UNKNOWN"}, "may have stopped"),
    ("ibm-notifications-derived.rss", "feed", "2026-11-27T00:00Z", {"OK"}, {"OK"}, ""),
    ("instatus-summary-major.json", "instatus", "2026-07-23T18:00Z", {"MAJOR"}, {"OK"}, "Sign-in fails"),
    ("instatus-components.json", "instatus", "2026-07-23T18:00Z", {"PARTIAL"}, {"PARTIAL"}, "API: partial"),
    ("uptime-kuma-status-page.json", "kuma", "2026-09-30T20:16Z", {"OK"}, {"UNKNOWN"}, "Login API"),
    ("uptime-kuma-heartbeat.json", "kuma", "2026-09-30T20:16Z", {"OK"}, {"UNKNOWN"}, ""),
    ("cachet-components.json", "cachet", "2026-11-28T00:00Z", {"OK"}, {"OK"}, "Example"),
    ("sorry-status.json", "sorry", "2026-11-28T00:00Z", {"DEGRADED"}, {"DEGRADED"}, ""),
    ("apple-system-status.json", "apple", "2026-11-28T00:00Z", {"DEGRADED"}, {"OK"}, "on Sign in with Apple"),
    ("microsoft-posts-available.json", "microsoft", "2026-09-18T21:30Z", {"OK"}, {"UNKNOWN"}, ""),
]

_CALLED = {
    "Sign-in fails for some": "Some logins end on an error",
    "Sign-in fails": "Nobody gets past the login",
    "Scripts cannot be deployed": "A deployment never ends",
    "https://stspg.example/abc": "https://stspg.example/one",
    "Login API": "Sign-up form",
    "Example": "A sample",
}
"""What is called otherwise in ours."""


@both
@pytest.mark.parametrize("made", _MADE, ids=[each[0] for each in _MADE])
def test_remade_payload_is_judged_as_its_table_says(
    payloads: Path, made: tuple[str, str, str, set[str], set[str], str]
) -> None:
    file, form, now, right, later, words = made
    for theirs, ours in _CALLED.items() if payloads == REMADE else ():
        words = words.replace(theirs, ours)
    bodies = [(SHAPES[payloads] / name).read_bytes() for name in (file, _PAIRS.get(file)) if name]
    found, moment = FORMATS[form].read(*map(Answer, bodies)), datetime.fromisoformat(now).astimezone(UTC)
    first, after = (weigh(found, Wanted(), now=moment + late, stale=STALE) for late in (timedelta(), LATER))

    assert recognised(Answer(bodies[0])) == form
    assert first.severity.name in right, first
    assert words in f"{first.told}; {first.aside}"
    assert after.severity.name in later, after
    if first.notices and after.severity is Severity.OK:
        assert "it had no update for 14 days" in after.aside


@both
@pytest.mark.parametrize(
    ("name", "expected"), [("Facebook Login", "OK"), ("Platform Status", "MAJOR"), ("graph-api", "MAJOR")]
)
def test_remade_list_of_metas_products_says_positively_how_each_is(payloads: Path, name: str, expected: str) -> None:
    found = FORMATS["meta"].read(Answer((SHAPES[payloads] / "meta-orgs.json").read_bytes()))

    assert weigh(found, Wanted((name,)), now=NOW, stale=STALE).severity.name == expected


@both
def test_remade_payloads_are_all_here(payloads: Path) -> None:
    files = {path.name for path in SHAPES[payloads].iterdir()} - {"SOURCES.md"}

    assert files == {each[0] for each in _MADE} | {"meta-orgs.json"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b"0", b"<html></html>", b"<", b"\xff", b"[" * 100_000])
def test_whatever_comes_is_read_or_unreadable(form: str, body: bytes) -> None:
    told = ""
    try:
        found = FORMATS[form].read(Answer(body))
    except Unreadable as unread:
        told = unread.reason
    else:
        assert found.components is not None or form == "aws"
    assert "Error" not in told
    assert "Exception" not in told


@pytest.mark.parametrize(
    "phrase",
    [
        *(
            "This incident has been resolved",
            "The issue is resolved",
            "All systems recovered",
            "Maintenance completed",
            "It is complete",
        ),
        *("Incident closed", "Problem fixed", "Service restored", "The errors have been mitigated"),
        *("Issues were remediated", "Outage repaired", "Problems solved", "Maintenance has concluded"),
        *("The update was finished", "Done", "The event has ended", "End", "Outages are over", "Alert expired"),
        *("Alert dismissed", "Cancelled", "Maintenance canceled", "A false alarm", "Postmortem", "Post-mortem"),
        *("Post-Incident Review", "All services operational", "Systems are operating normally"),
        *("Everything is operating as normal", "Service operating as expected", "Status is back to normal"),
        *("Services have returned to normal", "The system is back to operational", "Current state: normal"),
        *("Normal operation", "Normal operations", "Back online", "The service is now back up", "All systems up"),
        *("Status OK", "Healthy", "Services available", "All clear", "No known issues", "No issues", "No incidents"),
        *("Resolved and verified", "Resolved now", "Fixed again", "Restored successfully", "Resolved and closed"),
        *("Completely resolved", "Resolved completely", "Fully restored", "Restored fully", "Successfully completed"),
        *("Interruption resolved", "Degradation and disruption fixed", "Error closed, resolved"),
    ],
)
def test_whole_phrase_that_ends_something_is_over(phrase: str) -> None:
    assert is_over(phrase)
    assert is_over(f"{phrase.upper()}.")
    assert not is_over(f"{phrase}?")
    assert not is_over(f"Not {phrase}")
    assert not is_over(f"{phrase} for half of our customers")


@pytest.mark.parametrize(
    "word",
    [
        *("Investigating", "Identified", "Monitoring", "Watching", "Verifying", "In Progress", "Under way", "Underway"),
        *("Ongoing", "Open", "Active", "Started", "Degraded", "Down", "Recovering", "Partially resolved"),
        *("Not resolved",),
    ],
)
@pytest.mark.parametrize("title", ["{}: sign-in fails - resolved", "[{}] sign-in fails - resolved", "{} - closed"])
def test_title_that_says_that_it_is_open_does_not_close_by_another_word(title: str, word: str) -> None:
    assert not closes(title.format(word))
    assert closes(title.format("Sign-in"))
