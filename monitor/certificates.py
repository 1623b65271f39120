"""What a TLS certificate says, as ``ssl.SSLSocket.getpeercert`` gives it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Mapping
from typing import Any


def names(certificate: Mapping[str, Any]) -> list[str]:
    """The names and addresses that it is for."""
    return [str(value) for _, value in certificate.get("subjectAltName", ())]


def match(certified: Iterable[str], host: str) -> bool:
    """Whether one of these names is the host's; a ``*`` stands for one label, as in RFC 6125."""
    host = host.lower().rstrip(".")
    parent = host.partition(".")[2]
    return any(name.lower() in (host, f"*.{parent}" if parent else host) for name in certified)


def days_left(certificate: Mapping[str, Any]) -> float:
    """The days before it expires; negative after."""
    return (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86400
