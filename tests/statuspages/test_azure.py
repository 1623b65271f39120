from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.failures import Unreadable
from monitor.statuspages.azure import read
from monitor.statuspages.page import Answer, Component, Notice, Severity
from monitor.statuspages.weighing import Wanted
from tests.statuspages.feeds import (
    LONG_AGO,
    NOW,
    item,
    reads_or_says_why_not,
    rss,
    severity,
    stays_ill,
)
from tests.statuspages.recordings import REMADE, both

OK, INFO, MAINTENANCE, PARTIAL = Severity.OK, Severity.INFO, Severity.MAINTENANCE, Severity.PARTIAL
UNKNOWN = Severity.UNKNOWN
ENTRA = ("Microsoft Entra*", "*Active Directory*", "*B2C*", "*identity*", "*sign-in*")
BARE = f"{LONG_AGO:%a, %d %b %Y %H:%M:%S} Z"
LOGIN = item(
    guid="logins-fail",
    link="https://azure.status.microsoft/en-us/status",
    category=["Microsoft Entra ID", "West Europe"],
    title="Logins fail",
    description="<p>Customers of Microsoft Entra ID in West Europe cannot sign in.</p>",
    pubDate=BARE,
)


def azure(*items: str) -> bytes:
    return rss(*items, title="Azure Status", built=NOW)


def only(body: bytes) -> Notice:
    (found,) = read(Answer(body)).notices
    return found


@pytest.mark.parametrize("before", [b"", b"\n", b"\r\n  "])
def test_channel_without_items_is_healthy(before: bytes) -> None:
    page = read(Answer(before + azure()))

    assert (page.name, page.components, page.notices) == ("Azure Status", None, ())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (rss(LOGIN, title="Another Status"), 'of "Another Status"'),
        (rss(title="Service Unavailable"), "Service Unavailable"),
        (b"<html><head><title>Azure Status</title></head></html>", "an HTML page"),
        (azure(item(title="Logins fail")), "without a description"),
        (azure(item(description="Logins fail")), "without a title"),
        (azure(LOGIN)[:-20], "not well-formed"),
    ],
)
def test_another_feed_or_another_shape_is_unreadable(body: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read(Answer(body))


def test_open_item_tells_what_it_is_on_and_when_it_began() -> None:
    assert only(azure(LOGIN)) == Notice(
        title="Logins fail",
        severity=PARTIAL,
        components=(Component("Microsoft Entra ID", PARTIAL, "West Europe"),),
        text="Logins fail Customers of Microsoft Entra ID in West Europe cannot sign in.",
        since=LONG_AGO,
        touched=None,
        link="https://azure.status.microsoft/en-us/status",
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Logins fail", PARTIAL),
        ("Planned maintenance: West Europe", MAINTENANCE),
        ("Logins fail after planned maintenance", PARTIAL),
        ("Advisory: new addresses", INFO),
        ("Informational - new addresses", INFO),
        ("Azure Advisor is slow", PARTIAL),
        ("Mitigation under way: logins fail", PARTIAL),
    ],
)
def test_title_tells_what_little_there_is_of_severity(title: str, expected: Severity) -> None:
    assert only(azure(item(title=title, description="More."))).severity is expected


@pytest.mark.parametrize("title", ["RESOLVED - Logins fail", "Resolved: Logins fail", "Mitigated - Logins fail"])
def test_item_that_is_called_over_is_over(title: str) -> None:
    assert read(Answer(azure(item(title=title, description="More.")))).notices == ()


@pytest.mark.parametrize(
    "region",
    [
        "West Europe",
        "East US 2",
        "Australia Central",
        "Australia Central 2",
        "South Central US",
        "Germany West Central",
        "UAE North",
        "South Africa North",
        "Southeast Asia",
        "Jio India West",
        "US Gov Virginia",
        "US DoD East",
        "New Zealand North",
        "UK South",
        "France Central",
    ],
)
def test_category_that_names_a_region_is_one(region: str) -> None:
    found = only(azure(item(title="a", description="b", category=["Virtual Machines", region])))

    assert found.components == (Component("Virtual Machines", PARTIAL, region),)


@pytest.mark.parametrize(
    "service", ["Azure IoT Central", "Network Infrastructure", "Azure Front Door", "Microsoft Entra ID"]
)
@pytest.mark.parametrize("everywhere", ["Public Non-Regional", "Non-Regional", "Global", None])
def test_service_of_no_region_is_in_all(service: str, everywhere: str | None) -> None:
    found = only(azure(item(title="a", description="b", category=[service, everywhere] if everywhere else [service])))

    assert found.components == (Component(service, PARTIAL),)


def test_every_service_is_paired_with_every_region() -> None:
    categories = ["Storage", "West US", "Azure DNS", "East US"]
    found = only(azure(item(title="a", description="b", category=categories)))

    assert {(part.name, part.region) for part in found.components} == {
        (service, region) for service in ("Storage", "Azure DNS") for region in ("West US", "East US")
    }


def test_too_many_pairs_are_all_regions() -> None:
    categories = [f"Service {each}" for each in range(300)] + ["West US", "East US"]
    found = only(azure(item(title="a", description="b", category=categories)))

    assert len(found.components) == 300
    assert {part.region for part in found.components} == {""}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(("Microsoft Entra*",), ("West Europe",)), PARTIAL),
        (Wanted(("*entra*",)), PARTIAL),
        (Wanted(("Storage",)), OK),
        (Wanted((), ("West Europe",)), PARTIAL),
        (Wanted(), PARTIAL),
    ],
)
def test_filters_choose_by_service_and_region(wanted: Wanted, expected: Severity) -> None:
    assert severity(read, azure(LOGIN), wanted) is expected


def test_item_without_a_category_is_found_by_its_text() -> None:
    body = azure(item(title="Logins fail", description="<b>Microsoft Entra</b> is slow", pubDate=BARE))

    assert severity(read, body, Wanted(ENTRA)) is PARTIAL
    assert severity(read, body, Wanted(("Storage",))) is OK


def test_nothing_that_happens_to_the_feed_makes_an_open_incident_well() -> None:
    stays_ill(read, azure(LOGIN), Wanted(ENTRA, ("West Europe",)))


def test_any_bytes_are_read_or_unreadable() -> None:
    reads_or_says_why_not(read, azure(LOGIN))


@both
@pytest.mark.parametrize(
    ("name", "components", "expected"),
    [
        ("feed-healthy-empty", (), OK),
        ("feed-incident-westus-early", (*ENTRA, "Azure Front Door", "Network Infrastructure"), PARTIAL),
        ("feed-incident-westus-early", ENTRA, OK),
        ("feed-incident-westus-early", ("*Entra*",), OK),
        ("feed-incident-2022-09-07-frontdoor-same-guid", ("Azure Front Door",), PARTIAL),
        ("feed-incident-2022-09-07-frontdoor-same-guid", ENTRA, OK),
    ],
)
def test_recorded_feeds_are_judged_as_they_deserve(
    payloads: Path, name: str, components: tuple[str, ...], expected: Severity
) -> None:
    body = (payloads / "azure" / f"{name}.xml").read_bytes()
    alive = read(Answer(body)).alive
    assert alive is not None

    assert severity(read, body, Wanted(components), alive.at) is expected
    assert severity(read, body, Wanted(), alive.at) is (OK if "healthy" in name else PARTIAL)
    assert severity(read, body, Wanted(), alive.at + timedelta(days=2)) is UNKNOWN


TITLE = "Issues connecting to resources in West US"


@both
def test_recorded_incident_is_of_its_region(payloads: Path) -> None:
    found = only((payloads / "azure" / "feed-incident-westus-early.xml").read_bytes())

    assert found.components == (Component("Network Infrastructure", PARTIAL, "West US"),)
    assert found.title == ("Half of a region is hard to reach" if payloads == REMADE else TITLE)
    assert found.since is not None
    assert found.since.isoformat() == "2026-07-23T16:29:09+00:00"
