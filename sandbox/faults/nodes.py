"""Faults of the first node."""

from sandbox.answers import NODE_ILL, Answer, html_answer
from sandbox.faults.registry import Moment, on_answers


@on_answers("testall", "metric", target="node-1")
def node_ill(moment: Moment) -> Answer:
    """The first node: /testall 500, and all nine metrics 520."""
    if moment.question.kind == "testall":
        return moment.replaced(html_answer(NODE_ILL, 500))
    return moment.replaced(Answer(status=520)) if moment.answer.status_code == 204 else moment.answer


@on_answers("metric", target="node-1")
def node_throttled(moment: Moment) -> Answer:
    """The first node: all nine metrics 429."""
    return moment.replaced(Answer(status=429))


@on_answers("metric", target="node-1")
def node_wrong_key(moment: Moment) -> Answer:
    """The first node: all nine metrics 401."""
    return moment.replaced(Answer(status=401, headers={"WWW-Authenticate": 'Basic realm="Authorization Required"'}))
