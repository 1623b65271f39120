"""The drills of status pages: for each format and each way of it to be ill, what becomes of its rows, and of no other.

A fault of a page acts on all services of its format. What is not named must stay as on healthy pages.
"""

from __future__ import annotations

from typing import NamedTuple

from monitor.owners import Owner
from monitor.status import Status
from sandbox.box import Sandbox

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


class PageDrill(NamedTuple):
    """What the rows become, in whose reason these words are; ``settings`` are variables that the run has besides."""

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
        return UNKNOWN if self.rows == PAGES else UP


def rows(format_: str) -> frozenset[tuple[str, str]]:
    if format_ == "auth0":
        return frozenset({(AUTH0, "")})
    return frozenset((SERVICE, name) for name in ROWS[format_])


API = (SERVICE, "acme-api")
EVERY = frozenset().union(*map(rows, ROWS), rows("auth0"), {(UPTIME, "")})
PAGES = EVERY - {API}

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
}
"""What each shape of a fault makes of a row, and the words that tell it."""

NO_LEVEL = {"azure", "feed", "sorry"}
"""Formats that tell of an incident, and not how bad it is."""


OTHER_WORDS = {
    "aws-maintenance": "(info)",  # it tells of one as of other things that are good to know
    "auth0-future": "(maintenance); see",  # its feed does not say when
    "azure-elsewhere": "",
    "kuma-incident": "Login API: major",
    "kuma-minor": "Login API: degraded",
    "api-minor": "calls itself degraded (db is degraded)",
}

OF_AN_API = {
    "incident": (DOWN, "answered status 503 and JSON (db is down)"),
    "truncated": (UNKNOWN, "cut short?"),
    "empty": (UP, "answers, and is well"),
    "slow": (DOWN, "timed out"),
}
"""What else an API is than a page: whatever it answers with 2xx is up, and what does not answer is down."""


def settings(running: Sandbox) -> dict[str, str]:
    """The rows of every format, some of them of the user's own."""
    named = [name for names in ROWS.values() for name in names]
    own = {
        f"AUTH0_DEPENDENCY_{name.upper().replace('-', '_')}_URL": f"{running.pages}/{path}"
        for name, path in OWN.items()
    }
    return {"AUTH0_DEPENDENCIES": ",".join(["default", *named])} | own


def page_drill(fault: str) -> PageDrill:
    """What this fault must change."""
    if fault in WHOLE:  # of them an API is another matter, and has its own tests
        named = ",".join(["default", *(name for names in ROWS.values() for name in names if name != API[1])])
        return PageDrill(PAGES, UNKNOWN, WHOLE[fault], {"AUTH0_DEPENDENCIES": named})
    if fault == "auth0-feed-html":
        return PageDrill(rows("auth0"), UP, "by the second source", {})
    format_, _, shape = fault.partition("-")
    status, words = SHAPES[shape]
    changed = rows(format_)
    if format_ in NO_LEVEL and shape == "incident":
        status, words = DEGRADED, "; see http"
    if format_ == "api" and shape in OF_AN_API:
        status, words = OF_AN_API[shape]
    if fault in OTHER_WORDS:
        words = OTHER_WORDS[fault]
    if format_ == "auth0" and status is UNKNOWN:
        changed |= {(UPTIME, "")}
    return PageDrill(changed, status, words, {"AUTH0_PAGE_TIMEOUT": "6"} if shape == "slow" else {})


WHOLE = {
    "pages-gone": "404",
    "pages-huge": "more than 2 MiB",
    "pages-bomb": "; look at http",
    "pages-reset": "the connection broke",
    "pages-304": "304",
    "pages-stopped": "it may have stopped",
}
"""Faults of all pages at once, and what is said of each."""


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


def is_of_pages(fault: str) -> bool:
    format_, _, shape = fault.partition("-")
    return fault in WHOLE or fault == "auth0-feed-html" or (format_ in (*ROWS, "auth0") and shape in SHAPES)
