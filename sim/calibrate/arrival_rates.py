"""The record tells how incidents arrive: the weeks, the days, the hour of the week."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import figures
from sim.calibrate.record_days import WEEKDAYS, Record, weekday
from sim.sampling.calendars import DAY, HOUR, WEEK


@dataclass(frozen=True, eq=False)
class Weeks:
    """Counts of each week on its ordinary days, against how much of an ordinary week they were."""

    counts: Floats
    exposure: Floats
    shares: Floats
    """(7,) of an ordinary week's tickets, Monday first."""
    kept: Bools
    """(weeks of the record,) which of them these are."""

    def of(self, window: Record, counts: Floats) -> Weeks:
        """Return the same weeks of some of the tickets, by their daily counts."""
        found = np.bincount(
            window.week, weights=counts * window.ordinary, minlength=window.weeks
        ).astype(np.float64)
        return Weeks(found[self.kept], self.exposure, self.shares, self.kept)


def weeks(window: Record, counts: Floats) -> Weeks:
    """Return weekly counts from daily ones; weeks with less than half an ordinary week are left
    out."""
    daily, ordinary = weekday(window.day), window.ordinary
    mean = np.zeros(7)
    for d in range(7):
        chosen = (daily == d) & ordinary
        mean[d] = counts[chosen].mean() if chosen.any() else 0.0
    shares = mean / mean.sum() if mean.sum() else np.full(7, 1 / 7)
    exposure = np.bincount(window.week, weights=shares[daily] * ordinary, minlength=window.weeks)
    found = np.bincount(window.week, weights=counts * ordinary, minlength=window.weeks)
    enough = exposure >= min(0.5, exposure.max())
    return Weeks(found[enough], exposure[enough], shares, enough)


def trend(found: Weeks) -> tuple[float, float, float]:
    """Return the change of the rate per week as a share of its mean, and its 90 % interval.

    Both are by regression.
    """
    ratio = found.counts / found.exposure
    if len(ratio) < 4 or ratio.mean() == 0:
        return 0.0, math.nan, math.nan
    fit = stats.linregress(np.arange(len(ratio)), ratio)
    half = figures.student(len(ratio) - 1) * float(fit.stderr)
    mean = float(ratio.mean())
    return (
        float(fit.slope) / mean,
        (float(fit.slope) - half) / mean,
        (float(fit.slope) + half) / mean,
    )


def daily_cv(window: Record, counts: Floats, shares: Floats) -> tuple[float, float, float]:
    """Return how much days differ beyond chance once their week's count is known.

    It is a cv (coefficient of variation), with its interval. It is estimated by moments: given the
    week's count N, a day's count varies by N s (1 - s) for chance and by N² s² (1 - 2s + Σ s²)
    times the squared cv for days that are busy in themselves.
    """
    daily, week = weekday(window.day), window.week
    table = np.full((window.weeks, 7), np.nan)
    ordinary = window.ordinary
    table[week[ordinary], daily[ordinary]] = counts[ordinary]
    table = table[(~np.isnan(table)).sum(axis=1) >= 5]
    if len(table) < 3:
        return 0.0, math.nan, math.nan
    value = _day_cv(table, shares)
    if _days_alike(table, shares) >= 0.05:
        value = 0.0
    rng = np.random.default_rng(0)
    again = [_day_cv(table[rng.integers(len(table), size=len(table))], shares) for _ in range(200)]
    low, high = np.quantile(again, [(1 - figures.LEVEL) / 2, (1 + figures.LEVEL) / 2])
    return value, min(float(low), value), max(float(high), value)


def _expected_days(table: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return (W, 7) each week's shares among the days it has, and its count in every row."""
    seen = ~np.isnan(table)
    within = shares * seen
    within = within / np.maximum(within.sum(axis=1, keepdims=True), 1e-12)
    return within, np.nansum(table, axis=1, keepdims=True)


def _days_alike(table: Floats, shares: Floats) -> float:
    """Return the chance of days as uneven as these if weeks differed by their counts alone."""
    within, total = _expected_days(table, shares)
    expected = total * within
    used = (expected > 0) & ~np.isnan(table)
    statistic = float(((table - expected)[used] ** 2 / expected[used]).sum())
    free = int(used.sum()) - len(table) - 6
    return float(stats.chi2.sf(statistic, max(free, 1)))


def _day_cv(table: Floats, shares: Floats) -> float:
    within, total = _expected_days(table, shares)
    weeks = len(table)
    spread = np.nan_to_num(table - total * within) ** 2 * weeks / (weeks - 1)
    chance = total * within * (1 - within)
    squares = (within**2).sum(axis=1, keepdims=True)
    each = total**2 * within**2 * (1 - 2 * within + squares)
    return math.sqrt(max(float((spread - chance).sum()) / max(float(each.sum()), 1e-12), 0.0))


def holiday_share(window: Record, counts: Floats) -> tuple[float, int]:
    """Return tickets on holidays over those of ordinary days of the same weekdays; and their
    number."""
    daily = weekday(window.day)
    on, off = ~window.ordinary & (daily < 5), window.ordinary
    expected = sum(
        float(counts[off & (daily == d)].mean()) for d in daily[on] if (off & (daily == d)).any()
    )
    return (min(float(counts[on].sum()) / expected, 1.0) if expected else 1.0), int(on.sum())


def profile(
    window: Record, opened: Floats, towards: Floats | None = None, weight: float = 84.0
) -> Floats:
    """Return the share of an ordinary week's tickets in each hour of it, as an array (168,).

    Args:
        opened: seconds since 1970; only those on ordinary days count.
        towards: the shape that few tickets are shrunk to; by default that of the day times that of
            the hour on working days or at weekends.
        weight: how many tickets that shape counts for: half a ticket an hour.
    """
    moments = opened[window.inside(opened)]
    hour = ((moments - 4 * DAY) % WEEK // HOUR).astype(np.int64)
    counts = np.bincount(hour, minlength=168).reshape(7, 24).astype(np.float64)
    exposure = np.array([(window.ordinary & (weekday(window.day) == d)).sum() for d in range(7)])
    rates = counts / np.maximum(exposure, 1)[:, None]
    if not rates.sum():
        return np.full(168, 1 / 168) if towards is None else towards
    raw = (rates / rates.sum()).ravel()
    shape = towards if towards is not None else _structured(raw.reshape(7, 24), len(moments))
    return np.asarray((len(moments) * raw + weight * shape) / (len(moments) + weight))


def _structured(raw: Floats, count: int) -> Floats:
    """Return day of the week times hour of the day, which working days share and weekends share."""
    result = np.empty((7, 24))
    even = 12 / max(count, 1)
    for days in (slice(0, 5), slice(5, 7)):
        hours = raw[days].sum(axis=0) + even / 24
        result[days] = raw[days].sum(axis=1, keepdims=True) * hours / hours.sum()
    return np.asarray(result.ravel() / result.sum())


Holds = Callable[[Ints, Ints], Bools]


def _on(number: int) -> Holds:
    return lambda day, hour: day == number


PARTS: dict[str, Holds] = {
    **{day: _on(number) for number, day in enumerate(WEEKDAYS)},
    "working hours, Monday to Friday 9 to 17": lambda d, h: (d < 5) & (h >= 9) & (h < 17),
    "nights, 22 to 6": lambda d, h: (h >= 22) | (h < 6),
}
"""Parts of the week that the profile is told by."""


MOSTLY = 0.95
"""Share of openings with a time of day from which parts of the day are told."""


def parts_of_week(
    window: Record, opened: Floats, timed: Bools
) -> dict[str, tuple[float, float, float]]:
    """Return the share of tickets in each part of the week, with its interval.

    Only weeks without a holiday count; parts of the day are told where nearly all openings have a time of
    day.

    Args:
        window: the days covered.
        opened: (N,) seconds since 1970.
        timed: (N,) whether they have a time of day.
    """
    parts = PARTS if timed.mean() > MOSTLY else {name: PARTS[name] for name in WEEKDAYS}
    moments = opened[window.inside(opened)]
    full = np.bincount(window.week[window.ordinary], minlength=window.weeks) == 7
    day = np.floor(moments / DAY).astype(np.int64)
    kept = full[window.week[day - window.first]]
    moments, day = moments[kept], day[kept]
    hour = (moments % DAY // HOUR).astype(np.int64)
    week = window.week[day - window.first]
    whole = np.bincount(week, minlength=window.weeks).astype(np.float64)
    found = {}
    for name, holds in parts.items():
        part = np.bincount(week, weights=holds(weekday(day), hour), minlength=window.weeks)
        found[name] = figures.share(part.astype(np.float64), whole)
    return found
