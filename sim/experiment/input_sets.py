"""What is not known of a scenario moves its figures: sets of assumptions drawn from its ranges.

Each set puts every input somewhere in its range, all at once (a Latin hypercube: M. D. McKay, R. J. Beckman and
W. J. Conover, Technometrics 21, 1979), the same sets for all policies. Each is lived through on the same few paths as
all others, so what is luck of these paths is shared, and taken out by what the scenario as it is comes to on them.
What is left differs between sets for two reasons: the inputs, and that a set meets the luck of a path in its own way.
How large the second is, a two-way analysis of variance tells; the spread is drawn in by as much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import betainc

from sim.arrays import Bools, Floats
from sim.experiment.design import Design
from sim.experiment.reportable import Reportable
from sim.experiment.study import Observations, Progress, Study
from sim.measures.metrics import Key
from sim.policy.contract import Policy
from sim.sampling.expected_load import support_needed
from sim.sampling.organisation import organisation
from sim.scenario.reading import with_inputs
from sim.scenario.schema import Scenario

SETS = 40
"""Sets of assumptions, as long as nobody asks for others."""

FEWEST_PATHS = 2
"""For each set: with one, what is luck could not be told from what the inputs do."""

FEWEST_AS_THEY_ARE = 20
"""Replications with the inputs as they are, however few sets there are."""

CENTRAL = (0.1, 0.9)
"""Between these quantiles lie 8 in 10."""


def usual_sets(scenario: Scenario, replications: int) -> int:
    """How many sets of assumptions are drawn if nobody says: none where the scenario has no ranges, or there are too
    few replications for a look at each."""
    return SETS if scenario.ranges and replications >= FEWEST_PATHS * SETS else 0


@dataclass(frozen=True)
class Plan:
    """How many replications go where."""

    sets: int
    paths: int
    """of each set"""
    as_they_are: int
    """with the inputs as the scenario has them"""

    @property
    def replications(self) -> int:
        """All of them."""
        return self.sets * self.paths + self.as_they_are

    @staticmethod
    def of(replications: int, sets: int) -> Plan:
        """Return the plan that spends so many replications on sets of assumptions, and a fifth more on the
        inputs as they are."""
        paths = max(replications // sets, FEWEST_PATHS)
        return Plan(sets, paths, max(sets * paths // 5, paths, FEWEST_AS_THEY_ARE))


PLAN = 0
"""The seed of the sets that a comparison is told by: they are a plan like a grid, so that two seeds of a comparison
differ by the luck of their paths alone. Other numbers of sets are other plans."""


TRIED = 50


@lru_cache(maxsize=16)
def planned(inputs: int, sets: int, seed: int = PLAN) -> Floats:
    """Return where each input lies in its range in each set, (D, I), from 0 to 1: of TRIED Latin hypercubes, the one
    that fills the space most evenly.

    The same seed gives the same sets.
    """
    generator = np.random.default_rng([seed, inputs, sets])
    found = min((_hypercube(inputs, sets, generator) for _ in range(TRIED)), key=discrepancy)
    found.flags.writeable = False
    return found


def _hypercube(inputs: int, sets: int, generator: np.random.Generator) -> Floats:
    """Return sets of which each lies in a slice of its own of every input's range. (SciPy has it, and takes as long
    to load as a comparison of two policies.)"""
    slices = np.stack([generator.permutation(sets) for _ in range(inputs)], axis=1)
    return np.asarray((slices + generator.random((sets, inputs))) / sets)


def discrepancy(shares: Floats) -> float:
    """Return how unevenly sets fill the space: the squared centred discrepancy (F. J. Hickernell, Mathematics of
    Computation 67, 1998)."""
    sets, inputs = shares.shape
    away = np.abs(shares - 0.5)
    alone = np.prod(1 + away / 2 - away**2 / 2, axis=1).sum()
    pairs = np.ones((sets, sets))
    for own, values in zip(away.T, shares.T, strict=True):
        apart = np.abs(values[:, np.newaxis] - values)
        pairs *= 1 + (own[:, np.newaxis] + own - apart) / 2
    return float((13 / 12) ** inputs - 2 * alone / sets + pairs.sum() / sets**2)


def observe_sets(
    scenario: Scenario,
    policies: Sequence[Policy],
    shares: Floats,
    paths: int,
    design: Design,
    progress: Progress | None = None,
) -> list[Observations]:
    """Return what policies come to in each set of assumptions, on the same paths.

    A policy that is sized by the expected load keeps the size that the inputs as they are ask for: it is decided
    before anybody knows better.

    Raises:
        ScenarioError: for inputs that cannot be so together.
        WorkersLostError, ClusterError, StoreError: where runs cannot be computed or kept.
    """
    studies = studies_of_sets(scenario, policies, shares, design)
    return replace(design, replications=paths).observe(studies, progress)


def studies_of_sets(
    scenario: Scenario, policies: Sequence[Policy], shares: Floats, design: Design
) -> list[Study]:
    """Return what is to be computed, a study for each set of assumptions.

    Raises:
        ScenarioError: for inputs that cannot be so together.
    """
    decided = [_sized(scenario, policy) for policy in policies]
    return [design.study(with_inputs(scenario, row), decided) for row in shares.tolist()]


def _sized(scenario: Scenario, policy: Policy) -> Policy:
    if not policy.sized or policy.values[policy.sized] != 0:
        return policy
    needed = support_needed(scenario, organisation(scenario))
    return policy.with_settings(**{policy.sized: needed})


@dataclass(frozen=True, eq=False)
class InputSets:
    """What the policies of a comparison come to in sets of assumptions: D sets, P policies, k paths."""

    scenario: Scenario
    """with the inputs as they are"""
    shares: Floats
    """(D, I) where each input lies in its range"""
    observed: tuple[Observations, ...]
    """(D) each of all P policies on the first k paths; NaN for a policy that was left out"""
    as_they_are: Observations
    """of the same policies, with the inputs as they are, on these paths first"""

    @property
    def sets(self) -> int:
        """How many sets there are."""
        return len(self.observed)

    @property
    def paths(self) -> int:
        """On how many paths each set is lived through."""
        return int(self.observed[0].values.shape[1])

    @property
    def keys(self) -> tuple[Key, ...]:
        """What each figure is."""
        return self.observed[0].keys

    @cached_property
    def values(self) -> Floats:
        """(D, P, k, F)"""
        return np.stack([one.values for one in self.observed])

    @cached_property
    def keeps_up(self) -> Bools:
        """(D, P) whether a policy works off what comes in, in each set."""
        policies = range(self.values.shape[1])
        judges = [
            Reportable(with_inputs(self.scenario, row), one)
            for row, one in zip(self.shares.tolist(), self.observed, strict=True)
        ]
        return np.array([[not judge.is_overloaded(p) for p in policies] for judge in judges])

    def figures(self, policy: int, key: Key, centre: float) -> Floats:
        """Return a figure in each set, (D,), with the luck of the few paths taken out.

        It is NaN where there is none, or the policy cannot keep up and the figure supposes that it can.

        Args:
            policy: its position.
            key: the figure.
            centre: what it comes to with the inputs as they are.
        """
        own = self.values[:, policy, :, self._place(key)]
        base = self.as_they_are.of(policy, key)[: self.paths]
        settled = self._settled([policy], key)
        return _without_luck(_where(settled, own), base, centre, "_hours" in key.name)

    def differences(self, a: int, b: int, key: Key, centre: float) -> Floats:
        """Return the figure of policy `a` minus that of `b` in each set, (D,), as `figures` does of one."""
        place = self._place(key)
        own = self.values[:, a, :, place] - self.values[:, b, :, place]
        base = (self.as_they_are.of(a, key) - self.as_they_are.of(b, key))[: self.paths]
        settled = self._settled([a, b], key)
        return _without_luck(_where(settled, own), base, centre, by_factors=False)

    @cached_property
    def _judge(self) -> Reportable:
        return Reportable(self.scenario, self.as_they_are)

    def _settled(self, policies: Sequence[int], key: Key) -> Bools:
        if not self._judge.supposes_steady_state(key.name):
            return np.ones(self.sets, dtype=np.bool_)
        return np.asarray(self.keeps_up[:, list(policies)].all(axis=1))

    def _place(self, key: Key) -> int:
        return self.keys.index(key)


def _where(settled: Bools, values: Floats) -> Floats:
    return np.where(settled[:, np.newaxis], values, np.nan)


def band(values: Floats) -> tuple[float, float]:
    """Return between which two values 8 in 10 lie; NaN where there are fewer than two.

    Of few values a quantile hangs on two of them; these are weighted means of all in order, which move less (F. E.
    Harrell and C. E. Davis, "A new distribution-free quantile estimator", Biometrika 69, 1982).
    """
    known = np.sort(values[~np.isnan(values)])
    if len(known) < 2:
        return math.nan, math.nan
    low, high = _weights(len(known)) @ known
    return float(low), float(high)


@lru_cache(maxsize=256)
def _weights(count: int) -> Floats:
    """Return what each of so many ascending values counts in the two ends, (2, N)."""
    edges = np.arange(count + 1) / count
    return np.array(
        [
            np.diff(betainc((count + 1) * share, (count + 1) * (1 - share), edges))
            for share in CENTRAL
        ]
    )


def _without_luck(own: Floats, base: Floats, centre: float, by_factors: bool) -> Floats:
    """Return what each set comes to, (D,), of (D, k) on paths on which the inputs as they are come to (k,); NaN for
    a set that has it on no path.

    Spans of time spread by factors, and are taken so where all are positive.
    """
    known = ~np.isnan(own).all(axis=1)
    found = np.full(len(own), np.nan)
    if not known.any() or math.isnan(centre):
        return found
    kept = own[known]
    if by_factors and min(np.nanmin(kept), np.nanmin(base, initial=math.inf), centre) > 0:
        found[known] = np.exp(_settled_at(np.log(kept), np.log(base), math.log(centre)))
    else:
        found[known] = _settled_at(kept, base, centre)
    return found


def _settled_at(kept: Floats, base: Floats, centre: float) -> Floats:
    """Return what each set comes to, of values on paths; what is missing on a path, as in a year without an outage,
    says nothing."""
    moved = np.nanmean(kept, axis=1) - (centre if np.isnan(base).any() else base.mean())
    whole = kept[~np.isnan(kept).any(axis=1)]
    spread: Floats = centre + moved.mean() + _drawn_in(whole) * (moved - moved.mean())
    return spread


def _drawn_in(values: Floats) -> float:
    """Return the share of the standard deviation between rows that is not chance within them: 0 to 1."""
    rows, columns = values.shape
    if rows < 2 or columns < 2:
        return 1.0
    means = values.mean(axis=1)
    left = values - means[:, np.newaxis] - values.mean(axis=0) + means.mean()
    noise = float((left**2).sum()) / ((rows - 1) * (columns - 1)) / columns
    between = float(means.var(ddof=1))
    return math.sqrt(max(0.0, 1 - noise / between)) if between > 0 else 1.0
