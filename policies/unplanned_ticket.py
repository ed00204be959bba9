"""One ticket in every sprint stands for all that is unplanned.

Practice: each sprint has one open ticket, 5 to 10 % of it or half a person-day. Whoever's turn it is
in the team is the first contact and books small things on it. What takes longer than an hour or two
becomes a full ticket of its own and is planned next sprint; the worst severities go on.
Argued by: teams that want the unplanned on the board without planning for it.
Cost: one person is interrupted a lot, and what is not small is started twice.
"""

from sim.policy import DEFER, INTERRUPT, QUEUE, Parameter, Policy


def reserve(team, sprint, p):
    return team.capacity * p.share // 1000


def route(incident, team, now, p):
    if incident.severity <= p.exempt_severity:
        return INTERRUPT
    if incident.outgrown or team.reserve_left <= 0:
        return DEFER
    return QUEUE


def takes(developer, incident, p):
    if developer.team != incident.team:
        return False
    small = incident.severity > p.exempt_severity and incident.deferrals == 0
    return developer.turn == 0 or not small


policy = Policy(
    id="unplanned-ticket",
    title="Catch-all ticket",
    about=__doc__,
    parameters={
        "share": Parameter(0.1, "share", 0, 1, "of the sprint's capacity that the ticket holds"),
        "limit": Parameter(2, "hours", 0.25, 40, "after which it becomes a ticket of its own"),
        "exempt_severity": Parameter(
            1,
            "severity",
            0,
            5,
            "this severity and worse interrupt and go on; 0: none",
            exempts=True,
        ),
    },
    time_box="limit",
    reserve=reserve,
    route=route,
    takes=takes,
)
