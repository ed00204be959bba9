"""Firelane with its customers drawn anew in every run."""

from __future__ import annotations

import numpy as np

from benchmarks.common_queue import ours
from benchmarks.common_queue.tape import MEAN_GAP, MEAN_SERVICE, URGENT_SHARE, Tape, mean_waits


def run(tape: Tape) -> tuple[float, float]:
    """Mean waits of as many customers as the tape has, seconds."""
    rng, count = np.random.default_rng(1), tape.customers
    own = Tape(
        np.cumsum(_exponential(rng, MEAN_GAP, count)),
        1 + (rng.random(count) >= URGENT_SHARE),
        _exponential(rng, MEAN_SERVICE, count),
    )
    return mean_waits(own, ours.run(own))


def _exponential(rng: np.random.Generator, mean: float, count: int) -> ours.Ints:
    """In whole seconds, at least 1."""
    drawn = rng.standard_exponential(count)
    drawn *= mean
    seconds = drawn.astype(np.int64)
    seconds += 1
    return seconds
