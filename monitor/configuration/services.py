"""The services that a tenant leans on: a row for each. To watch another one, add a row, or set its variables."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from monitor.statuspages import FORMATS
from monitor.statuspages.page import Severity
from monitor.statuspages.weighing import Wanted


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its status page.

    ``name`` is its word in AUTH0_DEPENDENCIES; ``page`` is for people; ``address`` is for us (empty: there is none that
    a program could read), with ``{component}`` where each component that matters has an address of its own; ``second``
    is asked where the first cannot be read. ``format`` is a name in ``statuspages.FORMATS``. ``calls_itself`` is in
    the name that the right page gives itself. ``old`` is the address in Auth0's own list of 2019.
    """

    name: str
    title: str
    page: str
    address: str = ""
    format: str = "statuspage"
    wanted: Wanted = field(default_factory=Wanted)
    second: str = ""
    calls_itself: str = ""
    old: str = ""


def _statuspage(name: str, title: str, page: str, *components: str, old: str = "", calls_itself: str = "") -> Service:
    """A service with a page by Statuspage, or by one of those that answer as it does."""
    address = f"{page}/api/v2/summary.json"
    return Service(name, title, page, address, wanted=Wanted(components), old=old, calls_itself=calls_itself or title)


SEED = (
    Service(
        "aws",
        "Amazon Web Services",
        "https://health.aws.amazon.com/health/status",
        "https://health.aws.amazon.com/public/currentevents",
        "aws",
        Wanted(
            (
                "iam",
                "sts",
                "signin",
                "ses",
                "route53",
                "cloudfront",
                "lambda",
                "eventbridge",
                "events",
                "multipleservices",
            ),
            ("us-east-1", "us-west-2", "eu-west-1"),
        ),
        second="https://status.aws.amazon.com/rss/all.rss",
        old="https://status.aws.amazon.com/",
    ),
    Service(
        "azure-ad",
        "Azure Active Directory (Microsoft Entra ID)",
        "https://azure.status.microsoft/en-us/status",
        "https://rssfeed.azure.status.microsoft/en-us/status/feed/",
        "azure",
        Wanted(
            (
                *("*Entra ID*", "Microsoft Entra*", "*Azure Active Directory*", "*B2C*", "*identity*", "*sign-in*"),
                *("Azure Front Door", "Network Infrastructure"),
            )
        ),
        old="https://azure.microsoft.com/en-us/status/",
    ),
    Service(
        "facebook",
        "Facebook (Meta)",
        "https://metastatus.com",
        "https://metastatus.com/outage-events-feed-{component}.rss",
        "meta",
        Wanted(("facebook-login", "graph-api")),
        old="https://developers.facebook.com/status/",
    ),
    _statuspage("github", "GitHub", "https://www.githubstatus.com", "API Requests", old="https://status.github.com/"),
    Service(
        "google-workspace",
        "G Suite (Google Workspace)",
        "https://www.google.com/appsstatus/dashboard/",
        "https://www.google.com/appsstatus/dashboard/incidents.json",
        "google",
        Wanted(("Gmail", "Admin Console"), whatever=Severity.MAJOR),
        old="https://www.google.com/appsstatus#hl=en&v=status",
    ),
    Service(
        "mandrill",
        "Mandrill (Mailchimp Transactional)",
        "https://status.mailchimp.com",
        old="http://status.mandrillapp.com/",
    ),
    _statuspage(
        "sendgrid",
        "SendGrid",
        "https://status.sendgrid.com",
        *("*Mail Send*", "*SMTP*", "*API*", "*Webhook*", "!*Marketing*"),
        old="http://status.sendgrid.com/",
    ),
    _statuspage(
        "twilio",
        "Twilio",
        "https://status.twilio.com",
        *("SMS", "MMS", "Verify", "Lookup", "REST API"),
        old="https://status.twilio.com/",
    ),
)
"""The eight of Auth0's page "Check External Services Status"; asked where nothing else is named."""

SINCE = (
    _statuspage("citrix", "Citrix", "https://status.cloud.com"),
    Service(
        "google-cloud",
        "Google Cloud",
        "https://status.cloud.google.com",
        "https://status.cloud.google.com/incidents.json",
        "google",
        Wanted(("*Identity*", "*Networking*", "Cloud Load Balancing"), whatever=Severity.MAJOR),
    ),
    Service(
        "heroku", "Heroku", "https://status.heroku.com", "https://status.heroku.com/api/v4/current-status", "heroku"
    ),
    Service(
        "ibm",
        "IBM Cloud",
        "https://cloud.ibm.com/status",
        "https://cloud.ibm.com/status/api/notifications/feed.rss",
        "feed",
        Wanted(("App ID", "*IAM*", "*Identity*")),
    ),
    _statuspage("resend", "Resend", "https://resend-status.com"),
    Service("sap", "SAP", "https://www.sap.com/about/trust-center/cloud-service-status.html"),
    Service(
        "salesforce",
        "Salesforce",
        "https://status.salesforce.com",
        "https://api.status.salesforce.com/v1/instances/{component}/status",
        "salesforce",
    ),
    Service("slack", "Slack", "https://slack-status.com", "https://slack-status.com/api/v2.0.0/current", "slack"),
    _statuspage("vmware", "VMware", "https://status.vmware-services.io"),
)
"""Those that Auth0's page lists since."""

OTHERS = (
    Service("apple", "Apple", "https://www.apple.com/support/systemstatus/"),
    _statuspage("cloudflare", "Cloudflare", "https://www.cloudflarestatus.com", "API", "*DNS*", "*CDN*"),
    _statuspage("datadog", "Datadog", "https://status.datadoghq.com"),
    _statuspage("linkedin", "LinkedIn", "https://www.linkedin-status.com"),
    Service("microsoft-365", "Microsoft 365", "https://status.cloud.microsoft"),
    _statuspage("new-relic", "New Relic", "https://status.newrelic.com"),
    _statuspage("npm", "npm", "https://status.npmjs.org"),
    Service("okta", "Okta", "https://status.okta.com", "https://feeds.feedburner.com/OktaTrustRSS", "feed"),
    Service("paypal", "PayPal", "https://www.paypal-status.com", "https://www.paypal-status.com/feed/rss", "feed"),
    _statuspage("stripe", "Stripe", "https://www.stripestatus.com"),
)
"""Others that tenants use."""

SERVICES = {service.name: service for service in (*SEED, *SINCE, *OTHERS)}
"""Every row by name."""

DEFAULT = tuple(service.name for service in SEED)


def table() -> str:
    """The table of the services, in Markdown: what the docs show."""
    heads = ["name", "service", "page", "read from", "format", "what matters of it"]
    rows = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join([*rows, *map(_line, SERVICES.values())])


def _line(service: Service) -> str:
    name = f"**`{service.name}`**" if service.name in DEFAULT else f"`{service.name}`"
    what = f"| {name} | {service.title} | <{service.page}> |"
    if not service.address:
        return f"{what} nothing: *unknown*, with the link | | |"
    source = f"`{service.address}`" + (f", else `{service.second}`" if service.second else "")
    return f"{what} {source} | `{service.format}`: {FORMATS[service.format].told} | {_matters(service)} |"


def _matters(service: Service) -> str:
    wanted = service.wanted
    told = [", ".join(f"`{each}`" for each in wanted.components)]
    told.append(f"in {', '.join(f'`{each}`' for each in wanted.regions)}" if wanted.regions else "")
    told.append(f"and whatever is {wanted.whatever.name.lower()}" if wanted.whatever else "")
    if service.address.count("{component}") and not wanted.components:
        return "the instances that you name"
    return " ".join(filter(None, told)) or "all of it"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
