"""Policies set as well as can be found, under the same promises."""

from __future__ import annotations

import json

import pytest

import sim
from sim.experiment.design import Design
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.question import QuestionError
from sim.search.tuned import USUAL_SHARE, tuned, what_is_required
from sim.search.variants import HELD, Search
from tests.command import Firelane

NET = FigureName("net_points_per_sprint")
KEPT = Constraint.parse("response_sla >= 0.8")
GOAL = Goal.towards(NET, (KEPT,))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sim.load("small_product", ["time.horizon_weeks=26"])


def test_a_policy_that_breaks_a_promise_as_set_is_set_so_that_it_keeps_it(
    scenario: Scenario,
) -> None:
    [policy] = chosen_policies(scenario, ["swap-in"])
    [well] = tuned(scenario, [policy], GOAL, Design(12))
    result = sim.compare(scenario, [policy, well], 40, seed=5)
    before, after = (result.figure(label, "response_sla").mean for label in result.labels)
    assert before < KEPT.limit <= after


def test_a_policy_that_is_set_stays_what_its_name_says(scenario: Scenario) -> None:
    """Were every incident exempt from waiting for the planning, nothing of Next sprint would be left but its name."""
    mildest = max(kind.severity for kind in scenario.incidents)
    for name in ("next-sprint", "swap-in", "kanban", "reserved-buffer"):
        [well] = tuned(scenario, chosen_policies(scenario, [name]), GOAL, Design(4))
        exempt = [well.values[own] for own, about in well.parameters.items() if about.exempts]
        assert exempt
        assert max(exempt) < mildest


def test_none_is_worse_than_as_it_is_set(scenario: Scenario) -> None:
    policies = chosen_policies(scenario, ["reserved-buffer", "cancel-sprint"])
    found = tuned(scenario, policies, GOAL, Design(12))
    moved = [pair for pair in zip(policies, found, strict=True) if pair[0].label != pair[1].label]
    assert moved
    for policy, well in moved:
        result = sim.compare(scenario, [policy, well], 40, seed=5)
        points = [result.figure(label, NET.metric).mean for label in result.labels]
        assert points[1] >= 0.99 * points[0]


def test_what_somebody_set_stays_and_the_share_for_improvements_is_everybodys(
    scenario: Scenario,
) -> None:
    [policy] = chosen_policies(scenario, ["reserved-buffer:sprints=4"])
    [well] = tuned(scenario, [policy], GOAL, Design(8))
    assert well.values["sprints"] == 4
    assert not set(well.settings) & set(HELD)


def test_what_is_set_in_vain_is_left_out(scenario: Scenario) -> None:
    """A share decides nothing where a quantile does, but for the first sprints, which the warm-up has."""
    [policy] = chosen_policies(scenario, ["reserved-buffer"])
    idle = policy.with_settings(quantile=0.5, share=0.6, sprints=20)
    with Design(8).at_work() as computing:
        search = Search(scenario, GOAL, Design(8), computing)
        plain = search.plainest(idle, policy)
        assert search.look_again([plain])[0].is_no_worse_than(search.look_again([idle])[0])
    assert "sprints" not in plain.settings


def test_the_search_has_paths_of_its_own(scenario: Scenario) -> None:
    """What it finds does not hang on the luck of the paths that the comparison is on."""
    [policy] = chosen_policies(scenario, ["kanban"])
    seen: list[range] = []

    class Listening:
        def observe(self, study, replications, progress=None, ahead=0):  # type: ignore[no-untyped-def]
            seen.append(replications)
            return real.observe(study, replications)

    with Design(6).at_work() as real:
        search = Search(scenario, GOAL, Design(6), Listening(), first=1_000_000)  # type: ignore[arg-type]
        search.try_all([policy])
        search.well_set(policy)
    assert min(one.start for one in seen) == 1_000_000


def test_without_a_promise_four_in_five_answered_in_time_are_required(scenario: Scenario) -> None:
    [usual] = what_is_required(scenario, ())
    assert str(usual) == f"response_sla >= {USUAL_SHARE}"
    assert what_is_required(scenario, [KEPT]) == (KEPT,)


def test_a_promise_that_nobody_made_cannot_be_tuned_for() -> None:
    bare = sim.load("small_product")
    unpromised = bare.model_copy(
        update={
            "incidents": [
                kind.model_copy(update={"respond_within_hours": None}) for kind in bare.incidents
            ]
        }
    )
    with pytest.raises(QuestionError, match="name what is required"):
        what_is_required(unpromised, ())


def test_the_command_says_that_policies_are_tuned(firelane: Firelane) -> None:
    asked = ("compare", "small_product", "--set", "time.horizon_weeks=12", "--policy", "kanban")
    told = firelane(*asked, "--tuned", "--replications", 4)
    assert told.status == 0, told.err
    assert "Delivery and response, tuned" in told.out
    document = json.loads(
        firelane(
            *asked,
            "--tuned",
            "--require",
            "response_sla >= 0.5",
            "--replications",
            4,
            "--json",
            "-",
        ).out
    )
    assert document["tuned"] is True
    assert document["policies"][0]["tuned"] is True
    assert isinstance(document["policies"][0]["settings"], dict)
    refused = firelane(*asked, "--require", "response_sla >= 0.5")
    assert refused.status == 2
    assert "--tuned" in refused.err
