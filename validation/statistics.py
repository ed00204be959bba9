"""The statistics by which predictions are held against recordings: bands, rank correlation, CRPS."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from sim.arrays import Floats, Ints

LEVEL = 0.9
"""Of the bands."""


def band(values: Floats) -> tuple[float, float]:
    """Return the ends of the middle LEVEL of what is known of some values."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def inside(values: Floats, observed: float) -> bool:
    """Return whether the band of some values holds an observation."""
    low, high = band(values)
    return low <= observed <= high


def rank_correlation(x: Floats | Ints, y: Floats | Ints) -> float:
    """Return Spearman's correlation, equals at their mean rank; NaN where one of the two does not vary."""
    if len(x) < 3:
        return np.nan
    a, b = rankdata(x) - (len(x) + 1) / 2, rankdata(y) - (len(y) + 1) / 2
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread else np.nan


def crps(forecast: Floats, observed: Floats) -> Floats:
    """Return the continuous ranked probability score of a forecast, given by equally likely values, for each
    observation: E|X − y| − E|X − X'| ÷ 2; less is better (Gneiting and Raftery 2007)."""
    x = np.sort(forecast)
    n = len(x)
    between = 2 * float(x @ (2 * np.arange(1, n + 1) - n - 1)) / n**2
    sums = np.concatenate([[0.0], np.cumsum(x)])
    below = np.searchsorted(x, observed)
    away = (observed * below - sums[below]) + (sums[-1] - sums[below] - observed * (n - below))
    return np.asarray(away / n - between / 2)
