"""Where the time of a run goes: what is prepared, the loop itself, and what is read off afterwards."""

from __future__ import annotations

from time import process_time

import numpy as np

from benchmarks.common_queue import ours
from benchmarks.common_queue.tape import Tape
from sim.engine.block import Block
from sim.engine.cases import Workspace
from sim.engine.compiled.engine import ready
from sim.engine.kernel import WorldTables
from sim.engine.layout import Ended, Simulator, simulated
from sim.engine.processes import start_processes

Stages = dict[str, float]
"""CPU seconds by name."""

LOOP = "loop"
"""The stage in which simulated time passes."""

_room = Workspace()


def of_ours(tape: Tape) -> Stages:
    """The compiled engine: the tape as a path, the kernel's tables, its loop, the waits."""
    moments = [process_time()]
    path = ours.path_of(tape)
    moments.append(process_time())

    def timed(w: WorldTables, block: Block) -> Simulator:
        live = ready(w, block)

        def measured(w: WorldTables) -> Ended:
            moments.append(process_time())
            lived = live.begin(w)
            moments.append(process_time())
            return lived

        return Simulator(measured, live.go_on)

    [trace] = simulated([(path, ours.POLICY)], timed, _room)
    ours.waits(tape, trace)
    moments.append(process_time())
    return dict(zip(("path", "tables", LOOP, "waits"), np.diff(moments).tolist(), strict=True))


def of_ours_on_simpy(tape: Tape) -> Stages:
    """The same model on SimPy: its loop alone."""
    simulation = start_processes(ours.path_of(tape), ours.POLICY)
    begun = process_time()
    simulation.run()
    return {LOOP: process_time() - begun}


def of_cimba(tape: Tape) -> Stages:
    """Cimba: its experiment put together and bound to the tape, and the call that runs it."""
    from benchmarks.common_queue import cimba_queue  # where there is Cimba

    begun = process_time()
    experiment = cimba_queue.experiment(tape)
    bound = process_time()
    experiment.run(workers=1)
    return {"experiment": bound - begun, LOOP: process_time() - bound}


STAGES = {"firelane": of_ours, "firelane_simpy": of_ours_on_simpy, "cimba": of_cimba}
"""By program: what takes its run apart."""
