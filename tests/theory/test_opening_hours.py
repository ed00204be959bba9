"""Who waits for the opening: the formula of the wait in a gap, for teams with hours, zones and part-time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import sim
from sim.measures.run import Run
from sim.policy.contract import Policy
from sim.scenario.reading import from_table
from tests.written import queue

QUEUE_ALL = Policy(id="queue-all", route=queue)

WEEK = 168.0
NIGHTS, WEEKEND = [16.0] * 4, [64.0]

OFFICE = "Mon-Fri 09:00-17:00"
TWICE_A_DAY = "Mon-Thu 08:00-12:00, 13:00-17:00; Fri 08:00-12:00"

TEAMS: dict[str, tuple[dict[str, Any], list[float]]] = {
    "those of the organisation": ({}, NIGHTS + WEEKEND),
    "its own office hours": ({"hours": OFFICE}, NIGHTS + WEEKEND),
    "eight hours ahead": ({"hours": OFFICE, "utc_offset_hours": 8}, NIGHTS + WEEKEND),
    "five and a half behind": ({"hours": OFFICE, "utc_offset_hours": -5.5}, NIGHTS + WEEKEND),
    "two openings a day": ({"hours": TWICE_A_DAY}, [1.0] * 4 + [15.0] * 4 + [68.0]),
    "a part-timer alone": (
        {"hours": OFFICE, "developers": 1, "part_time": [0.5]},
        [20.0] * 4 + [68.0],
    ),
    "a part-timer whose day ends in its second part": (
        {"hours": TWICE_A_DAY, "developers": 1, "part_time": [0.75]},
        [1.0] * 4 + [17.0] * 4 + [69.0],
    ),
}
"""What a team says of its hours, and the hours of a week's gaps in which it is closed."""


def questions(team: dict[str, Any], weeks: int = 100, per_week: float = 500.0) -> Run:
    """Questions that take a second each come round the clock to one team, which has the people for them."""
    scenario = from_table(
        {
            "name": "questions",
            "time": {"horizon_weeks": weeks, "warmup_weeks": 0, "sprint_weeks": 1},
            "teams": [{"name": "Desk", "developers": 5, "focus": 1.0} | team],
            "sprints": {"ceremony_hours": 0.0},
            "incidents": [
                {
                    "kind": "question",
                    "severity": 3,
                    "per_week": per_week,
                    "effort_hours": {"dist": "constant", "value": 1 / 3_600},
                }
            ],
        }
    )
    return sim.run(sim.sample_path(scenario), QUEUE_ALL)


def waits(result: Run) -> np.ndarray:
    """Hours until somebody starts, of all but those of the last week, which may be still waiting."""
    last = result.path.organisation.horizon / 3_600 - WEEK
    found = result.incidents
    hours: np.ndarray = found.response_hours[found.opened_hours < last].to_numpy()
    assert not np.isnan(hours).any()
    return hours


@pytest.mark.parametrize("name", TEAMS)
def test_who_comes_at_any_hour_waits_for_the_opening_as_the_gaps_of_the_week_say(name: str) -> None:
    """Uniform in a week: closed with chance Σg ÷ 168, wait of mean Σg² ÷ 2 ÷ 168 and second moment
    Σg³ ÷ 3 ÷ 168."""
    team, gaps = TEAMS[name]
    found = waits(questions(team))
    closed = sum(gaps) / WEEK
    mean = sum(gap**2 for gap in gaps) / 2 / WEEK
    spread = math.sqrt(sum(gap**3 for gap in gaps) / 3 / WEEK - mean**2)
    of_mean, of_share = 4 / math.sqrt(len(found)), 4 * math.sqrt(closed * (1 - closed) / len(found))
    assert found.mean() == pytest.approx(mean, abs=of_mean * spread)
    # a minute and more: at an opening many have come, and wait some seconds for each other
    assert (found > 1 / 60).mean() == pytest.approx(closed, abs=of_share + 0.005)


@pytest.mark.parametrize("ahead", [0.0, 8.0, -5.5, 14.0])
def test_a_team_is_at_work_by_its_own_clock_and_at_no_other_time(ahead: float) -> None:
    result = questions({"hours": OFFICE, "utc_offset_hours": ahead}, weeks=8)
    found = result.incidents
    there = (found.opened_hours + found.response_hours + ahead).dropna().to_numpy()
    day, hour = there % WEEK // 24, there % 24
    assert len(there) > 1_000
    assert (day < 5).all()
    assert ((hour >= 9) & (hour < 17)).all()


def test_what_is_waited_within_working_hours_is_measured_by_the_teams_own() -> None:
    """With ample staff that is nothing but seconds, wherever the team is."""
    result = questions({"hours": TWICE_A_DAY, "utc_offset_hours": -11}, weeks=8)
    working = result.incidents.response_working_hours.dropna()
    assert working.max() < 200 / 3_600
    assert result.incidents.response_hours.max() > 60


def test_a_zone_keeps_its_summer_time_and_the_organisation_sees_it_move() -> None:
    """In 2026 clocks go forward in New York on 8 March, in Berlin on 29 March: in between they are five
    hours apart, and six before and after."""
    scenario = from_table(
        {
            "name": "across an ocean",
            "time": {"horizon_weeks": 16, "warmup_weeks": 0, "zone": "Europe/Berlin"},
            "teams": [
                {
                    "name": "Desk",
                    "developers": 1,
                    "zone": "America/New_York",
                    "hours": OFFICE,
                }
            ],
            "incidents": [
                {
                    "kind": "question",
                    "severity": 3,
                    "per_week": 1.0,
                    "effort_hours": {"dist": "constant", "value": 1},
                }
            ],
        }
    )
    calendar = sim.sample_path(scenario).organisation.calendar_of(0)
    opens = {int(opens) // 86_400: int(opens) % 86_400 / 3_600 for opens in calendar.opens}
    mondays = {week: opens[7 * week] for week in range(16)}
    # week 9 begins on 9 March, week 12 on 30 March
    assert all(mondays[week] == 15 for week in (0, 1, 8, 12, 15))
    assert all(mondays[week] == 14 for week in (9, 10, 11))
