"""Operational work that lowers future demand."""

from __future__ import annotations

from sim.engine.kernel.events import log
from sim.engine.kernel.tables import *


def next_improvement(w):
    """The first that is not done and that nobody works on; -1: none."""
    for improvement in range(len(w.improvements)):
        if not w.improvements[improvement, M_TAKEN] and not w.improvements[improvement, M_DONE]:
            return improvement
    return -1


def end_improvement_stint(w, developer, improvement):
    """It is done, or the sprint's share of it is."""
    m, team = w.improvements, w.developers[developer, D_TEAM]
    m[improvement, M_TAKEN] = 0
    m[improvement, M_REMAINING] -= w.developers[developer, D_STINT]
    w.world[W_ASK_ALL] = 1
    if m[improvement, M_REMAINING] > 0:
        log(w, IMPROVEMENT_SUSPENDED, improvement, developer, team, 0)
        return
    m[improvement, M_DONE] = 1
    log(w, IMPROVEMENT_DONE, improvement, developer, team, 0)
    kinds = w.organisation[O_KINDS]
    for kind in range(kinds):
        w.demand[kind] = w.demand[kind] * w.keeps[improvement * kinds + kind] // MILLE
