"""A page of a login, read as a program can: its name, its errors' keys and its forms. Of its texts nothing is kept."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

_CONTEXT = re.compile(r"universal_login_context['\"\]]*\s*=\s*(?:JSON\.parse\(\s*(?=\")|(?={))")
_CLASSIC = re.compile(r"atob\(\s*['\"]([A-Za-z0-9+/=]{16,})['\"]\s*\)")
_OF_CLASSIC = ("internalOptions", "auth0Tenant", "callbackURL")
"""What the settings of a page of Classic Login have: scripts of other kinds are given things in base64, too."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PATHS = {"login-identifier": "login-id", "signup-identifier": "signup-id"}
"""Where a page's address has another name than its screen."""

_PATHS_OF_CLASSIC = {"decision": "consent", "mf": "mfa-login-options"}
"""What the pages are that Classic Login has beside its own, by the first part of their addresses."""

_UNSEEN = ("template", "noscript")
"""Elements whose content is not on the page."""

_NOT_SENT = ("button", "reset", "file")
_NOT_TYPED = ("hidden", "checkbox", "radio", *_NOT_SENT)


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it is sent (absolute), what a browser would send of it untouched, and the names of its fields.

    ``hidden`` is what of it nobody sees, and ``typed`` the fields that somebody writes into. ``buttons`` are the values
    of those that are called ``action``, each with where it sends the form. ``rank`` is 0 where Auth0 calls it the
    page's main form, and 2 where it is one of other ways to go on.
    """

    action: str
    held: Mapping[str, str] = field(repr=False)
    names: frozenset[str]
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)
    typed: frozenset[str] = frozenset()
    buttons: Mapping[str, str] = field(default_factory=dict)
    rank: int = 1
    asks_password: bool = False


@dataclass(frozen=True, slots=True)
class HostedPage:
    """A page of the tenant's login.

    ``screen`` is its name by Auth0 (empty where it has none), ``keys`` are those of the errors on it, ``is_hosted``
    whether it is Universal Login's by its own marks, ``is_scripted`` whether its scripts may make the forms,
    ``has_captcha`` whether a captcha has to be solved on it, and ``classic`` the settings of a page of Classic Login
    (empty where it is none).
    """

    screen: str
    keys: tuple[str, ...]
    forms: tuple[Form, ...]
    is_hosted: bool
    is_scripted: bool
    has_captcha: bool
    classic: Mapping[str, Any] = field(repr=False)

    def form(self, *needed: str) -> Form | None:
        """The form that has all of these fields: the main one before others, and the first before those after it."""
        return min((form for form in self.forms if form.names.issuperset(needed)), key=_rank, default=None)

    def form_to_type_into(self, *names: str) -> Form | None:
        """The form with one of these fields for somebody to write into; without names, with any such field."""
        fit = (form for form in self.forms if (form.typed.intersection(names) if names else form.typed))
        return min(fit, key=_rank, default=None)

    def form_with_button(self, action: str) -> Form | None:
        return next((form for form in self.forms if action in form.buttons), None)


def _rank(form: Form) -> int:
    return form.rank


def read(url: str, text: str) -> HostedPage:
    """The page at this address; whatever cannot be read of it is not there."""
    parser = _Parser(url)
    parser.feed(text)
    parser.close()
    context = _context(text)
    screen = _member(_object(context, "screen"), "name") or _by_path(urlsplit(url).path)
    errors = _object(context, "transaction").get("errors")
    told = [_member(each, "code") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    is_hosted = bool(context) or parser.is_hosted
    return HostedPage(
        screen=screen,
        keys=tuple(dict.fromkeys(key for key in (*parser.keys, *told) if _NAME.fullmatch(key))),
        forms=tuple(parser.forms),
        is_hosted=is_hosted,
        is_scripted="universal_login_context" in text,
        has_captcha=parser.has_captcha or bool(_object(context, "screen").get("captcha")),
        classic={} if is_hosted else _classic(text),
    )


def _by_path(path: str) -> str:
    """The name that the address has for the page: ``/u/login/password`` is ``login-password``."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] in _PATHS_OF_CLASSIC:
        return _PATHS_OF_CLASSIC[parts[0]]
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
        document = json.loads(document) if isinstance(document, str) else document
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _classic(text: str) -> dict[str, Any]:
    """The settings that a page of Classic Login gives its scripts, in base64."""
    for where in _CLASSIC.finditer(text):
        try:
            document = json.loads(b64decode(where[1], validate=True))
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and any(name in document for name in _OF_CLASSIC):
            return document
    return {}


def _object(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _member(document: Mapping[str, Any], name: str) -> str:
    found = document.get(name)
    return found if isinstance(found, str) and _NAME.fullmatch(found) else ""


@dataclass
class _OpenForm:
    """A form as far as it was read."""

    action: str
    rank: int
    held: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)
    buttons: dict[str, str] = field(default_factory=dict)
    asks_password: bool = False
    pressed: str | None = None
    """Where the first button sends it, which is the one of the Enter key; None until there is one."""

    def add_field(self, tag: str, given: Mapping[str, str]) -> None:
        kind, name = given.get("type", "").lower(), given["name"]
        self.names.add(name)
        if tag != "select" and kind not in _NOT_TYPED:
            self.typed.add(name)
        self.asks_password |= kind == "password"
        chosen = kind not in ("checkbox", "radio") or "checked" in given
        if tag != "input" or not chosen or kind in _NOT_SENT or "disabled" in given:
            return
        value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind == "hidden":
            self.hidden[name] = value
        if value or kind == "hidden":
            self.held[name] = value

    def add_button(self, given: Mapping[str, str], leads_to: str) -> None:
        if self.pressed is None:
            self.pressed = leads_to
        if given.get("name") == "action":
            self.buttons.setdefault(given.get("value", ""), leads_to or self.action)

    def ended(self) -> Form:
        names, typed = frozenset(self.names), frozenset(self.typed)
        action = self.pressed or self.action
        return Form(action, self.held, names, self.hidden, typed, self.buttons, self.rank, self.asks_password)


class _Parser(HTMLParser):
    """Keeps what a login needs of a page's elements, as a browser with scripts shows them."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self._url = self._base = url
        self.forms: list[Form] = []
        self.keys: list[str] = []
        self.is_hosted = self.has_captcha = False
        self._open: _OpenForm | None = None
        self._select: tuple[str, bool] | None = None
        self._unseen = 0

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - as its base has it, which raises
        return end_of_declaration(self.rawdata, i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two with one name the first counts
        self._unseen += tag in _UNSEEN
        if self._unseen:
            return
        if (key := given.get("data-error-code", "").strip()) and "hidden" not in given:
            self.keys.append(key)
        self.is_hosted |= tag == "meta" and given.get("name") == "ulp-version"
        captcha = "ulp-captcha-container" in given.get("class", "").split() or "data-captcha-provider" in given
        self.has_captcha |= captcha or given.get("id") == "ulp-auth0-v2-captcha" or given.get("name") == "captcha"
        if tag == "base" and given.get("href") and self._base == self._url:
            self._base = resolved(self._url, given["href"])
        elif tag == "form":
            self._end_form()
            self._open = _OpenForm(self._leads_to(given.get("action", "")), _rank_of(given))
        elif self._open:
            self._add(self._open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= bool(tag in _UNSEEN and self._unseen)
        if self._unseen:
            return
        if tag == "form":
            self._end_form()
        elif tag == "select":
            self._select = None

    def close(self) -> None:
        super().close()
        self._end_form()

    def _add(self, form: _OpenForm, tag: str, given: Mapping[str, str]) -> None:
        kind = given.get("type", "").lower()
        is_button = (tag == "button" and kind in ("", "submit")) or (tag == "input" and kind in ("submit", "image"))
        if is_button:
            form.add_button(given, self._leads_to(given["formaction"]) if given.get("formaction") else "")
        elif tag == "option":
            self._add_option(form, given)
        elif tag in ("input", "select", "textarea") and given.get("name"):
            form.add_field(tag, given)
            if given["name"] == "connection":
                form.rank = max(form.rank, 2) if form.rank else 0
            if tag == "select" and "disabled" not in given:
                self._select = given["name"], "multiple" in given

    def _add_option(self, form: _OpenForm, given: Mapping[str, str]) -> None:
        """Of a list the first is sent, unless another is selected."""
        if self._select is None or not given.get("value"):
            return
        name, several = self._select
        if "selected" in given or (name not in form.held and not several and "disabled" not in given):
            form.held[name] = given["value"]

    def _leads_to(self, address: str) -> str:
        return resolved(self._base, address) if address.strip() else self._url

    def _end_form(self) -> None:
        if self._open:
            self.forms.append(self._open.ended())
            self._open = self._select = None


def _rank_of(given: Mapping[str, str]) -> int:
    """0 where Auth0 marks this as the page's main form, 2 where as another way to go on (Try another method)."""
    if given.get("data-form-primary", "").lower() == "true":
        return 0
    return 2 if "data-form-secondary" in given or "data-provider" in given else 1


def end_of_declaration(text: str, begin: int) -> int:
    """Behind what begins with ``<![`` here, which for browsers is a comment until the next ``>``; -1 where none is."""
    return text.find(">", begin) + 1 or -1


def parameters(address: str) -> dict[str, str]:
    """What an address has for one login, in its query and behind its ``#``; nothing where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return {}
    behind = parts.fragment.rpartition("?")[2]
    return dict(parse_qsl(behind)) | dict(parse_qsl(parts.query))


def resolved(url: str, address: str) -> str:
    """Where this address on the page leads: to the page itself where it says nothing, nowhere where it is none."""
    try:
        whole = urljoin(url, address.strip()) if address.strip() else url
        urlsplit(whole)
    except ValueError:
        return ""
    return whole
