"""The record tells how incidents arrive: which days it covers, holidays, the hour of the week, the
weeks."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from sim.arrays import Bools, Floats, Ints
from sim.calibrate import figures
from sim.sampling.calendars import DAY, HOUR, WEEK

EPOCH = datetime.date(1970, 1, 1)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

BUSY = 20.0
"""Tickets a week from which a silent week means that the record has a hole."""


@dataclass(frozen=True, eq=False)
class Record:
    """The days a record covers wholly, and which of them were holidays."""

    first: int
    """First day, counted from 1970-01-01."""
    days: int
    holidays: tuple[int, ...]
    found: bool
    """Whether the holidays were found in the counts, not given."""
    notes: tuple[str, ...] = ()
    """What was left out at the ends, in words."""

    @property
    def day(self) -> Ints:
        """The number of each day of the record (days,), counted from 1970-01-01."""
        return self.first + np.arange(self.days, dtype=np.int64)

    @property
    def ordinary(self) -> Bools:
        """Whether each day of the record (days,) is an ordinary one: no holiday."""
        return ~np.isin(self.day, self.holidays)

    @property
    def week(self) -> Ints:
        """The number of each day's week (days,), from 0."""
        weeks = (self.day - 4) // 7  # 1970-01-05 was a Monday
        return np.asarray(weeks - weeks[0])

    @property
    def weeks(self) -> int:
        """The number of weeks that the record touches."""
        return int(self.week[-1]) + 1

    @property
    def monday(self) -> datetime.date:
        """The Monday of the first week."""
        return EPOCH + datetime.timedelta(int(self.first - weekday(self.first)))

    def counts(self, opened: Floats) -> Floats:
        """Return how many tickets were opened on each day (days,)."""
        day = np.floor(opened / DAY).astype(np.int64) - self.first
        inside = (day >= 0) & (day < self.days)
        return np.bincount(day[inside], minlength=self.days).astype(np.float64)

    def inside(self, opened: Floats) -> Bools:
        """Return which moments, in seconds since 1970, lie on ordinary days of the record."""
        day = np.floor(opened / DAY).astype(np.int64) - self.first
        known = (day >= 0) & (day < self.days)
        return known & self.ordinary[np.clip(day, 0, self.days - 1)]


def weekday(day: Ints | int) -> Ints:
    """Return the weekday of days counted from 1970-01-01; 0 for Monday."""
    return np.asarray((np.asarray(day) + 3) % 7, dtype=np.int64)


def date_of(day: int) -> datetime.date:
    """Return the date of a day counted from 1970-01-01."""
    return EPOCH + datetime.timedelta(int(day))


def day_of(date: datetime.date) -> int:
    """Return the number of a date's day, counted from 1970-01-01."""
    return (date - EPOCH).days


def record(opened: Floats, holidays: Sequence[datetime.date] | None = None) -> Record:
    """Find which days are covered: from the first to the last of the longest stretch without a
    hole.

    Args:
        opened: seconds since 1970, local.
        holidays: days given; None to look for them.
    """
    days = np.floor(opened / DAY).astype(np.int64)
    notes: list[str] = []
    low, high = _stretch(days, notes)
    low, high = _whole_ends(days, low, high, notes)
    window = Record(low, high - low + 1, (), holidays is None, tuple(notes))
    if holidays is not None:
        given = tuple(d for d in map(day_of, holidays) if low <= d <= high)
        return Record(low, window.days, given, False, window.notes)
    return Record(low, window.days, _silent_days(window, window.counts(opened)), True, window.notes)


def _stretch(days: Ints, notes: list[str]) -> tuple[int, int]:
    """Return the first and last day of the longest run of weeks without a hole; the rest are
    strays."""
    week = (days - 4) // 7
    counts = np.bincount(week - week.min())
    usual = float(np.median(np.repeat(counts, counts)))  # the week that half of all tickets exceed
    patience = 2 if usual >= BUSY else 8
    silent = counts < max(0.25 * usual, 1)
    runs: list[list[int]] = [[]]
    gap = 0
    for number, quiet in enumerate(silent):
        gap = gap + 1 if quiet else 0
        if gap == patience:
            runs.append([])
        elif not quiet:
            runs[-1].append(number)
    best = max(runs, key=lambda run: int(counts[run[0] : run[-1] + 1].sum()) if run else 0)
    kept = (week - week.min() >= best[0]) & (week - week.min() <= best[-1])
    if (~kept).any():
        notes.append(
            f"{(~kept).sum():,} tickets opened before or after the stretch that is complete, "
            f"{date_of(days[kept].min())} to {date_of(days[kept].max())}; no rate rests on them"
        )
    return int(days[kept].min()), int(days[kept].max())


def _whole_ends(days: Ints, low: int, high: int, notes: list[str]) -> tuple[int, int]:
    """Cut the ends of the record to whole weeks where they could be silent by chance.

    Days that are cut short are left out.
    """
    counts = np.bincount(days[(days >= low) & (days <= high)] - low).astype(np.float64)
    daily = weekday(low + np.arange(len(counts)))
    usual = np.array([np.median(counts[daily == d]) if (daily == d).any() else 0 for d in range(7)])
    mean = np.array([counts[daily == d].mean() if (daily == d).any() else 0 for d in range(7)])
    for end, position in (("first", 0), ("last", -1)):
        if len(counts) > 14 and usual[daily[position]] >= 20:
            few = counts[position] < 0.6 * usual[daily[position]]
            # Days differ three times as much as Poisson in real logs (docs/evidence.md, A4).
            if (
                few
                and (usual[daily[position]] - counts[position]) ** 2
                > 16 * 3 * usual[daily[position]]
            ):
                day = low if end == "first" else high
                notes.append(
                    f"the {end} day, {date_of(day)}, holds {counts[position]:.0f} tickets where its "
                    f"weekday usually holds {usual[daily[position]]:.0f}: cut short, left out"
                )
                low, high = (low + 1, high) if end == "first" else (low, high - 1)
    before, after = int(weekday(low)), 6 - int(weekday(high))
    if before and mean[:before].sum() < 3:
        low -= before
    if after and mean[7 - after :].sum() < 3:
        high += after
    return low, high


def _silent_days(window: Record, counts: Floats) -> tuple[int, ...]:
    """Return working days on which far fewer open than on others of their weekday: holidays."""
    daily = weekday(window.day)
    usual = np.array([np.median(counts[daily == d]) if (daily == d).any() else 0 for d in range(7)])
    expected = usual[daily]
    working = (daily < 5) & (expected > 0)
    if working.sum() < 10:
        return ()
    ratio = counts[working] / expected[working]
    spread = 1.4826 * float(np.median(np.abs(ratio - np.median(ratio))))
    limit = 1 - 4 * np.maximum(spread, 1 / np.sqrt(expected[working]))
    silent = ratio < np.minimum(limit, 0.5)
    return tuple(window.day[working][silent].tolist())


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


def parts_of_week(window: Record, opened: Floats) -> dict[str, tuple[float, float, float]]:
    """Return the share of tickets in each part of the week, with its interval.

    Only weeks without a holiday count.
    """
    moments = opened[window.inside(opened)]
    full = np.bincount(window.week[window.ordinary], minlength=window.weeks) == 7
    day = np.floor(moments / DAY).astype(np.int64)
    kept = full[window.week[day - window.first]]
    moments, day = moments[kept], day[kept]
    hour = (moments % DAY // HOUR).astype(np.int64)
    week = window.week[day - window.first]
    whole = np.bincount(week, minlength=window.weeks).astype(np.float64)
    found = {}
    for name, holds in PARTS.items():
        part = np.bincount(week, weights=holds(weekday(day), hour), minlength=window.weeks)
        found[name] = figures.share(part.astype(np.float64), whole)
    return found
