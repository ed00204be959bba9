"""What a change of policy costs: week by week beside staying, on the same random futures."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.cost_of_change import ChangeoverError, Paths, change_over
from sim.experiment.design import Design
from sim.measures.by_week import by_week
from sim.measures.run import run
from sim.policy.contract import DEFER, QUEUE, Policy
from sim.policy.registry import policy_in
from sim.sampling.calendars import HOUR, WEEK
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import from_table, load
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
    """Seven hours of 35 people on one day, where one of each team of seven goes on duty."""
    costs = []
    for minutes in (0, 480):
        scenario = agency(**{"incidents.*.per_week": "0", "stories.regression_rate": "0"})
        scenario = load(
            "web_agency", [f"interruptions.handover_minutes={minutes}", "improvements=[]"]
        )
        before, after = (policy_in(scenario, n) for n in ("next-sprint", "developer-rotation"))
        found = change_over(scenario, before, after, FEW, week=4)
        costs.append(found.points.so_far[:, 25].mean())
    assert costs[1] < costs[0]


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
    assert weekly.net_value.sum() == pytest.approx(whole, rel=2e-3)


def test_break_even_is_where_the_sum_stays_ahead() -> None:
    stay = np.zeros((3, 6))
    change = np.array([[-4.0, 1, 1, 1, 2, 3]] * 3) + np.array([[0.0], [0.1], [-0.1]])
    assert Paths(stay, change).so_far[0].tolist() == [-4, -3, -2, -1, 1, 4]


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
