"""Ciw: a node with five servers; each class reads its gaps and its services in sequence."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import ciw
import numpy as np

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Tape


def run(tape: Tape) -> tuple[float, float]:
    """Mean wait of the urgent and of all others, seconds."""
    classes = {"urgent": tape.priority == 1, "other": tape.priority == 2}
    network = ciw.create_network(
        number_of_servers=[5],
        priority_classes={"urgent": 0, "other": 1},
        arrival_distributions={
            name: [ciw.dists.Sequential([*np.diff(tape.arrival[chosen], prepend=0).tolist(), inf])]
            for name, chosen in classes.items()
        },
        service_distributions={
            name: [ciw.dists.Sequential(tape.service[chosen].tolist())]
            for name, chosen in classes.items()
        },
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(tape.customers)
    records = simulation.get_all_records()
    urgent = [r.waiting_time for r in records if r.customer_class == "urgent"]
    other = [r.waiting_time for r in records if r.customer_class == "other"]
    return sum(urgent) / len(urgent), sum(other) / len(other)
