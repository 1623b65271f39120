"""The tenant's log: an entry for each login, in Auth0's words, and the search in it, a part of Lucene's language."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from sandbox import DEFAULT_CONNECTION, STATIC
from sandbox.answers import Answer
from sandbox.memory import Recent
from sandbox.questions import Question

OTHER = "otherClient0123"
OURS = STATIC["AUTH0_CLIENT_ID"]

TYPES = {
    "login": ("sepft", "fepft"),
    "machine-login": ("seccft", "feccft"),
    "refresh": ("sertft", "fertft"),
    "code": ("seacft", "feacft"),
}
"""How a question's end is called, where it is good, and where it is not."""

WORDS = {
    "sepft": "Successful exchange of Password for Access Token",
    "seccft": "Successful exchange of Client Credentials for Access Token",
    "sertft": "Successful exchange of Refresh Token for Access Token",
    "seacft": "Successful exchange of Authorization Code for Access Token",
    "s": "Successful login",
}

OTHERS = ("xq7vwk3zj9@pz4tqx8.example", "kz2wqv6xj1@pz4tqx8.example")
"""Whose entries are there too, and are nobody's business."""

OTHER_DESCRIPTION = "4417-zqx7-9kvw-3jzt qwv8zkx2jt"


class LogBook:
    """The entries so far; of others there are always some."""

    def __init__(self) -> None:
        self._entries: Recent[str, dict[str, Any]] = Recent()

    def note(self, question: Question, answer: Answer) -> None:
        """What was answered to a login."""
        if question.kind not in TYPES:
            return
        good, bad = TYPES[question.kind]
        well = answer.status_code == 200
        kind = good if well else self._failure(question, answer, bad)
        kind = "s" if kind == "sepft" and question.route == "ro" else kind
        described = WORDS.get(kind, "") if well else _said(answer, "error_description")
        user = question.username if question.kind == "login" else ""
        self.write(kind, described, question, user)

    def write(self, kind: str, description: str, question: Question, user: str) -> None:
        """An entry of this type."""
        connection = question.text("realm") or question.text("connection")
        connection = connection or (DEFAULT_CONNECTION if user else "")
        self._keep(_entry(kind, description, question.at, connection=connection, client_id=OURS, user=user))

    def others(self, at: float) -> None:
        """Logins of other people through the same application, and of ours through another."""
        for user in OTHERS:
            self._keep(_entry("fp", OTHER_DESCRIPTION, at, connection=DEFAULT_CONNECTION, client_id=OURS, user=user))
        us = STATIC["AUTH0_USERNAME"]
        self._keep(
            _entry("f", OTHER_DESCRIPTION, at, connection=DEFAULT_CONNECTION, client_id="otherClient0123", user=us)
        )

    def found(self, search: str) -> list[dict[str, Any]]:
        """The entries that this search finds, the newest first."""
        finds = Search(search)
        found = [entry for entry in list(self._entries.values()) if finds.holds(entry)]
        return sorted(found, key=lambda entry: str(entry["date"]), reverse=True)

    def everything(self) -> list[dict[str, Any]]:
        return list(self._entries.values())

    def _keep(self, entry: dict[str, Any]) -> None:
        self._entries[entry["log_id"]] = entry

    @staticmethod
    def _failure(question: Question, answer: Answer, kind: str) -> str:
        error = _said(answer, "error")
        if question.kind == "login" and error in ("invalid_grant", "invalid_user_password"):
            known = {STATIC["AUTH0_USERNAME"], STATIC["AUTH0_CONNECTION_CUSTOM_USERS_USERNAME"]}
            return "fp" if question.username in known else "fu"
        return {"too_many_attempts": "limit_wc", "password_leaked": "pwd_leak"}.get(error, kind)


def _entry(kind: str, description: str, at: float, *, connection: str, client_id: str, user: str) -> dict[str, Any]:
    log_id = f"900{secrets.randbelow(10**30):030d}"
    date = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    entry: dict[str, Any] = {
        "date": date,
        "type": kind,
        "description": description,
        "connection": connection,
        "connection_id": f"con_{connection}" if connection else "",
        "client_id": client_id,
        "client_name": "Synthetic monitor",
        "ip": "203.0.113.9",
        "user_agent": "python",
        "details": {},
        "hostname": "sandbox.eu.auth0.com",
        "user_id": f"auth0|{user}" if user else "",
        "user_name": user,
        "strategy": "auth0" if user else "",
        "strategy_type": "database" if user else "",
        "log_id": log_id,
        "_id": log_id,
        "isMobile": False,
    }
    return {name: value for name, value in entry.items() if value != ""}


def _said(answer: Answer, member: str) -> str:
    try:
        told = json.loads(answer.get_data())
    except ValueError:
        return ""
    return str(told.get(member, "")) if isinstance(told, dict) else ""


class Search:
    """``client_id:"a" AND (user_name:"b" OR type:fp) AND date:[A TO B]``; ValueError for what is none of that."""

    _WORD = re.compile(
        r'\s*(?:(?P<mark>[()])|(?P<and>AND\b|OR\b)|(?P<field>\w+):(?:"(?P<quoted>(?:[^"\\]|\\.)*)"'
        r"|\[(?P<low>\S+) TO (?P<high>\S+)\]|(?P<bare>[^\s()]+)))"
    )

    def __init__(self, text: str) -> None:
        self._words = list(self._read(text))
        self._at = 0

    def holds(self, entry: dict[str, Any]) -> bool:
        self._at = 0
        return not self._words or self._either(entry)

    def _read(self, text: str) -> Iterator[re.Match[str]]:
        at = 0
        while at < len(text.rstrip()):
            word = self._WORD.match(text, at)
            if not word:
                raise ValueError(f"the search breaks off at {at}")
            yield word
            at = word.end()

    def _either(self, entry: dict[str, Any]) -> bool:
        held = self._both(entry)
        while self._next("OR"):
            held = self._both(entry) or held
        return held

    def _both(self, entry: dict[str, Any]) -> bool:
        held = self._one(entry)
        while self._next("AND"):
            held = self._one(entry) and held
        return held

    def _one(self, entry: dict[str, Any]) -> bool:
        word = self._words[self._at]
        self._at += 1
        if word["mark"] == "(":
            held = self._either(entry)
            self._at += 1
            return held
        value = str(entry.get(word["field"], ""))
        if word["low"]:
            return word["low"][:19] <= value[:19] <= word["high"][:19]
        wanted = word["bare"] if word["quoted"] is None else re.sub(r"\\(.)", r"\1", word["quoted"])
        return value.lower() == str(wanted).lower()

    def _next(self, joint: str) -> bool:
        if self._at < len(self._words) and self._words[self._at]["and"] == joint:
            self._at += 1
            return True
        return False


def chosen(entries: Iterable[dict[str, Any]], fields: str) -> list[dict[str, Any]]:
    """These entries with these fields alone, separated by commas; all where none is named."""
    names = set(filter(None, fields.split(",")))
    return [{name: each[name] for name in each if not names or name in names} for each in entries]
