"""How a team works today, as far as its history gives it away: the policy whose simulated past comes nearest.

Each policy lives through the past that was fitted, and its response and resolution times, what was delivered and what
was left open are held against those recorded. Distances are in widths of the simulated bands, on the scale of
logarithms for spans of time, each figure cut off where it is simply wrong. Policies whose distances differ by little
cannot be told apart by a history, and that is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibrate.backtest import Backtest, backtest
from sim.calibrate.beside_history import Line
from sim.calibrate.calibration import Wishes
from sim.calibrate.formats import Export
from sim.experiment.study import Progress
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.schema import Scenario

PASTS = 40
"""Simulated pasts of each policy."""

FARTHEST = 4.0
"""Widths of a band from its middle: a figure that is farther off is simply wrong."""

ALIKE = 0.25
"""Widths, on average over all figures, by which a history hardly tells two policies apart."""


@dataclass(frozen=True)
class StatusQuo:
    """The policy in force today, and what is known of that."""

    policy: Policy
    how: str
    """`said`, `inferred`, or `assumed` where nothing tells"""
    alike: tuple[str, ...] = ()
    """titles of other policies that a history like this would come of as well"""
    backtest: Backtest | None = None
    """the past as it would have been under the policy, held against the one that was"""


def inferred(
    scenario: Scenario,
    exports: Sequence[Export],
    wishes: Wishes,
    seed: int,
    progress: Progress | None = None,
) -> tuple[Policy, tuple[str, ...]] | None:
    """Return the policy whose simulated past comes nearest to the recorded, and the titles of those hardly farther off.

    None where the history has no figure that depends on the policy.

    Raises:
        ScenarioError: where the history is too short, or has no incidents.
    """
    policies = chosen_policies(scenario, None)
    found: list[tuple[float, Policy]] = []
    for n, policy in enumerate(policies):
        held = backtest(scenario, exports, wishes, policy.label, None, PASTS, seed)
        if not held.lines:
            return None
        found.append((float(np.mean([distance(line) for line in held.lines])), policy))
        if progress is not None:
            progress((n + 1) * PASTS)
    found.sort(key=lambda own: own[0])
    least, nearest = found[0]
    alike = tuple(policy.title for far, policy in found[1:] if far <= least + ALIKE)
    return nearest, alike


def distance(line: Line) -> float:
    """Return how far an observation lies from the middle of its band, in its widths, FARTHEST at most."""
    observed, low, middle, high = line.observed, line.low, line.middle, line.high
    if line.unit not in ("%", "points") and min(observed, low, middle) > 0:
        observed, low, middle, high = (math.log(v) for v in (observed, low, middle, high))
    width = high - low
    if not math.isfinite(observed - middle):
        return FARTHEST
    if width <= 0:
        return 0.0 if observed == middle else FARTHEST
    return min(abs(observed - middle) / width, FARTHEST)
