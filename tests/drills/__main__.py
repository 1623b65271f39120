"""``make drill``: the whole corpus, and its score: fault, probes that are ill, the owner said, the owner expected."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from monitor.owners import Owner
from tests.drills.corpus import Case, cases, pairs
from tests.suite import NEVER_READ, ROOT

PAGE = ROOT / "docs" / "drills.md"
HEAD = """# Drills

Proof that the alarm rings, and names the right owner: every fault of the sandbox by itself, then the shapes that real
incidents have. `make drill` runs them all and writes this page. A probe is *ill* where its verdict is not that of a
healthy sandbox.

"""


_NEVER_READ = (NEVER_READ[0], f"dependencies:{NEVER_READ[1]}")


class Found(NamedTuple):
    """How a case went: the run's status, which probes were ill, and the owners that the diagnosis named."""

    case: Case
    status: str
    ill: frozenset[tuple[str, str]]
    owners: frozenset[Owner]

    @property
    def right(self) -> bool:
        """Whether the owners are those that are due; of a pair, where one may hide the other, whether the named are."""
        return self.owners <= self.case.owners if "+" in self.case.name else self.owners == self.case.owners


def performed(case: Case) -> Found:
    """Run the suite under this case."""
    with tempfile.TemporaryDirectory() as folder:
        performance = case.perform(Path(folder))
        if not (performance.reports / "results.json").exists():
            raise SystemExit(f"{case.name}: no reports\n{performance.output}")
        verdicts, causes = performance.document["verdicts"], performance.document["diagnosis"]["causes"]
        ill = {(each["probe"], each["target"]) for each in verdicts if each["status"] not in ("up", "skipped")}
        owners = frozenset(Owner(each["owner"]) for each in causes)
        return Found(case, performance.run["status"], frozenset(ill) - {_NEVER_READ}, owners)


def score(found: Sequence[Found]) -> list[str]:
    """The lines above the table."""
    right = sum(each.right for each in found)
    wronged = [each.case.name for each in found if Owner.AUTH0 in each.owners - each.case.owners]
    probes = {probe for each in found for probe, _ in each.ill}
    told = f"{len(found)} cases. The owner is right in {right} of {len(found)} ({100 * right / len(found):.1f} %). "
    told += f"Blamed on Auth0, and not its work: {', '.join(wronged) or 'none'}. "
    return [told + f"{len(probes)} of the {len(every_probe())} probes were made ill by some case.", ""]


def every_probe() -> set[str]:
    """The names of all probes."""
    files = (ROOT / "tests_synthetic").glob("test_*.py")
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return {line[9:].partition("(")[0] for line in lines if line.startswith("def test_")}


def table(found: Iterable[Found]) -> list[str]:
    heads = ("fault", "what it is", "probes ill", "run", "owner said", "owner expected")
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    for each in found:
        said, due = (", ".join(sorted(owners)) or "–" for owners in (each.owners, each.case.owners))
        cells = [f"`{each.case.name}`", each.case.told, str(len(each.ill)), each.status]
        lines.append(f"| {' | '.join([*cells, said + ('' if each.right else ' **wrong**'), due])} |")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the corpus, print the table, write the page; 1 where an owner is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="how many runs at once")
    parser.add_argument("names", nargs="*", help="only these faults, and no page is written")
    parser.add_argument("--pairs", type=int, default=0, help="so many pairs of faults by chance instead")
    parser.add_argument("--seed", type=int, default=1, help="by which chance")
    given = parser.parse_args(arguments)
    chosen = [case for case in cases() if not given.names or case.name in given.names]
    if given.pairs:
        chosen = [*pairs(given.pairs, given.seed)]
    with ThreadPoolExecutor(given.workers) as pool:
        found = list(pool.map(performed, chosen))
    text = "\n".join([*score(found), *table(found)])
    print(text)
    if not (given.names or given.pairs):
        PAGE.write_text(f"{HEAD}{text}\n", encoding="utf-8")
    return 0 if all(each.right for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
