"""The drills of status pages: a row for each fault of them, in the order of the formats.

A row says all that a fault does: what the pages say then, written as in ``tests/sandbox/said.py``; and what becomes of
the rows of its format (a fault of a page acts on all services of it), to which status, in which words. What most faults
of one shape have in common, ``SHAPES`` says; a row says where its format differs. ``tests/sandbox/test_pages.py`` holds
the sandbox to it, ``tests/drills/test_pages.py`` the suite. What is not named must stay as on healthy pages.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.owners import Owner
from monitor.status import Status
from sandbox.box import Sandbox
from tests.sandbox import said
from tests.sandbox.reading import PAGES

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN

SERVICE = "service_reports_no_incident"
AUTH0 = "auth0_reports_no_incident_for_this_tenant"
UPTIME = "auth0_publishes_the_uptime_of_this_region"

FILES = ("tests_synthetic/test_auth0_status.py", "tests_synthetic/test_dependencies.py")

ROWS: dict[str, tuple[str, ...]] = {
    "statuspage": ("github", "sendgrid", "twilio", "cloudflare", "resend", "duo", "linkedin"),
    "aws": ("aws",),
    "azure": ("azure-ad", "microsoft-365"),
    "google": ("google-workspace", "google-cloud"),
    "meta": ("facebook",),
    "slack": ("slack",),
    "salesforce": ("salesforce",),
    "heroku": ("heroku",),
    "statusio": ("box",),
    "feed": ("ibm", "okta", "atom"),
    "instatus": ("instatus",),
    "betterstack": ("betterstack",),
    "sorry": ("postmark",),
    "apple": ("apple",),
    "microsoft": ("posts",),
    "kuma": ("kuma",),
    "cachet": ("cachet",),
    "rootly": ("rootly",),
    "api": ("acme-api",),
}
"""The rows of each format."""

OWN = {
    "box": "statusio/1.0/status/sandboxpage",
    "atom": "atom/feed.atom",
    "instatus": "instatus/summary.json",
    "betterstack": "betterstack/index.json",
    "posts": "posts/api/posts/azure",
    "kuma": "kuma/api/status-page/sandbox",
    "cachet": "cachet/api/v1/components",
    "rootly": "rootly/api/v1/status.json",
    "acme-api": "api/actuator/health",
}
"""Rows of the user's own, of which nothing is said but the address: their answers show what they are."""


def rows(format_: str) -> frozenset[tuple[str, str]]:
    if format_ == "auth0":
        return frozenset({(AUTH0, "")})
    return frozenset((SERVICE, name) for name in ROWS[format_])


API = (SERVICE, "acme-api")
EVERY = frozenset().union(*map(rows, ROWS), rows("auth0"), {(UPTIME, "")})
STATUS_PAGES = EVERY - {API}
"""All rows but that of an API, which is another matter where no page can be read: it has its own drills."""

SHAPES = {
    "incident": (DOWN, " (major)"),
    "minor": (DEGRADED, "; see http"),
    "elsewhere": (UP, ""),
    "maintenance": (UP, "maintenance"),
    "future": (UP, "to come: "),
    "resolved": (UP, ""),
    "html": (UNKNOWN, "an HTML page"),
    "truncated": (UNKNOWN, "; look at http"),
    "empty": (UNKNOWN, "an empty body"),
    "slow": (UNKNOWN, "timed out"),
    "feed-html": (UP, "by the second source"),  # which Auth0 alone has
}
"""What each shape of a fault makes of a row, and the words that say so, where the drill says nothing else."""

MANNERS = {"html": "portal", "truncated": "broken", "empty": "empty", "slow": "timeout"}
"""What a page says that is sent in this manner: the same in every format."""


class PageDrill(NamedTuple):
    """What the pages say, and what the rows become, in whose reason these words are.

    ``settings`` are variables that the suite's run has besides.
    """

    said: dict[str, str]
    rows: frozenset[tuple[str, str]]
    status: Status
    words: str
    settings: dict[str, str]

    @property
    def owner(self) -> Owner | None:
        """Whose work the diagnosis must call it; nobody's where the pages are not read."""
        if self.status not in (DOWN, DEGRADED):
            return None
        return Owner.AUTH0 if (AUTH0, "") in self.rows else Owner.UPSTREAM

    @property
    def run(self) -> Status:
        """The run's status: what a page says alone makes it degraded; unread, it has no say."""
        if self.owner:
            return DEGRADED
        return UNKNOWN if self.rows == STATUS_PAGES else UP


def drill(
    fault: str, pages_say: dict[str, str], status: Status | None = None, words: str | None = None
) -> tuple[str, PageDrill]:
    """The row of a format's fault; ``status`` and ``words`` where they are not those of its shape."""
    format_, _, shape = fault.partition("-")
    usual, usual_words = SHAPES[shape]
    becomes = usual if status is None else status
    changed = rows(format_)
    if format_ == "auth0" and becomes is UNKNOWN:
        changed |= {(UPTIME, "")}
    settings = {"AUTH0_PAGE_TIMEOUT": "6"} if shape == "slow" else {}
    return fault, PageDrill(pages_say, changed, becomes, usual_words if words is None else words, settings)


def unread(fault: str, pages_say: dict[str, str], words: str) -> tuple[str, PageDrill]:
    """The row of a fault of all pages, of which none can be read then."""
    named = ",".join(["default", *(name for names in ROWS.values() for name in names if name != API[1])])
    return fault, PageDrill(pages_say, STATUS_PAGES, UNKNOWN, words, {"AUTH0_DEPENDENCIES": named})


_ROWS = [
    drill("statuspage-incident", said.on_statuspage("major", "major_outage", "critical investigating")),
    drill("statuspage-minor", said.on_statuspage("minor", "degraded_performance", "minor identified")),
    drill(
        "statuspage-elsewhere",
        {
            "github": said.elsewhere("Pull Requests") + "; maintenance scheduled",
            "sendgrid": said.elsewhere("Marketing Campaigns"),
            "twilio": said.elsewhere("Carrier Network", "SMS, Europe"),
        },
    ),
    drill("statuspage-maintenance", said.on_statuspage("maintenance", "under_maintenance", "maintenance in_progress")),
    drill("statuspage-future", said.on_statuspage("none", "", "maintenance scheduled")),
    drill("statuspage-resolved", said.on_statuspage("none", "", "minor resolved")),
    drill("aws-incident", said.on_aws("us-east-1 3", "Service disruption: Most requests to us-east-1 fail")),
    drill("aws-minor", said.on_aws("us-east-1 2", "Performance issues: us-east-1 is slower than usual")),
    drill("aws-elsewhere", said.on_aws("ap-south-2 3", "Service disruption: Trouble with ap-south-2")),
    drill(
        "aws-maintenance",
        said.on_aws("us-east-1 1", "Informational message: Maintenance of us-east-1"),
        words="(info)",  # AWS tells of one as of other things that are good to know
    ),
    drill("aws-resolved", said.on_aws("us-east-1 0", said.AWS_OVER)),
    # The feed of Azure tells of an incident, and not how bad it is.
    drill("azure-incident", said.on_azure("Microsoft Entra ID, West Europe"), DEGRADED, "; see http"),
    drill("azure-elsewhere", said.on_azure("Azure Kubernetes Service, West US 2")),
    drill("google-incident", said.on_google("SERVICE_OUTAGE high")),
    drill("google-minor", said.on_google("SERVICE_DISRUPTION medium")),
    drill("google-elsewhere", {"workspace": "Google Drive SERVICE_DISRUPTION medium; 12 over"}),
    drill("google-resolved", said.on_format("google", "13 over")),
    drill("meta-incident", said.on_meta("Major outage", "Major outage")),
    drill("meta-minor", said.on_meta("Some disruptions", "Some disruptions")),
    drill("meta-resolved", said.on_meta("Resolved")),
    drill(
        "auth0-incident",
        said.on_auth0("Investigating", "EU-1 investigating critical authentication", "EU-1 99.871"),
    ),
    drill("auth0-minor", said.on_auth0("Identified", "EU-1 identified minor", "EU-1 99.998")),
    drill("auth0-elsewhere", said.on_auth0("", "AU investigating critical authentication", "AU 99.871")),
    drill("auth0-maintenance", said.on_auth0("In progress", "EU-1 in_progress maintenance")),
    drill(
        "auth0-future",
        said.on_auth0("Scheduled", "EU-1 scheduled maintenance"),
        words="(maintenance); see",  # Auth0's feed does not say when
    ),
    drill("auth0-resolved", said.on_auth0("Resolved", "EU-1 resolved minor", "EU-1 99.982")),
    drill("auth0-feed-html", dict.fromkeys(said.AUTH0_FEEDS, "portal")),
    drill("slack-incident", {"slack": "active; outage active"}),
    drill("slack-minor", {"slack": "active; incident active"}),
    drill("slack-resolved", {"slack": "ok; incident resolved"}),
    drill("salesforce-incident", {"salesforce": "MAJOR_INCIDENT_CORE; Confirmed"}),
    drill("salesforce-minor", {"salesforce": "MINOR_INCIDENT_CORE; Confirmed"}),
    drill("salesforce-maintenance", {"salesforce": "MAINTENANCE_CORE; planned"}),
    drill("salesforce-future", {"salesforce": "OK; planned"}),
    drill("salesforce-resolved", {"salesforce": "OK; Resolved"}),
    drill("heroku-incident", {"heroku": "red green green; open"}),
    drill("heroku-minor", {"heroku": "yellow green green; open"}),
    drill("heroku-future", {"heroku": "green green green; scheduled"}),
    drill("heroku-resolved", {"heroku": "green green green; resolved"}),
    drill("statusio-incident", {"statusio": "500; incident 500"}),
    drill("statusio-minor", {"statusio": "300; incident 300"}),
    drill("statusio-maintenance", {"statusio": "200; active"}),
    drill("statusio-future", {"statusio": "100; upcoming"}),
    drill("statusio-resolved", {"statusio": "100; incident 100"}),
    drill(
        "feed-incident",
        said.on_feeds(
            "Most requests to App ID fail",
            "Service Disruption - Most requests to Okta Workforce fail",
            "Investigating",
        ),
        DEGRADED,  # as Azure's, these feeds do not say how bad it is
        "; see http",
    ),
    drill(
        "feed-resolved",
        said.on_feeds(
            "RESOLVED: Requests to App ID failed", "Resolved - Requests to Okta Workforce failed", "Resolved"
        ),
    ),
    drill("instatus-incident", said.on_instatus("ONEMAJOROUTAGE", "MAJOROUTAGE INVESTIGATING", "MAJOROUTAGE")),
    drill("instatus-minor", said.on_instatus("HASISSUES", "DEGRADEDPERFORMANCE IDENTIFIED", "DEGRADEDPERFORMANCE")),
    drill("instatus-maintenance", said.on_instatus("UNDERMAINTENANCE", "INPROGRESS", "UNDERMAINTENANCE")),
    drill("instatus-future", said.on_instatus("UP", "NOTSTARTEDYET")),
    drill("instatus-resolved", said.on_instatus("UP", "DEGRADEDPERFORMANCE RESOLVED")),
    drill("betterstack-incident", {"betterstack": "downtime; downtime"}),
    drill("betterstack-minor", {"betterstack": "degraded; degraded"}),
    drill("betterstack-maintenance", {"betterstack": "maintenance; maintenance"}),
    drill("betterstack-future", {"betterstack": "operational; maintenance"}),
    drill("betterstack-resolved", {"betterstack": "operational; resolved"}),
    drill(
        "sorry-incident",
        {"sorry": "degraded", "sorry parts": "degraded, operational", "sorry notices": "investigating"},
        DEGRADED,  # it knows no other level
        "; see http",
    ),
    drill("sorry-maintenance", {"sorry notices": "underway"}),
    drill("sorry-future", {"sorry notices": "scheduled"}),
    drill("sorry-resolved", {"sorry notices": "resolved"}),
    drill("apple-incident", {"apple": "Outage ongoing"}),
    drill("apple-minor", {"apple": "Issue ongoing"}),
    drill("apple-maintenance", {"apple": "Maintenance ongoing"}),
    drill("apple-future", {"apple": "Maintenance upcoming"}),
    drill("apple-resolved", {"apple": "Issue resolved"}),
    drill("microsoft-incident", {"post": "Unavailable"}),
    drill("microsoft-minor", {"post": "ServiceDegradation"}),
    drill("kuma-incident", {"kuma beats": "1 0"}, words="Login API: major"),
    drill("kuma-minor", {"kuma beats": "1 2"}, words="Login API: degraded"),
    drill("kuma-maintenance", {"kuma beats": "1 3", "kuma": "under-maintenance"}),
    drill("kuma-future", {"kuma": "scheduled"}),
    drill("kuma-resolved", {"kuma beats": "0 1"}),
    drill("cachet-incident", {"cachet": "4, 1, 1", "cachet incidents": "Investigating"}),
    drill("cachet-minor", {"cachet": "2, 1, 1", "cachet incidents": "Investigating"}),
    drill("cachet-future", {"cachet schedules": "0"}),
    drill("cachet-resolved", {"cachet incidents": "Fixed"}),
    drill("rootly-incident", {"rootly": "major; critical started"}),
    drill("rootly-minor", {"rootly": "minor; minor started"}),
    drill("rootly-resolved", {"rootly": "none; minor resolved"}),
    *(
        drill(f"{format_}-{manner}", said.on_format(format_, word))
        for format_ in PAGES
        for manner, word in MANNERS.items()
        if format_ != "api"
    ),
    # An API is no page: whatever it answers with 2xx is up, and what does not answer is down.
    drill("api-incident", {"api": "503"}, words="answered status 503 and JSON (db is down)"),
    drill("api-minor", {"api": "DEGRADED"}, words="reports itself as degraded (db is degraded)"),
    drill("api-html", {"api": "portal"}),
    drill("api-truncated", {"api": "broken"}, words="cut short?"),
    drill("api-empty", {"api": "empty"}, UP, "answers, and is healthy"),
    drill("api-slow", {"api": "timeout"}, DOWN, "timed out"),
    unread("pages-gone", said.on_all("404"), "404"),
    unread("pages-huge", said.on_all("too large"), "more than 2 MiB"),
    unread("pages-bomb", said.on_all("bomb", but=("auth0 report",)), "; look at http"),
    unread("pages-reset", said.on_all("broken"), "the connection broke"),
    unread("pages-304", said.on_all("304"), "304"),
    unread("pages-stopped", said.on_all("an old copy"), "it may have stopped"),
]

PAGE_DRILLS: dict[str, PageDrill] = dict(_ROWS)
"""What each fault of the status pages changes."""

if len(PAGE_DRILLS) < len(_ROWS):
    raise TypeError("a fault of the status pages has two rows")

WHOLE = [fault for fault, each in PAGE_DRILLS.items() if each.rows == STATUS_PAGES]
"""The faults of all pages at once."""


def settings(running: Sandbox) -> dict[str, str]:
    """The rows of every format, some of them of the user's own."""
    named = [name for names in ROWS.values() for name in names]
    own = {
        f"AUTH0_DEPENDENCY_{name.upper().replace('-', '_')}_URL": f"{running.pages}/{path}"
        for name, path in OWN.items()
    }
    return {"AUTH0_DEPENDENCIES": ",".join(["default", *named])} | own


def rounds(faults: list[str]) -> list[list[str]]:
    """These faults in as few runs as there are shapes of one format: one of each format at a time.

    Which go together differs from round to round, so that none can hide behind another one's doing.
    """
    by_format: dict[str, list[str]] = {}
    for fault in faults:
        if fault not in WHOLE:
            by_format.setdefault(fault.partition("-")[0], []).append(fault)
    longest = max(map(len, by_format.values()))
    return [
        [own[(number + place) % len(own)] for place, own in enumerate(by_format.values())] for number in range(longest)
    ]
