"""Control variates: what the load of the paths explains is taken out of what people compare.

How many incidents of each kind get past the first line on a path, and how much effort they take, is
drawn before any policy acts, and what to expect of both is known. Where a study's paths were heavier than expected,
its figures are brought back to the expected load, by regression over the replications (S. S. Lavenberg
and P. D. Welch, "A perspective on the use of control variables to increase the efficiency of Monte
Carlo simulations", Management Science 27, 1981). The same controls serve all policies, so differences
of figures stay figures of differences.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from sim.experiment.study import Observations
from sim.measures.metrics import DUTY, EFFORT, INCIDENTS, METRICS, NIGHTS, Key
from sim.sampling.arrivals import holidays_in
from sim.sampling.calendars import HOUR
from sim.sampling.working_hours import start_of
from sim.scenario.demand import demand_by_day
from sim.scenario.distributions import mean_seconds
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind, hourly_weights

FEWEST = 10
"""Replications for each control: what to take out is estimated from them, which widens an interval
by about a twentieth."""

SUREST = 0.999
"""The most confidence of an interval that holds what it promises."""

SHORTEST = 60
"""Seconds of mean effort below which it is left out: efforts are whole seconds, at least one."""


def controlled(observed: Observations, scenario: Scenario) -> Observations:
    """Return the observations as they would have been under the expected load.

    Their means are those of the regression at the expected load, and their spread is such that the
    Student-t interval over replications, and that of any difference between policies, is the
    regression's. As they were where there are fewer than FEWEST replications for each control, where a
    figure is not known in a replication, and of the parts of a whole, which are to add up: shares of
    time, accounts, money. What becomes of a policy's figures does not hang on the other policies.
    """
    keys = {key: value for key, value in expected_load(scenario).items() if key in observed.keys}
    policies, count, figures = observed.values.shape
    if count < 2 or not keys:
        return observed
    unknown = np.isnan(observed.values).all(axis=2).sum(axis=1)
    whole = int(unknown.argmin())  # the first that was not left out; the load is the same of all
    load = np.stack([observed.of(whole, key) for key in keys], axis=1)
    apart = load - load.mean(axis=0)
    scale = np.where(apart.std(axis=0) > 0, apart.std(axis=0), 1.0)
    # Controls that do not vary, or say what others say, bring nothing.
    directions, lengths, mixed = np.linalg.svd(apart / scale, full_matrices=False)
    used = lengths > 1e-8 * max(lengths[0], 1e-300)
    directions, lengths, mixed = directions[:, used], lengths[used], mixed[used]
    if not used.any() or count < FEWEST * len(lengths):
        return observed
    beyond = mixed @ ((load.mean(axis=0) - list(keys.values())) / scale) / lengths
    values = observed.values.transpose(1, 0, 2).reshape(count, -1)
    with np.errstate(invalid="ignore"):  # what is not known stays so
        means = values.mean(axis=0)
        explained = directions.T @ (values - means)
        left = values - means - directions @ explained
        left *= _widened(count, len(lengths), float(beyond @ beyond))
        found = (means - beyond @ explained + left).reshape(count, policies, figures)
    found = found.transpose(1, 0, 2)
    compared = {*METRICS, *NIGHTS, *DUTY}
    meant = [key.name in compared and key.section != "money" for key in observed.keys]
    known = ~np.isnan(observed.values).any(axis=1, keepdims=True)
    return Observations(observed.keys, np.where(np.array(meant) & known, found, observed.values))


def _widened(count: int, controls: int, beyond: float) -> float:
    """Return what the residuals of a regression are multiplied by.

    A Student-t interval of their mean over `count` replications is then that of the regression at
    the expected load; at less than SUREST a little wider.

    `beyond`: squared distance of the mean load from the expected, over the sum of squares.
    """
    free, all_free = count - controls - 1, count - 1
    quantiles = stdtrit(np.array([free, all_free]), (1 + SUREST) / 2)
    return float(quantiles[0] / quantiles[1] * np.sqrt(all_free / free * (1 + count * beyond)))


def expected_load(scenario: Scenario) -> dict[Key, float]:
    """Return what is to be expected of the figures of a path's load
    (`sim.measures.metrics.load_of`).

    It covers the kinds of incidents of which it is known; none where a log is replayed.
    """
    if scenario.incidents_from is not None:
        return {}
    expected: dict[Key, float] = {}
    for kind in scenario.incidents:
        weeks = _weeks_worth(scenario, kind)
        if weeks is None:
            continue
        group = f"kind {kind.kind}"
        deflected = scenario.first_line.deflect_rate if kind.first_line else 0.0
        count = kind.per_week * weeks * (1 - deflected)
        expected[Key("load", group, INCIDENTS)] = count
        effort = mean_seconds(kind.effort_hours, HOUR)
        if effort >= SHORTEST:
            expected[Key("load", group, EFFORT)] = count * effort / HOUR
    return expected


def _weeks_worth(scenario: Scenario, kind: IncidentKind) -> float | None:
    """Return how many ordinary weeks' incidents are to be expected after the warm-up; None where that is not
    known: how busy a single day would have been is drawn too."""
    time, demand = scenario.time, demand_by_day(scenario, kind)
    off = holidays_in(time) if kind.holiday_share < 1 else []
    if demand is None and not off and not start_of(scenario):
        return float(time.horizon_weeks - time.warmup_weeks)
    if kind.daily_cv:
        return None
    hours = np.tile(np.asarray(hourly_weights(kind), dtype=np.float64), time.horizon_weeks)
    if demand is not None:
        hours *= np.repeat(demand, 24)
    for day in off:
        hours[24 * day : 24 * (day + 1)] *= kind.holiday_share
    passed = max(time.warmup_weeks * 168.0, start_of(scenario) / HOUR)
    hours *= np.clip(np.arange(1, len(hours) + 1) - passed, 0, 1)
    return float(hours.sum() / np.sum(hourly_weights(kind)))
