"""The scrubber: whatever way a secret comes into a text, it does not leave with it."""

from __future__ import annotations

import base64
import html
import json
import logging
import os
import string
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from monitor.secrets import MASK, Scrubber, tokens

PIECE = 11
"""A piece of a secret of this length must go."""

TEXT = st.text(max_size=60)
SECRETS = st.text(min_size=12, max_size=80) | st.text(string.ascii_letters + string.digits, min_size=12, max_size=80)


def knowing(*secrets: str) -> Scrubber:
    scrubber = Scrubber()
    for secret in secrets:
        scrubber.add(secret)
    return scrubber


def pieces(secret: str, length: int = PIECE) -> set[str]:
    return {secret[at : at + length] for at in range(len(secret) - length + 1)}


@given(SECRETS, TEXT, TEXT)
@example("abcabcabcabcabc", "abcabc", "abcabc")
@example("aaaaaaaaaaaaaaaaaa", "aaaa", "aaaaaaaaaaaa")
def test_no_piece_of_a_secret_is_left(secret: str, before: str, after: str) -> None:
    scrubbed = knowing(secret).scrub(f"{before}{secret}{after}")

    assert not [piece for piece in pieces(secret) if piece in scrubbed]


@given(SECRETS, st.integers(0, 80), st.integers(PIECE, 40), TEXT, TEXT)
def test_piece_that_was_cut_out_is_gone(secret: str, start: int, length: int, before: str, after: str) -> None:
    start = min(start, len(secret) - PIECE)
    piece = secret[start : start + length]

    scrubbed = knowing(secret).scrub(f"{before}{piece}{after}")

    assert MASK in scrubbed
    assert not [each for each in pieces(secret) if each in scrubbed]


@given(st.lists(SECRETS, min_size=1, max_size=4), TEXT)
def test_no_secret_of_many_is_left(secrets: list[str], between: str) -> None:
    scrubbed = knowing(*secrets).scrub(f"{between}|".join(secrets))

    assert not [secret for secret in secrets if secret in scrubbed]


@given(SECRETS, st.text("abc xyz/.:=\n", max_size=200))
def test_text_without_secrets_is_unchanged(secret: str, text: str) -> None:
    assume(not any(piece in text for form in _encoded(secret) for piece in pieces(form, 6)))

    assert knowing(secret).scrub(text) == text


def _encoded(secret: str) -> list[str]:
    pad = [base64.b64encode(b" " * n + secret.encode(errors="replace")).decode() for n in range(3)]
    return [secret, repr(secret), html.escape(secret), json.dumps(secret), quote(secret, errors="replace"), *pad]


@pytest.mark.parametrize(
    "encode",
    [
        lambda secret: quote(secret, safe=""),
        quote_plus,
        lambda secret: json.dumps(secret)[1:-1],
        html.escape,
        lambda secret: repr(secret)[1:-1],
        lambda secret: base64.b64encode(secret.encode()).decode().rstrip("="),
    ],
    ids=["url", "form", "json", "html", "repr", "base64"],
)
@pytest.mark.parametrize(
    "secret", ["pä$$ w&rd/'<\">+%41", "p'ä\"\\b/&", "näh?", "C:\\new\tline\nand more", "0123456789abcdef" * 4]
)
def test_encoded_secret_is_gone(secret: str, encode: Callable[[str], str]) -> None:
    assert knowing(secret).scrub(f"before {encode(secret)} after") == f"before {MASK} after"


def test_secret_in_bytes_that_are_no_text_is_gone() -> None:
    secret = os.fsdecode(b"pass\xffword-0123456789")

    assert knowing(secret).scrub(f"is {secret}") == f"is {MASK}"


@pytest.mark.parametrize("user", ["", "a", "ab", "abc", "api_keys_health"])
def test_secret_in_a_basic_header_is_gone(user: str) -> None:
    secret = "the-key-0123456789-abcdef"
    header = base64.b64encode(f"{user}:{secret}".encode()).decode()

    scrubbed = knowing(secret).scrub(f"Authorization: Basic {header}")

    shown, mask, rest = scrubbed.removeprefix("Authorization: Basic ").partition(MASK)
    assert (mask, rest.strip("=")) == (MASK, "")
    assert len(shown) * 6 // 8 <= len(f"{user}:") + 2, "more than two bytes of the secret can be read"


@pytest.mark.parametrize(("secret", "gone"), [("", False), ("abc", False), ("abcd", True), ("short-one-1", True)])
def test_secret_of_four_characters_is_the_shortest(secret: str, *, gone: bool) -> None:
    assert (MASK in knowing(secret).scrub(f"say {secret}.")) is gone


def test_short_secret_is_gone_only_whole() -> None:
    assert knowing("hunter2").scrub("hunter hunter2 hunter22") == f"hunter {MASK} {MASK}2"


def test_secret_that_holds_another_is_gone_too() -> None:
    assert knowing("abcd", "abcdef").scrub("abcdef") == MASK


def test_type_of_a_secret_does_not_matter() -> None:
    scrubber = Scrubber()
    scrubber.add(SecretStr("a-secret-0123456"))
    scrubber.add(None)

    assert scrubber.scrub("is a-secret-0123456") == f"is {MASK}"


class TestGroups:
    TOKENS = ("token-of-one-0123456789", "secret-of-two-9876543210", "for-everyone-abcdefghij")

    @pytest.fixture
    def scrubber(self) -> Scrubber:
        made = Scrubber()
        for secret, group in zip(self.TOKENS, ("one", "two", ""), strict=True):
            made.add(secret, group)
            made.add(f"{group}-pin", group)
        return made

    @pytest.mark.parametrize(
        ("groups", "left"), [((), 0), (("one",), 1), (("two",), 1), (("one", "two"), 0), (("nobody",), 2)]
    )
    def test_secrets_of_other_groups_are_left(self, scrubber: Scrubber, groups: tuple[str, ...], left: int) -> None:
        scrubbed = scrubber.scrub(" ".join(self.TOKENS), *groups)

        assert sum(secret in scrubbed for secret in self.TOKENS) == left
        assert self.TOKENS[2] not in scrubbed

    def test_forgotten_group_is_let_go(self, scrubber: Scrubber) -> None:
        scrubber.forget("one")
        scrubber.forget("nobody")

        one, two, everyone = self.TOKENS
        assert scrubber.scrub(f"{one} {two} {everyone}") == f"{one} {MASK} {MASK}"


def test_many_threads_may_add_and_scrub() -> None:
    scrubber = knowing("the-first-secret-of-all")
    problems: list[str] = []
    go = threading.Barrier(8)

    def work(number: int) -> None:
        go.wait(10)
        for each in range(60):
            secret = f"{number:04}-{each:04}-secret-of-a-thread"
            scrubber.add(secret, str(number % 2))
            if secret in scrubber.scrub(f"x {secret} y"):
                problems.append(secret)
            scrubber.forget("nobody")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not any(thread.is_alive() for thread in threads)
    assert not problems


@pytest.mark.parametrize(
    "text",
    ["abcdefghijkl" * 500, "abcdef" * 1000, "the quick brown fox " * 300, "a" * 6000],
    ids=["secrets", "grams", "prose", "same"],
)
def test_cost_grows_with_the_text_and_no_faster(text: str) -> None:
    scrubber = knowing("abcdefghijklmnopqrstuvwxyz", "a" * 200, *(f"{n:030}" for n in range(300)))

    def seconds(of: str) -> float:
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            scrubber.scrub(of)
            best = min(best, time.process_time() - began)
        return best

    assert seconds(text * 8) < 8 * 4 * max(seconds(text), 0.001)


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("", []),
        ("https://status.auth0.com/feed?domain={domain}", []),
        ("https://status.auth0.com/feed?domain=acme-prod-1&token=s3cr3t", ["acme-prod-1", "s3cr3t"]),
        ("https://u:pass@x.example/", ["pass"]),
        ("https://s3cr3t@x.example/", ["s3cr3t"]),
        ("https://u:p%40ss@x.example/", ["p%40ss", "p@ss"]),
        ("https://x.example/feed/0123456789abcdef0123/rss", ["0123456789abcdef0123"]),
        ("https://x.example/feed;id=0123456789abcdef0123", ["0123456789abcdef0123"]),
        ("https://x.example/feed?s3cr3t", ["s3cr3t"]),
        ("https://x.example/feed?flag&token=s3cr3t", ["s3cr3t"]),
        ("https://x.example/feed?incidents", []),
        ("https://x.example/feed?token=s3cr3t==", ["s3cr3t=="]),
        ("https://x.example/feed?token=s3cr%203t", ["s3cr%203t", "s3cr 3t"]),
        ("https://x.example/feed#/0123456789abcdef0123/incidents", ["0123456789abcdef0123"]),
        ("https://x.example/#incidents", []),
        ("https://x.example/feed?token=", []),
        ("https://x.example/api/v2/summary.json", []),
        ("https://x.example/status/google-workspace-of-acme/feed.rss", []),
        ("https://[::1/", ["https://[::1/"]),
    ],
)
def test_what_may_be_a_token_in_an_address_is_found(address: str, secrets: list[str]) -> None:
    assert tokens(address) == secrets


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("", []),
        ("slack://T1JJ3T3L2/A1B/TIiajkdnlazk/", ["T1JJ3T3L2", "TIiajkdnlazk"]),
        ("tgram://123456789:abcdef_ghijkl/99", ["123456789", "abcdef_ghijkl"]),
        (
            "mailto://me:p%40ssword@mail.example, json://host.example/+49301234",
            [
                *("p%40ssword", "p@ssword", "mail.example", "host.example", "+49301234", "49301234"),
            ],
        ),
        ("https://hc-ping.com/5bf66975-d4c7/fail", ["hc-ping.com", "5bf66975-d4c7"]),
        ("https://x.example/{status}/s3cr3t?said={message}#fr4gment", ["x.example", "s3cr3t", "fr4gment"]),
        ("https://[::1/s3cr3t", ["s3cr3t"]),
    ],
)
def test_all_of_an_address_that_is_a_secret_may_be_a_token(address: str, secrets: list[str]) -> None:
    assert tokens(address, 6) == secrets


@pytest.mark.parametrize("least", [None, 6, 12])
@given(st.text(max_size=60))
def test_any_text_is_looked_through(least: int | None, text: str) -> None:
    assert all(tokens(f"https://x.example/{text}", least))


class TestLogging:
    @pytest.fixture
    def logger(self) -> Iterator[logging.Logger]:
        end = knowing("the-secret-0123456789").over_logging()
        yield logging.getLogger("tests.monitor.secrets")
        end()

    @pytest.mark.parametrize(
        ("message", "args", "told"),
        [
            ("is %s", ("the-secret-0123456789",), f"is {MASK}"),
            ("is the-secret-0123456789", (), f"is {MASK}"),
            ("100 % plain", (), "100 % plain"),
        ],
    )
    def test_secrets_are_not_logged(
        self,
        logger: logging.Logger,
        caplog: pytest.LogCaptureFixture,
        message: str,
        args: tuple[str, ...],
        told: str,
    ) -> None:
        logger.warning(message, *args)

        assert caplog.messages == [told]

    def test_message_that_its_arguments_do_not_fit_breaks_nothing_and_tells_nothing(
        self, logger: logging.Logger, caplog: pytest.LogCaptureFixture
    ) -> None:
        message = "%d and %d"
        logger.warning(message, "the-secret-0123456789")

        assert len(caplog.messages) == 1
        assert "the-secret" not in caplog.text

    def test_logging_is_as_before_when_it_is_over(self) -> None:
        before = logging.getLogRecordFactory()
        knowing("the-secret-0123456789").over_logging()()

        assert logging.getLogRecordFactory() is before
