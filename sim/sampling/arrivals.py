"""When random incidents open: weekly counts that vary more than Poisson, placed by the hour of the week."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from sim.arrays import Bools, Floats, Ints
from sim.sampling.calendars import DAY, HOUR, WEEK
from sim.scenario.country_holidays import holidays_between
from sim.scenario.people_and_plans import Time
from sim.scenario.unplanned_work import IncidentKind, hourly_weights


def weekly_counts(per_week: float, dispersion: float, u: Floats) -> Ints:
    """Draw the number of incidents in each week, by inverse transform of one uniform a week.

    A Poisson count whose rate is multiplied by a gamma factor each week is negative binomial:
    mean `per_week`, variance `dispersion` times the mean (docs/evidence.md, A4). Dispersion 1 is
    the Poisson law.
    """
    if per_week == 0:
        return np.zeros(len(u), dtype=np.int64)
    first, chances = law_of_counts(per_week, dispersion)
    return first + np.searchsorted(chances, u)


LEAST, MOST = 2.0**-53, 1 - 2.0**-53
"""Between these lies any uniform number but 0."""


@lru_cache(maxsize=256)
def law_of_counts(per_week: float, dispersion: float) -> tuple[int, Floats]:
    """The least count that a week can have, and the chances of having at most so many, one more, …"""
    if dispersion > 1:
        size = per_week / (dispersion - 1)
        ends = special.nbdtrik([LEAST, MOST], size, 1 / dispersion)
    else:
        ends = special.pdtrik([LEAST, MOST], per_week)
    first, last = max(int(ends[0]) - 1, 0), int(ends[1]) + 2
    counts = np.arange(first, last)
    if dispersion > 1:
        return first, np.asarray(special.betainc(size, counts + 1.0, 1 / dispersion))
    return first, np.asarray(special.gammaincc(counts + 1.0, per_week))


def moments_in_week(kind: IncidentKind, u: Floats) -> Ints:
    """Draw seconds after Monday 00:00, spread by the kind's hour-of-week profile, one per
    uniform."""
    weights = np.asarray(hourly_weights(kind), dtype=np.float64)
    sums = np.concatenate(([0.0], np.cumsum(weights)))
    edges = sums / sums[-1]  # so that the last edge, and any beside it, is exactly 1
    hour = np.searchsorted(edges, u, side="right") - 1
    within = (u - edges[hour]) * sums[-1] / weights[hour]
    seconds = np.asarray((hour + np.minimum(within, 1.0)) * HOUR, dtype=np.int64)
    return np.minimum(seconds, WEEK - 1)


def by_uneven_days(kind: IncidentKind, u: Floats, week: Ints, day_luck: Floats) -> Floats:
    """The same uniforms, moved towards the days that turn out busy.

    Each day of each week has a gamma factor of mean 1 and coefficient of variation `daily_cv`,
    by inverse transform of its `day_luck` (weeks, 7). A week keeps its count, so that
    `dispersion` stays what it says.
    """
    weights = np.asarray(hourly_weights(kind), dtype=np.float64).reshape(7, 24).sum(axis=1)
    shares = weights / weights.sum()
    shape = kind.daily_cv**-2
    busy = shares * np.maximum(special.gammaincinv(shape, day_luck) / shape, 1e-12)
    busy /= busy.sum(axis=1, keepdims=True)
    ends = np.cumsum(busy, axis=1)
    ends[:, -1] = 1.0
    day = (u[:, None] >= ends[week]).sum(axis=1)
    within = 1 - (ends[week, day] - u) / np.maximum(busy[week, day], 1e-300)
    begins = np.concatenate(([0.0], np.cumsum(shares)[:-1]))
    moved = begins[day] + np.clip(within, 0.0, np.nextafter(1.0, 0.0)) * shares[day]
    return np.asarray(np.minimum(moved, np.nextafter(1.0, 0.0)))


def on_holiday(time: Time, moments: Ints) -> Bools:
    """Whether each of these seconds since the scenario's start falls on a public holiday."""
    return np.isin(moments // DAY, np.array(holidays_in(time), dtype=np.int64))


def holidays_in(time: Time) -> list[int]:
    """The organisation's public holidays within the horizon, as days since the start."""
    off = set(time.public_holidays)
    if time.holidays:
        off |= holidays_between(time.holidays, time.start, 7 * time.horizon_weeks)
    days = [(day - time.start).days for day in off]
    return sorted(day for day in days if 0 <= day < 7 * time.horizon_weeks)
