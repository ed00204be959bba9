"""Delivery beside history: points done in a sprint, and how much of what was committed.

Sprint data has no dates, so all its sprints are held against those that are simulated; points of stories are
those of the weeks that are compared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibrate.delivery import of_sprints, of_stories
from sim.calibrate.formats import Export
from sim.calibrate.sprint_tables import joined
from sim.measures.accounts import Accounts
from sim.measures.book import SprintAccount
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Delivered:
    """What was delivered, or is in one simulated past."""

    points: float = math.nan
    """Done a sprint and team."""
    say_do: float = math.nan
    """Points done in their sprint over points committed."""


def observed(exports: Sequence[Export], scenario: Scenario) -> Delivered:
    """Return what the exports tell of delivery; NaN where they do not."""
    sprints = joined([export.sprints for export in exports if export.sprints])
    if sprints is not None:
        told = of_sprints(sprints)
        held = sprints.usual[sprints.usual["committed"] > 0]
        mean = float(held["delivered"].mean()) if len(held) else math.nan
        return Delivered(mean, told.say_do.value if told.say_do else math.nan)
    done = [
        points.per_week
        for export in exports
        if export.tickets and len(export.tickets.stories)
        and (points := of_stories(export.tickets.stories)) is not None
        and points.per_week > 0
    ]  # fmt: skip
    return (
        Delivered(sum(done) * scenario.time.sprint_weeks / len(scenario.teams))
        if done
        else Delivered()
    )


def simulated(path: SamplePath, accounts: Accounts) -> Delivered:
    """Return what is delivered in one simulated past; its first sprint begins with nothing in hand, and does
    not count where there are others."""
    plannings = path.organisation.plannings
    held = np.asarray(plannings[:, :-1] < plannings[:, 1:])
    first = 1 if held.shape[1] > 1 else 0
    sprints, held = accounts.sprints[:, first : held.shape[1]], held[:, first:]
    sums = sprints[held[:, : sprints.shape[1]]].sum(axis=0)
    count, committed = int(held.sum()), float(sums[SprintAccount.committed_points])
    return Delivered(
        float(sums[SprintAccount.done_points]) / count if count else math.nan,
        float(sums[SprintAccount.kept_points]) / committed if committed else math.nan,
    )
