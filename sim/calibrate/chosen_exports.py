"""Exports that hold a choice of the tickets: those closed in some weeks, or the closed ones alone.

Nothing in such a file says so. What gives it away is what is missing: tickets that should be open and are not,
or ends outside of a few weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.calibrate.figures import Figure
from sim.calibrate.kinds import Kind
from sim.sampling.calendars import DAY, WEEK

FEWEST = 30
"""Tickets from which it can be told."""

SURE = 1e-3
"""Chance below which what is missing is no accident."""


@dataclass(frozen=True)
class Choice:
    """What was chosen, and what follows."""

    sentence: str
    by_closing: bool = False
    """Whether it holds the tickets that were closed in some weeks."""
    per_week: float = np.nan
    """Tickets closed a week, where that is so."""


def choice_of(incidents: pd.DataFrame) -> Choice | None:
    """Return how the incidents of an export were chosen; None where nothing gives it away."""
    opened = incidents["opened"].to_numpy(dtype=float)
    ended = incidents["resolved"].to_numpy(dtype=float)
    known = np.isfinite(ended)
    if len(opened) < FEWEST:
        return None
    if not known.any():
        return _only_open(incidents)
    if known.mean() < 1 or incidents["open"].any():
        return None
    return _by_closing_date(opened, ended) or _only_closed(opened, ended)


def _by_closing_date(opened: Floats, ended: Floats) -> Choice | None:
    """Look for tickets opened long before the first end of all: none of them ended earlier, by chance?"""
    first, last = float(ended.min()), float(ended.max())
    # Of the day on which ends begin, nothing is known: a choice by days holds all of it.
    before = opened < np.floor(first / DAY) * DAY
    took = np.sort((ended - opened)[~before])
    if before.sum() < 5 or len(took) < FEWEST / 2:
        return None
    waits = first - opened[before]
    longer = 1 - np.searchsorted(took, waits) / (len(took) + 1)
    if float(np.log(np.maximum(longer, 1e-3)).sum()) > np.log(SURE):
        return None
    weeks = max((np.floor(last / DAY) - np.floor(first / DAY) + 1) * DAY / WEEK, 1 / 7)
    return Choice(
        f"All {len(opened):,} incidents ended from {_day(first)} to {_day(last)}, {before.sum():,} of them opened before, and "
        "none is open: the export looks chosen by closing date. No rate of openings, and no unevenness, can be had from "
        f"it; times are too long on average. Rates are closings a week ({len(opened) / weeks:.3g} in all): a guess.",
        by_closing=True,
        per_week=len(opened) / weeks,
    )


def _only_closed(opened: Floats, ended: Floats) -> Choice | None:
    """Look for tickets that should still be open at the last event of all, by what the others took."""
    last = max(float(ended.max()), float(opened.max()))
    took, age = np.sort(ended - opened), last - opened
    open_ = 1 - np.searchsorted(took, age) / len(took)
    expected = float(open_.sum())
    if expected < -np.log(SURE):
        return None
    return Choice(
        f"No incident is open, though by what the others took about {expected:.0f} should be at the end: the export looks "
        "like closed tickets alone. The last weeks are too low, and with them the rate; export open ones, too."
    )


def _only_open(incidents: pd.DataFrame) -> Choice | None:
    if not incidents["open"].all():
        return None
    return Choice(
        f"All {len(incidents):,} incidents are open: the export looks like open tickets alone. The rate is that of what "
        "was left, and too low; export closed ones, too."
    )


def _day(moment: float) -> str:
    return str(np.datetime64(int(moment), "s").astype("datetime64[D]"))


def by_closings(kinds: list[Kind], choice: Choice) -> list[Kind]:
    """Return kinds whose rates are closings a week, marked as a guess, and whose unevenness is assumed."""
    total = sum(kind.share.count for kind in kinds)
    return [
        replace(
            kind,
            per_week=Figure(
                choice.per_week * kind.share.count / total,
                count=kind.share.count,
                source="closings a week, since the export is chosen by closing date: no rate of openings",
                assumed=True,
            ),
            dispersion=Figure(
                2.6, source="the export is chosen by closing date (A4)", assumed=True
            ),
            daily_cv=Figure(0.0),
            holiday_share=Figure(0.0),
        )
        for kind in kinds
    ]
