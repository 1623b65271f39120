"""A probe says what it stands on: in the plan, in its verdict, in every process; or it says nothing, or nonsense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.declared import rung_of
from tests.runs.conftest import Run
from tests.suite import copied

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])

PROBE = '''
def test_id_token_names_the_users_fax(login):
    """Does the ID token carry the user's fax number?"""
    assert "fax" in login.claims, "the ID token lacks the claim fax"
'''

NO_ROUTE = '''
import pytest

from monitor.failures import Unreachable


class NoRoute(Unreachable):
    pass


@pytest.mark.each("tenant", on="discovery")
def test_our_shop_finds_the_tenant(discovery):
    """Does our shop know the way?"""
    raise NoRoute("no route to it", discovery.exchange)
'''


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return copied(tmp_path / "suite")


def added(suite: Path, file: str, text: str) -> None:
    path = suite / "tests_synthetic" / file
    path.write_text((path.read_text() if path.exists() else '"""Ours."""\n\nimport pytest\n') + f"\n\n{text}")


def causes(run: dict[str, Any], probe: str) -> list[tuple[str, str]]:
    """By which rule and whose work it is that this probe is ill."""
    ids = {verdict["id"] for verdict in run["verdicts"] if verdict["probe"] == probe}
    return [(each["rule"], each["owner"]) for each in run["diagnosis"]["causes"] if ids & set(each["verdicts"])]


@WORKERS
def test_verdicts_have_the_rungs_of_their_probes_also_where_nobody_judged_them(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    with sandbox.start(["login-refused"]) as box:
        verdicts = Run(box, tmp_path)("-x", "-k", "test_login or test_refusals", *workers).document["verdicts"]

    assert {each["id"]: each["rung"] for each in verdicts} == {each["id"]: rung_of(each["id"]) for each in verdicts}
    assert len({each["rung"] for each in verdicts if each["reason"].startswith("not judged")}) > 4


SILENT = {
    "its own mark": ("test_login.py", f'@pytest.mark.each("login"){PROBE}'),
    "the mark of its file": ("test_login.py", PROBE),
    "its own mark in a file of yours": ("test_shop.py", f'@pytest.mark.each("login"){PROBE}'),
    "the mark of a file of yours": ("test_shop.py", f'pytestmark = pytest.mark.each("login")\n{PROBE}'),
}
"""Marks that say nothing of a rung, and where they stand."""


@pytest.mark.parametrize(("file", "text"), SILENT.values(), ids=SILENT)
def test_probe_that_says_nothing_is_unexplained(run: Run, suite: Path, file: str, text: str) -> None:
    added(suite, file, text)
    run.root = suite
    document = run("-k", "test_login or test_shop").document

    assert causes(document, "id_token_names_the_users_fax") == [("unexplained", "unknown")]
    assert len(document["diagnosis"]["causes"]) == 1


@pytest.mark.parametrize(("on", "owner"), [("claims", "extension"), ("scope", "configuration"), ("token", "auth0")])
def test_probe_has_the_owner_of_the_rung_that_it_says(run: Run, suite: Path, on: str, owner: str) -> None:
    added(suite, "test_login.py", f'@pytest.mark.each("login", on="{on}"){PROBE}')
    run.root = suite

    assert [whose for _, whose in causes(run("-k", "test_login").document, "id_token_names_the_users_fax")] == [owner]


@WORKERS
def test_rung_that_nobody_knows_is_an_error_that_names_the_probe_and_the_rungs(
    run: Run, suite: Path, workers: tuple[str, ...]
) -> None:
    added(suite, "test_shop.py", f'@pytest.mark.each("login", on="claim"){PROBE}')
    run.root = suite
    performance = run("-k", "test_login or test_shop", *workers)

    told = " ".join(performance.output.split())
    assert performance.code != 0
    assert "tests_synthetic/test_shop.py::test_id_token_names_the_users_fax: it stands on 'claim'" in told
    assert "which is no rung: write one of tls, discovery, keys," in told
    assert "Traceback" not in performance.output
    (lost,) = (each for each in performance.document["verdicts"] if each["id"] == "tests_synthetic/test_shop.py")
    assert lost["reason"].startswith("not judged: its file could not be collected: tests_synthetic/test_shop.py::test_")


@WORKERS
def test_failure_of_ones_own_is_told_as_the_one_that_it_is_below(
    run: Run, suite: Path, workers: tuple[str, ...]
) -> None:
    (suite / "tests_synthetic" / "test_shop.py").write_text(f'"""Ours."""\n{NO_ROUTE}')
    run.root = suite
    document = run("-k", "test_shop or test_dependencies", *workers).document

    (verdict,) = (each for each in document["verdicts"] if each["probe"] == "our_shop_finds_the_tenant")
    assert (verdict["status"], verdict["failure"], verdict["rung"]) == ("down", "Unreachable", "discovery")
    assert causes(document, "our_shop_finds_the_tenant") == [("unreachable", "auth0")]
