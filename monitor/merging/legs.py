"""The legs of one run, asked by several machines: what each has left, and what is wrong with those that have not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor import console, results, text
from monitor.shards import home
from monitor.verdict import DEPENDENCIES, Run

KIND = "legs"
"""The kind of the verdicts that stand for legs of which there is nothing."""

_AGAIN = "see why in its log, run it again, and merge again"
_MODES = ("live", "sandbox", "drill")
"""What is kept where they are mixed: the first of these that there is."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What one machine has left, and what it is called: its shard, or the folder that it lies in."""

    name: str
    path: Path
    run: Run


@dataclass(frozen=True, slots=True)
class Problem:
    """Something is wrong with a leg that was given, or expected: what, and the cure."""

    leg: str
    reason: str


@dataclass(frozen=True, slots=True)
class Expected:
    """How many legs there are to be, which, and since when; None and nothing where that was not said."""

    count: int | None = None
    names: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(slots=True)
class Gathered:
    """The legs that can be merged, and what is wrong with the others."""

    legs: list[Leg] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def gather(paths: Sequence[Path], expected: Expected) -> Gathered:
    """Read the legs in these files, or in these folders; whatever is wrong with one costs no other."""
    found = Gathered()
    for path in paths:
        file = path / results.NAME if path.is_dir() else path
        try:
            run = results.read(file)
        except results.UnreadableResults as error:
            found.problems.append(Problem(_called(file), f"{error}; {_AGAIN}"))
        else:
            found.legs.append(
                Leg(f"shard-{run.shard.number}-of-{run.shard.of}" if run.shard else _called(file), file, run)
            )
    rules: list[Callable[[list[Leg]], Iterator[Problem]]] = [_twice, _missing_shards, _other_tenants]
    found.legs, strays = _of_one_mode(found.legs)
    found.problems += [*strays, *(problem for rule in rules for problem in rule(found.legs))]
    found.problems += [
        Problem(leg.name, f"{leg.path} is of {leg.run.started}, and no leg of this run: {_AGAIN}")
        for leg in found.legs
        if expected.since and datetime.fromisoformat(leg.run.started) < expected.since
    ]
    found.problems += _unexpected(found, expected, len(paths))
    return found


def _called(file: Path) -> str:
    """``prod`` for prod/results.json, and for prod.json."""
    return console.real(file).parent.name if file.name == results.NAME else file.stem


def _of_one_mode(legs: list[Leg]) -> tuple[list[Leg], list[Problem]]:
    """The legs that may stand in one report: beside a real tenant a sandbox says nothing."""
    kept = next((mode for mode in _MODES if any(leg.run.mode == mode for leg in legs)), "")
    cures = {
        "sandbox": "a variable was missing there: set it, and run every leg with --live",
        "drill": "merge drills separately",
    }
    strays = []
    for leg in legs:
        if leg.run.mode != kept:
            told = f"{leg.path} is of a {' '.join([leg.run.mode, *leg.run.drill])}, and others are {kept}"
            strays.append(Problem(leg.name, f"{told}, so it is left out: {cures[leg.run.mode]}"))
    return [leg for leg in legs if leg.run.mode == kept], strays


def _twice(legs: list[Leg]) -> Iterator[Problem]:
    """Legs that have what another one has; status pages may be read by each."""
    seen: dict[object, Leg] = {}
    for leg in legs:
        parts: list[object] = [(leg.run.shard.number, leg.run.shard.of)] if leg.run.shard else []
        parts += [each.id for each in leg.run.verdicts if each.tenant != DEPENDENCIES and each.kind != KIND]
        before = next((seen[part] for part in parts if part in seen), None)
        if before:
            yield Problem(
                leg.name,
                f"{leg.path} has what {before.path} has already, so the worse verdict of the two counts: name each leg "
                "once, and only those of one run",
            )
        for part in parts:
            seen.setdefault(part, leg)


def _missing_shards(legs: list[Leg]) -> Iterator[Problem]:
    """Shards say themselves how many there are, and whose tenants are missing."""
    shards = [leg.run.shard for leg in legs if leg.run.shard]
    sizes = sorted({shard.of for shard in shards})
    if len(sizes) > 1:
        told = ", ".join(f"{leg.path} is {leg.run.shard}" for leg in legs if leg.run.shard)
        yield Problem(
            "shards", f"not the shards of one run ({told}): give each leg the same N, run them, and merge again"
        )
    names = [*_all_tenants(legs), *dict.fromkeys(name for shard in shards for name in shard.services)]
    for of in sizes:
        there = {shard.number for shard in shards if shard.of == of}
        for number in sorted({*range(1, of + 1)} - there):
            lost = [name for name in names if home(name, of) == number]
            told = f"nothing is known of {text.bounded(', '.join(lost), 300)}" if lost else "it had nothing to probe"
            yield Problem(
                f"shard-{number}-of-{of}", f"shard {number}/{of} left no {results.NAME} here, {told}: {_AGAIN}"
            )


def _other_tenants(legs: list[Leg]) -> Iterator[Problem]:
    """Tenants that some shard knows of, and that the shard which has them does not."""
    asked = {name for leg in legs for name in leg.run.tenants}
    known = _all_tenants(legs)
    for leg in legs:
        if leg.run.shard:
            lost = [name for name in leg.run.shard.part(known) if name not in asked]
            if lost:
                cure = "give every leg the same AUTH0_TENANTS, run them, and merge again"
                yield Problem(leg.name, f"{leg.path} does not know {', '.join(lost)}, which other legs name: {cure}")


def _all_tenants(legs: Iterable[Leg]) -> list[str]:
    return list(dict.fromkeys(name for leg in legs if leg.run.shard for name in leg.run.shard.tenants))


def _unexpected(found: Gathered, expected: Expected, given: int) -> Iterator[Problem]:
    """Where what is there is not what was expected; what is known to be missing already is not told again."""
    told = {problem.leg for problem in found.problems}
    missing = len({leg for leg in told if leg.startswith("shard-")} - {leg.name for leg in found.legs})
    for name in expected.names:
        known = {name, f"shard-{name.replace('/', '-of-')}"}
        if told.isdisjoint(known) and not any(_answers_to(leg, name) for leg in found.legs):
            missing += 1
            yield Problem(name, f"the leg {name} is expected, and left no {results.NAME} here: {_AGAIN}")
    for leg in found.legs if expected.names else ():
        if not any(_answers_to(leg, name) for name in expected.names):
            yield Problem(leg.name, f"{leg.path} is no leg that is expected: add it to --expect-names, or take it away")
    if expected.count is not None and given + missing < expected.count:
        yield Problem(KIND, f"{given} of {expected.count} legs are here: {_AGAIN}")
    elif expected.count is not None and given > expected.count:
        cure = "name only those of one run, or correct --expect"
        yield Problem(KIND, f"{given} legs are here where {expected.count} are expected: {cure}")


def _answers_to(leg: Leg, name: str) -> bool:
    """Whether this leg may be called so: by its shard, its folder, or a tenant that it asked."""
    return name in (leg.name, str(leg.run.shard), _called(leg.path), *leg.run.tenants)
