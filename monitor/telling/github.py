"""A GitHub issue for each incident, by ``gh``: found by its exact title and label, closed only by a newer run."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor import addresses, program
from monitor.configuration.variables import PREFIX
from monitor.telling import maintenance
from monitor.telling.channel import Channel, Untold
from monitor.telling.harmless import address, code
from monitor.telling.ledger import LedgerEntry
from monitor.telling.message import SILENCE, Event, Message, MessageLine
from monitor.text import one_line

LABEL = "auth0-monitor"
DEADLINE = 60.0
"""Seconds, for all that is told at a time."""

REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_MARK = re.compile(rf"\A<!-- {LABEL} incident=(?P<incident>[0-9a-z]+) at=(?P<at>[0-9.]+) event=(?P<event>[a-z]+) -->")
_LABELS = (
    (LABEL, "B60205", "what the synthetic monitor found"),
    (maintenance.LABEL, "FBCA04", "no alert is sent while such an issue is open"),
)
_PLAIN = re.compile(r"[A-Za-z0-9/:.?=&#_-]+")
_LISTED = "200"
_QUIET = {"GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Issues:
    """The issues of a repository. Whatever ``gh`` cannot do raises Untold."""

    repository: str
    values: Mapping[str, str]

    def gh(self, deadline: float, *arguments: str, body: str | None = None) -> str:
        """What ``gh`` prints when it is called so."""
        found = shutil.which("gh", path=self.values.get("PATH"))
        if not found:
            raise Untold("gh is not installed: install GitHub's command line, or set AUTH0_ISSUES=none")
        if not (self.values.get("GH_TOKEN") or self.values.get("GITHUB_TOKEN")):
            raise Untold("GH_TOKEN is not set: give this step a token that may write issues, or set AUTH0_ISSUES=none")
        if refused := addresses.refusal_of_proxies(self.values):
            raise Untold(f"gh is not called: {refused}")
        try:
            kept = {name: value for name, value in self.values.items() if not name.startswith(PREFIX)} | _QUIET
            command = [found, *arguments, "--repo", self.repository]
            left = max(0.1, deadline - time.monotonic())
            ran = program.run(command, values=kept, seconds=left, text=body or "")
        except subprocess.TimeoutExpired:
            raise Untold(f"gh {' '.join(arguments[:2])} did not end in time") from None
        except OSError as error:
            raise Untold(f"gh cannot be run ({error.strerror})") from None
        if ran.returncode:
            why = one_line((ran.stderr or ran.stdout).decode(errors="replace"), 200) or f"status {ran.returncode}"
            raise Untold(f"gh {' '.join(arguments[:2])}: {why}")
        return ran.stdout.decode(errors="replace")

    def listed(self, deadline: float, label: str, state: str) -> list[dict[str, Any]]:
        """The issues of this label, the newest first; not by GitHub's search, which lags behind."""
        fields = "number,title,state,body,createdAt"
        arguments = ("--label", label, "--state", state, "--limit", _LISTED, "--json", fields)
        found = _read(self.gh(deadline, "issue", "list", *arguments))
        if not isinstance(found, list):
            raise Untold("gh did not list issues as documented: update it")
        return [each for each in found if isinstance(each, dict)]

    def tell(self, message: Message, before: LedgerEntry) -> None:
        """Open, comment on, close or reopen the incident's issue, unless that was said already, or more is known."""
        deadline = time.monotonic() + 0.8 * DEADLINE
        title = before.title or message.title
        found = [each for each in self.listed(deadline, LABEL, "all") if _is_of(each, message, title)]
        if not found:
            if message.event is Event.CLOSED:
                return  # it is over, and nobody was told of it here
            number, open_, said = self._open(deadline, message, title), True, {(message.at, str(message.event))}
        else:
            issue = min(found, key=lambda each: (each.get("state") != "OPEN", each.get("number", 0)))
            number, open_ = str(issue.get("number", 0)), issue.get("state") == "OPEN"
            said = self._said(deadline, number, str(issue.get("body") or ""))
        newest = max((at for at, _ in said), default=0.0)
        if newest > message.at:
            return  # a newer run has been here
        if (message.at, message.event) not in said:
            self.gh(deadline, "issue", "comment", number, "--body-file", "-", body=text(message))
        if message.event in (Event.CLOSED, Event.TEST) and open_:
            self.gh(deadline, "issue", "close", number, "--reason", "completed")
        elif message.event in (Event.OPENED, Event.OVERDUE) and not open_:
            self.gh(deadline, "issue", "reopen", number)

    def _open(self, deadline: float, message: Message, title: str) -> str:
        """Open an issue; its number, which ends the address that gh prints."""
        for label, color, told in _LABELS:
            with contextlib.suppress(Untold):  # it is there already; if not, the next call says so
                self.gh(deadline, "label", "create", label, "--color", color, "--description", told)
        arguments = ("--title", title, "--label", LABEL, "--body-file", "-")
        return self.gh(deadline, "issue", "create", *arguments, body=text(message)).strip().rpartition("/")[2]

    def _said(self, deadline: float, number: str, body: str) -> set[tuple[float, str]]:
        """What was said in this issue by the monitor, and when: by its marks, and not by anybody else's."""
        view = _read(self.gh(deadline, "issue", "view", number, "--json", "comments"))
        comments = view.get("comments") if isinstance(view, dict) else None
        read = [each for each in (comments if isinstance(comments, list) else []) if isinstance(each, dict)]
        own = [str(each.get("body")) for each in read if each.get("viewerDidAuthor")]
        marks = filter(None, map(_MARK.match, [body, *own]))
        return {(float(mark["at"]), mark["event"]) for mark in marks}


def channel(repository: str, values: Mapping[str, str]) -> Channel:
    """The issues of this repository as a channel."""
    return Channel(f"github:{repository}", f"GitHub issues of {repository}", Issues(repository, values).tell, DEADLINE)


def text(message: Message) -> str:
    """A message in GitHub's Markdown: whatever may be foreign stands in code."""
    lines = [f"<!-- {LABEL} incident={message.incident} at={message.at:.3f} event={message.event} -->"]
    lines += [f"### {message.event.upper()}", "", code(message.headline), ""]
    for line in message.lines:
        link = address(line.link)
        lines.append(f"- **{line.word}**: " + (_linked(line, link) if link else code(line.text)))
    return "\n".join(lines) + "\n"


def _linked(line: MessageLine, link: str) -> str:
    """This text, leading there; an address that stands for itself, or is odd, is held together by brackets."""
    bare = line.text != line.link and _PLAIN.fullmatch(link)
    return f"[{code(line.text)}]({link if bare else f'<{link}>'})"


def _is_of(issue: Mapping[str, Any], message: Message, title: str) -> bool:
    """Whether this is the message's issue. The end of a silence is also that of silences of which no ledger knows."""
    if issue.get("title") == title:
        return True
    mark = _MARK.match(str(issue.get("body") or ""))
    ends = message.event is Event.CLOSED and message.incident == SILENCE
    return bool(ends and issue.get("state") == "OPEN" and mark and mark["incident"] == SILENCE)


def _read(printed: str) -> Any:
    try:
        return json.loads(printed or "[]")
    except (ValueError, RecursionError):
        raise Untold("gh did not print JSON: update it") from None


def maintained(repository: str, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The open issues of the maintenance's label. Raises Untold."""
    return Issues(repository, values).listed(time.monotonic() + DEADLINE / 2, maintenance.LABEL, "open")
