"""A shell script that asks by curl what a verdict's attempts asked; its reader sets the secrets as variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

from monitor import failures
from monitor.reports.wording import answer
from monitor.secrets import MASK
from monitor.text import count, one_line

_OURS = frozenset({"host", "authorization", "connection", "content-length", "content-type"})
"""Headers that curl makes itself, of the address and of what is sent."""

_TOLD = (
    "%{http_code} from %{remote_ip}: dns %{time_namelookup}, connect %{time_connect}, tls %{time_appconnect}, "
    "first byte %{time_starttransfer}, whole %{time_total} s"
)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_CLIENT = re.compile(r"(?<=[?&]client_id=)\$([A-Z][A-Z0-9_]*CLIENT_ID)(?=&|$)", re.ASCII)
"""Where a variable stands in an address, which may be an address that somebody else made up: no secret is put there."""

_AUTHORITIES = '[ -z "${REQUESTS_CA_BUNDLE:-}" ] || export CURL_CA_BUNDLE="$REQUESTS_CA_BUNDLE"'
_ESCAPING = 'json() { printf %s "$1" | sed \'s/[\\\\"]/\\\\&/g\'; }'


def render(attempts: list[dict[str, Any]], bound: int) -> str:
    """The script's text, of at most ``bound`` bytes: a command that does not fit is left out, which it says."""
    told: dict[str, list[str]] = {}
    for number, seen in enumerate(attempts, 1):
        told.setdefault(_command(seen), []).append(f"# attempt {number}: {answer(seen)}")
    variables = sorted({name for each in attempts for name in _variables(each)})
    text = f"#!/bin/sh\n# The body of the answer is not shown: it may contain tokens.\n{_AUTHORITIES}\n"
    if variables:
        text += "# AUTH0_… are variables of the suite; others are a token of the login before, or a secret made up.\n"
        text += "".join(f': "${{{name}:?set it first}}"\n' for name in variables)
    if any(MASK in command for command in told):
        text += f"# {MASK} stands for what is hidden, such as a session's cookies: without it, the answer may differ.\n"
    text += f"{_ESCAPING}\n" if any(_sent(each).get("form") == "json" for each in attempts) else ""
    for number, (command, comments) in enumerate(told.items()):
        more = "\n".join(["", *comments, command, ""])
        if len((text + more).encode()) > bound - 100:
            return f"{text}\n# {count(len(told) - number, 'more command')} did not fit\n"
        text += more
    return text


def _sent(seen: Mapping[str, Any]) -> Mapping[str, Any]:
    sent: Mapping[str, Any] = (seen.get("evidence") or {}).get("request") or {}
    return sent


def _variables(seen: Mapping[str, Any]) -> Iterator[str]:
    sent = _sent(seen)
    yield from filter(_VARIABLE.fullmatch, map(str, (sent.get("variables") or {}).values()))
    variable = str((sent.get("authorization") or {}).get("variable", ""))
    if _VARIABLE.fullmatch(variable):
        yield variable
    yield from _CLIENT.findall(one_line(str(seen.get("url", ""))))


def _command(seen: Mapping[str, Any]) -> str:
    evidence, sent = seen.get("evidence") or {}, _sent(seen)
    url, method = one_line(str(seen.get("url", ""))), one_line(str(seen.get("method", "")))
    parts = ["curl --silent --show-error --globoff --http1.1 --output /dev/null"]
    parts += [f"--request {quote(method)}"] if method not in ("GET", "") else []
    for option, key in (("--connect-timeout", "connect_timeout"), ("--max-time", "timeout")):
        parts += [f"{option} {float(evidence[key]):g}"] if key in evidence else []
    parts += [f"--connect-to {quote(_pinned(url, str(evidence['pinned'])))}"] if evidence.get("pinned") else []
    for name, value in (sent.get("headers") or {}).items():
        parts += [f"--header {quote(one_line(f'{name}: {value}'))}"] if str(name).lower() not in _OURS else []
    parts += _authorization(sent.get("authorization") or {})
    parts += _body(sent)
    parts += [f"--write-out {quote(_TOLD)}'\\n'", f"--url {_address(url)}"]
    return _looking(seen, url) + " \\\n  ".join(parts)


def _address(url: str) -> str:
    before, *pairs = _CLIENT.split(url)
    pieces = zip(pairs[::2], pairs[1::2], strict=True)
    return quote(before) + "".join(f'"${variable}"{quote(after)}' for variable, after in pieces)


def _pinned(url: str, address: str) -> str:
    """``--resolve`` takes no name and no other port; this takes both."""
    parts = urlsplit(url)
    host, _, port = address.rpartition(":")
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return one_line(f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}:{host}:{port}")


def _authorization(told: Mapping[str, Any]) -> list[str]:
    variable = str(told.get("variable", ""))
    if not _VARIABLE.fullmatch(variable):
        return []
    if told.get("scheme") == "Basic":
        return [f'--user {quote(one_line(str(told.get("user", ""))))}:"${variable}"']
    return [f'--header {quote("Authorization: " + one_line(str(told.get("scheme", ""))) + " ")}"${variable}"']


def _body(sent: Mapping[str, Any]) -> list[str]:
    fields = {one_line(str(name)): one_line(str(value)) for name, value in (sent.get("fields") or {}).items()}
    variables = {name: variable for name, variable in (sent.get("variables") or {}).items() if name in fields}
    if sent.get("form") != "json":
        return [
            f"--data-urlencode {quote(f'{name}=')}"
            + (_reference(variables[name]) if name in variables else quote(value))
            for name, value in fields.items()
        ]
    members = []
    for name, value in fields.items():
        key = quote(json.dumps(name, ensure_ascii=False) + ":")
        escaped = f"'\"'\"$(json {_reference(variables[name])})\"'\"'" if name in variables else ""
        members.append(key + (escaped or quote(json.dumps(value, ensure_ascii=False))))
    return ["--header 'Content-Type: application/json'", "--data-raw '{'" + "','".join(members) + "'}'"]


def _reference(variable: str) -> str:
    return f'"${variable}"' if _VARIABLE.fullmatch(variable) else quote(one_line(f"${variable}"))


def _looking(seen: Mapping[str, Any], url: str) -> str:
    """Where TLS was not agreed on, Python has told nothing of the certificate: how to look at it."""
    broken_by = failures.named_in(seen.get("error"))
    if not (broken_by and issubclass(broken_by, failures.Untrusted)):
        return ""
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port or 443
    server = one_line(str((seen.get("evidence") or {}).get("pinned") or f"{host}:{port}"))
    command = f"openssl s_client -showcerts -servername {quote(host)} -connect {quote(server)} </dev/null"
    return f"# its certificate: {command}\n"
