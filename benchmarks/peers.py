"""The same recorded requests by other tools, where they are installed: what that takes; nothing is judged.

None of them is installed by us. What was recorded is sent again as it was; a token that may be used once is refused the
second time, which takes as long, and certificates are not verified, which takes them less.
"""

from __future__ import annotations

import base64
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Requests = Sequence[Mapping[str, Any]]
"""Of each request the ``method``, ``url``, ``headers`` and ``body``, as ``benchmarks.floor`` records them."""

ANY_STATUS = (200, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503)


@dataclass(frozen=True)
class Peer:
    """A tool: the program that is called, the word that its version says, and how its files are written."""

    program: str
    says: str
    write: Callable[[Path, Requests], list[str]]


def hurl(folder: Path, requests: Requests) -> list[str]:
    """A file each, since it does files at once."""
    files = []
    for number, request in enumerate(requests):
        headers = "".join(f"{name}: {value}\n" for name, value in request["headers"].items())
        body = f"```\n{request['body']}\n```\n" if request["body"] else ""
        file = folder / f"{number:03}.hurl"
        file.write_text(f"{request['method']} {request['url']}\n{headers}{body}HTTP *\n")
        files.append(str(file))
    return ["hurl", "--test", "--insecure", "--parallel", "--jobs", "30", *files]


def k6(folder: Path, requests: Requests) -> list[str]:
    calls = [[each["method"], each["url"], each["body"] or None, {"headers": each["headers"]}] for each in requests]
    options = {"insecureSkipTLSVerify": True, "batch": 64, "batchPerHost": 64, "noConnectionReuse": True}
    script = folder / "script.js"
    script.write_text(
        f"import http from 'k6/http';\nexport const options = {json.dumps(options)};\n"
        f"export default function () {{ http.batch({json.dumps(calls)}); }}\n"
    )
    return ["k6", "run", "--quiet", "--no-usage-report", str(script)]


def newman(folder: Path, requests: Requests) -> list[str]:
    items = [
        {
            "name": str(number),
            "request": {
                "method": each["method"],
                "url": each["url"],
                "header": [{"key": name, "value": value} for name, value in each["headers"].items()],
                "body": {"mode": "raw", "raw": each["body"]},
            },
        }
        for number, each in enumerate(requests)
    ]
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    collection = folder / "collection.json"
    collection.write_text(json.dumps({"info": {"name": "peers", "schema": schema}, "item": items}))
    return ["newman", "run", str(collection), "--insecure", "--silent"]


def tavern(folder: Path, requests: Requests) -> list[str]:
    """JSON is YAML. A brace is written twice: within one it looks for a variable."""
    stages = [
        {
            "name": str(number),
            "request": {
                "method": each["method"],
                "url": each["url"],
                "headers": each["headers"],
                "verify": False,
                "follow_redirects": False,
                **({"data": each["body"].replace("{", "{{").replace("}", "}}")} if each["body"] else {}),
            },
            "response": {"status_code": list(ANY_STATUS)},
        }
        for number, each in enumerate(requests)
    ]
    file = folder / "test_peers.tavern.yaml"
    file.write_text(json.dumps({"test_name": "peers", "stages": stages}))
    return ["tavern-ci", str(file)]


def robot(folder: Path, requests: Requests) -> list[str]:
    lines = ["*** Settings ***", "Library    RequestsLibrary", "*** Test Cases ***"]
    for number, each in enumerate(requests):
        lines += [
            f"Request {number}",
            f"    VAR    ${{headers}}    {_cell(each['headers'])}",
            f"    VAR    ${{body}}    {_cell(each['body'])}",
            f"    {each['method']}    url={each['url']}    headers=${{headers}}    expected_status=any"
            + ("    verify=${False}    data=${body}" if each["body"] else "    verify=${False}"),
        ]
    suite = folder / "peers.robot"
    suite.write_text("\n".join(lines) + "\n")
    return ["robot", "--output", "NONE", "--report", "NONE", "--log", "NONE", "--console", "dotted", str(suite)]


def _cell(value: object) -> str:
    """A value in a cell of Robot Framework, in which most signs mean something: by letters that mean nothing."""
    packed = base64.b64encode(json.dumps(value).encode()).decode()
    return f"${{{{ json.loads(base64.b64decode('{packed}')) }}}}"


PEERS = {
    "hurl": Peer("hurl", "libcurl", hurl),  # by which it is told from another program of that name
    "k6": Peer("k6", "k6", k6),
    "newman": Peer("newman", "", newman),
    "tavern": Peer("tavern-ci", "", tavern),
    "robot": Peer("robot", "Robot Framework", robot),
}


def missing(peer: Peer) -> str:
    """Why this one cannot be measured; empty where it can."""
    if not shutil.which(peer.program):
        return f"{peer.program} is not installed"
    if peer.says:
        version = subprocess.run([peer.program, "--version"], capture_output=True, text=True, check=False)
        if peer.says not in version.stdout + version.stderr:
            return f"{peer.program} is another program of that name"
    return ""


def measure(environment: Mapping[str, str], rounds: int, cost: Callable[..., Any]) -> None:
    """Print what each takes for the requests that the floor has made, and how many times that is of the floor's."""
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder) / "requests.json"
        command = [sys.executable, "-m", "benchmarks.floor"]
        cost(command, {**environment, "FLOOR_RECORDS": str(recorded)})
        floor = statistics.median(cost(command, dict(environment))[0].wall for _ in range(rounds))
        requests = json.loads(recorded.read_text())
        print(
            f"\nThe same {len(requests)} requests by other tools, median of {rounds}; the floor takes {floor:.2f} s\n"
        )
        print("| tool | wall s | ratio | cpu s |")
        print("| --- | ---: | ---: | ---: |")
        for name, peer in PEERS.items():
            print(f"| {name} | {_measured(name, peer, Path(folder), requests, (rounds, floor, cost, environment))} |")


def _measured(name: str, peer: Peer, folder: Path, requests: Requests, how: tuple[Any, ...]) -> str:
    rounds, floor, cost, environment = how
    if why := missing(peer):
        return f"{why} | – | –"
    environment = {name: value for name, value in environment.items() if not name.startswith(("PYTEST_", "AUTH0_"))}
    own = folder / name
    own.mkdir()
    command = peer.write(own, requests)
    try:
        spent = [cost(command, environment, own)[0] for _ in range(rounds)]
    except SystemExit as error:
        return f"it failed: {str(error).splitlines()[-1][:200]} | – | –"
    wall = statistics.median(each.wall for each in spent)
    processor = statistics.median(each.processor for each in spent)
    return f"{wall:.2f} | {wall / floor:.2f} × | {processor:.2f}"
