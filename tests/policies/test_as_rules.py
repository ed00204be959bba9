"""Each shipped policy, written as a scenario's rules, gives the very trace of its Python file."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from sim.engine.engines import COMPILED, ENGINES, simulate
from sim.policy.contract import Policy
from sim.policy.registry import known_policies, policy_in
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import bundled, from_table, load
from sim.scenario.schema import Scenario
from tests.eleven import WRITERS, as_rules
from tests.strategies import policies_with_settings, scenario_table


def traces(path: SamplePath, policy: Policy, engine: str) -> Any:
    [trace] = simulate([(path, policy)], engine)
    return trace.copy()


def assert_alike(path: SamplePath, policy: Policy, engines: Sequence[str] = (COMPILED,)) -> None:
    for engine in engines:
        told, ruled = (traces(path, each, engine) for each in (policy, as_rules(policy)))
        assert np.array_equal(told, ruled), f"{policy.label} on {engine}"


def random_case(number: int) -> tuple[SamplePath, list[Policy]]:
    luck = random.Random(number)

    def one_of(values: Sequence[Any]) -> Any:
        return values[int(luck.random() * len(values))]

    scenario = from_table(scenario_table(one_of))
    chosen = [policy for policy in policies_with_settings(one_of) if policy.id in WRITERS]
    return sample_path(scenario, seed=number), chosen


def test_every_shipped_policy_is_written() -> None:
    assert set(WRITERS) == set(known_policies())


@pytest.mark.parametrize("number", range(8))
def test_in_random_organisations_with_random_settings(number: int) -> None:
    path, chosen = random_case(number)
    for policy in chosen:
        assert_alike(path, policy)


@pytest.mark.long
@pytest.mark.parametrize("number", range(100))
def test_in_a_hundred_random_organisations_on_three_engines(number: int) -> None:
    path, chosen = random_case(number)
    for policy in chosen:
        assert_alike(path, policy, ENGINES)


def as_set(scenario: Scenario) -> list[Policy]:
    return [policy_in(scenario, name) for name in known_policies()]


@pytest.mark.parametrize("name", ["small_product", "growing_demand", "bank"])
def test_in_a_bundled_scenario(name: str) -> None:
    scenario = load(bundled()[name])
    path = sample_path(scenario, seed=5)
    for policy in as_set(scenario):
        assert_alike(path, policy)


def test_where_people_of_the_whole_organisation_take_turns_the_calls_at_night_do_too() -> None:
    path = sample_path(load(bundled()["bank"]), seed=5)
    rotation = known_policies()["developer-rotation"].with_settings(of_organisation=1, sprints=3)
    assert_alike(path, rotation)


@pytest.mark.long
@pytest.mark.parametrize("name", [*bundled()])
def test_in_every_bundled_scenario_on_three_engines(name: str) -> None:
    scenario = load(bundled()[name])
    path = sample_path(scenario, seed=6)
    for policy in as_set(scenario):
        assert_alike(path, policy, ENGINES)
