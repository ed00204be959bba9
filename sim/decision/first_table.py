"""The figures of a decision's first page: today beside what is proposed, with what is not known and what is luck."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.experiment.comparison import RESPONSE, Comparison
from sim.experiment.input_sets import band
from sim.measures.metrics import METRICS, MONEY, metrics_of
from sim.measures.net_delivery import NET_POINTS
from sim.search.goal import Constraint, FigureName, Goal

WEEKS = 52

A_YEAR = (NET_POINTS, MONEY)
"""What is told for all teams and a whole year."""

Ends = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A figure under today's policy and under the proposed one."""

    figure: FigureName
    is_a_year: bool
    """whether it is of all teams in a year"""
    today: float
    proposed: float
    not_known: Ends
    """between which the proposed lies in 8 of 10 sets of assumptions, drawn out to what it is with the inputs as they are
    where these are no middling ones; NaN without sets"""
    luck: Ends
    """between which it lies in 8 of 10 years"""
    difference: float
    by_chance: Ends
    """the 95 % interval of the difference"""
    difference_not_known: Ends
    promise: Constraint | None = None
    """what is asked of the figure"""

    @property
    def better(self) -> int:
        """The direction in which it is better: 1 where more is."""
        return METRICS[self.figure.metric].better

    @property
    def change(self) -> int:
        """1: surely better than today; -1: surely worse; 0: chance may account for it, or it is not known."""
        low, high = self.by_chance
        if math.isnan(low) or low <= 0 <= high:
            return 0
        return self.better if low > 0 else -self.better


def rows(comparison: Comparison, goal: Goal, today: str, proposed: str) -> list[Row]:
    """Return the figures that the page opens with."""
    return [_row(comparison, own, goal, today, proposed) for own in _wanted(comparison, goal)]


def _wanted(comparison: Comparison, goal: Goal) -> Iterator[FigureName]:
    asked = [promise.figure for promise in goal.promises]
    usual = [
        FigureName("response_sla"),
        FigureName(RESPONSE),
        FigureName("sprint_goals_met"),
        FigureName(NET_POINTS),
        FigureName(MONEY),
    ]
    known = metrics_of(comparison.scenario)
    for own in dict.fromkeys([*asked, *usual]):
        if own.metric in known and not _nowhere(comparison, own):
            yield own


def _nowhere(comparison: Comparison, own: FigureName) -> bool:
    means = [comparison.figure(n, own.metric, own.group).mean for n in comparison.labels]
    return all(math.isnan(mean) for mean in means)


def _row(comparison: Comparison, own: FigureName, goal: Goal, today: str, proposed: str) -> Row:
    metric, group = own.metric, own.group
    is_a_year = metric in A_YEAR and group == "all"
    times = _times(comparison) if is_a_year else 1.0
    spread = comparison.spread(proposed, metric, group)
    apart = comparison.difference(proposed, today, metric, group)
    in_sets = band(comparison.difference_in_sets(proposed, today, metric, group))
    return Row(
        figure=own,
        is_a_year=is_a_year,
        today=times * comparison.figure(today, metric, group).mean,
        proposed=times * spread.mean,
        not_known=_around(
            times * spread.mean, (times * spread.input_low, times * spread.input_high)
        ),
        luck=(times * spread.year_low, times * spread.year_high),
        difference=times * apart.mean,
        by_chance=(times * apart.low, times * apart.high),
        difference_not_known=_around(times * apart.mean, (times * in_sets[0], times * in_sets[1])),
        promise=next((p for p in goal.promises if p.figure == own), None),
    )


def _around(mean: float, ends: Ends) -> Ends:
    low, high = ends
    return (low, high) if math.isnan(low + mean) else (min(low, mean), max(high, mean))


def _times(comparison: Comparison) -> float:
    time = comparison.scenario.time
    return WEEKS / time.sprint_weeks * len(comparison.scenario.teams)
