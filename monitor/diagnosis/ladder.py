"""The rungs that a login stands on, what an ill verdict looks like from there, and what a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from monitor.owners import Confidence, Owner
from monitor.status import Status
from monitor.verdict import Verdict

KINDS = {
    "certificate": "tls",
    "discovery": "discovery",
    "health": "health",
    "machine-login": "machine",
    "login": "token",
    "profile": "profile",
    "refresh": "refresh",
    "dedicated": "node",
    "auth0-status": "auth0",
    "dependencies": "service",
}
"""The rung of each file of probes."""

PROBES = {
    "a_signing_key_is_published": "keys",
    "key_ids_are_unique": "keys",
    "login_hands_out_tokens": "login",
    "login_answers_within_its_budget": "login",
    "extension_adds_the_expected_claims": "claims",
    "rate_limit_has_room": "limits",
    "user_who_does_not_exist_is_refused": "stranger",
    "tampered_access_token_is_refused": "tampered",
    "wrong_client_secret_is_refused": "secret",
}
"""The rung of a probe that stands on another one than its file."""

OTHER = "other"
"""The rung of a probe that we do not know."""

PAGES = ("auth0", "service")
LOGIN = "login_hands_out_tokens"
BY_LOGIN = ("login", "token", "claims", "limits", "stranger")
"""Rungs whose target is a login: tenant:flow:connection."""
JUDGE_LOGIN = ("token", "claims", "limits")
"""Rungs that are judged by the login's own answer."""

TENANT = ("discovery", "keys", "health", "machine", *BY_LOGIN, "profile", "refresh", "tampered", "secret")
"""Rungs that the tenant's own answers are judged on: not its certificate, its nodes, nor what pages say."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: what it explains, by whose fault. Names are of rungs or probes; what is empty is not looked at.

    ``scope`` is what it looks at by itself: ``run``, ``tenant``, ``connection``, ``node``, ``service``, ``reason``.
    ``ill`` with ``failures`` (classes; ``""`` is an expectation that was not met), ``errors`` (OAuth's), ``answers``
    (the beginnings of statuses, ``html``, ``none``) and ``status`` are the symptoms, ``signed`` that Auth0's request id
    is on them, ``host`` whose name is asked, ``slowest`` the phases one of which took more than half of the time.
    ``holds`` must hold somewhere, ``breaks`` be ill somewhere, ``falls`` hold nowhere, ``unasked`` not be asked:
    ``tenant`` is all that the tenant answers, ``elsewhere`` the same of other connections.
    ``control`` is what the control target must be (``Scene.control``). ``along`` are rungs that are
    explained too where they were answered the same, and probes that are in any case.
    ``cap`` is the worst status that this can give a run.
    """

    name: str
    owner: Owner
    confidence: Confidence
    scope: str
    says: str
    ill: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    status: Status | None = None
    signed: bool = False
    host: str = ""
    slowest: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    cap: Status | None = None

    def fits(self, symptom: Symptom) -> bool:
        """Whether this is a symptom of it, whatever else there is."""
        verdict = symptom.verdict
        return (
            (not self.ill or symptom.rung in self.ill or verdict.probe in self.ill)
            and (not self.failures or verdict.failure in self.failures)
            and (not self.errors or (verdict.error in self.errors and verdict.status is not Status.DEGRADED))
            and (not self.answers or symptom.answer.startswith(self.answers))
            and self.status in (None, verdict.status)
            and (not self.signed or symptom.signed)
            and self.host in ("", symptom.host)
            and (not self.slowest or symptom.slowest in self.slowest)
        )


@dataclass(frozen=True, slots=True)
class Symptom:
    """An ill verdict, the rung that it is ill on, and its part of the tenant: a connection, a node, a service."""

    verdict: Verdict
    rung: str
    part: str

    @property
    def last(self) -> dict[str, Any]:
        """The last attempt; empty where nothing was asked."""
        return self.verdict.attempts[-1] if self.verdict.attempts else {}

    @property
    def answer(self) -> str:
        """The last answer: its status, ``html`` for a page that is no server's error, ``none`` where none came."""
        status = self.last.get("status")
        if status is None or not str(self.last.get("error") or "WrongAnswer").startswith("WrongAnswer"):
            return "none"
        html = "html" in str(self.last.get("headers", {}).get("content-type", ""))
        return "html" if html and status < 500 and not 300 <= status < 400 else str(status)

    @property
    def signed(self) -> bool:
        return "x-auth0-requestid" in self.last.get("headers", {})

    @property
    def slowest(self) -> str:
        """The phase that took more than half of the time, if one did."""
        phases = self.verdict.phases
        return next((name for name, seconds in phases.items() if seconds > sum(phases.values()) / 2), "")

    @property
    def host(self) -> str:
        """Whose name was asked: ``auth0`` for one of Auth0's own, else ``own``."""
        name = urlsplit(str(self.last.get("url", ""))).hostname or ""
        return "auth0" if name.endswith(".auth0.com") else "own"


def rung(verdict: Verdict) -> str:
    """The rung that this was asked on."""
    return PROBES.get(verdict.probe) or KINDS.get(verdict.kind, OTHER)


def part(verdict: Verdict, on: str) -> str:
    """Which connection, node or service of its tenant this is about; a login that names none is of ``password``."""
    names = verdict.target.split(":")[1:]
    if on in BY_LOGIN or on == "refresh":
        return names[-1] if names else ""
    return (names[0] if names else "password") if on in ("profile", "tampered") else "".join(names[:1])


def symptoms(verdicts: tuple[Verdict, ...]) -> list[Symptom]:
    """What is ill, and on which rung: what is ill only because its login is, is ill on the login's."""
    logins = {_exchange(each): each for each in verdicts if each.probe == LOGIN and each.ill}
    found = []
    for verdict in verdicts:
        if verdict.ill:
            on = rung(verdict)
            symptom = Symptom(verdict, on, part(verdict, on))
            login = logins.get(_exchange(verdict))
            if login and login.status is not Status.DEGRADED and on in (*JUDGE_LOGIN, "profile", "tampered", "refresh"):
                same = verdict.failure == "WrongAnswer" or verdict.reason == login.reason
                symptom = Symptom(verdict, "login", part(login, "login")) if same else symptom
            elif _only_the_logins(symptom):
                symptom = Symptom(verdict, "login", symptom.part)
            found.append(symptom)
    return found


def _exchange(verdict: Verdict) -> tuple[object, ...]:
    """What tells one exchange from another; by its reason what was not asked at all."""
    last = verdict.attempts[-1] if verdict.attempts else {"url": verdict.reason}
    return verdict.tenant, last.get("started"), last.get("seconds"), last["url"]


def _only_the_logins(symptom: Symptom) -> bool:
    """Whether its own evidence says that the login failed, or was late, also where no login is judged in this run."""
    verdict = symptom.verdict
    if symptom.rung in ("profile", "tampered"):
        return symptom.last.get("method") == "POST"
    late = verdict.failure in ("OverBudget", "SecondAttempt")
    return symptom.rung in JUDGE_LOGIN and bool(verdict.attempts) and (late or not symptom.answer.startswith("2"))
