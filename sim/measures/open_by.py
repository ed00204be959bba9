"""How many incidents are open at some moments of a run: at the ends of the first days from today."""

from __future__ import annotations

import datetime

import numpy as np

from sim.arrays import Ints
from sim.measures.accounts import Accounts
from sim.sampling.calendars import DAY
from sim.scenario.dated import FORECAST_DAYS
from sim.scenario.schema import Scenario


def open_by(run: Accounts, moments: Ints) -> Ints:
    """How many incidents are open at each of some seconds, (M,).

    What opens at that second is open, what ends at it is not. With the first line is open, too.
    """
    ended = run.ended
    came = np.searchsorted(np.sort(run.opened), moments, side="right")
    went = np.searchsorted(np.sort(ended[ended >= 0]), moments, side="right")
    return np.asarray(came - went, dtype=np.int64)


def begins_at(scenario: Scenario) -> datetime.datetime:
    """The moment from which a scenario is simulated."""
    at = scenario.start.at if scenario.start is not None else None
    return at or datetime.datetime.combine(scenario.time.start, datetime.time())


def first_days(scenario: Scenario) -> Ints:
    """The seconds at which a scenario begins and at which each of its first days is over, (1 +
    FORECAST_DAYS,)."""
    monday = datetime.datetime.combine(scenario.time.start, datetime.time())
    begins = int((begins_at(scenario) - monday).total_seconds())
    return begins + DAY * np.arange(FORECAST_DAYS + 1, dtype=np.int64)
