"""Operational work that lowers future demand."""

from __future__ import annotations

from sim.engine.kernel.events import log
from sim.engine.kernel.tables import WorldTables
from sim.engine.rules import demand_after
from sim.engine.trace import EventType


def next_improvement(w: WorldTables) -> int:
    """The first improvement that is not done and that nobody works on; -1: none."""
    for improvement in range(w.run.improvement, len(w.improvements)):
        if not w.improvements[improvement].taken and not w.improvements[improvement].done:
            return improvement
    return -1


def left_to_improve(w: WorldTables) -> int:
    """The focus seconds left of all improvements."""
    left = 0
    for improvement in range(w.run.improvement, len(w.improvements)):
        if not w.improvements[improvement].done:
            left += w.improvements[improvement].remaining
    return left


def set_aside_by_others(w: WorldTables, team: int) -> int:
    """The focus seconds that other teams have set aside for improvements in this sprint and not spent."""
    aside = 0
    for other in range(w.rules.teams):
        row = w.teams[other]
        if other != team and row.sprint == w.teams[team].sprint:
            aside += row.improve - row.improved
    return aside


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
    while w.run.improvement < len(w.improvements) and w.improvements[w.run.improvement].done:
        w.run.improvement += 1
    log(w, EventType.IMPROVEMENT_DONE, improvement, developer, team, 0)
    kinds = w.rules.kinds
    for kind in range(kinds):
        thinning = w.thinning[improvement * kinds + kind]
        w.demand[kind] = demand_after(w.demand[kind], thinning)
