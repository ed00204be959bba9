"""Where two runs of the same path part: the first event that is not the same in both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.engine.trace import Event
from sim.measures.run import Run


@dataclass(frozen=True)
class Parting:
    """The first difference of two traces, which agree in all `place` events before it."""

    place: int
    time: int
    """seconds: of the earlier of the two events"""
    here: tuple[int, ...] | None
    """the event of the first run, as its trace has it; None where it has no more"""
    there: tuple[int, ...] | None
    """the event of the second run"""


def first_parting(a: Run, b: Run) -> Parting | None:
    """Where two runs part; None where nothing differs from beginning to end."""
    both = min(len(a.events), len(b.events))
    differs = np.flatnonzero((a.events[:both] != b.events[:both]).any(axis=1))
    if not len(differs) and len(a.events) == len(b.events):
        return None
    place = int(differs[0]) if len(differs) else both
    rows = [
        tuple(int(n) for n in run.events[place]) if place < len(run.events) else None
        for run in (a, b)
    ]
    time = min(row[Event.time] for row in rows if row is not None)
    return Parting(place, time, rows[0], rows[1])
