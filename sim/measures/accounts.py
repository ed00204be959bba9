"""What a trace comes to: the accounts of every incident, developer, sprint and story."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

import numpy as np

import sim.engine.trace
from sim.arrays import Ints, read_only
from sim.engine import states
from sim.engine.block import Block
from sim.engine.cases import Workspace
from sim.engine.compiled.compiling import LoopOfTables, OnTables, compiled_where_possible
from sim.engine.rows import Arrays
from sim.engine.states import Outcome
from sim.engine.trace import Trace
from sim.measures import book, in_order, ledger
from sim.measures.book import (
    ACTIVITIES,
    EFFECTS,
    INCIDENT_STAGES,
    OF_LEADS,
    OF_WAITS,
    OUTCOMES,
    SHARES,
    SPANS,
    Book,
    DeveloperAccount,
    IncidentAccount,
    SprintAccount,
    StoryAccount,
    Totals,
    Waits,
)
from sim.measures.groups import distinct, tables_of_groups
from sim.measures.in_order import DIGITS
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
    """every possible incident, those that never opened too: each an `IncidentAccount`; none without details"""
    waits: Ints
    """(K, 13) by kind, of incidents that opened from `since` on and were not deflected: each a `Waits`"""
    ordered: Ints
    """(G, 4, 2 Q) how long they waited: of each span of each of `groups.distinct`, the two that each of QUANTILES lies
    between"""
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
    """(2 Q,) the seconds from committed or pulled to done, of stories done from `since` on, that each of LEADS lies
    between"""
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
    return Bookkeeper(path, since).accounts(trace)


class Bookkeeper:
    """Follows the runs of a path, one after the other."""

    def __init__(
        self, path: SamplePath, since: int = 0, details: bool = True, runs: int = 1
    ) -> None:
        """Get ready to follow the runs of a path.

        Args:
            path: which they are of.
            since: the second from which on they are measured.
            details: whether the accounts of single incidents and stories are to stay; else what is
                given out has none, and takes a tenth of the memory.
            runs: how many there are to be.
        """
        self._path, self._details = path, details
        org = path.organisation
        self._read = {
            "span": np.array([since, org.horizon, *path.open_before]),
            "effects": EFFECTS,
            "points": path.stories.points,
            "kind": path.incidents.kind,
            "home": path.home_hours,
            "shares": SHARES,
            **tables_of_groups(org),
            **_of_organisation(org),
        }
        self._shapes = _figures(path) | (_details(path) if details else {})
        # All runs are followed in the same memory, which a processor has at hand, and each copied from there.
        self._found = Block(self._shapes, _room)
        self._stays = self._found.memory[np.newaxis]
        if runs > 1:
            self._stays = _room(runs * self._found.size).reshape(runs, -1)
        self._given_out = 0
        self._rows = -1
        self._run: OnTables | None = None

    def accounts(self, trace: Trace) -> Accounts:
        """Follow a trace from end to end."""
        if self._run is None or len(trace) > self._rows:
            self._run = self._ready(trace)
        else:
            self._run.put({"trace": trace})
        self._run()
        stays = self._stays[self._given_out]
        self._given_out += 1
        stays[:] = self._found.memory
        return self._told(self._found.within(stays))

    def _ready(self, trace: Trace) -> OnTables:
        self._rows = len(trace) + len(trace) // 4
        tables = {"trace": trace, **self._read, **self._found.tables, **self._notes()}
        found: Arrays = Book(**tables)
        return loop().on(found, self._found)

    def _notes(self) -> dict[str, Any]:
        """Tables in which passes note what later ones read; and details that do not stay."""
        rows, count = self._rows + 1, len(self._path.incidents)
        shapes: dict[str, tuple[int, ...]] = {
            "worked": (rows,),
            "of_incidents": (max(rows, count + 1),),
            "of_developers": (rows,),
            "counted": (rows,),
            "counts_by": (count,),
            "spans": (SPANS * count,),
            "gathered": (2 * max(count, len(self._path.stories)) + 1,),
            "dealt": (DIGITS,),
        }
        room = _thread.__dict__.setdefault("room", Workspace())
        return Block(shapes | ({} if self._details else _details(self._path)), room.of).tables

    def _told(self, tables: dict[str, Any]) -> Accounts:
        org, developers = self._path.organisation, tables["developers"]
        ordered, leads = np.split(tables["ordered"], [-2 * OF_LEADS])
        return Accounts(
            incidents=tables.get("incidents", _NO_INCIDENTS),
            waits=tables["waits"],
            ordered=ordered.reshape(-1, SPANS, 2 * OF_WAITS),
            activities=developers[:, DeveloperAccount.split],
            interruptions=developers[:, DeveloperAccount.interruptions],
            calls=developers[:, DeveloperAccount.calls],
            duty=developers[:, DeveloperAccount.duty],
            sprints=tables["sprints"].reshape(org.teams, -1, SprintAccount.WIDTH),
            stories=tables.get("stories", _NO_STORIES),
            leads=leads,
            totals=tables["totals"],
        )


_NO_INCIDENTS = np.empty((0, IncidentAccount.WIDTH), dtype=np.int64)
_NO_STORIES = np.empty((0, StoryAccount.WIDTH), dtype=np.int64)


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
    org = path.organisation
    groups = len(distinct(org)) * SPANS
    return {
        "waits": (len(org.severity), Waits.WIDTH),
        "developers": (org.developers, DeveloperAccount.WIDTH),
        "sprints": (org.teams * org.sprint_count, SprintAccount.WIDTH),
        "current": (org.teams,),
        "ordered": (2 * (groups * OF_WAITS + OF_LEADS),),
        "totals": (Totals.WIDTH,),
    }


_thread = threading.local()
"""Memory that the passes of a thread note things in, in turn."""


@cache
def loop() -> LoopOfTables:
    """What follows a trace, compiled where there is numba."""
    return compiled_where_possible(ledger.follow, Book, book, in_order, states, sim.engine.trace)


def warm() -> None:
    """Compile ahead what is needed, where there is numba."""
    loop()
