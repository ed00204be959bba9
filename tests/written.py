"""Policies as a researcher writes them: each says in few lines what no parameter of a shipped one does."""

from __future__ import annotations

from sim.policy import (
    ARRIVED,
    DEFER,
    INTERRUPT,
    LATER,
    QUEUE,
    STARTED,
    Parameter,
    Policy,
    labelled,
)

HOUR = 3_600
DAY = 24 * HOUR
LOOKS = ("10:00", "15:00")


def interrupt(incident, team, now, p):
    return INTERRUPT


def queue(incident, team, now, p):
    return QUEUE


def guard_for_the_worst(incident, team, now, p):
    return INTERRUPT if incident.severity == 1 else QUEUE


def first_in_turn(developer, sprint, p):
    return developer.turn == 0


def duty_alone(developer, incident, p):
    return developer.on_duty == 1 and developer.team == incident.team


def by_kind(incident, team, now, p):
    if incident.kind == p.audits:
        return DEFER
    if incident.severity <= 2:
        return INTERRUPT
    return QUEUE if incident.expected <= team.reserve_left else DEFER


def by_kind_takes(developer, incident, p):
    dutys = incident.kind != p.audits and incident.severity <= 2
    return developer.team == incident.team and developer.on_duty == dutys


def a_tenth(team, sprint, p):
    return team.capacity // 10


def at_ten_and_three(incident, team, now, p):
    if incident.severity == 1:
        return INTERRUPT
    return QUEUE if now % DAY in (10 * HOUR, 15 * HOUR) else DEFER


def small_ones(developer, story, team, p):
    return developer.on_duty == 0 or story.points <= p.points


def two_on_the_worst(incident, p):
    return 2 if incident.severity == 1 else incident.people


def busy_or_quiet(team, event, incident, waited, now, p):
    if team.waiting >= 3:
        return 1
    return 0 if team.waiting <= 1 else team.level


def while_busy(incident, team, now, p):
    return INTERRUPT if team.level or incident.severity == 1 else QUEUE


def the_skilled_take(developer, incident, p):
    own = developer.team == incident.team
    return own and (incident.kind != p.needs_skill or developer.seat < p.skilled)


def a_coin(incident, team, now, p):
    return INTERRUPT if incident.chance < p.heads else QUEUE


def smoothed(team, event, incident, waited, now, p):
    return (team.level * 7 + waited) // 8 if event == STARTED else team.level


def while_slow(incident, team, now, p):
    return INTERRUPT if team.level > 8 * HOUR else QUEUE


def cost_of_waiting(incident, now, p):
    return -(incident.cost * 1_000 // max(1, incident.expected))


def hand_over_what_is_long(incident, developer, now, p):
    return incident.expected > HOUR and developer.turn % 2 == 0


def within_the_budget(incident, team, now, p):
    if team.broken > p.budget:
        return INTERRUPT
    return QUEUE if incident.respond_by < LATER and not team.closed else DEFER


def arrivals(team, event, incident, waited, now, p):
    return team.level + 1 if event == ARRIVED else team.level


def marked(incident, team, now, p):
    return labelled(QUEUE if team.waiting < 2 else INTERRUPT, team.waiting % 5)


def the_marked_one(developer, incident, p):
    return developer.team == incident.team and (incident.label + developer.seat) % 2 == 0


def a_story_in_three(developer, story, team, p):
    return (story.id + developer.seat + story.begun) % 3 != 0


POINTS = {"points": Parameter(2, "items", 0, 100, "a story on duty may have")}

WRITTEN = (
    Policy(
        id="hybrid-by-kind",
        on_duty=first_in_turn,
        reserve=a_tenth,
        route=by_kind,
        takes=by_kind_takes,
        parameters={"audits": Parameter("kind 0", "kind", about="which wait for the planning")},
    ),
    Policy(id="earliest-due-date", route=queue, rank=lambda incident, now, p: incident.respond_by),
    Policy(id="twice-a-day", route=at_ten_and_three, looks_at=LOOKS),
    Policy(
        id="small-stories-on-duty",
        on_duty=first_in_turn,
        route=guard_for_the_worst,
        takes=duty_alone,
        picks=small_ones,
        parameters=POINTS,
    ),
    Policy(id="two-on-the-worst", route=interrupt, people=two_on_the_worst),
    Policy(id="hysteresis", route=while_busy, note=busy_or_quiet),
    Policy(
        id="skills",
        route=guard_for_the_worst,
        takes=the_skilled_take,
        parameters={
            "needs_skill": Parameter("kind 0", "kind", about="which needs it"),
            "skilled": Parameter(1, "people", 0, 99, "of each team who have it"),
        },
    ),
    Policy(
        id="coin",
        route=a_coin,
        parameters={"heads": Parameter(0.3, "share", 0, 1, "that interrupt")},
    ),
    Policy(id="learns-from-responses", route=while_slow, note=smoothed),
    Policy(id="c-mu", route=guard_for_the_worst, rank=cost_of_waiting, takes=lambda d, i, p: True),
)
"""What a researcher tried: one decision of each is what the others cannot do."""

MORE = (
    Policy(id="hands-over", route=interrupt, shift=hand_over_what_is_long),
    Policy(
        id="error-budget",
        route=within_the_budget,
        looks_at=("09:30", "12:00", "23:00"),
        parameters={"budget": Parameter(0.2, "share", 0, 1, "of promises that may be broken")},
    ),
    Policy(id="labels", route=marked, takes=the_marked_one, note=arrivals),
    Policy(
        id="everything-of-the-second-version",
        queue="organisation",
        on_duty=first_in_turn,
        reserve=a_tenth,
        route=lambda incident, team, now, p: labelled(
            (DEFER, QUEUE, INTERRUPT, 4, 5)[(incident.chance + team.level) % 5], 3
        ),
        takes=lambda developer, incident, p: (developer.seat + incident.label) % 2 == 1,
        rank=lambda incident, now, p: (incident.resolve_by - now) // HOUR % 7,
        picks=a_story_in_three,
        people=lambda incident, p: 1 + incident.chance % 3,
        note=lambda team, event, incident, waited, now, p: (team.level + event + waited) % 4,
        shift=hand_over_what_is_long,
        looks_at=LOOKS,
    ),
)
"""The rest of what the contract holds, and all of it at once."""
