"""Linear: the workspace's CSV, and issues of the GraphQL interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.calibrate.exports.form import Form
from sim.calibrate.exports.issue_labels import by_labels
from sim.calibrate.work_types import STORY


def _more(entry: Mapping[str, Any]) -> dict[str, str]:
    labels = entry.get("labels")
    nodes = labels.get("nodes") if isinstance(labels, Mapping) else labels
    return by_labels({}, nodes if isinstance(nodes, list) else [])


LINEAR = Form(
    name="linear",
    title="Linear issues",
    marks=(
        ("id", "team", "status", "created", "completed"),
        ("identifier", "createdat"),
        ("id", "cycle number", "created"),
    ),
    columns={
        "number": ("identifier", "id"),
        "opened": ("created", "createdat"),
        "resolved": ("completed", "completedat"),
        "closed": ("canceled", "canceledat", "archived"),
        "responded": ("started", "startedat"),
        "state": ("state.type", "status", "state.name"),
        "status": ("status", "state.name"),
        "severity": ("prioritylabel", "priority"),
        "type": ("labels", "label", "type by labels"),
        "category": ("label", "labels", "project", "project.name"),
        "group": ("team", "team.name", "team.key"),
        "person": ("assignee", "assignee.name", "assignee.displayname"),
        "points": ("estimate",),
        "sprint": ("cycle name", "cycle number", "cycle.name", "cycle.number"),
        "level": (),
    },
    cannot_tell=(
        "Which issues are incidents, only labels such as Bug say; an issue without one is counted as planned work.",
        "Hours worked are not in it.",
        "A cycle has only its name and number: what was committed, added or removed is not in it.",
    ),
    more=_more,
    untold=STORY,
    no_severity=frozenset({"0", "no priority"}),
    foreign=("project", "contact", "effort_any", "resolution", "number", "link", "response_hours"),
)  # fmt: skip
