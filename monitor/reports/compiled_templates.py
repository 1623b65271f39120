"""Templates as they were compiled, kept beside Python's own bytecode: to compile one takes a twentieth of a run."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from pathlib import Path

from jinja2.bccache import Bucket, BytecodeCache

from monitor import files

_DIGEST = 32
"""Bytes of the digest that a file begins with."""


class CompiledTemplates(BytecodeCache):
    """Of this folder. Jinja holds each against its template, and against its own version and Python's.

    What is damaged, or cannot be read or written there, is compiled as if there were none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            kept = self._file(bucket).read_bytes()
            if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
                bucket.bytecode_from_string(kept[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            compiled = bucket.bytecode_to_string()
            with contextlib.suppress(OSError):
                files.write_bytes(self._file(bucket), hashlib.sha256(compiled).digest() + compiled)

    def _file(self, bucket: Bucket) -> Path:
        return self.folder / f"{bucket.key}.{sys.implementation.cache_tag}.template"
