"""Status pages: what each format means, read by a pure function from an answer to a Page."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

from monitor.failures import Unreadable
from monitor.statuspages.page import Answer, Page


@dataclass(frozen=True, slots=True)
class Format:
    """How a page is written: its reader is ``read`` in the module of the format's name; ``told`` is what it says.

    The rest is for the docs: ``who`` has it; how it tells what is ``closed``, what is ``scheduled``, and what is
    ``stale``; how it shows that somebody keeps it, so that it is not merely ``silent``; and ``shown``, a payload of the
    tests, in tests/statuspages/shown.
    """

    name: str
    told: str
    who: str = ""
    closed: str = ""
    scheduled: str = ""
    stale: str = ""
    silent: str = ""
    shown: str = ""

    def read(self, answer: Answer, *beside: Answer) -> Page:
        """The page in this answer, and in those of ``parts``; Unreadable, and nothing else, where there is none."""
        page: Page = self._module.read(answer, *beside)
        return page

    def parts(self, address: str) -> tuple[str, ...]:
        """The addresses of what else belongs to the page at this one, where its format has several."""
        parts: tuple[str, ...] = self._module.parts(address) if hasattr(self._module, "parts") else ()
        return parts

    def beside(self, address: str) -> str:
        """The address of a page of its own that says more than the one at this address, in the same format, if any."""
        other: str = self._module.beside(address) if hasattr(self._module, "beside") else ""
        return other

    @property
    def _module(self) -> ModuleType:
        return importlib.import_module(f"{__name__}.{self.name}")


_ENDED = "a word of the table of closing words"
_HEADERS = "its `Date` and `Age` headers alone"

FORMATS = {
    each.name: each
    for each in (
        Format(
            "statuspage",
            "components, incidents with their impact, maintenances",
            "Statuspage, incident.io, Rootly, and what `python -m monitor.site` writes: most services",
            f"`status` or `resolved_at`: {_ENDED}",
            "`scheduled_for` ahead",
            "the newest of an incident's `updated_at` and those of its updates",
            "`page.updated_at`, for as long as `AUTH0_STALE_AFTER`",
            "statuspage-open-incident.json",
        ),
        Format(
            "aws",
            "events by service and region, with a level",
            "Amazon Web Services: `/public/currentevents` or the RSS of all services",
            "level 0, or `[RESOLVED]` in the title",
            "nothing is: it has no word for it",
            "the newest of an event's log",
            f"the feed's build date, for a day; the JSON by {_HEADERS}",
            "aws-open.json",
        ),
        Format(
            "azure",
            "open incidents by service and region, without a level",
            "Azure",
            "the item leaves the feed, or its title closes it",
            "a maintenance by its title",
            "never: what is open stays listed",
            "`lastBuildDate`, for a day: it is built again every minute. Without one, an empty feed is unknown",
            "azure-well.xml",
        ),
        Format(
            "google",
            "incidents by product, with a level",
            "Google Workspace, Google Cloud: `incidents.json`",
            "`end`",
            "nothing is: it has no word for it",
            "the newest of `modified` and its updates",
            "the newest change in its archive, for 90 days",
            "google-archive.json",
        ),
        Format(
            "meta",
            "disruptions with a level; each product has a feed",
            "Meta: a product's RSS, and `data/orgs.json`, which says positively how each product is",
            "`[Resolved]`, or a newer item of the same event that says so",
            "nothing is: it has no word for it",
            "the newest item of an event",
            "the feed's dates, for 90 days, and `orgs.json` beside it",
            "meta-orgs.json",
        ),
        Format(
            "slack",
            "open incidents, outages and notices",
            "Slack: `/api/v2.0.0/current`",
            f"`status`: {_ENDED}",
            "nothing is: it has no word for it",
            "the newest of `date_updated` and its notes",
            "`date_updated`, for 90 days",
            "slack-open.json",
        ),
        Format(
            "salesforce",
            "one instance: its incidents and maintenances",
            "Salesforce: `/v1/instances/KEY/status`",
            f"`status`: {_ENDED}",
            "`plannedStartTime` ahead",
            "the newest of `updatedAt` and its events",
            f"the instance's own `status`, by {_HEADERS}",
            "salesforce-well.json",
        ),
        Format(
            "heroku",
            "three systems, and incidents",
            "Heroku: `/api/v4/current-status`",
            f"`resolved`, or `state`: {_ENDED}",
            "`scheduled_for` ahead",
            "the newest of `updated_at` and its updates",
            f"the systems' colours, by {_HEADERS}",
            "heroku-open.json",
        ),
        Format(
            "statusio",
            "components with a code, incidents, maintenances",
            "status.io: GitLab, Dynatrace, Databricks, Neon",
            "`datetime_resolved`, or the state of the newest message",
            "`upcoming`, with `datetime_planned_start` ahead",
            "the newest message",
            "the newest `updated` of its components, for as long as `AUTH0_STALE_AFTER`",
            "statusio-open.json",
        ),
        Format(
            "instatus",
            "what is open with its impact, and components",
            "Instatus: Stytch, Kinde, PropelAuth, Descope; `summary.json` and `v2/components.json`, each read beside "
            "the other",
            f"`status`: {_ENDED}",
            "`NOTSTARTEDYET`, with `start` ahead",
            "`updatedAt`",
            f"the page's own `status`, by {_HEADERS}",
            "instatus-summary.json",
        ),
        Format(
            "betterstack",
            "resources by section, and reports",
            "Better Stack: Logto, Hugging Face; `index.json` (its `feed.rss` is a `feed`)",
            f"`ends_at`, or `aggregate_state`: {_ENDED}",
            "a report of a maintenance whose `starts_at` lies ahead",
            "the newest update of a report",
            "the newest day in the resources' `status_history`, for a day after it",
            "betterstack-index.json",
        ),
        Format(
            "sorry",
            "the state of the page, its components, its notices",
            "Sorry: Postmark; `/api/v1/status`, `components` and `notices`, read beside each other",
            f"`state`: {_ENDED}; or `timeline_state`: `past`",
            "a planned notice whose `begins_at` lies ahead",
            "the newest of `updated_at` and its updates",
            f"the page's own `state`, by {_HEADERS}",
            "sorry-status.json",
        ),
        Format(
            "apple",
            "services and their events",
            "Apple: `system_status_en_US.js`, of Sign in with Apple among others; JSON, or a script's",
            f"`eventStatus`: {_ENDED}; or `epochEndDate`",
            "`epochStartDate` ahead",
            "`datePosted`",
            f"each service is listed with its events or none, by {_HEADERS}",
            "apple-open.json",
        ),
        Format(
            "microsoft",
            "whether a cloud is available, in one post",
            "Microsoft: `status.cloud.microsoft/api/posts/NAME`; undocumented, so it stands beside another source",
            "`Available`",
            "nothing is: it has no word for it",
            "never: a post is of today, or the page has stopped",
            "`LastUpdatedTime`, for a day",
            "microsoft-post.json",
        ),
        Format(
            "kuma",
            "monitors by group, with their last checks",
            "Uptime Kuma: `/api/status-page/SLUG` and `/api/status-page/heartbeat/SLUG`, each read beside the other",
            "a monitor's newest check; a message is taken down, or its title closes it",
            "`scheduled`, with a slot ahead",
            "a message's `lastUpdatedDate`",
            "the newest check, for as long as three of them take, at least an hour",
            "kuma-heartbeat.json",
        ),
        Format(
            "cachet",
            "components with a number, incidents, schedules",
            "Cachet: `/api/v1/components`, with `incidents` and `schedules` beside it",
            "status 4 (fixed), of a schedule 2 (complete)",
            "`scheduled_at` ahead",
            "the newest of `updated_at` and its updates",
            f"each component's number, by {_HEADERS}",
            "cachet-components.json",
        ),
        Format(
            "auth0",
            "incidents of a tenant's region",
            "Auth0: a tenant's feed, or the home page",
            f"the newest update: {_ENDED}",
            "`Scheduled`, with a time ahead",
            "the newest update",
            "the feed's dates, for 90 days; then the home page, by its all-clear",
            "auth0-feed.atom",
        ),
        Format(
            "health",
            "whether an API of your own is healthy: any 2xx is, unless its body says otherwise",
            "your own API, behind an Action; Spring Boot, MicroProfile, ASP.NET, NestJS, the IETF's draft",
            "the next answer",
            "nothing is: it has no word for it",
            "never: it is asked now",
            f"the answer itself, by {_HEADERS}",
            "health-degraded.json",
        ),
        Format(
            "answer",
            "nothing but an answer with status 200",
            "a control target, `AUTH0_DEPENDENCY_CONTROL_URL`, of any kind; of any other name it is `health`",
            "the next answer",
            "nothing is: it has no word for it",
            "never: it is asked now",
            f"the answer itself, by {_HEADERS}",
            "answer.txt",
        ),
        Format(
            "feed",
            "what an RSS or Atom feed does not call over, without a level",
            "IBM, Okta, PayPal; Instatus, Better Stack, Statuspage's `history.atom`, and most others",
            "the title, a category, an element, a labelled line, or the newest update: a closing word. Items of one "
            "identifier or address are one event, of which the newest speaks",
            "a start after the last change, or in a day and more; a maintenance by its type, title or updates",
            "the newest date of an event's items and updates",
            "the date of its build, where that is later than all items', for as long as `AUTH0_STALE_AFTER`; else the "
            "newest date, for 90 days",
            "feed-instatus-resolved.atom",
        ),
    )
}
"""Every format by name."""


def table() -> str:
    """The table of the formats, in Markdown: what the docs show."""
    heads = ["format", "who has it", "closed", "scheduled", "stale by", "not merely silent by", "a payload"]
    shown = "[{0}](../tests/statuspages/shown/{0})"
    rows = [
        [f"`{each.name}`", each.who, each.closed, each.scheduled, each.stale, each.silent, shown.format(each.shown)]
        for each in FORMATS.values()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


__all__ = ["FORMATS", "Answer", "Format", "Page", "Unreadable", "table"]
