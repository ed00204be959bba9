"""A study: settings in, tidy figures out, the same as comparisons give, resumable to the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.search.studies import StudyError

POLICIES = ["next-sprint", "kanban"]


@pytest.fixture
def design() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "interruptions.resume_minutes": [5, 60, np.nan],
            "incidents.*.per_week": ["*1", "*1.5", None],
        },
        index=["easy", "hard", "as it is"],
    )


def test_each_setting_gives_what_a_comparison_of_that_scenario_gives(
    design: pd.DataFrame,
) -> None:
    found = sim.study(design, POLICIES, "small_product", replications=4, workers=1)
    scenario = sim.load("small_product")
    for setting, changes in (
        ("easy", {"interruptions.resume_minutes": 5, "incidents.*.per_week": "*1"}),
        ("hard", {"interruptions.resume_minutes": 60, "incidents.*.per_week": "*1.5"}),
        ("as it is", {}),
    ):
        result = sim.compare(scenario.changed(changes), POLICIES, 4, workers=1)
        for n, label in enumerate(POLICIES):
            own = found[(found.setting == setting) & (found.policy == label)]
            values = own[own.figure == "points_per_sprint"].sort_values("replication").value
            key = next(k for k in result.observations.keys if k.name == "points_per_sprint")
            assert values.tolist() == result.observations.of(n, key).tolist()


def test_the_table_is_tidy(design: pd.DataFrame) -> None:
    wanted = ["response_sla", "response_hours_mean[severity=1]"]
    found = sim.study(design, POLICIES, "small_product", replications=3, figures=wanted, workers=1)
    columns = ["policy", "replication", "draw", "figure", "unit", "value"]
    assert list(found.columns) == ["setting", *design.columns, *columns]
    assert len(found) == 3 * 2 * 3 * 2
    assert set(found.unit) == {"share, 0 to 1", "hours"}
    assert set(found.draw) == {0}
    assert not found.duplicated(["setting", "policy", "replication", "draw", "figure"]).any()


def test_draws_are_sets_of_assumptions_from_the_ranges() -> None:
    design = pd.DataFrame({"people.unfamiliarity": [1.0]})
    found = sim.study(
        design, ["kanban"], "small_product", replications=2, draws=5, workers=1,
        figures=["points_per_sprint"],
    )  # fmt: skip
    assert sorted(set(found.draw)) == [1, 2, 3, 4, 5]
    assert found.groupby("draw").value.mean().nunique() == 5


def test_a_design_may_name_the_scenario_of_each_row() -> None:
    design = pd.DataFrame({"scenario": ["small_product", "young_product"]})
    found = sim.study(design, ["kanban"], replications=2, figures=["points_per_sprint"], workers=1)
    assert set(found.scenario) == {"small_product", "young_product"}


@pytest.mark.parametrize(
    ("design", "scenario", "said"),
    [
        (pd.DataFrame({"a": []}), "small_product", "no rows"),
        (pd.DataFrame({"people.unfamiliarity": [1.0]}), None, "no scenario"),
        (pd.DataFrame({"people.unfamiliarty": [1.0]}), "small_product", "nearest known"),
        (pd.DataFrame({"time.horizon_weeks": [-1]}), "small_product", "must be 1 or more"),
    ],
)
def test_what_cannot_be_is_told_in_words(
    design: pd.DataFrame, scenario: str | None, said: str
) -> None:
    with pytest.raises((StudyError, sim.ScenarioError), match=said):
        sim.study(design, ["kanban"], scenario, replications=2)


def test_a_figure_that_there_is_not_names_the_nearest() -> None:
    design = pd.DataFrame({"people.unfamiliarity": [1.0]})
    with pytest.raises(StudyError, match="nearest known: response_sla"):
        sim.study(design, ["kanban"], "small_product", figures=["response_sla[severity=9]"])


SCRIPT = """
import itertools, sys
import pandas as pd, sim
design = pd.DataFrame(itertools.product([5, 10, 20, 40], range(1, 11)), columns=["interruptions.resume_minutes", "interruptions.switch_minutes"])
found = sim.study(design, ["next-sprint", "kanban"], "small_product", replications=6, store=sys.argv[1], workers=2)
found.to_csv(sys.argv[2], index=False)
"""


def test_a_study_that_was_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    def begun(store: str, csv: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", SCRIPT, str(tmp_path / store), str(tmp_path / csv)]
        return subprocess.Popen(command, start_new_session=True)

    killed = begun("a.db", "none.csv")
    store = tmp_path / "a.db"
    until = time.monotonic() + 60
    while not (store.exists() and store.stat().st_size > 100_000) and killed.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    if killed.poll() is None:
        os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    for store_name, csv in (("a.db", "on.csv"), ("b.db", "whole.csv")):
        assert begun(store_name, csv).wait() == 0
    assert (tmp_path / "on.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_every_figure_has_a_unit_and_a_direction() -> None:
    for name in ("bank", "web_agency"):
        known = sim.figures(sim.load(name))
        assert known.unit.str.len().min() > 0
        assert set(known.better) == {"more", "less"}
        assert "response_sla[severity=1]" in set(known.figure)


def test_questions_asked_from_python_answer_as_the_command_line_does() -> None:
    scenario = sim.load("small_product", ["time.horizon_weeks=12"])
    cells = sim.sweep(
        scenario, ["interruptions.resume_minutes=5:60:3"], ["kanban"], replications=3, workers=1
    )
    assert len(cells.cells) == 3
    swings = sim.sensitivity(
        scenario, "points_per_sprint", ["kanban"], {"interruptions.resume_minutes": (5, 60)},
        replications=3, workers=1,
    )  # fmt: skip
    assert [own.input.key for own in swings.swings] == ["interruptions.resume_minutes"]
    found = sim.recommend(
        scenario, ["response_sla >= 0.5"], policies=["kanban"], replications=4, fresh=8, workers=1
    )
    assert found.best.policy.id == "kanban"
    worth = sim.measure(
        scenario, ["response_sla >= 0.8"], ["kanban", "next-sprint"], sets=30, paths=2, workers=1
    )
    assert len(worth.worths) == len(scenario.inputs)
