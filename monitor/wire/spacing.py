"""When the next exchange may begin: not all at once, and no later than this process can carry it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

MOST = 0.005
"""Seconds between the beginnings of two exchanges: about what TLS costs our own processor. Begun all at once, they
would wait for each other's, and the tenant would be blamed for it."""

LEAST = 0.001
"""Seconds between them in a run of many tenants, at least."""

LOOKED_BACK = 200
"""Exchanges over which it is measured what one costs: more than a tenant has, whose run has them MOST apart."""

HEADROOM = 1.25
"""How much longer than an exchange costs it takes until the next may begin: at 1 they would wait for each other."""


class Spacing:
    """Gives each exchange its turn. Threads ask it at once; it never sleeps itself.

    A run of many tenants would be idle between turns where an exchange costs less than ``MOST``. So later turns
    are as far apart as this process, with all that it does, has needed for each of the last ``LOOKED_BACK`` exchanges.
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, processor: Callable[[], float] = time.process_time
    ) -> None:
        self._clock, self._processor = clock, processor
        self._lock = threading.Lock()
        self._next = 0.0
        self._spent: deque[float] = deque(maxlen=LOOKED_BACK + 1)
        """Seconds of the processor that this process had used at the beginning of each of the last exchanges."""

    def turn(self) -> float:
        """Take the next turn: in how many seconds it is."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._spent.append(self._processor())
            self._next = turn + self._apart()
            return turn - now

    def until_all_began(self) -> float:
        """In how many seconds all have begun that have a turn."""
        with self._lock:
            return max(self._next - self._clock(), 0.0)

    def _apart(self) -> float:
        if len(self._spent) <= LOOKED_BACK:
            return MOST
        cost = (self._spent[-1] - self._spent[0]) / LOOKED_BACK
        return min(MOST, max(LEAST, cost * HEADROOM))
