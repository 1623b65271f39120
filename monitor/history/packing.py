"""Documents of plain JSON types as they lie in the file: the same bytes for the same document."""

from __future__ import annotations

import json
import zlib
from typing import Any


def packed(document: Any) -> bytes:
    return zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), 9)


def unpacked(blob: bytes) -> Any:
    """What ``packed`` packed. Raises zlib.error where these are not its bytes."""
    return json.loads(zlib.decompress(blob))
