"""python -m monitor.installation FILE ...: what these lock files name is installed, by uv or, where it must be, by pip.

uv does in a second what takes pip ten. It is installed first, by pip, from hashes of its own. It reads no settings of
pip's: where packages come from is handed on to it, and where pip has a setting that it has no word for, pip installs.

What is there already, from a cache or from an earlier call, is held against its own hashes: where all of it is whole,
nothing is called, and what is damaged is installed anew.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Completed = subprocess.CompletedProcess[str]

PIP = [sys.executable, "-m", "pip"]
LOCK = Path(__file__).parents[1] / "requirements-uv.txt"

PIN = r"^([A-Za-z0-9][^\s=]*==[^\\\n]*?)\s*(?:\\|--hash|$)"
"""A line of a lock file that names a package: its name, its version, and for which machines."""

OF_RECORD = ("path", "hash", "size")
"""The columns of a package's own list of its files."""

WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "no-index": "UV_NO_INDEX",
}
"""What uv calls a setting of pip's."""

WITH_COMMAS = frozenset({"UV_FIND_LINKS"})
"""Those of uv's whose values are separated by commas; all else is by spaces, as pip's are."""

HARMLESS = frozenset(
    {
        "break-system-packages",
        "cache-dir",
        "disable-pip-version-check",
        "exists-action",
        "no-cache-dir",
        "no-color",
        "no-compile",
        "no-input",
        "no-warn-script-location",
        "prefer-binary",
        "progress-bar",
        "quiet",
        "require-hashes",
        "require-virtualenv",
        "retries",
        "root-user-action",
        "user",
        "verbose",
    }
)
"""Settings of pip's that say nothing of where packages come from, or which."""

OF_UV = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_CONFIG_FILE")
"""Who has set one of these has told uv where packages come from, and need not be asked of pip's settings."""


class ForPip(Exception):
    """Why pip has to install."""


def main(files: Sequence[str], values: Mapping[str, str] = os.environ) -> int:
    """Install what these lock files name; the exit status is that of the program that did, or 0 where all is there."""
    missing, damaged = lacking(files)
    if not missing and not damaged:
        return 0
    if damaged:
        sys.stderr.write(f"Damaged, and installed anew: {', '.join(damaged)}.\n")
    for name in damaged:
        forget(name)
    try:
        _install_by_uv(files, damaged, values)
    except ForPip as why:
        sys.stderr.write(f"{why}: pip installs instead, which takes longer.\n")
    else:
        return 0
    return _called([*PIP, *_by_pip(files)], values).returncode


def lacking(files: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which packages of these lock files are not there in their version, and which are and lack a file of theirs."""
    text = "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
    pins = dict.fromkeys(re.findall(PIN, text, re.MULTILINE))
    try:
        # Of pip's own copy: what is looked at may be damaged, and this is part of the interpreter.
        from pip._vendor.packaging.requirements import Requirement
    except ImportError:
        return list(pins), []
    missing, damaged = [], []
    for wanted in map(Requirement, pins):
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            distribution = importlib.metadata.distribution(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(wanted.name)
            continue
        version = re.search(r"^Version: (\S+)", distribution.read_text("METADATA") or "", re.MULTILINE)
        if not version or not _is_whole(distribution):
            damaged.append(wanted.name)
        elif not wanted.specifier.contains(version[1], prereleases=True):
            missing.append(wanted.name)
    return missing, damaged


def _is_whole(distribution: importlib.metadata.Distribution) -> bool:
    """Whether every file is as this distribution's own list has it.

    Programs (``../../../bin``) are looked for in a virtual environment alone: who caches the packages of an interpreter
    caches none of them, and calls packages by ``python -m``.
    """
    rows = list(csv.reader((distribution.read_text("RECORD") or "").splitlines()))
    with_programs = sys.prefix != sys.base_prefix
    hashed = [row for row in rows if len(row) == len(OF_RECORD) and row[1] and (with_programs or row[0][:2] != "..")]
    return bool(hashed) and all(_has_hash(Path(str(distribution.locate_file(row[0]))), row[1]) for row in hashed)


def _has_hash(file: Path, expected: str) -> bool:
    method, _, value = expected.partition("=")
    try:
        digest = hashlib.new(method, file.read_bytes()).digest()
    except (OSError, ValueError):
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == value


def forget(name: str) -> None:
    """Take away what says that this package is there: what is damaged may lack the list by which it is removed."""
    site = Path(str(importlib.metadata.distribution(name).locate_file("")))
    for folder in site.glob("*.dist-info"):
        if names_in(folder.name.partition("-")[0]) == names_in(name):
            shutil.rmtree(folder)


def _called(command: Sequence[str], values: Mapping[str, str], pipe: int | None = None) -> Completed:
    """How a program ended that was called with this environment, with what it printed where that goes into a pipe."""
    return subprocess.run(command, env=dict(values), stdout=pipe, stderr=pipe, text=True, check=False)  # noqa: S603


def _by_pip(files: Sequence[str]) -> list[str]:
    named = [word for file in files for word in ("-r", file)]
    return ["install", "-qq", "--disable-pip-version-check", "--require-hashes", *named]


def _install_by_uv(files: Sequence[str], damaged: Sequence[str], values: Mapping[str, str]) -> None:
    if values.get("INSTALLER", "uv") != "uv":
        raise ForPip(f"INSTALLER is {values['INSTALLER']}")
    settings = settings_of_pip(values)
    if constraint := settings.pop("constraint", ""):
        hold_against(constraint.split(), files)
    environment = dict(values) | as_uv_has_it(settings, values)
    if not is_there():
        command = [*PIP, *_by_pip([str(LOCK)]), "--only-binary=:all:"]
        if _called(command, values, subprocess.PIPE).returncode:
            raise ForPip("uv could not be installed: there is no wheel of it for this machine, or none where pip looks")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-progress", "--python", sys.executable]
    # Files of uv's own cache may be the same ones, and as damaged.
    anew = ["--no-cache"] if damaged else []
    named = [word for file in files for word in ("-r", file)]
    if _called([*command, *anew, "--require-hashes", *named], environment).returncode:
        raise ForPip("uv could not install")


def is_there() -> bool:
    """Whether the locked version of uv is installed."""
    locked = re.search(r"^uv==(\S+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    try:
        return bool(locked) and importlib.metadata.version("uv") == (locked[1] if locked else "")
    except importlib.metadata.PackageNotFoundError:
        return False


def names_in(text: str) -> set[str]:
    """The packages that lines of requirements name, as they are compared."""
    found = re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)", text, re.MULTILINE)
    return {re.sub("[-_.]+", "-", name).lower() for name in found}


def hold_against(constraints: Sequence[str], files: Sequence[str]) -> None:
    """Raise ForPip where these constraints may be about what the lock files name: with hashes uv takes none."""
    locked = names_in("\n".join(file.read_text(encoding="utf-8") for file in (*map(Path, files), LOCK)))
    for constraint in constraints:
        try:
            text = Path(constraint).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise ForPip("pip has constraints that cannot be read here") from None
        if re.search(r"^\s*-", text, re.MULTILINE) or names_in(text) & locked:
            raise ForPip("pip has constraints on what is to be installed")


def settings_of_pip(values: Mapping[str, str]) -> dict[str, str]:
    """What pip is configured to do when it installs, by its files and by the environment, which comes before them."""
    listed = _called([*PIP, "config", "list"], values, subprocess.PIPE)
    if listed.returncode:
        raise ForPip("pip cannot read its settings")
    found: dict[str, str] = {}
    order = {"global": 0, "install": 1, ":env:": 2}
    lines = [line.partition("=") for line in listed.stdout.splitlines() if "=" in line]
    for key, _, value in sorted(lines, key=lambda line: order.get(line[0].partition(".")[0], -1)):
        section, _, name = key.partition(".")
        if section in order:
            found[name] = str(ast.literal_eval(value))
    return found


def as_uv_has_it(settings: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """These settings of pip's as uv's environment has them, which go before nothing that is set there already.

    The best of all indexes is taken, as by pip: with its hash a file is the same wherever it comes from. Raises ForPip,
    without the setting's value, which may hold a password.
    """
    if foreign := sorted(settings.keys() - WORDS.keys() - HARMLESS - {"config-file"}):
        raise ForPip(f"uv has no word for {', '.join(foreign)} of pip's settings")
    told = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for name, value in settings.items():
        word = WORDS.get(name)
        of_an_index = word in ("UV_DEFAULT_INDEX", "UV_INDEX")
        if word and value and not (of_an_index and any(values.get(each) for each in OF_UV)):
            told[word] = (",".join if word in WITH_COMMAS else " ".join)(value.split())
    return {word: value for word, value in told.items() if not values.get(word)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
