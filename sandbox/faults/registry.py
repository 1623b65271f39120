"""What a fault is, and the stages at which one can act. A fault is a function; its docstring says what it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sandbox.answers import Answer
from sandbox.keys import Draft
from sandbox.memory import Recent
from sandbox.questions import Question
from sandbox.setup import Setup


@dataclass(slots=True)
class Moment:
    """A question, the answer that it is about to get, and the questions that were ``seen`` before."""

    question: Question
    answer: Answer
    seen: Recent[bytes, None]

    @property
    def well(self) -> bool:
        """Whether the answer is a good one so far."""
        return self.answer.status_code == 200

    def replaced(self, answer: Answer, *, keep_headers: bool = True) -> Answer:
        """The other answer, with what the first one says about limits, caching and whom to blame."""
        if keep_headers:
            for name, value in self.answer.headers.items():
                if name.lower() not in ("content-type", "content-length", "www-authenticate", "allow"):
                    answer.headers.setdefault(name, value)
        answer.late = max(answer.late, self.answer.late)
        return answer

    def changed(self, **members: Any) -> Answer:
        """The same answer with other members in its JSON object; None removes one."""
        document = json.loads(self.answer.get_data()) | members
        self.answer.set_data(json.dumps({name: value for name, value in document.items() if value is not None}))
        return self.answer


SetupAct = Callable[[Setup], None]
DraftAct = Callable[[Draft], None]
AnswerAct = Callable[[Moment], Answer]


def _unchanged(moment: Moment) -> Answer:
    return moment.answer


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault acts at one stage; at the others it does nothing."""

    name: str
    told: str
    set_up: SetupAct | None = None
    draft: DraftAct | None = None
    act: AnswerAct = _unchanged
    target: str = field(default="")
    """Whose answers it acts on: the tenant's, those of one node, or the status pages."""


@dataclass(frozen=True, slots=True)
class Family:
    """Faults that are one but for a value: ``name=value``, of which ``make`` makes the fault."""

    name: str
    told: str
    values: tuple[str, ...]
    make: Callable[[str], Fault]


FAMILIES: dict[str, Family] = {}
"""The families by name; their faults act after all others."""

FAULTS: dict[str, Fault] = {}
"""All faults by name, in the order in which they act on the same answer."""


def register(fault: Fault) -> None:
    if fault.name in FAULTS or not fault.told:
        raise TypeError(f"{fault.name} is told twice, or not at all")
    FAULTS[fault.name] = fault


def _register(function: Callable[..., Any], **stage: Any) -> None:
    name = function.__name__.strip("_").replace("_", "-")
    register(Fault(name, (function.__doc__ or "").strip(), **stage))


def limited(act: AnswerAct, kinds: Collection[str]) -> AnswerAct:
    """The same act, on answers to these kinds of question only."""
    return lambda moment: act(moment) if moment.question.kind in kinds else moment.answer


def before_the_start(function: SetupAct) -> SetupAct:
    """A fault that changes how the tenant is set up."""
    _register(function, set_up=function)
    return function


def on_id_tokens(function: DraftAct) -> DraftAct:
    """A fault that changes ID tokens before they are signed."""
    _register(function, draft=function)
    return function


def on_answers(*kinds: str, target: str = "tenant", set_up: SetupAct | None = None) -> Callable[[AnswerAct], AnswerAct]:
    """A fault that changes answers to these kinds of question, or to all kinds; ``set_up`` is what else it does."""

    def decorate(function: AnswerAct) -> AnswerAct:
        _register(function, act=limited(function, kinds) if kinds else function, target=target, set_up=set_up)
        return function

    return decorate
