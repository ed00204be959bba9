"""The kernel's world: tables of whole numbers, a row for each entity; -1 stands for none.

Whoever stands in an array by an identifier (a developer, a team, a story, an incident) is called by that
number: `w.teams[team].capacity`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from sim.engine.rows import Numbers, Row, Table, kinds_of
from sim.engine.rules import Rules
from sim.engine.trace import Event
from sim.policy.contract import HISTORY, DeveloperView, IncidentView, SprintView, TeamView

TEAMS_IN_WORD = 32
"""Of a set of teams: a bit each."""

QUEUE_LINKS, URGENT_LINKS, LISTS = 0, 1, 2
"""Which of an incident's links: those of the list in which it waits, or of those that may interrupt."""

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
    incidents_begun: int
    """and not done"""
    ask_all: int
    """something has changed that may give anybody work"""
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
    """developers available: free, or on duty and on an improvement"""


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
    """the first story that is not in the sprint"""
    backlog_end: int
    unstarted: int
    """the first story of the sprint that nobody has begun"""
    unfinished: int
    """no story before it is unfinished"""
    handed_back: int
    """stories that wait for whoever comes"""
    free: int
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
    known: int
    """the first story that nobody has looked at: its row is not written yet"""


class StoryRow(Row):
    """How far a story has come; its row is written when it is first looked at."""

    remaining: int
    done: int
    handed_back: int
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
    """in the team's `unplanned`"""
    next: Annotated[list[int], LISTS]
    previous: Annotated[list[int], LISTS]
    seen: int
    """the dispatch during or after which it came into the queue"""
    asked: int
    """the dispatch at which everybody refused it"""


class KindRow(Row):
    """A kind of incidents."""

    severity: int
    people: int
    mean_effort: int
    abandon_after: int
    escalate_after: int
    by_clock: int
    """1: in working time"""


class PartRow(Row):
    """One person's share of an incident."""

    incident: int
    remaining: int
    waits: int


class ImprovementRow(Row):
    """Operational work that lowers demand."""

    remaining: int
    taken: int
    """somebody works on it"""
    done: int


class Ends(Row):
    """The ends of a list of incidents, which is kept by opening, then id."""

    head: int
    tail: int


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
    plannings: Numbers
    thinning: Numbers
    """per mille of a kind's incidents that open after an improvement: improvement by kind"""
    demand: Numbers
    """the same of each kind after all improvements so far"""
    opened: Numbers
    """of each possible incident, as all down to uniform: see sim.sampling.incidents.Incidents"""
    kind: Numbers
    team: Numbers
    cause: Numbers
    after: Numbers
    effort: Numbers
    deflected: Numbers
    first_line: Numbers
    reopening: Numbers
    uniform: Numbers
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
    teams: Table[TeamRow]
    stories: Table[StoryRow]
    incidents: Table[IncidentRow]
    parts: Table[PartRow]
    improvements: Table[ImprovementRow]
    queues: Table[Ends]
    """of incidents waiting: queue by severity"""
    deferred: Table[Ends]
    """of incidents waiting for planning: team by severity"""
    urgent: Table[Ends]
    """of waiting incidents that may interrupt: by severity"""
    to_ask: Numbers
    """marked: teams where something has changed that may give a free developer work, TEAMS_IN_WORD to a
    number, as in with_free"""
    with_free: Numbers
    """marked: teams with somebody available"""
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
    p: Any
    """the policy's parameters"""


TABLES = kinds_of(WorldTables)
"""What each of its tables is."""


# How the world is reached and a decision is called; `sim.engine.compiled.compiler` puts others in their place.


def world_of(memory: WorldTables) -> WorldTables:
    """The world whose memory is given; where nothing is compiled, that is the world itself."""
    return memory


def lowest_bit(word: int) -> int:
    """The place of the lowest bit of a number that is not 0."""
    return (word & -word).bit_length() - 1


def ask_on_duty(decision: Decision, developer: DeveloperView, sprint: SprintView, p: Any) -> int:
    """Ask the policy whether a developer serves support this sprint."""
    return decision(developer, sprint, p)


def ask_reserve(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy how many focus seconds a team keeps back from stories."""
    return decision(team, sprint, p)


def ask_improve(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy how many focus seconds a team sets aside for improvements."""
    return decision(team, sprint, p)


def ask_route(decision: Decision, incident: IncidentView, team: TeamView, now: int, p: Any) -> int:
    """Ask the policy what is to become of an incident: DEFER, QUEUE, SWAP, INTERRUPT or CANCEL."""
    return decision(incident, team, now, p)


def ask_takes(decision: Decision, developer: DeveloperView, incident: IncidentView, p: Any) -> int:
    """Ask the policy whether a developer may work on an incident."""
    return decision(developer, incident, p)


def ask_next_work(decision: Decision, developer: DeveloperView, team: TeamView, p: Any) -> int:
    """Ask the policy what a free developer looks for: INCIDENT_FIRST, STORY_FIRST or
    NOTHING_NEW."""
    return decision(developer, team, p)


def ask_review(decision: Decision, team: TeamView, sprint: SprintView, p: Any) -> int:
    """Ask the policy for a team's level from now on."""
    return decision(team, sprint, p)
