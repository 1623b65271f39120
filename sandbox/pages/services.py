"""The services whose status pages there are, by format; what each format can tell of, and where the pages are."""

from __future__ import annotations

from dataclasses import dataclass

SHAPES = {
    "incident": "a major outage of what a tenant needs, open now",
    "minor": "a small trouble with what a tenant needs, open now",
    "elsewhere": "a major outage, open now, that does not concern the tenant",
    "maintenance": "a maintenance of what a tenant needs, under way",
    "future": "a maintenance that begins in two days",
    "resolved": "an incident that is over, and still listed",
}
"""What the documents can tell of; one that has no word for it leaves it out."""


@dataclass(frozen=True, slots=True)
class Format:
    """``told`` is the subject of a sentence; ``shapes`` are those that it has words for."""

    told: str
    services: tuple[str, ...]
    shapes: tuple[str, ...]


STATUSPAGES = (
    *("github", "sendgrid", "twilio", "citrix", "cloudflare", "datadog"),
    *("linkedin", "new-relic", "npm", "resend", "stripe", "vmware"),
    *("duo", "jumpcloud", "ping", "bird", "mailgun", "sparkpost", "vonage"),
)
FORMATS = {
    "statuspage": Format("The pages in Statuspage's format", STATUSPAGES, tuple(SHAPES)),
    "aws": Format("The page of AWS", ("aws", "ses"), ("incident", "minor", "elsewhere", "maintenance", "resolved")),
    "azure": Format("The feed of Azure", ("azure-ad", "microsoft-365"), ("incident", "elsewhere")),
    "google": Format(
        "The pages of Google", ("google-workspace", "google-cloud"), ("incident", "minor", "elsewhere", "resolved")
    ),
    "meta": Format("The feeds of Meta", ("facebook",), ("incident", "minor", "resolved")),
    "auth0": Format("The pages of Auth0", ("auth0", "auth0-uptime"), tuple(SHAPES)),
    "slack": Format("The page of Slack", ("slack",), ("incident", "minor", "resolved")),
    "salesforce": Format(
        "The page of Salesforce", ("salesforce",), ("incident", "minor", "maintenance", "future", "resolved")
    ),
    "heroku": Format("The page of Heroku", ("heroku",), ("incident", "minor", "future", "resolved")),
    "statusio": Format(
        "The page in status.io's format", ("statusio",), ("incident", "minor", "maintenance", "future", "resolved")
    ),
    "feed": Format("The plain feeds, of IBM and Okta among others", ("ibm", "okta", "atom"), ("incident", "resolved")),
    "instatus": Format(
        "The page in Instatus' format", ("instatus",), ("incident", "minor", "maintenance", "future", "resolved")
    ),
    "betterstack": Format(
        "The page in Better Stack's format",
        ("betterstack",),
        ("incident", "minor", "maintenance", "future", "resolved"),
    ),
    "sorry": Format("The page in Sorry's format", ("postmark",), ("incident", "maintenance", "future", "resolved")),
    "apple": Format("The page of Apple", ("apple",), ("incident", "minor", "maintenance", "future", "resolved")),
    "microsoft": Format("The post of Microsoft", ("posts",), ("incident", "minor")),
    "kuma": Format("The page of Uptime Kuma", ("kuma",), ("incident", "minor", "maintenance", "future", "resolved")),
    "cachet": Format("The page of Cachet", ("cachet",), ("incident", "minor", "future", "resolved")),
    "rootly": Format("The page in Rootly's format", ("rootly",), ("incident", "minor", "resolved")),
    "api": Format("The API behind an Action", ("api",), ("incident", "minor")),
}
FORMAT_OF = {service: name for name, each in FORMATS.items() for service in each.services}

_PATHS = dict.fromkeys(STATUSPAGES, "api/v2/summary.json") | {
    "aws": "public/currentevents",
    "azure-ad": "en-us/status/feed/",
    "facebook": "outage-events-feed-{component}.rss",
    "google-workspace": "appsstatus/dashboard/incidents.json",
    "google-cloud": "incidents.json",
    "heroku": "api/v4/current-status",
    "ibm": "status/api/notifications/feed.rss",
    "okta": "OktaTrustRSS",
    "salesforce": "v1/instances/{component}/status",
    "slack": "api/v2.0.0/current",
    "ses": "public/currentevents",
    "microsoft-365": "en-us/status/feed/",
    "apple": "support/systemstatus/data/system_status_en_US.js",
    "postmark": "api/v1/status",
}


def environment(pages: str) -> dict[str, str]:
    """Where a monitor finds them, below this address. What stands in braces is the monitor's to fill in."""
    return {
        "AUTH0_STATUS_URL": f"{pages}/auth0/feed?domain={{domain}}",
        "AUTH0_STATUS_PAGE": f"{pages}/auth0/",
        "AUTH0_UPTIME_URL": f"{pages}/auth0/api/uptime",
        "AUTH0_UPTIME_PAGE": f"{pages}/auth0-uptime/",
    } | {
        f"AUTH0_DEPENDENCY_{service.upper().replace('-', '_')}_URL": f"{pages}/{service}/{path}"
        for service, path in sorted(_PATHS.items())
    }
