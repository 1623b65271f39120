"""Faults of the health endpoints."""

from sandbox.answers import NODE_ILL, NOT_FOUND, Answer, html_answer, page
from sandbox.faults.registry import Moment, on_answers
from sandbox.setup import AN_HOUR


@on_answers("testall")
def testall_500(moment: Moment) -> Answer:
    """/testall: 500, with the reasons that an appliance gives."""
    return moment.replaced(html_answer(NODE_ILL, 500))


@on_answers("test")
def test_503(moment: Moment) -> Answer:
    """/test: 503."""
    return moment.replaced(html_answer(page("503", "Service Unavailable"), 503))


@on_answers("test")
def test_404(moment: Moment) -> Answer:
    """/test: 404, as on a tenant where it is retired."""
    return moment.replaced(html_answer(NOT_FOUND, 404))


@on_answers("testall")
def testall_404(moment: Moment) -> Answer:
    """/testall: 404, as on a tenant where it is retired."""
    return moment.replaced(html_answer(NOT_FOUND, 404))


@on_answers("test")
def clock_skewed(moment: Moment) -> Answer:
    """/test: the clock is an hour behind."""
    if not moment.well:
        return moment.answer
    return moment.changed(clock=int(moment.question.at - AN_HOUR) * 1000)  # whole seconds, like the answer's Date


@on_answers("test")
def clock_missing(moment: Moment) -> Answer:
    """/test: JSON without a clock."""
    return moment.changed(clock=None) if moment.well else moment.answer
