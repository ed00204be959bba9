"""A tape on which nobody arrives as a service ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.common_queue import bare_heap
from benchmarks.common_queue.tape import Tape, ascending


def without_ties(tape: Tape) -> Tape:
    """The tape with a few arrivals put off by seconds, so that nobody arrives as a service ends.

    Programs differ in what they do first at such a moment. Two services may well end at once.
    """
    while True:
        end = tape.arrival + bare_heap.run(tape) + tape.service
        ties = np.isin(tape.arrival, end)
        if not ties.any():
            return tape
        tape = replace(tape, arrival=ascending(tape.arrival + ties))
