"""An identity provider on an address of its own: its login pages, each error that it may show, and its metadata."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from werkzeug import Request

from sandbox import metadata
from sandbox.answers import NOT_FOUND, Answer, Delivery, html_answer, json_answer, page
from sandbox.questions import Question
from sandbox.setup import Setup
from sandbox.ways_out import CONNECTIONS

TARGET = "identity-provider"
FEDERATION = "/FederationMetadata/2007-06/FederationMetadata.xml"


class Shown(NamedTuple):
    """What is answered in the place of a login page: a status, a page, and where it leads."""

    status: int
    text: str = ""
    location: str = ""


def _google(error: str, told: str) -> Shown:
    """Google tells its errors in the address of another page, packed as a protocol buffer in base64."""
    message = b"\n" + bytes([len(error)]) + error.encode() + b"\x12" + bytes([len(told)]) + told.encode()
    packed = base64.urlsafe_b64encode(message).decode()
    return Shown(302, location=f"https://accounts.google.com/signin/oauth/error?authError={packed}&client_id=x")


def _entra(code: str, told: str) -> Shown:
    """Microsoft's pages are made by scripts, and have the error in what those are given."""
    config = json.dumps({"strServiceExceptionMessage": f"{code}: {told}", "iErrorCode": int(code[6:])})
    return Shown(
        200,
        f"<html><head><title>Sign in to your account</title></head><script>$Config={config};</script></html>",
    )


ERRORS: dict[str, Shown] = {
    "google-deleted-client": _google("deleted_client", "The OAuth client was deleted."),
    "google-redirect-uri": _google("redirect_uri_mismatch", "You can't sign in to this app."),
    "entra-redirect-uri": _entra("AADSTS50011", "The redirect URI does not match the ones that are configured."),
    "entra-unknown-application": _entra("AADSTS700016", "The application was not found in the directory."),
    "github-redirect-uri": Shown(200, page("Be careful!", "The redirect_uri is not associated with this application.")),
    "github-suspended": Shown(200, page("Application suspended", "The application suspended itself for abuse.")),
    "okta-redirect-uri": Shown(
        400,
        page("Bad request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."),
    ),
    "adfs-unknown-partner": Shown(200, page("An error occurred", "MSIS7007: The requested relying party trust")),
    "keycloak-redirect-uri": Shown(400, page("We are sorry...", "Invalid parameter: redirect_uri")),
    "auth0-unknown-client": Shown(403, page("Oops!, something went wrong", "Unknown client: abc")),
    "json-invalid-client": Shown(401, '{"error": "invalid_client"}'),
    "back-at-once": Shown(302, location="{back}?error=unauthorized_client&state=x"),
    "not-found": Shown(404, page("404", "Nothing here")),
    "forbidden": Shown(403, page("403", "Access denied")),
    "too-many": Shown(429, page("429", "Slow down")),
    "captcha": Shown(200, page("Just a moment...", "Verify that you are human by solving the captcha.")),
    "broken": Shown(500, page("500", "Internal error")),
    "maintenance": Shown(503, page("Maintenance", "We will be back soon.")),
    "moved": Shown(302, location="/login?session=1"),
    "integrated": Shown(401, page("Unauthorized", "")),
    "silent": Shown(0),
}
"""What its pages may show in the place of a login, by name."""

HARMLESS = ("moved", "integrated")
"""Those of them with which users can log in all the same."""

LOGIN = (
    '<!DOCTYPE html><html><head><title>Log in</title></head><body><form method="post">'
    '<input type="email" name="user"><input type="password" name="secret"></form>'
    "<script>var errors = {deleted_client: 1, redirect_uri_mismatch: 2, invalid_client: 3};</script></body></html>"
)
"""A login page as they are: its scripts know the words for every error."""


@dataclass(slots=True)
class IdentityProvider:
    """Answers for every provider that connections of the sandbox lead to."""

    setup: Setup
    domain: str
    """The tenant's."""
    _made: tuple[tuple[float, ...], list[str]] = field(default=((), []))

    def answer(self, request: Request) -> tuple[Question, Answer]:
        question = Question(request, TARGET)
        question.route = "login" if question.path in CONNECTIONS.values() else "metadata"
        answer = self._page() if question.route == "login" else self._metadata(question)
        return question, answer

    def _metadata(self, question: Question) -> Answer:
        """The metadata at this path; the same until the identity provider has other certificates."""
        base = f"https://{question.request.headers.get('Host', '')}"
        documents: dict[str, Callable[[], Answer]] = {
            "/saml/metadata": lambda: metadata.answer(metadata.saml(f"{base}/saml", f"{base}/saml/sso", self._signing)),
            FEDERATION: lambda: metadata.answer(metadata.federation(f"{base}/adfs", self._signing)),
            "/oidc/.well-known/openid-configuration": lambda: json_answer(
                {
                    "issuer": f"{base}/oidc",
                    "authorization_endpoint": f"{base}/oidc/authorize",
                    "jwks_uri": f"{base}/keys",
                }
            ),
            "/keys": lambda: json_answer(
                {"keys": [{"kty": "EC", "kid": str(n), "x5c": [each]} for n, each in enumerate(self._signing)]}
            ),
        }
        if question.path not in documents:
            return html_answer(NOT_FOUND, 404)
        answer = self._ill(base, documents[question.path]) if self.setup.idp_metadata else documents[question.path]()
        answer.add_etag()
        return answer.make_conditional(question.request.environ)  # type: ignore[return-value] # it is the same

    def _ill(self, base: str, make: Callable[[], Answer]) -> Answer:
        kind = self.setup.idp_metadata
        if kind == "html":
            return html_answer(page("Sign in", "Your session has ended."))
        if kind == "broken":
            return html_answer(page("500", "Internal error"), 500)
        if kind == "huge":
            return metadata.answer("<EntityDescriptor>" + " " * (10 << 20) + "</EntityDescriptor>")
        if kind == "several":
            whole = make().get_data(as_text=True).partition("?>")[2]
            return metadata.answer(
                f'<EntitiesDescriptor xmlns="{metadata.SAML}:metadata">{whole * 2}</EntitiesDescriptor>'
            )
        return metadata.answer(metadata.BOMB if kind == "bomb" else metadata.EXTERNAL.format(address=f"{base}/fetched"))

    @property
    def _signing(self) -> list[str]:
        wanted = self.setup.idp_certificates_end_in
        if self._made[0] != wanted:
            self._made = wanted, [metadata.certificate(each) for each in wanted]
        return self._made[1]

    def _page(self) -> Answer:
        shown = ERRORS.get(self.setup.idp_error, Shown(200, LOGIN))
        answer = html_answer(shown.text, shown.status or 200)
        if shown.location:
            answer.headers["location"] = shown.location.replace("{back}", f"https://{self.domain}/login/callback")
        if self.setup.idp_error == "integrated":
            answer.headers["www-authenticate"] = "Negotiate"
        if not shown.status:
            answer.delivery = Delivery.RESET
        return answer
