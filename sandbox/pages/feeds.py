"""Feeds: RSS and Atom as they are written, and the plain ones of IBM, Okta and a Statuspage's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Literal

from sandbox.answers import Answer
from sandbox.pages.scene import Event, Scene, iso, rfc822

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Item:
    """One item of RSS or one entry of Atom; ``html`` is escaped where it is written."""

    id: str
    title: str
    html: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...] = ()


def item(event: Event) -> Item:
    """The event with its updates, as Statuspage writes them into feeds."""
    updates = [
        f"<p><small>{update.at:%b} <var data-var='date'>{update.at.day}</var>, "
        f"<var data-var='time'>{update.at:%H:%M}</var> UTC</small><br>"
        f"<strong>{update.heading}</strong> - {escape(update.text)}</p>"
        for update in event.updates
    ]
    return Item(event.id, event.title, "".join(updates), event.told, event.touched)


def rss(
    title: str,
    site: str,
    items: Iterable[Item],
    *,
    now: datetime,
    text_in: Literal["description", "content:encoded"] = "description",
    dated: Callable[[datetime], str] = rfc822,
) -> str:
    """RSS 2.0. What is not known of a channel stands in for itself."""
    written = "".join(
        "<item>"
        f'<guid isPermaLink="false">{escape(each.id)}</guid><link>{site}</link>'
        f"{''.join(f'<category>{escape(category)}</category>' for category in each.categories)}"
        f"<title>{escape(each.title)}</title><{text_in}>{escape(each.html)}</{text_in}>"
        f"<pubDate>{dated(each.updated)}</pubDate>"
        "</item>\n"
        for each in items
    )
    return (
        f'{DECLARATION}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>\n'
        f"<title>{escape(title)}</title><link>{site}</link><description>{escape(title)}</description>"
        f"<language>en-us</language><lastBuildDate>{dated(now)}</lastBuildDate>\n{written}</channel></rss>\n"
    )


def atom(title: str, site: str, items: Iterable[Item], *, now: datetime) -> str:
    written = "".join(
        f"<entry><id>tag:sandbox.example,2005:Incident/{escape(each.id)}</id>"
        f"<published>{iso(each.published)}</published><updated>{iso(each.updated)}</updated>"
        f'<link rel="alternate" type="text/html" href="{site}incidents/{escape(each.id)}"/>'
        f'<title>{escape(each.title)}</title><content type="html">{escape(each.html)}</content></entry>\n'
        for each in items
    )
    return (
        f'{DECLARATION}<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>tag:sandbox.example,2005:/history</id>"
        f'<link rel="alternate" type="text/html" href="{site}"/><title>{escape(title)}</title>'
        f"<updated>{iso(now)}</updated><author><name>{escape(title)}</name></author>\n{written}</feed>\n"
    )


def rss_answer(xml: str) -> Answer:
    return Answer(xml, content_type="application/rss+xml; charset=utf-8")


def atom_answer(xml: str) -> Answer:
    return Answer(xml, content_type="application/atom+xml; charset=utf-8")


def plain(scene: Scene, path: str, _: str) -> Answer | None:
    """The three feeds that say in words only whether it is over."""
    match scene.service, path:
        case "ibm", "status/api/notifications/feed.rss":
            return _ibm(scene)
        case "okta", "OktaTrustRSS":
            return _okta(scene)
        case "atom", "feed.atom":
            events = [*scene.events("API"), scene.past("API", 5), scene.past("Dashboard", 33)]
            site = "https://history.sandbox.example/"
            return atom_answer(atom("Sandbox Status - Incident History", site, map(item, events), now=scene.now))
    return None


def _ibm(scene: Scene) -> Answer:
    events = [*scene.events("App ID"), scene.past("Cloud Foundry", 9), scene.past("App ID", 41)]
    items = [_worded(event, ("RESOLVED: {}", "{}"), f"<p>{escape(event.text)}</p>") for event in events]
    return rss_answer(rss("IBM Cloud - Notifications", "https://cloud.ibm.example/status", items, now=scene.now))


def _okta(scene: Scene) -> Answer:
    events = [*scene.events("Okta Workforce"), scene.past("Okta Workforce", 12), scene.past("Okta Verify", 58)]
    items = [_worded(event, ("Resolved - {}", "Service Disruption - {}"), escape(event.text)) for event in events]
    return rss_answer(rss("Okta System Status", "https://status.okta.example/", items, now=scene.now))


def _worded(event: Event, words: tuple[str, str], html: str) -> Item:
    """The title says whether it is over, in the first of these words if it is."""
    title = words[0 if event.over else 1].format(event.title)
    return Item(event.id, title, html, event.told, event.touched)
