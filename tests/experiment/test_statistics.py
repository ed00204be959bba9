"""Intervals that cover what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.experiment.statistics import interval, intervals, needed_for_skewness, paired
from sim.measures.metrics import gini


def test_where_observations_lean_to_no_side_the_interval_is_students() -> None:
    sample = np.array([3.2, 4.1, 5.0, 5.9, 6.8])
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


def test_of_skewed_observations_more_intervals_hold_the_truth_than_students_do() -> None:
    """Nine in ten of a lognormal's intervals of eighty would, of the two ends most often the upper is too low."""
    draws = np.random.default_rng(7).lognormal(0, 1.2, size=(3_000, 80))
    truth = np.exp(1.2**2 / 2)
    mean, low, high = intervals(draws.T)
    half = stats.t(79).ppf(0.975) * draws.std(axis=1, ddof=1) / np.sqrt(80)
    held = (low <= truth) & (truth <= high)
    by_students = np.abs(mean - truth) <= half
    assert held.mean() > by_students.mean() + 0.02
    assert (high < truth).mean() < (mean + half < truth).mean()


def test_the_correction_is_halls_cubic() -> None:
    """His transformation of Student's ratio at either end gives the quantile."""
    sample = np.random.default_rng(8).exponential(2, 40)
    found, skew = interval(sample), stats.skew(sample)
    error = sample.std(ddof=1) / np.sqrt(40)
    for end, quantile in (
        (found.low, stats.t(39).ppf(0.975)),
        (found.high, stats.t(39).ppf(0.025)),
    ):
        ratio = (found.mean - end) / error
        lean = skew / np.sqrt(40)
        cubic = ratio + lean * ratio**2 / 3 + lean**2 * ratio**3 / 27 + lean / 6
        assert cubic == pytest.approx(quantile)


def test_a_skewed_figure_says_how_many_replications_it_needs() -> None:
    leaning = np.random.default_rng(9).lognormal(0, 1, (50_000, 1))
    truth = float(stats.lognorm(1).stats("s"))
    assert needed_for_skewness(leaning)[0] == pytest.approx(25 * truth**2, rel=0.5)
    assert needed_for_skewness(np.array([[1.0], [2.0], [3.0]]))[0] == 0
    assert needed_for_skewness(np.array([[0.1 + 0.2], [0.3], [0.3]]))[0] == 0


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
