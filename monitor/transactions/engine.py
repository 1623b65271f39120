"""The engine: transactions start together, are performed once per target, and awaited by the tests that judge them."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from monitor import machine
from monitor.configuration.targets import Target
from monitor.exchange import Exchange, Repeat
from monitor.failures import Broken, Failure, NamesFail, NamesFlap
from monitor.secrets import Scrubber
from monitor.text import count
from monitor.transactions.memory import Memory
from monitor.transactions.sampling import Sampling
from monitor.transactions.turns import Turn, Turns

if TYPE_CHECKING:
    from monitor.wire.door import Door

Brought = TypeVar("Brought")

WORKERS = 64
"""More than a tenant's transactions, so that a tenant that hangs costs one timeout and not two."""

SWITCHING = 0.0005
"""Seconds for which a thread may keep the interpreter while another has an answer to take the time of; Python's own
5 ms would be a part of every latency that is told."""


@dataclass(frozen=True, eq=False)
class Transaction:
    """The requests that a probe needs.

    ``perform`` is given a target and an Asking, and returns what the tests judge, which has the exchange as
    ``.exchange`` (or is one); ``on`` finds the target that this is performed on, given the target of a test (a login's
    tenant, say), and targets of which ``same`` says the same are asked once for all of them; ``needs`` are performed
    before; ``budget`` names the tenant's setting (None: it has none), or finds its name for the target.
    What is not ``urgent`` begins after all that is: no login waits for a status page. ``reads`` are the tenant's
    settings without which it is not performed: where one is malformed, that is its failure. ``turns`` are those that
    it has to wait for on a target.
    """

    name: str
    perform: Callable[[Any, Asking], Any]
    on: Callable[[Any], Target]
    needs: tuple[Transaction, ...] = ()
    budget: str | Callable[[Any], str] | None = "budget"
    urgent: bool = True
    same: Callable[[Any], Hashable] | None = None
    reads: tuple[str, ...] = ()
    turns: Callable[[Any], Iterable[Turn]] = lambda _: ()

    def budget_of(self, target: Target) -> str:
        """The tenant's setting that says how long this may take, for a test of this target; empty where none does."""
        return self.budget(self.on(target)) if callable(self.budget) else self.budget or ""


def transaction(
    *,
    on: Callable[[Any], Any] = lambda target: target,
    same: Callable[[Any], Hashable] | None = None,
    needs: Iterable[Transaction] = (),
    budget: str | Callable[[Any], str] | None = "budget",
    urgent: bool = True,
    reads: Iterable[str] = (),
    turns: Callable[[Any], Iterable[Turn]] = lambda _: (),
) -> Callable[[Callable[[Any, Asking], Any]], Transaction]:
    """Make a Transaction of the function that performs it, under the function's name."""
    read = ("timeout" if urgent else "page_timeout", "connect_timeout", *reads)
    return lambda perform: Transaction(perform.__name__, perform, on, tuple(needs), budget, urgent, same, read, turns)


@dataclass(frozen=True, slots=True)
class Performed:
    """How a transaction went: what it brought, or why it brought nothing, and the exchange where there was one."""

    brought: Any = None
    failure: Failure | None = None
    exchange: Exchange | None = None


@dataclass(eq=False)
class _Planned:
    transaction: Transaction
    target: Target
    future: Future[Performed] = field(default_factory=Future)
    judges: int = 0
    started: bool = False


def at_once(functions: Iterable[Callable[[], Brought]]) -> list[Brought]:
    """What these bring, in their order, each but the first in a thread of its own; of failures the first is raised."""
    first, *others = functions
    futures = [Future[Brought]() for _ in others]
    for number, (future, function) in enumerate(zip(futures, others, strict=True)):
        threading.Thread(target=_fulfil, args=(future, function), daemon=True, name=f"at-once-{number}").start()
    own = Future[Brought]()
    _fulfil(own, first)
    return [each.result() for each in (own, *futures)]


def _fulfil(future: Future[Brought], function: Callable[[], Brought]) -> None:
    try:
        future.set_result(function())
    except BaseException as error:  # noqa: BLE001 -- it is raised where the result is asked for
        future.set_exception(error)


class Asking:
    """What a transaction may use: the door, and what the transactions that it needs have brought."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.wait_for_turn = engine.sampling.wait_for_turn

    def ask(self, target: Target, method: str, path: str, **sent: Any) -> Exchange:
        """Ask this target's tenant; see ``Door.ask``. ``path`` begins with a slash."""
        variables = target.tenant.variables
        sent = {"timeout": variables.timeout} | sent | {"connect_timeout": variables.connect_timeout}
        return self._engine.door.ask(method, target.tenant.url + path, **sent)

    def ask_page(
        self, target: Target, address: str, headers: Mapping[str, str], repeat: Repeat = Repeat.BROKEN
    ) -> Exchange:
        """Ask for a page of somebody else's, at an address of its own. A second attempt is made as for tenants."""
        timeout, connect = target.tenant.variables.page_timeout, target.tenant.variables.connect_timeout
        return self._engine.door.ask(
            "GET", address, headers=headers, timeout=timeout, connect_timeout=connect, repeat=repeat
        )

    def ask_elsewhere(self, target: Target, address: str, method: str = "GET", **sent: Any) -> Exchange:
        """Ask a tenant at another address of its own, as the tenant is asked."""
        variables = target.tenant.variables
        sent = {"timeout": variables.timeout} | sent | {"connect_timeout": variables.connect_timeout}
        return self._engine.door.ask(method, address, **sent)

    @property
    def memory(self) -> Memory:
        """What was seen in earlier runs."""
        return self._engine.memory

    def brought(self, needed: Transaction, target: Target) -> Any:
        """What that transaction brought on this target; its failure is raised where it brought nothing."""
        performed = self._engine.performed(needed, target)
        if performed.failure:
            raise performed.failure.again()
        return performed.brought

    def keep_secret(self, value: str | None, target: Target) -> None:
        """A token was received: it must never be written."""
        self._engine.scrubber.add(value, target.tenant.name)

    def keep_public(self, name: str) -> None:
        """This name is public, and stays as it is wherever it stands, also where it has a piece of a secret."""
        self._engine.scrubber.spare(name)


class Engine:
    """A bounded pool that performs each planned transaction once; what others need comes first.

    What a transaction needs is planned before it, so that whoever waits never waits for something that has not begun.
    The pool's threads are daemons: a name that is being resolved cannot be interrupted, and must not keep a run alive.
    """

    def __init__(
        self,
        door: Door,
        sampling: Sampling,
        scrubber: Scrubber,
        workers: int = WORKERS,
        *,
        memory: Memory | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.door, self.sampling, self.scrubber = door, sampling, scrubber
        self.turns = turns or Turns(None)
        self.memory = memory or Memory(None)
        self._asking = Asking(self)
        self._workers = workers
        self._firsts: dict[tuple[Transaction, Hashable], Target] = {}
        self._switched = 0.0
        self._planned: dict[tuple[Transaction, Target], _Planned] = {}
        self._of_tenant: dict[str, int] = {}
        self._to_start: dict[str, dict[tuple[Transaction, Target], _Planned]] = {}
        self._queue: queue.SimpleQueue[_Planned | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def place(self, wanted: Transaction, target: Target) -> Target:
        """The target that this is performed on for a test of that one; of those that are the same it is the first."""
        own = wanted.on(target)
        if own.blocked or wanted.same is None or own.tenant.fault(*wanted.reads):
            return own
        return self._firsts.setdefault((wanted, wanted.same(own)), own)

    def plan(self, wanted: Transaction, target: Target) -> None:
        """One more test will judge this transaction; ``done`` says when it has."""
        tenant, target = target.tenant.name, self.place(wanted, target)
        if target.blocked:
            return
        for needed in wanted.needs:
            self.plan(needed, target)
        planned = self._planned.setdefault((wanted, target), _Planned(wanted, target))
        planned.judges += 1
        self._to_start.setdefault(tenant, {})[wanted, target] = planned
        if planned.judges == 1:
            self.turns.plan(wanted.turns(target))
            self._of_tenant[target.tenant.name] = self._of_tenant.get(target.tenant.name, 0) + 1

    def start(self, tenant: str | None = None) -> None:
        """Begin with what is planned for this tenant, or for all: what is urgent first, and of that what others need.

        What has begun is not begun again.
        """
        if sys.getswitchinterval() > SWITCHING:  # else another engine of this process is at work, and will put it back
            self._switched = sys.getswitchinterval()
            sys.setswitchinterval(SWITCHING)
        plans: dict[tuple[Transaction, Target], _Planned] = {}
        for name in [tenant] if tenant is not None else list(self._to_start):
            plans |= self._to_start.pop(name, {})
        needed = {(each, self.place(each, target)) for wanted, target in plans for each in wanted.needs}
        for key in sorted(plans, key=lambda each: (not each[0].urgent, each not in needed)):
            planned = plans[key]
            if not planned.started:
                planned.started = True
                self._queue.put(planned)
                if len(self._threads) < self._workers:
                    thread = threading.Thread(target=self._work, daemon=True, name=f"transactions-{len(self._threads)}")
                    self._threads.append(thread)
                    thread.start()

    def performed(self, wanted: Transaction, target: Target) -> Performed:
        """How this planned transaction went, when it has gone."""
        return self._planned[wanted, self.place(wanted, target)].future.result()

    def settled(self, wanted: Transaction, target: Target) -> Performed:
        """How it went, in the light of all else that was asked of its tenant: what a test judges.

        A name that no name server answered for, and that resolved for others in this run, is not a tenant's outage.
        """
        performed = self.performed(wanted, target)
        if isinstance(performed.failure, NamesFail) and performed.exchange:
            tenant = target.tenant
            begun = [planned for planned in list(self._planned.values()) if planned.started]
            of_tenant = [planned.future for planned in begun if planned.target.tenant.name == tenant.name]
            wait(of_tenant, timeout=tenant.variables.timeout)
            host = urlsplit(performed.exchange.attempts[-1].url).hostname or ""
            if times := self.door.resolved(host):
                reason = f"{performed.failure.reason}; in this run it resolved {count(times, 'time')}"
                return replace(performed, failure=NamesFlap(reason, performed.exchange))
        return performed

    def seen(self, wanted: Transaction, target: Target) -> Performed:
        """How it went so far: nothing yet, where it was not planned or has not gone."""
        planned = self._planned.get((wanted, self.place(wanted, target)))
        gone = planned is not None and planned.future.done() and not planned.future.cancelled()
        return planned.future.result() if planned is not None and gone else Performed()

    def done(self, wanted: Transaction, target: Target) -> None:
        """A test has judged; after the last one, what the transaction brought is let go."""
        target = self.place(wanted, target)
        planned = self._planned.get((wanted, target))
        if planned is None:
            return
        planned.judges -= 1
        if planned.judges == 0:
            del self._planned[wanted, target]
            self._let_go(target.tenant.name)
        for needed in wanted.needs:
            self.done(needed, target)

    def _let_go(self, tenant: str) -> None:
        """When nothing of a tenant is left to be judged, nothing that holds its tokens can be written any more."""
        self._of_tenant[tenant] -= 1
        if self._of_tenant[tenant] == 0:
            self.scrubber.forget(tenant)

    def stop(self) -> None:
        """Abandon what is under way, and let nothing new begin; whoever else is in this process has it as it was."""
        if self._switched:
            sys.setswitchinterval(self._switched)
        for planned in list(self._planned.values()):
            planned.future.cancel()
        self.door.close()
        for _ in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (planned := self._queue.get()) is not None:
            if planned.future.set_running_or_notify_cancel():
                planned.future.set_result(self._perform(planned))
            del planned  # an idle thread would hold what it brought

    def _perform(self, planned: _Planned) -> Performed:
        if fault := planned.target.tenant.fault(*planned.transaction.reads):
            return Performed(failure=fault.again())
        try:
            for turn in planned.transaction.turns(planned.target):
                self.turns.take(turn)
            brought = planned.transaction.perform(planned.target, self._asking)
            exchange = brought if isinstance(brought, Exchange) else brought.exchange
        except Failure as failure:
            return Performed(failure=failure, exchange=failure.exchange)
        except CancelledError:
            return Performed(failure=Broken("the run ended before this was performed"))
        except Exception as error:  # noqa: BLE001 -- whatever nobody translated is our bug, and unknown, never down
            return Performed(failure=machine.untranslated(error, f"performed {planned.transaction.name}"))
        return Performed(brought, None, exchange)
