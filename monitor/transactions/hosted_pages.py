"""A page of a login, read as a program can: its name, its errors' keys and its forms. Of its texts nothing is kept."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

_CONTEXT = re.compile(r"universal_login_context\s*=\s*(?={)")
_CLASSIC = re.compile(r"atob\(\s*['\"]([A-Za-z0-9+/=]{16,})['\"]\s*\)")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PATHS = {"login-identifier": "login-id"}
"""Where a page's address has another name than its screen."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it is sent (absolute), what it holds already, the names of its fields, and what its buttons say."""

    action: str
    held: Mapping[str, str] = field(repr=False)
    names: frozenset[str]
    buttons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HostedPage:
    """A page of the tenant's login.

    ``screen`` is its name by Auth0 (empty where it has none), ``keys`` are those of the errors on it, ``is_hosted``
    whether it is Universal Login's by its own marks, ``has_captcha`` whether a captcha has to be solved on it, and
    ``classic`` the settings of a page of Classic Login (empty where it is none).
    """

    screen: str
    keys: tuple[str, ...]
    forms: tuple[Form, ...]
    is_hosted: bool
    has_captcha: bool
    classic: Mapping[str, Any] = field(repr=False)

    def form(self, *needed: str) -> Form | None:
        """The first form that has all of these fields."""
        return next((form for form in self.forms if form.names.issuperset(needed)), None)


def read(url: str, text: str) -> HostedPage:
    """The page at this address; whatever cannot be read of it is not there."""
    parser = _Parser(url)
    parser.feed(text)
    parser.close()
    context = _context(text)
    screen = _member(_object(context, "screen"), "name") or _by_path(urlsplit(url).path)
    errors = _object(context, "transaction").get("errors")
    told = [_member(each, "code") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return HostedPage(
        screen=screen,
        keys=tuple(dict.fromkeys(key for key in (*parser.keys, *told) if _NAME.fullmatch(key))),
        forms=tuple(parser.forms),
        is_hosted=bool(context) or parser.is_hosted,
        has_captcha=parser.has_captcha or bool(_object(context, "screen").get("captcha")),
        classic=_classic(text),
    )


def _by_path(path: str) -> str:
    """The name that the address has for the page: ``/u/login/password`` is ``login-password``."""
    parts = [part for part in path.split("/") if part]
    if len(parts) < 2 or parts[0] != "u":
        return ""
    name = "custom-prompt" if parts[1] == "custom-prompt" else "-".join(parts[1:3])
    return _PATHS.get(name, name) if _NAME.fullmatch(name) else ""


def _context(text: str) -> dict[str, Any]:
    """The JSON object that the page gives its scripts."""
    where = _CONTEXT.search(text)
    if where is None:
        return {}
    try:
        document, _ = json.JSONDecoder().raw_decode(text, where.end())
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _classic(text: str) -> dict[str, Any]:
    """The settings that a page of Classic Login gives its scripts, in base64."""
    where = _CLASSIC.search(text)
    try:
        document = json.loads(b64decode(where[1], validate=True)) if where else {}
    except (ValueError, RecursionError, binascii.Error):
        return {}
    return document if isinstance(document, dict) else {}


def _object(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _member(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    return found if isinstance(found, str) and _NAME.fullmatch(found) else ""


class _Parser(HTMLParser):
    """Keeps what a login needs of a page's elements."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self._url = url
        self.forms: list[Form] = []
        self.keys: list[str] = []
        self.is_hosted = self.has_captcha = False
        self._open: tuple[str, dict[str, str], set[str], set[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if key := given.get("data-error-code"):
            self.keys.append(key)
        self.is_hosted |= tag == "meta" and given.get("name") == "ulp-version"
        captcha = "ulp-captcha-container" in given.get("class", "").split() or "data-captcha-provider" in given
        self.has_captcha |= captcha or given.get("id") == "ulp-auth0-v2-captcha" or given.get("name") == "captcha"
        if tag == "form":
            self._end_form()
            self._open = (resolved(self._url, given.get("action", "")), {}, set(), set())
        elif self._open and given.get("name"):
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._end_form()

    def close(self) -> None:
        super().close()
        self._end_form()

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        if self._open is None:
            return
        _, held, names, buttons = self._open
        kind, name = given.get("type", "").lower(), given["name"]
        if tag == "button" or (tag == "input" and kind in ("submit", "button", "image")):
            if name == "action":
                buttons.add(given.get("value", ""))
        elif tag in ("input", "select", "textarea"):
            names.add(name)
            if tag == "input" and kind == "hidden":
                held[name] = given.get("value", "")

    def _end_form(self) -> None:
        if self._open:
            action, held, names, buttons = self._open
            self.forms.append(Form(action, held, frozenset(names), frozenset(buttons)))
            self._open = None


def resolved(url: str, address: str) -> str:
    """Where this address on the page leads: to the page itself where it says nothing, nowhere where it is none."""
    try:
        whole = urljoin(url, address.strip()) if address.strip() else url
        urlsplit(whole)
    except ValueError:
        return ""
    return whole
