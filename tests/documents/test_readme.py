"""The front page: read in three minutes, and enough for a first run."""

from __future__ import annotations

import re

from monitor.configuration.variables import VariableGroup, names_and_groups
from tests.documents.pages import INDEX, README, ROOT, links

MOST_WORDS = 1_000
"""What is read in three minutes, code and tables included."""


def blocks(language: str) -> list[str]:
    """The blocks of code in this language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_front_page_is_read_in_three_minutes() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


def test_front_page_begins_with_a_sentence_and_two_commands() -> None:
    title, sentence, *_ = README.read_text(encoding="utf-8").split("\n\n")

    assert title.startswith("# ")
    assert sentence.count(".") == 1
    assert [line.split("#")[0].strip() for line in blocks("console")[0].splitlines()] == ["make probe", "make test"]


def test_tenant_is_configured_by_the_variables_that_a_first_run_needs() -> None:
    first = [name for name, group in names_and_groups() if group is VariableGroup.FIRST_RUN]

    assert [line.partition("=")[0] for block in blocks("ini") for line in block.splitlines()] == first


def test_front_page_shows_the_page_and_leads_to_all_others() -> None:
    assert {"docs/status-page.png", INDEX.relative_to(ROOT).as_posix()} <= links(README)
