"""The bundled scenarios: each loads, runs under every policy, and says where its figures come from."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.policy.registry import policies_of
from sim.scenario.reading import bundled


@pytest.mark.parametrize("name", bundled())
def test_every_scenario_tells_its_story_and_runs_under_every_policy(name: str) -> None:
    scenario = sim.load(bundled()[name])
    assert len(scenario.about) > 200
    assert "assum" in scenario.about.lower(), "where do its figures come from?"
    result = sim.compare(scenario, replications=2)
    assert result.labels == list(policies_of(scenario.policies))
    for label in result.labels:
        assert result.figure(label, "opened").mean > 10


def test_the_worked_example_reproduces_its_story() -> None:
    """One of seven on duty; demand grows: two; velocity goes to debt; demand falls: one again."""
    scenario = sim.load(bundled()["growing_demand"])
    points, levels = [], []
    for replication in range(12):
        run = sim.run(sim.sample_path(scenario, 1, replication), "adaptive-rotation")
        points.append(run.sprints.delivered_points.to_numpy())
        reviewed = run.trace[run.trace.event == "reviewed"]
        level = np.zeros(20)
        for hours, value in zip(reviewed.time_hours, reviewed.value, strict=True):
            level[int(hours // 336) :] = value
        levels.append(level)
        done = run.trace[run.trace.event == "improvement_done"].time_hours / 336
        assert len(done) == 2
        assert done.iloc[0] > 5, "before the demand grew"
    level = np.mean(levels, axis=0)
    assert (level[1:6] == 1).all()
    assert (level[6:11] == 2).all()
    assert (level[13:] < 1.2).all()
    velocity = np.mean(points, axis=0)
    assert velocity[6:11].mean() < 0.75 * velocity[2:6].mean()
    assert velocity[13:].mean() > 0.95 * velocity[2:6].mean()
