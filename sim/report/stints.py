"""Who worked on what, from when until when, read off a trace."""

from __future__ import annotations

from typing import NamedTuple

from sim.engine.trace import Trace, Verb

STORY, INCIDENT, IMPROVEMENT, EVENTS, ABSENCE = range(5)
"""What people are seen doing."""

NAMES = ("stories", "incidents", "improvements", "Scrum events", "absence")

_BEGINS = {
    Verb.STARTED: INCIDENT,
    Verb.PAGED: INCIDENT,
    Verb.STORY_STARTED: STORY,
    Verb.IMPROVEMENT_STARTED: IMPROVEMENT,
    Verb.CEREMONY_BEGAN: EVENTS,
    Verb.LEFT: ABSENCE,
    Verb.REST_BEGAN: ABSENCE,
}

_ENDS = {
    Verb.SUSPENDED,
    Verb.PART_DONE,
    Verb.RESOLVED,
    Verb.OUTGROWN,
    Verb.STORY_SUSPENDED,
    Verb.STORY_DONE,
    Verb.IMPROVEMENT_SUSPENDED,
    Verb.IMPROVEMENT_DONE,
    Verb.CEREMONY_ENDED,
    Verb.RETURNED,
    Verb.REST_ENDED,
}


class Stint(NamedTuple):
    """A stretch of one developer's time on one thing; seconds."""

    developer: int
    what: int
    item: int
    begins: int
    ends: int


def stints(trace: Trace, horizon: int) -> list[Stint]:
    """Every stretch of every developer, in the order they end; what is under way ends at the horizon."""
    under_way: dict[int, Stint] = {}
    found = []
    for time, verb, item, developer, _, _ in trace.tolist():
        if verb not in _BEGINS and verb not in _ENDS:
            continue
        before = under_way.pop(developer, None)
        if before is not None and time > before.begins:
            found.append(before._replace(ends=time))
        if verb in _BEGINS:
            under_way[developer] = Stint(developer, _BEGINS[Verb(verb)], item, time, horizon)
    return found + list(under_way.values())


def interruptions(trace: Trace) -> list[tuple[int, int]]:
    """(time, developer) of every time somebody was taken from other work."""
    return [
        (time, developer)
        for time, verb, _, developer, _, _ in trace.tolist()
        if verb == Verb.INTERRUPTED
    ]
