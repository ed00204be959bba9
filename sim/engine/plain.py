"""The kernel as plain Python: needs no numba, and a debugger can step through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.engine import kernel as k
from sim.engine.cases import Case, Workspace
from sim.engine.kernel.tables import TABLES
from sim.engine.layout import Ended, Simulator, asking, simulated
from sim.engine.rows import Arrays, as_array, in_python
from sim.engine.trace import Trace
from sim.policy.contract import DECISIONS


def simulate(cases: Sequence[Case], room: Workspace) -> Iterator[Trace]:
    """Live through sample paths, each under a policy.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    asked: list[Case] = [(path, asking(plan)) for path, plan in cases]
    return simulated(asked, lambda tables, block: Life().simulator, room)


class Life:
    """A run under one policy, and on under another."""

    def __init__(self) -> None:
        self._world: Any = None
        self.simulator = Simulator(self._begin, self._go_on)

    def _begin(self, w: Arrays) -> Ended:
        self._world = w._replace(
            **{name: in_python(getattr(w, name), kind) for name, kind in TABLES.items()}
        )
        return _simulate(self._world)

    def _go_on(self, w: Arrays) -> Ended:
        own = self._world
        run = in_python(w.run, TABLES["run"])
        own.run.until, own.run.changed = run.until, run.changed
        decisions = {name: getattr(w, name) for name in (*DECISIONS, "p")}
        self._world = own._replace(rules=in_python(w.rules, TABLES["rules"]), **decisions)
        return _simulate(self._world)


def _simulate(unpacked: Any) -> Ended:
    k.simulate(unpacked)
    rows, events = unpacked.run.rows, unpacked.trace[: unpacked.run.rows]
    run = unpacked.run
    return Ended(rows, bool(run.heap_full), bool(run.parts_full), as_array(events, TABLES["trace"]))
