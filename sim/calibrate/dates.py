"""Dates as exports write them: ISO, day first or month first, month names, with or without zone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from sim.arrays import Floats, Ints
from sim.sampling.calendars import DAY, HOUR, MINUTE

Seconds = Floats
"""Seconds since 1970-01-01 00:00 local; NaN where there is no moment."""

YEARS = range(1980, 2100)
"""Years that a tracker can hold."""

_MONTHS = (
    "jan january janeiro enero januar janvier gen gennaio ene janv jän januari",
    "feb february fevereiro febrero februar février fev fév febbraio févr februari",
    "mar march março marzo märz mars mär mrz mrt maart",
    "apr april abr abril avril avr aprile",
    "may maio mayo mai mag maggio mei",
    "jun june junho junio juni juin giu giugno",
    "jul july julho julio juli juillet lug luglio juil",
    "aug august ago agosto août aou aoû augustus",
    "sep september setembro septiembre septembre set settembre sept",
    "oct october out outubro octubre oktober okt octobre ott ottobre",
    "nov november novembro noviembre novembre",
    "dec december dez dezembro dic diciembre dezember décembre déc dicembre",
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}

_CLOCK = r"(?:[T,\s]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?[Mm]?\.?\s*)?"
_ZONE = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK + _ZONE + r"$", re.ASCII)
_NUMBERS = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK + _ZONE + r"$", re.ASCII
)
_NAMED = re.compile(
    r"(\d{1,2})[-/. ]+([^\W\d_]{3,10})\.?[-/. ]+(\d{4}|\d{2})" + _CLOCK + _ZONE + "$"
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$", re.ASCII)

_AS_WRITTEN, _EITHER = 0, 1


@dataclass(frozen=True, eq=False)
class Parsed:
    """Moments of one column, and how they were understood."""

    seconds: Seconds
    order: str
    """"day first", "month first", or empty where no date left a choice."""
    guessed: bool
    """Whether nothing in the column decides between the two."""


def parse(texts: Sequence[str], zone: ZoneInfo | None = None, order: str | None = None) -> Parsed:
    """Read the moments of one column.

    Args:
        texts: cells; what cannot be a moment becomes NaN.
        zone: the organisation's own; moments with a zone of their own are moved to it.
        order: "day first" or "month first" where the user says; else the column decides: a first
            number above 12 is a day. Where nothing decides, day first.
    """
    # In batches, since a million tuples of Python's own numbers would fill the memory.
    batches = [
        np.array([_fields(text.strip()) for text in texts[at : at + _BATCH]], dtype=np.int64)
        for at in range(0, len(texts), _BATCH)
    ]
    table = np.concatenate(batches) if batches else np.empty((0, 6), dtype=np.int64)
    year, second, third, clock, offset, form = table.T
    either = (form == _EITHER) & (year > 0)
    day_first = (
        not _month_first(second[either], third[either]) if order is None else order == "day first"
    )
    month = np.where(either & day_first, third, second)
    day = np.where(either & day_first, second, third)
    moments = np.where(clock >= 0, _epoch(year, month, day) + clock, np.nan)
    zoned = offset != _NO_ZONE
    moments[zoned] -= offset[zoned]
    if zone is not None and zoned.any():
        moments[zoned] = _to_local(moments[zoned], zone)
    undecided = (
        bool(either.any())
        and order is None
        and not ((second[either] > 12).any() or (third[either] > 12).any())
    )
    words = ("day first" if day_first else "month first") if either.any() else ""
    return Parsed(moments, words, undecided)


_BATCH = 50_000
_NO_ZONE = 10**6
_NOTHING = (0, 0, 0, 0, _NO_ZONE, _AS_WRITTEN)


def _fields(text: str) -> tuple[int, int, int, int, int, int]:
    """Return year, month, day, second of day, offset and form; year 0 is no date.

    The form EITHER means that the order is unsure.
    """
    if found := _ISO.match(text):
        year, month, day, *rest = found.groups()
        return int(year), int(month), int(day), *_clock(rest), _AS_WRITTEN
    if found := _NUMBERS.match(text):
        first, second, year, *rest = found.groups()
        return _full(year), int(first), int(second), *_clock(rest), _EITHER
    if found := _NAMED.match(text):
        day, name, year, *rest = found.groups()
        return _full(year), _MONTH.get(name.casefold(), 0), int(day), *_clock(rest), _AS_WRITTEN
    if _EPOCH.match(text):
        moment = int(text[:10])
        date = np.datetime64(moment // DAY, "D").astype(object)
        return date.year, date.month, date.day, moment % DAY, 0, _AS_WRITTEN
    return _NOTHING


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)


def _clock(parts: Sequence[str | None]) -> tuple[int, int]:
    """Return the second of the day, -10**9 where it is none; and seconds east of UTC."""
    hour, minute, second, half, zone = parts
    h = int(hour or 0)
    if half and 1 <= h <= 12:
        h = h % 12 + (12 if half in "pP" else 0)
    m, s = int(minute or 0), int(second or 0)
    moment = h * HOUR + m * MINUTE + min(s, 59) if h < 24 and m < 60 and s <= 60 else -(10**9)
    if zone is None:
        return moment, _NO_ZONE
    if zone[0] not in "+-":
        return moment, 0
    digits = zone[1:].replace(":", "")
    east = int(digits[:2]) * HOUR + int(digits[2:]) * MINUTE
    return moment, east if zone[0] == "+" else -east


def _month_first(first: Ints, second: Ints) -> bool:
    """Return whether the column's numbers fit month/day better than day/month."""
    return int((first > 12).sum()) < int((second > 12).sum())


def _epoch(year: Ints, month: Ints, day: Ints) -> Seconds:
    """Return the midnights; NaN where the calendar has no such day."""
    possible = (
        (year >= YEARS.start) & (year < YEARS.stop) & (month >= 1) & (month <= 12) & (day >= 1)
    )
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    possible &= day <= length
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    return np.where(possible, days * DAY, np.nan).astype(np.float64)


def _to_local(utc: Seconds, zone: ZoneInfo) -> Seconds:
    """Return seconds on the wall clock of `zone`; the offset is looked up once an hour that
    occurs."""
    hours = np.floor(utc / HOUR)
    known = ~np.isnan(hours)
    unique, place = np.unique(hours[known], return_inverse=True)
    offsets = np.array([_offset(int(hour) * HOUR, zone) for hour in unique], dtype=np.float64)
    local = utc.copy()
    local[known] += offsets[place]
    return local


def _offset(moment: int, zone: ZoneInfo) -> float:
    stamp = datetime.datetime.fromtimestamp(moment, zone)
    shift = stamp.utcoffset()
    return shift.total_seconds() if shift is not None else 0.0
