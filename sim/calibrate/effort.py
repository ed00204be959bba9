"""The shape of durations is one lognormal, or a mixture of two where one does not fit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from sim.arrays import Floats
from sim.calibrate.figures import LEVEL
from sim.scenario.distributions import MAX_SPREAD, NORMAL_P90

MIN_FOR_TWO = 100
"""Durations from which two humps can be told from one."""

ENOUGH = 5_000
"""Durations that two humps are fitted to; of more, evenly many of each size stand for all."""

STARTS = (0.5, 0.1, 0.9)
"""Shares of the durations that the lower hump begins with; the likeliest end is kept."""

NARROWEST, SETTLED, MAX_STEPS = 1e-4, 1e-6, 500
"""Variance that no hump falls below, in logs; gain in the mean log likelihood at which it has settled."""

BETTER = 10.0
"""How much lower the BIC of two humps must be: very strong evidence (Kass and Raftery 1995)."""


@dataclass(frozen=True)
class Hump:
    """One lognormal of a shape, and its share."""

    share: float
    mu: float
    sigma: float

    @property
    def median(self) -> float:
        """The median, in hours."""
        return math.exp(self.mu)

    @property
    def p90(self) -> float:
        """The 90th percentile, in hours."""
        return math.exp(self.mu + NORMAL_P90 * self.sigma)


@dataclass(frozen=True)
class Shape:
    """A fitted distribution of hours."""

    humps: tuple[Hump, ...]
    count: int
    ks: float
    """Largest distance between the fitted and the observed distribution function."""
    ks_one: float
    """The same of a single lognormal."""
    median: tuple[float, float, float]
    """With its 90 % interval, as the next."""
    p90: tuple[float, float, float]

    def text(self) -> str:
        """Return the distribution as a scenario writes it."""
        if len(self.humps) == 1:
            return _lognormal(self.humps[0])
        shares = [round(hump.share, 3) for hump in self.humps]
        shares[-1] = round(1 - sum(shares[:-1]), 3)
        parts = ",\n".join(
            f"  {{ share = {share:g}, of = {_lognormal(hump)} }}"
            for share, hump in zip(shares, self.humps, strict=True)
        )
        return f'{{ dist = "mixture", parts = [\n{parts},\n] }}'


def _lognormal(hump: Hump) -> str:
    median = hump.median
    p90 = min(max(hump.p90, 1.001 * median), 0.99 * MAX_SPREAD * median)
    return f'{{ dist = "lognormal", median = {_number(median)}, p90 = {_number(p90)} }}'


def _number(value: float) -> str:
    return f"{float(f'{value:.4g}'):.10g}"


def fit(hours: Floats) -> Shape | None:
    """Fit durations; None where there are fewer than 5.

    Two lognormals are fitted, by expectation maximisation, only where the BIC is lower by BETTER
    and each holds a twentieth of the tickets.
    """
    hours = hours[np.isfinite(hours) & (hours > 0)]
    if len(hours) < 5:
        return None
    logs = np.sort(np.log(hours))  # the order of rows must not matter
    one: tuple[Hump, ...] = (Hump(1.0, float(logs.mean()), max(float(logs.std(ddof=1)), 1e-3)),)
    humps = one
    if len(logs) >= MIN_FOR_TWO:
        two = _two(logs[:: max(len(logs) // ENOUGH, 1)])
        if _bic(logs, two) < _bic(logs, one) - BETTER and min(h.share for h in two) >= 0.05:
            humps = two
    return Shape(
        humps, len(hours), _distance(logs, humps), _distance(logs, one), *_intervals(logs, humps)
    )


def _two(logs: Floats) -> tuple[Hump, ...]:
    """Return the two normal humps of greatest likelihood that are found from STARTS, the lower first."""
    tries = [_maximised(logs, share) for share in STARTS]
    _, humps = max(tries, key=lambda found: found[0])
    return tuple(sorted(humps, key=lambda hump: hump.mu))


def _maximised(logs: Floats, below: float) -> tuple[float, tuple[Hump, ...]]:
    """Return the mean log likelihood of two humps and the humps, by expectation maximisation.

    Args:
        logs: (N,) sorted.
        below: the share of them that the lower hump begins with.
    """
    parts = np.split(logs, [max(round(below * len(logs)), 1)])
    share = np.array([len(part) / len(logs) for part in parts])
    mean = np.array([part.mean() for part in parts])
    variance = np.array([part.var() for part in parts]) + NARROWEST
    likelihood = -math.inf
    for _ in range(MAX_STEPS):
        distance = (logs[:, None] - mean) ** 2 / variance
        each = np.log(share) - 0.5 * (np.log(2 * np.pi * variance) + distance)
        both = np.logaddexp(each[:, 0], each[:, 1])
        belongs = np.exp(each - both[:, None])
        weight = belongs.sum(axis=0) + 1e-12  # a hump may lose all it has
        share, mean = weight / weight.sum(), (belongs * logs[:, None]).sum(axis=0) / weight
        variance = (belongs * (logs[:, None] - mean) ** 2).sum(axis=0) / weight + NARROWEST
        before, likelihood = likelihood, float(both.mean())
        if likelihood - before < SETTLED:
            break
    humps = (
        Hump(float(s), float(m), math.sqrt(float(v)))
        for s, m, v in zip(share, mean, variance, strict=True)
    )
    return likelihood, tuple(humps)


def _bic(logs: Floats, humps: tuple[Hump, ...]) -> float:
    density = sum(h.share * stats.norm.pdf(logs, h.mu, h.sigma) for h in humps)
    likelihood = float(np.log(np.maximum(density, 1e-300)).sum())
    return (3 * len(humps) - 1) * math.log(len(logs)) - 2 * likelihood


def _distribution(x: Floats, humps: tuple[Hump, ...]) -> Floats:
    return np.asarray(sum(h.share * special.ndtr((x - h.mu) / h.sigma) for h in humps))


def _distance(logs: Floats, humps: tuple[Hump, ...]) -> float:
    fitted, n = _distribution(logs, humps), len(logs)
    # Ties, as times to the minute have, are one step.
    above = np.searchsorted(logs, logs, side="right") / n
    below = np.searchsorted(logs, logs, side="left") / n
    return float(max((above - fitted).max(), (fitted - below).max()))


def _intervals(
    logs: Floats, humps: tuple[Hump, ...]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Return intervals of the median and p90 of the fit.

    They are by exact normal theory for one hump, by bootstrap for two.
    """
    n = len(logs)
    if len(humps) == 1:
        mu, sigma = humps[0].mu, humps[0].sigma
        bounds = []
        for z in (0.0, NORMAL_P90):
            # Quantiles of a normal sample: noncentral t (Owen 1968).
            t = stats.nct.ppf([(1 + LEVEL) / 2, (1 - LEVEL) / 2], n - 1, -z * math.sqrt(n))
            low, high = (float(mu - x * sigma / math.sqrt(n)) for x in np.asarray(t))
            bounds.append((math.exp(mu + z * sigma), math.exp(low), math.exp(high)))
        return bounds[0], bounds[1]
    rng = np.random.default_rng(0)
    again = (
        np.quantile(logs[rng.integers(n, size=(400, n))], [0.5, 0.9], axis=1)
        if n <= 5_000
        else None
    )
    grid = np.linspace(logs.min() - 1, logs.max() + 1, 20_000)
    fitted = np.exp(np.interp([0.5, 0.9], _distribution(grid, humps), grid))
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    if again is None:  # so many that the normal limit of a sample quantile will do
        z = float(special.ndtri(ends[1]))
        ranks = [[(q + s * z * math.sqrt(q * (1 - q) / n)) for s in (-1, 1)] for q in (0.5, 0.9)]
        lows = [[float(np.quantile(logs, r)) for r in pair] for pair in ranks]
    else:
        lows = [np.quantile(row, ends).tolist() for row in again]
    (a, b), (c, d) = [[math.exp(x) for x in pair] for pair in lows]
    return (
        (float(fitted[0]), min(a, float(fitted[0])), max(b, float(fitted[0]))),
        (float(fitted[1]), min(c, float(fitted[1])), max(d, float(fitted[1]))),
    )
