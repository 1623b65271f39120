"""A file is replaced at once: whoever reads it sees the old one or the new one, never a part; what a kill left goes."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path


def beside(path: Path, kind: str) -> Path:
    """A hidden place beside this one, for this process alone."""
    return path.with_name(f".{path.name}.{os.getpid()}.{kind}")


def replace(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write this text as UTF-8 beside the file, then put it in its place. Raises OSError, and leaves nothing behind.

    ``mode`` is who may read it, whatever the process' umask (None: as that has it).
    """
    write_bytes(path, text.encode("utf-8"), mode=mode)


def write_bytes(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """The same of bytes."""
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
