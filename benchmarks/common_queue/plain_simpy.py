"""SimPy as its documentation has it: a process for each customer, a `PriorityResource` of five."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import simpy

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Ints, Tape


def run(tape: Tape) -> Ints:
    """Each customer's wait, seconds."""
    env = simpy.Environment()
    servers = simpy.PriorityResource(env, capacity=5)
    waits = [0] * tape.customers

    def customer(number: int, priority: int, service: int) -> Iterator[simpy.Event]:
        arrived = env.now
        with servers.request(priority=priority) as turn:
            yield turn
            waits[number] = env.now - arrived
            yield env.timeout(service)

    def source() -> Iterator[simpy.Event]:
        gaps = np.diff(tape.arrival, prepend=0).tolist()
        rows = zip(gaps, tape.priority.tolist(), tape.service.tolist(), strict=True)
        for number, (gap, priority, service) in enumerate(rows):
            yield env.timeout(gap)
            env.process(customer(number, priority, service))

    env.process(source())
    env.run()
    return np.array(waits)
