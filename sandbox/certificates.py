"""The tenant's certificate, and the authority that signed it, which clients are told to trust."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from sandbox.setup import Setup


def directory() -> tempfile.TemporaryDirectory[str]:
    """A fresh directory; its name goes into an environment that must hold no whitespace."""
    crooked = any(map(str.isspace, tempfile.gettempdir()))
    return tempfile.TemporaryDirectory(prefix="auth0-sandbox-", dir="/tmp" if crooked else None)  # noqa: S108 -- made afresh below it


def issue(setup: Setup, authority_file: Path) -> ssl.SSLContext:
    """A server's context with the certificate; the authority is written to the file."""
    authority = trustme.CA(organization_name="Auth0 sandbox")
    ends = datetime.now(UTC) + timedelta(seconds=setup.certificate_ends_in)
    certificate = authority.issue_cert(*setup.certificate_names, not_before=ends - timedelta(days=180), not_after=ends)
    authority.cert_pem.write_to_path(str(authority_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    certificate.configure_cert(context)
    return context
