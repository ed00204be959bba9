"""As many are on support as the load asks for; while it is high, debt work brings it down.

Practice: one of seven is on duty. When more comes in than one can do, two are, by the team's review at
the end of the sprint; and some of what is left of its velocity goes to the causes. When the load has
fallen, the second goes back to stories, and the velocity with them.
Argued by: teams that let the numbers decide; the worked example of the original discussion.
Cost: it follows the load with a sprint's delay, and stories pay for the improvements at first.
"""

from sim.policy import INTERRUPT, QUEUE, Parameter, Policy, people_by_load


def review(team, sprint, p):
    return people_by_load(team, sprint, p.fewest, p.most, p.useful)


def on_duty(developer, sprint, p):
    return developer.turn < max(sprint.level, p.fewest)


def improve(team, sprint, p):
    share = p.debt_share if team.level > p.fewest else p.improvement_share
    return team.capacity * share // 1000


def route(incident, team, now, p):
    return INTERRUPT if incident.severity == 1 else QUEUE


def takes(developer, incident, p):
    return developer.on_duty == 1 and developer.team == incident.team


policy = Policy(
    id="adaptive-rotation",
    title="Flexible duty",
    about=__doc__,
    parameters={
        "fewest": Parameter(1, "people", 1, 5000, "on support in a quiet sprint", of_team=True),
        "most": Parameter(2, "people", 1, 5000, "on support in a busy one", of_team=True),
        "useful": Parameter(0.6, "share", 0.05, 1, "of a person's time that support can fill"),
        "debt_share": Parameter(
            0.2, "share", 0, 1, "of capacity for improvements while it is high"
        ),
    },
    review=review,
    on_duty=on_duty,
    improve=improve,
    route=route,
    takes=takes,
)
