"""What a format is: its marks, its columns, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Aliases = Mapping[str, Sequence[str]]
"""Field: names its column may have, as `sim.calibrate.columns.plain` gives them, best first."""

FIELDS = {
    "number": "the ticket's own number",
    "opened": "when it was opened",
    "resolved": "when it was resolved",
    "responded": "when somebody first answered",
    "closed": "when it was closed",
    "updated": "when this row of an audit log was written",
    "state": "its state",
    "severity": "its severity or priority",
    "category": "what it is grouped by into kinds",
    "type": "the type of issue: incident or story",
    "group": "the team or assignment group",
    "person": "who has it",
    "effort_seconds": "seconds worked on it",
    "effort_hours": "hours worked on it",
    "response_seconds": "seconds from opening to the first answer",
    "reassigned": "how often it changed hands",
    "reopened": "how often it came back",
    "points": "story points",
    "sprint": "the sprint's name",
    "contact": "how it was reported",
}
"""What an export may tell of a ticket."""


@dataclass(frozen=True)
class Form:
    """A format of tickets."""

    name: str
    title: str
    marks: tuple[tuple[str, ...], ...]
    """Sets of plain column names; a header that holds all of one set is of this format."""
    columns: Aliases
    cannot_tell: tuple[str, ...]
    """Sentences: what no reader can get out of this format."""
    records: Callable[[Any], list[dict[str, str]] | None] | None = None
    """From a JSON document to records by field; None where it is another format's."""
    stories: frozenset[str] = field(default_factory=frozenset)
    """Types that are planned work, in lower case."""
