"""When the organisation works: tables of opening intervals and the arithmetic on them.

Time is whole seconds since Monday 00:00 of week 0, in the organisation's own local time.
An interval is open at its opening second and closed at its closing second.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.arrays import Ints

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800


@dataclass(frozen=True, eq=False)
class Calendar:
    """A table of opening intervals: `opens[i]` to `closes[i]`, ascending, disjoint, not touching.

    `before[i]` is the working time in all intervals before the i-th, in seconds.
    """

    opens: Ints
    closes: Ints
    before: Ints = field(init=False)

    def __post_init__(self) -> None:
        before = np.concatenate(([0], np.cumsum(self.closes - self.opens)))
        object.__setattr__(self, "before", before.astype(np.int64))
        # The engine asks one moment at a time, for which lists are several times faster.
        object.__setattr__(self, "_opens", self.opens.tolist())
        object.__setattr__(self, "_closes", self.closes.tolist())
        object.__setattr__(self, "_before", before.tolist())

    _opens: list[int] = field(init=False, repr=False, compare=False)
    _closes: list[int] = field(init=False, repr=False, compare=False)
    _before: list[int] = field(init=False, repr=False, compare=False)

    def worked(self, moment: int) -> int:
        """The working seconds from time 0 to `moment`."""
        i = bisect_right(self._opens, moment) - 1
        if i < 0:
            return 0
        return self._before[i] + min(moment, self._closes[i]) - self._opens[i]

    def worked_at(self, moments: Ints) -> Ints:
        """The working seconds from time 0 to each of an array of moments."""
        i = np.searchsorted(self.opens, moments, side="right") - 1
        inside = np.minimum(moments, self.closes[i]) - self.opens[i]
        return np.where(i < 0, 0, self.before[i] + inside)

    def next_open(self, moment: int) -> int:
        """The second `moment` itself when open, else the next opening; `end` when there is none."""
        i = bisect_right(self._opens, moment) - 1
        if i >= 0 and moment < self._closes[i]:
            return moment
        return self._opens[i + 1] if i + 1 < len(self._opens) else self.end

    def finish(self, start: int, duration: int) -> int:
        """The second at which `duration` seconds of work begun at `start` are done.

        A finish that falls on closing time is that closing, not the next opening.
        Work the table cannot hold ends at `end`.
        """
        due = self.worked(start) + duration
        i = _first_at_least(self._before, due)
        if i >= len(self._before):
            return self.end
        return self._closes[i - 1] - (self._before[i] - due)

    @cached_property
    def table(self) -> Ints:
        """The opening, the closing and the working time before, in seconds, of each interval,
        (I, 3)."""
        return np.column_stack((self.opens, self.closes, self.before[:-1]))

    @property
    def end(self) -> int:
        """The last closing of the table, at or past the horizon."""
        return self._closes[-1]


def _first_at_least(ascending: list[int], value: int) -> int:
    return bisect_right(ascending, value - 1)


def office(until: int, opens: int, closes: int, closed_days: frozenset[int]) -> Calendar:
    """A calendar that is open Monday to Friday, `opens` to `closes` (seconds after midnight), but
    for `closed_days`.

    `closed_days` counts days from day 0, the first Monday.
    """
    days = np.arange(-(-until // DAY), dtype=np.int64)
    closed = np.isin(days, np.fromiter(closed_days, dtype=np.int64, count=len(closed_days)))
    working = days[(days % 7 < 5) & ~closed]
    return Calendar(working * DAY + opens, working * DAY + closes)
