"""Some figures of a study may not be given: those that say nothing, or mislead."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sim.arrays import Floats
from sim.experiment.statistics import interval
from sim.experiment.study import Observations
from sim.measures.book import QUANTILES
from sim.measures.metrics import Key
from sim.scenario.schema import Scenario

MIN_BEYOND = 5
"""A quantile needs so many incidents beyond it in a replication, or it is not reported:
100 for p95, 50 for p90, 10 for p50 (docs/evidence.md, E2)."""

OVERLOAD = 0.02
"""Demand exceeds capacity where the backlog surely grows, and by more than this share of what comes
in. Less is what a lucky or unlucky last sprint does to the count."""

FAR = 0.2
"""Whose backlog grows by more than this share of what comes in cannot keep up, whatever chance will bring;
of that a few replications are enough to be SURE."""

SURE = 0.999
"""The confidence of the interval that lies above FAR."""

STEADY_STATE = ("response", "money")
"""Sections whose figures say nothing where demand exceeds capacity: they depend on the run's length."""

COUNT = "incidents_measured"
"""How many incidents a replication has after the warm-up; stands with the figures of them."""


def fewest_incidents(metric: str) -> int:
    """Return how many incidents a replication needs on average for a figure.

    A quantile has MIN_BEYOND beyond it; 0 stands for what is no quantile.
    """
    share = QUANTILES.get(metric.rpartition("_")[2])
    return 0 if share is None else math.ceil(round(MIN_BEYOND / (1 - share), 9))


@dataclass(frozen=True, eq=False)
class Reportable:
    """A judge of which figures may be given of each policy of a study, by what was observed.

    A comparison gives what `may_be_given`. A search asks for `has_steady_state` alone: of quantiles that
    rest on too few incidents it says so (`sim.search.goal.of_too_few`), and goes on.
    """

    scenario: Scenario
    observed: Observations
    _overloaded: dict[int, bool] = field(default_factory=dict, init=False, repr=False)
    """by policy, as far as it was asked"""

    def may_be_given(self, policy: int, key: Key) -> bool:
        """Return whether the figure stands for something, and rests on enough."""
        return self.has_steady_state(policy, key.name) and self.rests_on_enough(policy, key)

    def has_steady_state(self, policy: int, metric: str) -> bool:
        """Return False where demand exceeds capacity, and the figure would depend on how long the
        run is."""
        return not self.supposes_steady_state(metric) or not self.is_overloaded(policy)

    def supposes_steady_state(self, metric: str) -> bool:
        """Return whether a figure says nothing where demand exceeds capacity."""
        return metric in self._of_steady_state

    def rests_on_enough(self, policy: int, key: Key) -> bool:
        """Return False for a quantile with too few incidents beyond it."""
        needed = fewest_incidents(key.name) if key.section in STEADY_STATE else 0
        return not needed or bool(self._counted[key.group][policy] >= needed)

    def is_overloaded(self, policy: int) -> bool:
        """Return whether incidents come in faster than a policy works them off.

        It is False in a terminating design.
        """
        if policy not in self._overloaded:
            self._overloaded[policy] = self.scenario.steady_state and self._piles_up(policy)
        return self._overloaded[policy]

    def cannot_keep_up(self, policy: int) -> bool:
        """Return whether incidents surely come in much faster than a policy works them off, so that more
        replications would say nothing else.

        It is False in a terminating design.
        """
        if not self.scenario.steady_state:
            return False
        return interval(self._growth(policy), SURE).low > FAR * self._arrivals(policy)

    def is_any_overloaded(self) -> bool:
        """Return whether incidents come in faster than any one of the policies works them off."""
        return any(self.is_overloaded(n) for n in range(self.observed.values.shape[0]))

    def _piles_up(self, policy: int) -> bool:
        growth = interval(self._growth(policy))
        return growth.low > 0 and growth.mean > OVERLOAD * self._arrivals(policy)

    def _growth(self, policy: int) -> Floats:
        return self.observed.of(policy, Key("accounts", "all", "backlog_growth_per_week"))

    def _arrivals(self, policy: int) -> float:
        """Return how many incidents open in a week."""
        opened = self.observed.of(policy, Key("accounts", "all", "opened"))
        return float(np.nanmean(opened)) / self.scenario.time.horizon_weeks

    @cached_property
    def _of_steady_state(self) -> frozenset[str]:
        """The metrics that suppose a steady state."""
        keys = self.observed.keys
        return frozenset(key.name for key in keys if key.section in STEADY_STATE) - {COUNT}

    @cached_property
    def _counted(self) -> dict[str, Floats]:
        """How many incidents are measured in a replication, on average, by group: (P,)
        each."""
        return {
            key.group: np.nanmean(self.observed.values[:, :, n], axis=1)
            for n, key in enumerate(self.observed.keys)
            if key.name == COUNT
        }
