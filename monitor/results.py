"""results.json: the run as it is, for programs and for rebuilding the other reports; its schema is in reports/."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import files, schemas, text
from monitor.status import FAILING, Status
from monitor.verdict import Run

NAME = "results.json"

SCHEMA = 2
"""The number of the document's form: it changes when a reader of the old one would be wrong, not with a new key."""

SCHEMA_FILE = Path(__file__).with_name("reports") / "results.schema.json"
"""Where others link it."""

FORMS = {1: SCHEMA_FILE.with_name("results.schema-1.json"), SCHEMA: SCHEMA_FILE}
"""The schema of each form that is read. In the first, each verdict has its attempts itself."""


LONGEST = 2_678_400.0
"""The most seconds that a run took: whatever says more is damaged, and would count as new for ever."""


class UnreadableResults(ValueError):
    """A file that is not a whole results.json; the message names the file, the cause and the cure."""


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:  # noqa: ARG001 - as any report
    """Write ``schema``, ``run``, ``verdicts`` and ``attempts`` as JSON, a line for each verdict and each attempt.

    In ASCII and without NaN, so that any reader can take it.
    """
    document = {"schema": SCHEMA} | run.to_dict()
    files.replace(path, "{\n" + ",\n".join(f' "{name}": {_json(value)}' for name, value in document.items()) + "\n}\n")


def _json(value: object) -> str:
    """This value in one line; a list in a line for each of what is in it."""
    import json

    # Without indent: with it Python's encoder in C is not used, and it takes ten times as long.
    if not isinstance(value, list) or not value:
        return json.dumps(value, allow_nan=False)
    return "[\n  " + ",\n  ".join(json.dumps(each, allow_nan=False) for each in value) + "\n ]"


def read(path: Path) -> Run:
    """The run that was written there. Raises UnreadableResults: the file is missing, cut short, or something else."""
    import json

    try:
        if files.kind(path) == "a device":  # some of them never end
            raise FileExistsError(errno.EEXIST, "a device has that name")
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        cause = _misfit(document, FORMS[form(document)])
        if not cause and not (cause := _odd_times(document["run"])):
            return run_of(document)
    except OSError as error:
        cause = error.strerror or str(error)
    except (KeyError, TypeError, AttributeError) as error:
        cause = f"not what this suite writes: {type(error).__name__} {error}"
    except (ValueError, RecursionError) as error:
        cause = str(error)
    raise UnreadableResults(text.one_line(f"{path} cannot be read ({cause}): restore it, or run the suite again"))


def _odd_times(run: Mapping[str, Any]) -> str:
    """Why these are no times of a run, though they have the form: whoever adds them up would run out of numbers."""
    try:
        ended = datetime.fromisoformat(run["started"]) + timedelta(seconds=run["seconds"])
    except OverflowError:
        ended = None
    return "" if ended and run["seconds"] <= LONGEST else "its run ended at no time that there is"


def form(document: dict[str, Any]) -> int:
    """The number of this document's form. Raises ValueError where this version does not read it, KeyError for none."""
    number: Any = document["schema"]
    if type(number) is not int or number not in FORMS:
        raise ValueError(f"its form is {number!r}, and this version reads {' and '.join(map(str, FORMS))}")
    return number


def run_of(document: dict[str, Any]) -> Run:
    """The run of a document of any form that is read, which is not held against the schema.

    Raises ValueError, KeyError, TypeError or AttributeError where it is something else.
    """
    if form(document) == 1:
        return Run.from_dict({name: value for name, value in document.items() if name != "attempts"})
    if not isinstance(document.get("attempts"), list):
        raise TypeError("its attempts are no list")
    return Run.from_dict(document)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number in JSON")


def _misfit(document: dict[str, Any], schema_file: Path) -> str:
    """What of it is not as its schema has it; empty where all is. What is merged must not break the reports."""
    import json

    found = schemas.misfit(json.loads(schema_file.read_text(encoding="utf-8")), document)
    return f"not what this suite writes: {found.place}: {found.message[:200]}" if found else ""
