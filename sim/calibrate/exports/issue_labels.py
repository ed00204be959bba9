"""What labels of an issue say: its severity, what it is about, and whether it is planned work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

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


def _severity(label: str) -> str:
    if label.lower() in _WORDS:
        return label
    found = _SEVERITY.match(label.strip())
    return found[1] if found and (found[1].isdigit() or found[1].lower() in _WORDS) else ""


def severity_in(cell: str) -> str:
    """Return the severity that one of the labels in a cell says; empty where none does."""
    return next(
        (found for label in re.split(r"[;,|]", cell) if (found := _severity(label.strip()))), ""
    )
