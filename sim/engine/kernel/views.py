"""What the policy's decisions get to see."""

from __future__ import annotations

from sim.engine.kernel.hours import worked
from sim.engine.kernel.queues import reserve_left
from sim.engine.kernel.tables import *
from sim.policy.contract import DeveloperView, IncidentView, SprintView, TeamView


def developer_view(w, developer):
    d = w.developers
    return DeveloperView(
        developer,
        d[developer, D_TEAM],
        d[developer, D_SEAT],
        d[developer, D_RANK],
        d[developer, D_ON_DUTY],
        d[developer, D_TURN],
    )


def team_view(w, team):
    t = w.teams
    support = t[team, T_INCIDENTS_BEGUN]
    if w.organisation[O_QUEUES] == 1:
        support = w.world[W_INCIDENTS_BEGUN]
    return TeamView(
        team,
        t[team, T_LAST] - t[team, T_FIRST],
        t[team, T_PRESENT],
        t[team, T_ON_DUTY],
        t[team, T_CAPACITY],
        t[team, T_RESERVE],
        reserve_left(w, team),
        t[team, T_DEFERRED],
        t[team, T_WAITING],
        t[team, T_STORIES_BEGUN] + t[team, T_INCIDENTS_BEGUN],
        support,
        t[team, T_UNSTARTED_ESTIMATE],
        t[team, T_UNPLANNED],
        t[team, T_LEVEL],
    )


def sprint_view(w, team):
    """The sprint that the team is in, or plans."""
    t, o = w.teams, w.organisation
    return SprintView(
        t[team, T_SPRINT],
        t[team, T_BEGINS],
        t[team, T_ENDS],
        worked(w, t[team, T_ENDS]) - worked(w, t[team, T_BEGINS]),
        t[team, T_LEVEL],
        t[team, T_LAST] - t[team, T_FIRST],
        len(w.developers),
        o[O_TEAMS],
        o[O_ABSENCE],
        min(t[team, T_CLOSED], HISTORY),
        t[team, T_LOAD],
        t[team, T_LOAD + 1],
        t[team, T_LOAD + 2],
        t[team, T_LOAD + 3],
        t[team, T_LOAD + 4],
        t[team, T_LOAD + 5],
    )


def incident_view(w, incident):
    i = w.incidents
    return IncidentView(
        incident,
        i[incident, I_KIND],
        i[incident, I_SEVERITY],
        i[incident, I_TEAM],
        i[incident, I_PEOPLE],
        i[incident, I_OPENED],
        i[incident, I_EXPECTED],
        i[incident, I_DEFERRALS],
        i[incident, I_ESCALATED],
        i[incident, I_OUTGROWN],
    )
