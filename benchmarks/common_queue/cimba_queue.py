"""Cimba: an arrival process, a store ordered by priority, five copies of a server process.

The model is compiled and replays the tape. In the store lies when a customer came, below 0 for an
urgent one; a server takes the next service of the customer's class, which is this customer's,
because within a class services begin in the order of arrival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cimba as cb
import numpy as np
from cimba import inputs

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Tape


class Queue(cb.Model):
    gap: cb.Input[float]
    is_urgent: cb.Input[bool]
    urgent_service: cb.Input[float]
    other_service: cb.Input[float]
    line: cb.PriorityStore[float]
    urgent_wait: cb.Output[float] = 0.0
    other_wait: cb.Output[float] = 0.0

    @cb.process
    def source(self):
        while self.gap.remaining() > 0:
            cb.hold(self.gap.next())
            if self.is_urgent.next():
                self.line.put(-cb.now(), 1)
            else:
                self.line.put(cb.now(), 0)

    @cb.process(copies=5)
    def server(self):
        while True:
            came = self.line.get()
            if came < 0:
                self.urgent_wait += cb.now() + came
                cb.hold(self.urgent_service.next())
            else:
                self.other_wait += cb.now() - came
                cb.hold(self.other_service.next())


NOTHING_IS_RECORDED = cb.Window(warmup=1e15, duration=1.0)
"""Of the store's length; the model itself adds up the waits."""


def experiment(tape: Tape) -> cb.Experiment:
    """One trial of the model on a tape."""
    urgent = tape.priority == 1
    model = Queue()
    model.gap = inputs.trace(np.diff(tape.arrival, prepend=0))
    model.is_urgent = inputs.trace(urgent)
    model.urgent_service = inputs.trace(tape.service[urgent])
    model.other_service = inputs.trace(tape.service[~urgent])
    return cb.Experiment(model, replications=1, window=NOTHING_IS_RECORDED, seed=1)


def run(tape: Tape) -> tuple[float, float]:
    """Mean wait of the urgent and of all others, seconds."""
    trial = experiment(tape)
    result = trial.run(workers=1, on_failure="raise")[trial.model]
    urgent = np.count_nonzero(tape.priority == 1)
    others = tape.customers - urgent
    return float(result.urgent_wait[0, 0]) / urgent, float(result.other_wait[0, 0]) / others
