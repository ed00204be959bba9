"""On call: answered at once, worked round the clock, given back at the next opening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.measures.run import Run
from tests.staged import agreed, date, events, play

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


# ---- several who are called ----------------------------------------------------------------------

BY_TWO = COVER | {"people": 2}


def paged(result: Run) -> list[tuple[float, int, int]]:
    """(hours, incident, developer) of each call."""
    return [(hour, item, who) for hour, _, item, who in events(agreed(result), "paged")]


def test_the_second_is_called_while_the_first_is_on_a_call(tmp_path: Path) -> None:
    rows = [(TUESDAY_22, 1, "A"), (TUESDAY_22 + 1, 1, "A")]
    result = night(tmp_path, rows, BY_TWO, effort_hours=2, developers=(3,))
    assert paged(result) == [(TUESDAY_22, 0, 0), (TUESDAY_22 + 1, 1, 1)]
    assert result.incidents.response_hours.tolist() == [0, 0]


def test_with_one_who_is_called_the_second_call_waits(tmp_path: Path) -> None:
    rows = [(TUESDAY_22, 1, "A"), (TUESDAY_22 + 1, 1, "A")]
    result = night(tmp_path, rows, COVER | {"people": 1}, effort_hours=2, developers=(3,))
    assert paged(result) == [(TUESDAY_22, 0, 0), (TUESDAY_22 + 2, 1, 0)]
    assert result.incidents.response_hours.tolist() == [0, 1]


def test_a_third_call_waits_for_the_first_of_two_who_is_done(tmp_path: Path) -> None:
    """From 22:00 to 0:00, from 23:00 to 1:00, and the third, of 23:30, from 0:00 on."""
    rows = [(TUESDAY_22 + later, 1, "A") for later in (0, 1, 1.5)]
    result = night(tmp_path, rows, BY_TWO, effort_hours=2, developers=(3,))
    assert paged(result)[2] == (48, 2, 0)
    rested = [(hour, who) for hour, _, _, who in events(result, "rest_began")]
    assert rested == [(49, 1), (50, 0)], "four hours are given back to one, two to the other"
    assert result.developers.absence_hours.tolist() == [4, 2, 0]


def test_who_was_called_last_night_is_called_first_again(tmp_path: Path) -> None:
    """The order is that of the turn, which moves on with the sprint, and not by who has slept."""
    rows = [(TUESDAY_22 + 24 * night_ + 168 * week, 1, "A") for week in (0, 1) for night_ in (0, 1)]
    result = night(tmp_path, rows, BY_TWO, effort_hours=1, developers=(3,))
    assert [who for _, _, who in paged(result)] == [0, 0, 1, 1]


def test_the_next_in_turn_stands_in_for_who_is_away(tmp_path: Path) -> None:
    """The first in turn is away in the first week: of three the other two are called."""
    rows = [(TUESDAY_22, 1, "A"), (TUESDAY_22 + 1, 1, "A")]
    away = [{"team": "A", "from": date(0), "to": date(6)}]
    result = night(
        tmp_path, rows, BY_TWO, effort_hours=2, developers=(3,), staff={"absences": away}
    )
    assert paged(result) == [(TUESDAY_22, 0, 1), (TUESDAY_22 + 1, 1, 2)]


def test_more_who_are_called_than_a_team_has_are_all_of_it(tmp_path: Path) -> None:
    rows = [(TUESDAY_22 + later, 1, "A") for later in (0, 0.5, 1)]
    result = night(tmp_path, rows, COVER | {"people": 10}, effort_hours=2, developers=(2,))
    assert paged(result) == [
        (TUESDAY_22, 0, 0),
        (TUESDAY_22 + 0.5, 1, 1),
        (TUESDAY_22 + 2, 2, 0),
    ]


def test_two_people_for_one_incident_are_both_called(tmp_path: Path) -> None:
    """An outage that needs two gets two at once where two are called, and one after the other where one is."""
    row = [(TUESDAY_22, 1, "A")]
    both = night(tmp_path, row, BY_TWO, effort_hours=2, people=2, developers=(3,))
    assert paged(both) == [(TUESDAY_22, 0, 0), (TUESDAY_22, 0, 1)]
    assert both.incidents.resolution_hours.tolist() == [2]
    alone = night(tmp_path, row, COVER, effort_hours=2, people=2, developers=(3,))
    assert paged(alone) == [(TUESDAY_22, 0, 0), (TUESDAY_22 + 2, 0, 0)]
    assert alone.incidents.resolution_hours.tolist() == [4]
