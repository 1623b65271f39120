"""The tree of blame: which exception means whose fault, and which status it gives a probe.

Failure
├── TargetFailed            down      the target is at fault, as far as one probe can see
│   ├── Unreachable                   no exchange took place
│   │   ├── Unresolved                the name has no address
│   │   │   └── NamesFail             no name server says whether it has one
│   │   ├── NoTls                     TLS was not agreed on: no certificate was looked at
│   │   │   ├── PlainText             what answered does not speak TLS
│   │   │   └── NoCommonTls           no version or cipher of TLS that both sides take
│   │   ├── Untrusted                 the certificate is not to be trusted
│   │   │   ├── Expired               its time is over, by this machine's clock
│   │   │   ├── NotYetValid           its time has not begun
│   │   │   ├── WrongName             it is for other names
│   │   │   └── UnknownIssuer         who signed it is nobody that this machine trusts
│   │   ├── TimedOut                  not a whole answer before the deadline
│   │   └── CutShort                  the connection broke in mid-exchange
│   ├── WrongAnswer                   an answer, but not the one that a well tenant gives
│   │   ├── OtherAlgorithm            the ID token is signed by another algorithm than the configured one
│   │   ├── OtherSecret               the ID token is signed with another secret than the configured one
│   │   └── OpaqueToken               an access token for an API is none that the API can read
│   ├── Refused                       an OAuth error where a login was due
│   ├── ApiFails                      an API of the user's own, behind the tenant, does not answer, or calls itself down
│   ├── ConnectionGone                the tenant does not lead to the identity provider of a connection
│   ├── ProviderRefuses               an identity provider shows an error where users have to log in
│   └── ProviderFails                 an identity provider breaks, or does not answer any more
├── Degrading               degraded  right, and yet not well
│   ├── OverBudget                    it took longer than its budget
│   ├── SecondAttempt                 right only when asked again
│   ├── RunningLow                    something is about to run out
│   ├── ApiSlow                       an API of the user's own is late, or calls itself degraded
│   ├── Detoured                      users see a page on their way in that they can pass by
│   ├── ScopeLacks                    less was granted than was asked for
│   ├── ClocksDiffer                  an answer's time is another than the tenant's and ours
│   ├── DeveloperKeys                 a connection works by keys that Auth0 lends for tests
│   ├── ProviderChanged               a connection leads elsewhere than before, or by another name
│   ├── DomainsDiffer                 of a tenant's two domains one fails that users do not come by
│   └── Unattributed                  a status page has something open, and does not say that it is on what matters
├── NotJudged               unknown   our setup or our code broke: nothing is said about the target
│   ├── Misconfigured                 a variable, or the tenant's set-up for the probe, is wrong
│   ├── Throttled                     the monitor's own footprint: a limit was hit
│   ├── BotProtection                 the runner looks suspicious to Auth0
│   ├── Prompted                      a page of the login wants a person: a second factor, a consent, a choice
│   ├── EdgeBlocks                    an edge before the tenant (a CDN, a firewall) does not let this machine through
│   ├── NoWayOut                      this machine itself refuses to send there: no route, no permission
│   ├── NamesFlap                     no name server said whether the name has an address, and one did before or after
│   ├── ProxyRefused                  the proxy between us and the target said no
│   │   ├── ProxyGone                 nobody answers where the proxy should be
│   │   └── ProxyFails                it does not get there itself, or does not answer
│   ├── Exhausted                     this machine has no file descriptor, memory or thread left to ask with
│   ├── Unreadable                    a status page could not be fetched or understood: pytest skips it
│   │   ├── Outdated                  it was read, and is too old to be believed
│   │   └── ProviderUnseen            an identity provider does not let this machine look
│   └── Broken                        an exception that nobody translated: our bug
└── NotAsked                skipped   there was nothing to ask
    ├── NotConfigured                 names the variable to set
    ├── NotServed                     this tenant does not serve it
    └── NotDue                        sampled, and not due yet
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from monitor.status import Status

if TYPE_CHECKING:
    from monitor.exchange import Exchange


class Failure(Exception):
    """Why a probe is not up. ``status`` follows from the class; ``exchange`` is the evidence, where there is any."""

    status: ClassVar[Status]
    exchange: Exchange | None = None

    def __init__(self, reason: str, exchange: Exchange | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exchange = exchange

    def again(self) -> Failure:
        """The same failure, to be raised once more: each test that judges a failed transaction gets its own."""
        return type(self)(self.reason, self.exchange)


class TargetFailed(Failure):
    status = Status.DOWN


class Unreachable(TargetFailed):
    pass


class Unresolved(Unreachable):
    pass


class NamesFail(Unresolved):
    pass


class NoTls(Unreachable):
    pass


class PlainText(NoTls):
    pass


class NoCommonTls(NoTls):
    pass


class Untrusted(Unreachable):
    pass


class Expired(Untrusted):
    pass


class NotYetValid(Untrusted):
    pass


class WrongName(Untrusted):
    pass


class UnknownIssuer(Untrusted):
    pass


class TimedOut(Unreachable):
    pass


class CutShort(Unreachable):
    pass


class WrongAnswer(TargetFailed):
    pass


class OtherAlgorithm(WrongAnswer):
    pass


class OtherSecret(WrongAnswer):
    pass


class OpaqueToken(WrongAnswer):
    pass


class Refused(TargetFailed):
    pass


class ApiFails(TargetFailed):
    pass


class ConnectionGone(TargetFailed):
    pass


class ProviderRefuses(TargetFailed):
    pass


class ProviderFails(TargetFailed):
    pass


class Degrading(Failure):
    status = Status.DEGRADED


class OverBudget(Degrading):
    pass


class SecondAttempt(Degrading):
    pass


class RunningLow(Degrading):
    pass


class ApiSlow(Degrading):
    pass


class Detoured(Degrading):
    pass


class ScopeLacks(Degrading):
    pass


class ClocksDiffer(Degrading):
    pass


class DeveloperKeys(Degrading):
    pass


class ProviderChanged(Degrading):
    pass


class DomainsDiffer(Degrading):
    pass


class Unattributed(Degrading):
    pass


class NotJudged(Failure):
    status = Status.UNKNOWN


class Misconfigured(NotJudged):
    pass


class Throttled(NotJudged):
    pass


class BotProtection(NotJudged):
    pass


class Prompted(NotJudged):
    pass


class EdgeBlocks(NotJudged):
    pass


class NoWayOut(NotJudged):
    pass


class NamesFlap(NotJudged):
    pass


class ProxyRefused(NotJudged):
    pass


class ProxyGone(ProxyRefused):
    pass


class ProxyFails(ProxyRefused):
    pass


class Exhausted(NotJudged):
    pass


class Unreadable(NotJudged):
    pass


class Outdated(Unreadable):
    pass


class ProviderUnseen(Unreadable):
    pass


class Broken(NotJudged):
    pass


class NotAsked(Failure):
    status = Status.SKIPPED


class NotConfigured(NotAsked):
    pass


class NotServed(NotAsked):
    pass


class NotDue(NotAsked):
    pass


_BY_STATUS = {kind.status: kind for kind in (TargetFailed, Degrading, NotJudged, NotAsked)}


def name_of(kind: type[Failure]) -> str:
    """By which name a class is stored: that of its nearest class in this file, which every reader of a run knows."""
    return next((above.__name__ for above in kind.__mro__ if globals().get(above.__name__) is above), Failure.__name__)


def named(name: str) -> type[Failure] | None:
    """The class that a stored name means; None where this version has none of that name: another one wrote it."""
    if not name:
        return None
    known = globals().get(name)
    if isinstance(known, type) and issubclass(known, Failure):
        return known
    return next((kind for kind in _below(Failure) if kind.__name__ == name), None) if name else None


def is_a(name: str, kind: type[Failure]) -> bool:
    """Whether a stored name means this class, or one below it."""
    known = named(name)
    return known is not None and issubclass(known, kind)


def blamed(name: str, status: Status) -> type[Failure] | None:
    """The class that a stored verdict's failure means; None where it is up, or this version does not know the name.

    A verdict that names no class is blamed on what its status says and no more: an assert that failed is a
    TargetFailed, and what nobody judged is NotJudged.
    """
    return named(name) if name else _BY_STATUS.get(status)


def described(failure: Failure) -> str:
    """The failure in one line, as an attempt keeps it: ``TimedOut: no answer within 30 s``."""
    return f"{name_of(type(failure))}: {failure.reason}"


def named_in(line: object) -> type[Failure] | None:
    """The class that such a line begins with; None where there is no line, or this version does not know the class."""
    return named(str(line or "").partition(":")[0])


def _below(kind: type[Failure]) -> Iterator[type[Failure]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
