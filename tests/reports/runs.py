"""Runs to write reports of: well, ill, ended badly, hostile, and far too large."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.diagnosis.diagnosis import diagnose
from monitor.owners import Cause, Confidence, Diagnosis, Owner
from monitor.status import Status
from monitor.verdict import Run, Verdict
from tests.declared import rung_of

HOSTILE = (
    "]]> </script><script>document.title='owned'</script> <img src=x onerror=\"document.title='owned'\"> "
    "\" onmouseover=\"document.title='owned' ' {{7*7}} &amp; "
    "\x00 \x1b[31mred\x1b]0;owned\x07 \x9b \u202egnp.exe\r\nnext \ud800 😀"
)

REFUSED = "the login was refused: status 500, server_error: the custom database script did not answer"


def attempt(**said: Any) -> dict[str, Any]:
    """What one attempt sent and saw, as the door to the tenant tells it."""
    seen = {
        "method": "POST",
        "url": "https://prod.example/oauth/token",
        "status": 200,
        "error": None,
        "started": 1795381261.25,
        "seconds": 0.213,
        "phases": {"dns": 0.002, "connect": 0.01, "tls": 0.021, "send": 0.0, "wait": 0.179, "receive": 0.001},
        "address": "203.0.113.9",
        "headers": {"x-auth0-requestid": "7b6f4d1a0c2e", "CF-RAY": "8f0a1b2c-FRA", "date": "never told"},
        "bytes": 1200,
    }
    return seen | said


def verdict(probe: str = "login_hands_out_tokens", target: str = "prod", **said: Any) -> Verdict:
    """A verdict that is up, unless it is said otherwise."""
    seen = attempt()
    known = {
        "status": Status.UP,
        "reason": "",
        "question": "Is the user let in?",
        "seconds": 0.213,
        "budget": 3.0,
        "phases": seen["phases"],
        "attempts": [seen],
    }
    node = f"tests_synthetic/test_login.py::test_{probe}[{target}]"
    return Verdict.planned(node, **known | {"rung": rung_of(node, otherwise="token")} | said)


def down(probe: str = "login_hands_out_tokens", target: str = "prod", **said: Any) -> Verdict:
    return verdict(
        probe, target, **{"status": Status.DOWN, "reason": REFUSED, "attempts": [attempt(status=500)]} | said
    )


def unknown(probe: str = "login_page_is_served", target: str = "prod", **said: Any) -> Verdict:
    why = {"status": Status.UNKNOWN, "reason": "AUTH0_CLIENT_ID is wrong", "seconds": None, "budget": None}
    return verdict(probe, target, **why | {"phases": {}, "attempts": []} | said)


def degraded(probe: str = "tenant_is_fast", target: str = "prod", **said: Any) -> Verdict:
    why = {"status": Status.DEGRADED, "reason": "took 4.20 s of a budget of 3 s", "seconds": 4.2}
    return verdict(probe, target, **why | said)


def unread(target: str = "dependencies:github", **said: Any) -> Verdict:
    """A status page that could not be read."""
    why = {"status": Status.UNKNOWN, "failure": "Unreadable", "reason": "an HTML page; look at https://example.com"}
    return verdict("service_reports_no_incident", target, **why | {"budget": None} | said)


def skipped(probe: str = "node_is_idle", target: str = "prod", **said: Any) -> Verdict:
    why = {"status": Status.SKIPPED, "reason": "set AUTH0_NODES", "seconds": None, "budget": None}
    return verdict(probe, target, **why | {"phases": {}, "attempts": []} | said)


def run(*verdicts: Verdict, **said: Any) -> Run:
    """A run against real tenants that finished, unless it is said otherwise."""
    known: dict[str, Any] = {
        "mode": "live",
        "started": "2026-11-22T21:00:00Z",
        "seconds": 1.234,
        "version": "0.1.0",
        "tenants": tuple(dict.fromkeys(each.tenant for each in verdicts)),
        "versions": {"python": "3.11.7"},
        "environment": {"AUTH0_DOMAIN": "set", "AUTH0_NODES": "not set"},
        "verdicts": verdicts,
    }
    return Run(**known | said)


def diagnosed(*verdicts: Verdict, **said: Any) -> Run:
    """The same run, with its diagnosis, as a session leaves it."""
    told = run(*verdicts, **said)
    return replace(told, diagnosis=diagnose(told))


def caused(number: int, **known: Any) -> Run:
    """A run of so many causes, of a tenant each."""
    ill = [down(target=f"t{each:02}") for each in range(number)]
    made = tuple(
        Cause(
            "r",
            Owner.AUTH0,
            Confidence.LIKELY,
            Status.DOWN,
            each.target,
            f"{each.target} is ill",
            (each.id,),
            (),
            "b#r",
        )
        for each in ill
    )
    return run(*ill, diagnosis=Diagnosis(Status.DOWN, Owner.AUTH0, "all is ill", made), **known)


def every_status() -> Run:
    """One verdict of each status, and not in the order that readers want."""
    return run(skipped(), verdict(), degraded(), unknown(), down())


def hostile() -> Run:
    """Every text from outside is as bad as it can be, in each status."""
    bad: dict[str, Any] = {
        "id": f"tests_synthetic/test_x.py::test_{HOSTILE}[{HOSTILE}]",
        "probe": HOSTILE,
        "target": HOSTILE,
    }
    seen = attempt(url=HOSTILE, error=HOSTILE, method=HOSTILE, address=HOSTILE, headers={"cf-ray": HOSTILE})
    bad |= {"kind": HOSTILE, "reason": HOSTILE, "question": HOSTILE, "attempts": [seen]}
    verdicts = [verdict(**bad | {"status": status}) for status in Status]
    named = {"version": HOSTILE, "ended": f"interrupted: {HOSTILE}", "versions": {HOSTILE: HOSTILE}}
    return run(*verdicts, **named, tenants=(HOSTILE,), environment={HOSTILE: HOSTILE})


def huge(ill: int = 30, verdicts: int = 10_000) -> Run:
    """Many tenants of 25 probes each; in the last of them so many are down."""
    told = [verdict(f"probe_{n % 25}", f"tenant{n // 25:03}") for n in range(verdicts - ill)]
    return run(*told, *(down(f"probe_{n % 25}", f"tenant{n // 25:03}") for n in range(verdicts - ill, verdicts)))


def in_form_1(document: dict[str, Any]) -> dict[str, Any]:
    """This document of results.json as version 0.2.0 wrote it: each verdict has its attempts itself."""
    held = document["attempts"]
    verdicts = [each | {"attempts": [held[place] for place in each["attempts"]]} for each in document["verdicts"]]
    return {name: value for name, value in document.items() if name != "attempts"} | {"schema": 1, "verdicts": verdicts}
