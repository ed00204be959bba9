"""Who is given an incident, and how they take it."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_takes
from sim.engine.kernel.events import log, next_marked
from sim.engine.kernel.hours import hours_of, is_closed
from sim.engine.kernel.queues import dequeue, kin_of
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.views import developer_view, incident_view
from sim.engine.kernel.work import begin, is_elsewhere, put_down, take_part
from sim.engine.states import Activity, Hand
from sim.engine.trace import EventType


def is_on_time(w: WorldTables, developer: int) -> bool:
    """Whether it is a developer's time to work; where all keep the same hours, work is handed out in no
    other."""
    return not w.rules.zones or not is_closed(w, hours_of(w, developer))


def can_drop_for(w: WorldTables, developer: int, severity: int) -> bool:
    """Whether somebody is free, in a meeting, on a story or an improvement, or on an incident less
    severe."""
    row = w.developers[developer]
    if row.activity == Activity.AWAY or is_elsewhere(w, developer) or not is_on_time(w, developer):
        return False
    if row.hand != Hand.PART:
        return True
    incident = w.parts[row.item].incident
    return w.incidents[incident].severity > severity


EVERYBODY = 0
"""A dispatch at or after which everybody has changed."""


def best_placed(w: WorldTables, incident: int, since: int) -> int:
    """The developer to give an incident that may interrupt, of those who have changed at or after a dispatch,
    looked for from its own team on; -1 where nobody takes it."""
    home, kin = w.incidents[incident].team, kin_of(w, incident)
    if w.rules.kin_home[kin]:
        return best_of_team(w, home, incident, since)
    team = next_to_search(w, home, kin, since)
    while team >= 0:
        found = best_of_team(w, team, incident, since)
        if found >= 0:
            return found
        team = next_to_search(w, team + 1, kin, since)
    team = next_to_search(w, 0, kin, since)
    while 0 <= team < home:
        found = best_of_team(w, team, incident, since)
        if found >= 0:
            return found
        team = next_to_search(w, team + 1, kin, since)
    return -1


def next_to_search(w: WorldTables, team: int, kin: int, since: int) -> int:
    """The next team, from `team` on, in which somebody may take an incident of a kin who has changed at or after
    a dispatch; -1: none."""
    if since != EVERYBODY:
        return next_marked(w.changed, team)
    if w.rules.kin_duty[kin]:
        return next_marked(w.with_duty, team)
    return team if team < w.rules.teams else -1


def best_of_team(w: WorldTables, team: int, incident: int, since: int) -> int:
    """The developer of a team to give an incident, of those who have changed at or after a dispatch; -1 where
    nobody takes it."""
    severity, kin = w.incidents[incident].severity, kin_of(w, incident)
    best, least_kind, least_since = -1, 0, 0
    for developer in range(w.teams[team].first, w.teams[team].last):
        if not is_worth_asking(w, developer, kin, severity, since):
            continue
        kind = cost_of_dropping(w, developer)
        begun = w.developers[developer].since if kind >= 2 else 0
        if best >= 0 and (kind > least_kind or (kind == least_kind and begun <= least_since)):
            continue
        if may_take(w, developer, incident):
            best, least_kind, least_since = developer, kind, begun
    return best


def is_worth_asking(w: WorldTables, developer: int, kin: int, severity: int, since: int) -> bool:
    """Whether somebody has changed at or after a dispatch, may take any incident of a kin at all, and could drop
    what they do for one of a severity."""
    row = w.developers[developer]
    if row.changed < since or (w.rules.kin_duty[kin] and not row.on_duty):
        return False
    return can_drop_for(w, developer, severity)


def may_take(w: WorldTables, developer: int, incident: int) -> bool:
    """Ask the policy whether somebody may work on an incident, unless it is known that it refuses them."""
    row, kin = w.developers[developer], kin_of(w, incident)
    if w.rules.kin_home[kin] and row.team != w.incidents[incident].team:
        return False
    if w.rules.kin_duty[kin] and not row.on_duty:
        return False
    if not w.rules.chooses:
        return True
    asked = ask_takes(w.takes, developer_view(w, developer), incident_view(w, incident), w.p)
    return int(asked) != 0


def cost_of_dropping(w: WorldTables, developer: int) -> int:
    """How late somebody is chosen to drop what they do: the free first (0), then those in a
    meeting, on an improvement, on a story, on an incident (4)."""
    activity, hand = w.developers[developer].activity, w.developers[developer].hand
    if activity == Activity.FREE:
        return 0
    if activity == Activity.CEREMONY:
        return 1
    if hand == Hand.IMPROVEMENT:
        return 2
    return 3 if hand == Hand.STORY else 4


def take(w: WorldTables, developer: int, incident: int) -> None:
    """Give an incident to a developer, who drops other work for it."""
    developers, incidents = w.developers, w.incidents
    switch = 0
    if developers[developer].activity != Activity.FREE:
        switch = w.rules.switch
        put_down(w, developer)
        log(w, EventType.INTERRUPTED, incident, developer, developers[developer].team, 0)
    part = take_part(w, incident)
    if incidents[incident].waiting == 0:
        dequeue(w, incident)
    begin(w, developer, Hand.PART, part, switch)
