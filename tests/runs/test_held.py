"""A run of many tenants holds nothing of those that it has done with: neither their tokens nor what they answered."""

from __future__ import annotations

import json

from tests.runs import held
from tests.runs.conftest import Run

NAMES = ("amber", "birch", "cedar", "dune", "ember")


def test_tokens_and_answers_of_a_tenant_go_with_its_last_probe(run: Run) -> None:
    file = run.folder / "held.jsonl"
    told = {held.HELD: str(file), "AUTH0_TENANTS": ",".join(NAMES)}
    performance = run(
        "-p", "tests.runs.held", "tests_synthetic/test_discovery.py", "tests_synthetic/test_refresh.py", **told
    )

    assert performance.code == 0, performance.output
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    refreshes = [line for line in lines if "test_refresh.py" in line["probe"]]
    assert [set(line["secrets"]) for line in refreshes] == [set(NAMES[number:]) for number in range(1, 6)]
    left = [line["brought"] for line in refreshes]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
