"""What a run delivers, and how quickly it answers, week by week."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.engine.states import Outcome
from sim.engine.trace import Event, EventType, Trace
from sim.measures.accounts import Accounts
from sim.measures.deadlines import due_by
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Money


class Weekly(NamedTuple):
    """Figures of each of W weeks, of all teams together; NaN where a week says nothing."""

    points: Floats
    """(W,) of the stories finished in it"""
    response_hours: Floats
    """(W,) until the first answer, on average over the incidents that open in it"""
    net_value: Floats
    """(W,) the value of the points, less what incidents cost; without money, the points less those that the
    work that is left open has grown by"""


def by_week(path: SamplePath, trace: Trace, a: Accounts) -> Weekly:
    """The figures of a run by week; `a`: its accounts from time 0 on."""
    weeks = path.organisation.horizon // WEEK
    done = trace[trace[:, Event.type] == EventType.STORY_DONE]
    finished = path.stories.points[done[:, Event.item]].astype(np.float64)
    points = np.zeros(weeks)
    np.add.at(points, done[:, Event.time] // WEEK, finished)
    if path.scenario.money is None:
        net = points - _grown(path, a, weeks)
    else:
        net = _net_value(path, path.scenario.money, trace, a, points)
    return Weekly(points, _response(path, a, weeks), net)


def _grown(path: SamplePath, a: Accounts, weeks: int) -> Floats:
    """The points by which the work that is expected of what is open has grown in each week, (W,); NaN where
    nothing is planned in points."""
    stories = path.scenario.stories
    if stories is None:
        return np.full(weeks, np.nan)
    effort = path.organisation.mean_effort[path.incidents.kind[a.id]].astype(np.float64)
    effort[a.outcome == Outcome.DEFLECTED] = 0
    change = np.zeros(weeks + 1)
    np.add.at(change, np.minimum(a.opened // WEEK, weeks), effort)
    np.subtract.at(change, np.minimum(_ended(path, a) // WEEK, weeks), effort)
    return change[:weeks] / (stories.hours_per_point * stories.error.mean() * HOUR)


def _response(path: SamplePath, a: Accounts, weeks: int) -> Floats:
    """What nobody has answered yet counts with its age at its end, or at the horizon."""
    before, after = path.open_before
    known = (a.outcome != Outcome.DEFLECTED) & ~((a.id >= before) & (a.id < after))
    answered = np.where(a.started >= 0, a.started, _ended(path, a))
    week = a.opened[known] // WEEK
    waited = (answered - a.opened)[known] / HOUR
    count = np.bincount(week, minlength=weeks)
    sums = np.bincount(week, weights=waited, minlength=weeks)
    nothing = np.full(weeks, np.nan)
    return np.asarray(np.divide(sums, count, out=nothing, where=count > 0))


def _net_value(path: SamplePath, money: Money, trace: Trace, a: Accounts, points: Floats) -> Floats:
    kinds, kind = path.scenario.incidents, path.incidents.kind[a.id]
    counted = a.outcome != Outcome.DEFLECTED
    cost = np.array([entry.cost_per_open_hour for entry in kinds])[kind] * counted
    penalty = np.array([entry.penalty for entry in kinds])[kind]
    calls = trace[trace[:, Event.type] == EventType.PAGED]
    spent = _while_open(a.opened, _ended(path, a), cost, len(points))
    spent += _when_broken(path, a, penalty * counted, len(points))
    spent += money.night_call * np.bincount(calls[:, Event.time] // WEEK, minlength=len(points))
    return np.asarray(money.point_value * points - spent)


def _ended(path: SamplePath, a: Accounts) -> Ints:
    return np.where(a.ended >= 0, a.ended, path.organisation.horizon)


def _while_open(opened: Ints, ended: Ints, cost: Floats, weeks: int) -> Floats:
    """The cost of open incidents in each week; `cost`: of each by the hour."""
    edges = np.arange(weeks + 1) * WEEK
    costly = cost > 0
    opened, ended, cost = opened[costly], ended[costly], cost[costly]
    return np.array(
        [
            cost @ np.maximum(np.minimum(ended, end) - np.maximum(opened, begin), 0) / HOUR
            for begin, end in pairwise(edges)
        ]
    )


def _when_broken(path: SamplePath, a: Accounts, penalty: Floats, weeks: int) -> Floats:
    """The penalties of the promises broken in each week: when what was promised is over and has not come."""
    org, sums = path.organisation, np.zeros(weeks)
    kind, team = path.incidents.kind[a.id], path.incidents.team[a.id]
    come = (np.where(a.started >= 0, a.started, _ended(path, a)), _ended(path, a))
    for column, moment in enumerate(come):
        for n in np.flatnonzero((penalty > 0) & (org.promises[kind, column] >= 0)).tolist():
            within, by_clock = int(org.promises[kind[n], column]), org.promises[kind[n], 2]
            opened = int(a.opened[n])
            hours = org.calendar_of(int(team[n]))
            by = hours.finish(opened, within) if by_clock and within else opened + within
            if by < moment[n] and by < org.horizon:
                sums[by // WEEK] += penalty[n]
    due, ended = due_by(path, a), _ended(path, a)
    missed = (a.outcome != Outcome.WITHDRAWN) & (due < np.minimum(ended, org.horizon))
    np.add.at(sums, due[missed] // WEEK, penalty[missed])
    return sums
