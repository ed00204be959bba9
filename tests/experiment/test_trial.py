"""What a pilot shows: the power that is promised is the power that pilots have."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

import sim
from sim.experiment.trial import (
    BEFORE,
    FEWEST,
    MOST,
    TrialError,
    powers,
    significant,
    sprints_of_trials,
    trial,
)
from sim.measures.by_sprint import SEEN
from sim.policy.registry import policy_in
from tests.command import Firelane


def test_the_test_is_welchs() -> None:
    generator = np.random.default_rng(1)
    a, b = generator.normal(0, 1, (300, 6)), generator.normal(1, 3, (300, 4))
    a[::7, 2] = np.nan
    expected = stats.ttest_ind(a, b, axis=1, equal_var=False, nan_policy="omit").pvalue < 0.05
    assert (significant(a, b) == expected).all()


def test_of_equal_sprints_a_difference_is_seen_and_none_is_not() -> None:
    a, b = np.full((1, 6), 0.1), np.full((1, 3), 0.2)
    assert significant(a, b).all()
    assert not significant(a, a[:, :3]).any()
    assert not significant(a, b[:, :1]).any()


def test_a_change_that_is_none_is_seen_no_more_often_than_by_chance() -> None:
    scenario = sim.load("small_product", ["improvements=[]", "sprints.improvement_share=0"])
    same = policy_in(scenario, "interrupt-anyone")
    lived = sprints_of_trials(scenario, same, same, [0], 400, seed=3, workers=2)
    assert lived.shape == (400, BEFORE + MOST, len(SEEN))
    assert (powers(lived) < 0.11).all()


def of_other_pilots(name: str, before: str, after: str, teams: int | None) -> None:
    scenario = sim.load(name)
    first, then = (policy_in(scenario, own) for own in (before, after))
    promised = trial(scenario, first, then, teams, trials=2_000, seed=1)
    own = range(teams or len(scenario.teams))
    measured = powers(sprints_of_trials(scenario, first, then, own, 1_000, seed=77))
    shows = promised.of("response_sla")
    never = promised.of("points_per_sprint")
    assert shows is not None
    assert never is not None
    assert shows.sprints is not None
    assert never.sprints is None
    for figure, sprints in ((shows, shows.sprints), (never, promised.length)):
        power = measured[SEEN.index(figure.figure), sprints - FEWEST]
        assert power == pytest.approx(figure.power[sprints - FEWEST], abs=0.03)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "before", "after", "teams"),
    [
        ("small_product", "next-sprint", "interrupt-anyone", None),
        ("web_agency", "next-sprint", "reserved-buffer", 2),
    ],
)
def test_the_promised_power_is_that_of_a_thousand_other_pilots(
    name: str, before: str, after: str, teams: int | None
) -> None:
    of_other_pilots(name, before, after, teams)


def test_more_teams_than_there_are_is_refused() -> None:
    scenario = sim.load("small_product")
    policy = policy_in(scenario, "kanban")
    with pytest.raises(TrialError, match="has 1 teams; expected 1 to 1"):
        trial(scenario, policy, policy, teams=4)


def test_the_command_says_what_shows_and_writes_the_same_as_json(firelane: Firelane) -> None:
    arguments = [
        "pilot", "small_product", "--from", "next-sprint", "--to", "interrupt-anyone",
        "--trials", 200,
    ]  # fmt: skip
    told = firelane(*arguments)
    assert told.status == 0
    assert "A pilot shows answered in time" in told.out
    found = json.loads(firelane(*arguments, "--json", "-").out)
    shown = {own["figure"]: own for own in found["figures"]}
    assert shown["response_sla"]["shows"]
    assert shown["response_sla"]["before"] < shown["response_sla"]["then"]
    assert not shown["points_per_sprint"]["shows"]
    assert found["sprints_before"] == BEFORE
