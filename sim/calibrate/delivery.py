"""Planned work: sprint length, commitment, say/do, added and removed work, team sizes, points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sim.arrays import Floats
from sim.calibrate.figures import LEVEL, Figure
from sim.calibrate.sprint_tables import SprintRecords
from sim.calibrate.work_types import PART, STORY


@dataclass(frozen=True, eq=False)
class Delivery:
    """The delivery that sprint data tells of; figures are None where their columns are missing."""

    sprints: int
    boards: int
    days: Figure | None
    committed: Figure | None
    delivered: Figure | None
    say_do: Figure | None
    """Points delivered over points committed, summed over sprints with a commitment."""
    added_items: Figure | None
    """Added after the start, over those at the start and added."""
    added_points: Figure | None
    removed_items: Figure | None
    """Removed after the start, over those at the start and added."""
    people: pd.Series
    """Board: people seen in its median sprint."""
    board_names: Sequence[str]
    """All boards, in alphabetical order."""
    points_per_item: float


def of_sprints(sprints: SprintRecords) -> Delivery:
    """Fit sprint data; ratios are of sums, over sprints that committed to something."""
    table, sources = sprints.table, sprints.sources
    held = table[table["committed"] > 0]
    usual = sprints.usual
    name = sources.get("committed", sources.get("start_points", "committed"))
    return Delivery(
        sprints=len(table),
        boards=int(table["board"].nunique()),
        days=_median(usual["days"], sources.get("days", "days")),
        committed=_median(held["committed"], name),
        delivered=_median(
            held["delivered"], f"delivered, from {sources.get('difference', 'delivered')}"
        ),
        say_do=_ratio(held["delivered"], held["committed"], "delivered over committed points"),
        added_items=_since(table, "added_items", "items"),
        added_points=_since(table, "added_points", "committed"),
        removed_items=_removed(table),
        people=usual[usual["people"] > 0].groupby("board")["people"].median(),
        board_names=sorted(str(board) for board in table["board"].unique()),
        points_per_item=_mean_size(held),
    )


def _median(values: pd.Series, source: str) -> Figure | None:
    known = values.dropna().to_numpy(dtype=float)
    if len(known) < 2:
        return Figure(float(known[0]), count=1, source=source) if len(known) else None
    # Ranks around the middle hold the median with the stated chance (binomial).
    k = int(stats.binom.ppf((1 - LEVEL) / 2, len(known), 0.5))
    ordered = np.sort(known)
    low, high = ordered[max(k - 1, 0)], ordered[min(len(known) - k, len(known) - 1)]
    return Figure(float(np.median(known)), float(low), float(high), len(known), f"{source}, median")


def _ratio(part: pd.Series, whole: pd.Series, source: str) -> Figure | None:
    """Return a ratio of sums with its bootstrap interval over sprints."""
    known = part.notna() & whole.notna()
    a, b = part[known].to_numpy(dtype=float), whole[known].to_numpy(dtype=float)
    if not len(a) or not b.sum():
        return None
    low, high = _bootstrap(a, b)
    return Figure(float(a.sum() / b.sum()), low, high, len(a), source)


def _bootstrap(part: Floats, whole: Floats) -> tuple[float, float]:
    if len(part) < 3:
        return math.nan, math.nan
    chosen = np.random.default_rng(0).integers(len(part), size=(2_000, len(part)))
    sums = whole[chosen].sum(axis=1)
    ratios = part[chosen].sum(axis=1)[sums > 0] / sums[sums > 0]
    low, high = np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _since(table: pd.DataFrame, added: str, at_start: str) -> Figure | None:
    column = f"{added}_since"
    if column in table:
        grown = table[column]
        return _ratio(grown, table[at_start] + grown, f"{added}, between the two photographs")
    if "start_points" in table and table["start_points"].notna().any():
        return None  # one photograph at the start says nothing of what came later
    return _ratio(table[added], table[at_start] + table[added], added)


def _removed(table: pd.DataFrame) -> Figure | None:
    if "removed_items_since" not in table:
        return None
    whole = table["items"] + table["added_items_since"]
    return _ratio(table["removed_items_since"], whole, "removed_items, between the two photographs")


def _mean_size(held: pd.DataFrame) -> float:
    known = held["items"].notna() & (held["items"] > 0)
    items = float(held.loc[known, "items"].sum())
    return float(held.loc[known, "committed"].sum()) / items if items else math.nan


ASSUMED_POINTS = {1: 0.3, 2: 0.3, 3: 0.2, 5: 0.15, 8: 0.05}
"""Points: share of stories, where no export has them."""


@dataclass(frozen=True, eq=False)
class Points:
    """Story sizes, and how many points were done each week."""

    mix: dict[int, float]
    count: int
    per_week: float
    """NaN where stories have no points and no time of resolution."""


def middle(mix: Mapping[int, float]) -> int:
    """Return the points that half of the stories of a mix have at most."""
    reached = 0.0
    for size in sorted(mix):
        reached += mix[size]
        if reached >= 0.5:
            return size
    return max(mix)


def of_stories(stories: pd.DataFrame) -> Points | None:
    """Return the points of stories; None where none has any.

    Halves and less count as 1. What holds others does not count, as its points are theirs; what is a part of
    others does only where no story has points.
    """
    whole = stories[(stories["work"] == STORY).to_numpy()]
    parts = stories[(stories["work"] == PART).to_numpy()]
    stories = whole if (whole["points"] > 0).any() else parts
    points = stories["points"].to_numpy(dtype=float)
    known = np.isfinite(points) & (points > 0) & (points <= 1000)
    if not known.any():
        return None
    sizes, counts = np.unique(np.maximum(np.rint(points[known]), 1).astype(int), return_counts=True)
    shares = np.round(counts / counts.sum(), 4)
    shares[-1] = 1 - shares[:-1].sum()
    done = stories[known & stories["resolved"].notna().to_numpy()]
    span = (done["resolved"].max() - done["resolved"].min()) / 604_800 if len(done) > 1 else 0
    per_week = float(done["points"].sum()) / span if span >= 2 else math.nan
    mix = {int(s): float(p) for s, p in zip(sizes, shares, strict=True) if p > 0}
    return Points(mix, int(known.sum()), per_week)
