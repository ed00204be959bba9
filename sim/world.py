"""A sample path laid out in the kernel's tables, and the kernel run on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim import kernel as k
from sim.calendars import DAY, Calendar, Ints
from sim.incidents import REPORTED
from sim.policy import Policy, refused
from sim.sample_path import SamplePath
from sim.trace import COLUMNS, Trace

MOST_IDS = 1 << k.ID_BITS
"""Incidents, stories and developers are numbered below this."""

Live = Callable[[k.World], k.World]
"""Lives through a world and returns it as it is at the horizon; what an engine brings."""


class TooLargeError(Exception):
    """A path with more incidents than the kernel can number."""


def lived_through(path: SamplePath, policy: Policy, live: Live) -> Trace:
    """The trace of a run.

    A table that proves too small is doubled and the run begun again: it comes out the same.

    Raises:
        PolicyError: where `route` answers what is no answer.
        TooLargeError: for 16.7 million incidents or more.
    """
    count = len(path.incidents)
    if count >= MOST_IDS:
        raise TooLargeError(f"{count:,} possible incidents; a run can have {MOST_IDS - 1:,}")
    rows = 1_024 + 16 * count + 8 * len(path.stories) + 256 * path.organisation.developers
    events = 1_024 + 4 * path.organisation.developers
    while True:
        w = world(path, policy, rows, events)
        w = live(w)
        if w.world[k.W_REFUSED]:
            raise refused(policy, w.world[k.W_ANSWER])
        used = int(w.world[k.W_ROWS])
        if w.world[k.W_HEAP_FULL]:
            events *= 4
        elif used > rows:
            rows = used
        else:
            return np.asarray(w.trace)[:used]


def world(path: SamplePath, policy: Policy, rows: int, events: int) -> k.World:
    """Everything as it is before time 0, with room for so many trace rows and pending events."""
    org = path.organisation
    queues = 1 if policy.queue == "organisation" else org.teams
    state = np.zeros(k.WORLD_COLUMNS, dtype=np.int64)
    state[k.W_NEXT_DISPATCH] = -1
    incidents, parts = _incidents(path)
    return k.World(
        organisation=_organisation(path, queues),
        opens=org.calendar.opens,
        closes=org.calendar.closes,
        before=org.calendar.before,
        by_day=_openings_by_day(org.calendar),
        plannings=org.plannings,
        developers=_developers(path),
        spells=np.column_stack((path.absences.leaves, path.absences.returns)),
        teams=_teams(path),
        stories=_stories(path),
        incidents=incidents,
        parts=parts,
        queues=_empty_lists(queues),
        deferred=_empty_lists(org.teams),
        urgent=_empty_lists(1),
        to_ask=_no_team(org.teams),
        with_free=_no_team(org.teams),
        events=np.empty(events, dtype=np.int64),
        world=state,
        trace=np.empty((rows, len(COLUMNS)), dtype=np.int64),
        on_duty=policy.on_duty,
        reserve=policy.reserve,
        route=policy.route,
        takes=policy.takes,
        next_work=policy.next_work,
        p=policy.record(),
    )


def _organisation(path: SamplePath, queues: int) -> Ints:
    org = path.organisation
    row = np.zeros(k.ORGANISATION_COLUMNS, dtype=np.int64)
    row[k.O_HORIZON], row[k.O_CEREMONY] = org.horizon, org.ceremony
    row[k.O_BY_VELOCITY] = org.by_velocity
    row[k.O_SWITCH], row[k.O_RESUME] = org.switch, org.resume
    row[k.O_UNFAMILIARITY] = org.unfamiliarity
    row[k.O_TEAMS], row[k.O_QUEUES] = org.teams, queues
    row[k.O_REPORTED] = np.count_nonzero(path.incidents.cause == REPORTED)
    return row


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
        },
    )
    parts = _table(
        len(whose),
        k.PART_COLUMNS,
        {k.P_INCIDENT: whose, k.P_REMAINING: table.effort[whose], k.P_WAITS: 1},
    )
    return incidents, parts


def _table(rows: int, columns: int, values: dict[int, Any]) -> Ints:
    """A table of zeros with some columns filled."""
    table = np.zeros((rows, columns), dtype=np.int64)
    for column, value in values.items():
        table[:, column] = value
    return table


def _no_team(teams: int) -> Ints:
    """A set of teams with none in it."""
    return np.zeros(2 << (teams - 1).bit_length(), dtype=np.int64)


def _empty_lists(groups: int) -> Ints:
    return np.full((groups * k.SEVERITIES, 2), -1, dtype=np.int64)
