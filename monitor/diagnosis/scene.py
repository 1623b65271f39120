"""What there is to compare with: what else holds or is ill beside some symptoms, in the words of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from monitor import failures
from monitor.configuration.forms import UNIVERSAL_LOGIN
from monitor.diagnosis import clock, facts
from monitor.diagnosis.ladder import LOGIN, PAGES, SERVING_LOGIN, TENANT, Exactly, Rule, Symptom, flow, is_signed, part
from monitor.failures import ApiFails, ApiSlow, NamesFail, Outdated, TargetFailed, Untrusted, WrongAnswer
from monitor.owners import Owner
from monitor.status import ILL, Status
from monitor.text import enumerated
from monitor.verdict import CONTROL, DEPENDENCIES, Verdict

NAMED = 5
"""How many of anything a sentence names."""

_AN_ERROR = 300
"""From which status on an answer is not the one that was asked for."""

_GRAVE = (Status.DOWN, Status.UNKNOWN)


@dataclass(frozen=True)
class Scene:
    """Everything that was judged: of each tenant by the name of its rung and of its probe, and what pages say.

    What declares no rung is nowhere: nobody knows what it says about its neighbours.
    """

    verdicts: tuple[Verdict, ...]
    pages: list[Verdict] = field(init=False, default_factory=list)
    _named: dict[tuple[str, str], list[Verdict]] = field(init=False, default_factory=dict)
    _holding: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        for verdict in self.verdicts:
            names = {verdict.rung, f"test_{verdict.probe}"} if verdict.rung else set()
            for name in names | ({"tenant"} if verdict.rung in TENANT else set()):
                self._named.setdefault((verdict.tenant, name), []).append(verdict)
            if verdict.rung in PAGES:
                self.pages.append(verdict)
            elif verdict.rung in TENANT and verdict.status is Status.UP:
                self._holding.add(verdict.tenant)

    def named(self, tenants: Iterable[str], name: str) -> Iterator[Verdict]:
        for tenant in tenants:
            yield from self._named.get((tenant, name), ())

    def control(self, tenants: set[str]) -> str:
        """What became of all else that was asked: the control target, or the status pages, and the other tenants.

        ``read``: one is well; of pages that are not read ``garbled`` is any answer, ``untrusted`` no good certificate
        and ``silent`` none; ``absent`` where nothing else was asked.
        """
        asked = [page for page in self.pages if page.target == f"{DEPENDENCIES}:{CONTROL}"] or self.pages
        if self._holding - tenants or any(map(_was_read, asked)):
            return "read"
        attempts = [attempt for page in asked for attempt in page.attempts]
        if not attempts:
            return "absent"
        broken_by = [failures.named_in(attempt.get("error")) for attempt in attempts]
        if any(kind and issubclass(kind, Untrusted) for kind in broken_by):
            return "untrusted"
        return "garbled" if any(attempt.get("status") for attempt in attempts) else "silent"

    @cached_property
    def skew(self) -> float:
        """Seconds by which this machine's clock is ahead; 0 where it is right, or nobody knows."""
        return clock.skew(self.verdicts)

    @property
    def clock(self) -> str:
        """How this machine's clock is wrong: ``ahead``, ``behind``, or empty."""
        return ("ahead" if self.skew > 0 else "behind") if self.skew else ""

    def signs(self, tenants: set[str]) -> bool:
        """Whether what Auth0 answers for these is known to be signed: nothing that holds came without it."""
        held = (each for each in self.verdicts if each.tenant in tenants and each.rung in TENANT)
        fine = [each.attempts[-1] for each in held if each.status is Status.UP and each.attempts]
        return all(map(is_signed, fine))

    def works_beside(self, tenants: Iterable[str], explained: Iterable[Symptom]) -> str:
        """What works beside these symptoms, in a sentence's words: other logins, machines', or the rest; or nothing.

        A login whose tokens no application can take works for nobody, and a machine's neither.
        """
        tenants = set(tenants)
        of_logins = [each for rung in SERVING_LOGIN for each in self.named(tenants, rung)]
        broken = [each for each in of_logins if each.status in _GRAVE]
        ill = {symptom.part for symptom in explained if symptom.rung in (LOGIN, "stranger")}
        ill |= {part(each) for each in broken if flow(each)}
        logins = {
            shown("".join(each.target.split(":")[2:])): None
            for each in self.named(tenants, LOGIN)
            if each.status in (Status.UP, Status.DEGRADED) and part(each) not in ill
        }
        works = [f"logins through {enumerated(logins, NAMED)} work"] if logins else []
        machines = {each.tenant for each in broken if not flow(each)}
        asked = [each for each in self.named(tenants, "machine") if each.tenant not in machines]
        if any(each.status in (Status.UP, Status.DEGRADED) for each in asked):
            works.append("so do machine logins" if works else "machine logins work")
        if not works and any(each.status is Status.UP for each in self.named(tenants, "discovery")):
            works.append("its discovery document can be read")
        if not works and any(map(_was_read, self.pages)):
            works.append("other hosts answer")
        return "; " + ", and ".join(works) if works else ""

    def names_fail_beside(self, tenants: set[str]) -> bool:
        """Whether a name of anybody else was not resolved in some attempt."""
        others = (verdict for verdict in self.verdicts if verdict.tenant not in tenants)
        broken_by = (failures.named_in(attempt.get("error")) for verdict in others for attempt in verdict.attempts)
        return any(kind and issubclass(kind, NamesFail) for kind in broken_by)

    def ill_apis(self, *, down: bool) -> list[Verdict]:
        """The APIs of the user's own that are not well, or those of them that are ``down``."""
        kinds = (ApiFails,) if down else (ApiFails, ApiSlow)
        return [page for page in self.pages if page.blame is not None and issubclass(page.blame, kinds)]

    def ill_services(self) -> list[str]:
        """The services that call themselves ill."""
        return [each.target for each in self.pages if each.tenant == DEPENDENCIES and each.ill]


def shown(connection: str) -> str:
    """A connection in a sentence; the flow ``password`` names none."""
    return connection or "the default directory"


def _was_read(page: Verdict) -> bool:
    """Whether this shows that there is a way out, as an old page does.

    An API that fails may be one that nothing comes through to.
    """
    if page.blame is not None and issubclass(page.blame, Outdated):
        return True
    fails = page.blame is not None and issubclass(page.blame, ApiFails)
    return page.status in (Status.UP, *ILL) and not page.unread and not fails


def _is_a_strangers_refusal(symptom: Symptom) -> bool:
    """Whether an endpoint on a name of Auth0's refuses in an answer that Auth0 has not signed; pages are others."""
    return symptom.host == "auth0" and not symptom.signed and symptom.answer.startswith(("4", "50"))


def _is_unsigned_error(symptom: Symptom) -> bool:
    """Whether what came is not what was asked for, and Auth0 has not signed it."""
    status = int(symptom.last.get("status") or 0)
    wrong = symptom.is_any((Exactly(TargetFailed), WrongAnswer)) and not symptom.verdict.error
    return not symptom.signed and (status >= _AN_ERROR or (bool(status) and wrong))


@dataclass(frozen=True, slots=True)
class View:
    """What a rule sees beside a group of symptoms."""

    scene: Scene
    rule: Rule
    group: list[Symptom]

    @property
    def tenants(self) -> set[str]:
        return {each.verdict.tenant for each in self.group}

    def fits(self) -> bool:
        """Whether all is as the rule has it."""
        rule = self.rule
        return (
            all(map(self.well, rule.holds))
            and all(map(self._breaks, rule.breaks))
            and not any(map(self.well, rule.falls))
            and not any(map(self._asked, rule.unasked))
            and (not rule.clock or rule.clock == self.scene.clock)
            and (not rule.names_fail_elsewhere or self.scene.names_fail_beside(self.tenants))
            and (not rule.control or self.scene.control(self.tenants) in rule.control)
            and (rule.signed is not False or self.scene.signs(self.tenants))
            and not self._is_somebody_elses()
            and all(facts.holds(name, self.scene, self.group) for name in rule.facts)
        )

    def _is_somebody_elses(self) -> bool:
        """Whether this would blame Auth0, or believe a refusal, that it did not sign, though it signs what it says."""
        rule = self.rule
        if rule.owner in (Owner.CONFIGURATION, Owner.EXTENSION) and rule.errors and rule.signed is None:
            return all(map(_is_a_strangers_refusal, self.group)) and self.scene.signs(self.tenants)
        if rule.owner is not Owner.AUTH0 or rule.signed is not None:
            return False
        strange = [each for each in self.group if each.rung in TENANT and _is_unsigned_error(each)]
        # An own domain's proxy may take the signs away: then nobody knows whose its errors are.
        return any(each.host == "own" for each in strange) or (bool(strange) and self.scene.signs(self.tenants))

    def well(self, name: str) -> list[Verdict]:
        """What is right there; to be late counts only where nothing worse is looked at."""
        grave = any(each.verdict.status in _GRAVE for each in self.group) and name not in PAGES
        fine = (Status.UP, Status.DEGRADED) if grave else (Status.UP,)
        return [each for each in self._of(name) if each.status in fine]

    def apis(self) -> list[Verdict]:
        """The APIs that may be behind this: those that are down, or, of what is merely late, that are not well."""
        grave = any(each.verdict.status in _GRAVE for each in self.group)
        return self.scene.ill_apis(down=grave) if self.rule.behind else []

    def against(self) -> list[Verdict]:
        """What holds, and so points to the cause."""
        found = [verdict for name in self.rule.holds for verdict in self.well(name)]
        if self.rule.control == ("read",):
            found += [each for each in self.scene.pages if each.status is Status.UP]
        return list({each.id: each for each in found}.values())

    def _breaks(self, name: str) -> bool:
        well = {each.id for each in self.well(name)}
        ill = (each for each in self._of(name) if each.ill and each.id not in well)
        # A page's word is a witness of logins only where it says that they are what is ill.
        return any(each.status is Status.DOWN for each in ill) if name in PAGES else any(True for _ in ill)

    def _asked(self, name: str) -> bool:
        return any(each.status is not Status.SKIPPED for each in self._of(name))

    def _of(self, name: str) -> Iterator[Verdict]:
        first = self.group[0]
        if name == "grants":
            logins = self.scene.named(self.tenants, LOGIN)
            yield from (each for each in logins if flow(each) != UNIVERSAL_LOGIN and part(each) == first.part)
            return
        if name != "elsewhere":
            yield from self.scene.named(self.tenants, name)
            return
        for verdict in self.scene.named(self.tenants, first.rung):
            if part(verdict) != first.part:
                yield verdict
