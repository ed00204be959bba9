"""A loop for this one queue and no other, compiled by numba: what a compiler can make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Ints, Tape


def run(tape: Tape) -> Ints:
    """Each customer's wait, seconds."""
    return _waits(tape.arrival, tape.priority, tape.service)


@numba.njit(cache=True)
def _waits(arrival, priority, service):
    never = 1 << 62
    count = len(arrival)
    waits = np.zeros(count, np.int64)
    ends = np.full(5, never)
    line = np.empty((3, count), np.int64)
    head, tail = np.zeros(3, np.int64), np.zeros(3, np.int64)
    busy = 0
    customer = 0
    while customer < count or busy > 0:
        server = 0
        for other in range(1, 5):
            if ends[other] < ends[server]:
                server = other
        now = ends[server]
        if customer < count and arrival[customer] < now:
            if busy < 5:
                free = 0
                while ends[free] != never:
                    free += 1
                ends[free] = arrival[customer] + service[customer]
                busy += 1
            else:
                of = priority[customer]
                line[of, tail[of]] = customer
                tail[of] += 1
            customer += 1
            continue
        of = 1 if head[1] < tail[1] else 2
        if head[of] < tail[of]:
            first = line[of, head[of]]
            head[of] += 1
            waits[first] = now - arrival[first]
            ends[server] = now + service[first]
        else:
            ends[server] = never
            busy -= 1
    return waits
