"""Faults of a world with real names, that nobody's sandbox has: each with whose work it is, written before it was run.

A fault changes a Stage (``tests/drills/stage.py``). Of several owners any is right; of none, that all is well.
"""

from __future__ import annotations

import itertools
import json
import socket
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jwt
import trustme

from monitor.owners import Owner
from sandbox.answers import Answer, error_answer, html_answer, page, text_answer
from sandbox.questions import Question
from tests.drills import stage as stages
from tests.drills.stage import ADDRESSES, CANONICAL, ELSEWHERE, OWN, POSTS, PROXY, STATUS, Stage, signed, unsigned

RUNNER, CONFIGURATION, EXTENSION = Owner.RUNNER, Owner.CONFIGURATION, Owner.EXTENSION
AUTH0, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.THROTTLED, Owner.UNKNOWN


class WorldFault(NamedTuple):
    """What changes the stage, what that is, whose work it is (any of these), and how the run has to be called."""

    set_up: Callable[[Stage], None]
    told: str
    owners: tuple[Owner, ...]
    run: str


_RIGHT = 200

FAULTS: dict[str, WorldFault] = {}


def fault(*owners: Owner, run: str = "down") -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """The function sets up a fault that is the work of one of these."""

    def keep(function: Callable[[Stage], None]) -> Callable[[Stage], None]:
        name = function.__name__.strip("_").replace("_", "-")
        FAULTS[name] = WorldFault(function, (function.__doc__ or "").strip(), owners, run)
        return function

    return keep


well = fault(run="up")


@well
def well_by_auth0s_name(_: Stage) -> None:
    """A tenant by one of Auth0's names is well."""


@well
def well_by_an_own_domain(stage: Stage) -> None:
    """A tenant by a domain of its own is well."""
    stage.tenants = (OWN,)


@well
def well_by_both_names(stage: Stage) -> None:
    """Both are watched, and well."""
    stage.tenants = (CANONICAL, OWN)


@well
def well_behind_a_proxy(stage: Stage) -> None:
    """A proxy lets everybody through."""
    stage.proxy = "well"


@well
def well_with_hs256(stage: Stage) -> None:
    """ID tokens are signed by HS256, as configured."""
    stage.algorithm = "HS256"


# Who spoke?


def _own(stage: Stage, change: stages.Change) -> None:
    stage.tenants, stage.change = (OWN,), change


def _bare(status: int, title: str = "Error", **headers: str) -> Callable[[], Answer]:
    """A page of somebody who is not Auth0."""
    return lambda: unsigned(html_answer(page(title, title), status), **headers)


@fault(AUTH0)
def signed_500_where_no_page_is_read(stage: Stage) -> None:
    """Auth0 signs a 500 for everything, and pages are pages of something else."""
    stage.change = signed_everywhere(500)
    stage.change_pages = stages.everything(lambda: html_answer(page("Hello", "Hello")))


def signed_everywhere(status: int, body: Callable[[int], Answer] | None = None) -> stages.Change:
    make = body or (lambda status: error_answer(status, "server_error", "Internal error"))
    return signed(lambda: make(status))


@fault(AUTH0)
def signed_503_for_everything(stage: Stage) -> None:
    """Auth0 signs a 503 for everything."""
    stage.change = signed_everywhere(503, lambda status: html_answer(page("503", "Service Unavailable"), status))


@fault(CONFIGURATION)
def own_nginx_502(stage: Stage) -> None:
    """The nginx before an own domain says 502."""
    _own(stage, stages.everything(_bare(502, "502 Bad Gateway", server="nginx/1.25.3")))


@fault(CONFIGURATION)
def own_haproxy_503(stage: Stage) -> None:
    """The HAProxy before an own domain says 503, and has no name."""
    _own(
        stage, stages.everything(lambda: html_answer("<html><body><h1>503 Service Unavailable</h1></body></html>", 503))
    )


@fault(CONFIGURATION)
def own_apache_404(stage: Stage) -> None:
    """The web server at an own domain knows none of these paths."""
    _own(stage, stages.everything(_bare(404, "404 Not Found", server="Apache/2.4.58", via="1.1 gw.acme.example")))


@fault(CONFIGURATION)
def own_cloudfront_403(stage: Stage) -> None:
    """CloudFront before an own domain refuses everything."""
    made = _bare(403, "ERROR: The request could not be satisfied", server="CloudFront", x_cache="Error from cloudfront")
    _own(stage, stages.everything(made))


@fault(RUNNER, run="unknown")
def squid_denies_everybody(stage: Stage) -> None:
    """A transparent squid denies tenants and pages."""
    made = _bare(403, "ERROR: The requested URL could not be retrieved", x_squid_error="ERR_ACCESS_DENIED 0")
    stage.change = stage.change_pages = stages.everything(made)


@fault(RUNNER, run="unknown")
def squid_denies_the_tenant(stage: Stage) -> None:
    """A transparent squid denies the tenant alone."""
    made = _bare(403, "ERROR", server="squid/6.6", via="1.1 gw (squid/6.6)", x_squid_error="ERR_ACCESS_DENIED 0")
    stage.change = stages.everything(made)


@fault(RUNNER, run="unknown")
def sign_in_to_the_network(stage: Stage) -> None:
    """The network asks for a sign-in: 511 for everybody."""
    stage.change = stage.change_pages = stages.everything(_bare(511, "Network Authentication Required"))


@fault(RUNNER, run="unknown")
def sign_in_for_an_own_domain(stage: Stage) -> None:
    """511 in the place of an own domain."""
    _own(stage, stages.everything(_bare(511, "Network Authentication Required")))


@fault(RUNNER, run="unknown")
def zscaler_in_auth0s_place(stage: Stage) -> None:
    """A filter of the company's answers 200 with its page."""
    stage.change = stages.everything(_bare(200, "Zscaler: access to this site is under review"))


@fault(RUNNER, run="unknown")
def redirect_to_a_portal(stage: Stage) -> None:
    """Everything of the tenant's is redirected to a portal."""
    stage.change = stages.everything(_bare(302, "Found", location="https://portal.corp.example/"))


@fault(RUNNER, run="unknown")
def proxys_407_in_the_tenants_place(stage: Stage) -> None:
    """A transparent proxy asks for credentials."""
    stage.change = stages.everything(_bare(407, "Authentication required", proxy_authenticate="Basic realm=corp"))


@fault(CONFIGURATION)
def unknown_tenant(stage: Stage) -> None:
    """Auth0 knows no tenant of this name: a signed 404 for everything."""
    stage.change = signed_everywhere(404, lambda status: html_answer(page("Oops!, something went wrong", "x"), status))


@fault(CONFIGURATION, run="unknown")
def access_list_denies_everything(stage: Stage) -> None:
    """A tenant's access list denies everything, and Auth0 signs that."""
    stage.change = signed_everywhere(
        403, lambda status: error_answer(status, "access_denied", "Access denied by policy")
    )


# Edges


def _cloudflare(status: int, code: int) -> Callable[[], Answer]:
    return lambda: unsigned(
        text_answer(f"error code: {code}", status), server="cloudflare", cf_ray="8c1f0aa1bb2cc3dd-FRA"
    )


def _edge(name: str, host: str, status: int, code: int, *owners: Owner, run: str = "down") -> None:
    def set_up(stage: Stage) -> None:
        stage.tenants, stage.change = (host,), stages.everything(_cloudflare(status, code))

    told = f"Cloudflare answers {status} with its error {code} for {'an own domain' if host == OWN else 'Auth0'}."
    FAULTS[name] = WorldFault(set_up, told, owners, run)


for _status, _code in ((525, 525), (526, 526), (530, 1016), (530, 1033), (403, 1014), (403, 1000)):
    _edge(f"own-cloudflare-{_code}", OWN, _status, _code, CONFIGURATION)
for _code in (520, 522, 524):
    _edge(f"own-cloudflare-{_code}", OWN, _code, _code, UNKNOWN)
for _code in (1010, 1020, 1006):
    _edge(f"own-cloudflare-{_code}", OWN, 403, _code, THROTTLED, run="unknown")
_edge("own-cloudflare-1015", OWN, 429, 1015, THROTTLED, run="unknown")
_edge("auth0s-cloudflare-1014", CANONICAL, 403, 1014, AUTH0)
_edge("auth0s-cloudflare-522", CANONICAL, 522, 522, AUTH0)


@fault(THROTTLED, RUNNER, run="unknown")
def challenge_on_posts(stage: Stage) -> None:
    """An edge before an own domain wants a browser, where credentials are sent."""
    made = _bare(403, "Just a moment...", server="cloudflare", cf_mitigated="challenge", cf_ray="8c1f0aa1bb2cc3dd-FRA")
    _own(stage, stages.of_kinds(POSTS, lambda _, __: made()))


@fault(THROTTLED, RUNNER, UNKNOWN, run="unknown")
def firewall_on_posts(stage: Stage) -> None:
    """A firewall on the way answers JSON of its own, where credentials are sent."""
    blocked = json.dumps({"message": "Request blocked", "ref": "7391"})
    stage.change = stages.of_kinds(POSTS, lambda _, __: Answer(blocked, 403, content_type="application/json"))


# Did we reach it at all?


@fault(RUNNER, run="unknown")
def route_is_prohibited(stage: Stage) -> None:
    """This machine's routes prohibit the tenant's address."""
    stage.names[CANONICAL] = ELSEWHERE
    stage.routes = (f"route add prohibit {ELSEWHERE}/32",)


@fault(RUNNER, run="unknown")
def route_is_unreachable(stage: Stage) -> None:
    """This machine's routes call the tenant's address unreachable."""
    stage.names[CANONICAL] = ELSEWHERE
    stage.routes = (f"route add unreachable {ELSEWHERE}/32",)


@fault(RUNNER, run="unknown")
def no_route_to_the_own_domain(stage: Stage) -> None:
    """This machine has no route to an own domain's address."""
    stage.tenants = (OWN,)
    stage.names[OWN] = ELSEWHERE


@fault(RUNNER, run="unknown")
def name_leads_nowhere(stage: Stage) -> None:
    """A filter among the name servers says 0.0.0.0."""
    stage.names[CANONICAL] = "0.0.0.0"  # noqa: S104 - it is what such a filter says


@fault(RUNNER, run="unknown")
def name_leads_to_this_machine(stage: Stage) -> None:
    """The tenant's name leads to this machine itself."""
    stage.names[CANONICAL] = "127.0.0.1"


@fault(RUNNER, run="unknown")
def own_name_leads_nowhere(stage: Stage) -> None:
    """A filter says 0.0.0.0 for an own domain."""
    stage.tenants = (OWN,)
    stage.names[OWN] = "0.0.0.0"  # noqa: S104 - the same


def _by_proxy(name: str, mode: str, told: str) -> None:
    def set_up(stage: Stage) -> None:
        stage.proxy = mode

    FAULTS[name] = WorldFault(set_up, told, (RUNNER,), "unknown")


_by_proxy("proxy-hangs", "hang", "The proxy never answers CONNECT.")
_by_proxy("proxy-hangs-for-the-tenant", f"{CANONICAL}:hang", "The proxy never answers CONNECT for the tenant.")
_by_proxy("proxy-forbids", "403", "The proxy forbids everything.")
_by_proxy("proxy-forbids-the-tenant", f"{CANONICAL}:403", "The proxy forbids the tenant.")
_by_proxy("proxy-wants-credentials", "407", "The proxy wants credentials.")
_by_proxy("proxy-fails-for-the-tenant", f"{CANONICAL}:502", "The proxy says 502 for the tenant.")
_by_proxy("proxy-drops-the-tenant", f"{CANONICAL}:drop", "The proxy closes the connection for the tenant.")
_by_proxy("proxy-inspects", "inspect", "The proxy opens TLS, and shows a certificate of its own for everybody.")
_by_proxy("proxy-inspects-the-tenant", f"{CANONICAL}:inspect", "The proxy opens TLS for the tenant.")


@fault(RUNNER, run="unknown")
def proxy_is_gone(stage: Stage) -> None:
    """Nobody listens where the proxy should be."""
    stage.variables["HTTPS_PROXY"] = f"http://{PROXY}:3129"


@fault(RUNNER, run="unknown")
def past_the_proxy(stage: Stage) -> None:
    """NO_PROXY sends the tenant alone past the proxy, where there is no way."""
    stage.proxy = "well"
    stage.names[CANONICAL] = ADDRESSES[PROXY]  # where nobody listens on 443
    stage.variables["NO_PROXY"] = CANONICAL


# Which certificate?


@fault(AUTH0)
def auth0s_certificate_has_expired(stage: Stage) -> None:
    """Auth0 shows a certificate that expired two days ago."""
    stage.certificates[CANONICAL] = stages.expired


@fault(AUTH0)
def auth0s_certificate_is_for_other_names(stage: Stage) -> None:
    """Auth0 shows the certificate of another region."""
    stage.certificates[CANONICAL] = lambda good, _: good.issue_cert("*.us.auth0.com")


@fault(RUNNER, run="unknown")
def auth0s_name_is_inspected(stage: Stage) -> None:
    """The company's gateway signs for Auth0's name; others are let through."""
    stage.certificates[CANONICAL] = lambda _, other: other.issue_cert(CANONICAL)


@fault(RUNNER, run="unknown")
def everybody_is_inspected(stage: Stage) -> None:
    """The company's gateway signs for everybody."""
    stage.certificates |= {
        CANONICAL: lambda _, other: other.issue_cert(CANONICAL),
        STATUS: lambda _, other: other.issue_cert(STATUS),
    }


def _own_certificate(name: str, told: str, make: Callable[..., object]) -> None:
    def set_up(stage: Stage) -> None:
        stage.tenants = (OWN,)
        stage.certificates[OWN] = make  # type: ignore[assignment]

    FAULTS[name] = WorldFault(set_up, told, (CONFIGURATION,), "down")


_own_certificate("own-certificate-has-expired", "An own domain's has expired.", lambda g, o: stages.expired(g, o, OWN))
_own_certificate(
    "own-certificate-is-for-others", "It is for other names.", lambda g, _: g.issue_cert("www.acme.example")
)
_own_certificate("own-certificate-is-self-made", "It is signed by nobody.", lambda _, o: o.issue_cert(OWN))


def _plain(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n")


def _reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _old_tls(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")  # alert: protocol version


@fault(RUNNER, run="unknown")
def plain_http_in_auth0s_place(stage: Stage) -> None:
    """What answers on Auth0's port speaks plain http."""
    stage.raw[CANONICAL] = _plain


@fault(CONFIGURATION)
def own_domain_speaks_plain_http(stage: Stage) -> None:
    """What answers at an own domain speaks plain http."""
    stage.tenants, stage.raw = (OWN,), {OWN: _plain}


@fault(CONFIGURATION)
def own_domain_speaks_old_tls(stage: Stage) -> None:
    """What answers at an own domain takes no version of TLS that is still used."""
    stage.tenants, stage.raw = (OWN,), {OWN: _old_tls}


@fault(UNKNOWN, run="unknown")
def handshake_is_reset(stage: Stage) -> None:
    """The connection is reset as soon as Auth0's name is said: a filter, or Auth0."""
    stage.raw[CANONICAL] = _reset


# What do witnesses say? What has flapping for a shape?


@fault(EXTENSION)
def database_down_beside_a_small_incident(stage: Stage) -> None:
    """A custom database is down, and Auth0's page has something small open."""
    stage.faults = ("custom-database-down", "auth0-minor")


@fault(EXTENSION)
def action_breaks_beside_a_small_incident(stage: Stage) -> None:
    """An Action breaks every login, and Auth0's page has something small open."""
    stage.faults = ("login-500", "auth0-minor")


def _every_second(make: Callable[[Question, Answer], Answer], *kinds: str) -> stages.Change:
    """Every second answer to questions of a kind: whom the first of all hits must not be for the machine to say."""
    turns: dict[str, Iterator[int]] = defaultdict(itertools.count)
    return lambda question, answer: (
        make(question, answer)
        if (not kinds or question.kind in kinds) and next(turns[str(question.kind)]) % 2 == 0
        else answer
    )


_server_error = signed(lambda: error_answer(500, "server_error", "Internal error"))
_unavailable = signed(lambda: html_answer(page("503", "Service Unavailable"), 503))


@fault(AUTH0, run="*")
def every_second_answer_is_503(stage: Stage) -> None:
    """Every second answer of the tenant's is a signed 503."""
    stage.change = _every_second(_unavailable)


@fault(AUTH0, UNKNOWN, run="*")
def every_second_login_is_500(stage: Stage) -> None:
    """Every second request to the token endpoint gets a signed 500."""
    stage.change = _every_second(_server_error, *POSTS)


@fault(AUTH0)
def key_set_is_500(stage: Stage) -> None:
    """The key set is a signed 500."""
    stage.change = stages.of_kinds(("jwks",), _server_error)


@fault(AUTH0)
def key_set_hangs(stage: Stage) -> None:
    """The key set never comes."""

    def hangs(_: Question, answer: Answer) -> Answer:
        answer.late = 60.0
        return answer

    stage.change = stages.of_kinds(("jwks",), hangs)


@fault(CONFIGURATION)
def own_key_set_is_a_proxys_502(stage: Stage) -> None:
    """The proxy before an own domain says 502 for the key set alone."""
    _own(stage, stages.of_kinds(("jwks",), lambda _, __: _bare(502, "502 Bad Gateway", server="nginx")()))


# Own domain beside canonical


@fault(CONFIGURATION)
def own_domain_refuses_beside_canonical(stage: Stage) -> None:
    """Nobody listens at the own domain, and the tenant is well by Auth0's name."""
    stage.tenants = (CANONICAL, OWN)
    stage.names[OWN] = ADDRESSES[PROXY]


@fault(CONFIGURATION)
def own_proxy_fails_beside_canonical(stage: Stage) -> None:
    """The proxy before the own domain says 502, and the tenant is well by Auth0's name."""
    stage.tenants = (CANONICAL, OWN)
    stage.change_own = stages.everything(_bare(502, "502 Bad Gateway", server="nginx"))


@fault(CONFIGURATION)
def own_alias_leads_to_no_name(stage: Stage) -> None:
    """The own domain's CNAME leads to a name that does not exist."""
    stage.tenants = (CANONICAL, OWN)
    stage.names[OWN] = "=acme-cd-1a2b3c.edge.tenants.eu.example"


@fault(UNKNOWN)
def own_domain_refuses_alone(stage: Stage) -> None:
    """Nobody listens at an own domain, and nothing else says why."""
    stage.tenants = (OWN,)
    stage.names[OWN] = ADDRESSES[PROXY]


@fault(AUTH0)
def own_domain_leads_to_auth0s_edge_that_refuses(stage: Stage) -> None:
    """An own domain is an alias of Auth0's edge, where nobody listens."""
    stage.tenants = (OWN,)
    stage.names |= {OWN: "=acme-cd-1a2b3c.edge.tenants.eu.auth0.com"}
    stage.names["acme-cd-1a2b3c.edge.tenants.eu.auth0.com"] = ADDRESSES[PROXY]


@fault(AUTH0)
def expired_certificate_and_a_feed_by_domain(stage: Stage) -> None:
    """Auth0's certificate has expired, and AUTH0_STATUS_URL names the domain, as the docs ask."""
    stage.certificates[CANONICAL] = stages.expired
    stage.variables["AUTH0_STATUS_URL"] = f"https://{STATUS}/status/auth0/feed?domain={CANONICAL}"


# The whole run is evidence of what the monitor does


@fault(THROTTLED)
def limit_is_spent_by_others(stage: Stage) -> None:
    """429 with a limit of 1000 of which nothing is left, after a few requests of ours."""

    def spent(_: Question, answer: Answer) -> Answer:
        made = signed(lambda: error_answer(429, "too_many_requests", "Global limit has been reached"))(_, answer)
        made.headers["x-ratelimit-limit"], made.headers["x-ratelimit-remaining"] = "1000", "0"
        return made

    stage.change = stages.of_kinds(POSTS, spent)


@fault(THROTTLED, run="unknown")
def user_is_locked_out(stage: Stage) -> None:
    """The brute-force protection blocks the synthetic user."""
    stage.faults = ("too-many-attempts",)


def _refusing(error: str, description: str, status: int, *kinds: str) -> stages.Change:
    made = signed(lambda: error_answer(status, error, description))
    return stages.of_kinds(kinds or ("login",), made)


@fault(EXTENSION, run="degraded")
def script_refuses_strangers_in_its_own_words(stage: Stage) -> None:
    """A custom database says unauthorized to users that it does not know."""
    made = signed(lambda: error_answer(401, "unauthorized", "No such member"))
    stage.change = lambda question, answer: (
        made(question, answer)
        if question.text("realm") == "custom-users" and answer.status_code in (401, 403)
        else answer
    )


# What had no rule


def _says(  # noqa: PLR0917 - a row of a table
    name: str, error: str, description: str, status: int, owner: Owner, run: str, *kinds: str
) -> None:
    def set_up(stage: Stage) -> None:
        stage.change = _refusing(error, description, status, *kinds)

    FAULTS[name] = WorldFault(set_up, f"{status} {error}: {description}.", (owner,), run)


_says("consent-is-required", "consent_required", "Consent required", 403, CONFIGURATION, "unknown")
_says("interaction-is-required", "interaction_required", "Unable to redirect", 403, CONFIGURATION, "unknown")
_says("extensibility-error", "extensibility_error", "Error in an Action", 400, EXTENSION, "down")
_says("500-access-denied", "access_denied", "Cannot read properties of undefined", 500, EXTENSION, "down")
_says("verify-your-mail", "unauthorized", "Please verify your email before logging in.", 401, EXTENSION, "down")
_says("user-is-blocked", "unauthorized", "user is blocked", 401, CONFIGURATION, "down")
_says("action-denies", "access_denied", "Members of the board only", 403, EXTENSION, "down")
_says("organization-is-required", "invalid_request", "parameter organization is required for this client", 400,
      CONFIGURATION, "unknown")  # fmt: skip
_says("organization-membership", "access_denied", "client requires organization membership", 403, CONFIGURATION, "down")
_says("action-denies-machines", "invalid_scope", "Not during the night", 400, EXTENSION, "unknown", "machine-login")
_says("connection-is-disabled", "invalid_request", "the connection was disabled", 400, CONFIGURATION, "unknown")
_says("userinfo-500", "server_error", "Internal error", 500, AUTH0, "down", "userinfo")


@fault(EXTENSION)
def action_breaks_machines(stage: Stage) -> None:
    """An Action breaks the logins of machines; whoever has a wrong secret never comes so far."""
    stage.change = lambda question, answer: (
        _server_error(question, answer) if question.kind == "machine-login" and answer.status_code == _RIGHT else answer
    )


@fault(CONFIGURATION)
def audience_without_a_machine(stage: Stage) -> None:
    """Service not found, and no machine logs in to compare with."""
    stage.change = _refusing("access_denied", "Service not found: https://api.sandbox.example", 403)
    stage.variables["AUTH0_FLOWS"] = "password-realm"


@fault(CONFIGURATION, run="unknown")
def token_is_encrypted(stage: Stage) -> None:
    """ID tokens have five parts: they are encrypted."""

    def encrypted(_: Question, answer: Answer) -> Answer:
        document = answer.json or {}
        if answer.status_code == 200 and "id_token" in document:
            answer.set_data(json.dumps(document | {"id_token": "eyJhbGciOiJSU0EtT0FFUCJ9.QQ.QQ.QQ.QQ"}))
        return answer

    stage.change = stages.of_kinds(("login",), encrypted)


@fault(CONFIGURATION)
def secret_is_stale(stage: Stage) -> None:
    """ID tokens by HS256, verified with a secret that is another application's; no login by /oauth/ro needs one."""
    stage.algorithm = "HS256"
    stage.variables |= {
        "AUTH0_CLIENT_SECRET": "an-older-secret-0123456789-0123456789-abcdef",
        "AUTH0_FLOWS": "oauth-ro",
    }


@fault(AUTH0, CONFIGURATION, UNKNOWN, run="degraded")
def date_is_off(stage: Stage) -> None:
    """The Date of all answers is an hour off, while tokens and /test agree with our clock."""

    def off(_: Question, answer: Answer) -> Answer:
        answer.headers["date"] = "Sat, 28 Nov 2026 00:00:00 GMT"
        return answer

    stage.change = off


# Stripped, kept, emptied


def _kept_from_us(question: Question, answer: Answer) -> Answer:
    """The proxy before an own domain takes Auth0's request ids away, and names itself on everything."""
    for name in ("x-auth0-requestid", "cf-ray"):
        answer.headers.pop(name, None)
    answer.headers["server"] = "nginx"
    return _bare(502, "502 Bad Gateway", server="nginx")() if question.kind in POSTS else answer


@well
def well_by_a_proxy_that_takes_the_ids_away(stage: Stage) -> None:
    """A proxy before an own domain takes Auth0's request ids away."""
    _own(stage, lambda question, answer: _kept_from_us(question, answer) if question.kind not in POSTS else answer)


@fault(UNKNOWN, CONFIGURATION)
def own_proxy_takes_the_ids_away_and_fails(stage: Stage) -> None:
    """A proxy before an own domain takes Auth0's request ids away, and says 502 where credentials are sent."""
    _own(stage, _kept_from_us)


@fault(UNKNOWN, CONFIGURATION)
def own_proxy_drops_the_authorization(stage: Stage) -> None:
    """A proxy before an own domain drops the header Authorization: a signed 401 of /userinfo."""
    _own(stage, stages.of_kinds(("userinfo",), signed(lambda: text_answer("Unauthorized", 401))))


def _kept_keys(cache: str) -> stages.Change:
    def kept(_: Question, answer: Answer) -> Answer:
        keys = [key | {"kid": f"old-{key['kid']}"} for key in (answer.json or {})["keys"]]
        answer.set_data(json.dumps({"keys": keys}))
        return unsigned(answer, age="86400", x_cache=cache)

    return stages.of_kinds(("jwks",), kept)


@fault(CONFIGURATION)
def own_cache_has_old_keys(stage: Stage) -> None:
    """A CDN before an own domain keeps a key set of yesterday, which Auth0 signed."""
    _own(stage, _kept_keys("Hit from cloudfront"))


@fault(RUNNER, UNKNOWN, run="unknown")
def cache_on_the_way_has_old_keys(stage: Stage) -> None:
    """A transparent cache keeps a key set of yesterday, which Auth0 signed."""
    stage.change = _kept_keys("HIT from gw.corp.example")


@fault(RUNNER, run="unknown")
def empty_json_for_everything(stage: Stage) -> None:
    """Somebody answers 200 and {} for everything."""
    stage.change = stages.everything(lambda: Answer("{}", 200, content_type="application/json"))


@fault(AUTH0)
def signed_page_for_everything(stage: Stage) -> None:
    """Auth0 signs a 200 with a page of a maintenance for everything."""
    stage.change = signed(lambda: html_answer(page("Maintenance", "We will be back")))


@fault(AUTH0, UNKNOWN)
def own_alias_of_auth0s_edge_gets_a_502(stage: Stage) -> None:
    """An own domain is an alias of Auth0's edge, which answers 502."""
    edge = "acme-cd-1a2b3c.edge.tenants.eu.auth0.com"
    _own(stage, stages.everything(_bare(502, "502 Bad Gateway", server="cloudflare", cf_ray="8c1f0aa1bb2cc3dd-FRA")))
    stage.names |= {OWN: f"={edge}", edge: ADDRESSES[OWN]}


@fault(CONFIGURATION, run="unknown")
def access_list_denies_logins(stage: Stage) -> None:
    """A tenant's access list denies logins alone, with a page that Auth0 signs."""
    stage.change = stages.of_kinds(POSTS, signed(lambda: html_answer(page("Forbidden", "Forbidden"), 403)))


@fault(RUNNER, UNKNOWN, run="unknown")
def gateway_refuses_in_oauths_words(stage: Stage) -> None:
    """A gateway on the way says access_denied, unsigned, where credentials are sent."""
    stage.change = stages.of_kinds(POSTS, lambda _, __: error_answer(403, "access_denied", "blocked by policy"))


@fault(RUNNER, UNKNOWN, run="unknown")
def certificate_is_a_portals(stage: Stage) -> None:
    """A portal answers for Auth0's name, with a good certificate of its own."""
    stage.certificates[CANONICAL] = lambda good, _: good.issue_cert("captive-portal.hotel.example")


@fault(RUNNER, UNKNOWN, run="unknown")
def own_domain_is_inspected_by_a_known_filter(stage: Stage) -> None:
    """A filter that has a name opens TLS for an own domain alone."""
    stage.tenants = (OWN,)
    stage.certificates[OWN] = lambda _, __: trustme.CA(organization_name="Zscaler Inc.").issue_cert(OWN)


@fault(CONFIGURATION)
def own_proxy_asks_by_the_canonical_name(stage: Stage) -> None:
    """A proxy before an own domain asks the tenant by its canonical name, which is then the issuer of everything."""
    own, other = f"https://{OWN}/", f"https://{CANONICAL}/"

    def by_the_other(_: Question, answer: Answer) -> Answer:
        if answer.mimetype == "application/json":
            answer.set_data(answer.get_data(as_text=True).replace(own, other))
        return answer

    _own(stage, stages.of_kinds(("discovery",), by_the_other))


_says(
    "you-are-not-authorized",
    "access_denied",
    "You are not authorized to access this application",
    403,
    EXTENSION,
    "down",
)
_says(
    "action-denies-a-client",
    "invalid_request",
    "This client may not ask from here",
    400,
    EXTENSION,
    "unknown",
    "machine-login",
)


@well
def well_with_an_api_by_hs256(stage: Stage) -> None:
    """The API signs by HS256, so that its access tokens are not for /userinfo, which refuses them."""

    def for_the_api(_: Question, answer: Answer) -> Answer:
        document = answer.json or {}
        if answer.status_code == _RIGHT and "." in document.get("access_token", ""):
            claims = jwt.decode(document["access_token"], options={"verify_signature": False})
            token = jwt.encode(claims | {"aud": "https://api.sandbox.example"}, "s" * 48, algorithm="HS256")
            answer.set_data(json.dumps(document | {"access_token": token}))
        return answer

    refused = stages.of_kinds(("userinfo",), signed(lambda: text_answer("Unauthorized", 401)))
    stage.change = lambda question, answer: refused(question, stages.of_kinds(POSTS, for_the_api)(question, answer))


# Names


def _named(name: str, place: str, told: str, *owners: Owner, run: str = "unknown", host: str = CANONICAL) -> None:
    def set_up(stage: Stage) -> None:
        stage.tenants = (host,)
        stage.names[host] = place

    FAULTS[name] = WorldFault(set_up, told, owners, run)


_named("name-does-not-exist", stages.NXDOMAIN, "NXDOMAIN for the tenant's name.", CONFIGURATION, run="down")
_named("own-name-does-not-exist", stages.NXDOMAIN, "NXDOMAIN for an own domain.", CONFIGURATION, run="down", host=OWN)
_named(
    "name-has-no-address", stages.NODATA, "The own domain's name has no address.", CONFIGURATION, run="down", host=OWN
)
_named("name-server-fails", stages.SERVFAIL, "SERVFAIL for the tenant's name alone.", UNKNOWN)
_named("name-server-is-silent", stages.SILENT, "No answer for the tenant's name alone.", UNKNOWN)


@fault(RUNNER, run="unknown")
def no_name_server_answers(stage: Stage) -> None:
    """No name is answered for."""
    stage.names = dict.fromkeys(stage.names, stages.SILENT)


@fault(UNKNOWN, run="unknown")
def nothing_answers(stage: Stage) -> None:
    """Neither the tenant nor a page takes a connection: this machine, or the tenant and pages that are kept from it."""
    stage.names = dict.fromkeys(stage.names, ADDRESSES[PROXY])


@fault(AUTH0)
def auth0_refuses_connections(stage: Stage) -> None:
    """Nobody listens at Auth0's address, and others answer."""
    stage.names[CANONICAL] = ADDRESSES[PROXY]


@fault(AUTH0)
def auth0_answers_nothing(stage: Stage) -> None:
    """Auth0 takes connections, and answers nothing."""

    def hangs(_: Question, answer: Answer) -> Answer:
        answer.late = 60.0
        return answer

    stage.change = hangs
