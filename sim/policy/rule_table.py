"""The rules of a composition as whole numbers, and the decisions that read them.

They lie in the record of parameters, in the same places for every composition: what is compiled is compiled
once for all.
"""

from __future__ import annotations

from typing import Protocol

from sim.policy.contract import DEFER, INCIDENT_FIRST, NOTHING_NEW, labelled
from sim.policy.history import covering_load, people_by_load
from sim.policy.views import DeveloperView, IncidentView, SprintView, TeamView
from sim.scenario.compositions import MAX_RULES, MAX_TIMES

DAY = 24 * 3_600


class Numbers(Protocol):
    """The record of a composition: its numbers by name or by place."""

    def __getattr__(self, name: str, /) -> int: ...

    def __getitem__(self, place: int, /) -> int: ...


NOBODY, OF_TEAM, OF_ORGANISATION, OF_TEAMS = 0, 1, 2, 3
"""Of whom those on duty are taken."""

TEAM, ANYONE, DUTY, TURN = 0, 1, 2, 3
"""Who may work on what a rule is for."""

EITHER, YES, NO = 0, 1, 2
"""What a rule asks of something that is so or not."""

FITS, LASTS = 1, 2
"""What a rule asks of the reserve: that it holds the incident, or that anything is left."""

GENERAL = (
    "improvement_share",
    "quiet",
    "share",
    "quantile",
    "sprints",
    "for_absence",
    "duty",
    "people",
    "turn_sprints",
    "most",
    "useful",
    "debt_share",
    "support_wip_limit",
    "wip_limit",
    "time_box",
    "rules",
)
"""The numbers of a composition as a whole, in the record."""

KINDS_IN_WORD, KIND_WORDS = 50, 4
"""Kinds stand in sets of a bit each; a scenario has up to 200."""

OF_A_RULE = (
    "severities",
    *(f"kinds_{word}" for word in range(KIND_WORDS)),
    "closed",
    "over",
    "outgrown",
    "action",
    "who",
    "together",
    "reserve",
    "times",
    "hand_over",
)
"""The numbers of a rule."""

TIMES_AT = len(GENERAL)
RULES_AT = TIMES_AT + MAX_TIMES
WIDTH = len(OF_A_RULE)

(SEVERITIES, KINDS, CLOSED, OVER, OUTGROWN, ACTION, WHO, TOGETHER, RESERVE, TIMES, HAND_OVER) = (
    OF_A_RULE.index(name)
    for name in ("severities", "kinds_0", "closed", "over", "outgrown", "action", "who", "together",
                 "reserve", "times", "hand_over")
)  # fmt: skip

FIELDS = (
    *GENERAL,
    *(f"time_{place}" for place in range(MAX_TIMES)),
    *(f"rule_{rule}_{name}" for rule in range(MAX_RULES) for name in OF_A_RULE),
)

EVERYTHING = -1
"""A set with all in it."""

NO_LIMIT = -1


def on_duty(developer: DeveloperView, sprint: SprintView, p: Numbers) -> bool:
    """Whether somebody serves support, as `duty` says."""
    if p.duty == OF_TEAM:
        if p.turn_sprints == 0:
            return developer.seat < p.people
        return developer.turn < max(sprint.level, p.people)
    if p.duty == OF_ORGANISATION:
        if p.turn_sprints == 0:
            return developer.rank < p.people
        place = developer.rank - sprint.number // p.turn_sprints * p.people
        return place % sprint.organisation < p.people
    if p.duty == OF_TEAMS:
        return developer.team == sprint.number // p.turn_sprints % sprint.teams
    return False


def review(team: TeamView, sprint: SprintView, p: Numbers) -> int:
    """How many are to be on duty, where `most` lets the load decide."""
    if p.most == 0:
        return team.level
    return people_by_load(team, sprint, p.people, p.most, p.useful)


def improve(team: TeamView, sprint: SprintView, p: Numbers) -> int:
    """What goes to improvements: more while more are on duty than usual."""
    share = p.debt_share if p.most > 0 and p.people < team.level else p.improvement_share
    return team.capacity * share // 1000


def reserve(team: TeamView, sprint: SprintView, p: Numbers) -> int:
    """What is kept back from stories, as `reserve` says."""
    kept = team.capacity * p.share // 1000
    if p.quantile > 0:
        covering = covering_load(sprint, p.sprints, p.quantile)
        kept = kept if covering < 0 else covering
    return kept + (team.capacity - kept) * sprint.absence * p.for_absence // 1000


def route(incident: IncidentView, team: TeamView, now: int, p: Numbers) -> int:
    """What the first rule says that matches, with its number as label."""
    for rule in range(p.rules):
        at = RULES_AT + rule * WIDTH
        if is_for(incident, at, p) and suits(team, at, p):
            return labelled(action_of(incident, team, now, at, p), rule + 1)
    return DEFER


def is_for(incident: IncidentView, at: int, p: Numbers) -> bool:
    """Whether a rule is for such an incident."""
    word = p[at + KINDS + incident.kind // KINDS_IN_WORD]
    return (
        p[at + SEVERITIES] >> incident.severity & 1 == 1
        and word >> incident.kind % KINDS_IN_WORD & 1 == 1
        and (p[at + OUTGROWN] == EITHER or (p[at + OUTGROWN] == YES) == (incident.outgrown == 1))
    )


def suits(team: TeamView, at: int, p: Numbers) -> bool:
    """Whether a rule is for such a moment."""
    if p[at + CLOSED] != EITHER and (p[at + CLOSED] == YES) != (team.closed == 1):
        return False
    over = p[at + OVER]
    return over == NO_LIMIT or (team.capacity > 0 and team.unplanned * 1000 > team.capacity * over)


def action_of(incident: IncidentView, team: TeamView, now: int, at: int, p: Numbers) -> int:
    """What a rule says is to be done, as far as the reserve goes and the time of day has come."""
    if p[at + RESERVE] == FITS and incident.expected > team.reserve_left:
        return DEFER
    if p[at + RESERVE] == LASTS and team.reserve_left <= 0:
        return DEFER
    if p[at + TIMES] == 0:
        return p[at + ACTION]
    for place in range(MAX_TIMES):
        if p[at + TIMES] >> place & 1 == 1 and p[TIMES_AT + place] == now % DAY:
            return p[at + ACTION]
    return DEFER


def rule_at(incident: IncidentView, p: Numbers) -> int:
    """Where the rule stands that an incident has met; -1: it has met none."""
    if incident.label > 0:
        return RULES_AT + (incident.label - 1) * WIDTH
    for rule in range(p.rules):
        at = RULES_AT + rule * WIDTH
        if p[at + CLOSED] == EITHER and p[at + OVER] == NO_LIMIT and is_for(incident, at, p):
            return at
    return -1


def takes(developer: DeveloperView, incident: IncidentView, p: Numbers) -> bool:
    """Whether somebody is of those whom the rule is for."""
    at = rule_at(incident, p)
    who = TEAM if at < 0 else p[at + WHO]
    own = developer.team == incident.team
    if who == ANYONE:
        return True
    if who == DUTY:
        return developer.on_duty == 1 and (own or p.duty != OF_TEAM)
    if who == TURN:
        return own and (developer.turn == 0 or incident.deferrals > 0)
    return own


def people(incident: IncidentView, p: Numbers) -> int:
    """How many the rule has work on it together."""
    at = rule_at(incident, p)
    together = 0 if at < 0 else p[at + TOGETHER]
    return incident.people if together == 0 else together


def shift(incident: IncidentView, developer: DeveloperView, now: int, p: Numbers) -> bool:
    """Whether the rule has it handed over at closing time."""
    at = rule_at(incident, p)
    return at >= 0 and p[at + HAND_OVER] == 1


def next_work(developer: DeveloperView, team: TeamView, p: Numbers) -> int:
    """Nothing new beyond the limits of work in progress."""
    of_support = p.people * p.support_wip_limit
    if developer.on_duty and 0 < of_support <= team.support_in_progress * 1000:
        return NOTHING_NEW
    if p.wip_limit > 0 and team.in_progress * 1000 >= team.present * p.wip_limit:
        return NOTHING_NEW
    return INCIDENT_FIRST
