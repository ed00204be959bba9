"""The best is found with a stated probability: screening, then Kim and Nelson's procedure.

Both work on common paths: what counts is the variance of differences. Sources: B. L. Nelson, J. Swann,
D. Goldsman and W. Song (2001), Operations Research 49, 950-963, for the subset; S.-H. Kim and
B. L. Nelson (2001), ACM TOMACS 11, 251-273, for the selection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import stdtrit

from sim.arrays import Floats

PILOT = 20
"""Replications before anything is dropped; with two or three the procedure wastes thousands later."""

Draw = Callable[[list[int], range], Floats]
"""(K', R) observations of the systems still in the race, more is better, in these replications."""


@dataclass(frozen=True)
class Selection:
    """The system taken for the best, and what that took."""

    best: int
    replications: int
    """of the best"""
    spent: int
    """over all systems"""
    settled: bool
    """False where the budget ended the race: the leader is named, without the probability."""
    left: tuple[int, ...]
    """still in the race at the end"""


def subset(observations: Floats, confidence: float = 0.95) -> list[int]:
    """Return systems that may be the best: with this probability the best is among them.

    A system is dropped where another's mean is ahead by more than the half width of their paired
    difference, at a confidence shared among the K - 1 others (Bonferroni, which common paths allow).

    Args:
        observations: (K, R), more is better; R at least 2.
    """
    count, n = observations.shape
    if count == 1:
        return [0]
    quantile = stdtrit(n - 1, 1 - (1 - confidence) / (count - 1))
    means = observations.mean(axis=1)
    kept = []
    for own in range(count):
        spread = (observations - observations[own]).std(axis=1, ddof=1) * quantile / np.sqrt(n)
        spread[own] = 0.0
        if (means[own] >= means - spread).all():
            kept.append(own)
    return kept


def select(
    draw: Draw,
    systems: int,
    indifference: float,
    confidence: float = 0.95,
    pilot: int = PILOT,
    batch: int = 10,
    budget: int = 10_000,
) -> Selection:
    """Select the best mean by Kim and Nelson's fully sequential procedure.

    Whatever the means are, the one selected is the best, or within `indifference` of it, with at
    least this probability (for normal observations; means of a replication are close).

    Args:
        draw: gives observations as they are needed.
        systems: K, at least 1.
        indifference: the smallest difference worth detecting, in the figure's unit; above 0.
        budget: most replications of one system.

    Raises:
        ValueError: for an indifference that is not above 0.
    """
    if not indifference > 0:
        raise ValueError(f"indifference must be above 0 (got {indifference})")
    left = list(range(systems))
    if systems == 1:
        return Selection(0, 0, 0, True, (0,))
    values = draw(left, range(pilot))
    spent = systems * pilot
    eta = ((2 * (1 - confidence) / (systems - 1)) ** (-2 / (pilot - 1)) - 1) / 2
    h2 = 2 * eta * (pilot - 1)
    spread = {
        (i, j): float((values[i] - values[j]).var(ddof=1)) for i in left for j in left if i != j
    }
    sums = {i: float(values[i].sum()) for i in left}
    done = pilot
    left = _still_in(left, sums, done, spread, h2, indifference)
    while len(left) > 1 and done < budget:
        more = draw(left, range(done, min(done + batch, budget)))
        spent += more.size
        rows = {i: more[place] for place, i in enumerate(left)}
        for step in range(more.shape[1]):
            done += 1
            for i in left:
                sums[i] += float(rows[i][step])
            left = _still_in(left, sums, done, spread, h2, indifference)
            if len(left) == 1:
                break
    best = max(left, key=lambda i: sums[i])
    return Selection(best, done, spent, len(left) == 1, tuple(left))


def _still_in(
    left: list[int],
    sums: dict[int, float],
    done: int,
    spread: dict[tuple[int, int], float],
    h2: float,
    indifference: float,
) -> list[int]:
    """Return those that are not behind another by more than chance allows; one, when there is no
    more."""
    if done * indifference**2 > h2 * max(spread[i, j] for i in left for j in left if i != j):
        return [max(left, key=lambda i: sums[i])]
    return [
        i
        for i in left
        if all(
            sums[i] / done
            >= sums[j] / done
            - max(
                0.0,
                indifference / (2 * done) * (h2 * spread[i, j] / indifference**2 - done),
            )
            for j in left
            if j != i
        )
    ]


def _resampled(n: int, resamples: int, seed: int) -> Floats:
    """Return (n, resamples) the share that each of n replications has in each resample."""
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    return np.ascontiguousarray(drawn.T / n)


MAX_KEPT = 100
"""Replications of which resamples are kept: the page asks for the same again and again."""

_kept = lru_cache(maxsize=4)(_resampled)


def front_membership(
    first: Floats, second: Floats, resamples: int = 2_000, seed: int = 0
) -> Floats:
    """Return (K,) the probability of each system to be beaten by no other on both figures.

    It is found by bootstrap over replications, which keeps common paths together: in how many of
    the resamples no other system's means are at least as good on both and better on one.

    Args:
        first, second: (K, R) observations, more is better.
    """
    count, n = first.shape
    weights = (_kept if n <= MAX_KEPT else _resampled)(n, resamples, seed)
    a, b = first @ weights, second @ weights  # (K, resamples)
    beaten = np.zeros((count, resamples), dtype=bool)
    for other in range(count):
        as_good = (a[other] >= a) & (b[other] >= b)
        better = (a[other] > a) | (b[other] > b)
        beaten |= as_good & better
    return np.asarray(1 - beaten.mean(axis=1))
