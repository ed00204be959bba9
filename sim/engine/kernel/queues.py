"""Incidents that wait, and the reserve they are charged to."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_people, ask_rank
from sim.engine.kernel.events import mark, unmark
from sim.engine.kernel.tables import QUEUE_LINKS, RANKED, URGENT_LINKS, Ends, WorldTables
from sim.engine.kernel.views import incident_view, reserve_left
from sim.engine.rows import Table
from sim.engine.rules import SEVERITY_PLACES, effort_of_each
from sim.engine.states import Stage
from sim.policy.kin import KINS, MOST_LABELS


def enlist(w: WorldTables, lists: Table[Ends], place: int, incident: int, links: int) -> None:
    """Put an incident into a list kept by opening, then id; where the policy ranks, by rank before."""
    incidents, ends = w.incidents, lists[place]
    earlier, later = ends.tail, -1
    if earlier >= 0 and comes_before(w, incident, earlier):
        earlier = last_before(w, ends, incident, links)
        later = incidents[earlier].next[links] if earlier >= 0 else ends.head
        ends.entered = incident
    incidents[incident].previous[links] = earlier
    incidents[incident].next[links] = later
    if earlier >= 0:
        incidents[earlier].next[links] = incident
    else:
        ends.head = incident
    if later >= 0:
        incidents[later].previous[links] = incident
    else:
        ends.tail = incident


def last_before(w: WorldTables, ends: Ends, incident: int, links: int) -> int:
    """The last in a list that stands before an incident that does not come last; -1: none.

    It is looked for from both ends, and between them from where the last came in: what was begun goes back
    to the head, and those who lose patience come in order, all as old.
    """
    incidents = w.incidents
    earlier, later = -1, -1  # it stands between them; -1: the end of the list
    if ends.entered >= 0:
        if comes_before(w, incident, ends.entered):
            later = ends.entered
        else:
            earlier = ends.entered
    while True:
        last = incidents[later].previous[links] if later >= 0 else ends.tail
        if last == earlier or not comes_before(w, incident, last):
            return last
        later = last
        first = incidents[earlier].next[links] if earlier >= 0 else ends.head
        if first == later or comes_before(w, incident, first):
            return earlier
        earlier = first


def comes_before(w: WorldTables, incident: int, other: int) -> bool:
    """Whether an incident stands before another in a list."""
    row, others = w.incidents[incident], w.incidents[other]
    if w.rules.ranked and w.more[incident].rank != w.more[other].rank:
        return w.more[incident].rank < w.more[other].rank
    return row.opened < others.opened or (row.opened == others.opened and incident < other)


def earlier_of(w: WorldTables, incident: int, other: int) -> int:
    """Which of two incidents stands before the other in a list; -1 stands for none."""
    if incident < 0 or (other >= 0 and comes_before(w, other, incident)):
        return other
    return incident


def unlist(w: WorldTables, lists: Table[Ends], place: int, incident: int, links: int) -> None:
    """Take an incident out of a list."""
    incidents, ends = w.incidents, lists[place]
    earlier, later = incidents[incident].previous[links], incidents[incident].next[links]
    if earlier >= 0:
        incidents[earlier].next[links] = later
    else:
        ends.head = later
    if later >= 0:
        incidents[later].previous[links] = earlier
    else:
        ends.tail = earlier
    if ends.entered == incident:
        ends.entered = later if later >= 0 else earlier


def queue_place(w: WorldTables, incident: int) -> int:
    """The place, among the lists of all queues, of the one in which an incident waits."""
    kin = kin_of(w, incident)
    owner = owner_of(w, w.incidents[incident].team, kin)
    return list_of(owner, kin, place_in_queue(w, incident))


def list_of(owner: int, kin: int, severity: int) -> int:
    """The place of the list of an owner's incidents of a kin and severity, or where the policy ranks of all
    severities. A queue's order is that of its lists together."""
    return (owner * KINS + kin) * SEVERITY_PLACES + severity


def owner_of(w: WorldTables, team: int, kin: int) -> int:
    """Whose the list is in which a team's incidents of a kin wait: the team's own where it has a queue, or nobody
    else takes them; or else that of all, 0."""
    return team if w.rules.queues > 1 or w.rules.kin_home[kin] else 0


def kin_of(w: WorldTables, incident: int) -> int:
    """The kin of an incident: see `sim.policy.kin`."""
    kin = 1 if w.incidents[incident].deferrals > 0 else 0
    if w.rules.curious and w.more[incident].label < MOST_LABELS:
        kin += 2 * w.rules.kin_of_label[w.more[incident].label]
    return kin


def earliest_head(w: WorldTables) -> int:
    """Which kin's head comes first; -1: there is none."""
    first = -1
    for kin in range(w.rules.kins):
        if w.heads[kin] >= 0 and (first < 0 or comes_before(w, w.heads[kin], w.heads[first])):
            first = kin
    return first


def place_in_queue(w: WorldTables, incident: int) -> int:
    """Which of a queue's lists an incident stands in."""
    return RANKED if w.rules.ranked else w.incidents[incident].severity


def enqueue(w: WorldTables, incident: int) -> None:
    """Put an incident into its queue, and among those that may interrupt if it may; one that stands
    there already stays."""
    row = w.incidents[incident]
    if row.stage < Stage.QUEUED:
        row.stage = Stage.QUEUED
    if row.listed:
        return
    if w.rules.swarms and not row.begun and not w.more[incident].shared_out:
        share_out(w, incident)
    if w.rules.ranked:
        asked = ask_rank(w.rank, incident_view(w, incident), w.run.now, w.p)
        w.more[incident].rank = int(asked)
    row.listed = 1
    w.teams[row.team].waiting += 1
    w.run.listed += 1
    mark(w.to_ask, row.team)
    if w.rules.queues == 1:
        w.run.fresh = 1
    row.seen = w.run.dispatches
    row.refused = 0
    place = queue_place(w, incident)
    w.begun_waiting[place] += row.begun
    enlist(w, w.queues, place, incident, QUEUE_LINKS)
    if row.urgent:
        w.run.urgent += 1
        enlist(w, w.urgent, urgent_place(w, incident), incident, URGENT_LINKS)


def share_out(w: WorldTables, incident: int) -> None:
    """Ask the policy how many are to work on an incident together, and share its effort out."""
    row = w.incidents[incident]
    w.more[incident].shared_out = 1
    asked = ask_people(w.people, incident_view(w, incident), w.p)
    together = int(asked)
    if together != row.people:
        lay_out_parts(w, incident, together, effort_of_each(row.effort, row.people, together))


def lay_out_parts(w: WorldTables, incident: int, people: int, effort: int) -> None:
    """Make as many parts of an incident, of equal effort, as people are to work on it together."""
    row, part = w.incidents[incident], w.run.parts
    if part + people > len(w.parts):
        w.run.parts_full = 1
        return
    row.people = people
    row.effort = effort
    row.part = part
    row.unfinished = people
    row.waiting = people
    for place in range(part, part + people):
        w.parts[place].incident = incident
        w.parts[place].remaining = effort
        w.parts[place].waits = 1
    w.run.parts = part + people


def dequeue(w: WorldTables, incident: int) -> None:
    """Take an incident out of its queue, and from among those that may interrupt."""
    row = w.incidents[incident]
    row.listed = 0
    w.teams[row.team].waiting -= 1
    w.run.listed -= 1
    mark(w.to_ask, row.team)
    place = queue_place(w, incident)
    w.begun_waiting[place] -= row.begun
    unlist(w, w.queues, place, incident, QUEUE_LINKS)
    if row.urgent:
        w.run.urgent -= 1
        unlist(w, w.urgent, urgent_place(w, incident), incident, URGENT_LINKS)
        if row.refused:
            count_refused(w, incident, -1)


def refused_owner(w: WorldTables, team: int, kin: int) -> int:
    """Whose the list is in which a team's refused incidents of a kin stand: the team's where nobody else takes
    them, or else that of all, 0."""
    return team if w.rules.kin_home[kin] else 0


def refused_list(owner: int, kin: int, severity: int) -> int:
    """The place, among the lists of what may interrupt, of an owner's of a kin and severity that were refused."""
    return SEVERITY_PLACES + list_of(owner, kin, severity)


def urgent_place(w: WorldTables, incident: int) -> int:
    """The place, among the lists of what may interrupt, of the one in which an incident stands."""
    place = place_in_queue(w, incident)
    if not w.incidents[incident].refused:
        return place
    kin = kin_of(w, incident)
    return refused_list(refused_owner(w, w.incidents[incident].team, kin), kin, place)


def put_among_refused(w: WorldTables, incident: int) -> None:
    """Note that everybody has refused an incident that may interrupt."""
    unlist(w, w.urgent, urgent_place(w, incident), incident, URGENT_LINKS)
    w.incidents[incident].refused = 1
    enlist(w, w.urgent, urgent_place(w, incident), incident, URGENT_LINKS)
    count_refused(w, incident, 1)


def count_refused(w: WorldTables, incident: int, more: int) -> None:
    """Count so many more incidents of one's team and severity among the refused."""
    team = w.incidents[incident].team
    w.refused[place_in_queue(w, incident)] += more
    w.teams[team].refused += more
    if w.teams[team].refused > 0:
        mark(w.with_refused, team)
    else:
        unmark(w.with_refused, team)


def defer(w: WorldTables, incident: int) -> None:
    """Put an incident among those that wait for the planning."""
    row, team = w.incidents[incident], w.incidents[incident].team
    row.stage = Stage.DEFERRED
    row.urgent = 0
    row.deferrals += 1
    if w.rules.ranked:
        w.more[incident].rank = 0
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
