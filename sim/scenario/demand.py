"""How much more or less comes in on each day than on an ordinary one: seasons and trends."""

from __future__ import annotations

import datetime

import numpy as np

from sim.arrays import Bools, Floats, Ints
from sim.scenario.dated import WEEKS_OF_YEAR, Season
from sim.scenario.people_and_plans import Time
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind


def demand_by_day(scenario: Scenario, kind: IncidentKind) -> Floats | None:
    """How many times as much of a kind comes on each day as on an ordinary one; None where all are alike."""
    if not scenario.season and not kind.trend_per_year:
        return None
    days = np.arange(7 * scenario.time.horizon_weeks)
    factor = np.ones(len(days))
    for part in scenario.seasons:
        if not part.kinds or kind.kind in part.kinds:
            factor[_days_in(part, scenario.time)] *= part.factor
    if scenario.weekly_season:
        factor *= np.array(scenario.weekly_season)[_week_of_year(scenario.time)]
    return np.asarray(factor * (1 + kind.trend_per_year) ** (days / DAYS_A_YEAR))


DAYS_A_YEAR = 364
"""As many as 52 weeks have."""


def _dates(time: Time) -> list[datetime.date]:
    return [time.start + datetime.timedelta(days=day) for day in range(7 * time.horizon_weeks)]


def _days_in(season: Season, time: Time) -> Bools:
    return np.array([season.holds(day) for day in _dates(time)])


def _week_of_year(time: Time) -> Ints:
    """The week of the year of each day, from 0; what is left of a year belongs to its last."""
    of_year = (day.timetuple().tm_yday - 1 for day in _dates(time))
    return np.array([min(day // 7, WEEKS_OF_YEAR - 1) for day in of_year])
