"""PagerDuty: the analytics export, and incidents of the REST API, flattened or as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form

_SUMMARY = re.compile(r"['\"]summary['\"]: ['\"]([^'\"]*)")
_AT = re.compile(r"['\"]at['\"]: ['\"]([^'\"]*)")


def summary(cell: str) -> str:
    """Return the name within an object that was written into a cell as a Python literal."""
    found = _SUMMARY.search(cell) if cell.startswith(("{", "[")) else None
    return found[1] if found else "" if cell.startswith(("{", "[")) else cell


def first_at(cell: str) -> str:
    """Return the first moment within an object that was written into a cell as a Python literal."""
    found = _AT.search(cell)
    return found[1] if found else "" if cell.startswith(("{", "[")) else cell


def records(document: Any) -> list[dict[str, str]] | None:
    """Return incidents of the analytics API, or of the REST API; None where there are none."""
    if isinstance(document, dict):
        document = document.get("data", document.get("incidents"))
    if not isinstance(document, list):
        return None
    entries = [e for e in document if isinstance(e, dict) and "incident_number" in e]
    return [_incident(entry) for entry in entries] or None


def _incident(entry: Mapping[str, Any]) -> dict[str, str]:
    def text(*names: str) -> str:
        for name in names:
            value = entry.get(name)
            if isinstance(value, dict):
                value = value.get("summary", value.get("name"))
            if isinstance(value, str | int | float):
                return str(value)
        return ""

    acknowledged = entry.get("acknowledgements")
    first = acknowledged[0] if isinstance(acknowledged, list) and acknowledged else {}
    return {
        "number": text("incident_number"),
        "opened": text("created_at"),
        "resolved": text("resolved_at"),
        "responded": str(first.get("at", "")) if isinstance(first, dict) else "",
        "state": text("status"),
        "severity": text("priority_name", "priority", "urgency"),
        "category": text("service_name", "service"),
        "group": text("team_name", "escalation_policy"),
        "effort_seconds": text("engaged_seconds"),
        "response_seconds": text("seconds_to_first_ack"),
        "reassigned": text("escalation_count"),
    }


PAGERDUTY = Form(
    name="pagerduty",
    title="PagerDuty incidents",
    marks=(("incident number", "created at"), ("incident number", "urgency")),
    columns={
        "number": ("incident number", "id"),
        "opened": ("created at",),
        "resolved": ("resolved at",),
        "responded": ("acknowledgements",),
        "state": ("status",),
        "severity": ("priority name", "urgency"),
        "category": ("service name", "service"),
        "group": ("team name", "teams"),
        "effort_seconds": ("engaged seconds",),
        "response_seconds": ("seconds to first ack",),
        "reassigned": ("escalation count",),
    },
    cannot_tell=(
        "Times are those of alerts; the work that follows an incident is not in engaged seconds.",
        "An acknowledgement says that somebody saw it, not that work began.",
        "Sprints, points and planned work are not in it.",
    ),
    records=records,
)
