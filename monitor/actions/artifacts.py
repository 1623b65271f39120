"""The history's way from run to run: the newest good artifact of this branch, and beside it what the cache has."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor import addresses, history, program
from monitor.configuration.variables import PREFIX
from monitor.text import one_line

NAME = "history"
"""The artifact, and the stem of the file in it."""

FILE = f"{NAME}.sqlite"
TRIES = 5
"""How many artifacts are looked at, the newest first, before nothing is called good."""

LISTED, CARRIED = 60, 300
"""Seconds that gh has to list artifacts, and to bring one."""


class GitHubUnavailable(Exception):
    """GitHub did not answer, or something else than was asked; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A history that some run has left."""

    number: int
    made: str

    def __str__(self) -> str:
        return f"the {NAME} of {self.made}"


@dataclass(frozen=True, slots=True)
class GitHub:
    """The artifacts of a repository, by gh. Whatever it cannot do raises GitHubUnavailable."""

    repository: str
    branch: str
    values: Mapping[str, str]

    def artifacts(self) -> list[Artifact]:
        """The histories that runs of this branch, of this repository itself, have left; the newest first."""
        told = self.asked(f"actions/artifacts?name={NAME}&per_page=100", LISTED)
        try:
            listed: list[dict[str, Any]] = json.loads(told)["artifacts"]
            good = [each for each in listed if not each["expired"] and self._is_ours(each)]
            found = [Artifact(int(each["id"]), str(each["created_at"])[:20]) for each in good]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise GitHubUnavailable(
                f"gh did not list artifacts as documented ({type(error).__name__}): update it"
            ) from None
        return sorted(found, key=lambda each: (each.made, each.number), reverse=True)

    def bring(self, artifact: Artifact, to: Path) -> None:
        """Unpack this artifact's file. Raises GitHubUnavailable, or ValueError where there is no such file in it."""
        packed = self.asked(f"actions/artifacts/{artifact.number}/zip", CARRIED)
        try:
            with zipfile.ZipFile(io.BytesIO(packed)) as archive, archive.open(FILE) as inside, to.open("wb") as out:
                shutil.copyfileobj(inside, out)
        except (zipfile.BadZipFile, KeyError, EOFError) as error:
            raise ValueError(f"{artifact} is no archive with {FILE} in it ({error})") from None

    def _is_ours(self, artifact: Mapping[str, Any]) -> bool:
        """A pull request from a fork may leave an artifact of any name."""
        run = artifact["workflow_run"]
        return bool(run["head_branch"] == self.branch and run["head_repository_id"] == run["repository_id"])

    def asked(self, path: str, seconds: float = LISTED) -> bytes:
        """What is under this path of the repository."""
        gh = shutil.which("gh", path=self.values.get("PATH"))
        if not gh:
            raise GitHubUnavailable("gh is not on PATH: install GitHub's command line")
        if refused := addresses.refusal_of_proxies(self.values):
            raise GitHubUnavailable(f"gh is not called: {refused}")
        kept = {name: value for name, value in self.values.items() if not name.startswith(PREFIX)}
        try:
            ran = program.run([gh, "api", f"repos/{self.repository}/{path}".rstrip("/")], values=kept, seconds=seconds)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitHubUnavailable(f"gh did not answer ({type(error).__name__}): see githubstatus.com") from None
        if ran.returncode:
            why = one_line(ran.stderr.decode(errors="replace"), 200) or f"status {ran.returncode}"
            raise GitHubUnavailable(
                f"gh cannot read {_topic(path)} ({why}): give the job actions: read, and the step GH_TOKEN"
            )
        return ran.stdout


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the history came from (empty: there is none yet), and what has to be said loudly."""

    source: str
    problems: tuple[str, ...]
    trusted: bool
    """Whether what is made of it may take its place: not where GitHub did not say which histories there are."""


def restore(github: GitHub, cached: Path, file: Path) -> Restored:
    """Bring the newest good history to ``file``, and into it what only the cached copy knows.

    A copy that is corrupt stays beside the file, under a name that says so. Raises FileExistsError where there is a
    file already, which is never overwritten.
    """
    if file.exists():
        raise FileExistsError(f"{file} is there already: move it away, or name another file with --history")
    file.parent.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    source, trusted = "", True
    try:
        source = _brought(github, file, problems)
    except GitHubUnavailable as error:
        problems.append(str(error))
        trusted = False
    if cached.exists() and not (why := _wrong(cached)):
        if source:
            history.merge(file, [cached])
        else:
            shutil.copyfile(cached, file)
        source = f"{source}, and the cache" if source else "the cache"
    elif cached.exists():
        problems.append(f"the cached history is set aside: {why}")
    if not source and problems:
        trusted = False  # there was one, and a new one would hide it
    return Restored(source, tuple(problems), trusted)


def _brought(github: GitHub, file: Path, problems: list[str]) -> str:
    for artifact, copy in _copies(github, file):
        why = ""
        try:
            github.bring(artifact, copy)
        except ValueError as error:
            why = str(error)
        why = why or _wrong(copy)
        if not why:
            copy.replace(file)
            return str(artifact)
        problems.append(f"{artifact} (artifact {artifact.number}) is set aside: {why}")
    return ""


def _copies(github: GitHub, file: Path) -> Iterator[tuple[Artifact, Path]]:
    for artifact in github.artifacts()[:TRIES]:
        yield artifact, file.with_name(f"{file.name}.of-{artifact.number}")


def _wrong(file: Path) -> str:
    """What is wrong with this file as a history; nothing where it can be read whole."""
    try:
        read = history.read(file)
    except history.Unusable as error:
        return str(error)
    return "" if read.mode == "live" else f"it has {read.mode} runs"


def _topic(path: str) -> str:
    """What this path of GitHub's API is about: ``artifacts``, ``runs``."""
    words = path.partition("?")[0].split("/")
    return words[1] if len(words) > 1 else "the repository"


def environment() -> GitHub:
    """As the step was told: GITHUB_REPOSITORY, GITHUB_REF_NAME, and a token for gh.

    Where no repository is named gh takes that of the folder.
    """
    values = dict(os.environ)
    return GitHub(values.get("GITHUB_REPOSITORY", "") or "{owner}/{repo}", values.get("GITHUB_REF_NAME", ""), values)
