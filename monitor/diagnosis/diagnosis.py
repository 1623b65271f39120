"""From a Run to its Diagnosis: whose work is it, by which difference, and how sure. A pure function."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor import speakers
from monitor.diagnosis import clock, facts
from monitor.diagnosis.amendments import amended
from monitor.diagnosis.ladder import BROKEN_PAGE, BY_LOGIN, LOGIN, PAGES, Rule, Symptom, symptoms
from monitor.diagnosis.rules import BEHIND, RULES, RUNBOOK
from monitor.diagnosis.scene import NAMED, Scene, View, shown
from monitor.failures import SecondAttempt
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.status import ILL, SEVERITY, Status
from monitor.text import enumerated
from monitor.verdict import DEPENDENCIES, Run, Verdict, worst

NO_ANSWER = {
    "TimedOut": "no answer in time",
    "CutShort": "the connection broke",
    "Unreachable": "no connection",
    "Unresolved": "the name does not resolve",
    "NamesFail": "no name server answers",
    "NoTls": "no TLS",
    "PlainText": "no TLS",
    "NoCommonTls": "no TLS in common",
    "Untrusted": "its certificate is not trusted",
    "Expired": "its certificate has expired",
    "NotYetValid": "its certificate is not valid yet",
    "WrongName": "its certificate is for other names",
    "UnknownIssuer": "its certificate is by an unknown issuer",
}
"""What is said of a failure for which no answer came."""

_BEHIND = ". Likely cause: an API that its extensions may call ({apis}: {why})"

_LED_BACK = 302
"""How a login through pages that broke leads back to the application, with its error in the address."""

_CONNECTION = 2
"""Where in a login's target its connection stands, if it names one."""

_MEASURED = re.compile(r"\d+\.\d+(?= s\b)")


def diagnose(run: Run, known: Iterable[Cause] = ()) -> Diagnosis:
    """Who has to act, and why: each verdict that is not well is explained by exactly one cause.

    What the ``known`` causes explain is not asked about again.
    """
    known = tuple(known)
    scene = Scene(run.verdicts)
    explained = {identity for cause in known for identity in cause.verdicts}
    left: dict[str, list[Symptom]] = {}
    for symptom in symptoms(run.verdicts):
        if symptom.verdict.id not in explained:
            left.setdefault(symptom.verdict.tenant, []).append(symptom)
    findings: dict[tuple[str, str], list[_Finding]] = {}
    for rule in RULES:
        fitting = [symptom for ill in left.values() for symptom in ill if rule.fits(symptom)]
        for group in _groups(rule.scope, fitting) if fitting else ():
            finding = _finding(scene, rule, group, left)
            if finding:
                taken = set(map(id, finding.explained))
                for tenant in finding.tenants:
                    left[tenant] = [symptom for symptom in left[tenant] if id(symptom) not in taken]
                findings.setdefault((rule.name, finding.told("")), []).append(finding)
    found = amended([*map(_cause, findings.values())], run.verdicts, run.clues, run.started)
    causes = [*found, *known]
    causes.sort(key=lambda cause: (ILL.index(cause.status), -len(cause.verdicts)))
    return _concluded(run, tuple(causes), [_named(page) for page in scene.ill_apis(down=True)])


@dataclass(frozen=True, slots=True)
class _Finding:
    """A rule that fits a group of symptoms: what it explains, what points to it, and what is ill besides.

    ``apis`` are those of the user's own that are behind it.
    """

    rule: Rule
    confidence: Confidence
    explained: list[Symptom]
    against: list[Verdict]
    besides: list[str]
    skew: float = 0.0
    apis: tuple[Verdict, ...] = ()
    works: str = ""

    @property
    def tenants(self) -> list[str]:
        return _once(each.verdict.tenant for each in self.explained)

    @property
    def targets(self) -> list[str]:
        """Who is ill: tenants, and their part where the rule is about one."""
        parts = self.rule.scope in ("connection", "node", "service")
        behind = {api.id for api in self.apis}
        told = [each for each in self.explained if each.verdict.id not in behind]
        names = ((each.verdict.tenant, each.part if parts else "") for each in told)
        return _once(":".join(filter(None, each)) for each in names)

    def told(self, who: str) -> str:
        """The sentence about these tenants."""
        behind = {api.id for api in self.apis}
        explained = [symptom for symptom in self.explained if symptom.verdict.id not in behind]
        # What a status page answered is no login's answer.
        explained = [symptom for symptom in explained if symptom.rung not in PAGES] or explained
        verdicts = [symptom.verdict for symptom in explained]
        return self.rule.says.format(
            who=who,
            part=explained[0].part or "without a name",
            parts=_some(each.part or "each" for each in explained),
            logins=_logins(explained),
            speakers=_some(filter(None, (speakers.described(each.speaker) for each in explained))) or "unknown",
            works=self.works,
            reason=_reason(verdicts),
            answers=_some(map(_answered, explained)),
            failures=_some(verdict.failure for verdict in verdicts),
            count=_count(len(verdicts), "probe"),
            skew=clock.told(self.skew),
            besides=f". Services that report a problem: {_enumerated(self.besides)}" if self.besides else "",
            apis=_enumerated(map(_named, self.apis)),
            why=_reason(list(self.apis)) if self.apis else "",
        )


def _finding(scene: Scene, rule: Rule, group: list[Symptom], left: dict[str, list[Symptom]]) -> _Finding | None:
    """What the rule says of this group; None where what it looks at besides is otherwise."""
    tenants = _once(symptom.verdict.tenant for symptom in group)
    unexplained = {id(symptom) for tenant in tenants for symptom in left[tenant]}
    group = [symptom for symptom in group if id(symptom) in unexplained]
    view = View(scene, rule, group)
    if not group or not view.fits():
        return None
    beside = [symptom for tenant in view.tenants for symptom in left[tenant]]
    answers = {symptom.answer for symptom in group}
    along = [
        symptom
        for symptom in beside
        if (symptom.probe in rule.along or (symptom.rung in rule.along and symptom.answer in answers))
        and (rule.scope != "connection" or symptom.part == group[0].part)
    ]
    apis = view.apis()
    if apis:
        rule = replace(
            rule, name=BEHIND, owner=Owner.UPSTREAM, confidence=Confidence.LIKELY, says=rule.behind + _BEHIND
        )
        along += [each for each in left.get(DEPENDENCIES, []) if each.verdict.id in {api.id for api in apis}]
    confirming = [
        symptom
        for symptom in beside
        if symptom.rung == "auth0" and symptom.verdict.status is Status.DOWN and rule.owner is Owner.AUTH0
    ]
    explained = list({id(symptom): symptom for symptom in (*group, *along, *confirming)}.values())
    works = scene.works_beside(tenants, explained)
    sure = _sure(rule, group, confirmed=bool(confirming))
    return _Finding(rule, sure, explained, view.against(), scene.ill_services(), scene.skew, tuple(apis), works)


def _sure(rule: Rule, group: list[Symptom], *, confirmed: bool) -> Confidence:
    """How sure this is: certain only of what Auth0 signed, where it rests on an answer.

    An incident on Auth0's own page, of logins in this region, makes a guess likely, and nothing certain.
    """
    if confirmed and rule.confidence is Confidence.GUESS:
        return Confidence.LIKELY
    answers = [symptom for symptom in group if symptom.answer != "none" and symptom.rung not in PAGES]
    unsigned = any(not symptom.signed for symptom in answers)
    if rule.confidence is Confidence.CERTAIN and rule.owner is not Owner.RUNNER and unsigned:
        return Confidence.LIKELY
    return rule.confidence


def _groups(scope: str, fitting: list[Symptom]) -> list[list[Symptom]]:
    groups: dict[tuple[str, ...], list[Symptom]] = {}
    for symptom in fitting:
        verdict = symptom.verdict
        keys: dict[str, tuple[str, ...]] = {
            "run": (),
            "tenant": (verdict.tenant,),
            "reason": (verdict.tenant, verdict.status, _MEASURED.sub("", verdict.reason)),
        }
        groups.setdefault(keys.get(scope, (verdict.tenant, symptom.part)), []).append(symptom)
    return list(groups.values())


def _cause(findings: list[_Finding]) -> Cause:
    """The one cause of what a rule found in one tenant or in several."""
    first = findings[0]
    rule = first.rule
    explained = [each.verdict for finding in findings for each in finding.explained]
    behind = {api.id for finding in findings for api in finding.apis}
    status = worst(explained)
    return Cause(
        rule=rule.name,
        owner=rule.owner,
        confidence=first.confidence,
        status=_bounded(rule, status),
        target=", ".join(_once(target for finding in findings for target in finding.targets)),
        sentence=first.told(_enumerated(each.tenant or "the suite" for each in explained if each.id not in behind)),
        verdicts=tuple(each.id for each in explained),
        against=tuple(_once(each.id for finding in findings for each in finding.against)),
        runbook=f"{RUNBOOK}#{rule.name}",
    )


def _bounded(rule: Rule, status: Status) -> Status:
    """This status of the symptoms, no worse than the rule's cap, and no better than what it raises them to."""
    if rule.cap and SEVERITY[status] > SEVERITY[rule.cap]:
        return rule.cap
    return rule.raises if rule.raises and SEVERITY[status] < SEVERITY[rule.raises] else status


def _logins(explained: list[Symptom]) -> str:
    """Which logins these are, by connection and flow: ``logins through custom-users (password-realm)``."""
    targets = [each.verdict.target.split(":") for each in explained if each.verdict.rung in (*BY_LOGIN, "refresh")]
    of_users = [target for target in targets if len(target) > 1]
    if not of_users:
        return "machine logins" if targets or any(each.rung == "machine" for each in explained) else "logins"
    flows = _once(flow for _, flow, *_ in (target for target in of_users if len(target) > 1))
    by = f" ({', '.join(flows)})" if flows else ""
    return f"logins through {_enumerated(shown(''.join(target[_CONNECTION:])) for target in of_users)}{by}"


def _concluded(run: Run, causes: tuple[Cause, ...], apis: list[str]) -> Diagnosis:
    """``apis`` of the user's own are down: the first line names them, whatever else leads it."""
    if causes:
        status = max((cause.status for cause in causes), key=SEVERITY.__getitem__)
        unsaid = [name for name in apis if name not in causes[0].sentence]
        named = f": {_enumerated(unsaid)} {'is' if len(unsaid) == 1 else 'are'} down" if unsaid else ""
        more = f" (and {_count(len(causes) - 1, 'other cause')}{named})" if len(causes) > 1 else ""
        return Diagnosis(status, causes[0].owner, f"{causes[0].sentence}{more}", causes)
    status = worst(run.verdicts)
    if status is not Status.UP:
        none = f"no tenant falls into shard {run.shard}" if run.shard and not run.tenants else "no probe was planned"
        why = "every probe was skipped" if run.verdicts else none
        why = "no status page could be read" if any(each.unread for each in run.verdicts) else why
        return Diagnosis(status, None, f"no result: {why}")
    up = [each for each in run.verdicts if each.status is Status.UP]
    works = "login works: " if any(verdict.rung == LOGIN for verdict in up) else ""
    succeed = "succeeds" if len(up) == 1 else "succeed"
    who = _enumerated(each.tenant for each in up)
    return Diagnosis(status, None, f"{works}{_count(len(up), 'probe')} of {who} {succeed}")


def _named(api: Verdict) -> str:
    """The name of an API of the user's own."""
    return api.target.partition(":")[2]


def _answered(symptom: Symptom) -> str:
    """What came, in a word or two: ``500 server_error``, ``no answer in time``, ``200 and a page``."""
    verdict = symptom.verdict
    if symptom.is_any((SecondAttempt,)) and len(verdict.attempts) > 1:
        first = facts.first_failed(verdict.attempts) or {}
        return f"{first.get('status') or 'no answer'} at first"
    if symptom.answer == "none" and verdict.error and verdict.failure not in NO_ANSWER:
        return verdict.error  # which did come, by an answer that is not kept
    words = {"none": NO_ANSWER.get(verdict.failure, "no answer"), "html": f"{symptom.last.get('status')} and a page"}
    words |= {BROKEN_PAGE: "302 with" if symptom.last.get("status") == _LED_BACK else "an error page:"}
    return " ".join(filter(None, (words.get(symptom.answer, symptom.answer), verdict.error)))


def _reason(verdicts: list[Verdict]) -> str:
    """The reason that most have; of several that as many have the first."""
    (reason, _), *_ = Counter(each.reason for each in verdicts).most_common(1)
    return reason or "no reason was given"


def _enumerated(names: Iterable[str]) -> str:
    """These names in a sentence, no more than it holds."""
    return enumerated(names, NAMED)


def _some(names: Iterable[str]) -> str:
    """These names, each once, and how many more there are than a sentence holds."""
    known = _once(names)
    left = len(known) - NAMED
    return ", ".join(known[:NAMED]) + (f" and {left:,} more" if left > 0 else "")


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
