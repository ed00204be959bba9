"""A goal says what is wanted: one figure as high or low as can be, under promises."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats
from sim.errors import nearest
from sim.experiment.reportable import COUNT, Reportable, fewest_incidents
from sim.experiment.statistics import Interval, interval
from sim.experiment.study import Observations
from sim.measures.metrics import METRICS
from sim.scenario.schema import Scenario
from sim.search.question import QuestionError

_LABELLED = {metric.label.lower(): name for name, metric in METRICS.items()}
"""What figures are called in tables, and their names."""


@dataclass(frozen=True)
class FigureName:
    """A figure of a comparison, such as `response_hours_p90[severity=1]`."""

    metric: str
    group: str = "all"

    @staticmethod
    def parse(text: str) -> FigureName:
        """Read a figure's name from `metric`, `metric[severity=N]` or `metric[kind=NAME]`.

        Raises:
            QuestionError: for what is not understood or no metric.
        """
        if (metric := _LABELLED.get(text.strip().lower())) is not None:
            raise QuestionError(f"'{text.strip()}': the figure's name is {metric}")
        found = re.fullmatch(r"\s*(\w+)\s*(?:\[\s*(severity|kind)\s*=\s*([^\]]+?)\s*\])?\s*", text)
        if found is None:
            raise QuestionError(
                f"'{text}': expected a figure such as response_sla, response_hours_p90[severity=1] or "
                "response_sla[kind=production outage]"
            )
        metric, by, name = found.groups()
        if metric not in METRICS:
            raise QuestionError(f"no figure '{metric}'" + nearest(metric, list(METRICS)))
        return FigureName(metric, f"{by} {name}" if by else "all")

    def __str__(self) -> str:
        by, _, name = self.group.partition(" ")
        return self.metric + (f"[{by}={name}]" if name else "")

    @property
    def better(self) -> int:
        """The direction in which the figure is better: 1 where more is, -1 where less is."""
        return METRICS[self.metric].better

    def of(self, observed: Observations, policy: int) -> Floats:
        """Return the figure of a policy, replication by replication, as an array (R,).

        Raises:
            QuestionError: where the scenario has no such group.
        """
        for key in observed.keys:
            if (key.name, key.group) == (self.metric, self.group):
                return observed.of(policy, key)
        if self.metric not in {key.name for key in observed.keys}:
            raise QuestionError(f"{self}: only a scenario with [money] has it")
        groups = sorted({k.group for k in observed.keys if k.section == "response"} - {"all"})
        raise QuestionError(
            f"{self}: this scenario has no such figure; response figures are by "
            + ", ".join(group.replace(" ", "=", 1) for group in groups)
        )


class Kept(NamedTuple):
    """The answer to how surely promises are kept."""

    surely: bool
    """no interval reaches beyond its limit"""
    maybe: bool
    """no interval lies beyond its limit as a whole"""


@dataclass(frozen=True)
class Constraint:
    """A promise: a figure and what its mean must not exceed, or fall below."""

    figure: FigureName
    at_most: bool
    limit: float

    @staticmethod
    def parse(text: str) -> Constraint:
        """Read a promise such as `response_sla >= 0.9`.

        Raises:
            QuestionError: for what is not understood.
        """
        found = re.fullmatch(r"(.+?)(<=|>=)\s*([-+.\deE]+)\s*(%?)\s*", text)
        try:
            limit = float(found[3]) if found else math.nan
        except ValueError:
            limit = math.nan
        if found is None or not math.isfinite(limit):
            raise QuestionError(
                f"--require {text}: expected FIGURE <= NUMBER or FIGURE >= NUMBER, such as "
                "response_sla >= 0.9"
            )
        figure, limit = FigureName.parse(found[1]), limit / (100 if found[4] else 1)
        if METRICS[figure.metric].percent and not 0 <= limit <= 1:
            raise QuestionError(
                f"--require {text}: {figure.metric} is a share from 0 to 1; did you mean "
                f"{found[3]}%?"
            )
        return Constraint(figure, found[2] == "<=", limit)

    def __str__(self) -> str:
        return f"{self.figure} {'<=' if self.at_most else '>='} {self.limit:g}"

    def shortfall(self, mean: float) -> float:
        """Return by how much the promise is broken, as a share of the limit; 0 where it is kept.

        Where the limit is 0, it is in the figure's units. It is infinite where the figure is not
        known (NaN).
        """
        if math.isnan(mean):
            return math.inf
        return float(self.shortfalls(np.array(mean)))

    def shortfalls(self, means: Floats) -> Floats:
        """Return `shortfall` of each of many means that are known."""
        over = means - self.limit if self.at_most else self.limit - means
        return np.asarray(np.maximum(over, 0) / (abs(self.limit) or 1.0))

    def kept(self, found: Interval) -> Kept:
        """Return how surely the promise is kept, by the figure's interval; not at all where there
        is none."""
        worst, best = (found.high, found.low) if self.at_most else (found.low, found.high)
        return Kept(self.shortfall(worst) == 0, self.shortfall(best) == 0)


@dataclass(frozen=True)
class Goal:
    """A goal: one figure to maximise or minimise, and promises to keep."""

    figure: FigureName
    promises: tuple[Constraint, ...] = ()
    sign: int = 1
    """1: as much as can be, -1: as little"""

    @staticmethod
    def towards(figure: FigureName, promises: tuple[Constraint, ...] = ()) -> Goal:
        """Return the goal of having the figure in the direction in which it is better."""
        return Goal(figure, promises, figure.better)

    @staticmethod
    def asked(aim: str | None, figure: FigureName, promises: tuple[Constraint, ...] = ()) -> Goal:
        """Return the goal that a person asks for.

        `aim` is maximise, minimise, or None for what is better.

        Raises:
            QuestionError: for as much as can be of what there should be less of, and the reverse.
        """
        right = "maximise" if figure.better > 0 else "minimise"
        if aim not in (None, right):
            raise QuestionError(
                f"{aim} {figure}: {'more' if figure.better > 0 else 'less'} of it is better; did you "
                f"mean {right}?"
            )
        return Goal.towards(figure, promises)

    def __str__(self) -> str:
        aim = f"{'most' if self.sign > 0 else 'least'} {self.figure}"
        return aim + "".join(f", {promise}" for promise in self.promises)

    def signed(self, observed: Observations, policy: int) -> Floats:
        """Return the figure, with its sign such that more is better, as an array (R,)."""
        return self.sign * self.figure.of(observed, policy)

    def score(self, scenario: Scenario, observed: Observations, policy: int) -> Score:
        """Return how good a policy is by its means.

        Where demand exceeds capacity it has no response figures, and keeps no promise on them.
        """
        reportable = Reportable(scenario, observed)

        def mean(figure: FigureName) -> float:
            settled = reportable.has_steady_state(policy, figure.metric)
            return mean_of(figure.of(observed, policy)) if settled else math.nan

        short = sum(promise.shortfall(mean(promise.figure)) for promise in self.promises)
        return Score(-short, self.sign * mean(self.figure))

    def kept(
        self, scenario: Scenario, observed: Observations, policy: int, confidence: float
    ) -> Kept:
        """Return how surely a policy keeps all promises, by each one's interval."""
        reportable = Reportable(scenario, observed)
        if not all(reportable.has_steady_state(policy, p.figure.metric) for p in self.promises):
            return Kept(surely=False, maybe=False)
        each = [p.kept(interval(p.figure.of(observed, policy), confidence)) for p in self.promises]
        return Kept(all(one.surely for one in each), all(one.maybe for one in each))


def of_too_few(goal: Goal, observed: Observations) -> list[str]:
    """Return a sentence for each quantile in a goal that rests on too few incidents in a
    replication.

    For such a quantile `compare` gives none, under any policy.
    """
    sentences = []
    for figure in dict.fromkeys((goal.figure, *(promise.figure for promise in goal.promises))):
        needed = fewest_incidents(figure.metric)
        if not needed:
            continue
        counted = FigureName(COUNT, figure.group)
        policies = range(observed.values.shape[0])
        most = max(float(counted.of(observed, n).mean()) for n in policies)
        if most < needed:
            sentences.append(
                f"{figure} rests on {most:.0f} incidents in a replication; {needed} are needed, or it "
                "says little. A longer time.horizon_weeks has more."
            )
    return sentences


@dataclass(frozen=True, order=True)
class Score:
    """The score of a policy; scores are ordered by promises first, then by the figure; more is
    better."""

    kept: float
    """0: every promise; below: minus the sum of shortfalls"""
    value: float
    """of the figure, signed; NaN sorts below all by `best`"""

    @property
    def is_feasible(self) -> bool:
        """Whether every promise is kept and the figure is known."""
        return self.kept == 0 and not math.isnan(self.value)


def best(scores: list[Score]) -> int:
    """Return the position of the best score; the first of equals."""
    return max(
        range(len(scores)),
        key=lambda n: (
            scores[n].kept,
            -math.inf if math.isnan(scores[n].value) else scores[n].value,
        ),
    )


def mean_of(values: Floats) -> float:
    """Return the mean over the replications in which there is a value; NaN where there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
