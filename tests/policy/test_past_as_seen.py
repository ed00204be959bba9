"""What a policy sees of what came in: that which is on record, and no more."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.measures.run import Run
from sim.policy.contract import Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table

WEEK = 7 * 86_400

LOAD_OF_LAST_SPRINT = Policy(id="load", review=lambda team, sprint, p: sprint.load_1)
"""Its level is what came in the last sprint, so that the trace tells it."""


def organisation(**of_kind: Any) -> dict[str, Any]:
    return {
        "name": "a tracker that misses some",
        "time": {
            "horizon_weeks": 60,
            "warmup_weeks": 0,
            "sprint_weeks": 1,
            "always_open": True,
        },
        "teams": [{"name": "Red", "developers": 4}, {"name": "Blue", "developers": 4}],
        "incidents": [
            {
                "kind": "question",
                "severity": 3,
                "per_week": 80.0,
                "effort_hours": {"dist": "exponential", "mean": 0.5},
            }
            | of_kind
        ],
    }


def seen(result: Run, team: int) -> list[int]:
    """What came in each sprint, as the policy sees it at the next planning, in focus seconds."""
    rows = result.events[
        (result.events[:, Event.type] == EventType.REVIEWED)
        & (result.events[:, Event.team] == team)
    ]
    changed = dict(rows[:, [Event.item, Event.value]].tolist())
    loads, now = [], 0
    for sprint in range(1, 60):
        now = changed.get(sprint, now)
        loads.append(now)
    return loads


@pytest.mark.parametrize("share", [1.0, 0.6, 0.1])
def test_a_policy_sees_the_loads_of_those_on_record_to_the_second(share: float) -> None:
    path = sample_path(from_table(organisation(logged_share=share)))
    result = sim.run(path, LOAD_OF_LAST_SPRINT)
    table, mean = path.incidents, int(path.organisation.mean_effort[0])
    for team in (0, 1):
        mine = table.opened[(table.team == team) & (table.logged == 1)]
        counts = np.bincount(mine // WEEK, minlength=60)[:-1]
        assert seen(result, team) == (counts * mean).tolist()


def test_what_is_seen_is_thinned_by_the_share_that_is_on_record() -> None:
    path = sample_path(from_table(organisation(logged_share=0.6)))
    loads = seen(sim.run(path, LOAD_OF_LAST_SPRINT), 0) + seen(
        sim.run(path, LOAD_OF_LAST_SPRINT), 1
    )
    expected = 0.6 * 80 / 2 * 0.5 * 3_600
    spread = math.sqrt(0.6 * 80 / 2 / len(loads)) * 0.5 * 3_600
    assert np.mean(loads) == pytest.approx(expected, abs=4 * spread)


def test_what_is_not_on_record_happens_all_the_same() -> None:
    """Under a policy that does not look at the past nothing changes."""
    whole, some = (
        sim.run(sample_path(from_table(organisation(logged_share=share))), "interrupt-anyone")
        for share in (1.0, 0.3)
    )
    assert (whole.events == some.events).all()


def test_less_on_record_is_a_part_of_more() -> None:
    few, many = (
        sample_path(from_table(organisation(logged_share=share))).incidents.logged
        for share in (0.3, 0.6)
    )
    assert (few <= many).all()
    assert few.mean() == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / len(few)))
    assert many.mean() == pytest.approx(0.6, abs=4 * math.sqrt(0.24 / len(many)))


def test_reopenings_are_on_record_by_a_luck_of_their_own() -> None:
    path = sample_path(from_table(organisation(logged_share=0.5, reopen_rate=0.5)))
    table = path.incidents
    returns = np.flatnonzero(table.reopening >= 0)
    first, second = table.logged[returns], table.logged[table.reopening[returns]]
    both = (first & second).mean()
    assert both == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / len(returns)))
