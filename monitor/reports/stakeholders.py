"""What to say to whoever does not run the monitor: a sentence to copy, without a secret and without a host's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from monitor import failures
from monitor.failures import Detoured, Failure, ScopeLacks
from monitor.owners import Confidence, Owner
from monitor.reports import findings
from monitor.reports.reach import CLAIMS, DIRECTORY, LOGOUT, MACHINE, PROFILE, REFRESH, TenantReach, reaches
from monitor.status import Status
from monitor.text import NAMED, enumerated, one_line
from monitor.verdict import DEPENDENCIES, Run

_OWNERS = {
    Owner.RUNNER: "in the monitoring",
    Owner.CONFIGURATION: "in our configuration",
    Owner.EXTENSION: "in our own extension of the login",
    Owner.AUTH0: "at Auth0, our login provider",
    Owner.UPSTREAM: "at a service that the login needs",
    Owner.THROTTLED: "a rate limit, or a protection against attacks",
}
_DEGRADED: dict[type[Failure], str] = {
    ScopeLacks: "work, but applications get less access than they ask for.",
    Detoured: "work, but show a further page on the way.",
}
"""How logins are that work with one of these failures; with any other they are late, or near a limit."""

_SURE = {Confidence.CERTAIN: "is", Confidence.LIKELY: "is likely", Confidence.GUESS: "may be"}
_HOST = re.compile(r"[^.\s]+(\.[^.\s]+)+|[0-9a-fA-F]*:[0-9a-fA-F:]+|localhost", re.ASCII)
"""A name that has dots, or colons, as a host and an address have."""


def sentence(run: Run) -> str:
    """What to say of this run: who is affected, who is not, and where the cause is; empty where there is no cause.

    Names of tenants and connections are told; one that looks like a host, or an address, is not.
    """
    causes = run.diagnosis.causes if run.diagnosis else ()
    if not causes:
        return ""
    told = [_whom(each) for each in reaches(run) if not each.well][:NAMED]
    affected = told or [*_without_logins(run)]
    mode = "" if run.mode == "live" else f"{run.mode.upper()}, nothing real: "
    return one_line(f"{mode}{' '.join(affected)} {blame(causes[0].owner, causes[0].confidence)}")


def blame(owner: Owner, sure: Confidence) -> str:
    """Where the cause is, as far as that is known: ``The cause is likely at Auth0, our login provider.``."""
    return f"The cause {_SURE[sure]} {_OWNERS[owner]}." if owner in _OWNERS else "The cause is not known yet."


def public(names: Iterable[str], otherwise: str) -> str:
    """These names, without those that look like hosts or addresses; where none is left, ``otherwise``."""
    told = [name for name in dict.fromkeys(names) if name and name != DIRECTORY and not _HOST.fullmatch(name)]
    return enumerated(told) if told else otherwise


def _whom(reach: TenantReach) -> str:
    """Whose logins fail, and whose work."""
    to = public([reach.tenant], "our tenant")
    failing = reach.connections_that(Status.DOWN)
    working = [name for name in reach.connections_that(Status.UP, Status.DEGRADED) if name not in failing]
    if failing and working:
        by, beside = public(failing, "one connection"), public(working, "the others")
        return f"Logins to {to} through {by} fail; logins through {beside} work."
    if failing:
        return f"Logins to {to} fail."
    return _beside_logins(reach, to) or f"Logins to {to} {_degraded(reach)}"


def _degraded(reach: TenantReach) -> str:
    fitting = (how for kind, how in _DEGRADED.items() if any(failures.is_a(name, kind) for name in reach.degraded_by))
    return next(fitting, "work, but are slower than usual or near a limit.")


def _beside_logins(reach: TenantReach, to: str) -> str:
    """What fails, or is not known, where no login by itself fails; empty where it is none of these."""
    machines = "Machine logins" if reach.whole.get(MACHINE) is Status.DOWN else "Logins of devices"
    users = "; logins of users work" if reach.connections_that(Status.UP, Status.DEGRADED) else ""
    fails = (
        (reach.connections_that(Status.DOWN, ways=[CLAIMS]), "work, but tokens lack data that applications need."),
        (reach.connections_that(Status.DOWN, ways=[REFRESH]), "work, but sessions end early: they are not renewed."),
        (reach.connections_that(Status.DOWN, ways=[PROFILE]), "work, but applications do not get users' profiles."),
        (reach.connections_that(Status.DOWN, ways=[LOGOUT]), "work, but users cannot log out as they should."),
    )
    said = next((f"Logins to {to} {what}" for some_, what in fails if some_), "")
    if not said and Status.DOWN in reach.whole.values():
        return f"{machines} to {to} fail{users}."
    unknown = f"Whether logins to {to} work is not known: the monitor could not judge them."
    return said or (unknown if Status.UNKNOWN in reach.statuses else "")


def _without_logins(run: Run) -> Iterator[str]:
    """What there is to say where every login works, or none was asked."""
    for tenant, verdicts in list(findings.by_tenant(run).items())[:NAMED]:
        status = run.status_of([each for each in verdicts if each.ill])
        if tenant == DEPENDENCIES and any(each.ill for each in verdicts):
            yield "Logins work, but a service that they need reports trouble."
        elif any(each.ill for each in verdicts):
            to = public([tenant], "our tenant")
            how = {Status.DOWN: "fail", Status.UNKNOWN: "could not be judged"}.get(status, "are degraded")
            yield f"Parts of {to} {how}; no login is known to fail."
