"""GitHub's command line, as far as we use it: its issues lie in a JSON file, and it writes down how it was called.

``GH_STATE`` names the file. What is under ``broken`` there (``issue create``, say) fails, or hangs where it says so.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = Path(os.environ["GH_STATE"])


def option(arguments: list[str], name: str, default: str = "") -> str:
    return arguments[arguments.index(name) + 1] if name in arguments else default


def main(arguments: list[str]) -> int:
    stdin = sys.stdin.read()
    what = " ".join(arguments[:2])
    with FILE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = json.loads(FILE.read_text(encoding="utf-8"))
        state["calls"].append({"arguments": arguments, "stdin": stdin, "environment": sorted(os.environ)})
        broken = state["broken"].get(what)
        code = 1 if broken else COMMANDS[what](state, arguments, stdin)
        FILE.write_text(json.dumps(state), encoding="utf-8")
    if broken == "hang":
        time.sleep(600)
    if broken:
        print(broken, file=sys.stderr)
    return code


def list_(state: dict[str, Any], arguments: list[str], _stdin: str) -> int:
    asked = option(arguments, "--state").upper()
    found = [
        each
        for each in reversed(state["issues"])
        if option(arguments, "--label") in each["labels"] and asked in ("ALL", each["state"])
    ]
    fields = option(arguments, "--json").split(",")
    made = {"createdAt": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}
    print(json.dumps([{name: (made | each)[name] for name in fields} for each in found]))
    return 0


def view(state: dict[str, Any], arguments: list[str], _stdin: str) -> int:
    print(json.dumps({"comments": _issue(state, arguments)["comments"]}))
    return 0


def create(state: dict[str, Any], arguments: list[str], stdin: str) -> int:
    label = option(arguments, "--label")
    if label not in state["labels"]:
        print(f"could not add label: '{label}' not found", file=sys.stderr)
        return 1
    number = len(state["issues"]) + 1
    issue = {"number": number, "title": option(arguments, "--title"), "body": stdin, "state": "OPEN"}
    state["issues"].append(issue | {"labels": [label], "comments": []})
    print(f"https://github.com/{option(arguments, '--repo')}/issues/{number}")
    return 0


def comment(state: dict[str, Any], arguments: list[str], stdin: str) -> int:
    _issue(state, arguments)["comments"].append({"body": stdin, "viewerDidAuthor": True})
    return 0


def close(state: dict[str, Any], arguments: list[str], _stdin: str) -> int:
    _issue(state, arguments)["state"] = "CLOSED"
    return 0


def reopen(state: dict[str, Any], arguments: list[str], _stdin: str) -> int:
    _issue(state, arguments)["state"] = "OPEN"
    return 0


def label(state: dict[str, Any], arguments: list[str], _stdin: str) -> int:
    if arguments[2] in state["labels"]:
        print(f'label with name "{arguments[2]}" already exists; use `--force` to update', file=sys.stderr)
        return 1
    state["labels"].append(arguments[2])
    return 0


def _issue(state: dict[str, Any], arguments: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in state["issues"] if str(each["number"]) == arguments[2])
    return found


COMMANDS = {
    "issue list": list_,
    "issue view": view,
    "issue create": create,
    "issue comment": comment,
    "issue close": close,
    "issue reopen": reopen,
    "label create": label,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
