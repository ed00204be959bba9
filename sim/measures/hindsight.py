"""The best that anybody could have done on a path, known from its end: bounds that no policy passes.

Answers: nobody can start on an incident before it has come past the first line, nor before somebody is at work (or, where
its severity is called out for, at once). Delivery: a team can finish no more points than fit into all its working time that
nobody was away from, were every story chosen that gives most points for its effort (the bound of a fractional knapsack: G.
B. Dantzig, "Discrete-variable extremum problems", Operations Research 5, 1957). Meetings, switches and incidents are left
out, so that the bounds hold whatever a policy does; nobody need reach them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.engine.states import Outcome
from sim.measures.accounts import Accounts
from sim.measures.book import SprintAccount
from sim.sampling.calendars import HOUR
from sim.sampling.incidents import REPORTED
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath


@dataclass(frozen=True)
class Distance:
    """A figure of a run beside the best that could have been."""

    figure: str
    group: str
    """all, or a severity"""
    value: float
    bound: float
    """NaN where nothing is measured"""

    @property
    def regret(self) -> float:
        """By how much the run fell short: hours later, or points fewer."""
        return abs(self.value - self.bound)


def earliest_answers(path: SamplePath, opened: Ints, incidents: Ints) -> Ints:
    """Return the second before which nobody can start on each of some incidents, (N,).

    Args:
        path: the future.
        opened: (N,) when each opened.
        incidents: (N,) their numbers.
    """
    org, table = path.organisation, path.incidents
    found = opened.copy()
    for n in np.flatnonzero(table.first_line[incidents] > 0).tolist():
        own = int(incidents[n])
        hours = org.calendar_of(int(table.team[own]))
        found[n] = hours.finish(int(opened[n]), int(table.first_line[own]))
    kind = table.kind[incidents]
    called = _called(path)[kind]
    kept = sorted(set(org.hours.of_developer.tolist()))
    for n in np.flatnonzero(~called).tolist():
        moment = int(found[n])
        found[n] = min(org.hours.calendars[own].next_open(moment) for own in kept)
    return found


def _called(path: SamplePath) -> Bools:
    """Return for which kinds somebody may be called out, (K,): by their severity, or one that they escalate to."""
    org = path.organisation
    worst = np.logical_or.accumulate(org.paged > 0)
    of_kind = org.paged[org.severity] > 0
    return np.asarray(np.where(org.escalate_after > 0, worst[org.severity], of_kind))


def most_points(path: SamplePath) -> Floats:
    """Return how many points each team can finish over the whole horizon at most, (T,)."""
    org, backlog = path.organisation, path.stories
    work = _working_seconds(path)
    most = np.zeros(org.teams)
    for team in range(org.teams):
        first, last = int(backlog.first[team]), int(backlog.first[team + 1])
        focus = float(org.focus[team]) / MILLE
        capacity = float(work[org.team == team].sum()) * focus
        effort = backlog.effort[first:last].astype(np.float64)
        points = backlog.points[first:last].astype(np.float64)
        most[team] = _knapsack(points, np.maximum(effort, 1e-9), capacity)
    return most


def _knapsack(points: Floats, effort: Floats, capacity: float) -> float:
    """Return the most points of stories that fit, were the last one divisible."""
    order = np.argsort(-points / effort, kind="stable")
    used = np.cumsum(effort[order])
    whole = int(np.searchsorted(used, capacity, side="right"))
    found = float(points[order[:whole]].sum())
    if whole < len(order):
        left = capacity - (float(used[whole - 1]) if whole else 0.0)
        found += float(points[order[whole]]) * left / float(effort[order[whole]])
    return found


def _working_seconds(path: SamplePath) -> Ints:
    """Return the seconds of each developer at work over the horizon, those away taken off, (D,)."""
    org, away = path.organisation, path.absences
    found = np.zeros(org.developers, dtype=np.int64)
    for developer, keeps in enumerate(org.hours.of_developer.tolist()):
        calendar = org.hours.calendars[keeps]
        begins = max(0, int(org.hours.joins[developer]))
        found[developer] = calendar.worked(org.horizon) - calendar.worked(begins)
        for spell in np.flatnonzero(away.developer == developer).tolist():
            leaves = max(begins, int(away.leaves[spell]))
            returns = min(org.horizon, int(away.returns[spell]))
            if returns > leaves:
                found[developer] -= calendar.worked(returns) - calendar.worked(leaves)
    return found


def distances(path: SamplePath, a: Accounts) -> list[Distance]:
    """Return how far a run is from the best possible: answers of each severity, and points of all teams.

    Answers are of incidents that were reported and reached a team, over the whole horizon; what nobody has answered counts
    with its age at its end.

    Args:
        path: the future.
        a: the accounts from time 0 on.
    """
    org = path.organisation
    counted = (a.outcome != Outcome.DEFLECTED) & (path.incidents.cause[a.id] == REPORTED)
    ended = np.where(a.ended >= 0, a.ended, org.horizon)
    answered = np.where(a.started >= 0, a.started, ended)
    earliest = np.minimum(earliest_answers(path, a.opened, a.id), answered_at_most(ended, a))
    severity = org.severity[path.incidents.kind[a.id]]
    groups: list[tuple[str, Bools]] = [("all", counted)]
    groups += [
        (f"severity {own}", counted & (severity == own))
        for own in sorted(set(org.severity.tolist()))
    ]
    found = [
        Distance(
            "response_hours_mean",
            group,
            _mean((answered - a.opened)[chosen]),
            _mean((earliest - a.opened)[chosen]),
        )
        for group, chosen in groups
    ]
    done = float(a.sprints[..., SprintAccount.done_points].sum())
    if path.scenario.stories is not None:
        found.append(Distance("points", "all", done, float(most_points(path).sum())))
    return found


def answered_at_most(ended: Ints, a: Accounts) -> Ints:
    """Return until when each incident counts as unanswered at most: who withdraws, or is open at the horizon, may end
    before anybody could have come."""
    return np.where(a.started >= 0, np.iinfo(np.int64).max, ended)


def _mean(seconds: Ints) -> float:
    return float(seconds.mean()) / HOUR if len(seconds) else float("nan")
