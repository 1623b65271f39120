"""The page of Salesforce: the status of one instance."""

from __future__ import annotations

from typing import Any

from sandbox import STATIC
from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import Event, Scene, iso

INSTANCE = STATIC["AUTH0_DEPENDENCY_SALESFORCE_COMPONENTS"]
STATUSES = {
    "incident": "MAJOR_INCIDENT_CORE",
    "minor": "MINOR_INCIDENT_CORE",
    "maintenance": "MAINTENANCE_CORE",
}


def document(scene: Scene, path: str, _: str) -> Answer | None:
    if not (path.startswith("v1/instances/") and path.endswith("/status")):
        return None
    if path != f"v1/instances/{INSTANCE}/status":
        return json_answer({"message": "Instance not found"}, 404)
    events = scene.events("Core Service")
    shapes = [event.shape for event in events if event.shape in STATUSES]
    return json_answer(
        {
            "key": INSTANCE,
            "location": "EMEA",
            "environment": "production",
            "releaseVersion": "Sandbox '26",
            "releaseNumber": "260.1",
            "status": STATUSES[shapes[0]] if shapes else "OK",
            "isActive": True,
            "Incidents": [_incident(event) for event in events if not event.planned],
            "Maintenances": [_maintenance(event) for event in events if event.planned],
            "GeneralMessages": [],
            "Products": [],
            "Services": [{"key": "coreService", "order": 1, "isCore": True}],
            "Tags": [],
        }
    )


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": int(event.id[:6], 16),
        "affectsAll": False,
        "isCore": True,
        "createdAt": iso(event.told),
        "updatedAt": iso(event.touched),
        "instanceKeys": [INSTANCE],
        "serviceKeys": ["coreService"],
    }


def _incident(event: Event) -> dict[str, Any]:
    return _event(event) | {
        "message": {"pathToResolution": event.text, "actionPlan": None, "rootCause": None},
        "status": "Resolved" if event.over else "Confirmed",
        "IncidentImpacts": [
            {
                "startTime": iso(event.begins),
                "endTime": iso(event.over) if event.over else None,
                "type": "majorFailure" if event.shape == "incident" else "performanceDegradation",
                "severity": "major" if event.shape == "incident" else "minor",
            }
        ],
        "IncidentEvents": [
            {"type": update.status, "message": update.text, "createdAt": iso(update.at)} for update in event.updates
        ],
    }


def _maintenance(event: Event) -> dict[str, Any]:
    return _event(event) | {
        "name": event.title,
        "message": {"maintenanceType": "scheduledMaintenance", "availability": "unavailable"},
        "plannedStartTime": iso(event.begins),
        "plannedEndTime": iso(event.ends) if event.ends else None,
        "MaintenanceEvents": [],
    }
