"""Dates as exports write them: ISO, day first or month first, names of months, with or without zone.

Common forms are read by patterns, since a file may hold a million of them; what those miss is left to
dateutil, which reads nearly everything and takes fifty times as long.
"""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.calibrate.fixed_dates import read_fixed
from sim.calibrate.month_names import months_of
from sim.calibrate.written_moments import NO_CLOCK, NO_ZONE, clock_of, put_plainly
from sim.sampling.calendars import DAY, HOUR

Seconds = Floats
"""Seconds since 1970-01-01 00:00 by the clock that the text shows; NaN where there is no moment."""

YEARS = range(1980, 2100)
"""Years that a tracker can hold."""

MAX_ODD = 2_000
"""Distinct forms of one column that dateutil is asked about; a column with more holds no dates."""

MIDNIGHTS = 0.9
"""Share of moments at 00:00 from which a column tells days only."""

FEW = 10
"""Moments below which that is not said of midnights."""

_CLOCK = r"(?:[T,\s]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,:]\d+)?)?\s*(?:([AaPp])\.?\s?[Mm]\.?)?\s*)?"
_ZONE = (
    r"(Z|(?:UTC|GMT)?\s?[+-]\d{2}(?::?\d{2})?|[A-Z]{3,5})?(?:\s*[(\[][^)\]]*[)\]]|\s+[A-Z]{3,5})?$"
)
_NAME = r"([^\W\d_]{3,14})\.?"
_BETWEEN = r"(?:[-/. ]+|\s+de[l]?\s+)"
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _CLOCK + _ZONE, re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK + _ZONE, re.ASCII)
_NAMED = re.compile(
    r"(\d{1,2})\.?" + _BETWEEN + _NAME + r",?" + _BETWEEN + r"(\d{4}|\d{2})" + _CLOCK + _ZONE
)
_NAME_FIRST = re.compile(
    _NAME + r"[-/. ]+(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{4})" + _CLOCK + _ZONE
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?())?" + _ZONE, re.ASCII)
_EPOCH = re.compile(r"\d{10}(?:\d{3}|\d{6})?(?:\.\d+)?$", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?$", re.ASCII)

SERIALS = range(29_221, 73_051)
"""Days since 1899-12-30 that a spreadsheet writes for the years above."""

_AS_WRITTEN, _EITHER = 0, 1


@dataclass(frozen=True, eq=False)
class Parsed:
    """N moments of one column, and how they were understood."""

    seconds: Seconds
    """(N,) by the clock that stands there."""
    offset: Floats
    """(N,) seconds that this clock is ahead of UTC; NaN where the text does not say."""
    timed: Bools
    """(N,) whether a time of day stands there."""
    order: str
    """"day first", "month first", or empty where no date left a choice."""
    guessed: bool
    """Whether nothing in the column decides between the two."""


def parse(texts: Sequence[str], order: str | None = None) -> Parsed:
    """Read the moments of one column.

    Args:
        texts: cells; what cannot be a moment becomes NaN.
        order: "day first" or "month first" where the user says; else the column decides: a first
            number above 12 is a day. Where nothing decides, day first.
    """
    words: dict[str, int] = {}
    # In batches, since a million tuples of Python's own numbers would fill the memory.
    batches = [_batch(texts[at : at + _BATCH], words) for at in range(0, len(texts), _BATCH)]
    months = _months(words)
    first, second = (
        np.concatenate([_unsure(batch)[n] for batch in batches] or [_NONE]) for n in (1, 2)
    )
    day_first = not _month_first(first, second) if order is None else order == "day first"
    read = [_read(batch, months, day_first) for batch in batches]
    seconds, east, timed = (
        np.concatenate([one[n] for one in read] or [np.empty(0)]) for n in range(3)
    )
    timed = timed.astype(bool)
    _ask_dateutil(texts, day_first, seconds, east, timed)
    undecided = (
        bool(len(first)) and order is None and not ((first > 12).any() or (second > 12).any())
    )
    said = ("day first" if day_first else "month first") if len(first) else ""
    return Parsed(seconds, east, timed & ~np.isnan(seconds), said, undecided)


def _unsure(batch: Ints) -> Ints:
    """Return the fields of what may be day first or month first (6, K)."""
    return np.asarray(batch[(batch[:, 5] == _EITHER) & (batch[:, 0] > 0)].T)


def _read(batch: Ints, months: Ints, day_first: bool) -> tuple[Seconds, Floats, Bools]:
    """Return seconds, offset, and whether a time of day stands there, of the fields of a batch."""
    year, second, third, clock, offset, form = batch.T.astype(np.int64)
    named = second < 0
    second = np.where(named, months[np.clip(-1 - second, 0, len(months) - 1)], second)
    swapped = (form == _EITHER) & (year > 0) & day_first
    month, day = np.where(swapped, third, second), np.where(swapped, second, third)
    timed = clock != NO_CLOCK
    seconds = _epoch(year, month, day) + np.where(timed, clock, 0)
    seconds = np.where((clock >= 0) | ~timed, seconds, np.nan)
    return seconds, np.where(offset == NO_ZONE, np.nan, offset).astype(np.float64), timed


def tells_days_only(parsed: Parsed) -> bool:
    """Return whether a column has no times of day, or midnight in nearly every cell."""
    known = ~np.isnan(parsed.seconds)
    if not known.any():
        return False
    midnight = ~parsed.timed[known] | (parsed.seconds[known] % DAY == 0)
    return bool(midnight.mean() >= MIDNIGHTS) and (
        known.sum() >= FEW or not parsed.timed[known].any()
    )


_BATCH = 50_000
_NONE = np.empty(0, dtype=np.int32)
_NOTHING = (0, 0, 0, NO_CLOCK, NO_ZONE, _AS_WRITTEN)


def _batch(texts: Sequence[str], words: dict[str, int]) -> Ints:
    """Return the fields (N, 6) of some texts, as `_fields` gives them one by one."""
    fixed = read_fixed(texts)
    if fixed is None:
        return np.array([_fields(text.strip(), words) for text in texts], dtype=np.int32)
    form = np.full(len(texts), _EITHER if fixed.either else _AS_WRITTEN)
    return np.stack(
        [fixed.year, fixed.second, fixed.third, fixed.clock, fixed.offset, form], axis=1
    )


def _fields(text: str, words: dict[str, int]) -> tuple[int, int, int, int, int, int]:
    """Return year, month, day, second of day, offset and form; year 0 is no date.

    The form EITHER means that the order is unsure. A month by its name is -1 - the place of the
    name in `words`, which is added to.
    """
    for attempt in (_in_numbers, _by_name):
        if (found := attempt(text, words)) is not None:
            return found
    plainly = put_plainly(text)
    while plainly:
        for attempt in (_in_numbers, _by_name):
            if (found := attempt(plainly, words)) is not None:
                return found
        # Names of days, and words such as "at", stand before what is meant.
        first, _, plainly = plainly.partition(" ")
        if any(letter.isdigit() for letter in first):
            break
    return _NOTHING


def _in_numbers(text: str, words: dict[str, int]) -> tuple[int, int, int, int, int, int] | None:
    if found := _ISO.match(text):
        year, month, day, *rest = found.groups()
        return int(year), int(month), int(day), *clock_of(rest), _AS_WRITTEN
    if found := _NUMBERS.match(text):
        first, second, year, *rest = found.groups()
        return _full(year), int(first), int(second), *clock_of(rest), _EITHER
    if _EPOCH.match(text):
        return _since_1970(int(text[:10]))
    if found := _COMPACT.match(text):
        year, month, day, *rest = found.groups()
        return int(year), int(month), int(day), *clock_of(rest), _AS_WRITTEN
    if _SERIAL.match(text) and int(text[:5]) in SERIALS:
        days = float(text.replace(",", "."))
        year, month, day, clock, _, form = _since_1970(round((days - 25_569) * DAY))
        return year, month, day, clock if "." in text or "," in text else NO_CLOCK, NO_ZONE, form
    return None


def _by_name(text: str, words: dict[str, int]) -> tuple[int, int, int, int, int, int] | None:
    if found := _NAMED.match(text):
        day, name, year, *rest = found.groups()
    elif found := _NAME_FIRST.match(text):
        name, day, year, *rest = found.groups()
    else:
        return None
    place = words.setdefault(name.casefold(), len(words))
    return _full(year), -1 - place, int(day), *clock_of(rest), _AS_WRITTEN


def _since_1970(moment: int) -> tuple[int, int, int, int, int, int]:
    date = np.datetime64(moment // DAY, "D").astype(object)
    return date.year, date.month, date.day, moment % DAY, 0, _AS_WRITTEN


def _months(words: dict[str, int]) -> Ints:
    """Return the month of each name in `words` by its place, and a 0 behind them."""
    known = months_of(words)
    return np.array([*(known.get(word, 0) for word in words), 0], dtype=np.int64)


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year) if int(year) < 70 else 1900 + int(year)


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


def _ask_dateutil(
    texts: Sequence[str], day_first: bool, seconds: Seconds, east: Floats, timed: Bools
) -> None:
    """Fill in what dateutil reads of the cells that no pattern matched."""
    unread = [n for n in np.flatnonzero(np.isnan(seconds)).tolist() if _could_be(texts[n])]
    if not unread or len(unread) > MAX_ODD:
        return
    from dateutil import parser  # few files need it

    for number in unread:
        found = _surely(parser.parse, texts[number].strip(), day_first)
        if found is not None and found.year in YEARS:
            midnight = datetime.datetime(found.year, found.month, found.day)
            clock = found.hour * 3600 + found.minute * 60 + found.second
            seconds[number] = (midnight - datetime.datetime(1970, 1, 1)).total_seconds() + clock
            timed[number] = ":" in texts[number] or clock > 0
            shift = found.utcoffset()
            east[number] = np.nan if shift is None else shift.total_seconds()


def _could_be(text: str) -> bool:
    """Return whether a cell has numbers and a name, such as a month's; what has numbers alone is known above."""
    text = text.strip()
    named = re.search(r"[^\W\d_]{3}", text) is not None
    return named and 8 <= len(text) <= 60 and sum(ch.isdigit() for ch in text) >= 3 and " " in text


def _surely(
    parse_: Callable[..., datetime.datetime], text: str, day_first: bool
) -> datetime.datetime | None:
    """Return what dateutil reads, where it is the same whatever it may fill in for what is missing."""
    fillings = datetime.datetime(1999, 1, 1), datetime.datetime(2004, 2, 2)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a zone that it does not know
            first, second = (parse_(text, dayfirst=day_first, default=f) for f in fillings)
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError):
        return None
    return first if first == second else None


def on_the_clock(parsed: Parsed, zone: ZoneInfo | None) -> Seconds:
    """Return moments by the clock of a zone, where one is named and the text says its own; else as
    they stand there."""
    if zone is None:
        return parsed.seconds
    zoned = ~np.isnan(parsed.offset) & ~np.isnan(parsed.seconds)
    moved = parsed.seconds.copy()
    moved[zoned] = _to_local(moved[zoned] - parsed.offset[zoned], zone)
    return moved


def _to_local(utc: Seconds, zone: ZoneInfo) -> Seconds:
    """Return seconds on the wall clock of `zone`; the offset is looked up once an hour that
    occurs."""
    hours = np.floor(utc / HOUR)
    unique, place = np.unique(hours, return_inverse=True)
    offsets = np.array([_offset(int(hour) * HOUR, zone) for hour in unique], dtype=np.float64)
    return np.asarray(utc + offsets[place], dtype=np.float64)


def _offset(moment: int, zone: ZoneInfo) -> float:
    stamp = datetime.datetime.fromtimestamp(moment, zone)
    shift = stamp.utcoffset()
    return shift.total_seconds() if shift is not None else 0.0
