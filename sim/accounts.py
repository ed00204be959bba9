"""What a trace comes to: the accounts of every incident, developer, sprint and story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

import sim.trace
from sim import ledger
from sim.calendars import Ints
from sim.compiling import compiled_where_possible
from sim.ledger import ACTIVITIES, INCIDENT_STAGES, OUTCOMES
from sim.sample_path import SamplePath
from sim.trace import Trace

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
    """(M, 4) every story of the backlog, columns B_…"""
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
    org, count = path.organisation, len(path.incidents)
    incidents = np.zeros((count, ledger.A_SPLIT + ledger.OUTSIDE + 1), dtype=np.int64)
    incidents[:, [ledger.A_OPENED, ledger.A_STARTED]] = -1
    incidents[:, ledger.A_STAGE] = ledger.OUTSIDE
    developers = np.zeros((org.developers, ledger.D_SPLIT + len(ACTIVITIES)), dtype=np.int64)
    developers[:, ledger.D_ACTIVITY] = ledger.IDLE
    sprints = np.zeros((org.teams, len(org.plannings) - 1, ledger.SPRINT_COLUMNS), dtype=np.int64)
    sprints[:, :, ledger.S_BEGINS] = -1
    stories = np.full((len(path.stories), 4), -1, dtype=np.int64)
    waits = np.zeros((len(org.severity), ledger.WAITS_COLUMNS), dtype=np.int64)
    spans = np.empty((4, count), dtype=np.int64)
    leads = np.empty(len(stories), dtype=np.int64)
    totals = np.zeros(ledger.TOTALS, dtype=np.int64)
    _loop()(
        trace,
        org.calendar.table,
        ledger.EFFECTS,
        np.array([since, org.horizon]),
        path.stories.points,
        path.incidents.kind,
        org.promises,
        np.empty(len(trace), dtype=np.int64),
        np.empty((3, max(len(trace), count)), dtype=np.int64),
        incidents,
        waits,
        spans,
        developers,
        sprints,
        np.zeros(org.teams, dtype=np.int64),
        stories,
        leads,
        totals,
    )
    return Accounts(
        incidents=incidents,
        waits=waits,
        spans=spans,
        activities=developers[:, ledger.D_SPLIT :],
        interruptions=developers[:, ledger.D_INTERRUPTIONS],
        calls=developers[:, ledger.D_CALLS],
        sprints=sprints,
        stories=stories,
        leads=leads[: totals[ledger.X_LEADS]],
        totals=totals,
    )


_DIMENSIONS = (2, 2, 2, 1, 1, 1, 2, 1, 2, 2, 2, 2, 2, 3, 1, 2, 1, 1)
"""Of the arguments of `ledger.follow`."""


@cache
def _loop() -> Callable[..., None]:
    return compiled_where_possible(ledger.follow, _DIMENSIONS, sim.trace)


def warm() -> None:
    """Compile what is needed ahead, where there is numba."""
    _loop()
