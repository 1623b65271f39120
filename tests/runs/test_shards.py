"""--shard I/N: several machines share the tenants of a run, and what they found is merged into what one would have."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import sandbox
from monitor import results
from monitor.reports.__main__ import main
from monitor.shards import Shard
from sandbox.box import Sandbox
from tests.runs.conftest import Run
from tests.suite import PROBES, SERVICES, Performance

OF = 3
TENANTS = ("prod", "us", "eu")
"""Of the third shard, of the second and of the first, which also share the services."""
LONELY = "us"
OFTEN = {"AUTH0_UNIVERSAL_LOGINS_PER_MINUTE": "600", "AUTH0_BUDGET": "6"}
"""They have one domain, and logins there take turns, from one run to the next; a busy machine is slow to answer."""


@pytest.fixture(scope="module")
def ill() -> Iterator[Sandbox]:
    with sandbox.start(["custom-database-down"]) as running:
        yield running


def parts(run: Run, tenants: tuple[str, ...], *arguments: str, workers: Collection[int] = ()) -> list[Performance]:
    """What each shard finds; those of these numbers in two workers."""
    return [
        run(
            "--shard",
            f"{number}/{OF}",
            *arguments,
            *(("-n", "2") if number in workers else ()),
            AUTH0_TENANTS=",".join(tenants),
            **OFTEN,
            AUTH0_MEMORY=str(run.folder / f"memory-{number}.sqlite"),  # each part has a machine of its own
        )
        for number in range(1, OF + 1)
    ]


def told(document: dict[str, Any]) -> tuple[Any, ...]:
    """What a run says, without times and ids, which no two runs share."""
    keys = ("id", "probe", "target", "kind", "status", "failure", "error", "question", "budget")
    verdicts = [tuple(each[key] for key in keys) for each in document["verdicts"]]
    causes = document["diagnosis"]["causes"]
    run = {key: document["run"][key] for key in ("mode", "tenants", "ended", "status", "counts", "shard")}
    return verdicts, causes, document["diagnosis"]["sentence"], run


def cases(reports: Path) -> list[tuple[Any, ...]]:
    suites = ET.parse(reports / "junit.xml").iter("testsuite")  # noqa: S314 - our own
    return [
        (suite.get("name"), case.get("name"), *(each.tag for each in case))
        for suite in suites
        for case in suite.iter("testcase")
    ]


def rows(reports: Path) -> list[str]:
    """Targets and probes in the order of the page's table."""
    text = (reports / "report.html").read_text(encoding="utf-8")
    return [line.partition("&#34;")[0] for line in text.split("testId&#34;: &#34;")[1:]]


def test_shards_share_the_tenants_and_merged_they_are_one_run(ill: Sandbox, tmp_path: Path) -> None:
    run = Run(ill, tmp_path)
    whole = run(AUTH0_TENANTS=",".join(TENANTS), **OFTEN)
    legs = parts(run, TENANTS, workers=[2])
    code = main(["merge", *(str(leg.reports) for leg in legs), "--reports", str(tmp_path / "merged")])
    merged = json.loads((tmp_path / "merged" / "results.json").read_text())

    assert [tuple(leg.run["tenants"]) for leg in legs] == [Shard(number, OF).part(TENANTS) for number in (1, 2, 3)]
    assert all(len(leg.run["tenants"]) < len(TENANTS) for leg in legs)
    found = Counter(each["target"].partition(":")[0] for leg in legs for each in leg.document["verdicts"])
    assert found == dict.fromkeys(TENANTS, PROBES) | {"dependencies": SERVICES}
    assert told(merged) == told(whole.document)
    assert merged["diagnosis"]["causes"]
    assert cases(tmp_path / "merged") == cases(whole.reports)
    assert rows(tmp_path / "merged") == rows(whole.reports) != []
    assert {each.name for each in (tmp_path / "merged/evidence").iterdir()} == {
        each.name for each in (whole.reports / "evidence").iterdir()
    }
    assert code == whole.code == 1


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_shard_without_a_tenant_is_no_error_and_not_silent(run: Run, workers: tuple[str, ...]) -> None:
    performance = run("--shard", f"3/{OF}", *workers, AUTH0_TENANTS=LONELY)

    assert performance.code == 0, performance.output
    assert performance.run["status"] == "unknown"
    shard = performance.run["shard"]
    assert (shard["number"], shard["of"], shard["tenants"], len(shard["services"])) == (3, OF, [LONELY], SERVICES)
    assert performance.document["verdicts"] == []
    assert performance.document["diagnosis"]["sentence"] == "no result: no tenant falls into shard 3/3"
    said = "SHARD 3/3: of 1 tenant this part has none: that is no error"
    assert said in " ".join(performance.output.split())
    assert said in (performance.reports / "report.html").read_text()
    properties = ET.parse(performance.reports / "junit.xml").iter("property")  # noqa: S314 - our own
    assert {"shard": "3/3", "status": "unknown"}.items() <= {
        each.get("name"): each.get("value") for each in properties
    }.items()
    schema = json.loads(results.SCHEMA_FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(performance.document)


def test_selection_that_finds_nothing_in_a_shard_with_tenants_stays_what_pytest_calls_it(run: Run) -> None:
    performance = run("--shard", "1/1", "-k", "no_such_probe")

    assert performance.code == 5
    assert performance.document["verdicts"] == []


def test_collecting_a_shard_writes_nothing(run: Run) -> None:
    """Nor does it need what the project's own tests need, though the shard stands where a file of tests might."""
    performance = run("--shard", f"3/{OF}", "--collect-only", "-q", "-p", "no:timeout", AUTH0_TENANTS=LONELY)

    assert performance.code == 5, performance.output
    assert not performance.reports.exists()


def test_part_that_is_none_is_a_usage_error(run: Run) -> None:
    performance = run("--shard", "0/3")

    assert performance.code == 4
    assert "--shard: '0/3' is no part of 3: they are 1/3 to 3/3, counted from 1" in performance.output
    assert not performance.reports.exists()
