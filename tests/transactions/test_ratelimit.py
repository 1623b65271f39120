"""How much of a limit is left, in either of the forms that Auth0 uses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from monitor.transactions.ratelimit import Limit, read


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        ({"x-ratelimit-limit": "30", "x-ratelimit-remaining": "29"}, Limit(30, 29)),
        ({"x-ratelimit-limit": " 30 ", "x-ratelimit-remaining": "0"}, Limit(30, 0)),
        ({"auth0-ratelimit": "client;q=10;t=1;r=9"}, Limit(10, 9)),
        ({"auth0-ratelimit": "q=10; r=9"}, Limit(10, 9)),
        ({"auth0-ratelimit": "client;q=10;r=9", "x-ratelimit-limit": "5", "x-ratelimit-remaining": "4"}, Limit(5, 4)),
        ({}, None),
        ({"x-ratelimit-limit": "30"}, None),
        ({"x-ratelimit-remaining": "30"}, None),
        ({"x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-limit": "-5", "x-ratelimit-remaining": "1"}, None),
        ({"x-ratelimit-limit": "many", "x-ratelimit-remaining": "1"}, None),
        ({"x-ratelimit-limit": "9" * 5000, "x-ratelimit-remaining": "1"}, None),
        ({"auth0-ratelimit": "client;q=10;t=1"}, None),
        ({"auth0-ratelimit": "client;quota=10;rest=9"}, None),
    ],
)
def test_limit_is_read(headers: dict[str, str], limit: Limit | None) -> None:
    assert read(headers) == limit


def test_case_of_the_headers_does_not_matter_where_they_come_from_the_wire() -> None:
    assert read(CaseInsensitiveDict({"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "1"})) == Limit(30, 1)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_headers_can_be_read(limit: str, remaining: str, policy: str) -> None:
    found = read({"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "auth0-ratelimit": policy})

    assert found is None or (found.limit > 0 and found.remaining >= 0)
