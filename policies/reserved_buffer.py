"""Capacity is kept back at planning for what will come.

Practice: the team commits only part of its capacity: a fixed share, or as much as came in the last
sprints at a chosen quantile, and perhaps what absence is likely to cost. Incidents that fit the unspent
reserve are taken by the next developer who gets free; those beyond it wait for the next planning. The
worst severities interrupt at once, and are charged to the reserve too.
Argued by: most Scrum coaches ("plan 80 %"), and Thoughtworks' Technology Radar of April 2023.
Cost: a reserve that is not needed is not delivered; one too small turns into deferral.
"""

from sim.policy import DEFER, INTERRUPT, LOADS, QUEUE, Parameter, Policy


def reserve(team, sprint, p):
    kept = team.capacity * p.share // 1000
    if p.quantile > 0 and sprint.history > 0:
        kept = -1
        for ago in range(sprint.history):  # the least load that so many sprints did not exceed
            load, below = sprint[LOADS + ago], 0
            for other in range(sprint.history):
                below += sprint[LOADS + other] <= load
            if below * 1000 >= p.quantile * sprint.history and (kept < 0 or load < kept):
                kept = load
    return kept + (team.capacity - kept) * sprint.absence * p.for_absence // 1000


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
        "quantile": Parameter(
            0, "share", 0, 1, "of the last sprints whose load the reserve covers; 0: use the share"
        ),
        "for_absence": Parameter(0, "switch", 0, 1, "1: keep back what absence is likely to cost"),
        "exempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse interrupt whatever is left; 0: none"
        ),
    },
    reserve=reserve,
    route=route,
)
