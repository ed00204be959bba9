"""Beginning, pausing and putting down work, and what it teaches."""

from __future__ import annotations

from bisect import insort

from sim.engine.model import notes, queues
from sim.engine.model.clock import World
from sim.engine.model.state import (
    CEREMONY,
    FILLING_IN,
    FREE,
    WORKING,
    Developer,
    Improvement,
    Incident,
    Item,
    Part,
    Story,
)
from sim.engine.rules import (
    effort_done,
    practised,
    time_to_practise,
    unfamiliarity,
    within_time_box,
    working_time,
)
from sim.engine.states import NEVER, Activity, Rank, Stage
from sim.engine.trace import EventType
from sim.policy.contract import STARTED
from sim.sampling.organisation import MILLE

_SUSPENDED = {Story: EventType.STORY_SUSPENDED, Improvement: EventType.IMPROVEMENT_SUSPENDED}
_STARTED = {Story: EventType.STORY_STARTED, Improvement: EventType.IMPROVEMENT_STARTED}


def set_free(w: World, developer: Developer) -> None:
    """Leave a developer with nothing to do until work is handed out."""
    developer.activity, developer.busy_until = FREE, NEVER
    w.available.add(developer.id)


def set_busy(w: World, developer: Developer, activity: Activity, until: int) -> None:
    """Note what the developer does, and until when; NEVER: it does not end by itself."""
    set_activity(w, developer, activity)
    developer.busy_until = until
    w.at(until, Rank.COMPLETE, developer, w.complete)


def set_activity(w: World, developer: Developer, activity: Activity) -> None:
    """Note what the developer does; who fills in is available."""
    developer.activity = activity
    if activity == FILLING_IN:
        w.available.add(developer.id)
    else:
        w.available.discard(developer.id)


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
    seconds = working_time(developer.stint, slowdown(w, developer, item))
    developer.duration = switch + time_needed(w, developer, seconds)
    on_the_side = developer.on_duty and not isinstance(item, Part)
    until = developer.hours.finish(w.now, developer.duration)
    set_busy(w, developer, FILLING_IN if on_the_side else WORKING, until)
    if isinstance(item, Part):
        first = begin_part(w, developer, item)
        w.log(EventType.STARTED, item.incident.id, developer.id, developer.team, switch)
        if first:
            note_start(w, item.incident)
        return
    if isinstance(item, Story) and not item.begun:
        item.begun = True
        w.teams[item.team].stories_begun += 1
    w.log(_STARTED[type(item)], item.id, developer.id, developer.team, switch)


def let_grow(w: World, incident: Incident) -> None:
    """Have an incident that nobody has begun be as much as it has become by now."""
    if w.rules.grows and not incident.begun:
        incident.grow(w.now)


def time_needed(w: World, developer: Developer, seconds: int) -> int:
    """The working seconds that a developer needs from now on, once the switch is over, for what takes a
    veteran so many."""
    if not w.rules.ramps or developer.joined > w.now:
        return seconds
    practice = developer.practice(w.now) + developer.switch
    return time_to_practise(developer.ramp, practice, seconds) if developer.ramp else seconds


def of_a_veteran(w: World, developer: Developer, worked: int) -> int:
    """The working seconds of a veteran that a developer's are worth, of those since the item in hand was
    begun and the switch was over."""
    if not w.rules.ramps or developer.joined > w.now or not developer.ramp:
        return worked
    before = developer.practice(developer.since) + developer.switch
    return practised(developer.ramp, before + worked) - practised(developer.ramp, before)


def begin_part(w: World, developer: Developer, part: Part) -> bool:
    """Count one developer more at work on an incident; return whether it is the first of all, with whom
    it is begun.

    The reserve is kept from the time of those who are not on duty: whoever is takes nothing from it.
    """
    incident = part.incident
    incident.working += 1
    incident.stage = Stage.IN_WORK
    if incident.begun:
        return False
    team = w.teams[incident.team]
    incident.begun = True
    team.incidents_begun += 1
    w.incidents_begun += 1
    if developer.on_duty:
        queues.release_reserve(team, incident)
    if incident.waiting:
        w.request_dispatch()  # who may only go on with what was begun may join in
    return True


def note_start(w: World, incident: Incident) -> None:
    """Settle whether an incident that somebody starts for the first time is answered as promised, and
    tell the policy."""
    notes.settle(w, incident, incident.respond_by)
    notes.note(w, incident, STARTED)


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
    worked = w.worked(developer.hours) - w.worked(developer.hours, developer.since)
    return max(0, worked - developer.switch)


def remaining(w: World, developer: Developer, item: Item) -> int:
    """The focus seconds left of the item this developer works on, one at least."""
    return left_after(w, developer, item, time_on_item(w, developer))


def left_after(w: World, developer: Developer, item: Item, worked: int) -> int:
    """The focus seconds left of an item, one at least, when this developer has worked on it for so
    many working seconds."""
    done = effort_done(of_a_veteran(w, developer, worked), slowdown(w, developer, item))
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
    if developer.activity in (WORKING, FILLING_IN):
        pause(w, developer, w.rules.resume)
    elif item is not None:
        item.remaining += w.rules.resume
    if developer.activity == CEREMONY:
        developer.ceremony_debt = w.time_left(developer)
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
        w.request_dispatch()  # somebody who was asked before may take it up
    elif item is not None:
        return_part(w, item)


def return_part(w: World, part: Part) -> None:
    """Put a part of an incident back among those that wait, and the incident into its queue."""
    insort(part.incident.waiting, part, key=lambda part: part.number)
    queues.enqueue(w, part.incident)
    if part.incident.urgent:
        w.request_dispatch()  # somebody else may be taken off for it


def hand_back(w: World, developer: Developer) -> None:
    """Return a story kept for later to the team."""
    if developer.paused is not None:
        insort(w.teams[developer.team].handed_back, developer.paused, key=lambda s: s.id)
        developer.paused = None


def stop_improving(w: World, developer: Developer) -> None:
    """Have a developer put down the improvement in hand, which costs nothing."""
    if isinstance(developer.item, Improvement):
        if developer.activity in (WORKING, FILLING_IN):
            pause(w, developer, cost=0)
            set_free(w, developer)
        release(w, developer)
