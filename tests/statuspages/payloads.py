"""Pages in JSON written by hand, as their sites write them: well, or with one major incident that is months old.

Each incident was told of long ago and touched an hour ago: whoever loses its newest time must not call it stale.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.statuspages.feeds import LONG_AGO, NOW

TOUCHED = NOW - timedelta(hours=1)
AHEAD = NOW + timedelta(days=3)


def iso(when: datetime) -> str:
    """``2026-11-22T03:00:00.000Z``."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch(when: datetime) -> int:
    return int(when.timestamp())


def part(name: str, status: str = "operational", **known: Any) -> dict[str, Any]:
    """A component of a Statuspage."""
    return {"id": f"id-of-{name}", "name": name, "status": status, "group": False, "group_id": None} | known


def statuspage(*parts: dict[str, Any], indicator: str = "none", **lists: Any) -> dict[str, Any]:
    """A summary.json; ``incidents=None`` leaves that list out."""
    listed = {"incidents": [], "scheduled_maintenances": []} | lists
    return {
        "page": {"id": "abc", "name": "Example", "url": "https://status.example.com", "updated_at": iso(NOW)},
        "components": list(parts or (part("Login"), part("API"))),
        **{name: each for name, each in listed.items() if each is not None},
        "status": {"indicator": indicator, "description": "Whatever they say"},
    }


def event(*parts: dict[str, Any], status: str = "investigating", impact: str = "critical", **more: Any) -> Any:
    """An incident of a Statuspage."""
    newest = {"status": status, "body": "We are on it.", "affected_components": None} | stamps(TOUCHED)
    first = {"status": "investigating", "body": "We look into it."} | stamps(LONG_AGO)
    return {
        "id": "1",
        "name": "Login fails",
        "status": status,
        "impact": impact,
        "shortlink": "https://stspg.example/1",
        "started_at": iso(LONG_AGO),
        "created_at": iso(LONG_AGO),
        "updated_at": iso(TOUCHED),
        "resolved_at": None,
        "components": list(parts),
        "incident_updates": [newest, first],
    } | more


def stamps(when: datetime) -> dict[str, Any]:
    return {"created_at": iso(when), "updated_at": iso(when), "display_at": iso(when)}


def aws(status: Any = "3", service: str = "multipleservices-us-east-1", **more: Any) -> dict[str, Any]:
    """An event of AWS."""
    return {
        "date": str(epoch(LONG_AGO)),
        "arn": "arn:aws:health:us-east-1::event/MULTIPLE_SERVICES/OPERATIONAL_ISSUE/1",
        "region_name": "N. Virginia",
        "status": status,
        "service": service,
        "service_name": "Multiple services",
        "summary": "Increased Error Rates",
        "event_log": [
            {"summary": "More", "message": "It grew.", "status": 1, "timestamp": epoch(LONG_AGO)},
            {"summary": "Most", "message": "It is large.", "status": 3, "timestamp": epoch(TOUCHED)},
        ],
        "impacted_services": {
            "iam-us-east-1": {"service_name": "IAM", "current": status, "max": "3"},
            "route53": {"service_name": "Route 53", "current": "0", "max": "2"},
        },
    } | more


def google(**more: Any) -> dict[str, Any]:
    """An incident of Google's; without ``end`` it is open."""
    newest = {"created": iso(TOUCHED), "modified": iso(TOUCHED), "when": iso(TOUCHED), "status": "SERVICE_OUTAGE"}
    first = {"created": iso(LONG_AGO), "modified": iso(LONG_AGO), "when": iso(LONG_AGO), "status": "SERVICE_OUTAGE"}
    return {
        "id": "abc",
        "number": "1",
        "begin": iso(LONG_AGO),
        "created": iso(LONG_AGO),
        "end": None,
        "modified": iso(TOUCHED),
        "external_desc": "Mail is <b>late</b>",
        "updates": [newest, first],
        "most_recent_update": newest,
        "status_impact": "SERVICE_OUTAGE",
        "severity": "high",
        "service_key": "key",
        "service_name": "Gmail",
        "affected_products": [{"title": "Gmail", "id": "gmail"}],
        "uri": "incidents/abc",
    } | more


def slack(*incidents: dict[str, Any], status: str = "active") -> dict[str, Any]:
    """What Slack says is open."""
    return {
        "status": status,
        "date_created": iso(NOW),
        "date_updated": iso(NOW),
        "active_incidents": list(incidents),
    }


def trouble(**more: Any) -> dict[str, Any]:
    """An incident of Slack's."""
    return {
        "id": 1,
        "date_created": iso(LONG_AGO),
        "date_updated": iso(TOUCHED),
        "title": "Nobody can sign in",
        "type": "outage",
        "status": "active",
        "url": "https://slack-status.example/1",
        "services": ["Login/SSO"],
        "notes": [
            {"date_created": iso(TOUCHED), "body": "Still on it."},
            {"date_created": iso(LONG_AGO), "body": "We look into it."},
        ],
    } | more


def salesforce(*incidents: Any, status: str = "OK", **more: Any) -> dict[str, Any]:
    """An instance of Salesforce."""
    return {
        "key": "EU45",
        "location": "EMEA",
        "status": status,
        "isActive": True,
        "Incidents": list(incidents),
        "Maintenances": [],
    } | more


def failure(impact: str = "major", **more: Any) -> dict[str, Any]:
    """An incident of Salesforce's."""
    impacts = [{"startTime": iso(LONG_AGO), "endTime": None, "type": "majorFailure", "severity": impact}]
    return {
        "id": 7,
        "message": {"pathToResolution": "We restart it.", "rootCause": None},
        "isCore": True,
        "createdAt": iso(LONG_AGO),
        "updatedAt": iso(TOUCHED),
        "status": "Confirmed",
        "instanceKeys": ["EU45"],
        "serviceKeys": ["coreService"],
        "IncidentImpacts": impacts,
        "IncidentEvents": [
            {"type": "update", "message": "Still.", "createdAt": iso(TOUCHED), "updatedAt": iso(TOUCHED)},
            {"type": "initial", "message": "It fails.", "createdAt": iso(LONG_AGO)},
        ],
    } | more


def heroku(*incidents: Any, colour: str = "green", **more: Any) -> dict[str, Any]:
    """Heroku's status now."""
    systems = {"Apps": colour, "Data": "green", "Tools": "green"}
    return {
        "status": [{"system": system, "status": each} for system, each in systems.items()],
        "incidents": list(incidents),
        "scheduled": [],
    } | more


def outage(newest: str = "red", first: str = "red", **more: Any) -> dict[str, Any]:
    """An incident of Heroku's, with the colours of its two updates."""
    return {
        "id": 1,
        "title": "Routing fails",
        "full_url": "https://status.heroku.com/incidents/1",
        "created_at": iso(LONG_AGO),
        "updated_at": iso(LONG_AGO),
        "resolved": False,
        "resolved_at": None,
        "state": "open",
        "updates": [
            {"status_prod": newest, "status_dev": "green", "created_at": iso(TOUCHED), "updated_at": iso(TOUCHED)},
            {"status_prod": first, "status_dev": "green", "created_at": iso(LONG_AGO), "updated_at": iso(LONG_AGO)},
        ],
    } | more


def statusio(*incidents: Any, code: Any = 100, overall: Any = None, **maintenance: Any) -> dict[str, Any]:
    """A page of status.io's."""
    return {
        "result": {
            "status_overall": {"updated": iso(NOW), "status": "Said", "status_code": overall or code},
            "status": [
                {"id": "a", "name": "Login", "updated": iso(NOW), "status": "Said", "status_code": code},
                {"id": "b", "name": "API", "updated": iso(NOW), "status": "Operational", "status_code": 100},
            ],
            "incidents": list(incidents),
            "maintenance": {"active": [], "upcoming": []} | maintenance,
        }
    }


def messages(newest: Any = 500, state: Any = 200, **more: Any) -> dict[str, Any]:
    """An incident or a maintenance of status.io's."""
    return {
        "_id": "1",
        "name": "Login fails",
        "datetime_open": iso(LONG_AGO),
        "messages": [
            {"details": "Still.", "state": state, "status": newest, "datetime": iso(TOUCHED)},
            {"details": "It fails.", "state": 100, "status": 500, "datetime": iso(LONG_AGO)},
        ],
        "components_affected": [{"name": "Login", "_id": "a"}],
        "containers_affected": [{"name": "Primary", "_id": "c"}],
    } | more
