"""A scenario is changed in Python as `--set` changes it, and nothing slips past what a file is held to."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.scenario.reading import changed, from_text


@pytest.fixture
def scenario() -> sim.Scenario:
    return sim.load("web_agency")


def test_numbers_of_numpy_texts_and_tables_are_taken(scenario: sim.Scenario) -> None:
    found = scenario.changed(
        {
            "people.unfamiliarity": np.float32(1.5),
            "time.horizon_weeks": np.int64(60),
            "incidents.*.per_week": "*1.3",
            "teams.*.developers": "+1",
            "incidents.*.effort_hours": {"dist": "exponential", "mean": 2.0},
        }
    )
    said = [
        "people.unfamiliarity=1.5",
        "time.horizon_weeks=60",
        "incidents.*.per_week=*1.3",
        "teams.*.developers=+1",
        'incidents.*.effort_hours={ dist = "exponential", mean = 2.0 }',
    ]
    assert found.model_dump() == changed(scenario, said).model_dump()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"people.unfamiliarty": 2}, "nearest known: unfamiliarity"),
        ({"time.horizon_weeks": -1}, r"time\.horizon_weeks: must be 1 or more"),
        ({"teams.*.developers": 2.5}, "must be a whole number"),
        ({"people.unfamiliarity": object()}, "expected a number, a text"),
    ],
)
def test_what_cannot_be_is_told_by_its_key(
    scenario: sim.Scenario, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(sim.ScenarioError, match=said):
        scenario.changed(changes)


def test_a_copy_with_an_update_is_held_to_what_a_file_is(scenario: sim.Scenario) -> None:
    with pytest.raises(sim.ScenarioError, match="teams: must have 1 or more entries"):
        scenario.model_copy(update={"teams": []})
    fewer = scenario.model_copy(update={"teams": scenario.teams[:2]})
    assert [team.name for team in fewer.teams] == ["Checkout", "Catalogue"]


def test_its_toml_reads_back_as_the_same_scenario(scenario: sim.Scenario) -> None:
    assert from_text(scenario.to_toml().encode(), "it").model_dump() == scenario.model_dump()
