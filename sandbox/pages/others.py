"""Apple's services, Microsoft's post, Uptime Kuma's monitors, and an API of one's own that says how it is."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import PACIFIC, Event, Scene

APPLE = {"incident": ("Outage", "All users are affected"), "minor": ("Issue", "Some users are affected")}
POSTS = {"incident": "Unavailable", "minor": "ServiceDegradation"}
BEATS = {"incident": 0, "minor": 2, "maintenance": 3}
PACE = timedelta(minutes=30)
"""How often each monitor is checked: its last check is good for three of these."""


def apple(scene: Scene, path: str, _: str) -> Answer | None:
    """Bare JSON, as a script: each service with its events, or with none."""
    if path != "support/systemstatus/data/system_status_en_US.js":
        return None
    events = [_apple_event(event) for event in scene.events("Sign in with Apple")]
    listed = {"App Store": [], "Sign in with Apple": events, "iCloud Mail": []}
    services = [{"serviceName": name, "redirectUrl": None, "events": told} for name, told in listed.items()]
    body = json.dumps({"drpost": False, "services": services})
    return Answer(body, content_type="application/javascript; charset=utf-8")


def _apple_event(event: Event) -> dict[str, Any]:
    kind, users = APPLE.get(event.shape, ("Maintenance" if event.planned else "Issue", "Some users are affected"))
    state = "resolved" if event.over else "upcoming" if event.shape == "future" else "ongoing"
    ends = event.ends if event.planned else event.over
    return {
        "messageId": event.id,
        "statusType": kind,
        "usersAffected": users,
        "eventStatus": state,
        "message": event.title,
        "epochStartDate": int(event.begins.timestamp() * 1000),
        "epochEndDate": int(ends.timestamp() * 1000) if ends else None,
        "datePosted": _pacific(event.touched),
        "startDate": _pacific(event.begins),
        "endDate": _pacific(ends) if ends else None,
        "affectedServices": None,
    }


def _pacific(at: datetime) -> str:
    return at.astimezone(PACIFIC).strftime("%m/%d/%Y %H:%M %Z")


def microsoft(scene: Scene, path: str, _: str) -> Answer | None:
    """One post, which is made again and again."""
    if path != "api/posts/azure":
        return None
    events = scene.events("the sign-in")
    state = next((POSTS[event.shape] for event in events if event.shape in POSTS), "Available")
    told = {"Title": events[0].title if events else "", "Message": "<div>All is well.</div>", "Status": state}
    made = scene.now.isoformat()
    first = (scene.now - timedelta(days=2)).isoformat()
    times = {"AuthoredDateTime": first, "InternalDateTime": made, "LastUpdatedTime": made}
    return json_answer({"Id": scene.identity("post")} | times | told)


def kuma(scene: Scene, path: str, _: str) -> Answer | None:
    """The page with its monitors' names, and their last checks; both are needed."""
    events = scene.events("Login API")
    if path == "api/status-page/sandbox":
        monitors = [
            {"id": 1, "name": "Login API", "sendUrl": 0, "type": "http"},
            {"id": 2, "name": "Mails", "type": "port"},
        ]
        groups = [{"id": 1, "name": "Services", "weight": 1, "monitorList": monitors}]
        plans = [_kuma_plan(event) for event in events if event.planned]
        config = {"slug": "sandbox", "title": "Sandbox", "published": True}
        return json_answer({"config": config, "incident": None, "publicGroupList": groups, "maintenanceList": plans})
    if path != "api/status-page/heartbeat/sandbox":
        return None
    now = next((BEATS[event.shape] for event in events if event.shape in BEATS), 1)
    before = 0 if any(event.over for event in events) else 1
    beats = {"1": _beats(scene, (before, now)), "2": _beats(scene, (1, 1))}
    return json_answer({"heartbeatList": beats, "uptimeList": {"1_24": 0.99, "2_24": 1}})


def _beats(scene: Scene, states: tuple[int, ...]) -> list[dict[str, Any]]:
    """The newest last, as they come."""
    times = [scene.now - PACE * ago for ago in reversed(range(len(states)))]
    told = zip(states, times, strict=True)
    return [{"status": state, "time": f"{at:%Y-%m-%d %H:%M:%S}.123", "msg": "", "ping": 40} for state, at in told]


def _kuma_plan(event: Event) -> dict[str, Any]:
    state = "scheduled" if event.shape == "future" else "under-maintenance"
    slot = {"startDate": event.begins.isoformat(), "endDate": (event.ends or event.begins).isoformat()}
    return {
        "id": 1,
        "title": event.title,
        "strategy": "single",
        "active": True,
        "status": state,
        "timeslotList": [slot],
    }


def api(scene: Scene, path: str, _: str) -> Answer | None:
    """An API behind an Action, in the words of Spring Boot: 503 where it is down."""
    if path != "actuator/health":
        return None
    shapes = {event.shape for event in scene.events("the database")}
    state = "DOWN" if "incident" in shapes else "DEGRADED" if "minor" in shapes else "UP"
    parts = {"db": {"status": state}, "ping": {"status": "UP"}}
    return json_answer({"status": state, "components": parts}, 503 if state == "DOWN" else 200)
