"""Swapping an incident into the running sprint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.engine.states import Queued
from sim.engine.trace import EventType
from tests.staged import events, play

SWAP = "swap-in:swap_severity=3,interrupt_severity=0"
MEETING: dict[str, Any] = {"interruptions": {"swap_meeting_minutes": 60}}


def test_stories_of_at_least_equal_estimate_leave_for_it(tmp_path: Path) -> None:
    result = play(tmp_path, SWAP, [(7, 3, "A")], effort_hours=12, story_hours=10)
    out = events(result, "sent_back")
    assert [hours for hours, *_ in out] == [7, 7]  # 12 hours come in, twice 10 go
    sprint = result.sprints.iloc[0]
    assert sprint.committed_stories == 16  # the commitment is what was planned; two are not kept
    assert sprint.sent_back_stories == 2


def test_it_costs_the_whole_team_a_meeting(tmp_path: Path) -> None:
    quiet = play(tmp_path, SWAP, [], developers=(3,), **MEETING)
    swapped = play(tmp_path, SWAP, [(7, 3, "A")], developers=(3,), **MEETING)
    assert quiet.developers.ceremonies_hours.tolist() == [0, 0, 0]
    assert swapped.developers.ceremonies_hours.tolist() == [1, 1, 1]


def test_the_next_free_developer_takes_it(tmp_path: Path) -> None:
    result = play(tmp_path, SWAP, [(7, 3, "A")], **MEETING)
    assert events(result, "started") == [(11.0, "started", 0, 0)]  # at 10, and the meeting's hour


def test_where_too_little_is_left_to_swap_it_waits_for_the_planning(tmp_path: Path) -> None:
    result = play(tmp_path, SWAP, [(161, 3, "A")], effort_hours=12)
    assert events(result, "sent_back") == []
    assert events(result, "deferred") == [(161.0, "deferred", 0, -1)]


def test_a_swap_never_raises_the_committed_estimate(tmp_path: Path) -> None:
    rows = [(float(hour), 3, "A") for hour in range(1, 160, 6)]
    result = play(tmp_path, SWAP, rows, effort_hours=3.5, story_hours=4)
    trace, change = result.events, 0.0
    for _, event_type, *_, value in trace.tolist():
        if event_type == EventType.SENT_BACK:
            change -= 4.0
        elif event_type == EventType.QUEUED and value == Queued.SWAP:
            change += 3.5
            assert change <= 0
    assert change < 0, "nothing was swapped, so this shows nothing"
