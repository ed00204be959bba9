"""Plain Python: a heap of the moments at which servers come free, and one of those who wait."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Ints, Tape


def run(tape: Tape) -> Ints:
    """Each customer's wait, seconds."""
    arrival, priority = tape.arrival.tolist(), tape.priority.tolist()
    service = tape.service.tolist()
    waits = [0] * tape.customers
    busy: list[int] = []
    waiting: list[tuple[int, int]] = []

    def serve_until(moment: float) -> None:
        while busy and busy[0] <= moment:
            now = heappop(busy)
            if waiting:
                _, customer = heappop(waiting)
                waits[customer] = now - arrival[customer]
                heappush(busy, now + service[customer])

    for customer, now in enumerate(arrival):
        serve_until(now)
        if len(busy) < 5:
            heappush(busy, now + service[customer])
        else:
            heappush(waiting, (priority[customer], customer))
    serve_until(float("inf"))
    return np.array(waits)
