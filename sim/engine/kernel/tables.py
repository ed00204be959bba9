"""The kernel's world: tables of whole numbers, and what their columns hold.

A row is an entity, a column (`D_…`, `T_…`, …) what is known of it; -1 stands for none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MILLE = 1_000
NEVER = 1 << 62
DAY = 86_400
HISTORY = 6

# What becomes of an incident, and what a free developer looks for: sim.policy.
DEFER, QUEUE, INTERRUPT, SWAP, CANCEL = 0, 1, 2, 4, 5
COMMITTED_AT_PLANNING = 3
INCIDENT_FIRST, STORY_FIRST, NOTHING_NEW = 0, 1, 2

# An event is one number: time, then class, then id.
COMPLETE, RETURN, LEAVE, PLAN, ARRIVE, WITHDRAW, ESCALATE, DISPATCH = range(1, 9)
CLASS_BITS = 4

# Verbs of the trace: sim.engine.trace.Verb.
(OPENED, DEFLECTED, DEFERRED, QUEUED, STARTED, SUSPENDED, PART_DONE) = range(7)
RESOLVED, WITHDRAWN, AVOIDED = 7, 8, 9
COMMITTED, PULLED, STORY_STARTED, STORY_SUSPENDED, STORY_DONE, SENT_BACK = range(10, 16)
IMPROVEMENT_STARTED, IMPROVEMENT_SUSPENDED, IMPROVEMENT_DONE = 16, 17, 18
INTERRUPTED, CEREMONY_BEGAN, CEREMONY_ENDED, LEFT, RETURNED, DUTY_BEGAN, DUTY_ENDED = range(20, 27)
REST_BEGAN, REST_ENDED = 27, 28
PLANNED, CANCELLED, REVIEWED = 30, 31, 32
ESCALATED, OUTGROWN, PAGED = 40, 41, 42

# What a developer does, and has in hand.
FREE, WORKING, CEREMONY, IMPROVING, ON_CALL, RESTING, AWAY = range(7)
NOTHING, STORY, PART, IMPROVEMENT = 0, 1, 2, 3

# Where an incident stands; those up to WAITS wait.
UNOPENED, AT_FIRST_LINE, WAITS_FOR_PLANNING, WAITS, IN_WORK, PUT_DOWN, CLOSED = range(-1, 6)

CAUSED_BY_A_FIX = 2
"""sim.sampling.incidents.REOPENING"""

# Columns.
(O_HORIZON, O_CEREMONY, O_BY_VELOCITY, O_SWITCH, O_RESUME, O_UNFAMILIARITY) = range(6)
(O_TEAMS, O_QUEUES, O_REPORTED, O_SPRINTS, O_TIME_BOX, O_TURN_SPRINTS) = range(6, 12)
(O_FAMILIAR_AFTER, O_QUALITY_GAIN, O_QUALITY_AFTER, O_REGRESSION_CHANCE) = range(12, 16)
(O_INTERRUPTED_REGRESSIONS, O_SWAP_MEETING, O_REPLAN, O_REWORK, O_HANDOVER) = range(16, 21)
(O_ABSENCE, O_KINDS, O_TAKES_ALIKE, O_PAGED) = range(21, 25)  # the latter with five that follow
ORGANISATION_COLUMNS = 30

(W_NOW, W_EVENTS, W_ROWS, W_NEXT_DISPATCH, W_DISPATCHES, W_HEAP_FULL) = range(6)
(W_LISTED, W_FRESH, W_INCIDENTS_BEGUN, W_ASK_ALL) = range(6, 10)
W_URGENT, W_REPORT, W_ASKING_ALL, W_OPENINGS, W_PARTS, W_FREE = range(10, 16)
WORLD_COLUMNS = 16

(D_TEAM, D_SEAT, D_RANK, D_ON_DUTY, D_ACTIVITY, D_HAND, D_ITEM, D_HELD) = range(8)
(D_SINCE, D_SWITCH, D_OWED, D_UNTIL, D_SPELL, D_SPELL_END, D_TURN, D_STINT) = range(8, 16)
(D_CALLED_TO, D_CALLED_AT, D_REST_DUE, D_SUPPORT, D_ABROAD, D_WAS_ON_DUTY) = range(16, 22)
D_DURATION, D_CHANGED = 22, 23
DEVELOPER_COLUMNS = 24

(T_FIRST, T_LAST, T_FOCUS, T_SPRINT, T_ENDS, T_CAPACITY, T_RESERVE, T_SPENT) = range(8)
(T_PROMISED, T_DEFERRED, T_DUE, T_DELIVERED, T_CLOSED, T_PRESENT, T_ON_DUTY) = range(8, 15)
(T_HERE, T_BACKLOG, T_BACKLOG_END, T_UNSTARTED, T_UNFINISHED, T_HANDED_BACK) = range(15, 21)
(T_FREE, T_BEGINS, T_LEVEL, T_UNPLANNED, T_WAITING, T_INCIDENTS_BEGUN) = range(21, 27)
(T_STORIES_BEGUN, T_IMPROVE, T_IMPROVED, T_UNSTARTED_ESTIMATE) = range(27, 31)
T_VELOCITY = 31  # with the two that follow
T_LOAD = 34  # with the five that follow
T_STRETCH, T_KNOWN = 40, 41
TEAM_COLUMNS = 42

S_REMAINING, S_DONE, S_HANDED_BACK, S_BEGUN, S_INTERRUPTED = range(5)
STORY_COLUMNS = 5

(I_KIND, I_SEVERITY, I_TEAM, I_PEOPLE, I_EXPECTED, I_OPENED, I_PART, I_UNFINISHED) = range(8)
(I_WAITING, I_STAGE, I_URGENT, I_PLANNED, I_CHARGED, I_DEFERRALS, I_WORKING) = range(8, 15)
(I_LISTED, I_BOOKED, I_BEGUN, I_ESCALATED, I_OUTGROWN, I_COUNTED) = range(15, 21)
(I_NEXT, I_BEFORE, I_NEXT_URGENT, I_BEFORE_URGENT, I_SEEN, I_ASKED) = range(21, 27)
INCIDENT_COLUMNS = 27

(K_SEVERITY, K_PEOPLE, K_EXPECTED, K_ABANDON_AFTER, K_ESCALATE_AFTER, K_BY_CLOCK) = range(6)
KIND_COLUMNS = 6

(P_INCIDENT, P_REMAINING, P_WAITS) = range(3)
PART_COLUMNS = 3

(M_REMAINING, M_TAKEN, M_DONE) = range(3)
IMPROVEMENT_COLUMNS = 3

TEAMS_IN_WORD = 32
SEVERITIES = 6  # places kept for a severity in a set of lists; 0 stays empty
HEAD, TAIL = 0, 1


OF_A_STORY = ("points", "estimate", "effort", "regression", "luck")
"""What of sim.sampling.stories.Backlog the world has, as story_points and so on."""


class World(NamedTuple):
    """Everything a run reads and writes; two-dimensional tables but for those noted."""

    organisation: Any
    """one-dimensional, O_…"""
    opens: Any
    """one-dimensional, as are all down to luck"""
    closes: Any
    before: Any
    by_day: Any
    plannings: Any
    keeps: Any
    """per mille of a kind's incidents that open after an improvement: improvement by kind"""
    demand: Any
    """the same of each kind after all improvements so far"""
    opened: Any
    """of each possible incident, as all down to luck: see sim.sampling.incidents.Incidents"""
    kind: Any
    team: Any
    cause: Any
    after: Any
    effort: Any
    deflected: Any
    first_line: Any
    reopening: Any
    luck: Any
    story_points: Any
    """of each story, as all down to story_luck: see sim.sampling.stories.Backlog; one-dimensional as well"""
    story_estimate: Any
    story_effort: Any
    story_regression: Any
    story_luck: Any
    kinds: Any
    developers: Any
    spells: Any
    """leaves and returns of each absence, by developer"""
    teams: Any
    stories: Any
    """how far each has come; a row is written when the story is first looked at"""
    incidents: Any
    """a row is written when it is first known that the incident may open, as are those of its parts"""
    parts: Any
    improvements: Any
    queues: Any
    """head and tail of incidents waiting: queue by severity"""
    deferred: Any
    """head and tail of incidents waiting for planning: team by severity"""
    urgent: Any
    """head and tail of waiting incidents that may interrupt: by severity"""
    to_ask: Any
    """marked: teams where something has changed that may give a free developer work, TEAMS_IN_WORD to a
    number, as in with_free"""
    with_free: Any
    """marked: teams with somebody available; both one-dimensional"""
    events: Any
    """one-dimensional: a heap of what is to come, but for completions"""
    completions: Any
    """one-dimensional: twice as many as developers: see `events.busy_until`"""
    world: Any
    """one-dimensional, W_…"""
    trace: Any
    """rows of time, verb, item, developer, team, value"""
    on_duty: Any
    """the policy's decisions: functions, or addresses of compiled ones"""
    reserve: Any
    improve: Any
    route: Any
    takes: Any
    next_work: Any
    review: Any
    p: Any
    """the policy's parameters"""


# How the world is reached and a decision is called; `sim.engine.compiled.compiler` puts others in their place.


def world_of(memory):
    return memory


def lowest_bit(word):
    """The place of the lowest bit of a number that is not 0."""
    return (word & -word).bit_length() - 1


def ask_on_duty(decision, developer, sprint, p):
    return decision(developer, sprint, p)


def ask_reserve(decision, team, sprint, p):
    return decision(team, sprint, p)


def ask_improve(decision, team, sprint, p):
    return decision(team, sprint, p)


def ask_route(decision, incident, team, now, p):
    return decision(incident, team, now, p)


def ask_takes(decision, developer, incident, p):
    return decision(developer, incident, p)


def ask_next_work(decision, developer, team, p):
    return decision(developer, team, p)


def ask_review(decision, team, sprint, p):
    return decision(team, sprint, p)
