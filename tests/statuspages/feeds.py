"""Feeds written by hand, and what may become of one on its way: cut short, a field lost, a value nobody has seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer, Page, Severity
from monitor.statuspages.weighing import Wanted, weigh

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
STALE = timedelta(days=14)
LONG_AGO = NOW - 3 * STALE
WELL = {Severity.OK, Severity.INFO, Severity.MAINTENANCE}

quick = settings(max_examples=min(60, settings().max_examples), deadline=None, database=None)

_NAMESPACES = {
    "": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "a10": "http://www.w3.org/2005/Atom",
}
_NAMING = {"title", "category", "description", "encoded", "content", "name"}
"""Elements whose text is no enumeration and no number; what they hold is HTML or a name."""

_UNHEARD_OF = ("frobnicated", "", " ", "0", "-1", "7", "99999999999", "null", "x:y", "NaN")

Read = Callable[[Answer], Page]


def mail(when: datetime) -> str:
    """``Sun, 22 Nov 2026 03:00:00 +0000``."""
    return format_datetime(when)


def item(**fields: str | list[str]) -> str:
    """An RSS item; ``_`` in a name is a colon, and a list is an element for each."""
    pairs = ((name, each) for name, told in fields.items() for each in ([told] if isinstance(told, str) else told))
    return f"<item>{''.join(f'<{_tag(name)}>{escape(told)}</{_tag(name)}>' for name, told in pairs)}</item>"


def _tag(name: str) -> str:
    return name.replace("_", ":")


def rss(*items: str, title: str = "Some Status", built: datetime | None = None) -> bytes:
    """An RSS 2.0 feed, which says when it was built if it is to."""
    spaces = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _NAMESPACES.items() if prefix)
    named = f"<title>{escape(title)}</title>" if title else ""
    told = f"<lastBuildDate>{mail(built)}</lastBuildDate>" if built else ""
    channel = f"<channel>{named}<link>https://status.example.com/</link>{told}{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss {spaces} version="2.0">{channel}</rss>'.encode()


def entry(title: str = "", content: str = "", published: str = "", updated: str = "", summary: str = "") -> str:
    """An Atom entry."""
    told = {"title": title, "published": published, "updated": updated}
    plain = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items() if text)
    typed = {"content": content, "summary": summary}
    html = "".join(f'<{name} type="html">{escape(text)}</{name}>' for name, text in typed.items() if text)
    return (
        f'<entry><id>tag:status.example.com,2026:1</id>{plain}{html}<link href="https://status.example.com/1"/></entry>'
    )


def atom(*entries: str, title: str = "Some Status") -> bytes:
    """An Atom feed."""
    named = f"<title>{escape(title)}</title>" if title else ""
    told = f"{named}<id>tag:status.example.com,2026:</id>{''.join(entries)}"
    return f'<feed xmlns="{_NAMESPACES[""]}">{told}</feed>'.encode()


def update(word: str, text: str = "We are on it.", when: datetime | None = None) -> str:
    """An update as Statuspage writes it, with a time that has no year."""
    time = f"<small>{when:%b} <var data-var='date'>{when.day}</var>, {when:%H:%M} UTC</small><br>" if when else ""
    return f"<p>{time}<strong>{word}</strong> - {text}</p>"


def severity(read: Read, body: bytes, wanted: Wanted, now: datetime = NOW) -> Severity:
    """What a feed comes to at this moment; what cannot be read is UNKNOWN."""
    try:
        page = read(Answer(body, "application/xml"))
    except Unreadable:
        return Severity.UNKNOWN
    return weigh(page, wanted, now=now, stale=STALE).severity


def stays_ill(read: Read, body: bytes, wanted: Wanted) -> None:
    """No cut, no loss and no unheard-of value makes this feed, with an incident open, one of a healthy service."""
    assert severity(read, body, wanted) not in {*WELL, Severity.UNKNOWN}
    changed = list(changes(body))

    @quick
    @given(st.one_of(st.integers(0, len(body) - 1).map(lambda end: body[:end]), st.sampled_from(changed)))
    def holds(mangled: bytes) -> None:
        assert severity(read, mangled, wanted) not in WELL, mangled

    assert len(changed) > 10, "nothing was changed"
    holds()


def reads_or_says_why_not(read: Read, body: bytes) -> None:
    """Whatever comes, there is a page or an Unreadable."""
    parts = st.integers(0, len(body))

    @quick
    @given(st.one_of(st.binary(max_size=300), st.tuples(parts, st.binary(max_size=20), parts)))
    def holds(drawn: bytes | tuple[int, bytes, int]) -> None:
        came = drawn if isinstance(drawn, bytes) else body[: drawn[0]] + drawn[1] + body[drawn[2] :]
        severity(read, came, Wanted())

    holds()


def changes(body: bytes) -> Iterator[bytes]:
    """The feed without any one element or attribute, or with an unheard-of value in it; items and entries stay."""
    for index, element in enumerate(_elements(body)):
        if _local(element) in {"rss", "feed", "item", "entry"}:
            continue
        yield _changed(body, index, None)
        values = _without_a_piece(element.text or "") if _local(element) in _NAMING else _UNHEARD_OF
        for value in values:
            yield _changed(body, index, value)
    for index, element in enumerate(_elements(body)):
        for name in element.attrib:
            for told in (None, *_UNHEARD_OF):
                yield _changed(body, index, told, attribute=name)


def _without_a_piece(html: str) -> Iterator[str]:
    """The HTML without any one word or time of its updates, or with another in its place."""
    for piece in re.finditer(r"<(small|strong)>.*?</\1>", html):
        for other in ("", f"<{piece[1]}>Frobnicated</{piece[1]}>"):
            yield html[: piece.start()] + other + html[piece.end() :]


def _elements(body: bytes) -> list[ET.Element]:
    return list(ET.fromstring(body).iter())  # noqa: S314 -- it is ours


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _changed(body: bytes, index: int, value: str | None, attribute: str = "") -> bytes:
    root = ET.fromstring(body)  # noqa: S314 -- it is ours
    element = list(root.iter())[index]
    if attribute and value is None:
        del element.attrib[attribute]
    elif attribute:
        element.set(attribute, value or "")
    elif value is None:
        next(parent for parent in root.iter() if element in list(parent)).remove(element)
    else:
        element.text = value
    return ET.tostring(root)
