"""Formulas of queueing theory that the model must reproduce.

Rates are per hour, times in hours. A class is (arrival rate, mean effort, mean squared effort),
the most urgent first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from scipy.special import gammaincc, ndtr
from scipy.stats import poisson

Class = tuple[float, float, float]


def erlang_b(servers: int, load: float) -> float:
    """Chance that all of M/G/c/c are busy (A. K. Erlang 1917)."""
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Chance that a customer of M/M/c waits (A. K. Erlang 1917)."""
    blocked = erlang_b(servers, load)
    return blocked / (1 - (load / servers) * (1 - blocked))


def wait_mmc(servers: int, load: float, mean: float = 1.0) -> float:
    """Mean wait of M/M/c."""
    return erlang_c(servers, load) * mean / (servers - load)


def wait_mmc_beyond(servers: int, load: float, time: float) -> float:
    """Chance that a customer of M/M/c with mean effort 1 waits longer than `time`."""
    return erlang_c(servers, load) * math.exp(-(servers - load) * time)


def wait_mmc_quantile(servers: int, load: float, share: float) -> float:
    """The wait that `share` of the customers of M/M/c with mean effort 1 stay under."""
    return math.log(erlang_c(servers, load) / (1 - share)) / (servers - load)


def pollaczek_khinchine(rate: float, mean: float, square: float) -> float:
    """Mean wait of M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    return rate * square / (2 * (1 - rate * mean))


def _loads_up_to(classes: Sequence[Class]) -> list[float]:
    return list(accumulate((rate * mean for rate, mean, _ in classes), initial=0.0))


def cobham(classes: Sequence[Class]) -> list[float]:
    """Mean wait by class of M/G/1 with non-preemptive priorities (Cobham 1954)."""
    left = sum(rate * square for rate, _, square in classes) / 2
    return [left / ((1 - above) * (1 - own)) for above, own in pairwise(_loads_up_to(classes))]


def preemptive_resume(classes: Sequence[Class]) -> list[float]:
    """Mean time in system by class of M/G/1 preemptive-resume (Conway, Maxwell, Miller 1967)."""
    left = list(accumulate(rate * square / 2 for rate, _, square in classes))
    return [
        mean / (1 - above) + remaining / ((1 - above) * (1 - own))
        for (_, mean, _), remaining, (above, own) in zip(
            classes, left, pairwise(_loads_up_to(classes)), strict=True
        )
    ]


def kella_yechiali(servers: int, loads: Sequence[float], mean: float = 1.0) -> list[float]:
    """Mean wait by class of M/M/c, non-preemptive, equal mean efforts (Davis 1966; Kella and
    Yechiali 1985). `loads` in servers."""
    below = list(accumulate((load / servers for load in loads), initial=0.0))
    basis = erlang_c(servers, sum(loads)) * mean / servers
    return [basis / ((1 - above) * (1 - own)) for above, own in pairwise(below)]


def preemptive_mmc(servers: int, urgent: float, usual: float) -> tuple[float, float]:
    """Mean wait, suspensions included, of two classes of M/M/c preemptive-resume, mean effort 1:
    the urgent see M/M/c of their own, and all together wait as without priorities."""
    first = wait_mmc(servers, urgent)
    everybody = wait_mmc(servers, urgent + usual)
    return first, ((urgent + usual) * everybody - urgent * first) / usual


def wait_dm1(every: float, mean: float = 1.0) -> float:
    """Mean wait of D/M/1: s ÷ (μ(1 − s)), where s = exp(−μ(1 − s) × interval) (Kendall 1953)."""
    s = 0.5
    for _ in range(10_000):
        s = math.exp(-(1 - s) * every / mean)
    return s * mean / (1 - s)


def vacations(rate: float, mean: float, square: float, away: float, away_square: float) -> float:
    """Mean wait of M/G/1 whose server, when nobody waits, goes away again and again
    (Levy and Yechiali 1975)."""
    return pollaczek_khinchine(rate, mean, square) + away_square / (2 * away)


def every_kth_period(periods: int, length: float) -> float:
    """Mean wait for ample servers that are there in one period of `periods`: nothing for who comes
    then, else the rest of (periods − 1) × length, uniform."""
    return (periods - 1) ** 2 * length / (2 * periods)


def deferral(
    length: float, rate: float, mean: float, beyond: Callable[[int, float], float]
) -> float:
    """Mean wait where arrivals wait for the next multiple of `length`, then for one server.

    Half a period; the work left from earlier periods, that is D/G/1 with a period's work, by
    Spitzer's identity (1956): sum over n of E[(work of n periods − n × length)+] ÷ n; and half the
    work of one's own period. `beyond(k, x)` is the mean of (effort of k customers − x)+.
    """
    left = 0.0
    for n in range(1, 2_000):
        arrivals = rate * length * n
        low, high = (int(poisson.ppf(share, arrivals)) for share in (1e-12, 1 - 1e-12))
        counts = range(low, high + 1)
        term = sum(poisson.pmf(k, arrivals) * beyond(k, n * length) for k in counts) / n
        left += term
        if term < 1e-9 * left:
            break
    return length / 2 + left + rate * length * mean / 2


def exponential_beyond(mean: float) -> Callable[[int, float], float]:
    """E[(sum of k exponential efforts − x)+]."""

    def beyond(k: int, x: float) -> float:
        if k == 0:
            return 0.0
        return float(k * mean * gammaincc(k + 1, x / mean) - x * gammaincc(k, x / mean))

    return beyond


def constant_beyond(value: float) -> Callable[[int, float], float]:
    """(k equal efforts − x)+."""
    return lambda k, x: max(k * value - x, 0.0)


def useful_share(rate: float, mean: float, resume: float, switch: float = 0.0) -> float:
    """Share of a saturated developer's time that reaches stories under preemption, where lags add.

    A story is worked on for 1 ÷ rate between interruptions, `resume` of it to find back; then a
    busy period that begins with `switch` lasts (switch + mean) ÷ (1 − rate × mean). Without
    `switch` that is (1 − rate × mean)(1 − rate × resume).
    """
    return (1 / rate - resume) / (1 / rate + (switch + mean) / (1 - rate * mean))


def withdrawn_mm1(rate: float, patience: float, mean: float = 1.0) -> float:
    """Share of M/M/1 that leaves after waiting `patience` (Barrer 1957)."""
    drift = 1 / mean - rate
    at_limit = math.exp(-drift * patience)
    empty = 1 / (1 + rate * (1 - at_limit) / drift + rate * mean * at_limit)
    return empty * rate * mean * at_limit


def in_system(
    weights: Sequence[float], per_week: float, hour: float, limited: Callable[[float], float]
) -> float:
    """Mean number in Mt/G/∞ at `hour` of the week (Eick, Massey and Whitt 1993).

    The rate is constant within each hour of the week; `limited(x)` is the mean of min(effort, x).
    """
    total, found = sum(weights), 0.0
    for back in range(168 * 12):
        rate = per_week * weights[int(hour - 1 - back) % 168] / total
        found += rate * (limited(back + 1.0) - limited(float(back)))
    return found


def exponential_limited(mean: float) -> Callable[[float], float]:
    """E[min(effort, x)] of an exponential effort."""
    return lambda x: mean * (1 - math.exp(-x / mean))


def lognormal_limited(median: float, sigma: float) -> Callable[[float], float]:
    """E[min(effort, x)] of a lognormal effort."""

    def limited(x: float) -> float:
        if x <= 0:
            return 0.0
        z = math.log(x / median) / sigma
        mean = median * math.exp(sigma**2 / 2)
        return float(mean * ndtr(z - sigma) + x * ndtr(-z))

    return limited
