"""Working time: what an office calendar makes of a moment and a duration."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.sampling.calendars import DAY, HOUR, WEEK, Calendar, office

OFFICE = office(4 * WEEK, 9 * HOUR, 17 * HOUR, closed_days=frozenset({8}))
FRIDAY, MONDAY = 4 * DAY, WEEK

moments = st.integers(0, 4 * WEEK - 1)


def test_work_started_near_closing_goes_on_at_the_next_opening() -> None:
    assert OFFICE.finish(FRIDAY + 16 * HOUR, 2 * HOUR) == MONDAY + 10 * HOUR


def test_a_finish_at_closing_time_is_that_closing_not_the_next_opening() -> None:
    assert OFFICE.finish(FRIDAY + 16 * HOUR, HOUR) == FRIDAY + 17 * HOUR


def test_nobody_works_on_a_closed_day() -> None:
    tuesday, wednesday = WEEK + DAY, WEEK + 2 * DAY
    assert OFFICE.next_open(tuesday + 10 * HOUR) == wednesday + 9 * HOUR
    assert OFFICE.worked(wednesday) - OFFICE.worked(tuesday) == 0


def test_closing_time_is_closed_and_opening_time_is_open() -> None:
    assert OFFICE.next_open(9 * HOUR) == 9 * HOUR
    assert OFFICE.next_open(17 * HOUR) == DAY + 9 * HOUR


def test_round_the_clock_every_second_counts() -> None:
    always = Calendar(np.array([0]), np.array([WEEK]))
    assert always.worked(12_345) == 12_345
    assert always.finish(1_000, 500) == 1_500


@given(moments, st.integers(1, 60 * HOUR))
def test_a_finish_is_the_first_moment_by_which_the_work_is_done(start: int, duration: int) -> None:
    end = OFFICE.finish(start, duration)
    if OFFICE.worked(OFFICE.end) - OFFICE.worked(start) < duration:
        assert end == OFFICE.end
        return
    assert OFFICE.worked(end) - OFFICE.worked(start) == duration
    assert OFFICE.worked(end - 1) - OFFICE.worked(start) == duration - 1


@given(st.lists(moments, min_size=1))
def test_many_moments_at_once_give_what_each_gives_alone(at: list[int]) -> None:
    together = OFFICE.worked_at(np.array(at, dtype=np.int64))
    assert together.tolist() == [OFFICE.worked(moment) for moment in at]
