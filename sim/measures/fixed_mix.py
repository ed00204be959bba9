"""Response at a fixed mix: mean responses of the severities, weighted by how often each comes before any remedy.

A plain mean moves with what it is a mean of: a remedy that removes the easy incidents makes it look slower, though
nobody waits any longer. These weights are the path's, so they are the same under every policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.arrays import Floats
from sim.sampling.incidents import REPORTED
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario

FIXED_MIX = {
    "response_hours_mean": "response_hours_fixed_mix",
    "response_working_hours_mean": "response_working_hours_fixed_mix",
}
"""What is weighted, and what it is called then."""


def at_fixed_mix(
    paths: Sequence[SamplePath], baselines: Floats, means: Mapping[int, Floats]
) -> Floats:
    """Weight the mean of each severity by how often it comes, (P,).

    A severity of which a run measured none is left out there.

    Args:
        paths: of each run.
        baselines: (P,) the points delivered on each path where nothing interrupts.
        means: (P,) by severity, NaN where there is none.
    """
    weights = _weights(paths, baselines)
    values = np.stack(list(means.values()))
    known = np.stack([weights[severity] for severity in means]) * ~np.isnan(values)
    sums, total = (known * np.nan_to_num(values)).sum(axis=0), known.sum(axis=0)
    nothing = np.full(len(paths), np.nan)
    return np.asarray(np.divide(sums, total, out=nothing, where=total > 0))


def _weights(paths: Sequence[SamplePath], baselines: Floats) -> dict[int, Floats]:
    """How many incidents of each severity reach a team of each path, remedies apart, (P,) each."""
    of_path = {id(path): _reported(path) for path in {id(path): path for path in paths}.values()}
    counts = np.stack([of_path[id(path)] for path in paths])
    counts = counts + np.outer(np.nan_to_num(baselines), regressions_by_point(paths[0].scenario))
    severities = paths[0].organisation.severity
    return {int(own): counts[:, severities == own].sum(axis=1) for own in np.unique(severities)}


def _reported(path: SamplePath) -> Floats:
    """The incidents of each kind that are reported while it is measured and get past the first line, (K,)."""
    table, org = path.incidents, path.organisation
    measured = (table.cause == REPORTED) & (table.opened >= org.warmup) & (table.deflected == 0)
    counts = np.bincount(table.kind[measured], minlength=len(org.severity))
    return counts.astype(np.float64)


def regressions_by_point(scenario: Scenario) -> Floats:
    """The incidents of each kind to be expected of the stories of a point, (K,)."""
    found = np.zeros(len(scenario.incidents))
    stories = scenario.stories
    if stories is None or stories.regression_kind is None:
        return found
    kind = [entry.kind for entry in scenario.incidents].index(stories.regression_kind)
    past = 1 - scenario.first_line.deflect_rate if scenario.incidents[kind].first_line else 1.0
    mean_points = sum(int(points) * share for points, share in stories.points.items())
    found[kind] = stories.regression_rate * past / mean_points
    return found
