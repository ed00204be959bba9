"""Where the time went: exact splits of incidents' and developers' time, from the trace.

Each event that concerns an incident puts it into a stage; each that concerns a developer, into an
activity. The stretches between events are cut at closing time, so the parts of a split add up to
the whole, to the second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calendars import Calendar, Ints
from sim.sample_path import SamplePath
from sim.trace import Trace, Verb

TIME, VERB, ITEM, DEVELOPER, TEAM, VALUE = range(6)

INCIDENT_STAGES = (
    "closed_hours",
    "first_line",
    "sprint_boundary",
    "queue",
    "suspended",
    "in_work",
)
"""Where an incident's time can go. Closed hours are taken out of all the others."""

ACTIVITIES = ("stories", "incidents", "switching", "ceremonies", "absence", "idle")
"""Where a developer's working time can go."""

OUTCOMES = ("open", "deflected", "resolved", "withdrawn")

_CLOSED, _FIRST_LINE, _BOUNDARY, _QUEUE, _SUSPENDED, _IN_WORK = range(len(INCIDENT_STAGES))
_STORIES, _INCIDENTS, _SWITCHING, _CEREMONIES, _ABSENCE, _IDLE = range(len(ACTIVITIES))
_OUT = -1
"""Stage of an incident that has left the system."""
_UNCHANGED = -2


def _table(default: int, entries: dict[Verb, int]) -> Ints:
    table = np.full(max(Verb) + 1, default, dtype=np.int64)
    for verb, value in entries.items():
        table[verb] = value
    return table


_STAGE_AFTER = _table(
    _UNCHANGED,
    {
        Verb.OPENED: _FIRST_LINE,
        Verb.DEFERRED: _BOUNDARY,
        Verb.QUEUED: _QUEUE,
        Verb.STARTED: _IN_WORK,
        Verb.SUSPENDED: _SUSPENDED,
        Verb.PART_DONE: _SUSPENDED,
        Verb.DEFLECTED: _OUT,
        Verb.RESOLVED: _OUT,
        Verb.WITHDRAWN: _OUT,
    },
)

_ACTIVITY_AFTER = _table(
    _UNCHANGED,
    {
        Verb.STARTED: _INCIDENTS,
        Verb.SUSPENDED: _IDLE,
        Verb.PART_DONE: _IDLE,
        Verb.RESOLVED: _IDLE,
        Verb.STORY_STARTED: _STORIES,
        Verb.STORY_SUSPENDED: _IDLE,
        Verb.STORY_DONE: _IDLE,
        Verb.CEREMONY_BEGAN: _CEREMONIES,
        Verb.CEREMONY_ENDED: _IDLE,
        Verb.LEFT: _ABSENCE,
        Verb.RETURNED: _IDLE,
    },
)

_OUTCOME_OF = _table(0, {Verb.DEFLECTED: 1, Verb.RESOLVED: 2, Verb.WITHDRAWN: 3})


@dataclass(frozen=True, eq=False)
class IncidentAccounts:
    """The incidents that opened in a run, N of them, by id. Times in seconds."""

    id: Ints
    opened: Ints
    started: Ints
    """(N,) when the first developer started; -1: nobody has."""
    ended: Ints
    """(N,) when it was deflected, resolved or withdrawn; -1: still open at the horizon."""
    outcome: Ints
    """(N,) position in OUTCOMES."""
    stages: Ints
    """(N, 6) seconds in each of INCIDENT_STAGES, until it ended or to the horizon."""


def incident_accounts(path: SamplePath, trace: Trace) -> IncidentAccounts:
    """What became of every incident that opened."""
    org = path.organisation
    rows = trace[_STAGE_AFTER[trace[:, VERB]] != _UNCHANGED]
    rows = rows[np.argsort(rows[:, ITEM], kind="stable")]
    ids, first, group = np.unique(rows[:, ITEM], return_index=True, return_inverse=True)
    stage = _STAGE_AFTER[rows[:, VERB]]
    shared = np.isin(rows[:, VERB], (Verb.SUSPENDED, Verb.PART_DONE)) & (rows[:, VALUE] > 0)
    stage[shared] = _IN_WORK
    begins, ends = rows[:, TIME], _next_times(rows[:, TIME], group, org.horizon)
    inside = stage != _OUT
    stages = _split(group[inside], stage[inside], begins[inside], ends[inside], org.calendar, ids)
    outcome, ended = np.zeros(len(ids), dtype=np.int64), np.full(len(ids), -1, dtype=np.int64)
    outcome[group[~inside]] = _OUTCOME_OF[rows[~inside, VERB]]
    ended[group[~inside]] = rows[~inside, TIME]
    starts = rows[:, VERB] == Verb.STARTED
    started = np.full(len(ids), -1, dtype=np.int64)
    who, at = np.unique(group[starts], return_index=True)
    started[who] = rows[starts, TIME][at]
    return IncidentAccounts(ids, rows[first, TIME], started, ended, outcome, stages)


def _split(
    group: Ints, stage: Ints, begins: Ints, ends: Ints, calendar: Calendar, ids: Ints
) -> Ints:
    """Open seconds to each stretch's own stage, closed seconds to closed hours."""
    working = calendar.worked_at(ends) - calendar.worked_at(begins)
    kinds = len(INCIDENT_STAGES)
    flat = np.zeros(len(ids) * kinds, dtype=np.int64)
    np.add.at(flat, group * kinds + stage, working)
    np.add.at(flat, group * kinds + _CLOSED, ends - begins - working)
    return flat.reshape(-1, kinds)


def developer_accounts(path: SamplePath, trace: Trace, since: int = 0) -> Ints:
    """(D, 6) working seconds of each developer in each of ACTIVITIES, from `since` to the horizon."""
    org = path.organisation
    people = org.developers
    known = _ACTIVITY_AFTER[trace[:, VERB]] != _UNCHANGED
    rows = trace[known]
    order = np.argsort(rows[:, DEVELOPER], kind="stable")
    rows = rows[order]
    starts = np.concatenate((np.arange(people), rows[:, DEVELOPER]))
    order = np.argsort(starts, kind="stable")
    who = starts[order]
    activity = np.concatenate((np.full(people, _IDLE), _ACTIVITY_AFTER[rows[:, VERB]]))[order]
    begins = np.concatenate((np.zeros(people, dtype=np.int64), rows[:, TIME]))[order]
    switch = np.concatenate((np.zeros(people, dtype=np.int64), rows[:, VALUE]))[order]
    ends = _next_times(begins, who, org.horizon)
    worked = org.calendar.worked_at
    open_from, open_to = worked(np.maximum(begins, since)), worked(np.maximum(ends, since))
    working = open_to - open_from
    at_work = (activity == _STORIES) | (activity == _INCIDENTS)
    switched_by = np.minimum(worked(begins) + np.where(at_work, switch, 0), open_to)
    switching = np.maximum(switched_by - open_from, 0)
    flat = np.zeros(people * len(ACTIVITIES), dtype=np.int64)
    np.add.at(flat, who * len(ACTIVITIES) + activity, working - switching)
    np.add.at(flat, who * len(ACTIVITIES) + _SWITCHING, switching)
    return flat.reshape(people, -1)


def _next_times(times: Ints, group: Ints, horizon: int) -> Ints:
    """For rows sorted by group, the time of the group's next row, or the horizon."""
    following = np.append(times[1:], horizon)
    last = np.append(group[1:] != group[:-1], True) if len(group) else np.zeros(0, dtype=bool)
    following[: len(times)][last] = horizon
    return following[: len(times)]
