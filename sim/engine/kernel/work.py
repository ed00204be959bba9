"""Beginning, pausing and putting down work, and what it teaches."""

from __future__ import annotations

from sim.engine.kernel.events import busy_until, log, mark, unmark
from sim.engine.kernel.hours import finish, worked, worked_so_far
from sim.engine.kernel.queues import enqueue
from sim.engine.kernel.tables import *


def set_busy(w, developer, activity, until):
    set_activity(w, developer, activity)
    busy_until(w, developer, until)


def set_activity(w, developer, activity):
    """Keep count of who is available: free, or on duty and on an improvement."""
    before = w.developers[developer, D_ACTIVITY]
    if activity == before:
        return
    w.developers[developer, D_ACTIVITY] = activity
    touch(w, developer)
    t, team = w.teams, w.developers[developer, D_TEAM]
    was_available = before == FREE or before == IMPROVING
    is_available = activity == FREE or activity == IMPROVING
    if is_available:
        mark(w.to_ask, team)
    if is_available and not was_available:
        t[team, T_FREE] += 1
        w.world[W_FREE] += 1
        mark(w.with_free, team)
    elif was_available and not is_available:
        t[team, T_FREE] -= 1
        w.world[W_FREE] -= 1
        if t[team, T_FREE] == 0:
            unmark(w.with_free, team)


def touch(w, developer):
    """Something has changed that may let the developer take an incident: see `serve_urgent`."""
    w.developers[developer, D_CHANGED] = w.world[W_DISPATCHES]


def is_elsewhere(w, developer):
    """Called at night, or resting from it."""
    activity = w.developers[developer, D_ACTIVITY]
    return activity == ON_CALL or activity == RESTING


def is_at_work(w, developer):
    """On the item in hand."""
    activity = w.developers[developer, D_ACTIVITY]
    return activity == WORKING or activity == IMPROVING


def is_abroad(w, developer, hand, item):
    """Whether the item is an incident of another team."""
    return hand == PART and (
        w.incidents[w.parts[item, P_INCIDENT], I_TEAM] != w.developers[developer, D_TEAM]
    )


def stretch(w, developer, hand, item):
    """Per mille of working time that a second of effort takes this developer."""
    slow = w.teams[w.developers[developer, D_TEAM], T_STRETCH]
    if is_abroad(w, developer, hand, item):
        slow = slow * unfamiliarity(w, developer) // MILLE
    return slow


def unfamiliarity(w, developer):
    """Per mille of effort that others' incidents take; experience wears it off."""
    o = w.organisation
    if o[O_FAMILIAR_AFTER] == 0:
        return o[O_UNFAMILIARITY]
    strange = max(0, o[O_FAMILIAR_AFTER] - w.developers[developer, D_ABROAD])
    return MILLE + (o[O_UNFAMILIARITY] - MILLE) * strange // o[O_FAMILIAR_AFTER]


def effort_left(w, hand, item):
    if hand == STORY:
        return w.stories[item, S_REMAINING]
    if hand == PART:
        return w.parts[item, P_REMAINING]
    return w.improvements[item, M_REMAINING]


def set_effort_left(w, hand, item, seconds):
    if hand == STORY:
        w.stories[item, S_REMAINING] = seconds
    elif hand == PART:
        w.parts[item, P_REMAINING] = seconds
    else:
        w.improvements[item, M_REMAINING] = seconds


def begin(w, developer, hand, item, switch):
    """Start or go on with an item, after `switch` seconds lost to the change."""
    d, now = w.developers, w.world[W_NOW]
    touch(w, developer)
    d[developer, D_HAND] = hand
    d[developer, D_ITEM] = item
    d[developer, D_SINCE] = now
    d[developer, D_SWITCH] = switch
    stint = stint_of(w, developer, hand, item)
    d[developer, D_STINT] = stint
    duration = max(1, stint * stretch(w, developer, hand, item) // MILLE)
    d[developer, D_DURATION] = duration
    on_the_side = hand == IMPROVEMENT and d[developer, D_ON_DUTY]
    set_busy(w, developer, IMPROVING if on_the_side else WORKING, finish(w, switch + duration))
    team = d[developer, D_TEAM]
    if hand == PART:
        begin_part(w, item)
        log(w, STARTED, w.parts[item, P_INCIDENT], developer, team, switch)
        return
    if hand == STORY and not w.stories[item, S_BEGUN]:
        w.stories[item, S_BEGUN] = 1
        w.teams[team, T_STORIES_BEGUN] += 1
        mark(w.to_ask, team)
    log(w, STORY_STARTED if hand == STORY else IMPROVEMENT_STARTED, item, developer, team, switch)


def begin_part(w, part):
    i, incident = w.incidents, w.parts[part, P_INCIDENT]
    i[incident, I_WORKING] += 1
    i[incident, I_STAGE] = IN_WORK
    if not i[incident, I_BEGUN]:
        i[incident, I_BEGUN] = 1
        count_begun(w, i[incident, I_TEAM], 1)


def count_begun(w, team, more):
    """Incidents begun and not done, of the team and of all; both are in views."""
    w.teams[team, T_INCIDENTS_BEGUN] += more
    w.world[W_INCIDENTS_BEGUN] += more
    mark(w.to_ask, team)
    if w.organisation[O_QUEUES] == 1:
        w.world[W_ASK_ALL] = 1


def stint_of(w, developer, hand, item):
    """Focus seconds to be done at a stretch: all, or what time box or sprint allow."""
    left = effort_left(w, hand, item)
    if hand == PART:
        i, incident, box = w.incidents, w.parts[item, P_INCIDENT], w.organisation[O_TIME_BOX]
        boxed = box > 0 and i[incident, I_PEOPLE] == 1 and not i[incident, I_PLANNED]
        if boxed and not i[incident, I_OUTGROWN]:
            return min(left, max(1, box - (w.effort[incident] - left)))
    elif hand == IMPROVEMENT and not w.developers[developer, D_ON_DUTY]:
        t, team = w.teams, w.developers[developer, D_TEAM]
        stint = min(left, t[team, T_IMPROVE] - t[team, T_IMPROVED])
        t[team, T_IMPROVED] += stint
        mark(w.to_ask, team)
        return stint
    return left


def time_on_item(w, developer):
    """Working seconds since work on the item in hand began, switching left out."""
    d = w.developers
    elapsed = worked_so_far(w) - worked(w, d[developer, D_SINCE])
    return max(0, elapsed - d[developer, D_SWITCH])


def remaining(w, developer):
    """Focus seconds left of the item this developer works on."""
    hand, item = w.developers[developer, D_HAND], w.developers[developer, D_ITEM]
    done = time_on_item(w, developer) * MILLE // stretch(w, developer, hand, item)
    return max(1, effort_left(w, hand, item) - done)


def learn(w, developer, seconds):
    """What working seconds spent on an incident teach."""
    d = w.developers
    hand, item = d[developer, D_HAND], d[developer, D_ITEM]
    if hand == PART:
        d[developer, D_SUPPORT] += seconds
        if is_abroad(w, developer, hand, item):
            d[developer, D_ABROAD] += seconds


def pause(w, developer, cost):
    """Stop work on the item in hand, which stays in hand; it grows by `cost` if begun."""
    d = w.developers
    hand, item, team = d[developer, D_HAND], d[developer, D_ITEM], d[developer, D_TEAM]
    left = remaining(w, developer)
    if hand == IMPROVEMENT and not d[developer, D_ON_DUTY]:
        unspent = d[developer, D_STINT] - (effort_left(w, hand, item) - left)
        w.teams[team, T_IMPROVED] -= max(0, unspent)
        mark(w.to_ask, team)
    seconds = time_on_item(w, developer)
    learn(w, developer, seconds)
    set_effort_left(w, hand, item, left + (cost if seconds > 0 else 0))
    if hand == PART:
        suspend_part(w, developer, item)
    elif hand == STORY:
        if seconds > 0 and cost > 0:
            w.stories[item, S_INTERRUPTED] = 1
        log(w, STORY_SUSPENDED, item, developer, team, 0)
    else:
        log(w, IMPROVEMENT_SUSPENDED, item, developer, team, 0)


def suspend_part(w, developer, part):
    i, incident = w.incidents, w.parts[part, P_INCIDENT]
    i[incident, I_WORKING] -= 1
    if i[incident, I_WORKING] == 0:
        i[incident, I_STAGE] = PUT_DOWN
    team = w.developers[developer, D_TEAM]
    log(w, SUSPENDED, incident, developer, team, i[incident, I_WORKING])


def put_down(w, developer):
    """Stop whatever is in hand: a story is kept for later, the rest is free for whoever comes."""
    d = w.developers
    hand, item = d[developer, D_HAND], d[developer, D_ITEM]
    if is_at_work(w, developer):
        pause(w, developer, w.organisation[O_RESUME])
    elif hand != NOTHING:
        set_effort_left(w, hand, item, effort_left(w, hand, item) + w.organisation[O_RESUME])
    if d[developer, D_ACTIVITY] == CEREMONY:
        d[developer, D_OWED] = time_left(w, developer)
        log(w, CEREMONY_ENDED, -1, developer, d[developer, D_TEAM], 0)
    release(w, developer)


def time_left(w, developer):
    """Working seconds of what the developer is busy with."""
    return worked(w, w.developers[developer, D_UNTIL]) - worked_so_far(w)


def release(w, developer):
    """Let go of what is in hand and not worked on."""
    d = w.developers
    hand, item = d[developer, D_HAND], d[developer, D_ITEM]
    touch(w, developer)
    d[developer, D_HAND] = NOTHING
    if hand == STORY:
        d[developer, D_HELD] = item
    elif hand == PART:
        return_part(w, item)
    elif hand == IMPROVEMENT:
        w.improvements[item, M_TAKEN] = 0
        w.world[W_ASK_ALL] = 1


def return_part(w, part):
    w.parts[part, P_WAITS] = 1
    w.incidents[w.parts[part, P_INCIDENT], I_WAITING] += 1
    enqueue(w, w.parts[part, P_INCIDENT])


def take_part(w, incident):
    """The first of the incident's parts that waits."""
    part = w.incidents[incident, I_PART]
    while not w.parts[part, P_WAITS]:
        part += 1
    w.parts[part, P_WAITS] = 0
    w.incidents[incident, I_WAITING] -= 1
    return part


def hand_back(w, developer):
    """A story kept for later returns to the team."""
    story = w.developers[developer, D_HELD]
    if story >= 0:
        w.stories[story, S_HANDED_BACK] = 1
        team = w.developers[developer, D_TEAM]
        w.teams[team, T_HANDED_BACK] += 1
        mark(w.to_ask, team)
        w.developers[developer, D_HELD] = -1


def stop_improving(w, developer):
    """At a planning improvements are put down, and it costs nothing."""
    if w.developers[developer, D_HAND] == IMPROVEMENT:
        if is_at_work(w, developer):
            pause(w, developer, 0)
            set_busy(w, developer, FREE, NEVER)
        release(w, developer)
