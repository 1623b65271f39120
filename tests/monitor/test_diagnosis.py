"""Whose work it is: each rule is seen to fire, and not to where what it looks at besides is otherwise."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import rules
from monitor.diagnosis import diagnose
from monitor.ladder import KINDS, OTHER, PROBES, Rule, rung
from monitor.owners import Confidence, Diagnosis, Owner
from monitor.rules import RULES
from monitor.status import Status
from monitor.verdict import PHASES, Run, Verdict

ROOT = Path(__file__).parents[2]
DOWN, UP, UNKNOWN, DEGRADED = Status.DOWN, Status.UP, Status.UNKNOWN, Status.DEGRADED

PROBE = {
    "tls": "certificate::certificate_matches_the_tenants_name",
    "discovery": "discovery::rs256_is_offered",
    "issuer": "discovery::issuer_is_this_tenant",
    "keys": "discovery::a_signing_key_is_published",
    "health": "health::testall_endpoint_says_ok",
    "machine": "machine_login::machine_login_hands_out_an_access_token",
    "login": "login::login_hands_out_tokens",
    "signature": "login::id_token_is_signed_by_this_tenant",
    "iss": "login::id_token_is_issued_by_this_tenant",
    "claims": "login::extension_adds_the_expected_claims",
    "limits": "login::rate_limit_has_room",
    "profile": "profile::profile_is_that_of_the_user_who_logged_in",
    "refresh": "refresh::refresh_token_is_exchanged_for_an_access_token",
    "stranger": "refusals::user_who_does_not_exist_is_refused",
    "tampered": "refusals::tampered_access_token_is_refused",
    "secret": "refusals::wrong_client_secret_is_refused",
    "node": "dedicated::node_says_ok",
    "auth0": "auth0_status::auth0_reports_no_incident_for_this_tenant",
    "service": "dependencies::service_reports_no_incident",
}
PARTS = {"login": "password-realm:db", "node": "10.0.0.1", "profile": "db", "tampered": "db"}
PARTS |= dict.fromkeys(("signature", "iss", "claims", "limits", "stranger", "refresh"), PARTS["login"])


def verdict(told: str, tenant: str = "prod", number: int = 0) -> Verdict:
    """``login/custom:Refused:403:invalid_grant`` is down; a class in front of ``~`` is unknown, of ``-`` degraded.

    ``login`` alone is up. The status is ``html`` for a page, ``none`` for no answer, ``200+`` with Auth0's request id,
    and a phase for 200 where that took most of the time.
    """
    place, *ill = told.split(":")
    name, _, connection = place.partition("/")
    kind, _, probe = PROBE[name].partition("::")
    part = PARTS.get(name, "").replace("db", connection or "db")
    target = f"dependencies:{connection or 'aws'}" if name == "service" else f"{tenant}:{part}".rstrip(":")
    failure, answer, error = [*ill, "", "", ""][:3]
    status = {"~": UNKNOWN, "-": DEGRADED}.get(failure[-1:], DOWN) if ill else UP
    slow, answer = (answer, "200") if answer in PHASES else ("", answer)
    failure, answer = failure.rstrip("~-"), answer or ("none" if failure in rules.UNREACHED else "200")
    headers = {"content-type": "text/html"} if answer == "html" else {}
    headers |= {"x-auth0-requestid": "1"} if answer.endswith("+") else {}
    code = None if answer in ("none", "untrusted") else 200 if answer == "html" else int(answer.rstrip("+"))
    host = "status.example" if name in ("auth0", "service") else f"{tenant}.eu.auth0.com"
    number = 0 if part == PARTS["login"].replace("db", connection or "db") else number + 1  # one login, judged by many
    why = "Untrusted" if answer == "untrusted" else failure
    seen: dict[str, Any] = {
        "url": f"https://{host}/{connection}",
        "started": float(number),
        "status": code,
        "headers": headers,
    }
    seen |= {"error": f"{why}: why" if code is None and why else None, "method": "GET"}
    return Verdict.planned(
        f"tests_synthetic/test_{kind}.py::test_{probe}[{target}]",
        status=status,
        reason=f"{failure} {answer} {error}" if ill else "",
        failure=failure,
        error=error,
        phases=dict.fromkeys(PHASES, 0.2) | ({slow: 3.0} if slow else {}),
        attempts=[seen] if failure != "Broken" and answer != "never" else [],
    )


def run_of(told: str, tenant: str = "prod") -> Run:
    return Run("live", "", 0.0, "1", verdicts=tuple(verdict(each, tenant, n) for n, each in enumerate(told.split())))


def diagnosed(told: str) -> Diagnosis:
    return diagnose(run_of(told))


WELL = "discovery keys machine login stranger tampered secret auth0"
GONE = "discovery:{0} keys:{0} machine:{0} login:{0}"
CASES = [
    # the symptoms and what stands beside them, the rule that fires, and the same with another rule's name
    ("proxy", "discovery:ProxyRefused~:none", ""),
    ("exhausted", "discovery:Exhausted~:none login:Exhausted~:none", ""),
    ("suite-broken", "discovery:Broken~", ""),
    ("not-judged", "discovery:~:none", ""),
    ("variables", "login:Misconfigured~:none machine", ""),
    ("throttled", "login:Throttled~:429:too_many_attempts machine", ""),
    ("bot-protection", "login:BotProtection~:401:requires_verification", ""),
    ("second-factor", "login:Misconfigured~:403:mfa_required", ""),
    ("grant", "login:Misconfigured~:403:unauthorized_client", ""),
    ("request", "login:Misconfigured~:400:invalid_scope", ""),
    ("locked-user", "login:Refused:401:password_leaked", "profile:Refused:401:unauthorized"),
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
        GONE.format("Unreachable") + " service:Unreadable~:none",
        GONE.format("Unreachable") + " service",
    ),
    ("distrust", GONE.format("Untrusted") + " service:Unreadable~:untrusted", GONE.format("Untrusted") + " service"),
    (
        "portal",
        GONE.format("WrongAnswer:html") + " service:Unreadable~:html",
        GONE.format("WrongAnswer:html") + " service",
    ),
    ("certificate-auth0", GONE.format("Untrusted") + " tls:Untrusted service", GONE.format("Untrusted")),
    ("certificate-auth0", "tls:RunningLow- login", ""),
    ("unresolved", GONE.format("Unresolved") + " service", GONE.format("Unresolved")),
    ("names-fail", GONE.format("NamesFail") + " service", GONE.format("NamesFail")),
    ("nothing-answers", GONE.format("NamesFail") + " service:Unreadable~:none", ""),
    ("unreachable", GONE.format("TimedOut") + " service", GONE.format("TimedOut")),
    ("outage", GONE.format("WrongAnswer:503") + " service", GONE.format("WrongAnswer:503")),
    ("garbled", GONE.format("WrongAnswer:200+") + " service", GONE.format("WrongAnswer:200") + " service"),
    ("not-a-tenant", GONE.format("WrongAnswer:302") + " service", GONE.format("WrongAnswer:302")),
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
    ("claims", "claims: login machine", ""),
    ("profile", "profile:WrongAnswer:401 login tampered", "profile:TimedOut login tampered"),
    ("refresh", "refresh:Refused:403:invalid_grant login", "refresh:WrongAnswer:500 login"),
    ("let-in-by-connection", "stranger: stranger/other login", "stranger: stranger/other: login"),
    ("let-in", "secret: tampered: login", ""),
    ("node-key", "node:Misconfigured~:401 discovery", ""),
    ("node", "node:Unreachable discovery", ""),
    ("node", "node:WrongAnswer:500 service", "node:WrongAnswer:500"),
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
    ("service", "service: login", ""),
    ("unexplained", "refresh:WrongAnswer:500 login", ""),
]


@pytest.mark.parametrize(("rule", "told", "otherwise"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_rule_fires_and_does_not_where_things_are_otherwise(rule: str, told: str, otherwise: str) -> None:
    (cause,) = diagnosed(told).causes
    row = next(each for each in RULES if (each.name, each.owner) == (rule, cause.owner))

    assert (cause.rule, cause.runbook) == (rule, f"docs/runbook.md#{rule}")
    assert cause.owner is row.owner
    assert rule not in [each.rule for each in diagnosed(otherwise or WELL).causes]


def test_custom_domain_is_its_owners() -> None:
    run = run_of(GONE.format("Untrusted") + " service")
    moved = [
        replace(each, attempts=[seen | {"url": "https://login.acme.example/"} for seen in each.attempts])
        for each in run.verdicts
    ]
    (cause,) = diagnose(replace(run, verdicts=tuple(moved))).causes

    assert (cause.rule, cause.owner) == ("certificate-own", Owner.CONFIGURATION)


def test_every_rule_has_a_case() -> None:
    assert {each.name for each in RULES} == {rule for rule, *_ in CASES} | {"certificate-own"}


def test_well_run_has_no_cause_and_says_so() -> None:
    assert diagnosed(WELL) == Diagnosis(UP, None, "login works: 8 probes of prod hold")
    assert diagnosed("discovery").sentence == "1 probe of prod holds"


def test_run_that_judged_nothing_knows_nothing() -> None:
    assert diagnosed("").sentence == "nothing is known: no probe was planned"
    assert diagnosed("service:Unreadable~:none").sentence == "nothing is known: no status page could be read"
    assert diagnosed("service:Unreadable~:none").status is UNKNOWN


def test_one_outage_of_many_tenants_is_one_cause() -> None:
    ill = GONE.format("WrongAnswer:503")
    tenants = [run_of(ill, f"t{number:02}").verdicts for number in range(40)]
    (cause,) = diagnose(replace(run_of("service"), verdicts=(*sum(tenants, ()), verdict("service")))).causes

    assert (cause.rule, len(cause.verdicts)) == ("outage", 160)
    assert cause.target.split(", ") == [f"t{number:02}" for number in range(40)]
    assert cause.sentence.startswith("t00, t01, t02, t03, t04 and 35 more answers nothing but errors (503)")


def test_tenant_that_answers_is_the_control_of_another() -> None:
    (cause,) = diagnose(
        replace(run_of(""), verdicts=(*run_of(GONE.format("TimedOut")).verdicts, *run_of("login", "other").verdicts))
    ).causes

    assert (cause.rule, cause.target) == ("unreachable", "prod")


def test_control_target_speaks_in_the_place_of_all_pages() -> None:
    gone = GONE.format("Unreachable")
    (cause,) = diagnosed(f"{gone} service service/control:Unreadable~:none").causes
    (other,) = diagnosed(f"{gone} service:Unreadable~:none service/control").causes

    assert (cause.rule, other.rule) == ("nothing-answers", "unreachable")


def test_weak_witnesses_alone_make_a_run_degraded_and_with_others_stand_beside_them() -> None:
    assert diagnosed(f"{WELL} health:WrongAnswer:500 service:").status is DEGRADED
    both = diagnosed("login:Refused:403:invalid_grant machine service: health:WrongAnswer:500")

    assert both.status is DOWN
    assert [each.rule for each in both.causes] == ["wrong-user", "health", "service"]
    assert both.sentence.endswith("(and 2 other causes)")


def test_auth0s_own_word_makes_auth0_certain_and_is_explained_with_it() -> None:
    (cause,) = diagnosed(f"{GONE.format('WrongAnswer:503')} service auth0:").causes

    assert (cause.confidence, len(cause.verdicts)) == (Confidence.CERTAIN, 5)


def test_broken_connection_names_the_services_that_are_not_well() -> None:
    cause = diagnosed("login:WrongAnswer:500 login/other service/aws:").causes[0]

    assert (cause.rule, cause.target) == ("connection", "prod:db")
    assert cause.sentence.endswith("not well by their own word: dependencies:aws")
    assert cause.against == ("tests_synthetic/test_login.py::test_login_hands_out_tokens[prod:password-realm:other]",)


def test_what_fails_because_the_login_does_is_the_logins() -> None:
    login, profile = verdict("login:Refused:403:invalid_grant"), verdict("profile:Refused:403:invalid_grant")
    claims = replace(verdict("claims:Refused:403:invalid_grant"), attempts=login.attempts)
    run = replace(run_of(""), verdicts=(login, claims, replace(profile, attempts=login.attempts)))
    (cause,) = diagnose(run).causes
    (alone,) = diagnose(replace(run, verdicts=(claims,))).causes

    assert (cause.rule, len(cause.verdicts)) == ("wrong-user", 3)
    assert alone.rule == "wrong-user", "also where no login is judged"


ILL = [
    "",
    "WrongAnswer",
    "Refused",
    "TimedOut",
    "Untrusted",
    "Throttled~",
    "Misconfigured~",
    "OverBudget-",
    "Unreadable~",
]
told = st.builds(
    lambda name, failure, answer, error: f"{name}:{failure}:{answer}:{error}",
    st.sampled_from(list(PROBE)),
    st.sampled_from(ILL),
    st.sampled_from(["200", "200+", "401", "403", "500", "html", "none"]),
    st.sampled_from(["", "access_denied", "invalid_grant", "server_error"]),
)


@given(st.lists(st.tuples(told | st.sampled_from(list(PROBE)), st.sampled_from(["a", "b"])), max_size=20))
def test_every_ill_verdict_is_explained_exactly_once(each: list[tuple[str, str]]) -> None:
    verdicts = tuple(replace(verdict(*one, n), id=str(n)) for n, one in enumerate(each))
    found = diagnose(replace(run_of(""), verdicts=verdicts))

    explained = [name for cause in found.causes for name in cause.verdicts]
    assert sorted(explained) == sorted(each.id for each in verdicts if each.ill)
    assert not {name for cause in found.causes for name in cause.against} & {
        each.id for each in verdicts if each.status in (DOWN, UNKNOWN)
    }
    assert found.owner == (found.causes[0].owner if found.causes else None)


def test_every_probe_has_a_rung() -> None:
    files = (ROOT / "tests_synthetic").glob("test_*.py")
    probes = {(file, name) for file in files for name in re.findall(r"^def test_(\w+)", file.read_text(), re.MULTILINE)}
    rungs = {rung(Verdict.planned(f"tests_synthetic/{file.name}::test_{name}[prod]")) for file, name in probes}

    assert OTHER not in rungs
    assert {name for _, name in probes} >= set(PROBES)
    assert rungs == {*KINDS.values(), *PROBES.values()}


@pytest.mark.parametrize("rule", RULES, ids=[f"{n}-{each.name}" for n, each in enumerate(RULES)])
def test_rule_names_what_there_is(rule: Rule) -> None:
    probes = {name.partition("::")[2] for name in PROBE.values()} | set(PROBES)
    known = {*KINDS.values(), *PROBES.values(), *probes}

    assert set(rule.ill) | set(rule.along) <= known
    assert set(rule.holds + rule.breaks + rule.falls + rule.unasked) <= known | {"tenant", "elsewhere"}
    assert set(rule.control) <= {"read", "garbled", "untrusted", "silent", "absent"}
    assert rule.scope in ("run", "tenant", "connection", "node", "service", "reason")


def test_every_link_of_a_rule_leads_to_a_section_of_the_runbook() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / rules.RUNBOOK).read_text(encoding="utf-8"), re.MULTILINE)

    assert sections == list(dict.fromkeys(each.name for each in RULES))


def test_table_of_the_docs_is_the_one_that_the_rules_make() -> None:
    text = (ROOT / "docs/diagnosis.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- rules -->\n(.*?)\n<!-- /rules -->", text, re.DOTALL)
    ran = subprocess.run(
        [sys.executable, "-m", "monitor.rules"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert shown, "docs/diagnosis.md has no table between <!-- rules --> and <!-- /rules -->"
    assert f"{shown[1]}\n" == ran.stdout, "put there what `python -m monitor.rules` prints"
