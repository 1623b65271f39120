"""From what a test did to a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.exchange import Attempt, Exchange
from monitor.failures import (
    Failure,
    Misconfigured,
    NotDue,
    OverBudget,
    RunningLow,
    SecondAttempt,
    Unreadable,
    WrongAnswer,
)
from monitor.session.judgement import judge, pace
from monitor.status import Status
from monitor.verdict import Verdict

NODE_ID = "tests_synthetic/test_login.py::test_user_can_log_in[prod:password-realm:corp]"


def attempt(seconds: float = 1.0, status: int | None = 200, error: str | None = None) -> Attempt:
    return Attempt("GET", "https://a.invalid/", status, error, 0.0, seconds, {"wait": seconds}, None, {}, 2)


def judged(raised: BaseException | None, exchange: Exchange | None = None, remark: str = "") -> Verdict:
    return judge(NODE_ID, "Can the user log in?", raised=raised, exchange=exchange, budget=2.0, remark=remark)


class TestPace:
    @pytest.mark.parametrize(
        ("exchange", "budget"),
        [
            (None, 1.0),
            (Exchange((attempt(9.0),)), None),
            (Exchange((attempt(1.0),)), 2.0),
            (Exchange((attempt(2.0),)), 2.0),
        ],
    )
    def test_answer_in_its_budget_is_fine(self, exchange: Exchange | None, budget: float | None) -> None:
        pace(exchange, budget)

    def test_late_answer_is_over_budget(self) -> None:
        late = Exchange((attempt(2.345678),))
        with pytest.raises(OverBudget, match=r"took 2\.35 s of a budget of 2 s") as raised:
            pace(late, 2.0)

        assert raised.value.exchange is late

    @pytest.mark.parametrize(
        ("first", "words"),
        [
            (attempt(status=503), "first: status 503"),
            (attempt(status=None, error="CutShort: x"), "first: CutShort: x"),
        ],
    )
    def test_second_attempt_is_told_with_the_first(self, first: Attempt, words: str) -> None:
        twice = Exchange((first, attempt(9.0)))
        with pytest.raises(SecondAttempt, match=words) as raised:
            pace(twice, 2.0)

        assert raised.value.exchange is twice


class TestJudge:
    @pytest.mark.parametrize(
        ("raised", "status", "reason"),
        [
            (None, Status.UP, ""),
            (WrongAnswer("why"), Status.DOWN, "why"),
            (RunningLow("soon"), Status.DEGRADED, "soon"),
            (Misconfigured("set it"), Status.UNKNOWN, "set it"),
            (NotDue("later"), Status.SKIPPED, "later"),
            (AssertionError("the token lacks it\nassert 'a' in {...}"), Status.DOWN, "the token lacks it"),
            (AssertionError(), Status.DOWN, "an assertion failed without a message"),
            (AssertionError("\n\nassert 1 == 2"), Status.DOWN, "assert 1 == 2"),
            (pytest.skip.Exception("not on this machine"), Status.SKIPPED, "not on this machine"),
            (pytest.skip.Exception(""), Status.SKIPPED, "skipped, without a reason"),
        ],
    )
    def test_status_follows_from_what_was_raised(
        self, raised: BaseException | None, status: Status, reason: str
    ) -> None:
        verdict = judged(raised)

        assert (verdict.status, verdict.reason) == (status, reason)
        assert (verdict.id, verdict.question, verdict.tenant) == (NODE_ID, "Can the user log in?", "prod")

    @pytest.mark.parametrize("broken", [KeyError("secret"), ValueError("secret"), KeyboardInterrupt("secret")])
    def test_what_nobody_translated_is_our_bug_and_its_message_is_not_told(self, broken: BaseException) -> None:
        verdict = judged(broken)

        assert verdict.status is Status.UNKNOWN
        assert type(broken).__name__ in verdict.reason
        assert "secret" not in verdict.reason

    def test_evidence_is_that_of_the_exchange(self) -> None:
        verdict = judged(None, Exchange((attempt(0.5, 503), attempt(0.25))), remark="29 left")

        assert (verdict.seconds, verdict.budget, verdict.phases) == (0.75, 2.0, {"wait": 0.25})
        assert [each["status"] for each in verdict.attempts] == [503, 200]
        assert verdict.reason == "29 left"

    def test_evidence_of_a_failure_is_its_own(self) -> None:
        verdict = judged(WrongAnswer("why", Exchange((attempt(0.125),))), Exchange((attempt(9.0),)))

        assert verdict.seconds == 0.125

    def test_failure_without_evidence_leaves_that_of_the_exchange(self) -> None:
        assert judged(WrongAnswer("why"), Exchange((attempt(0.5),))).seconds == 0.5

    @pytest.mark.parametrize(
        ("raised", "failure", "error"),
        [
            (None, "", ""),
            (AssertionError("x"), "", "invalid_grant"),
            (WrongAnswer("x"), "WrongAnswer", "invalid_grant"),
            (KeyError("x"), "Broken", "invalid_grant"),
            (pytest.skip.Exception("x"), "", "invalid_grant"),
        ],
    )
    def test_class_and_oauths_word_are_told_of_what_is_not_up(
        self, raised: BaseException | None, failure: str, error: str
    ) -> None:
        verdict = judged(raised, Exchange((attempt(),), body=b'{"error": "invalid_grant"}'))

        assert (verdict.failure, verdict.error) == (failure, error)

    def test_answer_without_oauths_word_has_no_error(self) -> None:
        assert judged(WrongAnswer("x"), Exchange((attempt(),), body=b"<html>")).error == ""

    def test_rung_is_the_one_that_the_probe_says(self) -> None:
        told = judge(NODE_ID, "", raised=None, exchange=None, budget=None, rung="claims")

        assert (told.rung, judged(None).rung) == ("claims", "")

    def test_probe_without_a_remark_is_up_for_no_reason(self) -> None:
        assert judge(NODE_ID, "", raised=None, exchange=None, budget=None).reason == ""

    @pytest.mark.parametrize(
        ("raised", "kept"),
        [
            (None, False),
            (NotDue("later"), False),
            (Unreadable("a page"), False),
            (RunningLow("soon"), True),
            (WrongAnswer("why"), True),
            (AssertionError("why"), True),
            (Misconfigured("set it"), True),
        ],
    )
    def test_evidence_in_full_is_kept_of_what_somebody_has_to_read_about(
        self, raised: BaseException | None, kept: object
    ) -> None:
        seen = replace(attempt(), evidence=lambda: {"curl": "curl https://a.invalid/"})
        (told,) = judged(raised, Exchange((seen,))).attempts

        assert told.get("evidence") == ({"curl": "curl https://a.invalid/"} if kept else None)
        assert told["url"] == "https://a.invalid/"

    def test_nothing_asked_is_no_time(self) -> None:
        verdict = judged(NotDue("later"))

        assert (verdict.seconds, verdict.budget, verdict.phases, verdict.attempts) == (None, None, {}, [])

    def test_exchange_without_attempts_has_no_phases(self) -> None:
        assert judged(None, Exchange(())).phases == {}

    def test_reason_is_bounded(self) -> None:
        failure: Failure = WrongAnswer("x" * 9999)

        assert len(judged(failure).reason) == 500


class TestEvidence:
    """Several verdicts may rest on one exchange: its evidence is told with the first that is ill."""

    def judged(
        self, probe: str, started: float, raised: Failure | None, holders: dict[tuple[object, ...], str]
    ) -> bool:
        """Whether the verdict on this probe tells the evidence of the exchange that began then."""
        seen = replace(attempt(), started=started, evidence=self._asked)
        node_id = f"test_x.py::test_{probe}[prod]"
        verdict = judge(node_id, "", raised=raised, exchange=Exchange((seen,)), budget=None, holders=holders)
        return "evidence" in verdict.attempts[0]

    def _asked(self) -> dict[str, Any]:
        self.asked += 1
        return {"curl": "curl"}

    asked = 0

    def test_evidence_of_one_exchange_is_put_together_for_the_first_that_is_ill(self) -> None:
        holders: dict[tuple[object, ...], str] = {}

        assert not self.judged("well", 1.0, None, holders)
        assert self.judged("first", 1.0, WrongAnswer("x"), holders)
        assert not self.judged("second", 1.0, RunningLow("x"), holders)
        assert self.asked == 1
        assert self.judged("first", 1.0, WrongAnswer("x"), holders), "also when it is judged again"

    def test_evidence_of_another_exchange_is_told_too(self) -> None:
        holders: dict[tuple[object, ...], str] = {}

        assert all(self.judged(f"p{n}", float(n), WrongAnswer("x"), holders) for n in range(3))
