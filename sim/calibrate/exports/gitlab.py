"""GitLab: the CSV of a project's or group's issues, and issues of the REST API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form
from sim.calibrate.exports.issue_labels import by_labels


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    labels = entry.get("labels")
    found = by_labels({}, labels if isinstance(labels, list) else [])
    kind = str(entry.get("issue_type") or entry.get("type") or "").lower()
    return found if kind in ("", "issue") else found | {"type by labels": kind}


GITLAB = Form(
    name="gitlab",
    title="GitLab issues",
    marks=(
        ("iid", "created at"),
        ("issue id", "created at (utc)"),
        ("issue id", "url", "state"),
        ("id", "iid"),
    ),
    columns={
        "number": ("iid", "issue id"),
        "project": ("project id", "web url", "url"),
        "opened": ("created at (utc)", "created at"),
        "resolved": ("closed at (utc)", "closed at"),
        "state": ("state",),
        "severity": ("severity label", "severity", "priority"),
        "labels": ("labels",),
        "category": ("label", "labels"),
        "type": ("type by labels", "type", "labels"),
        "group": ("web url", "url", "project id"),
        "person": ("assignee username", "assignee.username", "assignee"),
        "effort_seconds": ("time spent", "time stats.total time spent"),
        "points": ("weight",),
        "sprint": ("iteration.title", "milestone.title", "milestone"),
    },
    cannot_tell=(
        "When somebody first answered is not in it; it needs the notes of each issue.",
        "Severity is known only where the issue is an incident, or labels say so.",
        "A milestone has only its name: what was committed, added or removed is not in it.",
    ),
    more=_more,
    no_severity=frozenset({"unknown"}),
    foreign=("responded", "contact", "resolution", "number", "effort_any", "link"),
)  # fmt: skip
