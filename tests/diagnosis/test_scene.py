"""What there is to compare with, and what a symptom looks like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.diagnosis.ladder import RUNGS, Rule, Symptom, part, symptoms
from monitor.diagnosis.rules import RULES
from monitor.diagnosis.scene import Scene, View
from monitor.owners import Confidence, Owner
from monitor.verdict import Verdict
from tests.diagnosis.scenes import run_of, verdict


def scene(told: str, other: str = "") -> Scene:
    """What was judged of ``prod``, and of another tenant."""
    return Scene((*run_of(told).verdicts, *run_of(other, "other").verdicts))


def view(told: str, beside: str, **looks: Any) -> View:
    """What a rule about these symptoms sees that looks at this."""
    ill = run_of(told).verdicts
    rule = Rule("x", Owner.UNKNOWN, Confidence.GUESS, "tenant", "", **looks)
    return View(Scene((*ill, *run_of(beside).verdicts)), rule, symptoms(ill))


class TestControl:
    @pytest.mark.parametrize(
        ("pages", "control"),
        [
            ("", "absent"),
            ("service:NotConfigured=:never", "absent"),
            ("service:NotConfigured=:200", "garbled"),
            ("service", "read"),
            ("auth0", "read"),
            ("service:", "read"),
            ("auth0:Degrading-", "read"),
            ("service:Unreadable~:never", "absent"),
            ("service:Unreadable~:none", "silent"),
            ("service:Unreadable~:html", "garbled"),
            ("service:Outdated~:200", "read"),
            ("service:ApiFails:503", "garbled"),
            ("service:Unreadable~:untrusted", "untrusted"),
            ("service:Unreadable~:none service/gcp:Unreadable~:untrusted", "untrusted"),
            ("service:Unreadable~:html service/gcp:Unreadable~:untrusted", "untrusted"),
            ("service:Unreadable~:none service/gcp:Unreadable~:html", "garbled"),
            ("service:Unreadable~:none service/gcp", "read"),
        ],
    )
    def test_pages_are_a_control_by_the_best_that_came_of_them(self, pages: str, control: str) -> None:
        assert scene(f"login:TimedOut {pages}").control({"prod"}) == control

    @pytest.mark.parametrize(
        ("other", "control"),
        [
            ("login", "read"),
            ("discovery", "read"),
            ("login:WrongAnswer:500", "absent"),
            ("login:OverBudget-", "absent"),
            ("login:NotConfigured=:never", "absent"),
            ("tls", "absent"),
        ],
    )
    def test_another_tenant_is_a_control_where_something_that_it_answers_holds(self, other: str, control: str) -> None:
        assert scene("login:TimedOut", other).control({"prod"}) == control

    def test_tenant_is_no_control_of_itself(self) -> None:
        assert scene("discovery login:TimedOut").control({"prod"}) == "absent"

    def test_services_that_call_themselves_ill_are_named(self) -> None:
        told = "service: service/gcp service/sns:Unreadable~:none service/sqs:Degrading- auth0:"

        assert scene(told).ill_services() == ["dependencies:aws", "dependencies:sqs"]


class TestView:
    @pytest.mark.parametrize(
        ("symptom", "beside", "well"),
        [
            ("login:WrongAnswer:500", "machine", True),
            ("login:WrongAnswer:500", "machine:OverBudget-", True),
            ("login:Throttled~:429", "machine:OverBudget-", True),
            ("login:OverBudget-", "machine:OverBudget-", False),
            ("login:OverBudget- login/other:WrongAnswer:500", "machine:OverBudget-", True),
            ("login:WrongAnswer:500", "machine:NotConfigured=:never", False),
            ("login:WrongAnswer:500", "machine:Throttled~:429", False),
            ("login:WrongAnswer:500", "", False),
        ],
    )
    def test_late_is_well_beside_what_is_worse(self, symptom: str, beside: str, well: object) -> None:
        assert bool(view(symptom, beside).well("machine")) is well

    def test_page_that_says_something_is_not_well_beside_anything(self) -> None:
        assert not view("login:WrongAnswer:500", "auth0:Degrading-").well("auth0")
        assert view("login:WrongAnswer:500", "auth0").well("auth0")

    @pytest.mark.parametrize(
        ("looks", "beside", "fits"),
        [
            ({"holds": ("machine",)}, "machine", True),
            ({"holds": ("machine",)}, "machine:WrongAnswer:500", False),
            ({"holds": ("machine", "discovery")}, "machine", False),
            ({"holds": ("tenant",)}, "keys", True),
            ({"holds": ("tenant",)}, "tls node service", False),
            ({"breaks": ("machine",)}, "machine:WrongAnswer:500", True),
            ({"breaks": ("machine",)}, "machine:OverBudget-", False),
            ({"breaks": ("machine",)}, "machine:NotConfigured=:never", False),
            ({"breaks": ("auth0",)}, "auth0:", True),
            ({"breaks": ("auth0",)}, "auth0:Degrading-", False),
            ({"breaks": ("auth0",)}, "auth0:Unreadable~:none", False),
            ({"falls": ("machine",)}, "machine:WrongAnswer:500", True),
            ({"falls": ("machine",)}, "", True),
            ({"falls": ("machine",)}, "machine", False),
            ({"unasked": ("machine",)}, "", True),
            ({"unasked": ("machine",)}, "machine:NotConfigured=:never", True),
            ({"unasked": ("machine",)}, "machine", False),
            ({"unasked": ("machine",)}, "machine:WrongAnswer:500", False),
            ({"control": ("read", "garbled")}, "service", True),
            ({"control": ("silent",)}, "service", False),
            ({"ill": ("login",), "holds": ("elsewhere",)}, "login/other", True),
            ({"ill": ("login",), "holds": ("elsewhere",)}, "claims/other", False),
            ({"ill": ("login",), "unasked": ("elsewhere",)}, "", True),
            ({"ill": ("login",), "unasked": ("elsewhere",)}, "login/other:WrongAnswer:500", False),
        ],
    )
    def test_rule_fits_where_all_is_as_it_has_it(self, looks: dict[str, Any], beside: str, fits: object) -> None:
        assert view("login:WrongAnswer:500", beside, **looks).fits() is fits

    @pytest.mark.parametrize(
        ("beside", "fits"), [("stranger/other", True), ("login/other", False), ("stranger", False)]
    )
    def test_elsewhere_is_the_same_rung_of_another_connection(self, beside: str, fits: object) -> None:
        assert view("stranger:", beside, ill=("stranger",), holds=("elsewhere",)).fits() is fits

    def test_what_points_to_a_cause_is_told_once_and_holds(self) -> None:
        seen = view(
            "login:WrongAnswer:500",
            "machine:OverBudget- discovery service service/gcp: auth0:Unreadable~:none",
            holds=("machine", "tenant"),
            control=("read",),
        )

        assert sorted(str(each.rung) for each in seen.against()) == ["discovery", "machine", "service"]

    @pytest.mark.parametrize("control", [(), ("silent",), ("read", "garbled")])
    def test_page_points_to_a_cause_only_where_it_had_to_be_well(self, control: tuple[str, ...]) -> None:
        assert view("login:WrongAnswer:500", "service", control=control).against() == []


class TestSymptom:
    @staticmethod
    def seen(**last: Any) -> Symptom:
        return Symptom(replace(verdict("login:"), attempts=[last]), "login", "db")

    @pytest.mark.parametrize(
        ("last", "answer"),
        [
            ({}, "none"),
            ({"status": None, "error": "TimedOut: no answer in 30 s"}, "none"),
            ({"status": 200}, "200"),
            ({"status": 200, "error": None, "headers": {}}, "200"),
            ({"status": 200, "error": "CutShort: after 12 bytes"}, "none"),
            ({"status": 200, "error": "WrongAnswer: no JSON"}, "200"),
            *(
                ({"status": status, "headers": {"content-type": "text/html"}}, "html")
                for status in (200, 299, 400, 499)
            ),
            *(
                ({"status": status, "headers": {"content-type": "text/html"}}, str(status))
                for status in (300, 399, 500)
            ),
            ({"status": 403, "headers": {"content-type": "application/json"}}, "403"),
        ],
    )
    def test_answer_is_its_status_a_page_or_none(self, last: dict[str, Any], answer: str) -> None:
        assert self.seen(**last).answer == answer

    def test_verdict_that_rests_on_nothing_has_no_answer(self) -> None:
        symptom = Symptom(Verdict.planned("x"), "", "")

        assert (symptom.answer, symptom.signed, symptom.host) == ("none", False, "")

    def test_last_attempt_is_the_answer(self) -> None:
        twice = replace(verdict("login:"), attempts=[{"status": 503}, {"status": 200}])

        assert Symptom(twice, "login", "db").answer == "200"

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://prod.eu.auth0.com/oauth/token", "auth0"),
            ("https://PROD.AUTH0.COM/", "auth0"),
            ("https://login.acme.example/", "own"),
            ("https://notauth0.com/", "own"),
            ("https://prod.auth0.com.acme.example/", "own"),
            ("https://localhost:8443/", "box"),
            ("", ""),
        ],
    )
    def test_name_that_was_asked_is_auth0s_or_the_owners(self, url: str, host: str) -> None:
        assert self.seen(url=url).host == host

    def test_request_id_of_auth0_is_its_signature(self) -> None:
        assert self.seen(headers={"x-auth0-requestid": "1"}).signed
        assert not self.seen(headers={"server": "nginx"}).signed


class TestRungs:
    @pytest.mark.parametrize(
        ("told", "of"),
        [
            ("login/custom", "custom"),
            ("claims/custom", "custom"),
            ("stranger/custom", "custom"),
            ("refresh/custom", "custom"),
            ("profile/custom", "custom"),
            ("tampered/custom", "custom"),
            ("node", "10.0.0.1"),
            ("service/gcp", "gcp"),
            ("machine", ""),
            ("discovery", ""),
        ],
    )
    def test_verdict_is_about_a_part_of_its_tenant(self, told: str, of: str) -> None:
        judged = verdict(told)

        assert part(judged) == of

    @pytest.mark.parametrize(("rung_", "of"), [("login", ""), ("refresh", ""), ("profile", "password"), ("node", "")])
    def test_target_that_is_a_tenant_names_no_part(self, rung_: str, of: str) -> None:
        assert part(Verdict.planned("test_x.py::test_y[prod]", rung=rung_)) == of

    def test_every_rung_is_in_some_rule(self) -> None:
        named = {name for rule in RULES for name in rule.ill}

        assert set(RUNGS) <= named


def test_slowest_phase_is_that_of_all_requests_of_a_login() -> None:
    late = verdict("login:OverBudget-:200")
    asked = {"url": "https://prod.example/", "status": 200}
    first, last = {"connect": 0.1, "wait": 4.0}, {"connect": 0.1, "wait": 0.01}
    attempts = [{**asked, "phases": first}, {**asked, "phases": last}]
    (symptom,) = symptoms((replace(late, attempts=attempts, phases=last),))

    assert symptom.slowest == "wait"


class TestSymptoms:
    """What is ill only because its login is, is the login's."""

    REFUSED = "Refused:403:invalid_grant"

    @staticmethod
    def rungs(*verdicts: Verdict) -> list[tuple[str, str]]:
        return [(each.rung, each.part) for each in symptoms(verdicts)]

    def test_well_and_skipped_and_unread_are_no_symptoms(self) -> None:
        assert symptoms(run_of("login machine:NotConfigured=:never service:Unreadable~:none").verdicts) == []

    @pytest.mark.parametrize("name", ["claims", "signature", "limits", "profile", "tampered", "refresh"])
    def test_what_stands_on_a_login_that_is_down_is_the_logins(self, name: str) -> None:
        login = verdict(f"login:{self.REFUSED}")
        on_it = replace(verdict(f"{name}:{self.REFUSED}"), attempts=login.attempts)

        assert self.rungs(login, on_it) == [("login", "db"), ("login", "db")]

    def test_what_stands_on_a_login_and_is_ill_for_another_reason_is_its_own(self) -> None:
        login = verdict("login:")
        claims = replace(verdict("claims:"), reason="the claim roles is missing", attempts=login.attempts)

        assert self.rungs(login, claims) == [("login", "db"), ("claims", "db")]

    @pytest.mark.parametrize("failure", ["OverBudget", "SecondAttempt"])
    def test_claims_that_are_missing_from_a_late_login_are_missing(self, failure: str) -> None:
        login = verdict(f"login:{failure}-")
        claims = replace(verdict("claims:"), attempts=login.attempts)

        assert self.rungs(login, claims) == [("login", "db"), ("claims", "db")]

    @pytest.mark.parametrize("failure", ["OverBudget", "SecondAttempt"])
    @pytest.mark.parametrize("name", ["claims", "signature", "limits"])
    def test_token_that_is_late_is_the_login_that_is_late(self, name: str, failure: str) -> None:
        assert self.rungs(verdict(f"{name}:{failure}-")) == [("login", "db")]

    @pytest.mark.parametrize(
        ("told", "method", "on"),
        [
            ("profile:WrongAnswer:500", "POST", "login"),
            ("tampered:WrongAnswer:500", "POST", "login"),
            ("profile:WrongAnswer:500", "GET", "profile"),
            ("tampered:WrongAnswer:500", "GET", "tampered"),
            ("refresh:WrongAnswer:500", "POST", "refresh"),
            ("claims:WrongAnswer:500", "POST", "login"),
            ("claims:WrongAnswer:200", "POST", "claims"),
            ("claims:WrongAnswer:never", "POST", "claims"),
        ],
    )
    def test_where_no_login_is_judged_its_own_evidence_says_what_failed(self, told: str, method: str, on: str) -> None:
        judged = verdict(told)
        asked = replace(judged, attempts=[each | {"method": method} for each in judged.attempts])

        assert self.rungs(asked) == [(on, "db")]

    def test_login_of_another_exchange_explains_nothing(self) -> None:
        login = verdict(f"login:{self.REFUSED}")
        later = replace(verdict("refresh:WrongAnswer:401"), attempts=[login.attempts[0] | {"started": 9.0}])

        assert self.rungs(login, later) == [("login", "db"), ("refresh", "db")]
