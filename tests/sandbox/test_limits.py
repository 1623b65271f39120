"""The limits: generous ones, which are only told, and the real ones, which bite."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from requests import Response

from sandbox.limits import Bucket, Window
from sandbox.memory import Recent
from tests.sandbox.asking import Client, Starting


@pytest.fixture
def strict(started: Starting) -> Client:
    return started(limits="real")


def wait_for_a_fresh_second() -> None:
    """Limits are per second of the clock: whoever counts starts with one."""
    time.sleep(1.02 - time.time() % 1)


def test_generous_limits_are_told_and_count_down(started: Starting) -> None:
    client = started()
    token = client.token().json()["access_token"]
    asks: tuple[Callable[[], Response], ...] = (
        client.token,
        client.ro,
        lambda: client.get("/.well-known/jwks.json"),
        lambda: client.userinfo(token),
    )
    for ask in asks:
        first, second = ask().headers, ask().headers

        assert int(first["x-ratelimit-limit"]) >= 100_000
        assert int(second["x-ratelimit-remaining"]) in (
            int(first["x-ratelimit-remaining"]) - 1,
            int(first["x-ratelimit-limit"]) - 1,  # a new minute began in between
        )
        assert 0 <= int(first["x-ratelimit-reset"]) - time.time() <= 60


def test_the_keys_may_be_asked_for_twenty_times_a_second(strict: Client) -> None:
    wait_for_a_fresh_second()
    responses = [strict.get("/.well-known/jwks.json") for _ in range(21)]

    assert [response.status_code for response in responses] == [200] * 20 + [429]
    assert responses[0].headers["x-ratelimit-remaining"] == "19"
    assert responses[-1].headers["x-ratelimit-remaining"] == "0"
    assert responses[-1].json()["error"] == "too_many_requests"


def test_the_token_endpoint_may_be_asked_thirty_times_a_second(strict: Client) -> None:
    wait_for_a_fresh_second()

    assert [strict.machine().status_code for _ in range(31)] == [200] * 30 + [429]


def test_one_user_may_log_in_twenty_times_and_then_has_to_wait(strict: Client) -> None:
    statuses = [strict.token().status_code for _ in range(21)]
    refused = strict.ro()

    assert statuses == [200] * 20 + [429]
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["x-ratelimit-reset"]) - time.time() <= 7
    assert strict.token(**strict.custom_user | {"grant_type": "password"}).status_code == 403


def test_one_profile_may_be_seen_ten_times_and_then_has_to_wait(strict: Client) -> None:
    token = strict.token().json()["access_token"]
    responses = [strict.userinfo(token) for _ in range(11)]

    assert [response.status_code for response in responses] == [200] * 10 + [429]
    assert responses[-1].json()["error_description"] == "You have exceeded the rate limit on /userinfo"


def test_ten_wrong_passwords_block_a_user_whatever_comes_then(strict: Client) -> None:
    wrong = [strict.token(password="wrong").status_code for _ in range(10)]
    refused = strict.token()

    assert wrong == [403] * 10
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_attempts")
    assert strict.machine().status_code == 200


def test_a_right_password_starts_the_count_again(strict: Client) -> None:
    for _ in range(9):
        strict.token(password="wrong")

    assert strict.token().status_code == 200
    assert strict.token(password="wrong").status_code == 403
    assert strict.token().status_code == 200


def test_wrong_passwords_do_not_block_where_limits_are_generous(started: Starting) -> None:
    client = started()

    assert {client.token(password="wrong").status_code for _ in range(15)} == {403}
    assert client.token().status_code == 200


def test_a_node_may_be_asked_ten_times_a_second(strict: Client) -> None:
    wait_for_a_fresh_second()

    assert [strict.metric(1).status for _ in range(11)] == [204] * 10 + [429]
    assert strict.metric(2).status == 204


def test_a_node_may_be_asked_as_often_as_anybody_likes_where_limits_are_generous(well: Client) -> None:
    assert {well.metric(1).status for _ in range(25)} == {204}


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.at = 1_000_000.25

    def time(self) -> float:
        return self.at

    monotonic = time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("sandbox.limits.time", clock)
    return clock


def test_a_bucket_is_refilled_drop_by_drop_and_never_overflows(clock: Clock) -> None:
    bucket = Bucket(10, 5)
    first = [bucket.take() for _ in range(11)]
    clock.at += 11
    early = bucket.take()
    clock.at += 1.01
    due = bucket.take()
    clock.at += 3600
    later = [bucket.take().within for _ in range(11)]

    assert [each.remaining for each in first] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0]
    assert [each.within for each in first] == [True] * 10 + [False]
    assert {each.limit for each in first} == {10}
    assert first[0].reset == 1_000_001, "there is room at once"
    assert first[10].reset == 1_000_013, "one comes back in twelve seconds"
    assert (early.within, due.within) == (False, True)
    assert later == [True] * 10 + [False]


def test_a_window_begins_again_with_each_of_its_stretches(clock: Clock) -> None:
    window = Window(2, 10)
    told = [window.take() for _ in range(3)]
    clock.at += 9
    same = window.take()
    clock.at += 1
    fresh = window.take()

    assert [(each.limit, each.remaining, each.within) for each in told] == [(2, 1, True), (2, 0, True), (2, 0, False)]
    assert {each.reset for each in told} == {1_000_010}
    assert (same.within, fresh.within, fresh.remaining, fresh.reset) == (False, True, 1, 1_000_020)


@pytest.mark.usefixtures("clock")
def test_oauth_ro_may_be_asked_thirty_times_a_second(strict: Client) -> None:
    answers = [strict.ro(client_id="nobody") for _ in range(31)]

    assert [each.status_code for each in answers] == [403] * 30 + [429]
    assert answers[-1].json()["error"] == "too_many_requests"
    assert answers[-1].headers["x-ratelimit-limit"] == "30"


def test_what_is_remembered_has_a_limit_and_the_oldest_goes_first() -> None:
    recent: Recent[str, int] = Recent()
    recent.most = 2
    for number, name in enumerate("abca"):
        recent[name] = number

    assert list(recent.items()) == [("c", 2), ("a", 3)]
