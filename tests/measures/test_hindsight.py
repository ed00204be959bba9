"""The best that could have been is a bound: no policy on any path passes it, nor does the best of all ways of a small case."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.measures.hindsight import _knapsack, distances, earliest_answers, most_points
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, from_table
from tests.strategies import policies, scenario_tables


def holds(table: dict[str, object], policies: list[Policy], seed: int) -> list[float]:
    """Check runs against their bounds, and return what they fell short by, as shares."""
    path = sample_path(from_table(table), seed, 0)
    found = [own for policy in policies for own in distances(path, sim.run(path, policy).accounts)]
    gaps = []
    for own in found:
        if np.isnan(own.value):
            continue
        if own.figure == "points":
            assert own.value <= own.bound + 1e-6
            gaps.append(own.regret / own.bound if own.bound else 0.0)
        else:
            assert own.value >= own.bound - 1e-9, own
    return gaps


@settings(max_examples=60)
@given(scenario_tables(), policies(), st.integers(0, 1_000))
def test_no_policy_passes_the_bounds_of_any_path(
    table: dict[str, object], policies: list[Policy], seed: int
) -> None:
    holds(table, policies, seed)


@pytest.mark.long
def test_no_policy_passes_the_bounds_on_ten_thousand_paths() -> None:
    gaps: list[float] = []

    @settings(max_examples=10_000)
    @given(scenario_tables(), policies(), st.integers(0, 1_000))
    def tried(table: dict[str, object], policies: list[Policy], seed: int) -> None:
        gaps.extend(holds(table, policies[:3], seed))

    tried()
    print(f"median gap of points: {100 * np.median(gaps):.0f} % of the bound")


@settings(max_examples=2_000)
@given(
    st.lists(st.tuples(st.integers(1, 13), st.integers(1, 100)), min_size=1, max_size=6),
    st.integers(0, 300),
)
def test_the_points_of_the_best_of_all_choices_never_pass_the_bound(
    stories: list[tuple[int, int]], capacity: int
) -> None:
    points, effort = (np.array(own, dtype=np.float64) for own in zip(*stories, strict=True))
    best = max(
        sum(points[list(chosen)])
        for size in range(len(stories) + 1)
        for chosen in combinations(range(len(stories)), size)
        if sum(effort[list(chosen)]) <= capacity
    )
    bound = _knapsack(points, effort, float(capacity))
    assert best <= bound + 1e-9
    assert bound <= sum(points) + 1e-9


def test_an_answer_can_come_no_sooner_than_the_first_second_at_which_somebody_is_at_work() -> None:
    path = sample_path(sim.load("web_agency"), 2, 0)
    org, ids = path.organisation, np.flatnonzero(path.incidents.opened >= 0)[:40]
    ids = ids[path.incidents.first_line[ids] == 0]
    opened = path.incidents.opened[ids]
    found = earliest_answers(path, opened, ids)
    calendar = org.hours.calendars[0]
    for second, earliest in zip(opened.tolist(), found.tolist(), strict=True):
        worked = [moment for moment in range(second, earliest, 60) if is_open(calendar, moment)]
        assert worked == []
        assert is_open(calendar, earliest) or earliest >= calendar.end


def is_open(calendar: object, moment: int) -> bool:
    return calendar.worked(moment + 1) > calendar.worked(moment)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(bundled()))
def test_on_bundled_scenarios_interrupting_comes_near_the_best_answers(name: str) -> None:
    path = sample_path(sim.load(name))
    table = sim.run(path, "interrupt-anyone").regret
    answers = table[table.figure == "response_hours_mean"]
    assert (answers.regret >= 0).all() or answers.regret.isna().any()
    [soonest] = answers[answers.group == "all"].regret
    [waiting] = (
        sim.run(path, "next-sprint")
        .regret.query("figure == 'response_hours_mean' and group == 'all'")
        .regret
    )
    assert soonest < waiting
    assert most_points(path).min() > 0 or path.scenario.stories is None


def test_a_result_tells_the_regret_of_each_policy() -> None:
    scenario = sim.load("small_product", ["time.horizon_weeks=12"])
    result = sim.compare(scenario, ["kanban", "next-sprint"], 3, workers=1)
    table = result.regret(2)
    assert list(table.columns) == ["policy", "figure", "group", "value", "bound", "regret"]
    assert set(table.policy) == {"kanban", "next-sprint"}
