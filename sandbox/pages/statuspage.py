"""Pages in Statuspage's format: ``/api/v2/summary.json``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.answers import Answer, json_answer
from sandbox.pages.scene import PACIFIC, Event, Scene, Update, iso

STATUSES = {
    "incident": "major_outage",
    "elsewhere": "major_outage",
    "minor": "degraded_performance",
    "maintenance": "under_maintenance",
}
"""What a component is while the shape is there, the worst first; with the others it is operational."""
IMPACTS = {"incident": "critical", "elsewhere": "critical", "minor": "minor", "resolved": "minor"}
INDICATORS = {
    "major_outage": ("major", "Partial System Outage"),
    "degraded_performance": ("minor", "Minor Service Outage"),
    "under_maintenance": ("maintenance", "Service Under Maintenance"),
    "operational": ("none", "All Systems Operational"),
}
"""The banner for the worst that any component is."""


@dataclass(frozen=True, slots=True)
class Site:
    """``groups`` are component names by their group; those of the group without a name stand alone."""

    name: str
    groups: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {"": ("Website", "API", "Dashboard", "Documentation", "Support")}
    )
    matters: str = "API"
    elsewhere: str = ""
    planned: str = ""
    """Of which a maintenance is announced even when all is well."""
    local_time: bool = False
    silent_when_well: bool = False
    """It leaves empty lists out, as incident.io does."""


SITES = {
    "github": Site(
        "GitHub",
        {
            "": (
                *("Git Operations", "Webhooks", "Visit www.githubstatus.com for more information", "API Requests"),
                *("Issues", "Pull Requests", "Actions", "Packages", "Pages"),
            )
        },
        matters="API Requests",
        elsewhere="Pull Requests",
        planned="Actions",
    ),
    "sendgrid": Site(
        "SendGrid",
        {"": ("Mail Sending", "SMTP", "API", "Event Webhook", "Marketing Campaigns")},
        matters="Mail Sending",
        elsewhere="Marketing Campaigns",
    ),
    "twilio": Site(
        "Twilio",
        {
            "Programmable Messaging": ("SMS", "MMS"),
            "Authy": ("Verify", "Lookup"),
            "Twilio Platform": ("REST API", "Console"),
            "Carrier Network": ("SMS, Europe", "MMS Long Code, North America"),
        },
        matters="SMS",
        elsewhere="SMS, Europe",
        local_time=True,
    ),
    "citrix": Site("Citrix Cloud"),
    "cloudflare": Site("Cloudflare", {"Cloudflare Sites and Services": ("API", "Dashboard", "CDN/Cache", "WAF")}),
    "datadog": Site("Datadog"),
    "linkedin": Site("LinkedIn API"),
    "new-relic": Site("New Relic"),
    "npm": Site("npm", {"": ("API", "Dashboard", "Package installation", "Package publishing", "Search")}),
    "resend": Site("Resend", {"": ("API", "Dashboard", "Email sending", "Webhooks")}, silent_when_well=True),
    "stripe": Site("Stripe"),
    "vmware": Site("VMware Cloud Services"),
    "duo": Site("Duo"),
    "jumpcloud": Site("JumpCloud"),
    "ping": Site("Ping Identity"),
    "bird": Site("Bird"),
    "mailgun": Site("Mailgun"),
    "sparkpost": Site("SparkPost"),
    "vonage": Site("Vonage API"),
}


def document(scene: Scene, path: str, _: str) -> Answer | None:
    return json_answer(Summary(scene, SITES[scene.service]).written()) if path == "api/v2/summary.json" else None


class Summary:
    """One page's summary; identifiers and times are written as the page does."""

    def __init__(self, scene: Scene, site: Site) -> None:
        self.scene, self.site = scene, site
        self.page_id = scene.identity("page")
        self.events = scene.events(site.matters, site.elsewhere)
        if site.planned:
            self.events.append(scene.event("future", site.planned))
        self.components = {each["name"]: each for each in self._components()}

    def written(self) -> dict[str, Any]:
        present = {each["status"] for each in self.components.values()}
        indicator, description = next(told for status, told in INDICATORS.items() if status in present)
        lists = {
            "incidents": [self._incident(event) for event in self.events if not event.planned],
            "scheduled_maintenances": [self._incident(event) for event in self.events if event.planned],
        }
        return {
            "page": {
                "id": self.page_id,
                "name": self.site.name,
                "url": f"https://status.{self.scene.service}.example",
                "time_zone": "America/Los_Angeles" if self.site.local_time else "Etc/UTC",
                "updated_at": self._time(self.scene.now),
            },
            "components": list(self.components.values()),
            **{name: listed for name, listed in lists.items() if listed or not self.site.silent_when_well},
            "status": {"indicator": indicator, "description": description},
        }

    def _components(self) -> Iterator[dict[str, Any]]:
        for group, names in self.site.groups.items():
            members = [self._component(name, group) for name in names]
            if group:
                yield self._component(group) | {
                    "status": next(each for each in INDICATORS if each in {member["status"] for member in members}),
                    "group": True,
                    "components": [member["id"] for member in members],
                }
            yield from members

    def _component(self, name: str, group: str = "") -> dict[str, Any]:
        shapes = {event.shape for event in self.events if event.what == name}
        return {
            "id": self.scene.identity("component", name),
            "name": name,
            "status": next((status for shape, status in STATUSES.items() if shape in shapes), "operational"),
            "created_at": self._time(self.scene.now - timedelta(days=2000)),
            "updated_at": self._time(self.scene.now),
            "position": 1,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": self.scene.identity("component", group) if group else None,
            "page_id": self.page_id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _incident(self, event: Event) -> dict[str, Any]:
        """A maintenance is an incident that says for when it is scheduled."""
        written = {
            "id": event.id,
            "name": event.title,
            "status": event.status,
            "created_at": self._time(event.told),
            "updated_at": self._time(event.touched),
            "monitoring_at": None,
            "resolved_at": self._time(event.over) if event.over else None,
            "impact": IMPACTS.get(event.shape, "maintenance"),
            "shortlink": f"https://stspg.example/{event.id}",
            "started_at": self._time(event.told),
            "page_id": self.page_id,
            "incident_updates": [self._update(event, update) for update in event.updates],
            "components": [self.components[event.what]],
        }
        if event.planned and event.ends:
            written["scheduled_for"] = self._time(event.begins)
            written["scheduled_until"] = self._time(event.ends)
        return written

    def _update(self, event: Event, update: Update) -> dict[str, Any]:
        """Bodies may hold HTML; which components an update is about, the first one does not say yet."""
        component = self.components[event.what]
        affected = [{"code": component["id"], "name": event.what, "new_status": component["status"]}]
        return {
            "id": self.scene.identity(event.id, update.status, update.at - self.scene.now),
            "status": update.status,
            "body": f"<p>{update.text}</p>",
            "incident_id": event.id,
            "created_at": self._time(update.at),
            "updated_at": self._time(update.at),
            "display_at": self._time(update.at),
            "affected_components": None if update is event.updates[-1] else affected,
        }

    def _time(self, at: datetime) -> str:
        return at.astimezone(PACIFIC).isoformat(timespec="milliseconds") if self.site.local_time else iso(at)
