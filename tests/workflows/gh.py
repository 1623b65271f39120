"""GitHub's command line, as far as the workflows use it: it writes down how it was called, and knows the artifacts.

``GH_STORE`` names the folder of the artifacts. Issues are those of the stand-in that telling has.
"""

from __future__ import annotations

import io
import json
import os
import runpy
import sys
import zipfile
from pathlib import Path

STORE = Path(os.environ["GH_STORE"])
ISSUES = Path(__file__).parents[1] / "telling" / "gh.py"


def main(arguments: list[str]) -> int:
    with (STORE / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(arguments) + "\n")
    if not os.environ.get("GH_TOKEN"):
        print("gh: set GH_TOKEN", file=sys.stderr)
        return 4
    broken = STORE / "broken"  # with a word in it, that command alone
    if broken.exists() and broken.read_text(encoding="utf-8") in ("", arguments[0]):
        print("HTTP 503: unavailable", file=sys.stderr)
        return 1
    if arguments[0] != "api":
        sys.argv = [str(ISSUES), *arguments]
        runpy.run_path(str(ISSUES), run_name="__main__")
        return 0
    path = arguments[1].partition("/actions/artifacts")[2]
    if path.startswith("?name=history&"):
        index = json.loads((STORE / "index.json").read_text(encoding="utf-8"))
        print(json.dumps({"artifacts": [each for each in index if each["name"] == "history"]}))
        return 0
    packed = io.BytesIO()
    folder = STORE / path.split("/")[1]
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    sys.stdout.buffer.write(packed.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
