"""A season moves counts by its factor, and nothing else: the same luck, the same dispersion on ordinary days."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest

from sim.sampling.calendars import DAY
from sim.sampling.incidents import Incidents
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.staged import date

WEEKS = 60


def kind(name: str = "question", **more: Any) -> dict[str, Any]:
    return {
        "kind": name,
        "severity": 3,
        "per_week": 140.0,
        "effort_hours": {"dist": "lognormal", "median": 2, "p90": 9},
        "reopen_rate": 0.1,
    } | more


def drawn(*kinds: dict[str, Any], weeks: int = WEEKS, **tables: Any) -> Incidents:
    """What comes in to two teams."""
    table = {
        "name": "seasons",
        "time": {"horizon_weeks": weeks, "warmup_weeks": 0},
        "teams": [{"name": "Red", "developers": 1}, {"name": "Blue", "developers": 1}],
        "incidents": list(kinds or [kind()]),
        "first_line": {"deflect_rate": 0.3},
    }
    return sample_path(from_table(table | tables)).incidents


def by_day(incidents: Incidents, weeks: int = WEEKS, of_kind: int = 0) -> np.ndarray:
    """How many are reported on each day."""
    reported = incidents.opened[(incidents.opened >= 0) & (incidents.kind == of_kind)]
    return np.bincount(reported // DAY, minlength=7 * weeks)


def luck(incidents: Incidents, of_kind: int = 0) -> list[tuple[int, ...]]:
    """All that is drawn of the reported incidents of a kind but for their numbers."""
    columns = ("opened", "team", "effort", "deflected", "first_line", "uniform", "chance")
    mine = (incidents.opened >= 0) & (incidents.kind == of_kind)
    rows = np.column_stack([getattr(incidents, name) for name in columns])[mine]
    rows = np.column_stack([rows, incidents.reopening[mine] >= 0])
    return [tuple(row) for row in rows.tolist()]


def days(first: int, last: int, factor: float, **more: Any) -> dict[str, Any]:
    return {"from": date(first), "to": date(last), "factor": factor} | more


def test_a_factor_of_a_half_leaves_half_of_the_same_incidents() -> None:
    usual, quiet = drawn(), drawn(season=[days(100, 299, 0.5)])
    before, after = luck(usual), luck(quiet)
    assert set(after) < set(before), "the same effort, the same team, the same coin"
    affected = (by_day(usual)[100:300].sum(), by_day(quiet)[100:300].sum())
    spread = math.sqrt(affected[0] / 4)
    assert affected[1] == pytest.approx(affected[0] / 2, abs=4 * spread)
    for untouched in (slice(0, 100), slice(300, None)):
        assert (by_day(usual)[untouched] == by_day(quiet)[untouched]).all()


def test_less_of_a_quiet_season_is_a_part_of_the_quiet_one() -> None:
    """Who compares two factors compares them on the same luck."""
    half, third = (set(luck(drawn(season=[days(100, 299, f)]))) for f in (0.5, 0.3))
    assert third < half


def test_a_factor_of_zero_is_silence_and_one_changes_nothing() -> None:
    assert by_day(drawn(season=[days(70, 139, 0.0)]))[70:140].sum() == 0
    assert luck(drawn(season=[days(70, 139, 1.0)])) == luck(drawn())


def test_seasons_that_overlap_multiply() -> None:
    twice = drawn(season=[days(0, 209, 0.5), days(105, 419, 0.5)])
    found = by_day(twice)
    ordinary = 20.0
    for first, last, factor in ((0, 105, 0.5), (105, 210, 0.25), (210, 420, 0.5)):
        expected = factor * ordinary * (last - first)
        assert found[first:last].sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))


LONG = 1_000


@pytest.fixture(scope="module")
def weekly() -> np.ndarray:
    """The counts of a thousand weeks, the second half of which has three times as much."""
    half = 7 * LONG // 2
    busy = kind(per_week=20.0, dispersion=2.5)
    found = drawn(busy, weeks=LONG, season=[days(half, 2 * half, 3.0)])
    return by_day(found, LONG).reshape(LONG, 7).sum(axis=1)


def test_a_factor_of_three_brings_three_times_as_many(weekly: np.ndarray) -> None:
    ordinary, busy = weekly[: LONG // 2], weekly[LONG // 2 :]
    assert ordinary.mean() == pytest.approx(20, abs=4 * math.sqrt(20 * 2.5 / (LONG / 2)))
    assert busy.mean() == pytest.approx(60, abs=4 * math.sqrt(60 * 5.5 / (LONG / 2)))


def test_ordinary_weeks_have_the_dispersion_that_is_stated(weekly: np.ndarray) -> None:
    """A week's luck multiplies what comes: variance over mean is 1 + factor × (2.5 − 1)."""
    for weeks, dispersion in ((weekly[: LONG // 2], 2.5), (weekly[LONG // 2 :], 5.5)):
        found = weeks.var(ddof=1) / weeks.mean()
        assert found == pytest.approx(dispersion, rel=4 * math.sqrt(2.5 / (LONG / 2)))


def test_a_poisson_kind_stays_poisson_through_a_season() -> None:
    half = 7 * LONG // 2
    found = drawn(kind(per_week=20.0), weeks=LONG, season=[days(half, 2 * half, 3.0)])
    weeks = by_day(found, LONG).reshape(LONG, 7).sum(axis=1)
    for part in (weeks[: LONG // 2], weeks[LONG // 2 :]):
        assert part.var(ddof=1) / part.mean() == pytest.approx(1, rel=4 * math.sqrt(2 / (LONG / 2)))


# ---- kinds, days of every year -------------------------------------------------------------------


def test_a_season_of_one_kind_leaves_the_others_alone() -> None:
    kinds = kind("sales"), kind("audit")
    usual, autumn = drawn(*kinds), drawn(*kinds, season=[days(0, 419, 0.2, kinds=["sales"])])
    assert luck(usual, of_kind=1) == luck(autumn, of_kind=1)
    assert len(luck(autumn)) < 0.3 * len(luck(usual))


def dates_of(found: np.ndarray) -> list[datetime.date]:
    return [date(int(day)) for day in np.flatnonzero(found)]


def test_days_of_every_year_come_every_year() -> None:
    weeks = 156
    season = [
        {"from": "11-23", "to": "11-30", "factor": 0.0},
        {"from": "12-24", "to": "01-02", "factor": 0.0},
        {"from": "02-29", "to": "02-29", "factor": 0.0},
    ]
    found = by_day(drawn(weeks=weeks, season=season), weeks)
    silent = [date(day) for day in range(7 * weeks) if not found[day]]
    expected = [
        day
        for day in map(date, range(7 * weeks))
        if (11, 23) <= (day.month, day.day) <= (11, 30)
        or (day.month, day.day) >= (12, 24)
        or (day.month, day.day) <= (1, 2)
        or (day.month, day.day) == (2, 29)
    ]
    assert silent == expected
    assert {day.year for day in silent} == {2026, 2027, 2028}


# ---- weeks of the year, and the years ------------------------------------------------------------


def only(week: int) -> list[float]:
    return [float(n == week) for n in range(52)]


def days_of_week(week: int) -> tuple[int, int]:
    """The days of the year of a week, the first of January being 1; the last week has what is left."""
    return 7 * week + 1, 366 if week == 51 else 7 * week + 7


@pytest.mark.parametrize("week", [0, 1, 25, 50, 51])
def test_the_factor_of_a_week_holds_in_its_seven_days_of_the_year(week: int) -> None:
    """The first of 52 holds from the 1st to the 7th of January."""
    weeks = 156
    found = by_day(drawn(weeks=weeks, season=only(week)), weeks)
    first, last = days_of_week(week)
    days_found = {day.timetuple().tm_yday for day in dates_of(found)}
    everything = {date(day).timetuple().tm_yday for day in range(7 * weeks)}
    assert days_found == {day for day in everything if first <= day <= last}


def test_fifty_two_factors_are_kept_week_by_week() -> None:
    weeks = 520
    factors = [0.25 + 1.5 * (n % 4) / 3 for n in range(52)]
    found = by_day(drawn(kind(per_week=70.0), weeks=weeks, season=factors), weeks)
    numbers = [(date(day).timetuple().tm_yday - 1) // 7 for day in range(7 * weeks)]
    expected = np.array([10 * factors[min(number, 51)] for number in numbers])
    for remainder in range(4):
        chosen = np.array([min(number, 51) % 4 == remainder for number in numbers])
        total = expected[chosen].sum()
        assert found[chosen].sum() == pytest.approx(total, abs=4 * math.sqrt(total))


@pytest.mark.parametrize("trend", [1.0, 0.3, -0.4])
def test_a_year_has_by_the_trend_more_than_the_last(trend: float) -> None:
    weeks = 156
    found = by_day(drawn(kind(trend_per_year=trend), weeks=weeks), weeks)
    years = found.reshape(3, 364).sum(axis=1)
    within = math.log1p(trend)
    first = 140.0 * 52 * (trend / within)  # the mean of (1 + trend)^t over a year
    for year, count in enumerate(years):
        expected = first * (1 + trend) ** year
        assert count == pytest.approx(expected, abs=4 * math.sqrt(expected) + 0.002 * expected)


def test_a_trend_and_a_season_multiply() -> None:
    """The second year has twice the first, and here half of that: as many as the first."""
    found = by_day(
        drawn(kind(trend_per_year=1.0), weeks=104, season=[days(364, 727, 0.5)]), weeks=104
    )
    first, second = found.reshape(2, 364).sum(axis=1)
    assert second == pytest.approx(first, abs=4 * math.sqrt(2 * first))
