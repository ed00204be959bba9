"""How many incidents will be open in the first days from today: what chance makes of it, and what is not known.

Futures differ by chance. Forecasts of the same record's last weeks were off by more than that, and this one
will be, too: what they missed on average is added, and what they differed by beyond chance widens the band.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.arrays import Floats
from sim.scenario.dated import PastForecasts

STEPS = 200
"""Equally likely misses that are laid upon each future."""


class Forecast(NamedTuple):
    """Quantiles of how many are open, (Q,)."""

    by_chance: Floats
    """Of futures, as simulated."""
    in_all: Floats
    """With how far such forecasts were off; the same where that is not known."""


def forecast(
    futures: Floats, day: int, past: PastForecasts | None, shares: Sequence[float]
) -> Forecast:
    """Return the forecast for the end of a day.

    A miss is taken to follow Student's t with as many degrees of freedom as independent moments of the past
    leave, around their mean: as one more observation of a normal distribution does.

    Args:
        futures: (R,) open incidents then.
        day: from 1 on.
        past: what is known of such forecasts.
        shares: (Q,) of the quantiles.
    """
    by_chance = np.quantile(futures, shares)
    if past is None:
        return Forecast(by_chance, by_chance)
    steps = special.stdtrit(past.apart(day) - 1, (np.arange(STEPS) + 0.5) / STEPS)
    misses = past.missed[day - 1] + past.spread[day - 1] * steps
    likely = np.maximum(futures[:, None] + misses[None, :], 0.0)
    return Forecast(by_chance, np.quantile(likely, shares))
