"""The whole path: a sandbox falls ill, the suite asks it, and somebody is told; once, and when it is over as well."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

import sandbox
from monitor import history
from monitor.verdict import Run
from sandbox.box import Sandbox
from tests.canaries import SECRET, found
from tests.suite import configured, environment, perform
from tests.telling.desk import PATHS, TOKEN, Desk
from tests.wire.servers import Server, answer, saying, silent

FAULTS = {"well": (), "database": ("custom-database-down",), "refused": ("login-refused",)}


@pytest.fixture(scope="module")
def boxes() -> Iterator[dict[str, Sandbox]]:
    started = {name: sandbox.start(faults) for name, faults in FAULTS.items()}
    yield started
    for each in started.values():
        each.stop()


@dataclass
class Rounds:
    """Rounds as a scheduler makes them: probe, record, tell."""

    desk: Desk
    boxes: dict[str, Sandbox]
    printed: str = ""
    number: int = 0

    def round(self, state: str) -> int:
        """One more, with the sandbox in this state; the exit status of telling."""
        self.number += 1
        box = self.boxes[state]
        variables = configured(box, self.desk.folder) | {"AUTH0_TENANTS": "prod", "AUTH0_DEPENDENCIES": "none"}
        ran = perform(self.desk.reports, variables, "--live", "-k", "login_hands or discovery or profile")
        history.record(self.desk.file, [Run.from_dict(ran.document)], link=f"https://ci.example/{self.number}")
        told = self.desk.call(**{**environment(**variables), **self.desk.values})
        self.printed += told.stdout + told.stderr
        assert (self.desk.reports / "report.html").exists()
        return told.returncode


def test_outage_of_a_sandbox_is_told_from_its_beginning_to_its_end(desk: Desk, boxes: dict[str, Sandbox]) -> None:
    rounds = Rounds(desk, boxes)
    rounds.round("database")
    assert (desk.issues, desk.messages) == ([], [])

    rounds.round("database")
    (issue,) = desk.issues
    assert issue["state"] == "OPEN"
    assert "extension, certain: logins" in issue["body"]
    assert "Auth0's log says the exchange for tokens failed (fepft)" in issue["body"]
    assert "the script of the connection custom-users" in issue["body"]
    assert "docs/runbook.md#connection" in issue["body"]
    assert "→ 500, " in issue["body"]
    assert "https://ci.example/1" in issue["body"]
    assert [each["type"] for each in desk.messages] == ["failure"]

    with closing(sqlite3.connect(desk.file)) as connection, connection:  # a quarter of an hour later
        connection.execute("UPDATE told SET at = at - 1000")
    rounds.round("refused")
    (issue,) = desk.issues
    assert len(issue["comments"]) == 1
    assert "configuration, certain: prod rejects the synthetic user" in issue["comments"][0]["body"]

    rounds.round("well")
    assert desk.issues[0]["state"] == "OPEN"
    rounds.round("well")
    assert desk.issues[0]["state"] == "CLOSED"
    assert [each["type"] for each in desk.messages] == ["failure", "warning", "success"]
    secrets = {value for box in boxes.values() for name, value in box.environment.items() if name.endswith(SECRET)}
    handed = [token for box in boxes.values() for token in box.handed_out]
    written = {"the terminal": rounds.printed, "the chat": str(desk.messages), "GitHub": str(desk.issues)}
    assert found(written, [*secrets, *handed, TOKEN, *PATHS.split("/")]) == []


def test_channels_that_fail_and_hang_stop_neither_the_others_nor_the_reports(
    desk: Desk, boxes: dict[str, Sandbox]
) -> None:
    with Server(silent) as hanging, Server(saying(answer(500))) as failing:
        others = [f"json://127.0.0.1:{each.port}/?rto=1" for each in (hanging, failing)]
        desk.values["AUTH0_NOTIFY"] = " ".join([*others, desk.address])
        desk.values["AUTH0_CONFIRM"] = "1"
        rounds = Rounds(desk, boxes)
        code = rounds.round("database")

    assert code == 1
    assert len(desk.messages) == len(desk.issues) == 1
    assert rounds.printed.count("was not notified") == 2
