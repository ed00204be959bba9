"""Opsgenie: alerts and incidents of the REST API, and the CSV of alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the times of an alert's report, in seconds: interfaces give milliseconds."""
    report = entry.get("report")
    if not isinstance(report, Mapping):
        return {}
    times = {
        "seconds to acknowledge": report.get("ackTime"),
        "seconds to close": report.get("closeTime"),
    }
    return {name: str(ms / 1000) for name, ms in times.items() if isinstance(ms, int | float)}


OPSGENIE = Form(
    name="opsgenie",
    title="Opsgenie alerts or incidents",
    marks=(("tinyid", "createdat"), ("tinyid", "createdatdate"), ("tiny id", "created at"), ("alert id", "created at")),
    columns={
        "number": ("tinyid", "tiny id", "id", "alert id", "alertid"),
        "opened": ("createdatdate", "createdat", "created at date", "created at"),
        "resolved": ("closedat", "closed at", "resolvedat", "resolved at", "impactenddate", "impact end date"),
        "responded": ("acknowledgedat", "acknowledged at"),
        "state": ("status",),
        "severity": ("priority",),
        "category": ("source", "entity", "integration.name"),
        "group": ("teams", "ownerteam", "ownerteam.name", "owner team", "responders"),
        "person": ("owner", "assignee", "closedby", "closed by", "acknowledgedby"),
        "response_seconds": ("seconds to acknowledge",),
        "resolution_seconds": ("seconds to close",),
        "link": ("details.jira key", "extraproperties.jira key", "extraproperties.ticket"),
    },
    cannot_tell=(
        "An acknowledgement says that somebody saw it, not that work began.",
        "Effort, sprints and points are not in it.",
        "An alert is closed when its monitor is well again, whoever worked on it.",
    ),
    more=_more,
    foreign=("responded", "project", "type", "contact", "effort_any", "resolution", "number"),
)  # fmt: skip
