"""A promise has a price: in people, or in time for improvements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.experiment.design import Design
from sim.experiment.statistics import Interval
from sim.experiment.study import Progress
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario
from sim.search.askable import check_askable
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName, Goal
from sim.search.sweep import Sweep, sweep

PEOPLE = "teams.*.developers"

USUAL = Design(replications=50)

MOST = 5
"""Developers more for each team, at most, if not said."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Each policy's figures at each step of the price."""

    sweep: Sweep
    goal: Goal

    @property
    def prices(self) -> list[float]:
        """The price at each step: developers more than there are now, in all teams together.

        Along another axis it is the axis's value, or its position where the values are words.
        """
        if self.sweep.axes[0].key == PEOPLE:
            now = self.sweep.scenario.developers
            return [float(scenario.developers - now) for scenario in self.sweep.scenarios]
        return self.sweep.axes[0].numbers()

    def promised(self, policy: int, promise: Constraint) -> list[Interval]:
        """Return the promise's figure of a policy at each step."""
        return [
            self.sweep.figure(cell, policy, promise.figure) for cell in range(len(self.sweep.cells))
        ]

    def at_price(self, policy: int, price: float, figure: FigureName) -> Interval:
        """Return any figure of a policy at one of `prices`."""
        return self.sweep.figure(self.prices.index(price), policy, figure)

    def price(self, policy: int) -> float | None:
        """Return the least price at which a policy keeps every promise; None if it never does."""
        swept = self.sweep
        cells = zip(self.prices, swept.scenarios, swept.cells, strict=True)
        keeping = [
            price
            for price, scenario, observed in cells
            if self.goal.score(scenario, observed, policy).kept == 0
        ]
        return min(keeping, default=None)


def hire(
    scenario: Scenario,
    goal: Goal,
    policies: Sequence[str | Policy] | None = None,
    axis: Axis | None = None,
    design: Design = USUAL,
    progress: Progress | None = None,
) -> Curve:
    """Compute how the promises fare as every team grows by 0, 1, 2, … developers, or along another
    axis.

    Args:
        policies, design, progress: as for `sim.search.sweep.sweep`.

    Raises:
        QuestionError: for a promise that nobody made.
        ScenarioError, PolicyError: for what is not known or cannot be.
    """
    check_askable(goal, scenario)
    own = axis or Axis(PEOPLE, tuple(f"+{n}" for n in range(MOST + 1)))
    swept = sweep(scenario, [own], policies, design, progress)
    return Curve(swept, goal)
