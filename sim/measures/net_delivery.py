"""Net delivery: the points of what was built, less the work that was left open meanwhile.

A policy that leaves incidents open delivers more for now, and owes it. What is owed is charged by what is to be
expected of it, as nobody knows yet how long it takes: the mean effort of its kind, in points as a point takes on
average (docs/design.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sim.arrays import Floats
from sim.measures.accounts import Accounts
from sim.measures.book import Waits
from sim.sampling.calendars import HOUR
from sim.sampling.sample_path import SamplePath

NET_POINTS = "net_points_per_sprint"


def points_left_open(path: SamplePath, runs: Sequence[Accounts]) -> Floats:
    """The points by which the work that is expected of open incidents grew while it was measured, (P,).

    It is negative where more was worked off than came in, and NaN where nothing is planned in points.
    """
    stories = path.scenario.stories
    if stories is None:
        return np.full(len(runs), math.nan)
    waits = np.stack([run.waits for run in runs])
    more = waits[:, :, Waits.left] - waits[:, :, Waits.left_before]
    seconds = more @ path.organisation.mean_effort.astype(np.float64)
    return np.asarray(seconds / (stories.hours_per_point * stories.error.mean() * HOUR))
