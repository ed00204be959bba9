"""A study in a formula: what it foretells, and how far it says it can be trusted."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import sim
from sim.search.question import QuestionError


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    grid = itertools.product([5, 20, 40, 60], [1.0, 1.3, 1.6, 2.0])
    design = pd.DataFrame(grid, columns=["interruptions.resume_minutes", "people.unfamiliarity"])
    return sim.study(
        design, ["interrupt-anyone"], "small_product", replications=20, workers=2,
        figures=["points_per_sprint"],
    )  # fmt: skip


def test_it_foretells_settings_that_it_was_not_fitted_to(found: pd.DataFrame) -> None:
    model = sim.metamodel(found, "points_per_sprint", "interrupt-anyone")
    assert model.inputs == ("interruptions.resume_minutes", "people.unfamiliarity")
    assert model.foretold <= model.explained <= 1
    design = pd.DataFrame({"interruptions.resume_minutes": [30], "people.unfamiliarity": [1.5]})
    seen = sim.study(
        design, ["interrupt-anyone"], "small_product", replications=20, workers=2,
        figures=["points_per_sprint"],
    )  # fmt: skip
    [told] = model.predict(design)
    assert told == pytest.approx(seen.value.mean(), abs=max(4 * model.error, 0.1))


def test_of_a_quadratic_it_finds_every_term_and_trusts_itself() -> None:
    generator = np.random.default_rng(1)
    a, b = generator.uniform(1, 9, 40), generator.uniform(0, 1, 40)
    table = pd.DataFrame(
        {
            "setting": range(40), "a": a, "b": b, "policy": "p", "replication": 0, "draw": 0,
            "figure": "f", "unit": "u", "value": 3 + 2 * a - b**2 + a * b,
        }
    )  # fmt: skip
    model = sim.metamodel(table, "f", "p")
    assert model.explained == pytest.approx(1)
    assert model.foretold == pytest.approx(1)
    assert model.predict(pd.DataFrame({"a": [4.0], "b": [0.5]})) == pytest.approx([12.75])


def test_outside_of_the_design_it_says_nothing(found: pd.DataFrame) -> None:
    model = sim.metamodel(found, "points_per_sprint", "interrupt-anyone")
    with pytest.raises(QuestionError, match="from 5 to 60"):
        model.predict(
            pd.DataFrame({"interruptions.resume_minutes": [90], "people.unfamiliarity": [1.5]})
        )


def test_too_few_settings_are_refused(found: pd.DataFrame) -> None:
    with pytest.raises(QuestionError, match="too few"):
        sim.metamodel(found[found.setting < 3], "points_per_sprint", "interrupt-anyone")
