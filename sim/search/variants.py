"""Settings of policies are searched: of each, the one that does best by a goal.

A policy's parameters are searched by differential evolution (SciPy) over a grid of sensible values, a whole
generation at a time on common paths; where the grid is small, all of it is tried. What was computed once is not
computed again. The best are looked at again in more replications, with what is set without effect left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from sim.arrays import Floats
from sim.experiment.design import Design
from sim.experiment.runner import Runner
from sim.experiment.statistics import CONFIDENCE
from sim.policy.contract import Policy
from sim.policy.parameters import Parameter
from sim.scenario.schema import Scenario
from sim.search.goal import Goal, Kept, Score

GENERATIONS, FAMILY = 4, 5
"""Of the search within one policy: generations, and members for each parameter."""

ROUGHLY = 8
"""Replications in the search: on common paths few tell good from bad."""

SMALL = 60
"""Variants of one policy that are all tried: hardly more than a search would."""

HELD = ("improvement_share",)
"""Parameters that stay as they are for every policy of a comparison: what goes to improvements is a choice of its
own."""

MAX_STEPS = 20
"""Between whole numbers that are tried of a parameter."""

LOOKED_AT_AGAIN = 8
"""Variants of one policy, in all replications."""

NEAR = 0.005
"""Of the best figure of a policy: what is worth keeping a promise surely."""

HARDLY = 0.001
"""Of a figure: nobody sets a parameter for that."""

BROKEN = 1e9
"""Worse than any figure: what a broken promise costs in the search."""


def grid_of(parameter: Parameter, name: str, scenario: Scenario) -> list[float]:
    """Return the values of a numeric parameter that are worth trying in a scenario.

    Shares go in twentieths, or up to four times what one person can do; people up to half of all, or of
    the smallest team; severities are those that occur, without the mildest where the rest would be exempt;
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
            most = min(team.developers for team in scenario.teams) // 2
        values = [float(n) for n in range(1, max(1, most) + 1)]
    elif parameter.unit == "sprints":
        values = [1, 2, 3, 4, 6]
    elif parameter.unit == "severity":
        values = _severities(parameter, scenario)
    else:
        first = max(parameter.low, min(default / 4, default - MAX_STEPS))
        last = min(parameter.high, max(default * 4, first + MAX_STEPS))
        steps = min(int(last - first), MAX_STEPS) + 1
        values = [float(round(v)) for v in np.linspace(first, last, steps)]
    within = {v for v in values if parameter.low <= v <= parameter.high}
    return sorted(within | {default})


def _severities(parameter: Parameter, scenario: Scenario) -> list[float]:
    occur = sorted({float(kind.severity) for kind in scenario.incidents})
    return [0.0, *(occur[:-1] if parameter.exempts else occur)]


class Search:
    """A search under way: the variants tried so far, and what they scored on the search's paths."""

    def __init__(
        self, scenario: Scenario, goal: Goal, design: Design, runner: Runner, first: int = 0
    ) -> None:
        """Begin a search on the paths from `first` on."""
        self.scores: dict[str, Score] = {}
        self.variants: dict[str, Policy] = {}
        self._scenario, self._goal = scenario, goal
        self._design, self._runner, self._first = design, runner, first
        self.roughly = min(ROUGHLY, design.replications)
        """replications in which a variant is first looked at"""
        self._again: dict[str, Standing] = {}

    def try_all(self, variants: Sequence[Policy]) -> None:
        """Score variants that were not tried before, all on the same paths."""
        new = list({v.label: v for v in variants if v.label not in self.scores}.values())
        if not new:
            return
        for variant, standing in zip(new, self._scored(new, self.roughly), strict=True):
            self.scores[variant.label] = standing.score
            self.variants[variant.label] = variant

    def look_again(self, variants: Sequence[Policy]) -> list[Standing]:
        """Return how variants stand by all replications of the design, all on the same paths."""
        new = list({v.label: v for v in variants if v.label not in self._again}.values())
        if new:
            found = self._scored(new, self._design.replications)
            self._again |= {v.label: standing for v, standing in zip(new, found, strict=True)}
        return [self._again[variant.label] for variant in variants]

    def _scored(self, variants: Sequence[Policy], replications: int) -> list[Standing]:
        """Return how variants stand on the first paths of the search."""
        study = self._design.study(self._scenario, variants)
        observed = self._runner.observe(study, range(self._first, self._first + replications))
        return [
            Standing(
                self._goal.score(self._scenario, observed, n),
                self._goal.kept(self._scenario, observed, n, CONFIDENCE),
            )
            for n in range(len(variants))
        ]

    def most_variants(self, policy: Policy) -> int:
        """Return how many variants of a policy `evolve` tries at most."""
        grids = self._grids(policy)
        if not grids:
            return 0
        whole = math.prod(map(len, grids.values()))
        family = max(5, FAMILY * len(grids))  # SciPy's least is 5
        return whole if whole <= SMALL else min(whole, family * (1 + GENERATIONS))

    def most_settings(self, policies: Sequence[Policy]) -> int:
        """Return how many parameters of a policy are searched at most."""
        return max(len(self._grids(policy)) for policy in policies)

    def _grids(self, policy: Policy) -> dict[str, list[float]]:
        """Return the values to try of each parameter that is open."""
        return {
            name: values
            for name, parameter in policy.parameters.items()
            if name not in policy.settings
            and name not in HELD
            and parameter.is_number
            and len(values := grid_of(parameter, name, self._scenario)) > 1
        }

    def evolve(self, policy: Policy) -> None:
        """Search a policy's parameters."""
        grids = self._grids(policy)
        if not grids:
            return
        if math.prod(map(len, grids.values())) <= SMALL:
            places = product(*(range(len(grid)) for grid in grids.values()))
            self.try_all([_variant(policy, grids, list(place)) for place in places])
            return
        start = [grid.index(float(policy.values[name])) for name, grid in grids.items()]

        def cost(places: Floats) -> Floats:
            family = [_variant(policy, grids, member) for member in places.T.astype(int).tolist()]
            self.try_all(family)
            return np.array([cost_of(self.scores[member.label]) for member in family])

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

    def of_policy(self, policy: Policy, count: int) -> list[Policy]:
        """Return the best variants of a policy so far."""
        own = [variant for variant in self.variants.values() if variant.id == policy.id]
        return sorted(own, key=lambda variant: cost_of(self.scores[variant.label]))[:count]

    def well_set(self, policy: Policy) -> Policy:
        """Return the best variant of a policy by all replications, or one that surely keeps the promises and comes as
        near to it as NEAR; what is set in vain is left out."""
        few = self.of_policy(policy, LOOKED_AT_AGAIN)
        standings = self.look_again(few)
        best = min(cost_of(standing.score) for standing in standings)
        near = [
            (variant, standing)
            for variant, standing in zip(few, standings, strict=True)
            if cost_of(standing.score) <= best + NEAR * abs(standing.score.value)
        ]
        if not near:  # of none is a figure known
            return self.plainest(few[0], policy)
        chosen, _ = min(
            near,
            key=lambda own: (not own[1].kept.surely, cost_of(own[1].score)),
        )
        return self.plainest(chosen, policy)

    def plainest(self, variant: Policy, policy: Policy) -> Policy:
        """Return the variant of a policy without what is set in vain: without it, the promises are kept as well,
        and hardly anything is lost. What was set by who asked stays."""
        for name in sorted(set(variant.settings) - set(policy.settings)):
            plainer = variant.without(name)
            as_it_is, left = self.look_again([variant, plainer])
            if left.is_no_worse_than(as_it_is):
                variant = plainer
        return variant


@dataclass(frozen=True)
class Standing:
    """How a variant stands by a goal."""

    score: Score
    kept: Kept

    def is_no_worse_than(self, other: Standing) -> bool:
        """Return whether promises are kept as well as by another, and the figure is hardly worse."""
        least = other.score.value - HARDLY * abs(other.score.value)
        return (
            self.score.kept >= other.score.kept
            and self.kept.surely >= other.kept.surely
            and self.score.value >= least
        )


def _variant(policy: Policy, grids: Mapping[str, Sequence[float]], places: list[int]) -> Policy:
    """Return the policy at a place of the grids; values that are its defaults are not mentioned."""
    values = {name: grid[place] for (name, grid), place in zip(grids.items(), places, strict=True)}
    own = {n: v for n, v in values.items() if v != policy.parameters[n].default}
    return policy.with_settings(**own)


def cost_of(score: Score) -> float:
    """Return a score as a cost for a minimiser: promises first."""
    if np.isnan(score.value):
        return 10 * BROKEN
    short = -score.kept
    return (
        -score.value
        if short == 0
        else BROKEN * (1 + (short / (1 + short) if short < math.inf else 1))
    )
