"""Futures with their yardsticks: those that are asked for again and again are drawn once.

A search lives through the same few futures under hundreds of settings, study after study. What comes of a future
without incidents hangs on no policy, so it is kept with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from sim.engine.cases import Workspace
from sim.engine.engines import simulate
from sim.engine.futures.sampler import future
from sim.measures.baseline import points_delivered
from sim.policy.contract import PLAIN_SCRUM
from sim.sampling.sample_path import SamplePath
from sim.scenario.schema import Scenario

MOST_KEPT = 100_000
"""Incidents and stories of the futures that are kept in a thread: some 15 MB."""

_MOST_ASKED_FOR = 10_000


class KnownFuture(NamedTuple):
    """A sample path, and the points that are delivered on it where nothing interrupts."""

    path: SamplePath
    baseline: float

    @property
    def size(self) -> int:
        """How much there is of it."""
        return len(self.path.incidents) + len(self.path.stories)


class KnownFutures(threading.local):
    """The futures that a thread keeps: each from the second time on that it is asked for, as most never are."""

    def __init__(self) -> None:
        self._asked_for: OrderedDict[tuple[int, int, int], Scenario] = OrderedDict()
        self._kept: OrderedDict[tuple[int, int, int], KnownFuture] = OrderedDict()
        self._size = 0

    def of(
        self, scenario: Scenario, seed: int, replication: int, engine: str, room: Workspace
    ) -> KnownFuture:
        """A replication of a scenario; `engine`: on which its yardstick is lived through, in `room`.

        Raises:
            ScenarioError: where the scenario replays a log that cannot be used.
        """
        key = id(scenario), seed, replication
        found = self._kept.get(key)
        if found is not None and found.path.scenario is scenario:
            self._kept.move_to_end(key)
            return found
        found = _drawn(scenario, seed, replication, engine, room)
        if self._asked_for.get(key) is scenario and found.size <= MOST_KEPT:
            self._keep(key, found)
        self._asked_for[key] = scenario
        if len(self._asked_for) > _MOST_ASKED_FOR:
            self._asked_for.popitem(last=False)
        return found

    def _keep(self, key: tuple[int, int, int], found: KnownFuture) -> None:
        before = self._kept.pop(key, None)
        self._size += found.size - (before.size if before else 0)
        self._kept[key] = found
        while self._size > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


def _drawn(
    scenario: Scenario, seed: int, replication: int, engine: str, room: Workspace
) -> KnownFuture:
    path = future(scenario, seed, replication)
    quiet = path.without_incidents()
    [undisturbed] = simulate([(quiet, PLAIN_SCRUM)], engine, room)
    return KnownFuture(path, points_delivered(quiet, undisturbed))
