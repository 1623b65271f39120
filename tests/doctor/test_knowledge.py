"""The doctor on the Management API: which scopes are there, missing, or may write, and how each connection stands."""

from __future__ import annotations

import pytest

import sandbox
from monitor.management.access import SCOPES
from tests.doctor.conftest import Doctor

SECTION = "Management API of localhost"


def test_scopes_and_connections_are_told_a_line_each(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box, "--login")
        tokens = [each for each in box.handed_out if each in str(told.document)]

    first, *connections = told.lines(SECTION, "ok")
    assert first == f"scopes: {', '.join(SCOPES)}"
    assert len(connections) == 4
    assert all("is there, and enabled for the application" in each for each in connections)
    assert tokens == []
    assert sandbox.MANAGEMENT["AUTH0_MANAGEMENT_CLIENT_SECRET"] not in str(told.document)


def test_without_being_asked_to_it_asks_for_no_token(doctor: Doctor) -> None:
    with sandbox.start() as box:
        (line,) = doctor(box).lines(SECTION)
        kinds = {each.kind for each in box.asked}

    assert "--login asks for one token" in line
    assert not any(kind.startswith("management") for kind in kinds)


@pytest.mark.parametrize(
    ("told", "mark", "words"),
    [
        ("scopes-missing", "off", "the scope read:users is missing: whether the synthetic user is blocked"),
        ("write-scope", "BAD", "its scopes may write (delete:connections, update:users)"),
        ("refused", "BAD", "AUTH0_MANAGEMENT_CLIENT_SECRET: the tenant refuses this application a token"),
        ("down", "BAD", "hands out no token"),
        ("connection-gone", "BAD", "the tenant has no connection custom-users"),
        ("connector-offline", "BAD", "the AD/LDAP connector of the connection custom-users is offline"),
    ],
)
def test_what_is_wrong_is_named(doctor: Doctor, told: str, mark: str, words: str) -> None:
    with sandbox.start([f"management={told}"]) as box:
        found = doctor(box, "--login").lines(SECTION, mark)

    assert [line for line in found if words in line], found


def test_half_of_the_credentials_is_named_among_the_settings(doctor: Doctor) -> None:
    with sandbox.start() as box:
        told = doctor(box, AUTH0_MANAGEMENT_CLIENT_SECRET=None)

    (line,) = told.lines("Settings of localhost", "BAD")
    assert "AUTH0_MANAGEMENT_CLIENT_SECRET is not set, though AUTH0_MANAGEMENT_CLIENT_ID is" in line
