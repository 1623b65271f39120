"""Connections whose users log in elsewhere: what the tenant asks there, and what the identity provider shows."""

from __future__ import annotations

import base64
import re
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from cryptography import x509

from tests.sandbox.asking import Client, Starting
from tests.sandbox.portrait import _given, _saml, led

SAML = "/saml/metadata"
FEDERATION = "/FederationMetadata/2007-06/FederationMetadata.xml"
OIDC = "/oidc/.well-known/openid-configuration"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"

BY_CODE = {
    "google-oauth2": "/google/o/oauth2/v2/auth",
    "github": "/github/login/oauth/authorize",
    "corp-entra": "/entra/0f1e2d3c/oauth2/authorize",
    "corp-oidc": "/oidc/authorize",
}


@pytest.mark.parametrize("connection", BY_CODE)
def test_a_provider_is_asked_for_a_code_in_the_tenants_name(well: Client, connection: str) -> None:
    response, again = led(well, connection), led(well, connection)
    asked = _given(response)

    assert response.status_code == 302
    assert response.headers["location"].startswith(f"https://{well.box.idp}{BY_CODE[connection]}?")
    assert asked.pop("state") != _given(again)["state"]
    assert asked == {
        "response_type": "code",
        "client_id": f"sandbox-{connection}",
        "redirect_uri": f"https://{well.box.domain}/login/callback",
        "scope": "openid email profile",
    }


def test_a_saml_request_says_who_asks_and_where_to_answer(well: Client) -> None:
    response, again = led(well, "corp-saml"), _saml(led(well, "corp-saml"))
    request = _saml(response)
    assert request is not None
    assert again is not None
    where = f"https://{well.box.idp}/saml/sso"
    made = datetime.fromisoformat(request.attrib["IssueInstant"]).timestamp()

    assert response.headers["location"].startswith(f"{where}?")
    assert _given(response)["RelayState"] in well.box.handed_out
    assert request.tag == f"{PROTOCOL}AuthnRequest"
    assert (request.attrib["Destination"], request.attrib["Version"]) == (where, "2.0")
    assert request.attrib["AssertionConsumerServiceURL"] == (
        f"https://{well.box.domain}/login/callback?connection=corp-saml"
    )
    assert request.attrib["ProtocolBinding"].endswith(":HTTP-POST")
    assert request[0].text == "urn:auth0:sandbox:corp-saml"
    assert request.attrib["ID"] != again.attrib["ID"]
    assert abs(made - time.time()) < 60


def test_a_saml_request_may_be_a_form_that_sends_itself(well: Client) -> None:
    page = led(well, "corp-post")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    request = ET.fromstring(base64.b64decode(fields["SAMLRequest"]))  # noqa: S314 -- the sandbox's

    assert (page.status_code, list(fields)) == (200, ["SAMLRequest", "RelayState"])
    assert f'<form method="post" action="https://{well.box.idp}/saml/post">' in page.text
    assert request.attrib["Destination"] == f"https://{well.box.idp}/saml/post"
    assert request[0].text == "urn:auth0:sandbox:corp-post"
    assert set(fields.values()) <= set(well.box.handed_out)


def test_ws_federation_has_words_of_its_own(well: Client) -> None:
    response = led(well, "corp-adfs")
    asked = _given(response)

    assert response.headers["location"].startswith(f"https://{well.box.idp}/adfs/ls/?")
    assert asked.pop("wctx") in well.box.handed_out
    assert asked == {
        "wa": "wsignin1.0",
        "wtrealm": "urn:auth0:sandbox:corp-adfs",
        "wreply": f"https://{well.box.domain}/login/callback",
    }


def test_the_keys_that_auth0_lends_lead_back_to_auth0_for_social_connections_alone(started: Starting) -> None:
    client = started("developer-keys")
    back = {each: _given(led(client, each))["redirect_uri"] for each in ("google-oauth2", "github", "corp-oidc")}
    own = f"https://{client.box.domain}/login/callback"
    lent = "https://login.eu.auth0.com/login/callback"

    assert back == {"google-oauth2": lent, "github": lent, "corp-oidc": own}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("connections-removed", "invalid_request"), ("connections-disabled", "unauthorized_client")],
)
def test_connections_that_are_off_lead_back_to_the_application(started: Starting, fault: str, error: str) -> None:
    client = started(fault)

    assert {_given(led(client, each))["error"] for each in ("google-oauth2", "corp-saml")} == {error}
    assert "/u/login" in led(client, "custom-users").headers["location"], "users of a database log in as before"


# Its own pages, and its metadata.


def test_what_is_asked_of_the_provider_is_noted_as_such(started: Starting) -> None:
    client = started()
    client.idp(BY_CODE["github"])
    client.idp(SAML)
    client.idp("/nothing")

    assert [(each.path, each.status, each.target, each.kind) for each in client.box.asked] == [
        (BY_CODE["github"], 200, "identity-provider", "login"),
        (SAML, 200, "identity-provider", "metadata"),
        ("/nothing", 404, "identity-provider", "metadata"),
    ]


@pytest.mark.parametrize("path", [SAML, FEDERATION, OIDC, "/keys"])
def test_metadata_that_is_known_is_not_sent_again(well: Client, path: str) -> None:
    first = well.idp(path)
    again = well.idp(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_metadata_names_the_provider_its_address_and_its_certificate(well: Client) -> None:
    host = f"https://{well.box.idp}"
    saml, federation, oidc, keys = (well.idp(each) for each in (SAML, FEDERATION, OIDC, "/keys"))
    certificate = re.findall(r"<X509Certificate>([^<]+)<", saml.text)

    assert saml.headers["Content-Type"] == "application/samlmetadata+xml"
    assert f'entityID="{host}/saml"' in saml.text
    assert f'Location="{host}/saml/sso"' in saml.text
    assert f'entityID="{host}/adfs"' in federation.text
    assert re.findall(r"<X509Certificate>([^<]+)<", federation.text) == certificate
    assert oidc.json() == {
        "issuer": f"{host}/oidc",
        "authorization_endpoint": f"{host}/oidc/authorize",
        "jwks_uri": f"{host}/keys",
    }
    assert [each["x5c"] for each in keys.json()["keys"]] == [certificate]
    read = x509.load_der_x509_certificate(base64.b64decode(certificate[0]))
    assert read.not_valid_before_utc < datetime.now(UTC) < read.not_valid_after_utc


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("html", 200, "<title>Sign in</title>"),
        ("broken", 500, "<title>500</title>"),
        ("bomb", 200, "<!ENTITY c"),
        ("external", 200, '<!ENTITY e SYSTEM "https://'),
        ("several", 200, "<EntitiesDescriptor"),
    ],
)
def test_metadata_is_ill_as_it_is_told_to_be(started: Starting, kind: str, status: int, words: str) -> None:
    client = started(f"idp-metadata={kind}")
    answer = client.idp(SAML)

    assert (answer.status_code, words in answer.text) == (status, True)
    if kind == "several":
        assert len(ET.fromstring(answer.text)) == 2  # noqa: S314 -- the sandbox's
    if kind == "external":
        assert f"https://{client.box.idp}/fetched" in answer.text


def test_a_certificate_that_is_renewed_is_published_beside_the_old_one(started: Starting) -> None:
    client = started("idp-certificate-renewed")
    named = re.findall(r"<X509Certificate>([^<]+)<", client.idp(SAML).text)
    ends = [x509.load_der_x509_certificate(base64.b64decode(each)).not_valid_after_utc.timestamp() for each in named]

    assert [round((each - time.time()) / 86_400) for each in ends] == [9, 700]
    assert re.findall(r"<X509Certificate>([^<]+)<", client.idp(SAML).text) == named, "they are made once"


def test_the_tenants_own_metadata_is_of_one_application(well: Client) -> None:
    known = well.get(f"/samlp/metadata/{well.settings['AUTH0_SAML_APPLICATIONS']}")

    assert (known.status_code, known.headers["Content-Type"]) == (200, "application/samlmetadata+xml")
    assert f'entityID="urn:{well.box.domain}"' in known.text
    assert well.get("/samlp/metadata/another").status_code == 404
