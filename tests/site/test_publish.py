"""What is copied and linked: of the newest run alone, and nothing that another one left there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.history import HOUR
from monitor.reports import EARLIER, REPORTS, mark_earlier
from monitor.site import publish
from monitor.site.contents import Board, Folder
from tests.site.incidents import CAUSE, board, newest
from tests.site.test_page import Outline

FILES = {each.name for each in REPORTS if not each.is_folder}


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder with every report, and the evidence of an exchange."""
    folder = tmp_path / "reports"
    (folder / "evidence/login-prod").mkdir(parents=True)
    for name in (*FILES, "evidence/login-prod/curl.sh", "evidence/login-prod/about.txt"):
        (folder / name).write_text(f"this is {name}")
    return folder


def test_evidence_that_is_there_is_told_file_by_file(reports: Path) -> None:
    (reports / "evidence/a-first").mkdir()
    (reports / "evidence/left-out.txt").write_text("more")

    assert publish.evidence(reports) == (Folder("a-first", ()), Folder("login-prod", ("about.txt", "curl.sh")))
    mark_earlier(reports / "evidence", "it is up")
    assert publish.evidence(reports) == ()
    assert publish.evidence(reports / "nowhere") == ()


def test_only_reports_that_are_there_are_linked(reports: Path) -> None:
    assert set(publish.there(reports)) == FILES
    (reports / "junit.xml").unlink()
    (reports / "ctrf.json").unlink()
    (reports / "ctrf.json").mkdir()

    assert set(publish.there(reports)) == FILES - {"junit.xml", "ctrf.json"}


def test_copy_has_every_report_and_a_page_of_links_in_each_folder_of_evidence(reports: Path, tmp_path: Path) -> None:
    publish.site(board(), reports, tmp_path / "site")
    latest = tmp_path / "site/latest"

    assert {each.name for each in latest.iterdir()} == {*FILES, "evidence"}
    assert all((latest / name).read_text() == f"this is {name}" for name in FILES)
    links = {
        place: [
            href
            for tag, each in Outline((latest / place / "index.html").read_text()).tags
            if (href := each.get("href"))
        ]
        for place in ("evidence", "evidence/login-prod")
    }
    assert links == {"evidence": ["./login-prod/"], "evidence/login-prod": ["./about.txt", "./curl.sh"]}


def test_evidence_of_an_earlier_run_is_not_copied(reports: Path, tmp_path: Path) -> None:
    mark_earlier(reports / "evidence", "it is up")
    publish.site(board(), reports, tmp_path / "site")

    assert not (tmp_path / "site/latest/evidence").exists()
    assert (reports / "evidence" / EARLIER).exists()


@pytest.mark.parametrize("shown", [board(newest=None), board(newest=newest(own=False))], ids=["none", "another"])
def test_reports_of_another_run_than_the_page_is_of_are_not_published(
    reports: Path, tmp_path: Path, shown: Board
) -> None:
    publish.site(board(), reports, tmp_path / "site")
    publish.site(shown, reports, tmp_path / "site")

    assert not (tmp_path / "site/latest").exists()
    assert "latest/" not in (tmp_path / "site/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["link", "file", "foreign"])
def test_what_is_in_the_place_of_the_copy_and_not_ours_stays(reports: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "site").mkdir()
    place = tmp_path / "site/latest"
    if kind == "link":
        place.symlink_to(reports)
    elif kind == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "thesis.txt").write_text("mine")
    with pytest.raises(publish.NotOurs, match=r"site/latest has what this suite did not write"):
        publish.site(board(), reports, tmp_path / "site")

    assert place.is_symlink() or place.is_file() or (place / "thesis.txt").read_text() == "mine"
    assert (reports / "junit.xml").exists()


def test_copy_may_have_a_page_of_ours_in_it(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "site/latest").mkdir(parents=True)
    (tmp_path / "site/latest/index.html").write_text("of an earlier version")
    publish.site(board(), reports, tmp_path / "site")

    assert {each.name for each in (tmp_path / "site/latest").iterdir()} == {*FILES, "evidence"}


@pytest.mark.parametrize(("section", "linked"), [("connection", True), ("of-a-later-version", False)])
def test_section_of_the_runbook_is_linked_where_the_sites_copy_has_it(
    reports: Path, tmp_path: Path, section: str, *, linked: bool
) -> None:
    cause = replace(CAUSE, runbook=f"docs/runbook.md#{section}")
    publish.site(board(newest=newest(causes=(cause,))), reports, tmp_path / "site")
    hrefs = Outline((tmp_path / "site/index.html").read_text(encoding="utf-8")).values("href")

    assert (f"runbook.html#{section}" in hrefs) is linked


def test_address_of_the_site_stands_in_the_feed_and_in_its_json(reports: Path, tmp_path: Path) -> None:
    publish.site(board(), reports, tmp_path, address="https://status.example/")

    assert '"url": "https://status.example/"' in (tmp_path / "status.json").read_text(encoding="utf-8")
    assert 'href="https://status.example/feed.atom"' in (tmp_path / "feed.atom").read_text(encoding="utf-8")


def test_page_beside_the_reports_is_written_into_a_folder_that_was_not_there(tmp_path: Path) -> None:
    path = publish.beside(board(made=HOUR), tmp_path / "new/reports", book=lambda part: f"https://wiki.example/{part}")

    assert path == tmp_path / "new/reports/index.html"
    assert not {each.name for each in path.parent.iterdir()} - {"index.html"}
    assert not [href for href in Outline(path.read_text(encoding="utf-8")).values("href") if href in FILES]
