"""Runs in a few words: what is ill, on which rung, and how it was answered."""

from __future__ import annotations

import re
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from monitor.failures import Unreachable, is_a
from monitor.status import Status
from monitor.transactions.screens import ANSWERED, BREAKING, HURDLES, WORDS, named
from monitor.verdict import PHASES, Run, Verdict
from tests.declared import rungs

DOWN, UP, UNKNOWN, DEGRADED = Status.DOWN, Status.UP, Status.UNKNOWN, Status.DEGRADED

PROBE = {
    "tls": "certificate::certificate_matches_the_tenants_name",
    "discovery": "discovery::rs256_is_offered",
    "issuer": "discovery::issuer_is_this_tenant",
    "keys": "discovery::a_signing_key_is_published",
    "health": "health::testall_endpoint_says_ok",
    "machine": "machine_login::machine_login_hands_out_an_access_token",
    "login": "login::login_hands_out_tokens",
    "api": "login::access_token_is_one_that_its_api_accepts",
    "signature": "login::id_token_is_signed_by_this_tenant",
    "iss": "login::id_token_is_issued_by_this_tenant",
    "pages": "login::login_hands_out_tokens",
    "claims": "login::extension_adds_the_expected_claims",
    "limits": "login::rate_limit_has_room",
    "logout": "logout::logout_ends_the_session_and_leads_back",
    "device": "device::device_is_given_a_code_and_told_to_wait",
    "profile": "profile::profile_is_that_of_the_user_who_logged_in",
    "refresh": "refresh::refresh_token_is_exchanged_for_an_access_token",
    "way": "redirects::connection_leads_to_its_identity_provider",
    "ends": "horizon::signing_certificate_lasts_for_weeks",
    "canonical": "horizon::canonical_domain_answers_beside_the_custom_one",
    "takes": "redirects::identity_provider_takes_the_request",
    "stranger": "refusals::user_who_does_not_exist_is_refused",
    "tampered": "refusals::tampered_access_token_is_refused",
    "secret": "refusals::wrong_client_secret_is_refused",
    "node": "dedicated::node_says_ok",
    "auth0": "auth0_status::auth0_reports_no_incident_for_this_tenant",
    "service": "dependencies::service_reports_no_incident",
    "other": "shop::our_shop_lets_the_user_in",
    "scope": "shop::id_token_names_the_users_mail",
}
SCRIPT = named("connection")
"""The keys by which a page says that the script of a custom database failed."""
OWN = {PROBE["other"]: "", PROBE["scope"]: "scope"}
"""The rungs of probes that are not ours: one that declares none, and the one of CONTRIBUTING."""
PARTS = {
    "login": "password-realm:db",
    "pages": "universal-login:db",
    "node": "10.0.0.1",
    "way": "corp",
    "takes": "corp",
    "profile": "db",
    "tampered": "db",
}
PARTS |= dict.fromkeys(("api", "signature", "iss", "scope", "claims", "limits", "stranger", "refresh"), PARTS["login"])


def verdict(told: str, tenant: str = "prod", number: int = 0) -> Verdict:
    """A verdict in a word.

    ``login`` is up, ``login/custom:Refused:403:invalid_grant`` down, by its failure, answer and error. A class in front
    of ``~`` is unknown, of ``-`` degraded, of ``=`` skipped. The answer is a status, ``html`` for a page, ``none`` for
    no answer, ``never`` where nothing was asked, and a phase for 200 where that took most of the time. Auth0 signed
    the answer, unless it is a page, a redirect, or has a ``!`` behind it. What follows a ``,`` is a fact of the
    attempt: ``500!,server=nginx`` a header, ``none,way=direct`` a key of it, ``200,first=503`` what the attempt before
    it brought, ``took=9`` its seconds. What follows the error is OAuth's description, with ``~`` for a blank.
    What is up has its ``!`` and its facts behind its name: ``keys!,age=30``.
    """
    place, *ill = _apart(told)
    place, *given = place.split(",")
    unsigned, place = place.endswith("!"), place.removesuffix("!")
    name, _, connection = place.partition("/")
    kind, _, probe = PROBE[name].partition("::")
    part = PARTS.get(name, "").replace("db", connection or "db")
    target = f"dependencies:{connection or 'aws'}" if name == "service" else f"{tenant}:{part}".rstrip(":")
    failure, answer, error, *said = [*ill, "", "", ""]
    answer, *more = answer.split(",")
    more += given
    description = ":".join(said).strip(":").replace("~", " ")
    before = [int(each.removeprefix("first=")) for each in more if each.startswith("first=")]
    took = next((float(each.removeprefix("took=")) for each in more if each.startswith("took=")), None)
    more = [each for each in more if not each.startswith(("first=", "took="))]
    status = {"~": UNKNOWN, "-": DEGRADED, "=": Status.SKIPPED}.get(failure[-1:], DOWN) if ill else UP
    slow, answer = (answer, "200") if answer in PHASES else ("", answer)
    failure, answer = failure.rstrip("~-="), answer or ("none" if is_a(failure, Unreachable) else "200")
    headers = {"content-type": "text/html"} if answer == "html" else {}
    signed = not unsigned and (
        answer[:1] not in ("3", "h", "n", "u") and not answer.endswith("!") and name not in ("auth0", "service", "node")
    )
    headers |= {"x-auth0-requestid": "1"} if signed else {}
    code = (
        None
        if answer in ("none", "untrusted", "nameless", "never")
        else 200
        if answer == "html"
        else int(answer.rstrip("!"))
    )
    host = "status.example" if name in ("auth0", "service") else f"{tenant}.eu.auth0.com"
    number = 0 if part == PARTS["login"].replace("db", connection or "db") else number + 1  # one login, judged by many
    why = {"untrusted": "Untrusted", "nameless": "NamesFail"}.get(answer, failure)
    seen: dict[str, Any] = {
        "url": f"https://{host}/{connection}",
        "started": float(number),
        "status": code,
        "headers": headers,
    }
    for name_, _, value in (each.partition("=") for each in more):
        facts = seen if name_ in ("way", "leads_to", "speaker", "address", "url") else headers
        facts[name_] = value.replace("~", " ")
    seen |= {"error": f"{why}: why" if code is None and why else None, "method": "GET"}
    return Verdict.planned(
        f"tests_synthetic/test_{kind}.py::test_{probe}[{target}]",
        status=status,
        reason=f"{failure} {answer} {error}" + (f' ("{description}")' if description else "") if ill else "",
        failure=failure,
        error=error,
        seconds=took,
        phases=dict.fromkeys(PHASES, 0.2) | ({slow: 3.0} if slow else {}),
        attempts=[*_first(seen, before), seen] if failure != "Broken" and answer != "never" else [],
        rung=(rungs() | OWN)[PROBE[name]],
    )


def _apart(told: str) -> list[str]:
    """The parts between colons, but for those of an address."""
    return re.split(r":(?!//|443\b)", told)


def _first(seen: dict[str, Any], statuses: list[int]) -> list[dict[str, Any]]:
    """The attempts before this one, which Auth0 signed if it signed this one; a status of 0 is no answer."""
    return [seen | {"status": each or None, "error": None if each else "CutShort: why"} for each in statuses]


def run_of(told: str, tenant: str = "prod") -> Run:
    """A run of these verdicts; ``own`` before them says that the domain is the customer's, ``box`` this machine's.

    ``eu@login`` is another tenant's, by one of Auth0's own names. ``ahead`` and ``behind`` say how this machine's clock
    is wrong by the time in every answer.
    """
    first, _, rest = told.partition(" ")
    names = (rest if first in ("own", "box", *OFF) else told).split()
    verdicts = [verdict(each, tenant, n) for n, each in enumerate(names) if "@" not in each]
    verdicts = [_moved(each, HOSTS[first]) for each in verdicts] if first in HOSTS else verdicts
    verdicts += [verdict(name, of) for of, _, name in (each.partition("@") for each in names if "@" in each)]
    verdicts = [_dated(each, OFF[first]) for each in verdicts] if first in OFF else verdicts
    return Run("live", "", 0.0, "1", verdicts=tuple(verdicts))


OFF = {"ahead": 45 * 86_400.0, "behind": -3 * 86_400.0}
"""Seconds by which this machine's clock is ahead."""


def _dated(verdict: Verdict, ahead: float) -> Verdict:
    """Whoever answered told the time as well."""
    now = 1_795_000_000.0
    date = {"date": formatdate(now - ahead, usegmt=True)}
    dated = [
        each | {"started": now, "seconds": 0.0, "headers": each["headers"] | (date if each["status"] else {})}
        for each in verdict.attempts
    ]
    return replace(verdict, attempts=dated)


HOSTS = {"own": "login.acme.example", "box": "localhost"}
"""Whose the tenant's domain is, by the first word."""


def _moved(verdict: Verdict, host: str) -> Verdict:
    moved = [each | {"url": each["url"].replace("prod.eu.auth0.com", host)} for each in verdict.attempts]
    return replace(verdict, attempts=moved)


SIGNS = {DOWN: "", UNKNOWN: "~"}
"""How a status is written here."""

WELL = "discovery keys machine login stranger tampered secret auth0"
GONE = "discovery:{0} keys:{0} machine:{0} login:{0}"
CASES: list[tuple[str, str, str]] = [
    # the symptoms and what stands beside them, the rule that fires, and the same with another rule's name
    ("unknown-failure", "discovery:OfALaterVersion:503 login service", ""),
    ("clock", "ahead discovery:Expired login service health", "discovery:Expired login service health"),
    ("clock", "behind discovery:NotYetValid login service health", "ahead discovery:NotYetValid login service health"),
    ("names-flap", "login:NamesFlap~:none discovery service:Unreadable~:nameless", ""),
    ("names-flap", "login:NamesFlap~:none discovery service", ""),
    ("proxy", "discovery:ProxyRefused~:none", ""),
    ("suite-broken", "discovery:Broken~", ""),
    ("not-judged", "discovery:~:none", ""),
    ("variables", "login:Misconfigured~:none machine", ""),
    ("limit-spent", "machine:Throttled~:429,x-ratelimit-limit=100,x-ratelimit-remaining=0", "machine:Throttled~:429"),
    ("locked-out", "login:Throttled~:429:too_many_attempts machine", "login:Throttled~:429:too_many_requests machine"),
    ("throttled", "login:Throttled~:429:too_many_requests machine", ""),
    ("edge-blocks", "login:EdgeBlocks~:403! machine", ""),
    ("access-list", GONE.format("WrongAnswer:403"), GONE.format("WrongAnswer:403!")),
    ("needs-a-person", "login:Misconfigured~:403:consent_required", ""),
    (
        "organization",
        "login:Misconfigured~:400:invalid_request:an~organization",
        "login:Misconfigured~:400:invalid_request",
    ),
    ("machine-denied", "machine:Misconfigured~:400:invalid_scope:not~now", "machine:Misconfigured~:400:invalid_scope"),
    ("extension-says", "login:WrongAnswer:400:extensibility_error machine", "login:WrongAnswer:500 machine"),
    ("stranger-words", "stranger::401:unauthorized login", "stranger::200 login"),
    (
        "own-proxy",
        "own signature:WrongAnswer:200::which~is~not~among~the login keys,age=86400",
        "own signature:WrongAnswer:200::which~is~not~among~the login keys,age=30",
    ),
    (
        "proxy-answers",
        "api:WrongAnswer:200::which~is~not~among~the login keys,x-cache=HIT~from~gw",
        "api:WrongAnswer:200::which~is~not~among~the login keys,x-cache=MISS",
    ),
    (
        "inspected",
        GONE.format("WrongName:none::it~is~for~portal.hotel.example") + " service",
        GONE.format("WrongName:none::it~is~for~portal.auth0.com") + " service",
    ),
    (
        "inspected",
        "own " + GONE.format("UnknownIssuer:none::signed~by~O=Zscaler~Inc.") + " service",
        "own " + GONE.format("UnknownIssuer:none::signed~by~O=Acme") + " service",
    ),
    (
        "token-endpoint",
        "own login:TimedOut machine:TimedOut discovery",
        "own login:TimedOut machine:TimedOut",
    ),
    ("discovery", "discovery:TimedOut login keys", "own discovery:TimedOut login keys"),
    ("discovery", "discovery:WrongAnswer:302,x-auth0-requestid=1 login", "discovery:WrongAnswer:302 login"),
    ("own-proxy", "own discovery:WrongAnswer:502! login! keys!", "own discovery:WrongAnswer:502 login"),
    (
        "edge-auth0",
        "own " + GONE.format("WrongAnswer:502!,speaker=cloudflare,leads_to=x.edge.tenants.eu.auth0.com"),
        "own " + GONE.format("WrongAnswer:502!,speaker=cloudflare,leads_to=x.cdn.example"),
    ),
    (
        "access-list",
        "login:WrongAnswer:403 machine:WrongAnswer:403 discovery",
        "login:WrongAnswer:403 machine:WrongAnswer:403 login/other discovery",
    ),
    (
        "machine-denied",
        "machine:Misconfigured~:400:invalid_request:not~by~this~client login",
        "machine:Misconfigured~:400:invalid_request:missing~parameter login",
    ),
    ("machine-denied", "machine:Misconfigured~:400:invalid_scope:not~this~scope login", ""),
    ("garbled", GONE.format("WrongAnswer:html,x-auth0-requestid=1") + " service", ""),
    ("broken-answer", "login:WrongAnswer:html,x-auth0-requestid=1 discovery", "login:WrongAnswer:html discovery"),
    ("page-in-the-way", "login:WrongAnswer:200! discovery", "login:WrongAnswer:200 discovery"),
    ("stale-secret", "signature:OtherSecret login", "signature:WrongAnswer login"),
    ("opaque-token", "api:OpaqueToken login", "api:WrongAnswer login"),
    ("scope-lacks", "api:ScopeLacks- login", "api:WrongAnswer login"),
    ("access-token", "api: login", "signature: login"),
    ("no-way-out", "discovery:NoWayOut~:none service", "discovery:Unreachable service"),
    ("own-beside-canonical", "own login:Unreachable eu@login", "own login:Unreachable service"),
    ("inspected", GONE.format("UnknownIssuer") + " service", "own " + GONE.format("UnknownIssuer") + " service"),
    ("foreign-address", GONE.format("Unreachable:none,address=10.0.0.1:443") + " service", GONE.format("Unreachable")),
    ("no-tls", GONE.format("PlainText") + " service", GONE.format("TimedOut") + " service"),
    (
        "unreachable-by-proxy",
        GONE.format("TimedOut:none,way=proxy~p") + " service",
        GONE.format("TimedOut") + " service",
    ),
    ("own-unreachable", "own " + GONE.format("TimedOut") + " service", GONE.format("TimedOut") + " service"),
    ("cannot-see", GONE.format("TimedOut") + " service:Unreadable~:none", GONE.format("TimedOut") + " service"),
    ("proxy-answers", GONE.format("WrongAnswer:403!,speaker=squid"), GONE.format("WrongAnswer:403,speaker=squid")),
    (
        "edge-auth0",
        GONE.format("WrongAnswer:522!,speaker=cloudflare~522"),
        GONE.format("WrongAnswer:522,speaker=cloudflare~522"),
    ),
    ("edge-own", "own " + GONE.format("WrongAnswer:525!,speaker=cloudflare~525"), ""),
    ("edge-between", "own " + GONE.format("WrongAnswer:522!,speaker=cloudflare~522"), ""),
    (
        "own-proxy",
        "own " + GONE.format("WrongAnswer:502!,speaker=nginx"),
        GONE.format("WrongAnswer:502!,speaker=nginx"),
    ),
    ("in-auth0s-place", GONE.format("WrongAnswer:404!") + " service", GONE.format("WrongAnswer:404") + " service"),
    ("flapping", "keys:SecondAttempt-:200,first=503 login:WrongAnswer:503 machine", "login:WrongAnswer:503 machine"),
    ("own-issuer", "own issuer: login", "issuer: login"),
    ("clocks-differ", "health:ClocksDiffer- login", "health: login"),
    ("bot-protection", "login:BotProtection~:401:requires_verification", ""),
    ("second-factor", "login:Misconfigured~:403:mfa_required", ""),
    *(
        (
            screen.hurdle,
            f"pages:{HURDLES[screen.hurdle].failure.__name__}{SIGNS[HURDLES[screen.hurdle].failure.status]}:html:{word}",
            "",
        )
        for word, screen in WORDS.items()
        if screen.hurdle != ANSWERED and word not in BREAKING
    ),
    (
        "second-factor-code",
        "ahead pages:Prompted~:html:invalid-code login service",
        "",
    ),
    ("second-factor-code", "behind pages:Prompted~:html:invalid-code login service", ""),
    ("second-factor-code", "ahead pages:Prompted~:html:invalid-code login", ""),
    ("consent", "pages:Prompted~:302:consent_required", ""),
    ("form", "pages:Prompted~:302:interaction_required", ""),
    ("prompt", "pages:Prompted~:302:login_required", ""),
    ("universal-login", "pages:WrongAnswer:500 login machine discovery", "pages:WrongAnswer:500 discovery"),
    ("universal-login", "pages:WrongAnswer:500 machine discovery", "login:WrongAnswer:500 machine discovery"),
    *(
        ("universal-login", f"pages:WrongAnswer:html:{word} login machine discovery", "")
        for word in BREAKING
        if word not in SCRIPT
    ),
    *(
        ("connection", f"pages:WrongAnswer:html:{word} login machine discovery", "login machine discovery")
        for word in SCRIPT
    ),
    (
        "universal-login",
        "pages:WrongAnswer:302,x-auth0-requestid=1:server_error login machine discovery",
        "pages:WrongAnswer:302 login",
    ),
    ("universal-login", "pages:TimedOut login machine discovery", "login:TimedOut pages machine discovery"),
    ("connection", "pages:WrongAnswer:html:custom-script-error-code login:WrongAnswer:500 login/other pages/other", ""),
    ("login-pipeline", "pages:WrongAnswer:html:authentication-failure login:WrongAnswer:500 machine discovery", ""),
    ("universal-login-late", "pages:OverBudget- login machine discovery", "login:OverBudget- pages machine discovery"),
    ("universal-login-late", "pages:SecondAttempt- login machine discovery", "pages:OverBudget- discovery"),
    ("universal-login-late", "pages:OverBudget- machine discovery", "login:OverBudget- machine discovery"),
    ("detour", "pages:Detoured- login", ""),
    ("grant", "login:Misconfigured~:403:unauthorized_client", ""),
    ("request", "login:Misconfigured~:400:invalid_scope", ""),
    ("locked-user", "login:Refused:401:password_leaked", "profile:Refused:401:unauthorized"),
    ("locked-user", "login:Refused:401:unauthorized", "profile:Refused:401:password_leaked"),
    ("new-password", "login:Refused:401:password_expired", "profile:Refused:401:password_expired"),
    ("wrong-client", "machine:Refused:401:access_denied", "machine:Refused:403:access_denied"),
    ("wrong-client", "login:Refused:401:invalid_client", ""),
    ("wrong-user", "login:Refused:403:invalid_grant", "refresh:Refused:403:invalid_grant login"),
    (
        "audience",
        "login:Refused:403:access_denied machine:Refused:403:access_denied",
        "login:Refused:403:access_denied",
    ),
    ("denied", "login:Refused:403:access_denied machine", ""),
    (
        "nothing-answers",
        GONE.format("Unreachable") + " service/control:Unreadable~:none",
        GONE.format("Unreachable") + " service/control",
    ),
    ("distrust", GONE.format("Untrusted") + " service:Unreadable~:untrusted", GONE.format("Untrusted") + " service"),
    (
        "portal",
        GONE.format("WrongAnswer:html") + " service:Unreadable~:html",
        GONE.format("WrongAnswer:html") + " service",
    ),
    ("certificate-auth0", GONE.format("Untrusted") + " tls:Untrusted service", GONE.format("Untrusted")),
    ("certificate-auth0", "tls:RunningLow- login", ""),
    ("certificate-own", "own " + GONE.format("Untrusted") + " service", GONE.format("Untrusted") + " service"),
    ("certificate-own", "own tls:RunningLow- login", "tls:RunningLow- login"),
    ("unresolved", GONE.format("Unresolved") + " service", GONE.format("Unresolved")),
    ("names-fail", GONE.format("NamesFail") + " service", GONE.format("NamesFail")),
    ("nothing-answers", GONE.format("NamesFail") + " service:Unreadable~:nameless", ""),
    ("unreachable", GONE.format("TimedOut") + " service", GONE.format("TimedOut")),
    ("outage", GONE.format("WrongAnswer:503") + " service", GONE.format("WrongAnswer:503!")),
    ("garbled", GONE.format("WrongAnswer:200") + " service", GONE.format("WrongAnswer:200!") + " service"),
    ("not-a-tenant", GONE.format("WrongAnswer:404") + " service", GONE.format("WrongAnswer:404!")),
    ("not-a-tenant", "box " + GONE.format("WrongAnswer:302") + " service", GONE.format("WrongAnswer:302")),
    ("nothing-to-compare", GONE.format("CutShort"), GONE.format("CutShort") + " service"),
    ("default-directory", "login:Misconfigured~:500:server_error login/other", ""),
    ("default-directory", "login:Misconfigured~:500:server_error machine", ""),
    ("connection", "login:WrongAnswer:500:server_error stranger:WrongAnswer:500 login/other", ""),
    ("login-outage", f"login:WrongAnswer:500 {'machine discovery'} auth0:", ""),
    (
        "token-endpoint",
        "login:WrongAnswer:500 machine:WrongAnswer:500 discovery",
        "login:WrongAnswer:500 machine discovery",
    ),
    ("login-pipeline", "login:WrongAnswer:500 machine discovery", "login:WrongAnswer:500 discovery"),
    ("login-alone", "login:WrongAnswer:500 discovery", ""),
    ("stranger-breaks", "stranger:WrongAnswer:500 login machine", ""),
    ("machine-alone", "machine:WrongAnswer:500 login discovery", "machine:WrongAnswer:500 discovery"),
    ("page-in-the-way", "login:WrongAnswer:html machine:WrongAnswer:html discovery", ""),
    ("no-tokens", "login: signature:WrongAnswer discovery", "login: signature discovery"),
    ("broken-answer", "login:WrongAnswer discovery machine", "login:WrongAnswer"),
    ("algorithm", "signature:OtherAlgorithm login discovery", "signature:WrongAnswer login discovery"),
    ("keys", "keys: signature:WrongAnswer discovery login", ""),
    ("other-tenant", "issuer: iss: login", "issuer: iss login"),
    ("discovery", "issuer: iss login", "issuer:"),
    ("id-token", "iss: login", ""),
    ("scope", "scope: login machine", ""),
    ("claims", "claims: login machine", ""),
    ("profile", "profile:WrongAnswer:401 login tampered", "profile:RunningLow- login tampered"),
    ("refresh", "refresh:Refused:403:invalid_grant login", "refresh:WrongAnswer:500 login"),
    ("refresh-breaks", "refresh:WrongAnswer:500 login", "refresh:WrongAnswer:500"),
    ("refresh-breaks", "refresh:CutShort login", "refresh:CutShort"),
    ("refresh-kept", "refresh: login", "refresh:"),
    ("logout", "logout: login", "logout:"),
    ("logout", "logout:WrongAnswer:400 login", "logout:TimedOut login"),
    ("device", "device: discovery", "device:"),
    ("connection-gone", "way:ConnectionGone:302:invalid_request login", "way:WrongAnswer:302 discovery"),
    ("leads-elsewhere", "way::302 login", "takes::302 login"),
    ("expires", "ends:RunningLow- login", "ends: login"),
    ("variables", "ends:Misconfigured~:404 login", "canonical:Misconfigured~:404 login"),
    ("published-certificates", "ends: login", "ends:RunningLow- login"),
    ("domains-differ", "canonical:DomainsDiffer-:500 login", "canonical:TimedOut login"),
    (
        "own-beside-canonical",
        "own discovery:CutShort login:CutShort canonical service",
        "own discovery:CutShort service",
    ),
    ("leads-elsewhere", "way:ProviderChanged-:302 login", ""),
    ("developer-keys", "way:DeveloperKeys-:302 login", "way:ProviderChanged-:302 login"),
    ("variables", "way:Misconfigured~:302 login", "takes:Misconfigured~:302 login"),
    ("provider-refuses", "takes:ProviderRefuses:400! login", "takes:ProviderFails:400! login"),
    ("provider", "takes:ProviderFails:503! login", "takes:ProviderRefuses:503! login"),
    ("way-out", "way:WrongAnswer:500 discovery login", "way:WrongAnswer:500"),
    ("device", "device:WrongAnswer:403 discovery", "device:TimedOut discovery"),
    ("let-in-by-connection", "stranger: stranger/other login", "stranger: stranger/other: login"),
    ("let-in-by-connection", "stranger: login", "stranger/Username-Password-Authentication: login"),
    ("let-in", "secret: tampered: login", ""),
    ("node-key", "node:Misconfigured~:401 discovery", ""),
    ("node", "node:Unreachable discovery", ""),
    ("node", "node:WrongAnswer:500 service", "node:WrongAnswer:500"),
    ("exhausted", "login:Exhausted~:none machine", ""),
    ("names-late", "login:OverBudget-:dns machine:OverBudget-:dns discovery", "login:OverBudget-:wait machine"),
    ("way-late", "login:OverBudget-:connect machine:OverBudget-:tls discovery", "login:OverBudget-:wait machine"),
    ("login-late", "login:OverBudget-:wait machine discovery", "login:OverBudget-:dns machine discovery"),
    ("login-late", "login:OverBudget- machine discovery", "login:OverBudget- machine:OverBudget- discovery"),
    ("late", "login:SecondAttempt- discovery:SecondAttempt- service", "login:SecondAttempt- service"),
    (
        "late",
        "login:OverBudget- keys:OverBudget- discovery:OverBudget- secret:OverBudget-:401:access_denied service",
        "",
    ),
    ("late-alone", "keys:OverBudget- discovery login service", ""),
    ("health", "health:WrongAnswer:500 login", ""),
    ("health", "health:WrongAnswer:500 service", "health:Untrusted service"),
    ("limit-near", "limits:RunningLow- login", ""),
    ("auth0-incident", "auth0: login", ""),
    ("api", "service/acme:ApiFails:none login machine", "service/acme: login machine"),
    ("service", "service:Unattributed- login", ""),
    ("service", "service: login", ""),
    ("unexplained", "keys:Refused:401:invalid_client", ""),
]
