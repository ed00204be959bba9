"""The model once more, as one event loop over tables of whole numbers.

The same rules in the same order as `sim.engine_simpy`, which is the text to read first: both give
the same trace, second for second. This one keeps to what numba compiles (`sim.compiled`), and runs
as it stands, uncompiled, where there is no numba (`sim.plain`). Everything compiled, and every
constant frozen into it, is in this file.

A row is an entity, a column (`D_…`, `T_…`, …) what is known of it; -1 stands for none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.policy import DeveloperView, IncidentView, SprintView, TeamView

MILLE = 1_000
NEVER = 1 << 62
DEFER, QUEUE, INTERRUPT = 0, 1, 2
INCIDENT_FIRST = 0
COMMITTED_AT_PLANNING = 3

# An event is one number: time, then class, then id.
COMPLETE, RETURN, LEAVE, PLAN, ARRIVE, WITHDRAW, DISPATCH = range(1, 8)
ID_BITS, CLASS_BITS = 24, 3
DAY = 86_400

# Verbs of the trace: sim.trace.Verb.
OPENED, DEFLECTED, DEFERRED, QUEUED, STARTED, SUSPENDED, PART_DONE, RESOLVED, WITHDRAWN = range(9)
COMMITTED, PULLED, STORY_STARTED, STORY_SUSPENDED, STORY_DONE = range(10, 15)
INTERRUPTED, CEREMONY_BEGAN, CEREMONY_ENDED, LEFT, RETURNED, DUTY_BEGAN, DUTY_ENDED = range(20, 27)
PLANNED = 30

# What a developer does, and has in hand.
FREE, WORKING, CEREMONY, AWAY = range(4)
NOTHING, STORY, PART = 0, 1, 2

# Where an incident stands; those up to WAITS have not been started.
UNOPENED, AT_FIRST_LINE, WAITS_FOR_PLANNING, WAITS, IN_WORK, PUT_DOWN, CLOSED = range(-1, 6)

# Columns.
(O_HORIZON, O_CEREMONY, O_BY_VELOCITY, O_SWITCH, O_RESUME, O_UNFAMILIARITY) = range(6)
(O_TEAMS, O_QUEUES, O_REPORTED) = range(6, 9)
ORGANISATION_COLUMNS = 9

(W_NOW, W_EVENTS, W_ROWS, W_NEXT_DISPATCH, W_DISPATCHES, W_HEAP_FULL) = range(6)
(W_REFUSED, W_ANSWER, W_LISTED, W_FRESH) = range(6, 10)
WORLD_COLUMNS = 10

(D_TEAM, D_SEAT, D_RANK, D_ON_DUTY, D_ACTIVITY, D_HAND, D_ITEM, D_HELD) = range(8)
(D_SINCE, D_SWITCH, D_OWED, D_UNTIL, D_SPELL, D_SPELL_END) = range(8, 14)
DEVELOPER_COLUMNS = 14

(T_FIRST, T_LAST, T_FOCUS, T_SPRINT, T_ENDS, T_CAPACITY, T_RESERVE, T_SPENT) = range(8)
(T_PROMISED, T_DEFERRED, T_DUE, T_DELIVERED, T_SPRINTS, T_PRESENT, T_ON_DUTY) = range(8, 15)
(T_HERE, T_BACKLOG, T_BACKLOG_END, T_UNSTARTED, T_UNFINISHED, T_HANDED_BACK) = range(15, 21)
T_FREE, T_VELOCITY = 21, 22  # the latter with the two that follow
TEAM_COLUMNS = 25

(S_POINTS, S_ESTIMATE, S_EFFORT, S_REGRESSION, S_REMAINING, S_DONE, S_HANDED_BACK) = range(7)
STORY_COLUMNS = 7

(I_KIND, I_SEVERITY, I_TEAM, I_PEOPLE, I_EXPECTED, I_OPENED, I_AFTER, I_EFFORT) = range(8)
(I_DEFLECTED, I_FIRST_LINE, I_REOPENING, I_ABANDON_AFTER, I_STAGE, I_URGENT) = range(8, 14)
(I_PLANNED, I_CHARGED, I_DEFERRALS, I_WORKING, I_UNFINISHED, I_WAITING, I_PART) = range(14, 21)
(I_LISTED, I_NEXT, I_BEFORE, I_NEXT_URGENT, I_BEFORE_URGENT, I_SEEN) = range(21, 27)
INCIDENT_COLUMNS = 27

(P_INCIDENT, P_REMAINING, P_WAITS) = range(3)
PART_COLUMNS = 3

SEVERITIES = 6  # places kept for a severity in a set of lists; 0 stays empty
HEAD, TAIL = 0, 1


class World(NamedTuple):
    """Everything a run reads and writes; two-dimensional tables but for those noted."""

    organisation: Any
    """one-dimensional, O_…"""
    opens: Any
    """one-dimensional, as are all down to plannings"""
    closes: Any
    before: Any
    by_day: Any
    plannings: Any
    developers: Any
    spells: Any
    """leaves and returns of each absence, by developer"""
    teams: Any
    stories: Any
    incidents: Any
    parts: Any
    queues: Any
    """head and tail of incidents waiting: queue by severity"""
    deferred: Any
    """head and tail of incidents waiting for planning: team by severity"""
    urgent: Any
    """head and tail of waiting incidents that may interrupt: by severity"""
    to_ask: Any
    """marked: teams where something has changed that may give a free developer work"""
    with_free: Any
    """marked: teams with a free developer; both trees one-dimensional"""
    events: Any
    """one-dimensional: a heap of what is to come"""
    world: Any
    """one-dimensional, W_…"""
    trace: Any
    """rows of time, verb, item, developer, team, value"""
    on_duty: Any
    """the policy's decisions: functions, or addresses of compiled ones"""
    reserve: Any
    route: Any
    takes: Any
    next_work: Any
    p: Any
    """the policy's parameters"""


# How the world is reached and a decision is called; `sim.compiled` puts others in their place.


def world_of(memory):
    return memory


def ask_on_duty(decision, developer, sprint, p):
    return decision(developer, sprint, p)


def ask_reserve(decision, team, sprint, p):
    return decision(team, sprint, p)


def ask_route(decision, incident, team, now, p):
    return decision(incident, team, now, p)


def ask_takes(decision, developer, incident, p):
    return decision(developer, incident, p)


def ask_next_work(decision, developer, team, p):
    return decision(developer, team, p)


# ---- the loop -----------------------------------------------------------------------------------


def live_all(memories):
    """Live through several worlds, one after another; a row of `memories` each."""
    for row in range(len(memories)):
        live(memories[row])


def live(memory):
    """Live through the path in the world at `memory`; the trace has `world[W_ROWS]` rows.

    Rows beyond the table's end are only counted. `W_HEAP_FULL` tells that events were lost, and
    `W_REFUSED` that `route` gave the answer in `W_ANSWER`, which is none.
    """
    w = world_of(memory)
    begin_all(w)
    world = w.world
    while not world[W_HEAP_FULL] and not world[W_REFUSED]:
        event = next_event(w)
        if event == NEVER:
            break
        world[W_NOW] = event >> (ID_BITS + CLASS_BITS)
        rank = (event >> ID_BITS) & ((1 << CLASS_BITS) - 1)
        id = event & ((1 << ID_BITS) - 1)
        if rank == COMPLETE:
            # A completion that no longer counts finds another end, or the developer away.
            if w.developers[id, D_UNTIL] == world[W_NOW]:
                complete(w, id)
        elif rank == DISPATCH:
            dispatch(w)
        elif rank == ARRIVE:
            arrive(w, id)
        elif rank == WITHDRAW:
            withdraw(w, id)
        elif rank == PLAN:
            plan(w, id)
        elif rank == LEAVE:
            leave(w, id)
        else:
            come_back(w, id)


def begin_all(w):
    for developer in range(len(w.developers)):
        push_absence(w, developer)
    for team in range(len(w.teams)):
        mark(w.with_free, team)
        mark(w.to_ask, team)
        push(w, w.plannings[0], PLAN, team)
    push_report(w, 0)


def push_absence(w, developer):
    spell = w.developers[developer, D_SPELL]
    if spell < w.developers[developer, D_SPELL_END]:
        push(w, w.spells[spell, 0], LEAVE, developer)


def push_report(w, incident):
    if incident < w.organisation[O_REPORTED]:
        push(w, w.incidents[incident, I_OPENED], ARRIVE, incident)


def event_of(time, rank, id):
    return (((time << CLASS_BITS) | rank) << ID_BITS) | id


def push(w, time, rank, id):
    """Schedule an event; nothing is scheduled at or past the horizon."""
    if time >= w.organisation[O_HORIZON]:
        return
    events, place = w.events, w.world[W_EVENTS]
    if place == len(events):
        w.world[W_HEAP_FULL] = 1
        return
    w.world[W_EVENTS] = place + 1
    event = event_of(time, rank, id)
    while place > 0:
        above = (place - 1) >> 1
        if events[above] <= event:
            break
        events[place] = events[above]
        place = above
    events[place] = event


def next_event(w):
    """Take the next event out; NEVER when there is none.

    The next dispatch is no part of the heap: there is only ever one, and it is asked for often.
    """
    time = w.world[W_NEXT_DISPATCH]
    dispatch = event_of(time, DISPATCH, 0) if time >= 0 else NEVER
    if w.world[W_EVENTS] > 0 and w.events[0] < dispatch:
        return pop(w)
    return dispatch


def pop(w):
    """The first event of the heap."""
    events, size = w.events, w.world[W_EVENTS] - 1
    w.world[W_EVENTS] = size
    first, event = events[0], events[size]
    place, below = 0, 1
    while below < size:
        # Past the end stands an event already taken out, or this very one: neither is less.
        below += events[below + 1] < events[below]
        if events[below] >= event:
            break
        events[place] = events[below]
        place = below
        below = 2 * place + 1
    events[place] = event
    return first


def log(w, verb, item, developer, team, value):
    row = w.world[W_ROWS]
    w.world[W_ROWS] = row + 1
    if row < len(w.trace):
        w.trace[row, 0] = w.world[W_NOW]
        w.trace[row, 1] = verb
        w.trace[row, 2] = item
        w.trace[row, 3] = developer
        w.trace[row, 4] = team
        w.trace[row, 5] = value


# ---- working time -------------------------------------------------------------------------------


def openings_by(w, moment):
    """How many opening intervals have begun by `moment`."""
    i = w.by_day[moment // DAY]
    while i < len(w.opens) and w.opens[i] <= moment:
        i += 1
    return i


def worked(w, moment):
    """Working seconds from time 0 to `moment`."""
    i = openings_by(w, moment) - 1
    if i < 0:
        return 0
    return w.before[i] + min(moment, w.closes[i]) - w.opens[i]


def next_open(w, moment):
    i = openings_by(w, moment) - 1
    if i >= 0 and moment < w.closes[i]:
        return moment
    if i + 1 < len(w.opens):
        return w.opens[i + 1]
    return w.closes[len(w.closes) - 1]


def finish(w, start, duration):
    """When `duration` working seconds begun at `start` are done."""
    i = openings_by(w, start)
    due = duration
    if i > 0:
        due += w.before[i - 1] + min(start, w.closes[i - 1]) - w.opens[i - 1]
    while i < len(w.before) and w.before[i] < due:
        i += 1
    if i == len(w.before):
        return w.closes[i - 2]
    return w.closes[i - 1] - (w.before[i] - due)


# ---- views --------------------------------------------------------------------------------------


def developer_view(w, developer):
    d = w.developers
    return DeveloperView(
        developer,
        d[developer, D_TEAM],
        d[developer, D_SEAT],
        d[developer, D_RANK],
        d[developer, D_ON_DUTY],
    )


def team_view(w, team):
    t = w.teams
    return TeamView(
        team,
        t[team, T_LAST] - t[team, T_FIRST],
        t[team, T_PRESENT],
        t[team, T_ON_DUTY],
        t[team, T_CAPACITY],
        t[team, T_RESERVE],
        reserve_left(w, team),
        t[team, T_DEFERRED],
    )


def incident_view(w, incident):
    i = w.incidents
    return IncidentView(
        incident,
        i[incident, I_KIND],
        i[incident, I_SEVERITY],
        i[incident, I_TEAM],
        i[incident, I_PEOPLE],
        i[incident, I_OPENED],
        i[incident, I_EXPECTED],
        i[incident, I_DEFERRALS],
    )


# ---- people -------------------------------------------------------------------------------------


def count_people(w, team):
    """Bring the team's counts of who is there up to date."""
    present, on_duty, here = 0, 0, 0
    for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
        is_present = w.developers[developer, D_ACTIVITY] != AWAY
        is_on_duty = w.developers[developer, D_ON_DUTY]
        present += is_present
        on_duty += is_on_duty
        here += is_present and not is_on_duty
    w.teams[team, T_PRESENT] = present
    w.teams[team, T_ON_DUTY] = on_duty
    w.teams[team, T_HERE] = here
    mark(w.to_ask, team)


def leave(w, developer):
    """Whatever the developer held is free for others to take up."""
    d = w.developers
    put_down(w, developer)
    hand_back(w, developer)
    set_busy(w, developer, AWAY, NEVER)
    d[developer, D_OWED] = 0
    count_people(w, d[developer, D_TEAM])
    log(w, LEFT, -1, developer, d[developer, D_TEAM], 0)
    request_dispatch(w)
    push(w, w.spells[d[developer, D_SPELL], 1], RETURN, developer)


def come_back(w, developer):
    d = w.developers
    set_busy(w, developer, FREE, NEVER)
    count_people(w, d[developer, D_TEAM])
    log(w, RETURNED, -1, developer, d[developer, D_TEAM], 0)
    request_dispatch(w)
    d[developer, D_SPELL] += 1
    push_absence(w, developer)


def set_busy(w, developer, activity, until):
    set_activity(w, developer, activity)
    w.developers[developer, D_UNTIL] = until
    push(w, until, COMPLETE, developer)


def set_activity(w, developer, activity):
    """Keep count of who is free."""
    before = w.developers[developer, D_ACTIVITY]
    if activity == before:
        return
    w.developers[developer, D_ACTIVITY] = activity
    t, team = w.teams, w.developers[developer, D_TEAM]
    if activity == FREE:
        t[team, T_FREE] += 1
        mark(w.with_free, team)
        mark(w.to_ask, team)
    elif before == FREE:
        t[team, T_FREE] -= 1
        if t[team, T_FREE] == 0:
            unmark(w.with_free, team)


def stretch(w, developer, hand, item):
    """Per mille of working time that a second of effort takes this developer."""
    team = w.developers[developer, D_TEAM]
    slow = MILLE * MILLE // w.teams[team, T_FOCUS]
    if hand == PART and w.incidents[w.parts[item, P_INCIDENT], I_TEAM] != team:
        slow = slow * w.organisation[O_UNFAMILIARITY] // MILLE
    return slow


def effort_left(w, hand, item):
    if hand == STORY:
        return w.stories[item, S_REMAINING]
    return w.parts[item, P_REMAINING]


def set_effort_left(w, hand, item, seconds):
    if hand == STORY:
        w.stories[item, S_REMAINING] = seconds
    else:
        w.parts[item, P_REMAINING] = seconds


def begin(w, developer, hand, item, switch):
    """Start or go on with an item, after `switch` seconds lost to the change."""
    d, now = w.developers, w.world[W_NOW]
    d[developer, D_HAND] = hand
    d[developer, D_ITEM] = item
    d[developer, D_SINCE] = now
    d[developer, D_SWITCH] = switch
    slow = stretch(w, developer, hand, item)
    duration = switch + max(1, effort_left(w, hand, item) * slow // MILLE)
    set_busy(w, developer, WORKING, finish(w, now, duration))
    if hand == STORY:
        log(w, STORY_STARTED, item, developer, d[developer, D_TEAM], switch)
        return
    incident = w.parts[item, P_INCIDENT]
    w.incidents[incident, I_WORKING] += 1
    w.incidents[incident, I_STAGE] = IN_WORK
    log(w, STARTED, incident, developer, d[developer, D_TEAM], switch)


def time_on_item(w, developer):
    """Working seconds since work on the item in hand began, switching left out."""
    d = w.developers
    elapsed = worked(w, w.world[W_NOW]) - worked(w, d[developer, D_SINCE])
    return max(0, elapsed - d[developer, D_SWITCH])


def remaining(w, developer):
    """Focus seconds left of the item this developer works on."""
    hand, item = w.developers[developer, D_HAND], w.developers[developer, D_ITEM]
    done = time_on_item(w, developer) * MILLE // stretch(w, developer, hand, item)
    return max(1, effort_left(w, hand, item) - done)


def pause(w, developer, cost):
    """Stop work on the item in hand, which stays in hand; it grows by `cost` if begun."""
    d = w.developers
    hand, item, team = d[developer, D_HAND], d[developer, D_ITEM], d[developer, D_TEAM]
    left = remaining(w, developer)
    if time_on_item(w, developer) > 0:
        left += cost
    set_effort_left(w, hand, item, left)
    if hand == STORY:
        log(w, STORY_SUSPENDED, item, developer, team, 0)
        return
    incident = w.parts[item, P_INCIDENT]
    w.incidents[incident, I_WORKING] -= 1
    if w.incidents[incident, I_WORKING] == 0:
        w.incidents[incident, I_STAGE] = PUT_DOWN
    log(w, SUSPENDED, incident, developer, team, w.incidents[incident, I_WORKING])


def put_down(w, developer):
    """Stop whatever is in hand: a story is kept for later, an incident goes back to its queue."""
    d = w.developers
    hand, item = d[developer, D_HAND], d[developer, D_ITEM]
    if d[developer, D_ACTIVITY] == WORKING:
        pause(w, developer, w.organisation[O_RESUME])
    elif hand != NOTHING:
        set_effort_left(w, hand, item, effort_left(w, hand, item) + w.organisation[O_RESUME])
    if d[developer, D_ACTIVITY] == CEREMONY:
        left = worked(w, d[developer, D_UNTIL]) - worked(w, w.world[W_NOW])
        d[developer, D_OWED] = left
        log(w, CEREMONY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    d[developer, D_HAND] = NOTHING
    if hand == STORY:
        d[developer, D_HELD] = item
    elif hand == PART:
        w.parts[item, P_WAITS] = 1
        w.incidents[w.parts[item, P_INCIDENT], I_WAITING] += 1
        enqueue(w, w.parts[item, P_INCIDENT])


def hand_back(w, developer):
    """A story kept for later returns to the team."""
    story = w.developers[developer, D_HELD]
    if story >= 0:
        w.stories[story, S_HANDED_BACK] = 1
        team = w.developers[developer, D_TEAM]
        w.teams[team, T_HANDED_BACK] += 1
        mark(w.to_ask, team)
        w.developers[developer, D_HELD] = -1


def complete(w, developer):
    """The time is up: the ceremony has ended, or the item in hand is done."""
    d = w.developers
    hand, item, team = d[developer, D_HAND], d[developer, D_ITEM], d[developer, D_TEAM]
    d[developer, D_UNTIL] = NEVER
    if d[developer, D_ACTIVITY] == CEREMONY:
        log(w, CEREMONY_ENDED, -1, developer, team, 0)
        set_activity(w, developer, FREE)
        if hand != NOTHING:
            begin(w, developer, hand, item, 0)
            return
    else:
        set_activity(w, developer, FREE)
        d[developer, D_HAND] = NOTHING
        if hand == STORY:
            finish_story(w, developer, item)
        elif hand == PART:
            finish_part(w, developer, item)
    request_dispatch(w)


# ---- stories and sprints ------------------------------------------------------------------------


def finish_story(w, developer, story):
    team = w.developers[developer, D_TEAM]
    w.stories[story, S_REMAINING] = 0
    w.stories[story, S_DONE] = 1
    w.teams[team, T_DELIVERED] += w.stories[story, S_POINTS]
    log(w, STORY_DONE, story, developer, team, 0)
    if w.stories[story, S_REGRESSION] >= 0:
        push_caused(w, w.stories[story, S_REGRESSION])


def plan(w, team):
    """Duty, reserve, incidents that waited, stories; then the ceremony."""
    t, o, now = w.teams, w.organisation, w.world[W_NOW]
    close_sprint(w, team)
    number = t[team, T_SPRINT] + 1
    ends = w.plannings[number + 1]
    working = worked(w, ends) - worked(w, now)
    sprint = SprintView(number, now, ends, working)
    t[team, T_ENDS] = ends
    for developer in range(t[team, T_FIRST], t[team, T_LAST]):
        assign_duty(w, developer, sprint)
    count_people(w, team)
    per_head = max(0, working - o[O_CEREMONY]) * t[team, T_FOCUS] // MILLE
    t[team, T_CAPACITY] = per_head * t[team, T_HERE]
    kept = ask_reserve(w.reserve, team_view(w, team), sprint, w.p)
    t[team, T_RESERVE] = max(0, int(kept))
    admit_deferred(w, team)
    commit(w, team, number)
    t[team, T_SPRINT] = number
    mark(w.to_ask, team)
    if o[O_CEREMONY] > 0:
        for developer in range(t[team, T_FIRST], t[team, T_LAST]):
            if w.developers[developer, D_ACTIVITY] != AWAY:
                attend(w, developer)
    request_dispatch(w)
    if number + 2 < len(w.plannings):
        push(w, ends, PLAN, team)


def close_sprint(w, team):
    """Remember what the sprint delivered, and begin to count anew."""
    t = w.teams
    if t[team, T_SPRINT] >= 0:
        t[team, T_VELOCITY + t[team, T_SPRINTS] % 3] = t[team, T_DELIVERED]
        t[team, T_SPRINTS] += 1
    t[team, T_DELIVERED] = 0
    t[team, T_SPENT] = 0


def assign_duty(w, developer, sprint):
    """Whoever goes on duty hands story work back to the team."""
    d = w.developers
    asked = ask_on_duty(w.on_duty, developer_view(w, developer), sprint, w.p)
    on_duty = 1 if asked else 0
    if on_duty == d[developer, D_ON_DUTY]:
        return
    d[developer, D_ON_DUTY] = on_duty
    count_people(w, d[developer, D_TEAM])
    log(w, DUTY_BEGAN if on_duty else DUTY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    if on_duty:
        if d[developer, D_HAND] == STORY:
            put_down(w, developer)
            set_busy(w, developer, FREE, NEVER)
        hand_back(w, developer)


def admit_deferred(w, team):
    """Put incidents that waited for planning into the queue; their effort is now due."""
    for severity in range(1, SEVERITIES):
        place = team * SEVERITIES + severity
        while w.deferred[place, HEAD] >= 0:
            incident = w.deferred[place, HEAD]
            unlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)
            w.incidents[incident, I_PLANNED] = 1
            w.teams[team, T_DUE] += w.incidents[incident, I_EXPECTED]
            log(w, QUEUED, incident, -1, team, COMMITTED_AT_PLANNING)
            enqueue(w, incident)
    w.teams[team, T_DEFERRED] = 0


def commit(w, team, number):
    """Carry over what is unfinished, then take from the backlog what the forecast holds."""
    t, s = w.teams, w.stories
    sprints = min(t[team, T_SPRINTS], 3)
    by_points = 1 if w.organisation[O_BY_VELOCITY] and sprints > 0 else 0
    if by_points:
        total = 0
        for place in range(sprints):
            total += t[team, T_VELOCITY + place]
        forecast = total // sprints
    else:
        forecast = max(0, t[team, T_CAPACITY] - t[team, T_RESERVE] - t[team, T_DUE])
    log(w, PLANNED, number, -1, team, forecast)
    total = carry_over(w, team, number, by_points)
    while t[team, T_BACKLOG] < t[team, T_BACKLOG_END]:
        story = t[team, T_BACKLOG]
        total += s[story, S_POINTS] if by_points else s[story, S_ESTIMATE]
        if total > forecast:
            break
        t[team, T_BACKLOG] = story + 1
        log(w, COMMITTED, story, -1, team, number)


def carry_over(w, team, number, by_points):
    """Commit unfinished stories again; what the team believes is left of them."""
    t, s = w.teams, w.stories
    total = 0
    first = t[team, T_BACKLOG]
    for story in range(t[team, T_UNFINISHED], t[team, T_BACKLOG]):
        if s[story, S_DONE]:
            continue
        first = min(first, story)
        log(w, COMMITTED, story, -1, team, number)
        if by_points:
            total += s[story, S_POINTS]
        else:
            total += believed_left(w, story, s[story, S_REMAINING])
    t[team, T_UNFINISHED] = first
    if not by_points:
        for developer in range(t[team, T_FIRST], t[team, T_LAST]):
            if (
                w.developers[developer, D_ACTIVITY] == WORKING
                and w.developers[developer, D_HAND] == STORY
            ):
                story = w.developers[developer, D_ITEM]
                total -= believed_left(w, story, s[story, S_REMAINING])
                total += believed_left(w, story, remaining(w, developer))
    return total


def believed_left(w, story, seconds):
    """The estimate's share that is left when so many seconds of the effort are."""
    s = w.stories
    return s[story, S_ESTIMATE] * min(seconds, s[story, S_EFFORT]) // s[story, S_EFFORT]


def attend(w, developer):
    """Scrum events come first; the item in hand stays in hand."""
    d = w.developers
    if d[developer, D_ACTIVITY] == CEREMONY:
        log(w, CEREMONY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    elif d[developer, D_HAND] != NOTHING:
        pause(w, developer, 0)
    meet(w, developer, w.organisation[O_CEREMONY])


def meet(w, developer, duration):
    w.developers[developer, D_OWED] = 0
    log(w, CEREMONY_BEGAN, -1, developer, w.developers[developer, D_TEAM], 0)
    set_busy(w, developer, CEREMONY, finish(w, w.world[W_NOW], duration))


# ---- incidents ----------------------------------------------------------------------------------


def push_caused(w, incident):
    """A regression or a reopening, some time after its cause."""
    i = w.incidents
    i[incident, I_OPENED] = w.world[W_NOW] + i[incident, I_AFTER]
    push(w, i[incident, I_OPENED], ARRIVE, incident)


def arrive(w, incident):
    """An incident opens, or comes out of the first line."""
    i = w.incidents
    if i[incident, I_STAGE] == UNOPENED:
        push_report(w, incident + 1)
        open_incident(w, incident)
    elif i[incident, I_STAGE] == AT_FIRST_LINE:
        if i[incident, I_DEFLECTED]:
            i[incident, I_STAGE] = CLOSED
            log(w, DEFLECTED, incident, -1, i[incident, I_TEAM], 0)
        else:
            route(w, incident)


def open_incident(w, incident):
    i, now = w.incidents, w.world[W_NOW]
    i[incident, I_STAGE] = AT_FIRST_LINE
    log(w, OPENED, incident, -1, i[incident, I_TEAM], 0)
    if i[incident, I_ABANDON_AFTER] > 0:
        push(w, now + i[incident, I_ABANDON_AFTER], WITHDRAW, incident)
    if i[incident, I_FIRST_LINE] > 0:
        push(w, finish(w, now, i[incident, I_FIRST_LINE]), ARRIVE, incident)
    else:
        route(w, incident)


def withdraw(w, incident):
    """Whoever reported it withdraws it when nobody has started in time."""
    i = w.incidents
    stage, team = i[incident, I_STAGE], i[incident, I_TEAM]
    if stage > WAITS:
        return
    if stage == WAITS:
        dequeue(w, incident)
    elif stage == WAITS_FOR_PLANNING:
        place = team * SEVERITIES + i[incident, I_SEVERITY]
        unlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)
        w.teams[team, T_DEFERRED] -= 1
    release_reserve(w, incident)
    close(w, incident)
    log(w, WITHDRAWN, incident, -1, team, 0)


def close(w, incident):
    i = w.incidents
    i[incident, I_STAGE] = CLOSED
    if i[incident, I_PLANNED]:
        w.teams[i[incident, I_TEAM], T_DUE] -= i[incident, I_EXPECTED]


def route(w, incident):
    """Ask the policy what is to become of an incident, and do it."""
    i, now = w.incidents, w.world[W_NOW]
    team = i[incident, I_TEAM]
    action = ask_route(w.route, incident_view(w, incident), team_view(w, team), now, w.p)
    if action == DEFER:
        i[incident, I_STAGE] = WAITS_FOR_PLANNING
        i[incident, I_URGENT] = 0
        i[incident, I_DEFERRALS] += 1
        w.teams[team, T_DEFERRED] += 1
        place = team * SEVERITIES + i[incident, I_SEVERITY]
        enlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)
        log(w, DEFERRED, incident, -1, team, 0)
    elif action == QUEUE or action == INTERRUPT:
        i[incident, I_URGENT] = 1 if action == INTERRUPT else 0
        i[incident, I_CHARGED] = 1
        w.teams[team, T_PROMISED] += i[incident, I_EXPECTED]
        mark(w.to_ask, team)
        log(w, QUEUED, incident, -1, team, action)
        enqueue(w, incident)
        request_dispatch(w)
    else:
        w.world[W_REFUSED] = 1
        w.world[W_ANSWER] = action


def finish_part(w, developer, part):
    """One person's share is done; with the last share the incident is resolved."""
    i, incident = w.incidents, w.parts[part, P_INCIDENT]
    team = w.developers[developer, D_TEAM]
    w.parts[part, P_REMAINING] = 0
    i[incident, I_WORKING] -= 1
    i[incident, I_UNFINISHED] -= 1
    if i[incident, I_UNFINISHED] > 0:
        if i[incident, I_WORKING] == 0:
            i[incident, I_STAGE] = PUT_DOWN
        log(w, PART_DONE, incident, developer, team, i[incident, I_WORKING])
        return
    close(w, incident)
    log(w, RESOLVED, incident, developer, team, 0)
    if i[incident, I_REOPENING] >= 0:
        push_caused(w, i[incident, I_REOPENING])
    settle_reserve(w, incident)


# ---- the reserve --------------------------------------------------------------------------------


def reserve_left(w, team):
    t = w.teams
    return t[team, T_RESERVE] - t[team, T_SPENT] - t[team, T_PROMISED]


def release_reserve(w, incident):
    """Take a promise back."""
    i = w.incidents
    if i[incident, I_CHARGED]:
        i[incident, I_CHARGED] = 0
        w.teams[i[incident, I_TEAM], T_PROMISED] -= i[incident, I_EXPECTED]
        mark(w.to_ask, i[incident, I_TEAM])


def settle_reserve(w, incident):
    """Book what a resolved incident really took; when that uses the reserve up, ask again."""
    i = w.incidents
    team = i[incident, I_TEAM]
    before = reserve_left(w, team)
    if i[incident, I_CHARGED]:
        release_reserve(w, incident)
        w.teams[team, T_SPENT] += i[incident, I_EFFORT] * i[incident, I_PEOPLE]
        mark(w.to_ask, team)
    if before > 0 and reserve_left(w, team) <= 0:
        reroute(w, team)


def reroute(w, team):
    """The reserve is used up: route again those that nobody has started."""
    i = w.incidents
    queue = team if w.organisation[O_QUEUES] > 1 else 0
    for severity in range(1, SEVERITIES):
        incident = w.queues[queue * SEVERITIES + severity, HEAD]
        while incident >= 0:
            following = i[incident, I_NEXT]
            if (
                i[incident, I_TEAM] == team
                and i[incident, I_STAGE] == WAITS
                and not i[incident, I_PLANNED]
            ):
                dequeue(w, incident)
                release_reserve(w, incident)
                route(w, incident)
            incident = following


# ---- lists of those who wait --------------------------------------------------------------------


def enlist(w, lists, place, incident, after, before):
    """Put an incident into a list kept by opening, then id. `after` and `before`: its links."""
    i = w.incidents
    last = lists[place, TAIL]
    while last >= 0 and (
        i[last, I_OPENED] > i[incident, I_OPENED]
        or (i[last, I_OPENED] == i[incident, I_OPENED] and last > incident)
    ):
        last = i[last, before]
    following = i[last, after] if last >= 0 else lists[place, HEAD]
    i[incident, before] = last
    i[incident, after] = following
    if last >= 0:
        i[last, after] = incident
    else:
        lists[place, HEAD] = incident
    if following >= 0:
        i[following, before] = incident
    else:
        lists[place, TAIL] = incident


def unlist(w, lists, place, incident, after, before):
    i = w.incidents
    earlier, later = i[incident, before], i[incident, after]
    if earlier >= 0:
        i[earlier, after] = later
    else:
        lists[place, HEAD] = later
    if later >= 0:
        i[later, before] = earlier
    else:
        lists[place, TAIL] = earlier


def queue_place(w, incident):
    queue = w.incidents[incident, I_TEAM] if w.organisation[O_QUEUES] > 1 else 0
    return queue * SEVERITIES + w.incidents[incident, I_SEVERITY]


def enqueue(w, incident):
    i = w.incidents
    if i[incident, I_STAGE] < WAITS:
        i[incident, I_STAGE] = WAITS
    if i[incident, I_LISTED]:
        return
    i[incident, I_LISTED] = 1
    w.world[W_LISTED] += 1
    if w.organisation[O_QUEUES] > 1:
        mark(w.to_ask, i[incident, I_TEAM])
    else:
        w.world[W_FRESH] = 1
    i[incident, I_SEEN] = w.world[W_DISPATCHES]
    enlist(w, w.queues, queue_place(w, incident), incident, I_NEXT, I_BEFORE)
    if i[incident, I_URGENT]:
        severity = i[incident, I_SEVERITY]
        enlist(w, w.urgent, severity, incident, I_NEXT_URGENT, I_BEFORE_URGENT)


def dequeue(w, incident):
    i = w.incidents
    i[incident, I_LISTED] = 0
    w.world[W_LISTED] -= 1
    unlist(w, w.queues, queue_place(w, incident), incident, I_NEXT, I_BEFORE)
    if i[incident, I_URGENT]:
        severity = i[incident, I_SEVERITY]
        unlist(w, w.urgent, severity, incident, I_NEXT_URGENT, I_BEFORE_URGENT)


# ---- sets of teams -------------------------------------------------------------------------------
# A binary tree in one row: place 1 is the root, those below `place` are 2 * place and 2 * place + 1,
# the lower half are the teams. A place is 1 where any below it is, so all take steps by the logarithm.


def mark(tree, team):
    place = len(tree) // 2 + team
    while place > 0 and not tree[place]:
        tree[place] = 1
        place >>= 1


def unmark(tree, team):
    place = len(tree) // 2 + team
    tree[place] = 0
    while place > 1 and not tree[place ^ 1]:
        place >>= 1
        tree[place] = 0


def next_marked(tree, team):
    """The first one marked, from `team` on; -1: none."""
    place = len(tree) // 2 + team
    if place >= len(tree):
        return -1
    while not tree[place]:
        while place & 1:
            place >>= 1
        if place == 0:
            return -1
        place += 1
    while 2 * place < len(tree):
        place *= 2
        if not tree[place]:
            place += 1
    return place - len(tree) // 2


# ---- dispatch -----------------------------------------------------------------------------------


def request_dispatch(w):
    """Hand out work at this instant, or at the next opening."""
    if w.world[W_NEXT_DISPATCH] < 0:
        time = next_open(w, w.world[W_NOW])
        if time < w.organisation[O_HORIZON]:
            w.world[W_NEXT_DISPATCH] = time


def dispatch(w):
    """First what may interrupt, worst and oldest first; then every free developer, by id.

    A developer for whom there was nothing is asked again only when that may have changed.
    """
    w.world[W_NEXT_DISPATCH] = -1
    w.world[W_DISPATCHES] += 1
    serve_urgent(w)
    team = next_to_ask(w, 0)
    while team >= 0:
        unmark(w.to_ask, team)
        for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
            if w.developers[developer, D_ACTIVITY] == FREE:
                hand_out(w, developer)
        team = next_to_ask(w, team + 1)
    w.world[W_FRESH] = 0


def next_to_ask(w, team):
    """The next team, from `team` on, where a free developer may find work; -1: none."""
    if w.world[W_FRESH] and w.world[W_LISTED] > 0:
        return next_marked(w.with_free, team)
    return next_marked(w.to_ask, team)


def serve_urgent(w):
    """Those that came into a queue during this very dispatch have to wait for the next."""
    i = w.incidents
    for severity in range(1, SEVERITIES):
        incident = w.urgent[severity, HEAD]
        while incident >= 0:
            following = i[incident, I_NEXT_URGENT]
            if i[incident, I_SEEN] < w.world[W_DISPATCHES]:
                while i[incident, I_WAITING] > 0:
                    developer = best_placed(w, incident)
                    if developer < 0:
                        break
                    take(w, developer, incident)
                if i[incident, I_WAITING] > 0 and not anyone_can_drop_for(w, severity):
                    return  # nor for any that is no worse
            incident = following


def anyone_can_drop_for(w, severity):
    for developer in range(len(w.developers)):
        if can_drop_for(w, developer, severity):
            return True
    return False


def can_drop_for(w, developer, severity):
    """Free, in a meeting, on a story, or on an incident less severe."""
    d = w.developers
    if d[developer, D_ACTIVITY] == AWAY:
        return False
    if d[developer, D_HAND] != PART:
        return True
    incident = w.parts[d[developer, D_ITEM], P_INCIDENT]
    return w.incidents[incident, I_SEVERITY] > severity


def best_placed(w, incident):
    """Whom to give an incident that may interrupt, starting with its own team."""
    teams = w.organisation[O_TEAMS]
    home = w.incidents[incident, I_TEAM]
    severity = w.incidents[incident, I_SEVERITY]
    view = incident_view(w, incident)
    for offset in range(teams):
        team = (home + offset) % teams
        best, least_kind, least_since = -1, 0, 0
        for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
            if not can_drop_for(w, developer, severity):
                continue
            kind = cost_of_dropping(w, developer)
            since = w.developers[developer, D_SINCE] if kind >= 2 else 0
            if best >= 0 and (kind > least_kind or (kind == least_kind and since <= least_since)):
                continue
            if ask_takes(w.takes, developer_view(w, developer), view, w.p):
                best, least_kind, least_since = developer, kind, since
        if best >= 0:
            return best
    return -1


def cost_of_dropping(w, developer):
    """Free first, then a meeting, a story, an incident; among the last two, begun last."""
    activity = w.developers[developer, D_ACTIVITY]
    if activity == FREE:
        return 0
    if activity == CEREMONY:
        return 1
    return 3 if w.developers[developer, D_HAND] == PART else 2


def take(w, developer, incident):
    """Give an incident to a developer, who drops other work for it."""
    d, i = w.developers, w.incidents
    switch = 0
    if d[developer, D_ACTIVITY] != FREE:
        switch = w.organisation[O_SWITCH]
        put_down(w, developer)
        log(w, INTERRUPTED, incident, developer, d[developer, D_TEAM], 0)
    part = i[incident, I_PART]
    while not w.parts[part, P_WAITS]:
        part += 1
    w.parts[part, P_WAITS] = 0
    i[incident, I_WAITING] -= 1
    if i[incident, I_WAITING] == 0:
        dequeue(w, incident)
    begin(w, developer, PART, part, switch)


def hand_out(w, developer):
    """Give a free developer work, in the order the policy prefers; on duty, never a story."""
    d = w.developers
    team = d[developer, D_TEAM]
    if d[developer, D_OWED] > 0:
        meet(w, developer, d[developer, D_OWED])
        return
    first = ask_next_work(w.next_work, developer_view(w, developer), team_view(w, team), w.p)
    if first == INCIDENT_FIRST and hand_out_incident(w, developer):
        return
    if not d[developer, D_ON_DUTY] and hand_out_story(w, developer, team):
        return
    if first != INCIDENT_FIRST:
        hand_out_incident(w, developer)


def hand_out_incident(w, developer):
    queue = w.developers[developer, D_TEAM] if w.organisation[O_QUEUES] > 1 else 0
    view = developer_view(w, developer)
    for severity in range(1, SEVERITIES):
        incident = w.queues[queue * SEVERITIES + severity, HEAD]
        while incident >= 0:
            if ask_takes(w.takes, view, incident_view(w, incident), w.p):
                take(w, developer, incident)
                return True
            incident = w.incidents[incident, I_NEXT]
    return False


def hand_out_story(w, developer, team):
    """The developer's own story first, then one handed back, then one committed, then more."""
    d, t = w.developers, w.teams
    story = d[developer, D_HELD]
    if story < 0 and t[team, T_HANDED_BACK] > 0:
        story = t[team, T_UNFINISHED]
        while not w.stories[story, S_HANDED_BACK]:
            story += 1
        w.stories[story, S_HANDED_BACK] = 0
        t[team, T_HANDED_BACK] -= 1
    elif story < 0 and t[team, T_UNSTARTED] < t[team, T_BACKLOG]:
        story = t[team, T_UNSTARTED]
        t[team, T_UNSTARTED] += 1
    elif story < 0 and may_pull(w, team):
        story = t[team, T_BACKLOG]
        t[team, T_BACKLOG] += 1
        t[team, T_UNSTARTED] += 1
        log(w, PULLED, story, -1, team, t[team, T_SPRINT])
    if story < 0:
        return False
    d[developer, D_HELD] = -1
    begin(w, developer, STORY, story, 0)
    return True


def may_pull(w, team):
    """A team that finishes early pulls on, as long as the unspent reserve stays covered."""
    t = w.teams
    if t[team, T_BACKLOG] >= t[team, T_BACKLOG_END]:
        return False
    left = worked(w, t[team, T_ENDS]) - worked(w, w.world[W_NOW])
    capacity = left * t[team, T_HERE] * t[team, T_FOCUS] // MILLE
    return reserve_left(w, team) <= 0 or capacity > reserve_left(w, team)
