"""GitHub issues: JSON of the REST API, or of `gh issue list --json`."""

from __future__ import annotations

import re
from typing import Any

from sim.calibrate.exports.form import Form

PULL_REQUEST = "pull request"
"""The type of what is no issue."""

_SEVERITY = re.compile(r"(?:severity|sev|priority|prio|p|s)[\s:/_-]*(\w+)$", re.IGNORECASE)
_WORDS = {"critical", "blocker", "urgent", "high", "major", "medium", "moderate", "minor", "low"}
_PLANNED = {"enhancement", "feature", "feature request", "type: feature", "kind/feature"}


def records(document: Any) -> list[dict[str, str]] | None:
    """Return issues, snake_case (REST) or camelCase (gh); None where there are none.

    Pull requests keep that as their type.
    """
    if isinstance(document, dict):
        document = document.get("items")
    if not isinstance(document, list):
        return None
    pages = [page for page in document if isinstance(page, list)]
    entries = [entry for page in pages for entry in page] if pages else document
    found = [e for e in entries if isinstance(e, dict) and ("number" in e or "createdAt" in e)]
    found = [e for e in found if "created_at" in e or "createdAt" in e]
    return [_issue(entry) for entry in found if "incident_number" not in entry] or None


def _issue(entry: dict[str, Any]) -> dict[str, str]:
    labels = [label for label in map(_label, entry.get("labels") or []) if label]
    severity = next((found for label in labels if (found := _severity(label))), "")
    others = [label for label in labels if not _severity(label)]
    planned = any(label.lower() in _PLANNED for label in labels)
    people = entry.get("assignees") or []
    kind = PULL_REQUEST if "pull_request" in entry else "story" if planned else "issue"
    return {
        "number": str(entry.get("number", "")),
        "opened": str(entry.get("created_at") or entry.get("createdAt") or ""),
        "resolved": str(entry.get("closed_at") or entry.get("closedAt") or ""),
        "state": str(entry.get("state", "")),
        "severity": severity,
        "category": others[0] if others else "",
        "type": kind,
        "person": str(people[0].get("login", "")) if people and isinstance(people[0], dict) else "",
    }


def _label(label: Any) -> str:
    return str(label.get("name", "")) if isinstance(label, dict) else str(label)


def _severity(label: str) -> str:
    if label.lower() in _WORDS:
        return label
    found = _SEVERITY.match(label.strip())
    return found[1] if found and (found[1].isdigit() or found[1].lower() in _WORDS) else ""


GITHUB = Form(
    name="github",
    title="GitHub issues",
    marks=(),
    columns={},
    cannot_tell=(
        "When somebody first answered is not in it; it needs the timeline of each issue.",
        "Effort, sprints and points are not in it.",
        "Severity is known only where labels say so.",
        "Newest issues are the likeliest to be still open: times to close are cut short at the end.",
    ),
    records=records,
    stories=frozenset({"story"}),
)
