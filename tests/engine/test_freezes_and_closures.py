"""Days on which nothing is released, and days on which nobody works, in small plays worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.trace import Event, EventType
from sim.measures.metrics import Key, measure
from sim.measures.run import Run
from tests.staged import Row, agreed, date, events, play

OFFICE = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}
ONE_SPRINT = {"sprint_weeks": 4}


def days(first: int, last: int) -> dict[str, Any]:
    return {"from": date(first), "to": date(last)}


# ---- freezes -------------------------------------------------------------------------------------


def breaking(folder: Path, freezes: list[dict[str, Any]]) -> Run:
    """A story each ten hours, each of which breaks something a day after it is released."""
    stories = {
        "points": {"1": 1.0},
        "hours_per_point": 10.0,
        "error": {"dist": "constant", "value": 1.0},
        "regression_rate": 1.0,
        "regression_kind": "lesser",
        "regression_after_days": {"dist": "constant", "value": 1.0},
    }
    time = ONE_SPRINT | {"freezes": freezes}
    return agreed(play(folder, "next-sprint", [], stories=stories, time=time))


def opened(result: Run) -> list[float]:
    return [hour for hour, *_ in events(result, "opened")]


def test_what_is_finished_in_a_freeze_breaks_after_it(tmp_path: Path) -> None:
    """Frozen from Wednesday 0:00, hour 48, to Saturday 0:00, hour 120: stories of hours 50 to 110 break a day
    after that."""
    result = breaking(tmp_path, [days(2, 4)])
    assert opened(result)[:13] == [34, 44, 54, 64, *[144] * 7, 144, 154]


def test_a_freeze_that_ends_as_the_next_begins_is_one(tmp_path: Path) -> None:
    """The twelfth story, of hour 120, is the first of the second freeze."""
    result = breaking(tmp_path, [days(5, 5), days(2, 4)])
    assert opened(result)[:16] == [34, 44, 54, 64, *[168] * 10, 174, 184]


def test_every_regression_opens_its_days_after_the_release_and_none_is_released_in_a_freeze(
    tmp_path: Path,
) -> None:
    result = breaking(tmp_path, [days(2, 4), days(9, 9), days(20, 26)])
    done = {item: hour for hour, _, item, _ in events(result, "story_done")}
    story_of = {incident: story for story, incident in enumerate(result.path.stories.regression)}
    found = {story_of[item]: hour for hour, _, item, _ in events(result, "opened")}
    frozen = [(48, 120), (216, 240), (480, 648)]
    assert len(found) > 40
    for story, hour in found.items():
        released = next((e for b, e in frozen if b <= done[story] < e), done[story])
        assert hour == released + 24


def test_a_fix_of_a_freeze_that_does_not_hold_comes_back_after_it(tmp_path: Path) -> None:
    """Resolved at hours 3 and 52; back four hours after its release."""
    effort = {"effort_hours": {"dist": "constant", "value": 2}}
    back = {"reopen_rate": 1.0, "reopen_after_hours": {"dist": "constant", "value": 4}}
    kinds = [
        {"kind": "worst", "severity": 1, **effort, **back},
        {"kind": "lesser", "severity": 3, **effort},
    ]
    result = agreed(
        play(
            tmp_path,
            "interrupt-anyone",
            [(1, 1, "A"), (50, 1, "A")],
            story_hours=None,
            incidents=kinds,
            time={"freezes": [days(2, 4)]},
        )
    )
    assert opened(result) == [1, 3 + 4, 50, 120 + 4]


def test_a_freeze_stops_nobody_from_working(tmp_path: Path) -> None:
    frozen, free = breaking(tmp_path, [days(2, 26)]), breaking(tmp_path, [])
    done = [[hour for hour, *_ in events(run, "story_done")] for run in (frozen, free)]
    assert done[0] == done[1]


# ---- closures ------------------------------------------------------------------------------------

WEEK = 168.0


def closed(
    folder: Path, closures: list[dict[str, Any]], rows: Sequence[Row] = (), **more: Any
) -> Run:
    """Two people in office hours, at stories of five hours."""
    time = OFFICE | {"closures": closures} | more.pop("time", {})
    policy = more.pop("policy", "next-sprint")
    return agreed(
        play(folder, policy, list(rows), developers=(2,), story_hours=5, time=time, **more)
    )


def test_in_a_closed_week_nobody_works_and_no_sprint_is_held(tmp_path: Path) -> None:
    result = closed(tmp_path, [days(7, 13)])
    planned = result.events[result.events[:, Event.type] == EventType.PLANNED]
    assert planned[:, Event.item].tolist() == [0, 2, 3], "four weeks, one of them closed"
    hours = result.events[:, Event.time] / 3_600
    assert not ((hours > WEEK) & (hours < 2 * WEEK + 9)).any(), "nothing happens until Monday, 9:00"
    worked = result.developers.drop(columns=["developer", "team"]).to_numpy().sum(axis=1)
    assert worked.tolist() == [3 * 40, 3 * 40]


def test_figures_per_sprint_count_those_that_are_held(tmp_path: Path) -> None:
    """16 stories of five hours a week by two people, in three of four weeks."""
    result = closed(tmp_path, [days(7, 13)])
    assert len(result.sprints) == 3
    assert result.sprints.delivered_points.sum() == 48
    found = measure(result.path, result.events)
    assert found[Key("delivery", "all", "points_per_sprint")] == 16
    assert found[Key("delivery", "all", "stories_per_sprint")] == 16
    assert found[Key("delivery", "all", "throughput_cv")] == 0, "a closed sprint is no bad one"


def test_a_sprint_whose_first_days_are_closed_begins_when_they_are_over(tmp_path: Path) -> None:
    """Closed from Monday to Wednesday: planned on Thursday at 9:00, with two days to come."""
    result = closed(tmp_path, [days(7, 9)])
    row = result.sprints.iloc[1]
    assert row.begins_hours == WEEK + 3 * 24 + 9
    assert row.delivered_points == 2 * 16 / 5 // 1
    first = result.events[result.events[:, Event.type] == EventType.PLANNED][:, Event.value]
    assert (first[:2] / 3_600).tolist() == [80, 32]


def test_work_goes_on_after_a_closure_where_it_stood(tmp_path: Path) -> None:
    """On Thursday at 15:00 both begin their seventh story, and have two of its five hours done when all are
    closed from Friday until Wednesday; three more are done on the Thursday after."""
    result = closed(tmp_path, [days(4, 9)])
    begun = {item: hour for hour, _, item, _ in events(result, "story_started")}
    done = {item: hour for hour, _, item, _ in events(result, "story_done")}
    over = [item for item, hour in begun.items() if hour < 96 and done[item] > 96]
    assert [begun[item] for item in over] == [72 + 15, 72 + 15]
    assert [done[item] for item in over] == [WEEK + 72 + 9 + 3, WEEK + 72 + 9 + 3]


def test_what_opens_in_a_closure_waits_until_it_is_over(tmp_path: Path) -> None:
    result = closed(tmp_path, [days(7, 9)], rows=[(WEEK + 34, 1, "A")], policy="interrupt-anyone")
    assert events(result, "started") == [(WEEK + 72 + 9, "started", 0, 0)]
    [row] = result.incidents.to_dict("records")
    assert row["response_hours"] == 47
    assert row["response_working_hours"] == 0


def test_a_closure_closes_who_works_round_the_clock_too(tmp_path: Path) -> None:
    result = closed(
        tmp_path,
        [days(7, 13)],
        rows=[(WEEK + 34, 1, "A")],
        policy="interrupt-anyone",
        time={"always_open": True},
    )
    assert events(result, "started") == [(2 * WEEK, "started", 0, 0)]


def test_on_call_people_are_called_in_a_closure(tmp_path: Path) -> None:
    result = closed(
        tmp_path,
        [days(7, 13)],
        rows=[(WEEK + 34, 1, "A")],
        on_call={"cover": "24x7", "page": [1]},
    )
    assert events(result, "paged", "rest_began", "rest_ended") == [
        (WEEK + 34, "paged", 0, 0),
        (WEEK + 36, "rest_began", -1, 0),
        (2 * WEEK + 11, "rest_ended", -1, 0),  # at the next opening, on Monday at 9:00
    ]


def test_in_closures_at_the_end_of_the_year_no_meeting_is_held(tmp_path: Path) -> None:
    """Closed from the last week but one on, and beyond the horizon: two Wednesdays are left."""
    result = closed(
        tmp_path,
        [days(14, 40)],
        sprints={"refinement_hours_per_week": 1.0},
    )
    began = events(result, "ceremony_began")
    assert [hour for hour, _, _, who in began if who == 0] == [48 + 9, WEEK + 48 + 9]


@pytest.mark.parametrize("story_hours", [5, 7])
@pytest.mark.parametrize("last", [27, 34, 40])
def test_what_is_closed_to_the_end_stays_as_it_was_when_it_closed(
    tmp_path: Path, last: int, story_hours: int
) -> None:
    """Closed for the last two of four weeks, or for one or two more: the stories of two weeks are done, and what
    comes in then waits for ever. In 80 hours two people do 32 stories of five hours, 22 of seven."""
    time = OFFICE | {"closures": [days(14, last)]}
    result = agreed(
        play(tmp_path, "interrupt-anyone", [(400, 1, "A")], developers=(2,),
             story_hours=story_hours, time=time)
    )  # fmt: skip
    assert len(events(result, "story_done")) == 2 * (80 // story_hours)
    assert events(result, "started") == []
    assert result.events[:, Event.time].max() == 400 * 3_600
    found = measure(result.path, result.events)
    assert found[Key("delivery", "all", "points_per_sprint")] == 80 // story_hours


@pytest.mark.parametrize("first", [0, 14])
def test_closures_at_either_end_leave_the_sprints_between_them(tmp_path: Path, first: int) -> None:
    result = closed(tmp_path, [days(first, first + 13)])
    assert result.sprints.sprint.tolist() == ([2, 3] if first == 0 else [0, 1])
    assert np.isfinite(
        measure(result.path, result.events)[Key("delivery", "all", "points_per_sprint")]
    )
