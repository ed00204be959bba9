"""The fingerprint of congestion, on tickets made up here: what is counted, and what a fit and a band come to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.sampling.calendars import DAY, HOUR
from validation import congestion
from validation.congestion import Tickets, by_day, mean_wait, waits, worked
from validation.statistics import band, inside, rank_correlation

RNG = np.random.default_rng(1)


def tickets(opened: np.ndarray, wait: np.ndarray) -> Tickets:
    n = len(opened)
    return Tickets(
        number=[f"INC{i:05d}" for i in range(n)],
        priority=["3"] * n,
        opened=opened,
        touched=opened + wait,
        person=["1", "2"] * (n // 2) + ["3"] * (n % 2),
        awaited=np.zeros(n, dtype=bool),
        user_share=np.zeros(n),
    )


def weeks_of(per_day: int, days: int = 56) -> np.ndarray:
    """So many tickets on each working day, at even distances from eight to six."""
    open_days = [day for day in range(days) if congestion.is_open(np.array([day]))[0]]
    moments = 8 * HOUR + np.arange(per_day) * 10 * HOUR // per_day
    return np.concatenate([day * DAY + moments for day in open_days])


def test_working_seconds_leave_out_nights_weekends_and_holidays() -> None:
    tuesday_noon, monday = DAY + 12 * HOUR, 7 * DAY + 9 * HOUR
    assert worked(np.array([tuesday_noon]))[0] == 14 * HOUR
    assert worked(np.array([monday]))[0] == 51 * HOUR
    holiday = np.array([25 * DAY, 26 * DAY])
    assert np.ptp(worked(holiday)) == 0
    assert np.isnan(worked(np.array([np.nan]))[0])


def test_who_still_waits_counts_with_the_wait_so_far() -> None:
    opened = np.array([8 * HOUR, 8 * HOUR, 8 * HOUR])
    touched = np.array([9 * HOUR, 3 * DAY, -1], dtype=float)
    assert waits(opened, touched, DAY).tolist() == [1, 10, 10]


def test_days_are_working_days_with_their_count_and_mean() -> None:
    opened = np.array([HOUR, 2 * HOUR, DAY, 5 * DAY])  # the last on a Saturday
    days = by_day(opened, np.array([1.0, 3.0, 7.0, 100.0]))
    assert days.day.tolist() == [0, 1]
    assert days.count.tolist() == [2, 1]
    assert days.mean.tolist() == [2, 7]


def test_the_fingerprint_tells_busy_days_mondays_and_the_day_after_a_holiday() -> None:
    opened = np.concatenate([weeks_of(4), np.repeat(np.arange(37, 41), 6) * DAY + 9 * HOUR])
    opened.sort()
    day = opened // DAY
    busy = np.isin(day, np.arange(37, 41))
    wait = HOUR * (1 + 2 * busy + 1 * (day % 7 == 0) + 3 * (day == congestion.AFTER_HOLIDAY))
    correlation, monday, holiday = congestion.fingerprint(opened, (opened + wait).astype(float))
    assert correlation > 0.5
    assert monday < 2
    assert holiday > 1


def test_people_are_those_who_had_nine_tickets_in_ten() -> None:
    own = tickets(weeks_of(10), np.full(10 * 37, 60))
    assert own.people == 2
    assert own.at_once.all()


@pytest.mark.parametrize("policy", ["interrupt-anyone", "kanban"])
def test_efforts_grow_until_the_mean_wait_is_met(policy: str, tmp_path: Path) -> None:
    opened = np.sort(RNG.choice(weeks_of(60), 350, replace=False))
    scenario = congestion.scenario_of(tickets(opened, np.zeros(len(opened), dtype=int)), tmp_path)
    wanted = float(
        np.mean([mean_wait(*congestion.touched_in(scenario, policy, n)) for n in range(5)])
    )
    found, off = congestion.fitted(scenario, policy, 3 * wanted)
    assert abs(off) < congestion.NEAR
    assert found.incidents[0].effort_hours.mean() > scenario.incidents[0].effort_hours.mean()


def test_what_the_model_made_itself_lies_in_its_band(tmp_path: Path) -> None:
    opened = np.sort(RNG.choice(weeks_of(60), 350, replace=False))
    own = tickets(opened, np.zeros(len(opened), dtype=int))
    _, touched = congestion.touched_in(congestion.scenario_of(own, tmp_path), "kanban", 77)
    made = tickets(opened, touched.astype(int) - opened)
    found = congestion.prediction("ours", made, "kanban", 20)
    assert found.is_fitted
    assert inside(found.simulated[:, 0], float(found.observed[0]))
    assert 0 <= found.by_chance <= 1


def test_rank_correlation_is_spearmans() -> None:
    scipy = pytest.importorskip("scipy.stats")
    x, y = RNG.integers(0, 5, 30), RNG.normal(size=30)
    assert rank_correlation(x, y) == pytest.approx(scipy.spearmanr(x, y).statistic)
    assert np.isnan(rank_correlation(np.ones(9), y[:9]))


def test_a_band_leaves_five_in_a_hundred_out_on_either_side() -> None:
    assert band(np.append(np.arange(101.0), np.nan)) == pytest.approx((5, 95))
