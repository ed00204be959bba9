"""Abandoning the sprint."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.policy.contract import CANCEL, Policy
from sim.scenario.schema import Scenario
from tests.staged import events, play


def test_the_trigger_is_the_severity(tmp_path: Path) -> None:
    result = play(tmp_path, "cancel-sprint:cancel_share=5", [(7, 3, "A"), (30, 1, "A")])
    assert [hours for hours, *_ in events(result, "cancelled")] == [30]


def test_or_the_unplanned_hours_against_capacity(tmp_path: Path) -> None:
    rows = [(float(hour), 3, "A") for hour in range(10, 50)]  # 2 of the sprint's 168 hours each
    result = play(tmp_path, "cancel-sprint:cancel_severity=0,cancel_share=0.25", rows)
    assert events(result, "cancelled")[0][0] == 31  # the 22nd: 44 hours


def test_progress_is_lost_and_the_rest_of_the_sprint_is_planned_anew(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "cancel-sprint",
        [(5, 1, "A")],
        effort_hours=1,
        interruptions={"rework_share": 0.4, "replan_hours": 4},
    )
    done = events(result, "story_done")
    # 5 of 10 hours done, 2 of them to be done again: 1 + 4 of incident and planning, then 7.
    assert done[0] == (5 + 1 + 4 + 7, "story_done", 0, 0)
    again = result.trace[(result.trace.event == "committed") & (result.trace.time_hours == 5)]
    assert len(again) == 1 + (168 - 5 - 4 - 7) // 10


def test_everybody_swarms(tmp_path: Path) -> None:
    policy = Policy(
        id="swarm",
        route=lambda incident, team, now, p: CANCEL if incident.severity == 1 else 0,
    )
    rows = [(3, 3, "A"), (4, 3, "A"), (5, 1, "A")]
    result = play(tmp_path, policy, rows, developers=(3,), interruptions={"replan_hours": 0})
    assert sorted(hours for hours, *_ in events(result, "started")) == [5, 5, 5]


@pytest.fixture(scope="module")
def both() -> sim.Comparison:
    scenario = sim.load("scenarios/web_agency.toml", ["time.horizon_weeks=28"])
    return sim.compare(scenario, ["cancel-sprint", "interrupt-anyone"], replications=12)


def test_it_lowers_say_do_and_raises_the_variation_of_throughput(both: sim.Comparison) -> None:
    assert both.difference("cancel-sprint", "interrupt-anyone", "say_do_ratio").high < 0
    assert both.difference("cancel-sprint", "interrupt-anyone", "throughput_cv").low > 0
    assert both.figure("cancel-sprint", "sprints_cancelled").low > 0
    assert both.figure("interrupt-anyone", "sprints_cancelled").mean == 0


def test_the_scrum_guides_view_is_told() -> None:
    about = sim.find_policy("cancel-sprint").about
    assert "only the product owner may cancel" in about
    assert "obsolete" in about


def test_a_cancelled_sprint_loses_no_story(small: Scenario) -> None:
    result = sim.run(sim.sample_path(small), "cancel-sprint")
    done = result.trace[result.trace.event == "story_done"].item
    assert len(done) == len(np.unique(done)) > 20
