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


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the first acknowledgement, and the tracker's own number of the ticket it is about."""
    acknowledged = entry.get("acknowledgements")
    first = acknowledged[0] if isinstance(acknowledged, list) and acknowledged else None
    references = entry.get("external_references")
    about = references[0] if isinstance(references, list) and references else None
    found = {
        "first acknowledgement": first.get("at") if isinstance(first, dict) else None,
        "external reference": about.get("external_id") if isinstance(about, dict) else None,
    }
    return {name: str(value) for name, value in found.items() if value}


PAGERDUTY = Form(
    name="pagerduty",
    title="PagerDuty incidents",
    marks=(
        ("incident number", "created at"),
        ("incident number", "created on", "service name"),
    ),
    columns={
        "number": ("incident number", "id"),
        "opened": ("created at", "created on"),
        "resolved": ("resolved at", "resolved on"),
        "responded": ("first acknowledgement", "acknowledgements"),
        "state": ("status",),
        "severity": ("priority name", "priority.summary", "priority.name", "priority", "urgency"),
        "category": ("service name", "service.summary", "service"),
        "group": (
            "team name",
            "teams",
            "escalation policy.summary",
            "escalation policy name",
            "escalation policy",
        ),
        "person": ("assigned to user names", "assignments"),
        "effort_seconds": ("engaged seconds",),
        "response_seconds": ("seconds to first ack",),
        "resolution_seconds": ("seconds to resolve",),
        "reassigned": ("escalation count",),
        "link": ("external reference",),
    },
    cannot_tell=(
        "Times are those of alerts; the work that follows an incident is not in engaged seconds.",
        "An acknowledgement says that somebody saw it, not that work began.",
        "Sprints, points and planned work are not in it.",
    ),
    more=_more,
    foreign=("project", "type", "resolution", "number"),
)
