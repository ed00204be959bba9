"""One pass through a trace: every incident, developer, sprint and story is followed to its end.

Each event that concerns an incident puts it into a stage, each that concerns a developer into an
activity. The stretches between events are cut at closing time, so the parts of a split add up to
the whole, to the second. The loop keeps to what numba compiles, and runs uncompiled too.
"""

from __future__ import annotations

import numpy as np

from sim.engine.trace import DEVELOPER, ITEM, TEAM, TIME, VALUE, VERB, Verb

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

_COUNTED = (
    Verb.INTERRUPTED,
    Verb.PAGED,
    Verb.PLANNED,
    Verb.CANCELLED,
    Verb.SENT_BACK,
    Verb.STORY_DONE,
    Verb.COMMITTED,
    Verb.PULLED,
)

E_STAGE, E_OUTCOME, E_ACTIVITY, E_SHARED, E_SWITCHES, E_COUNTED = range(6)
EFFECTS = np.zeros((max(Verb) + 1, 6), dtype=np.int64)
"""By verb: the stage, outcome and activity that follow; 1 where `value` counts others at work; 1 where
it is seconds of switching; 1 where the event itself is counted."""

EFFECTS[:, E_STAGE] = EFFECTS[:, E_ACTIVITY] = SAME
for _column, _after in (
    (E_STAGE, _STAGE_AFTER),
    (E_OUTCOME, _OUTCOME_AFTER),
    (E_ACTIVITY, _ACTIVITY_AFTER),
    (E_SHARED, {Verb.SUSPENDED: 1, Verb.PART_DONE: 1}),
    (E_SWITCHES, {Verb.STARTED: 1, Verb.STORY_STARTED: 1}),
    (E_COUNTED, dict.fromkeys(_COUNTED, 1)),
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
INCIDENT_COLUMNS = A_SPLIT + OUTSIDE + 1
(D_ACTIVITY, D_WORKED, D_SWITCHED_BY, D_INTERRUPTIONS, D_CALLS, D_SPLIT) = range(6)
DEVELOPER_COLUMNS = D_SPLIT + len(ACTIVITIES)
(S_BEGINS, S_COMMITTED, S_COMMITTED_POINTS, S_KEPT, S_KEPT_POINTS, S_DONE, S_DONE_POINTS) = range(7)
(S_CANCELLED, S_SENT_BACK) = range(7, 9)
SPRINT_COLUMNS = 9
B_COMMITTED, B_PULLED, B_SPRINT, B_DONE = range(4)
STORY_COLUMNS = 4
K_RESPOND, K_RESOLVE, K_BY_CLOCK = range(3)
OPENS, CLOSES, BEFORE = range(3)  # of the hours
NEVER = 1 << 62
(W_FIRST, W_COUNT, W_OPEN, W_RESPONDED, W_RESPONSES, W_RESOLVED, W_RESOLUTIONS) = range(7)
W_SUMS = 7  # and the three that follow: sums of the four spans
WAITS_COLUMNS = 11
X_OUTCOMES = 0  # and the three that follow: incidents by outcome
(X_OPENED_BEFORE, X_MEASURED, X_RESOLVED, X_LEADS) = range(4, 8)
X_SPLIT = 8  # and the five that follow: seconds of the measured and resolved in each stage
TOTALS = 14


def follow(
    trace,
    hours,
    effects,
    span,
    points,
    kind,
    promises,
    worked,
    of_incidents,
    of_developers,
    counted,
    incidents,
    waits,
    spans,
    developers,
    sprints,
    current,
    stories,
    leads,
    totals,
):
    """Fill the tables from a trace, in passes, each over the events that concern it: what a processor
    cannot guess, such as what the next event will be, costs it more than all the sums.

    Args:
        trace: (E, 6).
        hours: (I, 3) opening, closing and working time before, of each opening interval.
        effects: EFFECTS.
        span: since when is measured, and the horizon.
        points: (M,) of each story.
        kind: (N,) of each incident.
        promises: (K, 3) by kind: seconds to respond and to resolve within, -1: none; 1 where they
            count working time.
        worked: (E + 1,) room for the working time until each event.
        of_incidents: (≥ E + 1 and ≥ N + 1) room for the rows of events that concern incidents, then for
            the measured incidents.
        of_developers: (E + 1,) room for the rows that concern developers.
        counted: (E + 1,) room for the rows that are counted.

    What follows is room for what is found:

    Args:
        incidents: (N, 9 + 8), A_…
        waits: (K, 11), W_…
        spans: (4 N,) seconds, calendar and working, that measured incidents waited for a response, then
            for their resolution: four rows, in each those of a kind beside each other, from W_FIRST.
        developers: (D, 5 + 7), D_…
        sprints: (T S, 9), S_…, team by team.
        current: (T,) the row of the sprint that each team is in.
        stories: (M, 4), B_…; B_SPRINT is the row of the sprint.
        leads: (M + 1,) the seconds from committed or pulled to done, of stories done since.
        totals: (14,), X_…
    """
    since, horizon = span[0], span[1]
    counted_from, until = hours_by(hours, since), hours_by(hours, horizon)
    begin(incidents, waits, developers, sprints, stories, totals)
    events, stints, counts = sort_events(
        trace, hours, effects, worked, of_incidents, of_developers, counted
    )
    follow_incidents(trace, of_incidents, events, effects, worked, incidents)
    follow_developers(trace, of_developers, stints, effects, worked, counted_from, developers)
    count_events(trace, counted, counts, since, points, developers, sprints, current, stories)
    for developer in range(len(developers)):
        book_time(developers, developer, until, counted_from)
    close_incidents(horizon, since, until, incidents, totals)
    measured = place_waits(since, kind, incidents, of_incidents, waits)
    for place in range(measured):
        item = of_incidents[place]
        measure_waits(item, kind[item], promises, horizon, until, incidents, waits, spans)
    add_up(of_incidents, measured, incidents, totals)
    totals[X_LEADS] = measure_leads(since, stories, leads)


def begin(incidents, waits, developers, sprints, stories, totals):
    """As everything is before the first event."""
    for item in range(len(incidents)):
        for column in range(INCIDENT_COLUMNS):
            incidents[item, column] = 0
        incidents[item, A_OPENED] = -1
        incidents[item, A_STARTED] = -1
        incidents[item, A_STAGE] = OUTSIDE
    for kind in range(len(waits)):
        for column in range(WAITS_COLUMNS):
            waits[kind, column] = 0
    for developer in range(len(developers)):
        for column in range(DEVELOPER_COLUMNS):
            developers[developer, column] = 0
        developers[developer, D_ACTIVITY] = IDLE
    for sprint in range(len(sprints)):
        for column in range(SPRINT_COLUMNS):
            sprints[sprint, column] = 0
        sprints[sprint, S_BEGINS] = -1
    for story in range(len(stories)):
        for column in range(STORY_COLUMNS):
            stories[story, column] = -1
    for column in range(TOTALS):
        totals[column] = 0


def hours_by(hours, moment):
    """The working time until a moment."""
    interval = 0
    while interval + 1 < len(hours) and hours[interval + 1, OPENS] <= moment:
        interval += 1
    inside = min(moment, hours[interval, CLOSES]) - hours[interval, OPENS]
    return hours[interval, BEFORE] + max(inside, 0)


def sort_events(trace, hours, effects, worked, of_incidents, of_developers, counted):
    """Fill in the working time until each event; note the rows that concern incidents, developers, and
    the counts; return how many each.

    Every row is noted, and the next noted in its place where it does not concern: no choice to guess.
    """
    events, stints, counts = 0, 0, 0
    interval, following = -1, hours[0, OPENS]
    opens, closes, before = following, following, 0
    for row in range(len(trace)):
        time = trace[row, TIME]
        while time >= following:
            interval += 1
            opens, closes = hours[interval, OPENS], hours[interval, CLOSES]
            before = hours[interval, BEFORE]
            following = hours[interval + 1, OPENS] if interval + 1 < len(hours) else NEVER
        worked[row] = before + max(min(time, closes) - opens, 0)
        verb = trace[row, VERB]
        of_incidents[events] = row
        of_developers[stints] = row
        counted[counts] = row
        events += effects[verb, E_STAGE] != SAME
        stints += effects[verb, E_ACTIVITY] != SAME
        counts += effects[verb, E_COUNTED]
    return events, stints, counts


def follow_incidents(trace, rows, count, effects, worked, incidents):
    """Book the stretch that each event ends, and begin the next."""
    for place in range(count):
        row = rows[place]
        verb, item, time = trace[row, VERB], trace[row, ITEM], trace[row, TIME]
        stage = effects[verb, E_STAGE]
        shared = effects[verb, E_SHARED] * (trace[row, VALUE] > 0)  # others are still on it
        book_stage(incidents, item, time, worked[row])
        opens = verb == VERB_OPENED
        incidents[item, A_OPENED if opens else A_SINCE] = time
        incidents[item, A_OPENED_WORKED if opens else A_WORKED] = worked[row]
        starts = (verb == VERB_STARTED) | (verb == VERB_PAGED)
        starts &= incidents[item, A_STARTED] < 0
        incidents[item, A_STARTED if starts else A_SINCE] = time
        incidents[item, A_STARTED_WORKED if starts else A_WORKED] = worked[row]
        incidents[item, A_OUTCOME] = effects[verb, E_OUTCOME]
        incidents[item, A_STAGE] = stage + shared * (IN_WORK - stage)
        incidents[item, A_SINCE] = time
        incidents[item, A_WORKED] = worked[row]


def book_stage(incidents, item, time, worked):
    """Open seconds only, but for the night's work."""
    stage = incidents[item, A_STAGE]
    passed = worked - incidents[item, A_WORKED]
    if stage == AT_NIGHT:
        passed = time - incidents[item, A_SINCE]
    incidents[item, A_SPLIT + stage] += passed


def follow_developers(trace, rows, count, effects, worked, counted_from, developers):
    """Book the stretch that each event ends, and begin the next."""
    for place in range(count):
        row = rows[place]
        verb, developer = trace[row, VERB], trace[row, DEVELOPER]
        book_time(developers, developer, worked[row], counted_from)
        developers[developer, D_ACTIVITY] = effects[verb, E_ACTIVITY]
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


def count_events(trace, rows, count, since, points, developers, sprints, current, stories):
    """What sprints commit and deliver, and how often developers are interrupted or called at night.
    At one second, work is done before it is planned. `current`: the row of each team's sprint."""
    planned = len(sprints) // len(current)
    for place in range(count):
        row = rows[place]
        verb, item, team, time = (
            trace[row, VERB],
            trace[row, ITEM],
            trace[row, TEAM],
            trace[row, TIME],
        )
        if verb == VERB_DONE:
            finish_story(item, team, time, points, sprints, current, stories)
        elif verb == VERB_COMMITTED or verb == VERB_PULLED:
            take_story(item, team, time, verb == VERB_PULLED, points, sprints, current, stories)
        elif verb == VERB_INTERRUPTED:
            developers[trace[row, DEVELOPER], D_INTERRUPTIONS] += time >= since
        elif verb == VERB_PAGED:
            developers[trace[row, DEVELOPER], D_CALLS] += time >= since
        elif verb == VERB_PLANNED:
            current[team] = team * planned + item
            sprints[current[team], S_BEGINS] = time
        elif verb == VERB_CANCELLED:
            sprints[team * planned + item, S_CANCELLED] += 1
        elif verb == VERB_SENT_BACK:
            sprints[current[team], S_SENT_BACK] += 1


def take_story(item, team, time, pulled, points, sprints, current, stories):
    if stories[item, B_COMMITTED] < 0:
        stories[item, B_COMMITTED] = time
        stories[item, B_PULLED] = pulled
    if not pulled:
        stories[item, B_SPRINT] = current[team]
        sprints[current[team], S_COMMITTED] += 1
        sprints[current[team], S_COMMITTED_POINTS] += points[item]


def finish_story(item, team, time, points, sprints, current, stories):
    sprint, kept = current[team], stories[item, B_SPRINT] == current[team]
    stories[item, B_DONE] = time
    sprints[sprint, S_DONE] += 1
    sprints[sprint, S_DONE_POINTS] += points[item]
    sprints[sprint, S_KEPT] += kept
    sprints[sprint, S_KEPT_POINTS] += kept * points[item]


def close_incidents(horizon, since, until, incidents, totals):
    """Book what is open at the horizon, and what no stage has as closed hours; count the outcomes."""
    for item in range(len(incidents)):
        if incidents[item, A_OPENED] < 0:
            continue
        outcome, end = incidents[item, A_OUTCOME], incidents[item, A_SINCE]
        totals[X_OUTCOMES + outcome] += 1
        if outcome == OPEN:
            end = horizon
            book_stage(incidents, item, end, until)
        before = (incidents[item, A_OPENED] < since) & ((outcome == OPEN) | (end >= since))
        totals[X_OPENED_BEFORE] += before
        incidents[item, A_SPLIT + IN_WORK] += incidents[item, A_SPLIT + AT_NIGHT]
        incidents[item, A_SPLIT + AT_NIGHT] = 0
        booked = 0
        for place in range(A_SPLIT + FIRST_LINE, A_SPLIT + AT_NIGHT):
            booked += incidents[item, place]
        incidents[item, A_SPLIT + CLOSED] = end - incidents[item, A_OPENED] - booked


def place_waits(since, kind, incidents, measured, waits):
    """Note the measured incidents, those that opened after the warm-up and reached a team, or may
    still; where in the spans each kind begins; return how many there are."""
    count = 0
    for item in range(len(incidents)):
        measured[count] = item
        is_measured = incidents[item, A_OPENED] >= since
        is_measured &= incidents[item, A_OUTCOME] != DEFLECTED
        count += is_measured
        waits[kind[item], W_COUNT] += is_measured
    for other in range(1, len(waits)):
        waits[other, W_FIRST] = waits[other - 1, W_FIRST] + waits[other - 1, W_COUNT]
    for other in range(len(waits)):
        waits[other, W_COUNT] = 0
    return count


def measure_waits(item, kind, promises, horizon, until, incidents, waits, spans):
    """How long one incident waited, and whether in time. What has not come to pass is taken to come
    to pass at the end of the incident, or at the horizon."""
    outcome = incidents[item, A_OUTCOME]
    still = outcome == OPEN
    ended = horizon if still else incidents[item, A_SINCE]
    ended_worked = until if still else incidents[item, A_WORKED]
    answered = incidents[item, A_STARTED] >= 0
    started = incidents[item, A_STARTED] if answered else ended
    started_worked = incidents[item, A_STARTED_WORKED] if answered else ended_worked
    place, row = waits[kind, W_FIRST] + waits[kind, W_COUNT], len(incidents)
    waits[kind, W_COUNT] += 1
    waits[kind, W_OPEN] += still
    spans[place] = started - incidents[item, A_OPENED]
    spans[place + row] = started_worked - incidents[item, A_OPENED_WORKED]
    spans[place + 2 * row] = ended - incidents[item, A_OPENED]
    spans[place + 3 * row] = ended_worked - incidents[item, A_OPENED_WORKED]
    for span in range(4):
        waits[kind, W_SUMS + span] += spans[place + span * row]
    clock = place + promises[kind, K_BY_CLOCK] * row
    judge(spans[clock], answered, promises[kind, K_RESPOND], waits, kind, W_RESPONDED)
    resolved = outcome == RESOLVED
    judge(spans[clock + 2 * row], resolved, promises[kind, K_RESOLVE], waits, kind, W_RESOLVED)


def judge(waited, over, promise, waits, kind, column):
    """Count a promise that was kept, and beside it one that was decided: it is undecided where none
    was made or it may still be kept."""
    in_time = waited <= promise
    decided = (promise >= 0) & (over | (not in_time))
    waits[kind, column] += decided & in_time
    waits[kind, column + 1] += decided


def add_up(measured, count, incidents, totals):
    """The stages of the measured incidents that were resolved."""
    totals[X_MEASURED] = count
    for place in range(count):
        item = measured[place]
        resolved = incidents[item, A_OUTCOME] == RESOLVED
        totals[X_RESOLVED] += resolved
        for stage in range(len(INCIDENT_STAGES)):
            totals[X_SPLIT + stage] += resolved * incidents[item, A_SPLIT + stage]


def measure_leads(since, stories, leads):
    """How long each story done since then took; returns how many there are."""
    count = 0
    for story in range(len(stories)):
        done = stories[story, B_DONE]
        leads[count] = done - stories[story, B_COMMITTED]
        count += (done >= since) & (done >= 0)
    return count
