"""What incidents and developers are doing at a moment: one declaration for both engines and the ledger."""

from __future__ import annotations

from enum import IntEnum

NEVER = 1 << 62
"""A moment that does not come."""


class Stage(IntEnum):
    """The stage that an incident is in. From FIRST_LINE to QUEUED it waits for somebody to start or go on."""

    UNOPENED = 0
    FIRST_LINE = 1
    DEFERRED = 2
    QUEUED = 3
    SUSPENDED = 4
    """Begun, and nobody works on it."""
    IN_WORK = 5
    AT_NIGHT = 6
    """In work round the clock: of the ledger alone."""
    CLOSED = 7
    """Deflected, withdrawn, resolved, or never opened."""


class Activity(IntEnum):
    """What a developer does."""

    FREE = 0
    WORKING = 1
    CEREMONY = 2
    FILLING_IN = 3
    """On duty, on an improvement or a story while no incident waits: as good as free."""
    ON_CALL = 4
    RESTING = 5
    """Time off for a call at night."""
    AWAY = 6


class Hand(IntEnum):
    """What kind of thing a developer has in hand."""

    NOTHING = 0
    STORY = 1
    PART = 2
    """Of an incident."""
    IMPROVEMENT = 3


class Rank(IntEnum):
    """The class of an event: of two at the same second, that of the lower rank comes first."""

    COMPLETE = 1
    RETURN = 2
    JOIN = 3
    """In the place of somebody who left for good."""
    LEAVE = 4
    OPEN = 5
    """The hours of some begin."""
    PLAN = 6
    MEET = 7
    """In the middle of the week."""
    ARRIVE = 8
    WITHDRAW = 9
    ESCALATE = 10
    LOOK = 11
    """At what was deferred."""
    SHIFT = 12
    """Closing time, at which work may be handed over."""
    DISPATCH = 13


class Queued(IntEnum):
    """How an incident comes into a queue, as the trace tells it; the first three as the policy says."""

    QUEUE = 1
    INTERRUPT = 2
    COMMITTED = 3
    SWAP = 4


class Outcome(IntEnum):
    """What has become of an incident."""

    OPEN = 0
    DEFLECTED = 1
    RESOLVED = 2
    WITHDRAWN = 3


class TimeUse(IntEnum):
    """What a developer's working time goes into."""

    STORIES = 0
    INCIDENTS = 1
    IMPROVEMENTS = 2
    SWITCHING = 3
    CEREMONIES = 4
    ABSENCE = 5
    """Time off for work at night included."""
    IDLE = 6
