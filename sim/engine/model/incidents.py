"""Incidents from opening to closing."""

from __future__ import annotations

from sim.engine.model import night_calls, notes, queues, sprints
from sim.engine.model.clock import World
from sim.engine.model.state import Developer, Incident, Part
from sim.engine.model.teams import Team
from sim.engine.rules import severity_escalated
from sim.engine.states import Rank, Stage
from sim.engine.trace import EventType
from sim.policy.contract import ARRIVED, CANCEL, DEFER, ENDED, INTERRUPT, LABEL, QUEUE, SWAP
from sim.sampling.incidents import REOPENING


def cause(w: World, incident: Incident) -> None:
    """Have a regression or a reopening open some time after its cause: after the end of a freeze, where
    that was not released before."""
    incident.opened = released(w) + incident.after
    w.at(incident.opened, Rank.ARRIVE, incident, open_incident)


def released(w: World) -> int:
    """When what is finished now is released: at the end of the freeze, where there is one."""
    ends = (ends for begins, ends in w.org.freezes.tolist() if begins <= w.now < ends)
    return next(ends, w.now)


def open_incident(w: World, incident: Incident) -> None:
    """Open an incident, unless improvements have done away with it."""
    if incident.cause != REOPENING and incident.uniform >= w.demand[incident.kind]:
        incident.stage = Stage.CLOSED
        w.log(EventType.AVOIDED, incident.id, team=incident.team)
        return
    w.log(EventType.OPENED, incident.id, team=incident.team)
    notes.know_promises(w, incident)
    incident.due = notes.due_by(w, incident)
    incident.update()
    if incident.abandon_after:
        end = max(w.now, incident.opened + incident.abandon_after)
        w.at(end, Rank.WITHDRAW, incident, withdraw)
    if incident.escalate_after:
        w.at(end_of_patience(w, incident), Rank.ESCALATE, incident, escalate)
    if incident.first_line:
        incident.stage = Stage.FIRST_LINE
        end = w.teams[incident.team].hours.finish(w.now, incident.first_line)
        w.at(end, Rank.ARRIVE, incident, leave_first_line)
    else:
        admit(w, incident)


def leave_first_line(w: World, incident: Incident) -> None:
    """End the first line's work: it has settled the incident, or hands it on to its team."""
    if not incident.open:
        return
    if incident.deflected:
        incident.stage = Stage.CLOSED
        w.log(EventType.DEFLECTED, incident.id, team=incident.team)
    else:
        admit(w, incident)


def withdraw(w: World, incident: Incident) -> None:
    """Withdraw an incident that nobody has started in time, as whoever reported it does."""
    if incident.stage > Stage.QUEUED or incident.begun:
        return
    queues.take_out(w, incident)
    queues.release_reserve(w.teams[incident.team], incident)
    incident.stage = Stage.CLOSED
    w.log(EventType.WITHDRAWN, incident.id, team=incident.team)
    if incident.counted:
        notes.note(w, incident, ENDED)


def end_of_patience(w: World, incident: Incident) -> int:
    """The second at which whoever reported an incident goes to somebody higher up, by the kind's
    clock."""
    if w.org.promises[incident.kind, 2]:
        left = incident.escalate_after - incident.worked_before
        return w.teams[incident.team].hours.finish(w.now, left) if left > 0 else w.now
    return max(w.now, incident.opened + incident.escalate_after)


def escalate(w: World, incident: Incident) -> None:
    """Make an incident that nobody has started in time one severity worse from now on, and route it
    anew if it has been routed."""
    if incident.stage > Stage.QUEUED or incident.begun:
        return
    waits = incident.stage != Stage.FIRST_LINE
    if waits:
        queues.take_out(w, incident)
        queues.release_reserve(w.teams[incident.team], incident)
    incident.escalated = True
    incident.severity = severity_escalated(incident.severity)
    incident.update()
    w.log(EventType.ESCALATED, incident.id, team=incident.team, value=incident.severity)
    if waits:
        admit(w, incident)


# ---- what is to become of it ---------------------------------------------------------------------


def admit(w: World, incident: Incident) -> None:
    """Bring an incident to its team: somebody is called, or the policy is asked."""
    team = w.teams[incident.team]
    if not incident.counted:
        incident.counted = True
        if incident.logged:
            team.unplanned += incident.mean_effort
        notes.note(w, incident, ARRIVED)
    if night_calls.is_worth_a_call(w, incident):
        put_in_queue(w, team, incident, INTERRUPT)
        for _ in range(incident.people):
            night_calls.page(w, team)
    else:
        route(w, incident)


def route(w: World, incident: Incident) -> None:
    """Ask the policy what is to become of an incident, and do it."""
    act(w, incident, decide(w, incident))


def decide(w: World, incident: Incident) -> int:
    """Ask the policy what is to become of an incident, as far as that can be; the label that comes with
    the answer is written on the incident."""
    team = w.teams[incident.team]
    answer = w.policy.route(incident.view, w.team_view(team.id), w.now, w.p)
    action = answer % LABEL
    if incident.label != answer // LABEL:
        incident.label = answer // LABEL
        incident.update()
    if action in (DEFER, SWAP) and incident.planned:
        return QUEUE  # what is committed stays so
    if action == SWAP and (team.sprint < 0 or not sprints.can_swap(team, incident)):
        return DEFER
    return action


def act(w: World, incident: Incident, action: int) -> None:
    """Do with an incident what was decided."""
    team = w.teams[incident.team]
    if action == DEFER:
        queues.defer(w, incident)
        w.log(EventType.DEFERRED, incident.id, team=team.id)
        return
    if action == SWAP:
        sprints.swap_in(w, team, incident)
    elif action == CANCEL:
        if team.sprint >= 0:
            sprints.cancel(w, team)
        action = INTERRUPT
    put_in_queue(w, team, incident, action)


def put_in_queue(w: World, team: Team, incident: Incident, action: int) -> None:
    """Put an incident into the queue as QUEUE, SWAP or INTERRUPT says, and charge it to the reserve
    unless it is committed."""
    incident.urgent = action == INTERRUPT
    if not incident.planned:
        queues.charge(team, incident)
    w.log(EventType.QUEUED, incident.id, team=team.id, value=int(action))
    queues.enqueue(w, incident)
    if w.available or w.urgent:
        w.request_dispatch()


def look(w: World) -> None:
    """Route what was deferred again, as its time of day has come; what is deferred once more stays as it
    was."""
    for team in w.teams:
        if w.is_closed(team.hours):
            continue
        for incident in list(team.deferred):
            if incident.stage != Stage.DEFERRED:
                continue  # the sprint was cancelled, and it has come in
            action = decide(w, incident)
            if action != DEFER:
                queues.take_out(w, incident)
                act(w, incident, action)


def reroute(w: World, team: Team) -> None:
    """Ask the policy again about a team's incidents that nobody has started, as the reserve is used
    up."""
    for incident in [i for i in team.queue if i.team == team.id and i.is_admitted_only]:
        queues.dequeue(w, incident)
        queues.release_reserve(team, incident)
        route(w, incident)


# ---- its end -------------------------------------------------------------------------------------


def finish_part(w: World, developer: Developer, part: Part) -> None:
    """End one person's share of an incident; with the last share it is resolved."""
    incident = part.incident
    part.remaining = 0
    incident.working -= 1
    incident.unfinished -= 1
    if incident.unfinished:
        if incident.working == 0:
            incident.stage = Stage.SUSPENDED
        w.log(EventType.PART_DONE, incident.id, developer.id, developer.team, incident.working)
        return
    incident.stage = Stage.CLOSED
    w.teams[incident.team].incidents_begun -= 1
    w.incidents_begun -= 1
    w.log(EventType.RESOLVED, incident.id, developer.id, developer.team)
    notes.settle(w, incident, incident.resolve_by)
    notes.note(w, incident, ENDED)
    if incident.reopening >= 0:
        cause(w, w.incident(incident.reopening))
    team = w.teams[incident.team]
    if queues.book(team, incident, incident.effort * incident.people):
        reroute(w, team)


def outgrow(w: World, developer: Developer, part: Part, stint: int) -> None:
    """Take back an incident whose time box is full, and ask the policy what is to become of it."""
    incident, team = part.incident, w.teams[part.incident.team]
    part.remaining -= stint
    incident.outgrown = True
    incident.update()
    incident.working -= 1
    incident.stage = Stage.SUSPENDED
    incident.waiting.append(part)
    w.log(EventType.OUTGROWN, incident.id, developer.id, developer.team)
    used_up = queues.book(team, incident, max(0, incident.effort - part.remaining))
    route(w, incident)
    if used_up:
        reroute(w, team)
