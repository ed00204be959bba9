"""Incidents that wait, and the reserve they are charged to."""

from __future__ import annotations

from sim.engine.kernel.events import mark
from sim.engine.kernel.tables import QUEUE_LINKS, URGENT_LINKS, Ends, WorldTables
from sim.engine.rows import Table
from sim.engine.rules import SEVERITY_PLACES, unspent
from sim.engine.states import Stage


def enlist(w: WorldTables, lists: Table[Ends], place: int, incident: int, links: int) -> None:
    """Put an incident into a list kept by opening, then id."""
    incidents = w.incidents
    last = lists[place].tail
    while last >= 0 and (
        incidents[last].opened > incidents[incident].opened
        or (incidents[last].opened == incidents[incident].opened and last > incident)
    ):
        last = incidents[last].previous[links]
    following = incidents[last].next[links] if last >= 0 else lists[place].head
    incidents[incident].previous[links] = last
    incidents[incident].next[links] = following
    if last >= 0:
        incidents[last].next[links] = incident
    else:
        lists[place].head = incident
    if following >= 0:
        incidents[following].previous[links] = incident
    else:
        lists[place].tail = incident


def unlist(w: WorldTables, lists: Table[Ends], place: int, incident: int, links: int) -> None:
    """Take an incident out of a list."""
    incidents = w.incidents
    earlier, later = incidents[incident].previous[links], incidents[incident].next[links]
    if earlier >= 0:
        incidents[earlier].next[links] = later
    else:
        lists[place].head = later
    if later >= 0:
        incidents[later].previous[links] = earlier
    else:
        lists[place].tail = earlier


def queue_place(w: WorldTables, incident: int) -> int:
    """The place, among the lists of all queues, of the one in which an incident waits: queue by
    severity."""
    queue = w.incidents[incident].team if w.rules.queues > 1 else 0
    return queue * SEVERITY_PLACES + w.incidents[incident].severity


def enqueue(w: WorldTables, incident: int) -> None:
    """Put an incident into its queue, and among those that may interrupt if it may; one that stands
    there already stays."""
    row = w.incidents[incident]
    if row.stage < Stage.QUEUED:
        row.stage = Stage.QUEUED
    row.asked = 0
    if row.listed:
        return
    row.listed = 1
    w.teams[row.team].waiting += 1
    w.run.listed += 1
    mark(w.to_ask, row.team)
    if w.rules.queues == 1:
        w.run.fresh = 1
    row.seen = w.run.dispatches
    enlist(w, w.queues, queue_place(w, incident), incident, QUEUE_LINKS)
    if row.urgent:
        severity = row.severity
        w.run.urgent += 1
        enlist(w, w.urgent, severity, incident, URGENT_LINKS)


def dequeue(w: WorldTables, incident: int) -> None:
    """Take an incident out of its queue, and from among those that may interrupt."""
    row = w.incidents[incident]
    row.listed = 0
    w.teams[row.team].waiting -= 1
    w.run.listed -= 1
    mark(w.to_ask, row.team)
    unlist(w, w.queues, queue_place(w, incident), incident, QUEUE_LINKS)
    if row.urgent:
        severity = row.severity
        w.run.urgent -= 1
        unlist(w, w.urgent, severity, incident, URGENT_LINKS)


def defer(w: WorldTables, incident: int) -> None:
    """Put an incident among those that wait for the planning."""
    row, team = w.incidents[incident], w.incidents[incident].team
    row.stage = Stage.DEFERRED
    row.urgent = 0
    row.deferrals += 1
    w.teams[team].deferred += 1
    mark(w.to_ask, team)
    place = team * SEVERITY_PLACES + row.severity
    enlist(w, w.deferred, place, incident, QUEUE_LINKS)


def take_out(w: WorldTables, incident: int) -> None:
    """Remove an incident from wherever it waits."""
    row, team = w.incidents[incident], w.incidents[incident].team
    if row.stage == Stage.DEFERRED:
        place = team * SEVERITY_PLACES + row.severity
        unlist(w, w.deferred, place, incident, QUEUE_LINKS)
        w.teams[team].deferred -= 1
        mark(w.to_ask, team)
    elif row.stage == Stage.QUEUED:
        dequeue(w, incident)


# ---- the reserve ---------------------------------------------------------------------------------


def reserve_left(w: WorldTables, team: int) -> int:
    """The focus seconds of the sprint's reserve that are neither spent nor promised."""
    row = w.teams[team]
    return unspent(row.reserve, row.spent, row.promised)


def charge(w: WorldTables, incident: int) -> None:
    """Promise an admitted incident its expected effort from the reserve."""
    row = w.incidents[incident]
    row.charged = 1
    w.teams[row.team].promised += row.mean_effort
    mark(w.to_ask, row.team)


def release_reserve(w: WorldTables, incident: int) -> None:
    """Take back what the reserve has promised an incident."""
    row = w.incidents[incident]
    if row.charged:
        row.charged = 0
        w.teams[row.team].promised -= row.mean_effort
        mark(w.to_ask, row.team)


def book(w: WorldTables, incident: int, effort: int) -> bool:
    """Replace what the reserve has promised an incident by the focus seconds it really took; True
    when that uses the reserve up."""
    row, team = w.incidents[incident], w.incidents[incident].team
    before = reserve_left(w, team)
    if row.charged:
        release_reserve(w, incident)
        w.teams[team].spent += effort - row.booked
        row.booked = effort
        mark(w.to_ask, team)
    return before > 0 and reserve_left(w, team) <= 0
