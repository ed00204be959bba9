"""Who leaves for good: as many as the stated rate says, more of those who are on duty for good."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.trace import Event, EventType
from sim.measures.run import Run
from sim.policy.contract import Policy
from sim.scenario.reading import from_table

WEEK = 7 * 86_400

SEAT_0_ON_DUTY = Policy(
    id="seat-0-on-duty", on_duty=lambda developer, sprint, p: developer.seat == 0
)


def years_of(
    policy: str | Policy = "next-sprint",
    teams: int = 1,
    developers: int = 200,
    weeks: int = 104,
    sprint_weeks: int = 2,
    **people: Any,
) -> Run:
    """Teams with nothing to do, of whom some leave."""
    scenario = from_table(
        {
            "name": "come and go",
            "time": {
                "horizon_weeks": weeks,
                "warmup_weeks": 0,
                "sprint_weeks": sprint_weeks,
                "always_open": True,
            },
            "teams": [{"name": f"team {n}", "developers": developers} for n in range(teams)],
            "people": people,
            "incidents": [
                {"kind": "none", "severity": 3, "effort_hours": {"dist": "constant", "value": 1}}
            ],
        }
    )
    return sim.run(sim.sample_path(scenario), policy)


def when(result: Run, event_type: EventType) -> np.ndarray:
    """(second, developer) of each event of a type."""
    rows = result.events[result.events[:, Event.type] == event_type]
    found: np.ndarray = rows[:, [Event.time, Event.developer]]
    return found


@pytest.mark.parametrize("sprint_weeks", [1, 2, 4])
@pytest.mark.parametrize("a_year", [0.2, 1.0])
def test_the_number_of_those_who_leave_is_binomial(a_year: float, sprint_weeks: int) -> None:
    """Asked of each person at each planning but the first, with the year's rate shared out over sprints; whoever
    leaves is replaced at once."""
    result = years_of(sprint_weeks=sprint_weeks, leaves_per_year=a_year, vacancy_weeks=0.0)
    left = when(result, EventType.LEFT_FOR_GOOD)
    asked, chance = 200 * (104 // sprint_weeks - 1), a_year * sprint_weeks / 52
    spread = math.sqrt(asked * chance * (1 - chance))
    assert len(left) == pytest.approx(asked * chance, abs=4 * spread)
    assert (left[:, 0] % (sprint_weeks * WEEK) == 0).all(), "at a planning"
    assert left[:, 0].min() > 0, "not at the first"


def test_a_place_is_vacant_for_as_long_as_is_said_and_then_filled() -> None:
    result = years_of(leaves_per_year=1.0, vacancy_weeks=5.0)
    left, joined = (when(result, kind) for kind in (EventType.LEFT_FOR_GOOD, EventType.JOINED))
    due = left[left[:, 0] + 5 * WEEK < result.path.organisation.horizon] + [5 * WEEK, 0]
    assert len(due) > 200
    assert sorted(map(tuple, joined.tolist())) == sorted(map(tuple, due.tolist()))


def test_the_time_of_a_vacancy_is_time_away() -> None:
    result = years_of(leaves_per_year=1.0, vacancy_weeks=5.0)
    horizon = result.path.organisation.horizon
    vacant = np.zeros(200)
    for moment, who in when(result, EventType.LEFT_FOR_GOOD).tolist():
        vacant[who] += min(5 * WEEK, horizon - moment) / 3_600
    assert result.developers.absence_hours.to_numpy() == pytest.approx(vacant)


def test_without_a_rate_nobody_ever_leaves() -> None:
    assert len(when(years_of(leaves_per_year=0.0), EventType.LEFT_FOR_GOOD)) == 0


def first_departures(result: Run, seat: int) -> int:
    """In how many teams of two the one who sat there first has left."""
    left = when(result, EventType.LEFT_FOR_GOOD)[:, 1]
    return len({who for who in left.tolist() if who % 2 == seat})


def test_who_is_on_duty_for_good_leaves_more_often_by_the_stated_factor() -> None:
    """`leaves_by_duty = 2`: three times as likely at each of 39 plannings, 1 − (1 − 3p)³⁹ by the end."""
    result = years_of(
        SEAT_0_ON_DUTY,
        teams=500,
        developers=2,
        weeks=40,
        sprint_weeks=1,
        leaves_per_year=0.5,
        leaves_by_duty=2.0,
    )
    for seat, times in ((0, 3.0), (1, 1.0)):
        gone = 1 - (1 - times * 0.5 / 52) ** 39
        spread = math.sqrt(500 * gone * (1 - gone))
        assert first_departures(result, seat) == pytest.approx(500 * gone, abs=4 * spread)


def test_without_duty_leaves_by_duty_moves_nobody() -> None:
    one, other = (years_of(leaves_per_year=0.5, leaves_by_duty=factor) for factor in (0.0, 20.0))
    assert (one.events == other.events).all()


def test_more_leave_of_the_same_where_the_rate_is_higher() -> None:
    """The luck is the same: who leaves at a low rate has left by then at a higher one, too."""
    low, high = (years_of(leaves_per_year=rate, vacancy_weeks=0.0) for rate in (0.3, 0.9))
    few, many = (set(map(tuple, when(r, EventType.LEFT_FOR_GOOD).tolist())) for r in (low, high))
    assert few < many
