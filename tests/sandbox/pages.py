"""What the status pages of a healthy sandbox say, and what each fault changes in it."""

from __future__ import annotations

from tests.sandbox.reading import PAGES

AWS_OVER = "Service is operating normally: [RESOLVED] Requests to us-east-1 failed"
AWS_FEED = f"{AWS_OVER}, Service disruption: Most requests to me-central-1 fail"
WELL = dict.fromkeys(PAGES["statuspage"], "none") | {
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


def summaries(indicator: str, status: str, listed: str) -> dict[str, str]:
    """Of what matters to a tenant on each page."""
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
    return "; ".join(["major", *(f"{component} major_outage" for component in components), "critical investigating"])


def aws(event: str, title: str) -> dict[str, str]:
    events = f"{event}, {WELL['aws']}"
    return {"aws": events, "ses": events, "aws feed": f"{title}, {AWS_FEED}"}


def meta(level: str, orgs: str = "") -> dict[str, str]:
    """The feed of logins, and what the list of products calls them."""
    listed = {"orgs": WELL["orgs"].replace("No known issues", orgs, 1)} if orgs else {}
    return {"login": f"[{level}]: Facebook Login"} | listed


def instatus(whole: str, listed: str, component: str = "") -> dict[str, str]:
    parts = {"instatus parts": component} if component else {}
    return {"instatus": f"{whole}; {listed}"} | parts


def cachet(number: int = 1, incident: str = "", schedule: str = "") -> dict[str, str]:
    parts = {"cachet": f"{number}, 1, 1", "cachet incidents": incident, "cachet schedules": schedule}
    return {name: told for name, told in parts.items() if told and told != WELL[name]}


def auth0(heading: str, incident: str, uptime: str = "") -> dict[str, str]:
    """What happens in the tenant's own region is in all documents."""
    feeds = dict.fromkeys(("auth0 feed", "auth0 rss", "auth0 api rss"), f"{heading}, Resolved") if heading else {}
    percents = {"auth0 uptime": uptime, "auth0 report": f"{uptime} %"} if uptime else {}
    return feeds | percents | {"auth0 home": f"10 regions; {incident}"}


def google(incident: str) -> dict[str, str]:
    return {
        "workspace": f"Gmail {incident}; {WELL['workspace']}",
        "cloud": f"Identity Platform {incident}; {WELL['cloud']}",
    }


def feeds(ibm: str, okta: str, atom: str) -> dict[str, str]:
    return {"ibm": f"{ibm}, {WELL['ibm']}", "okta": f"{okta}, {WELL['okta']}", "atom": f"{atom}, {WELL['atom']}"}


def all_of(name: str, said: str) -> dict[str, str]:
    return dict.fromkeys(PAGES[name], said)


SHAPES = {
    "statuspage-incident": summaries("major", "major_outage", "critical investigating"),
    "statuspage-minor": summaries("minor", "degraded_performance", "minor identified"),
    "statuspage-elsewhere": {
        "github": elsewhere("Pull Requests") + "; maintenance scheduled",
        "sendgrid": elsewhere("Marketing Campaigns"),
        "twilio": elsewhere("Carrier Network", "SMS, Europe"),
    },
    "statuspage-maintenance": summaries("maintenance", "under_maintenance", "maintenance in_progress"),
    "statuspage-future": summaries("none", "", "maintenance scheduled"),
    "statuspage-resolved": summaries("none", "", "minor resolved"),
    "aws-incident": aws("us-east-1 3", "Service disruption: Most requests to us-east-1 fail"),
    "aws-minor": aws("us-east-1 2", "Performance issues: us-east-1 is slower than usual"),
    "aws-elsewhere": aws("ap-south-2 3", "Service disruption: Trouble with ap-south-2"),
    "aws-maintenance": aws("us-east-1 1", "Informational message: Maintenance of us-east-1"),
    "aws-resolved": aws("us-east-1 0", AWS_OVER),
    "azure-incident": dict.fromkeys(("azure", "m365"), "Microsoft Entra ID, West Europe"),
    "azure-elsewhere": dict.fromkeys(("azure", "m365"), "Azure Kubernetes Service, West US 2"),
    "google-incident": google("SERVICE_OUTAGE high"),
    "google-minor": google("SERVICE_DISRUPTION medium"),
    "google-elsewhere": {"workspace": "Google Drive SERVICE_DISRUPTION medium; 12 over"},
    "google-resolved": all_of("google", "13 over"),
    "meta-incident": meta("Major outage", "Major outage"),
    "meta-minor": meta("Some disruptions", "Some disruptions"),
    "meta-resolved": meta("Resolved"),
    "auth0-incident": auth0("Investigating", "EU-1 investigating critical authentication", "EU-1 99.871"),
    "auth0-minor": auth0("Identified", "EU-1 identified minor", "EU-1 99.998"),
    "auth0-elsewhere": auth0("", "AU investigating critical authentication", "AU 99.871"),
    "auth0-maintenance": auth0("In progress", "EU-1 in_progress maintenance"),
    "auth0-future": auth0("Scheduled", "EU-1 scheduled maintenance"),
    "auth0-resolved": auth0("Resolved", "EU-1 resolved minor", "EU-1 99.982"),
    "slack-incident": {"slack": "active; outage active"},
    "slack-minor": {"slack": "active; incident active"},
    "slack-resolved": {"slack": "ok; incident resolved"},
    "salesforce-incident": {"salesforce": "MAJOR_INCIDENT_CORE; Confirmed"},
    "salesforce-minor": {"salesforce": "MINOR_INCIDENT_CORE; Confirmed"},
    "salesforce-maintenance": {"salesforce": "MAINTENANCE_CORE; planned"},
    "salesforce-future": {"salesforce": "OK; planned"},
    "salesforce-resolved": {"salesforce": "OK; Resolved"},
    "heroku-incident": {"heroku": "red green green; open"},
    "heroku-minor": {"heroku": "yellow green green; open"},
    "heroku-future": {"heroku": "green green green; scheduled"},
    "heroku-resolved": {"heroku": "green green green; resolved"},
    "statusio-incident": {"statusio": "500; incident 500"},
    "statusio-minor": {"statusio": "300; incident 300"},
    "statusio-maintenance": {"statusio": "200; active"},
    "statusio-future": {"statusio": "100; upcoming"},
    "statusio-resolved": {"statusio": "100; incident 100"},
    "feed-incident": feeds(
        "Most requests to App ID fail",
        "Service Disruption - Most requests to Okta Workforce fail",
        "Investigating",
    ),
    "feed-resolved": feeds(
        "RESOLVED: Requests to App ID failed",
        "Resolved - Requests to Okta Workforce failed",
        "Resolved",
    ),
    "instatus-incident": instatus("ONEMAJOROUTAGE", "MAJOROUTAGE INVESTIGATING", "MAJOROUTAGE"),
    "instatus-minor": instatus("HASISSUES", "DEGRADEDPERFORMANCE IDENTIFIED", "DEGRADEDPERFORMANCE"),
    "instatus-maintenance": instatus("UNDERMAINTENANCE", "INPROGRESS", "UNDERMAINTENANCE"),
    "instatus-future": instatus("UP", "NOTSTARTEDYET"),
    "instatus-resolved": instatus("UP", "DEGRADEDPERFORMANCE RESOLVED"),
    "betterstack-incident": {"betterstack": "downtime; downtime"},
    "betterstack-minor": {"betterstack": "degraded; degraded"},
    "betterstack-maintenance": {"betterstack": "maintenance; maintenance"},
    "betterstack-future": {"betterstack": "operational; maintenance"},
    "betterstack-resolved": {"betterstack": "operational; resolved"},
    "sorry-incident": {
        "sorry": "degraded",
        "sorry parts": "degraded, operational",
        "sorry notices": "investigating",
    },
    "sorry-maintenance": {"sorry notices": "underway"},
    "sorry-future": {"sorry notices": "scheduled"},
    "sorry-resolved": {"sorry notices": "resolved"},
    "apple-incident": {"apple": "Outage ongoing"},
    "apple-minor": {"apple": "Issue ongoing"},
    "apple-maintenance": {"apple": "Maintenance ongoing"},
    "apple-future": {"apple": "Maintenance upcoming"},
    "apple-resolved": {"apple": "Issue resolved"},
    "microsoft-incident": {"post": "Unavailable"},
    "microsoft-minor": {"post": "ServiceDegradation"},
    "kuma-incident": {"kuma beats": "1 0"},
    "kuma-minor": {"kuma beats": "1 2"},
    "kuma-maintenance": {"kuma beats": "1 3", "kuma": "under-maintenance"},
    "kuma-future": {"kuma": "scheduled"},
    "kuma-resolved": {"kuma beats": "0 1"},
    "cachet-incident": cachet(4, "Investigating"),
    "cachet-minor": cachet(2, "Investigating"),
    "cachet-future": cachet(schedule="0"),
    "cachet-resolved": cachet(incident="Fixed"),
    "rootly-incident": {"rootly": "major; critical started"},
    "rootly-minor": {"rootly": "minor; minor started"},
    "rootly-resolved": {"rootly": "none; minor resolved"},
    "api-incident": {"api": "503"},
    "api-minor": {"api": "DEGRADED"},
}
MANNERS = {
    f"{name}-{manner}": all_of(name, said)
    for name in PAGES
    for manner, said in {"html": "portal", "truncated": "broken", "empty": "empty", "slow": "timeout"}.items()
}
TOLD: dict[str, dict[str, str]] = {
    **SHAPES,
    **MANNERS,
    "auth0-feed-html": dict.fromkeys(("auth0 feed", "auth0 rss", "auth0 api rss"), "portal"),
    "pages-gone": dict.fromkeys(WELL, "404"),
    "pages-huge": dict.fromkeys(WELL, "too large"),
    "pages-bomb": dict.fromkeys(set(WELL) - {"auth0 report"}, "bomb"),
    "pages-reset": dict.fromkeys(WELL, "broken"),
    "pages-304": dict.fromkeys(WELL, "304"),
    "pages-stopped": dict.fromkeys(WELL, "an old copy"),
}
"""What each fault changes in what the pages say."""
