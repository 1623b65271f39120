"""The Containerfile, built and run: where there is root, buildah, and something to make a stand-in for its base of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.suite import ROOT

STAND_IN = "localhost/stand-in-for-python:latest"
"""Debian with a Python of its own, in the place of the image of Python, which a registry of images would have."""

PACKAGES = "python3,python3-venv,ca-certificates,passwd"
PROGRAMS = ("buildah", "mmdebstrap")


def lacking() -> list[str]:
    """What a builder needs and this machine has not."""
    root = [] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["root"]
    return [*root, *(name for name in PROGRAMS if not shutil.which(name))]


@dataclass(frozen=True)
class Builder:
    """buildah, with a store of its own, which goes with the folder."""

    folder: Path

    def __call__(self, *arguments: str, seconds: float = 900, code: int = 0) -> str:
        store = ("--root", str(self.folder / "root"), "--runroot", str(self.folder / "run"))
        ran = subprocess.run(
            ["buildah", *store, *arguments],  # noqa: S607 - whichever buildah it is
            cwd=ROOT,
            env=os.environ | {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
        assert ran.returncode == code, ran.stdout[-3000:] + ran.stderr[-3000:]
        return ran.stdout


def pip() -> list[str]:
    """Where pip finds packages on this machine, for the one in the image: variables, and folders that they name."""
    told = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    files = [
        Path("/etc/pip.conf"),
        Path("/etc/xdg/pip"),
        Path("/etc/ssl/certs/ca-certificates.crt"),
        Path("/opt/wheels"),
    ]
    volumes = [f"--volume={path}:{path}:ro" for path in files if path.exists()]
    return [*volumes, *(f"--env={name}={value}" for name, value in told.items())]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Builder, str]]:
    """A builder, and the container of the image that it has made."""
    if missing := lacking():
        pytest.skip(
            f"a container is built where there is {', '.join(missing)}: its file was held by its structure alone"
        )
    folder = tmp_path_factory.mktemp("container")
    buildah, base = Builder(folder), folder / "base.tar"
    try:
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=essential", f"--include={PACKAGES}", "bookworm", str(base)],  # noqa: S607
            capture_output=True, check=True, timeout=600,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip("no packages of Debian's can be had here for a stand-in of the base image")
    scratch = buildah("from", "scratch").strip()
    buildah("add", scratch, str(base), "/")
    buildah("run", scratch, "--", "python3", "-m", "venv", "/opt/python")
    buildah("config", "--env", "PATH=/opt/python/bin:/usr/sbin:/usr/bin:/sbin:/bin", scratch)
    buildah("commit", "--quiet", "--rm", scratch, STAND_IN)
    base.unlink()
    buildah("build", "--quiet", f"--from={STAND_IN}", "--file=deploy/Containerfile", "--tag=suite", *pip(), ".")
    yield buildah, buildah("from", "localhost/suite").strip()
    shutil.rmtree(folder, ignore_errors=True)


def test_container_is_built_and_performs_a_round_as_nobody_in_particular(built: tuple[Builder, str]) -> None:
    buildah, container = built
    where = ("--drill", "login-refused", "--reports", "/state/reports", "--probes", "test_login")
    nothing = ("--", "-p", "no:cacheprovider")

    said = buildah("run", container, "--", "python", "-m", "monitor.rounds", *where, *nothing, code=1)

    assert "DRILL" in said
    document = json.loads(buildah("run", container, "--", "cat", "/state/reports/results.json"))
    assert document["run"]["mode"] == "drill"
    assert buildah("run", container, "--", "id", "-u").strip() == "10001"
    assert ".env" not in buildah("run", container, "--", "ls", "-A", "/suite").split()
    config = json.loads(buildah("inspect", container))["OCIv1"]["config"]
    assert (config["User"], config["Entrypoint"], config["Volumes"]) == ("10001", ["python", "-m"], {"/state": {}})
