"""Secrets that cannot be taken out of a text without harm: too short, or a word that reports use themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from monitor.secrets import SHORTEST

_ROOT = Path(__file__).parents[2]
_OURS = ("monitor", "tests_synthetic")
_WORDS = re.compile(r"[A-Za-z ._:/-]+|.{1,7}", re.DOTALL)
"""What may be words, or a short name: nothing else is looked for among our own."""


def remarks(secrets: Iterable[tuple[str, str]], names: Iterable[str]) -> tuple[str, ...]:
    """A line for each variable whose secret cannot be taken out, or not without harm: never with the secret.

    ``secrets`` are variables and the secrets that they hold, ``names`` what is configured and stands in reports.
    """
    lines: dict[str, None] = {}
    known = tuple(names)
    own = ""
    for variable, secret in secrets:
        if len(secret) < SHORTEST:
            what = f"has a secret of fewer than {SHORTEST} characters, which cannot be distinguished from ordinary text"
            lines[f"{variable} {what}: reports may show it; set a longer one"] = None
        elif _WORDS.fullmatch(secret):
            own = own or _own_words()
            if secret not in own and not any(secret in name for name in known):
                continue
            what = "has a secret that is a word of the monitor's own, or a configured name"
            lines[f"{variable} {what}: texts of reports show *** for that word as well; set another one"] = None
    return tuple(lines)


def _own_words() -> str:
    """All that we may write ourselves: what stands in our own files."""
    files = (file for folder in _OURS for file in sorted((_ROOT / folder).rglob("*.py")))
    return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
