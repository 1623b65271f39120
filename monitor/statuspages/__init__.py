"""Status pages: what each format means, read by a pure function from an answer to a Page."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer, Page


@dataclass(frozen=True, slots=True)
class Format:
    """How a page is written: its reader is ``read`` in the module of the format's name; ``told`` is what it says."""

    name: str
    told: str

    def read(self, answer: Answer) -> Page:
        """The page in this answer; Unreadable, and nothing else, where there is none of this format in it."""
        module = importlib.import_module(f"{__name__}.{self.name}")
        page: Page = module.read(answer)
        return page


FORMATS = {
    each.name: each
    for each in (
        Format("statuspage", "components, incidents with their impact, maintenances"),
        Format("aws", "events by service and region, with a level"),
        Format("azure", "open incidents by service and region, without a level"),
        Format("google", "incidents by product, with a level"),
        Format("meta", "disruptions with a level; each product has a feed"),
        Format("slack", "open incidents, outages and notices"),
        Format("salesforce", "one instance: its incidents and maintenances"),
        Format("heroku", "three systems, and incidents"),
        Format("statusio", "components with a code, incidents, maintenances"),
        Format("auth0", "incidents of a tenant's region"),
        Format("answer", "nothing but that somebody answers with status 200"),
        Format("feed", "what an RSS or Atom feed does not call over, without a level"),
    )
}
"""Every format by name."""

__all__ = ["FORMATS", "Answer", "Format", "Page", "Unreadable"]
