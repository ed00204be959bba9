"""Incidents from opening to closing."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_route
from sim.engine.kernel.events import event_of, log, mark, push, request_dispatch
from sim.engine.kernel.hours import finish, hours_of_team, is_closed
from sim.engine.kernel.night_calls import is_worth_a_call, page
from sim.engine.kernel.notes import due_by, know_promises, note, settle
from sim.engine.kernel.queues import (
    book,
    charge,
    defer,
    dequeue,
    earliest_head,
    enqueue,
    lay_out_parts,
    list_of,
    owner_of,
    release_reserve,
    take_out,
)
from sim.engine.kernel.sprints import can_swap, cancel, swap_in
from sim.engine.kernel.tables import QUEUE_LINKS, WorldTables
from sim.engine.kernel.views import incident_view, team_view
from sim.engine.kernel.work import count_begun
from sim.engine.rules import SEVERITY_PLACES, severity_escalated
from sim.engine.states import NEVER, Rank, Stage
from sim.engine.trace import EventType
from sim.policy.contract import ARRIVED, CANCEL, DEFER, ENDED, INTERRUPT, LABEL, QUEUE, SWAP
from sim.policy.views import LATER
from sim.sampling.calendars import DAY
from sim.sampling.incidents import REOPENING


def push_report(w: WorldTables, incident: int) -> None:
    """Schedule the next reported incident, which stands beside the heap of events, as they come in
    order."""
    if incident <= w.rules.reported:
        w.run.report = NEVER
    if incident < w.rules.reported:
        time = w.opened[incident]
        if time < w.rules.horizon:
            note_incident(w, incident, time)
            w.run.report = event_of(time, Rank.ARRIVE, incident)


def push_caused(w: WorldTables, incident: int) -> None:
    """Have a regression or a reopening open some time after its cause: after the end of a freeze, where
    that was not released before."""
    time = released(w) + w.after[incident]
    note_incident(w, incident, time)
    push(w, time, Rank.ARRIVE, incident)


def released(w: WorldTables) -> int:
    """When what is finished now is released: at the end of the freeze, where there is one."""
    for place in range(w.rules.frozen):
        if w.freezes[place].begins <= w.run.now < w.freezes[place].ends:
            return w.freezes[place].ends
    return w.run.now


def push_given(w: WorldTables) -> None:
    """Have those incidents come up that were not drawn: each at its moment."""
    for place in range(w.rules.given):
        given, incident = w.given[place], w.rules.given_from + place
        note_incident(w, incident, given.opened)
        w.incidents[incident].severity = given.severity
        w.more[incident].worked_before = given.worked
        push(w, given.arrives, Rank.ARRIVE, incident)


def note_incident(w: WorldTables, incident: int, time: int) -> None:
    """Write down what is known of an incident that is to open, and of its parts."""
    row, kind = w.incidents[incident], w.kind[incident]
    row.kind = kind
    row.severity = w.kinds[kind].severity
    row.team = w.team[incident]
    row.mean_effort = w.kinds[kind].mean_effort
    row.opened = time
    row.stage = Stage.UNOPENED
    row.urgent = 0
    row.planned = 0
    row.charged = 0
    row.deferrals = 0
    row.working = 0
    row.listed = 0
    row.booked = 0
    row.begun = 0
    row.escalated = 0
    row.outgrown = 0
    row.counted = 0  # what follows in the row is written before it is read
    if w.rules.extended:
        more = w.more[incident]
        more.shared_out = 0
        more.label = 0
        more.respond_by = LATER
        more.resolve_by = LATER
        more.rerouted = 0
        more.worked_before = 0
        more.due = due_by(w, incident) if w.rules.dues else LATER
    lay_out_parts(w, incident, w.kinds[kind].people, w.effort[incident])


def arrive(w: WorldTables, incident: int) -> None:
    """Let an incident open, or come out of the first line."""
    row = w.incidents[incident]
    if row.stage == Stage.UNOPENED:
        push_report(w, incident + 1)
        open_incident(w, incident)
    elif row.stage == Stage.FIRST_LINE:
        if w.deflected[incident]:
            row.stage = Stage.CLOSED
            log(w, EventType.DEFLECTED, incident, -1, row.team, 0)
        else:
            admit(w, incident)


def open_incident(w: WorldTables, incident: int) -> None:
    """Open an incident, unless improvements have done away with it."""
    row, now = w.incidents[incident], w.run.now
    kind = row.kind
    spared = w.cause[incident] == REOPENING
    if not spared and w.uniform[incident] >= w.demand[kind]:
        row.stage = Stage.CLOSED
        log(w, EventType.AVOIDED, incident, -1, row.team, 0)
        return
    row.stage = Stage.FIRST_LINE
    log(w, EventType.OPENED, incident, -1, row.team, 0)
    know_promises(w, incident)
    if w.kinds[kind].abandon_after > 0:
        push(w, max(now, row.opened + w.kinds[kind].abandon_after), Rank.WITHDRAW, incident)
    escalate_after = w.kinds[kind].escalate_after
    if escalate_after > 0:
        push(w, end_of_patience(w, incident, escalate_after), Rank.ESCALATE, incident)
    if w.first_line[incident] > 0:
        end = finish(w, hours_of_team(w, row.team), w.first_line[incident])
        push(w, end, Rank.ARRIVE, incident)
    else:
        admit(w, incident)


def end_of_patience(w: WorldTables, incident: int, after: int) -> int:
    """The second at which whoever reported an incident goes to somebody higher up, by the kind's
    clock."""
    row = w.incidents[incident]
    if not w.kinds[row.kind].by_clock:
        return max(w.run.now, row.opened + after)
    left = after
    if w.rules.given:
        left -= w.more[incident].worked_before
    return finish(w, hours_of_team(w, row.team), left) if left > 0 else w.run.now


def withdraw(w: WorldTables, incident: int) -> None:
    """Withdraw an incident that nobody has started in time, as whoever reported it does."""
    row = w.incidents[incident]
    if row.stage > Stage.QUEUED or row.begun:
        return
    take_out(w, incident)
    release_reserve(w, incident)
    close(w, incident)
    log(w, EventType.WITHDRAWN, incident, -1, row.team, 0)
    if row.counted:
        note(w, incident, ENDED)


def close(w: WorldTables, incident: int) -> None:
    """Close an incident; the effort of a committed one is no longer due."""
    row = w.incidents[incident]
    row.stage = Stage.CLOSED
    if row.planned:
        w.teams[row.team].due -= row.mean_effort


def escalate(w: WorldTables, incident: int) -> None:
    """Make an incident that nobody has started in time one severity worse from now on, and route it
    anew if it has been routed."""
    row = w.incidents[incident]
    if row.stage > Stage.QUEUED or row.begun:
        return
    waits = row.stage != Stage.FIRST_LINE
    if waits:
        take_out(w, incident)
        release_reserve(w, incident)
    row.escalated = 1
    row.severity = severity_escalated(row.severity)
    log(w, EventType.ESCALATED, incident, -1, row.team, row.severity)
    if waits:
        admit(w, incident)


# ---- what is to become of it ---------------------------------------------------------------------


def admit(w: WorldTables, incident: int) -> None:
    """Bring an incident to its team: somebody is called, or the policy is asked."""
    row, team = w.incidents[incident], w.incidents[incident].team
    if not row.counted:
        row.counted = 1
        if not w.rules.unlogged or w.logged[incident]:
            w.teams[team].unplanned += row.mean_effort
        mark(w.to_ask, team)
        note(w, incident, ARRIVED)
    if is_worth_a_call(w, incident):
        put_in_queue(w, team, incident, INTERRUPT)
        for _ in range(row.people):
            page(w, team)
    else:
        route(w, incident)


def route(w: WorldTables, incident: int) -> None:
    """Ask the policy what is to become of an incident, and do it."""
    act(w, incident, decide(w, incident))


def decide(w: WorldTables, incident: int) -> int:
    """Ask the policy what is to become of an incident, as far as that can be; the label that comes with
    the answer is written on the incident."""
    row, now = w.incidents[incident], w.run.now
    team = row.team
    asked = ask_route(w.route, incident_view(w, incident), team_view(w, team), now, w.p)
    answer = int(asked)
    action = answer & (LABEL - 1)
    if w.rules.curious:
        w.more[incident].label = answer // LABEL
    if row.planned and (action == DEFER or action == SWAP):
        return QUEUE  # what is committed stays so
    if action == SWAP and (w.teams[team].sprint < 0 or not can_swap(w, team, incident)):
        return DEFER
    return action


def act(w: WorldTables, incident: int, action: int) -> None:
    """Do with an incident what was decided."""
    team = w.incidents[incident].team
    if action == DEFER:
        defer(w, incident)
        log(w, EventType.DEFERRED, incident, -1, team, 0)
        return
    if action == SWAP:
        swap_in(w, team, incident)
    elif action == CANCEL:
        if w.teams[team].sprint >= 0:
            cancel(w, team)
        action = INTERRUPT
    put_in_queue(w, team, incident, action)


def put_in_queue(w: WorldTables, team: int, incident: int, action: int) -> None:
    """Put an incident into the queue as QUEUE, SWAP or INTERRUPT says, and charge it to the reserve
    unless it is committed."""
    row = w.incidents[incident]
    row.urgent = 1 if action == INTERRUPT else 0
    if not row.planned:
        charge(w, incident)
    log(w, EventType.QUEUED, incident, -1, team, action)
    enqueue(w, incident)
    request_dispatch(w)


def push_look(w: WorldTables) -> None:
    """Schedule the next time of day at which the policy looks at what was deferred."""
    if w.rules.looks == 0:
        return
    if w.run.look == w.rules.looks:
        w.run.look = 0
        w.run.look_day += DAY
    push(w, w.run.look_day + w.rules.look[w.run.look], Rank.LOOK, w.run.changed)
    w.run.look += 1


def look(w: WorldTables, changed: int) -> None:
    """Route what was deferred again, as its time of day has come; what is deferred once more stays as it
    was. A look of a policy that is no longer in force is none."""
    if changed != w.run.changed:
        return
    push_look(w)
    for team in range(w.rules.teams):
        if is_closed(w, hours_of_team(w, team)):
            continue
        for severity in range(1, SEVERITY_PLACES):
            look_through(w, team * SEVERITY_PLACES + severity)


def look_through(w: WorldTables, place: int) -> None:
    """Route those again that wait for a planning in one of the lists."""
    incident = w.deferred[place].head
    while incident >= 0 and w.incidents[incident].stage == Stage.DEFERRED:
        following = w.incidents[incident].next[QUEUE_LINKS]
        action = decide(w, incident)
        if action != DEFER:
            take_out(w, incident)
            act(w, incident, action)
        incident = following  # it has come in where the sprint was cancelled


def reroute(w: WorldTables, team: int) -> None:
    """Ask the policy again about a team's incidents that nobody has started, as the reserve is used
    up; each is asked about once, wherever it stands then."""
    incidents = w.incidents
    w.run.reroutes += 1
    reroutes = w.run.reroutes
    for severity in range(1, SEVERITY_PLACES):
        for kin in range(w.rules.kins):
            w.heads[kin] = w.queues[list_of(owner_of(w, team, kin), kin, severity)].head
        kin = earliest_head(w)
        while kin >= 0:
            incident = w.heads[kin]
            w.heads[kin] = incidents[incident].next[QUEUE_LINKS]
            own = incidents[incident].team == team
            if w.rules.ranked:
                own = own and w.more[incident].rerouted != reroutes
            if own and is_admitted_only(w, incident):
                if w.rules.ranked:
                    w.more[incident].rerouted = reroutes
                dequeue(w, incident)
                release_reserve(w, incident)
                route(w, incident)
            kin = earliest_head(w)


def is_admitted_only(w: WorldTables, incident: int) -> bool:
    """Whether an incident was admitted within this sprint, waits in a queue, and nobody has
    started."""
    row = w.incidents[incident]
    waits = row.stage == Stage.QUEUED
    return waits and not row.planned and not row.begun


# ---- its end -------------------------------------------------------------------------------------


def finish_part(w: WorldTables, developer: int, part: int) -> None:
    """End one person's share of an incident; with the last share it is resolved."""
    incidents, incident = w.incidents, w.parts[part].incident
    team = w.developers[developer].team
    w.parts[part].remaining = 0
    incidents[incident].working -= 1
    incidents[incident].unfinished -= 1
    if incidents[incident].unfinished > 0:
        if incidents[incident].working == 0:
            incidents[incident].stage = Stage.SUSPENDED
        log(w, EventType.PART_DONE, incident, developer, team, incidents[incident].working)
        return
    close(w, incident)
    count_begun(w, incidents[incident].team, -1)
    log(w, EventType.RESOLVED, incident, developer, team, 0)
    if w.rules.promised:
        settle(w, incidents[incident].team, w.more[incident].resolve_by)
    note(w, incident, ENDED)
    if w.reopening[incident] >= 0:
        push_caused(w, w.reopening[incident])
    if book(w, incident, incidents[incident].effort * incidents[incident].people):
        reroute(w, incidents[incident].team)


def outgrow(w: WorldTables, developer: int, part: int, stint: int) -> None:
    """Take back an incident whose time box is full, and ask the policy what is to become of it."""
    incidents, incident = w.incidents, w.parts[part].incident
    w.parts[part].remaining -= stint
    w.parts[part].waits = 1
    incidents[incident].outgrown = 1
    incidents[incident].working -= 1
    incidents[incident].waiting += 1
    incidents[incident].stage = Stage.SUSPENDED
    log(w, EventType.OUTGROWN, incident, developer, w.developers[developer].team, 0)
    took = max(0, incidents[incident].effort - w.parts[part].remaining)
    used_up = book(w, incident, took)
    route(w, incident)
    if used_up:
        reroute(w, incidents[incident].team)
