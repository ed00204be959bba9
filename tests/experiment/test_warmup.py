"""How long a run takes to forget its empty start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiment.warmup import mser5, suggest_warmup, warning, weekly_series
from sim.measures.run import run
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.command import Firelane


def crowd(effort_weeks: float, warmup_weeks: int) -> dict[str, Any]:
    """More people than there is work, who never go home; long efforts take long to settle."""
    return {
        "name": "crowd",
        "time": {"horizon_weeks": 100, "warmup_weeks": warmup_weeks, "always_open": True},
        "teams": [{"name": "servers", "developers": 200, "focus": 1.0}],
        "sprints": {"ceremony_hours": 0.0},
        "incidents": [
            {
                "kind": "customer",
                "severity": 1,
                "per_week": 40.0,
                "effort_hours": {"dist": "exponential", "mean": effort_weeks * 168},
            }
        ],
    }


def test_a_flat_series_needs_no_warmup() -> None:
    assert mser5(np.ones(50)) == 0


def test_a_step_is_cut_off_where_it_ends() -> None:
    series = np.concatenate((np.zeros(10), np.ones(40)))
    assert mser5(series) == 10


def test_the_cut_minimises_the_error_of_the_rest_by_its_length_squared() -> None:
    """By hand for batches 8, 2, 0, 2: cut 1 leaves (0.67 + 1.78 + 0.67) ÷ 9 = 0.30, cut 2 leaves
    (1 + 1) ÷ 4 = 0.5, cut 0 leaves 36 ÷ 16 = 2.25."""
    assert mser5(np.repeat([8.0, 2.0, 0.0, 2.0], 5)) == 5


def test_more_than_half_is_never_cut_off() -> None:
    assert mser5(np.arange(40.0)) == 20


@pytest.mark.parametrize("weeks", [0, 5, 19])
def test_a_short_series_says_nothing(weeks: int) -> None:
    assert mser5(np.arange(float(weeks))) == 0


def test_open_incidents_are_averaged_over_the_time_of_each_sprint() -> None:
    scenario = from_table(crowd(1.0, warmup_weeks=4))
    of = run(sample_path(scenario), "kanban")
    series = weekly_series(of.path, of.accounts)["open incidents"]
    assert len(series) == 100
    in_system = of.accounts.stages.sum() / of.path.organisation.horizon
    assert series.mean() == pytest.approx(in_system)


def test_a_slow_start_is_warned_of_and_the_suggestion_is_of_whole_sprints() -> None:
    scenario = from_table(crowd(3.0, warmup_weeks=1))
    found = suggest_warmup(scenario, [find_policy("kanban")])
    assert found.weeks > 1
    assert found.weeks % scenario.time.sprint_weeks == 0
    said = warning(found)
    assert said is not None
    assert "time.warmup_weeks: 1 is too short" in said
    assert f"MSER-5 suggests {found.weeks}" in said


def test_a_quick_start_is_not_warned_of() -> None:
    scenario = from_table(crowd(0.1, warmup_weeks=4))
    found = suggest_warmup(scenario, [find_policy("kanban")])
    assert warning(found) is None


def test_as_much_warmup_as_was_suggested_is_enough() -> None:
    slow = from_table(crowd(3.0, warmup_weeks=1))
    weeks = suggest_warmup(slow, [find_policy("kanban")]).weeks
    again = from_table(crowd(3.0, warmup_weeks=weeks))
    assert warning(suggest_warmup(again, [find_policy("kanban")])) is None


def test_compare_warns_on_standard_error_and_keeps_its_output_clean(
    firelane: Firelane, tmp_path: Path
) -> None:
    file = tmp_path / "slow.toml"
    file.write_text(
        'name = "slow"\n'
        "[time]\nhorizon_weeks = 60\nwarmup_weeks = 1\nsprint_weeks = 1\nalways_open = true\n"
        '[[teams]]\nname = "servers"\ndevelopers = 200\nfocus = 1.0\n'
        "[sprints]\nceremony_hours = 0.0\n"
        '[[incidents]]\nkind = "long"\nseverity = 1\nper_week = 60.0\n'
        'effort_hours = { dist = "exponential", mean = 252.0 }\n',
        encoding="utf-8",
    )
    ended = firelane("compare", file, "--policy", "kanban", "--replications", 101, "--json", "-")
    assert ended.status == 0
    assert "time.warmup_weeks: 1 is too short: open incidents under kanban" in ended.err
    assert json.loads(ended.out)["warmup_weeks"] == 1
