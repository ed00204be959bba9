"""An observation beside what the model brings about, and whether it is reproduced."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from sim.arrays import Floats
from sim.calibrate.figures import LEVEL


@dataclass(frozen=True)
class Line:
    """A line of a backtest: one observation beside its simulated band."""

    what: str
    unit: str
    observed: float
    low: float
    middle: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether the observation lies within the simulated band."""
        return self.low <= self.observed <= self.high

    @property
    def verdict(self) -> str:
        """Words that say whether the figure is reproduced, or which way history was off."""
        if self.inside:
            return "reproduced"
        far = self.observed / self.middle if self.middle > 0 else math.inf
        if self.observed > self.high:
            return f"history was higher{_times(far)}"
        return f"history was lower{_times(1 / far if far else math.inf)}"


def _times(factor: float) -> str:
    return f", by a factor of {factor:.1f}" if 1.5 <= factor < math.inf else ""


@dataclass(frozen=True, eq=False)
class Band:
    """A series observed, with the simulated 90 % band of each of its moments."""

    name: str
    at: Floats
    """Days since the first day compared."""
    observed: Floats
    low: Floats
    middle: Floats
    high: Floats

    @property
    def inside(self) -> int:
        """How many of the observed moments lie within the band."""
        return int(((self.observed >= self.low) & (self.observed <= self.high)).sum())

    @property
    def covers(self) -> bool:
        """Whether no fewer lie inside than chance allows, one time in twenty, at the
        level; of few moments, one at least."""
        return bool(self.inside >= max(stats.binom.ppf(0.05, len(self.at), LEVEL), 1))
