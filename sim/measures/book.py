"""What a trace comes to, table by table: the rows that the ledger reads and those that it fills."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from sim.arrays import read_only
from sim.engine.rows import Numbers, Reals, Row, Table
from sim.engine.states import Outcome, Stage, TimeUse
from sim.engine.trace import Event, EventType

INCIDENT_STAGES = (
    "closed_hours",
    "first_line",
    "sprint_boundary",
    "queue",
    "suspended",
    "in_work",
)
"""Where an incident's time can go: closed hours, which are taken out of all the others, then each `Stage`
from FIRST_LINE on; those at night are in work."""

CLOSED_HOURS = 0
"""Where they stand in a split."""

ACTIVITIES = (
    "stories",
    "incidents",
    "improvements",
    "switching",
    "ceremonies",
    "absence",
    "idle",
)
"""Where a developer's working time can go: each `TimeUse`."""

OUTCOMES = ("open", "deflected", "resolved", "withdrawn")
"""Each `Outcome`."""

SAME = -1
"""The stage or use of time after an event that leaves it as it was."""

SPANS = 4
"""Until the response and until the resolution, each in calendar and in working time."""


# ---- what is read --------------------------------------------------------------------------------


class Effect(Row):
    """What an event of a type brings about."""

    stage: int
    outcome: int
    time_use: int
    shared: int
    switches: int
    counted: int


def _effect_of(event_type: EventType) -> list[int]:
    stage, time_use = event_type.stage, event_type.time_use
    return [
        SAME if stage is None else stage,
        event_type.outcome,
        SAME if time_use is None else time_use,
        event_type.shared,
        event_type.switches,
        event_type.counted,
    ]


EFFECTS = np.zeros((max(EventType) + 1, Effect.WIDTH), dtype=np.int64)
"""By type of event."""

for _event_type in EventType:
    EFFECTS[_event_type] = _effect_of(_event_type)


class OpeningInterval(Row):
    """An opening interval."""

    opens: int
    closes: int
    before: int
    """working time in all intervals of its calendar before it"""


class CalendarSpan(Row):
    """Which of the opening intervals are a calendar's."""

    first: int
    last: int
    """the first of the next calendar's"""


class Span(Row):
    """The span of time that is measured, in seconds."""

    since: int
    horizon: int
    open_from: int
    """the first incident that was open before anything was simulated: what was promised then is not known"""
    open_to: int
    """the first that was not"""


class PromiseOfKind(Row):
    """What customers of a kind were told; seconds, -1: nothing."""

    respond: int
    resolve: int
    by_clock: int
    """1: in working time"""


class GroupOfKinds(Row):
    """Which kinds are of a group that has figures of its own, among the members of all groups."""

    first: int
    last: int
    """the first of the next group's"""


QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95}
"""Of how long incidents wait."""

LEADS = {"p50": 0.5, "p85": 0.85}
"""Quantiles of how long stories take."""

OF_WAITS, OF_LEADS = len(QUANTILES), len(LEADS)

SHARES = read_only(np.array([*QUANTILES.values(), *LEADS.values()]))


# ---- what is found -------------------------------------------------------------------------------


class IncidentAccount(Row):
    """What became of an incident; seconds, -1: it has not come to that."""

    opened: int
    started: int
    opened_worked: int
    """working time until it opened"""
    started_worked: int
    outcome: int
    stage: int
    since: int
    """in this stage, or ended"""
    worked: int
    """working time until then"""
    split: Annotated[list[int], Stage.CLOSED + 1]
    """seconds in each stage"""


class DeveloperAccount(Row):
    """What a developer's time went into."""

    time_use: int
    worked: int
    """working time until this use began"""
    switched_by: int
    """working time by which the switch at its beginning is over"""
    interruptions: int
    calls: int
    duty_since: int
    """working time until the support duty that they are on began; -1: they are on none"""
    duty: int
    """working seconds on support duty since the warm-up, absence in them too"""
    split: Annotated[list[int], len(TimeUse)]
    """working seconds of each use since the warm-up"""


class SprintAccount(Row):
    """What a team's sprint came to: stories, and points of them."""

    begins: int
    committed: int
    committed_points: int
    kept: int
    """committed in it and done in it"""
    kept_points: int
    done: int
    done_points: int
    cancelled: int
    sent_back: int


class StoryAccount(Row):
    """What became of a story; seconds, -1: it has not come to that."""

    committed: int
    """committed or pulled"""
    pulled: int
    sprint: int
    """the row of the sprint that it was last committed in"""
    done: int


class Waits(Row):
    """What the measured incidents of a kind waited for."""

    first: int
    """where in the spans the kind begins"""
    count: int
    open: int
    responded: int
    """answered within the promise"""
    responses: int
    """of which that is decided"""
    resolved: int
    resolutions: int
    sums: Annotated[list[int], SPANS]
    """of its spans"""
    left: int
    """of all that ever opened, those open at the horizon"""
    left_before: int
    """and those open when measuring begins"""


class Totals(Row):
    """The sums over the run."""

    outcomes: Annotated[list[int], len(Outcome)]
    opened_before: int
    """incidents open when measuring begins"""
    events: Annotated[list[int], max(EventType) + 1]
    """of each type that is counted, since then"""
    measured: int
    resolved: int
    leads: int
    worth: int
    """of the improvements done since then, thousandths of a point"""
    split: Annotated[list[int], len(INCIDENT_STAGES)]
    """seconds of the measured and resolved in each stage"""


class Book(NamedTuple):
    """A trace, what it is read by, and room for what is found. E events, N incidents, K kinds, D developers,
    T teams, S sprints each, M stories."""

    trace: Table[Event]
    hours: Table[OpeningInterval]
    """of all calendars, one after the other"""
    calendars: Table[CalendarSpan]
    keeps: Numbers
    """(D,) whose hours each developer keeps"""
    home: Numbers
    """(N,) whose hours the home team of each incident keeps"""
    effects: Table[Effect]
    span: Span
    points: Numbers
    """(M,) of each story"""
    kind: Numbers
    """(N,) of each incident"""
    worth: Numbers
    """(I,) of each improvement, thousandths of a point"""
    promises: Table[PromiseOfKind]
    """(K) rows"""
    groups: Table[GroupOfKinds]
    members: Numbers
    """the kinds of all groups"""
    shares: Reals
    """QUANTILES, then LEADS"""
    worked: Numbers
    """(E + 1,) the working time until each event, where all keep the same hours"""
    of_incidents: Numbers
    """(≥ E + 1 and ≥ N + 1) the rows of events that concern incidents, then the measured incidents"""
    of_developers: Numbers
    """(E + 1,) the rows that concern developers"""
    counted: Numbers
    """(E + 1,) the rows that are counted"""
    counts_by: Numbers
    """(N,) the hours by which an incident's time in its stage counts: its team's, or of who started last"""
    incidents: Table[IncidentAccount]
    waits: Table[Waits]
    spans: Numbers
    """(4 N,) seconds, calendar and working, that measured incidents waited for a response, then for their
    resolution: four rows, in each those of a kind beside each other, from `first` of the kind's waits"""
    developers: Table[DeveloperAccount]
    sprints: Table[SprintAccount]
    """(T S) rows, team by team"""
    current: Numbers
    """(T,) the row of the sprint that each team is in"""
    stories: Table[StoryAccount]
    gathered: Numbers
    """(≥ 2 N + 1 and ≥ 2 M + 1) numbers that are put in order: the spans of a group; the seconds from committed
    or pulled to done, of stories done since the warm-up"""
    dealt: Numbers
    """(2,048,) where the next of each digit is put"""
    ordered: Numbers
    """the two between which each quantile lies: of each span of each group, then of the seconds that stories
    took"""
    totals: Totals
