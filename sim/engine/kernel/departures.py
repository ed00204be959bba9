"""Who leaves for good, and who joins in their place."""

from __future__ import annotations

from sim.engine.kernel.events import log, push
from sim.engine.kernel.night_calls import leave_call
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.work import hand_back, put_down, release, set_busy
from sim.engine.rules import chance_of_leaving
from sim.engine.states import NEVER, Activity, Rank
from sim.engine.trace import EventType


def let_go(w: WorldTables, developer: int) -> None:
    """Have a developer be away; whatever they held is free for others to take up."""
    row = w.developers[developer]
    if row.activity == Activity.ON_CALL:
        leave_call(w, developer)
        release(w, developer)
    elif row.activity == Activity.RESTING:
        log(w, EventType.REST_ENDED, -1, developer, row.team, 0)
        release(w, developer)
    else:
        put_down(w, developer)
    hand_back(w, developer)
    set_busy(w, developer, Activity.AWAY, NEVER)
    row.ceremony_debt = 0
    row.rest_due = 0


def let_leave(w: WorldTables, team: int) -> None:
    """Have those of a team leave for good, as it plans, whose uniform number lies below their chance."""
    if not w.rules.departures:
        return
    sprints, sprint = w.rules.plannings - 1, w.teams[team].sprint
    for developer in range(w.teams[team].first, w.teams[team].last):
        row, person = w.developers[developer], w.persons[developer]
        if row.activity == Activity.AWAY or row.activity == Activity.ON_CALL:
            continue
        chance = chance_of_leaving(w.rules, person.sprints_on_duty, person.sprints_here)
        if w.departures[developer * sprints + sprint] < chance:
            leave_for_good(w, developer)


def leave_for_good(w: WorldTables, developer: int) -> None:
    """Have a developer go; whatever they held is free for others, and their place is vacant for a while."""
    let_go(w, developer)
    w.persons[developer].vacant = 1
    log(w, EventType.LEFT_FOR_GOOD, -1, developer, w.developers[developer].team, 0)
    push(w, w.run.now + w.rules.vacancy, Rank.JOIN, developer)


def take_place(w: WorldTables, developer: int) -> None:
    """Have somebody new take a vacant place: without experience, and on their way to a veteran's worth."""
    row, person = w.developers[developer], w.persons[developer]
    row.support_time = 0
    row.other_team_time = 0
    person.vacant = 0
    person.joined = w.run.now
    person.sprints_here = 0
    person.sprints_on_duty = 0
    set_busy(w, developer, Activity.FREE, NEVER)
    log(w, EventType.JOINED, -1, developer, row.team, 0)


def count_sprint(w: WorldTables, team: int) -> None:
    """Count, for everybody present, a sprint, and whether it is one on duty."""
    if not w.rules.departures:
        return
    for developer in range(w.teams[team].first, w.teams[team].last):
        row, person = w.developers[developer], w.persons[developer]
        if row.activity != Activity.AWAY:
            person.sprints_here += 1
            person.sprints_on_duty += row.on_duty
