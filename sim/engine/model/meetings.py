"""Meetings: the Scrum events, those in the middle of the week, and what comes up."""

from __future__ import annotations

from sim.engine.model import work
from sim.engine.model.clock import World
from sim.engine.model.state import CEREMONY, Developer
from sim.engine.model.teams import Team
from sim.engine.trace import EventType
from sim.sampling.organisation import MILLE


def attend(w: World, developer: Developer, duration: int) -> None:
    """Have a developer attend Scrum events of so many working seconds; the item in hand stays in
    hand and costs nothing to go on with."""
    if developer.is_elsewhere or duration == 0:
        return
    if developer.activity == CEREMONY:
        w.log(EventType.CEREMONY_ENDED, developer=developer.id, team=developer.team)
    elif developer.item is not None:
        work.pause(w, developer, cost=0)
    meet(w, developer, duration)


def meet(w: World, developer: Developer, duration: int) -> None:
    """Begin a meeting of so many working seconds; nothing is owed any longer of one that was cut
    short."""
    developer.ceremony_debt = 0
    w.log(EventType.CEREMONY_BEGAN, developer=developer.id, team=developer.team)
    work.set_busy(w, developer, CEREMONY, developer.hours.finish(w.now, duration))


def meet_meanwhile(w: World, developer: Developer, duration: int, cost: int) -> None:
    """Have a developer attend a meeting in the middle of work, whose item grows by `cost`; a meeting under
    way grows by it."""
    if developer.is_elsewhere or duration == 0:
        return
    work.stop_improving(w, developer)
    if developer.activity == CEREMONY:
        duration += w.time_left(developer)
        w.log(EventType.CEREMONY_ENDED, developer=developer.id, team=developer.team)
    elif developer.item is not None:
        work.pause(w, developer, cost)
    meet(w, developer, duration + developer.ceremony_debt)


def meet_weekly(w: World, team: Team, week: int) -> None:
    """Hold the meeting in the middle of a week: everybody refines, and for each who is new a veteran, by
    turns, gives a share of the week."""
    for developer in team.developers:
        meet_meanwhile(w, developer, w.rules.refinement, cost=0)
    here = [developer for developer in team.developers if developer.present]
    new = [developer for developer in here if w.rules.ramps and developer.is_new(w.now)]
    veterans = [developer for developer in here if developer not in new]
    for number, _ in enumerate(new if veterans else []):
        mentor = veterans[(week + number) % len(veterans)]
        meet_meanwhile(w, mentor, mentor.week * w.rules.mentor // MILLE, cost=0)
    w.request_dispatch()
