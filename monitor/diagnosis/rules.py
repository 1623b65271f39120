"""Whose work what is ill is: a row for each cause, asked in this order. To know another one, add a row and a drill."""

from __future__ import annotations

from monitor import console
from monitor.diagnosis.ladder import TENANT, Exactly, Rule
from monitor.failures import (
    ApiFails,
    ApiSlow,
    BotProtection,
    Broken,
    CutShort,
    Degrading,
    Detoured,
    Exhausted,
    Expired,
    Failure,
    Misconfigured,
    NamesFail,
    NamesFlap,
    NotJudged,
    NotYetValid,
    OtherAlgorithm,
    OverBudget,
    Prompted,
    ProxyRefused,
    Refused,
    RunningLow,
    SecondAttempt,
    TargetFailed,
    Throttled,
    TimedOut,
    Unattributed,
    Unreachable,
    Unresolved,
    Untrusted,
    WrongAnswer,
)
from monitor.owners import Confidence, Owner
from monitor.status import Status
from monitor.transactions.oauth_errors import NEW_PASSWORD, SECOND_FACTOR
from monitor.transactions.screens import WORDS
from monitor.transactions.screens import named as pages

RUNNER, CONFIGURATION, EXTENSION = Owner.RUNNER, Owner.CONFIGURATION, Owner.EXTENSION
AUTH0, UPSTREAM, THROTTLED, UNKNOWN = Owner.AUTH0, Owner.UPSTREAM, Owner.THROTTLED, Owner.UNKNOWN
CERTAIN, LIKELY, GUESS = Confidence.CERTAIN, Confidence.LIKELY, Confidence.GUESS
WEAK = Status.DEGRADED

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
BROKEN = (*WRONG, *CUT, Misconfigured)
LATE = (OverBudget, SecondAttempt)
USERS = ("login", "stranger")
CREDENTIALS = ("login", "stranger", "machine", "refresh", "secret", "device")
SIGNATURE = "test_id_token_is_signed_by_this_tenant"
ISSUERS = ("test_issuer_is_this_tenant", "test_id_token_is_issued_by_this_tenant")
EVERY = (*TENANT, "tls", "node")

_ALSO = {"consent": ("consent_required",), "form": ("interaction_required",)}
"""What else says the same, where a login leads back to the application at once."""

# Each of these is a line or two, as in the docs: the formatter would make ten of it.
# fmt: off
RULES: tuple[Rule, ...] = (
    # This machine's clock, before all else; then what was not asked, or asked too much.
    Rule("clock", RUNNER, LIKELY, "run", failures=(Expired,), clock="ahead",
         says="the clock of this machine is {skew}, so that it takes the certificate of {who} for expired"),
    Rule("clock", RUNNER, LIKELY, "run", failures=(NotYetValid,), clock="behind",
         says="the clock of this machine is {skew}, so that it takes the certificate of {who} for one of the future"),
    Rule("unknown-failure", UNKNOWN, GUESS, "reason", unknown_failure=True,
         says="this version does not know the failure {failures} of {who}: another one wrote it, so update this one"
              " ({reason})"),
    Rule("proxy", RUNNER, CERTAIN, "run", failures=(ProxyRefused,),
         says="the proxy between this machine and {who} does not let us through"),
    Rule("exhausted", RUNNER, CERTAIN, "run", failures=(Exhausted,),
         says="{count} of {who} could not be asked: {reason}"),
    Rule("suite-broken", RUNNER, CERTAIN, "run", failures=(Broken,),
         says="the suite itself broke in {count} of {who}: {reason}"),
    Rule("not-judged", RUNNER, CERTAIN, "reason", failures=(UNJUDGED,),
         says="nobody judged {count} of {who}: {reason}"),
    Rule("variables", CONFIGURATION, CERTAIN, "reason", failures=(Misconfigured,), errors=("",),
         answers=("none", "2"), says="{reason} ({who})"),
    Rule("names-flap", RUNNER, LIKELY, "tenant", failures=(NamesFlap,), names_fail_elsewhere=True,
         says="the name servers of this machine answer at times only, for {who} and for others: {reason}"),
    Rule("names-flap", UNKNOWN, GUESS, "tenant", failures=(NamesFlap,),
         says="name servers answer for the domain of {who} at times only, that domain's or this machine's: {reason}"),
    Rule("throttled", THROTTLED, CERTAIN, "tenant", failures=(Throttled,),
         says="{who} throttles the monitor's own requests ({answers}): nothing is said about anybody else's"),
    Rule("bot-protection", THROTTLED, CERTAIN, "tenant", failures=(BotProtection,),
         says="the bot protection of {who} suspects this machine: nothing is said about anybody else's logins"),
    # Which page of Universal Login stands in the way: by Auth0's name for it, or for the error on it.
    Rule("second-factor-code", RUNNER, LIKELY, "tenant", errors=pages("second-factor-code"), clock="ahead",
         says="the clock of this machine is {skew}, so that {who} takes no code of it"),
    Rule("second-factor-code", RUNNER, LIKELY, "tenant", errors=pages("second-factor-code"), clock="behind",
         says="the clock of this machine is {skew}, so that {who} takes no code of it"),
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
    Rule("second-factor", CONFIGURATION, CERTAIN, "tenant", errors=(*SECOND_FACTOR, *pages("second-factor")),
         says="{who} asks the synthetic user for a second factor, which a monitor has not got"),
    Rule("grant", CONFIGURATION, CERTAIN, "tenant",
         errors=("unauthorized_client", "unsupported_grant_type", "endpoint_disabled"),
         says="the application of {who} may not log in this way ({answers})"),
    Rule("request", CONFIGURATION, CERTAIN, "tenant", errors=("invalid_request", "invalid_scope"),
         failures=(Misconfigured,), says="{who} does not take the request as it is configured ({answers})"),
    Rule("locked-user", CONFIGURATION, CERTAIN, "tenant", ill=USERS, errors=("password_leaked", *pages("locked-user")),
         says="the password of the synthetic user of {who} is known from a breach ({answers})"),
    Rule("locked-user", CONFIGURATION, LIKELY, "tenant", ill=USERS, errors=("unauthorized",),
         says="{who} refuses the synthetic user: it is blocked, or an Action or the database says so ({reason})"),
    Rule("new-password", CONFIGURATION, CERTAIN, "tenant", ill=USERS,
         errors=(*NEW_PASSWORD, *pages("new-password")),
         says="{who} asks the synthetic user for a new password ({answers})"),
    Rule("wrong-client", CONFIGURATION, LIKELY, "tenant", ill=CREDENTIALS, errors=("invalid_client",),
         says="{who} does not know the application, or not by this secret ({answers})"),
    Rule("wrong-client", CONFIGURATION, LIKELY, "tenant", ill=CREDENTIALS, errors=("access_denied",), answers=("401",),
         says="{who} does not know the application, or not by this secret ({answers})"),
    Rule("wrong-user", CONFIGURATION, LIKELY, "tenant", ill=("login",),
         errors=("invalid_grant", "invalid_user_password", *pages("wrong-user")),
         says="{who} does not know the synthetic user, or not by this password ({parts}; {answers})"),
    Rule("audience", CONFIGURATION, LIKELY, "tenant", ill=("machine", *USERS), errors=("access_denied",),
         answers=("403",),
         breaks=("machine",), says="{who} does not open the audience to this application ({answers})"),
    Rule("denied", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), errors=("access_denied",),
         answers=("403", "3"),
         says="an Action or a Rule of {who} denies the login ({parts}; {answers})",
         behind="an Action or a Rule of {who} denies the login ({parts}; {answers})"),
    Rule("prompt", CONFIGURATION, GUESS, "reason", failures=(Prompted,), says="{reason} ({who})"),
    Rule("algorithm", CONFIGURATION, CERTAIN, "tenant", failures=(OtherAlgorithm,),
         says="ID tokens of {who} are signed by another algorithm than AUTH0_ID_TOKEN_ALG names: {reason}"),
    Rule("health", UNKNOWN, GUESS, "tenant", ill=("health",), failures=(*WRONG, *CUT), cap=WEAK,
         unasked=("discovery", "keys", "login", "machine"),
         says="/test or /testall of {who} is not well, and nobody asked for more: weak witnesses ({reason})"),
    # The way there: is it this machine, the tenant's name and certificate, or the tenant?
    Rule("nothing-answers", RUNNER, CERTAIN, "run", failures=(Unreachable, ApiFails), falls=("tenant",),
         control=("silent",),
         says="nothing at all answers this machine, neither {who} nor any status page: it has no way out"),
    Rule("distrust", RUNNER, LIKELY, "run", failures=(Untrusted,), control=("untrusted",),
         says="this machine trusts no certificate, neither that of {who} nor of any status page"),
    Rule("portal", RUNNER, LIKELY, "run", ill=TENANT, failures=WRONG, answers=("html", "3", "4", "5"),
         falls=("tenant",),
         control=("garbled",), says="something on this machine's way out answers for {who} and for every status page"),
    Rule("certificate-auth0", AUTH0, LIKELY, "tenant", ill=EVERY, failures=(Untrusted,), host="auth0",
         control=("read", "garbled"), says="the certificate that Auth0 shows for {who} is not to be trusted"),
    Rule("certificate-auth0", AUTH0, LIKELY, "tenant", ill=("tls",), failures=(UNMET, RunningLow), host="auth0",
         says="the certificate that Auth0 shows for {who} is not good: {reason}"),
    Rule("certificate-own", CONFIGURATION, LIKELY, "tenant", ill=EVERY, failures=(Untrusted,), host="own",
         control=("read", "garbled", "silent", "absent"),
         says="the certificate of {who}, whose domain is your own, is not to be trusted: {reason}"),
    Rule("certificate-own", CONFIGURATION, LIKELY, "tenant", ill=("tls",), failures=(UNMET, RunningLow), host="own",
         says="the certificate of {who}, whose domain is your own, is not good: {reason}"),
    Rule("names-fail", UNKNOWN, GUESS, "tenant", failures=(NamesFail,), control=("read", "garbled", "untrusted"),
         says="no name server answered for the domain of {who}, and others resolve: that domain's, or this machine's"),
    Rule("unresolved", CONFIGURATION, LIKELY, "tenant", ill=EVERY, failures=(Unresolved,), falls=("tenant",),
         control=("read", "garbled", "untrusted"), says="the domain of {who} does not exist, and other names do"),
    Rule("unreachable", AUTH0, LIKELY, "tenant", ill=EVERY, failures=(Unreachable,), falls=("tenant",),
         control=("read",),
         says="{who} cannot be reached ({answers}), and others can"),
    Rule("outage", AUTH0, LIKELY, "tenant", ill=TENANT, failures=WRONG, answers=("5",), falls=("tenant",),
         control=("read",), breaks=("discovery",), along=(*TENANT, "node"),
         says="{who} answers nothing but errors ({answers}), and others are well"),
    Rule("garbled", AUTH0, LIKELY, "tenant", ill=TENANT, failures=WRONG, answers=("2",), signed=True, falls=("tenant",),
         breaks=("discovery",), control=("read",),
         says="{who} answers in Auth0's name, and nothing that can be used: {reason}"),
    Rule("not-a-tenant", CONFIGURATION, GUESS, "tenant", ill=TENANT, failures=WRONG, answers=("html", "2", "3", "4"),
         falls=("tenant",), breaks=("discovery",), control=("read",),
         says="what answers for {who} is no Auth0 tenant: AUTH0_DOMAIN, or a proxy before it ({answers})"),
    Rule("nothing-to-compare", UNKNOWN, GUESS, "tenant", failures=(Unreachable, *WRONG), ill=EVERY, falls=("tenant",),
         control=("absent", "silent", "garbled", "untrusted"), along=EVERY,
         says="no probe of {who} holds ({answers}), and nothing that is well was there to compare with"),
    # Logins: which of them fail, and what holds beside them?
    Rule("universal-login", AUTH0, GUESS, "connection", failures=BROKEN, answers=("5", "none"),
         flow="universal-login", holds=("grants",),
         says="logins of {who} through Universal Login break ({answers}), and without its pages they hold: the pages,"
              " Auth0's or the tenant's own, or what runs on them alone"),
    Rule("default-directory", CONFIGURATION, LIKELY, "connection", ill=("login",), failures=(Misconfigured,),
         answers=("5",),
         holds=("elsewhere",), says="{who} has no Default Directory, which the flow password logs in to ({answers})"),
    Rule("connection", EXTENSION, LIKELY, "connection", ill=("login",), failures=BROKEN, answers=("5", "none"),
         holds=("elsewhere",), along=("stranger",),
         says="the connection {part} of {who} is broken ({answers}), and others hold: its own database{besides}",
         behind="the connection {part} of {who} is broken ({answers})"),
    Rule("login-outage", AUTH0, LIKELY, "tenant", ill=(*USERS, "machine"), failures=BROKEN, answers=("5", "none"),
         breaks=("auth0",), says="logins to {who} break ({answers}), and Auth0's status page says so too"),
    Rule("token-endpoint", AUTH0, LIKELY, "tenant", ill=(*USERS, "machine", "secret", "refresh", "device"),
         failures=BROKEN,
         answers=("5", "none"), breaks=("login", "machine"), holds=("discovery",),
         says="{who} hands out no token to anybody ({answers}), while its discovery document is well"),
    Rule("default-directory", CONFIGURATION, GUESS, "connection", ill=("login",), failures=(Misconfigured,),
         answers=("5",),
         unasked=("elsewhere",), along=("stranger",),
         says="{who} has no Default Directory, or its login breaks: compare with password-realm ({answers})"),
    Rule("login-pipeline", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), failures=BROKEN, answers=("5", "none"),
         breaks=("login",), holds=("machine",), falls=("login",),
         says="every login of a user of {who} breaks ({answers}), and a machine's holds: an Action, or the databases",
         behind="every login of a user of {who} breaks ({answers})"),
    Rule("login-alone", UNKNOWN, GUESS, "tenant", ill=(*USERS, "refresh"), failures=BROKEN, answers=("5", "none"),
         breaks=("login",), unasked=("machine",),
         says="logins of {who} break ({answers}), and no machine logs in to tell its extensions from Auth0",
         behind="logins of {who} break ({answers})"),
    Rule("stranger-breaks", EXTENSION, GUESS, "connection", ill=("stranger",), failures=BROKEN, answers=("5", "none"),
         holds=("login",),
         says="the connection {part} of {who} breaks ({answers}) where it has to refuse a user that it does not know",
         behind="the connection {part} of {who} breaks ({answers}) where it has to refuse a user"),
    Rule("machine-alone", EXTENSION, GUESS, "tenant", ill=("machine", "secret"), failures=BROKEN, answers=("5", "none"),
         breaks=("machine",), holds=("login",),
         says="the machine's login to {who} breaks ({answers}), and users' hold: an Action of its own",
         behind="the machine's login to {who} breaks ({answers})"),
    Rule("page-in-the-way", RUNNER, GUESS, "tenant", ill=(*CREDENTIALS, "profile", "tampered"), failures=WRONG,
         answers=("html", "3"), holds=("discovery",),
         says="a page comes where {who} has to answer ({answers}): a proxy or a firewall on the way"),
    # What the logins brought.
    Rule("no-tokens", CONFIGURATION, GUESS, "tenant", ill=("test_login_hands_out_tokens",), failures=(UNMET,),
         answers=("2",), breaks=(SIGNATURE,), along=("login",),
         says="logins of {who} bring no ID token: the scope, or the application ({parts})"),
    Rule("broken-answer", AUTH0, LIKELY, "tenant", ill=("login", "machine"), failures=WRONG, answers=("2",),
         holds=("discovery",), says="{who} lets in, and its answer cannot be used: {reason}"),
    Rule("keys", AUTH0, LIKELY, "tenant", ill=("keys",), failures=WRONG, answers=("2", "4", "5"), holds=("discovery",),
         along=(SIGNATURE,), says="the signing keys that {who} publishes cannot be used: {reason}"),
    Rule("other-tenant", CONFIGURATION, LIKELY, "tenant", ill=ISSUERS, failures=(UNMET,), breaks=ISSUERS,
         says="the domain of {who} is another tenant's, by its discovery document and its tokens: {reason}"),
    Rule("discovery", AUTH0, LIKELY, "tenant", ill=("discovery",), failures=WRONG, answers=("2", "4", "5"),
         holds=("login",), says="what {who} publishes about itself is wrong, and logins hold: {reason}"),
    Rule("id-token", AUTH0, LIKELY, "tenant", ill=("token",), failures=WRONG, answers=("2",), holds=("login",),
         says="logins of {who} hold, and their ID tokens are not right: {reason}"),
    Rule("scope", CONFIGURATION, LIKELY, "tenant", ill=("scope",), failures=(UNMET,), answers=("2",), holds=("login",),
         says="logins of {who} hold, and do not tell of the user what they should ({parts}): the scope, or what the"
              " connection knows of the user: {reason}"),
    Rule("claims", EXTENSION, LIKELY, "tenant", ill=("claims",), failures=(UNMET,), answers=("2",), holds=("login",),
         says="logins of {who} hold, and its extensions do not add what they should ({parts}): {reason}",
         behind="logins of {who} hold, and lack what its extensions add ({parts})"),
    Rule("profile", AUTH0, GUESS, "tenant", ill=("profile", "tampered"), failures=WRONG, answers=("2", "4", "5"),
         holds=("login", "tampered"), says="logins of {who} hold, and /userinfo does not do what it should: {reason}"),
    Rule("refresh", CONFIGURATION, GUESS, "tenant", ill=("refresh",), failures=(Refused, WrongAnswer),
         answers=("2", "4"), holds=("login",), says="logins of {who} hold, and users do not stay logged in: {reason}"),
    Rule("refresh-kept", CONFIGURATION, LIKELY, "tenant", ill=("refresh",), failures=(UNMET,), answers=("2",),
         holds=("login",), says="{who} takes refresh tokens that are worth nothing any more: {reason}"),
    Rule("refresh-breaks", AUTH0, GUESS, "tenant", ill=("refresh",), answers=("5", "none"), holds=("login",),
         says="logins of {who} hold, and the exchange of a refresh token breaks ({answers}): Auth0, or an Action that"
              " runs on it"),
    Rule("logout", CONFIGURATION, GUESS, "tenant", ill=("logout",), failures=WRONG, holds=("login",),
         says="logins of {who} hold, and users are not logged out as they should be: {reason}"),
    Rule("device", AUTH0, GUESS, "tenant", ill=("device",), failures=WRONG, holds=("discovery",),
         says="{who} does not let devices begin to log in: {reason}"),
    Rule("let-in-by-connection", EXTENSION, LIKELY, "connection", ill=("stranger",), failures=(UNMET,), answers=("2",),
         holds=("elsewhere",),
         says="the connection {part} of {who} lets in whom it does not know, and others do not: its script"),
    Rule("let-in", AUTH0, LIKELY, "tenant", ill=("stranger", "tampered", "secret"), failures=(UNMET,), answers=("2",),
         says="{who} lets in who must be refused: {reason}"),
    # What is not an outage by itself: late, near a limit, one node, a weak witness, somebody's own word.
    Rule("node-key", CONFIGURATION, CERTAIN, "node", ill=("node",), failures=(Misconfigured,),
         says="the node {part} of {who} does not accept our key: {reason}"),
    Rule("node", AUTH0, LIKELY, "node", ill=("node",), holds=("tenant",),
         says="the node {part} of {who} is not well ({answers}), and the deployment is"),
    Rule("node", AUTH0, GUESS, "node", ill=("node",), failures=(*WRONG, WARNING),
         says="the node {part} of {who} is not well ({answers})"),
    Rule("names-late", RUNNER, LIKELY, "run", failures=(OverBudget,), slowest=("dns",),
         says="answers of {who} were late for want of an address, not by the tenant: this machine's name server"),
    Rule("way-late", UNKNOWN, GUESS, "run", failures=(OverBudget,), slowest=("connect", "tls"),
         says="connections to {who} were late, not the answers: the network between, or this machine ({reason})"),
    Rule("universal-login-late", AUTH0, GUESS, "connection", failures=LATE, flow="universal-login",
         holds=("grants",),
         says="logins of {who} through Universal Login are late, and without its pages they are not: the pages, Auth0's"
              " or the tenant's own"),
    Rule("login-late", EXTENSION, LIKELY, "tenant", ill=(*USERS, "refresh"), failures=LATE, breaks=("login",),
         holds=("machine", "discovery"),
         says="logins of users of {who} are late, and a machine's are not: an Action, a Rule or the databases",
         behind="logins of users of {who} are late, and a machine's are not"),
    Rule("late", AUTH0, LIKELY, "tenant", ill=(*TENANT, "node"), failures=LATE, breaks=("discovery", "login"),
         control=("read",),
         says="{who} answers late, or only when asked again, on every rung: {reason}"),
    Rule("late-alone", UNKNOWN, GUESS, "tenant", failures=LATE,
         says="some answers of {who} were late, or right only when asked again, and others were not: {reason}"),
    Rule("health", AUTH0, GUESS, "tenant", ill=("health",), cap=WEAK,
         says="/test or /testall of {who} is not well: weak witnesses, that alone make no outage ({reason})"),
    Rule("detour", CONFIGURATION, CERTAIN, "tenant", failures=(Detoured,), says="{reason} ({who})"),
    Rule("limit-near", THROTTLED, LIKELY, "tenant", ill=("limits",), failures=(RunningLow,),
         says="logins to {who} come near its rate limit: {reason}"),
    Rule("auth0-incident", AUTH0, CERTAIN, "reason", ill=("auth0",), cap=WEAK,
         says="Auth0's own status page has something open for {who}: {reason}"),
    Rule("api", UPSTREAM, CERTAIN, "service", ill=("service",), failures=(ApiFails, ApiSlow), cap=WEAK,
         says="{part}, an API of your own, is not well: {reason}"),
    Rule("service", UPSTREAM, GUESS, "service", ill=("service",), failures=(Unattributed,),
         says="{part} says that it is not well, and not that what you use of it is: {reason}"),
    Rule("service", UPSTREAM, CERTAIN, "service", ill=("service",), cap=WEAK,
         says="{part} says itself that it is not well: {reason}"),
    Rule("unexplained", UNKNOWN, GUESS, "reason", says="no rule says whose work this is: {reason} ({who})"),
)
# fmt: on


def table() -> str:
    """The table of the rules, in Markdown: what the docs show."""
    heads = ["cause", "owner", "sure", "where", "ill", "seen there", "besides", "control"]
    return "\n".join([f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *map(_line, RULES)])


def _line(rule: Rule) -> str:
    whole = [name for name in ("tenant",) if set(TENANT) <= set(rule.ill)]
    ill = [*whole, *(name for name in rule.ill if not whole or name not in TENANT)]
    seen = ["a failure that this version does not know"] if rule.unknown_failure else []
    own = [word for word in rule.errors if word in WORDS]
    seen += [*map(_called, rule.failures), *(word for word in rule.errors if word not in own)]
    seen += [f"[its pages and errors](logins.md#{PAGES_OF_LOGINS})"] if own else []
    seen += [f"{phase} takes most of it" for phase in rule.slowest]
    seen += [f"{start}…" if start.isdigit() else start for start in rule.answers]
    seen += [f"by {rule.flow}"] if rule.flow else []
    besides = [(rule.holds, "holds"), (rule.breaks, "ill"), (rule.falls, "holds nowhere"), (rule.unasked, "not asked")]
    beside = "; ".join(f"{' and '.join(names)} {how}" for names, how in besides if names)
    beside += f"this machine's clock is {rule.clock}" if rule.clock else ""
    beside += "names of others fail too" if rule.names_fail_elsewhere else ""
    name = f"[{rule.name}](runbook.md#{rule.name})" + (f", at worst {rule.cap}" if rule.cap else "")
    cells = [name, rule.owner, rule.confidence, rule.scope, ", ".join(ill), ", ".join(seen), beside]
    return f"| {' | '.join([*cells, ' or '.join(rule.control)])} |"


def _called(kind: type[Failure] | Exactly) -> str:
    """A class in the table; of one without those below it what it says."""
    words = {UNMET: "not as expected", UNJUDGED: "not judged", WARNING: "a warning"}
    return words[kind] if isinstance(kind, Exactly) else kind.__name__


if __name__ == "__main__":
    console.say(table() + "\n")
