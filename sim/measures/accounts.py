"""What a trace comes to: the accounts of every incident, developer, sprint and story."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

import sim.engine.trace
from sim.arrays import Ints, read_only
from sim.engine import states
from sim.engine.block import Block
from sim.engine.cases import Workspace
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
from sim.sampling.organisation import Organisation
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

    def without_details(self) -> Accounts:
        """The same without the accounts of single incidents and stories, which take most memory."""
        none = np.empty((0, self.incidents.shape[1]), dtype=np.int64)
        return replace(self, incidents=none, stories=self.stories[:0].copy())

    def _of_opened(self, column: Any) -> Ints:
        chosen: Ints = self.incidents[self.id, column]
        return chosen


def accounts_of(path: SamplePath, trace: Trace, since: int = 0) -> Accounts:
    """Follow a trace from end to end; `since` is the second from which on it is measured."""
    org, count = path.organisation, len(path.incidents)
    accounts, details = Block(_figures(path), _room), Block(_details(path), _room)
    tables: dict[str, Any] = {
        "trace": trace,
        "span": np.array([since, org.horizon, *path.open_before]),
        "effects": EFFECTS,
        "points": path.stories.points,
        "kind": path.incidents.kind,
        "home": path.home_hours,
        **_of_organisation(org),
        **accounts.tables,
        **details.tables,
        **_notes(path, len(trace) + 1),
    }
    found: Arrays = Book(**tables)
    _loop()(found, accounts)
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


@lru_cache(maxsize=8)
def _of_organisation(org: Organisation) -> dict[str, Any]:
    """The tables that are read in all runs of an organisation; nobody writes to them."""
    tables = {
        "hours": org.hours.intervals,
        "calendars": org.hours.spans,
        "keeps": org.hours.of_developer,
        "worth": org.improvement_worth,
        "promises": org.promises,
    }
    return {name: read_only(table) for name, table in tables.items()}


def _room(size: int) -> Ints:
    return np.empty(size, dtype=np.int64)


def _details(path: SamplePath) -> dict[str, tuple[int, ...]]:
    """The shapes of the accounts of single incidents and stories."""
    return {
        "incidents": (len(path.incidents), IncidentAccount.WIDTH),
        "stories": (len(path.stories), StoryAccount.WIDTH),
    }


def _figures(path: SamplePath) -> dict[str, tuple[int, ...]]:
    """The shapes of the tables that figures are made of."""
    org, count, stories = path.organisation, len(path.incidents), len(path.stories)
    return {
        "waits": (len(org.severity), Waits.WIDTH),
        "spans": (SPANS * count,),
        "developers": (org.developers, DeveloperAccount.WIDTH),
        "sprints": (org.teams * org.sprint_count, SprintAccount.WIDTH),
        "current": (org.teams,),
        "leads": (stories + 1,),
        "totals": (Totals.WIDTH,),
    }


_thread = threading.local()
"""Memory that the passes of a thread note things in, in turn."""


def _notes(path: SamplePath, rows: int) -> dict[str, Any]:
    """Tables in which passes note what later ones read."""
    count, room = len(path.incidents), _thread.__dict__.setdefault("room", Workspace())
    shapes = {
        "worked": (rows,),
        "of_incidents": (max(rows, count + 1),),
        "of_developers": (rows,),
        "counted": (rows,),
        "counts_by": (count,),
    }
    return Block(shapes, room.of).tables


@cache
def _loop() -> LoopOfTables:
    return compiled_where_possible(ledger.follow, Book, book, states, sim.engine.trace)


def warm() -> None:
    """Compile ahead what is needed, where there is numba."""
    _loop()
