"""Distributions mean what a scenario says, and spend one uniform number a draw."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter

from sim.scenario.distributions import Distribution, seconds

CASES = [
    {"dist": "constant", "value": 3},
    {"dist": "exponential", "mean": 2.5},
    {"dist": "gamma", "mean": 4, "cv": 0.7},
    {"dist": "lognormal", "median": 3, "p90": 12},
    {"dist": "empirical", "values": [1, 1, 4, 10]},
    {
        "dist": "mixture",
        "parts": [
            {"share": 0.4, "of": {"dist": "lognormal", "median": 0.3, "p90": 1}},
            {"share": 0.6, "of": {"dist": "gamma", "mean": 20, "cv": 1.5}},
        ],
    },
]

UNIFORMS = (np.arange(200_000) + 0.5) / 200_000


def made(table: dict) -> Distribution:
    return TypeAdapter(Distribution).validate_python(table)


@pytest.mark.parametrize("table", CASES, ids=lambda table: table["dist"])
def test_the_stated_mean_is_the_mean_of_the_draws(table: dict) -> None:
    distribution = made(table)
    assert distribution.quantile(UNIFORMS).mean() == pytest.approx(distribution.mean(), rel=2e-3)


def test_a_lognormal_has_the_stated_median_and_p90() -> None:
    drawn = made({"dist": "lognormal", "median": 3, "p90": 12}).quantile(UNIFORMS)
    assert np.quantile(drawn, [0.5, 0.9]) == pytest.approx([3, 12], rel=1e-3)


def test_a_gamma_has_the_stated_coefficient_of_variation() -> None:
    drawn = made({"dist": "gamma", "mean": 4, "cv": 0.7}).quantile(UNIFORMS)
    assert drawn.std() / drawn.mean() == pytest.approx(0.7, rel=5e-3)


def test_a_longer_distribution_keeps_the_same_luck() -> None:
    u = np.random.default_rng(1).random(1_000)
    short = made({"dist": "exponential", "mean": 1}).quantile(u)
    long = made({"dist": "exponential", "mean": 3}).quantile(u)
    assert np.allclose(long, 3 * short)


def test_a_draw_is_at_least_a_second_and_never_overflows() -> None:
    tiny = seconds(made({"dist": "constant", "value": 0}), np.array([0.5]), 3_600)
    endless = made({"dist": "lognormal", "median": 1e6, "p90": 1e9})
    assert tiny.tolist() == [1]
    assert seconds(endless, np.array([1 - 1e-16]), 3_600)[0] == 2**40
