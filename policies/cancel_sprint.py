"""Above a trigger the sprint is abandoned, and everybody swarms.

Practice: when something bad enough comes in, or when so much has come in that the plan is fiction, the
team drops the sprint, works off the incidents and plans what is left of the time anew. By the Scrum
Guide 2020 only the product owner may cancel a sprint, and only because its goal has become obsolete;
an incident alone does not qualify, so this deviates from it.
Argued by: those who want honesty about a plan that no longer holds.
Cost: progress on unfinished stories is partly lost, the whole team plans again.
"""

from sim.policy import CANCEL, INTERRUPT, QUEUE, Parameter, Policy


def route(incident, team, now, p):
    if incident.severity <= p.cancel_severity or (
        team.capacity > 0 and team.unplanned * 1000 > team.capacity * p.cancel_share
    ):
        return CANCEL
    return INTERRUPT if incident.severity <= 2 else QUEUE


policy = Policy(
    id="cancel-sprint",
    title="Cancel and replan",
    about=__doc__,
    parameters={
        "cancel_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse cancel the sprint; 0: none"
        ),
        "cancel_share": Parameter(
            0.5, "share", 0, 5, "of the sprint's capacity, unplanned work beyond which cancels"
        ),
    },
    route=route,
)
