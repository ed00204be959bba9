"""Which figures may be given: one rule for comparisons and searches."""

from __future__ import annotations

import json

import numpy as np
import pytest

import sim
from sim.experiment.reportable import COUNT, Reportable, fewest_incidents
from sim.experiment.study import Observations
from sim.measures.metrics import Key
from sim.scenario.reading import bundled, load

COUNTED = Key("response", "all", COUNT)
QUANTILE, MEAN = (Key("response", "all", f"response_hours_{name}") for name in ("p90", "mean"))
POINTS = Key("delivery", "all", "points_per_sprint")
GROWTH, OPENED = (Key("accounts", "all", name) for name in ("backlog_growth_per_week", "opened"))


def seen(growth: float, incidents: float) -> Reportable:
    """What may be given of one policy whose backlog grows so much, by 30 alike replications."""
    keys = (COUNTED, QUANTILE, MEAN, POINTS, GROWTH, OPENED)
    values = np.tile([incidents, 9.0, 5.0, 40.0, growth, 100.0], (1, 30, 1))
    return Reportable(load(bundled()["small_product"]), Observations(keys, values))


def given(rule: Reportable) -> set[Key]:
    return {key for key in rule.observed.keys if rule.may_be_given(0, key)}


def test_where_demand_exceeds_capacity_no_figure_of_a_steady_state_is_given() -> None:
    rule = seen(growth=20.0, incidents=1_000)
    assert rule.is_overloaded(0)
    assert rule.is_any_overloaded()
    assert given(rule) == {COUNTED, POINTS, GROWTH, OPENED}
    assert not rule.has_steady_state(0, "response_hours_mean")


@pytest.mark.parametrize("short", [0, 1])
def test_a_quantile_takes_enough_incidents_where_a_steady_state_does_not(short: int) -> None:
    rule = seen(growth=0.0, incidents=fewest_incidents("response_hours_p90") - short)
    assert not rule.is_any_overloaded()
    assert rule.has_steady_state(0, "response_hours_p90")
    assert (QUANTILE in given(rule)) == (not short)
    assert MEAN in given(rule)


def test_replayed_incidents_are_those_of_the_json() -> None:
    scenario = sim.load("service_desk")
    result = sim.compare(scenario, ["kanban", "interrupt-anyone"], 1, workers=1)
    table = result.incidents
    assert table is not None
    assert list(table.policy.unique()) == result.labels
    rows = [len(one["incidents"]["rows"]) for one in json.loads(result.to_json())["policies"]]
    assert rows == [int((table.policy == label).sum()) for label in result.labels]
    assert sim.compare(sim.load("small_product"), ["kanban"], 1, workers=1).incidents is None
