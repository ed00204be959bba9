"""How large differences are beside how single years differ, and what it takes to tell them from none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.arrays import Bools, Floats
from sim.experiment.statistics import CONFIDENCE

STEPS = 6
"""Until the replications needed have settled: Student's quantile hangs on them."""


class Effects(NamedTuple):
    """What stands beside differences of two policies, (F,) each; NaN where it is not known."""

    effect: Floats
    """the mean difference in standard deviations of single years, both policies' pooled (Cohen's d)"""
    needed: Floats
    """replications on common paths of which the interval would just leave out 0; infinite where the mean
    difference is none"""
    gain: Floats
    """the variance of the difference on separate paths, over that on common ones"""


def effects(a: Floats, b: Floats) -> Effects:
    """Return what to know of the differences of two policies, of (R, F) observations on the same paths."""
    both = ~np.isnan(a) & ~np.isnan(b)
    mean, apart = _moments(a - b, both)
    own = _moments(a, both)[1] + _moments(b, both)[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        size = mean / np.sqrt(own / 2)
        gain = own / apart
        needed = _needed(mean, apart)
    unknown = both.sum(axis=0) < 2
    effect, gained = (np.where(unknown | ~np.isfinite(v), np.nan, v) for v in (size, gain))
    return Effects(effect, np.where(unknown, np.nan, needed), gained)


def _moments(values: Floats, known: Bools) -> tuple[Floats, Floats]:
    """Return mean and variance of each column, of what is known."""
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / n
        variance = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / (n - 1)
    return mean, variance


def _needed(mean: Floats, variance: Floats) -> Floats:
    """Return the least n, from 2, for which t(n - 1) √(variance / n) is no more than the mean."""
    needed = np.full(len(mean), 30.0)
    for _ in range(STEPS):
        step = stdtrit(np.maximum(needed - 1, 1), (1 + CONFIDENCE) / 2)
        needed = np.maximum(2.0, np.ceil(step**2 * variance / mean**2))
        needed = np.where(np.isnan(needed), np.inf, needed)
    return needed
