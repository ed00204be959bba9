"""Everything unplanned waits for the next planning.

Practice: the sprint is closed. Whatever comes in goes to the product owner, is put at the top of
the next sprint's backlog, and is committed before any story.
Argued by: Scrum purists, and teams that have been interrupted once too often.
Cost: an incident waits half a sprint on average before anybody looks at it, whatever its severity.
"""

from sim.policy import DEFER, Policy


def route(incident, team, now, p):
    return DEFER


policy = Policy(id="next-sprint", title="Put it in the next sprint", about=__doc__, route=route)
