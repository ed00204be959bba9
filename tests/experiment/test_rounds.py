"""Who clearly cannot keep up is left out after a few futures: of the others nothing changes by it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment.control_variates import controlled
from sim.experiment.design import Design
from sim.experiment.reportable import FAR, Reportable
from sim.experiment.rounds import FEW, Rounds
from sim.experiment.runner import Runner
from sim.experiment.study import Observations, Study
from sim.measures.metrics import Key
from sim.policy.registry import find_policy
from sim.report.finding import certainty, finding
from sim.scenario.reading import bundled, from_table, load
from sim.scenario.schema import Scenario
from sim.workers.pool import WorkersLostError
from tests.command import Firelane

OVERRUN, ABLE, ALSO_ABLE = "dedicated-team:people=1", "kanban", "reserved-buffer"
ASKED = 24


@pytest.fixture
def busy(table: dict[str, Any]) -> Scenario:
    """One supporter has half the time that the incidents take, all five have twice as much."""
    table["time"] = {"horizon_weeks": 26, "warmup_weeks": 4}
    table["incidents"][1] |= {"per_week": 30.0, "dispersion": 1.0}
    return from_table(table)


@pytest.fixture
def too_much(table: dict[str, Any]) -> Scenario:
    """Twice what all can do."""
    table["time"] = {"horizon_weeks": 26, "warmup_weeks": 4}
    table["incidents"][1] |= {"per_week": 150.0, "dispersion": 1.0}
    return from_table(table)


def compared(scenario: Scenario, *policies: str, asked: int = ASKED, **more: Any) -> sim.Result:
    return sim.compare(scenario, list(policies), asked, workers=1, **more)


def same(one: Observations, other: Observations) -> None:
    assert one.keys == other.keys
    assert one.values.tobytes() == other.values.tobytes()


def test_where_all_keep_up_it_is_what_is_observed_at_once(busy: Scenario) -> None:
    found = compared(busy, ABLE, ALSO_ABLE)
    study = Study.of(busy, [find_policy(name) for name in (ABLE, ALSO_ABLE)], 1, "compiled")
    [expected] = Design(ASKED, workers=1).observe([study])
    same(found.observations, expected)
    assert not found.left_out
    assert '"cannot_keep_up"' not in found.to_json()


def test_of_the_others_every_figure_is_as_if_nobody_had_been_left_out(busy: Scenario) -> None:
    found = compared(busy, OVERRUN, ABLE, ALSO_ABLE, asked=60)
    alone = compared(busy, ABLE, ALSO_ABLE, asked=60)
    assert [found.is_left_out(label) for label in found.labels] == [True, False, False]
    assert found.observations.values[1:].tobytes() == alone.observations.values.tobytes()
    for label in (ABLE, ALSO_ABLE):
        for key, own in found.figures(label).items():
            np.testing.assert_allclose(own, alone.figures(label)[key], rtol=1e-9, equal_nan=True)
    ahead = found.difference(ABLE, ALSO_ABLE, "response_hours_mean")
    expected = alone.difference(ABLE, ALSO_ABLE, "response_hours_mean")
    np.testing.assert_allclose(ahead, expected, rtol=1e-9)
    assert not np.allclose(
        controlled(found.observations, busy).values[1:],
        found.observations.values[1:],
        equal_nan=True,
    ), "no control was used"


def test_who_is_left_out_has_the_futures_of_the_first_round(busy: Scenario) -> None:
    asked = 60  # enough for controls, which are nobody's who is left out
    found = compared(busy, ABLE, OVERRUN, asked=asked)
    whole = compared(busy, ABLE, OVERRUN, asked=FEW)
    assert not whole.left_out, "there is nothing to leave it out of"
    assert (found.replications, found.futures(ABLE), found.futures(OVERRUN)) == (asked, asked, FEW)
    assert np.isnan(found.observations.values[1, FEW:]).all()
    same(
        Observations(found.observations.keys, found.observations.values[:, :FEW]),
        whole.observations,
    )
    for metric in ("points_per_sprint", "backlog_growth_per_week", "opened"):
        assert found.figure(OVERRUN, metric) == whole.figure(OVERRUN, metric)
        assert found.difference(ABLE, OVERRUN, metric) == whole.difference(ABLE, OVERRUN, metric)
    assert np.isnan(found.figure(OVERRUN, "response_hours_mean").mean)
    assert found.pareto() == [ABLE]


@pytest.mark.parametrize("precision", [None, 0.02])
def test_where_nobody_keeps_up_the_study_ends_however_much_is_asked(
    too_much: Scenario, precision: float | None
) -> None:
    done: list[int] = []
    found = sim.compare(
        too_much, [OVERRUN, ABLE], 5_000, workers=1, progress=done.append, precision=precision
    )
    assert found.replications == FEW
    assert done[-1] == FEW
    assert len(found.left_out) == 2
    assert "cannot keep up with the demand under any policy" in finding(found)
    document = json.loads(found.to_json())
    assert document["replications"] == FEW
    assert [one["replications"] for one in document["policies"]] == [FEW, FEW]


def test_a_precision_is_not_waited_for_of_who_is_left_out(busy: Scenario) -> None:
    found = compared(busy, ABLE, OVERRUN, precision=0.1, budget=2_000)
    alone = compared(busy, ABLE, precision=0.1, budget=2_000)
    assert found.futures(OVERRUN) == FEW
    assert found.replications == alone.replications < 2_000
    assert found.observations.values[0].tobytes() == alone.observations.values[0].tobytes()
    assert {label for label, _ in found.headline_figures()} == {ABLE}


def test_neither_workers_nor_a_store_change_who_is_left_out(busy: Scenario, tmp_path: Path) -> None:
    expected = compared(busy, ABLE, OVERRUN).observations
    same(sim.compare(busy, [ABLE, OVERRUN], ASKED, workers=3).observations, expected)
    study = Study.of(busy, [find_policy(name) for name in (ABLE, OVERRUN)], 1, "compiled")
    for kept in (1, 3, FEW, ASKED):  # so many are in the store already
        with Runner(1, store=tmp_path / str(kept)) as runner:
            runner.observe(study, range(kept))
        for _ in range(2):
            with Runner(1, store=tmp_path / str(kept)) as runner:
                found = compared(busy, ABLE, OVERRUN, runner=runner)
            same(found.observations, expected)


def test_a_study_that_was_stopped_comes_to_the_same(busy: Scenario, tmp_path: Path) -> None:
    expected = compared(busy, ABLE, OVERRUN).observations

    def stop(done: int) -> None:
        if done >= 13:
            raise WorkersLostError("pulled")

    with Runner(1, store=tmp_path / "s") as runner, pytest.raises(WorkersLostError):
        compared(busy, ABLE, OVERRUN, runner=runner, progress=stop)
    counted: list[int] = []
    with Runner(1, store=tmp_path / "s") as runner:
        found = compared(busy, ABLE, OVERRUN, runner=runner, progress=counted.append)
    same(found.observations, expected)
    assert counted[0] == FEW
    assert counted[-1] == ASKED


def test_progress_counts_on_from_the_first_round(busy: Scenario) -> None:
    done: list[int] = []
    compared(busy, ABLE, OVERRUN, progress=done.append)
    assert done == sorted(done)
    assert done[-1] == ASKED


def test_a_run_from_an_empty_start_leaves_nobody_out(table: dict[str, Any]) -> None:
    table["incidents"][1] |= {"per_week": 150.0, "dispersion": 1.0}
    found = compared(from_table(table), OVERRUN)
    assert not found.left_out
    assert found.futures(OVERRUN) == ASKED


def seen(growth: list[float]) -> Reportable:
    """What may be said of a policy whose backlog grows so much, where 100 incidents come in a week."""
    scenario = load(bundled()["small_product"])
    keys = tuple(Key("accounts", "all", n) for n in ("backlog_growth_per_week", "opened"))
    opened = 100.0 * scenario.time.horizon_weeks
    values = np.array([[[one, opened] for one in growth]])
    return Reportable(scenario, Observations(keys, values))


@pytest.mark.parametrize(
    ("growth", "said"),
    [
        ([60.0, 61.0, 62.0, 60.0, 61.0, 62.0, 60.0, 61.0], True),
        ([15.0, 15.1, 15.2, 15.0, 15.1, 15.2, 15.0, 15.1], False),  # behind, but not by FAR
        ([60.0, -20.0, 90.0, 10.0, 70.0, 55.0, 61.0, 3.0], False),  # by much, but not surely
        ([60.0], False),
    ],
)
def test_it_takes_much_and_surely(growth: list[float], said: bool) -> None:
    assert 0.15 < FAR < 0.5
    assert seen(growth).cannot_keep_up(0) == said


def test_who_falls_behind_by_less_lives_through_all(table: dict[str, Any]) -> None:
    """There is no steady state, and that is said as ever; but it is not so much that a few futures tell."""
    table["time"] = {"horizon_weeks": 26, "warmup_weeks": 4}
    table["incidents"][1] |= {"per_week": 14.0, "dispersion": 1.0}
    found = compared(from_table(table), OVERRUN, asked=40)
    assert found.is_overloaded(OVERRUN)
    assert not found.left_out
    assert found.futures(OVERRUN) == 40


def test_a_study_that_is_over_computes_no_more(too_much: Scenario) -> None:
    study = Study.of(too_much, [find_policy(ABLE)], 1, "compiled")
    with Runner(1) as runner:
        rounds = Rounds(study, runner, 50, None)
        assert rounds.is_over
        rounds.go_on(50)
    assert rounds.done == FEW


# ---- how it is told ------------------------------------------------------------------------------


@pytest.fixture
def file(busy: Scenario, tmp_path: Path) -> Path:
    target = tmp_path / "busy.toml"
    target.write_text(busy.to_toml())
    return target


def test_the_row_and_a_sentence_say_it_and_from_how_many_futures(
    firelane: Firelane, file: Path, tmp_path: Path
) -> None:
    html, figures = tmp_path / "r.html", tmp_path / "r.csv"
    arguments = ("compare", file, "--workers", 1, "--replications", ASKED, "--policy", ABLE,
                 "--policy", OVERRUN)  # fmt: skip
    told = firelane(*arguments).out
    assert "cannot keep" in told
    assert f"({FEW}" in told
    assert f"{OVERRUN} cannot keep up: of " in told.replace("\n", " ")
    assert f"known from {FEW} random futures; no more were computed" in told.replace("\n", " ")
    assert firelane(*arguments, "--html", html, "--csv", figures).status == 0
    assert f"known from {FEW} random futures; no more were computed" in html.read_text()
    with figures.open() as lines:
        rows = [(row["policy"], int(row["replication"])) for row in csv.DictReader(lines)]
    assert rows == [(ABLE, n) for n in range(ASKED)] + [(OVERRUN, n) for n in range(FEW)]


def test_json_says_it_of_those_alone_who_are_left_out(busy: Scenario) -> None:
    able, overrun = json.loads(compared(busy, ABLE, OVERRUN).to_json())["policies"]
    assert (overrun["cannot_keep_up"], overrun["replications"]) == (True, FEW)
    assert overrun["overloaded"] is True
    assert overrun["accounts"]["backlog_growth_per_week"]["low"] > 0
    assert overrun["response"]["all"]["response_hours_mean"]["mean"] is None
    assert not {"cannot_keep_up", "replications"} & able.keys()


def test_how_sure_the_finding_is_speaks_of_those_who_keep_up(busy: Scenario) -> None:
    found = compared(busy, ABLE, ALSO_ABLE, OVERRUN)
    assert "that all policies that keep up share" in certainty(found)
    assert "that all policies share" in certainty(compared(busy, ABLE, ALSO_ABLE))
