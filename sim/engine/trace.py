"""What happened, event by event: the types of event both engines know, and the table they fill.

The trace is the whole result of a run; every table and figure is derived from it. Two engines agree
when their traces are equal.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple

from sim.arrays import Ints
from sim.engine.rows import Row
from sim.engine.states import Outcome, Stage, TimeUse


class Event(Row):
    """A row of a trace; -1 stands for none."""

    time: int
    """seconds"""
    type: int
    """an `EventType`"""
    item: int
    """an incident, story, improvement or sprint, by type"""
    developer: int
    team: int
    value: int


COLUMNS = ("time", "event", "item", "developer", "team", "value")
"""Heads of a trace's columns, as tables show them."""

Trace = Ints
"""(E, 6) events in the order they happened, each an `Event`."""


class Of(Enum):
    """What an event is about: whose number stands in `item`."""

    INCIDENT = "incident"
    STORY = "story"
    IMPROVEMENT = "improvement"
    DEVELOPER = "developer"
    SPRINT = "sprint"
    ORGANISATION = "organisation"


class Follows(NamedTuple):
    """What follows from an event of a type."""

    stage: Stage | None = None
    time_use: TimeUse | None = None
    outcome: Outcome = Outcome.OPEN
    shared: bool = False
    switches: bool = False
    counted: bool = False


NOTHING = Follows()


class EventType(IntEnum):
    """What can happen. `value` is stated where it means something.

    A type says what follows from it; the ledger, the timeline and the pictures read that here.
    """

    of: Of
    words: str
    """what the timeline tells"""
    stage: Stage | None
    """where the incident stands afterwards; None: where it stood"""
    time_use: TimeUse | None
    """what the developer's time goes into afterwards; None: what it went into"""
    outcome: Outcome
    """what the incident has come to"""
    shared: bool
    """`value` counts others who are still at work on it"""
    switches: bool
    """`value` is seconds of switching"""
    counted: bool
    """the event itself is counted"""

    def __new__(
        cls, number: int, of: Of = Of.DEVELOPER, words: str = "", follows: Follows = NOTHING
    ) -> EventType:
        # Each type names what it is of, and its words; `EventType(number)` finds it again.
        self = int.__new__(cls, number)
        self._value_ = number
        self.of, self.words = of, words
        self.stage, self.time_use, self.outcome = follows.stage, follows.time_use, follows.outcome
        self.shared, self.switches, self.counted = follows.shared, follows.switches, follows.counted
        return self

    # incidents
    OPENED = 0, Of.INCIDENT, "opens", Follows(stage=Stage.FIRST_LINE)
    DEFLECTED = (
        1,
        Of.INCIDENT,
        "is settled by the first line",
        Follows(stage=Stage.CLOSED, outcome=Outcome.DEFLECTED),
    )
    DEFERRED = 2, Of.INCIDENT, "waits for the next planning", Follows(stage=Stage.DEFERRED)
    QUEUED = 3, Of.INCIDENT, "", Follows(stage=Stage.QUEUED)
    """value: a `Queued`."""
    STARTED = (
        4,
        Of.INCIDENT,
        "is started",
        Follows(stage=Stage.IN_WORK, time_use=TimeUse.INCIDENTS, switches=True),
    )
    """A developer works on it; value: seconds of switching before the work itself."""
    SUSPENDED = (
        5,
        Of.INCIDENT,
        "is put down",
        Follows(stage=Stage.SUSPENDED, time_use=TimeUse.IDLE, shared=True),
    )
    """value: developers still working on it."""
    PART_DONE = (
        6,
        Of.INCIDENT,
        "has one part done",
        Follows(stage=Stage.SUSPENDED, time_use=TimeUse.IDLE, shared=True),
    )
    """One of several people has finished; value: developers still working on it."""
    RESOLVED = (
        7,
        Of.INCIDENT,
        "is resolved",
        Follows(stage=Stage.CLOSED, time_use=TimeUse.IDLE, outcome=Outcome.RESOLVED),
    )
    WITHDRAWN = (
        8,
        Of.INCIDENT,
        "is withdrawn",
        Follows(stage=Stage.CLOSED, outcome=Outcome.WITHDRAWN),
    )
    AVOIDED = 9, Of.INCIDENT, "does not open, thanks to an improvement"
    """It would have opened, but for an improvement."""
    # stories
    COMMITTED = 10, Of.STORY, "is committed", Follows(counted=True)
    """value: sprint number, again at each planning while unfinished."""
    PULLED = 11, Of.STORY, "is pulled beyond the commitment", Follows(counted=True)
    """Begun beyond the commitment; value: sprint number."""
    STORY_STARTED = 12, Of.STORY, "is started", Follows(time_use=TimeUse.STORIES, switches=True)
    """value: seconds of switching before the work itself."""
    STORY_SUSPENDED = 13, Of.STORY, "is put down", Follows(time_use=TimeUse.IDLE)
    STORY_DONE = 14, Of.STORY, "is done", Follows(time_use=TimeUse.IDLE, counted=True)
    SENT_BACK = 15, Of.STORY, "is sent back to the backlog", Follows(counted=True)
    """To the backlog, unstarted, in exchange for an incident; value: sprint number."""
    # improvements
    IMPROVEMENT_STARTED = 16, Of.IMPROVEMENT, "is started", Follows(time_use=TimeUse.IMPROVEMENTS)
    """value: seconds of switching before the work itself."""
    IMPROVEMENT_SUSPENDED = 17, Of.IMPROVEMENT, "is put down", Follows(time_use=TimeUse.IDLE)
    IMPROVEMENT_DONE = (
        18,
        Of.IMPROVEMENT,
        "is done",
        Follows(time_use=TimeUse.IDLE, counted=True),
    )
    # people
    INTERRUPTED = 20, Of.INCIDENT, "interrupts", Follows(counted=True)
    """item: the incident that takes the developer away."""
    CEREMONY_BEGAN = 21, Of.DEVELOPER, "Scrum events begin", Follows(time_use=TimeUse.CEREMONIES)
    CEREMONY_ENDED = 22, Of.DEVELOPER, "Scrum events end", Follows(time_use=TimeUse.IDLE)
    LEFT = 23, Of.DEVELOPER, "is away", Follows(time_use=TimeUse.ABSENCE)
    RETURNED = 24, Of.DEVELOPER, "is back", Follows(time_use=TimeUse.IDLE)
    DUTY_BEGAN = 25, Of.DEVELOPER, "goes on support duty", Follows(counted=True)
    DUTY_ENDED = 26, Of.DEVELOPER, "goes off support duty", Follows(counted=True)
    REST_BEGAN = 27, Of.DEVELOPER, "takes the night's hours off", Follows(time_use=TimeUse.ABSENCE)
    """Time off for time worked at night."""
    REST_ENDED = 28, Of.DEVELOPER, "is back from the night's rest", Follows(time_use=TimeUse.IDLE)
    LEFT_FOR_GOOD = (
        29,
        Of.DEVELOPER,
        "leaves for good",
        Follows(time_use=TimeUse.ABSENCE, counted=True),
    )
    # sprints
    PLANNED = 30, Of.SPRINT, "plans", Follows(counted=True)
    """item: sprint number; value: focus seconds (or points) the team may commit."""
    CANCELLED = 31, Of.SPRINT, "is cancelled", Follows(counted=True)
    """item: sprint number; it is planned anew at once."""
    REVIEWED = 32, Of.SPRINT, "review:"
    """item: sprint number; value: the level that the team's review has come to."""
    NOTED = 33, Of.INCIDENT, "changes the team's level"
    """value: the level that the policy's `note` of it has come to."""
    CHANGED_OVER = 35, Of.ORGANISATION, "the policy changes"
    JOINED = 34, Of.DEVELOPER, "joins in a vacant place", Follows(time_use=TimeUse.IDLE)
    # incidents, once more
    ESCALATED = 40, Of.INCIDENT, "is escalated by its customer"
    """value: the severity it is treated with from now on."""
    OUTGROWN = (
        41,
        Of.INCIDENT,
        "has outgrown its time box",
        Follows(stage=Stage.SUSPENDED, time_use=TimeUse.IDLE),
    )
    """It took longer than the time box, and goes back to be routed."""
    PAGED = (
        42,
        Of.INCIDENT,
        "calls somebody at night",
        Follows(stage=Stage.AT_NIGHT, time_use=TimeUse.INCIDENTS, counted=True),
    )
    """A developer on call starts at once, outside working hours."""
