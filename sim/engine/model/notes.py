"""What a policy learns from incidents: until when each is promised, what became of the promise, and the
team's level, its only memory."""

from __future__ import annotations

from sim.engine.model.clock import World
from sim.engine.model.state import Incident
from sim.engine.rules import due_of, is_broken
from sim.engine.trace import EventType
from sim.policy.views import LATER


def know_promises(w: World, incident: Incident) -> None:
    """Work out until when an incident that opens is to be started and resolved, where the policy looks
    at that."""
    if not w.rules.promised:
        return
    respond, resolve, by_clock = w.org.promises[incident.kind].tolist()
    incident.respond_by, incident.resolve_by = (
        LATER if within < 0 else promised_by(w, incident, within, by_clock)
        for within in (respond, resolve)
    )


def promised_by(w: World, incident: Incident, within: int, by_clock: int) -> int:
    """The second until which what is promised within so many seconds from its opening is to come; by the
    clock, in those of its team's hours."""
    if not by_clock:
        return incident.opened + within
    left = within - incident.worked_before
    return w.teams[incident.team].hours.finish(w.now, left) if left > 0 else w.now + left


def due_by(w: World, incident: Incident) -> int:
    """The second until which an incident is to be resolved; LATER: there is none."""
    org, kind = w.org, incident.kind
    within, every = int(org.due_within[kind]), int(org.due_every[kind])
    if within or every:
        return due_of(incident.opened, within, every)
    dates = org.due_dates[org.due_first[kind] : org.due_first[kind + 1]].tolist()
    return next((date for date in dates if date > incident.opened), LATER)


def settle(w: World, incident: Incident, by: int) -> None:
    """Count a promise to have come `by` a moment, as kept or broken."""
    if by != LATER:
        team = w.teams[incident.team]
        team.settled += 1
        team.broken += is_broken(w.now, by)


def note(w: World, incident: Incident, event: int) -> None:
    """Tell the policy of an incident that has come, is started or has ended, and ask for the team's level
    from now on; a change is written into the trace."""
    if not w.rules.notes:
        return
    team = w.teams[incident.team]
    waited = w.now - incident.opened
    level = w.policy.note(w.team_view(team.id), event, incident.view, waited, w.now, w.p)
    if level != team.level:
        team.level = level
        w.log(EventType.NOTED, incident.id, team=team.id, value=level)
