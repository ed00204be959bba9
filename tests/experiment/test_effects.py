"""What stands beside a difference: its size, what it takes to tell it, what common paths gained."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.experiment.effects import effects
from sim.experiment.statistics import interval

rng = np.random.default_rng(1)
WEATHER = rng.normal(0, 3, (400, 1))
A = WEATHER + rng.normal(1, 1, (400, 1))
B = WEATHER + rng.normal(0, 1, (400, 1))


def test_the_effect_is_in_standard_deviations_of_single_years() -> None:
    [size] = effects(A, B).effect
    pooled = math.sqrt((A.var(ddof=1) + B.var(ddof=1)) / 2)
    assert size == pytest.approx((A.mean() - B.mean()) / pooled)


def test_the_gain_is_how_much_narrower_common_paths_make_it() -> None:
    """Two shares of ten in the variance are their own, eight the weather's: a fifth is left."""
    [gain] = effects(A, B).gain
    assert gain == pytest.approx(10, rel=0.3)


def test_as_many_replications_as_are_needed_just_leave_out_nothing() -> None:
    [needed] = effects(A, B).needed
    spread, mean = float((A - B).std(ddof=1)), float((A - B).mean())

    def leaves_out(count: int) -> bool:
        made = np.tile([mean - spread, mean + spread], count)[:count]
        made = (made - made.mean()) / made.std(ddof=1) * spread + mean
        return interval(made).low >= -1e-9

    assert leaves_out(int(needed)) or leaves_out(int(needed) + 1)
    assert not leaves_out(int(needed) - 2)


def test_of_two_that_do_the_same_nothing_could_tell_them_apart() -> None:
    found = effects(A, A)
    assert found.effect[0] == 0
    assert found.needed[0] == math.inf
    assert math.isnan(found.gain[0])


def test_what_is_known_in_fewer_than_two_replications_has_none() -> None:
    alone = np.array([[1.0], [np.nan]])
    assert all(math.isnan(part[0]) for part in effects(alone, alone))
