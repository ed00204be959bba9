"""Whole teams take the support sprint in turn.

Practice: one team is on support for a sprint and takes all teams' incidents from one queue, worst
first; the others are never interrupted. Next time it is the next team's turn.
Argued by: managers who want every team to know what its software does at night.
Cost: a whole team commits nothing for a sprint, and mends what others wrote; it goes on with its own
stories only while it is quiet. A single team would be on support for good.
"""

from sim.policy import INTERRUPT, QUEUE, Parameter, Policy


def on_duty(developer, sprint, p):
    return developer.team == sprint.number // p.sprints % sprint.teams


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= p.preempt_severity else QUEUE


def takes(developer, incident, p):
    return developer.on_duty == 1


policy = Policy(
    id="team-rotation",
    title="Duty team",
    about=__doc__,
    parameters={
        "sprints": Parameter(1, "sprints", 1, 26, "that a team stays on support"),
        "preempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse take people off lesser incidents"
        ),
    },
    queue="organisation",
    on_duty=on_duty,
    route=route,
    takes=takes,
)
