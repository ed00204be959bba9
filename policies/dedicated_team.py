"""A support team, staffed from the Scrum teams, takes everything.

Practice: some developers leave their teams' sprints for good and pull incidents of all teams from
one queue, worst first. Nobody else is ever interrupted. One of the worst severities takes a
supporter from a lesser incident.
Argued by: managers who want one address for customers and quiet for the rest.
Cost: the people taken deliver no stories, busy or not; most incidents are not in code they know.
"""

from sim.policy import INTERRUPT, QUEUE, Parameter, Policy


def on_duty(developer, sprint, p):
    return developer.rank < p.people


def route(incident, team, now, p):
    if incident.severity <= p.preempt_severity:
        return INTERRUPT
    return QUEUE


def takes(developer, incident, p):
    return developer.on_duty == 1


policy = Policy(
    id="dedicated-team",
    title="Found a support team",
    about=__doc__,
    parameters={
        "people": Parameter(5, "people", 1, 5000, "developers in the support team"),
        "preempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse take a supporter off lesser incidents"
        ),
    },
    queue="organisation",
    on_duty=on_duty,
    route=route,
    takes=takes,
)
