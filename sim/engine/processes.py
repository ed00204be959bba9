"""The engine that people read: developers, teams and incidents on SimPy.

It draws nothing: all that is random lies in the sample path. What everybody does stands in
`sim.engine.model`; here are the processes, which wait for what comes again and again, and what developers
do when their time has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from sim.engine.cases import Case, Workspace
from sim.engine.model import (
    changeover,
    departures,
    dispatch,
    improvements,
    incidents,
    meetings,
    night_calls,
    sprints,
    work,
)
from sim.engine.model.clock import Process, World
from sim.engine.model.state import (
    CEREMONY,
    FREE,
    ON_CALL,
    RESTING,
    WORKING,
    Developer,
    Improvement,
    Item,
    Part,
    Story,
)
from sim.engine.model.teams import Team
from sim.engine.rules import chance_of_regression, rules_of_change
from sim.engine.states import NEVER, Rank
from sim.engine.trace import EventType, Trace
from sim.policy.answers import answering
from sim.policy.changeover import Changeover, Plan
from sim.policy.contract import Policy
from sim.sampling.calendars import DAY, WEEK, Calendar
from sim.sampling.incidents import REPORTED
from sim.sampling.sample_path import SamplePath


def simulate(cases: Sequence[Case], room: Workspace | None = None) -> Iterator[Trace]:
    """Live through sample paths, each under a policy; the engine makes its own room, whatever
    `room` is.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    return (_simulated(path, plan) for path, plan in cases)


def _simulated(path: SamplePath, plan: Plan) -> Trace:
    if isinstance(plan, Changeover):
        return _changed(path, plan)
    w = start_processes(path, answering(plan))
    w.run()
    return w.trace()


def _changed(path: SamplePath, plan: Changeover) -> Trace:
    before, after = rules_of_change(plan, path.organisation.teams)
    w = start_processes(path, answering(plan.before), before)
    w.run(until=plan.week * WEEK)
    changeover.change(w, answering(plan.after), after)
    if w.policy.looks:
        w.process(looks(w, w.policy, plan.week * 7))
    w.run()
    return w.trace()


def start_processes(
    path: SamplePath, policy: Policy, rules: Mapping[str, Any] | None = None
) -> World:
    """The world before time 0, with everybody's process begun; `rules`: what the policy settles, where
    that is not what it settles alone."""
    w = World(path, policy, rules)
    w.dispatch, w.complete, w.join = dispatch.dispatch, complete, join
    for developer, spells in spells_of(w):
        w.process(absences_of(w, developer, spells))
    for team in w.teams:
        sprints.count_turns(w, team)
        w.process(sprints_of(w, team))
        if w.rules.weekly:
            w.process(weekly_meetings(w, team))
    w.process(reports(w))
    give_incidents(w)
    if w.rules.zones:
        for hours in w.org.hours.calendars:
            w.process(openings(w, hours))
    if policy.looks:
        w.process(looks(w, policy, 0))
    if w.rules.shifts:
        for keeps, hours in enumerate(w.org.hours.calendars):
            w.process(closings(w, keeps, hours))
    return w


# ---- processes -----------------------------------------------------------------------------------


def absences_of(w: World, developer: Developer, spells: list[tuple[int, int]]) -> Process:
    """The process of a developer's absences, `spells` in seconds: they leave and come back."""
    for leaves, returns in spells:
        yield w.moment(leaves, Rank.LEAVE, developer.id)
        leave(w, developer)
        yield w.moment(returns, Rank.RETURN, developer.id)
        come_back(w, developer)


def spells_of(w: World) -> Iterator[tuple[Developer, list[tuple[int, int]]]]:
    """Everybody who is ever absent, each with their spells in order: when they leave and return, in
    seconds."""
    spells: dict[int, list[tuple[int, int]]] = {}
    away = w.path.absences
    for developer, leaves, returns in zip(
        away.developer.tolist(), away.leaves.tolist(), away.returns.tolist(), strict=True
    ):
        spells.setdefault(developer, []).append((leaves, returns))
    return ((w.developers[d], s) for d, s in spells.items())


def sprints_of(w: World, team: Team) -> Process:
    """The process of a team's sprints: each is planned when it begins."""
    for number, (begins, ends) in enumerate(pairwise(team.plannings)):
        if begins < ends:  # else all its days are closed
            yield w.moment(begins, Rank.PLAN, team.id)
            sprints.plan(w, team, number, ends)


def weekly_meetings(w: World, team: Team) -> Process:
    """The process of a team's meetings in the middle of each week."""
    for week, begins in enumerate(team.meetings):
        if begins >= 0:
            yield w.moment(begins, Rank.MEET, team.id)
            meetings.meet_weekly(w, team, week)


def reports(w: World) -> Process:
    """The process of reports: reported incidents open when the path says."""
    [reported] = np.nonzero(w.path.incidents.cause == REPORTED)
    for incident in map(w.incident, reported.tolist()):
        yield w.moment(incident.opened, Rank.ARRIVE, incident.id)
        incidents.open_incident(w, incident)


def give_incidents(w: World) -> None:
    """Have those incidents come up that were not drawn: each at its moment."""
    given = w.path.given
    for place, arrives in enumerate(given.arrives.tolist()):
        w.at(arrives, Rank.ARRIVE, w.incident(given.first + place), incidents.open_incident)


def openings(w: World, hours: Calendar) -> Process:
    """The process of openings, where not all keep the same hours: those who come find what has waited."""
    for opens in hours.opens.tolist():
        yield w.moment(opens, Rank.OPEN, 0)
        w.request_dispatch()


def looks(w: World, policy: Policy, first_day: int) -> Process:
    """The process of looks at what was deferred, at some seconds of each day, as long as a policy is in
    force."""
    for day in range(first_day * DAY, w.org.horizon, DAY):
        for second in policy.looks:
            yield w.moment(day + second, Rank.LOOK, first_day > 0)
            if w.policy is not policy:
                return
            incidents.look(w)


def closings(w: World, keeps: int, hours: Calendar) -> Process:
    """The process of closing times, at which who keeps these hours and is on an incident may hand it over."""
    for closes in hours.closes.tolist():
        yield w.moment(closes, Rank.SHIFT, keeps)
        for developer in w.developers:
            if developer.hours is hours:
                hand_over(w, developer)


# ---- what has come to pass -----------------------------------------------------------------------


def leave(w: World, developer: Developer) -> None:
    """Begin a developer's absence; whatever they held is free for others to take up."""
    if developer.vacant:
        return
    team = w.teams[developer.team]
    was_called = developer.activity == ON_CALL
    departures.let_go(w, developer)
    w.log(EventType.LEFT, developer=developer.id, team=developer.team)
    presence_changed(w, team)
    if was_called:
        night_calls.page(w, team)


def come_back(w: World, developer: Developer) -> None:
    """End a developer's absence; they are free."""
    if developer.vacant or developer.present:
        return  # somebody else has joined since, or is to
    work.set_free(w, developer)
    w.log(EventType.RETURNED, developer=developer.id, team=developer.team)
    presence_changed(w, w.teams[developer.team])


def join(w: World, developer: Developer) -> None:
    """Fill the place of somebody who left for good."""
    departures.join(w, developer)
    presence_changed(w, w.teams[developer.team])


def presence_changed(w: World, team: Team) -> None:
    """Ask anew who of a team is on duty when somebody has left or returned, as others may have to
    stand in."""
    if team.sprint >= 0:
        sprints.assign_duties(w, team)
    else:
        sprints.count_turns(w, team)
    w.request_dispatch()


def complete(w: World, developer: Developer) -> None:
    """End what a developer is busy with: a meeting, a call or a rest is over, or the item in hand
    is done."""
    if developer.busy_until != w.now:
        return  # the developer has turned to something else since, and waits for the end of that
    item, activity = developer.item, developer.activity
    developer.busy_until = NEVER
    if activity == CEREMONY:
        w.log(EventType.CEREMONY_ENDED, developer=developer.id, team=developer.team)
        night_calls.resume(w, developer)
    elif activity == ON_CALL:
        end_call(w, developer)
    elif activity == RESTING:
        w.log(EventType.REST_ENDED, developer=developer.id, team=developer.team)
        night_calls.resume(w, developer)
    elif item is not None:
        end_stint(w, developer, item)
    w.request_dispatch()


def end_call(w: World, developer: Developer) -> None:
    """End a call at night: the developer's share of the incident is done, and the next call or a
    rest follows."""
    part = developer.called_to
    assert part is not None
    night_calls.hang_up(w, developer)
    work.set_free(w, developer)
    incidents.finish_part(w, developer, part)
    night_calls.page(w, w.teams[developer.team])
    if developer.activity == FREE:
        night_calls.rest(w, developer)


def end_stint(w: World, developer: Developer, item: Item) -> None:
    """End a stint of work: the item in hand is done, or as far as it is to go for now."""
    developer.item = None
    work.set_free(w, developer)
    if isinstance(item, Story):
        finish_story(w, developer, item)
        return
    if isinstance(item, Improvement):
        improvements.end_stint(w, developer, item)
        return
    work.learn(developer, item, developer.duration - developer.switch)
    if developer.stint < item.remaining:
        incidents.outgrow(w, developer, item, developer.stint)
    else:
        incidents.finish_part(w, developer, item)


def hand_over(w: World, developer: Developer) -> None:
    """Ask the policy, as the day ends, whether somebody who is on an incident hands it over to whoever is
    at work next."""
    item = developer.item
    if developer.activity != WORKING or not isinstance(item, Part):
        return
    if w.policy.shift(item.incident.view, developer.view, w.now, w.p):
        work.put_down(w, developer)
        work.set_free(w, developer)
        w.request_dispatch()


def finish_story(w: World, developer: Developer, story: Story) -> None:
    """Count a story as done, and have its regression open where its uniform number lies below the
    chance."""
    team = w.teams[story.team]
    story.remaining = 0
    team.unfinished.remove(story)
    team.stories_begun -= 1
    team.delivered += story.points
    w.log(EventType.STORY_DONE, story.id, developer.id, story.team)
    if story.regression >= 0 and story.uniform < chance_of_regression(
        w.rules, story.interrupted, developer.support_time
    ):
        incidents.cause(w, w.incident(story.regression))
