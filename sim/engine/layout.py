"""A sample path laid out in the kernel's tables, and the kernel run on it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import groupby
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Ints, read_only
from sim.engine import kernel as k
from sim.engine.block import Block
from sim.engine.cases import Case, Workspace
from sim.engine.kernel.tables import (
    OF_A_STORY,
    SETS_OF_TEAMS,
    TABLES,
    TEAMS_IN_WORD,
    CalendarRow,
    DeveloperRow,
    GivenRow,
    ImprovementRow,
    KindRow,
    MoreOfTeamRow,
    PersonRow,
    RunRow,
    TeamRow,
)
from sim.engine.rows import Arrays, Row
from sim.engine.rules import (
    SEVERITY_PLACES,
    Rules,
    parameters_in,
    rules_of_change,
    rules_of_future,
    rules_of_organisation,
)
from sim.engine.settled import Numbers, numbers_of, numbers_of_policy
from sim.engine.states import NEVER
from sim.engine.trace import Trace
from sim.errors import CannotDoError
from sim.policy.answers import answering
from sim.policy.changeover import Changeover, Plan
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.policy.kin import KINS
from sim.sampling.calendars import WEEK
from sim.sampling.incidents import Incidents
from sim.sampling.injected import Given
from sim.sampling.organisation import MILLE, Organisation
from sim.sampling.sample_path import SamplePath
from sim.scenario.size import MAX_IDS

NONE = -1

NONE_GIVEN = read_only(np.empty((0, GivenRow.WIDTH), dtype=np.int64))


class Ended(NamedTuple):
    """How a run came to its end."""

    rows: int
    """of its trace, those included for which there was no room"""
    heap_full: bool
    """events were lost, for which there was no room"""
    parts_full: bool
    """parts of an incident were, which the policy has several people work on"""
    trace: Ints
    """as many rows as there was room for"""


class Simulator(NamedTuple):
    """Lives through a world."""

    begin: Callable[[Arrays], Ended]
    """to the end, or until the policy changes"""
    go_on: Callable[[Arrays], Ended]
    """from there, in the same world with the other policy"""


Ready = Callable[[Arrays, Block], Simulator]
"""What an engine brings: made ready for the tables of a world, which many policies live in in turn; the block
is that of those it writes to."""


class TooLargeError(CannotDoError):
    """A path with more incidents than the kernel can number."""


def simulated(cases: Sequence[Case], ready: Ready, room: Workspace) -> Iterator[Trace]:
    """The trace of each run, in `room`: it stands until the next is asked for.

    Where a table proves too small it is enlarged and that run begun again: it comes out the same.

    Raises:
        TooLargeError: for 16.7 million incidents or more.
    """
    for _, group in groupby(cases, key=lambda case: id(case[0])):
        of_path = list(group)
        path, sizes = of_path[0][0], Sizes.for_path(of_path[0][0])
        tables = PathTables(path, sizes, room, len(of_path) > 1)
        live = ready(tables.world, tables.block)
        for _, plan in of_path:
            while True:
                ended = _lived(tables, live, plan)
                if ended.heap_full:
                    sizes = sizes._replace(events=4 * sizes.events)
                elif ended.parts_full:
                    sizes = sizes._replace(parts=4 * sizes.parts)
                elif ended.rows > sizes.rows:
                    sizes = sizes._replace(rows=ended.rows)
                else:
                    break
                tables = PathTables(path, sizes, room, len(of_path) > 1)
                live = ready(tables.world, tables.block)
            yield ended.trace[: ended.rows]


def _lived(tables: PathTables, live: Simulator, plan: Plan) -> Ended:
    if not isinstance(plan, Changeover):
        return live.begin(tables.for_policy(plan))
    before, after = rules_of_change(plan, tables.world.rules[Rules.teams])
    ended = live.begin(tables.for_policy(plan.before, before, plan.week * WEEK))
    if ended.heap_full or ended.parts_full:
        return ended
    return live.go_on(tables.for_next_policy(plan.after, after))


def asking(plan: Plan) -> Plan:
    """The same plan, whose policies' answers are checked in Python."""
    if isinstance(plan, Changeover):
        return Changeover(answering(plan.before), answering(plan.after), plan.week)
    return answering(plan)


class Sizes(NamedTuple):
    """Room for trace rows, for pending events, and for parts of incidents."""

    rows: int
    events: int
    parts: int

    @staticmethod
    def for_path(path: SamplePath) -> Sizes:
        """The room that a run of this path is likely to need."""
        org, count = path.organisation, len(path.incidents)
        people = org.developers
        rows = 1_024 + 12 * count + 6 * len(path.stories) + 256 * people
        parts = int(org.people[path.incidents.kind].sum())
        return Sizes(rows, 1_024 + people, 64 + 2 * parts)  # some policies put more people on one


# ---- tables --------------------------------------------------------------------------------------


class PathTables:
    """The tables of a path in one piece of memory, in which one policy after another lives.

    Raises:
        TooLargeError: for 16.7 million incidents or more.
    """

    def __init__(self, path: SamplePath, sizes: Sizes, room: Workspace, several: bool) -> None:
        count = len(path.incidents)
        if count > MAX_IDS:
            raise TooLargeError(f"{count:,} possible incidents; a run can have {MAX_IDS:,}")
        self.block = Block(_shapes(path, sizes), room.of, lambda places: several * places["events"])
        kept = self.block.places["events"]  # what follows is written to before it is read
        self._begins, self._kept = self.block.memory[:kept], self.block.memory[self.block.size :]
        self.world: Arrays = k.WorldTables(
            **self.block.tables,
            **_of_organisation(path.organisation),
            **_of_path(path),
            **_NOBODY,
        )
        self._path, self._fresh = path, True
        _lay_out_organisation(path.organisation, self.world, self._begins)
        _lay_out_path(path, self.world)
        if several:
            self._kept[:] = self._begins

    def for_policy(
        self, policy: Policy, rules: Mapping[str, Any] | None = None, until: int = NEVER
    ) -> Arrays:
        """The world as it is before time 0, for one policy. Whatever lived in it is overwritten.

        A second time only where `several` are to live in it.

        Args:
            policy: that is in force.
            rules: what it settles, where that is not what it settles alone.
            until: the second at which another takes its place.
        """
        if not self._fresh:
            self._begins[:] = self._kept
        self._fresh = False
        w = self.world._replace(**_decisions(self._path, policy))
        w.events[:] = w.completions[:] = NEVER
        if until < NEVER:
            w.run[RunRow.until] = k.event_of(until, 0, 0)
        _settle(w, numbers_of(rules) if rules else numbers_of_policy(policy, len(w.teams)))
        return w

    def for_next_policy(self, policy: Policy, rules: Mapping[str, Any]) -> Arrays:
        """The world as it has become, for the policy that takes over, and what is settled then."""
        w = self.world._replace(**_decisions(self._path, policy))
        w.run[RunRow.until], w.run[RunRow.changed] = NEVER, 1
        _settle(w, numbers_of(rules))
        return w


def _settle(w: Arrays, rules: Numbers) -> None:
    extended = w.rules[Rules.extended]
    places, values = rules
    w.rules[places] = values
    w.rules[Rules.extended] |= extended


_NOBODY = {name: getattr(PLAIN_SCRUM, name) for name in DECISIONS} | {"p": None}
"""Whose decisions a world has before anybody lives in it."""


def _decisions(path: SamplePath, policy: Policy) -> dict[str, Any]:
    parameters = parameters_in(path, policy)
    return {name: getattr(policy, name) for name in DECISIONS} | {"p": parameters}


def _shapes(path: SamplePath, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """The shapes of the tables that a run reads and writes; what stands behind `events` is written
    before it is read."""
    org = path.organisation
    rows = {
        "events": sizes.events,
        "completions": 2 * org.developers,
        "stories": len(path.stories),
        "incidents": len(path.incidents),
        "more": len(path.incidents),
        "parts": sizes.parts,
        "trace": sizes.rows,
    }
    return _shapes_at_the_beginning(org) | _shaped(rows)


def _shapes_at_the_beginning(org: Organisation) -> dict[str, tuple[int, ...]]:
    """The shapes of the tables that are filled before time 0, in any future of an organisation."""
    marks, lists = -(-org.teams // TEAMS_IN_WORD), org.teams * SEVERITY_PLACES
    rows = {
        "rules": Rules.WIDTH,
        "run": RunRow.WIDTH,
        "demand": len(org.severity),
        **dict.fromkeys(SETS_OF_TEAMS, marks),
        "queues": KINS * lists,
        "deferred": lists,
        "urgent": SEVERITY_PLACES + KINS * lists,
        "begun_waiting": KINS * lists,
        "refused": SEVERITY_PLACES,
        "offers": KINS * org.teams,
        "heads": KINS,
        "developers": org.developers,
        "persons": org.developers,
        "teams": org.teams,
        "more_of_teams": org.teams,
        "improvements": len(org.improvement_effort),
        "kinds": len(org.severity),
        "calendars": len(org.hours.calendars),
    }
    return _shaped(rows)


BEGUN = (
    "rules", "run", "demand", *SETS_OF_TEAMS, "queues", "deferred", "urgent", "begun_waiting", "refused",
    "offers", "heads", "developers", "persons", "teams", "more_of_teams", "improvements", "kinds", "calendars",
)  # fmt: skip
"""The tables that are filled before time 0, and written to after it."""


def _shaped(rows: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    return {name: (count, *TABLES[name].shape) for name, count in rows.items()}


def tables_of_organisation(org: Organisation) -> dict[str, Ints]:
    """The tables of a world that are the same in all futures of an organisation: those that are read alone, and
    the others as they are before time 0, but for what a path and a policy settle."""
    block = Block(_shapes_at_the_beginning(org))
    block.memory[:] = 0
    _fill_for_organisation(org, SimpleNamespace(**block.tables))
    return {**_of_organisation(org), **block.tables}


_KEPT = 8
"""Organisations whose tables are kept: a study asks for the same in every replication."""


@lru_cache(maxsize=_KEPT)
def _of_organisation(org: Organisation) -> dict[str, Any]:
    """The tables that all paths of an organisation share; nobody writes to them."""
    tables = {
        **org.hours.tables,
        "plannings": org.plannings.ravel(),
        "meetings": org.meetings.ravel(),
        "due_dates": org.due_dates,
        "freezes": org.freezes,
        "thinning": org.improvement_thinning.ravel(),
    }
    return {name: read_only(table) for name, table in tables.items()}


def _of_path(path: SamplePath) -> dict[str, Any]:
    """The tables of a path that a run reads."""
    absences = path.absences
    return {
        "departures": path.leaves.ravel(),
        "given": _given(path.given),
        "spells": np.column_stack((absences.leaves, absences.returns)),
        **{column.name: getattr(path.incidents, column.name) for column in fields(Incidents)},
        **{f"story_{name}": getattr(path.stories, name) for name in OF_A_STORY},
    }


def _given(given: Given) -> Ints:
    if not len(given):
        return NONE_GIVEN
    return np.column_stack([getattr(given, name) for name in GivenRow.FIELDS])


_begun: OrderedDict[int, tuple[Organisation, Ints]] = OrderedDict()
"""By an organisation's id, how its worlds begin."""


def _lay_out_organisation(org: Organisation, w: Arrays, begins: Ints) -> None:
    """Fill the tables with what is so before time 0 in any future and for any policy; `begins`: the memory
    in which they stand."""
    known, before = _begun.get(id(org), (None, begins))
    if known is org:
        begins[:] = before
        return
    _fill_for_organisation(org, w)
    while len(_begun) >= _KEPT:
        _begun.popitem(last=False)
    _begun[id(org)] = org, begins.copy()


def _fill_for_organisation(org: Organisation, w: Arrays) -> None:
    for name in ("begun_waiting", "refused", *SETS_OF_TEAMS):
        getattr(w, name)[:] = 0
    w.demand[:] = MILLE
    for lists in (w.queues, w.deferred, w.urgent):
        lists[:] = NONE
    _fill(w.rules, Rules, rules_of_organisation(org))
    start: Fields = {"next_dispatch": NONE, "report": NEVER, "free": org.developers, "until": NEVER}
    _fill(w.run, RunRow, start)
    _fill(w.developers, DeveloperRow, _developers(org))
    _fill(w.teams, TeamRow, _teams(org))
    _fill(w.persons, PersonRow, _persons(org))
    _fill(w.more_of_teams, MoreOfTeamRow, {"keeps": org.hours.of_team})
    _fill(w.improvements, ImprovementRow, _improvements(org))
    _fill(w.kinds, KindRow, _kinds(org))
    first, last = org.hours.spans.T
    begins: Fields = {"first": first, "opening": first, "closing": first, "last": last}
    _fill(w.calendars, CalendarRow, begins)


def _lay_out_path(path: SamplePath, w: Arrays) -> None:
    """Fill in what is so in this future, for any policy."""
    for name, value in rules_of_future(path).items():
        w.rules[getattr(Rules, name)] = value
    edges = np.searchsorted(path.absences.developer, np.arange(len(w.developers) + 1))
    w.developers[:, DeveloperRow.spell] = edges[:-1]
    w.developers[:, DeveloperRow.spell_end] = edges[1:]
    first = path.stories.first
    w.teams[:, AT_FIRST_STORY] = first[:-1, np.newaxis]
    w.teams[:, TeamRow.backlog_end] = first[1:]


AT_FIRST_STORY = [
    TeamRow.backlog,
    TeamRow.unstarted,
    TeamRow.unfinished,
    TeamRow.sprint_end,
    TeamRow.known,
]
"""Where a team has come to in its stories."""

Fields = dict[str, Any]
"""What stands in a field, in each row or in all."""


def _fill(table: Ints, row: type[Row], fields: Fields) -> None:
    """Fill a table; the fields that are not named are 0."""
    table[...] = 0
    for name, value in fields.items():
        table[..., getattr(row, name)] = value


def _developers(org: Organisation) -> Fields:
    return {
        "team": org.team,
        "seat": org.seat,
        "rank": org.rank,
        "paused": -1,
        "until": NEVER,
    }


def _persons(org: Organisation) -> Fields:
    return {
        "keeps": org.hours.of_developer,
        "week": org.hours.week,
        "ramp": org.ramp,
        "joined": np.where(org.hours.joins >= 0, org.hours.joins, NEVER),
    }


def _teams(org: Organisation) -> Fields:
    size = np.diff(org.team_first)
    return {
        "first": org.team_first[:-1],
        "last": org.team_first[1:],
        "focus": org.focus,
        "slowdown": MILLE * MILLE // org.focus,
        "sprint": -1,
        "present": size,
        "here": size,
        "free": size,
    }


def _kinds(org: Organisation) -> Fields:
    alike = {name: getattr(org, name) for name in KindRow.FIELDS if hasattr(org, name)}
    respond, resolve, by_clock = org.promises.T
    due = {"due_from": org.due_first[:-1], "due_to": org.due_first[1:]}
    return alike | due | {"respond": respond, "resolve": resolve, "by_clock": by_clock}


def _improvements(org: Organisation) -> Fields:
    effort = org.improvement_effort
    return {"remaining": effort, "effort": effort}
