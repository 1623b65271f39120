"""The pages of Heroku and Slack."""

from __future__ import annotations

from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import PACIFIC, Event, Scene, iso

HEROKU_COLOURS = {"incident": "red", "minor": "yellow"}


def heroku(scene: Scene, path: str, _: str) -> Answer | None:
    if path != "api/v4/current-status":
        return None
    events = scene.events("Apps")
    colour = next((HEROKU_COLOURS[event.shape] for event in events if event.shape in HEROKU_COLOURS), "green")
    systems = {"Apps": colour, "Data": "green", "Tools": "green"}
    return json_answer(
        {
            "status": [{"system": system, "status": status} for system, status in systems.items()],
            "incidents": [_heroku_incident(event) for event in events if not event.planned],
            "scheduled": [_heroku_incident(event) for event in events if event.planned],
        }
    )


def _heroku_incident(event: Event) -> dict[str, Any]:
    number = int(event.id[:4], 16)
    state = "scheduled" if event.planned else "resolved" if event.over else "open"
    planned = event.ends if event.planned else None
    return {
        "created_at": iso(event.told),
        "duration": int((event.over - event.begins).total_seconds()) if event.over else None,
        "full_url": f"https://status.heroku.example/incidents/{number}",
        "id": number,
        "resolved": event.over is not None,
        "resolved_at": iso(event.over) if event.over else None,
        "state": state,
        "title": event.title,
        "updated_at": iso(event.touched),
        **({"scheduled_for": iso(event.begins), "scheduled_until": iso(planned)} if planned else {}),
        "updates": [
            {
                "contents": update.text,
                "created_at": iso(update.at),
                "id": number * 10 + place,
                "incident_id": number,
                "status_dev": "green",
                "status_prod": HEROKU_COLOURS.get(event.shape, "green"),
                "title": event.title,
                "update_type": update.status,
                "updated_at": iso(update.at),
            }
            for place, update in enumerate(event.updates)
        ],
    }


def slack(scene: Scene, path: str, _: str) -> Answer | None:
    if path != "api/v2.0.0/current":
        return None
    events = scene.events("Login/SSO")
    touched = max((event.touched for event in events), default=scene.now).astimezone(PACIFIC).isoformat()
    return json_answer(
        {
            "status": "active" if any(not event.over for event in events) else "ok",
            "date_created": touched,
            "date_updated": touched,
            "active_incidents": [_slack_incident(event) for event in events],
        }
    )


def _slack_incident(event: Event) -> dict[str, Any]:
    return {
        "id": int(event.id[:4], 16),
        "date_created": event.told.astimezone(PACIFIC).isoformat(),
        "date_updated": event.touched.astimezone(PACIFIC).isoformat(),
        "title": event.title,
        "type": "outage" if event.shape == "incident" else "incident",
        "status": "resolved" if event.over else "active",
        "url": f"https://slack-status.example/{event.id}",
        "services": [event.what],
        "notes": [
            {"date_created": update.at.astimezone(PACIFIC).isoformat(), "body": update.text} for update in event.updates
        ],
    }
