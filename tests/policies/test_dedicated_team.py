"""Found a support team: it takes everything, and nobody else is disturbed."""

from __future__ import annotations

from pathlib import Path

from tests.staged import events, play


def test_only_supporters_work_on_incidents_and_on_stories_only_where_it_is_said(
    tmp_path: Path,
) -> None:
    rows = [(float(h), 3, "AB"[h % 2]) for h in range(1, 100)]
    told = "dedicated-team:people=2,quiet=improvements"
    result = play(tmp_path, told, rows, developers=(2, 2))
    supporters = {e[3] for e in events(result, "duty_began")}
    assert supporters == {0, 2}, "one from each team in turn"
    assert {e[3] for e in events(result, "started")} == supporters
    assert {e[3] for e in events(result, "story_started")} == {1, 3}
    assert events(result, "interrupted") == []


def test_incidents_of_all_teams_wait_in_one_queue_worst_first(tmp_path: Path) -> None:
    rows = [(1, 3, "A"), (1.1, 3, "B"), (1.2, 3, "A"), (1.3, 1, "B")]
    result = play(tmp_path, "dedicated-team:people=1,preempt_severity=0", rows, developers=(2, 2))
    assert [e[2] for e in events(result, "started")] == [0, 3, 1, 2]


def test_the_worst_takes_a_supporter_off_a_lesser_incident(tmp_path: Path) -> None:
    rows = [(1, 3, "A"), (2, 1, "A")]
    result = play(tmp_path, "dedicated-team:people=1", rows, effort_hours=3, developers=(2,))
    assert events(result, "started", "suspended", "resolved") == [
        (1, "started", 0, 0),
        (2, "suspended", 0, 0),
        (2, "started", 1, 0),
        (5, "resolved", 1, 0),
        (5, "started", 0, 0),
        (7, "resolved", 0, 0),
    ]


def test_the_teams_commit_without_the_people_they_gave(tmp_path: Path) -> None:
    result = play(
        tmp_path, "dedicated-team:people=1", [(600, 3, "A")], developers=(3,), story_hours=8
    )
    assert result.sprints.committed_stories.tolist()[0] == 42
