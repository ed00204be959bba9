"""Firelane: one team of five that never closes, two kinds of incidents, nothing else to do."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import sim.engine.trace
from sim.engine.cases import Workspace
from sim.engine.compiled.compiling import LoopOfTables, compiled_where_possible
from sim.engine.engines import COMPILED, simulate
from sim.engine.rows import Numbers, Table
from sim.engine.trace import Event, EventType, Trace
from sim.policy.contract import QUEUE, Policy
from sim.sampling.calendars import WEEK
from sim.sampling.incidents import Incidents
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Ints, Tape

POLICY = Policy(id="common-queue", route=lambda incident, team, now, p: QUEUE)

STARTED = int(EventType.STARTED)

_room = Workspace()


def run(tape: Tape, engine: str = COMPILED) -> Ints:
    """Each customer's wait, seconds."""
    [trace] = simulate([(path_of(tape), POLICY)], engine, _room)
    return waits(tape, trace)


def path_of(tape: Tape) -> SamplePath:
    """The tape as a future in which nothing else happens."""
    path = sample_path(from_table(_scenario(weeks=int(tape.arrival[-1]) // WEEK + 5)))
    nothing = np.zeros_like(tape.arrival)
    plain = {column.name: nothing for column in fields(Incidents)}
    customers = {
        "opened": tape.arrival,
        "kind": tape.priority - 1,
        "effort": tape.service,
        "reopening": nothing - 1,
    }
    return replace(path, incidents=Incidents(**plain | customers))


def _scenario(weeks: int) -> dict:
    hour = {"dist": "exponential", "mean": 1.0}
    return {
        "name": "common queue",
        "time": {"horizon_weeks": weeks, "warmup_weeks": 0, "always_open": True},
        "teams": [{"name": "servers", "developers": 5, "focus": 1.0}],
        "sprints": {"ceremony_hours": 0.0},
        "incidents": [
            {"kind": "urgent", "severity": 1, "effort_hours": hour},
            {"kind": "other", "severity": 2, "effort_hours": hour},
        ],
    }


def waits(tape: Tape, trace: Trace) -> Ints:
    """From a customer's arrival to the start of the service, seconds."""
    waits = -tape.arrival
    _loop()(Waits(trace, waits))
    return waits


class Waits(NamedTuple):
    """A trace, and each customer's wait."""

    trace: Table[Event]
    waits: Numbers


@cache
def _loop() -> LoopOfTables:
    return compiled_where_possible(add_starts, Waits, sim.engine.trace)


def add_starts(tables: Waits) -> None:
    """To each customer's wait, when service began."""
    for row in range(len(tables.trace)):
        event = tables.trace[row]
        if event.type == EventType.STARTED:
            tables.waits[event.item] += event.time
