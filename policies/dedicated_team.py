"""A support team, staffed from the Scrum teams, takes everything.

Practice: some developers leave their teams' sprints for good and pull incidents of all teams from
one queue, worst first, no more at a time than the limit allows. Nobody else is ever interrupted. One
of the worst severities takes a supporter from a lesser incident. While it is quiet they work on what
lowers the load, and then on stories of the team they came from.
Argued by: managers who want one address for customers and quiet for the rest.
Cost: the people taken deliver fewer stories; most incidents are not in code they know.
"""

from sim.policy import INCIDENT_FIRST, INTERRUPT, NOTHING_NEW, QUEUE, Parameter, Policy


def on_duty(developer, sprint, p):
    return developer.rank < p.people


def route(incident, team, now, p):
    if incident.severity <= p.preempt_severity:
        return INTERRUPT
    return QUEUE


def takes(developer, incident, p):
    return developer.on_duty == 1


def next_work(developer, team, p):
    if developer.on_duty and team.support_in_progress * 1000 >= p.people * p.wip_limit:
        return NOTHING_NEW
    return INCIDENT_FIRST


policy = Policy(
    id="dedicated-team",
    title="Support team",
    about=__doc__,
    parameters={
        "people": Parameter(
            0, "people", 0, 5000, "developers in the support team; 0: as many as the load needs"
        ),
        "wip_limit": Parameter(
            2, "share", 0.1, 10, "incidents in progress per supporter beyond which none is begun"
        ),
        "preempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse take a supporter off lesser incidents"
        ),
    },
    sized="people",
    queue="organisation",
    on_duty=on_duty,
    route=route,
    takes=takes,
    next_work=next_work,
)
