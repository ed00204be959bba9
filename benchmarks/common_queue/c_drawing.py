"""C, written by hand for this queue, that draws its customers itself as they come."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.common_queue.by_cc import INTS, compiled

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Tape

_simulate = compiled(Path(__file__).with_name("c_drawing.c")).simulate
_simulate.argtypes = [ctypes.c_int64] * 2 + [ctypes.c_double] * 3 + [INTS]


def run(tape: Tape) -> tuple[float, float]:
    """Mean waits of as many customers as the tape has, seconds."""
    from benchmarks.common_queue.tape import LOAD, MEAN_SERVICE, SERVERS, URGENT_SHARE

    found = np.zeros(4, dtype=np.int64)
    _simulate(tape.customers, 1, MEAN_SERVICE / (SERVERS * LOAD), MEAN_SERVICE, URGENT_SHARE, found)
    return float(found[0] / found[2]), float(found[1] / found[3])
