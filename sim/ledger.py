"""One pass through a trace: every incident, developer, sprint and story is followed to its end.

Each event that concerns an incident puts it into a stage, each that concerns a developer into an
activity. The stretches between events are cut at closing time, so the parts of a split add up to
the whole, to the second. The loop keeps to what numba compiles, and runs uncompiled too.
"""

from __future__ import annotations

import numpy as np

from sim.trace import DEVELOPER, ITEM, TEAM, TIME, VALUE, VERB, Verb

INCIDENT_STAGES = (
    "closed_hours",
    "first_line",
    "sprint_boundary",
    "queue",
    "suspended",
    "in_work",
)
"""Where an incident's time can go. Closed hours are taken out of all the others."""

ACTIVITIES = (
    "stories",
    "incidents",
    "improvements",
    "switching",
    "ceremonies",
    "absence",
    "idle",
)
"""Where a developer's working time can go. Time off for work at night is absence."""

OUTCOMES = ("open", "deflected", "resolved", "withdrawn")

CLOSED, FIRST_LINE, BOUNDARY, QUEUE, SUSPENDED, IN_WORK, AT_NIGHT, OUTSIDE = range(8)
"""Stages; AT_NIGHT: in work round the clock; OUTSIDE: before an incident opens and after it ends."""

STORIES, INCIDENTS, IMPROVEMENTS, SWITCHING, CEREMONIES, ABSENCE, IDLE = range(len(ACTIVITIES))
OPEN, DEFLECTED, RESOLVED, WITHDRAWN = range(len(OUTCOMES))

UNDECIDED, BROKEN, KEPT = range(3)
"""What can become of a promise."""

SAME = -1
"""The stage or activity after an event that leaves it as it was."""

_STAGE_AFTER = {
    Verb.OPENED: FIRST_LINE,
    Verb.DEFERRED: BOUNDARY,
    Verb.QUEUED: QUEUE,
    Verb.STARTED: IN_WORK,
    Verb.SUSPENDED: SUSPENDED,
    Verb.PART_DONE: SUSPENDED,
    Verb.DEFLECTED: OUTSIDE,
    Verb.RESOLVED: OUTSIDE,
    Verb.WITHDRAWN: OUTSIDE,
    Verb.OUTGROWN: SUSPENDED,
    Verb.PAGED: AT_NIGHT,
}

_OUTCOME_AFTER = {
    Verb.DEFLECTED: DEFLECTED,
    Verb.RESOLVED: RESOLVED,
    Verb.WITHDRAWN: WITHDRAWN,
}

_ACTIVITY_AFTER = {
    Verb.STARTED: INCIDENTS,
    Verb.SUSPENDED: IDLE,
    Verb.PART_DONE: IDLE,
    Verb.RESOLVED: IDLE,
    Verb.STORY_STARTED: STORIES,
    Verb.STORY_SUSPENDED: IDLE,
    Verb.STORY_DONE: IDLE,
    Verb.CEREMONY_BEGAN: CEREMONIES,
    Verb.CEREMONY_ENDED: IDLE,
    Verb.LEFT: ABSENCE,
    Verb.RETURNED: IDLE,
    Verb.IMPROVEMENT_STARTED: IMPROVEMENTS,
    Verb.IMPROVEMENT_SUSPENDED: IDLE,
    Verb.IMPROVEMENT_DONE: IDLE,
    Verb.OUTGROWN: IDLE,
    Verb.PAGED: INCIDENTS,
    Verb.REST_BEGAN: ABSENCE,
    Verb.REST_ENDED: IDLE,
}

E_STAGE, E_OUTCOME, E_ACTIVITY, E_SHARED, E_SWITCHES = range(5)
EFFECTS = np.zeros((max(Verb) + 1, 5), dtype=np.int64)
"""By verb: the stage, outcome and activity that follow; 1 where `value` counts others at work; 1 where
it is seconds of switching."""

EFFECTS[:, E_STAGE] = EFFECTS[:, E_ACTIVITY] = SAME
for _column, _after in (
    (E_STAGE, _STAGE_AFTER),
    (E_OUTCOME, _OUTCOME_AFTER),
    (E_ACTIVITY, _ACTIVITY_AFTER),
    (E_SHARED, {Verb.SUSPENDED: 1, Verb.PART_DONE: 1}),
    (E_SWITCHES, {Verb.STARTED: 1, Verb.STORY_STARTED: 1}),
):
    EFFECTS[list(_after), _column] = list(_after.values())

VERB_OPENED, VERB_STARTED, VERB_PAGED = int(Verb.OPENED), int(Verb.STARTED), int(Verb.PAGED)
VERB_CANCELLED, VERB_SENT_BACK = int(Verb.CANCELLED), int(Verb.SENT_BACK)
VERB_COMMITTED, VERB_PULLED, VERB_DONE = (
    int(Verb.COMMITTED),
    int(Verb.PULLED),
    int(Verb.STORY_DONE),
)
VERB_INTERRUPTED, VERB_PLANNED = int(Verb.INTERRUPTED), int(Verb.PLANNED)

# Columns of the tables. The last of incidents and of developers are their splits.
(A_OPENED, A_STARTED, A_OPENED_WORKED, A_STARTED_WORKED, A_OUTCOME, A_STAGE) = range(6)
A_SINCE, A_WORKED, A_SPLIT = range(6, 9)
(D_ACTIVITY, D_WORKED, D_SWITCHED_BY, D_INTERRUPTIONS, D_CALLS, D_SPLIT) = range(6)
(S_BEGINS, S_COMMITTED, S_COMMITTED_POINTS, S_KEPT, S_KEPT_POINTS, S_DONE, S_DONE_POINTS) = range(7)
(S_CANCELLED, S_SENT_BACK) = range(7, 9)
SPRINT_COLUMNS = 9
B_COMMITTED, B_PULLED, B_SPRINT, B_DONE = range(4)
K_RESPOND, K_RESOLVE, K_BY_CLOCK = range(3)
(W_FIRST, W_COUNT, W_OPEN, W_RESPONDED, W_RESPONSES, W_RESOLVED, W_RESOLUTIONS) = range(7)
W_SUMS = 7  # and the three that follow: sums of the four spans
WAITS_COLUMNS = 11


def follow(
    trace,
    hours,
    effects,
    span,
    points,
    kind,
    promises,
    worked,
    incidents,
    waits,
    spans,
    developers,
    sprints,
    current,
    stories,
):
    """Fill the tables from a trace, in passes: one mixed loop takes three times as long, since the
    processor cannot guess what the next event will be.

    Args:
        trace: (E, 6).
        hours: (I, 3) opening, closing and working time before, of each opening interval.
        effects: EFFECTS.
        span: since when is measured, and the horizon.
        points: (M,) of each story.
        kind: (N,) of each incident.
        promises: (K, 3) by kind: seconds to respond and to resolve within, -1: none; 1 where they
            count working time.
        worked: (E,) room for the working time until each event.
        incidents: (N, 9 + 8), A_…; opening and start -1, stage OUTSIDE, the rest 0.
        waits: (K, 11), W_…; 0.
        spans: (4, N) room for the seconds, calendar and working, that measured incidents waited for
            a response, then for their resolution; those of a kind beside each other, from W_FIRST.
        developers: (D, 5 + 7), D_…; activity IDLE, the rest 0.
        sprints: (T, S, 9), S_…; beginning -1, the rest 0.
        current: (T,) room for the sprint that each team is in.
        stories: (M, 4), B_…; -1.
    """
    counted_from = count_hours(hours, span[:1], worked)
    until = count_hours(hours, span[1:], worked)
    count_hours(hours, trace[:, TIME], worked)
    follow_incidents(trace, effects, worked, incidents)
    close_incidents(span[1], until, incidents)
    follow_developers(trace, effects, worked, counted_from, developers)
    count_interruptions(trace, span[0], developers)
    for developer in range(len(developers)):
        book_time(developers, developer, until, counted_from)
    follow_sprints(trace, points, sprints, current, stories)
    place_waits(span[0], kind, incidents, waits)
    for item in range(len(incidents)):
        if is_measured(incidents, item, span[0]):
            measure_waits(item, kind[item], promises, span[1], until, incidents, waits, spans)


def count_hours(hours, moments, worked):
    """Fill in the working time until each of the ascending moments; return the last."""
    interval, passed = 0, 0
    for place in range(len(moments)):
        moment = moments[place]
        while interval + 1 < len(hours) and hours[interval + 1, 0] <= moment:
            interval += 1
        inside = min(moment, hours[interval, 1]) - hours[interval, 0]
        passed = hours[interval, 2] + max(inside, 0)
        if place < len(worked):
            worked[place] = passed
    return passed


def follow_incidents(trace, effects, worked, incidents):
    """Book the stretch that each event ends, and begin the next."""
    for row in range(len(trace)):
        verb = trace[row, VERB]
        stage = effects[verb, E_STAGE]
        if stage == SAME:
            continue
        item, time = trace[row, ITEM], trace[row, TIME]
        if effects[verb, E_SHARED] and trace[row, VALUE] > 0:
            stage = IN_WORK  # others are still on it
        book_stage(incidents, item, time, worked[row])
        if verb == VERB_OPENED:
            incidents[item, A_OPENED], incidents[item, A_OPENED_WORKED] = time, worked[row]
        starts = verb == VERB_STARTED or verb == VERB_PAGED
        if starts and incidents[item, A_STARTED] < 0:
            incidents[item, A_STARTED], incidents[item, A_STARTED_WORKED] = time, worked[row]
        incidents[item, A_OUTCOME] = effects[verb, E_OUTCOME]
        incidents[item, A_STAGE] = stage
        incidents[item, A_SINCE] = time
        incidents[item, A_WORKED] = worked[row]


def book_stage(incidents, item, time, worked):
    """Open seconds only, but for the night's work."""
    stage = incidents[item, A_STAGE]
    passed = worked - incidents[item, A_WORKED]
    if stage == AT_NIGHT:
        passed = time - incidents[item, A_SINCE]
    incidents[item, A_SPLIT + stage] += passed


def close_incidents(horizon, until, incidents):
    """Book what is open at the horizon, and what no stage has as closed hours."""
    for item in range(len(incidents)):
        outside = incidents[item, A_STAGE] == OUTSIDE
        end = incidents[item, A_SINCE] if outside else horizon
        book_stage(incidents, item, end, until)
        incidents[item, A_SPLIT + IN_WORK] += incidents[item, A_SPLIT + AT_NIGHT]
        incidents[item, A_SPLIT + AT_NIGHT] = 0
        booked = 0
        for place in range(A_SPLIT + CLOSED, A_SPLIT + OUTSIDE):
            booked += incidents[item, place]
        incidents[item, A_SPLIT + CLOSED] = end - max(incidents[item, A_OPENED], 0) - booked


def follow_developers(trace, effects, worked, counted_from, developers):
    """Book the stretch that each event ends, and begin the next."""
    for row in range(len(trace)):
        verb = trace[row, VERB]
        activity = effects[verb, E_ACTIVITY]
        if activity == SAME:
            continue
        developer = trace[row, DEVELOPER]
        book_time(developers, developer, worked[row], counted_from)
        developers[developer, D_ACTIVITY] = activity
        developers[developer, D_WORKED] = worked[row]
        switch = effects[verb, E_SWITCHES] * trace[row, VALUE]
        developers[developer, D_SWITCHED_BY] = worked[row] + switch


def book_time(developers, developer, until, counted_from):
    """Book what a developer does up to now, the switch at its beginning apart."""
    before = developers[developer, D_ACTIVITY]
    begun = max(developers[developer, D_WORKED], counted_from)
    ended = max(until, counted_from)
    switching = max(min(developers[developer, D_SWITCHED_BY], ended) - begun, 0)
    developers[developer, D_SPLIT + before] += ended - begun - switching
    developers[developer, D_SPLIT + SWITCHING] += switching


def count_interruptions(trace, since, developers):
    """And calls at night."""
    for row in range(len(trace)):
        verb = trace[row, VERB]
        if trace[row, TIME] >= since and (verb == VERB_INTERRUPTED or verb == VERB_PAGED):
            column = D_INTERRUPTIONS if verb == VERB_INTERRUPTED else D_CALLS
            developers[trace[row, DEVELOPER], column] += 1


def follow_sprints(trace, points, sprints, current, stories):
    """Count what sprints commit and deliver. At one second, work is done before it is planned."""
    for row in range(len(trace)):
        verb = trace[row, VERB]
        if verb < VERB_COMMITTED:
            continue
        item, team, time = trace[row, ITEM], trace[row, TEAM], trace[row, TIME]
        if verb == VERB_PLANNED:
            current[team] = item
            sprints[team, item, S_BEGINS] = time
        elif verb == VERB_CANCELLED:
            sprints[team, item, S_CANCELLED] += 1
        elif verb == VERB_SENT_BACK:
            sprints[team, current[team], S_SENT_BACK] += 1
        elif verb == VERB_DONE:
            finish_story(item, team, time, points, sprints, current, stories)
        elif verb == VERB_COMMITTED or verb == VERB_PULLED:
            if stories[item, B_COMMITTED] < 0:
                stories[item, B_COMMITTED] = time
                stories[item, B_PULLED] = verb == VERB_PULLED
            if verb == VERB_COMMITTED:
                stories[item, B_SPRINT] = current[team]
                sprints[team, current[team], S_COMMITTED] += 1
                sprints[team, current[team], S_COMMITTED_POINTS] += points[item]


def finish_story(item, team, time, points, sprints, current, stories):
    sprint, kept = current[team], stories[item, B_SPRINT] == current[team]
    stories[item, B_DONE] = time
    sprints[team, sprint, S_DONE] += 1
    sprints[team, sprint, S_DONE_POINTS] += points[item]
    sprints[team, sprint, S_KEPT] += kept
    sprints[team, sprint, S_KEPT_POINTS] += kept * points[item]


def is_measured(incidents, item, since):
    """Opened after the warm-up and reached a team, or may still."""
    return incidents[item, A_OPENED] >= since and incidents[item, A_OUTCOME] != DEFLECTED


def place_waits(since, kind, incidents, waits):
    """Where in the spans each kind begins. An incident that has not opened opened at -1."""
    for item in range(len(incidents)):
        if is_measured(incidents, item, since):
            waits[kind[item], W_COUNT] += 1
    for other in range(1, len(waits)):
        waits[other, W_FIRST] = waits[other - 1, W_FIRST] + waits[other - 1, W_COUNT]
        waits[other - 1, W_COUNT] = 0
    waits[len(waits) - 1, W_COUNT] = 0


def measure_waits(item, kind, promises, horizon, until, incidents, waits, spans):
    """How long one incident waited, and whether in time. What has not come to pass is taken to come
    to pass at the end of the incident, or at the horizon."""
    outcome = incidents[item, A_OUTCOME]
    ended, ended_worked = horizon, until
    if outcome != OPEN:
        ended, ended_worked = incidents[item, A_SINCE], incidents[item, A_WORKED]
    answered = incidents[item, A_STARTED] >= 0
    started, started_worked = ended, ended_worked
    if answered:
        started, started_worked = incidents[item, A_STARTED], incidents[item, A_STARTED_WORKED]
    place = waits[kind, W_FIRST] + waits[kind, W_COUNT]
    waits[kind, W_COUNT] += 1
    waits[kind, W_OPEN] += outcome == OPEN
    spans[0, place] = started - incidents[item, A_OPENED]
    spans[1, place] = started_worked - incidents[item, A_OPENED_WORKED]
    spans[2, place] = ended - incidents[item, A_OPENED]
    spans[3, place] = ended_worked - incidents[item, A_OPENED_WORKED]
    for span in range(4):
        waits[kind, W_SUMS + span] += spans[span, place]
    clock = promises[kind, K_BY_CLOCK]
    responded = judged(spans[clock, place], answered, promises[kind, K_RESPOND])
    waits[kind, W_RESPONDED] += responded == KEPT
    waits[kind, W_RESPONSES] += responded != UNDECIDED
    resolved = judged(spans[2 + clock, place], outcome == RESOLVED, promises[kind, K_RESOLVE])
    waits[kind, W_RESOLVED] += resolved == KEPT
    waits[kind, W_RESOLUTIONS] += resolved != UNDECIDED


def judged(waited, over, promise):
    """What became of a promise; it is undecided where none was made or it may still be kept."""
    if promise < 0 or (waited <= promise and not over):
        return UNDECIDED
    return KEPT if waited <= promise else BROKEN
