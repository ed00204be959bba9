"""Urgent work enters the running sprint, and as much work leaves it.

Practice: the product owner and the team renegotiate the sprint backlog: everybody meets, the incident
is committed, and stories that nobody has begun and that are at least as large go back. Where too few
are left, and for lesser severities, it waits for the next planning.
Argued by: the Scrum Guide 2020 itself ("scope may be clarified and renegotiated").
Cost: a meeting of the whole team each time, and a plan that changes under one's feet.
"""

from sim.policy import DEFER, INTERRUPT, SWAP, Parameter, Policy


def route(incident, team, now, p):
    if incident.severity <= p.interrupt_severity:
        return INTERRUPT
    if incident.severity <= p.swap_severity and team.unstarted >= incident.expected:
        return SWAP
    return DEFER


policy = Policy(
    id="swap-in",
    title="Story swap",
    about=__doc__,
    parameters={
        "swap_severity": Parameter(2, "severity", 0, 5, "this severity and worse are swapped in"),
        "interrupt_severity": Parameter(
            1,
            "severity",
            0,
            5,
            "this severity and worse do not wait for a meeting; 0: none",
            exempts=True,
        ),
    },
    route=route,
)
