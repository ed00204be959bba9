"""Handing out work."""

from __future__ import annotations

from sim.engine.model import improvements, queues, sprints, work
from sim.engine.model.clock import World
from sim.engine.model.state import FREE, Developer, Incident, Team
from sim.engine.rules import focus_time
from sim.engine.trace import EventType
from sim.policy.contract import INCIDENT_FIRST, NOTHING_NEW, STORY_FIRST, plain_next_work


def dispatch(w: World) -> None:
    """Hand out work: first what may interrupt, worst and oldest first; then to everybody available,
    by id."""
    w.next_dispatch = -1
    for incident in list(w.urgent):
        while incident.waiting:
            developer = best_placed(w, incident)
            if developer is None:
                break
            take(w, developer, incident)
    for id in sorted(w.available):
        hand_out(w, w.developers[id])


def best_placed(w: World, incident: Incident) -> Developer | None:
    """The developer to give an incident that may interrupt, looked for from its own team on; None
    where nobody takes it."""
    for offset in range(len(w.teams)):
        team = w.teams[(incident.team + offset) % len(w.teams)]
        candidates = [d for d in team.developers if d.can_drop_for(incident)]
        for developer in sorted(candidates, key=Developer.cost_of_dropping):
            if w.policy.takes(developer.view, incident.view, w.p):
                return developer
    return None


def take(w: World, developer: Developer, incident: Incident) -> None:
    """Give an incident to a developer, who drops other work for it."""
    switch = 0
    if developer.activity != FREE:
        switch = w.rules.switch
        work.put_down(w, developer)
        w.log(EventType.INTERRUPTED, incident.id, developer.id, developer.team)
    part = incident.waiting.pop(0)
    if not incident.waiting:
        queues.dequeue(w, incident)
    work.begin(w, developer, part, switch)


def hand_out(w: World, developer: Developer) -> None:
    """Give somebody available work, in the order the policy prefers; on duty, never a story.

    What an incident cut short of the Scrum events is made up for first. On duty, an improvement is
    what remains when no incident waits, and is put aside for the next.
    """
    if developer.ceremony_debt:
        work.stop_improving(w, developer)
        sprints.meet(w, developer, developer.ceremony_debt)
        return
    team = w.teams[developer.team]
    first = preferred(w, developer, team)
    if first == NOTHING_NEW:
        if developer.paused and not developer.on_duty:
            begin_held(w, developer)
        return
    if first == INCIDENT_FIRST and hand_out_incident(w, developer, team):
        return
    if not developer.on_duty and (
        hand_out_improvement(w, developer, team) or hand_out_story(w, developer, team)
    ):
        return
    if first == STORY_FIRST and hand_out_incident(w, developer, team):
        return
    if developer.on_duty and developer.activity == FREE:
        hand_out_improvement(w, developer, team)


def preferred(w: World, developer: Developer, team: Team) -> int:
    """Ask the policy what somebody is to look for first; plain Scrum says so without a look at the
    team."""
    if w.policy.next_work is plain_next_work:
        return INCIDENT_FIRST
    return w.policy.next_work(developer.view, w.team_view(team.id), w.p)


def hand_out_incident(w: World, developer: Developer, team: Team) -> bool:
    """Give a developer the worst and oldest incident in the queue that they take; return whether
    there is one."""
    for incident in team.queue:
        if w.policy.takes(developer.view, incident.view, w.p):
            take(w, developer, incident)
            return True
    return False


def hand_out_improvement(w: World, developer: Developer, team: Team) -> bool:
    """Give a developer the next improvement, off duty only as far as the sprint's share goes;
    return whether there is one."""
    if not developer.on_duty and team.improved >= team.improve:
        return False
    improvement = improvements.next_improvement(w)
    if improvement is None:
        return False
    improvement.taken = True
    work.begin(w, developer, improvement, switch=0)
    return True


def begin_held(w: World, developer: Developer) -> None:
    """Go on with the story that the developer has put aside."""
    story, developer.paused = developer.paused, None
    assert story is not None
    work.begin(w, developer, story, switch=0)


def hand_out_story(w: World, developer: Developer, team: Team) -> bool:
    """Give a developer their own story first, then one handed back, then one committed, then one
    more; return whether there is one."""
    if developer.paused:
        begin_held(w, developer)
        return True
    story = team.next_committed()
    if story is None and may_pull(w, team):
        story = team.pull()
        w.log(EventType.PULLED, story.id, team=team.id, value=team.sprint)
    if story is None:
        return False
    work.begin(w, developer, story, switch=0)
    return True


def may_pull(w: World, team: Team) -> bool:
    """Whether a team that finishes early may pull on: as long as the unspent reserve stays covered,
    and not where it keeps everything in reserve, as it has nothing to finish then."""
    if not team.backlog or 0 < team.capacity <= team.reserve:
        return False
    left = w.worked(team.ends) - w.worked()
    capacity = focus_time(left * team.here, team.focus)
    return team.reserve_left <= 0 or capacity > team.reserve_left
