"""Incidents that wait, and the reserve they are charged to."""

from __future__ import annotations

from bisect import insort

from sim.engine.model.clock import World
from sim.engine.model.state import Incident, Stage, Team


def queue_of(w: World, team: int) -> list[Incident]:
    """Where incidents of a team wait: worst first, then oldest."""
    return w.queues[team if len(w.queues) > 1 else 0]


def enqueue(w: World, incident: Incident) -> None:
    if incident.stage < Stage.QUEUED:
        incident.stage = Stage.QUEUED
    queue = queue_of(w, incident.team)
    if incident not in queue:
        insort(queue, incident, key=Incident.order)
        w.teams[incident.team].waiting += 1


def dequeue(w: World, incident: Incident) -> None:
    queue_of(w, incident.team).remove(incident)
    w.teams[incident.team].waiting -= 1


def defer(w: World, incident: Incident) -> None:
    """Put it among those that wait for the planning."""
    incident.stage, incident.urgent = Stage.DEFERRED, False
    incident.deferrals += 1
    incident.update_view()
    insort(w.teams[incident.team].deferred, incident, key=Incident.order)


def take_out(w: World, incident: Incident) -> None:
    """Remove it from wherever it waits."""
    if incident.stage == Stage.DEFERRED:
        w.teams[incident.team].deferred.remove(incident)
    elif incident.stage == Stage.QUEUED:
        dequeue(w, incident)


# ---- the reserve ---------------------------------------------------------------------------------


def charge(team: Team, incident: Incident) -> None:
    """Promise an admitted incident its expected effort."""
    incident.charged = True
    team.promised += incident.expected


def release_reserve(team: Team, incident: Incident) -> None:
    """Take a promise back."""
    if incident.charged:
        incident.charged = False
        team.promised -= incident.expected


def book(team: Team, incident: Incident, effort: int) -> bool:
    """Replace a promise by what it really took; True when that uses the reserve up."""
    before = team.reserve_left
    if incident.charged:
        release_reserve(team, incident)
        team.spent += effort - incident.booked
        incident.booked = effort
    return before > 0 >= team.reserve_left
