"""What a session watches: the tenants of the environment, or the sandbox, and the engine that asks them."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.clues import Clue
from monitor.configuration import settings
from monitor.configuration.rows import ROWS
from monitor.configuration.targets import Dependency, Login, Target, Tenant
from monitor.secrets import Scrubber
from monitor.session.part import Part, split
from monitor.session.probes import is_probe
from monitor.shards import Shard
from monitor.text import some
from monitor.verdict import Verdict

if TYPE_CHECKING:
    from monitor.configuration.settings import Settings
    from monitor.exchange import Exchange
    from monitor.transactions.engine import Engine, Transaction

SANDBOX = "sandbox"
DRILL = "drill"
CONNECT = 3.0
"""Seconds for a connection to the Management API, which is asked at the very end."""
ANNOUNCEMENT = (
    "SANDBOX: no tenant is configured, so a sandbox on this machine is probed; this says nothing about a real one",
    "         (set AUTH0_DOMAIN, or AUTH0_TENANTS; --live refuses to run without)",
)

WHOLE = "a tenant is asked by one process, and so are those of one domain where logins take turns"


class Watch:
    """The tenants, their rows, and their transactions.

    ``sandbox`` starts the sandbox and returns the environment for using it; the composition root sets it. In a worker
    of xdist the sandbox is the controller's, and ``inherited`` is its environment. ``drill`` names the faults of a
    drill, in which the sandbox is asked whatever is configured, and nothing of a tenant is read. Of a ``shard`` only
    what falls into it is asked, and of that only what this process's ``part`` is; where ``makes_all``, the rows of the
    other parts are made as well, for whoever chooses tests by their names.
    """

    def __init__(
        self,
        root: Path,
        inherited: Mapping[str, str] | None = None,
        drill: tuple[str, ...] = (),
        shard: Shard | None = None,
        part: Part | None = None,
    ) -> None:
        self.scrubber = Scrubber()
        self._rows: dict[str, tuple[list[Target], list[str]]] = {}
        self.root = root
        self.drill = drill
        self.values, remarks = settings.environment(root)
        if drill:
            self.values = settings.without_tenants(self.values)
        self.configured = settings.load(self.values, self.scrubber, root, remarks)
        self.mode = DRILL if drill else "live" if self.configured.tenants else SANDBOX
        self.boxed = self.mode in (DRILL, SANDBOX)
        services = tuple(row.id for row in self.configured.dependencies)
        self.shard = replace(shard, tenants=self._every_name, services=services) if shard else None
        self.part = part
        self.makes_all = False
        self.notes: tuple[str, ...] = ()
        self.sandbox: Callable[[], Mapping[str, str]] = dict
        self.holders: dict[tuple[object, ...], str] = {}
        self.judged: dict[tuple[object, ...], tuple[Transaction, ...]] = {}
        self._inherited = inherited
        self._tenants = frozenset(part.tenants if part else ())
        self._services = frozenset(part.services if part else ())
        self._authority: str | None = None
        self._judged_with: dict[str, None] = {}

    def headline(self) -> list[str]:
        """The first lines of the terminal."""
        first = list(ANNOUNCEMENT) if self.mode == SANDBOX else [f"tenants: {some(self.names, 8) or 'none'}"]
        if self.drill:
            first = [
                f"DRILL: a sandbox on this machine is probed, with the fault {', '.join(self.drill)}; no real tenant is"
            ]
        if self.shard:
            first += [f"shard {self.shard}: {len(self.names)} of {len(self.shard.tenants)} tenants, the rest in others"]
        return first + list(self.remarks) + list(self.notes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tenants that are asked, for which nothing need have been started; a shard may have none."""
        of_shard = self.shard.part(self._every_name) if self.shard else self._every_name
        return tuple(name for name in of_shard if name in self.part.tenants) if self.part else of_shard

    @property
    def _every_name(self) -> tuple[str, ...]:
        return tuple(tenant.name for tenant in self.configured.tenants) or (SANDBOX,)

    @property
    def environment(self) -> dict[str, str]:
        """Which of our variables are set: their names alone."""
        return {name: "set" for name in sorted(self.values) if re.fullmatch(r"AUTH0_[A-Z0-9_]+", name)}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What looks wrong in the environment, though it can be asked; there is nothing in it that is a secret."""
        return tuple(self.scrubber.scrub(remark) for remark in self.configured.remarks)

    @cached_property
    def sandbox_environment(self) -> Mapping[str, str]:
        """How to reach the sandbox, which is started if it has not been."""
        return self._inherited or self.sandbox()

    @cached_property
    def tenants(self) -> tuple[Tenant, ...]:
        """Who is watched."""
        return self._settings.tenants

    @cached_property
    def _settings(self) -> Settings:
        """The settings of the environment, or those for the sandbox, whose pages stand for the services' own."""
        if not self.boxed:
            return self.configured
        self._authority = self.sandbox_environment.get("SSL_CERT_FILE")
        values = {**self.values, **self.sandbox_environment, "AUTH0_TENANTS": SANDBOX}
        return settings.load(values, self.scrubber, self.root)

    def rows(self, what: str) -> tuple[list[Target], list[str]]:
        """Each of what there is, and a name for each that no other has; of a shard those that fall into it.

        The same for all probes of a kind: what one of them asked need not be asked again for another.
        """
        if what not in self._rows:
            self._rows[what] = self._made(what)
        return self._rows[what]

    def _made(self, what: str) -> tuple[list[Target], list[str]]:
        rows: list[Target] = list(self._settings.dependencies) if what == "dependency" else []
        rows += [row for tenant in self.tenants for row in ROWS[what](tenant)] if what in ROWS else []
        named = [(row, name) for row, name in zip(rows, _unique(row.id for row in rows), strict=True) if self._has(row)]
        return [row for row, _ in named], [name for _, name in named]

    def _has(self, row: Target) -> bool:
        """Whether this is asked here: a service goes by its own name, so that most shards have some to compare with."""
        of_shard = not self.shard or self.shard.holds(row.id if isinstance(row, Dependency) else row.tenant.name)
        return of_shard and (self.makes_all or self.is_ours(row))

    def is_ours(self, row: Target) -> bool:
        """Whether this is asked by this process, and not by another one of the same run."""
        if self.part is None:
            return True
        return row.id in self._services if isinstance(row, Dependency) else row.tenant.name in self._tenants

    def asks(self, item: pytest.Item) -> bool:
        """Whether this test is run by this process: a probe by whom it asks, all else by the first."""
        if is_probe(item):
            target = item.callspec.params["target"]  # type: ignore[attr-defined]
            return target is not None and self.is_ours(target)
        return self.part is None or self.part.number == 1

    @property
    def services(self) -> tuple[str, ...]:
        """The ids of the services that are asked for; a shard may have none."""
        ids = tuple(row.id for row in self.configured.dependencies)
        return self.shard.part(ids) if self.shard else ids

    def parts(self, most: int) -> list[Part]:
        """What each of several processes asks, so many at most.

        Who shares a limit that lets logins through in turn is asked by one process, which knows all whose turn it is.
        """
        from monitor.configuration.rows import logins
        from monitor.transactions.endpoints import turns_of

        asked = set(self.names)
        named = [tenant for tenant in self.configured.tenants if tenant.name in asked]
        shared = {
            tenant.name: tenant.url if any(True for row in logins(tenant) for _ in turns_of(row)) else (tenant.name,)
            for tenant in named
        }
        return split(shared, self.services, most)

    @cached_property
    def engine(self) -> Engine:
        import monitor.session.judgement  # noqa: F401 -- now: a file may not be to be had while sockets are open
        from monitor.transactions.engine import Engine
        from monitor.transactions.memory import Memory
        from monitor.transactions.sampling import Sampling
        from monitor.transactions.turns import Turns
        from monitor.wire.door import Door

        file = None if self.boxed else self.configured.memory
        door = Door(self.scrubber, self.values, self._authority)
        return Engine(door, Sampling(file), self.scrubber, memory=Memory(file), turns=Turns(file))

    def plan(self, transaction: Transaction, target: Target) -> None:
        """One more selected test judges this transaction."""
        from monitor.transactions.endpoints import SAMPLED

        self.engine.plan(transaction, target)
        if isinstance(target, Login):
            self._judged_with |= {"jwt": None} | ({"jsonschema_rs": None} if target.expected_claims else {})
        if transaction in SAMPLED and isinstance(target, Login) and not target.blocked:
            self.engine.sampling.plan(target.tenant, SAMPLED[transaction](target))

    def clues(self, verdicts: Iterable[Verdict]) -> tuple[Clue, ...]:
        """What Auth0 itself knows of what is ill in these; nothing is asked where all is well."""
        ill = [verdict for verdict in verdicts if verdict.ill]
        if not ill or not any(tenant.variables.management_client_id for tenant in self.tenants):
            return ()
        from monitor.management.gathering import gathered
        from monitor.transactions.memory import Memory
        from monitor.wire.door import Door

        door = Door(self.scrubber, self.values, self._authority)

        def ask(method: str, address: str, **sent: Any) -> Exchange:
            return door.ask(method, address, connect_timeout=CONNECT, **sent)

        return gathered(
            verdicts,
            self.tenants,
            ask,
            memory=Memory(None if self.boxed else self.configured.memory),
            keep_secret=self.scrubber.add,
            scrub=self.scrubber.scrub,
        )

    def warm_up(self) -> None:
        """Import, while the first answers are on their way, what judging them will need: of a login's, its tokens."""
        with contextlib.suppress(OSError):  # whoever needs it will say what this machine has run out of
            for name in self._judged_with:
                importlib.import_module(name)

    def stop(self) -> None:
        """Abandon what is under way."""
        if "engine" in self.__dict__:
            self.engine.stop()

    def scrub(self, value: Any, tenant: Tenant | None = None) -> Any:
        """The same text (or JSON value) without secrets: those of the environment, and what this tenant handed out."""
        return self.scrubber.scrubbed(value, *([tenant.name] if tenant else []))

    def clean(self, verdict: Verdict, tenant: Tenant) -> dict[str, Any]:
        """This verdict without secrets, in plain JSON types."""
        from monitor.session.cleaning import cleaned

        return cleaned(verdict.to_dict(), lambda text: self.scrub(text, tenant), (tenant.url,))


def _unique(ids: Iterable[str]) -> list[str]:
    wanted = list(ids)
    given: dict[str, None] = {}
    for each in wanted:
        numbered = (f"{each}-{number}" for number in itertools.count(2))
        given[each if each not in given else next(n for n in numbered if n not in given and n not in wanted)] = None
    return list(given)


def question(docstring: str | None) -> str:
    """The question that a probe answers: its docstring, in one line."""
    return re.sub(r"\s+", " ", docstring or "").strip()
