"""What is not known of a scenario: sets of assumptions, and how far they move what is said."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import mstats, qmc

import sim
from sim.experiment.comparison import DELIVERY, RESPONSE
from sim.experiment.input_sets import Plan, band, discrepancy, planned
from sim.experiment.judgement import AS_SOON, Judgement
from sim.report.finding import certainty, finding
from sim.report.wording import band_of
from sim.sampling.expected_load import support_needed
from sim.sampling.organisation import organisation
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from tests.command import Firelane

POLICIES = ["interrupt-anyone", "kanban", "next-sprint"]
RESUME = "interruptions.resume_minutes"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sim.load("web_agency", ["time.horizon_weeks=20"])


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> sim.Result:
    return sim.compare(scenario, POLICIES, 80, inputs=20)


def test_replications_are_shared_among_the_sets_and_a_fifth_more_shows_the_inputs_as_they_are() -> (
    None
):
    assert Plan.of(200, 40) == Plan(sets=40, paths=5, as_they_are=40)
    assert Plan.of(800, 40) == Plan(sets=40, paths=20, as_they_are=160)
    assert Plan.of(10, 40).paths == 2


def test_the_sets_fill_every_range_evenly_and_are_a_plan_whatever_the_seed(
    scenario: Scenario,
) -> None:
    shares = planned(len(scenario.ranges), 40)
    assert shares.shape == (40, len(scenario.ranges))
    for own in shares.T:
        assert sorted((own * 40).astype(int)) == list(range(40))
    seeds = (sim.compare(scenario, ["kanban"], 8, seed, inputs=4).input_sets for seed in (1, 2))
    first, second = (sets.shares for sets in seeds if sets is not None)
    assert (first == second).all()


def test_the_plan_fills_the_space_more_evenly_than_a_hypercube_by_chance() -> None:
    by_chance = [qmc.discrepancy(qmc.LatinHypercube(6, rng=seed).random(40)) for seed in range(40)]
    assert discrepancy(planned(6, 40)) < np.quantile(by_chance, 0.1)
    points = np.random.default_rng(1).random((30, 4))
    assert discrepancy(points) == pytest.approx(qmc.discrepancy(points))


def test_a_set_is_what_comes_of_setting_its_inputs_by_hand(
    scenario: Scenario, found: sim.Result
) -> None:
    sets = found.input_sets
    assert sets is not None
    moves = [own.change(share) for own, share in zip(scenario.inputs, sets.shares[3], strict=True)]
    by_hand = sim.compare(changed(scenario, moves), POLICIES, sets.paths)
    assert (sets.observed[3].values == by_hand.observations.values)[
        ~np.isnan(by_hand.observations.values)
    ].all()


def test_with_the_inputs_as_they_are_nothing_is_other_than_without_sets(
    scenario: Scenario, found: sim.Result
) -> None:
    plain = sim.compare(scenario, POLICIES, found.replications)
    assert np.array_equal(found.observations.values, plain.observations.values, equal_nan=True)
    assert found.figure("kanban", RESPONSE) == plain.figure("kanban", RESPONSE)
    assert np.isnan(plain.spread("kanban", RESPONSE).input_low)


def test_what_an_input_does_alone_is_what_the_band_spans(scenario: Scenario) -> None:
    """The middle eight in ten of its range, and of what it moves."""
    only = scenario.model_copy(update={"ranges": {RESUME: [10, 60]}})
    result = sim.compare(only, ["interrupt-anyone", "next-sprint"], 200, inputs=40)
    low, high = band(result.difference_in_sets("interrupt-anyone", "next-sprint", DELIVERY))
    ends = []
    for minutes in (12, 50):  # of ten to sixty, by factors
        at = sim.compare(
            changed(scenario, [f"{RESUME}={minutes}"]), ["interrupt-anyone", "next-sprint"], 40
        )
        ends.append(at.difference("interrupt-anyone", "next-sprint", DELIVERY).mean)
    assert high == pytest.approx(ends[0], abs=0.3)
    assert low == pytest.approx(ends[1], abs=0.3)


def test_the_ends_of_a_band_are_harrells_and_davis_quantiles() -> None:
    values = np.random.default_rng(2).lognormal(0, 1, 40)
    expected = mstats.hdquantiles(values, [0.1, 0.9])
    assert band(values) == pytest.approx(tuple(expected))
    assert np.isnan(band(np.array([1.0, np.nan]))).all()


def test_where_inputs_move_nothing_the_band_is_not_made_of_luck(scenario: Scenario) -> None:
    """Few futures each: without taking luck out, the band would be as wide as theirs."""
    idle = scenario.model_copy(update={"ranges": {"sprints.goal_share": [0.79, 0.81]}})
    result = sim.compare(idle, ["kanban"], 80, inputs=20)
    spread = result.spread("kanban", RESPONSE)
    assert spread.input_high - spread.input_low < 0.02 * (spread.year_high - spread.year_low)


def test_the_band_of_more_incidents_lies_above_the_luck_of_years(found: sim.Result) -> None:
    spread = found.spread("interrupt-anyone", DELIVERY)
    assert spread.low <= spread.mean <= spread.high
    assert spread.input_high - spread.input_low > 3 * (spread.high - spread.low)


def test_a_policy_that_cannot_keep_up_in_some_sets_is_counted_there_and_the_band_is_of_the_others() -> (
    None
):
    scenario = sim.load("web_agency", ["time.horizon_weeks=26"])
    heavy = scenario.model_copy(update={"ranges": {"incidents.*.per_week": ["*0.6", "*4"]}})
    result = sim.compare(heavy, ["dedicated-team:people=8", "interrupt-anyone"], 60, inputs=20)
    behind = result.sets_behind("dedicated-team:people=8")
    assert 3 <= behind <= 17
    times = result.in_sets("dedicated-team:people=8", RESPONSE)
    assert np.isnan(times).sum() == behind
    assert result.sets_behind("interrupt-anyone") < behind


def test_a_support_team_sized_by_the_load_is_sized_before_the_load_is_known(
    scenario: Scenario,
) -> None:
    result = sim.compare(scenario, ["dedicated-team"], 40, inputs=20)
    fixed = f"dedicated-team:people={support_needed(scenario, organisation(scenario))}"
    by_hand = sim.compare(scenario, [fixed], 40, inputs=20)
    assert np.array_equal(
        result.in_sets("dedicated-team", RESPONSE),
        by_hand.in_sets(fixed, RESPONSE),
        equal_nan=True,
    )


def test_the_finding_counts_the_sets_in_which_it_holds(found: sim.Result) -> None:
    assert " of 20 sets of assumptions" in certainty(found)
    judgement = Judgement(found)
    assert judgement.is_loss_sure
    low, high = judgement.share_lost_in_sets
    assert f"({band_of('response_sla', low, high)} in 8 of 10 sets of assumptions)" in finding(
        found
    )
    own, other = (found.in_sets(label, RESPONSE) for label in ("interrupt-anyone", "kanban"))
    assert judgement.sets_as_soon == (own <= AS_SOON * np.minimum(own, other)).sum()


def test_where_nobody_keeps_up_nobody_is_as_soon() -> None:
    """A set in which no policy works off what comes in is no set in which one is the soonest."""
    scenario = sim.load("web_agency", ["time.horizon_weeks=26"])
    heavy = scenario.model_copy(update={"ranges": {"incidents.*.per_week": ["*0.5", "*40"]}})
    result = sim.compare(heavy, ["interrupt-anyone", "kanban"], 20, inputs=10)
    judgement = Judgement(result)
    behind = result.sets_behind("interrupt-anyone")
    assert 0 < behind < 10
    assert judgement.named == "interrupt-anyone"
    assert judgement.sets_as_soon <= 10 - behind


def test_a_figure_that_a_year_does_not_have_is_taken_from_the_years_that_have_it() -> None:
    """An outage a year: on some paths none comes, and no set is left out for that."""
    scenario = sim.load("web_agency", ["incidents.production-outage.per_week=0.03"])
    rare = scenario.model_copy(update={"ranges": {"people.unfamiliarity": [1, 1.5]}})
    result = sim.compare(rare, ["kanban"], 40, inputs=8)
    sets = result.input_sets
    assert sets is not None
    key = next(k for k in sets.keys if (k.name, k.group) == ("response_hours_mean", "severity 1"))
    own = sets.values[:, 0, :, sets.keys.index(key)]
    assert np.isnan(own).any()
    assert not np.isnan(own).all(axis=1).any()
    assert not np.isnan(result.in_sets("kanban", key.name, key.group)).any()


def test_python_says_how_to_get_the_same_sets_again(found: sim.Result, tmp_path: Path) -> None:
    found.report(tmp_path / "r.html")
    told = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "replications=80, seed=1, inputs=20)" in told
    assert Plan.of(80, 20) == Plan.of(83, 20)


def test_without_sets_it_says_that_only_chance_was_looked_at(scenario: Scenario) -> None:
    alone = sim.compare(scenario, POLICIES, 10)
    assert "what nobody measured may move these figures further" in certainty(alone)
    known = scenario.model_copy(update={"ranges": {}})
    assert "does not say how far off" in certainty(sim.compare(known, POLICIES, 10))


def test_workers_and_stores_change_nothing(scenario: Scenario, tmp_path: Path) -> None:
    from sim.experiment.runner import Runner

    few = ["kanban", "interrupt-anyone"]
    alone = sim.compare(scenario, few, 12, workers=1, inputs=4)
    for _ in range(2):  # the second time from the store
        with Runner(2, store=tmp_path / "s") as runner:
            kept = sim.compare(scenario, few, 12, runner=runner, inputs=4)
        assert kept.to_json() == alone.to_json()


@pytest.mark.parametrize(("inputs", "told"), [(1, "2 or more"), (-3, "2 or more")])
def test_one_set_is_none(scenario: Scenario, inputs: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        sim.compare(scenario, ["kanban"], 4, inputs=inputs)


def test_without_ranges_there_is_nothing_to_draw_from(scenario: Scenario) -> None:
    known = scenario.model_copy(update={"ranges": {}})
    with pytest.raises(ValueError, match="has no \\[ranges\\]"):
        sim.compare(known, ["kanban"], 4, inputs=4)


def test_the_command_draws_sets_where_it_can_and_says_so(firelane: Firelane) -> None:
    short = ("--set", "time.horizon_weeks=8", "--policy", "kanban", "--policy", "next-sprint")
    told = firelane("compare", "web_agency", *short, "--inputs", 4, "--replications", 8)
    assert "4 sets of assumptions × 2 replications, and 20 with" in told.out.replace("\n", " ")
    assert "What is not known, and luck: 8 in 10 lie between" in told.out
    assert "as set, not tuned" in told.out
    document = json.loads(
        firelane(
            "compare", "web_agency", *short, "--inputs", 4, "--replications", 8, "--json", "-"
        ).out
    )
    assert (document["draws"], document["paths_per_draw"], document["replications"]) == (4, 2, 8)
    own = document["policies"][0]["net_points_per_sprint"]
    assert set(own) == {
        *("mean", "low", "high", "input_low", "input_high", "year_low", "year_high")
    }
    assert own["input_low"] < own["input_high"]
    assert {"input_low", "effect", "needed", "gain"} <= set(document["differences"][0])
    assert len(document["assumptions"]) == 4
    resume = [float(one["interruptions.resume_minutes"]) for one in document["assumptions"]]
    assert all(5 <= minutes <= 90 for minutes in resume)
    refused = firelane("compare", "web_agency", *short, "--inputs", 1)
    assert refused.status == 2
    assert "expected 0 for none, or 2 and more" in " ".join(refused.err.replace("│", " ").split())


def test_difference_is_a_record_with_all_that_stands_beside_it(found: sim.Result) -> None:
    [pair, *_] = found.pairs([DELIVERY])
    assert set(pair._fields) >= {"effect", "needed", "gain", "input_low"}
    assert pair.all_low <= pair.low <= pair.mean <= pair.high <= pair.all_high
    assert dataclasses.is_dataclass(found)
