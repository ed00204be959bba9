"""Operational work that lowers future demand."""

from __future__ import annotations

from sim.engine.model.clock import World
from sim.engine.model.state import Developer, Improvement
from sim.engine.rules import demand_after
from sim.engine.trace import EventType


def next_improvement(w: World) -> Improvement | None:
    """The first improvement that is not done and that nobody works on; None where there is none."""
    return next((entry for entry in w.improvements if not entry.taken and not entry.done), None)


def end_stint(w: World, developer: Developer, improvement: Improvement) -> None:
    """End a stint on an improvement: it is done, or the sprint's share of it is."""
    improvement.taken = False
    improvement.remaining -= developer.stint
    if improvement.remaining > 0:
        w.log(EventType.IMPROVEMENT_SUSPENDED, improvement.id, developer.id, developer.team)
        return
    improvement.done = True
    w.log(EventType.IMPROVEMENT_DONE, improvement.id, developer.id, developer.team)
    for kind, thinning in enumerate(w.org.improvement_thinning[improvement.id].tolist()):
        w.demand[kind] = demand_after(w.demand[kind], thinning)
