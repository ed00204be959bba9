"""Days that differ and holidays: what the draws add up to."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.sampling.calendars import DAY
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table


def daily(table: dict[str, Any], weeks: int = 400, **changes: Any) -> np.ndarray:
    table["time"] = {"horizon_weeks": weeks, "warmup_weeks": 0} | changes.pop("time", {})
    table["incidents"] = [
        {"kind": "k", "severity": 1, "per_week": 140.0,
         "effort_hours": {"dist": "constant", "value": 1}} | changes
    ]  # fmt: skip
    opened = sample_path(from_table(table)).incidents.opened
    return np.bincount(opened // DAY, minlength=weeks * 7).reshape(weeks, 7)


def test_days_that_differ_leave_the_weeks_as_they_were(table: dict[str, Any]) -> None:
    even, uneven = daily(dict(table)), daily(dict(table), daily_cv=0.4)
    assert (even.sum(axis=1) == uneven.sum(axis=1)).all()
    assert abs(uneven.mean(axis=0) / 20 - 1).max() < 0.1
    # chance alone: variance about the mean; the factor adds (cv × mean)² × (1 - 1/7)
    added = uneven.var(axis=0).mean() - even.var(axis=0).mean()
    assert 0.7 < added / ((0.4 * 20) ** 2 * 6 / 7) < 1.3


def test_a_share_of_incidents_opens_on_holidays_and_other_days_keep_theirs(
    table: dict[str, Any],
) -> None:
    import datetime

    days = [datetime.date(2026, 1, 5) + datetime.timedelta(weeks=w) for w in range(0, 300)]
    time = {"public_holidays": days}
    usual, quiet = daily(dict(table), time=time), daily(dict(table), time=time, holiday_share=0.2)
    assert 0.15 < quiet[:300, 0].sum() / usual[:300, 0].sum() < 0.25
    assert (quiet[:, 1:] == usual[:, 1:]).all()
    assert (quiet[300:] == usual[300:]).all()
