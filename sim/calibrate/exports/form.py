"""What a format is: its marks, its columns, and what it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.calibrate.work_types import INCIDENT

Aliases = Mapping[str, Sequence[str]]
"""Field: names its column may have, as `sim.calibrate.headings.plain` gives them, best first."""

FIELDS = {
    "number": "the ticket's own number",
    "project": "what numbers are counted within: a project or repository",
    "opened": "when it was opened",
    "resolved": "when it was resolved",
    "responded": "when somebody first answered",
    "closed": "when it was closed",
    "updated": "when this row of an audit log was written",
    "change": "the place of this row among those of its ticket",
    "state": "its state",
    "status": "its state in the tracker's own words, where `state` is a wider one",
    "resolution": "how it ended: done, duplicate, cancelled",
    "severity": "its severity or priority",
    "labels": "labels, one of which may say the severity",
    "category": "what it is grouped by into kinds",
    "type": "the type of issue: incident or story",
    "subtask": "whether it is a part of another",
    "level": "its level in the hierarchy: 0 is usual, below is a part, above holds others",
    "group": "the team or assignment group",
    "person": "who has it",
    "effort_hours": "hours worked on it",
    "effort_seconds": "seconds worked on it",
    "effort_minutes": "minutes worked on it",
    "effort_days": "working days spent on it",
    "effort_any": "time worked on it, its unit told by the cells",
    "response_seconds": "seconds from opening to the first answer",
    "response_minutes": "minutes from opening to the first answer",
    "response_hours": "hours from opening to the first answer",
    "resolution_seconds": "seconds from opening to the resolution",
    "resolution_minutes": "minutes from opening to the resolution",
    "resolution_hours": "hours from opening to the resolution",
    "reassigned": "how often it changed hands",
    "reopened": "how often it came back",
    "points": "story points",
    "sprint": "the sprint's name",
    "contact": "how it was reported",
    "link": "the number of the ticket that this page is about, in another system",
}
"""What an export may tell of a ticket."""


@dataclass(frozen=True)
class Form:
    """A format of tickets."""

    name: str
    title: str
    marks: tuple[tuple[str, ...], ...]
    """Sets of plain column names; a header that holds all of one set may be of this format."""
    columns: Aliases
    """Names that this tracker has for a field; what it does not name is looked for among `HEADINGS`."""
    cannot_tell: tuple[str, ...]
    """Sentences: what no reader can get out of this format."""
    more: Callable[[Mapping[str, Any]], Mapping[str, str]] | None = None
    """From an entry of a JSON document: columns that take more than looking up a value."""
    types: Mapping[str, str] = field(default_factory=dict)
    """Types, in lower case, that are something else here than in most trackers, and what."""
    untold: str = INCIDENT
    """What a row is whose type is in no table, where some rows are incidents by theirs."""
    not_done: frozenset[str] = frozenset()
    """States, in lower case, that mean here that nothing was done."""
    no_severity: frozenset[str] = frozenset()
    """Severities, in lower case, that mean here that there is none."""
    upwards: bool = False
    """Whether severities that are bare numbers are the worse the larger they are."""
    foreign: tuple[str, ...] = ()
    """Fields that the general names must not be looked up for: here they would mean something else."""
