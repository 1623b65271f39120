"""Many small documents in as few requests as a reader's limits allow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def packed(document: Mapping[str, Any]) -> bytes:
    """A document in JSON, as short as it can be written, in ASCII."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()


def lists(documents: Iterable[Mapping[str, Any]], most_bytes: int, most: int, around: bytes = b"[]") -> Iterator[bytes]:
    """JSON lists of these, each within so many bytes and of so many documents; ``around`` may name the list.

    ``around`` begins and ends it, the list's own brackets in the middle: ``{"series":[]}``.
    """
    head, tail = around.partition(b"[]")[::2]
    for some in chunks((packed(each) for each in documents), most_bytes - len(around), most):
        yield head + b"[" + b",".join(some) + b"]" + tail


def chunks(documents: Iterable[bytes], most_bytes: int, most: int) -> Iterator[list[bytes]]:
    """These in lists that come to no more than so many bytes, with one between any two, and so many documents."""
    chunk: list[bytes] = []
    filled = 0
    for document in documents:
        if chunk and (filled + len(document) + 1 > most_bytes or len(chunk) == most):
            yield chunk
            chunk, filled = [], 0
        chunk.append(document)
        filled += len(document) + 1
    if chunk:
        yield chunk
