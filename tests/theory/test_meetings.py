"""What meetings leave for work: by the week of sprint, all lengths of sprint leave the same."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.measures.run import Run
from sim.scenario.reading import from_table

PEOPLE, FOCUS, HOURS_PER_POINT = 6, 0.8, 1.0

WEEKS = 48


def undisturbed(sprint_weeks: int, **sprints: float) -> Run:
    """A team in office hours, whom nothing unplanned comes to."""
    table: dict[str, Any] = {
        "name": "undisturbed",
        "time": {"horizon_weeks": WEEKS, "warmup_weeks": 0, "sprint_weeks": sprint_weeks},
        "teams": [{"name": "Till", "developers": PEOPLE, "focus": FOCUS}],
        "sprints": sprints,
        "stories": {
            "points": {"1": 0.7, "2": 0.3},
            "hours_per_point": HOURS_PER_POINT,
            "error": {"dist": "constant", "value": 1.0},
        },
        "incidents": [
            {"kind": "none", "severity": 3, "effort_hours": {"dist": "constant", "value": 1}}
        ],
    }
    return sim.run(sim.sample_path(from_table(table)), "next-sprint")


def points_a_week(result: Run) -> float:
    return float(result.sprints.delivered_points.sum()) / WEEKS


def expected(meetings_a_week: float) -> float:
    """Of 40 hours a week what meetings leave, at the focus of everybody."""
    return (40 - meetings_a_week) * PEOPLE * FOCUS / HOURS_PER_POINT


@pytest.mark.parametrize("refinement", [0.0, 1.5])
@pytest.mark.parametrize("sprint_weeks", [1, 2, 4])
def test_by_the_week_of_sprint_every_length_leaves_the_same(
    sprint_weeks: int, refinement: float
) -> None:
    result = undisturbed(
        sprint_weeks, ceremony_hours_per_week=3.0, refinement_hours_per_week=refinement
    )
    assert points_a_week(result) == pytest.approx(expected(3.0 + refinement), rel=0.02)
    met = result.developers.ceremonies_hours.to_numpy() / WEEKS
    assert met == pytest.approx(3.0 + refinement, abs=1e-9)


def test_the_same_hours_for_every_sprint_leave_more_to_longer_ones() -> None:
    found = {weeks: points_a_week(undisturbed(weeks, ceremony_hours=6.0)) for weeks in (1, 2, 4)}
    for weeks, points in found.items():
        assert points == pytest.approx(expected(6.0 / weeks), rel=0.02)
    assert found[4] > 1.1 * found[1]


def test_what_is_said_by_the_week_takes_the_place_of_what_is_said_by_the_sprint() -> None:
    both = undisturbed(2, ceremony_hours_per_week=3.0, ceremony_hours=20.0)
    alone = undisturbed(2, ceremony_hours_per_week=3.0)
    assert (both.events == alone.events).all()


def test_a_plan_takes_off_the_refinement_that_is_still_to_come() -> None:
    """Two weeks of six people: 2 × (40 − 3) hours, less 1½ hours of refinement in each week."""
    planned = [
        undisturbed(2, ceremony_hours_per_week=3.0, refinement_hours_per_week=refinement).trace
        for refinement in (0.0, 1.5)
    ]
    first = [table[table.event == "planned"].value.iloc[0] / 3_600 for table in planned]
    assert first == pytest.approx([2 * 37 * PEOPLE * FOCUS, 2 * 35.5 * PEOPLE * FOCUS], abs=0.01)
