"""Payloads as vendors write them, with invented names, each with the answer that is right at its moment and later.

What is right was written down before anything was run. ``later`` is fifteen days after: what is open and untouched
since then does not count any more and is told, and a positive statement that old is unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.statuspages import FORMATS
from monitor.statuspages.page import Answer, Page, Severity
from monitor.statuspages.weighing import Reading, Wanted, weigh

FOLDER = Path(__file__).parent / "shown"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
LATER = timedelta(days=15)
STALE = timedelta(days=14)

OK, MAINTENANCE, INFO, UNKNOWN = Severity.OK, Severity.MAINTENANCE, Severity.INFO, Severity.UNKNOWN
DEGRADED, PARTIAL, MAJOR = Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR
SIGN_IN = Wanted(("Sign-in",))
IAM = Wanted(("App ID", "*IAM*", "*Identity*"))
FORGOTTEN = "it had no update for 14 days"
STOPPED = "it may have stopped"


class Shown(NamedTuple):
    """A payload: how bad it is, in which words; the same later. ``beside`` are the other parts of its page."""

    file: str
    severity: Severity
    words: str
    later: Severity
    later_words: str = ""
    wanted: Wanted = Wanted()
    beside: tuple[str, ...] = ()
    status: int = 200
    format: str = ""

    @property
    def form(self) -> str:
        return self.format or self.file.partition("-")[0].partition(".")[0]

    @property
    def page(self) -> Page:
        answers = [Answer((FOLDER / each).read_bytes(), "", self.status) for each in (self.file, *self.beside)]
        return FORMATS[self.form].read(*answers)

    def reading(self, after: timedelta = timedelta()) -> Reading:
        return weigh(self.page, self.wanted, now=NOW + after, stale=STALE)


SHOWN = (
    Shown("statuspage-well.json", OK, "nothing is wrong with Sign-in, Reports", UNKNOWN, STOPPED),
    Shown("statuspage-open-incident.json", DEGRADED, "Sign-in is slow for some", UNKNOWN, FORGOTTEN),
    Shown("statuspage-resolved-and-planned.json", OK, 'to come: "New disks"', UNKNOWN, STOPPED),
    Shown("statuspage-no-components.json", MAJOR, '"Sign-in fails" (major) since 2026-11-22 01', UNKNOWN, FORGOTTEN),
    Shown(
        "statuspage-worse-component.json",
        MAJOR,
        'Sign-in: major; open on it: "Sign-in is slow for some" (degraded) since 2026-11-22 01:00 UTC, on Sign-in; see',
        UNKNOWN,
        FORGOTTEN,
    ),
    Shown("statuspage-incidentio.json", MAJOR, '"Nobody can sign in" (major)', UNKNOWN, FORGOTTEN),
    Shown("statuspage-incidentio.json", OK, "1 open on what does not matter", UNKNOWN, STOPPED, Wanted(("Reports",))),
    Shown("statuspage-rootly.json", DEGRADED, "see https://status.acme.example/incidents/abc123", UNKNOWN, FORGOTTEN),
    Shown(
        "statuspage-names-nothing.json",
        DEGRADED,
        "open, and does not name your components",
        UNKNOWN,
        FORGOTTEN,
        SIGN_IN,
    ),
    Shown("statuspage-names-nothing.json", MAJOR, '"Charts in reports are empty" (major)', UNKNOWN, FORGOTTEN),
    Shown("aws-open.json", MAJOR, '"Sign-in fails" (major)', OK, FORGOTTEN, Wanted(("iam",), ("us-east-1",))),
    Shown("aws-open.json", OK, "1 open on what does not matter", OK, "", Wanted(("iam",), ("eu-west-1",))),
    Shown("aws-updates.rss", OK, "nothing is wrong", UNKNOWN, STOPPED),
    Shown("azure-well.xml", OK, "nothing is wrong", UNKNOWN, STOPPED),
    Shown("azure-stopped.xml", UNKNOWN, STOPPED, UNKNOWN, STOPPED),
    Shown("azure-open.xml", PARTIAL, '"Sign-in fails in West Europe"', UNKNOWN, STOPPED),
    Shown("google-archive.json", OK, "nothing is wrong", OK),
    Shown("google-open.json", MAJOR, '"Nobody gets mail" (major)', OK, FORGOTTEN, Wanted(("Gmail",))),
    Shown("meta-orgs.json", OK, "nothing is wrong with Facebook Login", OK, "", Wanted(("facebook-login",))),
    Shown("meta-orgs.json", PARTIAL, "Ads Creation: partial", PARTIAL, "", Wanted(("Ads Manager",))),
    Shown("meta-two-updates.rss", OK, "nothing is wrong", OK),
    Shown("slack-open.json", MAJOR, '"Nobody can sign in" (major)', OK, FORGOTTEN),
    Shown("slack-well.json", OK, "nothing is wrong", OK),
    Shown("salesforce-well.json", OK, 'to come: "A new release"', MAINTENANCE),
    Shown("heroku-well.json", OK, "nothing is wrong with Apps, Data, Tools", OK),
    Shown("heroku-open.json", MAJOR, '"Requests fail" (major)', MAJOR, FORGOTTEN),
    Shown("statusio-open.json", PARTIAL, '"Sign-in fails for some" (partial)', UNKNOWN, FORGOTTEN),
    Shown("statusio-open.json", OK, "nothing is wrong with Git", UNKNOWN, STOPPED, Wanted(("Git",))),
    Shown("instatus-summary.json", DEGRADED, '"Sign-in is slow" (degraded)', OK, FORGOTTEN),
    Shown("instatus-summary-well.json", OK, "nothing is wrong", OK),
    Shown("instatus-summary-script-dates.json", MAINTENANCE, "until 2026-11-22 03:30 UTC", MAINTENANCE),
    Shown("instatus-components.json", MAJOR, "Mails: major", MAJOR),
    Shown("instatus-components.json", OK, "nothing is wrong with Sign-in", OK, "", SIGN_IN),
    Shown(
        "instatus-summary.json",
        DEGRADED,
        "open, and does not name your components, but its text speaks of Sign-in",
        OK,
        FORGOTTEN,
        SIGN_IN,
        ("instatus-components.json",),
    ),
    Shown("betterstack-index.json", MAJOR, '"Nobody can sign in" (major)', UNKNOWN, FORGOTTEN),
    Shown("betterstack-index.json", OK, "nothing is wrong with Reports", UNKNOWN, STOPPED, Wanted(("Reports",))),
    Shown("betterstack-index-well.json", OK, 'to come: "New disks"', UNKNOWN, STOPPED),
    Shown("sorry-status.json", DEGRADED, "Acme: degraded", DEGRADED),
    Shown("sorry-components.json", OK, "nothing is wrong with SMTP, Web", OK),
    Shown(
        "sorry-status.json",
        DEGRADED,
        '"Mails are late" (degraded)',
        OK,
        FORGOTTEN,
        Wanted(("SMTP",)),
        ("sorry-components.json", "sorry-notices.json"),
    ),
    Shown("apple-open.json", MAJOR, '"Users cannot sign in." (major)', OK, FORGOTTEN, Wanted(("Sign in with Apple",))),
    Shown("apple-open.json", OK, "nothing is wrong with App Store", OK, "", Wanted(("App Store",))),
    Shown("apple-developer.js", OK, 'to come: "A service will be renewed."', OK, FORGOTTEN),
    Shown("microsoft-post.json", OK, "nothing is wrong", UNKNOWN, STOPPED),
    Shown("microsoft-post-degraded.json", DEGRADED, '"Users may be unable to sign in" (degraded)', UNKNOWN, STOPPED),
    Shown(
        "kuma-heartbeat.json", OK, "nothing is wrong with Sign-in, Mails", UNKNOWN, STOPPED, beside=("kuma-page.json",)
    ),
    Shown("kuma-page.json", OK, "nothing is wrong with Sign-in", UNKNOWN, STOPPED, SIGN_IN, ("kuma-heartbeat.json",)),
    Shown("kuma-heartbeat-down.json", MAJOR, "Sign-in: major", UNKNOWN, STOPPED, beside=("kuma-page.json",)),
    Shown("kuma-heartbeat.json", OK, "nothing is wrong with monitor 1, monitor 2", UNKNOWN, STOPPED),
    Shown("kuma-page.json", UNKNOWN, "Sign-in, Mails: not understood", UNKNOWN),
    Shown("kuma-page-message.json", DEGRADED, '"Mails are late"', UNKNOWN, FORGOTTEN, beside=("kuma-heartbeat.json",)),
    Shown("cachet-components.json", PARTIAL, "Sign-in: partial", PARTIAL),
    Shown(
        "cachet-components.json", PARTIAL, '"Sign-in is slow"', PARTIAL, FORGOTTEN, beside=("cachet-incidents.json",)
    ),
    Shown("cachet-components-well.json", OK, "nothing is wrong with Sign-in", OK),
    Shown("auth0-feed.atom", OK, "nothing is wrong", OK),
    Shown("health-well.json", OK, "nothing is wrong", OK),
    Shown("health-degraded.json", DEGRADED, "the API", DEGRADED),
    Shown("health-down.json", MAJOR, "the API", MAJOR),
    Shown("health-down.json", MAJOR, "the API", MAJOR, status=503),
    Shown("answer.txt", OK, "nothing is wrong", OK),
    Shown("feed-instatus-resolved.atom", OK, "nothing is wrong", OK),
    Shown("feed-instatus-oldest-first.atom", OK, "nothing is wrong", OK),
    Shown("feed-instatus-open.atom", DEGRADED, '"Sign-in fails" (degraded)', OK, FORGOTTEN),
    Shown(
        "feed-instatus-planned.atom", OK, 'to come: "A new version" (maintenance) since 2026-11-27 06:00', OK, FORGOTTEN
    ),
    Shown("feed-betterstack-recovered.rss", OK, "nothing is wrong", OK),
    Shown("feed-betterstack-reopened.rss", DEGRADED, '"[Investigating] Sign-in is slow"', OK, FORGOTTEN),
    Shown("feed-betterstack-titles-differ.rss", OK, "nothing is wrong", OK),
    Shown("feed-category-resolved.rss", OK, "nothing is wrong", OK),
    Shown("feed-category-open.rss", DEGRADED, "on Sign-in", OK, FORGOTTEN),
    Shown("feed-status-line.rss", OK, "nothing is wrong", OK),
    Shown("feed-status-table.rss", OK, "nothing is wrong", OK),
    Shown("feed-status-line-open.rss", DEGRADED, '"Sign-in fails"', DEGRADED),  # its update has no time
    Shown("feed-heading.rss", OK, "nothing is wrong", OK),
    Shown("feed-element.rss", OK, "nothing is wrong", OK),
    Shown("feed-ibm.rss", OK, "nothing is wrong", OK, "", IAM),
    Shown("feed-ibm-open.rss", DEGRADED, '"Tokens are refused in eu-de"', OK, FORGOTTEN, IAM),
    Shown(
        "feed-statuspage-history.atom", OK, 'to come: "New disks" (maintenance) since 2026-11-25 02:00', OK, FORGOTTEN
    ),
    Shown("feed-incidentio.rss", OK, "nothing is wrong", OK),
    Shown("feed-incidentio-open.rss", DEGRADED, '"Sign-in fails"', DEGRADED),  # its update has no time
    Shown("feed-statusio.rss", OK, "nothing is wrong", OK),
    Shown("feed-statuscast.rss", OK, "nothing is wrong", OK),
    Shown("feed-site24x7.rss", OK, "nothing is wrong", OK),
    Shown("feed-freshstatus.rss", OK, "nothing is wrong", OK),
    Shown("feed-statushub.rss", OK, "nothing is wrong", OK),
    Shown("feed-hund.atom", OK, "nothing is wrong", OK),
    Shown("feed-okta.rss", DEGRADED, '"Feature Disruption - Reports are late"', OK, FORGOTTEN),
    Shown("feed-announcements.rss", OK, "nothing is wrong", OK),
    Shown("feed-not-resolved.rss", DEGRADED, '"Not resolved: Sign-in fails"', OK, FORGOTTEN),
    Shown("feed-partially-resolved.rss", DEGRADED, '"Sign-in fails"', OK, FORGOTTEN),
    Shown("feed-monitoring.rss", DEGRADED, '"Sign-in fails"', OK, FORGOTTEN),
    Shown("feed-sentence.rss", OK, "nothing is wrong", OK),
    Shown("feed-empty-stopped.rss", UNKNOWN, STOPPED, UNKNOWN, STOPPED),
    Shown("feed-empty-built-now.rss", OK, "nothing is wrong", UNKNOWN, STOPPED),
    Shown("feed-old-open.rss", OK, FORGOTTEN, OK, FORGOTTEN),
    Shown("feed-dated-lines.rss", OK, "nothing is wrong", OK),
    Shown("feed-one-address.rss", DEGRADED, '"Sign-in fails"', OK, FORGOTTEN),
    Shown("feed-google-blog.rss", OK, "nothing is wrong", OK),
)
"""Every payload, with what is right."""
