"""The scrubber: whatever way a secret comes into a text, it does not leave with it."""

from __future__ import annotations

import base64
import html
import json
import logging
import os
import re
import string
import threading
import time
from collections.abc import Callable, Iterator
from html.entities import codepoint2name
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from monitor import secrets
from monitor.secrets import MASK, Scrubber

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
    assume(not any(piece.lower() in text for form in _encoded(secret) for piece in pieces(form, 6)))

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


@pytest.mark.parametrize(("letter", "character"), list(zip("abefnrtv", "\a\b\x1b\f\n\r\t\v", strict=True)))
def test_character_that_is_written_as_a_letter_after_a_backslash_is_read_as_itself(letter: str, character: str) -> None:
    secret = character.join(("one", "two", "three", "four"))

    assert (
        knowing(secret).scrub(f"before {secret.replace(character, f'{chr(92)}{letter}')} after")
        == f"before {MASK} after"
    )


AWKWARD = [
    "pä$$ w&rd/'<\">+%41",
    "p'ä\"\\b/&" * 2,
    "C:\\new\tline\nand more",
    "Näh? 100%25 of &amp;lt; &it;",
    "0123456789ABCDEF" * 4,
]


def _points(secret: str, form: str) -> str:
    return "".join(form.format(ord(letter)) for letter in secret)


def _hex(secret: str, apart: str = "") -> str:
    return secret.encode().hex(apart) if apart else secret.encode().hex()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "url": lambda text: quote(text, safe=""),
    "url-in-lower-case": lambda text: re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), quote(text, safe="")),
    "url-of-every-byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "form": quote_plus,
    "entities-in-decimal": lambda text: _points(text, "&#{};"),
    "entities-in-hex": lambda text: _points(text, "&#x{:x};"),
    "entities-in-upper-case": lambda text: _points(text, "&#X{:04X};"),
    "entities-by-name": lambda text: "".join(f"&{codepoint2name.get(ord(a), f'#{ord(a)}')};" for a in text),
    "html": html.escape,
    "json": lambda text: json.dumps(text)[1:-1],
    "json-of-every-character": lambda text: _points(text, "\\u{:04x}"),
    "json-in-upper-case": lambda text: _points(text, "\\u{:04X}"),
    "json-with-slashes": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    "python": lambda text: repr(text)[1:-1],
    "bytes-of-python": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "javascript": lambda text: "".join(f"%u{ord(a):04X}" if ord(a) > 0x7F else quote(a, safe="") for a in text),
    "octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
}
"""Ways to write a text that leave it a text of as many characters or more; each may be applied to what another made."""

PACKINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64-of-urls": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "hex": _hex,
    "hex-in-upper-case": lambda text: _hex(text).upper(),
    "hex-with-spaces": lambda text: _hex(text, " "),
    "hex-with-colons": lambda text: _hex(text, ":").upper(),
}


def test_upper_and_lower_case_are_told_apart_by_nobody() -> None:
    secret = "pä$$wörd-Of-Long-Ago/1"

    for written in (secret.upper(), secret.lower(), quote(secret).upper(), quote(secret).lower(), secret.swapcase()):
        scrubbed = knowing(secret).scrub(f"before {written} after")

        assert MASK in scrubbed
        assert len(scrubbed) <= len("before  after") + len(MASK) + 6, scrubbed


@pytest.mark.parametrize("secret", AWKWARD)
@pytest.mark.parametrize("encode", [*ENCODINGS.values(), *PACKINGS.values()], ids=[*ENCODINGS, *PACKINGS])
def test_secret_is_gone_however_it_is_encoded(secret: str, encode: Callable[[str], str]) -> None:
    assert knowing(secret).scrub(f"before {encode(secret)} after") == f"before {MASK} after"


@pytest.mark.parametrize("secret", ["hunter2!", "näh?", "pw/4"])
@pytest.mark.parametrize(
    "encode",
    [*ENCODINGS.values(), *list(PACKINGS.values())[:2], _hex],
    ids=[*ENCODINGS, "base64", "base64-of-urls", "hex"],
)
def test_short_secret_is_gone_however_it_is_encoded(secret: str, encode: Callable[[str], str]) -> None:
    assert knowing(secret).scrub(f"before {encode(secret)} after") == f"before {MASK} after"


@pytest.mark.parametrize("first", ENCODINGS)
@pytest.mark.parametrize("second", ENCODINGS)
def test_encoding_within_an_encoding_hides_nothing(first: str, second: str) -> None:
    for secret in (*AWKWARD, "hunter2!"):
        written = ENCODINGS[second](ENCODINGS[first](secret))

        assert knowing(secret).scrub(f"before {written} after") == f"before {MASK} after"


@given(st.lists(st.sampled_from([*ENCODINGS, *PACKINGS]), min_size=1, max_size=4), st.sampled_from(AWKWARD))
@settings(max_examples=200, deadline=None)
def test_no_chain_of_encodings_hides_a_secret(chain: list[str], secret: str) -> None:
    assume(len([name for name in chain if name in PACKINGS]) < 3)
    written = secret
    for name in chain:
        written = (ENCODINGS | PACKINGS)[name](written)

    scrubbed = knowing(secret).scrub(f"before {written} after")

    assert len(scrubbed) < len(f"before {MASK} after") + 16, scrubbed


@pytest.mark.parametrize("secret", AWKWARD)
def test_secret_in_utf_16_is_gone(secret: str) -> None:
    wide = secret.encode("utf-16-le")

    for written in (base64.b64encode(wide).decode().rstrip("="), wide.hex(), wide.decode("latin-1")):
        assert knowing(secret).scrub(f"before {written} after").replace("A", "").replace("\0", "") in (
            f"before {MASK} after",
            f"before {MASK}00 after",
        )


def test_base64_in_lines_is_gone() -> None:
    secret = "line after line of a secret, " * 8
    lines = base64.encodebytes(secret.encode()).decode().strip("\n=")

    assert knowing(secret).scrub(f"before\n\n{lines}\n\nafter") == f"before\n\n{MASK}\n\nafter"


def test_only_what_is_a_secret_is_masked_in_a_text_that_is_encoded() -> None:
    secret = "pass/word&more-0123"
    text = f"ä&amp;%41 {quote(secret)} \\u0041 “{html.escape(secret)}” c%2Fd"

    assert knowing(secret).scrub(text) == f"ä&amp;%41 {MASK} \\u0041 “{MASK}” c%2Fd"


def test_other_mask_stands_for_what_is_no_secret() -> None:
    scrubber = Scrubber()
    scrubber.add("somebody@acme.example", mask="$AUTH0_USERNAME")
    scrubber.add("the-secret-0123456789")
    text = "SomeBody@acme.example, somebody%40acme.example and the-secret-0123456789"

    assert scrubber.scrub(text) == f"$AUTH0_USERNAME, $AUTH0_USERNAME and {MASK}"

    scrubber.add("somebody@acme.example")
    assert scrubber.scrub(text) == f"{MASK}, {MASK} and {MASK}"


@given(
    st.recursive(
        st.none() | st.integers() | TEXT | st.just("a-secret-0123456"),
        lambda each: st.lists(each, max_size=3) | st.dictionaries(TEXT, each, max_size=3),
    )
)
def test_value_of_json_is_scrubbed_in_every_place(value: object) -> None:
    scrubber = knowing("a-secret-0123456")

    scrubbed = scrubber.scrubbed(value)

    assert json.dumps(scrubbed) == json.dumps(value).replace("a-secret-0123456", MASK)


def test_secret_in_bytes_that_are_no_text_is_gone() -> None:
    secret = os.fsdecode(b"pass\xffword-0123456789")

    assert knowing(secret).scrub(f"is {secret}") == f"is {MASK}"


def _units(text: str) -> list[int]:
    """The numbers of UTF-16: a character beyond U+FFFF is two."""
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


WIDE: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text)[1:-1],
    "javascript": lambda text: "".join(f"%u{unit:04X}" for unit in _units(text)),
    "braces": lambda text: _points(text, "\\u{{{:x}}}"),
    "braces-in-upper-case-with-zeros": lambda text: _points(text, "\\u{{{:06X}}}"),
    "python": lambda text: _points(text, "\\U{:08x}"),
    "entities-of-halves": lambda text: "".join(f"&#{unit};" for unit in _units(text)),
    "entities-of-halves-in-hex": lambda text: "".join(f"&#x{unit:X};" for unit in _units(text)),
    "url-of-halves": lambda text: "".join(quote(chr(unit), errors="surrogatepass") for unit in _units(text)),
}
"""Ways to write characters beyond U+FFFF, which most of them write in two halves."""


@pytest.mark.parametrize("character", ["\U0001f600", "\U0001f511", "\U00010000", "\U0010ffff"], ids=ascii)
@pytest.mark.parametrize("encode", WIDE.values(), ids=WIDE)
def test_secret_with_a_character_that_needs_two_halves_is_gone(encode: Callable[[str], str], character: str) -> None:
    for secret in (character * 6, f"geheim{character}pass-phrase"):
        assert knowing(secret).scrub(f"it is {encode(secret)}.") == f"it is {MASK}."


@pytest.mark.parametrize("number", [0xD83D, 0xDFFF, 0xDC41], ids=hex)
def test_secret_beside_half_of_a_character_is_gone_and_the_half_stays(number: int) -> None:
    secret, half = "correct horse battery", chr(number)

    assert knowing(secret).scrub(f"{half} {secret} {half}") == f"{half} {MASK} {half}"
    assert knowing(f"{secret}{half}").scrub(f"it is {secret}{half}.") == f"it is {MASK}."


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


class TestTextThatIsScrubbedAgain:
    """What a short text was is known again only as long as the same secrets are."""

    SECRET = "hunter2-is-the-password"

    def test_secret_that_came_since_is_taken_out(self) -> None:
        scrubber = knowing("another-secret-of-somebody")

        assert scrubber.scrub(self.SECRET) == self.SECRET
        assert scrubber.scrub(self.SECRET, "prod") == self.SECRET

        scrubber.add(self.SECRET)

        assert [scrubber.scrub(self.SECRET), scrubber.scrub(self.SECRET, "prod")] == [MASK, MASK]

    def test_secret_of_a_group_that_came_since_is_taken_out_where_that_group_is_asked_for(self) -> None:
        scrubber = knowing("another-secret-of-somebody")
        texts = [scrubber.scrub(self.SECRET, *groups) for groups in ((), ("prod",), ("staging",))]
        scrubber.add(self.SECRET, "prod")

        assert texts == [self.SECRET] * 3
        assert [scrubber.scrub(self.SECRET, *groups) for groups in ((), ("prod",), ("staging",))] == [
            MASK,
            MASK,
            self.SECRET,
        ]

    def test_group_that_was_forgotten_and_has_other_secrets_is_asked_anew(self) -> None:
        scrubber, other = Scrubber(), "swordfish, and nothing like it"
        scrubber.add(self.SECRET, "prod")

        assert [scrubber.scrub(each, "prod") for each in (self.SECRET, other)] == [MASK, other]

        scrubber.forget("prod")
        scrubber.add(other, "prod")

        assert [scrubber.scrub(each, "prod") for each in (self.SECRET, other)] == [self.SECRET, MASK]

    def test_secret_behind_several_public_names_is_taken_out(self) -> None:
        scrubber = Scrubber()
        scrubber.add("a-password-of-mine")
        for name in ("prod", "staging", "my-tenant"):
            scrubber.spare(name)

        text = "prod, staging and my-tenant (of prod): a-password-of-mine; staging has a-password-of-mine as well"
        assert scrubber.scrub(text) == text.replace("a-password-of-mine", MASK)

    def test_name_that_is_public_since_is_left(self) -> None:
        scrubber = knowing(self.SECRET)

        assert scrubber.scrub(self.SECRET) == MASK

        scrubber.spare(self.SECRET)

        assert scrubber.scrub(self.SECRET) == self.SECRET

    def test_secret_that_comes_while_a_text_is_looked_through_is_not_missed_later(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scrubber = knowing("another-secret-of-somebody")
        plain = secrets._without  # noqa: SLF001

        def interrupted(text: str, groups: list[Any], public: list[str]) -> str:
            scrubbed: str = plain(text, groups, public)
            scrubber.add(self.SECRET)
            return scrubbed

        with monkeypatch.context() as patch:
            patch.setattr(secrets, "_without", interrupted)
            scrubber.scrub(self.SECRET)

        assert scrubber.scrub(self.SECRET) == MASK
