"""A fitted figure, and the intervals that go with it.

Intervals are at 90 %. Weeks, not tickets, are the independent observations: what happens within a
week hangs together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats

from sim.arrays import Floats

LEVEL = 0.90
"""Of every interval of a calibration."""


@dataclass(frozen=True)
class Figure:
    """A figure of a scenario: its value, where it lies, and where it comes from."""

    value: float
    low: float = math.nan
    high: float = math.nan
    count: int = 0
    """What it was counted or measured on."""
    source: str = ""
    """Column, and what was done with it; for an assumption, why."""
    assumed: bool = False

    def at_most(self, most: float) -> Figure:
        """Return the same figure, but no more than a scenario may hold."""
        value, low, high = (min(one, most) for one in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high)

    def __str__(self) -> str:
        if self.assumed:
            return f"assumed: {self.source}"
        interval = "" if math.isnan(self.low) else f", 90 % {self.low:.4g} to {self.high:.4g}"
        return f"n = {self.count:,}{interval}; {self.source}"


def student(weeks: int, level: float = LEVEL) -> float:
    """Return Student's t quantile for a mean over `weeks`."""
    return float(special.stdtrit(max(weeks - 1, 1), (1 + level) / 2))


def share(part: Floats, whole: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """Return a share of tickets with its interval.

    Wilson's interval with the sample cut down by the design effect of weeks: the variance of the
    ratio over weeks against that of independent tickets (Kish 1965).

    Args:
        part, whole: (W,) counts of each week.
    """
    n, weeks = float(whole.sum()), int((whole > 0).sum())
    if n == 0:
        return math.nan, math.nan, math.nan
    p = float(part.sum()) / n
    effect = 1.0
    if weeks > 1 and 0 < p < 1:
        residual = part - p * whole
        variance = float((residual**2).sum()) * weeks / (weeks - 1) / n**2
        effect = max(variance / (p * (1 - p) / n), 1.0)
    n_effective = n / effect
    z = student(weeks, level) if effect > 1 else float(special.ndtri((1 + level) / 2))
    centre = (p + z**2 / (2 * n_effective)) / (1 + z**2 / n_effective)
    half = z * math.sqrt(p * (1 - p) / n_effective + z**2 / (4 * n_effective**2))
    half /= 1 + z**2 / n_effective
    low = max(centre - half, 0.0) if p > 0 else 0.0
    return p, low, min(centre + half, 1.0) if p < 1 else 1.0


def rate(counts: Floats, exposure: Floats, level: float = LEVEL) -> tuple[float, float, float]:
    """Return counts per unit of exposure: Student's interval over weeks, on the log scale.

    Args:
        counts: (W,) tickets of each week.
        exposure: (W,) how much of an ordinary week each one was.
    """
    total, weeks = float(exposure.sum()), len(counts)
    r = float(counts.sum()) / total
    if weeks < 2 or r == 0:
        return r, math.nan, math.nan
    residual = counts - r * exposure
    variance = max(float((residual**2).sum()) * weeks / (weeks - 1), float(counts.sum())) / total**2
    half = student(weeks, level) * math.sqrt(variance) / r
    return r, r * math.exp(-half), r * math.exp(half)


def dispersion(
    counts: Floats, exposure: Floats, level: float = LEVEL
) -> tuple[float, float, float]:
    """Return variance over mean of the counts of an ordinary week, with its likelihood interval.

    The value is by moments; the interval holds every dispersion that negative binomial counts
    with the same mean do not contradict (likelihood ratio against chi-squared).
    """
    weeks, total = len(counts), float(exposure.sum())
    r = float(counts.sum()) / total
    if weeks < 3 or r == 0:
        return 1.0, math.nan, math.nan
    residual = counts - r * exposure
    excess = float((residual**2).sum()) * weeks / (weeks - 1) - r * total
    moments = 1 + max(excess, 0.0) * r / float((r * exposure**2 * r).sum())
    grid = np.geomspace(1e-3, 99, 400)
    likely = _log_likelihood(counts, exposure, r, grid)
    adjusted = likely * (weeks - 1) / weeks  # the mean is estimated from the same weeks
    inside = grid[2 * (adjusted.max() - adjusted) <= special.chdtri(1, 1 - level)]
    low, high = 1 + float(inside[0]), 1 + float(inside[-1])
    low = 1.0 if inside[0] == grid[0] else low
    return float(np.clip(moments, low, high)), low, high


def _log_likelihood(counts: Floats, exposure: Floats, r: float, excess: Floats) -> Floats:
    """Return (G,) of negative binomial counts whose dispersion at exposure 1 is 1 + excess."""
    size = r / excess[:, None]
    mean = r * exposure[None, :]
    each = np.asarray(stats.nbinom.logpmf(counts[None, :], size, size / (size + mean)))
    return np.asarray(each.sum(axis=1))


def poisson_fits(counts: Floats, exposure: Floats) -> float:
    """Return the chance that Poisson weeks with this mean differ as much as these (Fisher's
    test)."""
    expected = exposure * counts.sum() / exposure.sum()
    known = expected > 0
    if known.sum() < 2:
        return math.nan
    statistic = float(((counts - expected)[known] ** 2 / expected[known]).sum())
    return float(special.chdtrc(int(known.sum()) - 1, statistic))
