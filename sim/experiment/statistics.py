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


SKEWED = 25.0
"""An interval may be taken at its word from SKEWED × skewness² observations on (W. G. Cochran, *Sampling
Techniques*, section 2.15); a figure that rests on fewer is marked."""


def interval(observations: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of the mean over replications; those without a value are left out.

    It is Student's, corrected for skewness by Hall's transformation (P. Hall, "On the removal of skewness by
    transformation", Journal of the Royal Statistical Society B 54, 1992): where the observations lean to
    neither side, the two are the same.

    Equal observations give an interval of no width; a single one gives a mean alone.
    """
    mean, low, high = intervals(observations[:, np.newaxis], confidence)
    return Interval(float(mean[0]), float(low[0]), float(high[0]))


def intervals(
    observations: Floats, confidence: float = CONFIDENCE
) -> tuple[Floats, Floats, Floats]:
    """Return `interval` of each column at once: means, lows and highs, (F,) each, of (R, F)
    observations."""
    n, mean, deviation, skew = _moments(observations)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = deviation * np.power(n, -0.5)
        quantile = stdtrit(np.maximum(n - 1, 1), (1 + confidence) / 2)
        step = np.asarray(quantile, dtype=np.float64)
        low = mean - error * _untransformed(step, skew, n)
        high = mean - error * _untransformed(-step, skew, n)
    return mean, np.where(n > 1, low, np.nan), np.where(n > 1, high, np.nan)


def _untransformed(step: Floats, skew: Floats, n: Floats) -> Floats:
    """Return what Student's ratio is where Hall's cubic of it is `step`."""
    lean = skew / np.sqrt(n)
    safe = np.where(lean == 0, 1.0, lean)
    found = 3 / safe * (np.cbrt(1 + safe * (step - safe / 6)) - 1)
    return np.where(np.abs(lean) < 1e-6, step, found)


def _moments(observations: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return count, mean, standard deviation and skewness of each column, (F,) each, of what is known."""
    known = ~np.isnan(observations)
    n = known.sum(axis=0).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, observations, 0.0).sum(axis=0) / n
        apart = np.where(known, observations - mean, 0.0)
        square = (apart**2).sum(axis=0)
        skew = (apart**3).sum(axis=0) / n / (square / n) ** 1.5
        deviation = np.sqrt(square / (n - 1))
    # Of equal observations, what is left is rounding.
    varies = deviation > 1e-12 * np.abs(mean)
    return n, mean, deviation, np.where(varies & (n > 2), skew, 0.0)


def needed_for_skewness(observations: Floats) -> Floats:
    """Return from how many replications on an interval of each column may be taken at its word, (F,), of
    (R, F) observations: SKEWED × skewness²."""
    return np.asarray(SKEWED * _moments(observations)[3] ** 2)


def paired(a: Floats, b: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of the mean of `a - b`, replication by replication on common paths."""
    return interval(a - b, confidence)
