"""Everything unplanned waits for the next planning, but for the worst.

Practice: the sprint is closed. Whatever comes in goes to the product owner, is put at the top of
the next sprint's backlog, and is committed before any story. The worst severity does not wait: no team
leaves an outage for a week.
Argued by: Scrum purists, and teams that have been interrupted once too often.
Cost: an incident waits half a sprint on average before anybody looks at it.
"""

from sim.policy import DEFER, INTERRUPT, Parameter, Policy


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= p.exempt_severity else DEFER


policy = Policy(
    id="next-sprint",
    title="Next sprint",
    about=__doc__,
    parameters={
        "exempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse interrupt; 0: none", exempts=True
        ),
    },
    route=route,
)
