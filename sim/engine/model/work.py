"""Beginning, pausing and putting down work, and what it teaches."""

from __future__ import annotations

from bisect import insort

from sim.engine.model import queues
from sim.engine.model.clock import World
from sim.engine.model.state import (
    CEREMONY,
    FREE,
    IMPROVING,
    WORKING,
    Developer,
    Improvement,
    Item,
    Part,
    Story,
)
from sim.engine.rules import effort_done, unfamiliarity, within_time_box, working_time
from sim.engine.states import NEVER, Activity, Rank, Stage
from sim.engine.trace import EventType
from sim.sampling.organisation import MILLE

_SUSPENDED = {Story: EventType.STORY_SUSPENDED, Improvement: EventType.IMPROVEMENT_SUSPENDED}
_STARTED = {Story: EventType.STORY_STARTED, Improvement: EventType.IMPROVEMENT_STARTED}


def set_free(w: World, developer: Developer) -> None:
    """Leave a developer with nothing to do until work is handed out."""
    developer.activity, developer.busy_until = FREE, NEVER
    w.available.add(developer.id)


def set_busy(w: World, developer: Developer, activity: Activity, until: int) -> None:
    """Note what the developer does, and until when; NEVER: it does not end by itself."""
    developer.activity, developer.busy_until = activity, until
    if activity == IMPROVING:
        w.available.add(developer.id)
    else:
        w.available.discard(developer.id)
    w.at(until, Rank.COMPLETE, developer, w.complete)


def slowdown(w: World, developer: Developer, item: Item) -> int:
    """The working time that effort on an item takes this developer, in per mille of the effort."""
    slow = MILLE * MILLE // w.teams[developer.team].focus
    if isinstance(item, Part) and item.incident.team != developer.team:
        slow = slow * unfamiliarity(w.rules, developer.other_team_time) // MILLE
    return slow


def begin(w: World, developer: Developer, item: Item, switch: int) -> None:
    """Start or go on with an item, after `switch` seconds lost to the change."""
    developer.item, developer.since, developer.switch = item, w.now, switch
    developer.stint = stint_of(w, developer, item)
    developer.duration = switch + working_time(developer.stint, slowdown(w, developer, item))
    on_the_side = isinstance(item, Improvement) and developer.on_duty
    until = w.calendar.finish(w.now, developer.duration)
    set_busy(w, developer, IMPROVING if on_the_side else WORKING, until)
    if isinstance(item, Part):
        begin_part(w, item)
        w.log(EventType.STARTED, item.incident.id, developer.id, developer.team, switch)
        return
    if isinstance(item, Story) and not item.begun:
        item.begun = True
        w.teams[item.team].stories_begun += 1
    w.log(_STARTED[type(item)], item.id, developer.id, developer.team, switch)


def begin_part(w: World, part: Part) -> None:
    """Count one developer more at work on an incident, which is begun with the first of all."""
    incident = part.incident
    incident.working += 1
    incident.stage = Stage.IN_WORK
    if not incident.begun:
        incident.begun = True
        w.teams[incident.team].incidents_begun += 1
        w.incidents_begun += 1


def stint_of(w: World, developer: Developer, item: Item) -> int:
    """The focus seconds of an item to be done at a stretch: all, or what time box or sprint
    allow."""
    if isinstance(item, Part):
        incident = item.incident
        boxed = w.rules.time_box and incident.people == 1 and not incident.planned
        if boxed and not incident.outgrown:
            return within_time_box(w.rules, incident.effort, item.remaining)
    elif isinstance(item, Improvement) and not developer.on_duty:
        team = w.teams[developer.team]
        stint = min(item.remaining, team.improve - team.improved)
        team.improved += stint
        return stint
    return item.remaining


def time_on_item(w: World, developer: Developer) -> int:
    """The working seconds since work on the item in hand began, switching left out."""
    return max(0, w.worked() - w.worked(developer.since) - developer.switch)


def remaining(w: World, developer: Developer, item: Item) -> int:
    """The focus seconds left of the item this developer works on, one at least."""
    return left_after(w, developer, item, time_on_item(w, developer))


def left_after(w: World, developer: Developer, item: Item, worked: int) -> int:
    """The focus seconds left of an item, one at least, when this developer has worked on it for so
    many working seconds."""
    done = effort_done(worked, slowdown(w, developer, item))
    return max(1, item.remaining - done)


def learn(developer: Developer, part: Part, worked: int) -> None:
    """Count working seconds spent on an incident as experience of support, and of other teams'
    ground."""
    developer.support_time += worked
    if part.incident.team != developer.team:
        developer.other_team_time += worked


def pause(w: World, developer: Developer, cost: int) -> None:
    """Stop work on the item in hand, which stays in hand; it grows by `cost` if begun."""
    item = developer.item
    assert item is not None
    worked = time_on_item(w, developer)
    left = left_after(w, developer, item, worked)
    if isinstance(item, Improvement) and not developer.on_duty:
        unspent = developer.stint - (item.remaining - left)
        w.teams[developer.team].improved -= max(0, unspent)
    item.remaining = left + (cost if worked else 0)
    if isinstance(item, Part):
        learn(developer, item, worked)
        incident = item.incident
        incident.working -= 1
        if incident.working == 0:
            incident.stage = Stage.SUSPENDED
        w.log(EventType.SUSPENDED, incident.id, developer.id, developer.team, incident.working)
        return
    if isinstance(item, Story) and worked and cost:
        item.interrupted = True
    w.log(_SUSPENDED[type(item)], item.id, developer.id, developer.team)


def put_down(w: World, developer: Developer) -> None:
    """Stop whatever is in hand: a story is kept for later, the rest is free for whoever comes."""
    item = developer.item
    if developer.activity in (WORKING, IMPROVING):
        pause(w, developer, w.rules.resume)
    elif item is not None:
        item.remaining += w.rules.resume
    if developer.activity == CEREMONY:
        developer.ceremony_debt = w.worked(developer.busy_until) - w.worked()
        w.log(EventType.CEREMONY_ENDED, developer=developer.id, team=developer.team)
    release(w, developer)


def release(w: World, developer: Developer) -> None:
    """Let go of what is in hand and not worked on."""
    item = developer.item
    developer.item = None
    if isinstance(item, Story):
        developer.paused = item
    elif isinstance(item, Improvement):
        item.taken = False
    elif item is not None:
        return_part(w, item)


def return_part(w: World, part: Part) -> None:
    """Put a part of an incident back among those that wait, and the incident into its queue."""
    insort(part.incident.waiting, part, key=lambda part: part.number)
    queues.enqueue(w, part.incident)


def hand_back(w: World, developer: Developer) -> None:
    """Return a story kept for later to the team."""
    if developer.paused is not None:
        insort(w.teams[developer.team].handed_back, developer.paused, key=lambda s: s.id)
        developer.paused = None


def stop_improving(w: World, developer: Developer) -> None:
    """Have a developer put down the improvement in hand, which costs nothing."""
    if isinstance(developer.item, Improvement):
        if developer.activity in (WORKING, IMPROVING):
            pause(w, developer, cost=0)
            set_free(w, developer)
        release(w, developer)
