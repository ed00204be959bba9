"""The load that is to be expected of a scenario, and the people of a support team that it needs.

A support team is sized to the mean of its work, and USED of each person's time is given to that: a team
that is busy to the last minute has a queue without end.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats
from sim.sampling.calendars import HOUR
from sim.sampling.incident_log import read_log
from sim.sampling.organisation import MILLE, Organisation, organisation
from sim.scenario.demand import demand_by_day
from sim.scenario.people_and_plans import Stories
from sim.scenario.schema import Scenario

USED = 0.8
"""Of a support person's time that is given to the expected work."""


def support_needed(scenario: Scenario, org: Organisation) -> int:
    """As many people as the expected support work needs at USED of the time of each; one at least, and all
    at most.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    work = support_work(scenario, org) * _strangeness(scenario, org)
    needed = math.ceil(work / (USED * _time_of_one(org)))
    return min(max(1, needed), org.developers)


def load_share(scenario: Scenario) -> float:
    """The share of the focus hours of all developers that incidents are expected to take; more than 1 cannot be
    kept up with.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    org = organisation(scenario)
    return support_work(scenario, org) / (_time_of_one(org) * org.developers)


class SupportLoad(NamedTuple):
    """What `support_needed` is reckoned from, part by part. K kinds, T teams."""

    reported: Floats
    """(K,) focus hours a week that reports of each kind take"""
    regressions: Floats
    """(K,) focus hours that what stories break takes, for each focus hour of the organisation"""
    shares: Floats
    """(T,) of incidents that are no team's, how many come to each"""
    homes: Floats
    """(K,) whose team all of a kind are; -1: dealt out by share"""
    times: Floats
    """(3,) working hours of a person in all, hours of meetings, weeks"""


def support_load(scenario: Scenario, org: Organisation) -> SupportLoad:
    """The parts of what is to be expected of support, each of which hangs on little of the scenario.

    Raises:
        ScenarioError: where the scenario replays a log that cannot be used.
    """
    each, names = _hours_of_one(scenario, org), [team.name for team in scenario.teams]
    weights = np.array([team.incident_share for team in scenario.teams])
    begins, ends, worked = _worked_by_one(org)
    weeks = max(1.0, float(ends - begins)) / (7 * 24 * HOUR)
    by_hour = np.zeros(len(each))
    if (stories := scenario.stories) and stories.regression_rate:
        kind = [k.kind for k in scenario.incidents].index(str(stories.regression_kind))
        by_hour[kind] = stories.regression_rate / _hours_of_a_story(stories)
    return SupportLoad(
        _reports_a_week(scenario, org) * each,
        by_hour * each,
        weights / weights.sum(),
        np.array([-1.0 if k.team is None else names.index(k.team) for k in scenario.incidents]),
        np.array([worked / HOUR, _meetings(org, weeks) / HOUR, weeks]),
    )


def support_work(scenario: Scenario, org: Organisation) -> float:
    """The focus hours of support work to be expected of a week: what gets past the first line, what comes
    back, and what finished stories break."""
    effort = _hours_of_one(scenario, org)
    reported = float(_reports_a_week(scenario, org) @ effort)
    return reported + float(_regressions_a_week(scenario, org) @ effort)


def _hours_of_one(scenario: Scenario, org: Organisation) -> Floats:
    """The focus hours that a report of each kind takes, with those of its returns, (K,); less what the first
    line settles."""
    desk = scenario.first_line.deflect_rate
    passed = np.array([1 - desk * kind.first_line for kind in scenario.incidents])
    again = np.array([1 + k.reopen_rate * k.reopen_effort_share for k in scenario.incidents])
    return np.asarray(org.mean_effort * again * passed / HOUR)


def _regressions_a_week(scenario: Scenario, org: Organisation) -> Floats:
    """The incidents of each kind that finished stories cause, (K,)."""
    stories, names = scenario.stories, [kind.kind for kind in scenario.incidents]
    counts = np.zeros(len(names))
    if stories and stories.regression_rate:
        place = names.index(str(stories.regression_kind))
        counts[place] = _stories_a_week(scenario, org) * stories.regression_rate
    return counts


def _reports_a_week(scenario: Scenario, org: Organisation) -> Floats:
    log = read_log(scenario)
    if log is None:
        return np.array(
            [kind.per_week * _mean(demand_by_day(scenario, kind)) for kind in scenario.incidents]
        )
    counts = np.bincount(log.kind, minlength=len(org.severity))
    return counts / scenario.time.horizon_weeks


def _mean(demand: Floats | None) -> float:
    return 1.0 if demand is None else float(demand.mean())


def _stories_a_week(scenario: Scenario, org: Organisation) -> float:
    """As many stories as the teams would finish in a week without any incident."""
    stories = scenario.stories
    assert stories is not None
    return _time_of_one(org) * org.developers / _hours_of_a_story(stories)


def _hours_of_a_story(stories: Stories) -> float:
    points = sum(int(size) * share for size, share in stories.points.items())
    return points * stories.hours_per_point * stories.error.mean()


def _time_of_one(org: Organisation) -> float:
    """The focus hours that a person has in a week: absence and Scrum events taken off."""
    begins, ends, worked = _worked_by_one(org)
    weeks = max(1.0, float(ends - begins)) / (7 * 24 * HOUR)
    here = worked * (1 - org.absence / MILLE) - _meetings(org, weeks)
    sizes = np.diff(org.team_first)
    focus = float(org.focus @ sizes) / float(sizes.sum()) / MILLE
    return max(here * focus / weeks / HOUR, 1 / HOUR)


def _worked_by_one(org: Organisation) -> tuple[int, int, float]:
    """From when until when is planned, and the working seconds of a person between."""
    begins, ends = int(org.plannings[:, 0].min()), int(org.plannings[:, -1].max())
    keeps = np.bincount(org.hours.of_developer)
    hours = [calendar.worked(ends) - calendar.worked(begins) for calendar in org.hours.calendars]
    return begins, ends, float(keeps @ np.array(hours[: len(keeps)])) / org.developers


def _meetings(org: Organisation, weeks: float) -> float:
    """The seconds that a person spends in Scrum events."""
    return org.sprint_count * org.ceremony + weeks * org.refinement


def _strangeness(scenario: Scenario, org: Organisation) -> float:
    """How much longer work takes as most of it is other teams': until that is learnt, if it ever is."""
    if org.familiar_after:
        return 1.0
    own = float((_homes(scenario, org) ** 2).sum())
    return own + (1 - own) * org.unfamiliarity / MILLE


def _homes(scenario: Scenario, org: Organisation) -> Floats:
    """The share of the support work that each team is at home in, (T,)."""
    weights = np.array([team.incident_share for team in scenario.teams])
    shares = np.asarray(weights / weights.sum())
    if all(kind.team is None for kind in scenario.incidents):
        return shares
    counts = _reports_a_week(scenario, org) + _regressions_a_week(scenario, org)
    names = [team.name for team in scenario.teams]
    homes = np.zeros(len(names))
    for kind, work in zip(scenario.incidents, counts * _hours_of_one(scenario, org), strict=True):
        if kind.team is None:
            homes += work * shares
        else:
            homes[names.index(kind.team)] += work
    return homes / homes.sum() if homes.any() else shares
