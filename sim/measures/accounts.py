"""What a trace comes to: the accounts of every incident, developer, sprint and story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

import sim.engine.trace
from sim.arrays import Ints
from sim.engine.compiled.compiling import compiled_where_possible
from sim.engine.compiled.memory import ROW
from sim.engine.trace import Trace
from sim.measures import ledger
from sim.measures.ledger import ACTIVITIES, INCIDENT_STAGES, OUTCOMES
from sim.sampling.sample_path import SamplePath

__all__ = ["ACTIVITIES", "INCIDENT_STAGES", "OUTCOMES", "Accounts", "accounts_of"]


@dataclass(frozen=True, eq=False)
class Accounts:
    """What became of everything. N incidents that opened, K kinds, D developers,
    T teams, S sprints, M stories.

    Times are seconds; -1: it has not come to that.
    """

    incidents: Ints
    """every possible incident, those that never opened too: columns `ledger.A_…`"""
    waits: Ints
    """(K, 11) by kind, of incidents that opened from `since` on and were not deflected: columns W_…"""
    spans: Ints
    """(4, ≥ N) how long these waited, as `ledger.follow` says"""
    activities: Ints
    """(D, 7) working seconds in each of ACTIVITIES, from `since` to the horizon"""
    interruptions: Ints
    """(D,) interruptions from `since` on"""
    calls: Ints
    """(D,) calls at night from `since` on"""
    sprints: Ints
    """(T, S, 9) columns S_…"""
    stories: Ints
    """(M, 4) every story of the backlog, columns B_…; sprints are numbered through all teams"""
    leads: Ints
    """seconds from committed or pulled to done, of each story done from `since` on"""
    totals: Ints
    """(14,) columns X_…"""

    @cached_property
    def id(self) -> Ints:
        """(N,) incidents that opened, by id"""
        return np.flatnonzero(self.incidents[:, ledger.A_OPENED] >= 0)

    @property
    def opened(self) -> Ints:
        """(N,)"""
        return self._of_opened(ledger.A_OPENED)

    @property
    def started(self) -> Ints:
        """(N,) when the first developer started"""
        return self._of_opened(ledger.A_STARTED)

    @property
    def ended(self) -> Ints:
        """(N,) when it was deflected, resolved or withdrawn"""
        return np.where(self.outcome == ledger.OPEN, -1, self._of_opened(ledger.A_SINCE))

    @property
    def outcome(self) -> Ints:
        """(N,) position in OUTCOMES"""
        return self._of_opened(ledger.A_OUTCOME)

    @property
    def stages(self) -> Ints:
        """(N, 6) seconds in each of INCIDENT_STAGES, until it ended or to the horizon"""
        return self._of_opened(slice(ledger.A_SPLIT, ledger.A_SPLIT + len(INCIDENT_STAGES)))

    def _of_opened(self, column: int | slice) -> Ints:
        chosen: Ints = self.incidents[self.id, column]
        return chosen


def accounts_of(path: SamplePath, trace: Trace, since: int = 0) -> Accounts:
    """Follow a trace from end to end; `since` is when measuring begins."""
    org, count, rows = path.organisation, len(path.incidents), len(trace) + 1
    incidents = _room(count, ledger.INCIDENT_COLUMNS)
    developers = _room(org.developers, ledger.DEVELOPER_COLUMNS)
    sprints = _room(org.teams * (len(org.plannings) - 1), ledger.SPRINT_COLUMNS)
    stories = _room(len(path.stories), ledger.STORY_COLUMNS)
    waits = _room(len(org.severity), ledger.WAITS_COLUMNS)
    spans, leads, totals = _room(4 * count), _room(len(stories) + 1), _room(ledger.TOTALS)
    _loop()(
        trace,
        org.calendar.table,
        ledger.EFFECTS,
        np.array([since, org.horizon]),
        path.stories.points,
        path.incidents.kind,
        org.promises,
        _room(rows),
        _room(max(rows, count + 1)),
        _room(rows),
        _room(rows),
        incidents,
        waits,
        spans,
        developers,
        sprints,
        _room(org.teams),
        stories,
        leads,
        totals,
    )
    return Accounts(
        incidents=incidents,
        waits=waits,
        spans=spans.reshape(4, count),
        activities=developers[:, ledger.D_SPLIT :],
        interruptions=developers[:, ledger.D_INTERRUPTIONS],
        calls=developers[:, ledger.D_CALLS],
        sprints=sprints.reshape(org.teams, -1, ledger.SPRINT_COLUMNS),
        stories=stories,
        leads=leads[: totals[ledger.X_LEADS]],
        totals=totals,
    )


def _room(*shape: int) -> Ints:
    return np.empty(shape, dtype=np.int64)


_COLUMNS = [len(sim.engine.trace.COLUMNS), 3, ledger.EFFECTS.shape[1], ROW, ROW, ROW, 3]
_COLUMNS += [ROW, ROW, ROW, ROW, ledger.INCIDENT_COLUMNS, ledger.WAITS_COLUMNS, ROW]
_COLUMNS += [ledger.DEVELOPER_COLUMNS, ledger.SPRINT_COLUMNS, ROW, ledger.STORY_COLUMNS, ROW, ROW]
"""Of the arguments of `ledger.follow`."""


@cache
def _loop() -> Callable[..., None]:
    return compiled_where_possible(ledger.follow, _COLUMNS, sim.engine.trace)


def warm() -> None:
    """Compile what is needed ahead, where there is numba."""
    _loop()
