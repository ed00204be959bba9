"""Nobody who is free stands beside begun work that they may take: in any organisation, under any policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine import processes
from sim.engine.model import improvements, sprints
from sim.engine.model.clock import World
from sim.engine.model.state import FREE, Developer
from sim.policy.answers import answering
from sim.policy.contract import Policy
from sim.policy.parameters import IMPROVEMENTS
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from tests.strategies import policies, scenario_tables
from tests.written import MORE, WRITTEN


def begun_beside(w: World, developer: Developer) -> Iterator[str]:
    """Begun work that somebody free may take, in words."""
    team = w.teams[developer.team]
    for incident in team.queue:
        if incident.begun and w.policy.takes(developer.view, incident.view, w.p):
            yield f"incident {incident.id}"
    if developer.paused:
        yield f"their own story {developer.paused.id}"
    for story in team.handed_back:
        if sprints.may_pick(w, developer, story):
            yield f"story {story.id}, handed back"
    left = improvements.next_improvement(w)
    quiet = developer.on_duty and w.rules.quiet >= IMPROVEMENTS
    if left and left.begun and (quiet or (not developer.on_duty and team.improved < team.improve)):
        yield f"improvement {left.id}"


def assert_nobody_stands_beside_begun_work(path: SamplePath, policy: Policy) -> None:
    """Live through a path, and look around after each time that work was handed out."""
    w = processes.start_processes(path, answering(policy))
    hand_out = w.dispatch

    def look(w: World) -> None:
        hand_out(w)
        if w.next_dispatch == w.now:
            return  # something came free while it was handed out, and is so once more
        for developer in w.developers:
            if developer.activity == FREE and not developer.ceremony_debt:
                waiting = list(begun_beside(w, developer))
                assert not waiting, f"{policy.label}: {developer.id} is free at {w.now}: {waiting}"

    w.dispatch = look
    w.run()


cases = (scenario_tables(), policies(), st.integers(0, 2**32))


@settings(max_examples=12)
@given(*cases)
def test_nobody_is_idle_while_begun_work_waits(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    path = sample_path(from_table(table), seed)
    for policy in chosen:
        assert_nobody_stands_beside_begun_work(path, policy)


@pytest.mark.long
@settings(max_examples=150)
@given(*cases)
def test_nobody_is_idle_while_begun_work_waits_in_two_thousand_cases(
    table: dict, chosen: list[Policy], seed: int
) -> None:
    path = sample_path(from_table(table), seed)
    for policy in (*chosen, *WRITTEN, *MORE):
        assert_nobody_stands_beside_begun_work(path, policy)


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
