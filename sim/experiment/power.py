"""How many replications a comparison needs to show a difference, by how differences spread on common paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtr, stdtrit

from sim.experiment.comparison import Comparison
from sim.experiment.statistics import CONFIDENCE

MOST = 1_000_000
"""Replications that nobody computes any more."""


@dataclass(frozen=True)
class Power:
    """What it takes to tell two policies apart."""

    metric: str
    difference: float
    """that is to be shown, in the figure's unit"""
    deviation: float
    """of single paths' differences"""
    replications: int
    """that show it with the power wanted; MOST where so many do not"""
    power_now: float
    """of as many replications as there are"""


def replications_for(
    comparison: Comparison,
    a: str,
    b: str,
    metric: str,
    difference: float | None = None,
    power: float = 0.8,
) -> Power:
    """Return how many replications show a difference of two policies at 95 % confidence, with so much power.

    The paired t test has the noncentral t distribution where there is a difference (J. Cohen, *Statistical Power Analysis*,
    2nd ed. 1988, chapter 2).

    Args:
        comparison: from `sim.compare`, of a pilot at least.
        a: a policy's label.
        b: another's.
        metric: the figure.
        difference: that is to be shown, in the figure's unit; the one that was found if None.
        power: the chance to show it, between 0 and 1.

    Raises:
        KeyError: for an unknown policy or figure.
        ValueError: for a power that is none, or where nothing varies.
    """
    if not 0 < power < 1:
        raise ValueError(f"power must be between 0 and 1 (got {power})")
    apart = comparison.path_by_path(a, b, metric)
    apart = apart[~np.isnan(apart)]
    deviation = float(apart.std(ddof=1)) if len(apart) > 1 else 0.0
    wanted = abs(float(apart.mean()) if difference is None else difference)
    if not deviation > 0:
        raise ValueError(
            f"{metric}: does not vary between {a} and {b}, so that nothing is to be told"
        )
    return Power(
        metric,
        wanted,
        deviation,
        _needed(wanted / deviation, power),
        _power(wanted / deviation, len(apart)),
    )


def _power(effect: float, n: int) -> float:
    beyond = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2))
    return float(1 - nctdtr(n - 1, effect * np.sqrt(n), beyond))


def _needed(effect: float, power: float) -> int:
    low, high = 2, 4
    while high < MOST and _power(effect, high) < power:
        low, high = high, high * 2
    if high >= MOST:
        return MOST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _power(effect, middle) < power else (low, middle)
    return low if _power(effect, low) >= power else high
