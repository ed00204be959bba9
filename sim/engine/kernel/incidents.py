"""Incidents from opening to closing."""

from __future__ import annotations

from sim.engine.kernel.events import event_of, log, mark, push, request_dispatch
from sim.engine.kernel.hours import finish
from sim.engine.kernel.on_call import is_worth_a_call, page
from sim.engine.kernel.queues import (
    book,
    charge,
    defer,
    dequeue,
    enqueue,
    release_reserve,
    take_out,
)
from sim.engine.kernel.sprints import can_swap, cancel, swap_in
from sim.engine.kernel.tables import *
from sim.engine.kernel.views import incident_view, team_view
from sim.engine.kernel.work import count_begun


def push_report(w, incident):
    """Reported incidents are in order: the next one stands beside the heap of events."""
    if incident <= w.organisation[O_REPORTED]:
        w.world[W_REPORT] = NEVER
    if incident < w.organisation[O_REPORTED]:
        time = w.opened[incident]
        if time < w.organisation[O_HORIZON]:
            note_incident(w, incident, time)
            w.world[W_REPORT] = event_of(time, ARRIVE, incident)


def push_caused(w, incident):
    """A regression or a reopening, some time after its cause."""
    time = w.world[W_NOW] + w.after[incident]
    note_incident(w, incident, time)
    push(w, time, ARRIVE, incident)


def note_incident(w, incident, time):
    """Write down what is known of an incident that is to open, and of its parts."""
    i, kind = w.incidents, w.kind[incident]
    people, part = w.kinds[kind, K_PEOPLE], w.world[W_PARTS]
    i[incident, I_KIND] = kind
    i[incident, I_SEVERITY] = w.kinds[kind, K_SEVERITY]
    i[incident, I_TEAM] = w.team[incident]
    i[incident, I_PEOPLE] = people
    i[incident, I_EXPECTED] = w.kinds[kind, K_EXPECTED]
    i[incident, I_OPENED] = time
    i[incident, I_PART] = part
    i[incident, I_UNFINISHED] = people
    i[incident, I_WAITING] = people
    i[incident, I_STAGE] = UNOPENED
    for column in range(I_URGENT, I_NEXT):  # what follows is written before it is read
        i[incident, column] = 0
    while people > 0:
        w.parts[part, P_INCIDENT] = incident
        w.parts[part, P_REMAINING] = w.effort[incident]
        w.parts[part, P_WAITS] = 1
        part += 1
        people -= 1
    w.world[W_PARTS] = part


def arrive(w, incident):
    """An incident opens, or comes out of the first line."""
    i = w.incidents
    if i[incident, I_STAGE] == UNOPENED:
        push_report(w, incident + 1)
        open_incident(w, incident)
    elif i[incident, I_STAGE] == AT_FIRST_LINE:
        if w.deflected[incident]:
            i[incident, I_STAGE] = CLOSED
            log(w, DEFLECTED, incident, -1, i[incident, I_TEAM], 0)
        else:
            admit(w, incident)


def open_incident(w, incident):
    """It opens, unless improvements have done away with it."""
    i, now = w.incidents, w.world[W_NOW]
    kind = i[incident, I_KIND]
    spared = w.cause[incident] == CAUSED_BY_A_FIX
    if not spared and w.luck[incident] >= w.demand[kind]:
        i[incident, I_STAGE] = CLOSED
        log(w, AVOIDED, incident, -1, i[incident, I_TEAM], 0)
        return
    i[incident, I_STAGE] = AT_FIRST_LINE
    log(w, OPENED, incident, -1, i[incident, I_TEAM], 0)
    if w.kinds[kind, K_ABANDON_AFTER] > 0:
        push(w, now + w.kinds[kind, K_ABANDON_AFTER], WITHDRAW, incident)
    patience = w.kinds[kind, K_ESCALATE_AFTER]
    if patience > 0:
        end = finish(w, patience) if w.kinds[kind, K_BY_CLOCK] else now + patience
        push(w, end, ESCALATE, incident)
    if w.first_line[incident] > 0:
        push(w, finish(w, w.first_line[incident]), ARRIVE, incident)
    else:
        admit(w, incident)


def withdraw(w, incident):
    """Whoever reported it withdraws it when nobody has started in time."""
    i = w.incidents
    if i[incident, I_STAGE] > WAITS or i[incident, I_BEGUN]:
        return
    take_out(w, incident)
    release_reserve(w, incident)
    close(w, incident)
    log(w, WITHDRAWN, incident, -1, i[incident, I_TEAM], 0)


def close(w, incident):
    i = w.incidents
    i[incident, I_STAGE] = CLOSED
    if i[incident, I_PLANNED]:
        w.teams[i[incident, I_TEAM], T_DUE] -= i[incident, I_EXPECTED]


def escalate(w, incident):
    """From now on it is one severity worse, and routed anew if it has been routed."""
    i = w.incidents
    if i[incident, I_STAGE] > WAITS or i[incident, I_BEGUN]:
        return
    waits = i[incident, I_STAGE] != AT_FIRST_LINE
    if waits:
        take_out(w, incident)
        release_reserve(w, incident)
    i[incident, I_ESCALATED] = 1
    i[incident, I_SEVERITY] = max(1, i[incident, I_SEVERITY] - 1)
    log(w, ESCALATED, incident, -1, i[incident, I_TEAM], i[incident, I_SEVERITY])
    if waits:
        admit(w, incident)


# ---- what is to become of it ---------------------------------------------------------------------


def admit(w, incident):
    """It has come to its team: somebody is called, or the policy is asked."""
    i, team = w.incidents, w.incidents[incident, I_TEAM]
    if not i[incident, I_COUNTED]:
        i[incident, I_COUNTED] = 1
        w.teams[team, T_UNPLANNED] += i[incident, I_EXPECTED]
        mark(w.to_ask, team)
    if is_worth_a_call(w, incident):
        put_in_queue(w, team, incident, INTERRUPT)
        page(w, team)
    else:
        route(w, incident)


def route(w, incident):
    """Ask the policy what is to become of an incident, and do it."""
    i, now = w.incidents, w.world[W_NOW]
    team = i[incident, I_TEAM]
    asked = ask_route(w.route, incident_view(w, incident), team_view(w, team), now, w.p)
    action = int(asked)
    if i[incident, I_PLANNED] and (action == DEFER or action == SWAP):
        action = QUEUE  # what is committed stays so
    if action == SWAP and (w.teams[team, T_SPRINT] < 0 or not can_swap(w, team, incident)):
        action = DEFER
    if action == DEFER:
        defer(w, incident)
        log(w, DEFERRED, incident, -1, team, 0)
        return
    if action == SWAP:
        swap_in(w, team, incident)
    elif action == CANCEL:
        if w.teams[team, T_SPRINT] >= 0:
            cancel(w, team)
        action = INTERRUPT
    put_in_queue(w, team, incident, action)


def put_in_queue(w, team, incident, action):
    i = w.incidents
    i[incident, I_URGENT] = 1 if action == INTERRUPT else 0
    if not i[incident, I_PLANNED]:
        charge(w, incident)
    log(w, QUEUED, incident, -1, team, action)
    enqueue(w, incident)
    request_dispatch(w)


def reroute(w, team):
    """The reserve is used up: ask again about those that nobody has started."""
    i = w.incidents
    queue = team if w.organisation[O_QUEUES] > 1 else 0
    for severity in range(1, SEVERITIES):
        incident = w.queues[queue * SEVERITIES + severity, HEAD]
        while incident >= 0:
            following = i[incident, I_NEXT]
            if i[incident, I_TEAM] == team and is_admitted_only(w, incident):
                dequeue(w, incident)
                release_reserve(w, incident)
                route(w, incident)
            incident = following


def is_admitted_only(w, incident):
    """Admitted within this sprint, and nobody has started."""
    i = w.incidents
    waits = i[incident, I_STAGE] == WAITS
    return waits and not i[incident, I_PLANNED] and not i[incident, I_BEGUN]


# ---- its end -------------------------------------------------------------------------------------


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
    count_begun(w, i[incident, I_TEAM], -1)
    log(w, RESOLVED, incident, developer, team, 0)
    if w.reopening[incident] >= 0:
        push_caused(w, w.reopening[incident])
    if book(w, incident, w.effort[incident] * i[incident, I_PEOPLE]):
        reroute(w, i[incident, I_TEAM])


def outgrow(w, developer, part, stint):
    """The time box is full: it goes back, and the policy is asked what is to become of it."""
    i, incident = w.incidents, w.parts[part, P_INCIDENT]
    w.parts[part, P_REMAINING] -= stint
    w.parts[part, P_WAITS] = 1
    i[incident, I_OUTGROWN] = 1
    i[incident, I_WORKING] -= 1
    i[incident, I_WAITING] += 1
    i[incident, I_STAGE] = PUT_DOWN
    log(w, OUTGROWN, incident, developer, w.developers[developer, D_TEAM], 0)
    took = max(0, w.effort[incident] - w.parts[part, P_REMAINING])
    used_up = book(w, incident, took)
    route(w, incident)
    if used_up:
        reroute(w, i[incident, I_TEAM])
