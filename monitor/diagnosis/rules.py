"""Whose work what is ill is: a row for each cause, asked in this order. To know another one, add a row and a drill."""

from __future__ import annotations

from monitor import console, speakers
from monitor.diagnosis import facts
from monitor.diagnosis.ladder import TENANT, Exactly, Rule
from monitor.failures import (
    ApiFails,
    ApiSlow,
    BotProtection,
    Broken,
    ClocksDiffer,
    ConnectionGone,
    CutShort,
    Degrading,
    Detoured,
    DeveloperKeys,
    DomainsDiffer,
    EdgeBlocks,
    Exhausted,
    Expired,
    Failure,
    Misconfigured,
    NamesFail,
    NamesFlap,
    NoCommonTls,
    NotJudged,
    NoTls,
    NotYetValid,
    NoWayOut,
    OpaqueToken,
    OtherAlgorithm,
    OtherSecret,
    OverBudget,
    PlainText,
    Prompted,
    ProviderChanged,
    ProviderFails,
    ProviderRefuses,
    ProxyFails,
    ProxyRefused,
    Refused,
    RunningLow,
    ScopeLacks,
    SecondAttempt,
    TargetFailed,
    Throttled,
    TimedOut,
    Unattributed,
    UnknownIssuer,
    Unreachable,
    Unresolved,
    Untrusted,
    WrongAnswer,
    WrongName,
)
from monitor.owners import Confidence, Owner
from monitor.status import Status
from monitor.transactions.oauth_errors import (
    A_PERSON,
    BY_EXTENSIONS,
    GRANTS,
    LOCKED_OUT,
    NEW_PASSWORD,
    REQUESTS,
    SECOND_FACTOR,
)
from monitor.transactions.screens import WORDS
from monitor.transactions.screens import named as pages

RUNNER, CONFIGURATION, EXTENSION = Owner.RUNNER, Owner.CONFIGURATION, Owner.EXTENSION
AUTH0, UPSTREAM, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.UPSTREAM, Owner.THROTTLED, Owner.UNKNOWN
CERTAIN, LIKELY, GUESS = Confidence.CERTAIN, Confidence.LIKELY, Confidence.GUESS
WEAK, UNSEEN, DOWN = Status.DEGRADED, Status.UNKNOWN, Status.DOWN
"""At worst: by a weak witness; by a machine that cannot see the tenant. And what users would meet."""

BEHIND = "api-behind"
"""What a cause is called that is an extension's by its rule, and an API's of the user's own that is behind it."""

RUNBOOK = "docs/runbook.md"
"""Where each rule has a section of its name."""

PAGES_OF_LOGINS = "pages-that-stand-in-the-way"
"""The section of docs/logins.md that lists them."""

UNMET, UNJUDGED, WARNING = Exactly(TargetFailed), Exactly(NotJudged), Exactly(Degrading)
"""An expectation that was not met, what nobody judged, and a word that something is not well: no class says more."""

CUT = (TimedOut, CutShort)
WRONG = (UNMET, WrongAnswer)
SAID = (*WRONG, Refused, Misconfigured)
"""What somebody may answer in the tenant's place."""
BROKEN = (*WRONG, *CUT, Misconfigured)
LATE = (OverBudget, SecondAttempt)
USERS = ("login", "stranger")
CREDENTIALS = ("login", "stranger", "machine", "refresh", "secret", "device")
SIGNATURE = "test_id_token_is_signed_by_this_tenant"
ISSUERS = ("test_issuer_is_this_tenant", "test_id_token_is_issued_by_this_tenant")
EVERY = (*TENANT, "tls", "node")
ACCESS_TOKENS = (
    "test_access_token_is_one_that_its_api_accepts",
    "test_machine_access_token_is_one_that_its_api_accepts",
)

OWN = ("own", "box")
"""Domains that are not Auth0's own."""

EDGES_BETWEEN = tuple(f"cloudflare {code}" for code in sorted(speakers.BETWEEN))
EDGES_ZONE = ("cloudflare 525", "cloudflare 526", "cloudflare 527", "cloudflare 530", "cloudflare 1")
EDGES_OWN = ("cloudflare 5", "cloudflare 1")
"""Cloudflare's own errors: of what is behind it, of a zone, and any."""

BEFORE = ("cloudflare", *(mark.speaker for mark in speakers.BEFORE_A_TENANT))
MACHINES_SIDE = speakers.MACHINES_SIDE

ORGANIZATION = ("invalid_request", "invalid_organization", "access_denied", "unauthorized_client", "invalid_grant")
NO_PARAMETER = (
    r"^(?!.*(missing|parameter|audience|resource server|grant.?type|client.?(id|secret|assertion)|scope|payload)).+"
)
NOT_BLOCKED = r"^(?!.*(block|lock|disabled|suspend)).+"
OF_AN_AUDIENCE = r"service not (found|enabled)|resource server|client.grant|(bad|invalid|unknown|missing) audience"
OF_AN_EXTENSION = r"sandbox error|script|webtask|\baction\b|\brule\b|\bhook\b|econnrefused|etimedout|enotfound"
"""What OAuth's description sharpens: likely whose, never certain, and no status."""

_ALSO = {"consent": ("consent_required",), "form": ("interaction_required",)}
"""What else says the same, where a login leads back to the application at once."""

# Each of these is a line or two, as in the docs: the formatter would make ten of it.
# fmt: off
RULES: tuple[Rule, ...] = (
    # This machine's clock, before all else; then what was not asked, or asked too much.
    Rule("clock", RUNNER, LIKELY, "run", failures=(Expired,), clock="ahead", cap=UNSEEN,
         says="this machine's clock is {skew}, so it rejects the certificate of {who} as expired"),
    Rule("clock", RUNNER, LIKELY, "run", failures=(NotYetValid,), clock="behind", cap=UNSEEN,
         says="this machine's clock is {skew}, so it rejects the certificate of {who} as not valid yet"),
    Rule("unknown-failure", UNKNOWN, GUESS, "reason", unknown_failure=True,
         says="this version does not know the failure {failures} of {who} ({reason}); another version wrote it."
              " Update this one"),
    Rule("proxy", RUNNER, LIKELY, "run", failures=(ProxyFails,),
         says="this machine's proxy cannot reach {who}: {reason}"),
    Rule("proxy", RUNNER, CERTAIN, "run", failures=(ProxyRefused,),
         says="this machine's proxy refuses requests to {who}: {reason}"),
    Rule("no-way-out", RUNNER, LIKELY, "run", failures=(NoWayOut,),
         says="this machine cannot send requests, so the status of {who} is unknown: {reason}"),
    Rule("exhausted", RUNNER, CERTAIN, "run", failures=(Exhausted,),
         says="{count} of {who} could not run on this machine: {reason}"),
    Rule("suite-broken", RUNNER, CERTAIN, "run", failures=(Broken,),
         says="the suite itself failed in {count} of {who}: {reason}"),
    Rule("not-judged", RUNNER, CERTAIN, "reason", failures=(UNJUDGED,),
         says="{count} of {who} gave no result: {reason}"),
    Rule("variables", CONFIGURATION, CERTAIN, "reason", failures=(Misconfigured,), errors=("",),
         answers=("none", "2"), says="{reason} ({who})"),
    Rule("names-flap", RUNNER, LIKELY, "tenant", failures=(NamesFlap,), names_fail_elsewhere=True,
         says="name resolution on this machine fails intermittently, for {who} and for other hosts: {reason}"),
    Rule("names-flap", UNKNOWN, GUESS, "tenant", failures=(NamesFlap,),
         says="name resolution for {who} fails intermittently: {reason}. Possible causes: the domain's name servers,"
              " or this machine's"),
    Rule("limit-spent", THROTTLED, LIKELY, "tenant", failures=(Throttled,), facts=("spent-by-others",), raises=DOWN,
         says="the rate limit of {who} is exhausted, and not by this monitor: users hit it as well ({answers})"),
    Rule("locked-out", THROTTLED, CERTAIN, "tenant", errors=(LOCKED_OUT,), failures=(Throttled,),
         says="the brute-force protection of {who} blocks the synthetic user or this machine ({answers}){works}."
              " Waiting does not lift the block: unblock the user or the address"),
    Rule("throttled", THROTTLED, CERTAIN, "tenant", failures=(Throttled,),
         says="{who} throttles the monitor's own requests ({answers}); whether users can log in is unknown"),
    Rule("bot-protection", THROTTLED, CERTAIN, "tenant", failures=(BotProtection,),
         says="the bot protection of {who} stops this machine{works}. Whether users can log in is unknown"),
    Rule("edge-blocks", THROTTLED, LIKELY, "tenant", failures=(EdgeBlocks,),
         says="an edge in front of {who} blocks this machine ({speakers}); whether users can log in is unknown"),
    Rule("needs-a-person", CONFIGURATION, LIKELY, "tenant", errors=A_PERSON, statuses=("4",),
         says="logins to {who} need a person who clicks ({answers}){works}. Likely cause: the synthetic user, or the"
              " application, lacks a consent"),
    # Which page of Universal Login stands in the way: by Auth0's name for it, or for the error on it.
    Rule("second-factor-code", RUNNER, LIKELY, "tenant", errors=pages("second-factor-code"), clock="ahead",
         says="this machine's clock is {skew}, so {who} rejects its one-time codes"),
    Rule("second-factor-code", RUNNER, LIKELY, "tenant", errors=pages("second-factor-code"), clock="behind",
         says="this machine's clock is {skew}, so {who} rejects its one-time codes"),
    Rule("second-factor-code", RUNNER, GUESS, "tenant", errors=pages("second-factor-code"), facts=("dates-differ",),
         says="{who} rejects one-time codes, and the time in its answers differs from this machine's by minutes. Likely"
              " cause: this machine's clock"),
    *(Rule(name, owner, sure, "tenant", errors=(*pages(name), *_ALSO.get(name, ())), says="{reason} ({who})")
      for name, owner, sure in (
        ("second-factor-code", CONFIGURATION, LIKELY), ("enrolment", CONFIGURATION, CERTAIN),
        ("consent", CONFIGURATION, CERTAIN), ("organization", CONFIGURATION, CERTAIN), ("form", EXTENSION, CERTAIN),
        ("broken-form", EXTENSION, LIKELY), ("redirect", EXTENSION, LIKELY),
        ("foreign-form", EXTENSION, CERTAIN), ("verification", CONFIGURATION, CERTAIN),
        ("confirmation", CONFIGURATION, LIKELY), ("callback", CONFIGURATION, LIKELY),
        ("unknown-client", CONFIGURATION, LIKELY), ("no-connection", CONFIGURATION, LIKELY),
        ("sender", UPSTREAM, LIKELY), ("code-refused", AUTH0, GUESS), ("stray-page", UNKNOWN, GUESS),
        ("unknown-page", UNKNOWN, GUESS))),
    # What the tenant itself says is wrong with our credentials, or with its set-up.
    Rule("access-list", CONFIGURATION, LIKELY, "tenant", ill=TENANT, failures=(*WRONG, Refused, EdgeBlocks),
         signed=True,
         statuses=("403",), falls=("tenant",), breaks=("discovery",), cap=UNSEEN,
         says="{who} denies every request of this machine (403, signed by Auth0). Likely cause: an access control"
              " list of the tenant"),
    Rule("access-list", CONFIGURATION, LIKELY, "tenant", ill=(*CREDENTIALS, "profile", "tampered"), failures=WRONG,
         signed=True, statuses=("403",), errors=("", "Forbidden"), breaks=("login", "machine"),
         falls=("login", "machine"), cap=UNSEEN,
         says="{who} denies this machine all logins (403, signed by Auth0){works}. Likely cause: an access control list"
              " of the tenant for authentication"),
    Rule("second-factor", CONFIGURATION, CERTAIN, "tenant", errors=(*SECOND_FACTOR, *pages("second-factor")),
         says="{who} asks the synthetic user for a second factor, which the monitor does not have{works}"),
    Rule("organization", CONFIGURATION, LIKELY, "tenant", told="organi[sz]ation", errors=ORGANIZATION,
         says="{logins} of {who} are refused without an organization ({answers}){works}. Likely cause: the"
              " application requires an organization"),
    Rule("grant", CONFIGURATION, CERTAIN, "tenant", errors=GRANTS,
         says="the application of {who} is not allowed to log in this way ({answers}){works}"),
    Rule("machine-denied", EXTENSION, LIKELY, "tenant", ill=("machine",), errors=("invalid_scope",), told=".",
         says="an Action of {who} denies machine logins ({reason}){works}",
         behind="an Action of {who} denies machine logins ({answers})"),
    Rule("machine-denied", EXTENSION, LIKELY, "tenant", ill=("machine",), errors=("invalid_request",),
         told=NO_PARAMETER, says="an Action of {who} denies machine logins ({reason}){works}",
         behind="an Action of {who} denies machine logins ({answers})"),
    Rule("request", CONFIGURATION, LIKELY, "tenant", errors=REQUESTS, failures=(Misconfigured,),
         says="{who} rejects {logins} as they are configured ({answers}){works}"),
    Rule("locked-user", CONFIGURATION, CERTAIN, "tenant", ill=USERS, errors=("password_leaked", *pages("locked-user")),
         says="the password of the synthetic user of {who} is known from a breach ({answers}){works}"),
    Rule("denied", EXTENSION, LIKELY, "tenant", ill=("login",), errors=("unauthorized",), told=NOT_BLOCKED,
         says="an Action or the database of {who} refuses {logins} with a message of its own ({reason}){works}",
         behind="an Action or the database of {who} refuses {logins} ({answers})"),
    Rule("locked-user", CONFIGURATION, LIKELY, "tenant", ill=("login",), errors=("unauthorized",),
         says="{who} refuses the synthetic user ({reason}){works}. Likely cause: the user is blocked"),
    Rule("new-password", CONFIGURATION, CERTAIN, "tenant", ill=USERS,
         errors=(*NEW_PASSWORD, *pages("new-password")),
         says="{who} asks the synthetic user for a new password ({answers}){works}"),
    Rule("wrong-client", CONFIGURATION, LIKELY, "tenant", ill=CREDENTIALS, errors=("invalid_client",),
         says="{who} rejects the application ({answers}). Likely cause: a wrong client ID or client secret"),
    Rule("wrong-client", CONFIGURATION, LIKELY, "tenant", ill=CREDENTIALS, errors=("access_denied",),
         statuses=("401",),
         says="{who} rejects the application ({answers}). Likely cause: a wrong client ID or client secret"),
    Rule("wrong-user", CONFIGURATION, LIKELY, "tenant", ill=("login",),
         errors=("invalid_grant", "invalid_user_password", *pages("wrong-user")),
         says="{who} rejects the synthetic user ({parts}; {answers}){works}. Likely cause: a wrong user name or"
              " password"),
    Rule("audience", CONFIGURATION, LIKELY, "tenant", ill=("machine", *USERS), errors=("access_denied",),
         statuses=("403",), breaks=("machine",),
         says="{who} refuses this application the audience ({answers})"),
    Rule("audience", CONFIGURATION, LIKELY, "tenant", ill=USERS, errors=("access_denied",), statuses=("403",),
         told=OF_AN_AUDIENCE, along=("refresh",),
         says="{who} refuses {logins} the audience ({reason}). Likely cause: AUTH0_AUDIENCE, or the API's settings"),
    Rule("denied", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), errors=("access_denied",),
         statuses=("403", "3"),
         says="an Action of {who} denies the login ({parts}; {answers}){works}",
         behind="an Action of {who} denies the login ({parts}; {answers})"),
    Rule("extension-says", EXTENSION, LIKELY, "tenant", errors=BY_EXTENSIONS,
         says="{logins} of {who} fail ({answers}){works}. Auth0's answer names an extension as the cause",
         behind="{logins} of {who} fail ({answers})"),
    Rule("extension-says", EXTENSION, LIKELY, "tenant", errors=("access_denied",), statuses=("5",),
         says="{logins} of {who} fail ({answers}){works}. Likely cause: an extension, since failures of Auth0 itself"
              " are answered otherwise",
         behind="{logins} of {who} fail ({answers})"),
    Rule("stranger-words", EXTENSION, LIKELY, "connection", ill=("stranger",), failures=(UNMET,), answers=("4",),
         holds=("login",), cap=WEAK,
         says="the connection {part} of {who} refuses an unknown user with an answer that is not Auth0's ({answers});"
              " logins of the synthetic user work. Likely cause: the connection's script"),
    Rule("prompt", CONFIGURATION, GUESS, "reason", failures=(Prompted,), says="{reason} ({who})"),
    Rule("algorithm", CONFIGURATION, CERTAIN, "tenant", failures=(OtherAlgorithm,),
         says="ID tokens of {who} are signed with another algorithm than AUTH0_ID_TOKEN_ALG names: {reason}"),
    Rule("stale-secret", CONFIGURATION, LIKELY, "tenant", failures=(OtherSecret,),
         says="ID tokens of {who} cannot be verified with AUTH0_CLIENT_SECRET: {reason}"),
    Rule("opaque-token", CONFIGURATION, LIKELY, "tenant", failures=(OpaqueToken,),
         says="access tokens of {who} cannot be read by the API of AUTH0_AUDIENCE: {reason}"),
    Rule("scope-lacks", CONFIGURATION, LIKELY, "tenant", failures=(ScopeLacks,),
         says="{logins} of {who} work, but with too little scope: {reason}"),
    Rule("health", UNKNOWN, GUESS, "tenant", ill=("health",), failures=(*WRONG, *CUT), cap=WEAK,
         unasked=("discovery", "keys", "login", "machine"),
         says="/test or /testall of {who} fails ({reason}). No other probe was asked, and these endpoints alone prove"
              " no outage"),
    # Connections whose users log in elsewhere.
    Rule("connection-gone", CONFIGURATION, CERTAIN, "connection", failures=(ConnectionGone,),
         says="users of the connection {part} of {who} are not sent to their login page: {reason}"),
    Rule("leads-elsewhere", CONFIGURATION, LIKELY, "connection", ill=("redirect",), failures=(UNMET, ProviderChanged),
         says="the connection {part} of {who} is no longer set up as it was: {reason}"),
    Rule("developer-keys", CONFIGURATION, CERTAIN, "connection", failures=(DeveloperKeys,),
         says="the connection {part} of {who} is not ready for users: {reason}"),
    Rule("variables", CONFIGURATION, CERTAIN, "reason", ill=("redirect",), failures=(Misconfigured,),
         says="{reason} ({who})"),
    Rule("provider-refuses", CONFIGURATION, LIKELY, "connection", ill=("provider",), failures=(ProviderRefuses,),
         says="the identity provider of the connection {part} of {who} refuses all logins: {reason}"),
    Rule("provider", UPSTREAM, LIKELY, "connection", ill=("provider",), failures=(ProviderFails,),
         says="the identity provider of the connection {part} of {who} fails, not Auth0: {reason}"),
    # The way there: is it this machine, the tenant's name and certificate, or the tenant?
    Rule("flapping-here", RUNNER, LIKELY, "run", failures=(*CUT, *LATE, *WRONG), facts=("pages-flap",), cap=UNSEEN,
         says="requests to {who} and to status pages fail intermittently. Likely cause: this machine's network, not"
              " {who}"),
    Rule("nothing-answers", RUNNER, LIKELY, "run", failures=(Unreachable, ApiFails), falls=("tenant",),
         control=("silent",), facts=("cut-off",), cap=UNSEEN,
         says="nothing answers this machine, neither {who} nor any status page. Likely cause: this machine has no"
              " network access"),
    Rule("cannot-see", UNKNOWN, GUESS, "run", failures=(Unreachable, ApiFails), falls=("tenant",),
         control=("silent",), cap=UNSEEN,
         says="neither {who} nor any status page answers this machine ({answers}). Possible causes: this machine has"
              " no network access; or it is allowed to reach the tenant alone, and the tenant is down"),
    Rule("distrust", RUNNER, LIKELY, "run", failures=(Untrusted,), control=("untrusted",), cap=UNSEEN,
         says="this machine trusts no certificate, neither that of {who} nor that of any status page: {reason}"),
    Rule("inspected", RUNNER, LIKELY, "tenant", failures=(UnknownIssuer,), host=("auth0",), control=("read", "garbled"),
         cap=UNSEEN,
         says="something between this machine and {who} intercepts TLS with a certificate of its own ({reason}); the"
              " certificates of other hosts are trusted"),
    Rule("inspected", RUNNER, GUESS, "tenant", failures=(UnknownIssuer,), host=("auth0",), cap=UNSEEN,
         says="something between this machine and {who} likely intercepts TLS with a certificate of its own: {reason}"),
    Rule("inspected", RUNNER, LIKELY, "tenant", failures=(WrongName,), host=("auth0",),
         facts=("a-filters-name",), cap=UNSEEN,
         says="something on this machine's network answers for {who} with a certificate of its own: {reason}"),
    Rule("inspected", RUNNER, LIKELY, "tenant", failures=(UnknownIssuer,), facts=("a-filters-issuer",), cap=UNSEEN,
         says="something between this machine and {who} intercepts TLS with a certificate of its own ({reason})"),
    Rule("foreign-address", RUNNER, LIKELY, "tenant", failures=(Unreachable, *WRONG), host=("auth0", "own"),
         falls=("tenant",), facts=("foreign-address",), cap=UNSEEN,
         says="the domain of {who} resolves on this machine to an address that no public host has ({reason}). Likely"
              " cause: the machine's hosts file, or a name server that filters"),
    Rule("past-the-proxy", RUNNER, LIKELY, "tenant", failures=(Unreachable,), falls=("tenant",), facts=("another-way",),
         cap=UNSEEN,
         says="requests to {who} fail and take another way than requests to hosts that answer ({reason}). Likely"
              " cause: HTTPS_PROXY and NO_PROXY of this machine"),
    Rule("certificate-auth0", AUTH0, GUESS, "tenant", ill=EVERY, failures=(WrongName,), host=("auth0",),
         control=("read", "garbled"),
         says="the server that answers for {who} presents a certificate for other names: {reason}"),
    Rule("certificate-auth0", AUTH0, LIKELY, "tenant", ill=EVERY, failures=(Untrusted,), host=("auth0",),
         control=("read", "garbled"),
         says="Auth0 presents a certificate for {who} that clients do not trust: {reason}"),
    Rule("certificate-auth0", AUTH0, LIKELY, "tenant", ill=("tls",), failures=(UNMET, RunningLow), host=("auth0",),
         says="the certificate that Auth0 presents for {who} has a problem: {reason}"),
    Rule("certificate-own", CONFIGURATION, LIKELY, "tenant", ill=EVERY, failures=(Untrusted,), host=OWN,
         control=("read", "garbled", "silent", "absent"),
         says="the custom domain of {who} presents a certificate that clients do not trust: {reason}"),
    Rule("certificate-own", CONFIGURATION, LIKELY, "tenant", ill=("tls",), failures=(UNMET, RunningLow), host=OWN,
         says="the certificate of the custom domain of {who} has a problem: {reason}"),
    Rule("no-tls", RUNNER, LIKELY, "tenant", failures=(PlainText,), host=("auth0",), control=("read",), cap=UNSEEN,
         says="something answers for {who} in plain text, where Auth0 speaks only TLS: {reason}"),
    Rule("no-tls", CONFIGURATION, LIKELY, "tenant", failures=(PlainText, NoCommonTls), host=OWN, control=("read",),
         says="the custom domain of {who} does not speak TLS as it should: {reason}"),
    Rule("no-tls", UNKNOWN, GUESS, "tenant", failures=(NoTls,), control=("read",), cap=UNSEEN,
         says="the TLS handshake with {who} fails ({reason}); with other hosts it works. Possible causes: a firewall"
              " on the way, TLS that is too old on one side, or the tenant"),
    Rule("unresolved", CONFIGURATION, LIKELY, "tenant", ill=EVERY, failures=(Unresolved,), falls=("tenant",),
         control=("read", "garbled", "untrusted"), facts=("no-such-name",),
         says="the domain of {who} does not exist; other names resolve"),
    Rule("names-fail", UNKNOWN, GUESS, "tenant", failures=(NamesFail,), control=("read", "garbled", "untrusted"),
         cap=UNSEEN,
         says="no name server answers for the domain of {who}; other names resolve. Possible causes: the domain's"
              " name servers, or this machine's"),
    Rule("own-beside-canonical", CONFIGURATION, LIKELY, "tenant", failures=(Unreachable,), host=("own",),
         falls=("tenant",), facts=("canonical",),
         says="the custom domain of {who} cannot be reached ({answers}); a tenant on Auth0's own domain can. Likely"
              " cause: the custom domain's zone, or the proxy in front of it"),
    Rule("own-beside-canonical", CONFIGURATION, LIKELY, "tenant", ill=EVERY, failures=(Unreachable, *WRONG),
         falls=("tenant",), facts=("canonical-holds", "not-signed-5xx"),
         says="the custom domain of {who} fails ({answers}); the canonical domain answers. Likely cause: the custom"
              " domain's zone, or the proxy in front of it"),
    Rule("unreachable-by-proxy", UNKNOWN, GUESS, "tenant", ill=EVERY, failures=(Unreachable,), falls=("tenant",),
         control=("read",), facts=("by-a-proxy",), cap=UNSEEN,
         says="{who} cannot be reached through the proxy ({answers}); other hosts can. Possible causes: the proxy, or"
              " the tenant"),
    Rule("unreachable", AUTH0, LIKELY, "tenant", ill=EVERY, failures=(Unreachable,), falls=("tenant",),
         control=("read",), host=("auth0", "box"),
         says="{who} cannot be reached ({answers}); other hosts can"),
    Rule("unreachable", AUTH0, GUESS, "tenant", ill=EVERY, failures=(Unreachable,), falls=("tenant",),
         control=("read",), facts=("leads-to-auth0",),
         says="the custom domain of {who} leads to Auth0's edge and cannot be reached ({answers}); other hosts can"),
    Rule("own-unreachable", UNKNOWN, GUESS, "tenant", ill=EVERY, failures=(Unreachable,), falls=("tenant",),
         control=("read",), host=("own",),
         says="the custom domain of {who} cannot be reached ({answers}); other hosts can. Possible causes: its zone,"
              " a proxy in front of Auth0, or Auth0"),
    # Who answers there: Auth0 signs what it says.
    Rule("proxy-answers", RUNNER, LIKELY, "run", ill=TENANT, failures=WRONG, signed=False, speakers=MACHINES_SIDE,
         cap=UNSEEN,
         says="{speakers} on this machine's network answers in place of {who} ({answers})"),
    Rule("proxy-answers", RUNNER, LIKELY, "run", ill=TENANT, failures=WRONG, signed=False, facts=("same-speaker",),
         cap=UNSEEN,
         says="the same proxy ({speakers}) answers for {who} and for other hosts ({answers})"),
    Rule("portal", RUNNER, LIKELY, "run", ill=TENANT, failures=WRONG, answers=("html", "3", "4", "5"), signed=False,
         falls=("tenant",), cap=UNSEEN,
         control=("garbled",),
         says="something on this machine's network answers in place of {who} and of every status page"),
    Rule("edge-auth0", AUTH0, LIKELY, "tenant", ill=TENANT, failures=WRONG, host=("auth0",), signed=False,
         speakers=EDGES_OWN,
         says="Auth0's own edge cannot serve {who} ({speakers})"),
    Rule("edge-own", CONFIGURATION, LIKELY, "tenant", ill=TENANT, failures=WRONG, host=OWN, signed=False,
         speakers=EDGES_ZONE,
         says="the zone of the custom domain of {who} does not lead to Auth0 ({speakers})"),
    Rule("edge-auth0", AUTH0, GUESS, "tenant", ill=TENANT, failures=WRONG, host=("own",), signed=False,
         statuses=("5",), speakers=("cloudflare",), facts=("leads-to-auth0",),
         says="the custom domain of {who} leads to Auth0's edge, which cannot serve it ({answers}; {speakers})"),
    Rule("edge-between", UNKNOWN, GUESS, "tenant", ill=TENANT, failures=WRONG, host=OWN, signed=False,
         speakers=EDGES_BETWEEN,
         says="the edge in front of the custom domain of {who} gets no good answer from behind it ({speakers})."
              " Possible causes: the zone, or Auth0"),
    Rule("own-proxy", CONFIGURATION, LIKELY, "tenant", ill=TENANT, failures=WRONG, host=("own",), signed=False,
         speakers=BEFORE,
         says="{speakers} answers for the custom domain of {who} instead of Auth0 ({answers})"),
    Rule("own-proxy", CONFIGURATION, GUESS, "tenant", ill=TENANT, failures=WRONG, host=("own",), signed=False,
         control=("read",),
         says="something other than Auth0 answers for the custom domain of {who} ({answers}). Possible cause: a proxy"
              " in front of it"),
    Rule("in-auth0s-place", RUNNER, LIKELY, "tenant", ill=TENANT, failures=SAID, host=("auth0",), signed=False,
         falls=("tenant",), control=("read",), answers=("html", "2", "3", "4"), cap=UNSEEN,
         says="something between this machine and {who} answers in place of Auth0 ({answers}; {speakers}); the"
              " answers lack the request IDs that Auth0 gives"),
    Rule("in-auth0s-place", RUNNER, GUESS, "tenant", ill=TENANT, failures=SAID, host=("auth0",), signed=False,
         falls=("tenant",), control=("read",), cap=UNSEEN,
         says="{who} answers with errors that Auth0 did not sign ({answers}; {speakers}). Possible cause: something"
              " between this machine and Auth0"),
    Rule("outage", AUTH0, CERTAIN, "tenant", ill=TENANT, failures=WRONG, statuses=("5",), signed=True,
         falls=("tenant",), breaks=("discovery",), along=(*TENANT, "node"),
         says="{who} answers with nothing but errors ({answers}), signed by Auth0"),
    Rule("garbled", AUTH0, LIKELY, "tenant", ill=TENANT, failures=WRONG, statuses=("2",), signed=True,
         falls=("tenant",), breaks=("discovery",),
         says="{who} answers, signed by Auth0, but the answers cannot be used: {reason}"),
    Rule("not-a-tenant", CONFIGURATION, LIKELY, "tenant", ill=TENANT, failures=WRONG, statuses=("3", "4"), signed=True,
         falls=("tenant",), breaks=("discovery",),
         says="Auth0 knows no tenant with the domain of {who} ({answers}). Likely cause: a wrong AUTH0_DOMAIN, or the"
              " tenant is gone"),
    Rule("not-a-tenant", CONFIGURATION, GUESS, "tenant", ill=TENANT, failures=WRONG, answers=("html", "2", "3", "4"),
         host=("box",), falls=("tenant",), breaks=("discovery",), control=("read",),
         says="the domain of {who} does not answer as an Auth0 tenant does ({answers}). Possible causes: a wrong"
              " AUTH0_DOMAIN, or a proxy in front of the tenant"),
    Rule("nothing-to-compare", UNKNOWN, GUESS, "tenant", failures=(Unreachable, *WRONG), ill=EVERY, falls=("tenant",),
         control=("absent", "silent", "garbled", "untrusted"), along=EVERY, cap=UNSEEN,
         says="no probe of {who} succeeds ({answers}), and nothing else works that it could be compared with"),
    # Logins: which of them fail, and what holds beside them?
    Rule("connection", EXTENSION, LIKELY, "connection", errors=pages("connection"), holds=("grants",),
         says="{logins} of {who} fail ({answers}){works}. The error page names the script of the connection {part}"),
    Rule("universal-login", AUTH0, GUESS, "connection", failures=BROKEN, answers=("5", "none"),
         flow="universal-login", holds=("grants",),
         says="logins of {who} through Universal Login fail ({answers}); logins without its pages work. Possible"
              " causes: the pages (Auth0's or the tenant's own), or what runs on them alone"),
    Rule("universal-login", UNKNOWN, GUESS, "connection", failures=BROKEN, answers=("5", "none"),
         flow="universal-login", unasked=("grants",), holds=("machine",),
         says="logins of {who} through Universal Login fail ({answers}){works}. No login without its pages was asked."
              " Possible causes: the pages, an Action, or the databases"),
    Rule("default-directory", CONFIGURATION, LIKELY, "connection", ill=("login",), failures=(Misconfigured,),
         answers=("5",),
         holds=("elsewhere",),
         says="{who} has no Default Directory, which the flow password needs ({answers}){works}"),
    Rule("flapping", AUTH0, LIKELY, "tenant", ill=TENANT, failures=(*BROKEN, SecondAttempt), facts=("flaps",),
         says="{who} fails intermittently ({answers}), also where no extension runs; Auth0 signed these errors{works}"),
    Rule("flapping", UNKNOWN, GUESS, "connection", ill=("login", "stranger"), failures=BROKEN, answers=("5",),
         facts=("own-database",),
         says="{logins} of {who} fail ({answers}), and so did Auth0's own database connection at first{works}."
              " Possible causes: Auth0, or an Action that runs for both"),
    Rule("connection", UNKNOWN, GUESS, "connection", ill=("login",), failures=BROKEN, answers=("5", "none"),
         holds=("elsewhere",), facts=("default-connection",), along=("stranger",),
         says="{logins} of {who} fail ({answers}){works}. The database is Auth0's own. Possible causes: Auth0, or an"
              " Action for its users",
         behind="{logins} of {who} fail ({answers})"),
    Rule("connection", EXTENSION, LIKELY, "connection", ill=("login",), failures=BROKEN, answers=("5", "none"),
         holds=("elsewhere",), along=("stranger",),
         says="{logins} of {who} fail ({answers}){works}. Likely cause: the script of the connection {part}, or its"
              " database{besides}",
         behind="{logins} of {who} fail ({answers})"),
    Rule("extension-says", EXTENSION, LIKELY, "tenant", ill=CREDENTIALS, failures=BROKEN, errors=("server_error",),
         told=OF_AN_EXTENSION,
         says="{logins} of {who} fail{works}. Auth0's description names an extension as the cause ({reason})",
         behind="{logins} of {who} fail ({answers})"),
    Rule("default-directory", CONFIGURATION, LIKELY, "connection", ill=("login",), failures=(Misconfigured,),
         answers=("5",), told="default connection", along=("stranger",),
         says="{who} has no Default Directory, which the flow password needs ({reason}){works}"),
    Rule("login-outage", AUTH0, LIKELY, "tenant", ill=(*USERS, "machine"), failures=BROKEN, answers=("5", "none"),
         breaks=("auth0",),
         says="{logins} of {who} fail ({answers}){works}. Auth0's status page says that logins fail"),
    Rule("token-endpoint", UNKNOWN, GUESS, "tenant", ill=(*USERS, "machine", "secret", "refresh", "device"),
         failures=CUT, host=("own",), facts=("!leads-to-auth0",), breaks=("login", "machine"), holds=("discovery",),
         says="logins of users and of machines to {who} fail ({answers}); its discovery document can be read. Possible"
              " causes: Auth0, or a proxy in front of the custom domain"),
    Rule("token-endpoint", AUTH0, LIKELY, "tenant", ill=(*USERS, "machine", "secret", "refresh", "device"),
         failures=BROKEN,
         answers=("5", "none"), breaks=("login", "machine"), holds=("discovery",),
         says="logins of users and of machines to {who} fail ({answers}); its discovery document can be read"),
    Rule("default-directory", CONFIGURATION, GUESS, "connection", ill=("login",), failures=(Misconfigured,),
         answers=("5",),
         unasked=("elsewhere",), along=("stranger",),
         says="{who} has no Default Directory, or its login fails ({answers}){works}. Compare with the flow"
              " password-realm"),
    Rule("login-pipeline", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), failures=BROKEN, answers=("5", "none"),
         breaks=("login",), holds=("machine",), falls=("login",),
         says="every user login of {who} fails ({answers}){works}. Likely cause: an Action, or the databases",
         behind="every user login of {who} fails ({answers})"),
    Rule("login-alone", UNKNOWN, GUESS, "tenant", ill=(*USERS, "refresh"), failures=BROKEN, answers=("5", "none"),
         breaks=("login",), unasked=("machine",),
         says="logins of {who} fail ({answers}){works}. No machine login was made that would tell an extension from"
              " Auth0",
         behind="logins of {who} fail ({answers})"),
    Rule("stranger-breaks", EXTENSION, GUESS, "connection", ill=("stranger",), failures=BROKEN, answers=("5", "none"),
         holds=("login",),
         says="the connection {part} of {who} fails ({answers}) for an unknown user, whom it should refuse{works}",
         behind="the connection {part} of {who} fails ({answers}) for an unknown user"),
    Rule("machine-alone", EXTENSION, GUESS, "tenant", ill=("machine", "secret"), failures=BROKEN, answers=("5", "none"),
         breaks=("machine",), holds=("login",),
         says="machine logins of {who} fail ({answers}){works}. Possible cause: an Action for machine logins",
         behind="machine logins of {who} fail ({answers})"),
    Rule("own-proxy", UNKNOWN, GUESS, "tenant", ill=TENANT, failures=WRONG, host=("own",), signed=False,
         holds=("tenant",),
         says="something other than Auth0 answers some requests to the custom domain of {who} ({answers}){works}."
              " Possible causes: a proxy in front of it, or one on this machine's network"),
    Rule("page-in-the-way", RUNNER, GUESS, "tenant", ill=TENANT, failures=SAID,
         signed=False, holds=("tenant",), cap=UNSEEN,
         says="something other than {who} answers some requests ({answers}; {speakers}){works}. Possible cause: a"
              " proxy or a firewall on the way"),
    Rule("own-proxy", UNKNOWN, GUESS, "tenant", ill=TENANT, failures=WRONG, host=("own",), answers=("html", "5"),
         facts=("signs-nothing",),
         says="the custom domain of {who} fails in part ({answers}; {speakers}){works}. The proxy in front of it"
              " removes Auth0's request IDs. Possible causes: that proxy, or Auth0"),
    # What the logins brought.
    Rule("own-proxy", CONFIGURATION, LIKELY, "tenant", ill=("token", "api"), failures=(WrongAnswer,), host=("own",),
         facts=("stale-keys",),
         says="the signing keys on the custom domain of {who} come from a cache with old ones ({reason}). Likely"
              " cause: the cache of the proxy in front of Auth0"),
    Rule("proxy-answers", RUNNER, GUESS, "tenant", ill=("token", "api"), failures=(WrongAnswer,),
         facts=("stale-keys",), cap=UNSEEN,
         says="the signing keys of {who} come from a cache with old ones ({reason}). Possible cause: a proxy on"
              " this machine's network"),
    Rule("no-tokens", CONFIGURATION, GUESS, "tenant", ill=("test_login_hands_out_tokens",), failures=(UNMET,),
         answers=("2",), breaks=(SIGNATURE,), along=("login",),
         says="logins of {who} return no ID token ({parts}). Possible causes: the scope, or the application"),
    Rule("broken-answer", AUTH0, LIKELY, "tenant", ill=("login", "machine"), failures=WRONG, statuses=("2",),
         holds=("discovery",),
         says="logins of {who} are accepted, but the answer cannot be used: {reason}"),
    Rule("keys", AUTH0, LIKELY, "tenant", ill=("keys",), failures=(*WRONG, *CUT), host=("auth0", "box"),
         holds=("discovery",), along=(SIGNATURE, "api", *ACCESS_TOKENS),
         says="the signing keys that {who} publishes cannot be used ({answers}): {reason}{works}"),
    Rule("keys", UNKNOWN, GUESS, "tenant", ill=("keys",), failures=(*WRONG, *CUT),
         holds=("discovery",), along=(SIGNATURE, "api", *ACCESS_TOKENS),
         says="the signing keys on the custom domain of {who} cannot be used ({answers}): {reason}. Possible causes:"
              " Auth0, or a proxy in front of it"),
    Rule("own-issuer", CONFIGURATION, LIKELY, "tenant", ill=("discovery", *ISSUERS), failures=(UNMET,), host=("own",),
         holds=("login",), along=ACCESS_TOKENS,
         says="what the custom domain of {who} publishes is another domain's ({reason}). Likely cause: a proxy in"
              " front of Auth0, or a custom domain that is not set up"),
    Rule("other-tenant", CONFIGURATION, LIKELY, "tenant", ill=ISSUERS, failures=(UNMET,), breaks=ISSUERS,
         along=ACCESS_TOKENS,
         says="the domain of {who} belongs to another tenant, by its discovery document and its tokens: {reason}"),
    Rule("discovery", AUTH0, LIKELY, "tenant", ill=("discovery",), failures=CUT, host=("auth0", "box"),
         holds=("login", "keys"),
         says="what {who} publishes about itself does not come ({answers}){works}"),
    Rule("discovery", AUTH0, LIKELY, "tenant", ill=("discovery",), failures=WRONG, answers=("2", "3", "4", "5"),
         holds=("login",), along=("keys",), says="what {who} publishes about itself is wrong: {reason}{works}"),
    Rule("id-token", AUTH0, LIKELY, "tenant", ill=("token",), failures=WRONG, answers=("2",), holds=("login",),
         says="logins of {who} work, but their ID tokens are wrong: {reason}"),
    Rule("access-token", AUTH0, LIKELY, "tenant", ill=("api",), failures=WRONG, answers=("2",),
         says="{logins} of {who} work, but an API would reject their access tokens: {reason}"),
    Rule("scope", CONFIGURATION, LIKELY, "tenant", ill=("scope",), failures=(UNMET,), answers=("2",), holds=("login",),
         says="logins of {who} work, but their ID tokens do not describe the user as expected ({parts}): {reason}."
              " Likely cause: the scope, or what the connection knows of the user"),
    Rule("claims", EXTENSION, LIKELY, "tenant", ill=("claims",), failures=(UNMET,), answers=("2",), holds=("login",),
         says="logins of {who} work, but its extensions do not add the claims that they should ({parts}): {reason}",
         behind="logins of {who} work, but lack what its extensions add ({parts})"),
    Rule("profile", AUTH0, LIKELY, "tenant", ill=("profile", "tampered"), failures=(*WRONG, *CUT),
         answers=("5", "none"),
         host=("auth0", "box"), holds=("login",),
         says="/userinfo of {who} fails ({answers}); logins work"),
    Rule("profile", AUTH0, GUESS, "tenant", ill=("profile", "tampered"), failures=WRONG, answers=("2", "4", "5"),
         host=("auth0", "box"), holds=("login", "tampered"),
         says="logins of {who} work, but /userinfo does not answer as it should: {reason}"),
    Rule("profile", UNKNOWN, GUESS, "tenant", ill=("profile", "tampered"), failures=WRONG, answers=("2", "4", "5"),
         holds=("login", "tampered"),
         says="logins of {who} work, but /userinfo does not answer as it should: {reason}. Possible causes: Auth0, or a"
              " proxy in front of the custom domain that drops the Authorization header"),
    Rule("refresh", CONFIGURATION, GUESS, "tenant", ill=("refresh",), failures=(Refused, WrongAnswer),
         answers=("2", "4"), holds=("login",),
         says="logins of {who} work, but users do not stay logged in: {reason}"),
    Rule("refresh-kept", CONFIGURATION, LIKELY, "tenant", ill=("refresh",), failures=(UNMET,), answers=("2",),
         holds=("login",),
         says="{who} accepts refresh tokens that should not be valid any more: {reason}"),
    Rule("refresh-breaks", UNKNOWN, GUESS, "tenant", ill=("refresh",), answers=("5", "none"), holds=("login",),
         says="logins of {who} work, but the exchange of a refresh token fails ({answers}). Possible causes: Auth0,"
              " or an Action that runs on it"),
    Rule("logout", CONFIGURATION, GUESS, "tenant", ill=("logout",), failures=WRONG, holds=("login",),
         says="logins of {who} work, but users are not logged out as they should be: {reason}"),
    Rule("way-out", AUTH0, GUESS, "tenant", ill=("redirect",), failures=BROKEN, holds=("discovery",),
         says="{who} does not send users of {parts} to their login page ({answers}): {reason}"),
    Rule("device", AUTH0, GUESS, "tenant", ill=("device",), failures=WRONG, holds=("discovery",),
         says="{who} does not let devices start a login: {reason}"),
    Rule("let-in-by-connection", EXTENSION, LIKELY, "connection", ill=("stranger",), failures=(UNMET,), answers=("2",),
         holds=("elsewhere",),
         says="the connection {part} of {who} accepts an unknown user; other connections refuse one. Likely cause:"
              " its script"),
    Rule("let-in-by-connection", EXTENSION, GUESS, "connection", ill=("stranger",), failures=(UNMET,), answers=("2",),
         unasked=("elsewhere",), facts=("own-connection",),
         says="the connection {part} of {who} accepts an unknown user; no other connection was asked. Likely cause: its"
              " script"),
    Rule("let-in", AUTH0, LIKELY, "tenant", ill=("stranger", "tampered", "secret"), failures=(UNMET,), answers=("2",),
         says="{who} accepts a login or a token that it must refuse: {reason}"),
    # What is not an outage by itself: late, near a limit, one node, a weak witness, somebody's own word.
    Rule("node-key", CONFIGURATION, CERTAIN, "node", ill=("node",), failures=(Misconfigured,),
         says="the node {part} of {who} rejects the monitor's key: {reason}"),
    Rule("node", AUTH0, LIKELY, "node", ill=("node",), holds=("tenant",),
         says="the node {part} of {who} is unhealthy ({answers}); the deployment works"),
    Rule("node", AUTH0, GUESS, "node", ill=("node",), failures=(*WRONG, WARNING),
         says="the node {part} of {who} is unhealthy ({answers})"),
    Rule("expires", CONFIGURATION, CERTAIN, "reason", ill=("horizon",), failures=(RunningLow,),
         says="{reason} ({who})"),
    Rule("variables", CONFIGURATION, CERTAIN, "reason", ill=("horizon",), failures=(Misconfigured,),
         says="{reason} ({who})"),
    Rule("published-certificates", CONFIGURATION, GUESS, "reason", ill=("horizon",), failures=WRONG, cap=WEAK,
         says="{reason} ({who})"),
    Rule("domains-differ", AUTH0, LIKELY, "tenant", ill=("canonical",), failures=(DomainsDiffer,),
         says="{reason} ({who})"),
    Rule("clocks-differ", CONFIGURATION, GUESS, "tenant", ill=("health",), failures=(ClocksDiffer,), host=("own",),
         says="answers from the custom domain of {who} show another time than the tenant's ({reason}). Possible"
              " cause: a proxy in front of it"),
    Rule("clocks-differ", AUTH0, GUESS, "tenant", ill=("health",), failures=(ClocksDiffer,),
         says="answers of {who} show another time than the tenant's ({reason}). Possible cause: the clock of an edge"),
    Rule("names-late", RUNNER, LIKELY, "run", failures=(OverBudget,), slowest=("dns",),
         says="answers of {who} were slow because of name resolution, not because of the tenant. Likely cause: this"
              " machine's name server"),
    Rule("way-late", RUNNER, LIKELY, "run", failures=(OverBudget,), facts=("pages-slow",),
         says="answers of {who} were slow, and so were status pages ({reason}). Likely cause: this machine's network"),
    Rule("way-late", UNKNOWN, GUESS, "run", failures=(OverBudget,), slowest=("connect", "tls"),
         says="connections to {who} were slow, not the answers ({reason}). Possible causes: the network between, or"
              " this machine"),
    Rule("universal-login-late", AUTH0, GUESS, "connection", failures=LATE, flow="universal-login",
         holds=("grants",),
         says="logins of {who} through Universal Login are slow or need a retry; logins without its pages do not."
              " Possible cause: the pages, Auth0's or the tenant's own"),
    Rule("universal-login-late", UNKNOWN, GUESS, "connection", failures=LATE, flow="universal-login",
         unasked=("grants",), holds=("machine", "discovery"),
         says="logins of {who} through Universal Login are slow or need a retry; machine logins do not. No login"
              " without its pages was asked. Possible causes: the pages, an Action, or the databases"),
    Rule("login-late", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), failures=LATE, breaks=("login",),
         holds=("machine", "discovery"),
         says="user logins of {who} are slow or need a retry ({logins}); machine logins do not. Likely cause: an"
              " Action, or the databases",
         behind="user logins of {who} are slow or need a retry; machine logins do not"),
    Rule("late", AUTH0, LIKELY, "tenant", ill=(*TENANT, "node"), failures=LATE, breaks=("discovery", "login"),
         control=("read",), host=("auth0", "box"),
         says="discovery and logins of {who} are slow, or work only on a retry: {reason}"),
    Rule("late-alone", UNKNOWN, GUESS, "tenant", failures=LATE,
         says="some answers of {who} were slow, or right only on a retry; others were not: {reason}"),
    Rule("health", AUTH0, GUESS, "tenant", ill=("health",), cap=WEAK,
         says="/test or /testall of {who} fails ({reason}). These endpoints alone prove no outage"),
    Rule("detour", CONFIGURATION, CERTAIN, "tenant", failures=(Detoured,), says="{reason} ({who})"),
    Rule("limit-near", THROTTLED, LIKELY, "tenant", ill=("limits",), failures=(RunningLow,),
         says="logins to {who} are close to its rate limit: {reason}"),
    Rule("auth0-incident", AUTH0, CERTAIN, "reason", ill=("auth0",), cap=WEAK,
         says="Auth0's own status page has an open notice for {who}: {reason}"),
    Rule("api", UPSTREAM, CERTAIN, "service", ill=("service",), failures=(ApiFails, ApiSlow), cap=WEAK,
         says="{part}, an API of your own, is unhealthy: {reason}"),
    Rule("service", UPSTREAM, GUESS, "service", ill=("service",), failures=(Unattributed,),
         says="{part} reports a problem, but not whether it affects what you use: {reason}"),
    Rule("service", UPSTREAM, CERTAIN, "service", ill=("service",), cap=WEAK,
         says="{part} reports a problem: {reason}"),
    Rule("unexplained", UNKNOWN, GUESS, "reason",
         says="no rule explains this failure, so its owner is unknown: {reason} ({who})"),
)
# fmt: on


def table() -> str:
    """The table of the rules, in Markdown: what the docs show."""
    heads = ["cause", "owner", "confidence", "scope", "failing", "seen there", "beside it", "control"]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *map(_line, RULES)])


def _line(rule: Rule) -> str:
    whole = [name for name in ("tenant",) if set(TENANT) <= set(rule.ill)]
    ill = [*whole, *(name for name in rule.ill if not whole or name not in TENANT)]
    seen = ["a failure that this version does not know"] if rule.unknown_failure else []
    own = [word for word in rule.errors if word in WORDS]
    seen += [*map(_called, rule.failures), *(word or "no error in it" for word in rule.errors if word not in own)]
    seen += [f"[its pages and errors](logins.md#{PAGES_OF_LOGINS})"] if own else []
    seen += [f"{phase} takes most of it" for phase in rule.slowest]
    seen += [f"{start}…" if start.isdigit() else start for start in (*rule.answers, *rule.statuses)]
    seen += [f"by {', '.join(rule.speakers)}"] if rule.speakers else []
    seen += [{True: "signed by Auth0", False: "not signed by Auth0"}[rule.signed]] if rule.signed is not None else []
    seen += [f"on a name of {' or '.join(map(_WHOSE.__getitem__, rule.host))}"] if rule.host else []
    seen += ["by its description"] if rule.told else []
    seen += [f"by {rule.flow}"] if rule.flow else []
    besides = [
        (rule.holds, "works"),
        (rule.breaks, "fails"),
        (rule.falls, "works nowhere"),
        (rule.unasked, "not asked"),
    ]
    beside = "; ".join(f"{' and '.join(names)} {how}" for names, how in besides if names)
    beside += f"this machine's clock is {rule.clock}" if rule.clock else ""
    beside += "names of others fail too" if rule.names_fail_elsewhere else ""
    beside = "; ".join(filter(None, [beside, *map(facts.words, rule.facts)]))
    name = f"[{rule.name}](runbook.md#{rule.name})" + (f", at worst {rule.cap}" if rule.cap else "")
    name += f", at least {rule.raises}" if rule.raises else ""
    cells = [name, rule.owner, rule.confidence, rule.scope, ", ".join(ill), ", ".join(seen), beside]
    return f"| {' | '.join([*cells, ' or '.join(rule.control)])} |"


_WHOSE = {"auth0": "Auth0's", "own": "one's own", "box": "this machine's"}


def _called(kind: type[Failure] | Exactly) -> str:
    """A class in the table; of one without those below it what it says."""
    words = {UNMET: "not as expected", UNJUDGED: "not judged", WARNING: "a warning"}
    return words[kind] if isinstance(kind, Exactly) else kind.__name__


if __name__ == "__main__":
    console.say(table() + "\n")
