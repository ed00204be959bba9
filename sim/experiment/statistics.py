"""Observations lead to what may be said of them. One replication is one observation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from sim.arrays import Floats

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A mean with its confidence interval; NaN where the observations do not allow one."""

    mean: float
    low: float
    high: float


def interval(observations: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Return the Student-t interval of the mean over replications; those without a value are left
    out.

    Equal observations give an interval of no width; a single one gives a mean alone.
    """
    known = observations[~np.isnan(observations)]
    n = len(known)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    mean = float(known.mean())
    if n == 1:
        return Interval(mean, np.nan, np.nan)
    half = float(stdtrit(n - 1, (1 + confidence) / 2) * known.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half)


def intervals(
    observations: Floats, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats, Floats]:
    """Return `interval` of each column at once: means, lows and highs, (F,) each, of (R, F)
    observations."""
    known = ~np.isnan(observations)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, observations, 0.0).sum(axis=0) / n
        apart = np.where(known, observations - mean, 0.0)
        deviation = np.sqrt((apart**2).sum(axis=0) / (n - 1))
        half = stdtrit(np.maximum(n - 1, 1), (1 + confidence) / 2) * deviation / np.sqrt(n)
    half = np.where(n > 1, half, np.nan)
    return mean, mean - half, mean + half


def paired(a: Floats, b: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of the mean of `a - b`, replication by replication on common paths."""
    return interval(a - b, confidence)
