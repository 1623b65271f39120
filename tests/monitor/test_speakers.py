"""Who gave an answer is read from the marks that it bears, and never from a wish."""

from __future__ import annotations

import pytest

from monitor import speakers

PAGE = {"content-type": "text/html"}


@pytest.mark.parametrize(
    ("status", "headers", "body", "who"),
    [
        (500, {"X-Auth0-RequestId": "1", "server": "nginx"}, b"", "auth0"),
        (200, {"cf-ray": "0123456789abcdef-FRA", "server": "cloudflare"}, b"{}", "cloudflare"),
        (530, {"server": "cloudflare"}, b"error code: 1016", "cloudflare 1016"),
        (530, {"server": "cloudflare"}, b"", "cloudflare 530"),
        (403, PAGE | {"server": "cloudflare"}, b'<span class="cf-error-code">1020</span>', "cloudflare 1020"),
        (403, {"server": "cloudflare"}, b'{"cloudflare_error": true, "error_code": 1010}', "cloudflare 1010"),
        (403, {"server": "cloudflare"}, b'{"error_code":"1010"}', "cloudflare"),
        (403, {"server": "cloudflare"}, b"{not json", "cloudflare"),
        (403, {"server": "cloudflare", "cf-mitigated": "challenge"}, b"", "cloudflare challenge"),
        (403, PAGE, b"<title>Attention Required! | Cloudflare</title>", "cloudflare challenge"),
        (403, PAGE | {"server": "cloudflare"}, b"Error 1014 Ray ID", "cloudflare 1014"),
        (404, {"server": "cloudflare"}, b"error code: 404", "cloudflare"),
        (522, {"server": "cloudflare"}, b"error code: 522", "cloudflare 522"),
        (403, {"x-squid-error": "ERR_ACCESS_DENIED 0"}, b"", "squid"),
        (503, {"via": "1.1 gw (squid/6.6)"}, b"", "squid"),
        (200, PAGE, b"<title>Zscaler</title>", "zscaler"),
        (200, {"content-type": "application/json"}, b'{"note": "zscaler"}', ""),
        (403, {"server": "AkamaiGHost"}, b"", "akamai"),
        (403, {"x-cache": "Error from cloudfront"}, b"", "cloudfront"),
        (502, {"server": "nginx/1.25.3"}, b"", "nginx"),
        (502, PAGE, b"<hr><center>nginx</center>", "nginx"),
        (502, {"server": "awselb/2.0"}, b"", "elb"),
        (503, {"content-type": "text/plain"}, b"upstream connect error or disconnect", "envoy"),
        (404, {"via": "1.1 gw.corp"}, b"", "a proxy"),
        (503, {}, b"Service Unavailable", ""),
    ],
)
def test_speaker_is_known_by_its_marks(status: int, headers: dict[str, str], body: bytes, who: str) -> None:
    assert speakers.speaker(status, headers, body) == who


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("", ""),
        ("auth0", ""),
        ("cloudflare", "Cloudflare"),
        ("cloudflare 1020", "Cloudflare's error 1020"),
        ("cloudflare challenge", "Cloudflare's challenge"),
        ("nginx", "nginx"),
    ],
)
def test_speaker_has_a_name_in_sentences(who: str, told: str) -> None:
    assert speakers.described(who) == told


def test_ray_has_a_shape() -> None:
    assert speakers.RAY.fullmatch("0123456789abcdef-FRA")
    assert not speakers.RAY.fullmatch("0123456789abcdef-BOX1")
