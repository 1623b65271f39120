"""A history as lines of JSON, for other tools and for the way back: what it is, each single run, each folded day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.history import days
from monitor.history.content import Content, Folded
from monitor.history.packing import packed, unpacked
from monitor.history.records import ID_BYTES, RunRecord
from monitor.history.sights import full, slim
from monitor.history.values import Unusable

FORM = 1
"""The number of the lines' form, in the first of them: it changes when a reader of the old one would be wrong."""


def write(content: Content) -> Iterator[str]:
    """The lines, each with its end."""
    count = len(content.runs) + len(content.folded)
    documents: list[dict[str, Any]] = [{"history": FORM, "mode": content.mode, "lines": count}]
    for run in content.runs:
        kept = run.document | {"verdicts": [full(verdict) for verdict in run.document["verdicts"]]}
        documents.append({"run": {"id": run.id, "started": run.started, "link": run.link, **kept}})
    documents += [
        {"day": unpacked(each.told), "hours": unpacked(each.hours) if each.hours else None} for each in content.folded
    ]
    return (json.dumps(document) + "\n" for document in documents)


def begins(file: Path) -> bool:
    """Whether the first line of this file is that of a history."""
    with file.open(encoding="utf-8", errors="replace") as stream:
        return stream.read(len(_HEAD)) == _HEAD


_HEAD = '{"history": '


def read(file: Path) -> Content:
    """What these lines have. Raises Unusable where one of them is missing or cannot be read: then none is taken."""
    at = 1
    try:
        with file.open(encoding="utf-8") as stream:
            head = json.loads(stream.readline())
            _agree("the number of its form", FORM, head["history"])
            content = Content(head["mode"])
            for line in stream:
                at += 1
                _take(content, json.loads(line))
        _agree("the number of its lines", head["lines"], at - 1)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        cause = f"line {at}: {type(error).__name__} {error}"
        raise Unusable(f"{file} cannot be read ({cause}): export the history again") from None
    return content


def _agree(what: str, due: object, found: object) -> None:
    if due != found:
        raise ValueError(f"{what} is {found!r}, not {due!r}")


def _take(content: Content, document: dict[str, Any]) -> None:
    if "run" in document:
        kept = dict(document["run"])
        id_, started, link = (kept.pop(name) for name in ("id", "started", "link"))
        kept["verdicts"] = [slim(verdict) for verdict in kept["verdicts"]]
        content.runs.append(RunRecord.made(_id(id_), float(started), kept, str(link)))
        return
    told, hours = document["day"], document["hours"]
    ids = [_id(each) for each in told["ids"]]
    for each in (told["starts"], *map(days.spread, told["rows"].values())):
        _agree("the length of a row", len(ids), len(each))
    hourly = None if hours is None else packed(hours)
    content.folded.append(Folded(days.named(ids), int(told["day"]), frozenset(ids), packed(told), hourly))


def _id(text: str) -> str:
    if len(bytes.fromhex(text)) != ID_BYTES:
        raise ValueError(f"{text[:40]!r} is no run's id")
    return text
