"""Meetings: the Scrum events, those in the middle of the week, and what comes up."""

from __future__ import annotations

from sim.engine.kernel.events import log, push, request_dispatch
from sim.engine.kernel.hours import finish, hours_of
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.work import is_elsewhere, is_new, pause, set_busy, stop_improving, time_left
from sim.engine.states import Activity, Hand, Rank
from sim.engine.trace import EventType
from sim.sampling.organisation import MILLE


def attend(w: WorldTables, developer: int, duration: int) -> None:
    """Have a developer attend Scrum events of so many working seconds; the item in hand stays in
    hand and costs nothing to go on with."""
    row = w.developers[developer]
    if row.activity == Activity.AWAY or is_elsewhere(w, developer) or duration == 0:
        return
    if row.activity == Activity.CEREMONY:
        log(w, EventType.CEREMONY_ENDED, -1, developer, row.team, 0)
    elif row.hand != Hand.NOTHING:
        pause(w, developer, 0)
    meet(w, developer, duration)


def meet(w: WorldTables, developer: int, duration: int) -> None:
    """Begin a meeting of so many working seconds; nothing is owed any longer of one that was cut
    short."""
    w.developers[developer].ceremony_debt = 0
    log(w, EventType.CEREMONY_BEGAN, -1, developer, w.developers[developer].team, 0)
    until = finish(w, hours_of(w, developer), duration)
    set_busy(w, developer, Activity.CEREMONY, until)


def meet_meanwhile(w: WorldTables, developer: int, duration: int, cost: int) -> None:
    """Have a developer attend a meeting in the middle of work, whose item grows by `cost`; a meeting under
    way grows by it."""
    row = w.developers[developer]
    if row.activity == Activity.AWAY or is_elsewhere(w, developer) or duration == 0:
        return
    stop_improving(w, developer)
    if row.activity == Activity.CEREMONY:
        duration += time_left(w, developer)
        log(w, EventType.CEREMONY_ENDED, -1, developer, row.team, 0)
    elif row.hand != Hand.NOTHING:
        pause(w, developer, cost)
    meet(w, developer, duration + row.ceremony_debt)


def push_meeting(w: WorldTables, team: int) -> None:
    """Schedule a team's next meeting in the middle of a week, if there is one."""
    if not w.rules.weekly:
        return
    row, weeks = w.more_of_teams[team], len(w.meetings) // w.rules.teams
    while row.meeting < weeks and w.meetings[team * weeks + row.meeting] < 0:
        row.meeting += 1
    if row.meeting < weeks:
        push(w, w.meetings[team * weeks + row.meeting], Rank.MEET, team)


def meet_weekly(w: WorldTables, team: int) -> None:
    """Hold the meeting in the middle of a week: everybody refines, and for each who is new a veteran, by
    turns, gives a share of the week."""
    row, week = w.teams[team], w.more_of_teams[team].meeting
    w.more_of_teams[team].meeting += 1
    push_meeting(w, team)
    veterans, new = 0, 0
    for developer in range(row.first, row.last):
        meet_meanwhile(w, developer, w.rules.refinement, 0)
        if w.developers[developer].activity != Activity.AWAY:
            is_newcomer = is_new(w, developer)
            new += is_newcomer
            veterans += not is_newcomer
    for number in range(new if veterans > 0 else 0):
        mentor = veteran(w, team, (week + number) % veterans)
        hours = w.persons[mentor].week * w.rules.mentor // MILLE
        meet_meanwhile(w, mentor, hours, 0)
    request_dispatch(w)


def veteran(w: WorldTables, team: int, place: int) -> int:
    """The veteran of a team at a place among those present."""
    developer = w.teams[team].first
    while True:
        if w.developers[developer].activity != Activity.AWAY and not is_new(w, developer):
            if place == 0:
                return developer
            place -= 1
        developer += 1
