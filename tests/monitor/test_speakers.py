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


@pytest.mark.parametrize(
    ("headers", "body", "who"),
    [
        ({"server": "squid/6.6"}, "", "squid"),
        ({"server": "Zscaler/6.2"}, "", "zscaler"),
        ({"server": "Blue Coat"}, "", "bluecoat"),
        ({"server": "ProxySG"}, "", "bluecoat"),
        ({"via": "1.1 gw (BlueCoat ProxySG)"}, "", "bluecoat"),
        ({}, "Access Denied by Symantec Web Security Service", "bluecoat"),
        ({}, "Powered by Blue Coat", "bluecoat"),
        ({"server": "McAfee Web Gateway"}, "", "mcafee"),
        ({"server": "Skyhigh SWG"}, "", "mcafee"),
        ({"via": "1.1 10.0.0.1 (McAfee Web Gateway 7.8)"}, "", "mcafee"),
        ({"via": "1.1 mwg01"}, "", "mcafee"),
        ({}, "McAfee Web Gateway - Notification", "mcafee"),
        ({}, "Skyhigh Secure Web Gateway", "mcafee"),
        ({}, "FortiGate Application Control", "fortinet"),
        ({}, "FortiGuard Intrusion Prevention - Access Blocked", "fortinet"),
        ({}, "Palo Alto Networks URL filtering", "palo-alto"),
        ({}, "Web Page Blocked", "palo-alto"),
        ({}, "Forcepoint Block Page", "forcepoint"),
        ({}, "Websense", "forcepoint"),
        ({}, "Sophos Web Appliance", "sophos"),
        ({}, "Check Point UserCheck", "checkpoint"),
        ({}, "Cisco Umbrella: this site is blocked", "umbrella"),
        ({}, "OpenDNS", "umbrella"),
        ({}, "Netskope: blocked by policy", "netskope"),
        ({"server": "tinyproxy/1.11.1"}, "", "tinyproxy"),
        ({"via": "1.1 gw (tinyproxy/1.11.1)"}, "", "tinyproxy"),
        ({"server": "Privoxy 3.0.34"}, "", "privoxy"),
        ({"server": "mitmproxy 10.1"}, "", "mitmproxy"),
        ({"x-pi-hole": "A black hole"}, "", "pi-hole"),
        ({"server": "CloudFront"}, "", "cloudfront"),
        ({"via": "1.1 abc.cloudfront.net (CloudFront)"}, "", "cloudfront"),
        ({"x-served-by": "cache-fra-etou8220114-FRA"}, "", "fastly"),
        ({}, "Fastly error: unknown domain", "fastly"),
        ({"x-iinfo": "7-1-0"}, "", "imperva"),
        ({}, "Request unsuccessful. Incapsula incident ID: 1", "imperva"),
        ({"x-sucuri-id": "15008"}, "", "sucuri"),
        ({"x-azure-ref": "20261122T1"}, "", "azure"),
        ({"server": "Microsoft-Azure-Application-Gateway/v2"}, "", "azure"),
        ({"server": "BigIP"}, "", "big-ip"),
        ({"server": "BIG-IP"}, "", "big-ip"),
        ({}, "The requested URL was rejected. Please consult with your administrator.", "big-ip"),
        ({"server": "haproxy"}, "", "haproxy"),
        ({"server": "envoy"}, "", "envoy"),
        ({"server": "istio-envoy"}, "", "envoy"),
        ({}, "no healthy upstream", "envoy"),
        ({"via": "1.1 varnish (Varnish/7.4)"}, "", "varnish"),
        ({"x-varnish": "32770"}, "", "varnish"),
        ({"via": "1.1 google"}, "", "google"),
        ({"server": "Google Frontend"}, "", "google"),
        ({"server": "gfe"}, "", "google"),
        ({"server": "openresty/1.25"}, "", "nginx"),
        ({}, "<hr><center>openresty</center>", "nginx"),
        ({"server": "Apache/2.4.58"}, "", "apache"),
        ({"server": "Microsoft-IIS/10.0"}, "", "iis"),
        ({"server": "Microsoft-HTTPAPI/2.0"}, "", "iis"),
        ({"server": "Caddy"}, "", "caddy"),
        ({"server": "Traefik"}, "", "traefik"),
        ({"server": "kong/3.5"}, "", "kong"),
        ({"via": "kong/3.5"}, "", "kong"),
        ({"server": "Apache-Coyote/1.1"}, "", "tomcat"),
        ({"server": "Apache Tomcat/9.0"}, "", "tomcat"),
        ({"server": "Jetty(9.4.53)"}, "", "tomcat"),
        ({"server": "LiteSpeed"}, "", "lighttpd"),
        ({"server": "lighttpd/1.4"}, "", "lighttpd"),
        ({"server": "gunicorn"}, "", "python"),
        ({"server": "Werkzeug/3.0"}, "", "python"),
        ({"server": "uvicorn"}, "", "python"),
        ({"x-powered-by": "Express"}, "", "express"),
        ({"server": "nginx", "via": "1.1 gw (squid/6.6)"}, "", "squid"),
        ({"server": "nginx", "x-cache": "Miss from cloudfront"}, "", "cloudfront"),
    ],
    ids=lambda value: str(value) if value else "-",
)
def test_whoever_may_stand_between_is_known_by_each_of_its_marks(headers: dict[str, str], body: str, who: str) -> None:
    assert speakers.speaker(403, headers, body.encode()) == who


@pytest.mark.parametrize("status", [200, 204, 299])
def test_text_of_an_answer_that_is_well_and_no_page_names_nobody(status: int) -> None:
    assert speakers.speaker(status, {"content-type": "application/json"}, b"netskope cloudflare") == ""
    assert speakers.speaker(300, {}, b"netskope") == "netskope"


def test_mark_that_stands_deep_in_a_page_names_nobody() -> None:
    assert speakers.speaker(403, {}, b" " * 16_376 + b"netskope") == "netskope"
    assert speakers.speaker(403, {}, b" " * 16_377 + b"netskope") == ""


@pytest.mark.parametrize(
    ("status", "headers", "body", "code"),
    [
        (519, {}, b"", ""),
        (520, {}, b"", "520"),
        (530, {}, b"", "530"),
        (531, {}, b"", ""),
        (403, {}, b"error code: 1000", "1000"),
        (403, {}, b"error code:1020", "1020"),
        (403, {}, b"error code: 999", ""),
        (500, {}, b"error code: 519", ""),
        (502, {}, b"error code: 525", "525"),
        (502, {}, b"error code: 531", ""),
        (403, {}, b'{"cloudflare_error": true, "error_code" : 1009}', "1009"),
        (403, {}, b"[" * 50_000, ""),
        (403, {}, b'{"a":' * 9_000, ""),
        (403, {}, b"<title>Just a moment...</title>", "challenge"),
        (429, {}, b'<form id="cf-challenge">', "challenge"),
        (503, {}, b'<script src="/cdn-cgi/challenge-platform/x.js">', "challenge"),
        (404, {}, b"<title>Just a moment...</title>", ""),
        (200, {"cf-mitigated": "Challenge"}, b"", "challenge"),
        (200, {}, b"error code: 1020", ""),
    ],
    ids=str,
)
def test_cloudflares_own_code_is_told_from_a_status(
    status: int, headers: dict[str, str], body: bytes, code: str
) -> None:
    who = speakers.speaker(status, headers | {"cf-ray": "0123456789abcdef-FRA"}, body)

    assert who.partition(" ")[0] == "cloudflare"
    assert speakers.code_of(who) == code


def test_code_is_cloudflares_alone() -> None:
    assert speakers.code_of("nginx 1020") == ""
    assert speakers.code_of("") == ""


def test_who_stands_on_the_machines_side_is_in_no_tenant() -> None:
    assert {"squid", "zscaler", "pi-hole"} <= set(speakers.MACHINES_SIDE)
    assert not {"nginx", "akamai", "a proxy", "cloudflare"} & set(speakers.MACHINES_SIDE)


@pytest.mark.parametrize("code", ["1005", "1006", "1007", "1008", "1009", "1010", "1011", "1012", "1020"])
def test_code_by_which_cloudflare_keeps_a_client_out_is_known(code: str) -> None:
    who = speakers.speaker(403, {"server": "cloudflare"}, f"error code: {code}".encode())

    assert speakers.code_of(who) in speakers.BLOCKED
    assert speakers.code_of(who) not in speakers.BETWEEN


@pytest.mark.parametrize("code", ["520", "521", "522", "523", "524"])
def test_code_by_which_cloudflare_tells_of_its_origin_is_known(code: str) -> None:
    who = speakers.speaker(int(code), {"server": "cloudflare"}, b"")

    assert speakers.code_of(who) in speakers.BETWEEN
    assert speakers.code_of(who) not in speakers.BLOCKED


def test_code_of_cloudflares_rate_limit_is_no_block() -> None:
    who = speakers.speaker(429, {"server": "cloudflare"}, b"error code: 1015")

    assert speakers.code_of(who) == speakers.RATE_LIMITED
    assert speakers.RATE_LIMITED not in speakers.BLOCKED | speakers.BETWEEN
