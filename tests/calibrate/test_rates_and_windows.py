"""Which days a record covers, how often tickets come at its end, and what gives away that some are missing."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from sim.calibrate import record_days
from sim.calibrate.scenario_text import scenario_of
from tests.calibrate.planted import Found, Moment, calibrated, openings, poisson_days, table

DAY = datetime.timedelta(days=1)
FREE = ["2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25"]


def listed(path: Path, moments: list[Moment]) -> Path:
    rows = [(f"T{n}", f"{at:%Y-%m-%d %H:%M:%S}", 3) for n, at in enumerate(moments)]
    return table(path, ("number", "opened", "severity"), rows)


def workdays(
    weeks: int, rate: float, closed: set[str] = frozenset(), first: str = "2026-01-05"
) -> list[float]:  # type: ignore[assignment]
    start = datetime.date.fromisoformat(first)
    days = [start + n * DAY for n in range(7 * weeks)]
    return [rate if day.weekday() < 5 and str(day) not in closed else 0.0 for day in days]


def holidays(found: Found) -> list[str]:
    assert found.fit.record is not None
    return [str(record_days.date_of(day)) for day in found.fit.record.holidays]


@pytest.mark.parametrize("rate", [12, 15, 20, 40, 120])
@pytest.mark.parametrize("seed", [1, 2])
def test_holidays_of_desks_of_any_size_that_can_be_told_are_found(
    rate: int, seed: int, tmp_path: Path
) -> None:
    found = calibrated(
        listed(tmp_path / "e.csv", poisson_days(workdays(26, rate, set(FREE)), seed))
    )
    assert holidays(found) == FREE
    assert found.per_week == pytest.approx(5 * rate, rel=0.06)
    assert found.fit.kinds[0].dispersion.value < 1.6
    assert found.fit.now.shape == "steady"


def test_days_off_in_a_row_are_told_together(tmp_path: Path) -> None:
    """At five a day one empty day is chance, three in a row are none."""
    row = {"2026-04-01", "2026-04-02", "2026-04-03", "2026-04-06", "2026-04-07"}
    found = calibrated(listed(tmp_path / "e.csv", poisson_days(workdays(26, 5, row))))
    assert set(holidays(found)) >= row


def test_where_holidays_cannot_be_told_it_is_said(tmp_path: Path) -> None:
    found = calibrated(listed(tmp_path / "e.csv", poisson_days(workdays(26, 4, set(FREE)))))
    assert holidays(found) == []
    assert "a holiday cannot be told from a quiet day: --holidays names them" in found.said


@pytest.mark.parametrize(("code", "day"), [("DE", "2026-05-25"), ("BR", "2026-04-21"), ("US", "2026-05-25"), ("DE-BY", "2026-06-04")])  # fmt: skip
def test_holidays_are_named_by_country(code: str, day: str, tmp_path: Path) -> None:
    found = calibrated(
        listed(tmp_path / "e.csv", poisson_days(workdays(26, 4, {day}))),
        holidays=f"{code},2026-02-03",
    )
    assert {day, "2026-02-03"} <= set(holidays(found))
    assert f'holidays = "{code}" # as given' in found.scenario
    scenario_of(found.scenario)


CLOSED = [str(datetime.date(2025, 12, 22) + n * DAY) for n in range(12)]


@pytest.mark.parametrize("rate", [8, 30])
def test_two_weeks_of_closure_do_not_halve_the_record(rate: int, tmp_path: Path) -> None:
    moments = poisson_days(workdays(52, rate, set(CLOSED), "2025-07-07"), first="2025-07-07")
    path = listed(tmp_path / "e.csv", moments)
    for options in (
        {},
        {
            "holidays": ",".join(
                day for day in CLOSED if datetime.date.fromisoformat(day).weekday() < 5
            )
        },
    ):
        found = calibrated(path, **options)
        assert found.fit.record is not None
        assert found.fit.record.days == 364
        assert found.per_week == pytest.approx(5 * rate, rel=0.06)
        assert "tickets opened before or after" not in found.said
    assert len(found.fit.record.holidays) == 10


@pytest.mark.parametrize("weeks", [2, 5, 12])
def test_a_gap_is_said_and_does_not_count(weeks: int, tmp_path: Path) -> None:
    first = poisson_days(workdays(26, 10))
    start = datetime.date(2026, 1, 5) + (26 + weeks) * 7 * DAY
    second = poisson_days(workdays(20, 10, first=str(start)), seed=2, first=str(start))
    found = calibrated(listed(tmp_path / "e.csv", first + second))
    assert found.fit.record is not None
    assert found.fit.record.days == 7 * (46 + weeks)
    assert found.per_week == pytest.approx(50, rel=0.06)
    assert (
        "closed then, by all signs" in found.said
        if weeks <= 4
        else "a hole in the record" in found.said
    )


@pytest.mark.parametrize("stray", ["2019-03-01", "2027-09-01", "2027-06-01"])
def test_strays_are_left_out_and_said(stray: str, tmp_path: Path) -> None:
    strays = [Moment.fromisoformat(stray) + n * 9 * DAY for n in range(6)]
    found = calibrated(listed(tmp_path / "e.csv", poisson_days(workdays(40, 10)) + strays))
    assert found.fit.record is not None
    assert found.fit.record.days == 280
    assert "6 tickets opened before or after the stretch that is complete" in found.said


def weekly(rates: list[float], tmp_path: Path, seed: int = 1) -> Found:
    days = [rate / 5 if d < 5 else 0.0 for rate in rates for d in range(7)]
    return calibrated(
        listed(tmp_path / "e.csv", poisson_days(days, seed, "2025-01-06")), holidays="none"
    )


@pytest.mark.parametrize(
    ("rates", "now"),
    [
        ([8 + 30 * np.exp(-w / 6) for w in range(52)], 8), ([38 - 1.5 * min(w, 20) for w in range(52)], 8),
        ([40] * 20 + [15] * 30, 15), ([10] * 30 + [45] * 25, 45), ([60 - 2 * min(w, 15) for w in range(78)], 30),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rate_that_changed_and_levelled_off_is_the_one_since(
    rates: list[float], now: float, seed: int, tmp_path: Path
) -> None:
    found = weekly(rates, tmp_path, seed)
    [kind] = found.fit.kinds
    assert kind.per_week.value == pytest.approx(now, rel=0.2)
    assert kind.per_week.low < kind.per_week.value < kind.per_week.high
    assert "levelled off" in found.said or "changed at once" in found.said
    assert f"per_week = {kind.per_week.value:.4g}" in found.scenario


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rate_that_grows_throughout_is_the_one_at_the_end(seed: int, tmp_path: Path) -> None:
    found = weekly([20 + w for w in range(52)], tmp_path, seed)
    assert found.per_week == pytest.approx(71, rel=0.15)


@pytest.mark.parametrize("seed", range(8))
def test_a_steady_rate_is_not_carried_on_as_a_trend(seed: int, tmp_path: Path) -> None:
    found = weekly([20] * 40, tmp_path, seed)
    assert found.fit.now.shape == "steady"
    assert found.per_week == pytest.approx(20, rel=0.1)


def ended(rng: np.random.Generator, moments: list[Moment], days: float) -> list[Moment]:
    took = rng.lognormal(np.log(days), 1.2, len(moments))
    return [at + datetime.timedelta(days=float(d)) for at, d in zip(moments, took, strict=True)]


def rows_of(moments: list[Moment], ends: list[Moment]) -> list[tuple[str, str, str]]:
    return [(f"T{n}", f"{at:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}" if end < Moment.max else "")
            for n, (at, end) in enumerate(zip(moments, ends, strict=True))]  # fmt: skip


HEADER = ("number", "opened", "resolved")


@pytest.mark.parametrize(("days", "span"), [(5, 28), (10, 60), (3, 14)])
def test_an_export_chosen_by_closing_date_is_told_and_its_rate_is_a_guess(
    days: float, span: int, tmp_path: Path
) -> None:
    moments = poisson_days([7.2] * 300)
    ends = ended(np.random.default_rng(2), moments, days)
    low, high = Moment(2026, 7, 1), Moment(2026, 7, 1) + span * DAY
    rows = [row for row, end in zip(rows_of(moments, ends), ends, strict=True) if low <= end < high]
    found = calibrated(table(tmp_path / "e.csv", HEADER, rows))
    assert (
        "the export looks chosen by closing date. No rate of openings, and no unevenness, can be had"
        in found.said
    )
    [kind] = found.fit.kinds
    assert kind.per_week.assumed
    assert kind.dispersion.assumed
    assert kind.per_week.value == pytest.approx(50, rel=0.2)


def test_an_export_of_closed_tickets_alone_is_told(tmp_path: Path) -> None:
    moments = poisson_days([7.2] * 150)
    ends = ended(np.random.default_rng(2), moments, 6)
    today = Moment(2026, 6, 4)
    rows = [row for row, end in zip(rows_of(moments, ends), ends, strict=True) if end <= today]
    assert (
        "the export looks like closed tickets alone"
        in calibrated(table(tmp_path / "e.csv", HEADER, rows)).said
    )


def test_an_export_of_open_tickets_alone_is_told(tmp_path: Path) -> None:
    rows = [(f"T{n}", f"{at:%Y-%m-%d %H:%M}", "In Progress") for n, at in enumerate(openings(60))]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "state"), rows))
    assert "the export looks like open tickets alone" in found.said


@pytest.mark.parametrize("seed", range(4))
def test_an_export_of_all_tickets_is_not_suspected(seed: int, tmp_path: Path) -> None:
    moments = poisson_days([7.2] * 150, seed)
    ends = ended(np.random.default_rng(seed), moments, 6)
    today = Moment(2026, 6, 4)
    rows = rows_of(moments, [end if end <= today else Moment.max for end in ends])
    assert calibrated(table(tmp_path / "e.csv", HEADER, rows)).fit.choice is None


@pytest.mark.parametrize("count", [500, 1_000, 2_000, 10_000])
def test_a_round_number_of_rows_is_noticed(count: int, tmp_path: Path) -> None:
    said = calibrated(listed(tmp_path / "e.csv", openings(count, per_day=20))).said
    assert f"noticed {count:,}: exactly {count:,} rows, where trackers stop" in said
    said = calibrated(listed(tmp_path / "e.csv", openings(count + 1, per_day=20))).said
    assert "where trackers stop" not in said
