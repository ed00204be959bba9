"""What it would be worth to know an input before the choice of a policy: what to measure next.

Of the policies, one is chosen for what is known now. Knowing an input, one would choose by it, and sometimes another:
what that brings on average is the input's worth (expected value of partial perfect information: H. Raiffa and
R. Schlaifer, *Applied Statistical Decision Theory*, 1961). It is in money where the scenario has some, else in net
points a sprint and team. An input that changes no choice is worth nothing, however much it moves a figure.

Figures over all inputs are surfaces fitted to some hundred sets of assumptions (`sim.search.surface`), so that the
luck of paths evens out. How much worth chance alone would make up is known by fitting again with an input's values
dealt out among the sets at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import qmc

from sim.arrays import Bools, Floats
from sim.experiment.design import Design
from sim.experiment.input_sets import observe_sets, planned
from sim.experiment.study import Observations, Progress
from sim.measures.metrics import MONEY
from sim.measures.net_delivery import NET_POINTS
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.ranges import Range
from sim.scenario.schema import Scenario
from sim.search.askable import check_askable
from sim.search.goal import Constraint, FigureName, Goal, mean_of
from sim.search.question import QuestionError
from sim.search.surface import columns, fitted
from sim.search.tuned import what_is_required

SETS = 240
"""Sets of assumptions: several for each column of the surface of ten inputs."""

PATHS = 4

USUAL = Design(PATHS)

GRID = 4096
"""Places of the inputs at which the fitted surfaces are looked at."""

SLICES = 16
"""Of an input's range, within each of which its value counts as known."""

DEALS = 24
"""Times that an input's values are dealt out at random, to see what chance makes up."""

BEYOND_CHANCE = 5.0
"""Standard deviations above the mean of the deals from which on a worth is believed."""


def what_is_at_stake(scenario: Scenario, named: Sequence[str] | None) -> tuple[Constraint, ...]:
    """Return the promises by which a choice is made: those named; where none is and the scenario has no money
    either, what is usual of what was promised.

    Raises:
        QuestionError: for what is not understood, or where nothing says what an answer is worth.
    """
    promises = tuple(Constraint.parse(text) for text in named or ())
    return promises if promises or scenario.money else what_is_required(scenario, ())


def _check_ranges(scenario: Scenario) -> None:
    if not scenario.ranges:
        raise QuestionError(
            f"{scenario.name} has no [ranges], so it does not say what is not known; add some, such as "
            '"incidents.*.per_week" = ["*0.7", "*1.4"]'
        )


@dataclass(frozen=True)
class Worth:
    """What it is worth to know one input."""

    input: Range
    value: float
    """in the unit of `WorthOfKnowing`; 0 where it is no more than chance would make up"""
    at_most_by_chance: float
    """what chance alone would hardly make up"""


@dataclass(frozen=True)
class WorthOfKnowing:
    """What it is worth to know each input, the dearest first."""

    scenario: Scenario = field(repr=False)
    policies: tuple[Policy, ...] = field(repr=False)
    chosen: str
    """the label of the policy that is best for what is known now"""
    unit: str
    """EUR or net points, a team-sprint"""
    everything: float
    """what it would be worth to know all inputs"""
    worths: tuple[Worth, ...]
    promises: tuple[Constraint, ...]
    sets: int
    paths: int
    seed: int


def worth_of_knowing(
    scenario: Scenario,
    policies: Sequence[str | Policy] | None = None,
    promises: tuple[Constraint, ...] = (),
    design: Design = USUAL,
    sets: int = SETS,
    progress: Progress | None = None,
) -> WorthOfKnowing:
    """Find what knowing each input of `[ranges]` would be worth.

    Args:
        scenario: which has ranges, and money or promises to keep: else the slowest policy is as good as any.
        policies: as for `sim.compare`.
        promises: what must be kept. Falling short of one by a share of its limit costs that share of what is
            delivered.
        design: how it is computed; its replications are the paths of each set.
        sets: sets of assumptions.
        progress: called with the number of replications done.

    Raises:
        QuestionError: where there are no ranges, or nothing that a choice could be made by.
        PolicyError: for a policy that is not known.
    """
    _check_ranges(scenario)
    if scenario.money is None and not promises:
        raise QuestionError(
            "nothing says what an answer is worth: name a promise, such as response_sla >= 0.9, or give the "
            "scenario [money]"
        )
    wanted = Goal.towards(FigureName(MONEY if scenario.money else NET_POINTS), promises)
    check_askable(wanted, scenario)
    chosen = chosen_policies(scenario, policies)
    shares = planned(len(scenario.ranges), sets, design.seed)
    observed = observe_sets(scenario, chosen, shares, design.replications, design, progress)
    gain = _Gain(scenario, promises, observed)
    surfaces = gain.surfaces(shares)
    places = qmc.Sobol(shares.shape[1], rng=np.random.default_rng(design.seed)).random(GRID)
    known = gain.at(places, surfaces)
    now = int(known.mean(axis=0).argmax())
    generator = np.random.default_rng([design.seed, 1])
    worths = [
        _worth(one, n, gain, shares, places, generator) for n, one in enumerate(scenario.inputs)
    ]
    worths.sort(key=lambda worth: -worth.value)
    return WorthOfKnowing(
        scenario,
        tuple(chosen),
        chosen[now].label,
        scenario.money.currency if scenario.money else "net points",
        float(known.max(axis=1).mean() - known.mean(axis=0).max()),
        tuple(worths),
        promises,
        sets,
        design.replications,
        design.seed,
    )


class _Gain:
    """What each policy brings, over all inputs."""

    def __init__(
        self, scenario: Scenario, promises: Sequence[Constraint], observed: Sequence[Observations]
    ) -> None:
        own = FigureName(MONEY if scenario.money else NET_POINTS)
        self._promises = promises
        self._figures = [own, *(promise.figure for promise in promises)]
        policies = range(observed[0].values.shape[0])
        worst = [0.0, *(_wholly_broken(promise) for promise in promises)] * len(policies)
        values = np.array(
            [
                [mean_of(figure.of(one, p)) for p in policies for figure in self._figures]
                for one in observed
            ]
        )
        self.values = np.where(np.isnan(values), worst, values)
        """(D, P × F) in each set; a promise of which a policy has no figure, it does not keep"""
        self._ends = self.values.min(axis=0), self.values.max(axis=0)

    def surfaces(self, shares: Floats) -> Floats:
        """Return the coefficients of all figures' surfaces."""
        return fitted(shares, self.values)

    def at(self, places: Floats, surfaces: Floats) -> Floats:
        """Return what each policy brings at places of the inputs, (N, P)."""
        found = np.clip(columns(places) @ surfaces, *self._ends)
        figures = found.reshape(len(places), -1, len(self._figures))
        short = sum(
            (
                promise.shortfalls(figures[:, :, n])
                for n, promise in enumerate(self._promises, start=1)
            ),
            start=np.zeros(figures.shape[:2]),
        )
        brought = figures[:, :, 0]
        return np.asarray(brought - np.abs(brought) * np.minimum(short, 1))


def _wholly_broken(promise: Constraint) -> float:
    """Return a figure that falls short of a promise by its whole limit."""
    whole = abs(promise.limit) or 1.0
    return promise.limit + whole if promise.at_most else promise.limit - whole


def _worth(
    one: Range,
    place: int,
    gain: _Gain,
    shares: Floats,
    places: Floats,
    generator: np.random.Generator,
) -> Worth:
    slices = _slices(places[:, place])
    found = _of_knowing(gain.at(places, gain.surfaces(shares)), slices)
    dealt = []
    for _ in range(DEALS):
        other = shares.copy()
        other[:, place] = generator.permutation(other[:, place])
        dealt.append(_of_knowing(gain.at(places, gain.surfaces(other)), slices))
    most = float(np.mean(dealt) + BEYOND_CHANCE * np.std(dealt, ddof=1))
    return Worth(one, found if found > most else 0.0, most)


def _slices(values: Floats) -> Bools:
    """Return which places lie in which slice of an input's range, (S, N)."""
    slices: Bools = (values * SLICES).astype(np.int64) == np.arange(SLICES)[:, np.newaxis]
    return slices


def _of_knowing(brought: Floats, slices: Bools) -> float:
    """Return what is gained by choosing in each slice, over choosing once for all."""
    weights = slices.sum(axis=1)
    by_slice = slices @ brought / weights[:, np.newaxis]
    return float(weights @ by_slice.max(axis=1) / weights.sum() - brought.mean(axis=0).max())
