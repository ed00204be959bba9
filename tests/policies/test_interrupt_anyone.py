"""Interrupt anyone: somebody starts at once, and pays for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.staged import events, play


def test_an_incident_is_started_the_second_it_opens(tmp_path: Path) -> None:
    result = play(tmp_path, "interrupt-anyone", [(3.5, 3, "A")])
    assert events(result, "started") == [(3.5, "started", 0, 0)]
    assert result.incidents.response_hours.tolist() == [0.0]


def test_the_story_is_taken_up_again_by_the_same_developer_and_costs_more(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "interrupt-anyone",
        [(4, 3, "A")],
        developers=(2,),
        interruptions={"switch_minutes": 6.0, "resume_minutes": 12.0},
    )
    _, interrupted, _, developer = events(result, "interrupted")[0]
    first = [e for e in events(result, "story_started", "story_done") if e[3] == developer][:3]
    assert interrupted == "interrupted"
    assert first == [
        (0, "story_started", 0, developer),
        (6.1, "story_started", 0, developer),  # two hours of incident, six minutes of switching
        (pytest.approx(12.3), "story_done", 0, developer),  # six hours left, twelve minutes more
    ]


def test_the_developer_who_began_last_is_taken(tmp_path: Path) -> None:
    rows = [(4, 3, "A"), (6.5, 3, "A")]
    result = play(tmp_path, "interrupt-anyone", rows, developers=(2,))
    # At 6.5 developer 0 has been back on its story since 6, developer 1 on its own since 0.
    assert [e[3] for e in events(result, "interrupted")] == [0, 0]


def test_the_own_team_is_asked_first_then_the_next(tmp_path: Path) -> None:
    rows = [(1, 3, "B"), (1, 3, "B")]
    result = play(tmp_path, "interrupt-anyone", rows, developers=(1, 1))
    assert [e[3] for e in events(result, "interrupted")] == [1, 0]


def test_strangers_take_longer(tmp_path: Path) -> None:
    result = play(
        tmp_path,
        "interrupt-anyone",
        [(1, 3, "B"), (1, 3, "B")],
        developers=(1, 1),
        staff={"unfamiliarity": 1.5},
    )
    assert result.incidents.in_work_hours.tolist() == [2.0, 3.0]


def test_incidents_of_one_severity_do_not_push_each_other_aside(tmp_path: Path) -> None:
    rows = [(1, 3, "A"), (1.5, 3, "A"), (2, 1, "A")]
    result = play(tmp_path, "interrupt-anyone", rows, developers=(1,))
    assert [(e[0], e[2]) for e in events(result, "started")] == [(1, 0), (2, 2), (4, 0), (5, 1)]
