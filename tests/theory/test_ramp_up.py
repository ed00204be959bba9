"""Who joins is worth nothing at first and a veteran after the ramp, evenly: what they do is the integral."""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.engine.rules import practised, root_above, time_to_practise
from sim.engine.trace import Event, EventType
from sim.measures.run import Run
from sim.scenario.reading import from_table
from tests.staged import date

STORY_HOURS = 0.1

LONGEST = 104 * 168 * 3_600
"""The longest ramp that a scenario may have, in seconds."""

ramps = st.integers(1, LONGEST)
seconds = st.integers(1, 10**7)


def times_worked(of: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2 * of) | st.integers(max(0, of - 3), of + 3)


ramps_and_times = ramps.flatmap(lambda ramp: st.tuples(st.just(ramp), times_worked(ramp)))


@given(ramps_and_times, seconds)
def test_the_time_that_is_needed_is_the_first_after_which_so_much_is_done(
    known: tuple[int, int], wanted: int
) -> None:
    ramp, worked = known
    needed = time_to_practise(ramp, worked, wanted)
    before = practised(ramp, worked)
    assert practised(ramp, worked + needed) - before >= wanted
    assert needed == 1 or practised(ramp, worked + needed - 1) - before < wanted


@given(ramps_and_times, seconds)
def test_after_the_time_that_is_needed_for_some_work_hardly_more_is_done(
    known: tuple[int, int], wanted: int
) -> None:
    """One is the inverse of the other, to the second."""
    ramp, worked = known
    needed = time_to_practise(ramp, worked, wanted)
    done = practised(ramp, worked + needed) - practised(ramp, worked)
    assert done - wanted <= 1


@given(ramps_and_times, st.integers(0, 10**7))
def test_who_joins_does_more_with_time_and_never_more_than_a_veteran(
    known: tuple[int, int], later: int
) -> None:
    ramp, worked = known
    done = practised(ramp, worked + later) - practised(ramp, worked)
    assert 0 <= done <= later
    assert practised(ramp, worked) <= worked


@given(ramps_and_times, seconds, seconds)
def test_more_work_takes_longer_and_never_less_time_than_a_veteran_needs(
    known: tuple[int, int], one: int, more: int
) -> None:
    ramp, worked = known
    assert one <= time_to_practise(ramp, worked, one) < time_to_practise(ramp, worked, one + more)


@given(ramps, seconds)
def test_a_veteran_needs_what_it_takes(ramp: int, wanted: int) -> None:
    assert time_to_practise(ramp, ramp, wanted) == wanted


@given(ramps)
def test_a_ramp_loses_half_of_itself(ramp: int) -> None:
    """The integral of worked ÷ ramp from 0 to ramp is ramp ÷ 2."""
    assert practised(ramp, ramp) == ramp // 2
    assert practised(ramp, 0) == 0


@given(st.integers(0, 2 * LONGEST**2) | st.integers(0, 50))
def test_the_root_above_is_the_least_whose_square_is_enough(number: int) -> None:
    root = root_above(number)
    assert root**2 >= number
    assert root == 0 or (root - 1) ** 2 < number
    assert root - isqrt(number) in (0, 1)


# ---- in a run ------------------------------------------------------------------------------------


def joined(ramp_up_weeks: float, weeks: int, **team: Any) -> Run:
    """A veteran, and somebody who joins them a week later, at stories without end that take six minutes."""
    scenario = from_table(
        {
            "name": "a new colleague",
            "time": {
                "horizon_weeks": weeks + 1,
                "warmup_weeks": 0,
                "sprint_weeks": 1,
                "always_open": "hours" not in team,
            },
            "teams": [{"name": "Till", "developers": 1, "focus": 1.0} | team],
            "sprints": {"ceremony_hours": 0.0, "plan_by": "capacity"},
            "stories": {
                "points": {"1": 1.0},
                "hours_per_point": STORY_HOURS,
                "error": {"dist": "constant", "value": 1.0},
            },
            "people": {
                "joining": [{"team": "Till", "on": date(7)}],
                "ramp_up_weeks": ramp_up_weeks,
            },
            "incidents": [
                {"kind": "none", "severity": 3, "effort_hours": {"dist": "constant", "value": 1}}
            ],
        }
    )
    return sim.run(sim.sample_path(scenario), "next-sprint")


def done_by(result: Run, developer: int) -> np.ndarray:
    """The seconds at which somebody was done with a story, since the newcomer's first Monday."""
    rows = result.events
    done = (rows[:, Event.type] == EventType.STORY_DONE) & (rows[:, Event.developer] == developer)
    times: np.ndarray = rows[done, Event.time] - 7 * 86_400
    return times


@pytest.mark.parametrize(
    ("team", "week_hours"),
    [({}, 168), ({"hours": "Mon-Fri 09:00-17:00"}, 40)],
    ids=["round the clock", "in office hours"],
)
@pytest.mark.parametrize("ramp", [0.5, 4.0, 7.3])
def test_the_work_of_who_joins_is_the_integral_of_their_ramp(
    ramp: float, team: dict[str, Any], week_hours: int
) -> None:
    """Within r weeks w² ÷ 2r of a veteran's weeks; after w of more, w − r ÷ 2."""
    result = joined(ramp, weeks=10, **team)
    veteran, newcomer = done_by(result, 0), done_by(result, 1)
    for week in range(1, 11):
        until = week * 7 * 86_400
        exact = week - ramp / 2 if week > ramp else week**2 / (2 * ramp)
        found = (newcomer < until).sum() * STORY_HOURS / week_hours
        assert found == pytest.approx(exact, abs=1.5 * STORY_HOURS / week_hours)
        of_veteran = ((veteran >= 0) & (veteran < until)).sum() * STORY_HOURS / week_hours
        assert of_veteran == pytest.approx(week, abs=1.5 * STORY_HOURS / week_hours)


def test_without_a_ramp_who_joins_does_what_a_veteran_does() -> None:
    result = joined(0.0, weeks=2)
    veteran, newcomer = done_by(result, 0), done_by(result, 1)
    assert newcomer.tolist() == veteran[veteran > 0].tolist()


def test_a_plan_expects_of_who_joins_what_they_will_do() -> None:
    """Two weeks of a ramp of four, planned by capacity: ½ ÷ 4, then (2² − 1) ÷ 2 ÷ 4 of a week."""
    result = joined(4.0, weeks=2)
    committed = result.sprints.committed_stories.tolist()
    veteran = 168 / STORY_HOURS
    alone, first, second = committed
    assert alone == veteran
    assert first == pytest.approx(veteran * (1 + 1 / 8), abs=1)
    assert second == pytest.approx(veteran * (1 + 3 / 8), abs=1)
