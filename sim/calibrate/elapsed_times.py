"""How long tickets took, as the record has it: quantiles of the tickets, not of any model.

Who is still waiting counts, too: an open ticket has taken as long as it is old, and more (right-censored). Where
there are such, quantiles are those of Kaplan and Meier's estimate (SciPy's empirical distribution of censored
data); without them, those of the tickets as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.arrays import Floats


@dataclass(frozen=True)
class History:
    """Hours that tickets took from their opening until an answer or their resolution."""

    median: float
    p90: float
    """NaN where so many are open that it is not known."""
    ended: int
    waiting: int = 0
    """Those still open, which are reckoned with."""
    at_once: int = 0
    """Of those that ended, the ones that took no time."""

    def __str__(self) -> str:
        p90 = f"p90 {self.p90:.3g} h" if not math.isnan(self.p90) else "p90 not known yet"
        median = (
            f"median {self.median:.3g} h" if not math.isnan(self.median) else "median not known yet"
        )
        open_ = f" and {self.waiting:,} still open" if self.waiting else ""
        at_once = f" ({self.at_once:,} at once)" if self.at_once else ""
        return f"{median}, {p90}, n = {self.ended:,}{at_once}{open_}"


def history(hours: Floats, ages: Floats) -> History | None:
    """Return the quantiles of what tickets took; None where none ended.

    Args:
        hours: (N,) what each took; NaN where that is not known.
        ages: (N,) how old each is that is still open, in hours; NaN for the others.
    """
    ended = hours[np.isfinite(hours) & (hours >= 0)]
    waiting = ages[np.isfinite(ages) & (ages > 0) & ~np.isfinite(hours)]
    if not len(ended):
        return None
    at_once = int((ended == 0).sum())
    if not len(waiting):
        median, p90 = np.quantile(ended, [0.5, 0.9])
        return History(float(median), float(p90), len(ended), 0, at_once)
    sample = stats.CensoredData(uncensored=ended, right=waiting)
    found = stats.ecdf(sample).cdf
    median, p90 = (_quantile(found.quantiles, found.probabilities, q) for q in (0.5, 0.9))
    return History(median, p90, len(ended), len(waiting), at_once)


def _quantile(values: Floats, reached: Floats, q: float) -> float:
    place = int(np.searchsorted(reached, q - 1e-12))
    return float(values[place]) if place < len(values) else math.nan
