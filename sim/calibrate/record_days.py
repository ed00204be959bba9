"""Which days a record covers, and which of them were holidays or closures.

A record is the weeks in which tickets came, from the first to the last that are like the others. Weeks in which
hardly any came are a closure or a hole where the record goes on behind them, and strays lie before or after it.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from sim.arrays import Bools, Floats, Ints
from sim.sampling.calendars import DAY

EPOCH = datetime.date(1970, 1, 1)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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
    """What was left out, and what cannot be told, in words."""
    closed: tuple[int, ...] = ()
    """Days within it that it does not cover: closures, and holes."""

    @property
    def day(self) -> Ints:
        """The number of each day of the record (days,), counted from 1970-01-01."""
        return self.first + np.arange(self.days, dtype=np.int64)

    @property
    def ordinary(self) -> Bools:
        """Whether each day of the record (days,) is an ordinary one: no holiday, and covered."""
        return ~np.isin(self.day, (*self.holidays, *self.closed))

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


BUSY = 20.0
"""Tickets a week from which two silent weeks mean that the record stops."""

SILENT = 0.1
"""Share of the usual week below which a week is silent."""

ALIKE = 0.25
"""Share of the usual week that the weeks behind a gap must have to belong to the same record."""

LONGEST_GAP = 26
"""Weeks without tickets over which a record goes on; what lies further back tells of another time."""

CLOSURE = 4
"""Weeks up to which a gap is a closure, and no hole in the record."""

UNLIKELY = 0.01
"""Chance, over all days of a record, that a quiet day is taken for a holiday."""

EMPTY = 0.2
"""Share of what is usual that a day has at most to be judged together with those beside it."""

AROUND = 6
"""Weeks before and after that tell what is usual on a day."""


def record(opened: Floats, holidays: Sequence[datetime.date] | None = None) -> Record:
    """Find which days are covered, and which of them were holidays.

    Args:
        opened: seconds since 1970, local.
        holidays: days given; None to look for them.
    """
    days = np.floor(opened / DAY).astype(np.int64)
    given = np.array([day_of(day) for day in holidays or ()], dtype=np.int64)
    notes: list[str] = []
    low, high, gaps = _covered(days, given, notes)
    low, high = _whole_ends(days, low, high, notes)
    closed = tuple(day for gap in gaps for day in gap if day not in given)
    window = Record(low, high - low + 1, (), holidays is None, (), closed)
    if holidays is not None:
        found = tuple(sorted({int(day) for day in given if low <= day <= high}))
    else:
        found = _silent_days(window, window.counts(opened), notes)
    return Record(low, window.days, found, holidays is None, tuple(notes), closed)


def _covered(days: Ints, given: Ints, notes: list[str]) -> tuple[int, int, list[range]]:
    """Return the first and last day of the record, and the gaps within it; the rest are strays."""
    week = (days - 4) // 7
    start = int(week.min())
    counts = _as_if_open(np.bincount(week - start), start, given)
    runs, usual = _runs(counts)
    kept = _belonging(runs, counts, usual)
    gaps = [
        range((start + before[-1] + 1) * 7 + 4, (start + after[0]) * 7 + 4)
        for before, after in itertools.pairwise(kept)
    ]
    low, high = (start + kept[0][0]) * 7 + 4, (start + kept[-1][-1] + 1) * 7 + 3
    inside = (days >= low) & (days <= high)
    between = np.zeros(len(days), dtype=bool)
    for gap in gaps:
        between |= (days >= gap.start) & (days < gap.stop)
        what = "closed then, by all signs" if len(gap) <= 7 * CLOSURE else "a hole in the record"
        shown = f"{date_of(gap.start)} to {date_of(gap.stop - 1)}"
        notes.append(
            f"hardly any tickets from {shown}, {len(gap) // 7} weeks: {what}; these days do not count"
        )
    first, last = int(days[inside].min()), int(days[inside].max())
    if (~inside | between).any():
        notes.append(
            f"{(~inside | between).sum():,} tickets opened before or after the stretch that is complete, "
            f"{date_of(first)} to {date_of(last)}; no rate rests on them"
        )
    return first, last, gaps


def _as_if_open(counts: Ints, start: int, given: Ints) -> Floats:
    """Return the weekly counts as they would be without the holidays that are given."""
    away = given[weekday(given) < 5]
    inside = ((away - 4) // 7 >= start) & ((away - 4) // 7 < start + len(counts))
    lost = np.bincount(((away - 4) // 7 - start)[inside], minlength=len(counts))
    share = np.clip(1 - lost / 5, 0, 1)
    # A week of holidays alone says nothing: it is neither silent nor like the others.
    return np.where(share > 0, counts / np.maximum(share, 0.2), np.nan)


def _runs(counts: Floats) -> tuple[list[list[int]], float]:
    """Return the runs of weeks without a gap, and the usual count of a week: that half of all tickets exceed."""
    known = np.nan_to_num(counts)
    usual = float(np.median(np.repeat(known, known.astype(np.int64))))
    patience = 2 if usual >= BUSY else 8
    silent = known < max(SILENT * usual, 1)
    runs: list[list[int]] = [[]]
    gap = 0
    for number, quiet in enumerate(silent):
        if np.isnan(counts[number]):
            continue
        gap = gap + 1 if quiet else 0
        if gap == patience:
            runs.append([])
        elif not quiet:
            runs[-1].append(number)
    return [run for run in runs if run], usual


def _belonging(runs: list[list[int]], counts: Floats, usual: float) -> list[list[int]]:
    """Return the runs of one record: the largest, and those beside it that are like it."""
    known = np.nan_to_num(counts)
    size = [float(known[run[0] : run[-1] + 1].sum()) for run in runs]
    best = int(np.argmax(size))
    least = max(BUSY if usual >= BUSY else 8, 0.02 * sum(size))

    def alike(run: list[int], tickets: float) -> bool:
        return tickets >= least and tickets / (run[-1] + 1 - run[0]) >= ALIKE * usual

    first = last = best
    while (
        first > 0
        and alike(runs[first - 1], size[first - 1])
        and _near(runs[first - 1], runs[first])
    ):
        first -= 1
    while (
        last + 1 < len(runs)
        and alike(runs[last + 1], size[last + 1])
        and _near(runs[last], runs[last + 1])
    ):
        last += 1
    return runs[first : last + 1]


def _near(before: list[int], after: list[int]) -> bool:
    return after[0] - before[-1] - 1 <= LONGEST_GAP


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


def _silent_days(window: Record, counts: Floats, notes: list[str]) -> tuple[int, ...]:
    """Return working days on which far fewer open than on others of their weekday and weeks around: holidays.

    Days in a row are judged together: each may be quiet by chance, all of them hardly.
    """
    daily = weekday(window.day)
    working = (daily < 5) & window.ordinary
    if working.sum() < 10:
        return ()
    seen, expected = counts[working], _expected(window, counts)[working]
    quiet = (seen < 0.5 * expected) & (expected > 0)
    others = ~quiet & (expected > 0)
    # Pearson's statistic over the days that are not in question.
    off = (seen - expected)[others] ** 2 / expected[others]
    dispersion = max(float(off.mean()), 1.0) if len(off) else 1.0
    limit = UNLIKELY / len(seen)
    empty = np.flatnonzero(seen <= EMPTY * expected)
    rows = [np.array([day]) for day in np.flatnonzero(quiet)]
    rows += [row for row in np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1) if len(row) > 1]
    found: set[int] = set()
    for row in rows:
        if _chance(float(seen[row].sum()), float(expected[row].sum()), dispersion) < limit:
            found |= set(window.day[working][row].tolist())
    usual = float(np.median(expected))
    if _chance(0.0, usual, dispersion) >= limit:
        notes.append(
            f"with {usual:.1f} tickets a working day a holiday cannot be told from a quiet day: "
            "--holidays names them, by dates or by country (--holidays DE)"
        )
    return tuple(sorted(found))


def _expected(window: Record, counts: Floats) -> Floats:
    """Return the tickets (days,) that are usual on each day: by its weekday and by the weeks around it."""
    daily, ordinary = weekday(window.day), window.ordinary
    each = [counts[(daily == d) & ordinary] for d in range(7)]
    middle = np.array([np.median(one) if len(one) else 0.0 for one in each])
    mean = np.array([one[one > 0].mean() if (one > 0).any() else 0.0 for one in each])
    usual = np.where(middle >= BUSY, middle, mean * (middle > 0))
    weekly = np.bincount(window.week, weights=counts * ordinary, minlength=window.weeks)
    open_ = np.bincount(window.week, weights=usual[daily] * ordinary, minlength=window.weeks)
    ratio = np.where(open_ > 0, weekly / np.maximum(open_, 1e-9), np.nan)
    level = np.array([
        np.nanmedian(ratio[max(w - AROUND, 0) : w + AROUND + 1])
        if (~np.isnan(ratio[max(w - AROUND, 0) : w + AROUND + 1])).any() else 0.0
        for w in range(window.weeks)
    ])  # fmt: skip
    return np.asarray(usual[daily] * level[window.week])


def _chance(seen: float, expected: float, dispersion: float) -> float:
    """Return the chance of so few tickets or fewer: negative binomial with this variance over mean."""
    if expected <= 0:
        return 1.0
    if dispersion < 1 + 1e-6:
        return float(special.pdtr(seen, expected))
    size = expected / (dispersion - 1)
    return float(special.betainc(size, seen + 1, 1 / dispersion))
