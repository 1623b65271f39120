"""Which provider a host is, and what its page says of a login that nobody can make: by the words of the table."""

from __future__ import annotations

import base64

import pytest

from monitor.transactions import providers

NOWHERE = "idp.example"
"""A host that is no provider's of the table."""

GONE, BACK, OFF, PARTNER, RIGHTS = "was deleted", "redirect URI", "turned off", "does not know the tenant", "let these"


def refusal(host: str, page: str, location: str = "") -> tuple[str, str] | None:
    return providers.refusal(host, page, location)


class TestHosts:
    @pytest.mark.parametrize(
        ("host", "name"),
        [
            ("Accounts.Google.com", "Google"),
            ("login.microsoftonline.us", "Microsoft"),
            ("login.partner.microsoftonline.cn", "Microsoft"),
            ("login.live.com", "Microsoft"),
            ("login.windows.net", "Microsoft"),
            ("acme.ciamlogin.com", "Microsoft"),
            ("github.com", "GitHub"),
            ("acme.ghe.com", "GitHub"),
            ("www.facebook.com", "Facebook"),
            ("m.facebook.com", "Facebook"),
            ("appleid.apple.com", "Apple"),
            ("www.linkedin.com", "LinkedIn"),
            ("api.twitter.com", "X"),
            ("twitter.com", "X"),
            ("x.com", "X"),
            ("www.amazon.com", "Amazon"),
            ("eu.account.amazon.com", "Amazon"),
            ("slack.com", "Slack"),
            ("acme.slack.com", "Slack"),
            ("login.salesforce.com", "Salesforce"),
            ("acme.my.site.com", "Salesforce"),
            ("acme.oktapreview.com", "Okta"),
            ("acme.onelogin.com", "OneLogin"),
            ("auth.pingone.eu", "Ping"),
            ("sso.pingidentity.com", "Ping"),
            ("acme.eu.auth0.com", "Auth0"),
            ("notgithub.com", ""),
            ("github.com.evil.example", ""),
            ("accountsxgoogle.com", ""),
            ("", ""),
        ],
    )
    def test_provider_is_known_by_its_whole_host(self, host: str, name: str) -> None:
        row = providers.row_of(host)

        assert (row.name if row else "") == name


class TestRefusals:
    @pytest.mark.parametrize(
        ("host", "page", "word", "meaning"),
        [
            ("accounts.google.com", "Error 401: deleted_client", "deleted_client", GONE),
            ("accounts.google.com", "Error 401: invalid_client", "invalid_client", GONE),
            ("accounts.google.com", "Error 401: disabled_client", "disabled_client", OFF),
            ("accounts.google.com", "Error 400: redirect_uri_mismatch", "redirect_uri_mismatch", BACK),
            ("accounts.google.com", "Error 403: org_internal", "org_internal", RIGHTS),
            ("accounts.google.com", "Error 400: admin_policy_enforced", "admin_policy_enforced", RIGHTS),
            ("login.live.com", "AADSTS50011: no match", "AADSTS50011", BACK),
            ("login.live.com", "AADSTS700016: not found", "AADSTS700016", GONE),
            ("login.live.com", "AADSTS7000112: disabled", "AADSTS7000112", OFF),
            ("login.live.com", "AADSTS7000222: expired", "AADSTS7000222", "secret has expired"),
            ("login.live.com", "AADSTS90002: no tenant", "AADSTS90002", "no directory"),
            ("login.live.com", "AADSTS650056: misconfigured", "AADSTS650056", RIGHTS),
            ("login.live.com", "AADSTS750054: no SAMLRequest", "AADSTS750054", "the SAML request"),
            ("login.live.com", "AADSTS90094: consent", "AADSTS90094", "the code says why"),
            ("acme.b2clogin.com", "AADB2C90068: not found", "AADB2C90068", "the code says why"),
            ("github.com", "is not associated with this application.", "not associated with this application", BACK),
            ("github.com", "Application suspended", "application suspended", OFF),
            ("www.facebook.com", "Invalid App ID", "invalid app id", GONE),
            ("www.facebook.com", "App not active", "app not active", OFF),
            ("www.facebook.com", "URL blocked", "url blocked", BACK),
            ("appleid.apple.com", "invalid_client", "invalid_client", GONE),
            ("appleid.apple.com", "Invalid web redirect url.", "invalid web redirect url", BACK),
            ("www.linkedin.com", "The redirect_uri does not match", "redirect_uri does not match", BACK),
            ("x.com", "Callback URL not approved", "callback url not approved", BACK),
            ("www.amazon.com", "Unknown client id", "unknown client id", GONE),
            ("slack.com", "invalid_client_id", "invalid_client_id", GONE),
            ("slack.com", "bad_redirect_uri", "bad_redirect_uri", BACK),
            ("login.salesforce.com", "error=oauth_app_blocked", "oauth_app_blocked", OFF),
            ("login.salesforce.com", "error=app_not_found", "app_not_found", GONE),
            (
                "acme.okta.com",
                "User is not assigned to the client application.",
                "user is not assigned to the client application",
                RIGHTS,
            ),
            ("acme.onelogin.com", "redirect_uri did not match", "redirect_uri did not match", BACK),
            ("auth.pingone.com", "Unable to look up SP connection", "unable to look up sp connection", PARTNER),
            ("acme.auth0.com", "Callback URL mismatch.", "callback url mismatch", BACK),
            ("acme.auth0.com", "Unknown client: abc", "unknown client", GONE),
            (NOWHERE, "MSIS7007: The requested relying party trust", "MSIS7007", PARTNER),
            (NOWHERE, "MSIS9223: Received invalid OAuth request", "MSIS9223", GONE),
            (NOWHERE, "MSIS9224: no redirect uri", "MSIS9224", BACK),
            (NOWHERE, "MSIS1234", "MSIS1234", "event log"),
            (NOWHERE, "Invalid parameter: redirect_uri", "invalid parameter: redirect_uri", BACK),
            (NOWHERE, "Client not found.", "client not found", GONE),
            (NOWHERE, "Client disabled.", "client disabled", OFF),
            (NOWHERE, "Invalid requester", "invalid requester", PARTNER),
            (NOWHERE, "unauthorized_client", "unauthorized_client", RIGHTS),
            (NOWHERE, "invalid_redirect_uri", "invalid_redirect_uri", BACK),
            (NOWHERE, "unknown service provider", "unknown service provider", PARTNER),
        ],
    )
    def test_page_is_told_by_the_providers_own_word_and_what_it_means(
        self, host: str, page: str, word: str, meaning: str
    ) -> None:
        found = refusal(host, f"<html><h1>Sorry</h1><p>{page}</p></html>")

        assert found is not None
        assert found[0] == word
        assert meaning in found[1]

    @pytest.mark.parametrize("host", ["login.microsoftonline.com", NOWHERE])
    def test_code_that_nobody_else_has_is_looked_for_in_scripts_too(self, host: str) -> None:
        found = refusal(host, '<html><script>$Config={"strServiceExceptionMessage":"AADSTS50011: x"}</script></html>')

        assert found is not None
        assert found[0] == "AADSTS50011"

    @pytest.mark.parametrize(
        ("host", "page"),
        [
            ("accounts.google.com", "<script>deleted_client</script>"),
            ("accounts.google.com", "<style>deleted_client</style><p>Log in"),
            ("accounts.google.com", "<template><p>deleted_client</template><p>Log in"),
            ("accounts.google.com", "<script><p>a</p>deleted_client</script><p>Log in"),
            ("accounts.google.com", "<template><p>a</p>deleted_client</template><p>Log in"),
            ("accounts.google.com", "<p>deleted_clients"),
            ("accounts.google.com", "<p>undeleted_client"),
            ("accounts.google.com", "<p title=deleted_client>Log in"),
            ("accounts.google.com", "<p>AADSTS50011"),
            ("login.live.com", "<p>AADSTS"),
            ("login.live.com", "<p>AADSTS500119999"),
            ("login.live.com", "<p>XAADSTS50011"),
            (NOWHERE, "<p>MSIS123"),
            (NOWHERE, "<p>Log in"),
            (NOWHERE, ""),
        ],
    )
    def test_page_that_does_not_show_a_word_of_its_provider_refuses_nobody(self, host: str, page: str) -> None:
        assert refusal(host, page) is None

    @pytest.mark.parametrize(
        "page",
        [
            '{"error": "invalid_client"}',
            "invalid_client",
            "<p>Error: <b>Invalid_Client</b>!",
            "<script>a</script><p>invalid_client",
            "</script></style><p>invalid_client",
            "<script></script><style></style><template></template>invalid_client<script>",
            "<p>invalid&#95;client</p>",
        ],
    )
    def test_word_is_read_wherever_somebody_sees_it(self, page: str) -> None:
        assert refusal(NOWHERE, page) is not None

    def test_words_of_a_page_are_read_across_its_lines(self) -> None:
        assert refusal("github.com", "<p>not associated\n  with <b>this</b>\n application</p>")

    def test_only_the_beginning_of_a_page_is_looked_at(self) -> None:
        def page(before: int) -> str:
            return f"<p>{'a ' * before}</p><p>invalid_client</p><i>AADSTS50011</i>"

        assert refusal(NOWHERE, page(190_000))
        assert refusal(NOWHERE, page(200_000)) is None
        assert refusal(NOWHERE, page(200_000).replace("<", "")) is None


def packed(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class TestRedirects:
    @pytest.mark.parametrize(
        ("location", "word"),
        [
            ("https://idp.example/error?error=invalid_client", "invalid_client"),
            ("https://idp.example/error?x=1&error=invalid_client&y=2", "invalid_client"),
            ("https://idp.example/error#error=invalid_client", "invalid_client"),
            ("https://idp.example/error/invalid_client?x=1", "invalid_client"),
            ("/error?error=invalid_client", "invalid_client"),
            *[
                (f"https://idp.example/error?authError={packed('x' * more + ' invalid_client ')}", "invalid_client")
                for more in range(4)
            ],
            (
                f"https://idp.example/error?authError={packed(chr(0xFF) + chr(0x3FF) + ' invalid_client')}",
                "invalid_client",
            ),
            ("https://idp.example/error?msg=%25%25&error=invalid_client", "invalid_client"),
        ],
    )
    def test_redirect_to_a_page_for_errors_is_read(self, location: str, word: str) -> None:
        found = refusal(NOWHERE, "", location)

        assert found is not None
        assert found[0] == word

    @pytest.mark.parametrize(
        "location",
        [
            "https://idp.example/login?continue=invalid_client",
            "https://idp.example/login?redirect_uri=invalid_client",
            "https://idp.example/login?return_to=invalid_client",
            "https://idp.example/login?state=invalid_client",
            "https://idp.example/login?RelayState=invalid_client",
            f"https://idp.example/login?state={packed(' invalid_client ')}",
            "https://invalid_client.example/login",
            "https://[",
            "",
        ],
    )
    def test_what_only_passes_through_says_nothing(self, location: str) -> None:
        assert refusal(NOWHERE, "", location) is None

    def test_what_stands_behind_what_passes_through_is_read(self) -> None:
        assert refusal(NOWHERE, "", "https://idp.example/login?state=1&error=invalid_client")


class TestChallenges:
    @pytest.mark.parametrize(
        ("page", "location", "asks"),
        [
            ("<h1>Just a moment...</h1>", "", True),
            ("<p>Our systems have detected unusual traffic", "", True),
            ("<p>Verify you are human", "", True),
            ("<p>Verify that you are a human", "", True),
            ("<p>Solve the CAPTCHA", "", True),
            ("<form class=cf-challenge>", "", True),
            ("<script src=/cdn-cgi/challenge-platform/x></script>", "", True),
            ('<div id="captcha-box">', "", True),
            ("", "https://www.google.example/sorry/index?continue=x", True),
            ("", "/sorry/index", True),
            ("", "https://www.google.example/login/sorry/", False),
            ("", "https://www.google.example/login?next=/sorry/", False),
            ("<p>Log in", "", False),
            ("<p>Log in", "https://www.google.example/login", False),
            ("<p>Protected by reCAPTCHA", "", False),
            ("<script>captcha</script><p>Log in", "", False),
            ("<h1>Just a moment...</h1><input type=password>", "", False),
            ("<p>Solve the captcha<input type='email'>", "", False),
            ('<div id="captcha"></div><input type="password">', "", False),
            ("<p>Solve the captcha<input type=text>", "", True),
        ],
    )
    def test_captcha_in_the_place_of_a_login_is_known(self, page: str, location: str, *, asks: bool) -> None:
        assert providers.is_challenge(page, location) is asks


@pytest.mark.parametrize(
    ("host", "shared"),
    [
        ("login.auth0.com", True),
        ("login.us.auth0.com", True),
        ("LOGIN.EU.AUTH0.COM", True),
        ("login.eu.west.auth0.com", False),
        ("acme.auth0.com", False),
        ("login.auth0.com.evil.example", False),
        ("loginxauth0.com", False),
    ],
)
def test_way_back_that_all_tenants_share_is_known_by_its_host(host: str, *, shared: bool) -> None:
    assert bool(providers.DEVELOPER_CALLBACK.fullmatch(host)) is shared


def test_table_has_a_row_for_each_provider_with_its_hosts_and_words() -> None:
    rows = [
        providers.ProviderRow("Acme", (r"login\.(a|b)\.example", r".+\.c\.example"), {"one": "x", "two": "y"}),
        providers.ProviderRow("Other", (), {"three": "z"}),
    ]

    assert providers.table(rows).split("\n")[2:] == [
        r"| Acme | `login.(a\|b).example`, `.+.c.example` | `one`, `two` |",
        "| Other | its words | `three` |",
    ]
