"""An incident that grows until somebody starts, in small plays whose seconds are worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.measures.run import Run
from sim.policy.contract import Policy
from tests.staged import Row, agreed, events, play
from tests.written import guard_for_the_worst, queue

QUEUE_ALL = Policy(id="queue-all", route=queue)


def growing(folder: Path, rows: list[Row], by: float, policy: Any = QUEUE_ALL, **more: Any) -> Run:
    """Incidents of two hours; the lesser ones grow by so much of that each day."""
    effort = {"effort_hours": {"dist": "constant", "value": 2.0}, "people": more.pop("each", 1)}
    kinds = [
        {"kind": "worst", "severity": 1, **effort},
        {"kind": "lesser", "severity": 3, **effort, "effort_grows_per_day": by},
    ]
    return agreed(play(folder, policy, rows, story_hours=None, incidents=kinds, **more))


def test_what_waits_for_an_hour_and_a_half_is_more_by_as_much_of_a_day(tmp_path: Path) -> None:
    """2 hours and 1.2 of them a day, for 90 of its 1,440 minutes: 540 seconds more."""
    result = growing(tmp_path, [(1, 3, "A"), (1.5, 3, "A")], by=1.2)
    assert events(result, "started", "resolved") == [
        (1, "started", 0, 0),
        (3, "resolved", 0, 0),
        (3, "started", 1, 0),
        (5.15, "resolved", 1, 0),
    ]


def test_growth_counts_whole_minutes_of_the_wait(tmp_path: Path) -> None:
    """58 seconds are none, 62 are one: 7,200 × 9 ÷ 1,440 = 45 seconds."""
    for waits, more in ((58, 0), (62, 45)):
        result = growing(tmp_path, [(1, 3, "A"), (3 - waits / 3_600, 3, "A")], by=9.0)
        assert events(result, "resolved")[1][0] == 5 + more / 3_600


def test_the_hours_in_which_all_are_closed_count(tmp_path: Path) -> None:
    """From Monday 16:30 until Tuesday 9:30 are 17 hours, by which 2 hours grow by 1.2 × 2 × 17 ÷ 24 = 1.7."""
    office = {"always_open": False, "opens_at_hour": 9, "closes_at_hour": 17}
    result = growing(tmp_path, [(15.5, 3, "A"), (16.5, 3, "A")], by=1.2, time=office)
    assert events(result, "started", "resolved") == [
        (15.5, "started", 0, 0),
        (33.5, "resolved", 0, 0),  # 1½ hours on Monday, half an hour on Tuesday
        (33.5, "started", 1, 0),
        (37.2, "resolved", 1, 0),
    ]


def test_what_somebody_has_started_grows_no_more(tmp_path: Path) -> None:
    """Put down at hour 2 for the worst until hour 4, with an hour left, which is an hour still."""
    policy = Policy(id="guard", route=guard_for_the_worst)
    result = growing(tmp_path, [(1, 3, "A"), (2, 1, "A")], by=10.0, policy=policy)
    assert events(result, "started", "resolved") == [
        (1, "started", 0, 0),
        (2, "started", 1, 0),
        (4, "resolved", 1, 0),
        (4, "started", 0, 0),
        (5, "resolved", 0, 0),
    ]


def test_each_persons_share_grows(tmp_path: Path) -> None:
    """Two people are needed at hour 1, and free from hour 3 on: 2 hours each, and 0.2 more."""
    rows = [(0.99, 3, "A"), (0.99, 3, "A")]
    result = growing(tmp_path, [*rows, (1, 3, "A")], by=1.2, developers=(4,), each=2)
    first = [(hour, item) for hour, _, item, _ in events(result, "started")]
    assert [hour for hour, item in first if item == 2] == pytest.approx([2.99, 2.99])
    # waited for 1.99 hours, 119 whole minutes: 7,200 × 1.2 × 119 ÷ 1,440 = 714 seconds
    assert events(result, "resolved")[-1][0] == pytest.approx(2.99 + 2 + 714 / 3_600)


def test_what_waits_for_a_planning_grows_until_then(tmp_path: Path) -> None:
    """Deferred at hour 48, planned at hour 168: five days, by a tenth of two hours each."""
    result = growing(tmp_path, [(48, 3, "A")], by=0.1, policy="next-sprint")
    assert events(result, "started", "resolved") == [
        (168, "started", 0, 0),
        (171, "resolved", 0, 0),
    ]


def test_the_expected_effort_that_a_policy_sees_does_not_grow(tmp_path: Path) -> None:
    """Nobody knows what has become of an incident before somebody looks."""
    told = Policy(
        id="told",
        route=queue,
        note=lambda team, event, incident, waited, now, p: incident.expected,
    )
    result = growing(tmp_path, [(1, 3, "A"), (1.5, 3, "A")], by=10.0, policy=told)
    assert set(result.trace[result.trace.event == "noted"].value) == {7_200}
