"""Other tools: what is written for each has every request, and one that is not there is named."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import peers
from benchmarks.__main__ import Cost
from benchmarks.peers import PEERS

REQUESTS: list[dict[str, Any]] = [
    {"method": "GET", "url": "https://127.0.0.1:1/test", "headers": {"Host": "localhost:1"}, "body": ""},
    {
        "method": "POST",
        "url": "https://localhost:1/oauth/ro",
        "headers": {"Host": "localhost:1", "Content-Type": "application/json"},
        "body": json.dumps({"password": 'p%{a}$"\\ä'}),
    },
]


def program(folder: Path, name: str, says: str, *, code: int = 0) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)


@pytest.mark.parametrize("name", PEERS)
def test_files_have_every_request_and_the_command_names_them(name: str, tmp_path: Path) -> None:
    command = PEERS[name].write(tmp_path, REQUESTS)
    files = {file.name: file.read_text() for file in tmp_path.iterdir()}
    whole = "\n".join(files.values())

    assert command[0] == PEERS[name].program
    assert all(any(word.endswith(file) for word in command) for file in files)
    assert all(request["url"] in whole and request["method"] in whole for request in REQUESTS)


def test_body_stands_in_roboframeworks_cell_by_letters_alone() -> None:
    body = str(REQUESTS[1]["body"])
    cell = peers._cell(body)  # noqa: SLF001 -- the one thing that is easily wrong

    assert set("\\%#@&").isdisjoint(cell)
    assert eval(cell.removeprefix("${{").removesuffix("}}"), {"json": json, "base64": base64}) == body  # noqa: S307


def test_body_of_json_is_no_variable_of_taverns(tmp_path: Path) -> None:
    peers.tavern(tmp_path, REQUESTS)
    (file,) = tmp_path.iterdir()
    sent = [stage["request"].get("data", "") for stage in json.loads(file.read_text())["stages"]]

    assert any("{" in str(request["body"]) for request in REQUESTS)
    assert [each.format() for each in sent] == [str(request["body"]) for request in REQUESTS]


def measured(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The rows that are printed, where only what lies in this folder is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def cost(command: list[str], environment: dict[str, str], folder: Path = tmp_path) -> tuple[Cost, str]:
        if "FLOOR_RECORDS" in environment:
            Path(environment["FLOOR_RECORDS"]).write_text(json.dumps(REQUESTS))
        elif command[0] == "newman":
            raise SystemExit("newman ended with 1:\nfirst\nlast line")
        assert folder.is_dir()
        return Cost(0.5 if "benchmarks.floor" in command else 2.0, 1.0, 10.0), ""

    peers.measure({}, 1, cost)
    lines = [line.strip("|").split("|", 1) for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    return {name.strip(): row.strip() for name, row in lines}


def test_what_is_there_is_measured_and_what_is_not_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "k6", "k6 v9.9")
    program(tmp_path, "hurl", "hurl 0.1 from somewhere else")
    program(tmp_path, "newman", "")
    rows = measured(capsys, tmp_path, monkeypatch)

    assert rows["k6"] == "2.00 | 4.00 × | 1.00"
    assert rows["hurl"] == "hurl is another program of that name | – | –"
    assert rows["newman"] == "it failed: last line | – | –"
    assert rows["tavern"] == "tavern-ci is not installed | – | –"
    assert rows["robot"] == "robot is not installed | – | –"


def test_hurl_is_known_by_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, "hurl", "hurl 6.1.1 libcurl/8.5.0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert peers.missing(PEERS["hurl"]) == ""
