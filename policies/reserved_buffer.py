"""Capacity is kept back at planning for what will come.

Practice: the team commits only part of its capacity: a fixed share, or as much as covers a chosen share of
sprints, to judge by the last ones (where too few are known to say so, the fixed share; 80 % needs 4
sprints, 90 % 9, 95 % 19), and perhaps what absence is likely to cost. Incidents that fit the unspent
reserve are taken by the next developer who gets free; those beyond it wait for the next planning. The
worst severities interrupt at once, and are charged to the reserve too.
Argued by: most Scrum coaches ("plan 80 %"), and Thoughtworks' Technology Radar of April 2023.
Cost: a reserve that is not needed is not delivered; one too small turns into deferral.
"""

from sim.policy import DEFER, INTERRUPT, QUEUE, Parameter, Policy, covering_load


def reserve(team, sprint, p):
    kept = team.capacity * p.share // 1000
    if p.quantile > 0:
        covering = covering_load(sprint, p.sprints, p.quantile)
        kept = kept if covering < 0 else covering  # too few are known
    return kept + (team.capacity - kept) * sprint.absence * p.for_absence // 1000


def route(incident, team, now, p):
    if incident.severity <= p.exempt_severity:
        return INTERRUPT
    if incident.expected <= team.reserve_left:
        return QUEUE
    return DEFER


policy = Policy(
    id="reserved-buffer",
    title="Reserve",
    about=__doc__,
    parameters={
        "share": Parameter(0.2, "share", 0, 1, "of the sprint's capacity kept back at planning"),
        "quantile": Parameter(
            0, "share", 0, 1, "of sprints that the reserve is to cover, by the last; 0: the share"
        ),
        "sprints": Parameter(20, "sprints", 1, 20, "the last ones that the quantile looks at"),
        "for_absence": Parameter(0, "switch", 0, 1, "1: keep back what absence is likely to cost"),
        "exempt_severity": Parameter(
            1,
            "severity",
            0,
            5,
            "this severity and worse interrupt whatever is left; 0: none",
            exempts=True,
        ),
    },
    reserve=reserve,
    route=route,
)
