"""Whoever is best placed drops everything.

Practice: none; it is how teams work before they choose one. Each incident goes at once to somebody
of its own team: one who is free, else one in a meeting, else the one who began a story last, else
one on a lesser incident. When all of them are on incidents as bad, the next team is asked.
Argued by: nobody, but customers like it.
Cost: every interruption loses time twice, at the switch and at the return, and no plan holds.
"""

from sim.policy import INTERRUPT, QUEUE, Parameter, Policy


def route(incident, team, now, p):
    if incident.severity <= p.least_severity:
        return INTERRUPT
    return QUEUE


def takes(developer, incident, p):
    return True


policy = Policy(
    id="interrupt-anyone",
    title="Interrupt anyone",
    about=__doc__,
    parameters={
        "least_severity": Parameter(
            5,
            "severity",
            1,
            5,
            "this severity and worse interrupt; the rest wait for a free developer",
        ),
    },
    route=route,
    takes=takes,
)
