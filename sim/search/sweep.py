"""A sweep computes figures over one or two parameters, and which policy wins where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Bools, Ints
from sim.experiment.design import Design
from sim.experiment.reportable import Reportable
from sim.experiment.selection import subset
from sim.experiment.statistics import CONFIDENCE, Interval, interval
from sim.experiment.study import Observations, Progress
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario
from sim.search.axis import Axis
from sim.search.goal import FigureName, Goal, best
from sim.search.question import QuestionError

if TYPE_CHECKING:
    import pandas as pd

USUAL = Design(replications=30)

NOBODY = -1
"""In a map: no policy keeps the promises there."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """The observations of every policy in every cell of a grid."""

    scenario: Scenario = field(repr=False)
    scenarios: tuple[Scenario, ...] = field(repr=False)
    """of each cell"""
    axes: tuple[Axis, ...]
    policies: tuple[str, ...]
    """labels"""
    replications: int
    seed: int
    cells: tuple[Observations, ...] = field(repr=False)
    """in the order of the first axis, and within it of the second"""

    @property
    def places(self) -> list[tuple[int, ...]]:
        """Each cell's position on each axis."""
        return list(product(*(range(len(axis.values)) for axis in self.axes)))

    def figure(self, cell: int, policy: int, figure: FigureName) -> Interval:
        """Return a figure's mean and 95 % interval.

        Raises:
            QuestionError: where the scenario has no such figure.
        """
        return interval(figure.of(self.cells[cell], policy))

    def has_steady_state(self, cell: int, policy: int, figure: FigureName) -> bool:
        """Return False where demand exceeds capacity and the figure therefore grows with the run's
        length."""
        reportable = Reportable(self.scenarios[cell], self.cells[cell])
        return reportable.has_steady_state(policy, figure.metric)

    def table(self, figures: Sequence[FigureName]) -> pd.DataFrame:
        """Return one row for each cell, policy and figure: axes' values, policy, figure, mean, low,
        high."""
        import pandas as pd

        rows = []
        for cell, places in enumerate(self.places):
            at = {a.key: a.values[p] for a, p in zip(self.axes, places, strict=True)}
            for n, label in enumerate(self.policies):
                for figure in figures:
                    found = self.figure(cell, n, figure)._asdict()
                    rows.append({**at, "policy": label, "figure": str(figure), **found})
        return pd.DataFrame(rows)


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    policies: Sequence[str | Policy] | None = None,
    design: Design = USUAL,
    progress: Progress | None = None,
) -> Sweep:
    """Run policies on common paths in every cell.

    Args:
        axes: one or two parameters of the scenario, `policies.ID.PARAMETER` among them.
        policies: as for `sim.compare`.
        design: how it is computed; its replications in each cell.
        progress: called with the number of replications done, over all cells.

    Raises:
        ScenarioError: for a key or a value that cannot be.
        QuestionError: for an axis that is named twice.
        PolicyError: for a policy that is not known.
    """
    if len({axis.key for axis in axes}) < len(axes):
        raise QuestionError(f"--over: {axes[0].key} is named twice; one of them would be lost")
    scenarios = [_at(scenario, axes, places) for places in _grid(axes)]
    studies = [design.study(one, chosen_policies(one, policies)) for one in scenarios]
    cells = design.observe(studies, progress)
    return Sweep(
        scenario,
        tuple(scenarios),
        tuple(axes),
        tuple(policy.label for policy in studies[0].policies),
        design.replications,
        design.seed,
        tuple(cells),
    )


def _grid(axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    return list(product(*(range(len(axis.values)) for axis in axes)))


def _at(scenario: Scenario, axes: Sequence[Axis], places: tuple[int, ...]) -> Scenario:
    for axis, place in zip(axes, places, strict=True):
        scenario = axis.at(scenario, place)
    return scenario


@dataclass(frozen=True, eq=False)
class PolicyMap:
    """A map of which policy wins where, over two parameters."""

    sweep: Sweep
    goal: Goal
    winners: Ints
    """(A, B) position of the winning policy; NOBODY where none keeps the promises"""
    contested: Bools
    """(A, B) another policy may as well be the best there, at 95 %"""

    @property
    def shares(self) -> dict[str, float]:
        """The share of cells that each winning policy wins, the greatest first."""
        found = {
            self.name(n): float((self.winners == n).mean())
            for n in np.unique(self.winners).tolist()
        }
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def name(self, winner: int) -> str:
        """Return a policy's label, or that none keeps the promises."""
        return "none keeps the promises" if winner == NOBODY else self.sweep.policies[winner]

    def table(self) -> pd.DataFrame:
        """Return one row for each cell: the axes' values, the winner, and whether it is
        contested."""
        import pandas as pd

        rows = []
        for places in self.sweep.places:
            at = {a.key: a.values[p] for a, p in zip(self.sweep.axes, places, strict=True)}
            winner = self.name(int(self.winners[places]))
            rows.append({**at, "winner": winner, "contested": bool(self.contested[places])})
        return pd.DataFrame(rows)


def policy_map(swept: Sweep, goal: Goal) -> PolicyMap:
    """Read off a sweep over two axes which policy is best by the goal in each cell.

    A cell is contested where its winner may break a promise, or where the subset of policies that may be
    the best (`sim.experiment.selection.subset`), among those that may keep the promises, has another; one without
    a winner, where a policy may keep them. With all that, a cell is sure at 95 %: half of the doubt is
    shared by the promises of all policies, the other half by the comparisons.
    """
    doubt = (1 - CONFIDENCE) / 2 if goal.promises else 0.0
    shared = 1 - doubt / max(len(swept.policies) * len(goal.promises), 1)
    shape = tuple(len(axis.values) for axis in swept.axes)
    winners = np.full(shape, NOBODY)
    contested = np.zeros(shape, dtype=bool)
    for places, scenario, observed in zip(swept.places, swept.scenarios, swept.cells, strict=True):
        scores = [goal.score(scenario, observed, n) for n in range(len(swept.policies))]
        able = [n for n, score in enumerate(scores) if score.is_feasible]
        kept = [goal.kept(scenario, observed, n, shared) for n in range(len(scores))]
        rivals = [
            n for n, score in enumerate(scores) if kept[n].maybe and not math.isnan(score.value)
        ]
        if not able:
            contested[places] = bool(rivals)
            continue
        winner = able[best([scores[n] for n in able])]
        winners[places] = winner
        raced = [winner, *(n for n in rivals if n != winner)]
        known = np.array([goal.signed(observed, n) for n in raced])
        known = known[:, ~np.isnan(known).any(axis=0)]
        contested[places] = (
            not kept[winner].surely
            or known.shape[1] < 2
            or subset(known, CONFIDENCE + doubt) != [0]
        )
    return PolicyMap(swept, goal, winners, contested)
