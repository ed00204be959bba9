"""On call: answered at once, worked round the clock, given back at the next opening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.measures.run import Run
from tests.staged import events, play

OFFICE = {"horizon_weeks": 4, "warmup_weeks": 0, "sprint_weeks": 1, "always_open": False}
COVER = {"cover": "24x7", "page": [1]}
TUESDAY_22 = 24 + 22.0


def night(folder: Path, rows: list[Any], cover: dict[str, Any] = COVER, **tables: Any) -> Run:
    return play(folder, "next-sprint", rows, time=OFFICE, on_call=cover, **tables)


def test_whoever_is_on_call_starts_at_once_and_works_until_it_is_done(tmp_path: Path) -> None:
    result = night(tmp_path, [(TUESDAY_22, 1, "A")], effort_hours=3)
    assert events(result, "paged", "resolved") == [
        (TUESDAY_22, "paged", 0, 0),
        (TUESDAY_22 + 3, "resolved", 0, 0),
    ]
    row = result.incidents.iloc[0]
    assert (row.response_hours, row.resolution_hours, row.in_work_hours) == (0, 3, 3)


def test_the_hours_are_given_back_at_the_next_opening(tmp_path: Path) -> None:
    result = night(tmp_path, [(TUESDAY_22, 1, "A")], effort_hours=3)
    assert events(result, "rest_began", "rest_ended") == [
        (TUESDAY_22 + 3, "rest_began", -1, 0),
        (48 + 9 + 3, "rest_ended", -1, 0),
    ]
    assert result.developers.absence_hours.tolist() == [3]


def test_work_in_hand_waits_in_hand_and_costs_nothing(tmp_path: Path) -> None:
    quiet, paged = (
        night(tmp_path, rows, effort_hours=3, interruptions={"resume_minutes": 60})
        for rows in ([], [(TUESDAY_22, 1, "A")])
    )
    before, after = (events(r, "story_done") for r in (quiet, paged))
    late = [b[0] - a[0] for a, b in zip(before, after, strict=False) if a[0] > TUESDAY_22]
    assert late[0] in (3, 3 + 16)  # three working hours later, perhaps across a night


def test_other_severities_and_working_hours_are_the_policys(tmp_path: Path) -> None:
    rows = [(TUESDAY_22, 3, "A"), (48 + 10, 1, "A")]
    result = night(tmp_path, rows)
    assert events(result, "paged") == []
    assert len(events(result, "deferred")) == 1
    assert events(result, "started")[0][0] == 48 + 10, "by day the worst interrupts"


def test_without_cover_nobody_is_called(tmp_path: Path) -> None:
    result = night(tmp_path, [(TUESDAY_22, 1, "A")], {"cover": "none"})
    assert events(result, "paged") == []


def test_two_calls_in_a_night_are_taken_one_after_the_other(tmp_path: Path) -> None:
    rows = [(TUESDAY_22, 1, "A"), (TUESDAY_22 + 1, 1, "A")]
    result = night(tmp_path, rows, effort_hours=2)
    assert [(h, i) for h, _, i, _ in events(result, "paged")] == [
        (TUESDAY_22, 0),
        (TUESDAY_22 + 2, 1),
    ]


def test_the_turn_moves_on_with_the_sprint(tmp_path: Path) -> None:
    rows = [(TUESDAY_22 + 168 * week, 1, "A") for week in range(3)]
    result = night(tmp_path, rows, developers=(3,))
    assert [who for *_, who in events(result, "paged")] == [0, 1, 2]


@pytest.mark.parametrize("severity", [1, 3])
def test_calls_are_counted_by_developer_month(tmp_path: Path, severity: int) -> None:
    from sim.measures.metrics import Key, measure

    result = night(tmp_path, [(TUESDAY_22, severity, "A")], developers=(2,))
    found = measure(result.path, result.events)
    calls = found[Key("people", "all", "out_of_hours_calls_per_developer_month")]
    assert calls == pytest.approx(0.5 / (4 * 12 / 52) if severity == 1 else 0)
