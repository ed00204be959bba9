"""What a change of policy costs: week by week beside staying, on the same random futures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.experiment.cost_of_change import (
    BreakEven,
    Change,
    ChangeoverError,
    Paths,
    change_over,
)
from sim.experiment.design import Design
from sim.measures.by_week import by_week
from sim.measures.run import run
from sim.policy.contract import DEFER, QUEUE, Policy
from sim.policy.parameters import PolicyError
from sim.policy.registry import policy_in
from sim.report.changeover_words import changeover_finding
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import changed, from_table, load
from sim.scenario.schema import Scenario

FEW = Design(6, seed=3, workers=1)


def agency(**changes: str) -> Scenario:
    """The web agency without what improves, teaches or is handed over, so that only a queue is fresh."""
    return load(
        "web_agency",
        [
            "improvements=[]",
            "sprints.improvement_share=0",
            "people.familiar_after_hours=0",
            "people.quality_gain=0",
            "interruptions.handover_minutes=0",
            *(f"{key}={value}" for key, value in changes.items()),
        ],
    )


def test_to_change_from_a_policy_to_itself_changes_nothing_that_counts() -> None:
    scenario = agency()
    same = policy_in(scenario, "interrupt-anyone")
    found = change_over(scenario, same, policy_in(scenario, "interrupt-anyone"), FEW)
    assert (found.points.difference == 0).all()
    assert np.nanmax(np.abs(found.response_hours.difference)) == 0


def test_without_learning_hand_over_and_ramp_up_the_dip_is_what_waited_at_the_change() -> None:
    """Who changes from deferring everything to doing it at once does the same work, only sooner: what is
    lost in points on the way is the work that waited in the queue, and no more."""
    scenario = agency()
    before, after = (policy_in(scenario, name) for name in ("next-sprint", "interrupt-anyone"))
    design = Design(24, seed=5)
    found = change_over(scenario, before, after, design, week=8)
    hours_a_point = scenario.stories.hours_per_point * scenario.stories.error.mean()
    worked_off = []
    for replication in range(design.replications):
        path = sample_path(found.scenario, design.seed, replication)
        stays = run(path, before).accounts
        kind = path.incidents.kind[stays.id]
        waits = (stays.opened < 8 * WEEK) & ((stays.ended < 0) | (stays.ended >= 8 * WEEK))
        waits &= (stays.started < 0) | (stays.started >= 8 * WEEK)
        effort = path.organisation.mean_effort[kind[waits]].sum() / HOUR
        worked_off.append(effort / hours_a_point)
    week, dip = found.dip
    assert week <= 12, "the way is short"
    half, waited = (dip.high - dip.low) / 2, float(np.mean(worked_off))
    assert waited / 2 < dip.mean <= waited + 2 * half


def test_where_nothing_comes_in_there_is_no_dip() -> None:
    scenario = agency(**{"incidents.*.per_week": "0", "stories.regression_rate": "0"})
    before, after = (policy_in(scenario, name) for name in ("next-sprint", "interrupt-anyone"))
    found = change_over(scenario, before, after, FEW)
    assert (found.points.difference == 0).all()
    assert found.dip == (0, (0.0, 0.0, 0.0))
    assert found.break_even.surely == 1


def test_a_hand_over_costs_those_who_begin_duty_their_hours() -> None:
    """A day of each who goes on duty is lost once more than where nothing is handed over."""
    quiet = {"incidents.*.per_week": "0", "stories.regression_rate": "0"}
    done = []
    for minutes in ("0", "480"):
        scenario = agency(**quiet)
        scenario = changed(scenario, [f"interruptions.handover_minutes={minutes}"])
        before, after = (policy_in(scenario, n) for n in ("next-sprint", "developer-rotation"))
        done.append(change_over(scenario, before, after, FEW, week=4).points.change)
    assert done[1][:, :2].sum() < done[0][:, :2].sum()


def test_net_value_without_money_charges_the_work_that_is_left_open() -> None:
    """Who defers everything for ever delivers more points and owes them."""
    scenario = agency()
    never = Policy(id="never", route=lambda incident, team, now, p: DEFER, sprints=True)
    at_once = Policy(id="at-once", route=lambda incident, team, now, p: QUEUE)
    path = sample_path(scenario, 1)
    for policy in (never, at_once):
        lived = run(path, policy)
        weekly = by_week(path, lived.events, lived.accounts)
        accounts = lived.accounts
        kind = path.incidents.kind[accounts.id]
        still = (accounts.ended < 0) & (accounts.outcome == 0)
        left = path.organisation.mean_effort[kind[still]].sum() / HOUR
        hours = scenario.stories.hours_per_point * scenario.stories.error.mean()
        owed = weekly.points.sum() - weekly.net_value.sum()
        assert owed == pytest.approx(left / hours, rel=1e-9)


def test_net_value_in_money_is_what_the_figures_of_the_run_say() -> None:
    """The weeks of a run without a warm-up add up to its net value per team-sprint."""
    from sim.measures.metrics import Key, measure

    scenario = load("bank", ["time.warmup_weeks=0"])
    path = sample_path(scenario, 2)
    lived = run(path, "kanban")
    weekly = by_week(path, lived.events, lived.accounts)
    figures = measure(path, lived.events)
    sprints = 26 * 4
    whole = figures[Key("money", "all", "net_value_per_sprint")] * sprints
    assert weekly.net_value.sum() == pytest.approx(whole, rel=1e-9)


def told_of(net: list[float]) -> Change:
    """A change whose weeks bring so much more than staying, in five futures that differ a little."""
    more = np.array(net) + 0.01 * np.arange(-2, 3)[:, np.newaxis]
    scenario = load("web_agency")
    both = [policy_in(scenario, name) for name in ("next-sprint", "kanban")]
    paths = Paths(np.zeros_like(more), more)
    return Change(scenario, *both, 4, 5, 1, paths, paths, paths)


def test_break_even_is_the_week_from_which_on_the_sum_stays_ahead() -> None:
    assert told_of([-4, 1, 1, 1, 2, 3]).break_even.surely == 5
    assert told_of([5, -9, 1, 1, 1, 4]).break_even.surely == 6, "ahead at first, but not for good"
    assert told_of([-4, 1, 1, 1, 0, 0]).break_even == BreakEven(None, None, None)
    assert told_of([1] * 6).break_even.surely == 1


def test_break_even_tells_chance_from_what_is_sure() -> None:
    """On average ahead from the first week, for sure only once the sum has outgrown its spread."""
    more = np.array([[1.0] * 12] * 4) + np.array([[-3.0], [-1.0], [1.0], [3.0]]) * np.eye(1, 12)
    paths = Paths(np.zeros_like(more), more)
    even = replace(told_of([0.0]), net_value=paths).break_even
    assert even.week == 1
    assert even.earliest == 1
    half = 3.182446 * np.std([-3, -1, 1, 3], ddof=1) / 2
    assert even.surely == int(np.ceil(half))


def test_what_is_a_tie_is_told_as_one() -> None:
    near = np.array([[1.0, -1.0] * 10, [-1.0, 1.0] * 10, [0.0, 0.3] * 10])
    paths = Paths(np.zeros_like(near), near)
    change = replace(told_of([0.0] * 20), points=paths, response_hours=paths, net_value=paths)
    finding = changeover_finding(change)
    assert "then cannot be told from staying" in finding
    assert "too close to call" in finding


def test_a_change_that_changes_nothing_is_not_ahead() -> None:
    nothing = Paths(np.zeros((3, 52)), np.zeros((3, 52)))
    change = replace(told_of([0.0]), points=nothing, response_hours=nothing, net_value=nothing)
    assert "it makes no difference to what is delivered" in changeover_finding(change)


def test_where_nothing_is_planned_and_nothing_costs_money_the_worth_is_not_known(
    table: dict,
) -> None:
    del table["stories"]
    table["time"] = {"horizon_weeks": 12, "warmup_weeks": 4, "sprint_weeks": 2}
    scenario = from_table(table)
    both = [policy_in(scenario, name) for name in ("next-sprint", "kanban")]
    finding = changeover_finding(change_over(scenario, *both, FEW))
    assert "what it is worth is not known" in finding
    assert "nan" not in finding


def test_a_policy_that_keeps_something_between_calls_is_refused() -> None:
    calls: list[int] = []

    def route(incident, team, now, p):
        calls.append(1)
        return QUEUE if len(calls) % 2 else DEFER

    scenario = agency()
    with pytest.raises(PolicyError, match="keeps something between calls"):
        change_over(scenario, policy_in(scenario, "kanban"), Policy(id="odd", route=route), FEW)


def test_a_change_in_the_middle_of_a_sprint_is_refused_in_words() -> None:
    scenario = agency()
    both = (policy_in(scenario, name) for name in ("next-sprint", "kanban"))
    with pytest.raises(ChangeoverError, match="expected 2 or another multiple of 2"):
        change_over(scenario, *both, FEW, week=3)


def test_the_change_of_a_log_lies_within_it() -> None:
    scenario = load("service_desk")
    both = (policy_in(scenario, name) for name in ("next-sprint", "kanban"))
    with pytest.raises(ChangeoverError, match=r"must be less than time\.horizon_weeks"):
        change_over(scenario, *both, FEW, week=52)


def test_workers_do_not_change_the_answer(table: dict) -> None:
    table["time"] = {"horizon_weeks": 12, "warmup_weeks": 4, "sprint_weeks": 2}
    scenario = from_table(table)
    both = [policy_in(scenario, name) for name in ("next-sprint", "kanban")]
    one, two = (change_over(scenario, *both, Design(4, workers=n)) for n in (1, 2))
    assert (one.points.change == two.points.change).all()
    assert (one.points.stay == two.points.stay).all()
