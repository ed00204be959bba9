"""Who joins, who shows them around, who leaves and what becomes of their work, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import isqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.trace import Event, EventType
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from tests.staged import agreed, date, events, play
from tests.written import first_in_turn, queue

WEEK = 168.0


def joining(on: int, people: int = 1) -> list[dict[str, Any]]:
    return [{"team": "A", "on": date(on), "people": people}]


def of(result: Run, developer: int, *event_types: str) -> list[tuple[float, str, int]]:
    """(hours, event, item) of what somebody does."""
    return [e[:3] for e in events(result, *event_types) if e[3] == developer]


# ---- who joins -----------------------------------------------------------------------------------


def test_the_first_story_of_who_joins_takes_as_long_as_the_ramp_says(tmp_path: Path) -> None:
    """Ten hours are done at √(2 × 168 × 10) of a ramp of a week, in seconds rounded up."""
    result = agreed(
        play(tmp_path, "next-sprint", [], staff={"joining": joining(7), "ramp_up_weeks": 1})
    )
    seconds = isqrt(2 * 168 * 3_600 * 10 * 3_600 - 1) + 1
    assert of(result, 1, "returned", "story_started", "story_done")[:3] == [
        (WEEK, "returned", -1),
        (WEEK, "story_started", 17),
        (WEEK + seconds / 3_600, "story_done", 17),
    ]


def test_an_incident_takes_who_joins_longer_too(tmp_path: Path) -> None:
    """Two hours at the beginning of a ramp of a week: √(2 × 168 × 2) = 25.9 hours."""
    policy = Policy(
        id="the-last-seat",
        route=queue,
        takes=lambda developer, incident, p: developer.seat == 1,
    )
    result = agreed(
        play(
            tmp_path,
            policy,
            [(WEEK, 3, "A")],
            story_hours=None,
            staff={"joining": joining(7), "ramp_up_weeks": 1},
        )
    )
    seconds = isqrt(2 * 168 * 3_600 * 2 * 3_600 - 1) + 1
    assert events(result, "resolved") == [(WEEK + seconds / 3_600, "resolved", 0, 1)]


def test_what_is_interrupted_keeps_what_was_done_of_it(tmp_path: Path) -> None:
    """After 42 hours of a ramp of 168, 42² ÷ 336 = 5.25 of ten hours are done; two days later the other 4.75
    take from (42 + 48)² = 8,100 to 8,100 + 336 × 4.75 = 9,696: 8.47 hours more."""
    policy = Policy(
        id="the-last-seat",
        route=lambda incident, team, now, p: 2,
        takes=lambda developer, incident, p: developer.seat == 1,
    )
    result = agreed(
        play(
            tmp_path,
            policy,
            [(WEEK + 42, 3, "A")],
            effort_hours=((42 + 48) ** 2 - 42**2) / 336,  # which takes 48 hours
            staff={"joining": joining(7), "ramp_up_weeks": 1},
        )
    )
    found = of(result, 1, "started", "resolved", "story_done")
    assert [event for _, event, _ in found[:3]] == ["started", "resolved", "story_done"]
    assert [hour for hour, *_ in found[:3]] == pytest.approx(
        [WEEK + 42, WEEK + 90, WEEK + 9_696**0.5], abs=2 / 3_600
    )


def test_who_joins_is_away_and_costs_nothing_until_then(tmp_path: Path) -> None:
    result = agreed(play(tmp_path, "next-sprint", [], staff={"joining": joining(17, people=2)}))
    assert [e[:2] + e[3:] for e in events(result, "returned")] == [
        (17 * 24, "returned", 1),
        (17 * 24, "returned", 2),
    ]
    hours = result.developers.drop(columns=["developer", "team"]).sum(axis=1)
    assert hours.tolist() == [4 * WEEK, 11 * 24, 11 * 24], "eleven of 28 days"


def test_who_joins_on_the_first_day_was_there_but_is_new(tmp_path: Path) -> None:
    staff = {"joining": joining(0), "ramp_up_weeks": 1}
    result = agreed(play(tmp_path, "next-sprint", [], staff=staff))
    assert events(result, "left", "returned") == []
    seconds = isqrt(2 * 168 * 3_600 * 10 * 3_600 - 1) + 1
    assert of(result, 1, "story_done")[0] == (seconds / 3_600, "story_done", 1)


def test_who_joins_by_a_clock_that_is_ahead_is_there_earlier(tmp_path: Path) -> None:
    """On Monday of the second week, 0:00 of their own, which is eight hours less here."""
    teams = [{"name": "A", "developers": 1, "focus": 1.0, "utc_offset_hours": 8}]
    result = agreed(play(tmp_path, "next-sprint", [], teams=teams, staff={"joining": joining(7)}))
    assert events(result, "returned") == [(WEEK - 8, "returned", -1, 1)]


# ---- who shows them around -----------------------------------------------------------------------


def meetings(result: Run) -> list[tuple[float, float, int]]:
    """(from, hours, developer) of each meeting."""
    begun: dict[int, float] = {}
    found = []
    for hour, event, _, who in events(agreed(result), "ceremony_began", "ceremony_ended"):
        if event == "ceremony_began":
            begun[who] = hour
        else:
            found.append((begun[who], hour - begun.pop(who), who))
    return sorted(found)


def test_a_veteran_gives_a_share_of_the_week_by_turns_while_somebody_is_new(tmp_path: Path) -> None:
    """A tenth of 168 hours from Wednesday on: of the second of two in week 1, of the first in week 2; the ramp
    of a week and a half is over before Wednesday of week 3."""
    result = play(
        tmp_path,
        "next-sprint",
        [],
        developers=(2,),
        staff={"joining": joining(7), "ramp_up_weeks": 1.5, "mentor_share": 0.1},
    )
    found = meetings(result)
    assert [(hour, who) for hour, _, who in found] == [(WEEK + 48, 1), (2 * WEEK + 48, 0)]
    assert [hours for _, hours, _ in found] == pytest.approx([16.8, 16.8])


def test_each_who_is_new_has_a_veteran_of_their_own(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint",
        [],
        developers=(3,),
        staff={"joining": joining(7, 2), "ramp_up_weeks": 1, "mentor_share": 0.1},
    )
    assert [(hour, who) for hour, _, who in meetings(result)] == [(WEEK + 48, 1), (WEEK + 48, 2)]


def test_one_veteran_for_two_gives_the_share_twice(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint",
        [],
        staff={"joining": joining(7, 2), "ramp_up_weeks": 1, "mentor_share": 0.1},
    )
    together = sum(hours for _, hours, who in meetings(result) if who == 0)
    assert together == pytest.approx(2 * 16.8)


def test_refinement_is_everybodys_and_a_mentor_has_both(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint",
        [],
        developers=(1,),
        sprints={"refinement_hours_per_week": 2.0},
        staff={"joining": joining(7), "ramp_up_weeks": 1, "mentor_share": 0.1},
    )
    met = dict.fromkeys((0, 1), 0.0)
    for _, hours, who in meetings(result):
        met[who] += hours
    assert met == pytest.approx({0: 4 * 2 + 16.8, 1: 3 * 2})


def test_a_meeting_in_the_middle_of_a_story_costs_its_time_and_no_more(tmp_path: Path) -> None:
    """Of four stories of ten hours a fifth is begun at hour 40, put down at 48 and done at 52."""
    result = agreed(
        play(tmp_path, "next-sprint", [], sprints={"refinement_hours_per_week": 2.0},
             interruptions={"switch_minutes": 30, "resume_minutes": 30})
    )  # fmt: skip
    done = [hour for hour, *_ in events(result, "story_done")]
    assert done[:6] == [10, 20, 30, 40, 52, 62]


# ---- who leaves ----------------------------------------------------------------------------------


def leaving(
    result: Run,
    who: int,
    sprint: int,
    policy: str | Policy = "next-sprint",
    also: int | None = None,
) -> Run:
    """The same organisation, in which the luck has somebody leave for good when a sprint is planned."""
    leaves = np.full_like(result.path.leaves, 999_999)
    leaves[who, sprint] = 0
    if also is not None:
        leaves[also, sprint] = 0
    return agreed(run(replace(result.path, leaves=leaves), policy))


def team(folder: Path, developers: int = 2, story_hours: float = 100.0, **staff: Any) -> Run:
    staff = {"leaves_per_year": 1.0, "vacancy_weeks": 1.5} | staff
    return play(
        folder, "next-sprint", [], developers=(developers,), story_hours=story_hours, staff=staff
    )


def test_the_story_of_who_leaves_is_done_by_who_stays_and_who_joins_begins_anew(
    tmp_path: Path,
) -> None:
    """At hour 168 the first of two leaves with 68 of 100 hours of story 2 done; the other, free at 200, does the
    32 that are left. At 168 + 1½ weeks, hour 420, somebody joins in the vacant place."""
    result = leaving(team(tmp_path), who=0, sprint=1)
    assert of(result, 0, "story_suspended", "left_for_good", "joined", "story_started") == [
        (0, "story_started", 0),
        (100, "story_started", 2),
        (WEEK, "story_suspended", 2),
        (WEEK, "left_for_good", -1),
        (420, "joined", -1),
        (420, "story_started", 6),
        (520, "story_started", 8),
        (620, "story_started", 10),
    ]
    assert of(result, 1, "story_done")[1:4] == [
        (200, "story_done", 3),
        (232, "story_done", 2),
        (332, "story_done", 4),
    ]


def test_who_joins_in_a_vacant_place_ramps_up(tmp_path: Path) -> None:
    """100 hours at the beginning of a ramp of a week: √(2 × 168 × 100) = 183.3 hours are more than 168, by which
    84 are done; so 168 and 16 more."""
    result = leaving(team(tmp_path, ramp_up_weeks=1.0), who=0, sprint=1)
    [begun] = [hour for hour, _, item in of(result, 0, "story_started") if item == 6]
    [done] = [hour for hour, _, item in of(result, 0, "story_done") if item == 6]
    assert (begun, done) == (420, 420 + 184)


def test_a_plan_counts_without_who_has_left(tmp_path: Path) -> None:
    stays, leaves = team(tmp_path, 3, 1.0), leaving(team(tmp_path, 3, 1.0), who=1, sprint=2)
    planned = [
        (table.trace[table.trace.event == "planned"].value / 3_600).tolist()
        for table in (stays, leaves)
    ]
    assert planned[1] == [3 * WEEK, 3 * WEEK, 2 * WEEK, 2 * WEEK]


def test_a_duty_of_who_leaves_falls_to_the_next(tmp_path: Path) -> None:
    """The first in turn of sprint 1 is the second of three; who is gone by then is passed over."""
    policy = Policy(id="duty", on_duty=first_in_turn, route=queue)
    result = leaving(team(tmp_path, 3), who=1, sprint=1, policy=policy)
    began = [(hour, who) for hour, _, _, who in events(result, "duty_began")]
    assert began[:2] == [(0, 0), (WEEK, 2)]


def test_what_somebody_knew_is_gone_with_them(tmp_path: Path) -> None:
    """Unfamiliarity wears off over four hours of the other team's incidents; who joins has all of it again."""
    policy = Policy(
        id="seat-0",
        queue="organisation",
        route=queue,
        takes=lambda developer, incident, p: developer.team == 0 and developer.seat == 0,
    )
    rows = [(1, 3, "B"), (20, 3, "B"), (40, 3, "B"), (500, 3, "B")]
    staged = play(
        tmp_path,
        policy,
        rows,
        effort_hours=2,
        developers=(2, 1),
        story_hours=None,
        staff={
            "leaves_per_year": 1.0,
            "vacancy_weeks": 1.0,
            "unfamiliarity": 2.0,
            "familiar_after_hours": 4.0,
        },
    )
    result = leaving(staged, who=0, sprint=1, policy=policy)
    took = result.incidents.in_work_hours.round(9).tolist()
    assert took == [4, 2, 2, 4], (
        "the four hours of the first are enough; the last is the newcomer's first"
    )


def test_an_absence_that_was_to_come_is_not_that_of_who_joins(tmp_path: Path) -> None:
    """Away from hour 192 to 264 would have been who left at 168; the place is filled at 216, and stays so."""
    away = [{"team": "A", "from": date(8), "to": date(10)}]
    staged = team(tmp_path, vacancy_weeks=2 / 7, absences=away)
    result = leaving(staged, who=0, sprint=1)
    assert of(result, 0, "left_for_good", "joined", "left", "returned") == [
        (WEEK, "left_for_good", -1),
        (216, "joined", -1),
    ]


def test_a_whole_team_may_leave_and_be_replaced(tmp_path: Path) -> None:
    result = leaving(team(tmp_path), who=0, sprint=1, also=1)
    rows = result.events[result.events[:, Event.type] == EventType.JOINED]
    assert rows[:, Event.developer].tolist() == [0, 1]
    assert not [e for e in events(result, "story_started") if WEEK < e[0] < 420]
