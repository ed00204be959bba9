"""What an interval says where it says little, and at another confidence than usual."""

from __future__ import annotations

import numpy as np
from scipy import stats

from sim.experiment.statistics import interval, paired


def test_without_observations_all_three_numbers_are_not_a_number() -> None:
    assert np.isnan(np.array(interval(np.array([])), dtype=float)).all()
    assert all(isinstance(value, float) for value in interval(np.array([])))


def test_a_paired_difference_takes_the_confidence_it_is_given() -> None:
    b = np.array([3.0, 4.4, 3.3, 5.0])
    a = np.add(b, [0.4, 0.8, 1.2, 1.6])  # differences that lean to no side
    found = paired(a, b, 0.999)
    reference = stats.ttest_rel(a, b).confidence_interval(0.999)
    assert np.allclose((found.low, found.high), (reference.low, reference.high))
