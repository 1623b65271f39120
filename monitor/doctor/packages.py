"""Python, and the packages that pyproject.toml asks for. Imports nothing that may be what is missing."""

from __future__ import annotations

import platform
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from monitor.doctor.lines import Line, Mark

SECTION = "Python and packages"
_INSTALL = "install them: make probe does, or: python -m pip install --require-hashes -r requirements.txt"


def lines(root: Path) -> Iterator[Line]:
    """What is installed, against what is asked for."""
    try:
        asked = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        needed, wanted = asked["project"]["requires-python"], asked["dependency-groups"]["runtime"]
    except (OSError, ValueError, KeyError) as error:
        cure = "run the doctor from a whole clone of the repository"
        yield Line(SECTION, Mark.BAD, f"pyproject.toml cannot be read ({type(error).__name__} {error})", (cure,))
        return
    try:
        from packaging.requirements import Requirement
        from packaging.specifiers import SpecifierSet
    except ImportError:
        yield Line(SECTION, Mark.BAD, f"no packages are installed for {sys.executable}", (_INSTALL,))
        return
    mine = platform.python_version()
    fits = SpecifierSet(needed).contains(mine, prereleases=True)
    cures = () if fits else (f"use a Python {needed}: make PYTHON=/path/to/python3",)
    yield Line(SECTION, Mark.OK if fits else Mark.BAD, f"Python {mine} ({needed} is asked for)", cures)
    right = 0
    for requirement in map(Requirement, wanted):
        try:
            found = version(requirement.name)
        except PackageNotFoundError:
            found = ""
        if found and requirement.specifier.contains(found, prereleases=True):
            right += 1
        else:
            there = f"is {found}" if found else "is not installed"
            yield Line(SECTION, Mark.BAD, f"{requirement.name} {there}, and {requirement} is asked for", (_INSTALL,))
    yield Line(SECTION, Mark.OK, f"{right} of {len(wanted)} packages are as pyproject.toml asks")
