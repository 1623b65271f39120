"""What ``make docs`` demands of the site that it made: the runbook's anchors, and nothing from elsewhere."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from monitor.diagnosis.rules import BEHIND, RULES
from tests.documents import built
from tests.documents.pages import DOCS, INDEX, ROOT, anchors

NAMES = sorted({rule.name for rule in RULES} | {BEHIND})


def made(folder: Path, page: str = "", style: str = "", *, without: str = "") -> list[str]:
    """What is wrong with a site of a page, a style and a runbook, which lacks one section."""
    (folder / "docs").mkdir()
    sections = "".join(f'<section id="{name}"></section>' for name in NAMES if name != without)
    (folder / "docs/runbook.html").write_text(sections, encoding="utf-8")
    (folder / "index.html").write_text(page, encoding="utf-8")
    (folder / "style.css").write_text(style, encoding="utf-8")
    return list(built.problems(folder))


def test_site_that_loads_its_own_files_alone_is_right(tmp_path: Path) -> None:
    page = '<link rel="canonical" href="https://docs.example/"><script src="a.js"></script><a href="https://auth0.com">x</a>'

    assert made(tmp_path, page, "a { background: url(data:image/png;base64,x) }") == []


@pytest.mark.parametrize(
    ("page", "style", "said"),
    [
        ('<script src="https://cdn.example/a.js"></script>', "", "index.html loads https://cdn.example/a.js"),
        ('<link rel="stylesheet" href="//cdn.example/a.css">', "", "index.html loads //cdn.example/a.css"),
        ('<img src="http://img.example/a.png">', "", "index.html loads http://img.example/a.png"),
        ("", "@import 'https://fonts.example/a';", "style.css loads https://fonts.example/a"),
        ("", "a { src: url(https://fonts.example/b) }", "style.css loads https://fonts.example/b"),
    ],
)
def test_what_comes_from_elsewhere_is_found(page: str, style: str, said: str, tmp_path: Path) -> None:
    assert made(tmp_path, page, style) == [said]


def test_section_of_the_runbook_that_is_lost_is_named(tmp_path: Path) -> None:
    assert made(tmp_path, without="unreachable") == ["docs/runbook.html has no section #unreachable"]


def test_site_without_a_runbook_is_wrong(tmp_path: Path) -> None:
    assert len(list(built.problems(tmp_path))) == len(NAMES)


def test_every_rule_has_its_anchor_in_the_runbooks_source() -> None:
    assert set(NAMES) - anchors(ROOT / "docs/runbook.md") == set()


def test_every_document_is_in_the_sites_contents() -> None:
    spec = importlib.util.spec_from_file_location("docs_conf", ROOT / "docs/conf.py")
    assert spec
    assert spec.loader
    conf = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conf)
    listed = {line.strip() for line in conf.contents(INDEX.read_text(encoding="utf-8")).splitlines()}

    assert {f"/docs/{page.name}" for page in DOCS if page != INDEX} - listed == set()
    assert "/README.md" in listed
