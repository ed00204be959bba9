"""With everything but the queue switched off, the model is a queue that theory knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.run import run
from sim.sample_path import sample_path
from sim.scenario_file import from_table
from sim.statistics import interval

HOURS_A_WEEK = 168


def erlang_c(servers: int, load: float) -> float:
    """Chance that a customer of M/M/c waits (A. K. Erlang, 1917); `load` in servers."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked / (1 - (load / servers) * (1 - blocked))


def queue(servers: int, load: float, mean_hours: float) -> dict[str, Any]:
    """One team that never closes, and nothing but incidents of one kind."""
    return {
        "name": f"M/M/{servers}",
        "time": {"horizon_weeks": 14, "warmup_weeks": 2, "always_open": True},
        "teams": [{"name": "servers", "developers": servers, "focus": 1.0}],
        "sprints": {"ceremony_hours": 0.0},
        "incidents": [
            {
                "kind": "customer",
                "severity": 1,
                "per_week": load / mean_hours * HOURS_A_WEEK,
                "effort_hours": {"dist": "exponential", "mean": mean_hours},
            }
        ],
    }


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (5, 4.0), (8, 7.2)])
@pytest.mark.parametrize("policy", ["interrupt-anyone", "reserved-buffer", "dedicated-team"])
def test_mean_response_is_that_of_the_queue_with_c_servers(
    servers: int, load: float, policy: str
) -> None:
    """The 99 % interval over 24 replications holds C(c, a) / (c/s - a/s), s the mean service."""
    mean_hours = 2.0
    expected = erlang_c(servers, load) * mean_hours / (servers - load)
    if policy == "dedicated-team":
        policy += f":people={servers}"
    scenario = from_table(queue(servers, load, mean_hours))
    means = []
    for replication in range(24):
        path = sample_path(scenario, seed=20, replication=replication)
        incidents = run(path, policy).incidents
        settled = incidents[incidents.opened_hours >= 2 * HOURS_A_WEEK]
        means.append(settled.response_hours.mean())
    found = interval(np.array(means), confidence=0.99)
    assert found.low <= expected <= found.high
    assert found.high - found.low < expected, "an interval this wide shows nothing"


def test_erlang_c_agrees_with_published_values() -> None:
    """Five servers: 0.5541 at load 4; one server waits with chance rho."""
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(5, 4.0) == pytest.approx(0.5541, abs=5e-5)
