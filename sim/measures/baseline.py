"""What would be delivered where nothing interrupts: the yardstick of delivery, of which nothing else is asked."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

import sim.engine.trace
from sim.engine.compiled.compiling import LoopOfTables, compiled_where_possible
from sim.engine.rows import Arrays, Numbers, Table
from sim.engine.trace import Event, EventType, Trace
from sim.sampling.calendars import WEEK
from sim.sampling.sample_path import SamplePath


class Deliveries(NamedTuple):
    """The points of each sprint."""

    trace: Table[Event]
    points: Numbers
    """of each story"""
    current: Numbers
    """the sprint of each team"""
    done: Numbers
    """points of stories done in each sprint, team by team"""


def add_points(d: Deliveries) -> None:
    """Add up the points of each sprint; at one second, work is done before the next is planned."""
    planned = len(d.done) // len(d.current)
    for row in range(len(d.trace)):
        event = d.trace[row]
        if event.type == EventType.STORY_DONE:
            d.done[d.current[event.team]] += d.points[event.item]
        elif event.type == EventType.PLANNED:
            d.current[event.team] = event.team * planned + event.item


def points_delivered(path: SamplePath, trace: Trace) -> float:
    """The points of all teams in the measured sprints of a run."""
    org = path.organisation
    done = np.zeros(org.teams * org.sprint_count, dtype=np.int64)
    deliveries: Arrays = Deliveries(
        trace,  # type: ignore[arg-type]
        path.stories.points,  # type: ignore[arg-type]
        np.zeros(org.teams, dtype=np.int64),  # type: ignore[arg-type]
        done,  # type: ignore[arg-type]
    )
    loop()(deliveries)
    return float(done.reshape(org.teams, -1)[:, measured_sprints(path)].sum())


def measured_sprints(path: SamplePath) -> slice:
    """Which sprints lie wholly between warm-up and horizon; none where nothing is planned."""
    org = path.organisation
    length = path.scenario.time.sprint_weeks * WEEK
    first, last = -(-org.warmup // length), org.horizon // length
    return slice(first, last if len(path.stories) else first)


@cache
def loop() -> LoopOfTables:
    """What adds up, compiled where there is numba."""
    return compiled_where_possible(add_points, Deliveries, sim.engine.trace)
