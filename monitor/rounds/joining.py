"""The rounds of several legs: the first of each are one run, the second of each another, and so on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor import results
from monitor.merging import legs, merging
from monitor.reports import Written, write_all
from monitor.rounds.archive import FOLDER
from monitor.status import Status
from monitor.text import for_name
from monitor.verdict import Run

_ROUND = re.compile(r"[0-9]{8}T[0-9]{6}Z-(?P<number>[0-9]+)")
_STAGED = "joined"


@dataclass(frozen=True, slots=True)
class Joined:
    """One round of all legs, and where its reports were written."""

    number: int
    run: Run
    folder: Path
    written: Written


def join(folder: Path, expected: legs.Expected, reports: Path, fail_on: frozenset[Status]) -> list[Joined]:
    """Merge, round by round, what legs have left in ``folder``: ``leg-NAME/`` or ``NAME/``, each with its reports.

    A leg that is expected and has no such round is an unknown in it. Where nothing at all was left there is one round,
    in which all of them are unknown.
    """
    found = _found(folder, expected.names)
    last = max((max(rounds, default=1) for rounds in found.values()), default=1)
    joined = []
    for number in range(1, last + 1):
        staged = _staged(folder / _STAGED / f"round-{number}", {name: found[name].get(number) for name in found})
        gathered = legs.gather(staged, expected)
        run = merging.merge(gathered.legs, gathered.problems)
        began = datetime.fromisoformat(run.started).timestamp()
        into = reports / FOLDER / f"{for_name(began)}-{number}" if last > 1 else reports
        joined.append(Joined(number, run, into, write_all(into, run, fail_on=fail_on)))
    return joined


def _found(folder: Path, names: Sequence[str]) -> dict[str, dict[int, Path]]:
    """Each leg's folders of reports, by the number of the round."""
    legs_: dict[str, dict[int, Path]] = {name: {} for name in names}
    for leg in sorted(each for each in folder.glob("*") if each.is_dir() and each.name != _STAGED):
        rounds = {
            int(match["number"]): each
            for each in sorted((leg / FOLDER).glob("*"))
            if (match := _ROUND.fullmatch(each.name)) and (each / results.NAME).exists()
        }
        legs_[leg.name.removeprefix("leg-")] = rounds or ({1: leg} if (leg / results.NAME).exists() else {})
    return legs_


def _staged(folder: Path, sources: dict[str, Path | None]) -> list[Path]:
    """The legs' results of one round in folders that are called as the legs are, as merging wants to find them."""
    shutil.rmtree(folder, ignore_errors=True)
    staged = []
    for name, source in sources.items():
        if source:
            (folder / name).mkdir(parents=True)
            shutil.copyfile(source / results.NAME, folder / name / results.NAME)
            staged.append(folder / name)
    return staged
