"""Ten weeks of every bundled scenario under every policy: SimPy and the kernel give one trace."""

from __future__ import annotations

import pytest

from sim.engine import processes as engine_simpy
from sim.engine.compiled import engine as compiled
from sim.policy.registry import find_policy, policies_of
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, load
from tests.workspaces import UsedWorkspace

WEEKS = 10


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_scenario_is_lived_through_alike(name: str) -> None:
    scenario = load(bundled()[name])
    if scenario.incidents_from is None:
        warmup = min(scenario.time.warmup_weeks, WEEKS - 1)
        changes = [f"time.warmup_weeks={warmup}", f"time.horizon_weeks={WEEKS}"]
        scenario = load(bundled()[name], changes)
    path = sample_path(scenario, seed=3)
    for policy in (find_policy(name, scenario.policies) for name in policies_of(scenario.policies)):
        [expected] = compiled.simulate([(path, policy)], UsedWorkspace(-7))
        [found] = engine_simpy.simulate([(path, policy)])
        assert found.shape == expected.shape, policy.id
        assert (found == expected).all(), policy.id
