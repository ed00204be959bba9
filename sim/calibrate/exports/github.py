"""GitHub issues: JSON of the REST API, or of `gh issue list --json`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.calibrate.exports.form import Form
from sim.files.nested import named

PULL_REQUEST = "pull request"
"""The type of what is no issue."""

_SEVERITY = re.compile(r"(?:severity|sev|priority|prio|p|s)[\s:/_-]*(\w+)$", re.IGNORECASE)
_WORDS = {"critical", "blocker", "urgent", "high", "major", "medium", "moderate", "minor", "low"}
_PLANNED = {"enhancement", "feature", "feature request", "type: feature", "kind/feature"}


def by_labels(entry: Mapping[str, Any], labels: Sequence[Any]) -> dict[str, str]:
    """Return what the labels of an issue say: severity, category, and whether it is planned work."""
    names = [name for name in map(named, labels) if name]
    severity = next((found for name in names if (found := _severity(name))), "")
    others = [name for name in names if not _severity(name)]
    planned = any(name.lower() in _PLANNED for name in names)
    kind = PULL_REQUEST if "pull_request" in entry else "story" if planned else "issue"
    told = {
        "severity label": severity,
        "label": others[0] if others else "",
        "type by labels": kind,
    }
    return {name: value for name, value in told.items() if value}


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    labels, people = entry.get("labels"), entry.get("assignees")
    found = by_labels(entry, labels if isinstance(labels, list) else [])
    # Two interfaces write the same in two ways, and one file may hold both.
    for name, one, other in (
        ("created", "created_at", "createdAt"),
        ("closed", "closed_at", "closedAt"),
    ):
        found[name] = str(entry.get(one) or entry.get(other) or "")
    if isinstance(people, list) and people:
        found["first assignee"] = named(
            {"name": people[0].get("login")} if isinstance(people[0], dict) else people[0]
        )
    return found


def _severity(label: str) -> str:
    if label.lower() in _WORDS:
        return label
    found = _SEVERITY.match(label.strip())
    return found[1] if found and (found[1].isdigit() or found[1].lower() in _WORDS) else ""


GITHUB = Form(
    name="github",
    title="GitHub issues",
    marks=(("number", "created at"), ("number", "createdat")),
    columns={
        "number": ("number",),
        "project": (
            "repository url",
            "repository.namewithowner",
            "repository.full name",
            "html url",
            "url",
        ),
        "opened": ("created", "created at", "createdat"),
        "resolved": ("closed", "closed at", "closedat"),
        "state": ("state",),
        "resolution": ("state reason", "statereason"),
        "severity": ("severity label",),
        "category": ("label",),
        "type": ("type by labels",),
        "group": ("repository url", "repository.namewithowner", "repository.full name"),
        "person": ("first assignee",),
    },
    cannot_tell=(
        "When somebody first answered is not in it; it needs the timeline of each issue.",
        "Effort, sprints and points are not in it.",
        "Severity is known only where labels say so.",
        "Newest issues are the likeliest to be still open: times to close are cut short at the end.",
    ),
    more=_more,
    foreign=(
        "severity",
        "category",
        "type",
        "person",
        "status",
        "responded",
        "link",
        "points",
        "number",
    ),
)
