"""The tape that all programs are fed from, and the waits that theory expects of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Ints

SERVERS = 5
LOAD = 0.85
URGENT_SHARE = 0.2
MEAN_SERVICE = 3_600
"""Seconds. Times are whole seconds, with which every program calculates exactly."""

MEAN_GAP = MEAN_SERVICE / (SERVERS * LOAD)


@dataclass(frozen=True, eq=False)
class Tape:
    """N customers in the order they arrive."""

    arrival: Ints
    """(N,) seconds, strictly ascending."""
    priority: Ints
    """(N,) 1: urgent, 2: all others."""
    service: Ints
    """(N,) seconds, at least 1."""

    @property
    def customers(self) -> int:
        return len(self.arrival)


def drawn(customers: int, seed: int) -> Tape:
    """A tape from a seed."""
    rng = np.random.default_rng(seed)
    gap = rng.exponential(MEAN_GAP, customers)
    service = rng.exponential(MEAN_SERVICE, customers)
    priority = np.where(rng.random(customers) < URGENT_SHARE, 1, 2)
    return Tape(
        ascending(np.rint(np.cumsum(gap)).astype(np.int64)),
        priority.astype(np.int64),
        np.maximum(np.rint(service), 1).astype(np.int64),
    )


def ascending(moments: Ints) -> Ints:
    """Moments put off until each is at least a second after the one before."""
    order = np.arange(len(moments))
    return np.maximum.accumulate(moments - order) + order


def mean_waits(tape: Tape, waits: Ints) -> tuple[float, float]:
    """Of the urgent and of all others, in seconds."""
    urgent = waits[tape.priority == 1]
    others = tape.customers - len(urgent)
    return float(urgent.mean()), float((waits.sum() - urgent.sum()) / others)


def expected_waits() -> tuple[float, float]:
    """The mean waits in the long run, in mean services (O. Kella & U. Yechiali, 1985)."""
    offered = SERVERS * LOAD
    blocked = 1.0
    for busy in range(1, SERVERS + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    waits = blocked / (1 - LOAD * (1 - blocked))  # Erlang's C: the chance of waiting at all
    urgent = 1 - LOAD * URGENT_SHARE
    return waits / SERVERS / urgent, waits / SERVERS / (urgent * (1 - LOAD))
