"""A tenant in the sandbox that is ill in a way of ours, and what its Management API was asked and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sandbox
from monitor.clues import Clue
from monitor.configuration.assembly import tenants
from monitor.configuration.targets import Tenant
from monitor.management.gathering import gathered
from monitor.secrets import Scrubber
from monitor.status import Status
from monitor.transactions.memory import Memory
from monitor.verdict import Verdict
from monitor.wire.door import Door
from sandbox.box import Sandbox

WRONG = "a-wrong-password-0123456789"


def tenant_of(box: Sandbox, **variables: str) -> Tenant:
    values = box.environment | {f"AUTH0_{name}": value for name, value in variables.items()}
    (found,) = tenants({name: value for name, value in values.items() if value})
    return found


@dataclass
class Patient:
    """A sandbox, and verdicts on what was really asked of it."""

    box: Sandbox
    memory: Path | None = None
    variables: dict[str, str] = field(default_factory=dict)
    scrubber: Scrubber = field(default_factory=Scrubber)

    def __post_init__(self) -> None:
        self.door = Door(self.scrubber, {}, self.box.environment["SSL_CERT_FILE"])
        self.tenant = tenant_of(self.box, **self.variables)

    def login(self, connection: str = sandbox.DEFAULT_CONNECTION, password: str = WRONG) -> Verdict:
        """A login by password-realm, as a probe of it would be judged."""
        environment = self.box.environment
        custom = connection != sandbox.DEFAULT_CONNECTION
        sent = {
            "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
            "client_id": environment["AUTH0_CLIENT_ID"],
            "client_secret": environment["AUTH0_CLIENT_SECRET"],
            "username": environment["AUTH0_CONNECTION_CUSTOM_USERS_USERNAME" if custom else "AUTH0_USERNAME"],
            "password": password or environment["AUTH0_PASSWORD"],
            "realm": connection,
        }
        return self._judged("login", f"password-realm:{connection}", sent)

    def machine(self) -> Verdict:
        """A machine's login that is refused."""
        environment = self.box.environment
        sent = {
            "grant_type": "client_credentials",
            "client_id": environment["AUTH0_CLIENT_ID"],
            "client_secret": environment["AUTH0_CLIENT_SECRET"],
            "audience": "https://no-such-api.example",
        }
        return self._judged("machine", "", sent)

    def _judged(self, rung: str, target: str, sent: dict[str, str]) -> Verdict:
        address = f"https://{self.box.domain}/oauth/token"
        exchange = self.door.ask("POST", address, form=sent, timeout=30, connect_timeout=10)
        attempts = [each.to_dict() for each in exchange.attempts]
        status = Status.UP if exchange.status == 200 else Status.DOWN
        failure = "" if status is Status.UP else "Refused"
        return made_verdict(rung, f"localhost:{target}".rstrip(":"), status, failure=failure, attempts=attempts)

    def clues(self, *verdicts: Verdict) -> list[Clue]:
        """What is gathered of these, in a run of its own."""
        return list(
            gathered(
                verdicts,
                [self.tenant],
                self._ask,
                memory=Memory(self.memory),
                keep_secret=self.scrubber.add,
                scrub=self.scrubber.scrub,
            )
        )

    def _ask(self, method: str, address: str, **sent: Any) -> Any:
        return self.door.ask(method, address, connect_timeout=10, **sent)

    @property
    def asked(self) -> list[str]:
        """The paths that the Management API was asked for; ``token`` is one for a token."""
        kinds = [each for each in self.box.asked if each.kind.startswith("management")]
        return ["token" if each.kind == "management-token" else each.path[8:] for each in kinds]


def made_verdict(rung: str, target: str, status: Status, **more: Any) -> Verdict:
    return Verdict(f"tests_synthetic/test_x.py::test_{rung}[{target}]", rung, target, rung, status, rung=rung, **more)
