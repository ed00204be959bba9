"""Sprints: duty, planning and meetings; swapping an incident in, and cancelling."""

from __future__ import annotations

from sim.engine.model import capacity, departures, meetings, queues, work
from sim.engine.model.clock import World
from sim.engine.model.state import FILLING_IN, WORKING, Developer, Incident, Story
from sim.engine.model.teams import Team
from sim.engine.rules import still_to_improve
from sim.engine.states import Queued
from sim.engine.trace import EventType
from sim.policy.parameters import STORIES
from sim.policy.views import SprintView


def plan(w: World, team: Team, number: int, ends: int) -> None:
    """Begin a team's sprint: review, duty, then the plan and the Scrum events."""
    team.close_sprint()
    team.sprint, team.begins, team.ends = number, w.now, ends
    for developer in team.developers:
        work.stop_improving(w, developer)
    if number > 0:
        departures.let_leave(w, team)
        review(w, team)
    was_on_duty = [developer.on_duty for developer in team.developers]
    assign_duties(w, team)
    departures.count_sprint(team)
    make_plan(w, team, w.rules.ceremony)
    for developer, was in zip(team.developers, was_on_duty, strict=True):
        handover = w.rules.handover if number > 0 and developer.on_duty != was else 0
        meetings.attend(w, developer, w.rules.ceremony + handover)
    w.request_dispatch()


def review(w: World, team: Team) -> None:
    """Ask the policy for the team's level from now on; a change is written into the trace."""
    answer = w.policy.review(w.team_view(team.id), w.sprint_view(team.id), w.p)
    level = answer
    if level != team.level:
        team.level = level
        w.log(EventType.REVIEWED, team.sprint, team=team.id, value=level)


def assign_duties(w: World, team: Team) -> None:
    """Ask the policy who of a team is on duty, by the rotation among those present."""
    count_turns(w, team)
    sprint = w.sprint_view(team.id)
    for developer in team.developers:
        assign_duty(w, developer, sprint)


def count_turns(w: World, team: Team) -> None:
    """Number those present from whoever's turn it is; the absent stand behind them all."""
    size, turn = len(team.developers), 0
    first = max(team.sprint, 0) // w.rules.turn_sprints
    for place in range(size):
        developer = team.developers[(first + place) % size]
        developer.turn = turn if developer.present else size
        turn += developer.present
        developer.update_view()
    team.present = turn


def assign_duty(w: World, developer: Developer, sprint: SprintView) -> None:
    """Ask the policy whether a developer is on duty; whoever goes on duty hands story work back to
    the team, but for what they may go on with while it is quiet."""
    on_duty = bool(w.policy.on_duty(developer.view, sprint, w.p))
    if on_duty == developer.on_duty:
        return
    work.stop_improving(w, developer)
    developer.on_duty = on_duty
    w.teams[developer.team].on_duty += 1 if on_duty else -1
    developer.update_view()
    event_type = EventType.DUTY_BEGAN if on_duty else EventType.DUTY_ENDED
    w.log(event_type, developer=developer.id, team=developer.team)
    item = developer.item
    if on_duty and developer.paused and not may_pick(w, developer, developer.paused):
        work.hand_back(w, developer)
    if not isinstance(item, Story):
        return
    if on_duty and not may_pick(w, developer, item):
        drop_story(w, developer)
        work.hand_back(w, developer)
    elif developer.activity in (WORKING, FILLING_IN):
        work.set_activity(w, developer, FILLING_IN if on_duty else WORKING)


def may_pick(w: World, developer: Developer, story: Story) -> bool:
    """Ask the policy whether somebody may take a story; plain Scrum's answer stands here once more."""
    if not w.rules.picky:
        return not developer.on_duty or w.rules.quiet == STORIES
    team = w.team_view(developer.team)
    return bool(w.policy.picks(developer.view, story.view, team, w.p))


def drop_story(w: World, developer: Developer) -> None:
    """Have a developer put down the story in hand, if there is one."""
    if not isinstance(developer.item, Story):
        return
    if developer.is_elsewhere:
        work.release(w, developer)
    else:
        work.put_down(w, developer)
        work.set_free(w, developer)


def make_plan(w: World, team: Team, events: int) -> None:
    """Plan what is left of the sprint: reserve, improvements, incidents that waited, stories.

    `events`: seconds of meetings that everybody has.
    """
    sprint = w.sprint_view(team.id)
    team.capacity = capacity.capacity_of(w, team, events)
    reserve = w.policy.reserve(w.team_view(team.id), sprint, w.p)
    team.reserve = max(0, reserve)
    improve = w.policy.improve(w.team_view(team.id), sprint, w.p)
    team.improve = still_to_improve(left_to_improve(w), improve, set_aside_by_others(w, team))
    team.improved = 0
    due = admit_deferred(w, team)
    commit(w, team, due)


def left_to_improve(w: World) -> int:
    """The focus seconds left of all improvements."""
    return sum(entry.remaining for entry in w.improvements if not entry.done)


def set_aside_by_others(w: World, team: Team) -> int:
    """The focus seconds that other teams have set aside for improvements in this sprint and not spent."""
    return sum(
        other.improve - other.improved
        for other in w.teams
        if other is not team and other.sprint == team.sprint
    )


def admit_deferred(w: World, team: Team) -> int:
    """Put incidents that waited for planning into the queue; return the effort now due."""
    admitted, team.deferred = team.deferred, []
    for incident in admitted:
        incident.planned = True
        w.log(EventType.QUEUED, incident.id, team=team.id, value=Queued.COMMITTED)
        queues.enqueue(w, incident)
    team.due = [incident for incident in team.due if incident.open] + admitted
    return sum(incident.mean_effort for incident in team.due)


def commit(w: World, team: Team, due: int) -> None:
    """Commit stories up to the forecast; without sprints nothing is committed."""
    if not w.policy.sprints:
        w.log(EventType.PLANNED, team.sprint, team=team.id)
        return
    by_velocity = bool(w.rules.by_velocity)
    forecast = team.forecast(by_velocity, due)
    w.log(EventType.PLANNED, team.sprint, team=team.id, value=forecast)
    in_hand = {
        developer.item.id: work.remaining(w, developer, developer.item)
        for developer in team.developers
        if developer.activity in (WORKING, FILLING_IN) and isinstance(developer.item, Story)
    }
    for story in team.commit(forecast, by_velocity, in_hand):
        w.log(EventType.COMMITTED, story.id, team=team.id, value=team.sprint)


# ---- changing the sprint -------------------------------------------------------------------------


def can_swap(team: Team, incident: Incident) -> bool:
    """Whether stories that nobody has begun amount to the incident."""
    return team.unstarted_estimate >= incident.mean_effort


def swap_in(w: World, team: Team, incident: Incident) -> None:
    """Commit an incident in the place of stories of at least equal estimate, which go back to the
    backlog; everybody present meets."""
    for developer in team.developers:
        meetings.meet_meanwhile(w, developer, w.rules.swap_meeting, w.rules.resume)
    freed = 0
    while freed < incident.mean_effort:
        story = team.send_back()
        freed += story.believed_left
        w.log(EventType.SENT_BACK, story.id, team=team.id, value=team.sprint)
    incident.planned = True
    team.due.append(incident)


def cancel(w: World, team: Team) -> None:
    """Abandon the sprint, and plan what is left of it anew."""
    w.log(EventType.CANCELLED, team.sprint, team=team.id)
    for developer in team.developers:
        work.stop_improving(w, developer)
        drop_story(w, developer)
        developer.paused = None
    team.empty_sprint(w.rules)
    team.unplanned = 0
    make_plan(w, team, w.rules.replan)
    for developer in team.developers:
        meetings.attend(w, developer, w.rules.replan)
