"""Improvements: what a plan sets aside for them, and those that are worth something by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.measures.metrics import OPERATIONAL, metrics_of
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, from_table, load
from tests.staged import events, play

UPGRADES = {"name": "upgrade", "effort_hours": 4, "worth_points": 1.5, "count": 3}


def test_where_nothing_is_left_to_improve_the_plan_is_what_it_was() -> None:
    """Goals met rose from 23 to 74 % by setting three tenths aside for nothing."""
    for name in ("growing_demand", "bank"):
        scenario = load(bundled()[name])
        scenario = scenario.model_copy(update={"improvements": []}).in_folder(scenario.folder)
        path = sample_path(scenario, seed=2)
        for policy in ("interrupt-anyone", "reserved-buffer", "developer-rotation"):
            without = sim.run(path, policy).events
            assert np.array_equal(without, sim.run(path, f"{policy}:improvement_share=0.3").events)


def test_no_more_is_set_aside_than_there_is_to_do(tmp_path: Path) -> None:
    work = [{"name": "a", "effort_hours": 30, "reduces": {"lesser": 0.5}}]
    result = play(
        tmp_path,
        "interrupt-anyone:improvement_share=0.5",
        [(600, 3, "A")],
        story_hours=6,
        improvements=work,
    )
    committed = result.sprints.committed_stories.tolist()
    assert committed[:2] == [23, 28], "of 168 hours 30 are set aside, and then none"


def test_two_teams_do_not_set_aside_for_the_same_work(tmp_path: Path) -> None:
    work = [{"name": "a", "effort_hours": 30, "reduces": {"lesser": 0.5}}]
    result = play(
        tmp_path,
        "interrupt-anyone:improvement_share=0.5",
        [(600, 3, "A")],
        developers=(1, 1),
        story_hours=6,
        improvements=work,
    )
    first = result.sprints[result.sprints.sprint == 0].committed_stories.tolist()
    assert first == [23, 28]


def test_operational_work_is_done_one_by_one_and_counted_by_its_worth(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "interrupt-anyone:improvement_share=0.05",
        [(600, 3, "A")],
        story_hours=8,
        improvements=[UPGRADES],
    )
    done = [(time, item) for time, _, item, _ in events(result, "improvement_done")]
    assert done == [(4, 0), (8, 1), (172, 2)], "8.4 hours a sprint, stories of 8 between"


def with_upgrades(table: dict[str, Any]) -> dict[str, Any]:
    table["improvements"] = [UPGRADES]
    table["sprints"] = {"improvement_share": 0.1}
    return table


def test_the_figure_is_there_where_something_is_worth_something(table: dict[str, Any]) -> None:
    assert OPERATIONAL not in metrics_of(from_table(table))
    found = sim.compare(from_table(with_upgrades(table)), ["interrupt-anyone"], replications=3)
    assert OPERATIONAL in metrics_of(found.scenario)
    sprints = 2 * 4
    worth = found.figure("interrupt-anyone", OPERATIONAL).mean * sprints
    assert worth == pytest.approx(4.5), "three upgrades of 1.5 points"


def test_it_lowers_no_demand(table: dict[str, Any]) -> None:
    path = sample_path(from_table(with_upgrades(table)), seed=1)
    assert len(events(sim.run(path, "interrupt-anyone"), "improvement_done")) == 3
    assert events(sim.run(path, "interrupt-anyone"), "avoided") == []


def test_what_is_good_for_nothing_is_refused(table: dict[str, Any]) -> None:
    table["improvements"] = [{"name": "idle", "effort_hours": 4}]
    with pytest.raises(
        ScenarioError, match=r"improvements\.idle\.worth_points: must be more than 0 where it"
    ):
        from_table(table)


def test_the_share_for_improvements_is_the_same_for_all_unless_set(table: dict[str, Any]) -> None:
    table["sprints"] = {"improvement_share": 0.2}
    table["policies"] = {"kanban": {"improvement_share": 0.05}}
    found = sim.compare(
        from_table(table),
        ["next-sprint", "kanban", "reserved-buffer:improvement_share=0"],
        replications=2,
    )
    assert [p.values["improvement_share"] for p in found.policies] == [0.2, 0.05, 0]
    assert found.labels[:2] == ["next-sprint", "kanban"]
