"""Incidents that wait, and the reserve they are charged to."""

from __future__ import annotations

from bisect import insort

from sim.engine.model.clock import World
from sim.engine.model.state import IN_QUEUE, IN_WAIT, Incident
from sim.engine.model.teams import Team
from sim.engine.rules import effort_of_each
from sim.engine.states import Stage


def enqueue(w: World, incident: Incident) -> None:
    """Put an incident into its queue, and among those that may interrupt if it may; one that stands
    there already stays."""
    if incident.stage < Stage.QUEUED:
        incident.stage = Stage.QUEUED
    team = w.teams[incident.team]
    if incident in team.queue:
        return
    if w.rules.swarms and not incident.begun and not incident.shared_out:
        share_out(w, incident)
    rank = incident.severity
    if w.rules.ranked:
        rank = w.policy.rank(incident.view, w.now, w.p)
    incident.in_queue = (rank, incident.opened, incident.id)
    insort(team.queue, incident, key=IN_QUEUE)
    team.waiting += 1
    if incident.urgent:
        insort(w.urgent, incident, key=IN_QUEUE)


def share_out(w: World, incident: Incident) -> None:
    """Ask the policy how many are to work on an incident together, and share its effort out."""
    incident.shared_out = True
    together = w.policy.people(incident.view, w.p)
    if together != incident.people:
        incident.divide(together, effort_of_each(incident.effort, incident.people, together))
        incident.update()


def dequeue(w: World, incident: Incident) -> None:
    """Take an incident out of its queue, and from among those that may interrupt."""
    team = w.teams[incident.team]
    team.queue.remove(incident)
    team.waiting -= 1
    if incident.urgent:
        w.urgent.remove(incident)


def defer(w: World, incident: Incident) -> None:
    """Put an incident among those that wait for the planning."""
    incident.stage, incident.urgent = Stage.DEFERRED, False
    incident.deferrals += 1
    incident.update()
    insort(w.teams[incident.team].deferred, incident, key=IN_WAIT)


def take_out(w: World, incident: Incident) -> None:
    """Remove an incident from wherever it waits."""
    if incident.stage == Stage.DEFERRED:
        w.teams[incident.team].deferred.remove(incident)
    elif incident.stage == Stage.QUEUED:
        dequeue(w, incident)


# ---- the reserve ---------------------------------------------------------------------------------


def charge(team: Team, incident: Incident) -> None:
    """Promise an admitted incident its expected effort from the reserve."""
    incident.charged = True
    team.promised += incident.mean_effort


def release_reserve(team: Team, incident: Incident) -> None:
    """Take back what the reserve has promised an incident."""
    if incident.charged:
        incident.charged = False
        team.promised -= incident.mean_effort


def book(team: Team, incident: Incident, effort: int) -> bool:
    """Replace what the reserve has promised an incident by the focus seconds it really took; True
    when that uses the reserve up."""
    before = team.reserve_left
    if incident.charged:
        release_reserve(team, incident)
        team.spent += effort - incident.booked
        incident.booked = effort
    return before > 0 >= team.reserve_left
