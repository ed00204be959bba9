"""Who is given an incident that may interrupt."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_takes
from sim.engine.kernel.hours import hours_of, is_closed
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.views import developer_view, incident_view
from sim.engine.kernel.work import is_elsewhere
from sim.engine.states import Activity, Hand


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


def best_placed(w: WorldTables, incident: int) -> int:
    """The developer to give an incident that may interrupt, looked for from its own team on; -1
    where nobody takes it."""
    teams = w.rules.teams
    home = w.incidents[incident].team
    severity = w.incidents[incident].severity
    for offset in range(teams):
        team = (home + offset) % teams
        best, least_kind, least_since = -1, 0, 0
        for developer in range(w.teams[team].first, w.teams[team].last):
            if w.developers[developer].changed < w.incidents[incident].asked:
                continue
            if not can_drop_for(w, developer, severity):
                continue
            kind = cost_of_dropping(w, developer)
            since = w.developers[developer].since if kind >= 2 else 0
            if best >= 0 and (kind > least_kind or (kind == least_kind and since <= least_since)):
                continue
            if may_take(w, developer, incident):
                best, least_kind, least_since = developer, kind, since
        if best >= 0:
            return best
    return -1


def may_take(w: WorldTables, developer: int, incident: int) -> bool:
    """Ask the policy whether somebody may work on an incident; plain Scrum's answer stands here once
    more."""
    if not w.rules.chooses:
        return w.developers[developer].team == w.incidents[incident].team
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
