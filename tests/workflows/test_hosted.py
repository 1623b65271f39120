"""The stand-in for GitHub's artifacts: one of a name a run; overwriting removes what has the name that was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workflows.hosted import Hosted, Refused
from tests.workflows.rehearsal import WORKFLOWS, read

ALWAYS: dict[str, Any] = {"path": "reports/report.html", "archive": False, "overwrite": True, "retention-days": 14}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "work/reports").mkdir(parents=True)
    (tmp_path / "work/reports/report.html").write_text("a page", encoding="utf-8")
    return tmp_path / "work"


def test_file_without_the_name_that_it_will_have_cannot_be_uploaded_again(workspace: Path, tmp_path: Path) -> None:
    hosted = Hosted(tmp_path / "hosted")
    hosted.upload(ALWAYS, workspace, 1)
    hosted.upload(ALWAYS, workspace, 2)

    with pytest.raises(Refused, match=r"report\.html exists already on this run"):
        hosted.upload(ALWAYS, workspace, 1)


def test_file_with_the_name_that_it_will_have_takes_the_place_of_the_one_before(
    workspace: Path, tmp_path: Path
) -> None:
    hosted = Hosted(tmp_path / "hosted")
    for _ in range(2):
        hosted.upload(ALWAYS | {"name": "report.html"}, workspace, 1)

    assert [each["name"] for each in hosted.index] == ["report.html"]


@pytest.mark.parametrize("name", sorted(each.name for each in WORKFLOWS.glob("*.yml")))
def test_every_file_that_is_uploaded_as_it_is_has_its_own_name(name: str) -> None:
    steps = [step for job in read(name)["jobs"].values() for step in job["steps"]]
    given = [step["with"] for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")]

    assert all(each["name"] == Path(each["path"]).name for each in given if each.get("archive") is False)
