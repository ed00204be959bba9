"""What a policy learns from incidents: until when each is promised, what became of the promise, and the
team's level, its only memory."""

from __future__ import annotations

from sim.engine.kernel.asking import ask_note
from sim.engine.kernel.events import log, mark
from sim.engine.kernel.hours import finish, hours_of_team
from sim.engine.kernel.tables import WorldTables
from sim.engine.kernel.views import incident_view, team_view
from sim.engine.rules import due_of, is_broken
from sim.engine.trace import EventType
from sim.policy.views import LATER


def know_promises(w: WorldTables, incident: int) -> None:
    """Work out until when an incident that opens is to be started and resolved, where the policy looks
    at that."""
    if not w.rules.promised:
        return
    more, kind = w.more[incident], w.kinds[w.incidents[incident].kind]
    if kind.respond >= 0:
        more.respond_by = promised_by(w, incident, kind.respond, kind.by_clock)
    if kind.resolve >= 0:
        more.resolve_by = promised_by(w, incident, kind.resolve, kind.by_clock)


def promised_by(w: WorldTables, incident: int, within: int, by_clock: int) -> int:
    """The second until which what is promised within so many seconds from its opening is to come; by the
    clock, in those of its team's hours."""
    row = w.incidents[incident]
    if not by_clock:
        return row.opened + within
    left = within - w.more[incident].worked_before
    return finish(w, hours_of_team(w, row.team), left) if left > 0 else w.run.now + left


def due_by(w: WorldTables, incident: int) -> int:
    """The second until which an incident is to be resolved; LATER: there is none."""
    row = w.incidents[incident]
    kind = w.kinds[row.kind]
    if kind.due_within > 0 or kind.due_every > 0:
        return due_of(row.opened, kind.due_within, kind.due_every)
    for place in range(kind.due_from, kind.due_to):
        if w.due_dates[place] > row.opened:
            return w.due_dates[place]
    return LATER


def settle(w: WorldTables, team: int, by: int) -> None:
    """Count a promise of a team to have come `by` a moment, as kept or broken."""
    if by != LATER:
        w.teams[team].settled += 1
        w.teams[team].broken += is_broken(w.run.now, by)


def note(w: WorldTables, incident: int, event: int) -> None:
    """Tell the policy of an incident that has come, is started or has ended, and ask for the team's level
    from now on; a change is written into the trace."""
    if not w.rules.notes:
        return
    team, now = w.incidents[incident].team, w.run.now
    waited = now - w.incidents[incident].opened
    view = incident_view(w, incident)
    asked = ask_note(w.note, team_view(w, team), event, view, waited, now, w.p)
    level = int(asked)
    if level != w.teams[team].level:
        w.teams[team].level = level
        mark(w.to_ask, team)
        log(w, EventType.NOTED, incident, -1, team, level)
