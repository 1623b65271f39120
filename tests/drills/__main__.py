"""``make drill``: the whole corpus, and its score: fault, probes that are ill, the owner said, the owner expected."""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from monitor.owners import Owner
from tests.drills import score, stage, world
from tests.drills.corpus import Case, cases, pairs
from tests.drills.score import Row, UnreadablePage, WorldRow
from tests.suite import ROOT

PAGE = ROOT / "docs" / "drills.md"


def performed(case: Case) -> Row:
    """Run the suite under this case, and say how it went.

    The owners that were said are right where they are those expected; of a pair of faults, one of which may hide the
    other, where none was said besides.
    """
    with tempfile.TemporaryDirectory() as folder:
        performance = case.perform(Path(folder))
        if not (performance.reports / "results.json").exists():
            raise SystemExit(f"{case.name}: no reports\n{performance.output}")
        verdicts, causes = performance.document["verdicts"], performance.document["diagnosis"]["causes"]
        run = performance.run["status"]
    ill = {(each["probe"], each["target"]) for each in verdicts if each["status"] not in ("up", "skipped")}
    said = frozenset(Owner(cause["owner"]) for cause in causes)
    return Row(
        name=case.name,
        what=case.told,
        ill=len(ill),
        run=run,
        said=frozenset(map(str, said)),
        expected=frozenset(map(str, case.owners)),
        right=said <= case.owners if "+" in case.name else said == case.owners,
    )


def played(name: str) -> WorldRow:
    """Play this fault of the world, and say what the diagnosis made of it: its first cause speaks."""
    fault = world.FAULTS[name]
    with tempfile.TemporaryDirectory() as folder:
        performance = stage.play(name, Path(folder) / "stage")
        if not (performance.reports / "results.json").exists():
            raise SystemExit(f"{name}: no reports\n{performance.output}")
        causes, run = performance.document["diagnosis"]["causes"], performance.run["status"]
    said, sure = (causes[0]["owner"], causes[0]["confidence"]) if causes else (score.NOBODY, score.NOBODY)
    return WorldRow(name, fault.told, run, said, sure, frozenset(map(str, fault.owners)))


def _world(names: Sequence[str], workers: int, page: Path) -> int:
    """Play these faults of the world, or all; their rows of the page are replaced. 1 where an owner is wrong."""
    if why := stage.possible():
        print(f"skipped: {why}")
        return 0
    if unknown := [name for name in names if name not in world.FAULTS]:
        raise SystemExit("; ".join(near(name, world.FAULTS) for name in unknown))
    with ThreadPoolExecutor(workers) as pool:
        rows = list(pool.map(played, names or world.FAULTS))
    print(score.world_text(rows))
    score.keep_world(page, rows, list(world.FAULTS))
    return 0 if all(each.right for each in rows) else 1


def near(name: str, known: Iterable[str]) -> str:
    """What somebody who wrote this name may have meant, or where the names are."""
    known = list(known)
    alike = difflib.get_close_matches(name, known, n=3)
    alike += [each for each in known if name in each and each not in alike][:3]
    if alike:
        return f"no drill is called {name!r}; did you mean one of these: {', '.join(alike)}?"
    return (
        f"no drill is called {name!r}; `python -m sandbox --list-faults` names the faults, and "
        "INCIDENTS in tests/drills/corpus.py the incidents"
    )


def main(arguments: Sequence[str] | None = None, *, page: Path = PAGE) -> int:
    """Run the corpus, print the table, write the page or the rows of what was chosen; 1 where an owner is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="how many runs at once")
    parser.add_argument("names", nargs="*", help="only these faults and incidents; their rows of the page are replaced")
    parser.add_argument("--pairs", type=int, default=0, help="so many pairs of faults by chance instead, and no page")
    parser.add_argument("--seed", type=int, default=1, help="by which chance")
    parser.add_argument("--world", action="store_true", help="the faults with real names, of these names or all")
    given = parser.parse_args(arguments)
    if given.world:
        return _world(given.names, given.workers, page)
    corpus = {case.name: case for case in cases()}
    if given.names and given.pairs:
        parser.error("either names or --pairs: a pair is made by chance")
    if unknown := [name for name in given.names if name not in corpus]:
        parser.error("; ".join(near(name, corpus) for name in unknown))
    if given.names:
        try:
            score.read(page)
        except UnreadablePage as error:
            parser.error(str(error))
        chosen = [case for name, case in corpus.items() if name in given.names]
    else:
        chosen = list(pairs(given.pairs, given.seed) if given.pairs else corpus.values())
    with ThreadPoolExecutor(given.workers) as pool:
        rows = list(pool.map(performed, chosen))
    print(score.text(each.line for each in rows))
    if given.names:
        old = score.read(page)  # again, since another drill may have written its row meanwhile
        page.write_text(score.replaced(old, rows, list(corpus)), encoding="utf-8")
        if gone := ", ".join(name for name in score.lines_of(old) if name not in corpus):
            print(f"\nThere is no drill of this name any more, and its row is gone: {gone}")
    elif not given.pairs:
        page.write_text(score.whole(each.line for each in rows) + score.world_of(page), encoding="utf-8")
    return 0 if all(each.right for each in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
