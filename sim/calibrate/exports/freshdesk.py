"""Freshdesk and Freshservice: the CSV of tickets, and tickets of the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form

_STATES = {2: "open", 3: "pending", 4: "resolved", 5: "closed"}
"""Numbers of the REST API; those above are an account's own."""


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    state = _STATES.get(entry["status"]) if isinstance(entry.get("status"), int) else None
    return {"state by number": state} if state else {}


FRESHDESK = Form(
    name="freshdesk",
    title="Freshdesk tickets",
    marks=(
        ("ticket id", "created time"),
        ("ticket id", "agent", "resolved time"),
        ("id", "created at", "responder id"),
        ("id", "created at", "fr due by"),
    ),
    columns={
        "number": ("ticket id", "id"),
        "opened": ("created time", "created at"),
        "resolved": ("resolved time", "stats.resolved at", "closed time", "stats.closed at"),
        "closed": ("closed time", "stats.closed at"),
        "responded": ("initial response time", "stats.first responded at"),
        "state": ("state by number", "status"),
        "severity": ("priority",),
        "category": ("type", "category"),
        "group": ("group", "group name", "group id"),
        "person": ("agent", "agent name", "responder id"),
        "effort_hours": ("time tracked", "time tracked (in hrs)"),
        "response_hours": ("first response time (in hrs)",),
        "resolution_hours": ("resolution time (in hrs)",),
        "contact": ("source",),
    },
    cannot_tell=(
        "A reply to the customer is no start of work.",
        "Times in hours are by the desk's business hours, where it has set some.",
        "Sprints, points and planned work are not in it.",
    ),
    more=_more,
    upwards=True,
    foreign=("type", "project", "resolution", "number", "effort_any", "link"),
)  # fmt: skip
