"""Which format an answer is written in, told by the answer itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from monitor.failures import Unreadable
from monitor.statuspages import health
from monitor.statuspages.documents import described, feed_of, json_of
from monitor.statuspages.markup import plain
from monitor.statuspages.page import Answer

Looks = Callable[[Mapping[str, Any]], bool]


def _items(document: Mapping[str, Any], key: str) -> list[Any]:
    """What is listed there; an empty list where nothing is."""
    listed = document.get(key)
    return listed if isinstance(listed, list) else []


def _inner(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    held = document.get(key)
    return held if isinstance(held, dict) else {}


def _first(listed: list[Any]) -> Mapping[str, Any]:
    return next((each for each in listed if isinstance(each, dict)), {})


def _is_statuspage(document: Mapping[str, Any]) -> bool:
    page, whole = _inner(document, "page"), _inner(document, "status")
    lists = any(isinstance(document.get(key), list) for key in ("components", "incidents", "scheduled_maintenances"))
    return "name" in page and ("indicator" in whole or (lists and "status" not in page and "state" not in page))


def _is_instatus(document: Mapping[str, Any]) -> bool:
    status = _inner(document, "page").get("status")
    first = _first(_items(document, "components"))
    return isinstance(status, str) or ("page" not in document and str(first.get("status", "")).isupper())


def _is_cachet(document: Mapping[str, Any]) -> bool:
    first = _first(_items(document, "data"))
    return "status" in {**first, **_inner(first, "attributes")} and ("meta" in document or "status_name" in first)


_OBJECTS: dict[str, Looks] = {
    "kuma": lambda document: bool({"heartbeatList", "publicGroupList"} & document.keys()),
    "statusio": lambda document: bool({"status_overall", "status"} & _inner(document, "result").keys()),
    "slack": lambda document: {"active_incidents", "status"} <= document.keys(),
    "salesforce": lambda document: {"key", "Incidents"} <= document.keys(),
    "heroku": lambda document: "system" in _first(_items(document, "status")),
    "apple": lambda document: "serviceName" in _first(_items(document, "services")),
    "microsoft": lambda document: {"Status", "LastUpdatedTime"} <= document.keys(),
    "betterstack": lambda document: "aggregate_state" in _inner(_inner(document, "data"), "attributes"),
    "sorry": lambda document: "state" in _inner(document, "page") or "state" in _first(_items(document, "components")),
    "statuspage": _is_statuspage,
    "instatus": _is_instatus,
    "cachet": _is_cachet,
}
_LISTS: dict[str, Looks] = {
    "google": lambda first: bool({"external_desc", "most_recent_update", "affected_products"} & first.keys()),
    "aws": lambda first: {"service", "impacted_services"} <= first.keys(),
    "meta": lambda first: isinstance(first.get("services"), list) and "name" in first,
    "microsoft": lambda first: {"Status", "LastUpdatedTime"} <= first.keys(),
}
_TITLES = {
    "azure status": "azure",
    "amazon web services service status": "aws",
}


def recognised(answer: Answer) -> str:
    """The name of the format that this is written in; empty where it is none that is known."""
    what = described(answer)
    if what.startswith("an HTML page"):
        return "auth0" if b"__NEXT_DATA__" in answer.body and b"activeIncidents" in answer.body else ""
    if "feed" in what:
        return _of_feed(answer)
    document = _document(answer)
    if isinstance(document, dict):
        fitting = next((name for name, looks in _OBJECTS.items() if looks(document)), "")
    else:
        first = _first(document) if isinstance(document, list) else {}
        fitting = next((name for name, looks in _LISTS.items() if looks(first)), "")
    return fitting or ("health" if health.speaks_of_health(answer) else "")


def _document(answer: Answer) -> Any:
    try:
        return json_of(answer, Any)
    except Unreadable:
        return None


def _of_feed(answer: Answer) -> str:
    try:
        document = feed_of(answer)
    except Unreadable:
        return "feed"
    title = plain(str(document.feed.get("title") or "")).casefold()
    if title in _TITLES:
        return _TITLES[title]
    if "auth0" in title:
        return "auth0"
    return "meta" if _is_metas(document) else "feed"


def _is_metas(document: Any) -> bool:
    titles = [str(each.get("title") or "").casefold() for each in document.entries]
    return "metastatus" in str(document.feed.get("link") or "") or any("disruptions]" in title for title in titles)
