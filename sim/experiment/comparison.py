"""Policies stand side by side on the same paths: what may be said of them, and how surely."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Floats
from sim.errors import nearest
from sim.experiment.control_variates import controlled
from sim.experiment.effects import effects
from sim.experiment.forecast import Forecast, forecast
from sim.experiment.input_sets import InputSets, band
from sim.experiment.reportable import Reportable
from sim.experiment.rounds import lived_through
from sim.experiment.selection import front_membership, subset
from sim.experiment.statistics import (
    CONFIDENCE,
    Interval,
    interval,
    intervals,
    needed_for_skewness,
    paired,
)
from sim.experiment.study import Observations
from sim.measures.metrics import METRICS, OPEN_ON_DAY, Key
from sim.measures.net_delivery import NET_POINTS
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario

DELIVERY, RESPONSE = NET_POINTS, "response_hours_fixed_mix"
"""The two figures that policies are weighed by: what is delivered, and how soon an answer comes."""

HEADLINE = (
    DELIVERY,
    "say_do_ratio",
    "sprint_goals_met",
    RESPONSE,
    "response_hours_p90",
    "response_sla",
)
"""The figures of the short table."""

UNDEFINED = Interval(math.nan, math.nan, math.nan)


class Spread(NamedTuple):
    """A figure with the three things that make it uncertain, told apart; NaN where one is not known."""

    mean: float
    """with the inputs as they are"""
    low: float
    """the 95 % interval of the mean: too few years were simulated to know it better"""
    high: float
    input_low: float
    """what is not known of the inputs: 8 in 10 of the sets of assumptions lie between"""
    input_high: float
    year_low: float
    """luck: 8 in 10 single years lie between, with the inputs as they are"""
    year_high: float


class Difference(NamedTuple):
    """The difference of policy `a` minus policy `b` on the same paths: mean and interval of one
    figure."""

    a: str
    b: str
    metric: str
    mean: float
    low: float
    """for this pair alone, `high` too"""
    high: float
    all_low: float
    """for all pairs of policies and all figures of the short table at once, `all_high` too"""
    all_high: float
    input_low: float
    """8 in 10 of the sets of assumptions lie between, NaN where there are none"""
    input_high: float
    effect: float
    """in standard deviations of single years"""
    needed: float
    """replications that would tell the two apart, at 95 %; infinite where nothing is between them"""
    gain: float
    """how many times as many separate paths would be needed to know it as well as from common ones"""


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison of policies on the same paths: figures with 95 % intervals, and who is best."""

    scenario: Scenario
    policies: tuple[Policy, ...]
    replications: int
    seed: int
    engine: str
    observations: Observations = field(repr=False)
    left_out: frozenset[int] = frozenset()
    """the policies that cannot keep up, and were not computed any further (`sim.experiment.rounds`)"""
    input_sets: InputSets | None = field(default=None, repr=False)
    """the same policies in sets of assumptions drawn from the scenario's ranges; None: in none"""
    tuned: bool = False
    """whether each policy was set as well as could be found, instead of as it happens to be"""

    @property
    def labels(self) -> list[str]:
        """The policies' names with what was set, in the order given."""
        return list(self._labels)

    @cached_property
    def _labels(self) -> tuple[str, ...]:
        return tuple(policy.label for policy in self.policies)

    # ---- figures ----------------------------------------------------------------------------

    def figure(self, label: str, metric: str, group: str = "all") -> Interval:
        """Return mean and interval of one figure; NaN where it may not be given.

        Args:
            label: one of `labels`.
            metric: a metric's name, such as `response_hours_p90`.
            group: `all`, or for response figures `severity 1`, `kind production outage`, …

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        policy, key = self._policy(label), self._key(metric, group)
        if not self.reportable.may_be_given(policy, key):
            return UNDEFINED
        return interval(self.at_expected_load.of(policy, key))

    def quantiles(self, label: str, metric: str, shares: Sequence[float]) -> list[float]:
        """Return quantiles of a figure over the replications as they were: how futures differ.

        An interval says how well their mean is known. They are NaN where a replication has none.

        Raises:
            KeyError: for an unknown policy or metric.
        """
        observed = self.observations.of(self._policy(label), self._key(metric, "all"))
        observed = observed[: self.futures(label)]
        found: list[float] = np.quantile(observed, shares).tolist()
        return found

    def spread(self, label: str, metric: str, group: str = "all") -> Spread:
        """Return one figure with all that makes it uncertain.

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        policy, key = self._policy(label), self._key(metric, group)
        found = self.figure(label, metric, group)
        if math.isnan(found.mean):
            return Spread(*found, *(math.nan,) * 4)
        sets = self._in_sets(policy, key, found.mean)
        return Spread(*found, *band(sets), *band(self.observations.of(policy, key)))

    def spreads(self, label: str) -> dict[Key, Spread]:
        """Return `spread` of every figure of a policy, computed together.

        Raises:
            KeyError: for an unknown policy.
        """
        policy = self._policy(label)
        found = {}
        for key, own in self.figures(label).items():
            if math.isnan(own.mean):
                found[key] = Spread(*own, *(math.nan,) * 4)
                continue
            sets = self._in_sets(policy, key, own.mean)
            found[key] = Spread(*own, *band(sets), *band(self.observations.of(policy, key)))
        return found

    def _in_sets(self, policy: int, key: Key, mean: float) -> Floats:
        if self.input_sets is None:
            return np.empty(0)
        return self.input_sets.figures(policy, key, mean)

    def in_sets(self, label: str, metric: str, group: str = "all") -> Floats:
        """Return what one figure comes to in each set of assumptions, (D,); NaN where the policy cannot keep
        up there. Without sets it is empty.

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        policy, key = self._policy(label), self._key(metric, group)
        return self._in_sets(policy, key, self.figure(label, metric, group).mean)

    def difference_in_sets(self, a: str, b: str, metric: str, group: str = "all") -> Floats:
        """Return what one figure of `a` minus that of `b` comes to in each set of assumptions, (D,).

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        first, second, key = self._policy(a), self._policy(b), self._key(metric, group)
        if self.input_sets is None:
            return np.empty(0)
        centre = self.difference(a, b, metric, group).mean
        return self.input_sets.differences(first, second, key, centre)

    def difference_in_years(
        self, a: str, b: str, metric: str, group: str = "all"
    ) -> tuple[float, float]:
        """Return between which values one figure of `a` minus that of `b` lies in 8 of 10 single years.

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        first, second, key = self._policy(a), self._policy(b), self._key(metric, group)
        if not all(self.reportable.may_be_given(one, key) for one in (first, second)):
            return math.nan, math.nan
        return band(self.observations.of(first, key) - self.observations.of(second, key))

    def sets_behind(self, label: str) -> int:
        """Return in how many sets of assumptions a policy cannot keep up with the demand.

        Raises:
            KeyError: for an unknown policy.
        """
        if self.input_sets is None or self.is_left_out(label):
            return 0
        return int((~self.input_sets.keeps_up[:, self._policy(label)]).sum())

    def needs_more(self, label: str, metric: str, group: str = "all") -> int:
        """Return how many replications a figure's interval would need to be taken at its word, because the
        figure is skewed; 0 where there are enough (`sim.experiment.statistics.SKEWED`).

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        policy, key = self._policy(label), self._key(metric, group)
        if not self.reportable.may_be_given(policy, key):
            return 0
        values = self.at_expected_load.of(policy, key)[:, np.newaxis]
        needed = math.ceil(float(needed_for_skewness(values)[0]))
        return needed if needed > self.futures(label) else 0

    def open_by(self, label: str, day: int, shares: Sequence[float]) -> Forecast:
        """Return quantiles of the incidents open at the end of a day from today on: by chance, and in all.

        Raises:
            KeyError: for an unknown policy, or where the scenario does not begin with what is open.
        """
        start = self.scenario.start
        key = self._key(OPEN_ON_DAY[day], "all")
        past = start.past_forecasts if start is not None else None
        return forecast(self.observations.of(self._policy(label), key), day, past, shares)

    def difference(
        self, a: str, b: str, metric: str, group: str = "all", confidence: float = CONFIDENCE
    ) -> Interval:
        """Return the interval of `a` minus `b`, path by path, at the expected load.

        The expected load is that of `sim.experiment.control_variates`. Where one was left out, it is of the
        few paths that both have, as they were.

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        first, second, key = self._policy(a), self._policy(b), self._key(metric, group)
        if not (
            self.reportable.may_be_given(first, key) and self.reportable.may_be_given(second, key)
        ):
            return UNDEFINED
        alike = self.left_out.isdisjoint((first, second))
        observed = self.at_expected_load if alike else self.observations
        return paired(observed.of(first, key), observed.of(second, key), confidence)

    def path_by_path(self, a: str, b: str, metric: str, group: str = "all") -> Floats:
        """Return one figure of `a` minus that of `b` on each path, at the expected load, (N,); NaN where one has none.

        Raises:
            KeyError: for an unknown policy, metric or group.
        """
        first, second, key = self._policy(a), self._policy(b), self._key(metric, group)
        observed = self.at_expected_load
        return observed.of(first, key) - observed.of(second, key)

    def pairs(self, metrics: Collection[str]) -> list[Difference]:
        """Return the differences of every pair of policies.

        Those for all at once hold for all pairs and all figures of the short table (Bonferroni's inequality,
        which common paths leave valid).

        Raises:
            KeyError: for an unknown metric.
        """
        pairs = list(combinations(self.labels, 2))
        shared = 1 - (1 - CONFIDENCE) / max(len(pairs) * len(HEADLINE), 1)
        return [found for a, b in pairs for found in self._pair(a, b, list(metrics), shared)]

    def _pair(self, a: str, b: str, metrics: Sequence[str], shared: float) -> Iterator[Difference]:
        """Yield the differences of two policies, computed together."""
        first, second = self._policy(a), self._policy(b)
        keys = [self._key(metric, "all") for metric in metrics]
        alike = self.left_out.isdisjoint((first, second))
        observed = self.at_expected_load if alike else self.observations
        places = [observed.keys.index(key) for key in keys]
        own, other = (observed.values[n][:, places] for n in (first, second))
        alone, together = intervals(own - other), intervals(own - other, shared)
        beside = np.array([*alone, *together[1:], *effects(own, other)])
        for n, (metric, key) in enumerate(zip(metrics, keys, strict=True)):
            given = all(self.reportable.may_be_given(one, key) for one in (first, second))
            mean, low, high, all_low, all_high, *size = (
                beside[:, n].tolist() if given else [math.nan] * len(beside)
            )
            sets = (
                band(self.input_sets.differences(first, second, key, mean))
                if self.input_sets is not None
                else (math.nan, math.nan)
            )
            yield Difference(a, b, metric, mean, low, high, all_low, all_high, *sets, *size)

    def figures(
        self, label: str, wanted: Callable[[Key], bool] = lambda key: True
    ) -> dict[Key, Interval]:
        """Return every figure of a policy that is wanted, computed together: what `figure` gives, many
        times as fast.

        Raises:
            KeyError: for an unknown policy.
        """
        policy, keys = self._policy(label), self.observations.keys
        chosen = [place for place, key in enumerate(keys) if wanted(key)]
        values = self.at_expected_load.values[policy][:, chosen]
        columns = zip(*(part.tolist() for part in intervals(values)), strict=True)
        return {
            keys[place]: Interval(*found)
            if self.reportable.may_be_given(policy, keys[place])
            else UNDEFINED
            for place, found in zip(chosen, columns, strict=True)
        }

    def headline_figures(
        self, observed: Observations | None = None
    ) -> dict[tuple[str, str], Floats]:
        """Return each figure of the short table that may be given, by label and metric, as arrays
        (R,); none of who is left out.

        They are at the expected load, or as they are in `observed`.
        """
        observed = observed or self.at_expected_load
        keys = [self._key(metric, "all") for metric in HEADLINE]
        return {
            (label, key.name): observed.of(policy, key)
            for policy, label in enumerate(self.labels)
            for key in keys
            if policy not in self.left_out and self.reportable.may_be_given(policy, key)
        }

    def futures(self, label: str) -> int:
        """Return in how many replications a policy was lived through: fewer where it is left out."""
        return lived_through(self.observations, self._policy(label))

    def is_left_out(self, label: str) -> bool:
        """Return whether a policy cannot keep up by so much that it was not computed any further."""
        return self._policy(label) in self.left_out

    def is_overloaded(self, label: str) -> bool:
        """Return whether incidents come in faster than this policy works them off.

        It is only asked of a steady-state design: there is then no steady state to report.
        """
        return self.reportable.is_overloaded(self._policy(label))

    @cached_property
    def reportable(self) -> Reportable:
        """What tells which of the figures may be given."""
        return Reportable(self.scenario, self.observations)

    @cached_property
    def at_expected_load(self) -> Observations:
        """The observations that all means and intervals are of: see `sim.experiment.control_variates`."""
        return controlled(self.observations, self.scenario)

    @cached_property
    def _found(self) -> dict[tuple[str, ...], Any]:
        return {}

    def _once(self, compute: Callable[..., Any], *figures: str) -> Any:
        """Return what is asked again and again of the same figures, computed once."""
        asked = (compute.__name__, *figures)
        if asked not in self._found:
            self._found[asked] = compute(*figures)
        return self._found[asked]

    def _policy(self, label: str) -> int:
        if label not in self._labels:
            raise KeyError(f"no policy '{label}' here; there are {', '.join(self._labels)}")
        return self._labels.index(label)

    def _key(self, metric: str, group: str) -> Key:
        for key in self.observations.keys:
            if key.name == metric and key.group == group:
                return key
        figures = sorted({key.name for key in self.observations.keys})
        if metric not in figures:
            raise KeyError(f"no figure '{metric}'" + nearest(metric, figures))
        groups = [key.group for key in self.observations.keys if key.name == metric]
        raise KeyError(f"no figure '{metric}' of '{group}'; it is there of {', '.join(groups)}")

    # ---- choice -----------------------------------------------------------------------------

    def pareto(self, delivery: str = DELIVERY, response: str = RESPONSE) -> list[str]:
        """Return policies on the trade-off front: none other is as good on both and better on
        one."""
        return list(self._once(self._front, delivery, response))

    def _front(self, delivery: str, response: str) -> list[str]:
        values = {
            label: tuple(
                METRICS[metric].better * self.figure(label, metric).mean
                for metric in (delivery, response)
            )
            for label in self.labels
        }
        known = {k: v for k, v in values.items() if not any(math.isnan(x) for x in v)}
        return [
            label
            for label, own in known.items()
            if not any(
                all(o >= m for o, m in zip(other, own, strict=True)) and other != own
                for other in known.values()
            )
        ]

    def front_chances(self, delivery: str = DELIVERY, response: str = RESPONSE) -> dict[str, float]:
        """Return each policy's probability to be beaten by no other on both figures.

        It is NaN where a policy has none. It is found by bootstrap over replications
        (`sim.experiment.selection.front_membership`).
        """
        return dict(self._once(self._chances, delivery, response))

    def _chances(self, delivery: str, response: str) -> dict[str, float]:
        signed = {
            label: [
                METRICS[metric].better * self.at_expected_load.of(n, self._key(metric, "all"))
                for metric in (delivery, response)
            ]
            for n, label in enumerate(self.labels)
            if self.reportable.may_be_given(n, self._key(response, "all"))
        }
        known = {k: np.array(v) for k, v in signed.items() if not np.isnan(v).all(axis=1).any()}
        if not known:
            return dict.fromkeys(self.labels, math.nan)
        both = _known_in_all(np.stack(list(known.values())))
        if both.shape[-1] < 2:
            return dict.fromkeys(self.labels, math.nan)
        first, second = both[:, 0], both[:, 1]
        chances = dict(zip(known, front_membership(first, second).tolist(), strict=True))
        return {label: chances.get(label, math.nan) for label in self.labels}

    def screening_subset(
        self, metric: str = RESPONSE, group: str = "all", among: Collection[str] | None = None
    ) -> list[str]:
        """Return the policies among which the best is, with 95 % probability: of all, or of some.

        They are screened (`sim.experiment.selection.subset`) by the replications in which all that
        have the figure have it; where those are too few, all of these policies are returned.

        Raises:
            KeyError: for an unknown metric or group.
        """
        key = self._key(metric, group)
        known = {
            label: METRICS[metric].better * self.at_expected_load.of(n, key)
            for n, label in enumerate(self.labels)
            if (among is None or label in among)
            and self.reportable.may_be_given(n, key)
            and not np.isnan(self.observations.of(n, key)).all()
        }
        values = _known_in_all(np.array(list(known.values()))) if known else np.empty((0, 0))
        if values.shape[-1] < 2:
            return list(known)
        left = subset(values, CONFIDENCE)
        return [list(known)[n] for n in left]

    def best(self, metric: str = RESPONSE, group: str = "all") -> str:
        """Return the policy with the best mean.

        Raises:
            KeyError: for an unknown metric or group.
            ValueError: where no policy has the figure.
        """
        if metric not in METRICS:
            raise KeyError(f"no metric '{metric}'; known are {', '.join(METRICS)}")
        means = {label: self.figure(label, metric, group).mean for label in self.labels}
        known = {k: v * METRICS[metric].better for k, v in means.items() if not math.isnan(v)}
        if not known:
            raise ValueError(f"no policy has a figure for {metric} of {group}")
        return max(known, key=lambda label: known[label])


def _known_in_all(values: Floats) -> Floats:
    """Return (…, R') of (…, R): the replications in which nothing is missing."""
    missing = np.isnan(values).any(axis=tuple(range(values.ndim - 1)))
    known: Floats = values[..., ~missing]
    return known
