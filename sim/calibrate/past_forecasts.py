"""How far forecasts like this one were off, made from earlier moments of the same record.

What people take for a ticket stands in few exports. So the effort that is assumed is first made such that people get
through as many tickets as they did; then the model forecasts from moments whose next days are known. What it missed
there holds whatever the model lacks (tickets that wait for others, closings in batches, people who do other work),
known or not. Nothing of later than the moment asked about is looked at.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.calibrate import record_days
from sim.calibrate.calibration import Calibration
from sim.calibrate.kinds import Kind
from sim.calibrate.today import (
    DaysBefore,
    Home,
    OpenNow,
    OpenTickets,
    Pace,
    open_tickets,
    seconds_of,
)
from sim.engine.futures.sampler import future
from sim.measures.open_by import first_days, open_by
from sim.measures.run import run
from sim.policy.registry import policy_in
from sim.sampling.calendars import DAY
from sim.scenario.dated import FORECAST_DAYS, PastForecasts, apart
from sim.scenario.overrides import apply
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario

PACE_DAYS = 14
"""Over which people are seen to get through so many tickets."""

DAYS_APART = 2
MOMENTS = 8
"""Earlier ones, from the last whose FORECAST_DAYS are known back; so they lie within three weeks."""

FEWEST_MOMENTS = 3
"""From which one can tell how far they differ."""

ENDS_KNOWN = 0.9
"""Share of the closed tickets whose end must be known, so that one can count how many were open."""

FUTURES = 10
"""Of each forecast: chance makes its mean differ by a third of what futures differ by."""

FEWEST_OPEN = 20
"""Tickets from which a pace is looked for: with fewer, chance says how many are open."""

FACTORS = (0.125, 8.0)
"""Times the assumed effort, between which that is looked for."""

HALVINGS = 7
"""Of that range, on a log scale: to 3 %."""

STEPS = HALVINGS + MOMENTS
"""Of progress."""


def with_the_days_before(
    c: Calibration, scenario: Scenario, policy: str, advance: Callable[[int], Any]
) -> Calibration:
    """Return a calibration with the effort by what was done, and how far past forecasts with it were off.

    Args:
        c: calibrated from a moment on.
        scenario: what was made of it.
        policy: the one in force.
        advance: told how many of STEPS are done.

    Raises:
        PolicyError: for a policy that is not known.
    """
    assert c.today is not None
    chosen = policy_in(scenario, policy)
    found = DaysBefore(chosen.label)
    past = _Past(c, scenario, chosen)
    if past.tells_ends:
        pace = _pace(past, advance)
        if pace is not None:
            past = replace(past, scenario=with_effort(scenario, c.kinds, pace.factor))
        found = DaysBefore(chosen.label, pace, _missed(past, advance))
    return replace(c, today=replace(c.today, before=found))


def with_effort(scenario: Scenario, kinds: Sequence[Kind], factor: float) -> Scenario:
    """Return a scenario in which the kinds whose effort is assumed take so many times as long."""
    table = scenario.model_dump(by_alias=True)
    for place, kind in enumerate(kinds):
        for part in ("median", "p90") if kind.effort is None else ():
            apply(f"incidents.{place}.effort_hours.{part}=*{factor}", table)
    return from_table(table, scenario.name)


@dataclass(frozen=True, eq=False)
class _Past:
    """What was known at a moment of all earlier ones."""

    calibration: Calibration
    scenario: Scenario
    policy: Any

    @property
    def now(self) -> datetime.datetime:
        assert self.calibration.today is not None
        return self.calibration.today.at

    @property
    def tells_ends(self) -> bool:
        """Whether it can be told how many tickets were open at earlier moments."""
        c = self.calibration
        if c.record is None or c.today is None or c.today.silent:
            return False
        closed = ~c.incidents["open"].astype(bool)
        return bool(closed.any() and c.incidents["resolved"][closed].notna().mean() >= ENDS_KNOWN)

    def reaches(self, then: datetime.datetime) -> bool:
        """Whether a day is on record before a moment."""
        assert self.calibration.record is not None
        return seconds_of(then) >= (self.calibration.record.first + 1) * DAY

    @property
    def ended(self) -> Floats:
        """When each ticket ended, (N,): never, for those that are open now."""
        table = self.calibration.incidents
        still = table["open"].astype(bool)
        # Where it is closed and nobody knows when, it never was in the way.
        ended = table["resolved"].fillna(table["opened"]).where(~still, np.inf)
        return np.asarray(ended, dtype=np.float64)

    def open_at(self, then: datetime.datetime) -> OpenNow:
        """Return what was open at an earlier moment."""
        c = self.calibration
        assert c.record is not None
        known = (c.incidents["opened"] <= seconds_of(then)).to_numpy()
        still = self.ended[known] > seconds_of(then)
        table = c.incidents[known]
        return open_tickets(
            then,
            table.assign(open=still, resolved=table["resolved"].where(~still)),
            {kind.name: kind.severity for kind in c.kinds},
            c.record.first,
            [Home(team.name, team.incident_share, team.developers.value) for team in c.teams],
            c.wishes.first_line,
        )

    def more_open(self, then: datetime.datetime, days: Ints) -> Ints:
        """Return how many more tickets were open some days after a moment, (D,)."""
        opened, ended = np.sort(self.calibration.incidents["opened"]), np.sort(self.ended)
        moments = seconds_of(then) + DAY * np.concatenate([[0], days])
        counts = np.searchsorted(opened, moments, "right") - np.searchsorted(
            ended, moments, "right"
        )
        return np.asarray(counts[1:] - counts[0], dtype=np.int64)

    def forecast(self, scenario: Scenario, days: Ints) -> Ints:
        """Return how many more are open some days after a scenario's begin, (FUTURES, D)."""
        moments = first_days(scenario)[0] + DAY * np.concatenate([[0], days])
        counts = open_in(scenario, self.policy, FUTURES, moments)
        return counts[:, 1:] - counts[:, :1]

    def begun(self, then: datetime.datetime, weeks: int) -> Scenario:
        """Return the scenario as it would have begun at an earlier moment."""
        assert self.calibration.record is not None
        silent = [record_days.date_of(day) for day in self.calibration.record.holidays]
        return begun_at(self.scenario, then, weeks, self.open_at(then).entries, silent)


def begun_at(
    scenario: Scenario,
    then: datetime.datetime,
    weeks: int,
    open_then: Mapping[OpenTickets, int],
    holidays: Sequence[datetime.date] = (),
) -> Scenario:
    """Return a scenario that begins at a moment, with some tickets and holidays, and lasts some weeks."""
    table = scenario.model_dump(by_alias=True)
    monday = then.date() - datetime.timedelta(then.weekday())
    days = {day for day in (*holidays, *scenario.time.public_holidays) if day >= monday}
    table["time"] |= {
        "start": monday,
        "horizon_weeks": weeks,
        "sprint_weeks": min(scenario.time.sprint_weeks, weeks),
        "public_holidays": sorted(days),
    }
    table["start"] = {
        "at": then,
        "incidents": [{**one._asdict(), "count": count} for one, count in open_then.items()],
    }
    return from_table(table, f"{scenario.name}, from {then}")


def open_in(scenario: Scenario, policy: Any, futures: int, moments: Ints) -> Ints:
    """Return how many incidents are open at some seconds of each of some futures, (futures, M)."""
    paths = (future(scenario, 1, replication) for replication in range(futures))
    return np.stack([open_by(run(path, policy).accounts, moments) for path in paths])


def _pace(past: _Past, advance: Callable[[int], Any]) -> Pace | None:
    """Return the effort by which, of what was open PACE_DAYS ago, as many are left as are open.

    More effort leaves more open, in each future of its own luck, so halving finds it.
    """
    c, then = past.calibration, past.now - datetime.timedelta(PACE_DAYS)
    if not past.reaches(then) or all(kind.effort is not None for kind in c.kinds):
        return None
    begun, days = past.begun(then, weeks=1 + PACE_DAYS // 7), np.array([PACE_DAYS])
    assert begun.start is not None
    open_then = sum(one.count for one in begun.start.incidents)
    more = int(past.more_open(then, days)[0])
    if max(open_then, open_then + more) < FEWEST_OPEN:
        return None
    low, high = np.log(FACTORS)
    for halving in range(HALVINGS):
        middle = (low + high) / 2
        found = past.forecast(with_effort(begun, c.kinds, float(np.exp(middle))), days).mean()
        low, high = (low, middle) if found > more else (middle, high)
        advance(halving + 1)
    enough = low > np.log(FACTORS[0]) and high < np.log(FACTORS[1])
    return Pace(float(np.exp((low + high) / 2)), open_then, PACE_DAYS, bool(enough))


def _missed(past: _Past, advance: Callable[[int], Any]) -> PastForecasts | None:
    """Return how far forecasts from earlier moments were off."""
    days = np.arange(1, FORECAST_DAYS + 1)
    last = past.now - datetime.timedelta(FORECAST_DAYS)
    moments = [last - datetime.timedelta(DAYS_APART * place) for place in range(MOMENTS)]
    moments = [then for then in moments if past.reaches(then)]
    if len(moments) < FEWEST_MOMENTS:
        return None
    misses, chance = [], []
    for done, then in enumerate(moments):
        found = past.forecast(past.begun(then, weeks=2), days)
        misses.append(past.more_open(then, days) - found.mean(axis=0))
        chance.append(found.var(axis=0, ddof=1))
        advance(HALVINGS + done + 1)
    return misses_summed_up(past.policy.label, np.array(misses), np.mean(chance, axis=0))


def misses_summed_up(policy: str, misses: Floats, chance: Floats) -> PastForecasts:
    """Return what (M, D) misses say of the next one, where futures have some variance, (D,), by chance alone.

    The next differs from their mean by as much as they do among each other, less what chance makes them differ
    by, which the futures of the next have themselves; and their mean is itself not known better than from as
    many as do not overlap. As far as it could be that error alone, it is not made good: it is shrunk towards 0
    as James and Stein shrink (1961).
    """
    count, seen, mean = len(misses), misses.var(axis=0, ddof=1), misses.mean(axis=0)
    beyond = np.maximum(seen - chance * (1 + 1 / FUTURES), 0)
    days = range(1, FORECAST_DAYS + 1)
    error = np.maximum(seen, chance) / [apart(count, DAYS_APART, day) for day in days]
    sure = np.maximum(1 - error / np.maximum(mean**2, 1e-9), 0)
    return PastForecasts(
        policy=policy,
        moments=count,
        days_apart=DAYS_APART,
        missed=((sure * mean).round(1) + 0.0).tolist(),
        spread=np.sqrt(beyond + error).round(1).tolist(),
    )
