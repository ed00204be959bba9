"""GitHub issues: JSON of the REST API, or of `gh issue list --json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form
from sim.calibrate.exports.issue_labels import by_labels
from sim.files.nested import named


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
