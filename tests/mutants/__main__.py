"""How many mutants of what judges are noticed by its own fast tests, and which are not: ``make mutants``."""

from __future__ import annotations

import argparse
import random
import time

from tests.mutants.changes import Mutant, mutants
from tests.mutants.trial import ROOT, survives, warm

PAGES = "monitor/statuspages"
FORMATS = ("auth0", "aws", "azure", "feed", "google", "heroku", "meta", "salesforce", "slack", "statusio", "statuspage")
DIAGNOSIS = (
    *(f"tests/diagnosis/test_{name}.py" for name in ("scene", "diagnosis", "rules")),
    "--deselect=tests/diagnosis/test_rules.py::test_everything_that_a_rule_looks_at_matters_to_some_run",  # slow
)

TESTS: dict[str, tuple[str, ...]] = {
    "monitor/verdict.py": ("tests/monitor/test_verdict.py",),
    "monitor/status.py": ("tests/monitor/test_verdict.py",),
    "monitor/owners.py": ("tests/monitor/test_verdict.py",),
    "monitor/transactions/oauth_errors.py": ("tests/transactions/test_oauth_errors.py",),
    "monitor/transactions/tokens.py": ("tests/transactions/test_tokens.py",),
    "monitor/session/judgement.py": ("tests/session/test_judgement.py",),
    "monitor/diagnosis/diagnosis.py": DIAGNOSIS,
    "monitor/diagnosis/scene.py": DIAGNOSIS,
    "monitor/diagnosis/ladder.py": DIAGNOSIS,
    "monitor/diagnosis/rules.py": DIAGNOSIS,
    f"{PAGES}/weighing.py": ("tests/statuspages/test_reading.py",),
    f"{PAGES}/times.py": ("tests/statuspages/test_times.py",),
    f"{PAGES}/documents.py": ("tests/statuspages/test_documents.py",),
    f"{PAGES}/vocabulary.py": ("tests/statuspages/test_statuspage.py", "tests/statuspages/test_aws.py"),
    f"{PAGES}/page.py": ("tests/statuspages/test_reading.py", "tests/statuspages/test_statuspage.py"),
    f"{PAGES}/markup.py": ("tests/statuspages/test_feed.py", "tests/statuspages/test_auth0.py"),
    f"{PAGES}/uptime.py": ("tests/statuspages/test_auth0.py",),
    **{f"{PAGES}/{name}.py": (f"tests/statuspages/test_{name}.py",) for name in FORMATS},
}
"""What is judged, and by which tests: the fast ones of its own, and never whole runs of the suite."""


def judge(module: str, most: int, seed: int) -> tuple[int, list[Mutant]]:
    """How many mutants of this module were tried, and those that nobody noticed."""
    path, tests = ROOT / module, TESTS[module]
    tried = mutants(path.read_text(encoding="utf-8"))
    if len(tried) > most:
        tried = sorted(random.Random(seed).sample(tried, most), key=lambda each: each.line)  # noqa: S311 - no secret
    seconds = warm(tests)
    return len(tried), [each for each in tried if survives(path, each.source, tests, seconds)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of these: {' '.join(TESTS)}; all by default")
    parser.add_argument("--most", type=int, default=10_000, help="how many of a module's mutants, picked at random")
    parser.add_argument("--seed", type=int, default=1, help="by which seed")
    told = parser.parse_args()
    if unheard := [each for each in told.modules if each not in TESTS]:
        parser.error(f"{' '.join(unheard)}: no such module, see --help")
    scores = []
    for module in told.modules or TESTS:
        begun = time.monotonic()
        tried, unnoticed = judge(module, told.most, told.seed)
        for each in unnoticed:
            print(f"{module}:{each}")
        killed = tried - len(unnoticed)
        scores.append(f"{module:40} {killed:5} of {tried:5} {killed / tried:7.1%} {time.monotonic() - begun:6.0f} s")
        print(scores[-1], flush=True)
    print("\nkilled by their own fast tests:", *scores, sep="\n")


if __name__ == "__main__":
    main()
