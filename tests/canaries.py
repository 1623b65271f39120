"""Secrets are looked for in all that a run wrote: whole, and in pieces long enough to be of use."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus

from sandbox.box import Sandbox
from sandbox.log_book import OTHER_DESCRIPTION, OTHERS
from sandbox.management import HELD as HELD_BY_THE_TENANT
from tests.suite import Performance

PIECE = 12
"""A piece of a secret that is this long is a leak."""

STRIDE = 7
GRAIN = PIECE - STRIDE + 1

SECRET = ("CLIENT_SECRET", "PASSWORD", "ID_TOKEN", "HEALTH_API_KEY")


def leaks(performance: Performance, running: Sandbox) -> list[str]:
    """Where a secret of this sandbox, a token that it handed out, or a word of other users was written."""
    secrets = [value for name, value in running.environment.items() if name.endswith(SECRET)]
    assert len(secrets) >= len(SECRET), "the sandbox has fewer secrets than there are kinds"
    others = [*OTHERS, OTHER_DESCRIPTION, *HELD_BY_THE_TENANT]
    return found(performance.written, [*secrets, *running.handed_out, *others])


def found(written: dict[str, str], secrets: Iterable[str]) -> list[str]:
    """A line for each text and secret of which a piece is in the text.

    Every piece of a text holds a grain that begins at a multiple of ``STRIDE``: only those are looked up.
    """
    forms = {form: number for number, secret in enumerate(secrets) for form in _forms(secret)}
    pieces = {piece: number for form, number in forms.items() for piece in _pieces(form, PIECE)}
    grains = {grain for form in forms for grain in _pieces(form, GRAIN)}
    leaked = []
    for name, text in written.items():
        near = (at for at in range(0, len(text), STRIDE) if text[at : at + GRAIN] in grains)
        around = (begin for at in near for begin in range(max(0, at - STRIDE + 1), at + 1))
        for at in around:
            number = pieces.get(text[at : at + PIECE])
            if number is not None:
                leaked.append(f"secret {number} in {name} at {at}: …{text[max(0, at - 60) : at]}")
                break
    return leaked


def _forms(secret: str) -> set[str]:
    """The secret, and ways to write it that somebody could undo."""
    coded = quote_plus(secret)
    return {
        secret,
        secret.upper(),
        coded,
        re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), coded),
        quote_plus(coded),
        secret.encode().hex(),
        secret.encode().hex().upper(),
        "".join(f"&#{ord(letter)};" for letter in secret),
        "".join(f"&#x{ord(letter):x};" for letter in secret),
        "".join(f"\\u{ord(letter):04x}" for letter in secret),
        json.dumps(json.dumps(secret))[3:-3],
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.b64encode(f"api_keys_health:{secret}".encode()).decode(),
    }


def _pieces(form: str, length: int) -> Iterator[str]:
    return (form[at : at + length] for at in range(max(1, len(form) - length + 1)))
