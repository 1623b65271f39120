"""Prometheus' Pushgateway: a group for each tenant, replaced as a whole, and deleted when its tenant is no more.

Nothing expires there: a group that is left alone says the same for ever. So each has its run's time as a value, and
whoever was pushed is remembered.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from monitor import files
from monitor.configuration import settings as environment
from monitor.feeds import readout, series
from monitor.feeds.feed_settings import Endpoint, FeedSettings, Unsent, endpoint
from monitor.feeds.sending import Courier, FeedRequest
from monitor.secrets import Scrubber
from monitor.text import count
from monitor.verdict import DEPENDENCIES, Run

VARIABLE, KEY, JOB = "AUTH0_FEED_PUSHGATEWAY_URL", "AUTH0_FEED_PUSHGATEWAY_KEY", "AUTH0_FEED_PUSHGATEWAY_JOB"
DEFAULT_JOB = "auth0_synthetic"
MEMORY = "feeds.json"
"""The file beside AUTH0_MEMORY that knows which tenants were pushed."""

FORGOTTEN = 86_400.0
"""Seconds after which a group that this machine does not remember is nobody's: parts of a monitor push apart."""

_TYPE = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
_PLAIN = re.compile(r"[A-Za-z0-9_.\-]+")


def render(run: Run, _settings: FeedSettings) -> bytes:
    """The body of every request, one after another."""
    return b"".join(request.content for request in requests(run, DEFAULT_JOB))


def requests(run: Run, job: str) -> Iterator[FeedRequest]:
    """One for each tenant: PUT replaces all that its group had."""
    for tenant in readout.tenants(run):
        # The services are shared out as well: of each shard's part there is a group.
        shard = f"{run.shard.number}-of-{run.shard.of}" if run.shard and tenant.name == DEPENDENCIES else ""
        yield FeedRequest("PUT", group(job, tenant.name, shard), series.text(run, [tenant]), _TYPE)


def group(job: str, tenant: str, shard: str = "") -> str:
    """The path of a tenant's group; a name that is no plain one is encoded, as the Pushgateway has it."""
    return f"/metrics/{_part('job', job)}/{_part('tenant', tenant)}" + (f"/{_part('shard', shard)}" if shard else "")


def _part(name: str, value: str) -> str:
    if _PLAIN.fullmatch(value):
        return f"{name}/{quote(value)}"
    encoded = base64.urlsafe_b64encode(value.encode("utf-8", "replace")).decode().rstrip("=")
    return f"{name}@base64/{encoded or '='}"


def destination(values: Mapping[str, str]) -> Endpoint:
    """Where it is pushed. Raises Unsent where a variable of it cannot be used."""
    _job(values)
    return endpoint(values, VARIABLE, KEY)


def _job(values: Mapping[str, str]) -> str:
    job = values.get(JOB, "").strip() or DEFAULT_JOB
    if not _PLAIN.fullmatch(job):
        raise Unsent(f"{JOB} is no name of a job: use letters, digits, '.', '_' and '-'")
    return job


def send(run: Run, _settings: FeedSettings, courier: Courier) -> str:
    """Push every tenant's group, and delete those of tenants that are no more. Raises Unsent."""
    to, job = destination(courier.values), _job(courier.values)
    pushed = courier.send_all(to, requests(run, job))
    names = {tenant.name for tenant in readout.tenants(run)}
    told = f"{count(pushed, 'group')} pushed"
    if run.mode != "live":
        return told
    memory = _Memory(courier, f"{to.url} {job}")
    known = memory.tenants()
    before = _listed(courier, to, job) if known is None else known
    gone = sorted(before - names - _wanted(run, courier))
    courier.send_all(to, (FeedRequest("DELETE", group(job, name)) for name in gone))
    memory.keep(before - set(gone) | names)
    return told + (f", {count(len(gone), 'group')} deleted" if gone else "")


def _wanted(run: Run, courier: Courier) -> set[str]:
    """Whoever is asked by another part of this monitor, or will be asked again: their groups stay."""
    configured = environment.load(courier.values, Scrubber(), Path.cwd()).tenants
    return {*run.tenants, *(run.shard.tenants if run.shard else ()), *(tenant.name for tenant in configured)}


def _listed(courier: Courier, to: Endpoint, job: str) -> set[str]:
    """The tenants of this job of whom nothing was pushed for so long that no other part of a monitor does.

    Nothing where the Pushgateway cannot say, or has too much.
    """
    with contextlib.suppress(Unsent, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        answer = courier.send(to, FeedRequest("GET", "/api/v1/metrics"))
        groups = [each for each in json.loads(answer.body)["data"] if each["labels"].get("job") == job]
        before = time.time() - FORGOTTEN
        return {
            str(each["labels"]["tenant"])
            for each in groups
            if float(each["push_time_seconds"]["metrics"][0]["value"]) < before
        }
    return set()


class _Memory:
    """Who was pushed to this address, in a file for all of them; what cannot be read or written is not known."""

    def __init__(self, courier: Courier, address: str) -> None:
        memory = environment.load(courier.values, Scrubber(), Path.cwd()).memory
        self._file = memory.with_name(MEMORY)
        self._key = hashlib.sha256(address.encode()).hexdigest()[:16]

    def _read(self) -> dict[str, list[str]]:
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}

    def tenants(self) -> set[str] | None:
        """None where nothing is known."""
        names = self._read().get(self._key)
        return set(map(str, names)) if isinstance(names, list) else None

    def keep(self, names: Iterable[str]) -> None:
        known = {**self._read(), self._key: sorted(names)}
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            files.replace(self._file, json.dumps(known) + "\n")
