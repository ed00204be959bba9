"""What policies are worth, where a scenario says what things are worth."""

from __future__ import annotations

import json
import math

import pytest

import sim
from sim.experiment.design import Design
from sim.measures.accounts import accounts_of
from sim.measures.book import Waits
from sim.measures.deadlines import due_met
from sim.measures.metrics import Key, measure
from sim.report.cautions import worth
from sim.report.html import report_html
from sim.sampling.calendars import WEEK
from sim.search.goal import FigureName, Goal
from sim.search.question import QuestionError
from sim.search.recommend import recommend
from tests.command import Firelane

BANK = "scenarios/bank.toml"
SHORT = ["time.horizon_weeks=16", "time.warmup_weeks=4"]


@pytest.fixture(scope="module")
def result() -> sim.Result:
    return sim.compare(sim.load(BANK, SHORT), ["next-sprint", "kanban"], replications=6, workers=1)


def test_net_value_is_what_the_tables_of_a_run_add_up_to() -> None:
    scenario = sim.load(BANK, SHORT)
    lived = sim.run(sim.sample_path(scenario, 1, 0), "kanban")
    figures = measure(lived.path, lived.events)
    whole = lived.sprints[
        (lived.sprints.begins_hours >= 4 * 168 - 1e-9) & (lived.sprints.sprint < 8)
    ]
    team_sprints = len(scenario.teams) * 6
    table = lived.incidents
    table = table[(table.opened_hours >= 4 * 168) & (table.outcome != "deflected")]
    ended = table.opened_hours + table.resolution_hours
    horizon = scenario.time.horizon_weeks * 168.0
    open_hours = ended.fillna(horizon) - table.opened_hours
    cost = {kind.kind: kind.cost_per_open_hour for kind in scenario.incidents}
    paid = (open_hours * table.kind.map(cost)).sum() / team_sprints
    assert figures[Key("money", "all", "open_incident_cost_per_sprint")] == pytest.approx(paid)
    points = whole.delivered_points.sum() * 500 / team_sprints
    assert figures[Key("money", "all", "delivered_value_per_sprint")] == pytest.approx(points)
    calls = lived.trace[(lived.trace.event == "paged") & (lived.trace.time_hours >= 4 * 168)]
    nights = len(calls) * 150 / team_sprints
    assert nights > 0
    assert figures[Key("money", "all", "night_call_cost_per_sprint")] == pytest.approx(nights)


def test_net_value_is_delivery_less_all_costs(result: sim.Result) -> None:
    for label in result.labels:
        delivered, *costs = (
            result.figure(label, f"{name}_per_sprint").mean
            for name in ("delivered_value", "open_incident_cost", "penalties", "night_call_cost")
        )
        net = result.figure(label, "net_value_per_sprint").mean
        assert net == pytest.approx(delivered - sum(costs))
        assert all(cost > 0 for cost in costs)


def test_each_broken_promise_costs_its_penalty() -> None:
    scenario = sim.load(BANK, SHORT)
    lived = sim.run(sim.sample_path(scenario, 1, 0), "next-sprint")
    waits = accounts_of(lived.path, lived.events, since=4 * WEEK).waits
    broken = (waits[:, Waits.responses] - waits[:, Waits.responded]) + (
        waits[:, Waits.resolutions] - waits[:, Waits.resolved]
    )
    met, decided = due_met(lived.path, lived.accounts, since=4 * WEEK)
    broken += decided - met  # a deadline is a promise, too
    owed = sum(n * kind.penalty for n, kind in zip(broken, scenario.incidents, strict=True))
    figures = measure(lived.path, lived.events)
    assert owed > 0
    assert figures[Key("money", "all", "penalties_per_sprint")] == pytest.approx(owed / (4 * 6))


def test_the_report_and_the_terminal_say_which_policy_is_worth_most(
    result: sim.Result, firelane: Firelane
) -> None:
    assert worth(result).startswith("Kanban is worth most: ")
    assert "What it is worth" in report_html(result, "firelane compare")
    told = firelane("compare", BANK, "--policy", "kanban", "--replications", "2")
    assert "EUR a team-sprint" in told.out
    assert "is worth most" in told.out


def test_json_holds_money_only_where_the_scenario_has_it(result: sim.Result) -> None:
    [first, _] = json.loads(result.to_json())["policies"]
    assert set(first["money"]) >= {"net_value_per_sprint", "penalties_per_sprint"}
    plain = sim.compare(
        sim.load("scenarios/small_product.toml", ["time.horizon_weeks=8"]), ["kanban"], 2, workers=1
    )
    document = json.loads(plain.to_json())
    assert "money" not in document["policies"][0]
    assert worth(plain) == ""


def test_costs_without_the_value_of_a_point_are_refused() -> None:
    with pytest.raises(sim.ScenarioError, match=r"money: is required, with the point_value"):
        sim.load("scenarios/small_product.toml", ["incidents.*.penalty=5"])


def test_net_value_can_be_sought_where_there_is_money_and_is_refused_elsewhere() -> None:
    goal = Goal.towards(FigureName.parse("net_value_per_sprint"))
    found = recommend(sim.load(BANK, SHORT), goal, ["kanban"], Design(2), 2)
    assert found.best.figure.mean > 0
    with pytest.raises(QuestionError, match=r"only a scenario with \[money\]"):
        recommend(sim.load("scenarios/small_product.toml", SHORT), goal, ["kanban"], Design(2), 2)


def test_a_policy_that_falls_behind_has_no_net_value() -> None:
    flooded = sim.load(BANK, [*SHORT, 'incidents."manual booking".per_week=*40'])
    result = sim.compare(flooded, ["kanban"], 3, workers=1)
    assert result.is_overloaded("kanban")
    assert math.isnan(result.figure("kanban", "net_value_per_sprint").mean)
    assert worth(result) == ""
