"""What the user says about an export, over what would be guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Corrections:
    """What the user says about an export, over what would be guessed."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field: column."""
    values: Mapping[str, str] = field(default_factory=dict)
    """A value of the export, in lower case: a severity 1 to 5, a state, "incident", "story" or "not-done"."""
    order: str | None = None
    """"day first" or "month first"."""
    zone: ZoneInfo | None = None
    hours: tuple[float, float] = (9.0, 17.0)
    """When the organisation works, Monday to Friday."""
    groups: tuple[str, ...] = ()
    """Only the tickets of these; all where empty."""
    until: float | None = None
    """Second since 1970 local; what the export says of later is as if it were not known."""
