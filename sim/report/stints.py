"""Stints tell who worked on what, from when until when, read off a trace."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.states import TimeUse
from sim.engine.trace import EventType, Trace

STORY, INCIDENT, IMPROVEMENT, EVENTS, ABSENCE = range(5)
"""What people are seen doing."""

NAMES = ("stories", "incidents", "improvements", "Scrum events", "absence")

_SEEN = {
    TimeUse.STORIES: STORY,
    TimeUse.INCIDENTS: INCIDENT,
    TimeUse.IMPROVEMENTS: IMPROVEMENT,
    TimeUse.CEREMONIES: EVENTS,
    TimeUse.ABSENCE: ABSENCE,
}
"""By what the time goes into; nothing is to be seen of who is idle."""


class Stint(NamedTuple):
    """A stretch of one developer's time on one thing; seconds."""

    developer: int
    what: int
    item: int
    begins: int
    ends: int


def stints(trace: Trace, horizon: int) -> list[Stint]:
    """Return every stretch of every developer, in the order they end.

    What is under way ends at the horizon.
    """
    under_way: dict[int, Stint] = {}
    found = []
    for time, number, item, developer, _, _ in trace.tolist():
        time_use = EventType(number).time_use
        if time_use is None:
            continue
        before = under_way.pop(developer, None)
        if before is not None and time > before.begins:
            found.append(before._replace(ends=time))
        if time_use in _SEEN:
            under_way[developer] = Stint(developer, _SEEN[time_use], item, time, horizon)
    return found + list(under_way.values())


def interruptions(trace: Trace) -> list[tuple[int, int]]:
    """Return (time, developer) of every time somebody was taken from other work."""
    return [
        (time, developer)
        for time, event_type, _, developer, _, _ in trace.tolist()
        if event_type == EventType.INTERRUPTED
    ]
