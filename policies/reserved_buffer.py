"""Capacity is kept back at planning for what will come.

Practice: the team commits only part of its capacity. Incidents that fit the unspent reserve are
taken by the next developer who gets free; those beyond it wait for the next planning. The worst
severities interrupt at once, and are charged to the reserve too.
Argued by: most Scrum coaches ("plan 80 %"), and Thoughtworks' Technology Radar of April 2023.
Cost: a reserve that is not needed is not delivered; one too small turns into deferral.
"""

from sim.policy import DEFER, INTERRUPT, QUEUE, Parameter, Policy


def reserve(team, sprint, p):
    return team.capacity * p.share // 1000


def route(incident, team, now, p):
    if incident.severity <= p.exempt_severity:
        return INTERRUPT
    if incident.expected <= team.reserve_left:
        return QUEUE
    return DEFER


policy = Policy(
    id="reserved-buffer",
    title="Keep capacity in reserve",
    about=__doc__,
    parameters={
        "share": Parameter(0.2, "share", 0, 1, "of the sprint's capacity kept back at planning"),
        "exempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse interrupt whatever is left; 0: none"
        ),
    },
    reserve=reserve,
    route=route,
)
