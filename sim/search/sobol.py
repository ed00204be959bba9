"""Sobol's indices: the shares of inputs in what moves a figure, with the luck of few replications taken out.

Scenarios are sampled by SALib (A. Saltelli et al., Computer Physics Communications 181, 2010). Each is lived through
in few replications, and what they differ by from more of them is mostly the paths' luck: it would be split among the
inputs as if they had made it. So replications are halved, and squares are taken as products of the two halves, in
which luck evens out.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Floats, Ints
from sim.experiment.design import Design
from sim.experiment.statistics import CONFIDENCE, Interval
from sim.experiment.study import Progress
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.search.goal import FigureName
from sim.search.question import QuestionError
from sim.search.sensitivity import Input, looked_at, movable

ROUGH = Design(replications=10)
"""Of many scenarios."""

RESAMPLES = 400


@dataclass(frozen=True)
class Indices:
    """Sobol's indices: shares of the figure's variance over the inputs' ranges."""

    inputs: tuple[str, ...]
    first: tuple[Interval, ...]
    """what an input explains alone"""
    total: tuple[Interval, ...]
    """with all that it does together with others"""
    leading: tuple[float, ...]
    """the share of resampled studies in which each has the greatest part"""
    scenarios: int
    left_out: dict[str, str]
    """inputs that the scenario cannot take, and why"""

    @property
    def may_lead(self) -> list[int]:
        """The inputs of which, with 95 % confidence, one has the greatest part, the likeliest first."""
        order = sorted(range(len(self.leading)), key=lambda n: -self.leading[n])
        known = np.cumsum([self.leading[n] for n in order])
        return order[: int(np.searchsorted(known, CONFIDENCE - 1e-9)) + 1]


def sobol(
    scenario: Scenario,
    figure: FigureName,
    policies: Sequence[str | Policy],
    inputs: Sequence[Input],
    samples: int = 64,
    design: Design = ROUGH,
    progress: Progress | None = None,
) -> Indices:
    """Compute Sobol's indices of the mean figure, with 95 % intervals.

    They take `samples` × (inputs + 2) scenarios.

    Args:
        design: how it is computed; its replications in each scenario, from 2.
        progress: called with the number of replications done, over all scenarios.

    Raises:
        QuestionError: where SALib is not installed, no input can be moved, or none moves the figure by more than
            chance does.
    """
    try:
        from SALib.sample import sobol as sampling
    except ImportError:
        raise QuestionError("Sobol's indices need SALib: pip install 'firelane[search]'") from None
    if design.replications < 2:
        raise QuestionError(
            "Sobol's indices need 2 replications of each scenario, to tell luck apart"
        )
    ends, left_out = movable(scenario, inputs)
    moved = [one for one, _, _ in ends]
    if not moved:
        raise QuestionError("no input can be moved in this scenario")
    problem = {
        "num_vars": len(moved),
        "names": [one.name for one in moved],
        "bounds": [[0.0, 1.0]] * len(moved),
    }
    points = sampling.sample(problem, samples, calc_second_order=False, seed=design.seed)
    scenarios = [
        changed(scenario, [i.between(s) for i, s in zip(moved, point, strict=True)])
        for point in points
    ]
    studies = [design.study(one, chosen_policies(one, policies)) for one in scenarios]
    found = np.array([looked_at(o, figure) for o in design.observe(studies, progress)])
    parts = _halved(found, len(moved))
    shares = parts.shares(np.arange(samples))
    if shares is None:
        raise QuestionError(
            f"{figure}: these inputs do not move it by more than chance does, or it is not known everywhere; "
            "more --replications would tell"
        )
    generator = np.random.default_rng(design.seed)
    drawn = (
        parts.shares(generator.integers(samples, size=samples, dtype=np.int64))
        for _ in range(RESAMPLES)
    )
    resampled = np.array([one for one in drawn if one is not None])
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(resampled, tails, axis=0)
    first, total = (
        tuple(Interval(*map(float, own)) for own in zip(shares[n], low[n], high[n], strict=True))
        for n in range(2)
    )
    lead = np.bincount(resampled[:, 1].argmax(axis=1), minlength=len(moved)) / len(resampled)
    return Indices(
        tuple(one.name for one in moved),
        first,
        total,
        tuple(lead.tolist()),
        len(scenarios),
        left_out,
    )


class _Halves(NamedTuple):
    """Means of the two halves of the replications, in each of N samples."""

    a: Floats
    """(2, N) of the first matrix"""
    b: Floats
    """(2, N) of the second"""
    mixed: Floats
    """(2, I, N) of the first with an input of the second"""

    def shares(self, chosen: Ints) -> Floats | None:
        """Return what each input explains alone and in all, (2, I), of some samples; None where nothing but
        chance moves the figure."""
        a, b, mixed = self.a[:, chosen], self.b[:, chosen], self.mixed[:, :, chosen]
        both = np.concatenate([a, b], axis=1)
        apart = both - both.mean(axis=1, keepdims=True)
        variance = float((apart[0] * apart[1]).mean())
        if not variance > 0:
            return None
        other = b - both.mean(axis=1, keepdims=True)
        steps = mixed - a[:, np.newaxis]
        alone = (other[0] * steps[1] + other[1] * steps[0]).mean(axis=-1) / 2
        in_all = (steps[0] * steps[1]).mean(axis=-1) / 2
        return np.asarray(np.stack([alone, in_all]) / variance)


def _halved(found: Floats, inputs: int) -> _Halves:
    """Return the halves of (scenarios, R) observations, in the order that SALib samples in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where a half knows nothing
        means = np.stack([np.nanmean(found[:, half::2], axis=1) for half in range(2)])
    rows = means.reshape(2, -1, inputs + 2)
    return _Halves(rows[:, :, 0], rows[:, :, -1], rows[:, :, 1:-1].transpose(0, 2, 1))
