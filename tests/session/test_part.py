"""Parts of a run: of about one size, each with a tenant, and who takes turns with others in one of them."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping

import pytest

from monitor.session.part import Part, split

APART = {name: name for name in "abcdef"}
SERVICES = ("aws", "github", "twilio")


@pytest.mark.parametrize(
    ("tenants", "most", "shared_out"),
    [
        (APART, 1, ["abcdef"]),
        (APART, 2, ["ace", "bdf"]),
        (APART, 4, ["ae", "bf", "c", "d"]),
        (APART, 9, ["a", "b", "c", "d", "e", "f"]),
        (APART | dict.fromkeys("abd", "one domain"), 2, ["abd", "cef"]),
        (dict.fromkeys("abc", "one domain"), 3, ["abc"]),
        ({}, 3, []),
    ],
)
def test_tenants_are_shared_out(tenants: Mapping[str, Hashable], most: int, shared_out: list[str]) -> None:
    parts = split(tenants, SERVICES, most)

    assert ["".join(part.tenants) for part in parts] == shared_out
    assert [(part.number, part.of) for part in parts] == [(at, len(parts)) for at in range(1, len(parts) + 1)]
    assert sorted(service for part in parts for service in part.services) == (sorted(SERVICES) if parts else [])


def test_part_comes_back_from_json() -> None:
    part = Part(2, 3, ("prod", "eu"), ("aws",))

    assert Part.from_dict(json.loads(json.dumps(part.to_dict()))) == part
    assert str(part) == "process 2 of 3"
