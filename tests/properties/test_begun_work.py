"""Nobody who is free stands beside begun work that they may take: in any organisation, under any policy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.experiment.conformance.laws import idle_beside_begun_work
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.strategies import policies, scenario_tables
from tests.written import MORE, WRITTEN

cases = (scenario_tables(), policies(), st.integers(0, 2**32))


@settings(max_examples=12)
@given(*cases)
def test_nobody_is_idle_while_begun_work_waits(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert idle_beside_begun_work(path, policy) == "", policy.label


@pytest.mark.long
@settings(max_examples=150)
@given(*cases)
def test_nobody_is_idle_while_begun_work_waits_in_two_thousand_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    path = sample_path(from_table(table), seed)
    for policy in (*chosen, *WRITTEN, *MORE):
        assert idle_beside_begun_work(path, policy) == "", policy.label


THREE_SERVERS = {
    "name": "three servers",
    "time": {"horizon_weeks": 300, "warmup_weeks": 20, "always_open": True},
    "teams": [{"name": "A", "developers": 3, "focus": 1.0}],
    "incidents": [
        {
            "kind": f"kind {severity}",
            "severity": severity,
            "per_week": per_week,
            "effort_hours": {"dist": "exponential", "mean": 1.0},
        }
        for severity, per_week in ((1, 50.4), (2, 151.2), (3, 201.6))
    ],
}
"""Three servers at 80 % load, preemptive: stable whatever the order."""


@pytest.mark.parametrize("policy", ["kanban", "dedicated-team:people=3,wip_limit=1.34"])
def test_a_limit_on_work_in_progress_starves_nothing_that_was_begun(policy: str) -> None:
    """Once as many lesser incidents were put aside as the limit allowed, nobody took them up again:
    40 % of time was idle, and the backlog grew without end. M/M/3 alone is idle 20 %; switching, finding
    back and meetings take 4."""
    found = sim.compare(from_table(THREE_SERVERS), [policy], replications=10)
    label = found.labels[0]
    assert not found.is_overloaded(label)
    idle = found.figure(label, "developer_idle_share")
    assert 0.157 < idle.mean < 0.167
    worst = found.figure(label, "response_hours_mean", "severity 1")
    assert 0.001 < worst.mean < 0.003
