"""Handing out work."""

from __future__ import annotations

from collections.abc import Callable

from sim.engine.model import improvements, meetings, queues, sprints, work
from sim.engine.model.clock import World
from sim.engine.model.placing import best_placed
from sim.engine.model.state import FILLING_IN, FREE, Developer, Incident, Story
from sim.engine.model.teams import Team
from sim.engine.rules import focus_time
from sim.engine.trace import EventType
from sim.policy.contract import INCIDENT_FIRST, NOTHING_NEW, STORY_FIRST, plain_next_work
from sim.policy.parameters import IMPROVEMENTS


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
    for developer in [w.developers[id] for id in sorted(w.available)]:
        if w.is_at_work(developer):
            hand_out(w, developer)


def take(w: World, developer: Developer, incident: Incident) -> None:
    """Give an incident to a developer, who drops other work for it."""
    switch = 0
    if developer.activity != FREE:
        switch = w.rules.switch
        work.put_down(w, developer)
        w.log(EventType.INTERRUPTED, incident.id, developer.id, developer.team)
    work.let_grow(w, incident)
    part = incident.waiting.pop(0)
    if not incident.waiting:
        queues.dequeue(w, incident)
    work.begin(w, developer, part, switch)


def hand_out(w: World, developer: Developer) -> None:
    """Give somebody available work, in the order the policy prefers.

    What an incident cut short of the Scrum events is made up for first. On duty, incidents come first
    whatever the policy prefers; while none waits, there are improvements and stories as far as the policy's
    `quiet` goes, which are put aside for the next.
    """
    if developer.ceremony_debt:
        work.stop_improving(w, developer)
        if developer.activity == FILLING_IN:
            work.pause(w, developer, cost=0)
        meetings.meet(w, developer, developer.ceremony_debt)
        return
    team = w.teams[developer.team]
    first = preferred(w, developer, team)
    begun = first == NOTHING_NEW
    incidents_first = first != STORY_FIRST or developer.on_duty
    if incidents_first and hand_out_incident(w, developer, team, begun):
        return
    if developer.activity == FREE and (
        hand_out_improvement(w, developer, team, begun) or hand_out_story(w, developer, team, begun)
    ):
        return
    if not incidents_first:
        hand_out_incident(w, developer, team, begun)


def preferred(w: World, developer: Developer, team: Team) -> int:
    """Ask the policy what somebody is to look for first; plain Scrum says so without a look at the
    team."""
    if w.policy.next_work is plain_next_work:
        return INCIDENT_FIRST
    return w.policy.next_work(developer.view, w.team_view(team.id), w.p)


def hand_out_incident(w: World, developer: Developer, team: Team, begun: bool) -> bool:
    """Give a developer the first incident in the queue that they take, of those only that are `begun`
    where nothing else may be; return whether there is one."""
    for incident in team.queue:
        if begun and not incident.begun:
            continue
        if w.policy.takes(developer.view, incident.view, w.p):
            take(w, developer, incident)
            return True
    return False


def hand_out_improvement(w: World, developer: Developer, team: Team, begun: bool) -> bool:
    """Give a developer the next improvement, off duty only as far as the sprint's share goes; return
    whether there is one, and it is `begun` where nothing else may be."""
    allowed = w.rules.quiet >= IMPROVEMENTS if developer.on_duty else team.improved < team.improve
    improvement = improvements.next_improvement(w) if allowed else None
    if improvement is None or (begun and not improvement.begun):
        return False
    improvement.taken = True
    work.begin(w, developer, improvement, switch=0)
    return True


def begin_held(w: World, developer: Developer) -> None:
    """Go on with the story that the developer has put aside."""
    story, developer.paused = developer.paused, None
    assert story is not None
    work.begin(w, developer, story, switch=0)


def hand_out_story(w: World, developer: Developer, team: Team, begun: bool) -> bool:
    """Give a developer their own story first, then the first that they may take of those handed back, of
    those committed, and one more; of the begun ones only where nothing else may be. Return whether there
    is one."""
    if developer.paused:
        begin_held(w, developer)
        return True

    def suits(story: Story) -> bool:
        return sprints.may_pick(w, developer, story)

    story = team.next_handed_back(suits)
    if story is None and not begun:
        story = team.next_unstarted(suits) or pull(w, team, suits)
    if story is None:
        return False
    work.begin(w, developer, story, switch=0)
    return True


def pull(w: World, team: Team, suits: Callable[[Story], bool]) -> Story | None:
    """Take one story more than was committed, where the team may."""
    story = team.pull(suits) if may_pull(w, team) else None
    if story is not None:
        w.log(EventType.PULLED, story.id, team=team.id, value=team.sprint)
    return story


def may_pull(w: World, team: Team) -> bool:
    """Whether a team that finishes early may pull on: as long as the unspent reserve stays covered,
    and not where it keeps everything in reserve, as it has nothing to finish then."""
    if not team.backlog or 0 < team.capacity <= team.reserve:
        return False
    capacity = focus_time(team.time_left(w.now), team.focus)
    return team.reserve_left <= 0 or capacity > team.reserve_left
