"""The kernel's world: tables of whole numbers, a row for each entity; -1 stands for none.

Whoever stands in an array by an identifier (a developer, a team, a story, an incident) is called by that
number: `w.teams[team].capacity`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Any, NamedTuple

from sim.engine.rows import Numbers, Row, Table, kinds_of
from sim.engine.rules import Rules
from sim.engine.trace import Event
from sim.policy.views import HISTORY

TEAMS_IN_WORD = 32
"""Of a set of teams: a bit each."""

QUEUE_LINKS, URGENT_LINKS, LISTS = 0, 1, 2
"""Which of an incident's links: those of the list in which it waits, or of those that may interrupt."""

RANKED = 1
"""Which of a queue's lists holds all that wait in it, where the policy ranks them."""

VELOCITY_SPRINTS = 3
"""Past sprints whose mean is the velocity."""


class RunRow(Row):
    """The time and the counts of a run."""

    now: int
    events: int
    """in the heap"""
    rows: int
    """of the trace, those included for which there was no room"""
    next_dispatch: int
    """when; -1: none is asked for"""
    dispatches: int
    """so far: what has changed, and who was asked, is noted by their number"""
    heap_full: int
    listed: int
    """incidents in queues"""
    fresh: int
    """something has come into the one queue of all since the last dispatch"""
    served: int
    """the dispatch at which what may interrupt was last offered"""
    incidents_begun: int
    """and not done"""
    ask_all: int
    """an improvement has come free, which anybody may take up"""
    urgent: int
    """incidents that wait and may interrupt"""
    report: int
    """the next report, as an event; NEVER: there is none"""
    asking_all: int
    """`ask_all` as it was when the dispatch began"""
    openings: int
    """opening intervals that have begun"""
    parts: int
    """that are laid out"""
    free: int
    """developers available: free, or filling in"""
    improvement: int
    """no improvement before it is left to be done"""
    reroutes: int
    """how often the incidents of a team were routed again"""
    look_day: int
    """midnight of the day of the next look"""
    look: int
    """which of the day's looks it is"""
    parts_full: int
    """an incident was to have more parts than there was room for"""
    until: int
    """events from then on are not lived through yet, as an event; NEVER: all are"""
    changed: int
    """the policy has changed since"""
    laid_down: int
    """the first of the incidents that wait while it changes; each names the next"""


class DeveloperRow(Row):
    """A developer: of which team, on what, since when."""

    team: int
    seat: int
    rank: int
    on_duty: int
    activity: int
    hand: int
    """what kind of thing is in hand"""
    item: int
    """which one"""
    paused: int
    """the story put aside"""
    since: int
    """when work on the item in hand began"""
    switch: int
    """seconds of switching before it"""
    ceremony_debt: int
    """working seconds of a meeting that is still to be sat through"""
    until: int
    """when the activity ends by itself"""
    spell: int
    """the next absence"""
    spell_end: int
    """the first absence of the next developer"""
    turn: int
    stint: int
    """focus seconds that are to be done at a stretch"""
    called_to: int
    """the part, at night"""
    called_at: int
    rest_due: int
    """seconds to be given back for calls at night"""
    support_time: int
    """working seconds spent on incidents so far"""
    other_team_time: int
    """working seconds spent on other teams' incidents so far"""
    was_on_duty: int
    duration: int
    """working seconds of the stint, switching left out"""
    changed: int
    """the dispatch at which something last changed that may let the developer take an incident"""


class PersonRow(Row):
    """What of a developer is kept for few organisations alone (`sim.engine.rules.EXTENSIONS`): apart, so that
    others do not carry it through their memory."""

    keeps: int
    """the hours: which calendar"""
    week: int
    """seconds of work in an ordinary week"""
    ramp: int
    """working seconds until somebody who joined is worth a veteran"""
    joined: int
    """when they did; NEVER: they were there before"""
    vacant: int
    """nobody has joined yet in the place of somebody who left for good"""
    sprints_here: int
    """plannings at which they were present"""
    sprints_on_duty: int


class MoreOfTeamRow(Row):
    """The same of a team."""

    keeps: int
    """the hours: which calendar"""
    meeting: int
    """the next in the middle of a week"""


class TeamRow(Row):
    """A team, and how its sprint stands; efforts in focus seconds."""

    first: int
    last: int
    """its developers: from `first` to before `last`"""
    focus: int
    sprint: int
    """number; -1: before the first"""
    ends: int
    capacity: int
    reserve: int
    spent: int
    """of the reserve, by what is resolved"""
    promised: int
    """of the reserve, to what is admitted"""
    deferred: int
    """incidents that wait for the planning"""
    due: int
    """effort of committed incidents still open"""
    delivered: int
    """points of this sprint"""
    closed: int
    """sprints that have ended"""
    present: int
    on_duty: int
    here: int
    """present and not on duty"""
    backlog: int
    """no story before it is in the backlog"""
    backlog_end: int
    unstarted: int
    """no story before it is committed and begun by nobody"""
    unfinished: int
    """no story before it is unfinished"""
    sprint_end: int
    """no story from it on is in the sprint"""
    handed_back: int
    """stories that wait for whoever comes"""
    free: int
    """developers available"""
    on_watch: int
    """those of them who are on duty"""
    begins: int
    level: int
    unplanned: int
    """effort that came to the team in this sprint"""
    waiting: int
    """its incidents in queues"""
    incidents_begun: int
    stories_begun: int
    improve: int
    """set aside for improvements in this sprint"""
    improved: int
    unstarted_estimate: int
    velocity: Annotated[list[int], VELOCITY_SPRINTS]
    """points of past sprints, in no order"""
    load: Annotated[list[int], HISTORY]
    """`unplanned` of past sprints, the last one first"""
    slowdown: int
    """per mille of working time that a second of effort takes"""
    broken: int
    """promises broken in this sprint"""
    settled: int
    """promises kept or broken in this sprint"""
    broken_before: Annotated[list[int], HISTORY]
    """`broken` of past sprints, in no order"""
    settled_before: Annotated[list[int], HISTORY]
    share_broken: int
    """per mille, over past sprints"""
    refused: int
    """its incidents that may interrupt and were refused"""
    known: int
    """the first story that nobody has looked at: its row is not written yet"""


class Place(IntEnum):
    """Where a story stands."""

    BACKLOG = 0
    COMMITTED = 1
    """In the sprint, and nobody has begun it."""
    HELD = 2
    """In somebody's hand, or put aside by somebody."""
    HANDED_BACK = 3
    """Begun, and waits for whoever comes."""
    DONE = 4


class StoryRow(Row):
    """How far a story has come; its row is written when it is first looked at."""

    remaining: int
    place: int
    """where it stands: a `Place`"""
    begun: int
    interrupted: int


class IncidentRow(Row):
    """How an incident stands; its row is written when it is first known that it may open."""

    kind: int
    severity: int
    team: int
    people: int
    mean_effort: int
    """of its kind"""
    opened: int
    part: int
    """the first of its parts; the others follow"""
    unfinished: int
    """parts"""
    waiting: int
    """parts that nobody works on"""
    stage: int
    urgent: int
    """may interrupt"""
    planned: int
    """committed at a planning, or swapped in"""
    charged: int
    """to the reserve"""
    deferrals: int
    working: int
    """developers on it"""
    listed: int
    """stands in a queue"""
    booked: int
    """effort that the reserve has paid"""
    begun: int
    escalated: int
    outgrown: int
    counted: int
    """has come to its team, and is in its `unplanned`"""
    effort: int
    """of each of them"""
    next: Annotated[list[int], LISTS]
    previous: Annotated[list[int], LISTS]
    seen: int
    """the dispatch during or after which it came into the queue"""
    refused: int
    """everybody has refused it who has not changed since: it stands among the refused"""


class MoreOfIncidentRow(Row):
    """What of an incident is kept for policies alone that need more than the usual
    (`sim.engine.rules.EXTENSIONS`): apart, so that others do not carry it through their memory."""

    shared_out: int
    """how many work on it together is settled"""
    label: int
    """what `route` wrote on it"""
    respond_by: int
    resolve_by: int
    rank: int
    """in the queue that it entered last"""
    rerouted: int
    """which `reroutes` of its team it last met"""
    due: int
    worked_before: int
    """working seconds of its team for which it had been open when it came up"""


class KindRow(Row):
    """A kind of incidents."""

    severity: int
    people: int
    mean_effort: int
    abandon_after: int
    escalate_after: int
    by_clock: int
    """1: in working time"""
    respond: int
    """seconds that are promised; -1: nothing is"""
    resolve: int
    cost: int
    """of an open hour, thousandths of the currency"""
    growth: int
    """per mille of its effort that a day adds until somebody starts"""
    due_within: int
    """seconds; 0: not by that"""
    due_every: int
    due_from: int
    """its first due date"""
    due_to: int
    """the first of the next kind"""


class CalendarRow(Row):
    """A calendar: which of the opening intervals are its own."""

    first: int
    last: int
    """the first of the next"""
    opening: int
    """the next that is to be scheduled"""
    closing: int


class GivenRow(Row):
    """An incident that is given and not drawn: see sim.sampling.injected.Given."""

    arrives: int
    opened: int
    worked: int
    severity: int


class PartRow(Row):
    """One person's share of an incident."""

    incident: int
    remaining: int
    waits: int


class ImprovementRow(Row):
    """Operational work that lowers demand."""

    remaining: int
    effort: int
    taken: int
    """somebody works on it"""
    done: int


class Ends(Row):
    """The ends of a list of incidents, which is kept by opening, then id."""

    head: int
    tail: int
    entered: int
    """the last that came in between others, or one beside it"""


class Freeze(Row):
    """Days in which nothing is released."""

    begins: int
    ends: int


class Spell(Row):
    """An absence of a developer."""

    leaves: int
    returns: int


OF_A_STORY = ("points", "estimate", "effort", "regression", "uniform")
"""What of sim.sampling.stories.Backlog the world has, as story_points and so on."""


Decision = Callable[..., int]
"""A decision of the policy: a function, or the address of a compiled one."""


class WorldTables(NamedTuple):
    """Everything a run reads and writes."""

    rules: Rules
    opens: Numbers
    closes: Numbers
    before: Numbers
    """working time before each opening"""
    by_day: Numbers
    """opening intervals that have begun by each midnight"""
    calendars: Table[CalendarRow]
    """whose intervals stand in opens, closes and by_day one after the other"""
    plannings: Numbers
    """of each team: as many of each"""
    meetings: Numbers
    """the same in the middle of each week; -1: none"""
    due_dates: Numbers
    """of each kind that has some"""
    freezes: Table[Freeze]
    departures: Numbers
    """per million: who leaves at which planning, developer by sprint"""
    given: Table[GivenRow]
    thinning: Numbers
    """per mille of a kind's incidents that open after an improvement: improvement by kind"""
    demand: Numbers
    """the same of each kind after all improvements so far"""
    opened: Numbers
    """of each possible incident, as all down to chance: see sim.sampling.incidents.Incidents"""
    kind: Numbers
    team: Numbers
    cause: Numbers
    after: Numbers
    effort: Numbers
    deflected: Numbers
    first_line: Numbers
    reopening: Numbers
    uniform: Numbers
    chance: Numbers
    logged: Numbers
    story_points: Numbers
    """of each story, as all down to story_uniform: see sim.sampling.stories.Backlog"""
    story_estimate: Numbers
    story_effort: Numbers
    story_regression: Numbers
    story_uniform: Numbers
    kinds: Table[KindRow]
    developers: Table[DeveloperRow]
    spells: Table[Spell]
    """in order of developers"""
    persons: Table[PersonRow]
    """of each developer"""
    teams: Table[TeamRow]
    more_of_teams: Table[MoreOfTeamRow]
    """of each team"""
    stories: Table[StoryRow]
    incidents: Table[IncidentRow]
    more: Table[MoreOfIncidentRow]
    """of each incident"""
    parts: Table[PartRow]
    improvements: Table[ImprovementRow]
    queues: Table[Ends]
    """of incidents waiting: owner by kin by severity (`queues.list_of`)"""
    deferred: Table[Ends]
    """of incidents waiting for planning: team by severity"""
    urgent: Table[Ends]
    """of waiting incidents that may interrupt: those not offered yet by severity, then those that were
    refused, owner by kin by severity"""
    begun_waiting: Numbers
    """how many in each list of `queues` somebody has begun"""
    refused: Numbers
    """how many of each severity stand among the refused"""
    offers: Numbers
    """of each owner and kin, while a severity is served: the next refused that somebody may take by now; -1:
    none"""
    heads: Numbers
    """of each kin, while lists are gone through as one: the next incident; -1: none"""
    to_ask: Numbers
    """marked: teams where something has changed that may give a free developer work, TEAMS_IN_WORD to a
    number, as in with_free"""
    with_free: Numbers
    """marked: teams with somebody available"""
    with_duty: Numbers
    """marked: teams with somebody on duty"""
    on_watch: Numbers
    """marked: teams with somebody on duty who is available"""
    held_back: Numbers
    """marked: teams with somebody available who was to take up nothing new when last asked"""
    with_refused: Numbers
    """marked: teams that an incident is of that may interrupt and was refused"""
    touched: Numbers
    """marked: teams with somebody who has changed since what may interrupt was last offered"""
    changed: Numbers
    """marked: of these, as a dispatch begins to serve, those for which something may have come of it"""
    events: Numbers
    """a heap of what is to come, but for completions"""
    completions: Numbers
    """twice as many as developers: see `events.busy_until`"""
    run: RunRow
    trace: Table[Event]
    on_duty: Decision
    reserve: Decision
    improve: Decision
    route: Decision
    takes: Decision
    next_work: Decision
    review: Decision
    rank: Decision
    picks: Decision
    people: Decision
    note: Decision
    shift: Decision
    p: Any
    """the policy's parameters"""


SETS_OF_TEAMS = (
    "to_ask",
    "with_free",
    "with_duty",
    "on_watch",
    "held_back",
    "with_refused",
    "touched",
    "changed",
)
"""Its tables that are sets of teams."""

TABLES = kinds_of(WorldTables)
"""What each of its tables is."""


# How the world is reached; `sim.engine.compiled.compiler` puts others in their place.


def world_of(memory: WorldTables) -> WorldTables:
    """The world whose memory is given; where nothing is compiled, that is the world itself."""
    return memory


def lowest_bit(word: int) -> int:
    """The place of the lowest bit of a number that is not 0."""
    return (word & -word).bit_length() - 1
