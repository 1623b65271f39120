"""results.json: the run as it is, for programs and for rebuilding the other reports; its schema is in reports/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from monitor import files, text
from monitor.status import FAILING, Status
from monitor.verdict import Run

NAME = "results.json"

SCHEMA = 1
"""The number of the document's form: it changes when a reader of the old one would be wrong, not with a new key."""

SCHEMA_FILE = Path(__file__).with_name("reports") / "results.schema.json"
"""Where others link it."""


class UnreadableResults(ValueError):
    """A file that is not a whole results.json; the message names the file, the cause and the cure."""


def write(path: Path, run: Run, *, fail_on: frozenset[Status] = FAILING) -> None:  # noqa: ARG001 - as any report
    """Write ``schema``, ``run`` and ``verdicts`` as JSON; in ASCII and without NaN, so that any reader can take it."""
    import json

    document = {"schema": SCHEMA} | run.to_dict()
    files.replace(path, json.dumps(document, indent=1, allow_nan=False) + "\n")


def read(path: Path) -> Run:
    """The run that was written there. Raises UnreadableResults: the file is missing, cut short, or something else."""
    import json

    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        form, run = document["schema"], Run.from_dict(document)
        cause = _misfit(document) if form == SCHEMA else f"its form is {form!r}, and this version reads {SCHEMA}"
    except OSError as error:
        cause = error.strerror or str(error)
    except (KeyError, TypeError, AttributeError) as error:
        cause = f"not what this suite writes: {type(error).__name__} {error}"
    except (ValueError, RecursionError) as error:
        cause = str(error)
    else:
        if not cause:
            return run
    raise UnreadableResults(text.one_line(f"{path} cannot be read ({cause}): restore it, or run the suite again"))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number in JSON")


def _misfit(document: dict[str, Any]) -> str:
    """What of it is not as its schema has it; empty where all is. What is merged must not break the reports."""
    import json

    import jsonschema

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    error = next(iter(jsonschema.Draft202012Validator(schema).iter_errors(document)), None)
    return f"not what this suite writes: {error.json_path}: {error.message[:200]}" if error else ""
