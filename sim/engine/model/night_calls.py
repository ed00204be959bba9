"""The night: whoever is on call starts at once, works round the clock, and is given the time back."""

from __future__ import annotations

from sim.engine.model import queues, work
from sim.engine.model.clock import World
from sim.engine.model.placing import best_placed
from sim.engine.model.state import (
    CEREMONY,
    FILLING_IN,
    ON_CALL,
    RESTING,
    WORKING,
    Developer,
    Incident,
)
from sim.engine.model.teams import Team
from sim.engine.rules import time_to_give_back
from sim.engine.states import Stage
from sim.engine.trace import EventType


def is_worth_a_call(w: World, incident: Incident) -> bool:
    """Whether somebody is to be called for an incident now: its severity is paged, its team is closed, and
    nobody at work elsewhere would take it."""
    if not w.paged[incident.severity] or not w.is_closed(w.teams[incident.team].hours):
        return False
    return not w.rules.zones or best_placed(w, incident) is None


def page(w: World, team: Team) -> None:
    """Call whoever is next in turn, of those who are called and not on a call already, to the team's next
    incident that is worth a call."""
    developer = on_call_now(w, team)
    if developer is None:
        return
    for incident in team.queue:
        if incident.team == team.id and incident.urgent and is_worth_a_call(w, incident):
            call(w, developer, incident)
            return


def on_call_now(w: World, team: Team) -> Developer | None:
    """The first in turn, of as many as are called, who is present and not on a call; None: there is none."""
    called = [
        d
        for d in team.developers
        if d.turn < w.rules.called and d.present and d.activity != ON_CALL
    ]
    return min(called, key=lambda d: d.turn, default=None)


def call(w: World, developer: Developer, incident: Incident) -> None:
    """Call a developer to an incident; work in hand waits in hand, and costs nothing to go on
    with."""
    if developer.activity == CEREMONY:
        developer.ceremony_debt = w.time_left(developer)
        w.log(EventType.CEREMONY_ENDED, developer=developer.id, team=developer.team)
    elif developer.activity == RESTING:
        developer.rest_due = w.time_left(developer)
        w.log(EventType.REST_ENDED, developer=developer.id, team=developer.team)
    work.stop_improving(w, developer)
    if developer.activity in (WORKING, FILLING_IN):
        work.pause(w, developer, cost=0)
    work.let_grow(w, incident)
    part = incident.waiting.pop(0)
    if not incident.waiting:
        queues.dequeue(w, incident)
    first = work.begin_part(w, developer, part)
    developer.called_to, developer.called_at = part, w.now
    w.log(EventType.PAGED, incident.id, developer.id, developer.team)
    if first:
        work.note_start(w, incident)
    work.set_busy(w, developer, ON_CALL, w.now + part.remaining)


def hang_up(w: World, developer: Developer) -> int:
    """End a call and return the seconds it took; those outside of working hours are owed to the
    developer."""
    elapsed = w.now - developer.called_at
    worked = w.worked(developer.hours) - w.worked(developer.hours, developer.called_at)
    developer.rest_due += time_to_give_back(elapsed, worked)
    developer.support_time += elapsed
    developer.called_to = None
    return elapsed


def rest(w: World, developer: Developer) -> None:
    """Give a developer the time off that is due from the next opening on; without any due, have
    them go on with what waits in hand."""
    if developer.rest_due:
        until = developer.hours.finish(w.now, developer.rest_due)
        developer.rest_due = 0
        w.log(EventType.REST_BEGAN, developer=developer.id, team=developer.team)
        work.set_busy(w, developer, RESTING, until)
    else:
        resume(w, developer)


def resume(w: World, developer: Developer) -> None:
    """Have a developer go on with what waits in hand; without anything, they are free."""
    work.set_free(w, developer)
    if developer.item is not None:
        work.begin(w, developer, developer.item, switch=0)


def leave_call(w: World, developer: Developer) -> None:
    """End the call of a developer who falls ill at the telephone; the incident waits for the
    next."""
    part = developer.called_to
    assert part is not None
    incident = part.incident
    part.remaining = max(1, part.remaining - hang_up(w, developer))
    incident.working -= 1
    if incident.working == 0:
        incident.stage = Stage.SUSPENDED
    w.log(EventType.SUSPENDED, incident.id, developer.id, developer.team, incident.working)
    work.return_part(w, part)
