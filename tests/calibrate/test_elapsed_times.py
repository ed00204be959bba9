"""The history that is printed is the tickets', and open ones are reckoned with."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.elapsed_times import history
from tests.calibrate.planted import calibrated, openings, table

OPENED = openings(400, per_day=5)


def took(name: str, count: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    return {
        "two humps": np.where(rng.random(count) < 0.4, rng.lognormal(-1, 1, count), rng.lognormal(4.5, 1, count)),
        "uniform": rng.uniform(0, 300, count),
        "one value": np.full(count, 24.0),
        "many at once": np.where(rng.random(count) < 0.3, 0.0, rng.lognormal(2, 1, count)),
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", ["two humps", "uniform", "one value", "many at once"])
def test_median_and_p90_in_the_scenario_are_those_of_the_tickets(name: str, tmp_path: Path) -> None:
    hours = took(name, len(OPENED))
    rows = [
        (f"T{n}", at, at + datetime.timedelta(hours=float(h)), 3)
        for n, (at, h) in enumerate(zip(OPENED, hours, strict=True))
    ]
    path = table(tmp_path / "e.csv", ("number", "opened", "resolved", "severity"), rows)
    frame = pd.read_csv(path)
    real = (
        pd.to_datetime(frame.resolved, format="ISO8601")
        - pd.to_datetime(frame.opened, format="ISO8601")
    ).dt.total_seconds() / 3600
    found = calibrated(path).fit.kinds[0].resolution
    assert found is not None
    assert (found.median, found.p90) == pytest.approx(tuple(real.quantile([0.5, 0.9])), abs=0.01)
    said = f"# history, elapsed, no effort: resolution median {found.median:.3g} h, p90 {found.p90:.3g} h"
    assert said in calibrated(path).scenario


def test_which_severity_is_slower_is_told_by_the_tickets(tmp_path: Path) -> None:
    rows = [
        (
            f"T{n}",
            at,
            at + datetime.timedelta(hours=30 if n % 4 == 0 else 7),
            1 if n % 4 == 0 else 3,
        )
        for n, at in enumerate(OPENED)
    ]
    said = calibrated(
        table(tmp_path / "e.csv", ("number", "opened", "resolved", "severity"), rows)
    ).said
    assert "severity 1 took 30 h to resolve (median), severity 3 7 h" in said


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_open_tickets_are_reckoned_with_as_censored(share: float) -> None:
    rng = np.random.default_rng(1)
    true = rng.lognormal(3, 1, 4_000)
    age = np.quantile(true, 1 - share) * rng.uniform(0.5, 1.5, 4_000)
    hours = np.where(true <= age, true, np.nan)
    found = history(hours, np.where(np.isnan(hours), age, np.nan))
    assert found is not None
    assert found.waiting == int(np.isnan(hours).sum())
    if share < 0.5:
        assert found.median == pytest.approx(np.exp(3), rel=0.1)
        assert found.median > np.nanmedian(hours)


def test_it_is_kaplan_and_meiers_estimate() -> None:
    hours = np.array([1.0, 3, 5, 7, np.nan, np.nan, 9, np.nan])
    ages = np.array([np.nan] * 4 + [2, 6, np.nan, 8])
    alive, at_risk, median = 1.0, 8, np.nan
    for time, ends in sorted(
        [(h, True) for h in hours if h > 0] + [(a, False) for a in ages if a > 0]
    ):
        alive *= 1 - ends / at_risk
        at_risk -= 1
        if np.isnan(median) and alive <= 0.5:
            median = time
    found = history(hours, ages)
    assert found is not None
    assert found.median == median == 7


def test_a_quantile_that_too_many_wait_for_is_not_known() -> None:
    found = history(
        np.array([1.0, 2, np.nan, np.nan, np.nan, np.nan]), np.array([np.nan, np.nan, 5, 6, 7, 8])
    )
    assert found is not None
    assert "p90 not known yet" in str(found)
