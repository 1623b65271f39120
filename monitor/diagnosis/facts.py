"""What else a rule may look at: facts of the whole run, each with the words that the docs have for it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from monitor import failures, speakers
from monitor.configuration.variables import DEFAULT_CONNECTION
from monitor.diagnosis import clock
from monitor.diagnosis.ladder import PAGES, Symptom, is_signed, part, whose
from monitor.failures import NamesFail, Unresolved
from monitor.status import Status
from monitor.transactions import ratelimit
from monitor.verdict import CONTROL, DEPENDENCIES, Verdict

if TYPE_CHECKING:
    from monitor.diagnosis.scene import Scene

NEUTRAL = ("discovery", "keys", "health", "secret", "profile", "tampered")
"""Rungs on which no extension of the tenant's own runs."""

SERVERS_ERROR = 500
SLOW = 2.0
"""Seconds from which a status page is slow: the budget of most answers."""


class Fact(NamedTuple):
    """Words for it, and whether it is so of these symptoms."""

    words: str
    holds: Callable[[Scene, list[Symptom]], bool]


def _attempts(verdicts: Iterable[Verdict]) -> Iterator[Mapping[str, Any]]:
    for verdict in verdicts:
        yield from verdict.attempts


def _others(scene: Scene, group: list[Symptom]) -> list[Verdict]:
    """What was asked of anybody else: of other tenants, and of pages."""
    tenants = {symptom.verdict.tenant for symptom in group}
    return [verdict for verdict in scene.verdicts if verdict.tenant not in tenants or verdict.rung in PAGES]


def _answered(attempts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in attempts if each.get("status") is not None]


def _canonical_holds(scene: Scene, group: list[Symptom]) -> bool:
    """A tenant is watched by a name of Auth0's own, and holds."""
    up = (each for each in _others(scene, group) if each.rung not in PAGES and each.status is Status.UP)
    return any(whose(attempt) == "auth0" for attempt in _answered(_attempts(up)))


def _another_way(scene: Scene, group: list[Symptom]) -> bool:
    """Others are reached by another way (by a proxy, or past one), and answer."""
    ways = {symptom.last.get("way") for symptom in group} - {None, ""}
    well = (each for each in _others(scene, group) if each.status in (Status.UP, Status.DEGRADED, Status.DOWN))
    theirs = {attempt.get("way") for attempt in _answered(_attempts(well))} - {None, ""}
    return bool(ways) and bool(theirs) and not ways & theirs


def _by_a_proxy(_: Scene, group: list[Symptom]) -> bool:
    return any(str(symptom.last.get("way") or "").startswith("proxy") for symptom in group)


def _leads_to_auth0(_: Scene, group: list[Symptom]) -> bool:
    return any(str(symptom.last.get("leads_to") or "").endswith(".auth0.com") for symptom in group)


def kind_of_address(address: str) -> str:
    """``nowhere``, ``loopback``, ``link``, ``private``, or ``public`` for all that others can be at."""
    try:
        known = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    if known.is_unspecified:
        return "nowhere"
    if known.is_loopback:
        return "loopback"
    if known.is_link_local:
        return "link"
    return "private" if any(known in net for net in _PRIVATE if net.version == known.version) else "public"


_PRIVATE = tuple(
    map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)


def _kinds(attempts: Iterable[Mapping[str, Any]]) -> set[str]:
    found = set()
    for each in attempts:
        if str(each.get("way") or "direct") == "direct":  # else it is the proxy's address
            tried = (each.get("evidence") or {}).get("addresses") or []
            found |= {kind_of_address(address) for address in tried}
            found.add(kind_of_address(str(each.get("address") or "").rpartition(":")[0]))
    return found - {""}


def _foreign_address(scene: Scene, group: list[Symptom]) -> bool:
    """The name leads to an address that no public name has, and others that answer have none of that kind."""
    theirs = _kinds(_answered(_attempts(_others(scene, group))))
    strange = {"nowhere", "loopback", "link", "private"}
    if any(symptom.host == "own" for symptom in group):
        strange = {"nowhere", "loopback"}  # a domain of one's own may be at a private address, and be meant to
    ours = _kinds(symptom.last for symptom in group)
    return bool(ours) and ours <= strange and not ours & theirs


def _same_speaker(scene: Scene, group: list[Symptom]) -> bool:
    """Status pages, or other tenants, were answered in the same proxy's words."""
    ours = {_marks(symptom.last) for symptom in group} - {("", "")}
    theirs = {_marks(attempt) for attempt in _answered(_attempts(_others(scene, group)))}
    return bool(ours & theirs)


def _marks(attempt: Mapping[str, Any]) -> tuple[str, str]:
    """By what a proxy is known that answers for several: its name for itself in Via, or that it is a machine's."""
    via = str((attempt.get("headers") or {}).get("via", ""))
    said = str(attempt.get("speaker") or "")
    return via, said if said in speakers.MACHINES_SIDE else ""


def first_failed(attempts: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first attempt that broke, or brought a 5xx; None where all were right."""
    return next((each for each in attempts if each.get("error") or int(each.get("status") or 0) >= SERVERS_ERROR), None)


def _pages_flap(scene: Scene, group: list[Symptom]) -> bool:
    """Status pages were right on the second attempt only, and broke at first as the tenant did."""
    hosts = {}
    for page in scene.pages:
        first = first_failed(page.attempts)
        if first and len(page.attempts) > 1 and not page.attempts[-1].get("error"):
            hosts[urlsplit(str(first.get("url"))).hostname] = first.get("status")
    ours = [first_failed(symptom.verdict.attempts) for symptom in group]
    alike = any(each and each.get("status") in hosts.values() and not is_signed(each) for each in ours)
    return bool(hosts) and alike


def _flaps(scene: Scene, group: list[Symptom]) -> bool:
    """Auth0 signed the same 5xx on several rungs, also where no extension runs, and was right when asked again.

    No extension runs for users and for machines alike: both, and right again on two rungs, is no extension's either.
    """
    ours = {each.get("status") for symptom in group for each in symptom.verdict.attempts}
    tenants = {symptom.verdict.tenant for symptom in group}
    rungs: dict[object, set[str]] = {}
    recovered: dict[object, set[str]] = {}
    for verdict in scene.verdicts:
        for attempt in verdict.attempts if verdict.tenant in tenants and verdict.rung not in PAGES else ():
            if is_signed(attempt) and int(attempt.get("status") or 0) >= SERVERS_ERROR:
                rungs.setdefault(attempt.get("status"), set()).add(place := _place(verdict, attempt))
                if int(verdict.attempts[-1].get("status") or SERVERS_ERROR) < SERVERS_ERROR:
                    recovered.setdefault(attempt.get("status"), set()).add(place)
    return any(
        len(rungs[status]) > 1
        and (rungs[status] & set(NEUTRAL) or ("machine" in rungs[status] and len(recovered[status]) > 1))
        for status in ours & set(recovered)
    )


def _place(verdict: Verdict, attempt: Mapping[str, Any]) -> str:
    """The rung that this attempt was of: what stands on a login, or on the keys, that failed has their attempts.

    A stranger's login by Auth0's own database counts as one of those without extensions.
    """
    if verdict.rung == "stranger" and part(verdict) == DEFAULT_CONNECTION:
        return "secret"
    if str(attempt.get("url")).endswith("/jwks.json"):
        return "keys"
    return "login" if verdict.rung in ("profile", "tampered") and attempt.get("method") == "POST" else str(verdict.rung)


def _own_database_too(scene: Scene, group: list[Symptom]) -> bool:
    """The connection that Auth0 keeps itself broke with the same answer at a first attempt, and then let in."""
    ours = {each.get("status") for symptom in group for each in symptom.verdict.attempts} - {None}
    for symptom in group:
        for verdict in scene.named({symptom.verdict.tenant}, "login"):
            first = first_failed(verdict.attempts)
            flapped = verdict.status is Status.DEGRADED and first and first.get("status") in ours
            if part(verdict) == DEFAULT_CONNECTION != symptom.part and flapped:
                return True
    return False


def _spent_by_others(scene: Scene, group: list[Symptom]) -> bool:
    """The limit is of more than twice the requests that this run sent, also where no user is named: others spent it."""
    tenants = {symptom.verdict.tenant for symptom in group}
    sent = {
        (attempt.get("started"), attempt.get("url"))
        for verdict in scene.verdicts
        if verdict.tenant in tenants and verdict.rung not in PAGES
        for attempt in verdict.attempts
    }
    named = [symptom for symptom in group if symptom.rung in ("machine", "secret", "discovery", "keys")]
    limits = [ratelimit.read(symptom.last.get("headers") or {}) for symptom in named]
    return any(limit and limit.remaining == 0 and limit.limit > 2 * len(sent) for limit in limits)


def _machine_is_cut_off(scene: Scene, group: list[Symptom]) -> bool:
    """The control target that somebody named is silent too, or no name of anybody is resolved."""
    if any(page.target == f"{DEPENDENCIES}:{CONTROL}" and page.attempts for page in scene.pages):
        return True
    broken = [each for each in _attempts(scene.verdicts) if each.get("error")]
    kinds = [failures.named_in(each.get("error")) for each in broken]
    hosts = {urlsplit(str(each.get("url"))).netloc for each in broken}
    return bool(group) and len(hosts) > 1 and all(each is not None and issubclass(each, Unresolved) for each in kinds)


def _no_such_name(_: Scene, group: list[Symptom]) -> bool:
    """A name server said that there is no such name, whatever became of other questions for it."""
    return any(symptom.is_any((Unresolved,)) and not symptom.is_any((NamesFail,)) for symptom in group)


def _pages_slow(scene: Scene, _: list[Symptom]) -> bool:
    """Most status pages were slow too."""
    seconds = [page.seconds for page in scene.pages if page.seconds is not None and page.attempts]
    return len(seconds) > 1 and 2 * sum(each > SLOW for each in seconds) > len(seconds)


_VENDORS = r"zscaler|netskope|forti(gate|net|guard)|palo[ -]?alto|sophos|umbrella"
_FILTERS = re.compile(
    rf"{_VENDORS}|portal|hotspot|wi-?fi|opendns|sinkhole|firewall|filter|\bblock"
    r"|\bproxy|\bgateway|\brouter|fritz\.box|localhost|\.(local|lan|corp|intranet|internal|home)\b"
)
"""By which name a portal, a filter or a machine near by shows itself, in the certificate that it has for that."""


def _a_filters_name(_: Scene, group: list[Symptom]) -> bool:
    """The certificate is for the name of a portal, a filter or a machine near by, and not for one of Auth0's."""
    shown = [symptom.verdict.reason.lower().partition("it is for ")[2] for symptom in group]
    return any(map(_FILTERS.search, shown)) and not any("auth0" in names for names in shown)


_INSPECTORS = re.compile(
    rf"{_VENDORS}|forcepoint|websense|blue ?coat|mcafee|skyhigh"
    r"|check ?point|barracuda|watchguard|sonicwall|kaspersky|avast|bitdefender|eset ssl|mitmproxy|fiddler"
    r"|(tls|ssl|https) (inspection|interception|scanning|decryption)"
)
"""By which name an issuer shows that it signs for whatever passes it."""


def _a_filters_issuer(_: Scene, group: list[Symptom]) -> bool:
    """The certificate is by an issuer that signs for whatever passes it."""
    return any(_INSPECTORS.search(symptom.verdict.reason.lower().partition("signed by ")[2]) for symptom in group)


def _no_signed_5xx(_: Scene, group: list[Symptom]) -> bool:
    """Nothing here is a server's error that Auth0 has signed."""
    return not any(each.signed and int(each.last.get("status") or 0) >= SERVERS_ERROR for each in group)


_OLD = 3600
"""Seconds from which a key set is old: clients keep one for minutes."""


def _stale_keys(scene: Scene, group: list[Symptom]) -> bool:
    """A key is not published, by a key set that a cache between has kept."""
    tenants = {symptom.verdict.tenant for symptom in group}
    unknown = all("which is not among the" in symptom.verdict.reason for symptom in group)
    return unknown and any(map(_is_kept, _answered(_attempts(scene.named(tenants, "keys")))))


def _is_kept(attempt: Mapping[str, Any]) -> bool:
    headers = attempt.get("headers") or {}
    age = str(headers.get("age", "")).strip()
    return (age.isdecimal() and int(age) > _OLD) or str(headers.get("x-cache", "")).lower().startswith("hit")


def _signs_nothing(scene: Scene, group: list[Symptom]) -> bool:
    """Nothing here is signed, right or wrong."""
    unsigned = not any(symptom.signed for symptom in group)
    return unsigned and not scene.signs({symptom.verdict.tenant for symptom in group})


def _default_broke(_: Scene, group: list[Symptom]) -> bool:
    return any(symptom.part == DEFAULT_CONNECTION for symptom in group)


def _of_the_customers(_: Scene, group: list[Symptom]) -> bool:
    return all(symptom.part not in ("", DEFAULT_CONNECTION) for symptom in group)


def _dates_differ(_: Scene, group: list[Symptom]) -> bool:
    """Also where nobody else told the time, so that nobody can say whose clock is wrong."""
    return any(abs(differs) > clock.MAY_DIFFER for differs in clock.differences(symptom.verdict for symptom in group))


def _canonical_domain_holds(scene: Scene, group: list[Symptom]) -> bool:
    """The tenant itself answers by Auth0's own name, in the same run."""
    tenants = {symptom.verdict.tenant for symptom in group}
    beside = (each for each in scene.named(tenants, "canonical") if each.status is Status.UP and each.attempts)
    return any(each.attempts[-1].get("status") == 200 for each in beside)


FACTS = {
    "canonical-holds": Fact("the tenant's canonical domain works", _canonical_domain_holds),
    "canonical": Fact("a tenant by one of Auth0's own names works", _canonical_holds),
    "another-way": Fact("others are reached by another way (a proxy, or past one)", _another_way),
    "by-a-proxy": Fact("a proxy is asked", _by_a_proxy),
    "leads-to-auth0": Fact("the name leads to one of Auth0's (CNAME)", _leads_to_auth0),
    "foreign-address": Fact("the name leads to an address that no public host has", _foreign_address),
    "same-speaker": Fact("the same proxy answers for others", _same_speaker),
    "pages-flap": Fact("status pages were right only on a retry too", _pages_flap),
    "flaps": Fact("Auth0 signed the same error where no extension runs", _flaps),
    "own-database": Fact("Auth0's own database connection failed so at first too", _own_database_too),
    "default-connection": Fact("it is the connection that Auth0 keeps", _default_broke),
    "own-connection": Fact("it is a connection of the customer's own", _of_the_customers),
    "dates-differ": Fact("the answers' own times differ from this machine's", _dates_differ),
    "spent-by-others": Fact("a limit is exhausted that is of more than twice this run's requests", _spent_by_others),
    "no-such-name": Fact("a name server said that there is no such name", _no_such_name),
    "cut-off": Fact("the named control is silent, or no name resolves", _machine_is_cut_off),
    "a-filters-name": Fact("the certificate is a portal's or a filter's by its names", _a_filters_name),
    "a-filters-issuer": Fact("the certificate's issuer is a filter by its name", _a_filters_issuer),
    "not-signed-5xx": Fact("Auth0 has signed no 5xx", _no_signed_5xx),
    "stale-keys": Fact("the published keys come from a cache, and lack the token's", _stale_keys),
    "signs-nothing": Fact("nothing is signed here, right or wrong", _signs_nothing),
    "pages-slow": Fact("most status pages are slow too", _pages_slow),
}
"""By name; with a ``!`` before it a rule says that it must not be so."""


def holds(name: str, scene: Scene, group: list[Symptom]) -> bool:
    """Whether this fact is as the rule has it."""
    return FACTS[name.removeprefix("!")].holds(scene, group) is not name.startswith("!")


def words(name: str) -> str:
    """The fact, for the docs."""
    told = FACTS[name.removeprefix("!")].words
    return f"not: {told}" if name.startswith("!") else told
