"""What a trace comes to: the accounts of every incident, developer, sprint and story."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

import sim.engine.trace
from sim.arrays import Ints
from sim.engine import states
from sim.engine.compiled.compiling import LoopOfTables, compiled_where_possible
from sim.engine.rows import Arrays
from sim.engine.states import Outcome
from sim.engine.trace import Trace
from sim.measures import book, ledger
from sim.measures.book import (
    ACTIVITIES,
    EFFECTS,
    INCIDENT_STAGES,
    OUTCOMES,
    SPANS,
    Book,
    DeveloperAccount,
    IncidentAccount,
    SprintAccount,
    StoryAccount,
    Totals,
    Waits,
)
from sim.sampling.sample_path import SamplePath

__all__ = ["ACTIVITIES", "INCIDENT_STAGES", "OUTCOMES", "Accounts", "accounts_of"]


@dataclass(frozen=True, eq=False)
class Accounts:
    """What became of everything. N incidents that opened, K kinds, D developers,
    T teams, S sprints, M stories.

    Times are seconds; -1: it has not come to that.
    """

    incidents: Ints
    """every possible incident, those that never opened too: each an `IncidentAccount`"""
    waits: Ints
    """(K, 11) by kind, of incidents that opened from `since` on and were not deflected: each a `Waits`"""
    spans: Ints
    """(4, ≥ N) how long these waited, as `Book` says"""
    activities: Ints
    """(D, 7) working seconds in each of ACTIVITIES, from `since` to the horizon"""
    interruptions: Ints
    """(D,) interruptions from `since` on"""
    calls: Ints
    """(D,) calls at night from `since` on"""
    duty: Ints
    """(D,) working seconds on support duty from `since` to the horizon"""
    sprints: Ints
    """(T, S, 9) each a `SprintAccount`"""
    stories: Ints
    """(M, 4) every story of the backlog, each a `StoryAccount`; sprints are numbered through all teams"""
    leads: Ints
    """seconds from committed or pulled to done, of each story done from `since` on"""
    totals: Ints
    """(14,) a `Totals`"""

    @cached_property
    def id(self) -> Ints:
        """The incidents that opened, (N,), by id."""
        return np.flatnonzero(self.incidents[:, IncidentAccount.opened] >= 0)

    @property
    def opened(self) -> Ints:
        """The second at which each incident opened, (N,)."""
        return self._of_opened(IncidentAccount.opened)

    @property
    def started(self) -> Ints:
        """The second at which the first developer started on each incident, (N,); -1: nobody
        has."""
        return self._of_opened(IncidentAccount.started)

    @property
    def ended(self) -> Ints:
        """The second at which each incident was deflected, resolved or withdrawn, (N,); -1: it is
        open."""
        return np.where(self.outcome == Outcome.OPEN, -1, self._of_opened(IncidentAccount.since))

    @property
    def outcome(self) -> Ints:
        """What has become of each incident, (N,), as a position in OUTCOMES."""
        return self._of_opened(IncidentAccount.outcome)

    @property
    def stages(self) -> Ints:
        """The seconds of each incident in each of INCIDENT_STAGES, until it ended or to the
        horizon, (N, 6)."""
        return self._of_opened(IncidentAccount.split)[:, : len(INCIDENT_STAGES)]

    def _of_opened(self, column: Any) -> Ints:
        chosen: Ints = self.incidents[self.id, column]
        return chosen


def accounts_of(path: SamplePath, trace: Trace, since: int = 0) -> Accounts:
    """Follow a trace from end to end; `since` is the second from which on it is measured."""
    org, count, rows = path.organisation, len(path.incidents), len(trace) + 1
    sprints = org.teams * org.sprint_count
    tables: dict[str, Any] = {
        "trace": trace,
        **_hours(path),
        "effects": EFFECTS,
        "span": np.array([since, org.horizon, *path.open_before]),
        "points": path.stories.points,
        "kind": path.incidents.kind,
        "worth": org.improvement_worth,
        "promises": org.promises,
        "worked": _room(rows),
        "of_incidents": _room(max(rows, count + 1)),
        "of_developers": _room(rows),
        "counted": _room(rows),
        "counts_by": _room(count),
        "incidents": _room(count, IncidentAccount.WIDTH),
        "waits": _room(len(org.severity), Waits.WIDTH),
        "spans": _room(SPANS * count),
        "developers": _room(org.developers, DeveloperAccount.WIDTH),
        "sprints": _room(sprints, SprintAccount.WIDTH),
        "current": _room(org.teams),
        "stories": _room(len(path.stories), StoryAccount.WIDTH),
        "leads": _room(len(path.stories) + 1),
        "totals": _room(Totals.WIDTH),
    }
    found: Arrays = Book(**tables)
    _loop()(found)
    return Accounts(
        incidents=found.incidents,
        waits=found.waits,
        spans=found.spans.reshape(SPANS, count),
        activities=found.developers[:, DeveloperAccount.split],
        interruptions=found.developers[:, DeveloperAccount.interruptions],
        calls=found.developers[:, DeveloperAccount.calls],
        duty=found.developers[:, DeveloperAccount.duty],
        sprints=found.sprints.reshape(org.teams, -1, SprintAccount.WIDTH),
        stories=found.stories,
        leads=found.leads[: found.totals[Totals.leads]],
        totals=found.totals,
    )


def _hours(path: SamplePath) -> dict[str, Ints]:
    hours = path.organisation.hours
    return {
        "hours": hours.intervals,
        "calendars": hours.spans,
        "keeps": hours.of_developer,
        "home": path.home_hours,
    }


def _room(*shape: int) -> Any:
    return np.empty(shape, dtype=np.int64)


@cache
def _loop() -> LoopOfTables:
    return compiled_where_possible(ledger.follow, Book, book, states, sim.engine.trace)


def warm() -> None:
    """Compile ahead what is needed, where there is numba."""
    _loop()
