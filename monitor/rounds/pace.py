"""When rounds begin and how they end: each in a process of its own, at its moment, and never longer than its time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.text import for_name

GRACE = 30.0
"""Seconds for a round that was told to end, to write its reports."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many rounds, seconds between their beginnings, seconds that one may take, and where the reports lie.

    ``keep`` is whether each round has a folder of its own, so that what was seen at night is there in the morning.
    ``again`` is how many more there are at most, where what the last one said has to be confirmed.
    """

    rounds: int
    every: float
    limit: float
    reports: Path
    keep: bool = True
    again: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """A round that has ended: its number, its reports' folder, its exit status, and why it was stopped, if it was."""

    number: int
    folder: Path
    code: int
    output: str
    stopped: str = ""


async def perform(
    plan: Plan,
    command: Callable[[Path], Sequence[str]],
    done: Callable[[Round], None],
    wanting: Callable[[], bool] = lambda: False,
) -> list[Round]:
    """Begin each round at its moment, whatever the others do; ``done`` is called for each as it ends, one at a time.

    When all have ended there is one more for as long as it is ``wanting``, and the plan allows it. SIGTERM and SIGINT
    end the rounds that run, and begin no more.
    """
    stop, turn = asyncio.Event(), asyncio.Lock()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # on Windows there is Ctrl-C, which the children get as well
            loop.add_signal_handler(ending, stop.set)
    began = loop.time()

    async def one(number: int) -> Round | None:
        if await _until(stop, began + (number - 1) * plan.every - loop.time()):
            return None
        ended = await _round(number, plan, command, stop)
        async with turn:
            await asyncio.to_thread(done, ended)  # what is told then may take a while, and no round waits for it
        return ended

    ended = [each for each in await asyncio.gather(*map(one, range(1, plan.rounds + 1))) if each]
    for number in range(plan.rounds + 1, plan.rounds + plan.again + 1):
        more = await one(number) if wanting() else None
        if not more:
            break
        ended.append(more)
    return ended


async def _round(number: int, plan: Plan, command: Callable[[Path], Sequence[str]], stop: asyncio.Event) -> Round:
    folder = folder_of(plan, number)
    process = await asyncio.create_subprocess_exec(
        *command(folder), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT, env=environment(), start_new_session=True,
    )  # fmt: skip
    output = asyncio.ensure_future(_read(process))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({output, stopping}, timeout=plan.limit, return_when=asyncio.FIRST_COMPLETED)
    stopped = ""
    if not output.done():
        stopped = "it was stopped" if stop.is_set() else f"it took longer than {plan.limit:g} s, and was killed"
        await _end(process, output)
    stopping.cancel()
    return Round(number, folder, await process.wait(), (await output).decode("utf-8", "replace"), stopped)


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout  # noqa: S101 - it is a pipe
    return await process.stdout.read()


async def _end(process: asyncio.subprocess.Process, output: Awaitable[bytes]) -> None:
    """First as it can be said politely, since reports are written then; and then with whatever it has begun."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    _, late = await asyncio.wait({asyncio.ensure_future(output)}, timeout=GRACE)
    if late:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()


async def _until(stop: asyncio.Event, seconds: float) -> bool:
    """Whether it was stopped before these seconds were over."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), max(0.0, seconds))
    return stop.is_set()


def folder_of(plan: Plan, number: int) -> Path:
    """Where this round's reports are written: by the time of its beginning, so that older ones stay, and its number."""
    if not plan.keep:
        return plan.reports
    return plan.reports / "rounds" / f"{for_name(time.time())}-{number}"


def environment() -> dict[str, str]:
    """Ours, without variables that are not set: CI hands on all that it may, and would hide what .env has.

    To GitHub one that is not set is empty, and to Azure Pipelines it is its own name, ``$(AUTH0_NOTIFY)``.
    """
    unset = {"", *(f"$({name})" for name in os.environ)}
    return {name: value for name, value in os.environ.items() if value.strip() not in unset or not _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name.startswith(("AUTH0_", "OTEL_"))


def pytest(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pytest", *arguments]
