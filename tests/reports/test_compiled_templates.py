"""A template is compiled once for all runs, and anew where what was kept is damaged, old, or cannot be kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest

from monitor.reports.compiled_templates import CompiledTemplates
from monitor.reports.pytest_html_page import template_and_style


class Counting(jinja2.Environment):
    """An environment of templates, which counts those that it compiles."""

    def __init__(self, folder: Path, text: str = "hello {{ name }}") -> None:
        super().__init__(loader=jinja2.DictLoader({"page": text}), bytecode_cache=CompiledTemplates(folder))
        self.times = 0

    def compile(self, *arguments: Any, **options: Any) -> Any:
        self.times += 1
        return super().compile(*arguments, **options)

    def rendered(self) -> str:
        return self.get_template("page").render(name="you")


def test_template_is_compiled_once_for_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    first, second = Counting(tmp_path), Counting(tmp_path)

    assert first.rendered() == second.rendered() == "hello you"
    assert (first.times, second.times) == (1, 0)


def test_template_that_has_changed_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    Counting(tmp_path).rendered()
    changed = Counting(tmp_path, "bye {{ name }}")

    assert changed.rendered() == "bye you"
    assert changed.times == 1


def cut(kept: bytes) -> bytes:
    return kept[: len(kept) // 2]


def flipped(kept: bytes) -> bytes:
    return kept[:-40] + bytes([kept[-40] ^ 1]) + kept[-39:]


def emptied(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, flipped, emptied])
def test_what_is_damaged_is_compiled_anew_and_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    Counting(tmp_path).rendered()
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    second, third = Counting(tmp_path), Counting(tmp_path)

    assert second.rendered() == third.rendered() == "hello you"
    assert (second.times, third.times) == (1, 0)
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("place", ["a file", "nothing", "a link to nothing"])
def test_folder_that_takes_nothing_costs_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "folder"
    if place == "a file":
        folder.write_text("", encoding="utf-8")
    elif place == "a link to nothing":
        os.symlink(tmp_path / "gone", folder)  # noqa: PTH211 -- what the test is of

    assert Counting(folder / "below").rendered() == "hello you"


def test_python_that_keeps_no_bytecode_keeps_no_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert Counting(tmp_path).rendered() == "hello you"
    assert list(tmp_path.iterdir()) == []


def test_template_of_the_report_is_one_of_them() -> None:
    template_and_style.cache_clear()
    template, _ = template_and_style()

    assert isinstance(template.environment.bytecode_cache, CompiledTemplates)
