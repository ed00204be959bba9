"""How one policy takes the place of another in the middle of a run.

What waits is laid down under the rules of the one, by which the queues are kept, and taken up under those of
the other.
"""

from __future__ import annotations

from sim.engine.kernel.events import log, mark, request_dispatch
from sim.engine.kernel.incidents import is_admitted_only, push_look, route
from sim.engine.kernel.queues import dequeue, earlier_of, enqueue, list_of, release_reserve
from sim.engine.kernel.tables import QUEUE_LINKS, WorldTables
from sim.engine.kernel.work import touch
from sim.engine.rules import SEVERITY_PLACES
from sim.engine.trace import EventType
from sim.sampling.calendars import DAY


def lay_down(w: WorldTables) -> None:
    """Take everything that waits out of the queues, and remember it in its order."""
    w.run.laid_down = -1
    last = -1
    for queue in range(w.rules.queues):
        for severity in range(1, SEVERITY_PLACES):
            incident = first_in_queue(w, queue, severity)
            while incident >= 0:
                dequeue(w, incident)
                w.incidents[incident].next[QUEUE_LINKS] = -1
                if last >= 0:
                    w.incidents[last].next[QUEUE_LINKS] = incident
                else:
                    w.run.laid_down = incident
                last = incident
                incident = first_in_queue(w, queue, severity)


def first_in_queue(w: WorldTables, queue: int, severity: int) -> int:
    """The first incident that waits in a queue, of those of a severity; -1: none."""
    first = -1
    owners = 1 if w.rules.queues > 1 else w.rules.teams
    for owner in range(queue, queue + owners):
        for kin in range(w.rules.kins):
            first = earlier_of(w, first, w.queues[list_of(owner, kin, severity)].head)
    return first


def take_up(w: WorldTables) -> None:
    """Begin under the other policy: what nobody has begun and no planning committed is routed anew."""
    log(w, EventType.CHANGED_OVER, -1, -1, -1, 0)
    for team in range(w.rules.teams):
        w.teams[team].level = 0
        mark(w.to_ask, team)
        forget_deferred(w, team)
    incident = w.run.laid_down
    while incident >= 0:
        following = w.incidents[incident].next[QUEUE_LINKS]
        w.more[incident].label = 0
        if is_admitted_only(w, incident):
            release_reserve(w, incident)
            route(w, incident)
        else:
            enqueue(w, incident)
        incident = following
    for developer in range(len(w.developers)):
        touch(w, developer)
    w.run.ask_all = 1
    schedule_again(w)
    request_dispatch(w)


def forget_deferred(w: WorldTables, team: int) -> None:
    """Forget what the policy wrote on incidents that wait for a planning."""
    for severity in range(1, SEVERITY_PLACES):
        incident = w.deferred[team * SEVERITY_PLACES + severity].head
        while incident >= 0:
            w.more[incident].label = 0
            w.more[incident].rank = 0
            incident = w.incidents[incident].next[QUEUE_LINKS]


def schedule_again(w: WorldTables) -> None:
    """Schedule the looks of the policy from today on; those of the other no longer count."""
    w.run.look_day = w.run.now // DAY * DAY
    w.run.look = 0
    push_look(w)
