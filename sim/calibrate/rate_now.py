"""How often incidents come at the end of the record: as all along, where a line ends, or since a rate levelled off.

Weekly counts are fitted on the scale of their square roots, on which weeks differ alike whatever their rate. The
shape with the least BIC is taken, and another than a steady rate only where its BIC is lower by BETTER (strong
evidence, Kass and Raftery 1995); so a record that merely wavers is not carried on into the future.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats
from sim.calibrate import figures
from sim.calibrate.arrival_rates import Weeks

TRENDS_FROM = 8
"""Weeks from which another shape than a steady rate is looked for."""

BETTER = 6.0
"""How much lower the BIC of another shape must be."""

SHORTEST = 4
"""Weeks on each side of where a rate changes."""

STEADY, LINE, LEVELLED, STEP, BEGUN = "steady", "line", "levelled", "step", "begun"
"""The same throughout; rising or falling throughout; rising or falling until it levelled off; changed at once;
steady until it began to rise or fall."""

_ENDS_LEVEL = (STEADY, LEVELLED, STEP)


@dataclass(frozen=True, eq=False)
class RateNow:
    """The shape of the rate over W weeks, and what it comes to at the end."""

    shape: str
    since: int
    """The week, of those fitted, from which the last part lasts; 0 where it is the whole."""
    level: Floats
    """(W,) the rate of each week over that of the last."""
    error: float
    """Standard error of the log of the last week's rate that the shape leaves, beyond that of the counts."""

    def rate(self, counts: Floats, exposure: Floats) -> tuple[float, float, float]:
        """Return the rate of some of the tickets at the end of the record, with its interval.

        Args:
            counts: (W,) of these tickets.
            exposure: (W,) how much of an ordinary week each was.
        """
        if self.shape in (LEVELLED, STEP):
            return figures.rate(counts[self.since :], exposure[self.since :])
        value, low, high = figures.rate(counts, exposure * self.level)
        if self.error == 0 or not low > 0:
            return value, low, high
        half = math.hypot(math.log(high / value), figures.student(len(counts)) * self.error)
        return value, value * math.exp(-half), value * math.exp(half)

    def words(self, weeks: int) -> str:
        """Return what is said of the shape; empty for a steady rate.

        Args:
            weeks: of the record.
        """
        return {
            STEADY: "",
            LINE: "it rises or falls throughout; rates are those at its end",
            LEVELLED: f"it levelled off; rates are those of the last {weeks - self.since} weeks",
            STEP: f"it changed at once; rates are those of the last {weeks - self.since} weeks",
            BEGUN: f"it rises or falls since {weeks - self.since} weeks; rates are those at the end",
        }[self.shape]


def rate_now(weeks: Weeks) -> RateNow:
    """Find the shape of a record's weekly counts."""
    count = len(weeks.counts)
    steady = RateNow(STEADY, 0, np.ones(count), 0.0)
    if count < TRENDS_FROM or not weeks.counts.sum():
        return steady
    root = np.sqrt((weeks.counts + 0.375) / weeks.exposure)  # Anscombe 1948
    t = np.arange(count, dtype=np.float64)
    line, *others = _shapes(root, t)
    best = min(others, key=lambda one: one[0])
    # Of many places for a change one fits well by chance: a line is left for strong evidence alone.
    score, shape, since, design = best if best[0] < line[0] - BETTER else line
    if score > _bic(root, np.ones((count, 1)), 1) - BETTER:
        return steady
    fitted, error = _fit(root, design)
    level = np.maximum(fitted, 0.1 * root.mean()) ** 2
    ends_level = shape in _ENDS_LEVEL
    return RateNow(
        shape,
        since,
        level / level[-1],
        0.0 if ends_level else 2 * error / max(float(fitted[-1]), 1e-9),
    )


def _shapes(root: Floats, t: Floats) -> list[tuple[float, str, int, Floats]]:
    """Return the BIC, name, last change and design of every shape but the steady one, the line first."""
    one = np.ones_like(t)
    found = [(_bic(root, np.stack([one, t], axis=1), 2), LINE, 0, np.stack([one, t], axis=1))]
    for change in range(SHORTEST, len(t) - SHORTEST + 1):
        for shape, second in (
            (LEVELLED, np.minimum(t, change)),
            (STEP, (t >= change).astype(np.float64)),
            (BEGUN, np.maximum(t - change, 0)),
        ):
            design = np.stack([one, second], axis=1)
            found.append(
                (_bic(root, design, 4), shape, change, design)
            )  # two to fit, and a place to choose
    return found


def _bic(root: Floats, design: Floats, parameters: int) -> float:
    fitted = design @ np.linalg.lstsq(design, root, rcond=None)[0]
    # Counts of a Poisson stream have a variance of a quarter on this scale; no fit is better than that.
    spread = max(float(((root - fitted) ** 2).mean()), 0.05)
    return len(root) * math.log(spread) + parameters * math.log(len(root))


def _fit(root: Floats, design: Floats) -> tuple[Floats, float]:
    """Return the fitted roots and the standard error of the last one."""
    solved = np.linalg.lstsq(design, root, rcond=None)[0]
    fitted = design @ solved
    variance = float(((root - fitted) ** 2).sum()) / max(len(root) - design.shape[1], 1)
    last = design[-1]
    return np.asarray(fitted), math.sqrt(
        variance * float(last @ np.linalg.pinv(design.T @ design) @ last)
    )
