"""The night: whoever is on call starts at once, works round the clock, and is given the time back."""

from __future__ import annotations

from sim.engine.kernel.events import log
from sim.engine.kernel.hours import (
    finish,
    hours_of,
    hours_of_team,
    is_closed,
    worked,
    worked_so_far,
)
from sim.engine.kernel.placing import EVERYBODY, best_placed
from sim.engine.kernel.queues import (
    dequeue,
    earlier_of,
    earliest_head,
    refused_list,
    refused_owner,
)
from sim.engine.kernel.tables import URGENT_LINKS, WorldTables
from sim.engine.kernel.work import (
    begin,
    begin_part,
    is_at_work,
    let_grow,
    note_start,
    pause,
    return_part,
    set_busy,
    stop_improving,
    suspend_part,
    take_part,
    time_left,
)
from sim.engine.rules import SEVERITY_PLACES, time_to_give_back
from sim.engine.states import NEVER, Activity, Hand
from sim.engine.trace import EventType


def is_worth_a_call(w: WorldTables, incident: int) -> bool:
    """Whether somebody is to be called for an incident now: its severity is paged, its team is closed, and
    nobody at work elsewhere would take it."""
    row = w.incidents[incident]
    if w.rules.paged[row.severity] == 0 or not is_closed(w, hours_of_team(w, row.team)):
        return False
    if not w.rules.zones:
        return True
    return best_placed(w, incident, EVERYBODY) < 0


def page(w: WorldTables, team: int) -> None:
    """Call whoever is next in turn, of those who are called and not on a call already, to the team's next
    incident that is worth a call."""
    developer = on_call_now(w, team)
    if developer < 0 or not is_closed(w, hours_of_team(w, team)):
        return
    for severity in range(1, SEVERITY_PLACES):
        if w.rules.ranked or w.rules.paged[severity]:
            incident = next_call(w, team, severity)
            if incident >= 0:
                call(w, developer, incident)
                return


def next_call(w: WorldTables, team: int, severity: int) -> int:
    """The first of a team's incidents of a severity, or, where the policy ranks them, of any, that is worth a
    call; -1: none.

    It may interrupt, so it stands among those that were refused, or are to be offered yet.
    """
    fresh = w.urgent[severity].head
    for kin in range(w.rules.kins):
        w.heads[kin] = w.urgent[refused_list(refused_owner(w, team, kin), kin, severity)].head
    while True:
        kin = earliest_head(w)
        refused = w.heads[kin] if kin >= 0 else -1
        incident = earlier_of(w, fresh, refused)
        if incident < 0 or (w.incidents[incident].team == team and is_worth_a_call(w, incident)):
            return incident
        following = w.incidents[incident].next[URGENT_LINKS]
        if incident == fresh:
            fresh = following
        else:
            w.heads[kin] = following


def on_call_now(w: WorldTables, team: int) -> int:
    """The first in turn, of as many as are called, who is present and not on a call; -1: there is none."""
    developers, found, least = w.developers, -1, w.rules.called
    for developer in range(w.teams[team].first, w.teams[team].last):
        activity = developers[developer].activity
        if activity != Activity.AWAY and activity != Activity.ON_CALL:
            if developers[developer].turn < least:
                found, least = developer, developers[developer].turn
    return found


def call(w: WorldTables, developer: int, incident: int) -> None:
    """Call a developer to an incident; work in hand waits in hand, and costs nothing to go on
    with."""
    row = w.developers[developer]
    team = row.team
    if row.activity == Activity.CEREMONY:
        row.ceremony_debt = time_left(w, developer)
        log(w, EventType.CEREMONY_ENDED, -1, developer, team, 0)
    elif row.activity == Activity.RESTING:
        row.rest_due = time_left(w, developer)
        log(w, EventType.REST_ENDED, -1, developer, team, 0)
    stop_improving(w, developer)
    if is_at_work(w, developer):
        pause(w, developer, 0)
    let_grow(w, incident)
    part = take_part(w, incident)
    if w.incidents[incident].waiting == 0:
        dequeue(w, incident)
    first = begin_part(w, developer, part)
    row.called_to = part
    row.called_at = w.run.now
    log(w, EventType.PAGED, incident, developer, team, 0)
    if first:
        note_start(w, incident)
    set_busy(w, developer, Activity.ON_CALL, w.run.now + w.parts[part].remaining)


def hang_up(w: WorldTables, developer: int) -> int:
    """End a call and return the seconds it took; those outside of working hours are owed to the
    developer."""
    row, now = w.developers[developer], w.run.now
    elapsed = now - row.called_at
    keeps = hours_of(w, developer)
    open_seconds = worked_so_far(w, keeps) - worked(w, keeps, row.called_at)
    row.rest_due += time_to_give_back(elapsed, open_seconds)
    row.support_time += elapsed
    return elapsed


def rest(w: WorldTables, developer: int) -> None:
    """Give a developer the time off that is due from the next opening on; without any due, have
    them go on with what waits in hand."""
    row = w.developers[developer]
    if row.rest_due > 0:
        until = finish(w, hours_of(w, developer), row.rest_due)
        row.rest_due = 0
        log(w, EventType.REST_BEGAN, -1, developer, row.team, 0)
        set_busy(w, developer, Activity.RESTING, until)
    else:
        resume(w, developer)


def resume(w: WorldTables, developer: int) -> None:
    """Have a developer go on with what waits in hand; without anything, they are free."""
    row = w.developers[developer]
    set_busy(w, developer, Activity.FREE, NEVER)
    if row.hand != Hand.NOTHING:
        begin(w, developer, row.hand, row.item, 0)


def leave_call(w: WorldTables, developer: int) -> None:
    """End the call of a developer who falls ill at the telephone; the incident waits for the
    next."""
    part = w.developers[developer].called_to
    left = w.parts[part].remaining - hang_up(w, developer)
    w.parts[part].remaining = max(1, left)
    suspend_part(w, developer, part)
    return_part(w, part)
