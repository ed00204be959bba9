"""A person or two of each team are on support, by turns.

Practice: for some sprints one or more developers of each team take whatever comes in; then the next
ones' turn comes, with a hand-over. Whoever is ill is stood in for. While it is quiet they work on what
lowers the load, and then on stories. Known as firefighter, goalie, point or batman.
Argued by: Google's SRE book, ch. 29 (a person is on projects or on interrupts), and many teams.
Cost: the people on duty deliver fewer stories, and a hand-over at every change; one person is not
always as many as are needed.
"""

from sim.policy import INTERRUPT, QUEUE, Parameter, Policy


def on_duty(developer, sprint, p):
    if p.of_organisation:
        place = developer.rank - sprint.number // p.sprints * p.people
        return place % sprint.organisation < p.people
    return developer.turn < p.people


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= p.preempt_severity else QUEUE


def takes(developer, incident, p):
    return developer.on_duty == 1 and (p.of_organisation == 1 or developer.team == incident.team)


policy = Policy(
    id="developer-rotation",
    title="Duty developer",
    about=__doc__,
    parameters={
        "people": Parameter(1, "people", 1, 5000, "on support at a time", of_team=True),
        "sprints": Parameter(1, "sprints", 1, 26, "that a turn lasts"),
        "of_organisation": Parameter(0, "switch", 0, 1, "1: of all teams together, not of each"),
        "preempt_severity": Parameter(
            1, "severity", 0, 5, "this severity and worse take them off lesser incidents"
        ),
    },
    turns_last="sprints",
    on_duty=on_duty,
    route=route,
    takes=takes,
)
