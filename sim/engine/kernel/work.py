"""Beginning, pausing and putting down work, and what it teaches."""

from __future__ import annotations

from sim.engine.kernel.events import busy_until, log, mark, mark_all, request_dispatch, unmark
from sim.engine.kernel.hours import finish, hours_of, worked, worked_so_far
from sim.engine.kernel.notes import note, settle
from sim.engine.kernel.queues import enqueue, queue_place, release_reserve
from sim.engine.kernel.tables import Place, WorldTables
from sim.engine.rules import (
    effort_done,
    grown,
    practised,
    time_to_practise,
    unfamiliarity,
    within_time_box,
    working_time,
)
from sim.engine.states import NEVER, Activity, Hand, Stage
from sim.engine.trace import EventType
from sim.policy.contract import STARTED
from sim.sampling.organisation import MILLE


def set_busy(w: WorldTables, developer: int, activity: int, until: int) -> None:
    """Note what the developer does, and until when; NEVER: it does not end by itself."""
    set_activity(w, developer, activity)
    busy_until(w, developer, until)


def set_activity(w: WorldTables, developer: int, activity: int) -> None:
    """Note what the developer does, and keep count of who is available: free, or on duty and on an
    improvement."""
    before = w.developers[developer].activity
    if activity == before:
        return
    w.developers[developer].activity = activity
    touch(w, developer)
    was_available = before == Activity.FREE or before == Activity.FILLING_IN
    if is_available(w, developer):
        mark(w.to_ask, w.developers[developer].team)
        if not was_available:
            count_available(w, developer, 1)
    elif was_available:
        count_available(w, developer, -1)


def is_available(w: WorldTables, developer: int) -> bool:
    """Whether a developer is free, or on duty and on what may be put aside for an incident."""
    activity = w.developers[developer].activity
    return activity == Activity.FREE or activity == Activity.FILLING_IN


def count_available(w: WorldTables, developer: int, more: int) -> None:
    """Count a developer among those available, or no longer; and among those of them on duty."""
    team = w.developers[developer].team
    row = w.teams[team]
    w.run.free += more
    row.free += more
    if row.free > 0:
        mark(w.with_free, team)
    else:
        unmark(w.with_free, team)
    if w.developers[developer].on_duty:
        row.on_watch += more
        if row.on_watch > 0:
            mark(w.on_watch, team)
        else:
            unmark(w.on_watch, team)


def touch(w: WorldTables, developer: int) -> None:
    """Note that something has changed that may let the developer take an incident: see
    `serve_urgent`."""
    w.developers[developer].changed = w.run.dispatches
    mark(w.touched, w.developers[developer].team)


def is_elsewhere(w: WorldTables, developer: int) -> bool:
    """Whether the developer is called at night, or resting from it."""
    activity = w.developers[developer].activity
    return activity == Activity.ON_CALL or activity == Activity.RESTING


def is_at_work(w: WorldTables, developer: int) -> bool:
    """Whether the developer works on the item in hand."""
    activity = w.developers[developer].activity
    return activity == Activity.WORKING or activity == Activity.FILLING_IN


def is_of_another_team(w: WorldTables, developer: int, hand: int, item: int) -> bool:
    """Whether the item is an incident of another team."""
    return hand == Hand.PART and (
        w.incidents[w.parts[item].incident].team != w.developers[developer].team
    )


def slowdown(w: WorldTables, developer: int, hand: int, item: int) -> int:
    """The working time that effort on an item takes this developer, in per mille of the effort."""
    slow = w.teams[w.developers[developer].team].slowdown
    if is_of_another_team(w, developer, hand, item):
        slow = slow * unfamiliarity(w.rules, w.developers[developer].other_team_time) // MILLE
    return slow


def effort_left(w: WorldTables, hand: int, item: int) -> int:
    """The focus seconds left of an item, as they stand in its row."""
    if hand == Hand.STORY:
        return w.stories[item].remaining
    if hand == Hand.PART:
        return w.parts[item].remaining
    return w.improvements[item].remaining


def set_effort_left(w: WorldTables, hand: int, item: int, seconds: int) -> None:
    """Write the focus seconds left of an item into its row."""
    if hand == Hand.STORY:
        w.stories[item].remaining = seconds
    elif hand == Hand.PART:
        w.parts[item].remaining = seconds
    else:
        w.improvements[item].remaining = seconds


def begin(w: WorldTables, developer: int, hand: int, item: int, switch: int) -> None:
    """Start or go on with an item, after `switch` seconds lost to the change."""
    row, now = w.developers[developer], w.run.now
    if w.rules.grows and hand == Hand.PART:
        let_grow(w, w.parts[item].incident)
    touch(w, developer)
    row.hand = hand
    row.item = item
    row.since = now
    row.switch = switch
    stint = stint_of(w, developer, hand, item)
    row.stint = stint
    duration = working_time(stint, slowdown(w, developer, hand, item))
    if w.rules.ramps:
        duration = time_needed(w, developer, duration)
    row.duration = duration
    on_the_side = hand != Hand.PART and row.on_duty
    set_busy(
        w,
        developer,
        Activity.FILLING_IN if on_the_side else Activity.WORKING,
        finish(w, hours_of(w, developer), switch + duration),
    )
    team = row.team
    if hand == Hand.PART:
        first = begin_part(w, developer, item)
        log(w, EventType.STARTED, w.parts[item].incident, developer, team, switch)
        if first:
            note_start(w, w.parts[item].incident)
        return
    if hand == Hand.STORY and not w.stories[item].begun:
        w.stories[item].begun = 1
        w.teams[team].stories_begun += 1
        mark(w.to_ask, team)
    log(
        w,
        EventType.STORY_STARTED if hand == Hand.STORY else EventType.IMPROVEMENT_STARTED,
        item,
        developer,
        team,
        switch,
    )


def let_grow(w: WorldTables, incident: int) -> None:
    """Have an incident that nobody has begun be as much as it has become by now."""
    row = w.incidents[incident]
    if not w.rules.grows or row.begun:
        return
    growth, waited = w.kinds[row.kind].growth, w.run.now - row.opened
    row.effort = grown(row.effort, growth, waited)
    for part in range(row.part, row.part + row.people):
        w.parts[part].remaining = grown(w.parts[part].remaining, growth, waited)


def practice(w: WorldTables, developer: int, moment: int) -> int:
    """The working seconds from a developer's joining to a moment."""
    keeps, joined = hours_of(w, developer), w.persons[developer].joined
    return worked(w, keeps, moment) - worked(w, keeps, joined)


def ramps_up(w: WorldTables, developer: int) -> bool:
    """Whether a developer has joined, and was not worth a veteran at once."""
    if not w.rules.ramps:
        return False
    person = w.persons[developer]
    return person.joined <= w.run.now and person.ramp > 0


def is_new(w: WorldTables, developer: int) -> bool:
    """Whether a developer is not worth a veteran yet."""
    if not ramps_up(w, developer):
        return False
    return practice(w, developer, w.run.now) < w.persons[developer].ramp


def time_needed(w: WorldTables, developer: int, seconds: int) -> int:
    """The working seconds that a developer needs from now on, once the switch is over, for what takes a
    veteran so many."""
    if not ramps_up(w, developer):
        return seconds
    before = practice(w, developer, w.run.now) + w.developers[developer].switch
    return time_to_practise(w.persons[developer].ramp, before, seconds)


def of_a_veteran(w: WorldTables, developer: int, seconds: int) -> int:
    """The working seconds of a veteran that a developer's are worth, of those since the item in hand was
    begun and the switch was over."""
    if not ramps_up(w, developer):
        return seconds
    row, ramp = w.developers[developer], w.persons[developer].ramp
    before = practice(w, developer, row.since) + row.switch
    return practised(ramp, before + seconds) - practised(ramp, before)


def begin_part(w: WorldTables, developer: int, part: int) -> bool:
    """Count one developer more at work on an incident; return whether it is the first of all, with whom
    it is begun.

    The reserve is kept from the time of those who are not on duty: whoever is takes nothing from it.
    """
    incidents, incident = w.incidents, w.parts[part].incident
    incidents[incident].working += 1
    incidents[incident].stage = Stage.IN_WORK
    if incidents[incident].begun:
        return False
    incidents[incident].begun = 1
    if incidents[incident].listed:
        w.begun_waiting[queue_place(w, incident)] += 1
    count_begun(w, incidents[incident].team, 1)
    if w.developers[developer].on_duty:
        release_reserve(w, incident)
    if incidents[incident].waiting > 0:
        request_dispatch(w)  # who may only go on with what was begun may join in
    return True


def note_start(w: WorldTables, incident: int) -> None:
    """Settle whether an incident that somebody starts for the first time is answered as promised, and
    tell the policy."""
    if w.rules.promised:
        settle(w, w.incidents[incident].team, w.more[incident].respond_by)
    note(w, incident, STARTED)


def count_begun(w: WorldTables, team: int, more: int) -> None:
    """Count so many more incidents begun and not done, of the team and of all; both are in
    views.

    By the one, of a queue of all, somebody of another team may now take up something new, or pick another
    story; whoever found nothing though nothing held them back finds nothing by it.
    """
    w.teams[team].incidents_begun += more
    w.run.incidents_begun += more
    mark(w.to_ask, team)
    if w.rules.queues == 1:
        if w.rules.picky:
            mark_all(w.to_ask, w.with_free)
        elif w.rules.prefers:
            mark_all(w.to_ask, w.held_back)


def stint_of(w: WorldTables, developer: int, hand: int, item: int) -> int:
    """The focus seconds of an item to be done at a stretch: all, or what time box or sprint
    allow."""
    left = effort_left(w, hand, item)
    if hand == Hand.PART:
        incidents, incident, box = w.incidents, w.parts[item].incident, w.rules.time_box
        boxed = box > 0 and incidents[incident].people == 1 and not incidents[incident].planned
        if boxed and not incidents[incident].outgrown:
            return within_time_box(w.rules, incidents[incident].effort, left)
    elif hand == Hand.IMPROVEMENT and not w.developers[developer].on_duty:
        teams, team = w.teams, w.developers[developer].team
        stint = min(left, teams[team].improve - teams[team].improved)
        teams[team].improved += stint
        mark(w.to_ask, team)
        return stint
    return left


def time_on_item(w: WorldTables, developer: int) -> int:
    """The working seconds since work on the item in hand began, switching left out."""
    row = w.developers[developer]
    keeps = hours_of(w, developer)
    elapsed = worked_so_far(w, keeps) - worked(w, keeps, row.since)
    return max(0, elapsed - row.switch)


def remaining(w: WorldTables, developer: int) -> int:
    """The focus seconds left of the item this developer works on, one at least."""
    hand, item = w.developers[developer].hand, w.developers[developer].item
    seconds = time_on_item(w, developer)
    if w.rules.ramps:
        seconds = of_a_veteran(w, developer, seconds)
    done = effort_done(seconds, slowdown(w, developer, hand, item))
    return max(1, effort_left(w, hand, item) - done)


def learn(w: WorldTables, developer: int, seconds: int) -> None:
    """Count working seconds spent on an incident as experience of support, and of other teams'
    ground."""
    row = w.developers[developer]
    hand, item = row.hand, row.item
    if hand == Hand.PART:
        row.support_time += seconds
        if is_of_another_team(w, developer, hand, item):
            row.other_team_time += seconds


def pause(w: WorldTables, developer: int, cost: int) -> None:
    """Stop work on the item in hand, which stays in hand; it grows by `cost` if begun."""
    row = w.developers[developer]
    hand, item, team = row.hand, row.item, row.team
    left = remaining(w, developer)
    if hand == Hand.IMPROVEMENT and not row.on_duty:
        unspent = row.stint - (effort_left(w, hand, item) - left)
        w.teams[team].improved -= max(0, unspent)
        mark(w.to_ask, team)
    seconds = time_on_item(w, developer)
    learn(w, developer, seconds)
    set_effort_left(w, hand, item, left + (cost if seconds > 0 else 0))
    if hand == Hand.PART:
        suspend_part(w, developer, item)
    elif hand == Hand.STORY:
        if seconds > 0 and cost > 0:
            w.stories[item].interrupted = 1
        log(w, EventType.STORY_SUSPENDED, item, developer, team, 0)
    else:
        log(w, EventType.IMPROVEMENT_SUSPENDED, item, developer, team, 0)


def suspend_part(w: WorldTables, developer: int, part: int) -> None:
    """Count one developer less at work on an incident, which is suspended without any."""
    incidents, incident = w.incidents, w.parts[part].incident
    incidents[incident].working -= 1
    if incidents[incident].working == 0:
        incidents[incident].stage = Stage.SUSPENDED
    team = w.developers[developer].team
    log(w, EventType.SUSPENDED, incident, developer, team, incidents[incident].working)


def put_down(w: WorldTables, developer: int) -> None:
    """Stop whatever is in hand: a story is kept for later, the rest is free for whoever comes."""
    row = w.developers[developer]
    hand, item = row.hand, row.item
    if is_at_work(w, developer):
        pause(w, developer, w.rules.resume)
    elif hand != Hand.NOTHING:
        set_effort_left(w, hand, item, effort_left(w, hand, item) + w.rules.resume)
    if row.activity == Activity.CEREMONY:
        row.ceremony_debt = time_left(w, developer)
        log(w, EventType.CEREMONY_ENDED, -1, developer, row.team, 0)
    release(w, developer)


def time_left(w: WorldTables, developer: int) -> int:
    """The working seconds left of what the developer is busy with."""
    keeps = hours_of(w, developer)
    return worked(w, keeps, w.developers[developer].until) - worked_so_far(w, keeps)


def release(w: WorldTables, developer: int) -> None:
    """Let go of what is in hand and not worked on."""
    row = w.developers[developer]
    hand, item = row.hand, row.item
    touch(w, developer)
    row.hand = Hand.NOTHING
    if hand == Hand.STORY:
        row.paused = item
    elif hand == Hand.PART:
        return_part(w, item)
    elif hand == Hand.IMPROVEMENT:
        w.improvements[item].taken = 0
        w.run.ask_all = 1
        request_dispatch(w)  # somebody who was asked before may take it up


def return_part(w: WorldTables, part: int) -> None:
    """Put a part of an incident back among those that wait, and the incident into its queue."""
    w.parts[part].waits = 1
    w.incidents[w.parts[part].incident].waiting += 1
    enqueue(w, w.parts[part].incident)
    if w.incidents[w.parts[part].incident].urgent:
        request_dispatch(w)  # somebody else may be taken off for it


def take_part(w: WorldTables, incident: int) -> int:
    """Take the first of the incident's parts that waits."""
    part = w.incidents[incident].part
    while not w.parts[part].waits:
        part += 1
    w.parts[part].waits = 0
    w.incidents[incident].waiting -= 1
    return part


def hand_back(w: WorldTables, developer: int) -> None:
    """Return a story kept for later to the team."""
    story = w.developers[developer].paused
    if story >= 0:
        w.stories[story].place = Place.HANDED_BACK
        team = w.developers[developer].team
        w.teams[team].handed_back += 1
        mark(w.to_ask, team)
        w.developers[developer].paused = -1


def stop_improving(w: WorldTables, developer: int) -> None:
    """Have a developer put down the improvement in hand, which costs nothing."""
    if w.developers[developer].hand == Hand.IMPROVEMENT:
        if is_at_work(w, developer):
            pause(w, developer, 0)
            set_busy(w, developer, Activity.FREE, NEVER)
        release(w, developer)
