"""Who leaves for good, and who joins in their place."""

from __future__ import annotations

from sim.engine.model import night_calls, work
from sim.engine.model.clock import World
from sim.engine.model.state import AWAY, ON_CALL, RESTING, Developer
from sim.engine.model.teams import Team
from sim.engine.rules import chance_of_leaving
from sim.engine.states import NEVER, Rank
from sim.engine.trace import EventType


def let_go(w: World, developer: Developer) -> None:
    """Have a developer be away; whatever they held is free for others to take up."""
    if developer.activity == ON_CALL:
        night_calls.leave_call(w, developer)
        work.release(w, developer)
    elif developer.activity == RESTING:
        w.log(EventType.REST_ENDED, developer=developer.id, team=developer.team)
        work.release(w, developer)
    else:
        work.put_down(w, developer)
    work.hand_back(w, developer)
    work.set_busy(w, developer, AWAY, NEVER)
    developer.ceremony_debt, developer.rest_due = 0, 0


def let_leave(w: World, team: Team) -> None:
    """Have those of a team leave for good, as it plans, whose uniform number lies below their chance."""
    if not w.rules.departures:
        return
    for developer in team.developers:
        uniform = int(w.path.leaves[developer.id, team.sprint])
        chance = chance_of_leaving(w.rules, developer.sprints_on_duty, developer.sprints_here)
        if developer.present and developer.activity != ON_CALL and uniform < chance:
            leave_for_good(w, developer)


def leave_for_good(w: World, developer: Developer) -> None:
    """Have a developer go; whatever they held is free for others, and their place is vacant for a while."""
    let_go(w, developer)
    developer.vacant = True
    w.log(EventType.LEFT_FOR_GOOD, developer=developer.id, team=developer.team)
    w.at(w.now + w.rules.vacancy, Rank.JOIN, developer, w.join)


def join(w: World, developer: Developer) -> None:
    """Have somebody new take a vacant place: without experience, and on their way to a veteran's worth."""
    developer.vacant, developer.joined = False, w.now
    developer.support_time = developer.other_team_time = 0
    developer.sprints_here = developer.sprints_on_duty = 0
    work.set_free(w, developer)
    w.log(EventType.JOINED, developer=developer.id, team=developer.team)


def count_sprint(team: Team) -> None:
    """Count, for everybody present, a sprint, and whether it is one on duty."""
    for developer in team.developers:
        developer.sprints_here += developer.present
        developer.sprints_on_duty += developer.present and developer.on_duty
