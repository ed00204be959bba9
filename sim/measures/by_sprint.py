"""What some teams of a run look like from outside, sprint by sprint: what a trial of a policy would be judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.engine.states import Outcome
from sim.measures.accounts import Accounts
from sim.measures.book import SprintAccount
from sim.sampling.calendars import HOUR
from sim.sampling.organisation import MILLE
from sim.sampling.sample_path import SamplePath

SEEN = ("response_sla", "response_hours_mean", "sprint_goals_met", "points_per_sprint")
"""The figures that teams can read off their own boards, in the order of the columns."""


def by_sprint(path: SamplePath, a: Accounts, teams: Sequence[int]) -> Floats:
    """The figures of each sprint, (S, 4), of some teams taken together; NaN where a sprint says nothing.

    An incident counts in the sprint in which it opened. What nobody has answered by the horizon counts with its age
    then, and as late if its promise is over.

    Args:
        path: that was lived through.
        a: the accounts from time 0 on.
        teams: positions of the teams that are looked at.
    """
    own = list(teams)
    sums = _answers(path, a, own)
    sprints = a.sprints[own]
    committed, kept = sprints[..., SprintAccount.committed], sprints[..., SprintAccount.kept]
    planned = committed > 0
    met = planned & (kept * MILLE >= path.organisation.goal * committed)
    points = sprints[..., SprintAccount.done_points].mean(axis=0)
    return np.stack(
        [
            _ratio(sums[0], sums[1]),
            _ratio(sums[2], sums[3]),
            _ratio(met.sum(axis=0), planned.sum(axis=0)),
            points,
        ],
        axis=1,
    )


def _answers(path: SamplePath, a: Accounts, teams: Sequence[int]) -> Floats:
    """By sprint, (4, S): incidents in time, those with a promise, hours waited in all, incidents."""
    org = path.organisation
    sums = np.zeros((4, org.sprint_count))
    before, after = path.open_before
    counted = (a.outcome != Outcome.DEFLECTED) & ~((a.id >= before) & (a.id < after))
    team = path.incidents.team[a.id]
    answered = np.where(a.started >= 0, a.started, np.where(a.ended >= 0, a.ended, org.horizon))
    for one in teams:
        chosen = counted & (team == one)
        opened, at = a.opened[chosen], answered[chosen]
        sprint = np.searchsorted(org.plannings[one], opened, side="right") - 1
        inside = (sprint >= 0) & (sprint < org.sprint_count)
        kind = path.incidents.kind[a.id[chosen]]
        promised, in_time = _in_time(path, one, kind, opened, at)
        for row, values in enumerate((in_time, promised, (at - opened) / HOUR, np.ones(len(at)))):
            np.add.at(sums[row], sprint[inside], values[inside])
    return sums


def _in_time(
    path: SamplePath, team: int, kind: Ints, opened: Ints, answered: Ints
) -> tuple[Bools, Bools]:
    """Of incidents of a team: whether an answer was promised, and whether it came by then."""
    org = path.organisation
    within, by_clock = org.promises[kind, 0], org.promises[kind, 2] > 0
    promised = within >= 0
    hours = org.calendar_of(team)
    due = opened + within
    for n in np.flatnonzero(promised & by_clock & (within > 0)).tolist():
        due[n] = hours.finish(int(opened[n]), int(within[n]))
    return promised, promised & (answered <= due)


def _ratio(values: Ints | Floats, counts: Ints | Floats) -> Floats:
    nothing = np.full(len(counts), np.nan)
    return np.asarray(np.divide(values, counts, out=nothing, where=counts > 0))
