"""The kernel as plain Python: needs no numba, and a debugger can step through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.engine import kernel as k
from sim.engine.cases import Case, Workspace
from sim.engine.kernel.tables import TABLES
from sim.engine.layout import Ended, simulated
from sim.engine.rows import Arrays, as_array, in_python
from sim.engine.trace import Trace
from sim.policy.answers import answering


def simulate(cases: Sequence[Case], room: Workspace) -> Iterator[Trace]:
    """Live through sample paths, each under a policy.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    asked = [(path, answering(policy)) for path, policy in cases]
    return simulated(asked, lambda tables: _simulate, room)


def _simulate(w: Arrays) -> Ended:
    unpacked = w._replace(
        **{name: in_python(getattr(w, name), kind) for name, kind in TABLES.items()}
    )
    k.simulate(unpacked)
    rows, events = unpacked.run.rows, unpacked.trace[: unpacked.run.rows]
    run = unpacked.run
    return Ended(rows, bool(run.heap_full), bool(run.parts_full), as_array(events, TABLES["trace"]))
