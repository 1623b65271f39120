from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.box import Sandbox
from tests.suite import NOWHERE
from tests.workflows.rehearsal import Repository, available

SECRETS = ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")
KNOWN = {
    "AUTH0_FLOWS": "password-realm",
    "AUTH0_DEPENDENCIES": "none",
    "AUTH0_STATUS_PAGE": NOWHERE,
    "AUTH0_UPTIME_URL": NOWHERE,
    "AUTH0_REFUSALS_EVERY": "0",
    "MONITOR_ROUNDS": "1",
    "MONITOR_EVERY": "0",
}

Boxes = Callable[..., Sandbox]


@pytest.fixture(scope="session")
def boxes() -> Iterator[Boxes]:
    """A sandbox with these faults, started where it is needed first."""
    started: list[Sandbox] = []

    @functools.cache
    def box(*faults: str) -> Sandbox:
        started.append(sandbox.start(faults))
        return started[-1]

    yield box
    for each in started:
        each.stop()


def environment(box: Sandbox) -> dict[str, dict[str, str]]:
    """A tenant's environment on GitHub, as docs/github.md has it set: plain names, and the rest in AUTH0_ENV."""
    values = box.environment
    user = "CONNECTION_CUSTOM_USERS"
    more = [f"AUTH0_{user}_{each}={values[f'AUTH0_{user}_{each}']}" for each in ("USERNAME", "PASSWORD")]
    return {
        "secrets": {f"AUTH0_{each}": values[f"AUTH0_{each}"] for each in SECRETS}
        | {"AUTH0_STATUS_URL": NOWHERE}
        | {"AUTH0_ENV": "\n".join(["# users of connections", *more])},
        "variables": {"AUTH0_DOMAIN": values["AUTH0_DOMAIN"], "AUTH0_CONNECTIONS": values["AUTH0_CONNECTIONS"]},
    }


@pytest.fixture
def repository(tmp_path: Path, boxes: Boxes) -> Callable[..., Repository]:
    """A repository with these tenants, each of which is the sandbox with these faults."""
    if not available():
        pytest.skip("bash and git are needed to rehearse a workflow")

    def made(tenants: dict[str, tuple[str, ...]], **more: Any) -> Repository:
        # Every sandbox has an authority of its own, and a machine one list of them.
        authorities = tmp_path / "authorities.pem"
        asked = {name: boxes(*faults) for name, faults in tenants.items()}
        texts = {Path(each.environment["SSL_CERT_FILE"]).read_text() for each in asked.values()}
        authorities.write_text("".join(sorted(texts)), encoding="utf-8")
        folder = tmp_path / "github"
        folder.mkdir()
        return Repository(
            folder,
            {"SSL_CERT_FILE": str(authorities), "REQUESTS_CA_BUNDLE": str(authorities)},
            variables=KNOWN | ({"AUTH0_TENANTS": ",".join(tenants)} if tenants else {}),
            environments={name: environment(box) for name, box in asked.items()},
            **more,
        )

    return made
