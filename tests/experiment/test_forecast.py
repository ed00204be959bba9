"""How many are open in the first days: chance, and how far such forecasts were off, are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.experiment.forecast import forecast
from sim.scenario.dated import FORECAST_DAYS, PastForecasts

SHARES = (0.1, 0.5, 0.9)


def past(missed: float = 0.0, spread: float = 0.0, moments: int = 8) -> PastForecasts:
    return PastForecasts(
        policy="kanban", moments=moments, days_apart=2,
        missed=[missed] * FORECAST_DAYS, spread=[spread] * FORECAST_DAYS,
    )  # fmt: skip


def test_without_a_past_it_is_what_futures_do_by_chance() -> None:
    futures = np.arange(101.0)
    found = forecast(futures, 3, None, SHARES)
    assert found.by_chance.tolist() == found.in_all.tolist() == [10, 50, 90]


def test_a_mean_miss_moves_it_and_leaves_its_width() -> None:
    found = forecast(np.arange(101.0), 1, past(missed=40), SHARES)
    assert found.in_all - found.by_chance == pytest.approx(40.0)


@pytest.mark.parametrize(("day", "freedom"), [(1, 7.0), (2, 7.0), (4, 3.5), (7, 2.0)])
def test_a_spread_widens_it_as_students_t_with_as_many_moments_as_do_not_overlap(
    day: int, freedom: float
) -> None:
    """Eight moments two days apart: forecasts of a week overlap, and count as three."""
    found = forecast(np.full(10, 1_000.0), day, past(spread=20), SHARES)
    assert found.by_chance.tolist() == [1_000] * 3
    assert found.in_all == pytest.approx(1_000 + 20 * stats.t(freedom).ppf(SHARES), abs=0.6)


def test_chance_and_ignorance_add_up_by_their_squares() -> None:
    """With many moments the miss is normal, and so is its sum with futures that are."""
    futures = 1_000 + 30 * stats.norm.ppf((np.arange(400) + 0.5) / 400)
    found = forecast(futures, 1, past(spread=40, moments=1_000), SHARES)
    assert found.in_all == pytest.approx(1_000 + 50 * stats.norm.ppf(SHARES), abs=0.6)


def test_fewer_than_none_are_never_open() -> None:
    assert forecast(np.full(10, 5.0), 1, past(missed=-20), SHARES).in_all.tolist() == [0, 0, 0]
