"""A sample path laid out in the kernel's tables, and the kernel run on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Ints
from sim.engine import kernel as k
from sim.engine.cases import Case, Room
from sim.engine.trace import COLUMNS, Trace
from sim.errors import CannotDoError
from sim.policy.contract import DECISIONS, PLAIN_SCRUM, Policy
from sim.policy.fingerprint import uses
from sim.sampling.calendars import DAY, Calendar
from sim.sampling.incidents import REPORTED, Incidents
from sim.sampling.sample_path import SamplePath
from sim.scenario.size import MAX_IDS

NONE = -1

_INCIDENT = 1
"""Which argument of `takes` it is."""

Live = Callable[[k.World], k.World]
"""Lives through a world and returns it as it is at the horizon."""

Ready = Callable[[k.World], Live]
"""What an engine brings: made ready for the tables of a world, which many policies live in in turn."""


class TooLargeError(CannotDoError):
    """A path with more incidents than the kernel can number."""


def lived_through(cases: Sequence[Case], ready: Ready, room: Room) -> Iterator[Trace]:
    """The trace of each run, in `room`: it stands until the next is asked for.

    Where a table proves too small it is enlarged and that run begun again: it comes out the same.

    Raises:
        TooLargeError: for 16.7 million incidents or more.
    """
    for _, group in groupby(cases, key=lambda case: id(case[0])):
        of_path = list(group)
        path, sizes = of_path[0][0], Sizes.for_path(of_path[0][0])
        tables = Tables(path, sizes, room, len(of_path) > 1)
        live = ready(tables.world)
        for _, policy in of_path:
            while True:
                w = live(tables.for_policy(policy))
                used = int(w.world[k.W_ROWS])
                if w.world[k.W_HEAP_FULL]:
                    sizes = sizes._replace(events=4 * sizes.events)
                elif used > sizes.rows:
                    sizes = sizes._replace(rows=used)
                else:
                    break
                tables = Tables(path, sizes, room, len(of_path) > 1)
                live = ready(tables.world)
            yield np.asarray(w.trace)[:used]


class Sizes(NamedTuple):
    """Room for trace rows and for pending events."""

    rows: int
    events: int

    @staticmethod
    def for_path(path: SamplePath) -> Sizes:
        people, count = path.organisation.developers, len(path.incidents)
        return Sizes(1_024 + 12 * count + 6 * len(path.stories) + 256 * people, 1_024 + people)


# ---- tables --------------------------------------------------------------------------------------


class Tables:
    """The tables of a path in one piece of memory, in which one policy after another lives.

    Raises:
        TooLargeError: for 16.7 million incidents or more.
    """

    _LINE = 8
    """Numbers in a cache line: small tables that share one slow each other down."""

    def __init__(self, path: SamplePath, sizes: Sizes, room: Room, several: bool) -> None:
        count = len(path.incidents)
        if count > MAX_IDS:
            raise TooLargeError(f"{count:,} possible incidents; a run can have {MAX_IDS:,}")
        shapes = _shapes(path, sizes)
        places, size = {}, 0
        for name, shape in shapes.items():
            places[name] = size
            size += -(-math.prod(shape) // self._LINE) * self._LINE
        kept = places["events"]  # what follows is written to before it is read
        memory = room.of(size + several * kept)
        self._begins, self._kept = memory[:kept], memory[size : size + several * kept]
        tables = {
            name: memory[places[name] : places[name] + math.prod(shape)].reshape(shape)
            for name, shape in shapes.items()
        }
        self.world = k.World(**tables, **_unchanging(path), **_decisions(PLAIN_SCRUM))
        self._fresh = True
        _lay_out(path, self.world)
        if several:
            self._kept[:] = self._begins

    def for_policy(self, policy: Policy) -> k.World:
        """The world as it is before time 0, for one policy. Whatever lived in it is overwritten.

        A second time only where `several` are to live in it.
        """
        if not self._fresh:
            self._begins[:] = self._kept
        self._fresh = False
        w = self.world._replace(**_decisions(policy))
        w.events[:] = w.completions[:] = k.NEVER
        rules = w.organisation
        if policy.queue == "organisation":
            rules[k.O_QUEUES] = 1
        rules[k.O_SPRINTS] = policy.sprints
        rules[k.O_TIME_BOX] = policy.counted(policy.time_box, 0)
        rules[k.O_TURN_SPRINTS] = max(1, policy.counted(policy.turns_last, 1))
        rules[k.O_TAKES_ALIKE] = not uses(policy.takes, _INCIDENT)
        return w


def _decisions(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in DECISIONS} | {"p": policy.record()}


def _shapes(path: SamplePath, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """Of the tables that a run reads and writes."""
    org = path.organisation
    lists = (org.teams * k.SEVERITIES, 2)
    return {
        "organisation": (k.ORGANISATION_COLUMNS,),
        "world": (k.WORLD_COLUMNS,),
        "demand": (len(org.severity),),
        "to_ask": (-(-org.teams // k.TEAMS_IN_WORD),),
        "with_free": (-(-org.teams // k.TEAMS_IN_WORD),),
        "queues": lists,
        "deferred": lists,
        "urgent": (k.SEVERITIES, 2),
        "developers": (org.developers, k.DEVELOPER_COLUMNS),
        "teams": (org.teams, k.TEAM_COLUMNS),
        "improvements": (len(org.improvement_effort), k.IMPROVEMENT_COLUMNS),
        "kinds": (len(org.severity), k.KIND_COLUMNS),
        "events": (sizes.events,),
        "completions": (2 * org.developers,),
        "stories": (len(path.stories), k.STORY_COLUMNS),
        "incidents": (len(path.incidents), k.INCIDENT_COLUMNS),
        "parts": (int(org.people[path.incidents.kind].sum()), k.PART_COLUMNS),
        "trace": (sizes.rows, len(COLUMNS)),
    }


def _unchanging(path: SamplePath) -> dict[str, Ints]:
    org, absences = path.organisation, path.absences
    return {
        "opens": org.calendar.opens,
        "closes": org.calendar.closes,
        "before": org.calendar.before,
        "by_day": _openings_by_day(org.calendar),
        "plannings": org.plannings,
        "keeps": org.improvement_keeps.ravel(),
        "spells": np.column_stack((absences.leaves, absences.returns)),
        **{column.name: getattr(path.incidents, column.name) for column in fields(Incidents)},
        **{f"story_{name}": getattr(path.stories, name) for name in k.OF_A_STORY},
    }


def _openings_by_day(calendar: Calendar) -> Ints:
    """How many opening intervals have begun by each midnight."""
    midnights = np.arange(calendar.end // DAY + 2, dtype=np.int64) * DAY
    return np.searchsorted(calendar.opens, midnights, side="right")


def _lay_out(path: SamplePath, w: k.World) -> None:
    """Fill the tables with what is so before time 0, for any policy."""
    org = path.organisation
    for row in (w.organisation, w.world, w.to_ask, w.with_free):
        row[:] = 0
    w.world[[k.W_NEXT_DISPATCH, k.W_REPORT, k.W_FREE]] = -1, k.NEVER, org.developers
    w.demand[:] = k.MILLE
    for lists in (w.queues, w.deferred, w.urgent):
        lists[:] = NONE
    rules = _organisation(path)
    w.organisation[list(rules)] = list(rules.values())
    w.organisation[k.O_PAGED :] = org.paged
    _fill(w.developers, _developers(path))
    _fill(w.teams, _teams(path))
    _fill(w.improvements, {k.M_REMAINING: org.improvement_effort})
    _fill(w.kinds, _kinds(path))


Columns = dict[int, Any]
"""By column of a table: what stands in it, in each row or in all."""


def _fill(table: Ints, columns: Columns) -> None:
    """And 0 in the others."""
    table[:] = 0
    for column, value in columns.items():
        table[:, column] = value


def _organisation(path: SamplePath) -> Columns:
    org = path.organisation
    return {
        k.O_HORIZON: org.horizon,
        k.O_CEREMONY: org.ceremony,
        k.O_BY_VELOCITY: org.by_velocity,
        k.O_SWITCH: org.switch,
        k.O_RESUME: org.resume,
        k.O_UNFAMILIARITY: org.unfamiliarity,
        k.O_TEAMS: org.teams,
        k.O_QUEUES: org.teams,
        k.O_REPORTED: np.count_nonzero(path.incidents.cause == REPORTED),
        k.O_FAMILIAR_AFTER: org.familiar_after,
        k.O_QUALITY_GAIN: org.quality_gain,
        k.O_QUALITY_AFTER: org.quality_after,
        k.O_REGRESSION_CHANCE: org.regression_chance,
        k.O_INTERRUPTED_REGRESSIONS: org.interrupted_regressions,
        k.O_SWAP_MEETING: org.swap_meeting,
        k.O_REPLAN: org.replan,
        k.O_REWORK: org.rework,
        k.O_HANDOVER: org.handover,
        k.O_ABSENCE: org.absence,
        k.O_KINDS: len(org.severity),
    }


def _developers(path: SamplePath) -> Columns:
    org = path.organisation
    edges = np.searchsorted(path.absences.developer, np.arange(org.developers + 1))
    return {
        k.D_TEAM: org.team,
        k.D_SEAT: org.seat,
        k.D_RANK: org.rank,
        k.D_HELD: -1,
        k.D_UNTIL: k.NEVER,
        k.D_SPELL: edges[:-1],
        k.D_SPELL_END: edges[1:],
    }


def _teams(path: SamplePath) -> Columns:
    org, first = path.organisation, path.stories.first
    size = np.diff(org.team_first)
    return {
        k.T_FIRST: org.team_first[:-1],
        k.T_LAST: org.team_first[1:],
        k.T_FOCUS: org.focus,
        k.T_STRETCH: k.MILLE * k.MILLE // org.focus,
        k.T_SPRINT: -1,
        k.T_PRESENT: size,
        k.T_HERE: size,
        k.T_FREE: size,
        k.T_BACKLOG: first[:-1],
        k.T_BACKLOG_END: first[1:],
        k.T_UNSTARTED: first[:-1],
        k.T_UNFINISHED: first[:-1],
        k.T_KNOWN: first[:-1],
    }


def _kinds(path: SamplePath) -> Columns:
    org = path.organisation
    return {
        k.K_SEVERITY: org.severity,
        k.K_PEOPLE: org.people,
        k.K_EXPECTED: org.expected,
        k.K_ABANDON_AFTER: org.abandon_after,
        k.K_ESCALATE_AFTER: org.escalate_after,
        k.K_BY_CLOCK: org.promises[:, 2],
    }
