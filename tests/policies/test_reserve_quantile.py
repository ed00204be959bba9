"""A reserve by quantile overflows as often as it says, however long the history and whatever the spread."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.policy import SprintView, TeamView
from sim.policy.registry import known_policies
from sim.report.as_set import remarks, sprints_needed
from sim.sampling.arrivals import weekly_counts
from sim.scenario.reading import bundled, from_table, load
from tests.thinned import one_in

TEAM = TeamView(*[0] * len(TeamView._fields))._replace(capacity=10**7)
NOTHING = SprintView(*[0] * len(SprintView._fields))

TRIES = 4_000
"""Sprints for each length of history: a share of 0.2 is known to 1 point."""


def loads(dispersion: float, sprints: int) -> list[int]:
    """Mean efforts that came to a team of the web agency in so many sprints, exchangeable."""
    luck = np.random.default_rng(5)
    total = np.zeros(sprints)
    for kind in load(bundled()["web_agency"]).incidents:
        weeks = weekly_counts(kind.per_week / 5, dispersion, luck.random(2 * sprints))
        effort = round(kind.effort_hours.mean() * 3_600 * kind.people)
        total += weeks.reshape(sprints, 2).sum(axis=1) * effort
    return [int(value) for value in total]


def kept(quantile: float, past: list[int]) -> int:
    policy = known_policies()["reserved-buffer"].with_settings(quantile=quantile, share=0.1)
    known = {f"load_{ago + 1}": value for ago, value in enumerate(past)}
    sprint = NOTHING._replace(history=len(past), **known)
    return int(policy.reserve(TEAM, sprint, policy.record()))


@pytest.mark.parametrize("dispersion", [1.0, 2.6, 6.0])
@pytest.mark.parametrize("history", one_in(3, [4, 5, 7, 9, 13, 20], also=[20]))
def test_it_overflows_in_as_many_sprints_as_it_promises(dispersion: float, history: int) -> None:
    drawn = loads(dispersion, TRIES * (history + 1))
    for quantile in (0.8, 0.9):
        if quantile * (history + 1) > history:
            continue
        over = 0
        for begin in range(0, len(drawn), history + 1):
            *past, now = drawn[begin : begin + history + 1]
            over += now > kept(quantile, past)
        assert abs(over / TRIES - (1 - quantile)) < 0.03


@pytest.mark.parametrize(("quantile", "sprints"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.95, 19)])
def test_so_many_sprints_are_needed_to_say_it(quantile: float, sprints: int) -> None:
    policy = known_policies()["reserved-buffer"].with_settings(quantile=quantile)
    assert sprints_needed(policy) == sprints
    past = [1_000 * (n + 1) for n in range(sprints)]
    assert kept(quantile, past) == 1_000 * sprints, "the most of so few"
    assert kept(quantile, past[1:]) == TEAM.capacity // 10, "the fixed share"


def test_between_two_ranks_it_lies_between_two_loads() -> None:
    assert kept(0.8, [1_000, 2_000, 3_000, 4_000, 5_000]) == 4_800


def test_a_history_that_is_too_short_is_said(table: dict) -> None:
    table["time"] = {"horizon_weeks": 26, "warmup_weeks": 6, "sprint_weeks": 2}
    scenario = from_table(table)
    policies = [
        "reserved-buffer:quantile=0.9",
        "reserved-buffer:quantile=0.95",
        "reserved-buffer:quantile=0.95,sprints=10",
    ]
    assert remarks(sim.compare(scenario, policies, replications=2)) == [
        "reserved-buffer:quantile=0.9: 90 % needs 9 past sprints; in the first 6 that are measured the "
        "reserve is the fixed share.",
        "reserved-buffer:quantile=0.95: 95 % needs 19 past sprints; in all 10 that are measured the reserve "
        "is the fixed share.",
        "reserved-buffer:quantile=0.95,sprints=10: no history of 10 sprints can say what covers 95 % of "
        "them; the reserve is the fixed share.",
    ]
