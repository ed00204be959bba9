"""What is to come, in order; what has been, as the trace; and which teams a dispatch is to look at."""

from __future__ import annotations

from sim.engine.kernel.hours import next_open
from sim.engine.kernel.tables import WorldTables, lowest_bit
from sim.engine.rows import Numbers
from sim.engine.states import NEVER, Rank
from sim.scenario.size import ID_BITS

CLASS_BITS = 4
"""An event is one number: time, then class, then id."""


def event_of(time: int, rank: int, id: int) -> int:
    """An event as one number, of its second, class and id, by which events are in order."""
    return (((time << CLASS_BITS) | rank) << ID_BITS) | id


def push(w: WorldTables, time: int, rank: int, id: int) -> None:
    """Schedule an event; nothing is scheduled at or past the horizon."""
    if time >= w.rules.horizon:
        return
    events, place = w.events, w.run.events
    if place + 4 > len(events):
        w.run.heap_full = 1
        return
    w.run.events = place + 1
    event = event_of(time, rank, id)
    while place > 0:
        above = (place - 1) >> 2
        if events[above] <= event:
            break
        events[place] = events[above]
        place = above
    events[place] = event


def busy_until(w: WorldTables, developer: int, time: int) -> None:
    """Note when what the developer does is complete; NEVER: it does not end by itself.

    The completions are a tournament: the last `len(developers)` places hold everybody's own, and
    every other place the earlier of two, so that the first of all stands at place 1. What is put
    off or given up leaves no trace in it, as it would in a heap.
    """
    w.developers[developer].until = time
    first = event_of(time, Rank.COMPLETE, developer) if time < w.rules.horizon else NEVER
    completions, place = w.completions, len(w.developers) + developer
    completions[place] = first
    while place > 1:
        first = min(first, completions[place ^ 1])
        place >>= 1
        if completions[place] == first:
            return
        completions[place] = first


def next_event(w: WorldTables) -> int:
    """The next event, NEVER when there is none; out of the heap it is taken.

    The next dispatch and the next report are no part of the heap, for there is only ever one of each;
    nor are completions, for everybody has one at most.
    """
    time = w.run.next_dispatch
    first = event_of(time, Rank.DISPATCH, 0) if time >= 0 else NEVER
    first = min(first, w.run.report, w.completions[1])
    if w.run.events > 0 and w.events[0] < first:
        return pop(w)
    return first


def put_back(w: WorldTables, event: int) -> None:
    """Put an event back that was next and is not lived through yet; the next dispatch, report and completion
    never left their places."""
    rank = (event >> ID_BITS) & ((1 << CLASS_BITS) - 1)
    if event != NEVER and event not in (w.run.report, w.completions[1]) and rank != Rank.DISPATCH:
        push(w, event >> (ID_BITS + CLASS_BITS), rank, event & ((1 << ID_BITS) - 1))


def pop(w: WorldTables) -> int:
    """Take the first event out of the heap."""
    events, size = w.events, w.run.events - 1
    w.run.events = size
    first, event = events[0], events[size]
    events[size] = NEVER  # as is all that stands past the end
    place, below = 0, 1
    while below < size:
        one = below + (events[below + 1] < events[below])
        other = below + 2 + (events[below + 3] < events[below + 2])
        least = other if events[other] < events[one] else one
        if events[least] >= event:
            break
        events[place] = events[least]
        place = least
        below = 4 * place + 1
    if size > 0:
        events[place] = event
    return first


def log(w: WorldTables, event_type: int, item: int, developer: int, team: int, value: int) -> None:
    """Write an event that happens now into the trace; where there is no row left for it, it is only
    counted."""
    place = w.run.rows
    w.run.rows = place + 1
    if place < len(w.trace):
        event = w.trace[place]
        event.time = w.run.now
        event.type = event_type
        event.item = item
        event.developer = developer
        event.team = team
        event.value = value


def request_dispatch(w: WorldTables) -> None:
    """Hand out work at this instant, or at the next opening; unless nobody is available and nothing
    waits that may interrupt: whoever comes free, and whatever comes to interrupt, requests it again.
    """
    if w.run.free == 0 and w.run.urgent == 0:
        return
    if w.run.next_dispatch < 0:
        time = w.run.now if w.rules.zones else next_open(w)
        if time < w.rules.horizon:
            w.run.next_dispatch = time


# ---- sets of teams -------------------------------------------------------------------------------
# A row of words, a bit for each team.


def mark(teams: Numbers, team: int) -> None:
    """Add a team to a set of teams."""
    teams[team >> 5] |= 1 << (team & 31)


def mark_all(teams: Numbers, others: Numbers) -> None:
    """Add all teams of another set to a set of teams."""
    for place in range(len(teams)):
        teams[place] |= others[place]


def unmark(teams: Numbers, team: int) -> None:
    """Take a team out of a set of teams."""
    teams[team >> 5] &= ~(1 << (team & 31))


def next_marked(teams: Numbers, team: int) -> int:
    """The first team of a set, from `team` on; -1: none."""
    place = team >> 5
    if place >= len(teams):
        return -1
    word = teams[place] >> (team & 31)
    if word:
        return team + lowest_bit(word)
    place += 1
    while place < len(teams):
        if teams[place]:
            return (place << 5) + lowest_bit(teams[place])
        place += 1
    return -1
