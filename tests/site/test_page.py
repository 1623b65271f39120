from __future__ import annotations

import html as markup
import random
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.history import DAY, HOUR
from monitor.history.planned import Window
from monitor.site import atom, rendering
from monitor.site.contents import Board, Folder
from monitor.verdict import Run
from tests import clocks
from tests.reports.runs import HOSTILE
from tests.site.pasts import NOW, Past, between, past, run, runs

ALL: dict[str, Any] = {"latest": "latest/", "reports": rendering.REPORTS, "siblings": rendering.SIBLINGS}
BOUND = 300_000


class Outline(HTMLParser):
    """What a page is made of: its tags with their attributes, its headings, its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]


def words(text: str) -> str:
    """The text that a reader sees who has no script and no style."""
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", body)).split())


@pytest.fixture(scope="module")
def ill(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """A page with everything on it: an open incident and one that is over, days of each status, a gap, evidence."""

    def said(at: float) -> str:
        ago = NOW - at
        gap, late = 20 * DAY < ago < 26 * DAY, 60 * DAY < ago < 64 * DAY
        down = ago <= 6 * HOUR or 40 * DAY < ago < 42 * DAY
        return "" if gap else "down" if down else "late" if late else "up"

    some = past(tmp_path_factory.mktemp("ill"), runs(said, days=100, every=6 * HOUR, tenants=("prod", "staging")))
    return some.board(evidence=(Folder("login_hands_out_tokens-prod-users", ("about.txt", "curl.sh")),))


def test_diagnosis_comes_first(ill: Board) -> None:
    said = words(rendering.render(ill, **ALL))
    order = [
        "DOWN – logins through users (password-realm) of prod fail",
        "extension, likely",
        "next: docs/runbook.md#connection",
        "newest run 2026-03-02 12:00 UTC",
        "Open incidents",
        "prod: down , 6 h 1 min so far, since 2026-03-02 06:00 UTC",
        "Tenants",
        "since 2026-03-02 06:00 UTC, for 6 h 1 min; last good run 2026-03-02 00:00 UTC",
        "users connection",
        "password grant (password-realm)",
        "partners connection",
        "10.0.0.1 node",
        "staging",
        "Services",
        "GitHub",
        "Past incidents",
        "2026-01-19 18:00 UTC 1 d 18 h extension, likely",
        "Newest run",
        "report.html ctrf.json junit.xml results.json",
        "curl.sh",
        "How to read this",
    ]

    assert re.search(".*?".join(map(re.escape, order)), said), said


def test_every_time_of_a_page_and_of_its_feed_is_read_by_people(ill: Board, tmp_path: Path) -> None:
    """Also where nothing is known any more, and while a maintenance holds alerts back."""
    window = Window(NOW - HOUR, NOW + HOUR, "prod", "issue 7")
    some = past(tmp_path, runs(between(3 * HOUR, 0, "down"), days=2))
    held = some.board(windows=[window])
    texts = [rendering.render(each, **ALL) for each in (ill, some.board(after=9 * DAY), held)]
    feeds = [atom.render(each) for each in (ill, some.board(after=9 * DAY), held)]

    assert clocks.raw(*map(words, texts), *map(clocks.shown, feeds)) == []
    assert "no result since 2026-03-02 12:00 UTC; the last one was DOWN" in words(texts[1])
    assert "prod: 2026-03-02 11:00 UTC to 2026-03-02 13:00 UTC (issue 7)" in words(texts[2])
    assert "no alert is sent until 2026-03-02 13:00 UTC: issue 7" in words(texts[2])
    assert "since 2026-03-02 09:00 UTC: 3 h 1 min so far" in feeds[2]
    assert "unknown since 2026-03-02 12:00 UTC: no run has judged it" in feeds[1]


def test_uptime_stands_with_its_interval_its_number_and_what_was_seen(ill: Board) -> None:
    """Six hours apart nothing between two observations was seen, and the page says so."""
    assert "97.32 % by observations, of 337 observations in 90 d · 0 % of it seen" in words(rendering.render(ill))


def test_uptime_by_time_is_the_headline(tmp_path: Path) -> None:
    said = words(rendering.render(past(tmp_path, runs(between(5 * HOUR, 3 * HOUR, "down"), days=3)).board()))

    assert "95.83 % by time, " in said
    assert " · 95.89 % of 73 observations in 3 d · 100 % of it seen" in said
    assert "Uptime by time Bounds 95 % interval By observations Observations Seen Longest pause In long pauses" in said
    assert "95.83 % 94.44–97.23 % " in said
    assert "The figures, each in a line state what the newest observation says" in said


def test_bars_and_charts_have_their_words(ill: Board) -> None:
    text = rendering.render(ill)

    assert re.search(r'aria-label="90 days until 2026-03-02: 4 down, 5 degraded, 76 up, 5 unknown"', text)
    assert "2026-02-05 to 2026-02-09 unknown: nothing was observed" in words(text)
    assert re.search(r'aria-label="latency by the day: the slowest answer at most .* s, on .*; budget 3 s"', text)
    assert "budget 3 s" in words(text)


def test_page_asks_nobody_for_anything(ill: Board) -> None:
    outline = Outline(rendering.render(ill, **ALL))

    assert not {tag for tag, _ in outline.tags} & {"img", "iframe", "object", "embed", "audio", "video", "base"}
    assert outline.values("src") == []
    assert [each["href"] for tag, each in outline.tags if tag == "link" and each["rel"] != "alternate"][0:1] == [
        href for href in outline.values("href") if (href or "").startswith("data:image/svg+xml,")
    ]
    assert "url(" not in rendering.render(ill)
    assert "@import" not in rendering.render(ill)


def test_links_lead_to_what_lies_beside_the_page_or_to_the_run(ill: Board) -> None:
    outline = Outline(rendering.render(ill, **ALL))
    found = {href for tag, each in outline.tags if tag == "a" and (href := each.get("href") or "") and href[0] != "#"}
    folder = "latest/evidence/login_hands_out_tokens-prod-users/"

    assert found == {
        *rendering.SIBLINGS,
        *(f"latest/{name}" for name in rendering.REPORTS),
        f"{folder}about.txt",
        f"{folder}curl.sh",
        "https://ci.example/runs/1",
    }
    anchors = {href[1:] for href in outline.values("href") if href.startswith("#")}
    assert anchors <= set(outline.values("id"))


def test_runbook_is_linked_where_it_can_be_read(ill: Board) -> None:
    assert 'href="https://git.example/blob/HEAD/docs/runbook.md#connection"' in rendering.render(
        ill, book=lambda path: f"https://git.example/blob/HEAD/{path}"
    )


def test_headings_are_in_order_and_ids_are_unique(ill: Board) -> None:
    outline = Outline(rendering.render(ill, **ALL))

    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(outline.headings))
    assert len(outline.values("id")) == len(set(outline.values("id")))
    assert [each.get("lang") for tag, each in outline.tags if tag == "html"] == ["en"]
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in outline.tags}


def test_page_without_a_history_says_so_and_draws_none(tmp_path: Path) -> None:
    some = past(tmp_path, iter([run(NOW, "down")]))
    said = words(rendering.render(some.board(lone=True)))

    assert "There is no history yet: this is one run." in said
    assert "0.25 s of 3 s" in said
    assert "Past incidents" not in said
    assert "days ago" not in said
    assert "%" not in said, "one run is no uptime"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"mode": "drill", "drill": ("login-slow",)}, "DRILL: login-slow. The sandbox fails on purpose"),
        ({"mode": "sandbox"}, "SANDBOX: this says nothing about a real tenant"),
        ({"ended": "interrupted: Ctrl-C"}, "INCOMPLETE: interrupted: Ctrl-C"),
    ],
    ids=["drill", "sandbox", "interrupted"],
)
def test_what_must_be_known_first_stands_above_the_diagnosis(tmp_path: Path, known: dict[str, Any], said: str) -> None:
    some = past(tmp_path, runs(days=0.2, **known), mode=str(known.get("mode", "live")))
    text = words(rendering.render(some.board(lone=True)))

    assert text.index("How to read this") < text.index(said) < text.rindex("UP – ")


def test_history_of_drills_says_so_without_a_run(tmp_path: Path) -> None:
    some = past(tmp_path, runs(days=0.2, mode="drill", drill=("login-slow",)), mode="drill")
    nobodys = Past(some.folder, run(NOW - DAY, mode="drill"))

    assert "DRILL: the sandbox fails on purpose" in words(rendering.render(nobodys.board()))
    assert "<title>DRILL: UP –" in rendering.render(nobodys.board())


def test_page_that_is_stale_when_it_is_made_says_so_without_a_script(tmp_path: Path) -> None:
    text = rendering.render(past(tmp_path, runs(between(0, 0, "down"))).board(after=5 * HOUR))

    assert re.search(
        r"UNKNOWN – no result since 2026-03-02 12:00 UTC; the last one was DOWN: logins through users", words(text)
    )
    assert re.search(r'<p class="warning" id="stale" role="status">STALE', text)
    assert "<title>UNKNOWN – " in text


def test_page_that_is_fresh_hides_that_it_could_be_stale(tmp_path: Path) -> None:
    text = rendering.render(past(tmp_path, runs(days=0.2)).board())

    assert 'id="stale" role="status" hidden>' in text
    assert "valid until 2026-03-02 16:00 UTC" in words(text), "for whoever runs no script"


def hostile(at: float = NOW) -> Run:
    """Every text from outside is as bad as it can be."""
    told = run(at, "down", tenants=("prod",))
    bad = [replace(each, reason=HOSTILE, error=HOSTILE, target=f"{each.target}{HOSTILE}") for each in told.verdicts]
    diagnosis = told.diagnosis
    assert diagnosis
    causes = tuple(replace(each, sentence=HOSTILE, runbook=HOSTILE, target=HOSTILE) for each in diagnosis.causes)
    diagnosis = replace(diagnosis, sentence=HOSTILE, causes=causes)
    return replace(told, verdicts=tuple(bad), diagnosis=diagnosis, tenants=(HOSTILE,), version=HOSTILE, ended=HOSTILE)


def test_hostile_text_is_text(tmp_path: Path) -> None:
    some = past(tmp_path, map(hostile, (NOW - HOUR, NOW)))
    board = some.board(evidence=(Folder(HOSTILE, (HOSTILE,)),), remarks=(HOSTILE,))
    outline = Outline(rendering.render(board, **ALL))

    assert len(board.open) == 1
    assert [tag for tag, _ in outline.tags].count("script") == 1
    assert not [each for _, each in outline.tags if any(name.startswith("on") for name in each)]
    assert not {"\x00", "\x1b", "\u202e"} & set(rendering.render(board, **ALL))
    assert "49" not in words(rendering.render(board)).partition("next:")[0], "no template is made of what was told"


def test_page_of_a_run_that_has_not_ended_says_so(tmp_path: Path) -> None:
    said = words(rendering.render(Past(tmp_path, run(NOW, ended="running")).board(lone=True)))

    assert "INCOMPLETE: the run has not ended, or was killed" in said
    assert "No tenant was judged." in said


def test_ten_tenants_of_ninety_days_stay_below_three_hundred_kilobytes(tmp_path: Path) -> None:
    chance = random.Random(20260302)  # noqa: S311 - it draws latencies, no secrets
    words_ = ["up"] * 12 + ["late", "down", "unknown", ""]

    def noisy() -> list[Run]:
        told = []
        names = [f"customer-{number:02}" for number in range(10)]
        for each in runs(lambda _: chance.choice(words_), days=90, every=8 * HOUR, tenants=names):
            verdicts = [replace(v, seconds=round(chance.lognormvariate(-1.2, 0.6), 4)) for v in each.verdicts]
            told.append(replace(each, verdicts=tuple(verdicts)))
        return told

    board = past(tmp_path, iter(noisy())).board()
    size = len(rendering.render(board, **ALL).encode())

    assert sum(len(each.parts) + 1 for each in board.groups) == 40
    assert all(len(each.whole.bars) == 90 for each in board.groups)
    assert all(part.latencies for each in board.groups for part in each.parts)
    assert size < BOUND
