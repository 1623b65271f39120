"""The rungs that a login stands on, what an ill verdict looks like from there, and what a rule is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from monitor import failures, speakers
from monitor.configuration.forms import UNIVERSAL_LOGIN
from monitor.failures import (
    DomainsDiffer,
    Failure,
    Misconfigured,
    NotJudged,
    OtherAlgorithm,
    OverBudget,
    RunningLow,
    SecondAttempt,
    WrongAnswer,
)
from monitor.owners import Confidence, Owner
from monitor.status import SEVERITY, Status
from monitor.transactions.screens import BREAKING
from monitor.verdict import Verdict

RUNGS = {
    "tls": "the certificate that the tenant shows",
    "discovery": "the discovery document",
    "keys": "the signing keys that the tenant publishes",
    "health": "`/test` and `/testall`, which Auth0 no longer documents",
    "machine": "a machine's login: no user, no connection and no extension is part of it",
    "login": "a user's login: it is accepted, and tokens are issued",
    "token": "what Auth0 itself writes into an ID token, and its signature",
    "api": "an access token, as the API that it is for would look at it",
    "scope": "what an ID token says about the user: by the scope that was asked for, and what the connection knows",
    "claims": "what Actions and custom databases add to an ID token",
    "limits": "the rate limit that a login comes near",
    "redirect": "where the tenant sends the users of a connection who log in elsewhere",
    "provider": "the identity provider's own page, where the users of a connection log in",
    "horizon": "what will end on a day that is known: certificates, and secrets of connections",
    "canonical": "the tenant's domain by Auth0's own name, beside a custom one",
    "stranger": "a login that must be refused: a user who does not exist",
    "profile": "`/userinfo`",
    "refresh": "the exchange of a refresh token",
    "logout": "the end of a session: after it, a login has to ask again",
    "device": "a device that begins to log in: its code, and that it is not accepted yet",
    "tampered": "an access token that must be refused: one character was changed",
    "secret": "an application that must be refused: its secret is wrong",
    "node": "one node of a dedicated deployment",
    "auth0": "Auth0's own status page",
    "service": "the status page of a service that tenants depend on, or an API of your own",
}
"""What a probe may stand on, as it says with ``on=``, and what that is."""

PAGES = ("auth0", "service")
LOGIN = "login"
JUDGE_LOGIN = ("token", "api", "scope", "claims", "limits")
"""Rungs that are judged by the login's own answer."""
BY_LOGIN = (LOGIN, *JUDGE_LOGIN, "stranger")
"""Rungs whose target is a login: tenant:flow:connection."""
SERVING_LOGIN = (LOGIN, "token", "api", "scope", "limits")
"""Rungs of which each has to be well for a login to serve an application, whatever data its tokens carry."""
AFTER_LOGIN = (*JUDGE_LOGIN, "profile", "tampered", "refresh", "logout")
"""Rungs of which nothing can be judged where the login failed."""

BROKEN_PAGE = "5.."
"""How a page is called that says that the login broke."""

_BACK_BROKEN = ("server_error", "temporarily_unavailable")
"""With which error a login that broke leads back to the application."""

TENANT = (
    "discovery",
    "keys",
    "health",
    "machine",
    *BY_LOGIN,
    "redirect",
    "profile",
    "refresh",
    "logout",
    "device",
    "tampered",
    "secret",
)
"""Rungs that the tenant's own answers are judged on: not its certificate, its nodes, nor what pages say."""


@dataclass(frozen=True, slots=True)
class Exactly:
    """This class of failures alone, and none that is below it."""

    kind: type[Failure]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: what it explains, by whose fault. What is empty is not looked at.

    Names are of rungs, or of probes that declare one (``test_...``).
    ``scope`` is what it looks at by itself: ``run``, ``tenant``, ``connection``, ``node``, ``service``, ``reason``.
    ``ill`` with ``failures`` (classes, each with those below it), ``errors`` (OAuth's), ``answers`` (the beginnings of
    statuses, ``html``, ``none``) and ``statuses`` (of HTTP's, page or not) are the symptoms, ``signed`` whether Auth0's
    request id is on them (None: either), ``host`` whose name may be asked, ``speakers`` the beginnings of who answered
    (``monitor.speakers``), ``told`` a pattern of OAuth's description, ``slowest`` the phases one of which took more
    than half of the time.
    ``holds`` must hold somewhere, ``breaks`` be ill somewhere, ``falls`` hold nowhere, ``unasked`` not be asked:
    ``tenant`` is all that the tenant answers, ``elsewhere`` the same rung of other connections, ``grants`` the logins
    through the same connection that pass no page.
    ``control`` is what the control target must be (``Scene.control``). ``along`` are rungs that are
    explained too where they were answered the same, and probes that are in any case.
    ``cap`` is the worst status that this can give a run, ``raises`` the least. ``facts`` are what else must be so, by
    their names in ``monitor.diagnosis.facts``.
    ``clock`` is how this machine's must be wrong (``ahead``, ``behind``); ``names_fail_elsewhere`` that names of others
    did not resolve either. ``behind`` says what fails where an API of the user's own does too, which an extension may
    call: then it is that API's, and no extension's. ``unknown_failure`` is for failures of a name that this version
    does not know: no other rule explains them. ``flow`` is that of the logins whose symptoms these are.
    """

    name: str
    owner: Owner
    confidence: Confidence
    scope: str
    says: str
    ill: tuple[str, ...] = ()
    failures: tuple[type[Failure] | Exactly, ...] = ()
    errors: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    signed: bool | None = None
    host: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    told: str = ""
    slowest: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    cap: Status | None = None
    raises: Status | None = None
    facts: tuple[str, ...] = ()
    clock: str = ""
    names_fail_elsewhere: bool = False
    behind: str = ""
    unknown_failure: bool = False
    flow: str = ""

    def fits(self, symptom: Symptom) -> bool:
        """Whether this is a symptom of it, whatever else there is."""
        verdict = symptom.verdict
        return (
            self.unknown_failure is (symptom.blame is None)
            and (not self.failures or symptom.is_any(self.failures))
            and (not self.ill or symptom.rung in self.ill or symptom.probe in self.ill)
            and (not self.errors or (verdict.error in self.errors and verdict.status is not Status.DEGRADED))
            and (not self.answers or symptom.answer.startswith(self.answers))
            and (self.signed is None or (symptom.answer != "none" and symptom.signed is self.signed))
            and (not self.host or symptom.host in self.host)
            and (not self.statuses or str(symptom.last.get("status")).startswith(self.statuses))
            and (not self.speakers or symptom.speaker.startswith(self.speakers))
            and (not self.told or bool(re.search(self.told, symptom.description)))
            and self.flow in ("", symptom.flow)
            and (not self.slowest or symptom.slowest in self.slowest)
        )


@dataclass(frozen=True)
class Symptom:
    """An ill verdict, the rung that it is ill on, and its part of the tenant: a connection, a node, a service."""

    verdict: Verdict
    rung: str
    part: str

    @cached_property
    def blame(self) -> type[Failure] | None:
        """The class of its failure; None where this version does not know it."""
        return self.verdict.blame

    def is_any(self, kinds: tuple[type[Failure] | Exactly, ...]) -> bool:
        """Whether its failure is of one of these classes, or of one below those that are not to be it exactly."""
        blame = self.blame
        return blame is not None and any(
            blame is kind.kind if isinstance(kind, Exactly) else issubclass(blame, kind) for kind in kinds
        )

    @cached_property
    def flow(self) -> str:
        """By which flow the user logs in, also for what is ill only because that login is; empty where it is none."""
        after = self.rung == LOGIN and self.verdict.rung in ("profile", "tampered")
        return UNIVERSAL_LOGIN if after and _is_a_page_of_logins(self.last) else flow(self.verdict)

    @property
    def probe(self) -> str:
        """The name that a rule has for its probe; none where that declares no rung, for then nothing is known of it."""
        return f"test_{self.verdict.probe}" if self.verdict.rung else ""

    @property
    def last(self) -> dict[str, Any]:
        """The last attempt; empty where nothing was asked."""
        return self.verdict.attempts[-1] if self.verdict.attempts else {}

    @cached_property
    def answer(self) -> str:
        """The last answer: its status, ``html`` for a page that is no server's error, ``none`` where none came.

        A page of the login that says what an endpoint says by 500 is ``5..``.
        """
        if self.verdict.error in BREAKING or (self.verdict.error in _BACK_BROKEN and self.last.get("status") == 302):
            return BROKEN_PAGE
        status, error = self.last.get("status"), self.last.get("error")
        broken_by = failures.named_in(error)
        if status is None or (error and not (broken_by and issubclass(broken_by, WrongAnswer))):
            return "none"
        html = "html" in str(self.last.get("headers", {}).get("content-type", ""))
        return "html" if html and status < 500 and not 300 <= status < 400 else str(status)

    @cached_property
    def signed(self) -> bool:
        """Whether Auth0 itself gave the last answer, by the id of its request, or on a name of its own its edge's."""
        return is_signed(self.last)

    @property
    def speaker(self) -> str:
        return str(self.last.get("speaker") or "")

    @cached_property
    def description(self) -> str:
        """OAuth's description in the last answer, in lower case, as the reason has it; empty where there is none."""
        found = re.search(r'\("(.*)"\)', self.verdict.reason)
        return found[1].lower() if found else ""

    @cached_property
    def slowest(self) -> str:
        """The phase that took more than half of the time of all attempts together, if one did."""
        phases: Counter[str] = Counter()
        for each in self.verdict.attempts:
            phases.update(each.get("phases") or {})
        phases = phases or Counter(self.verdict.phases)
        return next((name for name, seconds in phases.items() if seconds > sum(phases.values()) / 2), "")

    @cached_property
    def host(self) -> str:
        """Whose name was asked, as ``whose`` has it."""
        return whose(self.last)


def whose(attempt: Mapping[str, Any]) -> str:
    """Whose name was asked: ``auth0`` for one of its own, ``box`` for this machine's, else ``own``; empty for none."""
    name = (urlsplit(str(attempt.get("url") or "")).hostname or "").rstrip(".")
    if not name or name.endswith(".auth0.com"):
        return "auth0" if name else ""
    return "box" if name == "localhost" or name.startswith("127.") or name == "::1" else "own"


def is_signed(attempt: Mapping[str, Any]) -> bool:
    """Whether Auth0 itself gave this answer: by the id of its request, or on a name of its own by its edge's id."""
    headers = attempt.get("headers") or {}
    if "x-auth0-requestid" in headers:
        return True
    ray = str(headers.get("cf-ray", ""))
    edge = whose(attempt) == "auth0" and bool(speakers.RAY.fullmatch(ray))
    return edge and not speakers.code_of(str(attempt.get("speaker") or ""))


def flow(verdict: Verdict) -> str:
    """By which flow the user of this verdict's login logs in; empty where it is none of a login."""
    names = verdict.target.split(":")
    return names[1] if verdict.rung in (*BY_LOGIN, "refresh", "logout") and len(names) > 1 else ""


def part(verdict: Verdict) -> str:
    """Which connection, node or service of its tenant this is about; a login that names none is of ``password``."""
    rung, names = verdict.rung, verdict.target.split(":")[1:]
    if rung in BY_LOGIN or rung == "refresh":
        return names[-1] if names else ""
    return (names[0] if names else "password") if rung in ("profile", "tampered") else "".join(names[:1])


def symptoms(verdicts: tuple[Verdict, ...]) -> list[Symptom]:
    """What is ill, and on which rung: what is ill only because its login is, is ill on the login's."""
    logins: dict[tuple[object, ...], Verdict] = {}
    for verdict in verdicts:
        if verdict.rung == LOGIN and verdict.ill:
            known = logins.setdefault(_exchange(verdict), verdict)
            logins[_exchange(verdict)] = max(known, verdict, key=lambda judged: SEVERITY[judged.status])
    ways = {_exchange(verdict) for verdict in verdicts if verdict.rung == "redirect" and verdict.ill}
    return [_symptom(verdict, logins.get(_exchange(verdict)), ways) for verdict in verdicts if verdict.ill]


def _symptom(verdict: Verdict, login: Verdict | None, ways: set[tuple[object, ...]]) -> Symptom:
    """``login`` is the verdict on the login by the same exchange, where that is ill; ``ways`` are ill redirects."""
    symptom = Symptom(verdict, verdict.rung or "", part(verdict))
    if symptom.rung in ("token", "api") and _is_of_the_keys(symptom):
        return Symptom(verdict, "keys", "")
    if symptom.rung == "provider" and _exchange(verdict) in ways:
        return Symptom(verdict, "redirect", symptom.part)
    if published := _published_at(symptom):
        return Symptom(verdict, published, "")
    if symptom.rung == "api" and not symptom.part and _failed_or_late(symptom):
        return Symptom(verdict, "machine", "")
    if login and login.status is not Status.DEGRADED and verdict.rung in AFTER_LOGIN:
        follows = verdict.reason == login.reason or _nothing_to_judge(verdict)
        return Symptom(verdict, LOGIN, part(login)) if follows else symptom
    return Symptom(verdict, LOGIN, symptom.part) if _only_the_logins(symptom) else symptom


def _is_of_the_keys(symptom: Symptom) -> bool:
    """Whether it is the published keys that could not be had: no login is broken by that."""
    path = urlsplit(str(symptom.last.get("url") or "")).path
    return path.endswith("/jwks.json") and not symptom.answer.startswith("2")


def _published_at(symptom: Symptom) -> str:
    """The rung that what the tenant publishes is ill on, where it could not be had, or not in time; else empty."""
    if symptom.rung == "canonical" and not symptom.is_any((DomainsDiffer, NotJudged)):
        return "discovery"
    path = urlsplit(str(symptom.last.get("url") or "")).path
    if symptom.rung != "horizon" or not symptom.verdict.failure or symptom.is_any((RunningLow, Misconfigured)):
        return ""
    return "keys" if path.endswith("/.well-known/jwks.json") else "discovery" if path.startswith("/samlp/") else ""


def _nothing_to_judge(verdict: Verdict) -> bool:
    """Whether what it judges is not there, or cannot be read; of another algorithm is a token that can."""
    return failures.is_a(verdict.failure, WrongAnswer) and not failures.is_a(verdict.failure, OtherAlgorithm)


def _exchange(verdict: Verdict) -> tuple[object, ...]:
    """What tells one exchange from another; by its reason what was not asked at all."""
    last = verdict.attempts[-1] if verdict.attempts else {"url": verdict.reason}
    return verdict.tenant, last.get("started"), last.get("seconds"), last["url"]


def _only_the_logins(symptom: Symptom) -> bool:
    """Whether its own evidence says that the login failed, or was late, also where no login is judged in this run."""
    if symptom.rung in ("profile", "tampered"):
        return symptom.last.get("method") == "POST" or _is_a_page_of_logins(symptom.last)
    return symptom.rung in JUDGE_LOGIN and _failed_or_late(symptom)


def _is_a_page_of_logins(attempt: Mapping[str, Any]) -> bool:
    path = urlsplit(str(attempt.get("url", ""))).path
    return path.startswith(("/authorize", "/u/", "/login"))


def _failed_or_late(symptom: Symptom) -> bool:
    """Whether what was asked for a token did not bring one, or brought it late."""
    late = symptom.is_any((OverBudget, SecondAttempt))
    return bool(symptom.verdict.attempts) and (late or not symptom.answer.startswith("2"))
