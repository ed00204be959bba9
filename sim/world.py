"""A sample path laid out in the kernel's tables, and the kernel run on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim import kernel as k
from sim.calendars import DAY, Calendar, Ints
from sim.function_content import uses
from sim.incidents import REPORTED
from sim.organisation import Organisation
from sim.policy import Policy, refused
from sim.sample_path import SamplePath
from sim.trace import COLUMNS, Trace

NONE = -1

_INCIDENT = 1
"""Which argument of `takes` it is."""

MOST_IDS = 1 << k.ID_BITS
"""Incidents, stories and developers are numbered below this."""

Live = Callable[[Sequence[k.World]], Sequence[k.World]]
"""Lives through worlds and returns them as they are at the horizon; what an engine brings."""

Case = tuple[SamplePath, Policy]


class TooLargeError(Exception):
    """A path with more incidents than the kernel can number."""


class Room:
    """Memory that one batch of worlds after another lives in, in one thread.

    Memory new from the operating system costs as much as the run itself, and small tables of several
    threads in one cache line slow each other down. What was taken before a `clear` is overwritten
    after it.
    """

    _LINE = 8
    """Numbers in a cache line."""

    def __init__(self) -> None:
        self._memory = np.empty(0, dtype=np.int64)
        self._used = 0

    def clear(self) -> None:
        """Begin again from the start, with room for all that was wanted since the last time."""
        if self._used > len(self._memory):
            self._memory = np.empty(self._used, dtype=np.int64)
        self._used = 0

    def take(self, *shape: int) -> Ints:
        """A table in which anything may stand."""
        size, first = math.prod(shape), self._used
        self._used += -(-size // self._LINE) * self._LINE
        if self._used > len(self._memory):
            return np.empty(shape, dtype=np.int64)
        return self._memory[first : first + size].reshape(shape)

    def copy(self, table: Ints) -> Ints:
        """A table of the same content."""
        taken = self.take(*table.shape)
        taken[:] = table
        return taken

    def full(self, value: int, *shape: int) -> Ints:
        """A table of one value."""
        taken = self.take(*shape)
        taken[:] = value
        return taken


def lived_through(cases: Sequence[Case], live: Live, room: Room) -> list[Trace]:
    """The traces of runs, in `room`: they stand until it is cleared.

    Where a table proves too small it is enlarged and that run begun again: it comes out the same.

    Raises:
        PolicyError: where `route` answers what is no answer.
        TooLargeError: for 16.7 million incidents or more.
    """
    sizes = [_Sizes.for_path(path) for path, _ in cases]
    traces: list[Trace | None] = [None] * len(cases)
    while missing := [n for n, trace in enumerate(traces) if trace is None]:
        worlds = worlds_of([cases[n] for n in missing], room, [sizes[n] for n in missing])
        for n, w in zip(missing, live(worlds), strict=True):
            if w.world[k.W_REFUSED]:
                raise refused(cases[n][1], w.world[k.W_ANSWER])
            used = int(w.world[k.W_ROWS])
            if w.world[k.W_HEAP_FULL]:
                sizes[n] = sizes[n]._replace(events=4 * sizes[n].events)
            elif used > sizes[n].rows:
                sizes[n] = sizes[n]._replace(rows=used)
            else:
                traces[n] = np.asarray(w.trace)[:used]
    return [trace for trace in traces if trace is not None]


def worlds_of(
    cases: Sequence[Case], room: Room, sizes: Sequence[_Sizes] | None = None
) -> list[k.World]:
    """Paths and policies laid out in `room`, as they are before time 0."""
    if sizes is None:
        sizes = [_Sizes.for_path(path) for path, _ in cases]
    drafts = {key: _draft(path) for key, path in {id(path): path for path, _ in cases}.items()}
    last = {id(path): n for n, (path, _) in enumerate(cases)}
    return [
        _world(
            drafts[id(path)],
            policy,
            size,
            room,
            # The last to live through a path may write into the draft itself.
            _itself if last[id(path)] == n else room.copy,
        )
        for n, ((path, policy), size) in enumerate(zip(cases, sizes, strict=True))
    ]


def _itself(table: Ints) -> Ints:
    return table


class _Sizes(NamedTuple):
    """Room for trace rows and for pending events."""

    rows: int
    events: int

    @staticmethod
    def for_path(path: SamplePath) -> _Sizes:
        people, count = path.organisation.developers, len(path.incidents)
        return _Sizes(1_024 + 12 * count + 6 * len(path.stories) + 256 * people, 1_024 + 4 * people)


class _Draft(NamedTuple):
    """The tables of a path as they are before time 0, for any policy."""

    path: SamplePath
    organisation: Ints
    openings_by_day: Ints
    developers: Ints
    spells: Ints
    teams: Ints
    stories: Ints
    incidents: Ints
    parts: Ints
    improvements: Ints


def _draft(path: SamplePath) -> _Draft:
    count = len(path.incidents)
    if count >= MOST_IDS:
        raise TooLargeError(f"{count:,} possible incidents; a run can have {MOST_IDS - 1:,}")
    return _Draft(
        path,
        _organisation(path),
        _openings_by_day(path.organisation.calendar),
        _developers(path),
        np.column_stack((path.absences.leaves, path.absences.returns)),
        _teams(path),
        _stories(path),
        *_incidents(path),
        _improvements(path.organisation),
    )


def _world(
    draft: _Draft, policy: Policy, sizes: _Sizes, room: Room, own: Callable[[Ints], Ints]
) -> k.World:
    """Everything as it is before time 0 under a policy, with room for what is to come."""
    org = draft.path.organisation
    queues = 1 if policy.queue == "organisation" else org.teams
    rules = room.copy(draft.organisation)
    rules[k.O_QUEUES], rules[k.O_SPRINTS] = queues, policy.sprints
    rules[k.O_TIME_BOX] = policy.counted(policy.time_box, 0)
    rules[k.O_TAKES_ALIKE] = not uses(policy.takes, _INCIDENT)
    rules[k.O_TURN_SPRINTS] = max(1, policy.counted(policy.turns_last, 1))
    state = room.full(0, k.WORLD_COLUMNS)
    state[k.W_NEXT_DISPATCH], state[k.W_REPORT] = -1, k.NEVER
    return k.World(
        organisation=rules,
        opens=org.calendar.opens,
        closes=org.calendar.closes,
        before=org.calendar.before,
        by_day=draft.openings_by_day,
        plannings=org.plannings,
        keeps=org.improvement_keeps.ravel(),
        demand=room.full(k.MILLE, len(org.severity)),
        developers=own(draft.developers),
        spells=draft.spells,
        teams=own(draft.teams),
        stories=own(draft.stories),
        incidents=own(draft.incidents),
        parts=own(draft.parts),
        improvements=own(draft.improvements),
        queues=room.full(NONE, queues * k.SEVERITIES, 2),
        deferred=room.full(NONE, org.teams * k.SEVERITIES, 2),
        urgent=room.full(NONE, k.SEVERITIES, 2),
        to_ask=room.full(0, _places(org.teams)),
        with_free=room.full(0, _places(org.teams)),
        events=room.take(sizes.events),
        world=state,
        trace=room.take(sizes.rows, len(COLUMNS)),
        on_duty=policy.on_duty,
        reserve=policy.reserve,
        improve=policy.improve,
        route=policy.route,
        takes=policy.takes,
        next_work=policy.next_work,
        review=policy.review,
        p=policy.record(),
    )


def _organisation(path: SamplePath) -> Ints:
    org = path.organisation
    row = np.zeros(k.ORGANISATION_COLUMNS, dtype=np.int64)
    rules: dict[int, Any] = {
        k.O_HORIZON: org.horizon,
        k.O_CEREMONY: org.ceremony,
        k.O_BY_VELOCITY: org.by_velocity,
        k.O_SWITCH: org.switch,
        k.O_RESUME: org.resume,
        k.O_UNFAMILIARITY: org.unfamiliarity,
        k.O_TEAMS: org.teams,
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
    row[list(rules)] = list(rules.values())
    row[k.O_PAGED :] = org.paged
    return row


def _improvements(org: Organisation) -> Ints:
    efforts = org.improvement_effort
    return _table(len(efforts), k.IMPROVEMENT_COLUMNS, {k.M_REMAINING: efforts})


def _openings_by_day(calendar: Calendar) -> Ints:
    """How many opening intervals have begun by each midnight."""
    midnights = np.arange(calendar.end // DAY + 2, dtype=np.int64) * DAY
    return np.searchsorted(calendar.opens, midnights, side="right")


def _developers(path: SamplePath) -> Ints:
    org = path.organisation
    edges = np.searchsorted(path.absences.developer, np.arange(org.developers + 1))
    return _table(
        org.developers,
        k.DEVELOPER_COLUMNS,
        {
            k.D_TEAM: org.team,
            k.D_SEAT: org.seat,
            k.D_RANK: org.rank,
            k.D_HELD: -1,
            k.D_UNTIL: k.NEVER,
            k.D_SPELL: edges[:-1],
            k.D_SPELL_END: edges[1:],
        },
    )


def _teams(path: SamplePath) -> Ints:
    org, first = path.organisation, path.stories.first
    size = np.diff(org.team_first)
    return _table(
        org.teams,
        k.TEAM_COLUMNS,
        {
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
        },
    )


def _stories(path: SamplePath) -> Ints:
    stories = path.stories
    return _table(
        len(stories),
        k.STORY_COLUMNS,
        {
            k.S_POINTS: stories.points,
            k.S_ESTIMATE: stories.estimate,
            k.S_EFFORT: stories.effort,
            k.S_REGRESSION: stories.regression,
            k.S_REMAINING: stories.effort,
            k.S_LUCK: stories.luck,
        },
    )


def _incidents(path: SamplePath) -> tuple[Ints, Ints]:
    """The table of incidents, and that of the parts of each."""
    org, table = path.organisation, path.incidents
    kind = table.kind
    people = org.people[kind]
    whose = np.repeat(np.arange(len(table)), people)
    incidents = _table(
        len(table),
        k.INCIDENT_COLUMNS,
        {
            k.I_KIND: kind,
            k.I_SEVERITY: org.severity[kind],
            k.I_TEAM: table.team,
            k.I_PEOPLE: people,
            k.I_EXPECTED: org.expected[kind],
            k.I_OPENED: table.opened,
            k.I_AFTER: table.after,
            k.I_EFFORT: table.effort,
            k.I_DEFLECTED: table.deflected,
            k.I_FIRST_LINE: table.first_line,
            k.I_REOPENING: table.reopening,
            k.I_ABANDON_AFTER: org.abandon_after[kind],
            k.I_STAGE: k.UNOPENED,
            k.I_UNFINISHED: people,
            k.I_WAITING: people,
            k.I_PART: np.cumsum(people) - people,
            k.I_CAUSE: table.cause,
            k.I_LUCK: table.luck,
            k.I_ESCALATE_AFTER: org.escalate_after[kind],
            k.I_BY_CLOCK: org.promises[kind, 2],
        },
    )
    parts = _table(
        len(whose),
        k.PART_COLUMNS,
        {k.P_INCIDENT: whose, k.P_REMAINING: table.effort[whose], k.P_WAITS: 1},
    )
    return incidents, parts


def _table(rows: int, columns: int, values: dict[int, Any]) -> Ints:
    """A table of zeros with some columns filled, in blocks that the processor's cache holds."""
    table = np.zeros((rows, columns), dtype=np.int64)
    spread = {column: np.broadcast_to(value, rows) for column, value in values.items()}
    for first in range(0, rows, 1_024):
        block = table[first : first + 1_024]
        for column, value in spread.items():
            block[:, column] = value[first : first + 1_024]
    return table


def _places(teams: int) -> int:
    """Of the tree that holds a set of teams."""
    return 2 << (teams - 1).bit_length()
