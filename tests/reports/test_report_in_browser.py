"""report.html as a browser shows it: at two widths, dark and light, in print, alone, and by axe's rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.reports import html, html_answers
from monitor.verdict import Run
from tests.reports import runs
from tests.reports.test_answers import ill
from tests.reports.test_browser import CHROMIUM, QUIET

SERIOUS = {"serious", "critical"}
DESK, PHONE = 1280, 360
SINCE = (
    '<div class="wide" tabindex="0" role="region" aria-label="Since when"><table class="told since">'
    '<tr><th scope="col">login</th></tr><tr><th scope="row">prod</th></tr></table></div>'
)

if CHROMIUM is None:
    pytest.skip("there is no chromium here to open the page with", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed, which drives the browser")


def states() -> dict[str, Run]:
    seen = [runs.attempt(url="https://acme.eu.auth0.com/oauth/token", status=500)]
    both = (runs.down(f"probe_{name}", "prod:password-realm:users", attempts=seen) for name in "ab")
    return {
        "ill": runs.diagnosed(*both),
        "well": runs.diagnosed(runs.verdict(target="prod:password-realm:users", rung="login")),
        "every": runs.every_status(),
        "drill": ill(30, mode="drill", drill=("x",)),
        "hostile": runs.hostile(),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=[*QUIET[1:3]])
        yield started
        started.close()


def opened(browser: Any, folder: Path, run: Run, **known: Any) -> Any:
    """A tab in which the report of this run is open, with all that unfolds unfolded."""
    file = folder / "report.html"
    file.write_text(html_answers.in_past(html.render(run), SINCE), encoding="utf-8")
    context = browser.new_context(viewport={"width": known.pop("width", DESK), "height": 800}, **known)
    tab = context.new_page()
    tab.goto(file.as_uri())
    for button in tab.locator(".col-result button").all()[:3]:
        button.click()
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    return tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["ill", "well", "every", "drill", "hostile"])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    browser: Any, tmp_path: Path, state: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    width = PHONE if scheme == "dark" else DESK
    # The page's own policy lets no script in but its own, axe's neither.
    tab = opened(browser, tmp_path, states()[state], width=width, color_scheme=scheme, bypass_csp=True)
    found = axe.run(tab).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.locator("main").count() == 1
    tab.context.close()


def test_one_screen_answers_what_for_whom_since_when_whose_what_next_and_what_to_say(
    browser: Any, tmp_path: Path
) -> None:
    tab = opened(browser, tmp_path, states()["ill"])
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false })")
    for heading in ("For whom", "Since when", "Whose work, and what next", "What to say", "Where to look"):
        box = tab.get_by_role("heading", name=heading).bounding_box()
        assert box["y"] + box["height"] < 800, heading
    tab.context.close()


def test_click_selects_the_sentence_to_copy(browser: Any, tmp_path: Path) -> None:
    tab = opened(browser, tmp_path, states()["ill"])
    tab.locator("blockquote").click()

    assert tab.evaluate("getSelection().toString()") == tab.locator("blockquote").inner_text()
    tab.context.close()


def test_print_shows_what_is_folded(browser: Any, tmp_path: Path) -> None:
    tab = opened(browser, tmp_path, states()["ill"])
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false })")
    assert not tab.locator(".runbook li").first.is_visible()
    tab.emulate_media(media="print")

    assert tab.locator(".runbook li").first.is_visible()
    assert not tab.locator(".controls").is_visible()
    tab.context.close()


def test_every_link_of_the_page_alone_leads_to_the_web_or_says_that_it_needs_the_folder(
    browser: Any, tmp_path: Path
) -> None:
    tab = opened(browser, tmp_path, states()["ill"])
    told = "[each.getAttribute('href'), each.parentElement.textContent]"
    links = tab.evaluate(f"[...document.links].map((each) => {told})")

    assert links
    for href, said in links:
        assert href.startswith("https://") or "in the folder beside this page" in said, href
    tab.context.close()
