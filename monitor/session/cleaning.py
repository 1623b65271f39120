"""A verdict without secrets: what came from outside is scrubbed, and what we made ourselves stays as it is.

A secret may be a word of ours: a password ``login`` in the name of a probe. Taken out of there it would make another
probe of it, which nobody planned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from monitor.transactions.oauth_errors import KNOWN

Scrub = Callable[[str], str]

_VERDICT = frozenset({"id", "probe", "target", "kind", "status", "failure", "question"})
_REQUEST = frozenset({"form", "variables"})
_HEADERS = frozenset({"content-type", "content-length", "date", "server", "location", "retry-after", "cf-ray"})


def cleaned(verdict: Mapping[str, Any], scrub: Scrub, origins: Collection[str]) -> dict[str, Any]:
    """This verdict, as ``to_dict`` has it, without secrets.

    ``origins`` are the addresses (``https://host``) of which the paths are ours: those of the tenant itself.
    """
    kept = {name: value for name, value in verdict.items() if name in _VERDICT}
    kept |= {"phases": verdict["phases"], "error": _error(verdict["error"], scrub)}
    kept |= {"attempts": [_attempt(each, scrub, origins) for each in verdict["attempts"]]}
    return _all_but(kept, verdict, scrub)


def _all_but(kept: dict[str, Any], seen: Mapping[str, Any], scrub: Scrub) -> dict[str, Any]:
    """All of this scrubbed, but for what is kept of it."""
    return {name: kept[name] if name in kept else _all(value, scrub) for name, value in seen.items()} | kept


def _attempt(seen: Mapping[str, Any], scrub: Scrub, origins: Collection[str]) -> dict[str, Any]:
    kept = {name: seen[name] for name in ("method", "phases") if name in seen}
    error, headers, evidence = seen.get("error"), seen.get("headers"), seen.get("evidence")
    kept |= {"url": _url(str(seen.get("url") or ""), scrub, origins)}
    if error:  # our word for it, and what was seen
        word, colon, reason = str(error).partition(":")
        kept["error"] = f"{word}{colon}{scrub(reason)}"
    if isinstance(headers, Mapping):
        kept["headers"] = {name if name in _HEADERS else scrub(name): scrub(str(headers[name])) for name in headers}
    if isinstance(evidence, Mapping):
        kept["evidence"] = _evidence(evidence, scrub)
    return _all_but(kept, seen, scrub)


def _evidence(seen: Mapping[str, Any], scrub: Scrub) -> dict[str, Any]:
    told = dict[str, Any]()
    request, answer = seen.get("request"), seen.get("answer")
    if isinstance(request, Mapping):
        variables, login = request.get("variables") or {}, request.get("authorization")
        sent = request.get("fields") or {}
        fields = {name: value if name in variables else _all(value, scrub) for name, value in sent.items()}
        kept = {name: request[name] for name in _REQUEST if name in request} | ({"fields": fields} if sent else {})
        if isinstance(login, Mapping):
            kept["authorization"] = {**login, "user": scrub(str(login.get("user", "")))}
        told["request"] = _all_but(kept, request, scrub)
    if isinstance(answer, Mapping):
        kept = {"http": answer.get("http", "")}
        kept |= {"error": _error(answer["error"], scrub)} if "error" in answer else {}
        told["answer"] = _all_but(kept, answer, scrub)
    return _all_but(told, seen, scrub)


def _url(url: str, scrub: Scrub, origins: Collection[str]) -> str:
    """An address, of which the host is one that somebody configured, and the path ours, or a page's."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return scrub(url)
    user, at, place = parts.netloc.rpartition("@")
    if f"{parts.scheme}://{place}" in origins and not at:
        return urlunsplit(parts._replace(query=scrub(parts.query), fragment=scrub(parts.fragment)))
    if not host:
        return scrub(url)
    rest = scrub(urlunsplit(("", "", parts.path, parts.query, parts.fragment)))
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{scrub(user)}{at}{named}{f':{port}' if port else ''}{rest}"


def _error(error: str, scrub: Scrub) -> str:
    """OAuth's word: one of those that we know is no secret of anybody's."""
    return error if error in KNOWN else scrub(error)


def _all(value: Any, scrub: Scrub) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: _all(each, scrub) for key, each in value.items()}
    return [_all(each, scrub) for each in value] if isinstance(value, list) else value
