"""Faults of the status pages: ``<format>-<shape>`` is what they tell of, ``<format>-<manner>`` how they are sent."""

from codecs import BOM_UTF16_BE
from functools import partial

from sandbox.answers import CAPTIVE_PORTAL, NOT_FOUND, Answer, Delivery, html_answer
from sandbox.faults.registry import AnswerAct, Fault, Moment, limited, on_answers, register
from sandbox.faults.transport import HUGE, padding
from sandbox.pages.auth0 import home
from sandbox.pages.services import FORMATS, SHAPES, Format
from sandbox.setup import Setup

LATE = 20.0
BRACKETS = 100_000


def _tell(setup: Setup, name: str, shape: str) -> None:
    setup.pages.add((name, shape))


def _html(moment: Moment) -> Answer:
    return moment.replaced(html_answer(CAPTIVE_PORTAL), keep_headers=False)


def _truncated(moment: Moment) -> Answer:
    document = moment.answer.get_data()
    moment.answer.set_data(document[: len(document) // 2])
    return moment.answer


def _empty(moment: Moment) -> Answer:
    moment.answer.set_data(b"")
    return moment.answer


def _slow(moment: Moment) -> Answer:
    moment.answer.late += LATE
    return moment.answer


MANNERS: dict[str, tuple[str, AnswerAct]] = {
    "html": ("200 with the page of a captive portal", _html),
    "truncated": ("the first half of the document, as if it were all", _truncated),
    "empty": ("no body", _empty),
    "slow": ("the answer comes 20 s late", _slow),
}


def _register_all(name: str, pages: Format) -> None:
    for shape in pages.shapes:
        tell = partial(_tell, name=name, shape=shape)
        register(Fault(f"{name}-{shape}", f"{pages.told}: {SHAPES[shape]}.", set_up=tell))
    for manner, (told, act) in MANNERS.items():
        register(Fault(f"{name}-{manner}", f"{pages.told}: {told}.", act=limited(act, pages.services), target="pages"))


for each in FORMATS.items():
    _register_all(*each)


@on_answers("auth0", target="pages")
def auth0_feed_html(moment: Moment) -> Answer:
    """The feeds of Auth0: 200 with the page of a captive portal; the home page is well."""
    return _html(moment) if moment.question.path.endswith(("/feed", "/rss")) else moment.answer


@on_answers(target="pages")
def pages_gone(moment: Moment) -> Answer:
    """All status pages: 404."""
    return moment.replaced(html_answer(NOT_FOUND, 404))


def _laughs() -> str:
    """A few hundred bytes of XML that are gigabytes of text."""
    entities = [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 10)]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE rss [<!ENTITY e0 "ha">{"".join(entities)}]>\n'
        '<rss version="2.0"><channel><title>&e9;</title><item><title>&e9;</title></item></channel></rss>\n'
    )


@on_answers(target="pages")
def pages_bomb(moment: Moment) -> Answer:
    """All status pages: XML whose entities explode, JSON that is a hundred thousand arrays deep."""
    deep = "[" * BRACKETS + "]" * BRACKETS
    answer, mimetype = moment.answer, moment.answer.mimetype or ""
    if mimetype.endswith("xml"):
        answer.set_data(_laughs())
    elif mimetype in ("application/json", "application/javascript"):
        wide = answer.mimetype_params.get("charset") == "utf-16"
        answer.set_data(BOM_UTF16_BE + deep.encode("utf-16-be") if wide else deep)
    elif "__NEXT_DATA__" in answer.get_data(as_text=True):
        answer.set_data(home(deep))
    return answer


@on_answers(target="pages")
def pages_huge(moment: Moment) -> Answer:
    """All status pages: 50 MB of whitespace."""
    answer = Answer(padding(), content_type=moment.answer.content_type)
    answer.headers["content-length"] = str(HUGE)
    return moment.replaced(answer)


@on_answers(target="pages")
def pages_304(moment: Moment) -> Answer:
    """All status pages: 304, whether the asker has the page or not."""
    answer = Answer(status=304)
    answer.late = moment.answer.late
    return answer


@on_answers(target="pages")
def pages_stopped(moment: Moment) -> Answer:
    """All status pages: a copy that somebody has kept for ten days, by its Age."""
    moment.answer.headers["age"] = str(10 * 86_400)
    return moment.answer


@on_answers(target="pages")
def pages_reset(moment: Moment) -> Answer:
    """All status pages: the request is read, and the connection reset."""
    moment.answer.delivery = Delivery.RESET
    return moment.answer
