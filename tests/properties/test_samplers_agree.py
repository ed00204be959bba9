"""Two samplers, one future: machine code draws the whole numbers that NumPy and SciPy draw."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.engine.compiled.compiling import no_compiler
from sim.engine.futures.sampler import MOST_REPLICATION, future, loop
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import bundled, from_table
from sim.scenario.schema import Scenario
from tests.strategies import organisations, scenario_tables

LAWS: list[dict[str, Any]] = [
    {"dist": "constant", "value": 3.5},
    {"dist": "exponential", "mean": 2.0},
    {"dist": "lognormal", "median": 1.2, "p90": 40.0},
    {"dist": "lognormal", "median": 0.001, "p90": 0.9},
    {"dist": "gamma", "mean": 2.0, "cv": 0.3},
    {"dist": "gamma", "mean": 3.0, "cv": 1.0},
    {"dist": "gamma", "mean": 5.0, "cv": 6.0},
    {"dist": "empirical", "values": [0.0, 0.5, 0.25, 9.0, 3.0]},
    {"dist": "mixture", "parts": [
        {"share": 0.3, "of": {"dist": "gamma", "mean": 0.5, "cv": 2.0}},
        {"share": 0.5, "of": {"dist": "mixture", "parts": [
            {"share": 0.4, "of": {"dist": "exponential", "mean": 7.0}},
            {"share": 0.6, "of": {"dist": "lognormal", "median": 2.0, "p90": 9.0}}]}},
        {"share": 0.2, "of": {"dist": "constant", "value": 1.0}}]},
]  # fmt: skip
"""One of each, with little and much spread, and one within another."""


def numbers_of(path: SamplePath) -> dict[str, Any]:
    parts = {part: getattr(path, part) for part in ("incidents", "stories", "absences", "given")}
    found = {
        f"{part}.{field.name}": getattr(value, field.name)
        for part, value in parts.items()
        for field in fields(value)
    }
    return found | {"leaves": path.leaves, "numbers": path.numbers}


def assert_same(scenario: Scenario, seed: int, replications: range) -> None:
    for replication in replications:
        drawn = numbers_of(future(scenario, seed, replication))
        for name, expected in numbers_of(sample_path(scenario, seed, replication)).items():
            assert np.array_equal(drawn[name], expected), (name, seed, replication)


@pytest.mark.skipif(bool(no_compiler()), reason=no_compiler())
def test_one_of_them_is_machine_code() -> None:
    """Else NumPy would be held against itself."""
    assert loop().is_compiled


@pytest.mark.skipif(bool(no_compiler()), reason=no_compiler())
def test_it_is_kept_and_loaded_again_without_the_compiler() -> None:
    """Nothing of the system's mathematics is called, which may not be in place."""
    loop()
    asked = "import sys; from sim.engine.futures.sampler import loop; loop(); print('numba' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("name", bundled())
def test_of_a_bundled_scenario_both_draw_the_same(name: str) -> None:
    assert_same(sim.load(name), 7, range(6))


@pytest.mark.long
@pytest.mark.parametrize("name", bundled())
def test_of_a_bundled_scenario_both_draw_the_same_fifty_times(name: str) -> None:
    assert_same(sim.load(name), 1, range(50))


cases = (scenario_tables() | organisations(), st.integers(0, 2**40), st.integers(0, 2**20))


@settings(max_examples=60)
@given(*cases)
def test_of_random_organisations_both_draw_the_same(table: dict, seed: int, first: int) -> None:
    assert_same(from_table(table), seed, range(first, first + 2))


@pytest.mark.long
@settings(max_examples=1_000)
@given(*cases)
def test_of_a_thousand_organisations_both_draw_the_same(table: dict, seed: int, first: int) -> None:
    assert_same(from_table(table), seed, range(first, first + 5))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law['dist']}-{len(str(law))}")
def test_of_every_distribution_both_draw_the_same(table: dict, law: dict[str, Any]) -> None:
    """As effort, delay, return, error of estimates, and length of sickness."""
    for kind in table["incidents"]:
        kind |= {"effort_hours": law, "reopen_after_hours": law, "reopen_rate": 0.5, "per_week": 90}
        kind["first_line"] = True
    table["first_line"] = {"deflect_rate": 0.4, "delay_minutes": law}
    table["people"] = {"sick_share": 0.05, "sick_spell_days": law}
    if law != LAWS[-3]:  # a value of 0, of which most stories would be nothing
        table["stories"] |= {"error": law, "regression_rate": 0.2, "regression_kind": "outage"}
    assert_same(from_table(table), 3, range(20))


@pytest.mark.parametrize(
    "change",
    [
        {"daily_cv": 0.4}, {"daily_cv": 2.0}, {"holiday_share": 0.3}, {"dispersion": 40.0},
        {"per_week": 3_000.0, "dispersion": 100.0}, {"per_week": 0.0}, {"per_week": 0.01},
        {"profile": "round-the-clock"}, {"logged_share": 0.4}, {"trend_per_year": 3.0}, {"team": "Red"},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_a_kind_says_both_draw_the_same(table: dict, change: dict[str, Any]) -> None:
    table["time"] |= {"horizon_weeks": 20, "public_holidays": _holidays()}
    table["incidents"][0] |= change
    assert_same(from_table(table), 5, range(8))


def _holidays() -> list[Any]:
    text = "days = [2026-01-06, 2026-02-18, 2026-04-03, 2026-04-06, 2026-05-01]"
    return list(tomllib.loads(text)["days"])


def test_where_there_was_too_little_room_it_is_drawn_anew(table: dict) -> None:
    """Far more incidents in one future than in any before it."""
    table["incidents"][0] |= {"per_week": 4.0, "dispersion": 90.0, "reopen_rate": 0.99}
    assert_same(from_table(table), 2, range(200))


def test_beyond_its_words_numpy_draws(table: dict) -> None:
    scenario = from_table(table)
    for seed, replication in ((2**70, 0), (1, MOST_REPLICATION)):
        drawn = numbers_of(future(scenario, seed, replication))
        for name, expected in numbers_of(sample_path(scenario, seed, replication)).items():
            assert np.array_equal(drawn[name], expected), name


def test_two_futures_are_not_written_to_the_same_memory(table: dict) -> None:
    scenario = from_table(table)
    first = future(scenario, 1, 0)
    before = {name: np.array(value) for name, value in numbers_of(first).items()}
    future(scenario, 1, 1)
    for name, value in numbers_of(first).items():
        assert np.array_equal(before[name], value), name
