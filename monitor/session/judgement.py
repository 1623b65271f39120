"""From what a test did to a Verdict: pure functions, so that what reports say does not depend on pytest's hooks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor import machine
from monitor.exchange import Exchange
from monitor.failures import Broken, Exhausted, Failure, OverBudget, SecondAttempt, name_of
from monitor.status import Status
from monitor.text import place
from monitor.transactions.oauth_errors import error_of
from monitor.verdict import Verdict

_REASON_BOUND = 500


def pace(exchange: Exchange | None, budget: float | None) -> None:
    """Raise what makes a right answer degraded: that it was right only when asked again, or that it came late."""
    if exchange is None or budget is None:
        return
    if first := exchange.replaced:
        cause = first.error or f"status {first.status}"
        raise SecondAttempt(f"right only on a retry; first: {cause}", exchange)
    if exchange.seconds > budget:
        raise OverBudget(f"took {exchange.seconds:.2f} s of a budget of {budget:g} s", exchange)


def judge(
    node_id: str,
    question: str,
    *,
    raised: BaseException | None,
    exchange: Exchange | None,
    budget: float | None,
    remark: str = "",
    rung: str = "",
    holders: dict[tuple[object, ...], str] | None = None,
) -> Verdict:
    """The verdict on a probe, from what its test raised (None: nothing) and the exchange that it judged.

    Of those that rest on one exchange the first that is ill holds its evidence: ``holders`` are their ids by exchange,
    and learn of this one. To put evidence together takes as long as to judge.
    """
    if raised is not None and not isinstance(raised, (Failure, AssertionError)) and (lacking := machine.lack(raised)):
        raised = Exhausted(lacking)
    status, reason = (Status.UP, remark) if raised is None else _blamed(raised)
    if isinstance(raised, Failure) and raised.exchange is not None:
        exchange = raised.exchange
    verdict = Verdict.judged(
        node_id,
        status,
        reason[:_REASON_BOUND],
        failure=_class(raised),
        error=(error_of(exchange) or "") if exchange and raised is not None else "",
        question=question,
        seconds=exchange.seconds if exchange else None,
        budget=budget if exchange else None,
        phases=dict(exchange.attempts[-1].phases) if exchange and exchange.attempts else {},
        rung=rung,
    )
    verdict = replace(verdict, attempts=[each.to_dict() for each in exchange.attempts] if exchange else [])
    if exchange is None or not verdict.ill:
        return verdict
    if holders is not None and holders.setdefault(verdict.exchange, verdict.id) != verdict.id:
        return verdict
    return replace(verdict, attempts=[each.in_full() for each in exchange.attempts])


def _blamed(raised: BaseException) -> tuple[Status, str]:
    if isinstance(raised, Failure):
        return raised.status, raised.reason
    if isinstance(raised, AssertionError):
        return Status.DOWN, _sentence(str(raised)) or "an assertion failed without a message"
    if isinstance(raised, pytest.skip.Exception):  # pytest's own: by a mark, or in the middle of a test
        return Status.SKIPPED, _sentence(raised.msg or "") or "skipped, without a reason"
    return Status.UNKNOWN, f"the suite itself failed: {type(raised).__name__} in {place(raised)}"


def _class(raised: BaseException | None) -> str:
    """The failure's class; none where an expectation was not met, and Broken where nobody translated."""
    if isinstance(raised, Failure):
        return name_of(type(raised))
    return "" if raised is None or isinstance(raised, (AssertionError, pytest.skip.Exception)) else Broken.__name__


def _sentence(message: str) -> str:
    """What the test's author wrote, without what pytest's rewriting of assertions adds below."""
    return message.strip().partition("\n")[0]
