"""The model once more, as one event loop over tables of whole numbers.

It has the same rules in the same order as `sim.engine.model`, which is the text to read first; the
modules and functions here bear the same names. Both give the same trace, second for second. This one keeps to
what numba compiles (`sim.engine.compiled.compiler`), and runs as it stands, uncompiled, where there is no numba
(`sim.engine.plain`).
"""

from sim.engine import rules
from sim.engine.kernel import (
    asking,
    capacity,
    changeover,
    departures,
    dispatch,
    events,
    hours,
    improvements,
    incidents,
    loop,
    meetings,
    night_calls,
    notes,
    placing,
    queues,
    sprints,
    tables,
    urgent,
    views,
    work,
)
from sim.engine.kernel.events import event_of
from sim.engine.kernel.loop import simulate
from sim.engine.kernel.tables import WorldTables

MODULES = (
    rules,
    tables,
    asking,
    hours,
    events,
    views,
    queues,
    notes,
    work,
    placing,
    night_calls,
    departures,
    capacity,
    meetings,
    sprints,
    incidents,
    improvements,
    urgent,
    dispatch,
    changeover,
    loop,
)
"""Names are unique among them: they are compiled together."""

__all__ = ["MODULES", "WorldTables", "event_of", "simulate"]
