"""The mixture of two lognormals, fitted by the house's own thirty lines."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.calibrate import effort


def drawn(seed: int, count: int, share: float) -> np.ndarray:
    """Hours of two sorts of tickets: some settled at once, the others after days."""
    rng = np.random.default_rng(seed)
    quick = rng.lognormal(-1.1, 1.4, round(share * count))
    slow = rng.lognormal(4.6, 1.5, count - len(quick))
    return np.concatenate([quick, slow])


@pytest.mark.parametrize(
    ("seed", "count", "share"), [(1, 400, 0.4), (2, 2_000, 0.1), (3, 20_000, 0.8)]
)
def test_two_humps_that_were_drawn_are_found(seed: int, count: int, share: float) -> None:
    shape = effort.fit(drawn(seed, count, share))
    assert shape is not None
    low, high = shape.humps
    assert low.share == pytest.approx(share, abs=0.05)
    assert (low.mu, high.mu) == pytest.approx((-1.1, 4.6), abs=0.35)
    assert (low.sigma, high.sigma) == pytest.approx((1.4, 1.5), abs=0.25)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_two_humps_nearby_are_likelier(seed: int) -> None:
    """At the maximum, no small step in any of the five parameters gains anything."""
    logs = np.sort(np.log(drawn(seed, 600, 0.4)))
    low, high = effort._two(logs)

    def likelihood(p: np.ndarray) -> float:
        each = (
            p[0] * stats.norm.pdf(logs, p[1], p[3]),
            (1 - p[0]) * stats.norm.pdf(logs, p[2], p[4]),
        )
        return float(np.log(sum(each)).mean())

    found = np.array([low.share, low.mu, high.mu, low.sigma, high.sigma])
    steps = [sign * 0.02 * unit for unit in np.eye(5) for sign in (-1, 1)]
    assert all(likelihood(found + step) <= likelihood(found) + 1e-5 for step in steps)


def test_one_lognormal_stays_one() -> None:
    hours = np.random.default_rng(5).lognormal(0.2, 1.1, 3_000)
    shape = effort.fit(hours)
    assert shape is not None
    assert len(shape.humps) == 1


def test_the_order_of_the_rows_does_not_matter() -> None:
    hours = drawn(7, 900, 0.5)
    assert effort.fit(hours) == effort.fit(np.random.default_rng(1).permutation(hours))
