"""Put it in the next sprint: nothing unplanned is touched before the next planning, but for the worst."""

from __future__ import annotations

from pathlib import Path

from tests.staged import events, play

WEEK = 168.0


EVERYTHING_WAITS = "next-sprint:exempt_severity=0"


def test_the_worst_severity_does_not_wait(tmp_path: Path) -> None:
    result = play(tmp_path, "next-sprint", [(20, 1, "A"), (90, 3, "A")], story_hours=None)
    assert events(result, "started") == [(20, "started", 0, 0), (WEEK, "started", 1, 0)]


def test_an_incident_waits_for_the_next_planning_whatever_its_severity(tmp_path: Path) -> None:
    result = play(tmp_path, EVERYTHING_WAITS, [(20, 1, "A"), (90, 3, "A")], story_hours=None)
    assert events(result, "started") == [(WEEK, "started", 0, 0), (WEEK + 2, "started", 1, 0)]
    assert result.incidents.sprint_boundary_hours.tolist() == [WEEK - 20, WEEK - 90]


def test_it_comes_before_the_stories_of_that_sprint(tmp_path: Path) -> None:
    result = play(tmp_path, "next-sprint", [(20, 3, "A")], story_hours=8)
    # 21 stories of 8 hours fill a week exactly, so the developer is free at planning.
    after = [event for event in events(result, "started", "story_started") if event[0] >= WEEK]
    assert [event[1] for event in after[:2]] == ["started", "story_started"]


def test_its_expected_effort_is_taken_from_what_the_team_commits(tmp_path: Path) -> None:
    quiet = play(tmp_path, "next-sprint", [(WEEK * 3, 3, "A")], story_hours=8)
    busy = play(tmp_path, "next-sprint", [(20, 3, "A")], story_hours=8, effort_hours=16)
    assert quiet.sprints.committed_stories.tolist()[:2] == [21, 21]
    assert busy.sprints.committed_stories.tolist()[:2] == [21, 19]


def test_nobody_is_ever_interrupted(tmp_path: Path) -> None:
    result = play(tmp_path, EVERYTHING_WAITS, [(h, 1, "A") for h in range(1, 300, 7)])
    assert events(result, "interrupted") == []
