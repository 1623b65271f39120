"""What the pages of a healthy sandbox say, page by page, and the words in which a drill says what a fault changes.

Each function says what the pages of one format say while something is the matter with them.
"""

from __future__ import annotations

from tests.sandbox.reading import PAGES

AWS_OVER = "Service is operating normally: [RESOLVED] Requests to us-east-1 failed"
AWS_FEED = f"{AWS_OVER}, Service disruption: Most requests to me-central-1 fail"
HEALTHY = dict.fromkeys(PAGES["statuspage"], "none") | {
    "github": "none; maintenance scheduled",
    "aws": "us-east-1 0, me-central-1 3",
    "aws feed": AWS_FEED,
    "azure": "nothing",
    "workspace": "12 over",
    "cloud": "12 over",
    "login": "nothing",
    "graph": "nothing",
    "auth0 feed": "Resolved",
    "auth0 rss": "Resolved",
    "auth0 api rss": "Resolved",
    "auth0 home": "10 regions",
    "auth0 uptime": "",
    "auth0 report": "",
    "slack": "ok",
    "salesforce": "OK",
    "heroku": "green green green",
    "statusio": "100",
    "ibm": "RESOLVED: Requests to Cloud Foundry failed, RESOLVED: Requests to App ID failed",
    "okta": "Resolved - Requests to Okta Workforce failed, Resolved - Requests to Okta Verify failed",
    "atom": "Resolved, Resolved",
    "ses": "us-east-1 0, me-central-1 3",
    "m365": "nothing",
    "orgs": "facebook-login No known issues, graph-api No known issues, ads-manager Low disruptions",
    "instatus": "UP",
    "instatus parts": "OPERATIONAL",
    "betterstack": "operational",
    "sorry": "operational",
    "sorry parts": "operational, operational",
    "sorry notices": "nothing",
    "apple": "nothing",
    "post": "Available",
    "kuma": "nothing",
    "kuma beats": "1 1",
    "cachet": "1, 1, 1",
    "cachet incidents": "nothing",
    "cachet schedules": "nothing",
    "rootly": "none",
    "api": "UP",
}
"""What every page says (``tests/sandbox/reading.py``) in a sandbox without faults."""

AUTH0_FEEDS = ("auth0 feed", "auth0 rss", "auth0 api rss")


def on_all(said: str, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """All pages say this, but for some."""
    return dict.fromkeys((name for name in HEALTHY if name not in but), said)


def on_format(format_: str, said: str) -> dict[str, str]:
    """All pages of this format say this."""
    return dict.fromkeys(PAGES[format_], said)


def on_statuspage(indicator: str, status: str, listed: str) -> dict[str, str]:
    """The indicator, what became of the components that matter to a tenant on each page, and what is listed besides."""
    matters = {
        "github": ("API Requests",),
        "sendgrid": ("Mail Sending",),
        "twilio": ("Programmable Messaging", "SMS"),
        "cloudflare": ("Cloudflare Sites and Services", "API"),
    }
    said = {}
    for name in PAGES["statuspage"]:
        ill = [f"{component} {status}" for component in matters.get(name, ("API",))] if status else []
        said[name] = "; ".join([indicator, *ill, listed])
    return said | {"github": f"{said['github']}; maintenance scheduled"}


def elsewhere(*components: str) -> str:
    """What a page in Statuspage's format says while these components, which matter to no tenant, are out."""
    return "; ".join(["major", *(f"{component} major_outage" for component in components), "critical investigating"])


def on_aws(event: str, title: str) -> dict[str, str]:
    """An event, and its title in the feed, before those that are there anyway."""
    events = f"{event}, {HEALTHY['aws']}"
    return {"aws": events, "ses": events, "aws feed": f"{title}, {AWS_FEED}"}


def on_azure(item: str) -> dict[str, str]:
    """An item in the feed, which is read for both of its services."""
    return {"azure": item, "m365": item}


def on_meta(level: str, of_the_product: str = "") -> dict[str, str]:
    """An entry of this level in the feed of logins, and what the list of products calls them."""
    listed = {"orgs": HEALTHY["orgs"].replace("No known issues", of_the_product, 1)} if of_the_product else {}
    return {"login": f"[{level}]: Facebook Login"} | listed


def on_instatus(page: str, listed: str, component: str = "") -> dict[str, str]:
    """The status of the page, what is listed there, and what became of the component."""
    return {"instatus": f"{page}; {listed}"} | ({"instatus parts": component} if component else {})


def on_auth0(heading: str, incident: str, uptime: str = "") -> dict[str, str]:
    """What the home page says; what happens in the tenant's own region has a heading in the feeds; and the uptime."""
    feeds = dict.fromkeys(AUTH0_FEEDS, f"{heading}, Resolved") if heading else {}
    percents = {"auth0 uptime": uptime, "auth0 report": f"{uptime} %"} if uptime else {}
    return feeds | percents | {"auth0 home": f"10 regions; {incident}"}


def on_google(incident: str) -> dict[str, str]:
    """An incident of a product on either page."""
    return {
        "workspace": f"Gmail {incident}; {HEALTHY['workspace']}",
        "cloud": f"Identity Platform {incident}; {HEALTHY['cloud']}",
    }


def on_feeds(ibm: str, okta: str, atom: str) -> dict[str, str]:
    """The newest entry of each plain feed."""
    return {
        "ibm": f"{ibm}, {HEALTHY['ibm']}",
        "okta": f"{okta}, {HEALTHY['okta']}",
        "atom": f"{atom}, {HEALTHY['atom']}",
    }
