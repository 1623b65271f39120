"""Identity providers: by which host each is known, and by which words its page says that nobody can log in there.

A row for each. Of a page that is not a provider's of this table, the words of all rows are looked for.
"""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from monitor.transactions.hosted_pages import end_of_declaration

_GONE = "the application was deleted, or never was, at the provider: see the client id in the connection's settings"
_BACK = "the redirect URI is not registered at the provider: add https://YOUR_DOMAIN/login/callback there"
_OFF = "the application was turned off at the provider"
_PARTNER = (
    "the provider does not know the tenant by this name: see the trust, or the application, that was set up there"
)
_RIGHTS = "the provider does not let these users, or this application, in"


class ProviderRow(NamedTuple):
    """A provider: its hosts (patterns), and each word by which it refuses, in lower case, with what that means.

    A word that nobody else has is looked for in scripts as well (``anywhere``), where the provider writes it.
    """

    name: str
    hosts: tuple[str, ...]
    words: dict[str, str]
    anywhere: str = ""


PROVIDERS: tuple[ProviderRow, ...] = (
    ProviderRow(
        "Google",
        (r"accounts\.google\.com",),
        {
            "deleted_client": _GONE,
            "invalid_client": _GONE,
            "disabled_client": _OFF,
            "redirect_uri_mismatch": _BACK,
            "org_internal": _RIGHTS,
            "admin_policy_enforced": _RIGHTS,
        },
    ),
    ProviderRow(
        "Microsoft",
        (
            r"login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn|windows\.net|live\.com|microsoft\.com)",
            r".+\.b2clogin\.com",
            r".+\.ciamlogin\.com",
        ),
        {
            "aadsts50011": _BACK,
            "aadsts700016": _GONE,
            "aadsts7000112": _OFF,
            "aadsts7000222": "the client secret has expired: make another one, and give it to the connection",
            "aadsts90002": "there is no directory of that name: see the domain in the connection's settings",
            "aadsts650056": _RIGHTS,
            "aadsts75": "the SAML request is not one that it takes: see the identifiers and addresses that were set up",
            "aadsts": "the code says why, on Microsoft's page of its error codes",
            "aadb2c": "the code says why, on Microsoft's page of its error codes",
        },
        anywhere=r"\b(?:aadsts|aadb2c)\d{4,8}\b",
    ),
    ProviderRow(
        "GitHub",
        (r"github\.com", r".+\.ghe\.com"),
        {
            "not associated with this application": _BACK,
            "redirect_uri_mismatch": _BACK,
            "application suspended": _OFF,
            "application_suspended": _OFF,
        },
    ),
    ProviderRow(
        "Facebook",
        (r"(www|m)\.facebook\.com",),
        {"invalid app id": _GONE, "app not active": _OFF, "url blocked": _BACK, "can't load url": _BACK},
    ),
    ProviderRow(
        "Apple",
        (r"appleid\.apple\.com",),
        {"invalid_client": _GONE, "invalid web redirect url": _BACK, "invalid_request": _BACK},
    ),
    ProviderRow(
        "LinkedIn",
        (r"www\.linkedin\.com",),
        {"redirect_uri does not match": _BACK, "does not match the registered value": _BACK, "client_id is not": _GONE},
    ),
    ProviderRow(
        "X",
        (r"(api\.)?(twitter|x)\.com",),
        {"callback url not approved": _BACK, "something went wrong. you weren": _GONE},
    ),
    ProviderRow(
        "Amazon",
        (r"(www|na\.account|eu\.account|apac\.account)\.amazon\.com",),
        {"unknown client id": _GONE, "has not been whitelisted": _BACK, "has not been allowlisted": _BACK},
    ),
    ProviderRow(
        "Slack",
        (r"(.+\.)?slack\.com",),
        {"invalid_client_id": _GONE, "bad_redirect_uri": _BACK, "did not match any configured uris": _BACK},
    ),
    ProviderRow(
        "Salesforce",
        (r".+\.(salesforce|force|my\.site)\.com",),
        {"redirect_uri_mismatch": _BACK, "invalid_client_id": _GONE, "oauth_app_blocked": _OFF, "app_not_found": _GONE},
    ),
    ProviderRow(
        "Okta",
        (r".+\.(okta|oktapreview|okta-emea|okta-gov)\.com",),
        {
            "must be a login redirect uri in the client app settings": _BACK,
            "must be an absolute uri that is whitelisted": _BACK,
            "invalid value for 'client_id' parameter": _GONE,
            "user is not assigned to the client application": _RIGHTS,
        },
    ),
    ProviderRow("OneLogin", (r".+\.onelogin\.com",), {"redirect_uri did not match": _BACK, "client is invalid": _GONE}),
    ProviderRow(
        "Ping",
        (r".+\.(pingone\.(com|eu|asia|ca|com\.au|sg)|pingidentity\.com)",),
        {
            "redirect uri mismatch": _BACK,
            "unknown or invalid client_id": _GONE,
            "unable to look up sp connection": _PARTNER,
        },
    ),
    ProviderRow(
        "Auth0",
        (r".+\.auth0\.com",),
        {"callback url mismatch": _BACK, "unknown client": _GONE},
    ),
    ProviderRow(
        "AD FS",
        (),
        {
            "msis7007": _PARTNER,
            "msis9223": _GONE,
            "msis9224": _BACK,
            "msis": "the code says why, in the event log of AD FS",
        },
        anywhere=r"\bmsis\d{4,5}\b",
    ),
    ProviderRow(
        "Keycloak",
        (),
        {
            "invalid parameter: redirect_uri": _BACK,
            "client not found": _GONE,
            "client disabled": _OFF,
            "invalid requester": _PARTNER,
        },
    ),
    ProviderRow(
        "any other",
        (),
        {
            "redirect_uri_mismatch": _BACK,
            "invalid_redirect_uri": _BACK,
            "deleted_client": _GONE,
            "invalid_client": _GONE,
            "unauthorized_client": _RIGHTS,
            "not associated with this application": _BACK,
            "unknown service provider": _PARTNER,
        },
    ),
)
"""What each provider says where nobody can log in. A word that ends without a code stands for all codes."""

DEVELOPER_CALLBACK = re.compile(r"login(\.[a-z0-9-]+)?\.auth0\.com", re.IGNORECASE)
"""Where a provider leads back to by Auth0's developer keys: a host of Auth0's that all tenants share."""

_LONGEST = 400_000
"""Characters of a page that are looked at."""


def row_of(host: str) -> ProviderRow | None:
    """The row of the provider at this host; None where the table has none."""
    return next((row for row in PROVIDERS if any(re.fullmatch(each, host.lower()) for each in row.hosts)), None)


def refusal(host: str, page: str, location: str) -> tuple[str, str] | None:
    """The word by which this page, or the redirect in its place, refuses, and what that means; None where none is."""
    own = row_of(host)
    rows = [own] if own else list(PROVIDERS)
    seen = "\n".join([_visible(page), *_told_by(location)]).lower().replace("\u2019", "'")
    whole = f"{page[:_LONGEST]}\n{seen}".lower()
    for row in rows:
        code = re.search(row.anywhere, whole) if row.anywhere else None
        for word, meaning in row.words.items():
            if code and code[0].startswith(word):
                return code[0].upper(), meaning
            if not row.anywhere and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", seen):
                return word, meaning
    return None


def is_challenge(page: str, location: str) -> bool:
    """Whether this asks for a captcha in the place of a login: it suspects this machine."""
    seen = re.sub(r"protected by \w*captcha", "", _visible(page).lower())  # which stands below logins that work
    path = urlsplit(location).path if location else ""
    asks = re.search(r"just a moment|unusual traffic|verify (that )?you are (a )?human|captcha", seen)
    marks = (
        "cf-challenge" in page or "challenge-platform" in page or 'id="captcha' in page or path.startswith("/sorry/")
    )
    return bool(asks or marks) and not re.search(r"type=[\"']?(password|email)", page)


def _told_by(location: str) -> Iterator[str]:
    """What an address says: its path, and the values in it, as they are and decoded, for Google tells in base64."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return
    yield parts.path
    for name, value in parse_qsl(f"{parts.query}&{parts.fragment}"):
        if name in ("continue", "redirect_uri", "return_to", "state", "RelayState"):
            continue
        yield value
        try:
            padded = value + "=" * (-len(value) % 4)
            yield base64.b64decode(padded, altchars=b"-_", validate=True).decode("utf-8", errors="replace")
        except ValueError:
            continue


class _Text(HTMLParser):
    """The text of a page that its reader sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - as its base has it, which raises
        return end_of_declaration(self.rawdata, i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as its base has it
        self._hidden += tag in ("script", "style", "template")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= bool(self._hidden and tag in ("script", "style", "template"))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _visible(page: str) -> str:
    """What somebody who looks at this page reads; of JSON and plain text all of it."""
    if "<" not in page:
        return page[:_LONGEST]
    text = _Text()
    text.feed(page[:_LONGEST])
    text.close()
    return " ".join(" ".join(text.parts).split())


def table(rows: Iterable[ProviderRow] = PROVIDERS) -> str:
    """The table, in Markdown: what the docs show."""
    lines = ["| provider | known by | reports by these words that nobody can log in |", "| --- | --- | --- |"]
    for row in rows:
        hosts = ", ".join(f"`{each}`".replace("\\", "").replace("|", r"\|") for each in row.hosts)
        lines.append(f"| {row.name} | {hosts or 'its words'} | {', '.join(f'`{word}`' for word in row.words)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
