"""What becomes of a round's reports: the newest lie where everybody looks, the others beside; the history has all."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from monitor import files, history, reports, results

FOLDER = "rounds"
_EVIDENCE = (".har", ".sh", ".txt")
"""How the files of evidence end."""

KEPT, KEPT_ILL = 60, 600
"""How many rounds' reports stay where the folder is used again and again: of all, and of those that have evidence."""


def newest(top: Path, folder: Path) -> list[str]:
    """Let ``top`` have what the round in ``folder`` has; each file is replaced at once, what it lacks removed.

    A line for each that could not be: something else has its name, and is left alone.
    """
    problems = []
    for report in reports.REPORTS if folder != top else ():
        target = top / report.name
        try:
            _refuse_others(target) if report.is_folder else files.refuse_others(target)
            if report.is_folder and not (folder / report.name).exists():
                _keep(target, folder)
            else:
                _replace(target, folder / report.name)
        except OSError as error:
            cure = "move it away, or name another folder with --reports"
            problems.append(f"{target} was not replaced ({error.strerror or error}): {cure}")
    return problems


def _refuse_others(folder: Path) -> None:
    """Raise OSError unless there is nothing, or a folder of evidence: of files that are called as a round's."""
    inside = [each for each in folder.rglob("*") if not each.is_dir()]
    if folder.is_symlink() or files.kind(folder) not in ("", "a folder") or folder.is_file():
        raise FileExistsError(errno.EEXIST, "something else than a folder has that name")
    if any(each.is_symlink() or each.suffix not in _EVIDENCE for each in inside):
        raise FileExistsError(errno.EEXIST, "something is there that this suite did not write")


def _replace(target: Path, source: Path) -> None:
    beside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, beside)
    elif source.exists():
        shutil.copyfile(source, beside)
    if target.is_dir():
        shutil.rmtree(target)
    if beside.exists():
        beside.replace(target)
    else:
        target.unlink(missing_ok=True)


def _keep(evidence: Path, folder: Path) -> None:
    """Let the evidence of an earlier round stay, which is the last that was ill; it says so."""
    if evidence.is_dir():
        reports.mark_earlier(evidence, f"that of {folder.name} has none")


def forget(top: Path) -> None:
    """Remove the oldest rounds' reports, evidence last; only folders that are called as ours are."""
    folders = sorted((top / FOLDER).glob("[0-9]*T[0-9]*Z-[0-9]*"), reverse=True)
    ill = [folder for folder in folders if (folder / reports.EVIDENCE.name).exists()]
    for folder in set(folders) - set(folders[:KEPT]) - set(ill[:KEPT_ILL]):
        shutil.rmtree(folder, ignore_errors=True)


def record(file: Path, folder: Path) -> str:
    """Take this round into the history; what must be said loudly (empty: nothing). Raises Unusable.

    A drill, and a sandbox, are no part of it; a shard that had nobody to ask has nothing to add.
    """
    try:
        run = results.read(folder / results.NAME)
    except results.UnreadableResults as error:
        raise history.Unusable(str(error)) from None
    if run.mode != "live":
        return f"a {run.mode} is not recorded"
    if run.asked_elsewhere:
        return f"shard {run.shard} is not recorded: it has no tenant, and no probe ran"
    return history.record(file, [run], link=link()).warning


def link() -> str:
    """Where this run can be seen, as far as the environment tells."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name, "") for name in names)
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return os.environ.get("CI_JOB_URL", "")
