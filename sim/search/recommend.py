"""The best policy and parameters are searched for under promises.

Each policy's parameters are searched by differential evolution (SciPy) over a grid of sensible values,
a whole generation at a time on common paths; what was computed once is not computed again. The best of
every policy are then tested on fresh paths, so that luck in the search does not count, and the answer
is the best of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from sim.arrays import Floats
from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.experiment.selection import subset
from sim.experiment.statistics import Interval, interval
from sim.experiment.study import Observations
from sim.policy.contract import Policy
from sim.policy.parameters import Parameter
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario
from sim.search.goal import FigureName, Goal, Score, best, of_too_few

USUAL = Design(replications=20)

GENERATIONS, FAMILY = 4, 5
"""Of the search within one policy: generations, and members for each parameter."""

ROUGHLY = 8
"""Replications in the search: on common paths few tell good from bad."""

SEMIFINALISTS = 30
"""Variants that are looked at again in more replications."""

FINALISTS = 12
"""Candidates tested on fresh paths."""

FRESH = 1_000_000
"""The first replication of the fresh paths; the search uses those from 0."""

MAX_STEPS = 20
"""Between whole numbers that are tried of a parameter."""

BROKEN = 1e9
"""Worse than any figure: what a broken promise costs in the search."""

NEARLY = 0.01
"""Share of the answer's figure that is hardly worth a broken promise, or twice the response time."""

RESPONSE = FigureName("response_hours_mean")

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


@dataclass(frozen=True)
class Recommendation:
    """The answer, those that did not win, and what it took."""

    scenario: Scenario
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


def grid_of(parameter: Parameter, name: str, scenario: Scenario) -> list[float]:
    """Return the values of a numeric parameter that are worth trying in a scenario.

    Shares go in twentieths, or up to four times what one person can do; people up to half of all, or all of
    the smallest team but one;
    other whole numbers from a quarter to four times the default, or MAX_STEPS around it, in as many
    steps. Everything lies within the parameter's own bounds, and its default is included.
    """
    default = float(parameter.default)
    values: list[float]
    if name == "improvement_share":
        values = [0, 0.05, 0.1, 0.2] if scenario.improvements else [default]
    elif parameter.unit == "share" and parameter.high > 1:
        values = [0.5, 0.75, 1, 1.5, 2, 3, 4]
    elif parameter.unit == "share":
        values = [n / 20 for n in range(17)]
    elif parameter.unit == "hours":
        values = [0.5, 1, 2, 4, 8, 16]
    elif parameter.unit == "people":
        most = scenario.developers // 2
        if parameter.of_team:
            most = min(team.developers for team in scenario.teams) - 1
        values = [float(n) for n in range(1, max(1, most) + 1)]
    elif parameter.unit == "sprints":
        values = [1, 2, 3, 4, 6]
    else:
        first = max(parameter.low, min(default / 4, default - MAX_STEPS))
        last = min(parameter.high, max(default * 4, first + MAX_STEPS))
        steps = min(int(last - first), MAX_STEPS) + 1
        values = [float(round(v)) for v in np.linspace(first, last, steps)]
    within = {v for v in values if parameter.low <= v <= parameter.high}
    return sorted(within | {default})


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
    chosen = chosen_policies(scenario, policies)
    tests = SEMIFINALISTS * design.replications + FINALISTS * fresh
    tell = ahead or (lambda runs: None)
    with design.at_work() as computing:
        search = _Search(scenario, goal, design, computing)
        most = [search.most_variants(policy) for policy in chosen]
        tell((len(chosen) + sum(most)) * search.roughly + tests)
        search.try_all(list(chosen))
        for n, policy in enumerate(chosen):
            tell(sum(most[n:]) * search.roughly + tests)
            search.evolve(policy)
        tell(tests)
        finalists = search.finalists(chosen)
        tell(len(finalists) * fresh)
        study = design.study(scenario, finalists)
        observed = computing.observe(study, range(FRESH, FRESH + fresh))
    return _judged(scenario, goal, finalists, observed, len(search.scores), design.seed)


def beside(scenario: Scenario, goal: Goal) -> list[FigureName]:
    """Return the figures anybody would ask of an answer besides what was asked for.

    They are delivery, the plan, response, and the worst severity, which a mean over all hides.
    """
    worst = min(kind.severity for kind in scenario.incidents)
    known = [
        FigureName("points_per_sprint"),
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
        tuple(of_too_few(goal, observed)),
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


class _Search:
    """A search under way: the variants tried so far, and what they scored on the search's paths."""

    def __init__(self, scenario: Scenario, goal: Goal, design: Design, runner: Runner) -> None:
        self.scores: dict[str, Score] = {}
        self.variants: dict[str, Policy] = {}
        self._scenario, self._goal = scenario, goal
        self._design, self._runner = design, runner
        self.roughly = min(ROUGHLY, design.replications)
        """replications in which a variant is first looked at"""

    def try_all(self, variants: Sequence[Policy]) -> None:
        """Score variants that were not tried before, all on the same paths."""
        new = list({v.label: v for v in variants if v.label not in self.scores}.values())
        if not new:
            return
        scores = self._scored(new, self.roughly)
        for variant, score in zip(new, scores, strict=True):
            self.scores[variant.label] = score
            self.variants[variant.label] = variant

    def _scored(self, variants: Sequence[Policy], replications: int) -> list[Score]:
        """Return what variants score on the first paths of the search."""
        study = self._design.study(self._scenario, variants)
        observed = self._runner.observe(study, range(replications))
        return [self._goal.score(self._scenario, observed, n) for n in range(len(variants))]

    def most_variants(self, policy: Policy) -> int:
        """Return how many variants of a policy `evolve` tries at most."""
        grids = self._grids(policy)
        family = max(5, FAMILY * len(grids))  # SciPy's least is 5
        return min(math.prod(map(len, grids.values())), family * (1 + GENERATIONS)) if grids else 0

    def _grids(self, policy: Policy) -> dict[str, list[float]]:
        """Return the values to try of each parameter that is open."""
        return {
            name: values
            for name, parameter in policy.parameters.items()
            if name not in policy.settings
            and parameter.is_number
            and len(values := grid_of(parameter, name, self._scenario)) > 1
        }

    def evolve(self, policy: Policy) -> None:
        """Search a policy's parameters."""
        grids = self._grids(policy)
        if not grids:
            return
        start = [grid.index(float(policy.values[name])) for name, grid in grids.items()]

        def cost(places: Floats) -> Floats:
            family = [_variant(policy, grids, member) for member in places.T.astype(int).tolist()]
            self.try_all(family)
            return np.array([_cost(self.scores[member.label]) for member in family])

        differential_evolution(
            cost,  # type: ignore[arg-type]  # a whole generation at once
            Bounds(np.zeros(len(grids)), [len(grid) - 1 for grid in grids.values()]),
            x0=start,
            integrality=[True] * len(grids),
            maxiter=GENERATIONS,
            popsize=FAMILY,
            polish=False,
            rng=np.random.default_rng([self._design.seed, len(policy.id)]),
            updating="deferred",
            vectorized=True,
        )

    def finalists(self, policies: Sequence[Policy]) -> list[Policy]:
        """Return the best variants of all by more replications, but no more than a few of one
        policy."""
        ranked = sorted(self.variants.values(), key=lambda v: _cost(self.scores[v.label]))
        kept = _few_of_each(ranked, policies, SEMIFINALISTS)
        scores = self._scored(kept, self._design.replications)
        again = {v.label: _cost(score) for v, score in zip(kept, scores, strict=True)}
        return _few_of_each(sorted(kept, key=lambda v: again[v.label]), policies, FINALISTS)


def _few_of_each(ranked: Sequence[Policy], policies: Sequence[Policy], count: int) -> list[Policy]:
    """Return the first variants, up to a share of the places for one policy, and to a number in
    all."""
    most = max(count // 3, -(-count // len(policies)))
    own = {policy.id: [v.label for v in ranked if v.id == policy.id][:most] for policy in policies}
    kept = {label for few in own.values() for label in few}
    return [v for v in ranked if v.label in kept][:count]


def _variant(policy: Policy, grids: Mapping[str, Sequence[float]], places: list[int]) -> Policy:
    """Return the policy at a place of the grids; values that are its defaults are not mentioned."""
    values = {name: grid[place] for (name, grid), place in zip(grids.items(), places, strict=True)}
    own = {n: v for n, v in values.items() if v != policy.parameters[n].default}
    return policy.with_settings(**own)


def _cost(score: Score) -> float:
    """Return a score as a cost for a minimiser: promises first."""
    if np.isnan(score.value):
        return 10 * BROKEN
    short = -score.kept
    return (
        -score.value
        if short == 0
        else BROKEN * (1 + (short / (1 + short) if short < math.inf else 1))
    )
