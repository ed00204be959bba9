"""Operational work that lowers future demand."""

from __future__ import annotations

from sim.engine.kernel.events import log
from sim.engine.kernel.tables import WorldTables
from sim.engine.rules import demand_after
from sim.engine.trace import EventType


def next_improvement(w: WorldTables) -> int:
    """The first improvement that is not done and that nobody works on; -1: none."""
    for improvement in range(len(w.improvements)):
        if not w.improvements[improvement].taken and not w.improvements[improvement].done:
            return improvement
    return -1


def end_improvement_stint(w: WorldTables, developer: int, improvement: int) -> None:
    """End a stint on an improvement: it is done, or the sprint's share of it is."""
    row, team = w.improvements[improvement], w.developers[developer].team
    row.taken = 0
    row.remaining -= w.developers[developer].stint
    w.run.ask_all = 1
    if row.remaining > 0:
        log(w, EventType.IMPROVEMENT_SUSPENDED, improvement, developer, team, 0)
        return
    row.done = 1
    log(w, EventType.IMPROVEMENT_DONE, improvement, developer, team, 0)
    kinds = w.rules.kinds
    for kind in range(kinds):
        thinning = w.thinning[improvement * kinds + kind]
        w.demand[kind] = demand_after(w.demand[kind], thinning)
