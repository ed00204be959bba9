"""How a team works today shows in its tickets."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.calibrate.asking import asked
from sim.calibrate.beside_history import Line
from sim.calibrate.calibration import calibrate, read_all
from sim.calibrate.scenario_text import scenario_of, scenario_text
from sim.calibrate.sources import counted
from sim.decision.status_quo import FARTHEST, distance, inferred
from sim.measures.run import run
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table
from tests.calibrate.exporters import Lived, pagerduty, run_table


def recorded(policy: str, target: Path) -> Path:
    """Export half a year of two teams that worked by a policy."""
    scenario = from_table(
        {
            "name": "recorded",
            "time": {"horizon_weeks": 30, "warmup_weeks": 0},
            "teams": [{"name": "Red", "developers": 5}, {"name": "Blue", "developers": 4}],
            "stories": {"points": {"2": 0.5, "5": 0.5}},
            "incidents": [
                {
                    "kind": f"severity {severity}",
                    "severity": severity,
                    "per_week": rate,
                    "first_line": False,
                    "effort_hours": {"dist": "lognormal", "median": 2, "p90": 6},
                }
                for severity, rate in ((1, 1.5), (2, 4), (3, 8))
            ],
        }
    )
    path = sample_path(scenario, 5, 0)
    return pagerduty(Lived(run_table(path, run(path, policy).accounts)), target)


@pytest.mark.parametrize("policy", ["next-sprint", "interrupt-anyone"])
def test_the_policy_that_made_a_history_is_found_or_is_among_those_alike(
    policy: str, tmp_path: Path
) -> None:
    wishes = asked(holidays="none", teams="Red=5,Blue=4")
    exports = read_all([recorded(policy, tmp_path / "tickets.csv")], None, wishes.say)
    scenario = scenario_of(scenario_text(calibrate(exports, wishes), "recorded"))
    found = inferred(scenario, exports, wishes, seed=1)
    assert found is not None
    nearest, alike = found
    assert find_policy(policy).title in (nearest.title, *alike)


def test_a_distance_is_in_widths_of_the_band_and_ends_where_a_figure_is_simply_wrong() -> None:
    def line(observed: float) -> Line:
        return Line("points done a sprint and team", "points", observed, 10, 12, 14)

    assert distance(line(12)) == 0
    assert distance(line(14)) == pytest.approx(0.5)
    assert distance(line(1_000)) == FARTHEST


def test_figures_that_were_read_and_those_assumed_are_counted() -> None:
    text = (
        "horizon_weeks = 52\nsprint_weeks = 2 # assumed: usual\nper_week = 3.5 # n = 64, 90 % 2.8 to 4.4\n"
        '# share of all # n = 3\n\n[ranges]\n"a" = [1, 2] # assumed\n'
    )
    assert counted(text) == (1, 1)
