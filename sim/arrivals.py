"""When random incidents open: weekly counts that vary more than Poisson, placed by the hour of the week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.calendars import HOUR, WEEK, Ints
from sim.scenario import IncidentKind, hourly_weights

Floats = NDArray[np.float64]


def weekly_counts(per_week: float, dispersion: float, u: Floats) -> Ints:
    """Incidents in each week, by inverse transform of one uniform a week.

    A Poisson count whose rate is multiplied by a gamma factor each week is negative binomial:
    mean `per_week`, variance `dispersion` times the mean (docs/evidence.md, A4). Dispersion 1 is
    the Poisson law.
    """
    if per_week == 0:
        return np.zeros(len(u), dtype=np.int64)
    if dispersion > 1:
        counts = np.asarray(special.nbdtrik(u, per_week / (dispersion - 1), 1 / dispersion))
    else:
        counts = np.asarray(special.pdtrik(u, per_week))
    return np.maximum(np.ceil(counts - 1e-9), 0).astype(np.int64)


def moments_in_week(kind: IncidentKind, u: Floats) -> Ints:
    """Seconds after Monday 00:00, spread by the kind's hour-of-week profile, one per uniform."""
    weights = np.asarray(hourly_weights(kind), dtype=np.float64)
    sums = np.concatenate(([0.0], np.cumsum(weights)))
    edges = sums / sums[-1]  # so that the last edge, and any beside it, is exactly 1
    hour = np.searchsorted(edges, u, side="right") - 1
    within = (u - edges[hour]) * sums[-1] / weights[hour]
    seconds = np.asarray((hour + np.minimum(within, 1.0)) * HOUR, dtype=np.int64)
    return np.minimum(seconds, WEEK - 1)
