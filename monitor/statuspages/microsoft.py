"""Microsoft's posts at status.cloud.microsoft: one sentence on a cloud, which says positively that it is available.

Nothing documents them, so no service of ours is judged by them alone: they stand beside a feed.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field

from monitor.failures import Unreadable
from monitor.statuspages.closing import is_over
from monitor.statuspages.documents import Shaped, json_of, shaped
from monitor.statuspages.markup import dated, plain
from monitor.statuspages.page import DAY, Alive, Answer, Notice, Page, Severity
from monitor.statuspages.times import newest
from monitor.statuspages.vocabulary import Word, said, titled, word

_STATES = {
    "information": Severity.INFO,
    "informational": Severity.INFO,
    "advisory": Severity.DEGRADED,
    "degraded": Severity.DEGRADED,
    "service degradation": Severity.DEGRADED,
    "investigating": Severity.DEGRADED,
    "incident": Severity.PARTIAL,
    "service interruption": Severity.PARTIAL,
    "outage": Severity.MAJOR,
    "unavailable": Severity.MAJOR,
}
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Post(Shaped):
    status: Word = Field(alias="Status")
    title: object = Field(None, alias="Title")
    message: object = Field(None, alias="Message")
    authored: object = Field(None, alias="AuthoredDateTime")
    internal: object = Field(None, alias="InternalDateTime")
    updated: object = Field(None, alias="LastUpdatedTime")


def read(answer: Answer) -> Page:
    """Whether the cloud is available, by a post that was made today."""
    document: Any = json_of(answer, Any)
    posts: list[_Post] = shaped(document if isinstance(document, list) else [document], list[_Post])
    if not posts:
        raise Unreadable("no post of Microsoft's, where one says at all times how its cloud is")
    made = [newest(*(dated(time) for time in (each.updated, each.internal))) for each in posts]
    latest = max(filter(None, made), default=None)
    if latest is None:
        raise Unreadable("a post of Microsoft's that does not say when it was made: it may be of any time")
    incidents = tuple(_incident(each) for each in posts if not is_over(each.status))
    return Page("Microsoft", None, incidents, alive=Alive(latest, DAY))


def _incident(post: _Post) -> Notice:
    state = _WORDS.sub(" ", str(post.status or "")).replace("_", " ")
    title = titled(post.title, "") or titled(post.message, f"it calls itself {plain(state) or 'nothing'}")
    return Notice(
        title=title,
        severity=_STATES.get(word(state), Severity.UNKNOWN),
        since=dated(post.authored),
        said=said(post.title, post.message),
    )
