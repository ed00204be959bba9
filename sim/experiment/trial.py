"""A trial of a policy in some teams: which figure would show the change, within how many sprints, and which never.

Trials are simulated: some sprints under the policy in force, then the change, then sprints under the new one, as the
teams would see them on their own boards. Before and after are compared as one would compare them by hand, with Welch's
test on the figures of single sprints (B. L. Welch, Biometrika 34, 1947). Among many simulated trials, the share in
which the difference is significant is the power of a trial so long.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtr

from sim.arrays import Bools, Floats
from sim.engine.trace import Trace
from sim.errors import BadInputError
from sim.experiment.cost_of_change import RUN_OUT, SETTLED
from sim.experiment.courses import live_through
from sim.experiment.design import Design
from sim.experiment.statistics import CONFIDENCE
from sim.experiment.study import Progress
from sim.measures.accounts import Accounts
from sim.measures.by_sprint import SEEN, by_sprint
from sim.measures.metrics import METRICS
from sim.policy.changeover import Changeover
from sim.policy.contract import Policy
from sim.sampling.sample_path import SamplePath
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario

POWER = 0.8
"""The chance that is wanted of a trial to show what is there."""

BEFORE = 6
"""Sprints before the change that a trial is held against: what boards still show."""

FEWEST, MOST = 2, 13
"""Sprints that a trial may last: one says nothing of how sprints differ, and half a year is no trial any more."""

AT_LEAST = 3
"""Sprints that are proposed, however soon a figure shows: the first are busy with what waited."""

TRIALS = 2_000
"""Simulated trials: the power is known to about a point."""

BESIDE_STAYING = 200
"""Futures in which the change is held against staying: what differs there is the policy's, and no trend."""

AT_ONCE = 1.0
"""Hours within which an answer is at once: who compares spans of time by factors does not tell seconds from minutes."""

CENTRAL = (0.1, 0.9)
HARDLY = 0.05
"""Of the trials, if the simulation is right: who sees worse than that should stop."""


class TrialError(BadInputError):
    """Raised for a trial that cannot be."""


@dataclass(frozen=True)
class _Boards:
    """What some teams see."""

    teams: tuple[int, ...]

    def __call__(self, path: SamplePath, trace: Trace, a: Accounts) -> Floats:
        return by_sprint(path, a, self.teams)


@dataclass(frozen=True)
class Showing:
    """How one figure shows in a trial."""

    figure: str
    """one of `sim.measures.by_sprint.SEEN`"""
    before: float
    """on average in the sprints before the change"""
    then: float
    """on average in the sprints of a trial of the proposed length"""
    power: tuple[float, ...]
    """the share of trials of FEWEST to MOST sprints in which the difference is significant"""
    sprints: int | None
    """from which on it is POWER or more; None: not within MOST"""
    effect: float
    """what the policy changes in the sprints of MOST, beside staying on the same futures: without trends, which a trial
    cannot tell from it"""
    about: float
    """sprints that this would take to show, and as many before; infinite where chance may account for it"""
    expected: tuple[float, float]
    """8 in 10 trials of the proposed length come to between these"""
    stop: float
    """what one trial in twenty is worse than"""

    @property
    def shows(self) -> bool:
        """Whether a trial would show it."""
        return self.sprints is not None


@dataclass(frozen=True)
class Trial:
    """What a trial of a policy can show."""

    scenario: Scenario
    before: Policy
    after: Policy
    teams: tuple[str, ...]
    length: int
    """sprints that are proposed"""
    showings: tuple[Showing, ...]
    trials: int
    seed: int

    def of(self, figure: str) -> Showing | None:
        """Return how a figure shows; None where the trial has none."""
        return next((one for one in self.showings if one.figure == figure), None)


def trial(
    scenario: Scenario,
    before: Policy,
    after: Policy,
    teams: int | None = None,
    trials: int = TRIALS,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Simulate trials of a policy, and find which figures would show the change.

    Args:
        scenario: the organisation.
        before: the policy in force.
        after: the policy that is tried.
        teams: in how many teams, the first ones; None: in all. All teams change in the simulation, and so many are
            looked at.
        trials: how many to simulate.
        seed: the same seed gives the same figures.
        workers: processes; None: one for each core.
        progress: called with the number of trials done.

    Raises:
        TrialError: for more teams than there are, or a scenario whose sprints cannot be compared.
        ScenarioError, PolicyError, WorkersLostError: as for `sim.compare`.
    """
    tried = _teams(scenario, teams)
    lived = sprints_of_trials(scenario, before, after, tried, trials, seed, workers, progress)
    told = None if progress is None else lambda done: progress(trials + done)
    both = _beside_staying(
        scenario, before, after, tried, Design(BESIDE_STAYING, seed, workers=workers), told
    )
    power = powers(lived)
    length = _length(power)
    showings = [
        _showing(name, lived[..., n], power[n], length, both[..., n])
        for n, name in enumerate(SEEN)
        if not np.isnan(lived[..., n]).all(axis=(0, 1))
        and not np.isnan(lived[:, BEFORE:, n]).all()
        and not np.isnan(lived[:, :BEFORE, n]).all()
    ]
    names = tuple(scenario.teams[n].name for n in tried)
    return Trial(scenario, before, after, names, length, tuple(showings), trials, seed)


def _teams(scenario: Scenario, teams: int | None) -> tuple[int, ...]:
    whole = len(scenario.teams)
    if teams is not None and not 1 <= teams <= whole:
        raise TrialError(
            f"--teams {teams}: {scenario.name} has {whole} teams; expected 1 to {whole}"
        )
    return tuple(range(teams or whole))


def sprints_of_trials(
    scenario: Scenario,
    before: Policy,
    after: Policy,
    teams: Sequence[int],
    trials: int,
    seed: int,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Return what teams see in simulated trials, (R, BEFORE + MOST, 4) by sprint and figure of SEEN.

    Raises:
        TrialError: where a log is replayed, which has one past alone.
    """
    whole, plan, first = _planned(scenario, before, after)
    design = Design(trials, seed, workers=workers)
    lived = live_through(whole, plan, _Boards(tuple(teams)), design, progress)
    return lived[:, first : first + BEFORE + MOST]


def _beside_staying(
    scenario: Scenario,
    before: Policy,
    after: Policy,
    teams: Sequence[int],
    design: Design,
    progress: Progress | None,
) -> Floats:
    """Return what teams see in the sprints after the change, (R, 2, MOST, 4); staying comes first."""
    whole, plan, first = _planned(scenario, before, after)
    look = _Boards(tuple(teams))
    lived = live_through(whole, plan, look, design, progress, beside_staying=True)
    return lived[:, :, first + BEFORE : first + BEFORE + MOST]


def _planned(scenario: Scenario, before: Policy, after: Policy) -> tuple[Scenario, Changeover, int]:
    """Return the scenario as long as the longest trial needs, the change, and the first sprint that is looked at."""
    if scenario.incidents_from is not None:
        raise TrialError(
            f"{scenario.name}: replays a recorded log, which is one future; a trial needs many: take a scenario "
            "with rates, such as `firelane calibrate` writes"
        )
    sprint = scenario.time.sprint_weeks
    settled = -(-max(scenario.time.warmup_weeks, SETTLED) // sprint)
    change = settled + BEFORE
    weeks = (change + MOST) * sprint + RUN_OUT
    whole = changed(scenario, [f"time.horizon_weeks={weeks}"])
    return whole, Changeover(before, after, change * sprint), settled


def powers(lived: Floats) -> Floats:
    """Return the share of trials that show each figure, (4, MOST − FEWEST + 1), by how many sprints they last."""
    return np.array(
        [
            [_shown(name, lived[..., n], sprints).mean() for sprints in range(FEWEST, MOST + 1)]
            for n, name in enumerate(SEEN)
        ]
    )


def _shown(figure: str, values: Floats, sprints: int) -> Bools:
    """Return which trials of so many sprints show a figure, (R,), of (R, BEFORE + MOST) values."""
    scaled = _scaled(figure, values)
    return significant(scaled[:, :BEFORE], scaled[:, BEFORE : BEFORE + sprints])


def _scaled(figure: str, values: Floats) -> Floats:
    """Spans of time differ by factors, and are compared so."""
    if not figure.startswith("response_hours"):
        return values
    return np.log(np.maximum(values, AT_ONCE))


def significant(a: Floats, b: Floats) -> Bools:
    """Return whether the means of two samples differ, row by row, by Welch's test at 95 %; of (R, N) and (R, M) values
    those that are NaN are left out.

    Two samples of equal values each differ if the values do.
    """
    n, mean_a, variance_a = _moments(a)
    m, mean_b, variance_b = _moments(b)
    own, other = variance_a / np.maximum(n, 1), variance_b / np.maximum(m, 1)
    error = own + other
    enough = (n >= 2) & (m >= 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = error**2 / (own**2 / (n - 1) + other**2 / (m - 1))
        ratio = np.abs(mean_a - mean_b) / np.sqrt(error)
        p = 2 * stdtr(np.where(error > 0, freedom, 1.0), -np.where(error > 0, ratio, 0.0))
    apart = ~np.isclose(mean_a, mean_b, rtol=1e-9, atol=1e-12)
    differ = np.where(error > 0, p < 1 - CONFIDENCE, apart)
    return np.asarray(enough & differ)


def _moments(values: Floats) -> tuple[Floats, Floats, Floats]:
    known = ~np.isnan(values)
    count = known.sum(axis=1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=1) / count
        square = (np.where(known, values - mean[:, np.newaxis], 0.0) ** 2).sum(axis=1)
        variance = square / (count - 1)
    # Of equal values, what is left is rounding.
    varies = variance > 1e-18 * np.maximum(1, mean**2)
    return count, np.nan_to_num(mean), np.where(varies, np.nan_to_num(variance), 0.0)


def _from_which(power: Floats) -> int | None:
    """Return from how many sprints on the power is enough, and stays so."""
    short = np.flatnonzero(power < POWER)
    first = int(short[-1]) + 1 if len(short) else 0
    return first + FEWEST if first < len(power) else None


def _length(power: Floats) -> int:
    """Return how many sprints are proposed: until all has shown that shows within twice AT_LEAST."""
    shown = [found for row in power if (found := _from_which(row)) is not None]
    return max([AT_LEAST, *(sprints for sprints in shown if sprints <= 2 * AT_LEAST)])


def _showing(figure: str, values: Floats, power: Floats, length: int, both: Floats) -> Showing:
    of_trials = _mean(values[:, BEFORE : BEFORE + length])
    known = of_trials[~np.isnan(of_trials)]
    low, high = np.quantile(known, CENTRAL)
    worse = HARDLY if METRICS[figure].better > 0 else 1 - HARDLY
    effect = _mean(both[:, 1]) - _mean(both[:, 0])
    return Showing(
        figure,
        float(np.nanmean(values[:, :BEFORE])),
        float(known.mean()),
        tuple(float(one) for one in power),
        _from_which(power),
        float(np.nanmean(effect)) if not np.isnan(effect).all() else math.nan,
        _about(_scaled(figure, both)),
        (float(low), float(high)),
        float(np.quantile(known, worse)),
    )


def _about(both: Floats) -> float:
    """Return how many sprints an effect would take to show, of (R, 2, MOST) values, by how single sprints differ (the
    normal approximation)."""
    effect = _mean(both[:, 1]) - _mean(both[:, 0])
    effect = effect[~np.isnan(effect)]
    if len(effect) < 2:
        return math.inf
    mean, error = float(effect.mean()), float(effect.std(ddof=1)) / math.sqrt(len(effect))
    if abs(mean) <= 2 * error:
        return math.inf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        spread = float(np.nanmean(np.nanvar(both, axis=2, ddof=1), axis=0).sum())
    wanted = float(ndtri((1 + CONFIDENCE) / 2) + ndtri(POWER))
    return max(float(FEWEST), wanted**2 * spread / mean**2)


def _mean(values: Floats) -> Floats:
    """Return the mean of each row of what is known; NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmean(values, axis=1))
