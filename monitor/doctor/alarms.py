"""Who is told: are the variables of alerts, of maintenance and of the heartbeat such that somebody can be?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.configuration import mistakes
from monitor.configuration.variables import FEED, NOTIFY, RUN_VARIABLES
from monitor.doctor.lines import Line, Mark
from monitor.doctor.setting import Workflow
from monitor.history import keeping, planned
from monitor.history.values import Unusable
from monitor.incidents import policy
from monitor.telling import github, heartbeat, maintenance, notify
from monitor.telling.channel import Untold
from monitor.telling.commands import ISSUES

SECTION, PULSE = "Alerting", "Heartbeat"
_OF_A_PULSE = (heartbeat.VARIABLE, heartbeat.FORM, heartbeat.TOKEN)
_NOT_INSTALLED = "is not installed"


def lines(values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    """What is malformed of the variables that only telling reads: a run would begin, and nobody would hear of it."""
    own = [name for name in RUN_VARIABLES if not name.startswith(FEED)]  # feeds have lines of their own
    odd = {name: f"{name}: {why}" for name in own if (why := mistakes.reason(name, values.get(name, "")))}
    readable = {name: value for name, value in values.items() if name not in odd}
    told = [*odd.values(), *_problems(readable)]
    for problem in dict.fromkeys(told):
        mark = Mark.NOTE if _NOT_INSTALLED in problem else Mark.BAD
        yield Line(SECTION, mark, problem, workflow.cures(problem.partition(":")[0]))
    whom = [name for name in (NOTIFY, ISSUES) if values.get(name) and values[name].strip().lower() != "none"]
    if whom and not told:
        yield Line(SECTION, Mark.OK, f"can be read: {', '.join(whom)}")


def _problems(values: Mapping[str, str]) -> Iterator[str]:
    yield from policy(values)[1]
    yield from maintenance.windows(values.get(maintenance.VARIABLE, ""))[1]
    yield from maintenance.at_most(values)[1]
    yield from notify.channels(values.get(NOTIFY, ""))[1]
    yield from notify.recoveries(values)[1]
    try:
        planned.excluded(values)
        keeping.default_file(values)
    except Unusable as error:
        yield str(error)
    repository = values.get(ISSUES, "").strip()
    if repository and repository.lower() != "none" and not github.REPOSITORY.fullmatch(repository):
        yield f"{ISSUES}: names no repository; write it as owner/name, or none"


def pulse(values: Mapping[str, str], workflow: Workflow) -> Iterator[Line]:
    """Whether somebody outside notices that no run came, and that one failed."""
    name = heartbeat.VARIABLE
    if not values.get(name):
        what = f"{name} is not set: a monitor that stops running is not noticed"
        yield Line(PULSE, Mark.NOTE, what, workflow.how(name))
        for other in (each for each in _OF_A_PULSE if values.get(each)):
            yield Line(PULSE, Mark.BAD, f"{other} is set, but {name} is not: no heartbeat is sent", workflow.how(name))
        return
    if any(mistakes.reason(variable, values.get(variable, "")) for variable in _OF_A_PULSE):
        yield Line(PULSE, Mark.OFF, f"none can be sent: see {SECTION}")
        return
    try:
        receiver, what = heartbeat.outlook(values)
    except Untold as error:
        yield Line(PULSE, Mark.BAD, "no heartbeat can be sent", (str(error),))
        return
    yield Line(PULSE, Mark.OK, "a heartbeat is sent: its URL is set")
    forms = ", ".join(heartbeat.FORMS)
    cure = f"if it accepts a status, write {heartbeat.STATUS} where that belongs, or set {heartbeat.FORM}: {forms}"
    unknown = receiver is heartbeat.UNKNOWN
    yield Line(PULSE, Mark.NOTE if unknown else Mark.OK, what, (cure,) if unknown else ())
