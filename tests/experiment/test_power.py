"""How many replications a difference needs: against the textbook, and against what as many replications do."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.experiment.power import _needed, _power


def test_it_is_the_textbooks_number() -> None:
    """Paired t test, two-sided 5 %, power 0.8: 34 pairs for an effect of 0.5, 199 for 0.2 (G*Power's tables)."""
    assert _needed(0.5, 0.8) == 34
    assert _needed(0.2, 0.8) == 199


def test_so_many_draws_show_it_as_often_as_is_said() -> None:
    generator = np.random.default_rng(3)
    draws = generator.normal(0.5, 1, (20_000, 34))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / np.sqrt(34))
    assert (np.abs(t) > 2.0345).mean() == pytest.approx(_power(0.5, 34), abs=0.01)


def test_of_a_comparison_it_takes_the_spread_of_common_paths() -> None:
    scenario = sim.load("small_product", ["time.horizon_weeks=20"])
    result = sim.compare(scenario, ["kanban", "next-sprint"], 30, workers=1)
    found = sim.replications_for(result, "kanban", "next-sprint", "response_hours_mean")
    assert found.replications < 10
    assert found.power_now > 0.99
    little = sim.replications_for(
        result, "kanban", "next-sprint", "response_hours_mean", difference=found.difference / 50
    )
    assert little.replications > 100
    with pytest.raises(ValueError, match="between 0 and 1"):
        sim.replications_for(result, "kanban", "next-sprint", "response_hours_mean", power=2)
    with pytest.raises(KeyError, match="nearest known: response_hours_mean"):
        sim.replications_for(result, "kanban", "next-sprint", "response_hours_meen")
    with pytest.raises(KeyError, match="there are kanban, next-sprint"):
        sim.replications_for(result, "kanbam", "next-sprint", "response_hours_mean")
