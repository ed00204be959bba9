"""How far off the inputs of a scenario may be: read, checked, moved, and forgotten when they are known."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.scenario.ranges import Range
from sim.scenario.reading import bundled, changed, with_inputs
from sim.scenario.schema import Scenario

PLAIN = (bundled()["small_product"]).read_text(encoding="utf-8").partition("[ranges]")[0]


def with_ranges(folder: Path, lines: str) -> Scenario:
    file = folder / "ours.toml"
    file.write_text(f"{PLAIN}[ranges]\n{lines}\n", encoding="utf-8")
    return sim.load(file)


def test_values_move_evenly_and_factors_by_factors() -> None:
    assert Range("a", "", 10, 20).change(0.5) == "a=15"
    assert Range("a", "", 10, 90).change(0.5) == "a=30"  # known to no better than a factor of nine
    assert Range("a", "", -10, 90).change(0.5) == "a=40"
    assert Range("a", "*", 0.5, 2).change(0.5) == "a=*1"
    assert Range("a", "+", 0, 4).change(0.25) == "a=+1"


def test_all_inputs_move_at_once_and_are_known_then(tmp_path: Path) -> None:
    scenario = with_ranges(
        tmp_path,
        '"interruptions.resume_minutes" = [10, 60]\n"incidents.*.effort_hours" = ["*0.5", "*2"]',
    )
    low, high = with_inputs(scenario, [0, 0]), with_inputs(scenario, [1, 1])
    assert (low.interruptions.resume_minutes, high.interruptions.resume_minutes) == (10, 60)
    for kind, less, more in zip(scenario.incidents, low.incidents, high.incidents, strict=True):
        assert less.effort_hours.mean() == pytest.approx(kind.effort_hours.mean() / 2)
        assert more.effort_hours.mean() == pytest.approx(kind.effort_hours.mean() * 2)
    assert low.ranges == {}


def test_a_distribution_times_a_factor_keeps_its_shape() -> None:
    before = sim.load("small_product")
    after = changed(before, ["incidents.*.effort_hours=*3"])
    for kind, more in zip(before.incidents, after.incidents, strict=True):
        assert more.effort_hours.mean() == pytest.approx(3 * kind.effort_hours.mean())
        assert type(more.effort_hours) is type(kind.effort_hours)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"x.y" = [1, 2]', "unknown key 'x'"),
        ('"interruptions.resume_minutes" = [10, 600]', "cannot be 600: .* must be 480 or less"),
        ('"interruptions.resume_minutes" = ["*3", 1]', "both ends must be"),
        ('"interruptions.resume_minutes" = [3, 1]', "the low end must come first"),
        ('"interruptions.resume_minutes" = [3]', "2 entries|at least 2|must have"),
        ('"interruptions.resume_minutes" = ["few", "many"]', "expected two numbers"),
        ('"incidents.*.per_week" = ["*0", "*2"]', "a factor must be more than 0"),
        ('"interruptions.resume_minutes" = ["*nan", "*2"]', "expected two numbers"),
        ('"teams.*.name" = ["*1", "*2"]', "needs a number on both sides"),
    ],
)
def test_a_range_that_cannot_be_is_refused_by_its_key(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=told) as refused:
        with_ranges(tmp_path, line)
    assert "ranges" in str(refused.value)


def test_what_is_set_to_a_value_is_known_and_what_is_moved_is_not(tmp_path: Path) -> None:
    scenario = with_ranges(
        tmp_path,
        '"interruptions.resume_minutes" = [10, 60]\n"incidents.*.per_week" = ["*0.5", "*2"]',
    )
    assert list(changed(scenario, ["interruptions.resume_minutes=20"]).ranges) == [
        "incidents.*.per_week"
    ]
    assert list(changed(scenario, ["interruptions.resume_minutes=*2"]).ranges) == [
        "incidents.*.per_week"
    ]
    assert len(changed(scenario, ["incidents.*.per_week=*1.1"]).ranges) == 2
    assert list(changed(scenario, ["incidents.*.per_week=3"]).ranges) == [
        "interruptions.resume_minutes"
    ]


@pytest.mark.parametrize("name", bundled())
def test_every_scenario_that_ships_says_how_far_off_it_may_be(name: str) -> None:
    scenario = sim.load(name)
    assert len(scenario.ranges) >= 6
    text = bundled()[name].read_text(encoding="utf-8").partition("[ranges]")[2]
    for line in text.strip().splitlines()[1:]:
        assert "#" in line, f"{name}: {line} has no source"
