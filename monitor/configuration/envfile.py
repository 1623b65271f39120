"""The file .env: what it says, line by line, and what of it cannot be read, without anything that stands there."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monitor.configuration.mistakes import MARK, SECRET

NAME = ".env"
_SET = re.compile(r"^[^\S\r\n]*(?:export\s+)?(?P<name>AUTH0_[A-Z0-9_]+)[^\S\r\n]*=", re.MULTILINE)
_MEANT = re.compile(r"[\s\"'{-]*(?:(?:export|set|setx)\s+|\$env:|\$)?[\"']?(?P<name>AUTH0_[A-Z0-9_]+)")
"""How other programs set a variable of ours, and people who think of those."""

_COMMENT = re.compile(r"=[^\S\r\n]*[^\s\"'][^\r\n]*?[^\S\r\n]#\S")
_IS_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_MARKED = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


@dataclass(slots=True)
class EnvFile:
    """The values by their names, the line of each, and remarks; ``unread`` says why nothing of the file is read.

    The value of a variable that cannot be read is MARK and the reason.
    """

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    unread: str = ""


def read(file: Path) -> EnvFile:
    """What this file says; nothing where there is none."""
    found = EnvFile()
    try:
        if file.is_file():
            _read(file.read_bytes(), found)
        elif file.is_dir():
            found.unread = "it is a folder: make it a file of lines NAME=value"
        elif file.exists() or file.is_symlink():
            found.unread = "it is no file, or leads to none: make it a file of lines NAME=value"
    except OSError as error:
        found.unread = f"{(error.strerror or type(error).__name__).lower()}: make it one that this user may read"
    if found.unread:
        found.remarks.append(f"{NAME} is not read: {found.unread}")
    return found


def _read(content: bytes, found: EnvFile) -> None:
    text = _decoded(content, found)
    from dotenv.parser import parse_stream

    for line in parse_stream(io.StringIO(text)) if text else ():
        start = line.original.string
        number = line.original.line + len(start) - len(start.lstrip("\r\n"))  # empty lines before it are counted in
        name = line.key or ""
        if line.error:
            _note_error(start, number, found)
        elif name and not _IS_NAME.fullmatch(name):
            _note_other(start, number, found)
        elif name:
            _note_doubts(name, line.value or "", start, number, found)
            found.values[name], found.lines[name] = line.value or "", number
            if MARK in found.values[name]:
                why = f"{NAME}, line {number}, is not UTF-8: save the file as UTF-8"
                found.values[name] = MARK + why
                found.remarks.append(f"{name}: {why}")


def _note_error(text: str, number: int, found: EnvFile) -> None:
    """What is no setting; what was meant to be one must not pass for one that is not set."""
    meant = list(_SET.finditer(text))
    if not meant:
        _note_other(text, number, found)
    for each in meant:
        line = number + text[: each.start("name")].lstrip("\r\n").count("\n")
        why = (
            f"{NAME}, line {line}, cannot be read: a quote does not close, or stands within others; write '...' "
            "around a value with double quotes"
        )
        found.values[each["name"]], found.lines[each["name"]] = MARK + why, line
        found.remarks.append(f"{each['name']}: {why}")


def _note_other(text: str, number: int, found: EnvFile) -> None:
    """A line in another form than ours; the variable that it is meant for must not pass for one that is not set."""
    meant = _MEANT.match(text)
    if not meant or meant["name"] in found.values:
        found.remarks.append(f"{NAME}, line {number}: not NAME=value, so it is ignored")
        return
    name, why = meant["name"], f"{NAME}, line {number}, is not NAME=value: write it so, with nothing before the name"
    found.values[name], found.lines[name] = MARK + why, number
    found.remarks.append(f"{name}: {why}")


def _note_doubts(name: str, value: str, text: str, number: int, found: EnvFile) -> None:
    """What is read, and may be meant in another way."""
    before = found.values.get(name, value)
    if name.startswith("AUTH0_") and before != value:
        lines = f"lines {found.lines[name]} and {number}"
        found.remarks.append(f"{NAME}, {lines}: {name} is set twice, and the last one is used: remove one of them")
    if SECRET.search(name) and _COMMENT.search(text):
        why = "what follows the # is taken for a comment: write '...' around a value with # in it"
        found.remarks.append(f"{NAME}, line {number}: {name}: {why}")
    if SECRET.search(name) and "\\" in text and re.search(r"[\x00-\x1f]", value):
        why = "a \\ within double quotes begins a line end or the like: write '...' around a value with \\ in it"
        found.remarks.append(f"{NAME}, line {number}: {name}: {why}")


def _decoded(content: bytes, found: EnvFile) -> str:
    """The file's text. By its mark, or by its zeros, UTF-16 is known, as some shells of Windows write it."""
    marked = next((each for each in _MARKED if content.startswith(each[0])), None)
    by_zeros = "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"
    mark, encoding = marked or (b"", by_zeros if b"\0" in content else "utf-8")
    if encoding != "utf-8":
        found.remarks.append(f"{NAME} is UTF-16, and read as such: save it as UTF-8, which every program reads")
    return content.removeprefix(mark).decode(encoding, errors="replace")


def beaten(file: EnvFile, environ: dict[str, str]) -> Iterator[str]:
    """The lines of our variables that say something else than the environment, which holds."""
    for name, number in file.lines.items():
        said = file.values[name]
        if name.startswith("AUTH0_") and name in environ and environ[name] != said and not said.startswith(MARK):
            what = "another value" if environ[name].strip() else "nothing"
            cure = f"unset {name} in the shell, or remove the line"
            yield f"{NAME}, line {number}: {name} has {what} in the environment, which takes precedence; {cure}"
