"""What the policy's decisions get to see."""

from __future__ import annotations

from sim.engine.kernel.hours import worked
from sim.engine.kernel.queues import reserve_left
from sim.engine.kernel.tables import WorldTables
from sim.policy.contract import HISTORY, DeveloperView, IncidentView, SprintView, TeamView


def developer_view(w: WorldTables, developer: int) -> DeveloperView:
    """What decisions see of a developer."""
    row = w.developers[developer]
    return DeveloperView(
        developer,
        row.team,
        row.seat,
        row.rank,
        row.on_duty,
        row.turn,
    )


def team_view(w: WorldTables, team: int) -> TeamView:
    """What decisions see of a team."""
    row = w.teams[team]
    support = row.incidents_begun
    if w.rules.queues == 1:
        support = w.run.incidents_begun
    return TeamView(
        team,
        row.last - row.first,
        row.present,
        row.on_duty,
        row.capacity,
        row.reserve,
        reserve_left(w, team),
        row.deferred,
        row.waiting,
        row.stories_begun + row.incidents_begun,
        support,
        row.unstarted_estimate,
        row.unplanned,
        row.level,
    )


def sprint_view(w: WorldTables, team: int) -> SprintView:
    """What decisions see of the sprint that the team is in, or plans."""
    row, rules = w.teams[team], w.rules
    return SprintView(
        row.sprint,
        row.begins,
        row.ends,
        worked(w, row.ends) - worked(w, row.begins),
        row.level,
        row.last - row.first,
        len(w.developers),
        rules.teams,
        rules.absence,
        min(row.closed, HISTORY),
        row.load[0],
        row.load[1],
        row.load[2],
        row.load[3],
        row.load[4],
        row.load[5],
    )


def incident_view(w: WorldTables, incident: int) -> IncidentView:
    """What decisions see of an incident."""
    row = w.incidents[incident]
    return IncidentView(
        incident,
        row.kind,
        row.severity,
        row.team,
        row.people,
        row.opened,
        row.mean_effort,
        row.deferrals,
        row.escalated,
        row.outgrown,
    )
