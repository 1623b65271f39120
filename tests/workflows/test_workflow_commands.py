"""What a step says to GitHub Actions can say nothing else, whatever text is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.actions import workflow_commands

Capture = pytest.CaptureFixture[str]
INJECTED = "100 % of\nit\r::stop-commands::x"


@pytest.fixture(autouse=True)
def _hosted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("kind", ["error", "notice"])
def test_annotation_is_one_line_whose_title_ends_where_it_ends(kind: str, capsys: Capture) -> None:
    getattr(workflow_commands, kind)("A, b: 5 %", INJECTED)

    assert capsys.readouterr().out == f"::{kind} title=A%2C b%3A 5 %25::100 %25 of it ::stop-commands::x\n"


@pytest.mark.parametrize("kind", ["error", "notice"])
def test_without_github_it_is_a_line_of_stderr(kind: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    getattr(workflow_commands, kind)("Title", "100 %\nof it")

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "Title: 100 % of it\n")


@pytest.mark.parametrize(
    ("value", "masks"),
    [
        ("hunter2", ["hunter2"]),
        ("four", ["four"]),
        ("abc", []),
        (" abc ", []),
        ("  padded  ", ["padded"]),
        ("100%", ["100%25"]),
        ("first line\nabc\nsecond line", ["first line", "second line"]),
        ("", []),
    ],
)
def test_each_line_of_a_secret_is_masked_that_can_be_told_from_ordinary_text(
    value: str, masks: list[str], capsys: Capture
) -> None:
    workflow_commands.mask(value)

    assert capsys.readouterr().out.splitlines() == [f"::add-mask::{each}" for each in masks]


def test_outputs_are_added_to_the_steps_file_one_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    file = tmp_path / "output"
    file.write_text("before=1\n")
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    workflow_commands.outputs({"ready": "true", "legs": "a\nready=false", "long": "x" * 20_000})

    lines = ["ready=true", "legs=a ready=false", f"long={'x' * 20_000}"]
    assert file.read_text().splitlines() == ["before=1", *lines]
    assert capsys.readouterr().out.splitlines() == lines


def test_outputs_are_printed_where_there_is_no_step(capsys: Capture) -> None:
    workflow_commands.outputs({"ready": "true"})
    workflow_commands.summary("nowhere")

    assert capsys.readouterr().out == "ready=true\n"


def test_summary_is_added_to_the_runs_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    for text in ("### One\n", "### Two – ünd\n"):
        workflow_commands.summary(text)

    assert file.read_text(encoding="utf-8") == "### One\n### Two – ünd\n"
