"""The number of replications that an interval of a wanted width takes is found here.

The rule is fixed before looking: after a pilot, and again after each stage, the number of replications
that the widest figure needs is computed from its variance so far, and reached in stages that at most
triple what is there. It stops when every figure's interval is narrow enough. The half width asked for
is g / (1 + g) of the observed mean, which makes it at most g of the true one (A. M. Law, *Simulation
Modeling and Analysis*, chapter on output analysis of terminating simulations).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.experiment.statistics import interval

PILOT = 30
"""Replications before the first look: with fewer, chance makes an interval look narrow too often."""

GROWTH = 3
"""Most that a stage may multiply what is there by: a variance from few observations may mislead."""

SPARE = 1.1
"""More than computed, so that the next look is likely the last."""


@dataclass(frozen=True)
class Plan:
    """The plan after a look: what to do next."""

    replications: int
    """to have in all"""
    met: bool
    """every figure is as precise as wanted"""


def next_stage(figures: Sequence[Floats], wanted: float, budget: int) -> Plan:
    """Return what the figures so far ask for.

    Args:
        figures: each (R,) one figure, replication by replication. One that is not known in two
            replications, or is the same in all, is left out.
        wanted: half width over mean, such as 0.05.
        budget: most replications.
    """
    done = len(figures[0])
    ratio = max((_ratio(values, wanted) for values in figures), default=0.0)
    if ratio <= 1:
        return Plan(done, met=True)
    needed = math.ceil(done * min(SPARE * ratio**2, GROWTH))
    return Plan(min(max(needed, done + 1), budget), met=False)


def _ratio(values: Floats, wanted: float) -> float:
    """Return the half width so far over the one asked for."""
    return relative_width(values) * (1 + wanted) / wanted


def relative_width(values: Floats) -> float:
    """Return the half width of the interval so far over the mean.

    It is 0 where it is not known, or the same in all.
    """
    found = interval(values)
    half = found.high - found.mean
    if np.isnan(half) or half == 0:
        return 0.0
    return half / abs(found.mean) if found.mean else math.inf
