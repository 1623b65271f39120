"""The certificates, and the authority that signed them, which clients are told to trust."""

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


class Authority:
    """Its own certificate is written to the file."""

    def __init__(self, file: Path) -> None:
        self._authority = trustme.CA(organization_name="Auth0 sandbox")
        self._authority.cert_pem.write_to_path(str(file))

    def issue(self, setup: Setup) -> ssl.SSLContext:
        """A server's context, with a certificate of its own."""
        ends = datetime.now(UTC) + timedelta(seconds=setup.certificate_ends_in)
        authority = self._authority if setup.certificate_is_whole else self._authority.create_child_ca()
        certificate = authority.issue_cert(
            *setup.certificate_names, not_before=ends - timedelta(days=180), not_after=ends
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        if setup.certificate_is_whole:
            certificate.configure_cert(context)
        else:
            with certificate.private_key_pem.tempfile() as key, certificate.cert_chain_pems[0].tempfile() as leaf:
                context.load_cert_chain(leaf, key)
        return context
