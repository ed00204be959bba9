"""The best policy and parameters are searched for under promises.

Each policy's parameters are searched by differential evolution (SciPy) over a grid of sensible values,
a whole generation at a time on common paths; what was computed once is not computed again. The best of
every policy are then tested on fresh paths, so that luck in the search does not count, and the answer
is the best of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.experiment.design import Design
from sim.experiment.input_sets import observe_sets, planned
from sim.experiment.selection import subset
from sim.experiment.statistics import Interval, interval
from sim.experiment.study import Observations
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.reading import with_inputs
from sim.scenario.schema import Scenario
from sim.search.askable import check_askable
from sim.search.goal import FigureName, Goal, Score, best, of_too_few
from sim.search.variants import Search, cost_of

USUAL = Design(replications=20)

SEMIFINALISTS = 30
"""Variants that are looked at again in more replications."""

FINALISTS = 12
"""Candidates tested on fresh paths."""

CONTENDERS, SETS, PATHS = 6, 20, 3
"""How many of those nearly as good as the best are looked at in sets of assumptions, in how many, and on how many paths."""

FRESH = 1_000_000
"""The first replication of the fresh paths; the search uses those from 0."""

NEARLY = 0.01
"""Share of the answer's figure that is hardly worth a broken promise, or twice the response time."""

RESPONSE = FigureName("response_hours_fixed_mix")

Ahead = Callable[[int], None]
"""Called with how many runs (of a policy, on a path) may still come, at most."""


@dataclass(frozen=True)
class Candidate:
    """A policy with its parameters, as it did on fresh paths."""

    policy: Policy
    score: Score
    figure: Interval
    promises: tuple[Interval, ...]
    """of each promise's figure"""
    beside: tuple[Interval, ...] = ()
    """of each of `beside(scenario, goal)`: what the answer costs elsewhere"""
    response: float = math.nan
    """mean, hours"""
    sets_kept: int = 0
    """in how many of the recommendation's sets of assumptions it keeps every promise; of those that were looked at"""


@dataclass(frozen=True)
class Recommendation:
    """The answer, those that did not win, and what it took."""

    scenario: Scenario = field(repr=False)
    goal: Goal
    candidates: tuple[Candidate, ...]
    """tested on fresh paths, the best first"""
    alike: tuple[str, ...]
    """labels among which the best is, with 95 % probability, of those that keep the promises"""
    searched: int
    """variants tried"""
    replications: int
    """fresh paths"""
    seed: int
    sets: int = 0
    """of assumptions, in which those nearly as good as the best were looked at, too"""
    doubts: tuple[str, ...] = ()
    """what was asked for that rests on too few incidents"""

    @property
    def best(self) -> Candidate:
        """The answer; where no promise can be kept, the closest that can be had."""
        return self.candidates[0]

    @property
    def is_feasible(self) -> bool:
        """Whether the answer keeps the promises."""
        return self.best.score.is_feasible

    def is_sure(self, candidate: Candidate) -> bool:
        """Return whether a candidate surely keeps every promise."""
        return _surely_keeps(self.goal, candidate)

    @property
    def nearly_as_good(self) -> Candidate | None:
        """Another candidate that is worth a look; None where there is none.

        It is the quickest to respond of those with nearly the answer's figure that surely keep the
        promises, where the answer does not, or that respond in half its time. Where the answer may
        break a promise and none is near, it is the best that surely keeps them.
        """
        if not self.is_feasible:
            return None
        sure = self.is_sure(self.best)
        others = [c for c in self.candidates[1:] if c.score.is_feasible and self.is_sure(c)]
        least = self.best.score.value - NEARLY * abs(self.best.score.value)
        near = [
            c
            for c in others
            if c.score.value >= least and (not sure or c.response <= self.best.response / 2)
        ]
        if near:
            return min(near, key=lambda c: math.inf if math.isnan(c.response) else c.response)
        return None if sure else next(iter(others), None)


def recommend(
    scenario: Scenario,
    goal: Goal,
    policies: Sequence[str | Policy] | None = None,
    design: Design = USUAL,
    fresh: int = 100,
    ahead: Ahead | None = None,
) -> Recommendation:
    """Search every policy's parameters for the goal, and test the best on fresh paths.

    Args:
        policies: as for `sim.compare`.
        design: how it is computed; on its replications the best of the search are looked at again.
        fresh: paths of the test.
        ahead: called at every step with how many runs may still come, at most.

    Raises:
        QuestionError: for a figure that the scenario does not have.
        PolicyError: for a policy that is not known.
    """
    check_askable(goal, scenario)
    chosen = chosen_policies(scenario, policies)
    tell = ahead or (lambda runs: None)
    with design.at_work() as computing:
        search = Search(scenario, goal, design, computing)
        again = SEMIFINALISTS + FINALISTS * search.most_settings(chosen)
        in_sets = CONTENDERS * SETS * PATHS if scenario.ranges and goal.promises else 0
        tests = again * design.replications + FINALISTS * fresh + in_sets
        most = [search.most_variants(policy) for policy in chosen]
        tell((len(chosen) + sum(most)) * search.roughly + tests)
        search.try_all(list(chosen))
        for n, policy in enumerate(chosen):
            tell(sum(most[n:]) * search.roughly + tests)
            search.evolve(policy)
        tell(tests)
        finalists = _finalists(search, chosen)
        tell(len(finalists) * fresh + in_sets)
        study = design.study(scenario, finalists)
        observed = computing.observe(study, range(FRESH, FRESH + fresh))
        judged = _judged(scenario, goal, finalists, observed, len(search.scores), design.seed)
        return _most_robust(judged, replace(design, runner=computing))


def _most_robust(found: Recommendation, design: Design) -> Recommendation:
    """Return the recommendation with the most robust first of those that come near the best: who surely keeps the
    promises, and keeps them in most sets of assumptions."""
    if not found.is_feasible:
        return found
    least = max(c.score.value for c in found.candidates if c.score.is_feasible)
    least -= NEARLY * abs(least)
    near = [c for c in found.candidates if c.score.is_feasible and c.score.value >= least]
    near, others = near[:CONTENDERS], [c for c in found.candidates if c not in near[:CONTENDERS]]
    sets = 0
    if found.scenario.ranges and found.goal.promises and len(near) > 1:
        sets = SETS
        near = _in_sets(found, near, design)
    order = {c.policy.label: n for n, c in enumerate(found.candidates)}
    near.sort(key=lambda c: (not found.is_sure(c), -c.sets_kept, order[c.policy.label]))
    return replace(found, candidates=(*near, *others), sets=sets)


def _in_sets(found: Recommendation, near: list[Candidate], design: Design) -> list[Candidate]:
    """Return candidates with in how many sets of assumptions each keeps every promise."""
    scenario, goal = found.scenario, found.goal
    shares = planned(len(scenario.ranges), SETS)
    policies = [candidate.policy for candidate in near]
    observed = observe_sets(scenario, policies, shares, PATHS, design)
    moved = [with_inputs(scenario, row) for row in shares.tolist()]
    return [
        replace(
            candidate,
            sets_kept=sum(
                goal.score(one, lived, n).is_feasible
                for one, lived in zip(moved, observed, strict=True)
            ),
        )
        for n, candidate in enumerate(near)
    ]


def _finalists(search: Search, policies: Sequence[Policy]) -> list[Policy]:
    """Return the best variants of all by more replications, but no more than a few of one policy, without what
    is set in vain."""
    ranked = sorted(search.variants.values(), key=lambda v: cost_of(search.scores[v.label]))
    kept = _few_of_each(ranked, policies, SEMIFINALISTS)
    standings = search.look_again(kept)
    again = {v.label: cost_of(own.score) for v, own in zip(kept, standings, strict=True)}
    few = _few_of_each(sorted(kept, key=lambda v: again[v.label]), policies, FINALISTS)
    of_id = {policy.id: policy for policy in policies}
    plain = (search.plainest(variant, of_id[variant.id]) for variant in few)
    return list({variant.label: variant for variant in plain}.values())


def _few_of_each(ranked: Sequence[Policy], policies: Sequence[Policy], count: int) -> list[Policy]:
    """Return the first variants, up to a share of the places for one policy, and to a number in
    all."""
    most = max(count // 3, -(-count // len(policies)))
    own = {policy.id: [v.label for v in ranked if v.id == policy.id][:most] for policy in policies}
    kept = {label for few in own.values() for label in few}
    return [v for v in ranked if v.label in kept][:count]


def beside(scenario: Scenario, goal: Goal) -> list[FigureName]:
    """Return the figures anybody would ask of an answer besides what was asked for.

    They are delivery, the plan, response, and the worst severity, which a mean over all hides.
    """
    worst = min(kind.severity for kind in scenario.incidents)
    known = [
        FigureName("net_points_per_sprint"),
        FigureName("sprint_goals_met"),
        RESPONSE,
        FigureName("response_sla", f"severity {worst}"),
    ]
    asked = {goal.figure, *(promise.figure for promise in goal.promises)}
    return [figure for figure in known if figure not in asked]


def _judged(
    scenario: Scenario,
    goal: Goal,
    finalists: Sequence[Policy],
    observed: Observations,
    searched: int,
    seed: int,
) -> Recommendation:
    candidates = [
        Candidate(
            policy,
            goal.score(scenario, observed, n),
            interval(goal.figure.of(observed, n)),
            tuple(interval(p.figure.of(observed, n)) for p in goal.promises),
            tuple(interval(figure.of(observed, n)) for figure in beside(scenario, goal)),
            float(np.mean(RESPONSE.of(observed, n))),
        )
        for n, policy in enumerate(finalists)
    ]
    order: list[int] = []
    while len(order) < len(candidates):
        left = [n for n in range(len(candidates)) if n not in order]
        order.append(left[best([candidates[n].score for n in left])])
    able = [n for n in order if candidates[n].score.is_feasible]
    alike: list[int] = []
    if able:
        signed = np.array([goal.signed(observed, n) for n in able])
        signed = signed[:, ~np.isnan(signed).any(axis=0)]
        chosen = subset(signed) if signed.shape[1] > 1 else range(len(able))
        alike = sorted((able[n] for n in chosen), key=lambda n: _preference(goal, candidates[n]))
        order = alike + [n for n in order if n not in alike]
    return Recommendation(
        scenario,
        goal,
        tuple(candidates[n] for n in order),
        tuple(finalists[n].label for n in alike),
        searched,
        observed.values.shape[1],
        seed,
        doubts=tuple(of_too_few(goal, observed)),
    )


def _preference(goal: Goal, candidate: Candidate) -> tuple[bool, float, int, int]:
    """Return a key by which those are sorted that cannot be told apart; smaller is better.

    Promises that are surely kept come first, then the figure as far as it matters, then how often
    the response time doubles, then the least to set up.
    """
    timed = candidate.response > 0
    return (
        not _surely_keeps(goal, candidate),
        -float(f"{candidate.score.value:.2g}"),
        round(math.log2(candidate.response)) if timed else 0,
        len(candidate.policy.settings),
    )


def _surely_keeps(goal: Goal, candidate: Candidate) -> bool:
    found = zip(goal.promises, candidate.promises, strict=True)
    return all(promise.kept(mean).surely for promise, mean in found)
