"""The services that a tenant leans on: a row for each. To watch another one, add a row, or set its variables."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor import console
from monitor.statuspages import FORMATS
from monitor.statuspages.page import Severity
from monitor.statuspages.weighing import Wanted


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its status page.

    ``name`` is its word in AUTH0_DEPENDENCIES; ``page`` is for people; ``address`` is for us (empty: there is none that
    a program could read, and ``nothing`` says why), with ``{component}`` where each component that matters has an
    address of its own; ``second`` is asked where the first cannot be read, and each ``beside``, with its format, where
    the first is: it says positively what that may merely be silent about, and never speaks alone; with ``needs_both``
    neither does. ``format`` is a name in ``statuspages.FORMATS``. ``calls_itself`` is in the name that the right page
    gives itself. ``old`` is the address in Auth0's own list of 2019.

    Of an address of the user's own, ``recognise`` lets the answer say how it is written (``format`` may then be empty),
    ``expected`` is what an API has to answer, and ``stale`` days after which what nobody has touched does not count.
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
    beside: tuple[tuple[str, str], ...] = ()
    needs_both: bool = False
    nothing: str = ""
    recognise: bool = False
    expected: tuple[str, str | None] | None = None
    stale: float | None = None


def _statuspage(name: str, title: str, page: str, *components: str, old: str = "", calls_itself: str = "") -> Service:
    """A service with a page by Statuspage, or of its shape; each of the names that are told without ``*`` is there."""
    address = f"{page}/api/v2/summary.json"
    wanted = Wanted(components, every=not any("*" in each for each in components))
    return Service(name, title, page, address, wanted=wanted, old=old, calls_itself=calls_itself or title)


_AWS = "https://health.aws.amazon.com/public/currentevents"
_AWS_FEED = "https://status.aws.amazon.com/rss/all.rss"
_AWS_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_AZURE = "https://rssfeed.azure.status.microsoft/en-us/status/feed/"
_POSTS = "https://status.cloud.microsoft/api/posts"
_ENTRA = (
    *("*Entra ID*", "Microsoft Entra*", "*Azure Active Directory*", "*B2C*", "*identity*", "*sign-in*"),
    *("Azure Front Door", "Network Infrastructure"),
)

SEED = (
    Service(
        "aws",
        "Amazon Web Services",
        "https://health.aws.amazon.com/health/status",
        _AWS,
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
            _AWS_REGIONS,
        ),
        second=_AWS_FEED,
        old="https://status.aws.amazon.com/",
    ),
    Service(
        "azure-ad",
        "Azure Active Directory (Microsoft Entra ID)",
        "https://azure.status.microsoft/en-us/status",
        _AZURE,
        "azure",
        Wanted(_ENTRA),
        beside=((f"{_POSTS}/azure", "microsoft"),),
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

IDENTITY = (
    Service(
        "apple",
        "Apple",
        "https://www.apple.com/support/systemstatus/",
        "https://www.apple.com/support/systemstatus/data/system_status_en_US.js",
        "apple",
        Wanted(("Sign in with Apple", "Apple Account", "Apple ID")),
    ),
    _statuspage("duo", "Duo", "https://status.duo.com"),
    _statuspage("jumpcloud", "JumpCloud", "https://status.jumpcloud.com"),
    _statuspage("linkedin", "LinkedIn", "https://www.linkedin-apistatus.com"),
    Service(
        "microsoft-365",
        "Microsoft 365",
        "https://status.cloud.microsoft",
        _AZURE,
        "azure",
        Wanted(_ENTRA),
        beside=((f"{_POSTS}/m365Consumer", "microsoft"), (f"{_POSTS}/mac", "microsoft")),
        needs_both=True,
    ),
    Service("okta", "Okta", "https://status.okta.com", "https://feeds.feedburner.com/OktaTrustRSS", "feed"),
    Service("onelogin", "OneLogin", "https://www.onelogin.com/status"),
    _statuspage("ping", "Ping Identity", "https://status.pingidentity.com", calls_itself="Ping"),
    Service("x", "X", "https://devcommunity.x.com", nothing="X publishes no status"),
)
"""Who else lets the users of tenants in."""

MESSAGES = (
    _statuspage("bird", "Bird", "https://status.bird.com"),
    _statuspage("mailgun", "Mailgun", "https://status.mailgun.com"),
    Service(
        "postmark",
        "Postmark",
        "https://status.postmarkapp.com",
        "https://status.postmarkapp.com/api/v1/status",
        "sorry",
    ),
    Service(
        "ses",
        "Amazon SES",
        "https://health.aws.amazon.com/health/status",
        _AWS,
        "aws",
        Wanted(("ses",), _AWS_REGIONS),
        second=_AWS_FEED,
    ),
    _statuspage("sparkpost", "SparkPost", "https://status.sparkpost.com"),
    _statuspage("vonage", "Vonage", "https://vonageapi.statuspage.io"),
)
"""Who carries their mails and messages, besides those above."""

OTHERS = (
    _statuspage("cloudflare", "Cloudflare", "https://www.cloudflarestatus.com", "API", "*DNS*", "*CDN*"),
    _statuspage("datadog", "Datadog", "https://status.datadoghq.com"),
    _statuspage("new-relic", "New Relic", "https://status.newrelic.com"),
    _statuspage("npm", "npm", "https://status.npmjs.org"),
    Service("paypal", "PayPal", "https://www.paypal-status.com", "https://www.paypal-status.com/feed/rss", "feed"),
    _statuspage("stripe", "Stripe", "https://www.stripestatus.com"),
)
"""Others that tenants use."""

SERVICES = {service.name: service for service in (*SEED, *SINCE, *IDENTITY, *MESSAGES, *OTHERS)}
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
        why = f"nothing, since {service.nothing}" if service.nothing else "nothing"
        return f"{what} {why}: *skipped*, with the link | | |"
    source = f"`{service.address}`" + (f", else `{service.second}`" if service.second else "")
    also = [address for address, _ in service.beside] or [FORMATS[service.format].beside(service.address)]
    source += f", and beside it {' and '.join(f'`{each}`' for each in also if each)}" if any(also) else ""
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
    console.say(table() + "\n")
