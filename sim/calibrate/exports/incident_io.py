"""incident.io: incidents of the REST API, and the CSV of the incident list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form
from sim.files.nested import named

_MOMENTS = {
    "reported at": "reported at", "declared at": "reported at", "accepted at": "accepted at", "fixed at": "resolved at",
    "resolved at": "resolved at", "closed at": "closed at",
}  # fmt: skip
"""Names of an account's moments, and the column each becomes."""


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the moments of an incident and who leads it: lists of pairs in the interface."""
    found: dict[str, str] = {}
    for one in _list(entry, "incident_timestamp_values"):
        name = named(one.get("incident_timestamp")).lower()
        value = one.get("value")
        moment = value.get("value") if isinstance(value, Mapping) else value
        if name in _MOMENTS and moment:
            found[_MOMENTS[name]] = str(moment)
    for one in _list(entry, "incident_role_assignments"):
        role = one.get("role")
        if (
            isinstance(role, Mapping)
            and role.get("role_type") == "lead"
            and named(one.get("assignee"))
        ):
            found["lead"] = named(one.get("assignee"))
    issue = entry.get("external_issue_reference")
    if isinstance(issue, Mapping) and issue.get("issue_name"):
        found["external issue"] = str(issue["issue_name"])
    return found


def _list(entry: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = entry.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


INCIDENT_IO = Form(
    name="incident_io",
    title="incident.io incidents",
    marks=(
        ("reference", "created at", "incident status.category"),
        ("reference", "created at", "severity.name"),
        ("reference", "reported at", "severity"),
        ("id", "reported at", "severity", "incident type"),
    ),
    columns={
        "number": ("reference", "id"),
        "opened": ("reported at", "created at"),
        "resolved": ("resolved at", "fixed at", "closed at"),
        "closed": ("closed at",),
        "responded": ("accepted at", "acknowledged at"),
        "state": ("incident status.category", "status category", "status"),
        "status": ("incident status.name", "status"),
        "severity": ("severity.name", "severity"),
        "category": ("incident type.name", "incident type", "type"),
        "group": ("team", "teams", "owning team"),
        "person": ("lead", "incident lead"),
        "effort_minutes": ("workload minutes total", "workload (minutes)", "workload minutes"),
        "contact": ("mode",),
        "link": ("external issue", "jira issue"),
    },
    cannot_tell=(
        "Workload is what people did in its channels: an estimate, and work in an editor is not in it.",
        "Sprints, points and planned work are not in it.",
        "Incidents that were declared late are reported later than they began.",
    ),
    more=_more,
    not_done=frozenset({"declined", "canceled", "cancelled", "merged"}),
    foreign=("type", "project", "resolution", "number", "effort_any"),
)  # fmt: skip
