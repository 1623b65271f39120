"""What status pages are asked, and what they say: each is fetched once a run, and told in the words of the probes."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote, urlsplit

from monitor import addresses
from monitor.configuration.selection import variable_of
from monitor.configuration.targets import Dependency, Tenant
from monitor.exchange import Exchange
from monitor.failures import (
    ApiFails,
    Misconfigured,
    NotServed,
    NoWayOut,
    Outdated,
    ProxyRefused,
    TargetFailed,
    Unreadable,
)
from monitor.statuspages import FORMATS, Answer
from monitor.statuspages import health as apis
from monitor.statuspages.documents import described
from monitor.statuspages.page import DAY, Page, Severity
from monitor.statuspages.recognition import recognised
from monitor.statuspages.weighing import Wanted, weigh
from monitor.text import duration, printable
from monitor.transactions.engine import Asking, at_once, transaction

ILL = Severity.DEGRADED
"""From here on something is wrong, as far as the page says."""

HEALTH = "health"
_HEALTHS = re.compile(
    r"/(?:health(?:z|check|-check|_check)?|livez?|readyz?|liveness|readiness|ping|heartbeat|alive|up)/?", re.IGNORECASE
)
"""How the path of an address ends at which an API tells of its health."""

_NEVER_ASKED = (Misconfigured, ProxyRefused, NoWayOut)
"""Why a page was not asked at all, by this machine's own doing."""


@dataclass(frozen=True)
class StatusPage:
    """What a status page says of what matters to a tenant; ``remark`` is what else it says, and how it was read.

    ``format`` is how it is written, and ``page`` all that it says. ``api`` is whether this is an API of the user's own,
    and ``vague`` whether what is open does not say that it is on what matters. ``stopped`` is whether it is too old to
    be believed.
    """

    exchange: Exchange
    severity: Severity
    told: str
    remark: str = ""
    format: str = ""
    page: Page = field(default_factory=Page)
    api: bool = False
    vague: bool = False
    stopped: bool = False

    @property
    def sentence(self) -> str:
        """What is said of a page that is well."""
        return "; ".join(filter(None, (self.told, self.remark)))

    @property
    def unknown(self) -> bool:
        return self.severity is Severity.UNKNOWN

    @property
    def doubt(self) -> Unreadable:
        """Why a page that is unknown is not believed."""
        return Outdated(self.told) if self.stopped else Unreadable(self.told)

    @property
    def minor(self) -> bool:
        return self.severity in (Severity.DEGRADED, Severity.PARTIAL)

    @property
    def major(self) -> bool:
        return self.severity is Severity.MAJOR


@dataclass(frozen=True)
class Source:
    """Where a page is read from, how it is written, and what of it matters; nothing of a ``private`` one is kept.

    ``recognise`` lets the answer say how it is written, which is then told; ``format`` is what it is where the answer
    does not, and may be empty. ``variable`` names the one that would say so. ``expected`` is of an API's answer.
    """

    address: str
    format: str
    wanted: Wanted = field(default_factory=Wanted)
    calls_itself: str = ""
    private: bool = False
    recognise: bool = False
    variable: str = ""
    expected: apis.Expectation | None = None
    stale: float | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or self.address

    @property
    def names_health(self) -> bool:
        """Whether it is an API's health that is asked for, as far as can be told before it has answered."""
        return self.format == HEALTH or (not self.format and bool(_HEALTHS.search(urlsplit(self.address).path)))


@dataclass(frozen=True)
class RegionUptime:
    """A figure of Auth0's own: ``percent`` of a region."""

    exchange: Exchange
    region: str
    percent: float


@transaction(budget=None, urgent=False, reads=["stale_after"])
def dependency_page(dependency: Dependency, asking: Asking) -> StatusPage:
    """The status page of a service, read by its row; of an API of the user's own, how it answers."""
    service = dependency.service
    if not service.address:
        raise NotServed(
            f"{service.nothing or 'no status of it is known that a program can read'}; look at {service.page}"
        )
    first, *others = sources(dependency)
    second = [replace(first, address=service.second)] if service.second else []
    try:
        pages = at_once(partial(_read, dependency, asking, source) for source in (first, *others))
    except Unreadable as unread:
        return _second(dependency, asking, unread, second, service.page)
    return _together([*pages, *_beside(dependency, asking, pages)], service.page)


def sources(dependency: Dependency) -> list[Source]:
    """Where a service's page is read from: one address, or one for each component that matters."""
    service = dependency.service
    first = Source(
        service.address,
        service.format,
        service.wanted,
        service.calls_itself,
        private=dependency.private,
        recognise=service.recognise,
        variable=variable_of(service.name, "FORMAT"),
        expected=service.expected,
        stale=service.stale,
    )
    if "{component}" not in first.address:
        return [first]
    names = service.wanted.components
    return [
        replace(first, address=first.address.replace("{component}", quote(name)), wanted=Wanted()) for name in names
    ]


def _beside(dependency: Dependency, asking: Asking, pages: list[StatusPage]) -> list[StatusPage]:
    """What stands beside a page that may merely be silent, and says positively how the service is.

    It never speaks alone. Where it cannot be read that is told, and costs the page nothing, unless the row needs both.
    """
    service = dependency.service
    other = FORMATS[pages[0].format].beside(service.address) if pages[0].format in FORMATS else ""
    found = [Source(address, form, service.wanted) for address, form in service.beside]
    found += [Source(other, pages[0].format, service.wanted)] if other else []
    told = []
    for source in found:
        try:
            page = _read(dependency, asking, source)
        except Unreadable as unread:
            if service.beside and service.needs_both:
                raise Unreadable(f"{unread.reason}; look at {service.page}", unread.exchange) from None
            told.append(replace(pages[0], remark=f"nothing beside it could be read: {unread.reason}"))
        else:
            told.append(replace(page, remark="; ".join(filter(None, (f"{source.host}: {page.told}", page.remark)))))
    return told


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
    private = bool(addresses.secrets(address))
    address = address.replace("{domain}", quote(tenant.host))
    home = [Source(variables.status_page, "auth0", Wanted(regions=tenant.regions))]
    if own and "status_page" not in tenant.given:  # the public page knows nothing of a private environment
        home = []
    try:
        feed = _read(tenant, asking, Source(address, "auth0", private=private))
    except Unreadable as unread:
        return _second(tenant, asking, unread, home, variables.status_page)
    if feed.unknown and home:
        return _second(tenant, asking, type(feed.doubt)(feed.told, feed.exchange), home, variables.status_page)
    pages = [feed]
    if feed.severity >= ILL and tenant.regions:
        with contextlib.suppress(Unreadable):
            pages += [_read(tenant, asking, source) for source in home]
    return _together(pages, variables.status_page)


def _address(variable: str) -> Callable[[Tenant], str]:
    """What is the same for all tenants that have the same address in this variable: one asks for all of them."""
    return lambda tenant: str(getattr(tenant.variables, variable))


@transaction(
    on=lambda target: target.tenant, same=_address("uptime_page"), budget=None, urgent=False, reads=["uptime_page"]
)
def uptime_report(tenant: Tenant, asking: Asking) -> Exchange:
    """Auth0's uptime report, which is for people: that it is there is all that can be seen."""
    return _fetched(tenant, asking, tenant.variables.uptime_page)[0]


@transaction(
    on=lambda target: target.tenant, same=_address("uptime_url"), budget=None, urgent=False, reads=["uptime_url"]
)
def uptime_figures(tenant: Tenant, asking: Asking) -> Exchange:
    """Auth0's uptime figures, of all regions."""
    return _fetched(tenant, asking, tenant.variables.uptime_url)[0]


@transaction(on=lambda target: target.tenant, needs=[uptime_figures], budget=None, urgent=False, reads=["region"])
def uptime(tenant: Tenant, asking: Asking) -> RegionUptime:
    """Of those figures, that of the tenant's region."""
    from monitor.statuspages.uptime import uptime as figure  # not at the start: it loads readers of pages

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


def _read(target: Dependency | Tenant, asking: Asking, source: Source) -> StatusPage:
    """What the page at this address says; Unreadable where it could not be fetched or understood.

    Of an API of the user's own, ApiFails where it does not answer, or says that it fails.
    """
    try:
        exchange, answer = _asked(target, asking, source.address, private=source.private)
    except TargetFailed as failure:
        kind = ApiFails if source.names_health else Unreadable
        raise kind(f"{source.host}: {failure.reason}{_if_it_is_an_api(source)}", failure.exchange) from None
    except _NEVER_ASKED as failure:
        raise Unreadable(f"{source.host}: {failure.reason}", failure.exchange) from None
    form = _format(source, answer)
    if form == HEALTH:
        return _health(target, source, exchange, answer)
    try:
        _is_whole(source, exchange, answer)
        reading = _understood(target, asking, source, form, answer)
    except Unreadable as unread:
        raise type(unread)(f"{source.host}{unread.reason}", unread.exchange or exchange) from None
    if exchange.status == 200 and not source.private:
        asking.memory.keep(source.address, answer.body, exchange.headers)
    return replace(reading, exchange=exchange)


def _format(source: Source, answer: Answer) -> str:
    """How this is written: as the source says, or as the answer shows, where that may."""
    seen = recognised(answer) if source.recognise else ""
    if seen and (not source.format or seen != HEALTH):
        return seen
    return HEALTH if source.names_health and not source.format else source.format


def _is_whole(source: Source, exchange: Exchange, answer: Answer) -> None:
    """Unreadable where the answer has another status than a page, Outdated where it is an old copy of one."""
    if answer.status != 200:
        where = printable(exchange.headers.get("location", "")[:100])
        moved = f"moved to {where}" if 300 <= exchange.status < 400 and where else exchange.described()
        raise Unreadable(f" answered {moved}{_if_it_is_an_api(source)}")
    _is_fresh(exchange)


def _is_fresh(exchange: Exchange) -> None:
    """Outdated where the answer is a copy that somebody on the way has kept for more than a day."""
    kept = exchange.headers.get("age", "")
    age = time.time() - exchange.time + (int(kept) if kept.isascii() and kept.isdigit() else 0)
    if age > DAY.total_seconds():
        raise Outdated(f" gave a copy that is {duration(age)} old, by its Date and Age headers: it may have stopped")


def _understood(target: Dependency | Tenant, asking: Asking, source: Source, form: str, answer: Answer) -> StatusPage:
    """What an answer says that is written so, together with the other parts of the same page."""
    if not form:
        raise Unreadable(f": {described(answer)}, and no status in it of a kind that is known{_cure(source)}")
    beside, lacking = [], []
    for address in FORMATS[form].parts(source.address):
        try:
            exchange, part = _asked(target, asking, address, private=source.private)
            _is_whole(source, exchange, part)
            beside.append(part)
        except (Unreadable, TargetFailed, *_NEVER_ASKED) as failure:
            lacking.append(f"without {urlsplit(address).path}, which could not be read ({failure.reason.strip(' :')})")
    try:
        page = FORMATS[form].read(answer, *beside) if beside else FORMATS[form].read(answer)
        _is_the_right_one(page, source.calls_itself)
    except Unreadable as unread:
        raise Unreadable(f": {unread.reason}{_hint(source, form, answer)}") from None
    stale = timedelta(days=target.tenant.variables.stale_after if source.stale is None else source.stale)
    reading = weigh(page, source.wanted, now=datetime.now(UTC), stale=stale)
    said = f"read as {form}" if source.recognise and form != source.format else ""
    told = "; ".join(filter(None, (printable(reading.told), said)))
    remark = "; ".join(filter(None, (printable(reading.aside), *lacking)))
    said_of_it = StatusPage(Exchange(()), reading.severity, told, remark, form, page)
    return replace(said_of_it, vague=reading.vague, stopped=reading.stopped)


def _health(target: Dependency | Tenant, source: Source, exchange: Exchange, answer: Answer) -> StatusPage:
    """How an API of the user's own is, by its answer; ApiFails where that says that it fails."""
    try:
        _is_fresh(exchange)
        page = FORMATS[HEALTH].read(answer)
        unmet = apis.unmet(answer, source.expected) if source.expected and exchange.status < 300 else ""
    except Unreadable as unread:
        cure = ": give an address that answers without credentials" if exchange.status in (401, 403) else ""
        raise type(unread)(f"{source.host}: {unread.reason.strip()}{cure}", exchange) from None
    checks = [part for part in page.components or () if part.name != apis.WHOLE and part.severity > Severity.INFO]
    named = ", ".join(f"{part.name} {_SAYS[part.severity]}" for part in checks[:_NAMED])
    answered = f"{source.host} answered {exchange.described()}" if exchange.status >= 500 else f"{source.host} answers"
    if unmet or exchange.status >= 500:
        raise ApiFails(f"{answered}{f', and {unmet}' if unmet else ''}{f' ({named})' if named else ''}", exchange)
    wanted = source.wanted if source.wanted.components else Wanted((apis.WHOLE,))
    reading = weigh(page, wanted, now=datetime.now(UTC), stale=DAY)
    severity = Severity.OK if source.expected else reading.severity  # what is expected stands for all that it may say
    if severity is Severity.UNKNOWN:
        raise Unreadable(f"{source.host}: {reading.told}", exchange)
    if severity is Severity.MAJOR:
        raise ApiFails(f"{answered}, and reports itself as down{f' ({named})' if named else ''}", exchange)
    if severity >= ILL:
        told = f"{answered}, and reports itself as degraded{f' ({named})' if named else ''}"
        return StatusPage(exchange, severity, told, "", HEALTH, page, api=True)
    if late := _late(exchange, target.tenant.variables.budget):
        return StatusPage(exchange, Severity.DEGRADED, f"{source.host} {late}", "", HEALTH, page, api=True)
    return StatusPage(exchange, Severity.OK, f"{answered}, and is healthy", "", HEALTH, page, api=True)


_NAMED = 4
_SAYS = {
    Severity.UNKNOWN: "is not understood",
    Severity.DEGRADED: "is degraded",
    Severity.PARTIAL: "is degraded",
    Severity.MAJOR: "is down",
}


def _late(exchange: Exchange, budget: float) -> str:
    """Why a right answer is not a good one; empty where it is."""
    if len(exchange.attempts) > 1:
        first = exchange.attempts[0]
        return f"was right only on a retry; first: {first.error or f'status {first.status}'}"
    return f"took {exchange.seconds:.2f} s of a budget of {budget:g} s" if exchange.seconds > budget else ""


def _if_it_is_an_api(source: Source) -> str:
    """What to set where nobody said whether this is a page or an API, and its answer does not show it."""
    unsaid = source.recognise and not source.format and not source.names_health
    return f"; if it is an API of your own, set {source.variable}=health" if unsaid and source.variable else ""


def _cure(source: Source) -> str:
    addresses = "/api/v2/summary.json, /summary.json, /index.json or a feed"
    named = f", or set {source.variable}" if source.variable else ""
    return f": give the address that a program reads, such as {addresses}{named}"


def _hint(source: Source, form: str, answer: Answer) -> str:
    """What the answer seems to be instead."""
    seen = recognised(answer)
    if seen and seen not in (form, HEALTH) and source.variable:
        return f"; it looks like the format {seen}: set {source.variable}={seen}"
    incomplete = form == "statuspage" and seen == form and not source.address.endswith("/summary.json")
    return "; give the address of its summary.json" if incomplete else ""


def _is_the_right_one(page: Page, name: str) -> None:
    if name.casefold() not in page.name.casefold():
        raise Unreadable(f"the page calls itself {printable(page.name)[:60]!r}, which is not that of {name}")


def _fetched(target: Dependency | Tenant, asking: Asking, address: str) -> tuple[Exchange, Answer]:
    """The answer of status 200 from this address, or what it was the last time, if it says that nothing has changed."""
    source = Source(address, "")
    try:
        exchange, answer = _asked(target, asking, address, private=False)
    except (TargetFailed, *_NEVER_ASKED) as failure:
        raise Unreadable(f"{source.host}: {failure.reason}", failure.exchange) from None
    try:
        _is_whole(source, exchange, answer)
    except Unreadable as unread:
        raise type(unread)(f"{source.host}{unread.reason}", exchange) from None
    return exchange, answer


def _asked(target: Dependency | Tenant, asking: Asking, address: str, *, private: bool) -> tuple[Exchange, Answer]:
    """Whatever this address answers; what it was the last time, if it says that nothing has changed."""
    remembered = None if private else asking.memory.recall(address)
    exchange = asking.ask_page(target, address, headers=remembered.headers if remembered else {})
    if exchange.status == 304 and remembered:
        return exchange, Answer(remembered.body, remembered.content_type)
    return exchange, Answer(exchange.body, exchange.headers.get("content-type", ""), exchange.status)


def _together(pages: list[StatusPage], link: str) -> StatusPage:
    """The worst of these, with the page to open, and the attempts of all."""
    worst = max(pages, key=lambda page: page.severity)
    attempts = tuple({id(attempt): attempt for page in pages for attempt in page.exchange.attempts}.values())
    told = worst.told
    if worst.severity is not Severity.OK and "; see http" not in told and not worst.api:
        told = f"{told}; see {link}"
    remark = "; ".join(dict.fromkeys(page.remark for page in pages if page.remark))
    whole = (
        worst.page if worst.page.components else next((page.page for page in pages if page.page.components), worst.page)
    )
    exchange = replace(worst.exchange, attempts=attempts)
    return replace(worst, told=told, remark=remark, exchange=exchange, page=whole)


def _second(
    target: Dependency | Tenant, asking: Asking, unread: Unreadable, others: list[Source], link: str
) -> StatusPage:
    """What the second source says, where the first could not be read; why neither could, where that is so."""
    why = unread.reason
    for source in others:
        try:
            page = _together([_read(target, asking, source)], link)
        except Unreadable as second:
            why = f"{why}; then {second.reason}"
        else:
            return replace(page, remark="; ".join(filter(None, [f"by the second source, since {why}", page.remark])))
    raise type(unread)(f"{why}; look at {link}", unread.exchange)
