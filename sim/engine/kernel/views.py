"""What the policy's decisions get to see."""

from __future__ import annotations

from sim.engine.kernel.hours import hours_of_team, is_closed, worked
from sim.engine.kernel.tables import WorldTables
from sim.engine.rules import unspent
from sim.policy.views import (
    HISTORY,
    LATER,
    DeveloperView,
    IncidentView,
    SprintView,
    StoryView,
    TeamView,
)


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


def reserve_left(w: WorldTables, team: int) -> int:
    """The focus seconds of the sprint's reserve that are neither spent nor promised."""
    row = w.teams[team]
    return unspent(row.reserve, row.spent, row.promised)


def team_view(w: WorldTables, team: int) -> TeamView:
    """What decisions see of a team."""
    row = w.teams[team]
    support = row.incidents_begun
    if w.rules.queues == 1:
        support = w.run.incidents_begun
    # Numbers, each of one type whichever way it is come by: from Python 3.12 on, numba takes the two ways of a
    # conditional in a call as two calls.
    closed = 0
    if w.rules.curious and is_closed(w, hours_of_team(w, team)):
        closed = 1
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
        row.share_broken if w.rules.promised else 0,
        closed,
    )


def sprint_view(w: WorldTables, team: int) -> SprintView:
    """What decisions see of the sprint that the team is in, or plans."""
    row, rules, keeps = w.teams[team], w.rules, hours_of_team(w, team)
    return SprintView(
        row.sprint,
        row.begins,
        row.ends,
        worked(w, keeps, row.ends) - worked(w, keeps, row.begins),
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
        row.load[6],
        row.load[7],
        row.load[8],
        row.load[9],
        row.load[10],
        row.load[11],
        row.load[12],
        row.load[13],
        row.load[14],
        row.load[15],
        row.load[16],
        row.load[17],
        row.load[18],
        row.load[19],
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
        w.more[incident].respond_by if w.rules.promised else LATER,
        w.more[incident].resolve_by if w.rules.promised else LATER,
        w.more[incident].due if w.rules.curious else LATER,
        w.kinds[row.kind].cost if w.rules.curious else 0,
        w.chance[incident] if w.rules.curious else 0,
        w.more[incident].label if w.rules.curious else 0,
    )


def story_view(w: WorldTables, story: int, team: int) -> StoryView:
    """What decisions see of a story."""
    return StoryView(
        story,
        team,
        w.story_points[story],
        w.story_estimate[story],
        w.stories[story].begun,
    )
