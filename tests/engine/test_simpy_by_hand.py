"""The model by hand that the readable engine is timed against does the same work."""

from __future__ import annotations

import pytest

from benchmarks.simpy_by_hand import web_agency
from benchmarks.simpy_by_hand.run import POLICY, figures_of, ours
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import load


def test_it_comes_to_about_the_same_figures(bundled_scenario) -> None:
    scenario = load(bundled_scenario("web_agency"), ["time.horizon_weeks=26"])
    policy = find_policy(POLICY, scenario.policies)
    for seed in (1, 2, 3):
        path = sample_path(scenario, seed)
        found = figures_of(path, ours(path, policy))
        by_hand = web_agency.run(path)
        assert by_hand.points_per_sprint == pytest.approx(found.points_per_sprint, rel=0.03)
        assert by_hand.response_hours_mean == pytest.approx(found.response_hours_mean, rel=0.1)


def test_it_leaves_nobody_without_an_answer_who_is_to_have_one(bundled_scenario) -> None:
    path = sample_path(load(bundled_scenario("web_agency"), ["time.horizon_weeks=12"]), 5)
    agency = web_agency.Agency(path)
    agency.env.run(until=path.organisation.horizon)
    settled = [incident for incident in agency.incidents if incident.deflected]
    answered = [incident for incident in agency.incidents if incident.answered >= 0]
    assert settled
    assert not set(settled) & set(answered)
    week_before = path.organisation.horizon - 7 * 86_400
    late = [i for i in agency.incidents if 0 <= i.opened < week_before and not i.deflected]
    assert late
    assert all(incident.answered >= incident.opened for incident in late)
