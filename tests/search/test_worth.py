"""What to measure next: worth something only where it changes the choice."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sim
from sim.experiment.design import Design
from sim.experiment.study import Observations
from sim.measures.metrics import Key
from sim.scenario.ranges import Range
from sim.scenario.schema import Scenario
from sim.search import worth
from sim.search.goal import Constraint
from sim.search.question import QuestionError
from sim.search.surface import columns, fitted
from sim.search.worth import worth_of_knowing
from tests.command import Firelane

SLA = Constraint.parse("response_sla >= 0.8")


def made_up(shares: np.ndarray, generator: np.random.Generator) -> list[Observations]:
    """Two policies that bring 50 and 50 ± 10 points: which is better hangs on the first input alone."""
    keys = (Key("delivery", "all", "net_points_per_sprint"), Key("response", "all", "response_sla"))
    found = []
    for row in shares:
        points = [50 + 3 * row[1], 40 + 20 * row[0] + 3 * row[1]]
        values = np.array([[[p, 1.0]] * 4 for p in points])
        values[:, :, 0] += generator.normal(0, 2, (2, 4))
        found.append(Observations(keys, values))
    return found


@pytest.fixture
def decisive(monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """A scenario of which the first of three inputs decides, the second moves both alike, the third nothing."""
    scenario = sim.load("small_product")
    three = dict(list(scenario.ranges.items())[:3])
    monkeypatch.setattr(
        worth,
        "observe_sets",
        lambda one, policies, shares, paths, design, progress: made_up(
            shares, np.random.default_rng([design.seed, 7])
        ),
    )
    return scenario.model_copy(update={"ranges": three})


def asked(scenario: Scenario, seed: int, sets: int = 120) -> worth.WorthOfKnowing:
    return worth_of_knowing(scenario, ["kanban", "next-sprint"], (SLA,), Design(4, seed), sets)


def test_the_one_input_that_decides_comes_first_in_a_hundred_seeds(decisive: Scenario) -> None:
    """And inputs that change no choice are worth nothing in all of them."""
    first = next(iter(decisive.ranges))
    found = [asked(decisive, seed) for seed in range(100)]
    assert sum(one.worths[0].input.key == first for one in found) >= 95
    others = [own.value for one in found for own in one.worths if own.input.key != first]
    assert sum(value > 0 for value in others) <= 2
    assert max(others) < 0.1


def test_the_worth_is_what_theory_says(decisive: Scenario) -> None:
    """Choosing by the input brings max(50, 40 + 20 x), on average 52.5: 2.5 more than either alone."""
    found = [asked(decisive, seed, 240).worths[0].value for seed in range(8)]
    assert np.mean(found) == pytest.approx(2.5, abs=0.15)


def test_all_together_are_worth_no_less_than_the_dearest(decisive: Scenario) -> None:
    one = asked(decisive, 3)
    assert one.everything >= one.worths[0].value - 0.1


def test_a_surface_gives_back_what_it_is_made_of() -> None:
    shares = np.random.default_rng(1).random((300, 4))
    truth = 3 + 2 * shares[:, 0] - shares[:, 1] ** 2 + 4 * shares[:, 2] * shares[:, 3]
    surface = fitted(shares, truth[:, np.newaxis])
    places = np.random.default_rng(2).random((50, 4))
    told = columns(places) @ surface
    expected = 3 + 2 * places[:, 0] - places[:, 1] ** 2 + 4 * places[:, 2] * places[:, 3]
    assert told[:, 0] == pytest.approx(expected, abs=0.01)


def test_a_policy_that_has_no_such_figure_does_not_keep_the_promise() -> None:
    """Without sprints there are no goals to meet."""
    scenario = sim.load("small_product", ["time.horizon_weeks=12"])
    goals = (Constraint.parse("sprint_goals_met >= 0.5"),)
    two = ["kanban", "interrupt-anyone"]
    found = worth_of_knowing(scenario, two, goals, Design(2), 24)
    assert found.chosen == "interrupt-anyone"
    assert np.isfinite([own.value for own in found.worths]).all()


def test_without_ranges_or_anything_at_stake_it_says_what_is_missing() -> None:
    scenario = sim.load("small_product")
    with pytest.raises(QuestionError, match=r"no \[ranges\]"):
        worth_of_knowing(scenario.model_copy(update={"ranges": {}}), promises=(SLA,))
    with pytest.raises(QuestionError, match="nothing says what an answer is worth"):
        worth_of_knowing(scenario)


def test_the_command_names_what_to_measure_next(firelane: Firelane) -> None:
    few = ("--inputs", 24, "--replications", 2, "--set", "time.horizon_weeks=12")
    two = ("--policy", "kanban", "--policy", "interrupt-anyone")
    told = firelane("measure", "small_product", *few, *two)
    assert told.status == 0
    assert "For what is known now, " in told.out
    assert "What to know is worth, net points a team-sprint" in told.out
    document = json.loads(firelane("measure", "small_product", *few, *two, "--json", "-").out)
    assert {own["key"] for own in document["measure_next"]} == set(sim.load("small_product").ranges)
    assert all(own["worth"] >= 0 for own in document["measure_next"])


def test_where_the_scenario_has_money_the_worth_is_in_it(firelane: Firelane) -> None:
    few = ("--inputs", 24, "--replications", 2, "--set", "time.horizon_weeks=26")
    told = firelane("measure", "bank", *few, "--policy", "kanban", "--policy", "next-sprint")
    assert "EUR a team-sprint" in told.out


def test_a_range_is_told_as_people_read_it() -> None:
    assert Range("a", "", 10, 60).ends == "10 to 60"
    assert Range("a", "*", 0.7, 1.4).ends == "× 0.7 to 1.4"
