"""Unplanned work: every incident that may ever open, and what it will turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from sim.arrays import Bools, Floats, Ints, read_only
from sim.sampling.arrivals import (
    by_uneven_days,
    moments_in_week,
    on_holiday,
    weekly_counts,
)
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK
from sim.sampling.incident_log import IncidentLog
from sim.sampling.organisation import MILLE
from sim.sampling.streams import Streams
from sim.scenario.demand import demand_by_day
from sim.scenario.distributions import seconds
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind

REPORTED, REGRESSION, REOPENING, INJECTED, OPEN_BEFORE = range(5)
"""Why an incident opens: somebody reports it, a finished story broke something, a fix did not hold, it was
asked for, it was open before anything was simulated."""

CAUSES = ("reported", "regression", "reopening", "injected", "open before")

MARKS = 8
"""Uniform numbers set aside for each incident, so that no feature shifts another's draws."""

_RESOLUTION, _LAST_DIGITS = 1 << 53, 1 << 24
"""Of a uniform number, and what of it no draw is moved by."""

(_MOMENT, _TEAM, _EFFORT, _DEFLECTED, _FIRST_LINE, _REOPENS, _REOPENS_AFTER, _AVOIDED) = range(
    MARKS
)


@dataclass(frozen=True, eq=False)
class Openings:
    """Incidents that may open, before their other attributes are drawn. N of them."""

    opened: Ints
    """(N,) seconds; -1 where a cause decides when, and whether, it opens."""
    kind: Ints
    team: Ints
    cause: Ints
    after: Ints
    """(N,) seconds from the end of its cause to its opening; 0 for reported ones."""
    marks: Floats
    """(N, MARKS) uniform numbers."""

    def since(self, moment: int) -> Openings:
        """Those that open from a moment on."""
        if moment == 0:
            return self
        later = self.opened >= moment
        return Openings(*(getattr(self, field.name)[later] for field in fields(Openings)))

    @staticmethod
    def none() -> Openings:
        """A batch without any incident."""
        nothing = np.empty(0, dtype=np.int64)
        return Openings(nothing, nothing, nothing, nothing, nothing, np.empty((0, MARKS)))


@dataclass(frozen=True, eq=False)
class Incidents:
    """N possible incidents: the reported ones in the order they open, then those with a cause."""

    opened: Ints
    """(N,) seconds; -1 where a cause decides when, and whether, it opens."""
    kind: Ints
    team: Ints
    """(N,) home team."""
    cause: Ints
    """(N,) REPORTED, REGRESSION or REOPENING."""
    after: Ints
    """(N,) seconds from the end of its cause to its opening; its age, where it was open before."""
    effort: Ints
    """(N,) focus seconds of each person it needs."""
    deflected: Ints
    """(N,) 1 where the first line settles it."""
    first_line: Ints
    """(N,) working seconds it spends at the first line; 0: goes straight to its team."""
    reopening: Ints
    """(N,) the incident it comes back as once resolved; -1: the fix holds."""
    uniform: Ints
    """(N,) per mille: it opens where this is less than what improvements have left of its kind."""
    chance: Ints
    """(N,) 0 to 999: a coin for policies to toss."""
    logged: Ints
    """(N,) 1 where it is on record."""

    def __len__(self) -> int:
        return len(self.opened)


@cache
@cache
def no_incidents() -> Incidents:
    """A future with nothing unplanned in it."""
    return Incidents(*(read_only(np.empty(0, dtype=np.int64)) for _ in fields(Incidents)))


def random_openings(scenario: Scenario, streams: Streams) -> Openings:
    """Draw the incidents reported at random, of all kinds, in the order they open."""
    return _in_order([_of_kind(scenario, k, streams) for k in range(len(scenario.incidents))])


def replayed_openings(log: IncidentLog, streams: Streams) -> Openings:
    """The incidents of a log, in its order; only what the log does not say is drawn."""
    count = len(log.opened)
    zeros = np.zeros(count, dtype=np.int64)
    marks = streams.named("replayed incidents").random((count, MARKS))
    return Openings(log.opened, log.kind, log.team, zeros, zeros, marks)


def _of_kind(scenario: Scenario, k: int, streams: Streams) -> Openings:
    kind = scenario.incidents[k]
    weeks = scenario.time.horizon_weeks
    u = streams.named("weekly counts", kind.kind).random(weeks)
    demand = demand_by_day(scenario, kind)
    most = 1.0 if demand is None else max(1.0, float(demand.max()))
    spread = 1 + most * (kind.dispersion - 1)  # so that an ordinary day has what is said
    counts = weekly_counts(most * kind.per_week, spread, u)
    marks = streams.named("incidents", kind.kind).random((int(counts.sum()), MARKS))
    week = np.repeat(np.arange(weeks), counts)
    moment = marks[:, _MOMENT]
    if kind.daily_cv:
        day_luck = streams.named("days", kind.kind).random((weeks, 7))
        moment = by_uneven_days(kind, moment, week, day_luck)
    opened = week * WEEK + moments_in_week(kind, moment)
    if demand is not None:
        uniform = streams.named("season", kind.kind).random(len(opened))
        opens = uniform * most < demand[opened // DAY]
        opened, marks = opened[opens], marks[opens]
    if kind.holiday_share < 1:
        uniform = streams.named("holidays", kind.kind).random(len(opened))
        opens = ~on_holiday(scenario.time, opened) | (uniform < kind.holiday_share)
        opened, marks = opened[opens], marks[opens]
    zeros = np.zeros(len(opened), dtype=np.int64)
    return Openings(
        opened=opened,
        kind=np.full(len(opened), k, dtype=np.int64),
        team=at_home(scenario, k, by_share(scenario, marks)),
        cause=zeros,
        after=zeros,
        marks=marks,
    )


def by_share(scenario: Scenario, marks: Floats) -> Ints:
    """The home teams of incidents with these marks, by the teams' `incident_share`."""
    shares = np.cumsum([team.incident_share for team in scenario.teams])
    found = np.searchsorted(shares[:-1] / shares[-1], marks[:, _TEAM], side="right")
    return found.astype(np.int64)


def at_home(scenario: Scenario, k: int, drawn: Ints) -> Ints:
    """The home teams of incidents of a kind: as they were drawn, or the one that all of the kind have."""
    home = scenario.incidents[k].team
    if home is None:
        return drawn
    return np.full_like(drawn, [team.name for team in scenario.teams].index(home))


def _in_order(parts: list[Openings]) -> Openings:
    whole = joined(parts)
    order = np.argsort(whole.opened, kind="stable")
    return Openings(*(getattr(whole, field.name)[order] for field in fields(Openings)))


def joined(parts: list[Openings]) -> Openings:
    """Several batches as one, in the order given."""
    return Openings(
        *(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Openings))
    )


def incidents(scenario: Scenario, openings: Openings) -> Incidents:
    """Draw what each possible incident will turn out to be; reopenings are appended at the end."""
    kind, marks = openings.kind, openings.marks
    kinds = scenario.incidents
    effort = np.zeros(len(kind), dtype=np.int64)
    returns_after = np.zeros(len(kind), dtype=np.int64)
    for k, entry in enumerate(kinds):
        of_kind = kind == k
        effort[of_kind] = seconds(entry.effort_hours, marks[of_kind, _EFFORT], HOUR)
        returns_after[of_kind] = seconds(
            entry.reopen_after_hours, marks[of_kind, _REOPENS_AFTER], HOUR
        )
    desk = scenario.first_line
    filtered = np.array([entry.first_line and desk.deflect_rate > 0 for entry in kinds])[kind]
    first_line = np.where(filtered, seconds(desk.delay_minutes, marks[:, _FIRST_LINE], MINUTE), 0)
    deflected = filtered & (marks[:, _DEFLECTED] < desk.deflect_rate)
    reopen_rate = np.array([entry.reopen_rate for entry in kinds])[kind]
    returns = ~deflected & (marks[:, _REOPENS] < reopen_rate)
    share = np.rint([entry.reopen_effort_share * MILLE for entry in kinds]).astype(np.int64)[kind]
    count, extra = len(kind), int(returns.sum())
    zeros = np.zeros(extra, dtype=np.int64)
    return Incidents(
        opened=np.concatenate((openings.opened, zeros - 1)),
        kind=np.concatenate((kind, kind[returns])),
        team=np.concatenate((openings.team, openings.team[returns])),
        cause=np.concatenate((openings.cause, zeros + REOPENING)),
        after=np.concatenate((openings.after, returns_after[returns])),
        effort=np.concatenate((effort, np.maximum(effort * share // MILLE, 1)[returns])),
        deflected=np.concatenate((deflected, zeros)).astype(np.int64),
        first_line=np.concatenate((first_line, zeros)),
        reopening=np.concatenate(
            (np.where(returns, count + np.cumsum(returns) - 1, -1), zeros - 1)
        ),
        uniform=np.concatenate(((marks[:, _AVOIDED] * MILLE).astype(np.int64), zeros)),
        chance=np.concatenate((_coin(marks[:, _AVOIDED]), _coin(marks[returns, _REOPENS_AFTER]))),
        logged=_on_record(kinds, np.concatenate((kind, kind[returns])), marks, returns),
    )


def _on_record(kinds: list[IncidentKind], kind: Ints, marks: Floats, returns: Bools) -> Ints:
    if all(entry.logged_share == 1 for entry in kinds):
        return np.ones(len(kind), dtype=np.int64)
    share = np.rint([entry.logged_share * MILLE for entry in kinds]).astype(np.int64)[kind]
    coin = np.concatenate((_coin(marks[:, _DEFLECTED]), _coin(marks[returns, _EFFORT])))
    return (coin < share).astype(np.int64)


def _coin(mark: Floats) -> Ints:
    """Numbers from 0 to 999 of the last digits of uniform numbers, whose first ones decide something else:
    the two are independent, and no draw is taken for them."""
    last = (mark * _RESOLUTION).astype(np.int64) % _LAST_DIGITS
    return last * MILLE // _LAST_DIGITS
