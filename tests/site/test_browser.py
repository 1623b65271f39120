"""The page as a browser shows it: at two widths, dark, without a script, stale, and by axe's rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.history import DAY, HOUR
from monitor.site import rendering
from monitor.site.contents import Board, Folder
from tests.reports.runs import HOSTILE
from tests.site.pasts import NOW, Past, between, past, run, runs
from tests.site.test_page import ALL, hostile

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = 1280, 360
GREY = "['.verdict', 'main > section:last-child'].map((each) => getComputedStyle(document.querySelector(each)).filter)"
SERIOUS = {"serious", "critical"}

if CHROMIUM is None:
    pytest.skip("there is no chromium here to open the page with", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed, which drives the browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield started
        started.close()


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Board]:
    """Pages of each kind."""

    def said(at: float) -> str:
        ago = NOW - at
        gap, late = 20 * DAY < ago < 26 * DAY, 60 * DAY < ago < 64 * DAY
        down = ago <= 6 * HOUR or 40 * DAY < ago < 42 * DAY
        return "" if gap else "down" if down else "late" if late else "up"

    def made(name: str, some: Iterator[Any], mode: str = "live") -> Past:
        return past(tmp_path_factory.mktemp(name), some, mode=mode)

    evidence = (Folder("login_hands_out_tokens-prod-users", ("about.txt", "curl.sh")),)
    everything = made("everything", runs(said, days=100, every=6 * HOUR, tenants=("prod", "a-tenant-with-a-long-name")))
    return {
        "everything": everything.board(evidence=evidence),
        "drill": made("drill", runs(between(0, 0, "down"), days=0, mode="drill", drill=("x",)), "drill").board(
            lone=True
        ),
        "stale": made("stale", runs(days=2)).board(after=5 * HOUR),
        "unknown": made("unknown", runs(between(HOUR, 0, "unknown"))).board(),
        "up": made("up", runs(days=3)).board(),
        "hostile": made("hostile", map(hostile, (NOW - HOUR, NOW))).board(evidence=(Folder(HOSTILE, (HOSTILE,)),)),
    }


@contextmanager
def opened(browser: Any, folder: Path, text: str, at: float = NOW + 60, **known: Any) -> Iterator[Any]:
    """A tab in which this page is open, by a clock that says it is so late; what it complains about fails the test."""
    file = folder / "index.html"
    file.write_text(text, encoding="utf-8")
    context = browser.new_context(viewport={"width": known.pop("width", DESK), "height": 800}, **known)
    tab = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.clock.set_fixed_time(datetime.fromtimestamp(at, UTC))
    tab.goto(file.as_uri())
    yield tab
    context.close()
    assert complaints == []
    assert {url for url in asked if not url.startswith("data:")} == {file.as_uri()}, "it asks nobody for anything"


KINDS = ("everything", "drill", "stale", "unknown", "up", "hostile")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(
    browser: Any, boards: dict[str, Board], tmp_path: Path, kind: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    width = PHONE if scheme == "dark" else DESK
    board = boards[kind]
    text = rendering.render(board, **ALL)
    # The page's own policy lets no script in but its own, axe's neither.
    with opened(browser, tmp_path, text, board.made, width=width, color_scheme=scheme, bypass_csp=True) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        found = axe.run(tab).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_sticks_out_of_the_page(
    browser: Any, boards: dict[str, Board], tmp_path: Path, kind: str, width: int
) -> None:
    with opened(browser, tmp_path, rendering.render(boards[kind], **ALL), width=width) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")

        assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_bars_and_charts_are_beside_each_other_on_a_desk_and_below_on_a_phone(
    browser: Any, boards: dict[str, Board], tmp_path: Path
) -> None:
    text = rendering.render(boards["everything"], **ALL)
    places = {}
    for width in (DESK, PHONE):
        with opened(browser, tmp_path, text, width=width) as tab:
            lane = tab.locator(".lane:has(.chart)").first
            boxes = [lane.locator(name).first.bounding_box() for name in (".name", ".strip", ".chart")]
            places[width] = [(round(box["x"]), round(box["y"])) for box in boxes]
            assert min(box["width"] for box in boxes) > 200
            assert tab.locator("h1").bounding_box()["y"] < 150, "the diagnosis is what is seen first"

    assert [x for x, _ in places[DESK]] == sorted({x for x, _ in places[DESK]})
    assert len({x for x, _ in places[PHONE]}) == 1
    assert [y for _, y in places[PHONE]] == sorted({y for _, y in places[PHONE]})


def test_page_is_whole_without_a_script(browser: Any, boards: dict[str, Board], tmp_path: Path) -> None:
    text = rendering.render(boards["everything"], **ALL)
    shown = []
    for script in (True, False):
        with opened(browser, tmp_path, text, java_script_enabled=script) as tab:
            shown.append(tab.locator("main").inner_text().replace(", 60 s ago", ""))
            assert tab.locator("#stale").is_hidden()
            tab.locator(".lane summary").first.click()
            assert tab.locator(".lane table").first.is_visible()

    assert shown[0] == shown[1]
    assert "DOWN – logins through users (password-realm) of prod fail" in shown[1]


@pytest.mark.parametrize(("late", "age"), [(60, "60 s"), (3 * HOUR + 300, "3 h")], ids=["fresh", "old"])
def test_page_works_out_its_own_age(
    browser: Any, boards: dict[str, Board], tmp_path: Path, late: float, age: str
) -> None:
    with opened(browser, tmp_path, rendering.render(boards["up"]), at=NOW + late) as tab:
        assert f", {age} ago" in tab.locator(".verdict").inner_text()
        assert tab.locator("#stale").is_hidden()
        assert tab.title().startswith("UP – ")
        assert tab.evaluate(GREY) == ["none", "none"]


@pytest.mark.parametrize(("late", "age"), [(4 * HOUR + 1, "4 h"), (9 * DAY, "9 d")], ids=["just", "long"])
def test_page_that_is_stale_turns_grey_and_says_so(
    browser: Any, boards: dict[str, Board], tmp_path: Path, late: float, age: str
) -> None:
    with opened(browser, tmp_path, rendering.render(boards["up"]), at=NOW + late) as tab:
        assert f", {age} ago" in tab.locator(".verdict").inner_text()
        assert tab.locator("#stale").is_visible()
        assert tab.title().startswith("STALE – UP – ")
        assert tab.evaluate(GREY) == ["grayscale(1)", "grayscale(1)"]


def test_page_that_was_stale_when_it_was_made_stays_so_whatever_the_readers_clock_says(
    browser: Any, boards: dict[str, Board], tmp_path: Path
) -> None:
    with opened(browser, tmp_path, rendering.render(boards["stale"]), at=NOW) as tab:
        assert tab.locator("#stale").is_visible()


def test_page_that_is_left_open_turns_grey(browser: Any, boards: dict[str, Board], tmp_path: Path) -> None:
    with opened(browser, tmp_path, rendering.render(boards["up"])) as tab:
        assert tab.locator("#stale").is_hidden()
        tab.clock.install(time=datetime.fromtimestamp(NOW, UTC))
        tab.reload()
        tab.clock.fast_forward("23:00:00")

        assert tab.locator("#stale").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_follows_the_readers_scheme(browser: Any, boards: dict[str, Board], tmp_path: Path, scheme: str) -> None:
    with opened(browser, tmp_path, rendering.render(boards["up"]), color_scheme=scheme) as tab:
        back = tab.evaluate("getComputedStyle(document.body).backgroundColor")

    assert back == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[scheme]


def test_keyboard_reaches_everything_and_shows_where_it_is(
    browser: Any, boards: dict[str, Board], tmp_path: Path
) -> None:
    with opened(browser, tmp_path, rendering.render(boards["everything"], **ALL)) as tab:
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == "To the diagnosis"
        assert tab.locator(".skip").bounding_box()["x"] >= 0
        reached = {"A"}
        while "BODY" not in reached:
            assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            tab.keyboard.press("Tab")
            reached.add(tab.evaluate("document.activeElement.tagName"))
        assert {"A", "SUMMARY"} <= reached
        tab.locator("summary").first.focus()
        tab.keyboard.press("Enter")
        assert tab.locator("details").first.evaluate("(each) => each.open")


def test_hostile_text_is_shown_and_not_executed(browser: Any, boards: dict[str, Board], tmp_path: Path) -> None:
    text = rendering.render(boards["hostile"], **ALL)
    with opened(browser, tmp_path, text, bypass_csp=True) as tab:
        assert tab.title().startswith("DOWN – ]]>")
        assert tab.locator("img").count() == 0


def test_canary_of_the_test_above_sings_where_nothing_is_escaped(
    browser: Any, boards: dict[str, Board], tmp_path: Path
) -> None:
    text = rendering.render(boards["up"]).replace("<main", "<script>document.title='owned'</script><main", 1)
    with opened(browser, tmp_path, text, bypass_csp=True) as tab:
        assert "owned" in tab.title() or tab.evaluate("title") == "owned"


def test_policy_stops_a_script_that_is_not_ours(browser: Any, tmp_path: Path) -> None:
    some = past(tmp_path / "some", iter([run(NOW)]))
    text = rendering.render(some.board(lone=True)).replace("<main", "<script>document.title='owned'</script><main", 1)
    with pytest.raises(AssertionError, match="Content Security Policy"), opened(browser, tmp_path, text) as tab:
        assert tab.title().startswith("UP – ")
