"""What a tenant is asked about what is ill with it: a row for each question, with its scope, and its reason."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.clues import Clue, ClueKind
from monitor.configuration.targets import plain
from monitor.failures import BotProtection, Throttled
from monitor.management import tenant_log
from monitor.management.access import Access, Patience
from monitor.management.case import OF_USERS, Case
from monitor.text import count, printable, some

RECENT = 3600.0
"""Seconds before a run within which a deployment may be its cause."""

_TRIGGERS = {"post-login": "login", "credentials-exchange": "machine"}
_PAGES = 5
_PAUSED = ("paused", "suspended")
_LISTS = {
    "bot-detection": "bot detection",
    "brute-force-protection": "brute-force protection",
    "suspicious-ip-throttling": "suspicious-IP throttling",
}
"""The allow lists, each of which is one by itself."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question: what for, which scopes it needs, whether there is reason for it, and how it is asked."""

    what: str
    scopes: tuple[str, ...]
    due: Callable[[Case], bool]
    ask: Callable[[Case, Access, Patience], Iterable[Clue]]


def _user(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Is the synthetic user blocked, by protection or by somebody?"""
    for name, connection in case.users.items():
        of = {"connection": plain(connection), "rung": "login"}
        _, content = access.read("user-blocks", patience, identifier=name)
        blocks = content.get("blocked_for") if isinstance(content, dict) else None
        if blocks:
            words = "brute-force protection blocks the synthetic user"
            yield case.clue(ClueKind.USER_BLOCKED, words, **of)
        if "@" not in name:
            continue
        fields = "email,blocked,identities"
        _, found = access.read("users-by-email", patience, email=name.lower(), fields=fields, include_fields="true")
        for each in _objects(found):
            known = [known.get("connection") for known in _objects(each.get("identities"))]
            if each.get("blocked") is True and (connection in known or not known):
                yield case.clue(ClueKind.USER_DISABLED, "the synthetic user is blocked in the dashboard", **of)


def _connections(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Is each connection that is ill there, enabled for the application, and its connector online?"""
    return lookup(case, case.connections, access, patience)


def lookup(case: Case, names: Iterable[str], access: Access, patience: Patience) -> Iterator[Clue]:
    """The same of connections of these names."""
    for name in names:
        _, content = access.read("connections", patience, name=name, fields="id,name,strategy", include_fields="true")
        listed = content.get("connections") if isinstance(content, dict) else content
        found = next((each for each in _objects(listed) if each.get("name") == name), None)
        of = {"connection": plain(name)}
        if found is None or not isinstance(found.get("id"), str):
            yield case.clue(ClueKind.CONNECTION_GONE, f"the tenant has no connection {name}", **of)
            continue
        clients = _clients(access, patience, found["id"])
        if clients is not None and case.tenant.variables.client_id not in clients:
            words = f"the connection {name} is not enabled for the application"
            yield case.clue(ClueKind.CONNECTION_OFF, words, **of)
        if found.get("strategy") == "ad":
            status, _ = access.read("connections/{}/status", patience, found["id"])
            if status == 404:
                words = f"the AD/LDAP connector of the connection {name} is offline"
                yield case.clue(ClueKind.CONNECTOR_OFFLINE, words, **of)


def _clients(access: Access, patience: Patience, connection: str) -> set[str] | None:
    """The applications that a connection is enabled for; None where they are too many, or could not be read."""
    found: set[str] = set()
    following: dict[str, str] = {}
    for _ in range(_PAGES):
        status, content = access.read("connections/{}/clients", patience, connection, take=100, **following)
        if status != 200 or not isinstance(content, dict):
            return None
        found |= {str(each.get("client_id")) for each in _objects(content.get("clients"))}
        if not isinstance(content.get("next"), str) or not content["next"]:
            return found
        following = {"from_": content["next"]}
    return None


def _actions(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Which Actions were deployed within the hour before? The last first."""
    _, content = access.read("actions/actions", patience, deployed="true", per_page=100)
    listed = content.get("actions") if isinstance(content, dict) else content
    recent: list[tuple[float, dict[str, Any]]] = []
    for each in _objects(listed):
        version = each.get("deployed_version")
        built = version if isinstance(version, dict) else {}
        at = max(map(_moment, (built.get("built_at"), built.get("updated_at"))))
        if case.began - RECENT <= at <= case.ended:
            recent.append((at, each))
    for at, each in sorted(recent, key=lambda found: -found[0])[:3]:
        triggers = [str(trigger.get("id")) for trigger in _objects(each.get("supported_triggers"))]
        name = printable(str(each.get("name") or each.get("id") or "without a name"))[:80]
        minutes = count(max(1, round((case.began - at) / 60)), "minute")
        words = f"the Action {name} ({some(triggers) or 'no trigger'}) was deployed {minutes} before"
        rungs = {_TRIGGERS.get(trigger, "") for trigger in triggers}
        yield case.clue(ClueKind.ACTION, words, rung=rungs.pop() if len(rungs) == 1 else "", at=at)


def _protection(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Is the address from which the tenant saw us on the allow lists? Without one that the log told, nobody knows."""
    suspected = any(each.blame is not None and issubclass(each.blame, BotProtection) for each in case.ill)
    names = ["bot-detection"] if suspected else ["brute-force-protection", "suspicious-ip-throttling"]
    for name in names:
        _, content = access.read("attack-protection/{}", patience, name)
        document = content if isinstance(content, dict) else {}
        listed = document.get("allowlist")
        if name == "suspicious-ip-throttling" and not isinstance(listed, list):
            listed = []
        if not isinstance(listed, list) or not case.seen_from:
            continue
        allowed = all(is_listed(address, listed) for address in case.seen_from)
        words = f"this machine's address is {'' if allowed else 'not '}on the allow list of {_LISTS[name]}"
        yield case.clue(ClueKind.ALLOWED if allowed else ClueKind.NOT_ALLOWED, words)


def is_listed(address: str, listed: list[Any]) -> bool:
    for each in listed:
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(str(each), strict=False):
                return True
        except ValueError:
            continue
    return False


def _rules(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Are Rules left, which Auth0 runs no more? 404 and 410 are none, and say nothing of what there was before."""
    status, content = access.read("rules", patience, fields="name,enabled", include_fields="true", per_page=50)
    yield from _left(case, "Rule", status, content)


def _hooks(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """The same of Hooks."""
    status, content = access.read("hooks", patience, fields="name,enabled", include_fields="true", per_page=50)
    yield from _left(case, "Hook", status, content)


def _left(case: Case, noun: str, status: int, content: Any) -> Iterator[Clue]:
    listed = content.get(f"{noun.lower()}s") if isinstance(content, dict) else content
    left = [printable(str(each.get("name")))[:80] for each in _objects(listed) if each.get("enabled") is not False]
    if left:
        yield case.clue(ClueKind.RULES, f"{count(len(left), noun)} ({some(left)})")
    elif status == 200:
        yield case.clue(ClueKind.NO_RULES, f"the tenant has no {noun}s")


def _streams(case: Case, access: Access, patience: Patience) -> Iterator[Clue]:
    """Which log streams are paused? Nobody who reads them sees this."""
    _, content = access.read("log-streams", patience)
    for each in _objects(content):
        if each.get("status") in _PAUSED:
            name = printable(str(each.get("name")))[:80]
            yield case.clue(
                ClueKind.STREAM, f"the log stream {name} is {each['status']}: whoever reads it sees nothing"
            )


def _objects(content: object) -> list[dict[str, Any]]:
    return [each for each in content if isinstance(each, dict)] if isinstance(content, list) else []


def _moment(value: object) -> float:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return 0.0


def _is_throttled(case: Case) -> bool:
    kinds = (Throttled, BotProtection)
    return any(each.blame is not None and issubclass(each.blame, kinds) for each in case.ill)


def _lacks_claims(case: Case) -> bool:
    """Whether somebody was let in, without the claims that are expected."""
    return any(each.rung == "claims" and each.attempts[-1].get("status") == 200 for each in case.grave)


def _is_of_logins(case: Case) -> bool:
    return bool(case.users) and any(each.rung in ("login", "stranger", "refresh") for each in case.grave)


INQUIRIES: tuple[Inquiry, ...] = (
    Inquiry(
        "the log of these logins",
        ("read:logs",),
        lambda case: any(each.rung in ("login", "machine", "refresh", "device") for each in case.grave),
        tenant_log.logged,
    ),
    Inquiry("left-over Rules", ("read:rules",), _lacks_claims, _rules),
    Inquiry("left-over Hooks", ("read:hooks",), _lacks_claims, _hooks),
    Inquiry(
        "the connections",
        ("read:connections",),
        lambda case: bool(case.connections) and any(each.rung in (*OF_USERS, "redirect") for each in case.grave),
        _connections,
    ),
    Inquiry(
        "Actions that were deployed",
        ("read:actions",),
        lambda case: case.is_ill("login", "machine", "claims", "token", "refresh", "stranger"),
        _actions,
    ),
    Inquiry("whether the synthetic user is blocked", ("read:users",), _is_of_logins, _user),
    Inquiry("the allow lists", ("read:attack_protection",), _is_throttled, _protection),
    Inquiry("paused log streams", ("read:log_streams",), lambda case: bool(case.grave), _streams),
    Inquiry("deprecated features", ("read:logs",), lambda case: bool(case.grave), tenant_log.deprecated),
)
"""In the order in which they are asked, what explains most first: time may not be left for all."""
