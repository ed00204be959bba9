"""Hours of work as a scenario writes them: `"Mon-Fri 09:00-17:00"`, `"Mon-Thu 08:00-12:00, 13:00-17:00; Fri
08:00-12:00"`, `"always"`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

ALWAYS = "always"

MINUTES_A_DAY = 1_440


class Shift(NamedTuple):
    """An opening of the week."""

    day: int
    """0: Monday"""
    opens: int
    """minutes after midnight"""
    closes: int


_TIMES = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_PART = re.compile(r"(?P<days>[A-Za-z]{3}(?:\s*[-,]\s*[A-Za-z]{3})*)\s+(?P<times>\d.*)")

EXPECTED = (
    'must be such as "Mon-Fri 09:00-17:00" or "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-12:00"'
)


@lru_cache(maxsize=1_000)
def shifts_of(text: str) -> tuple[Shift, ...]:
    """The openings of a week, in order; none touches the next on its day.

    Raises:
        ValueError: saying what of the text cannot be read, or overlaps.
    """
    if text.strip().lower() == ALWAYS:
        return tuple(Shift(day, 0, MINUTES_A_DAY) for day in range(7))
    shifts = sorted(shift for part in text.split(";") for shift in _part(part.strip()))
    for one, other in pairwise(shifts):
        if one.day == other.day and other.opens <= one.closes:
            raise ValueError(
                f"hours of {DAYS[one.day]} overlap or touch: {_clock(one.opens)}-{_clock(one.closes)} and "
                f"{_clock(other.opens)}-{_clock(other.closes)}"
            )
    return tuple(shifts)


def hours_a_week(text: str) -> float:
    """The hours of a week in which one is at work."""
    return sum(shift.closes - shift.opens for shift in shifts_of(text)) / 60


def _part(part: str) -> list[Shift]:
    found = _PART.fullmatch(part)
    if not found:
        raise ValueError(EXPECTED)
    times = [_span(times.strip()) for times in found["times"].split(",")]
    return [Shift(day, opens, closes) for day in _days(found["days"]) for opens, closes in times]


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, *last = [_day(name.strip()) for name in part.split("-")]
        if len(last) > 1 or (last and last[0] < first):
            raise ValueError(f"{part.strip()} is no span of days from Mon to Sun")
        days += range(first, (last[0] if last else first) + 1)
    if len(days) > len(set(days)):
        raise ValueError(f"{text} names a day twice")
    return days


def _day(name: str) -> int:
    if name.title() not in DAYS:
        raise ValueError(f"{name} is no day; expected one of {', '.join(DAYS)}")
    return DAYS.index(name.title())


def _span(text: str) -> tuple[int, int]:
    found = _TIMES.fullmatch(text)
    if not found:
        raise ValueError(EXPECTED)
    opens, closes = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    if max(int(found[2]), int(found[4])) >= 60 or closes > MINUTES_A_DAY:
        raise ValueError(f"{text} has no time of day from 00:00 to 24:00")
    if closes <= opens:
        raise ValueError(f"{text} must close later than it opens, on the same day")
    return opens, closes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
