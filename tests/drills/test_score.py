"""What `make drill` makes of docs/drills.md: whole, or the rows of the drills that were chosen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.drills import __main__ as command
from tests.drills import score
from tests.drills.corpus import Case, cases
from tests.drills.score import Row

NAMES = [case.name for case in cases()]
FIRST, SECOND, THIRD, FOURTH = "testall-500", "test-503", "jwks-empty", "dead-proxy"


def went(name: str, *said: str, expected: Iterable[str] = ("auth0",), ill: int = 1, run: str = "down") -> Row:
    owners = frozenset(expected)
    return Row(name, f"what {name} is", ill, run, frozenset(said), owners, right=owners == set(said))


def page_of(*rows: Row) -> str:
    return score.whole(each.line for each in rows)


def scored(page: str) -> str:
    """The line of the score."""
    return page.removeprefix(score.HEAD).partition("\n")[0]


def rows_of(page: str) -> list[str]:
    return list(score.lines_of(page).values())


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page of three drills, in the order of the corpus."""
    file = tmp_path / "drills.md"
    file.write_text(page_of(went(FIRST, "auth0"), went(THIRD, "auth0"), went(FOURTH, "auth0")), encoding="utf-8")
    return file


@pytest.fixture
def drilled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Drills are not performed: all go well. The names of those that would have been."""
    names: list[str] = []

    def performed(case: Case) -> Row:
        names.append(case.name)
        return went(case.name, *map(str, case.owners), expected=map(str, case.owners), ill=7, run="degraded")

    monkeypatch.setattr(command, "performed", performed)
    return names


def test_row_of_a_chosen_drill_is_replaced_and_no_other(page: Path, drilled: list[str]) -> None:
    before = rows_of(page.read_text(encoding="utf-8"))

    assert command.main([THIRD], page=page) == 0
    after = rows_of(page.read_text(encoding="utf-8"))
    assert drilled == [THIRD]
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] == f"| `{THIRD}` | what {THIRD} is | 7 | degraded | auth0 | auth0 |"


def test_other_rows_keep_every_byte_also_where_somebody_wrote_them_by_hand(page: Path, drilled: list[str]) -> None:
    by_hand = f"|`{FIRST}`|  a bar: \\|, and blanks  | 1 | down | auth0 | auth0 |"
    (old, *_) = rows_of(page.read_text(encoding="utf-8"))
    page.write_text(page.read_text(encoding="utf-8").replace(old, by_hand), encoding="utf-8")

    command.main([FOURTH], page=page)
    assert drilled == [FOURTH]
    assert rows_of(page.read_text(encoding="utf-8"))[0] == by_hand


def test_row_that_was_not_there_is_inserted_in_its_place(page: Path, drilled: list[str]) -> None:
    command.main([SECOND], page=page)

    assert list(score.lines_of(page.read_text(encoding="utf-8"))) == [FIRST, SECOND, THIRD, FOURTH]
    assert drilled == [SECOND]


def test_score_is_of_all_rows_that_are_there_then(page: Path, drilled: list[str]) -> None:
    page.write_text(page_of(went(FIRST, "auth0"), went(THIRD, "auth0", expected=["runner"])), encoding="utf-8")
    assert "The owner is right in 1 of 2 (50.0 %)." in page.read_text(encoding="utf-8")
    assert f"Blamed on Auth0, and not its work: {THIRD}." in page.read_text(encoding="utf-8")

    command.main([SECOND], page=page)
    assert scored(page.read_text(encoding="utf-8")) == (
        f"3 cases. The owner is right in 2 of 3 (66.7 %). Blamed on Auth0, and not its work: {THIRD}. "
        "Probes were ill in 3 cases, and the run was down in 2."
    )
    command.main([THIRD], page=page)
    assert "The owner is right in 3 of 3 (100.0 %). Blamed on Auth0, and not its work: none." in (
        page.read_text(encoding="utf-8")
    )
    assert drilled == [SECOND, THIRD]


def test_wrong_owner_is_marked_in_its_row_and_ends_with_1(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "performed", lambda case: went(case.name, "runner", "auth0", expected=["auth0"]))

    assert command.main([THIRD], page=page) == 1
    text = page.read_text(encoding="utf-8")
    assert score.lines_of(text)[THIRD].endswith("| auth0, runner **wrong** | auth0 |")
    assert "The owner is right in 2 of 3" in text


def test_what_another_drill_wrote_meanwhile_is_kept(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def performed(case: Case) -> Row:
        old = page.read_text(encoding="utf-8")
        page.write_text(score.replaced(old, [went(SECOND, "auth0")], NAMES), encoding="utf-8")
        return went(case.name, "auth0")

    monkeypatch.setattr(command, "performed", performed)
    command.main([THIRD], page=page)

    assert list(score.lines_of(page.read_text(encoding="utf-8"))) == [FIRST, SECOND, THIRD, FOURTH]


def test_drill_that_is_named_twice_is_held_once(page: Path, drilled: list[str]) -> None:
    command.main([THIRD, FIRST, THIRD], page=page)

    assert sorted(drilled) == sorted([FIRST, THIRD])


def test_row_of_a_drill_that_there_is_no_more_goes_and_is_named(
    page: Path, drilled: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    page.write_text(page_of(went(FIRST, "auth0"), went("taken-out", "auth0")), encoding="utf-8")
    command.main([THIRD], page=page)

    assert drilled == [THIRD]
    assert list(score.lines_of(page.read_text(encoding="utf-8"))) == [FIRST, THIRD]
    assert "its row is gone: taken-out" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("names-lat", "names-late"),
        ("userinfo_refuses", "userinfo-refuses"),
        ("refused", "login-refused"),
        ("qqq", "python -m sandbox --list-faults"),
    ],
)
def test_unknown_name_is_an_error_that_says_what_may_be_meant(
    name: str, meant: str, page: Path, drilled: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.read_bytes()

    with pytest.raises(SystemExit) as ended:
        command.main([FIRST, name], page=page)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert f"no drill is called '{name}'" in said
    assert meant in said
    assert drilled == []
    assert page.read_bytes() == before


def test_names_and_pairs_at_once_are_an_error(page: Path, drilled: list[str]) -> None:
    with pytest.raises(SystemExit):
        command.main([FIRST, "--pairs", "1"], page=page)
    assert drilled == []


@pytest.mark.parametrize("content", ["", "# Drills\n", f"{page_of(went(FIRST))}<<<<<<< mine\n", None])
def test_page_that_cannot_be_read_is_an_error_before_anything_is_drilled(
    content: str | None, tmp_path: Path, drilled: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "drills.md"
    if content is not None:
        page.write_text(content, encoding="utf-8")

    with pytest.raises(SystemExit):
        command.main([FIRST], page=page)
    said = capsys.readouterr().err
    assert str(page) in said
    assert "`make drill` without names writes it anew" in said
    assert drilled == []


def test_row_that_is_there_twice_is_an_error(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    with pytest.raises(score.UnreadablePage, match="two rows"):
        score.lines_of(text + rows_of(text)[0] + "\n")


def test_whole_corpus_makes_the_whole_page(page: Path, drilled: list[str]) -> None:
    page.write_text("what nobody can read", encoding="utf-8")

    assert command.main([], page=page) == 0
    assert sorted(drilled) == sorted(NAMES)
    assert list(score.lines_of(page.read_text(encoding="utf-8"))) == NAMES


def test_pairs_by_chance_leave_the_page_alone(page: Path, drilled: list[str]) -> None:
    before = page.read_bytes()

    command.main(["--pairs", "2"], page=page)
    assert len(drilled) == 2
    assert page.read_bytes() == before


@pytest.mark.parametrize(
    "row",
    [went(FIRST), went(FIRST, "auth0", "runner"), went(FIRST, "auth0")._replace(what="a bar | in the middle")],
)
def test_row_is_read_as_it_was_written(row: Row) -> None:
    assert score.row(row.line) == row


def test_page_in_the_docs_has_the_score_of_its_rows() -> None:
    text = command.PAGE.read_text(encoding="utf-8")

    above, _, below = text.partition(score.WORLD_HEAD)
    assert above == score.whole(rows_of(text))
    assert below == f"{score.world_text(score.world_rows(text))}\n"
    assert list(score.lines_of(text)) == NAMES, "write it anew by `make drill`, or one row by `make drill ARGS=NAME`"
