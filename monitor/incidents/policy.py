"""When an incident is one: after how many runs or minutes, and from which status on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.configuration.mistakes import shown
from monitor.owners import Owner
from monitor.status import Status

CONFIRM, TELL = "AUTH0_CONFIRM", "AUTH0_TELL"
_WORD = re.compile(r"(?:(?P<owner>[a-z0-9]+)=)?(?P<number>\d{1,4})(?P<unit>[smh]?)", re.IGNORECASE)
_MOST_RUNS, _MOST_SECONDS = 60, 86_400.0
_UNITS = {"s": 1, "m": 60, "h": 3600}
_STATUSES = {"down": (Status.DOWN, Status.UNKNOWN), "degraded": (Status.DOWN, Status.UNKNOWN, Status.DEGRADED)}


@dataclass(frozen=True, slots=True)
class Threshold:
    """How long something must have been so before it is believed: in this many runs, and over this many seconds.

    Both hold for the beginning and for the end. The default is three runs of one a minute, and two of one every five.
    """

    runs: int = 2
    seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What is believed when, by owner, and which statuses are told.

    ``tell`` has down and unknown (who cannot be judged may be down), and may have degraded.
    """

    confirm: Threshold = Threshold()
    owners: Mapping[Owner, Threshold] = field(default_factory=dict)
    tell: frozenset[Status] = frozenset(_STATUSES["down"])

    def threshold(self, owner: Owner) -> Threshold:
        return self.owners.get(owner, self.confirm)


def policy(values: Mapping[str, str]) -> tuple[Policy, tuple[str, ...]]:
    """The policy of these variables, and a line for each that cannot be read: then its default holds."""
    remarks: list[str] = []
    confirm, owners = Threshold(), dict[Owner, Threshold]()
    try:
        confirm, owners = _confirm(values.get(CONFIRM, ""))
    except ValueError as error:
        remarks.append(f"{CONFIRM}: {error}; write it as 2, 5m or `2 5m runner=15m`. Until then: 2 runs and 90 seconds")
    tell = values.get(TELL, "").strip().lower() or "down"
    if tell not in _STATUSES:
        remarks.append(f"{TELL} is neither down nor degraded; until it is, only what is down opens an alert")
    return Policy(confirm, owners, frozenset(_STATUSES.get(tell, _STATUSES["down"]))), tuple(remarks)


def _confirm(text: str) -> tuple[Threshold, dict[Owner, Threshold]]:
    given: dict[str, dict[str, float]] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        if not word:
            continue
        match = _WORD.fullmatch(word)
        if not match or not int(match["number"]):
            raise ValueError(f"{shown(word, 40)} is no number of runs, seconds (90s), minutes (5m) or hours (1h)")
        owner = (match["owner"] or "").lower()
        if owner and owner not in list(Owner):
            raise ValueError(f"{shown(owner, 40)} is no owner; they are {', '.join(Owner)}")
        unit = match["unit"].lower()
        given.setdefault(owner, {})["seconds" if unit else "runs"] = int(match["number"]) * _UNITS.get(unit, 1)
    if any(some.get("runs", 0) > _MOST_RUNS or some.get("seconds", 0.0) > _MOST_SECONDS for some in given.values()):
        raise ValueError(f"more than {_MOST_RUNS} runs, or a day, would hide outages; 90 are runs, 90s are seconds")
    read = {owner: Threshold(int(some.get("runs", 1)), some.get("seconds", 0.0)) for owner, some in given.items()}
    return read.pop("", Threshold()), {Owner(owner): threshold for owner, threshold in read.items()}
