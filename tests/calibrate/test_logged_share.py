"""`firelane calibrate --logged-share`, and a history that holds only a share of what came in."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.calibrate.asking import asked
from sim.calibrate.backtest import Backtest, backtest
from sim.calibrate.calibration import read_all
from sim.scenario.reading import from_table
from tests.command import Firelane

LOG = "scenarios/service_desk_log.csv"


def incidents_of(file: Path) -> dict[str, dict[str, Any]]:
    return {kind["kind"]: kind for kind in tomllib.loads(file.read_text())["incidents"]}


def test_what_was_counted_is_divided_by_the_share_and_the_file_says_so(
    firelane: Firelane, tmp_path: Path
) -> None:
    counted, all_of_it, figures = (tmp_path / name for name in ("c.toml", "a.toml", "f.json"))
    assert firelane("calibrate", LOG, "-o", counted).status == 0
    told = firelane("calibrate", LOG, "-o", all_of_it, "--logged-share", "0.8", "--json", figures)
    assert told.status == 0, told.err
    assert "Trackers hold 0.8 of the interruptions, as given" in told.out
    less, more = incidents_of(counted), incidents_of(all_of_it)
    rates = json.loads(figures.read_text())
    for name, kind in more.items():
        assert kind["per_week"] == pytest.approx(less[name]["per_week"] / 0.8, rel=1e-3)
        assert kind["dispersion"] - 1 == pytest.approx(
            (less[name]["dispersion"] - 1) / 0.8, rel=2e-3, abs=1e-3
        )
        assert kind["logged_share"] == 0.8
        rate = rates[f'incidents."{name}".per_week']
        assert rate["value"] == pytest.approx(kind["per_week"], rel=1e-3)
        assert rate["low"] < rate["value"] < rate["high"]
    assert "over the share that is logged, 0.8" in all_of_it.read_text()
    assert "logged_share = 0.8 # as given" in all_of_it.read_text()
    assert "logged_share" not in counted.read_text()


@pytest.mark.parametrize("share", ["0", "1.5", "-0.2", "nan"])
def test_a_share_that_none_can_be_is_refused(
    share: str, firelane: Firelane, tmp_path: Path
) -> None:
    target = tmp_path / "ours.toml"
    refused = firelane("calibrate", LOG, "-o", target, f"--logged-share={share}")
    assert refused.status == 2
    assert "expected a share above 0 and at most 1, such as 0.8" in refused.err
    assert not target.exists()


WEEKS = 16


def logged(folder: Path) -> Path:
    """A hundred tickets a week in working hours, each resolved after two hours."""
    rng = np.random.default_rng(3)
    days = np.datetime64("2026-01-05") + np.arange(7 * WEEKS)
    working = days[np.is_busday(days)]
    opened = np.repeat(working, rng.poisson(20, len(working))).astype("datetime64[m]")
    opened += (540 + rng.integers(0, 480, len(opened))).astype("timedelta64[m]")
    target = folder / "log.csv"
    with target.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["number", "opened", "resolved", "severity", "effort hours"])
        out.writerows((n, at, at + 120, 3, 0.5) for n, at in enumerate(np.sort(opened)))
    return target


def held_against(log: Path, share: float) -> Backtest:
    wishes = asked(holidays="none")
    exports = read_all([log], None, wishes.say)
    kind = {
        "kind": "severity 3", "severity": 3, "first_line": False, "logged_share": share,
        "effort_hours": {"dist": "constant", "value": 0.5},
    }  # fmt: skip
    scenario = from_table(
        {"name": "Ours", "teams": [{"name": "Team", "developers": 9}], "incidents": [kind]}, "ours"
    )
    return backtest(scenario, exports, wishes, "interrupt-anyone", 10, 60, 1)


def test_of_the_models_history_the_share_that_is_logged_is_held_against_the_log(
    tmp_path: Path,
) -> None:
    """Arrivals come out as they were counted, whatever the share; what all of them do comes out,
    too: at a quarter logged four times the work is done, and people are busier."""
    log = logged(tmp_path)
    whole, quarter = held_against(log, 1.0), held_against(log, 0.25)
    for found in (whole, quarter):
        daily, weekly, _ = found.bands
        assert daily.covers
        assert weekly.inside >= len(weekly.at) - 1
        assert weekly.middle == pytest.approx(weekly.observed.mean(), rel=0.15)
    waited = [
        next(line for line in found.lines if line.what == "resolution p90, severity 3").middle
        for found in (whole, quarter)
    ]
    assert waited[1] > 1.5 * waited[0]


def test_a_share_is_told_beside_history(firelane: Firelane, tmp_path: Path) -> None:
    log, target = logged(tmp_path), tmp_path / "ours.toml"
    assert firelane("calibrate", log, "-o", target, "--logged-share", "0.5").status == 0
    found = firelane("validate", target, "--against", log, "--replications", 20)
    assert found.status == 0, found.err
    assert "Trackers hold 0.5 of the interruptions: of the model's, the same share" in found.out
    assert re.search("arrivals a week: [56] of 6 inside the band: reproduced", found.out)
