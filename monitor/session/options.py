"""What the suite adds to pytest's command line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from monitor.shards import Shard
from monitor.status import Status, failing

MOST_PROCESSES = 64


def add(parser: pytest.Parser) -> None:
    """Add our options, in a group of their own."""
    group = parser.getgroup("synthetic monitoring")
    group.addoption("--live", action="store_true", help="demand a configured tenant: never fall back to the sandbox")
    group.addoption(
        "--drill",
        metavar="FAULT",
        action="append",
        default=[],
        help="probe the sandbox with this fault, whatever tenant is configured; several separated by commas",
    )
    group.addoption(
        "--shard",
        metavar="I/N",
        help="ask part I of N alone, from 1: each tenant, and each service, is wholly in one of them, by its name",
    )
    group.addoption(
        "--processes",
        metavar="N",
        help="share the tenants out over N processes of this machine, and tell what they find as one run (default: 1)",
    )
    group.addoption(
        "--reports",
        metavar="DIR",
        help="where the reports are written, as --reports=DIR (default: reports/ of the project)",
    )
    group.addoption(
        "--fail-on",
        metavar="STATUS",
        action="append",
        default=[],
        help="what else fails the run: degraded; unknown, which here means a status page that could not be read; both",
    )


def only_looks(option: Any) -> bool:
    """Whether pytest is to tell of tests, and to run none: then nothing is asked, and nothing written."""
    looks = ("collectonly", "setupplan", "showfixtures", "show_fixtures_per_test")
    return any(getattr(option, name, False) for name in looks)


def drill(named: list[str]) -> tuple[str, ...]:
    """The faults that are named."""
    return tuple(dict.fromkeys(word.strip() for words in named for word in words.split(",") if word.strip()))


def shard(text: str | None) -> Shard | None:
    """The part that is to be asked; None where it is everything."""
    if text is None:
        return None
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise pytest.UsageError(f"--shard: {error}") from None


def processes(text: str | None) -> int:
    """By how many processes the tenants are to be asked."""
    if text is None:
        return 1
    if not re.fullmatch("[0-9]{1,9}", text.strip()) or not 1 <= int(text) <= MOST_PROCESSES:
        raise pytest.UsageError(f"--processes: {text!r} is no number of processes: write 1 to {MOST_PROCESSES}")
    return int(text)


def debugs(option: Any) -> bool:
    """Whether a debugger is to see what failed. A pytest without its own debugging has no such option."""
    return bool(getattr(option, "usepdb", False))


def not_shared(option: Any) -> str:
    """Which option of pytest's is given that several processes cannot follow; empty where none is."""
    if getattr(option, "dist", "no") != "no":
        return "-n"
    debugging = (("pdb", "usepdb"), ("trace", "trace"))
    return next((f"--{name}" for name, given in debugging if getattr(option, given, False)), "")


def names_tests(config: pytest.Config) -> bool:
    """Whether single tests are named, or remembered, which only who knows all of them can find."""
    option = config.option
    remembered = ("lf", "failedfirst", "stepwise", "stepwise_skip")
    return any("[" in str(each) for each in config.args) or any(getattr(option, name, False) for name in remembered)


def fail_on(named: list[str]) -> frozenset[Status]:
    """The statuses that fail a run: those that are named, and down."""
    try:
        return failing(named)
    except ValueError as error:
        raise pytest.UsageError(f"--fail-on: {error}") from None
