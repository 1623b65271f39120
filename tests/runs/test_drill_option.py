"""A drill: the suite against the sandbox, ill on purpose, so that its alarm can be seen; every output says so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.runs.conftest import Run
from tests.suite import ROOT, perform

FAULT = "custom-database-down"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_drill_asks_the_sandbox_whatever_is_configured(run: Run, workers: tuple[str, ...]) -> None:
    before = len(run.box.asked)
    performance = run("--drill", FAULT, *workers)

    assert len(run.box.asked) == before
    assert performance.code == 1, performance.output
    assert performance.run["mode"] == "drill"
    assert performance.run["drill"] == [FAULT]
    assert performance.verdicts["login_hands_out_tokens", "password-realm:custom-users"]["status"] == "down"
    assert performance.verdicts["issuer_is_this_tenant", ""]["status"] == "up"


def test_every_output_says_that_it_is_a_drill(tmp_path: Path) -> None:
    performance = perform(tmp_path / "reports", {}, f"--drill={FAULT},statuspage-html")

    first = performance.output.split("test session starts")[1].splitlines()[2]
    last = " ".join(performance.output.split())
    assert first.startswith(
        "DRILL: a sandbox on this machine is probed, with the fault custom-database-down, statuspage-html"
    )
    assert f"DRILL: {FAULT}, statuspage-html. The sandbox fails on purpose" in last[last.index(" failed, ") :]
    page = (performance.reports / "report.html").read_text()
    assert "<title>DRILL, DOWN" in page.replace("\n", "") or "DRILL, DOWN" in page
    junit = ET.parse(performance.reports / "junit.xml")  # noqa: S314 -- we wrote it
    told = [each for tag in ("failure", "error", "skipped") for each in junit.iter(tag)]
    assert told
    assert all((each.get("message") or "").startswith("[DRILL] ") for each in told)
    assert all((each.text or "").startswith("[DRILL] ") for each in told)
    properties = {each.get("name"): each.get("value") for each in junit.iter("property")}
    assert (properties["mode"], properties["drill"]) == ("drill", f"{FAULT}, statuspage-html")
    assert json.loads((performance.reports / "results.json").read_text())["run"]["mode"] == "drill"


def worded(text: str) -> str:
    """These words, whatever the width; what holds a digit differs from run to run."""
    return " ".join("#" if re.search(r"\d", word) else word for word in text.split())


def test_readme_shows_what_the_drill_that_it_names_says(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.search(r"`make probe DRILL=(\S+)`:\n\n```text\n(.*?)```", readme, re.DOTALL)
    assert example, "README.md shows no drill"
    named, shown = example.groups()
    said = worded(perform(tmp_path / "reports", {}, f"--drill={named}").output)

    parts = [worded(part) for part in re.split(r"^ *…$", shown, flags=re.MULTILINE) if part.strip()]
    assert len(parts) > 2
    assert [part for part in parts if part not in said] == []


def test_timeouts_hold_in_a_drill_and_credentials_do_not_reach_it(tmp_path: Path) -> None:
    variables = {"AUTH0_TIMEOUT": "1", "AUTH0_CONNECT_TIMEOUT": "1", "AUTH0_CLIENT_SECRET": "t0p-s3cret-0123456789"}
    performance = perform(tmp_path / "reports", variables, "--drill", "hang", "-k", "discovery")

    assert {verdict["status"] for verdict in performance.verdicts.values()} == {"down"}
    assert all("timed out: 1 s" in verdict["reason"] for verdict in performance.verdicts.values())
    assert "AUTH0_CLIENT_SECRET" not in performance.run["environment"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--drill", "custom-databse-down"), "the sandbox knows no fault called custom-databse-down"),
        (("--drill", FAULT, "--live"), "--live and --drill"),
    ],
)
def test_drill_that_makes_no_sense_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    performance = perform(tmp_path / "reports", {"AUTH0_DOMAIN": "a.example"}, *arguments)

    assert performance.code == 4
    assert told in performance.output
    assert told in performance.run["ended"]
    assert performance.run["status"] == "unknown"
