"""One word, one thing: no name twice in monitor, every class that judges in the glossary, one place for sentences."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MONITOR = ROOT / "monitor"

TWICE = {
    "github": "named after the vendor: GitHub's side of the doctor, and GitHub as a channel",
    "summary": "the folder is the address of a command in earlier releases, and goes with the next",
}
"""Names that more than one file or folder may have, each with its reason."""

JUDGING = (
    "verdict",
    "owners",
    "exchange",
    "diagnosis",
    "session",
    "transactions",
    "incidents",
    "history",
    "statuspages",
)
"""Rooms whose every public class is a word of the glossary. Of the failures the tree in their docstring is the list."""

PLAIN = {
    "Shaped": "pydantic's model, from which every JSON that is read has its rules",
    "Terminated": "SIGTERM, as the interrupt that pytest knows",
    "ByTenant": "a scheduler of xdist, which is called after what it does",
    "Unusable": "an error, called after what is wrong, as failures are",
    "Corrupt": "the same",
}
"""Classes that need no word: they are what a library makes of them."""

WORDS_ELSEWHERE = {
    "reports/terminal.py": "the names that are left follow in the same line",
    "diagnosis/diagnosis.py": "not looked at here",
}
"""Files that may count what is left of a list themselves, each with its reason."""


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def files(room: str = "") -> list[Path]:
    """The files of monitor, or of one room in it, be it a folder or a file."""
    alone = MONITOR / f"{room}.py"
    return [alone] if room and alone.is_file() else sorted((MONITOR / room).rglob("*.py"))


def classes(file: Path) -> Iterator[str]:
    """The public classes of a file, wherever in it."""
    yield from (
        node.name for node in ast.walk(tree(file)) if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )


def types(file: Path) -> Iterator[str]:
    """Its classes, and the other names that it gives to types: ``Silence = Callable[[str], float]``."""
    yield from classes(file)
    for node in tree(file).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        yield from (name for name in names if re.fullmatch(r"[A-Z][a-z]\w*", name))


def twice(names: Iterator[str]) -> list[str]:
    return sorted(name for name, number in Counter(names).items() if number > 1)


def modules() -> Iterator[str]:
    """The names of files, and of folders; a folder may hold one file of its own name, its main one."""
    for file in files():
        if file.stem == "__init__":
            yield from [file.parent.name] if file.parent != MONITOR else []
        elif file.stem not in ("__main__", file.parent.name):
            yield file.stem


def glossary() -> set[str]:
    """The words that the design explains, without their spaces and in lower case."""
    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    words = design.partition("\n## Words\n")[2].partition("\n## ")[0]
    rows = [line for line in words.splitlines() if line.startswith("| **")]
    return {word.replace(" ", "").lower() for row in rows for word in re.findall(r"\*\*(.+?)\*\*", row)}


def code_words() -> list[str]:
    """The words of the second table, which are names in the code."""
    design = (ROOT / "docs/design.md").read_text(encoding="utf-8")
    words = design.partition("\n### Words of the code\n")[2].partition("\n## ")[0]
    return re.findall(r"\*\*(.+?)\*\*", "\n".join(line for line in words.splitlines() if line.startswith("| **")))


def test_no_public_class_or_type_has_the_name_of_another() -> None:
    assert twice(name for file in files() for name in types(file)) == []


def test_no_module_has_the_name_of_another() -> None:
    assert [name for name in twice(modules()) if name not in TWICE] == []


def test_names_that_may_stand_twice_do() -> None:
    assert sorted(TWICE) == twice(modules())
    assert all(TWICE.values())


@pytest.mark.parametrize("room", JUDGING)
def test_public_class_is_a_word_of_the_glossary(room: str) -> None:
    named = {name for file in files(room) for name in classes(file)}
    assert named, f"monitor/{room} has no class"

    assert {name for name in named - set(PLAIN) if name.lower() not in glossary()} == set()


def test_classes_that_need_no_word_are_there_and_have_none() -> None:
    named = {name for room in JUDGING for file in files(room) for name in classes(file)}

    assert set(PLAIN) <= named
    assert {name for name in PLAIN if name.lower() in glossary()} == set()


def test_words_of_the_code_are_names_in_the_code_and_stand_once() -> None:
    words = code_words()

    assert len(words) > 40
    assert set(words) - {name for file in files() for name in types(file)} == set()
    assert twice(iter(words)) == []


def formatted(file: Path) -> Iterator[tuple[str, str]]:
    """Of each value in an f-string of this file how it is formatted, and the text that follows it."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.JoinedStr):
            for part, after in zip(node.values, [*node.values[1:], None], strict=True):
                if isinstance(part, ast.FormattedValue):
                    text = after.value if isinstance(after, ast.Constant) else ""
                    yield ast.unparse(part.format_spec) if part.format_spec else "", str(text)


OTHERS = [file for file in files() if file != MONITOR / "text.py"]
"""All but the one place where sentences' parts are made."""


def places(some: Iterable[Path]) -> set[str]:
    return {file.relative_to(MONITOR).as_posix() for file in some}


def test_times_are_put_in_words_in_one_place() -> None:
    """No format of a time but in monitor/text.py, so that none is in another zone, or another order."""
    formats = (file for file in OTHERS for how, _ in formatted(file) if re.search("%[A-Za-z]", how))
    calls = (
        file
        for file in OTHERS
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr in ("strftime", "isoformat")
    )

    assert (places(formats), places(calls)) == (set(), set())


def test_what_is_left_of_a_list_is_counted_in_one_place() -> None:
    """``and 4 more`` is ``text.some``, and ``4 more causes`` is ``text.count``, which know of one and of thousands."""
    counting = (file for file in OTHERS for _, after in formatted(file) if re.match(r" more\b(?! that)", after))

    assert places(counting) - set(WORDS_ELSEWHERE) == set()
