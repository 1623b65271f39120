"""What the units' tests share: a bare environment, an authority, a door."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import trustme

from monitor.http import Door
from monitor.secrets import Scrubber

hypothesis.settings.register_profile("units", deadline=None, max_examples=60, database=None)
hypothesis.settings.load_profile("units")

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


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


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own set-up reaches a test."""
    for name in list(os.environ):
        if name.startswith("AUTH0_") or name.lower() in _PROXIES or name in _AUTHORITIES:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def scrubber() -> Scrubber:
    return Scrubber()


@pytest.fixture
def door(scrubber: Scrubber) -> Iterator[Door]:
    """A door in the bare environment."""
    opened = Door(scrubber, os.environ)
    yield opened
    opened.close()
