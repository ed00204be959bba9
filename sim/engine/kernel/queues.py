"""Incidents that wait, and the reserve they are charged to."""

from __future__ import annotations

from sim.engine.kernel.events import mark
from sim.engine.kernel.tables import *


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
    i[incident, I_ASKED] = 0
    if i[incident, I_LISTED]:
        return
    i[incident, I_LISTED] = 1
    w.teams[i[incident, I_TEAM], T_WAITING] += 1
    w.world[W_LISTED] += 1
    mark(w.to_ask, i[incident, I_TEAM])
    if w.organisation[O_QUEUES] == 1:
        w.world[W_FRESH] = 1
    i[incident, I_SEEN] = w.world[W_DISPATCHES]
    enlist(w, w.queues, queue_place(w, incident), incident, I_NEXT, I_BEFORE)
    if i[incident, I_URGENT]:
        severity = i[incident, I_SEVERITY]
        w.world[W_URGENT] += 1
        enlist(w, w.urgent, severity, incident, I_NEXT_URGENT, I_BEFORE_URGENT)


def dequeue(w, incident):
    i = w.incidents
    i[incident, I_LISTED] = 0
    w.teams[i[incident, I_TEAM], T_WAITING] -= 1
    w.world[W_LISTED] -= 1
    mark(w.to_ask, i[incident, I_TEAM])
    unlist(w, w.queues, queue_place(w, incident), incident, I_NEXT, I_BEFORE)
    if i[incident, I_URGENT]:
        severity = i[incident, I_SEVERITY]
        w.world[W_URGENT] -= 1
        unlist(w, w.urgent, severity, incident, I_NEXT_URGENT, I_BEFORE_URGENT)


def defer(w, incident):
    """Put it among those that wait for the planning."""
    i, team = w.incidents, w.incidents[incident, I_TEAM]
    i[incident, I_STAGE] = WAITS_FOR_PLANNING
    i[incident, I_URGENT] = 0
    i[incident, I_DEFERRALS] += 1
    w.teams[team, T_DEFERRED] += 1
    mark(w.to_ask, team)
    place = team * SEVERITIES + i[incident, I_SEVERITY]
    enlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)


def take_out(w, incident):
    """Remove it from wherever it waits."""
    i, team = w.incidents, w.incidents[incident, I_TEAM]
    if i[incident, I_STAGE] == WAITS_FOR_PLANNING:
        place = team * SEVERITIES + i[incident, I_SEVERITY]
        unlist(w, w.deferred, place, incident, I_NEXT, I_BEFORE)
        w.teams[team, T_DEFERRED] -= 1
        mark(w.to_ask, team)
    elif i[incident, I_STAGE] == WAITS:
        dequeue(w, incident)


# ---- the reserve ---------------------------------------------------------------------------------


def reserve_left(w, team):
    t = w.teams
    return t[team, T_RESERVE] - t[team, T_SPENT] - t[team, T_PROMISED]


def charge(w, incident):
    """Promise an admitted incident its expected effort."""
    i = w.incidents
    i[incident, I_CHARGED] = 1
    w.teams[i[incident, I_TEAM], T_PROMISED] += i[incident, I_EXPECTED]
    mark(w.to_ask, i[incident, I_TEAM])


def release_reserve(w, incident):
    """Take a promise back."""
    i = w.incidents
    if i[incident, I_CHARGED]:
        i[incident, I_CHARGED] = 0
        w.teams[i[incident, I_TEAM], T_PROMISED] -= i[incident, I_EXPECTED]
        mark(w.to_ask, i[incident, I_TEAM])


def book(w, incident, effort):
    """Replace a promise by what it really took; True when that uses the reserve up."""
    i, team = w.incidents, w.incidents[incident, I_TEAM]
    before = reserve_left(w, team)
    if i[incident, I_CHARGED]:
        release_reserve(w, incident)
        w.teams[team, T_SPENT] += effort - i[incident, I_BOOKED]
        i[incident, I_BOOKED] = effort
        mark(w.to_ask, team)
    return before > 0 and reserve_left(w, team) <= 0
