"""A run forgets after a while that it began empty: MSER-5, and a word where that was too long.

Series of one value a week are averaged over replications, so that the noise goes and the drift
stays (Welch 1983); MSER-5 then finds from which batch of five on the mean is known best
(White 1997; White, Cobb and Spratt 2000).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Floats, Ints
from sim.engine.futures.sampler import future
from sim.experiment.design import Design
from sim.experiment.statistics import interval
from sim.measures.accounts import Accounts
from sim.measures.book import SprintAccount
from sim.measures.run import run
from sim.policy.contract import Policy
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario

BATCH = 5
"""Observations in a batch."""

MIN_BATCHES = 4
"""A shorter series says nothing."""

PILOT = 20
"""Replications that a suggestion rests on."""

USUAL = Design(PILOT)

DOUBT = 0.01
"""Chance, over all series together, of a warning without reason."""


@dataclass(frozen=True)
class Suggestion:
    """A suggestion of how many weeks to leave out, and whether the scenario leaves out too few."""

    weeks: int
    """The largest MSER-5 over policies and series, rounded up to whole sprints."""
    configured: int
    too_short: tuple[tuple[str, str], ...]
    """(policy, series) whose weeks between the two surely differ from those after."""
    run_longer: bool
    """The first half of the run is not enough to settle."""


def mser5(series: Floats) -> int:
    """Return how many observations to leave out from the front: a multiple of 5, at most half of
    them.

    The cut d that makes sum((y − mean)²) ÷ (n − d)² of the rest least, over batches of five; 0 for
    a series under 20.
    """
    batches = len(series) // BATCH
    if batches < MIN_BATCHES:
        return 0
    means = series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    errors = [
        float(((means[cut:] - means[cut:].mean()) ** 2).sum()) / (batches - cut) ** 2
        for cut in range(batches // 2 + 1)
    ]
    return int(np.argmin(errors)) * BATCH


def suggest_warmup(
    scenario: Scenario, policies: Sequence[Policy], design: Design = USUAL
) -> Suggestion:
    """Look at the first paths of a comparison, and say what should be left out of each.

    Args:
        scenario: with the warm-up that is to be judged.
        policies: those that have a steady state.
        design: the paths that are looked at, from 2, and the engine; computed here, in this process.
    """
    found = _series(scenario, policies, design)
    sprint = scenario.time.sprint_weeks
    cuts = {key: -(-mser5(rows.mean(axis=0)) // sprint) * sprint for key, rows in found.items()}
    weeks = max(cuts.values(), default=0)
    configured = scenario.time.warmup_weeks
    sure = 1 - DOUBT / max(len(found), 1)
    late = tuple(
        key
        for key, rows in found.items()
        if cuts[key] > configured and _differ(rows, configured, cuts[key], sure)
    )
    shown = max((cuts[key] for key in late), default=weeks)
    halves = [rows.shape[1] // 2 for rows in found.values()]
    return Suggestion(shown, configured, late, bool(late) and shown >= min(halves) - BATCH)


def warning(suggestion: Suggestion) -> str | None:
    """Return what to tell people, or None where the warm-up is long enough."""
    if not suggestion.too_short:
        return None
    policy, series = suggestion.too_short[0]
    others = len(suggestion.too_short) - 1
    more = f", and {others} more" if others else ""
    said = (
        f"time.warmup_weeks: {suggestion.configured} is too short: {series} under {policy}{more} "
        f"still differ from later weeks; MSER-5 suggests {suggestion.weeks} "
        f"(--set time.warmup_weeks={suggestion.weeks})"
    )
    return f"{said}, and a longer time.horizon_weeks." if suggestion.run_longer else f"{said}."


def weekly_series(path: SamplePath, a: Accounts) -> dict[str, Floats]:
    """Return a value for each week of whole sprints, its sprint's mean, as an array (W,).

    So no sprint's own rhythm is taken for a drift.
    """
    sprint = path.scenario.time.sprint_weeks
    sprints = path.scenario.time.horizon_weeks // sprint
    edges = np.arange(sprints + 1, dtype=np.int64) * sprint * WEEK
    ended = np.where(a.ended >= 0, a.ended, path.organisation.horizon)
    area = np.diff(_time_since(np.sort(a.opened), edges) - _time_since(np.sort(ended), edges))
    series = {"open incidents": area / (sprint * WEEK)}
    if len(path.stories):
        points = a.sprints[:, :sprints, SprintAccount.done_points].sum(axis=0)
        series["points delivered"] = points / sprint
    return {name: np.repeat(values, sprint) for name, values in series.items()}


def _time_since(moments: Ints, at: Ints) -> Floats:
    """Return the sum over moments that have passed of the time since, at each of `at`; both
    ascending."""
    passed = np.searchsorted(moments, at, side="right")
    sums = np.concatenate(([0.0], np.cumsum(moments, dtype=np.float64)))
    return np.asarray(passed * at.astype(np.float64) - sums[passed], dtype=np.float64)


def _series(
    scenario: Scenario, policies: Iterable[Policy], design: Design
) -> dict[tuple[str, str], Floats]:
    """Return (R, W) values by replication and week, for each (policy, series)."""
    found: dict[tuple[str, str], list[Floats]] = {}
    policies = list(policies)
    for replication in range(design.replications):
        path = future(scenario, design.seed, replication)
        for policy in policies:
            accounts = run(path, policy, design.engine).accounts
            for name, values in weekly_series(path, accounts).items():
                found.setdefault((policy.label, name), []).append(values)
    return {key: np.array(rows) for key, rows in found.items()}


def _differ(rows: Floats, begin: int, end: int, confidence: float) -> bool:
    """Return whether weeks from `begin` to `end` surely differ from those after, path by path."""
    if end >= rows.shape[1]:
        return False
    gap = interval(rows[:, begin:end].mean(axis=1) - rows[:, end:].mean(axis=1), confidence)
    return not math.isnan(gap.low) and not gap.low <= 0 <= gap.high
