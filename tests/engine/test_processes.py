"""The model, rule by rule, in small plays without chance."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.policy.contract import QUEUE, STORY_FIRST, Policy
from sim.policy.parameters import PolicyError
from tests.staged import events, play

WEEK = 168.0

ROWS = [(1.0, 3, "A")]


def test_a_story_is_one_developers_work_from_start_to_end(tmp_path: Path) -> None:
    result = play(tmp_path, "next-sprint", [(600, 3, "A")], developers=(2,))
    assert events(result, "story_started", "story_done")[:6] == [
        (0, "story_started", 0, 0),
        (0, "story_started", 1, 1),
        (10, "story_done", 0, 0),
        (10, "story_done", 1, 1),
        (10, "story_started", 2, 0),
        (10, "story_started", 3, 1),
    ]


def test_focus_stretches_effort(tmp_path: Path) -> None:
    teams = [{"name": "A", "developers": 1, "focus": 0.5}]
    result = play(tmp_path, "interrupt-anyone", ROWS, teams=teams)
    assert result.incidents.in_work_hours.tolist() == [4.0]


def test_unfinished_stories_are_committed_again_with_what_is_left_of_them(tmp_path: Path) -> None:
    result = play(tmp_path, "next-sprint", [(600, 3, "A")], story_hours=100)
    assert events(result, "committed")[:3] == [
        (0, "committed", 0, -1),
        (WEEK, "committed", 1, -1),  # pulled when the first was done, 32 hours of it left
        (WEEK, "committed", 2, -1),
    ]
    assert events(result, "pulled")[0] == (100, "pulled", 1, -1)


def test_planning_by_velocity_commits_the_mean_of_the_last_sprints(tmp_path: Path) -> None:
    rows = [(h, 1, "A") for h in range(1, 500, 8)]
    result = play(
        tmp_path, "interrupt-anyone", rows, story_hours=6, sprints={"plan_by": "velocity"}
    )
    delivered, committed = result.sprints.delivered_points, result.sprints.committed_points
    assert committed[0] == 28  # nothing is known yet: by capacity
    assert committed[1] == delivered[0]
    assert committed[2] == (delivered[0] + delivered[1]) // 2
    assert committed[3] == (delivered[0] + delivered[1] + delivered[2]) // 3


def test_a_goal_is_met_when_the_share_of_committed_stories_is_done(tmp_path: Path) -> None:
    rows = [(1, 1, "A")]
    for share, met in ((1.0, False), (0.9, True)):
        result = play(
            tmp_path,
            "interrupt-anyone",
            rows,
            effort_hours=10,
            story_hours=10.5,
            sprints={"goal_share": share},
        )
        first = result.sprints.iloc[0]
        assert (first.committed_stories, first.kept_stories) == (16, 15)
        assert first.goal_met == met


def test_scrum_events_stop_all_work_and_cost_nothing_more(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint",
        [(600, 3, "A")],
        sprints={"ceremony_hours": 3.0},
        interruptions={"switch_minutes": 5.0, "resume_minutes": 15.0},
    )
    assert events(result, "ceremony_ended")[:2] == [
        (3, "ceremony_ended", -1, 0),
        (WEEK + 3, "ceremony_ended", -1, 0),
    ]
    # The seventeenth story began at 163, so 5 of its 10 hours are left at planning.
    assert events(result, "story_done")[16] == (WEEK + 3 + 5, "story_done", 16, 0)


def test_an_incident_that_cuts_the_scrum_events_short_leaves_them_owed(tmp_path: Path) -> None:
    result = play(tmp_path, "interrupt-anyone", ROWS, sprints={"ceremony_hours": 3.0})
    assert events(result, "ceremony_began", "ceremony_ended", "started", "resolved")[:6] == [
        (0, "ceremony_began", -1, 0),
        (1, "ceremony_ended", -1, 0),
        (1, "started", 0, 0),
        (3, "resolved", 0, 0),
        (3, "ceremony_began", -1, 0),
        (5, "ceremony_ended", -1, 0),
    ]


def test_several_people_respond_with_the_first_and_resolve_with_the_last(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "reserved-buffer:share=0.5",
        [(5, 3, "A")],
        people=2,
        developers=(2,),
        story_hours=10,
    )
    assert events(result, "started", "part_done", "resolved") == [
        (10, "started", 0, 0),
        (10, "started", 0, 1),
        (12, "part_done", 0, 0),
        (12, "resolved", 0, 1),
    ]
    assert result.incidents.in_work_hours.tolist() == [2.0]


def test_who_settles_at_the_first_line_never_reaches_a_team(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "interrupt-anyone",
        ROWS * 3,
        first_line={"deflect_rate": 1.0, "delay_minutes": {"dist": "constant", "value": 30}},
    )
    assert events(result, "deflected") == [(1.5, "deflected", n, -1) for n in range(3)]
    assert events(result, "started", "queued") == []
    assert result.incidents.first_line_hours.tolist() == [0.5] * 3


def test_an_incident_nobody_starts_in_time_is_withdrawn(tmp_path: Path) -> None:
    kind = {"effort_hours": {"dist": "constant", "value": 2}, "abandon_after_days": 2.0}
    kinds = [
        {"kind": "worst", "severity": 1, **kind},
        {"kind": "lesser", "severity": 3, **kind},
    ]
    rows = [(1, 3, "A"), (WEEK - 10, 3, "A")]
    result = play(tmp_path, "next-sprint", rows, incidents=kinds)
    assert result.incidents.outcome.tolist() == ["withdrawn", "resolved"]
    assert events(result, "withdrawn") == [(49, "withdrawn", 0, -1)]


def test_a_finished_story_may_cause_an_incident(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "interrupt-anyone",
        [(600, 3, "A")],
        stories={
            "regression_rate": 1.0,
            "regression_kind": "worst",
            "regression_after_days": {"dist": "constant", "value": 0.5},
        },
    )
    first = result.incidents[result.incidents.cause == "regression"].iloc[0]
    assert first.opened_hours == events(result, "story_done")[0][0] + 12


def test_a_fix_that_does_not_hold_comes_back_as_an_incident_of_its_own(tmp_path: Path) -> None:
    again = {
        "effort_hours": {"dist": "constant", "value": 2},
        "reopen_rate": 1.0,
        "reopen_after_hours": {"dist": "constant", "value": 5},
        "reopen_effort_share": 0.25,
    }
    kinds = [
        {"kind": "worst", "severity": 1, **again},
        {"kind": "lesser", "severity": 3, **again},
    ]
    rows = play(tmp_path, "interrupt-anyone", ROWS, incidents=kinds).incidents
    assert rows.cause.tolist() == ["reported", "reopening"]
    assert rows.opened_hours.tolist() == [1, 8]
    assert rows.in_work_hours.tolist() == [2, 0.5]


SECOND_WEEK = Policy(
    id="second-week",
    on_duty=lambda developer, sprint, p: developer.seat == 0 and sprint.number == 1,
    route=lambda incident, team, now, p: QUEUE,
)


def test_who_goes_on_duty_keeps_the_story_for_quiet_hours(tmp_path: Path) -> None:
    result = play(tmp_path, SECOND_WEEK, [(600, 3, "A")], developers=(2,))
    late = [e for e in events(result, "story_suspended", "story_done") if WEEK <= e[0] < WEEK + 6]
    assert late == [
        (WEEK, "story_suspended", 32, 0),
        (WEEK + 2, "story_done", 33, 1),
        (WEEK + 3, "story_done", 32, 0),
    ], "an hour goes to the hand-over"


def test_who_goes_on_duty_hands_the_story_to_the_team_where_duty_takes_none(
    tmp_path: Path,
) -> None:
    policy = SECOND_WEEK.with_settings(quiet="improvements")
    result = play(tmp_path, policy, [(600, 3, "A")], developers=(2,))
    # At planning both have had a story in hand for 8 hours; the other developer finishes both.
    late = [e for e in events(result, "story_done") if WEEK <= e[0] < WEEK + 6]
    assert late == [(WEEK + 2, "story_done", 33, 1), (WEEK + 4, "story_done", 32, 1)]


def test_a_policy_may_prefer_stories(tmp_path: Path) -> None:
    policy = Policy(
        id="stories-first",
        route=lambda incident, team, now, p: QUEUE,
        next_work=lambda developer, team, p: STORY_FIRST,
    )
    assert events(play(tmp_path, policy, ROWS), "started") == []


def test_a_sick_developers_story_goes_to_the_next_who_is_free(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "next-sprint",
        [(600, 3, "A")],
        developers=(4,),
        story_hours=60,
        staff={"sick_share": 0.3, "sick_spell_days": {"dist": "constant", "value": 2}},
    )
    assert len(events(result, "left")) > 0
    starts = {}
    for _, event_type, story, developer in events(result, "story_started", "story_done"):
        if event_type == "story_started":
            starts.setdefault(story, []).append(developer)
    assert any(len(set(who)) > 1 for who in starts.values())


def test_an_answer_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    policy = Policy(id="confused", route=lambda incident, team, now, p: 7)
    with pytest.raises(PolicyError, match=r"confused: route answered 7; must be DEFER \(0\)"):
        play(tmp_path, policy, ROWS)


def test_the_same_run_twice_gives_the_same_events(tmp_path: Path) -> None:
    first, second = (play(tmp_path, "interrupt-anyone", ROWS * 5) for _ in range(2))
    assert (first.events == second.events).all()
