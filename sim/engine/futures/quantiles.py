"""Quantiles of a scenario's distributions (`sim.scenario.distributions`), and what of several is picked."""

from __future__ import annotations

from sim.engine.futures.arithmetic import (
    TINY,
    exponential,
    gamma_quantile,
    logarithm,
    normal_quantile,
    rounded,
)
from sim.engine.futures.luck import UNIT
from sim.engine.futures.tables import (
    EMPIRICAL_LAW,
    EXPONENTIAL_LAW,
    GAMMA_LAW,
    GUIDES,
    LOGNORMAL_LAW,
    MIXTURE_LAW,
    STARTS,
    Future,
)

MOST_SECONDS = 1099511627776.0
"""`sim.scenario.distributions.MAX_SECONDS`."""

GAMMA_NUMBERS = 3
"""Shape, scale and the logarithm of the gamma function of the shape; behind them stand the starts."""


def quantile(w: Future, law: int, u: float) -> float:
    """The value below which the share u of a distribution lies."""
    while w.laws[law].code == MIXTURE_LAW:
        at, last = w.laws[law].at, w.laws[law].count - 1
        part = 0
        while part < last and u >= w.of_laws[at + 2 * part]:
            part += 1
        edge, share = w.of_laws[at + 2 * part], w.of_laws[at + 2 * part + 1]
        u = min(max((u - (edge - share)) / share, 0.0), 1.0 - UNIT)
        law = w.laws[law].parts + part
    code, at = w.laws[law].code, w.laws[law].at
    if code == LOGNORMAL_LAW:
        return w.of_laws[at] * exponential(w.of_laws[at + 1] * normal_quantile(u))
    if code == EXPONENTIAL_LAW:
        return -w.of_laws[at] * logarithm(1.0 - u)
    if code == GAMMA_LAW:
        return gamma(w, law, u) * w.of_laws[at + 1]
    if code == EMPIRICAL_LAW:
        return w.of_laws[at + int(u * w.laws[law].count)]
    return w.of_laws[at]


def gamma(w: Future, law: int, u: float) -> float:
    """The quantile of a gamma distribution of scale 1."""
    at = w.laws[law].at
    shape, log_gamma = w.of_laws[at], w.of_laws[at + 2]
    place = int(u * STARTS)
    if place < 1:  # where nearly all of the share is x to the power of the shape
        first = exponential((logarithm(max(u, TINY)) + log_gamma + logarithm(shape)) / shape)
        return gamma_quantile(shape, log_gamma, u, first)
    first = w.of_laws[at + GAMMA_NUMBERS + place]
    if place < STARTS - 1:
        following = w.of_laws[at + GAMMA_NUMBERS + place + 1]
        first += (u * STARTS - place) * (following - first)
    return gamma_quantile(shape, log_gamma, u, first)


def pick(w: Future, wheel: int, u: float) -> int:
    """Which share of a whole a uniform number picks."""
    at, place = w.wheels[wheel].at, w.guides[w.wheels[wheel].guide + int(u * GUIDES)]
    while w.ends[at + place] <= u:
        place += 1
    return place


def seconds(w: Future, law: int, u: float, unit: float) -> int:
    """A quantile in a unit of seconds, rounded, 1 at least."""
    return max(int(rounded(min(quantile(w, law, u) * unit, MOST_SECONDS))), 1)
