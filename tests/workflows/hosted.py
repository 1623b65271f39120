"""What stands in for GitHub's own actions: the artifacts, the cache and Pages are folders, a checkout is a copy."""

from __future__ import annotations

import atexit
import contextlib
import fnmatch
import functools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REPOSITORY, BRANCH = "acme/monitor", "main"


class Refused(Exception):
    """An action would have failed so."""


@functools.cache
def _tree() -> Path:
    """The suite as it is checked out, made once, and with its bytecode (pytest's too): no job compiles it anew."""
    tree = Path(tempfile.mkdtemp(prefix="checkout-"))
    atexit.register(shutil.rmtree, tree, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever git it is
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        file = ROOT / name
        compiled = file.parent.glob(f"__pycache__/{file.stem}.*.pyc") if file.suffix == ".py" else ()
        for each in (file, *compiled):
            with contextlib.suppress(FileNotFoundError):  # it went away meanwhile
                copy = tree / each.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(each, copy)
    return tree


def _link(file: str, to: str) -> None:
    try:
        os.link(file, to)
    except OSError:  # another file system
        shutil.copy2(file, to)


def _are_many(given: Mapping[str, Any]) -> bool:
    """Whether a cache is of several patterns, which are absolute here, and not of one folder of the workspace."""
    return "\n" in given["path"]


def _matched(given: Mapping[str, Any]) -> list[Path]:
    """What these patterns match; one with a ``!`` takes away."""
    found: set[Path] = set()
    for line in given["path"].split():
        pattern = line.removeprefix("!")
        assert pattern.startswith("/")
        matched = set(Path("/").glob(pattern[1:]))
        found = found - matched if line.startswith("!") else found | matched
    return sorted(found)


@dataclass
class Hosted:
    """GitHub's side: what runs have left there. ``lost`` are artifacts that never arrive."""

    folder: Path
    deployed: list[Path] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    clock: int = 0

    def __post_init__(self) -> None:
        for each in ("artifacts", "cache"):
            (self.folder / each).mkdir(parents=True)
        self._write([])

    @property
    def interpreter(self) -> Path:
        return self.folder.parent / "interpreter"

    @property
    def packages(self) -> Path:
        return self.interpreter / "lib/python3.13/site-packages"

    @property
    def store(self) -> Path:
        return self.folder / "artifacts"

    @property
    def index(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads((self.store / "index.json").read_text(encoding="utf-8"))
        return listed

    def _write(self, index: list[dict[str, Any]]) -> None:
        (self.store / "index.json").write_text(json.dumps(index), encoding="utf-8")

    def artifact(self, run: int, name: str) -> Path:
        """The folder of what this run has left under this name."""
        found = [each for each in self.index if each["run"] == run and each["name"] == name]
        assert found, f"run {run} has left no {name}, but {sorted(self.names(run))}"
        return self.store / str(found[-1]["id"])

    def names(self, run: int) -> set[str]:
        return {each["name"] for each in self.index if each["run"] == run}

    def do(self, action: str, given: Mapping[str, Any], workspace: Path, run: int) -> dict[str, str]:
        """Do what this action would; its outputs. Raises Refused where it would have failed."""
        return ACTIONS[action](self, given, workspace, run)

    def checkout(self, given: Mapping[str, Any], workspace: Path, _run: int) -> dict[str, str]:
        assert given["persist-credentials"] is False
        assert (given.get("repository", "acme/suite"), given.get("ref", "5ee0")) == ("acme/suite", "5ee0")
        # Links: no job writes into a file that it checked out, and a copy takes long.
        shutil.copytree(_tree(), workspace, copy_function=_link, dirs_exist_ok=True)
        return {}

    def python(self, given: Mapping[str, Any], _workspace: Path, _run: int) -> dict[str, str]:
        """An interpreter with pip alone, as each new machine has it, at the same place on all of them."""
        shutil.rmtree(self.interpreter, ignore_errors=True)
        (self.packages / "pip").mkdir(parents=True)
        return {"python-version": f"{given['python-version']}.1"}

    def upload(self, given: Mapping[str, Any], workspace: Path, run: int) -> dict[str, str]:
        source = workspace / given["path"]
        whole = given.get("archive") is not False
        named = str(given.get("name", "artifact"))
        name = named if whole else source.name
        if not source.exists() or (source.is_dir() and not any(source.iterdir())):
            raise Refused(f"no files were found with the path {given['path']}")
        assert given["overwrite"] is True, "a job that runs again leaves the same artifact"
        assert 1 <= int(given["retention-days"]) <= 90
        hidden = any(part.startswith(".") for part in Path(given["path"]).parts)
        assert not hidden or given.get("include-hidden-files") is True
        # Overwriting removes what has the name that was given, whatever this one will be called.
        self._write([each for each in self.index if (each["run"], each["name"]) != (run, named)])
        if name in self.names(run):
            raise Refused(f"an artifact with the name {name} exists already on this run (409)")
        self.clock += 1
        if name in self.lost:
            return {}
        into = self.store / str(self.clock)
        into.mkdir()
        if source.is_dir():
            shutil.copytree(source, into, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, into / source.name)
        of_run = {"head_branch": BRANCH, "repository_id": 1, "head_repository_id": 1}
        entry = {"id": self.clock, "name": name, "run": run, "expired": False, "workflow_run": of_run}
        self._write([*self.index, entry | {"created_at": f"2026-11-23T00:{self.clock:02}:00Z"}])
        return {"artifact-url": f"https://github.com/{REPOSITORY}/actions/runs/{run}/artifacts/{self.clock}"}

    def download(self, given: Mapping[str, Any], workspace: Path, run: int) -> dict[str, str]:
        """Each into a folder of its name; but one that is alone, and those that are to be merged, without one."""
        found = [each for each in self.index if each["run"] == run and fnmatch.fnmatch(each["name"], given["pattern"])]
        flat = given.get("merge-multiple") is True or len(found) == 1
        for each in found:
            into = workspace / given["path"] / ("" if flat else each["name"])
            shutil.copytree(self.store / str(each["id"]), into, dirs_exist_ok=True)
        return {}

    def restore(self, given: Mapping[str, Any], workspace: Path, _run: int) -> dict[str, str]:
        caches = sorted((self.folder / "cache").glob("*"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        begins = given.get("restore-keys", "").split()
        for key in (given["key"], *begins):
            for cache in caches:
                if cache.name == key or (key in begins and cache.name.startswith(key)):
                    into = Path("/") if _are_many(given) else workspace / given["path"]
                    shutil.copytree(cache, into, dirs_exist_ok=True)
                    return {"cache-hit": str(cache.name == given["key"]).lower()}
        return {}

    def save(self, given: Mapping[str, Any], workspace: Path, _run: int) -> dict[str, str]:
        cache = self.folder / "cache" / given["key"]
        if cache.exists():  # the action warns, and goes on
            return {}
        if not _are_many(given) and (workspace / given["path"]).exists():
            shutil.copytree(workspace / given["path"], cache)
        for each in _matched(given) if _are_many(given) else ():
            shutil.copytree(each, cache / each.relative_to("/"))
        return {}

    def pages(self, given: Mapping[str, Any], workspace: Path, run: int) -> dict[str, str]:
        always = {"overwrite": True, "retention-days": "1"}
        return self.upload({"name": "github-pages", **given, **always}, workspace, run)

    def deploy(self, given: Mapping[str, Any], _workspace: Path, run: int) -> dict[str, str]:
        name = given.get("artifact_name", "github-pages")
        found = sum(each["run"] == run and each["name"] == name for each in self.index)
        if found != 1:  # what an earlier attempt of the same run has left is not replaced
            raise Refused(f"{found} artifacts are called {name}")
        self.deployed.append(self.artifact(run, name))
        return {"page_url": "https://acme.github.io/monitor/"}


ACTIONS: dict[str, Callable[[Hosted, Mapping[str, Any], Path, int], dict[str, str]]] = {
    "actions/checkout": Hosted.checkout,
    "actions/setup-python": Hosted.python,
    "actions/upload-artifact": Hosted.upload,
    "actions/download-artifact": Hosted.download,
    "actions/cache/restore": Hosted.restore,
    "actions/cache/save": Hosted.save,
    "actions/upload-pages-artifact": Hosted.pages,
    "actions/deploy-pages": Hosted.deploy,
}
