"""What happened, event by event: the verbs both engines speak, and the table they fill.

The trace is the whole result of a run; every table and figure is derived from it. Two engines agree
when their traces are equal.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.arrays import Ints

COLUMNS = ("time", "verb", "item", "developer", "team", "value")
"""Columns of a trace. `item` is an incident or a story by verb; -1 stands for none."""

TIME, VERB, ITEM, DEVELOPER, TEAM, VALUE = range(len(COLUMNS))

Trace = Ints
"""(E, 6) events in the order they happened; columns as `COLUMNS`, time in seconds."""


class Verb(IntEnum):
    """What can happen. `value` is stated where it means something."""

    # incidents
    OPENED = 0
    DEFLECTED = 1
    DEFERRED = 2
    QUEUED = 3
    """value: 1 waits for a free developer, 2 may interrupt, 3 committed at planning, 4 swapped in."""
    STARTED = 4
    """A developer works on it; value: seconds of switching before the work itself."""
    SUSPENDED = 5
    """value: developers still working on it."""
    PART_DONE = 6
    """One of several people has finished; value: developers still working on it."""
    RESOLVED = 7
    WITHDRAWN = 8
    AVOIDED = 9
    """It would have opened, but for an improvement."""
    # stories
    COMMITTED = 10
    """value: sprint number, again at each planning while unfinished."""
    PULLED = 11
    """Begun beyond the commitment; value: sprint number."""
    STORY_STARTED = 12
    """value: seconds of switching before the work itself."""
    STORY_SUSPENDED = 13
    STORY_DONE = 14
    SENT_BACK = 15
    """To the backlog, unstarted, in exchange for an incident; value: sprint number."""
    # improvements
    IMPROVEMENT_STARTED = 16
    """value: seconds of switching before the work itself."""
    IMPROVEMENT_SUSPENDED = 17
    IMPROVEMENT_DONE = 18
    # people
    INTERRUPTED = 20
    """item: the incident that takes the developer away."""
    CEREMONY_BEGAN = 21
    CEREMONY_ENDED = 22
    LEFT = 23
    RETURNED = 24
    DUTY_BEGAN = 25
    DUTY_ENDED = 26
    REST_BEGAN = 27
    """Time off for time worked at night."""
    REST_ENDED = 28
    # sprints
    PLANNED = 30
    """item: sprint number; value: focus seconds (or points) the team may commit."""
    CANCELLED = 31
    """item: sprint number; it is planned anew at once."""
    REVIEWED = 32
    """item: sprint number; value: the level that the team's review has come to."""
    # incidents, once more
    ESCALATED = 40
    """value: the severity it is treated with from now on."""
    OUTGROWN = 41
    """It took longer than the time box, and goes back to be routed."""
    PAGED = 42
    """A developer on call starts at once, outside working hours."""


def as_trace(rows: list[tuple[int, int, int, int, int, int]]) -> Trace:
    """A trace from its rows."""
    return np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS))
