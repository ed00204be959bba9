"""No sprints: everything is pulled from one system when somebody is free.

Practice: stories and incidents flow; nothing is committed for two weeks. Classes of service decide the
order: the expedite class goes first, and may take people off other work; the standard class is pulled
before new stories. A limit on work in progress keeps people from beginning more than they finish.
Argued by: Anderson, and teams whose work is mostly unplanned.
Cost: no sprint goal and no say/do ratio; a limit that is too low leaves people idle.
"""

from sim.policy import INCIDENT_FIRST, INTERRUPT, NOTHING_NEW, QUEUE, Parameter, Policy


def route(incident, team, now, p):
    expedite = incident.severity <= p.expedite_severity
    return INTERRUPT if expedite and p.preempt else QUEUE


def next_work(developer, team, p):
    if team.in_progress * 1000 >= team.present * p.wip_limit:
        return NOTHING_NEW
    return INCIDENT_FIRST


policy = Policy(
    id="kanban",
    title="Kanban",
    about=__doc__,
    parameters={
        "wip_limit": Parameter(
            1.5,
            "share",
            0.1,
            10,
            "items in progress per developer present beyond which none is begun",
        ),
        "expedite_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse are expedited", exempts=True
        ),
        "preempt": Parameter(
            1, "switch", 0, 1, "1: the expedite class takes people off other work"
        ),
    },
    sprints=False,
    route=route,
    next_work=next_work,
)
