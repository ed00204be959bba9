"""The public benchmark: bundled scenarios, every policy at its best setting, both spreads, and digests to check them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sim.engine.engines import DEFAULT_ENGINE
from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison, Spread
from sim.experiment.design import Design
from sim.experiment.input_sets import SETS, InputSets, Plan, observe_sets, planned
from sim.experiment.rounds import Rounds, among_all
from sim.experiment.runner import Runner
from sim.experiment.study import Progress
from sim.policy.contract import Policy
from sim.policy.registry import known_policies
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import digest, load, with_inputs
from sim.scenario.schema import Scenario
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.tuned import TUNING, tuned

SCENARIOS = (
    "small_product",
    "young_product",
    "web_agency",
    "web_shop",
    "growing_demand",
    "legacy",
    "bank",
    "follow_the_sun",
)
"""All bundled ones that are random: a log that is replayed has one future alone."""

REQUIRED = "response_sla >= 0.8"

REPLICATIONS, SEED = 400, 1
"""Of each scenario, over SETS sets of assumptions; a fifth more with the inputs as they are."""

Stage = Callable[[str, int | None], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class Entry:
    """A policy in a scenario, at its best setting."""

    policy: Policy
    points: Spread
    """net points a sprint and team"""
    response: Spread
    """hours, at a fixed mix of severities"""
    in_time: Spread
    sets_kept: int
    """of SETS sets of assumptions, in which it keeps up and what is required"""
    is_overloaded: bool


@dataclass(frozen=True)
class Table:
    """The entries of a scenario, the most net points first."""

    scenario: Scenario
    name: str
    scenario_digest: str
    path_digest: str
    """of the first future"""
    entries: tuple[Entry, ...]


def benchmark(
    name: str,
    stage: Stage,
    more: Sequence[Policy] = (),
    only: Sequence[Policy] | None = None,
    workers: int | None = None,
) -> Table:
    """Return the table of a scenario.

    Args:
        name: one of SCENARIOS.
        stage: called as a step begins, with what it does and of how much.
        more: policies beside the bundled ones.
        only: these instead.
        workers: processes; one for each core if None.

    Raises:
        PolicyError: for a policy that draws random numbers or looks at the clock.
        WorkersLostError: where a worker process died.
    """
    scenario = load(name)
    policies = list(only) if only is not None else [*known_policies().values(), *more]
    goal = Goal.towards(FigureName(DELIVERY), (Constraint.parse(REQUIRED),))
    with stage(f"{name}: settings", None) as told, Runner(workers, runs=told) as runner:
        expect = getattr(told, "expect", None)
        well = tuned(scenario, policies, goal, Design(TUNING, SEED, runner=runner), expect)
    plan = Plan.of(REPLICATIONS, SETS)
    with stage(f"{name}: comparison", plan.replications) as told, Runner(workers) as runner:
        found = _compared(scenario, well, plan, Design(plan.paths, SEED, runner=runner), told)
    entries = [_entry(found, goal, n) for n in range(len(well))]
    entries.sort(key=lambda own: (own.is_overloaded, -own.points.mean, own.policy.label))
    return Table(
        scenario,
        name,
        digest(scenario),
        sample_path(scenario, SEED, 0).digest,
        tuple(entries),
    )


def _compared(
    scenario: Scenario,
    policies: Sequence[Policy],
    plan: Plan,
    design: Design,
    told: Progress,
) -> Comparison:
    study = design.study(scenario, policies)
    assert design.runner is not None
    rounds = Rounds(study, design.runner, plan.as_they_are, told)
    rounds.go_on(plan.as_they_are)
    left = [n for n in range(len(study.policies)) if n not in rounds.left_out]
    shares = planned(len(scenario.ranges), plan.sets)
    kept = [study.policies[n] for n in left]
    observed = observe_sets(
        scenario, kept, shares, plan.paths, design, lambda done: told(rounds.done + done)
    )
    everybody = tuple(among_all(one, left, rounds.observed) for one in observed)
    sets = InputSets(scenario, shares, everybody, rounds.observed)
    return Comparison(
        scenario,
        study.policies,
        rounds.done,
        SEED,
        DEFAULT_ENGINE,
        rounds.observed,
        rounds.left_out,
        sets,
        tuned=True,
    )


def _entry(found: Comparison, goal: Goal, n: int) -> Entry:
    label, sets = found.labels[n], found.input_sets
    assert sets is not None
    kept = sum(
        bool(up[n]) and goal.score(with_inputs(found.scenario, row), one, n).is_feasible
        for row, one, up in zip(sets.shares.tolist(), sets.observed, sets.keeps_up, strict=True)
    )
    return Entry(
        found.policies[n],
        found.spread(label, DELIVERY),
        found.spread(label, RESPONSE),
        found.spread(label, "response_sla"),
        kept,
        found.is_overloaded(label),
    )
