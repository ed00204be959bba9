"""What a scenario from today gets from the days before it: the effort, and how far forecasts were off."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibrate.asking import asked
from sim.calibrate.calibration import Calibration, calibrate, read_all
from sim.calibrate.past_forecasts import (
    FUTURES,
    STEPS,
    misses_summed_up,
    with_effort,
    with_the_days_before,
)
from sim.calibrate.scenario_text import scenario_of, scenario_text
from sim.scenario.dated import FORECAST_DAYS
from tests.command import Firelane
from validation.from_today import OWN_AT, exported

OWN = Path(__file__).parents[2] / "validation/scenarios/from_today.toml"
LOG = "scenarios/service_desk_log.csv"


def lived(tmp_path: Path, seed: int, hours: bool, at: datetime.datetime = OWN_AT) -> Calibration:
    """A past that the program drew, read as a table with or without the hours of each ticket."""
    truth = sim.load(OWN)
    file, _ = exported(truth, seed, tmp_path)
    if not hours:
        pd.read_csv(file).drop(columns="hours").to_csv(file, index=False)
    teams = ",".join(f"{team.name}={team.developers}" for team in truth.teams)
    wishes = asked(holidays="none", teams=teams, today=at.isoformat())
    return calibrate(read_all([file], None, wishes.say), wishes)


def before(c: Calibration, policy: str = "interrupt-anyone") -> Any:
    steps: list[int] = []
    found = with_the_days_before(c, scenario_of(scenario_text(c, "x")), policy, steps.append)
    assert steps == sorted(steps)
    assert not steps or steps[-1] == STEPS
    assert found.today is not None
    return found.today.before


# ---- the effort by what was done -----------------------------------------------------------------


@pytest.mark.long
def test_the_effort_is_about_that_of_the_past(tmp_path: Path) -> None:
    """Its mean is 2.1 hours, 0.84 times what is assumed; two weeks of a queue tell it roughly."""
    factors = []
    for seed in range(1, 9):
        pace = before(lived(tmp_path, seed, hours=False)).pace
        if pace is not None and pace.enough:
            factors.append(pace.factor)
    assert len(factors) >= 3
    assert 0.6 < np.exp(np.mean(np.log(factors))) < 1.2


def test_where_the_hours_are_recorded_they_are_taken(tmp_path: Path) -> None:
    assert before(lived(tmp_path, 2, hours=True)).pace is None


def test_it_stands_in_the_scenario_with_what_follows_from_it(tmp_path: Path) -> None:
    """Hours of a point are what incidents leave, and follow; other kinds keep their recorded effort."""
    c = lived(tmp_path, 3, hours=False)
    found = with_the_days_before(c, scenario_of(scenario_text(c, "x")), "interrupt-anyone", print)
    assert found.today is not None
    assert found.today.before is not None
    pace = found.today.before.pace
    assert pace is not None
    text = scenario_text(found, "x")
    scenario = scenario_of(text)
    assert scenario.incidents[0].effort_hours.model_dump()["median"] == pytest.approx(
        1.2 * pace.factor, rel=1e-3
    )
    assert f"× {pace.factor:.3g}, see [start]" in text
    one = replace(c.kinds[0], effort=lived(tmp_path, 3, hours=True).kinds[0].effort)
    mixed = with_effort(scenario, [one, *c.kinds[1:]], 2.0)
    medians = [kind.effort_hours.model_dump()["median"] for kind in mixed.incidents]
    assert medians == pytest.approx([1.2 * pace.factor, 2.4 * pace.factor], rel=1e-3)


# ---- how far forecasts were off ------------------------------------------------------------------


def test_misses_that_differ_by_chance_alone_leave_the_error_of_their_mean() -> None:
    rng = np.random.default_rng(1)
    misses = 50 + 10 * rng.standard_normal((8, FORECAST_DAYS))
    chance = np.full(FORECAST_DAYS, misses.var(axis=0, ddof=1).max())
    told = misses_summed_up("kanban", misses, chance)
    alone = np.array([8, 8, 17 / 3, 4.5, 3.8, 10 / 3, 3])
    assert told.spread == pytest.approx(np.sqrt(chance / alone), abs=0.06)
    mean = misses.mean(axis=0)
    assert told.missed == pytest.approx(mean * (1 - chance / alone / mean**2), abs=0.06)


def test_a_mean_miss_that_could_be_chance_is_not_made_good() -> None:
    misses = np.repeat([[-10.0], [14.0], [-12.0], [12.0]], FORECAST_DAYS, axis=1)
    told = misses_summed_up("kanban", misses, np.full(FORECAST_DAYS, 100.0))
    assert told.missed == [0.0] * FORECAST_DAYS


def test_what_they_differ_by_beyond_chance_is_added() -> None:
    misses = np.repeat([[-30.0], [30.0], [-30.0], [30.0]], FORECAST_DAYS, axis=1)
    told = misses_summed_up("kanban", misses, np.full(FORECAST_DAYS, 100.0))
    seen = misses.var(axis=0, ddof=1)[0]
    assert told.missed == [0.0] * FORECAST_DAYS
    first = np.sqrt(seen - 100 * (1 + 1 / FUTURES) + seen / 4)
    assert told.spread[0] == pytest.approx(first, abs=0.06)
    assert told.spread == sorted(told.spread), "forecasts of later days overlap, and tell less"


def test_a_past_of_the_same_policy_is_foreseen_and_one_of_another_is_not(tmp_path: Path) -> None:
    """Held against interrupt-anyone, who works as kanban leaves more open than is foreseen."""
    c = lived(tmp_path, 4, hours=True)
    own, other = before(c).missed, before(c, "next-sprint").missed
    assert (own.policy, other.policy) == ("interrupt-anyone", "next-sprint")
    assert max(np.abs(own.missed)) < 40
    assert other.missed[-1] < -60, "whoever waits for the next sprint would have more open"


def test_three_weeks_of_record_are_too_short_for_all_moments_and_one_for_any(
    tmp_path: Path,
) -> None:
    """Moments need a day on record before them, and a week after."""
    third_week = datetime.datetime(2026, 1, 21, 12)
    c = lived(tmp_path, 5, hours=True, at=third_week)
    assert before_and_steps(c).moments == 5
    second = lived(tmp_path, 5, hours=True, at=third_week - datetime.timedelta(7))
    assert before_and_steps(second) is None


def before_and_steps(c: Calibration) -> Any:
    found = with_the_days_before(
        c, scenario_of(scenario_text(c, "x")), "interrupt-anyone", lambda done: None
    )
    assert found.today is not None
    assert found.today.before is not None
    return found.today.before.missed


# ---- as a user sees it ---------------------------------------------------------------------------


def test_the_command_writes_both_and_compare_tells_chance_from_ignorance(
    firelane: Firelane, tmp_path: Path
) -> None:
    target, (file, _) = tmp_path / "today.toml", exported(sim.load(OWN), 6, tmp_path)
    pd.read_csv(file).drop(columns="hours").to_csv(file, index=False)
    done = firelane(
        "calibrate", file, "--today", OWN_AT.isoformat(), "--holidays", "none", "--teams", "Red=6,Blue=4",
        "--policy", "next-sprint", "-o", target,
    )  # fmt: skip
    assert done.status == 0, done.err
    assert re.search(
        r"the effort that is assumed is taken × [0-9.]+: so, under next-sprint", done.out
    )
    assert "8 forecasts like this one, from moments 2 days apart" in done.out
    text = target.read_text()
    assert "[start.past_forecasts]" in text
    found = firelane("compare", target, "--policy", "next-sprint", "--replications", 10)
    words = " ".join(found.out.split())
    assert "In 8 of 10 cases the number lies between. Chance alone makes" in words
    assert "8 such forecasts of the record's last weeks, under next-sprint, were off by" in words


def test_a_log_without_ends_cannot_tell_how_far_forecasts_were_off(
    firelane: Firelane, tmp_path: Path
) -> None:
    done = firelane("calibrate", LOG, "--from-today", "-o", tmp_path / "a.toml")
    assert "how far forecasts like this one are off cannot be told" in " ".join(done.out.split())
    assert "past_forecasts" not in (tmp_path / "a.toml").read_text()


def test_a_policy_without_a_today_is_refused(firelane: Firelane, tmp_path: Path) -> None:
    done = firelane("calibrate", LOG, "--policy", "kanban", "-o", tmp_path / "a.toml")
    assert done.status == 2
    assert "--policy kanban: is used with --from-today alone" in " ".join(done.err.split())
    assert not (tmp_path / "a.toml").exists()


def test_an_unknown_policy_is_refused_before_anything_is_written(
    firelane: Firelane, tmp_path: Path
) -> None:
    done = firelane(
        "calibrate", LOG, "--from-today", "--policy", "kanbn", "-o", tmp_path / "a.toml"
    )
    assert done.status == 2
    assert "nearest known: kanban" in " ".join(done.err.split())
    assert not (tmp_path / "a.toml").exists()
