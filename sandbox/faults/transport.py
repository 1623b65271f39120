"""Faults that all endpoints of the tenant share: what stands in the way, and how answers leave."""

from collections.abc import Iterator

from sandbox.answers import CAPTIVE_PORTAL, Answer, Delivery, html_answer, page
from sandbox.faults.registry import Moment, on_answers

LATE = 4.0
HUGE = 50 * 1024 * 1024


@on_answers()
def rate_limit_low(moment: Moment) -> Answer:
    """Wherever limits are told, 4 of 100 requests are left."""
    if "x-ratelimit-limit" in moment.answer.headers:
        moment.answer.headers["x-ratelimit-limit"] = "100"
        moment.answer.headers["x-ratelimit-remaining"] = "4"
    return moment.answer


@on_answers()
def html_instead_of_json(moment: Moment) -> Answer:
    """Everything: 200 with the page of a captive portal."""
    return moment.replaced(html_answer(CAPTIVE_PORTAL), keep_headers=False)


@on_answers("login", "code", "prompt", "machine-login", "refresh", "token")
def page_in_the_way(moment: Moment) -> Answer:
    """Whatever carries credentials: 403 with the page of a firewall, which reads all that passes and rewrites it."""
    if moment.question.method == "GET":
        return moment.answer
    told = "Your organisation does not let credentials out."
    return moment.replaced(html_answer(page("Blocked", told), 403), keep_headers=False)


@on_answers()
def redirect(moment: Moment) -> Answer:
    """Everything: 302 to /elsewhere."""
    answer = html_answer(page("Found", "It is elsewhere."), 302)
    answer.headers["location"] = "/elsewhere"
    return moment.replaced(answer)


def padding() -> Iterator[bytes]:
    piece = b" " * 65536
    for _ in range(HUGE // len(piece)):
        yield piece


@on_answers()
def huge_body(moment: Moment) -> Answer:
    """Everything: 50 MB of JSON, most of it whitespace."""

    def body() -> Iterator[bytes]:
        yield b'{"padding":"'
        yield from padding()
        yield b'"}'

    answer = Answer(body(), content_type="application/json; charset=utf-8")
    answer.headers["content-length"] = str(HUGE + len(b'{"padding":""}'))
    return moment.replaced(answer)


@on_answers()
def blip(moment: Moment) -> Answer:
    """Everything: 503 when it is asked for the first time, and well when the same is asked again."""
    digest = moment.question.digest
    if digest in moment.seen:
        return moment.answer
    moment.seen[digest] = None
    return moment.replaced(html_answer(page("503", "Service Unavailable"), 503))


@on_answers()
def slow(moment: Moment) -> Answer:
    """Everything: the answer comes 4 s late."""
    moment.answer.late += LATE
    return moment.answer


def _delivered(moment: Moment, delivery: Delivery) -> Answer:
    moment.answer.delivery = delivery
    return moment.answer


@on_answers()
def truncated_body(moment: Moment) -> Answer:
    """Everything: Content-Length promises more than is sent, and the connection closes."""
    return _delivered(moment, Delivery.CUT)


@on_answers()
def drip(moment: Moment) -> Answer:
    """Everything: the headers at once, the body one byte a second."""
    return _delivered(moment, Delivery.DRIP)


@on_answers()
def reset(moment: Moment) -> Answer:
    """Everything: the request is read, and the connection reset."""
    return _delivered(moment, Delivery.RESET)


@on_answers()
def hang(moment: Moment) -> Answer:
    """Everything: the request is read, and never answered."""
    return _delivered(moment, Delivery.NEVER)
