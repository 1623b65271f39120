"""How many small wrongs the tests notice, in a module or in what is picked at random from all: ``make mutants``."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.mutants.changes import Mutant, mutants, some
from tests.mutants.lines import measured
from tests.mutants.rooms import OWN, ROOT, entire_tests, fast_tests, modules, room_of
from tests.mutants.trial import Copy, survives, warm


def judge(module: str, most: int, seed: int) -> tuple[int, list[Mutant]]:
    """How many mutants of this module were tried, and those that its own fast tests did not notice."""
    path, tests = ROOT / module, OWN.get(module) or fast_tests(module)
    tried = mutants(path.read_text(encoding="utf-8"))
    if len(tried) > most:
        tried = sorted(random.Random(seed).sample(tried, most), key=lambda each: each.line)  # noqa: S311 - no secret
    seconds = warm(tests)
    return len(tried), [each for each in tried if survives(path, each.source, tests, seconds)]


def picked(copy: Copy, seed: int) -> Iterator[tuple[str, Mutant]]:
    """Mutants without end, of all modules: of one with twice the text there are twice as many."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    sources = {module: copy.source(module) for module in modules()}
    while True:
        module = chance.choices(list(sources), [len(source) for source in sources.values()])[0]
        yield from ((module, mutant) for mutant in some(sources[module], 1, chance))


def sample(size: int, seed: int, budget: float) -> None:
    """Try so many mutants of everything, for ``budget`` seconds at most; print what nobody noticed, and a score."""
    tried, noticed = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder))
        lines = measured(copy.tree)
        begun = time.monotonic()
        for module, mutant in picked(copy, seed):
            if sum(tried.values()) == size or time.monotonic() - begun > budget:
                break
            room = room_of(module)
            tried[room] += 1
            first = lines.tests(module, mutant.line, copy.source(module)) or fast_tests(module)
            by = copy.noticed_by(module, mutant.source, (first, entire_tests(module)))
            noticed[room] += bool(by)
            print(f"{by or 'SURVIVES'}: {module}:{mutant}", flush=True)
    print(f"\nseed {seed}, noticed:")
    for room, number in sorted(tried.items()):
        print(f"| {room} | {noticed[room]} of {number} | {noticed[room] / number:.0%} |")
    whole = sum(tried.values())
    print(f"| all | {sum(noticed.values())} of {whole} | {sum(noticed.values()) / max(1, whole):.0%} |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"by default: {' '.join(OWN)}")
    parser.add_argument("--most", type=int, default=10_000, help="how many of a module's mutants, picked at random")
    parser.add_argument("--seed", type=int, default=1, help="by which seed")
    parser.add_argument("--sample", type=int, help="so many of all modules instead, and by whole runs as well")
    parser.add_argument("--budget", type=float, default=4 * 3600, help="seconds that a sample may take")
    asked = parser.parse_args()
    if asked.sample is not None:
        sample(asked.sample, asked.seed, asked.budget)
        return
    if unheard := [each for each in asked.modules if each not in modules()]:
        parser.error(f"{' '.join(unheard)}: no such module; give its path, such as monitor/verdict.py")
    scores = []
    for module in asked.modules or OWN:
        begun = time.monotonic()
        tried, unnoticed = judge(module, asked.most, asked.seed)
        for each in unnoticed:
            print(f"{module}:{each}")
        killed = tried - len(unnoticed)
        share = f"{killed / tried:7.1%}" if tried else "      –"
        scores.append(f"{module:40} {killed:5} of {tried:5} {share} {time.monotonic() - begun:6.0f} s")
        print(scores[-1], flush=True)
    print("\nkilled by their own fast tests:", *scores, sep="\n")


if __name__ == "__main__":
    main()
