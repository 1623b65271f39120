"""What follows a round on a machine of one's own: someone is told, the page is made, and there is a sign of life."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from monitor.configuration import settings
from monitor.rounds.pace import environment

FEEDS = ("AUTH0_FEED_", "OTEL_EXPORTER_OTLP_")
"""How the variables begin by which a feed is on."""

LIMIT = 300.0
"""Seconds for each of these; none of them may keep the next round."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What was asked for: the history, the reports, and where the page is made (None: it is not)."""

    history: Path
    reports: Path
    site: Path | None

    def tell(self) -> int:
        """After each round: who is to be told is told. Where no run was ever recorded there is nothing to tell of."""
        if not self.history.exists():
            return 0
        return _run("monitor.telling", "--history", str(self.history), "--reports", str(self.reports))

    def close(self, failed: str) -> int:
        """After the last one: less room for what is old, the page, and at the very end a sign of life."""
        codes = [_run("monitor.history", "prune", "--history", str(self.history))] if self.history.exists() else []
        if self.site:
            where = ("--history", str(self.history), "--reports", str(self.reports), "--site", str(self.site))
            codes.append(_run("monitor.site", *where))
        ill = ["--failed"] if failed or any(codes) else []
        codes.append(_run("monitor.telling", "heartbeat", "--reports", str(self.reports), *ill))
        return max(codes)


def feed(reports: Path) -> int:
    """After the newest round: other monitors read what it found, where a variable says so."""
    if not any(value.strip() for name, value in _variables().items() if name.startswith(FEEDS)):
        return 0
    return _run("monitor.feeds", "push", str(reports), "--quiet")


def _variables() -> dict[str, str]:
    """Those of the environment, and of .env."""
    return settings.environment(Path.cwd())[0]


def _run(module: str, *arguments: str) -> int:
    """1 where it failed; what it had to say it has said, on the streams that are ours."""
    sys.stdout.flush()
    try:
        ran = subprocess.run(  # noqa: S603 - modules of ours
            [sys.executable, "-m", module, *arguments],
            env=environment(),
            stdin=subprocess.DEVNULL,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        sys.stderr.write(f"python -m {module} did not end within {LIMIT:g} s, and was killed\n")
        return 1
    return int(ran.returncode != 0)
