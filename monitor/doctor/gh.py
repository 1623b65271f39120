"""gh, and git: asked to read, given none of our variables; a document, or the reason why there is none."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from monitor import addresses, program
from monitor.configuration.variables import PREFIX

PATIENCE = 20
"""Seconds that gh has for an answer."""

PAGED = "per_page=30"
"""How the path of a list ends, of which the whole is wanted: GitHub gives no more than 30 variables at once."""

_PAGES = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """What gh said: a document, or the status and the reason why there is none."""

    document: dict[str, Any]
    status: int = 200
    reason: str = ""

    def names(self, of: str) -> set[str]:
        """The names in this list of the document."""
        return set(self.values(of))

    def values(self, of: str) -> dict[str, str]:
        """The values in this list by their names: variables have some, which anybody may read who may read these."""
        listed = self.document.get(of)
        found = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        return {str(each.get("name")): str(each.get("value") or "") for each in found}


def replies(gh: str, repository: str, paths: Mapping[str, str]) -> dict[str, Reply]:
    """What is known under each of these paths of the repository, asked for at once."""
    addresses = (f"repos/{repository}/{path}".rstrip("/") for path in paths.values())
    with ThreadPoolExecutor(max(1, min(len(paths), 16))) as pool:
        return dict(zip(paths, pool.map(partial(_whole, gh), addresses), strict=True))


def _whole(gh: str, path: str) -> Reply:
    """A document, with all of its list where that has many pages; a page that is missing is the reply's reason."""
    reply = _asked(gh, path)
    lists = [each for each in reply.document.values() if isinstance(each, list)]
    total = reply.document.get("total_count")
    if not path.endswith(PAGED) or not lists or not isinstance(total, int):
        return reply
    for page in range(2, _PAGES + 1):
        if len(lists[0]) >= total:
            break
        following = _asked(gh, f"{path}&page={page}")
        more = next((each for each in following.document.values() if isinstance(each, list)), [])
        if not more:
            return replace(reply, status=0, reason=following.reason or f"page {page} of its {total} is empty")
        lists[0].extend(more)
    return reply


def _asked(gh: str, path: str) -> Reply:
    if refused := addresses.refusal_of_proxies(os.environ):
        return Reply({}, 0, f"gh is not called: {refused}")
    told = run([gh, "api", path])
    if told is None:
        return Reply({}, 0, f"no answer within {PATIENCE} s")
    if told.returncode:
        status = re.search(r"HTTP (\d{3})", told.stderr)
        return Reply({}, int(status[1]) if status else 0, " ".join(told.stderr.split())[:200] or "gh failed")
    try:
        document = json.loads(told.stdout)
    except (ValueError, RecursionError):
        return Reply({}, 0, "gh answered something that is not JSON")
    return Reply(document) if isinstance(document, dict) else Reply({}, 0, "gh answered something else")


def run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    """Another program, which is given none of our variables; None where it did not end in time, or not begin."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    try:
        told = program.run(command, values=kept, seconds=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    printed, complained = (each.decode(errors="replace") for each in (told.stdout, told.stderr))
    return subprocess.CompletedProcess(command, told.returncode, printed, complained)
