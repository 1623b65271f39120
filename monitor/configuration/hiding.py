"""What of the environment must never be written, and what stands for user names and client ids wherever they would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from monitor import addresses
from monitor.configuration import mistakes
from monitor.configuration.variables import FEED, NOTIFY, PREFIX, RUNBOOK
from monitor.secrets import Scrubber

_SENT = re.compile("(PASSWORD|SECRET|KEY|TOKEN|CLIENT_ID|USERNAME|AUDIENCE|SCOPE|DEVICE)$")
_ADDRESS = re.compile("_(URL|PAGE|DOMAIN|NODES|NOTIFY|METADATA)$")
_OPEN = ("_USERNAME", "_CLIENT_ID")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
_OTLP = re.compile(r"OTEL_EXPORTER_OTLP_(?:\w+_)?(?P<what>HEADERS|ENDPOINT)")
_IN_A_CONNECTION = re.compile(r"(?:Key|Secret|Password|Signature|Token)\s*=\s*([^;]+)", re.IGNORECASE)
"""What is secret of a connection string: the whole of it is one as well, but parts are what gets into texts."""

_OF_A_TENANT = re.compile(r"(?:^|[\s,])[^\s,=]+=([A-Za-z0-9_\-]{4,})(?=[\s,]|$)")
"""A token for each tenant: ``prod=…, staging=…``."""

_OF_A_CHANNEL = 12
"""Characters of a part of a channel's address that may be a token: what a run writes may have its shorter words."""


def keep_secrets(values: Mapping[str, str], scrubber: Scrubber) -> list[tuple[str, str]]:
    """Tell the scrubber what of these variables is a secret, also what got into the wrong one by mistake.

    What is held is returned: the variable, and the secret in it.
    """
    held: list[tuple[str, str]] = []
    hosts = set(_domains(values))
    for name, value in values.items():
        if name.startswith(PREFIX):
            scrubber.spare(name)
        if value.startswith(mistakes.MARK):
            continue  # that is our own sentence
        of_a_login = bool(mistakes.SECRET.search(name))
        found = (secret for secret in _secrets(name, value.strip()) if of_a_login or secret.lower() not in hosts)
        held += [(name, secret) for secret in found]
        if name.startswith(PREFIX) and _SENT.search(name):
            scrubber.name(value.strip(), name)
    for _, secret in held:
        scrubber.add(secret)
    return held


def _domains(values: Mapping[str, str]) -> Iterator[str]:
    """The names that are configured as domains: public, also where an address has one as a value, as feeds do."""
    for name, value in values.items():
        if name.startswith(PREFIX) and name.endswith("_DOMAIN"):
            try:
                parts = urlsplit(value.strip() if "://" in value else f"https://{value.strip()}")
                place, host = parts.netloc.lower(), (parts.hostname or "").lower()
            except ValueError:
                continue
            if "@" not in place and "." in host:
                yield from {place, host, host.rstrip("."), value.strip().lower()}


def _secrets(name: str, value: str) -> Iterator[str]:
    if name.lower() in addresses.PROXIES:
        yield from addresses.secrets(value)
    if otlp := _OTLP.fullmatch(name):
        yield from _of_headers(value) if otlp["what"] == "HEADERS" else addresses.secrets(value)
    if not name.startswith(PREFIX):
        return
    if mistakes.joined(name, value):
        yield from mistakes.secrets(name, value)  # and not the whole, which has names of variables in it
        return
    if mistakes.SECRET.search(name):
        yield value
        yield from _parts(name, value)
    elif name == NOTIFY:
        yield from (secret for word in _words(value) for secret in addresses.secrets(word, _OF_A_CHANNEL))
    elif name.endswith(("_URL", "_METADATA")) and name != RUNBOOK:
        yield from addresses.secrets(value)
    of_addresses = bool(_ADDRESS.search(name))
    words = (word for word in _words(value) if of_addresses or ("://" in word and "@" in word))
    yield from (secret for word in words for secret in addresses.credentials(word))
    yield from mistakes.secrets(name, value)


def _parts(name: str, value: str) -> Iterator[str]:
    """What is secret by itself of a secret: the password after a user's name, the keys of a connection string."""
    if name.startswith(FEED) and name.endswith("_KEY"):
        yield value.partition(":")[2]
        yield from (found[1] for found in _OF_A_TENANT.finditer(value))
    if name.endswith("CONNECTION_STRING"):
        yield from (found[1].strip() for found in _IN_A_CONNECTION.finditer(value))


def _of_headers(value: str) -> Iterator[str]:
    """The values of ``name=value`` pairs, as they stand there and decoded, also without the scheme before a token."""
    for pair in value.split(","):
        for way in {pair, unquote(pair)}:
            _, _, secret = way.partition("=")
            yield secret.strip()
            yield secret.strip().partition(" ")[2]


def _words(value: str) -> list[str]:
    return re.split(r"[\s,]+", value)


def keep_names(values: Mapping[str, str], scrubber: Scrubber) -> tuple[str, ...]:
    """Let user names and client ids stand as their variables, and say which hold something else by the look of it.

    A word is left alone: it would be lost to every sentence that has it.
    """
    swapped = dict(mistakes.swapped(_pairs(values)))
    for domain in _domains_of_users({name: value for name, value in values.items() if name not in swapped}):
        if scrubber.scrub(domain) == domain:  # no secret has it
            scrubber.spare(domain)
    for name, value in values.items():
        if not name.startswith(PREFIX) or mistakes.reason(name, value):
            continue
        if name.endswith(_OPEN) and not mistakes.is_a_word(value.strip()):
            scrubber.add(value.strip(), mask=f"${name}")
        if name in swapped:
            scrubber.add(value.strip())
    return tuple(swapped.values())


def _domains_of_users(values: Mapping[str, str]) -> Iterator[str]:
    """The domains of user names that are addresses, and those above them: public, and part of other names.

    A piece of a user name stands as its variable: the tenant's own domain would be ``login.$AUTH0_USERNAME``.
    """
    for name, value in values.items():
        domain = value.strip().rpartition("@")[2]
        if name.startswith(PREFIX) and name.endswith("_USERNAME") and "@" in value and _HOST.fullmatch(domain):
            for written in {domain, domain.lower()}:
                labels = written.split(".")
                above = [".".join(labels[at:]) for at in range(len(labels) - 1)]
                yield from (*above, *(f".{each}" for each in above))


def _pairs(values: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Each user name with its password, and each client id with its secret: names of variables, and values."""
    for open_, secret in (("_USERNAME", "_PASSWORD"), ("_CLIENT_ID", "_CLIENT_SECRET")):
        for name in sorted(name for name in values if name.startswith(PREFIX) and name.endswith(open_)):
            other = name.removesuffix(open_) + secret
            if other in values and not any(values[each].startswith(mistakes.MARK) for each in (name, other)):
                yield name, values[name].strip(), other, values[other].strip()
