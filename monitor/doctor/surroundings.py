"""This machine: its way out by proxies and authorities, and whether what a run leaves can be written."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from monitor import addresses, console, text
from monitor.configuration import mistakes
from monitor.doctor.lines import Line, Mark
from monitor.files import kind
from monitor.wire.connections import context
from monitor.wire.door import AUTHORITIES

OUT, FILES = "The way out", "What a run leaves"
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def way_out(values: Mapping[str, str]) -> Iterator[Line]:
    """Proxies, and which authorities are trusted."""
    spelt = [name for plain in _PROXIES for name in (plain, plain.lower())]
    read = [name for name in spelt if os.environ.get(name)]
    yield Line(OUT, Mark.OK, f"a proxy is configured: {', '.join(read)}" if read else "no proxy is configured")
    for name in spelt:
        if values.get(name) and name not in read:
            cure = f"set {name} in the environment of the process"
            yield Line(OUT, Mark.NOTE, f"{name} stands in .env, where no proxy is read from", (cure,))
    for name, why in addresses.faults_of_proxies(os.environ):
        yield Line(OUT, Mark.BAD, f"{name}: {why}", (f"correct {name} in the environment of the process",))
    named = [name for name in AUTHORITIES if values.get(name)]
    if not named:
        yield Line(OUT, Mark.OK, "certifi's authorities are trusted")
        return
    file = values[named[0]]
    try:
        trusted = len(context(file).get_ca_certs())
    except (OSError, ValueError) as error:
        cures = (f"set {named[0]} to a file of certificate authorities in PEM form, or unset it",)
        shown = "the file" if mistakes.reason(named[0], file) else file
        yield Line(OUT, Mark.BAD, f"{named[0]}: {shown} cannot be used ({error})", cures)
    else:
        beside = f"; not read: {', '.join(named[1:])}" if len({values[name] for name in named}) > 1 else ""
        yield Line(OUT, Mark.OK, f"{text.count(trusted, 'certificate')} trusted, by {named[0]}{beside}")


def files(reports: Path, memory: Path) -> Iterator[Line]:
    """Whether reports and what is remembered between runs can be written; nothing is left behind."""
    for path, what, cure in (
        (reports, "reports", "make it a folder that can be written to, or name another with --reports=DIR"),
        (memory.parent, "the memory's folder", "let AUTH0_MEMORY name a file in a folder that can be written to"),
    ):
        problem = _unwritable(path)
        told = f"{what}, {path}, cannot be written to ({problem})" if problem else f"{what}, {path}, can be written to"
        yield Line(FILES, Mark.BAD if problem else Mark.OK, told, (cure,) if problem else ())
    other = kind(memory)
    if other:
        cures = ("let AUTH0_MEMORY name a file: neither a device, nor a FIFO, a socket or a folder",)
        yield Line(FILES, Mark.BAD, f"the memory, {memory}, cannot be used ({other} has that name)", cures)
    elif memory.is_file():
        try:
            with closing(sqlite3.connect(memory, timeout=2, isolation_level=None)) as database:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
        except sqlite3.Error as error:
            cures = ("move it away, or let AUTH0_MEMORY name another file: what it knew is learned again",)
            yield Line(FILES, Mark.BAD, f"the memory, {memory}, cannot be used ({error})", cures)
        else:
            yield Line(FILES, Mark.OK, f"the memory, {memory}, can be used")


def _unwritable(folder: Path) -> str:
    """Why no file can be made there; empty where one can, or could when the folder is made."""
    there = next((each for each in (folder, *console.real(folder).parents) if each.exists()), Path("/"))
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return error.strerror or str(error)
