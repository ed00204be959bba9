"""One future is picked to look at closely: an ordinary one, and an ordinary sprint in it."""

from __future__ import annotations

import numpy as np

from sim.experiment.comparison import Comparison
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import SamplePath

MAX_SHOWN = 12
"""Developers that a picture of a team has room for."""


def typical_replication(comparison: Comparison) -> int:
    """Return the replication whose headline figures lie nearest to their means, all policies
    together.

    Each figure's distance is in its standard deviations, so that none outweighs the others.
    """
    figures_as_they_were = comparison.headline_figures(comparison.observations).values()
    known = [own for own in figures_as_they_were if not np.isnan(own).any()]
    if not known or comparison.replications < 2:
        return 0
    figures = np.array(known)
    deviation = figures.std(axis=1, ddof=1, keepdims=True)
    away = (figures - figures.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)
    return int((away**2).sum(axis=0).argmin())


def typical_sprint(path: SamplePath) -> tuple[int, int]:
    """Return a team and a sprint of it, after the warm-up, with as many incidents as is usual.

    The team is among those small enough to be shown; where there is none, it is the first one.
    """
    org, scenario = path.organisation, path.scenario
    length = scenario.time.sprint_weeks * WEEK
    first, last = -(-org.warmup // length), max(org.horizon // length, 1)
    counts = np.zeros((org.teams, last), dtype=np.int64)
    sprint = path.incidents.opened // length
    inside = (path.incidents.opened >= 0) & (sprint < last)
    np.add.at(counts, (path.incidents.team[inside], sprint[inside]), 1)
    small = [n for n, team in enumerate(scenario.teams) if team.developers <= MAX_SHOWN] or [0]
    looked_at = counts[small, min(first, last - 1) :]
    usual = looked_at.mean()
    team, number = np.unravel_index(int(np.abs(looked_at - usual).argmin()), looked_at.shape)
    return small[int(team)], int(number) + min(first, last - 1)
