"""What status pages are asked, and what they say: each is fetched once a run, and told in the words of the probes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from monitor.configuration.selection import secrets_in
from monitor.configuration.targets import Dependency, Target, Tenant
from monitor.exchange import Exchange
from monitor.failures import Misconfigured, ProxyRefused, TargetFailed, Unreadable
from monitor.statuspages import FORMATS, Answer
from monitor.statuspages.page import Page, Severity
from monitor.statuspages.uptime import uptime as figure
from monitor.statuspages.weighing import Wanted, weigh
from monitor.text import printable
from monitor.transactions.engine import Asking, transaction

ILL = Severity.DEGRADED
"""From here on something is wrong, as far as the page says."""


@dataclass(frozen=True)
class StatusPage:
    """What a status page says of what matters to a tenant; ``remark`` is what else it says, and how it was read."""

    exchange: Exchange
    severity: Severity
    told: str
    remark: str = ""

    @property
    def sentence(self) -> str:
        """What is said of a page that is well."""
        return "; ".join(filter(None, (self.told, self.remark)))

    @property
    def unknown(self) -> bool:
        return self.severity is Severity.UNKNOWN

    @property
    def minor(self) -> bool:
        return self.severity in (Severity.DEGRADED, Severity.PARTIAL)

    @property
    def major(self) -> bool:
        return self.severity is Severity.MAJOR


@dataclass(frozen=True)
class Source:
    """Where a page is read from, how it is written, and what of it matters; nothing of a ``private`` one is kept."""

    address: str
    format: str
    wanted: Wanted = field(default_factory=Wanted)
    calls_itself: str = ""
    private: bool = False


@dataclass(frozen=True)
class RegionUptime:
    """A figure of Auth0's own: ``percent`` of a region."""

    exchange: Exchange
    region: str
    percent: float


@transaction(budget=None, urgent=False, reads=["stale_after"])
def dependency_page(dependency: Dependency, asking: Asking) -> StatusPage:
    """The status page of a service, read by its row."""
    service = dependency.service
    if not service.address:
        raise Unreadable(f"no page of it is known that a program can read; look at {service.page}")
    first = Source(service.address, service.format, service.wanted, service.calls_itself, dependency.private)
    sources = [first]
    if "{component}" in first.address:
        names = service.wanted.components
        sources = [
            replace(first, address=first.address.replace("{component}", quote(name)), wanted=Wanted()) for name in names
        ]
    second = [replace(first, address=service.second)] if service.second else []
    try:
        pages = [_read(dependency, asking, source) for source in sources]
    except Unreadable as unread:
        return _second(dependency, asking, unread, second, service.page)
    return _together(pages, service.page)


@transaction(
    on=lambda target: target.tenant,
    budget=None,
    urgent=False,
    reads=["stale_after", "region", "status_url", "status_page"],
)
def auth0_status(tenant: Tenant, asking: Asking) -> StatusPage:
    """Auth0's own word for this tenant: its feed, and the home page where the feed cannot be read or says ill."""
    variables = tenant.variables
    own, address = "status_url" in tenant.given, variables.status_url.get_secret_value()
    private = bool(secrets_in(address))
    address = address.replace("{domain}", quote(tenant.host))
    home = [Source(variables.status_page, "auth0", Wanted(regions=tenant.regions))]
    if own and "status_page" not in tenant.given:  # the public page knows nothing of a private environment
        home = []
    try:
        feed = _read(tenant, asking, Source(address, "auth0", private=private))
    except Unreadable as unread:
        return _second(tenant, asking, unread, home, variables.status_page)
    pages = [feed]
    if feed.severity >= ILL and tenant.regions:
        with contextlib.suppress(Unreadable):
            pages += [_read(tenant, asking, source) for source in home]
    return _together(pages, variables.status_page)


_firsts: dict[tuple[str, str], Tenant] = {}


def _once(address: str) -> Callable[[Target], Target]:
    """One tenant asks for all that have the same address in this variable."""

    def first(target: Target) -> Target:
        tenant = target.tenant
        alone = tenant.blocked or tenant.faults
        return tenant if alone else _firsts.setdefault((address, getattr(tenant.variables, address)), tenant)

    return first


@transaction(on=_once("uptime_page"), budget=None, urgent=False, reads=["uptime_page"])
def uptime_report(tenant: Tenant, asking: Asking) -> Exchange:
    """Auth0's uptime report, which is for people: that it is there is all that can be seen."""
    return _fetched(tenant, asking, tenant.variables.uptime_page)[0]


@transaction(on=_once("uptime_url"), budget=None, urgent=False, reads=["uptime_url"])
def uptime_figures(tenant: Tenant, asking: Asking) -> Exchange:
    """Auth0's uptime figures, of all regions."""
    return _fetched(tenant, asking, tenant.variables.uptime_url)[0]


@transaction(on=lambda target: target.tenant, needs=[uptime_figures], budget=None, urgent=False, reads=["region"])
def uptime(tenant: Tenant, asking: Asking) -> RegionUptime:
    """Of those figures, that of the tenant's region."""
    exchange: Exchange = asking.brought(uptime_figures, tenant)
    if not tenant.regions:
        cure = f"set {tenant.variable('region')} to its region on {tenant.variables.status_page}, such as EU-1"
        raise Unreadable(f"the tenant's region is not known: {cure}", exchange)
    try:
        answer = Answer(exchange.body, exchange.headers.get("content-type", ""))
        region, percent = figure(answer, tenant.regions)
    except Unreadable as unread:
        raise Unreadable(f"{unread.reason}; look at {tenant.variables.uptime_page}", exchange) from None
    return RegionUptime(exchange, region, percent)


TRANSACTIONS = (dependency_page, auth0_status, uptime_report, uptime_figures, uptime)
"""Each is a fixture of its name."""


def _read(target: Dependency | Tenant, asking: Asking, source: Source) -> StatusPage:
    """What the page at this address says; Unreadable where it could not be fetched or understood."""
    exchange, answer = _fetched(target, asking, source.address, private=source.private)
    stale = timedelta(days=target.tenant.variables.stale_after)
    try:
        page = FORMATS[source.format].read(answer)
        _is_the_right_one(page, source.calls_itself)
        reading = weigh(page, source.wanted, now=datetime.now(UTC), stale=stale)
    except Unreadable as unread:
        raise Unreadable(f"{urlsplit(source.address).hostname}: {unread.reason}", exchange) from None
    if exchange.status == 200 and not source.private:
        asking.memory.keep(source.address, answer.body, exchange.headers)
    return StatusPage(exchange, reading.severity, printable(reading.told), printable(reading.aside))


def _is_the_right_one(page: Page, name: str) -> None:
    if name.casefold() not in page.name.casefold():
        raise Unreadable(f"the page calls itself {printable(page.name)[:60]!r}, which is not that of {name}")


def _fetched(
    target: Dependency | Tenant, asking: Asking, address: str, *, private: bool = False
) -> tuple[Exchange, Answer]:
    """The answer of status 200 from this address, or what it was the last time, if it says that nothing has changed."""
    remembered = None if private else asking.memory.recall(address)
    try:
        exchange = asking.ask_page(target, address, headers=remembered.headers if remembered else {})
    except (TargetFailed, Misconfigured, ProxyRefused) as failure:
        raise Unreadable(f"{urlsplit(address).hostname}: {failure.reason}", failure.exchange) from None
    if exchange.status == 304 and remembered:
        return exchange, Answer(remembered.body, remembered.content_type)
    if exchange.status != 200:
        where = printable(exchange.headers.get("location", "")[:100])
        moved = f"moved to {where}" if 300 <= exchange.status < 400 and where else exchange.described()
        raise Unreadable(f"{urlsplit(address).hostname} answered {moved}", exchange)
    return exchange, Answer(exchange.body, exchange.headers.get("content-type", ""))


def _together(pages: list[StatusPage], link: str) -> StatusPage:
    """The worst of these, with the page to open, and the attempts of all."""
    worst = max(pages, key=lambda page: page.severity)
    attempts = tuple(attempt for page in pages for attempt in page.exchange.attempts)
    told = worst.told
    if worst.severity is not Severity.OK and "; see http" not in told:
        told = f"{told}; see {link}"
    remark = "; ".join(dict.fromkeys(page.remark for page in pages if page.remark))
    return replace(worst, told=told, remark=remark, exchange=replace(worst.exchange, attempts=attempts))


def _second(
    target: Dependency | Tenant, asking: Asking, unread: Unreadable, sources: list[Source], link: str
) -> StatusPage:
    """What the second source says, where the first could not be read; why neither could, where that is so."""
    why = unread.reason
    for source in sources:
        try:
            page = _together([_read(target, asking, source)], link)
        except Unreadable as second:
            why = f"{why}; then {second.reason}"
        else:
            return replace(page, remark="; ".join(filter(None, [f"by the second source, since {why}", page.remark])))
    raise Unreadable(f"{why}; look at {link}", unread.exchange)
