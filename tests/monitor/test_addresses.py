"""An address whose user part ends early is refused before it is used; all that stands before its last @ is secret."""

from __future__ import annotations

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import addresses
from monitor.secrets import MASK, Scrubber

SECRET = "testp@ssword-secret99"


def hidden(address: str) -> Scrubber:
    scrubber = Scrubber()
    for secret in addresses.secrets(address):
        scrubber.add(secret)
    return scrubber


ENDS_EARLY = [
    f"{scheme}svc:{secret}{delimiter}@proxy.corp{rest}"
    for scheme, secret, delimiter, rest in itertools.product(
        ("http://", "https://", ""),
        (SECRET, "hunter2-hunter2"),
        ("#", "/", "?", "#x", "/x", "?x", "/x/y"),
        (":8080", "", ":8080/feed", "/feed"),
    )
]
WRONG_BESIDES = [
    "http://svc:hunter2-@hunter2@proxy.corp",
    "http://svc:hunter2-\\hunter2@proxy.corp",
    "http://acme\\svc:hunter2-hunter2@proxy.corp",
    "http://svc:hunter2-[hunter2@proxy.corp",
    "http://svc:hunter2-]hunter2@proxy.corp",
    "http://svc:hunter2-[x]hunter2@proxy.corp",
    "http://svc:hunter2- hunter2@proxy.corp",
    "http://svc:hunter2-\thunter2@proxy.corp",
    "http://svc:hunter2-\nhunter2@proxy.corp",
    "http://svc:hunter2-\x00hunter2@proxy.corp",
    "http://svc:hunter2-\u2028hunter2@proxy.corp",
    "http://svc%3Ahunter2-hunter2%40proxy.corp:8080",
    "http:/svc:hunter2-hunter2@proxy.corp",
    "http:svc:hunter2-hunter2@proxy.corp",
    "http//svc:hunter2-hunter2@proxy.corp",
    "//svc:hunter2-hunter2@proxy.corp",
    "http:\\\\svc:hunter2-hunter2@proxy.corp",
    "http://svc:12/hunter2-hunter2@proxy.corp",
    "http://hunter2/hunter2@proxy.corp",
    "http://j.doe:12/hunter2-hunter2@proxy.corp:8080",
    "http://svc:hunter2-hunter2@proxy.corp:port",
    "http://svc:hunter2-hunter2@proxy.corp:99999",
    "http://svc:hunter2-hunter2",
    "http://svc:hunter2-hunter2/proxy.corp",
    "http://svc:hunter2-hunter2@",
    "http://svc:hunter2-hunter2@[fd00::1",
]


@pytest.mark.parametrize("address", [*ENDS_EARLY, *WRONG_BESIDES])
def test_address_whose_user_part_ends_early_is_refused_with_the_cure_and_nothing_of_it(address: str) -> None:
    for why in (addresses.fault(address), addresses.fault_of_proxy(address)):
        assert why
        assert "hunter2" not in why
        assert "ssword-" not in why
        assert "svc" not in why


@pytest.mark.parametrize("address", ENDS_EARLY)
def test_cure_is_named(address: str) -> None:
    for code in ("%40", "%23", "%2F"):
        assert code in addresses.fault(address)


@pytest.mark.parametrize("address", [*ENDS_EARLY, *WRONG_BESIDES])
def test_whatever_stands_before_the_last_at_is_a_secret(address: str) -> None:
    scrubber = hidden(address)
    texts = [
        f"the name {piece} does not resolve" for piece in ("ssword-secret99", "hunter2-hunter2") if piece in address
    ]

    for text in [f"is {address}", *texts]:
        scrubbed = scrubber.scrub(text)
        assert MASK in scrubbed
        assert "hunter2-hunter2" not in scrubbed
        assert "ssword-" not in scrubbed


@pytest.mark.parametrize(
    "address",
    [
        "http://proxy.corp:8080",
        "https://proxy.corp/",
        "proxy.corp:3128",
        "proxy",
        "http://svc:pass-word-0123@proxy.corp:8080",
        "svc:pass-word-0123@proxy.corp:8080",
        "http://svc:pass%40word%23%2F-0123@proxy.corp",
        "http://svc:100%@proxy.corp",
        "http://svc:with:colons-0123@proxy.corp",
        "http://:pass-word-0123@proxy.corp",
        "http://token-0123456789@proxy.corp",
        "http://[fd00::1]:3128",
        "http://svc:pass-word-0123@[fd00::1%25eth0]:3128/",
        "http://127.0.0.1:1",
        "  http://proxy.corp:8080  ",
    ],
)
def test_whole_address_is_taken_also_as_a_proxy(address: str) -> None:
    assert addresses.fault(address) == ""
    assert addresses.fault_of_proxy(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://status.example/@acme",
        "https://status.example/@acme@social.example",
        "https://status.example:8443/@acme",
        "https://status.example/feed?mail=me@acme.example",
        "https://status.example/feed#me@acme",
        "https://{domain}/feed@latest",
        "http://localhost:3000/@acme",
        "http://127.0.0.1:3000/@acme",
        "http://[::1]:3000/@acme",
        "https://xn--bcher-kva.example/@acme",
    ],
)
def test_at_in_the_path_of_a_host_is_no_mistake_and_no_password(address: str) -> None:
    assert addresses.fault(address) == ""
    assert addresses.credentials(address) == set()
    assert addresses.fault_of_proxy(address), "a proxy has no path"


@pytest.mark.parametrize(
    ("address", "left", "gone"),
    [
        ("http://svc:pass-word-0123@proxy.corp:8080", ("svc", "proxy.corp"), ("pass-word-0123",)),
        ("http://svc:pass%40word-0123@proxy.corp", ("proxy.corp",), ("pass@word-0123", "pass%40word-0123")),
        ("http://svc%3Apass-word-0123@proxy.corp", ("proxy.corp",), ("pass-word-0123",)),
        ("http://svc-user-7:pw-0@proxy.corp", ("proxy.corp",), ("svc-user-7", "pw-0")),
        ("http://token-0123456789@proxy.corp", ("proxy.corp",), ("token-0123456789",)),
    ],
)
def test_password_is_secret_and_a_user_who_is_a_word_is_not(
    address: str, left: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    scrubber = hidden(address)

    assert [scrubber.scrub(f"is {each}.") for each in left] == [f"is {each}." for each in left]
    assert [scrubber.scrub(f"is {each}.") for each in gone] == [f"is {MASK}."] * len(gone)


@given(
    st.text(string.ascii_letters + string.digits + "-._~!$&'()*+,;=:", min_size=8, max_size=20),
    st.lists(st.sampled_from("@#/?\\[] "), min_size=1, max_size=3),
    st.text(string.ascii_letters + string.digits + "-", min_size=12, max_size=20),
    st.sampled_from(["http://", "https://", ""]),
)
def test_no_password_with_a_delimiter_is_ever_used_or_shown(
    begin: str, delimiters: list[str], end: str, scheme: str
) -> None:
    address = f"{scheme}svc:{begin}{''.join(delimiters)}{end}@proxy.corp:8080"

    assert addresses.fault_of_proxy(address)
    assert end not in hidden(address).scrub(f"the name {end} does not resolve")


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("", []),
        ("https://status.auth0.com/feed?domain={domain}", []),
        ("https://status.auth0.com/feed?domain=acme-prod-1&token=s3cr3t", ["acme-prod-1", "s3cr3t"]),
        ("https://u:pass@x.example/", ["u:pass", "pass"]),
        ("https://s3cr3t@x.example/", ["s3cr3t"]),
        ("https://u:p%40ss@x.example/", ["u:p%40ss", "p%40ss", "p@ss"]),
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
        ("https://[::1/", ["https://[::1/", ":1", ":1/"]),
    ],
)
def test_what_may_be_a_token_in_an_address_is_found(address: str, secrets: list[str]) -> None:
    assert addresses.secrets(address) == set(secrets)


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("", []),
        ("slack://T1JJ3T3L2/A1B/TIiajkdnlazk/", ["T1JJ3T3L2", "TIiajkdnlazk"]),
        ("tgram://123456789:abcdef_ghijkl/99", ["123456789", "abcdef_ghijkl", "abcdef_ghijkl/99"]),
        (
            "mailto://me:p%40ssword@mail.example, json://host.example/+49301234",
            [
                *("me:p%40ssword", "p%40ssword", "p@ssword", "mail.example", "host.example", "+49301234", "49301234"),
            ],
        ),
        ("https://hc-ping.com/5bf66975-d4c7/fail", ["hc-ping.com", "5bf66975-d4c7"]),
        ("https://x.example/{status}/s3cr3t?said={message}#fr4gment", ["x.example", "s3cr3t", "fr4gment"]),
        ("https://[::1/s3cr3t", [":1", ":1/s3cr3t", "s3cr3t"]),
    ],
)
def test_all_of_an_address_that_is_a_secret_may_be_a_token(address: str, secrets: list[str]) -> None:
    assert addresses.secrets(address, 6) == set(secrets)


@pytest.mark.parametrize("least", [None, 6, 12])
@given(st.text(max_size=60))
def test_any_text_is_looked_through(least: int | None, text: str) -> None:
    assert all(addresses.secrets(f"https://x.example/{text}", least))


class TestChannel:
    @pytest.mark.parametrize(
        "address",
        [
            "slack://TokenA/TokenB/TokenC/@user",
            "slack://bot@TokenA/TokenB/TokenC/#chan/@user",
            "mailto://user:password@gmail.com",
            "mailto://user:password@gmail.com?to=me@acme.example",
            "mailtos://user:password@smtp.acme.example:587/to@acme.example",
            "matrix://user:password@host/#room/@user",
            "sendgrid://apikey:from@acme.example/to@acme.example",
            "tgram://123456789:AABBCC/@channel",
            "json://localhost:8080/@path",
            "discord://id/token",
            "pagerduty+events://key",
        ],
    )
    def test_address_as_apprise_has_them_is_taken(self, address: str) -> None:
        assert addresses.fault_of_channel(address) == ""

    @pytest.mark.parametrize(
        "address",
        [
            f"mailto://svc:{SECRET}#@smtp.corp",
            f"mailto://svc:{SECRET}?@smtp.corp",
            f"mailto://svc:{SECRET}/x@smtp.corp:587",
            "mailto://svc:hunter2-#hunter2@smtp.corp",
            "json://svc:hunter2-/hunter2@host.corp/path",
            "json://svc:hunter2-?hunter2@host.corp:8080",
        ],
    )
    def test_address_whose_host_is_a_piece_of_a_password_is_refused(self, address: str) -> None:
        why = addresses.fault_of_channel(address)

        assert "%40" in why
        assert "hunter2" not in why
        assert "ssword-" not in why


def test_proxies_are_named_in_upper_and_lower_case() -> None:
    wrong = "http://svc:hunter2#@proxy.corp"
    names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    environ = dict.fromkeys(names, wrong) | {"NO_PROXY": wrong, "MY_PROXY": wrong}

    assert {name for name, _ in addresses.faults_of_proxies(environ)} == set(names)
    assert addresses.refusal_of_proxies({"https_proxy": wrong}).startswith("https_proxy: ")
    assert addresses.refusal_of_proxies({"https_proxy": "http://proxy.corp:8080", "HTTP_PROXY": " "}) == ""
