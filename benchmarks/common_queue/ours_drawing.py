"""Firelane with its customers drawn anew in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.common_queue import ours

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Tape


def run(tape: Tape) -> tuple[float, float]:
    """Mean waits of as many customers as the tape has, seconds."""
    from benchmarks.common_queue.tape import drawn, mean_waits

    own = drawn(tape.customers, seed=1)
    return mean_waits(own, ours.run(own))
