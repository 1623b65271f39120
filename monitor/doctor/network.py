"""The way to a tenant, step by step: its name, TCP, TLS and trust, the discovery document, the clock, /test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.configuration.targets import Tenant
from monitor.doctor.lines import Line, Mark
from monitor.exchange import Exchange
from monitor.failures import (
    CutShort,
    Failure,
    Misconfigured,
    NotServed,
    ProxyRefused,
    TimedOut,
    Unreachable,
    Unresolved,
    Untrusted,
)
from monitor.text import count
from monitor.transactions.answers import document, served
from monitor.transactions.tokens import LEEWAY
from monitor.wire import certificates
from monitor.wire.door import Door

DISCOVERY = "/.well-known/openid-configuration"
SOON = 14
"""Days before its end from which a certificate is worth a note."""

ODD = 5
"""Seconds by which a clock may be off without a note; the Date header counts whole ones."""

_STEPS = {
    "dns": "its name resolves",
    "connect": "TCP connects",
    "tls": "the TLS handshake works, and the certificate is trusted",
}
_CURES: dict[type[Failure], str] = {
    Unresolved: "correct {domain}, or the DNS of this machine; behind a proxy, set HTTPS_PROXY",
    Untrusted: "correct {domain}, or fix its certificate; where a proxy or an authority of your own signs, "
    "let REQUESTS_CA_BUNDLE name a PEM file with it",
    ProxyRefused: "correct HTTPS_PROXY, let the proxy through to the tenant, or name its host in NO_PROXY",
    TimedOut: "let this machine out to it, or set HTTPS_PROXY; {timeout} and {connect_timeout} are the times it has",
    CutShort: "try again; if it stays so, something between this machine and the tenant cuts connections",
    Unreachable: "let this machine out to it by TCP, or set HTTPS_PROXY",
    Misconfigured: "",
}


def section(tenant: Tenant) -> str:
    return f"The way to {tenant.name}"


def lines(door: Door, tenant: Tenant) -> Iterator[Line]:
    """What stands on the way to this tenant; it is asked twice, and nobody logs in."""
    where = section(tenant)
    try:
        exchange = _get(door, tenant, DISCOVERY)
    except Failure as failure:
        yield from _on_the_way(where, failure.exchange)
        yield Line(where, Mark.BAD, failure.reason, _cure(failure, tenant))
        return
    yield from _on_the_way(where, exchange)
    yield from _certificate(where, exchange)
    yield from _discovery(where, exchange, tenant)
    yield clock(where, exchange)
    yield _judged(
        where,
        "/test",
        lambda: served(_get(door, tenant, "/test", _bearer(tenant)), "/test"),
        grave=Mark.NOTE,  # a weak witness: no run ends by it
        tenant=tenant,
    )


def _get(door: Door, tenant: Tenant, path: str, headers: dict[str, str] | None = None) -> Exchange:
    timeout, connect = tenant.variables.timeout, tenant.variables.connect_timeout
    return door.ask("GET", tenant.url + path, headers=headers, timeout=timeout, connect_timeout=connect)


def _bearer(tenant: Tenant) -> dict[str, str]:
    token = tenant.variables.id_token
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _on_the_way(where: str, exchange: Exchange | None) -> Iterator[Line]:
    """The steps that the last attempt came past, each of which is followed by another."""
    attempt = exchange.attempts[-1] if exchange and exchange.attempts else None
    phases = list(attempt.phases) if attempt else []
    passed = phases if attempt and attempt.status else phases[:-1]  # the last one is where it ended
    for phase, words in _STEPS.items():
        if attempt and phase in passed:
            at = f" ({attempt.address})" if phase == "connect" and attempt.address else ""
            yield Line(where, Mark.OK, f"{words}, {attempt.phases[phase]:.3f} s{at}")


def _cure(failure: Failure, tenant: Tenant) -> tuple[str, ...]:
    names = {field: tenant.variable(field) for field in ("domain", "timeout", "connect_timeout")}
    if failure.exchange and failure.exchange.status >= 500:
        return ("try again later: the tenant, or something in front of it, fails, so the settings cannot be judged",)
    fitting = (_CURES[kind] for kind in type(failure).__mro__ if kind in _CURES)
    cure = next(fitting, "correct {domain}: is it what the dashboard calls Domain, or a custom domain of the tenant?")
    return (cure.format(**names),) if cure else ()


def _judged(where: str, path: str, exchange: Callable[[], object], *, grave: Mark, tenant: Tenant) -> Line:
    """Whether what is served at this path is what is due there."""
    try:
        exchange()
    except NotServed as failure:
        return Line(where, Mark.OFF, failure.reason)
    except Failure as failure:
        return Line(where, grave, f"{path}: {failure.reason}", _cure(failure, tenant))
    return Line(where, Mark.OK, f"{path} answers as it should")


def _certificate(where: str, exchange: Exchange) -> Iterator[Line]:
    if exchange.certificate:
        days = certificates.days_left(exchange.certificate, exchange.time)
        cure = ("renew it; for a domain of Auth0's own, contact Auth0",) if days < SOON else ()
        expires = f"its certificate expires in {count(round(days), 'day')}"
        yield Line(where, Mark.NOTE if cure else Mark.OK, expires, cure)


def _discovery(where: str, exchange: Exchange, tenant: Tenant) -> Iterator[Line]:
    line = _judged(where, DISCOVERY, lambda: document(exchange), grave=Mark.BAD, tenant=tenant)
    yield line
    if line.mark is Mark.OK:
        issuer = document(exchange).content.get("issuer")
        right = issuer == tenant.issuer
        named = str(issuer)[:100]
        cure = () if right else (f"correct {tenant.variable('domain')}: tokens name the issuer, and are held to it",)
        what = "the issuer is as configured" if right else f"the issuer is {named!r}, and not {tenant.issuer!r}"
        yield Line(where, Mark.OK if right else Mark.BAD, what, cure)


def clock(where: str, exchange: Exchange) -> Line:
    """How far our clock is from the answer's Date, by which tokens are judged."""
    if "date" not in exchange.headers:
        return Line(where, Mark.NOTE, "no Date is in the answer, so the clock of this machine cannot be compared")
    last = exchange.attempts[-1]
    skew = last.started + last.seconds - exchange.time
    told = f"this machine's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the tenant's"
    if abs(skew) <= ODD:
        return Line(where, Mark.OK, f"this machine's clock is within {ODD} s of the tenant's")
    mark = Mark.BAD if abs(skew) > LEEWAY else Mark.NOTE
    return Line(where, mark, told, ("set this machine's clock by NTP: timedatectl set-ntp true",))
