"""Who keeps which hours: the calendars of an organisation, by team and by person.

All moments are seconds since Monday 00:00 of week 0 in the organisation's own time. What a team has by its own
clock is moved by what it is ahead, which with zones may change on the way, as summer times do.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from sim.arrays import Ints
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK, Calendar
from sim.scenario.country_holidays import holidays_between
from sim.scenario.dated import Days
from sim.scenario.hours import shifts_of
from sim.scenario.people_and_plans import Team, Time
from sim.scenario.schema import Scenario

_NOON = 12

Pattern = tuple[tuple[int, int, int], ...]
"""The openings of a week: day, and seconds of the day."""


@dataclass(frozen=True, eq=False)
class WorkingHours:
    """The calendars that people keep. C calendars, T teams, D developers."""

    calendars: tuple[Calendar, ...]
    """(C,) the first is the organisation's"""
    of_team: Ints
    """(T,) which of them each team keeps"""
    of_developer: Ints
    """(D,) which each developer keeps"""
    ahead: Ints
    """(T, days) seconds that each team's clock is ahead, by day"""
    week: Ints
    """(D,) seconds that each developer works in an ordinary week"""
    joins: Ints
    """(D,) the second at which who joins begins; -1: was there before"""

    @cached_property
    def spans(self) -> Ints:
        """(C, 2) which of the intervals of all calendars, one after the other, are of each: the first, and the
        first of the next."""
        ends = np.cumsum([len(calendar.opens) for calendar in self.calendars])
        return np.column_stack((np.concatenate(([0], ends[:-1])), ends)).astype(np.int64)

    @cached_property
    def intervals(self) -> Ints:
        """(I, 3) the intervals of all calendars, one after the other."""
        return np.vstack([calendar.table for calendar in self.calendars])

    @cached_property
    def tables(self) -> dict[str, Ints]:
        """The same by column, and how many of them have begun by each midnight, calendar by calendar."""
        days = max(calendar.end for calendar in self.calendars) // DAY + 2
        midnights = np.arange(days, dtype=np.int64) * DAY
        by_day = [
            first + np.searchsorted(calendar.opens, midnights, side="right")
            for first, calendar in zip(self.spans[:, 0], self.calendars, strict=True)
        ]
        opens, closes, before = np.ascontiguousarray(self.intervals.T)
        if len(self.calendars) == 1:
            before = self.calendars[0].before
        return {
            "opens": opens,
            "closes": closes,
            "before": before,
            "by_day": np.concatenate(by_day),
        }

    def midnight(self, team: int, day: Ints) -> Ints:
        """The moments at which days begin by a team's own clock, 0 at the earliest."""
        if not self.ahead[team].any():
            return day * DAY
        ahead = self.ahead[team]
        moments: Ints = day * DAY - ahead[np.clip(day, 0, len(ahead) - 1)]
        return np.maximum(moments, 0)


@dataclass(frozen=True)
class _Kept:
    """What a calendar is made of: two people with the same keep the same."""

    pattern: Pattern
    closed: frozenset[int]
    ahead: tuple[int, ...]
    share: float = 1.0
    since: int = 0


def working_hours(scenario: Scenario, until: int) -> WorkingHours:
    """The calendars of a scenario up to a moment."""
    time, days = scenario.time, -(-until // DAY)
    since = start_of(scenario)
    kept: dict[_Kept, int] = {}
    own = _Kept(_pattern_of(time), _closed_days(time, None, days), (0,) * days, since=since)
    kept[own] = 0
    of_team, of_developer, ahead, week, joins = [], [], [], [], []
    for team in scenario.teams:
        early = _ahead(time, team, days)
        of_them = _of_team(time, team, early, days, since)
        of_team.append(kept.setdefault(of_them, len(kept)))
        ahead.append(early)
        shares = [*team.part_time, *[1.0] * (team.developers - len(team.part_time))]
        of_people = [(_with(of_them, share=share), -1) for share in shares]
        for day in joining_days(scenario, team):
            begins = max(since, day * DAY - early[min(day, days - 1)])
            of_people.append((_with(of_them, since=begins), begins))
        for person, begins in of_people:
            of_developer.append(kept.setdefault(person, len(kept)))
            week.append(_seconds_a_week(person))
            joins.append(begins)
    return WorkingHours(
        calendars=tuple(_calendar(entry, until) for entry in kept),
        of_team=np.array(of_team, dtype=np.int64),
        of_developer=np.array(of_developer, dtype=np.int64),
        ahead=np.array(ahead, dtype=np.int64),
        week=np.array(week, dtype=np.int64),
        joins=np.array(joins, dtype=np.int64),
    )


def start_of(scenario: Scenario) -> int:
    """The second from which on anything happens: that of today, where a scenario says how things stand."""
    at = scenario.start.at if scenario.start else None
    if at is None:
        return 0
    return int(
        (at - datetime.datetime.combine(scenario.time.start, datetime.time())).total_seconds()
    )


def joining_days(scenario: Scenario, team: Team) -> list[int]:
    """The days on which people join a team, one for each, in order."""
    entries = [entry for entry in scenario.people.joining if entry.team == team.name]
    return sorted(
        (entry.on - scenario.time.start).days for entry in entries for _ in range(entry.people)
    )


def headcounts(scenario: Scenario) -> list[int]:
    """How many people each team has, those included who join on the way."""
    return [team.developers + len(joining_days(scenario, team)) for team in scenario.teams]


def days_of(spans: Sequence[Days], time: Time) -> list[int]:
    """The numbers of the days that lie in any of some spans."""
    return sorted({day for span in spans for day in span.numbers(time.start)})


def working_days(scenario: Scenario, team: Team) -> list[int]:
    """The days of the week on which a team works, 0: Monday."""
    pattern = _hours_of(team.hours) if team.hours else _pattern_of(scenario.time)
    return sorted({day for day, _, _ in pattern})


def worked_before(scenario: Scenario, team: Team, moment: int, age: int) -> int:
    """The working seconds of a team in the last `age` seconds before a moment, by ordinary weeks."""
    pattern = _hours_of(team.hours) if team.hours else _pattern_of(scenario.time)
    weeks = -(-age // WEEK) + 1
    days = 7 * (weeks + 2)
    early = _ahead(scenario.time, team, 1)[0]
    ordinary = _calendar(_Kept(pattern, frozenset(), (early,) * days), days * DAY)
    now = weeks * WEEK + moment % WEEK
    return ordinary.worked(now) - ordinary.worked(now - age)


# ---- one calendar --------------------------------------------------------------------------------


def _of_team(time: Time, team: Team, ahead: tuple[int, ...], days: int, since: int) -> _Kept:
    pattern = _hours_of(team.hours) if team.hours else _pattern_of(time)
    return _Kept(pattern, _closed_days(time, team, days), ahead, since=since)


def _with(kept: _Kept, share: float = 1.0, since: int | None = None) -> _Kept:
    begins = kept.since if since is None else since
    return _Kept(kept.pattern, kept.closed, kept.ahead, share, begins)


def _pattern_of(time: Time) -> Pattern:
    if time.always_open:
        return tuple((day, 0, DAY) for day in range(7))
    opens, closes = round(time.opens_at_hour * HOUR), round(time.closes_at_hour * HOUR)
    return tuple((day, opens, closes) for day in range(5))


def _hours_of(text: str) -> Pattern:
    return tuple((s.day, s.opens * MINUTE, s.closes * MINUTE) for s in shifts_of(text))


def _closed_days(time: Time, team: Team | None, days: int) -> frozenset[int]:
    """The days on which nobody works: closures, and holidays but for who works round the clock."""
    closed = set(days_of(time.closures, time))
    listed, code = time.public_holidays, time.holidays
    if team is not None and (team.public_holidays is not None or team.holidays):
        listed, code = team.public_holidays or [], team.holidays
    round_the_clock = time.always_open and (team is None or not team.hours)
    if not round_the_clock:
        off = set(listed)
        if code:
            off |= holidays_between(code, time.start, days)
        closed |= {(day - time.start).days for day in off}
    return frozenset(closed)


def _ahead(time: Time, team: Team, days: int) -> tuple[int, ...]:
    """The seconds that a team's clock is ahead of the organisation's, by day."""
    if team.zone is not None and time.zone is not None:
        here, there = ZoneInfo(time.zone), ZoneInfo(team.zone)
        noons = (
            datetime.datetime.combine(time.start, datetime.time(_NOON))
            + datetime.timedelta(days=day)
            for day in range(days)
        )
        return tuple(_offset(there, noon) - _offset(here, noon) for noon in noons)
    own = time.utc_offset_hours if team.utc_offset_hours is None else team.utc_offset_hours
    return (round((own - time.utc_offset_hours) * HOUR),) * days


def _offset(zone: ZoneInfo, moment: datetime.datetime) -> int:
    offset = moment.replace(tzinfo=zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _seconds_a_week(kept: _Kept) -> int:
    return round(sum(closes - opens for _, opens, closes in kept.pattern) * kept.share)


def _calendar(kept: _Kept, until: int) -> Calendar:
    days = np.arange(-1, -(-until // DAY) + 1, dtype=np.int64)
    closed = np.isin(days, np.fromiter(kept.closed, dtype=np.int64, count=len(kept.closed)))
    ahead = np.array(kept.ahead, dtype=np.int64)
    midnights = days * DAY - ahead[np.clip(days, 0, len(ahead) - 1)]
    pairs = [
        np.column_stack((midnights + opens, midnights + closes))[(days % 7 == day) & ~closed]
        for day, opens, closes in _shortened(kept.pattern, kept.share)
    ]
    nothing = np.empty((0, 2), dtype=np.int64)
    return _joined(np.concatenate((nothing, *pairs)), kept.since, until)


def _shortened(pattern: Pattern, share: float) -> Pattern:
    """The first part of each day: who works part-time is there from its opening on."""
    if share == 1:
        return pattern
    found = []
    for day in range(7):
        of_day = [entry for entry in pattern if entry[0] == day]
        left = round(sum(closes - opens for _, opens, closes in of_day) * share)
        for _, opens, closes in of_day:
            if left > 0:
                found.append((day, opens, min(closes, opens + left)))
            left -= closes - opens
    return tuple(found)


def _joined(pairs: Ints, since: int, until: int) -> Calendar:
    """A calendar of openings, those that touch or overlap made one, between two moments."""
    pairs = np.clip(pairs[np.argsort(pairs[:, 0], kind="stable")], since, until)
    pairs = pairs[pairs[:, 1] > pairs[:, 0]]
    if not len(pairs) or pairs[-1, 0] < until - WEEK:  # nobody is at work again before all is over
        pairs = np.vstack((pairs, [[until, until + 1]]))
    latest = np.maximum.accumulate(pairs[:, 1])
    begins = np.ones(len(pairs), dtype=bool)
    begins[1:] = pairs[1:, 0] > latest[:-1]
    [starts] = np.nonzero(begins)
    ends = np.append(starts[1:], len(pairs)) - 1
    return Calendar(pairs[starts, 0], latest[ends])
