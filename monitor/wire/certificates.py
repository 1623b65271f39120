"""What a TLS certificate says: as ``ssl.SSLSocket.getpeercert`` gives it, or in DER."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.text import iso, printable, some

_NAMED = 4


def names(certificate: Mapping[str, Any]) -> list[str]:
    """The names and addresses that it is for."""
    return [str(value) for _, value in certificate.get("subjectAltName", ())]


def match(certified: Iterable[str], host: str) -> bool:
    """Whether one of these names is the host's; a ``*`` stands for one label, as in RFC 6125."""
    host = host.lower().rstrip(".")
    parent = host.partition(".")[2]
    return any(name.lower() in (host, f"*.{parent}" if parent else host) for name in certified)


def expires(certificate: Mapping[str, Any]) -> float | None:
    """When it expires, in seconds of the epoch; None where it does not say so."""
    return float(ssl.cert_time_to_seconds(certificate["notAfter"])) if certificate.get("notAfter") else None


def days_left(certificate: Mapping[str, Any], now: float) -> float:
    """The days before it expires, at this time in seconds of the epoch; negative after."""
    return (ssl.cert_time_to_seconds(certificate["notAfter"]) - now) / 86400


def ended(encoded: bytes) -> str:
    """``since 2026-11-20``, of one that has expired; empty where it cannot be read."""
    said = told(encoded)
    return f"since {said['not_after'][:10]}" if "not_after" in said else ""


def begins(encoded: bytes) -> str:
    """``from 2026-12-01 on``."""
    said = told(encoded)
    return f"from {said['not_before'][:10]} on" if "not_before" in said else ""


def named(encoded: bytes) -> str:
    """``it is for a.example, b.example``."""
    known = told(encoded).get("names", [])
    return f"it is for {some(map(printable, known), _NAMED)}" if known else ""


def signed_by(encoded: bytes) -> str:
    """``signed by Acme Web Gateway CA``."""
    issuer = printable(told(encoded).get("issuer", ""))[:150]
    return f"signed by {issuer}" if issuer else ""


def told(encoded: bytes) -> dict[str, Any]:
    """What a certificate in DER says, for those who look for it: only its fingerprint where it cannot be read."""
    from cryptography import x509

    fingerprint = {"sha256": hashlib.sha256(encoded).hexdigest()}
    try:
        read = x509.load_der_x509_certificate(encoded)
        extensions = read.extensions
        named = next((each.value for each in extensions if isinstance(each.value, x509.SubjectAlternativeName)), ())
        return fingerprint | {
            "subject": read.subject.rfc4514_string(),
            "issuer": read.issuer.rfc4514_string(),
            "names": [str(each.value) for each in named],
            "not_before": iso(read.not_valid_before_utc),
            "not_after": iso(read.not_valid_after_utc),
            "serial": f"{read.serial_number:x}",
        }
    except Exception:  # noqa: BLE001 - what others put into certificates must not cost a verdict
        return fingerprint
