"""Intervals that cover what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.experiment.statistics import interval, intervals, paired
from sim.measures.metrics import gini


def test_the_interval_is_students() -> None:
    sample = np.array([4.1, 5.0, 3.2, 6.6, 4.9])
    found = interval(sample)
    reference = stats.ttest_1samp(sample, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    draws = np.random.default_rng(5).gamma(4, 1.0, size=(2_000, 20))
    held = [found.low <= 4 <= found.high for found in map(interval, draws)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_a_difference_on_common_paths_is_far_tighter_than_on_separate_ones() -> None:
    rng = np.random.default_rng(6)
    weather = rng.normal(0, 10, 50)
    a, b = weather + rng.normal(1, 1, 50), weather + rng.normal(0, 1, 50)
    together, apart = paired(a, b), interval(a - rng.permutation(b))
    assert together.low <= 1 <= together.high
    assert together.high - together.low < (apart.high - apart.low) / 3


def test_one_observation_has_a_mean_and_no_interval() -> None:
    found = interval(np.array([3.0]))
    assert found.mean == 3.0
    assert np.isnan([found.low, found.high]).all()


def test_replications_without_a_value_are_left_out() -> None:
    assert interval(np.array([1.0, np.nan, 3.0])) == interval(np.array([1.0, 3.0]))
    assert np.isnan(interval(np.array([np.nan, np.nan])).mean)


@pytest.mark.parametrize(
    ("amounts", "expected"), [([1, 1, 1, 1], 0), ([0, 0, 0, 8], 0.75), ([0, 0], 0), ([1, 3], 0.25)]
)
def test_gini_of_known_divisions(amounts: list[float], expected: float) -> None:
    [found] = gini(np.array([amounts]))
    assert found == pytest.approx(expected)


def test_many_intervals_at_once_are_those_of_each() -> None:
    values = np.random.default_rng(3).normal(size=(12, 5))
    values[3:, 1] = np.nan
    values[1:, 2] = np.nan
    values[:, 3] = np.nan
    values[:, 4] = 2.0
    together = np.array(intervals(values)).T
    alone = np.array([interval(column) for column in values.T])
    np.testing.assert_allclose(together, alone, rtol=1e-12, equal_nan=True)
