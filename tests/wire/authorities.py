"""A certificate authority of our own, for servers of tests."""

from __future__ import annotations

import ssl
from pathlib import Path

import trustme


class Authority:
    """A certificate authority of our own, and the file that lets it be trusted."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.file = str(folder / "authority.pem")
        self.ca.cert_pem.write_to_path(self.file)

    def serving(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """What a server for 127.0.0.1 and localhost shows, or for another certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificate or self.ca.issue_cert("127.0.0.1", "localhost")).configure_cert(context)
        return context
