"""Whose work it is: each rule is seen to fire, and not to where what it looks at besides is otherwise."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.diagnosis import rules
from monitor.diagnosis.diagnosis import diagnose
from monitor.diagnosis.ladder import RUNGS, Rule
from monitor.diagnosis.rules import RULES
from monitor.owners import Confidence, Diagnosis, Owner
from monitor.reports.reach import reaches
from monitor.status import Status
from tests.declared import rungs
from tests.diagnosis.scenes import CASES, DEGRADED, DOWN, GONE, PROBE, UNKNOWN, UP, WELL, run_of, verdict
from tests.forks import python

ROOT = Path(__file__).parents[2]


def diagnosed(told: str) -> Diagnosis:
    return diagnose(run_of(told))


@pytest.mark.parametrize(("rule", "told", "otherwise"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_rule_fires_and_does_not_where_things_are_otherwise(rule: str, told: str, otherwise: str) -> None:
    (cause,) = diagnosed(told).causes
    row = next(each for each in RULES if (each.name, each.owner) == (rule, cause.owner))

    assert (cause.rule, cause.runbook) == (rule, f"docs/runbook.md#{rule}")
    assert cause.owner is row.owner
    assert rule not in [each.rule for each in diagnosed(otherwise or WELL).causes]


def test_every_rule_has_a_case() -> None:
    beside = {
        "flapping-here",
        "past-the-proxy",
    }  # which need a page that is ill as well: in tests/diagnosis/test_rules.py

    assert {each.name for each in RULES} == {rule for rule, *_ in CASES} | beside


def test_well_run_has_no_cause_and_says_so() -> None:
    assert diagnosed(WELL) == Diagnosis(UP, None, "login works: 8 probes of prod succeed")
    assert diagnosed("discovery").sentence == "1 probe of prod succeeds"


def test_run_that_judged_nothing_knows_nothing() -> None:
    assert diagnosed("").sentence == "no result: no probe was planned"
    assert diagnosed("service:Unreadable~:none").sentence == "no result: no status page could be read"
    assert diagnosed("service:Unreadable~:none").status is UNKNOWN


def test_one_outage_of_many_tenants_is_one_cause() -> None:
    ill = GONE.format("WrongAnswer:503")
    tenants = [run_of(ill, f"t{number:02}").verdicts for number in range(40)]
    (cause,) = diagnose(replace(run_of("service"), verdicts=(*sum(tenants, ()), verdict("service")))).causes

    assert (cause.rule, len(cause.verdicts)) == ("outage", 160)
    assert cause.target.split(", ") == [f"t{number:02}" for number in range(40)]
    assert cause.sentence.startswith("t00, t01, t02, t03, t04 and 35 more answers with nothing but errors (503)")


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


@pytest.mark.parametrize(
    ("told", "sentence", "target", "status"),
    [
        (
            "login:WrongAnswer:500 machine discovery service/acme:ApiFails:none",
            (
                "every user login of prod fails (500). Likely cause: an API that its extensions may call"
                " (acme: ApiFails none)"
            ),
            "prod",
            DOWN,
        ),
        (
            "login:WrongAnswer:500 machine discovery service/acme:ApiFails:503 service/bill:ApiFails:none",
            (
                "every user login of prod fails (500). Likely cause: an API that its extensions may call (acme and"
                " bill: ApiFails 503)"
            ),
            "prod",
            DOWN,
        ),
        (
            "login:WrongAnswer:500 machine:WrongAnswer:500 discovery service/acme:ApiFails:503",
            (
                "logins of users and of machines to prod fail (500); its discovery document can be read"
                " (and 1 other cause: acme is down)"
            ),
            "prod",
            DOWN,
        ),
        (
            "login:Refused:403:invalid_grant service/acme:ApiFails:503 service/bill:ApiFails:503",
            (
                "prod rejects the synthetic user (db; 403 invalid_grant). Likely cause: a wrong user name or password"
                " (and 2 other causes: acme and bill are down)"
            ),
            "prod",
            DOWN,
        ),
        (
            "login machine service/acme:ApiFails:none",
            "acme, an API of your own, is unhealthy: ApiFails none",
            "dependencies:acme",
            DEGRADED,
        ),
    ],
)
def test_api_of_ones_own_that_is_down_is_named_in_the_first_line(
    told: str, sentence: str, target: str, status: object
) -> None:
    found = diagnosed(told)

    assert (found.sentence.strip().replace(" )", ")"), found.causes[0].target, found.status) == (
        sentence,
        target,
        status,
    )


def test_api_behind_the_logins_of_two_tenants_is_one_cause() -> None:
    ill = "login:WrongAnswer:500 machine discovery"
    verdicts = (*run_of(ill, "eu").verdicts, *run_of(ill, "us").verdicts, verdict("service/acme:ApiFails:none"))
    (cause,) = diagnose(replace(run_of(""), verdicts=verdicts)).causes

    assert (cause.rule, cause.owner, cause.target, len(cause.verdicts)) == ("api-behind", Owner.UPSTREAM, "eu, us", 3)
    assert cause.sentence.startswith(
        "every user login of eu and us fails (500). Likely cause: an API that its extensions may call (acme"
    )


def test_broken_connection_names_the_services_that_are_not_well() -> None:
    cause = diagnosed("login:WrongAnswer:500 login/other service/aws:").causes[0]

    assert (cause.rule, cause.target) == ("connection", "prod:db")
    assert cause.sentence.endswith("Services that report a problem: dependencies:aws")
    assert cause.against == ("tests_synthetic/test_login.py::test_login_hands_out_tokens[prod:password-realm:other]",)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            "login:Refused:403:invalid_grant stranger:Refused:403:invalid_client login/b:Refused:401:invalid_grant",
            (
                "prod rejects the synthetic user (db, b; 403 invalid_grant, 401 invalid_grant)."
                " Likely cause: a wrong user name or password (and 1 other cause)"
            ),
        ),
        (
            "login:WrongAnswer:html machine:WrongAnswer:302 discovery",
            (
                "something other than prod answers some requests (200 and a page, 302; unknown); its discovery document"
                " can be read. Possible cause: a proxy or a firewall on the way"
            ),
        ),
        (
            "discovery:TimedOut login:CutShort service",
            "prod cannot be reached (no answer in time, the connection broke); other hosts can",
        ),
        (
            "login::none discovery",
            (
                "logins of prod fail (no answer); its discovery document can be read. No machine login was made that"
                " would tell an extension from Auth0"
            ),
        ),
        (
            "login:WrongAnswer:none:server_error discovery",
            (
                "logins of prod fail (server_error); its discovery document can be read. No machine login was made that"
                " would tell an extension from Auth0"
            ),
        ),
        (
            "login:WrongAnswer:302:server_error discovery",
            (
                "logins of prod fail (302 with server_error); its discovery document can be read. No machine login was"
                " made that would tell an extension from Auth0"
            ),
        ),
        ("discovery:Broken~ login:Broken~", "the suite itself failed in 2 probes of prod: Broken 200"),
        ("discovery:~:none", "1 probe of prod gave no result: none"),
        (
            "login:WrongAnswer:500 login/other",
            (
                "logins through db (password-realm) of prod fail (500); logins through other work. Likely cause: the"
                " script of the connection db, or its database"
            ),
        ),
        (
            "login:WrongAnswer:500 login/other service: service/gcp:",
            (
                "logins through db (password-realm) of prod fail (500); logins through other work. Likely cause: "
                "the script of the connection db, or its database. Services that report a problem: dependencies:aws "
                "and dependencies:gcp (and 2 other causes)"
            ),
        ),
    ],
)
def test_sentence_says_who_is_ill_and_how_it_was_answered(told: str, sentence: str) -> None:
    assert " ".join(diagnosed(told).sentence.split()) == sentence


def test_token_of_a_machine_is_of_no_connection() -> None:
    scene = run_of("api:WrongAnswer:200 login machine").verdicts
    own = [replace(each, target="prod", id=f"{each.probe}[prod]") if each.ill else each for each in scene]

    assert diagnose(replace(run_of(""), verdicts=tuple(own))).sentence.startswith("machine logins of prod work, but")


def test_cause_about_a_login_that_names_no_connection_says_each() -> None:
    plain = [
        replace(each, target="prod", id=f"{each.probe}[prod]")
        for each in run_of("login claims::200 discovery").verdicts
    ]
    (cause,) = diagnose(replace(run_of(""), verdicts=tuple(plain))).causes

    assert cause.sentence.startswith(
        "logins of prod work, but its extensions do not add the claims that they should (each)"
    )


def test_cause_about_a_part_without_a_name_says_so() -> None:
    node = replace(verdict("node:WrongAnswer:500"), target="prod", id="node[prod]")

    assert diagnose(replace(run_of(""), verdicts=(node, verdict("discovery")))).sentence.startswith(
        "the node without a name of prod"
    )


def test_reason_that_most_have_speaks_for_a_cause() -> None:
    reasons = ["status 500", "status 502", "status 502"]
    late = [replace(verdict("machine:OverBudget-"), id=str(n), reason=reason) for n, reason in enumerate(reasons)]
    (cause,) = diagnose(replace(run_of(""), verdicts=tuple(late))).causes

    assert cause.sentence.endswith(": status 502")


@pytest.mark.parametrize(
    ("others", "more"), [(0, "t0 "), (4, "t0, t1, t2, t3 and t4 "), (5, "t0, t1, t2, t3, t4 and 1 more ")]
)
def test_sentence_names_at_most_five(others: int, more: str) -> None:
    verdicts = [each for n in range(others + 1) for each in run_of("discovery:Broken~", f"t{n}").verdicts]
    found = diagnose(replace(run_of(""), verdicts=tuple(verdicts)))

    assert f" of {more.strip()}:" in found.sentence


def test_worst_cause_comes_first_and_of_equals_that_of_most_verdicts() -> None:
    causes = diagnosed(
        "limits:RunningLow- claims: secret: issuer: iss: login keys:Throttled~:429 machine:Throttled~:429"
    ).causes

    assert [(each.rule, str(each.status)) for each in causes] == [
        ("other-tenant", "down"),
        ("claims", "down"),
        ("let-in", "down"),
        ("throttled", "unknown"),
        ("limit-near", "degraded"),
    ]


def test_same_reason_with_other_figures_is_one_cause_and_another_reason_is_another() -> None:
    reasons = ["took 2.31 s of 2 s", "took 12.70 s of 2 s", "took no time"]
    said = [replace(verdict("keys:RunningLow-"), id=str(n), reason=reason) for n, reason in enumerate(reasons)]
    causes = diagnose(replace(run_of(""), verdicts=tuple(said))).causes

    assert [each.verdicts for each in causes] == [("0", "1"), ("2",)]


def test_same_reason_of_two_tenants_is_one_cause_that_names_both() -> None:
    both = [replace(each, reason="low") for who in "ab" for each in run_of("keys:RunningLow-", who).verdicts]
    causes = diagnose(replace(run_of(""), verdicts=tuple(both))).causes

    assert [each.target for each in causes] == ["a, b"]


@pytest.mark.parametrize(
    ("told", "confidence"),
    [
        ("discovery:WrongAnswer:503 login:WrongAnswer:503 service", Confidence.CERTAIN),
        ("discovery:WrongAnswer:503! login:WrongAnswer:503! service", Confidence.GUESS),
        ("own discovery:WrongAnswer:503 login:WrongAnswer:503 service", Confidence.CERTAIN),
        ("login:Throttled~:429!", Confidence.LIKELY),
        ("discovery:TimedOut login:TimedOut service auth0:", Confidence.LIKELY),
        ("own login:Unreachable:none,leads_to=x.auth0.com service auth0", Confidence.GUESS),
        ("own login:Unreachable:none,leads_to=x.auth0.com service auth0:", Confidence.LIKELY),
        ("own login:Unreachable:none,leads_to=x.auth0.com service auth0:Degrading-", Confidence.GUESS),
        ("discovery:WrongAnswer:503 login:WrongAnswer:503 service auth0:", Confidence.CERTAIN),
        ("discovery:WrongAnswer:503 login:WrongAnswer:503 service auth0", Confidence.CERTAIN),
        ("login:WrongAnswer:500 machine discovery", Confidence.LIKELY),
        ("login:WrongAnswer:500 discovery", Confidence.GUESS),
        ("login:Throttled~:429 auth0:", Confidence.CERTAIN),
    ],
)
def test_cause_is_as_sure_as_its_rule_unless_auth0_confirms_it(told: str, confidence: Confidence) -> None:
    assert diagnosed(told).causes[0].confidence is confidence


def test_auth0s_word_confirms_only_what_is_auth0s() -> None:
    causes = diagnosed("login:Throttled~:429 auth0:").causes

    assert {each.rule: len(each.verdicts) for each in causes} == {"auth0-incident": 1, "throttled": 1}


def test_verdict_without_a_reason_is_told_as_such() -> None:
    silent = replace(verdict("keys:RunningLow-"), reason="")

    assert "no reason was given" in diagnose(replace(run_of(""), verdicts=(silent,))).sentence


@pytest.mark.parametrize("told", ["service:", "service:Degrading-"])
def test_weak_witness_is_at_worst_degraded_whatever_it_says(told: str) -> None:
    found = diagnosed(told)

    assert (found.status, found.causes[0].status, found.owner) == (DEGRADED, DEGRADED, Owner.UPSTREAM)


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
    st.sampled_from(["200", "200", "401", "403", "500", "html", "none"]),
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


def test_every_probe_of_ours_says_what_it_stands_on() -> None:
    assert len(rungs()) > 20
    assert set(rungs().values()) | {"scope"} == set(RUNGS), "of which scope is for probes of your own"


def test_every_rung_is_told_of_in_the_docs_as_it_is_here() -> None:
    text = (ROOT / "docs/diagnosis.md").read_text(encoding="utf-8")
    section = text.partition("## The rungs\n")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE) == list(RUNGS.items())


@pytest.mark.parametrize("rule", RULES, ids=[f"{n}-{each.name}" for n, each in enumerate(RULES)])
def test_rule_names_what_there_is(rule: Rule) -> None:
    known = {*RUNGS, *(f"test_{name.partition('::')[2]}" for name in rungs())}

    assert set(rule.ill) | set(rule.along) <= known
    assert set(rule.holds + rule.breaks + rule.falls + rule.unasked) <= known | {"tenant", "elsewhere", "grants"}
    assert set(rule.control) <= {"read", "garbled", "untrusted", "silent", "absent"}
    assert rule.scope in ("run", "tenant", "connection", "node", "service", "reason")


def test_every_link_of_a_rule_leads_to_a_section_of_the_runbook() -> None:
    sections = re.findall(r"^## (.+)$", (ROOT / rules.RUNBOOK).read_text(encoding="utf-8"), re.MULTILINE)

    names = list(dict.fromkeys(each.name for each in RULES))
    names.insert(names.index("api"), rules.BEHIND)  # what rules of extensions become, and no row of its own
    assert sections == names


def test_command_of_the_runbook_leaves_the_reports_alone_that_it_is_about() -> None:
    lines = re.findall(r"^- Confirm: .*$", (ROOT / rules.RUNBOOK).read_text(encoding="utf-8"), re.MULTILINE)
    asking = [line for line in lines if "pytest" in line]

    assert len(asking) > 30
    assert [line for line in asking if "pytest --reports=reports/again" not in line] == []


def test_table_of_the_docs_is_the_one_that_the_rules_make() -> None:
    text = (ROOT / "docs/diagnosis.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- rules -->\n(.*?)\n<!-- /rules -->", text, re.DOTALL)
    ran = subprocess.run(
        python("-m", "monitor.diagnosis.rules"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert shown, "docs/diagnosis.md has no table between <!-- rules --> and <!-- /rules -->"
    assert f"{shown[1]}\n" == f"{rules.table()}\n" == ran.stdout, (
        "put there what `python -m monitor.diagnosis.rules` prints"
    )


def test_login_without_a_connection_is_one_by_the_default_directory() -> None:
    run = run_of("login/custom:WrongAnswer:500:server_error login/other")
    verdicts = [replace(each, target="prod:password") if "other" in each.target else each for each in run.verdicts]
    (cause,) = diagnose(replace(run, verdicts=tuple(verdicts))).causes

    assert "; logins through the default directory work" in cause.sentence


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ("machine", "; machine logins work."),
        ("login/a", "; logins through a work."),
        ("login/a machine", "; logins through a work, and so do machine logins."),
        ("login/a login/b machine", "; logins through a and b work, and so do machine logins."),
        ("login/a login/b login/c", "; logins through a, b and c work."),
    ],
)
def test_what_works_beside_is_said_as_a_sentence_lists_it(beside: str, said: str) -> None:
    (cause,) = diagnose(run_of(f"login/db:WrongAnswer:500:server_error {beside} discovery")).causes

    assert f" (500 server_error){said}" in cause.sentence


def test_what_is_said_to_work_fails_in_no_report() -> None:
    said = 0
    for case in (told for _, *both in CASES for told in both if told):
        run = run_of(case)
        run = replace(run, diagnosis=diagnose(run))
        failing = {name for reach in reaches(run) for name in reach.connections_that(Status.DOWN, Status.UNKNOWN)}
        assert run.diagnosis
        for cause in run.diagnosis.causes:
            for works in re.findall(r"; logins through (.+?) work\b", cause.sentence):
                said += 1
                assert not failing.intersection(re.split(", | and ", works.replace("the default", "default"))), case
    assert said > 10


@pytest.mark.parametrize("probe", ["signature", "iss", "api", "scope", "limits"])
def test_login_that_serves_no_application_is_not_said_to_work(probe: str) -> None:
    run = diagnose(run_of(f"login/db:WrongAnswer:500:server_error login/a login/b {probe}/a:WrongAnswer:200 machine"))

    assert any("; logins through b work, and so do machine logins" in cause.sentence for cause in run.causes)
    assert not any("through a" in cause.sentence and "work, and" in cause.sentence for cause in run.causes)


@pytest.mark.parametrize("probe", ["claims", "refresh", "profile"])
def test_login_that_lacks_data_or_ends_early_works_beside_others(probe: str) -> None:
    run = diagnose(run_of(f"login/db:WrongAnswer:500:server_error login/a {probe}/a:WrongAnswer:200"))

    assert any("; logins through a work" in cause.sentence for cause in run.causes)


def test_machine_whose_token_an_api_rejects_is_not_said_to_work_and_users_are() -> None:
    run = run_of("login/db:WrongAnswer:500:server_error login/a machine api:WrongAnswer:200")
    verdicts = [replace(each, target="prod") if each.rung == "api" else each for each in run.verdicts]
    causes = diagnose(replace(run, verdicts=tuple(verdicts))).causes

    assert any("(500 server_error); logins through a work." in cause.sentence for cause in causes)
