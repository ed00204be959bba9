"""The night: whoever is on call starts at once, works round the clock, and is given the time back."""

from __future__ import annotations

from sim.engine.kernel.events import log
from sim.engine.kernel.hours import finish, is_closed, worked, worked_so_far
from sim.engine.kernel.queues import dequeue
from sim.engine.kernel.tables import *
from sim.engine.kernel.work import (
    begin,
    begin_part,
    pause,
    return_part,
    set_busy,
    stop_improving,
    suspend_part,
    take_part,
    time_left,
)


def is_worth_a_call(w, incident):
    """Whether somebody is called for it now."""
    return w.organisation[O_PAGED + w.incidents[incident, I_SEVERITY]] > 0 and is_closed(w)


def page(w, team):
    """Whose turn it is takes the team's next incident that is worth a call, if not on one already."""
    developer = on_call_now(w, team)
    if developer < 0 or w.developers[developer, D_ACTIVITY] == ON_CALL:
        return
    i, queue = w.incidents, team if w.organisation[O_QUEUES] > 1 else 0
    for severity in range(1, SEVERITIES):
        incident = w.queues[queue * SEVERITIES + severity, HEAD]
        while incident >= 0:
            own = i[incident, I_TEAM] == team and i[incident, I_URGENT]
            if own and is_worth_a_call(w, incident):
                call(w, developer, incident)
                return
            incident = i[incident, I_NEXT]


def on_call_now(w, team):
    d = w.developers
    for developer in range(w.teams[team, T_FIRST], w.teams[team, T_LAST]):
        if d[developer, D_TURN] == 0 and d[developer, D_ACTIVITY] != AWAY:
            return developer
    return -1


def call(w, developer, incident):
    """Work in hand waits in hand, and costs nothing to go on with."""
    d = w.developers
    team = d[developer, D_TEAM]
    if d[developer, D_ACTIVITY] == CEREMONY:
        d[developer, D_OWED] = time_left(w, developer)
        log(w, CEREMONY_ENDED, -1, developer, team, 0)
    elif d[developer, D_ACTIVITY] == RESTING:
        d[developer, D_REST_DUE] = time_left(w, developer)
        log(w, REST_ENDED, -1, developer, team, 0)
    stop_improving(w, developer)
    if d[developer, D_ACTIVITY] == WORKING:
        pause(w, developer, 0)
    part = take_part(w, incident)
    if w.incidents[incident, I_WAITING] == 0:
        dequeue(w, incident)
    begin_part(w, part)
    d[developer, D_CALLED_TO] = part
    d[developer, D_CALLED_AT] = w.world[W_NOW]
    log(w, PAGED, incident, developer, team, 0)
    set_busy(w, developer, ON_CALL, w.world[W_NOW] + w.parts[part, P_REMAINING])


def hang_up(w, developer):
    """The call is over; the seconds it took are owed where nobody else was at work."""
    d, now = w.developers, w.world[W_NOW]
    elapsed = now - d[developer, D_CALLED_AT]
    open_seconds = worked_so_far(w) - worked(w, d[developer, D_CALLED_AT])
    d[developer, D_REST_DUE] += elapsed - open_seconds
    d[developer, D_SUPPORT] += elapsed
    return elapsed


def rest(w, developer):
    """Time off from the next opening on; without any due, on with what waits in hand."""
    d = w.developers
    if d[developer, D_REST_DUE] > 0:
        until = finish(w, d[developer, D_REST_DUE])
        d[developer, D_REST_DUE] = 0
        log(w, REST_BEGAN, -1, developer, d[developer, D_TEAM], 0)
        set_busy(w, developer, RESTING, until)
    else:
        resume(w, developer)


def resume(w, developer):
    """On with what waits in hand."""
    d = w.developers
    set_busy(w, developer, FREE, NEVER)
    if d[developer, D_HAND] != NOTHING:
        begin(w, developer, d[developer, D_HAND], d[developer, D_ITEM], 0)


def leave_call(w, developer):
    """Falls ill at the telephone: the incident waits for the next."""
    part = w.developers[developer, D_CALLED_TO]
    left = w.parts[part, P_REMAINING] - hang_up(w, developer)
    w.parts[part, P_REMAINING] = max(1, left)
    suspend_part(w, developer, part)
    return_part(w, part)
