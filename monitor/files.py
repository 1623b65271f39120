"""A file is replaced at once: whoever reads it sees the old one or the new one, never a part; what a kill left goes.

What is no regular file (a device, a FIFO, a socket, a folder, also behind a symlink) is refused before it is opened:
it may hang whoever opens it, and renamed it is lost to whoever else needs it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path


def beside(path: Path, kind: str) -> Path:
    """A hidden place beside this one, for this process alone."""
    return path.with_name(f".{path.name}.{os.getpid()}.{kind}")


def kind(path: Path) -> str:
    """What is there, where it is no regular file: ``a device``, ``a FIFO``, ``a socket``, ``a folder``; else empty.

    It is not opened for that. Empty too where nothing is there. Raises OSError where that cannot be told.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if stat.S_ISREG(mode):
        return ""
    return next((name for is_it, name in _KINDS if is_it(mode)), "something that is no file")


_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def refuse_others(path: Path) -> None:
    """Raise OSError, with the kind in its words, unless a regular file is there, or nothing."""
    other = kind(path)
    if other == "a folder":
        raise IsADirectoryError(errno.EISDIR, "a folder has that name", str(path))
    if other:
        raise FileExistsError(errno.EEXIST, f"{other} has that name, and no regular file", str(path))


def replace(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write this text as UTF-8 beside the file, then put it in its place.

    Raises OSError, and leaves nothing behind; also where something else than a regular file has that name.
    ``mode`` is who may read it, whatever the process' umask (None: as that has it).
    """
    write_bytes(path, text.encode("utf-8"), mode=mode)


def write_bytes(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """The same of bytes."""
    refuse_others(path)
    partial = beside(path, "partial")
    try:
        partial.write_bytes(content)
        if mode is not None:
            partial.chmod(mode)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def replace_folder(path: Path, fill: Callable[[Path], None] | None) -> None:
    """Put the folder that ``fill`` makes in the place of an earlier one; where it is None there is none then.

    Raises OSError, and leaves nothing behind.
    """
    new, old = beside(path, "partial"), beside(path, "before")
    try:
        if fill:
            fill(new)
        if path.exists():
            path.replace(old)
        if fill:
            new.replace(path)
    finally:
        for each in (new, old):
            shutil.rmtree(each, ignore_errors=True)


def sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove what processes left beside these that were killed while they wrote: nothing of one that lives."""
    for each in (found for name in names for found in folder.glob(f".{name}.*.*")):
        writer = each.suffixes[-2].removeprefix(".") if each.suffix in (".partial", ".before") else ""
        if writer.isdigit() and not lives(int(writer)):
            with contextlib.suppress(OSError):
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()


def lives(process: int) -> bool:
    """Whether that is another process, and there; where nobody can be asked (Windows), it may be."""
    if process == os.getpid() or os.name == "nt":
        return process != os.getpid()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
