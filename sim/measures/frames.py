"""A run as tables to read: one row per event, incident, story, sprint or developer.

Units are in the column names; what has not come to pass is NaN.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from sim.arrays import Bools, Floats, Ints
from sim.engine.trace import COLUMNS, EventType, Trace
from sim.measures.accounts import ACTIVITIES, INCIDENT_STAGES, OUTCOMES, Accounts
from sim.measures.book import SprintAccount, StoryAccount
from sim.sampling.calendars import DAY, HOUR
from sim.sampling.incidents import CAUSES
from sim.sampling.sample_path import SamplePath


def events(trace: Trace) -> pd.DataFrame:
    """The table of every event in order: time_hours, event, item, developer, team, value."""
    table = pd.DataFrame(trace, columns=list(COLUMNS))
    table["event"] = [EventType(number).name.lower() for number in table["event"]]
    table.insert(0, "time_hours", table.pop("time") / HOUR)
    return table


def incidents(path: SamplePath, a: Accounts) -> pd.DataFrame:
    """The table of every incident that opened, a row each."""
    scenario, table = path.scenario, path.incidents
    worked = partial(_worked_at, path, table.team[a.id])
    kind = table.kind[a.id]
    frame = pd.DataFrame({"incident": a.id})
    if path.numbers:
        reported = len(path.numbers)
        frame["number"] = [path.numbers[i] if i < reported else "" for i in a.id]
    frame["kind"] = [scenario.incidents[k].kind for k in kind]
    frame["severity"] = path.organisation.severity[kind]
    frame["team"] = [scenario.teams[t].name for t in table.team[a.id]]
    frame["cause"] = [CAUSES[c] for c in table.cause[a.id]]
    frame["opened_hours"] = a.opened / HOUR
    frame["outcome"] = [OUTCOMES[o] for o in a.outcome]
    resolved = a.outcome == OUTCOMES.index("resolved")
    for name, moment, known in (
        ("response", a.started, a.started >= 0),
        ("resolution", a.ended, resolved),
    ):
        frame[f"{name}_hours"] = _hours(moment - a.opened, known)
        working = worked(np.maximum(moment, 0)) - worked(a.opened)
        frame[f"{name}_working_hours"] = _hours(working, known)
    for column, stage in enumerate(INCIDENT_STAGES):
        name = stage if stage.endswith("hours") else f"{stage}_hours"
        frame[name] = a.stages[:, column] / HOUR
    return frame


def stories(path: SamplePath, a: Accounts) -> pd.DataFrame:
    """The table of every story that was committed or pulled, a row each."""
    backlog, committed, done = (
        path.stories,
        a.stories[:, StoryAccount.committed],
        a.stories[:, StoryAccount.done],
    )
    ids = np.flatnonzero(committed >= 0)
    team = np.searchsorted(backlog.first, ids, side="right") - 1
    committed, done = committed[ids], done[ids]
    return pd.DataFrame(
        {
            "story": ids,
            "team": [path.scenario.teams[t].name for t in team],
            "points": backlog.points[ids],
            "estimate_hours": backlog.estimate[ids] / HOUR,
            "effort_hours": backlog.effort[ids] / HOUR,
            "committed_hours": committed / HOUR,
            "pulled": a.stories[ids, StoryAccount.pulled] == 1,
            "done_hours": _hours(done, done >= 0),
            "lead_days": _hours(done - committed, done >= 0) * HOUR / DAY,
        }
    )


def sprints(path: SamplePath, a: Accounts) -> pd.DataFrame:
    """The table of every team's every planned sprint, a row each, in the order they were
    planned."""
    team, number = np.nonzero(a.sprints[:, :, SprintAccount.begins] >= 0)
    in_order = np.lexsort((team, number))
    team, number = team[in_order], number[in_order]
    rows = a.sprints[team, number]
    frame = pd.DataFrame(
        {
            "team": [path.scenario.teams[t].name for t in team],
            "sprint": number,
            "begins_hours": rows[:, SprintAccount.begins] / HOUR,
            "committed_stories": rows[:, SprintAccount.committed],
            "committed_points": rows[:, SprintAccount.committed_points],
            "kept_stories": rows[:, SprintAccount.kept],
            "kept_points": rows[:, SprintAccount.kept_points],
            "delivered_stories": rows[:, SprintAccount.done],
            "delivered_points": rows[:, SprintAccount.done_points],
            "sent_back_stories": rows[:, SprintAccount.sent_back],
            "cancelled": rows[:, SprintAccount.cancelled],
        }
    )
    met = frame.kept_stories * 1_000 >= path.organisation.goal * frame.committed_stories
    frame["goal_met"] = met.astype(object).where(frame.committed_stories > 0, None)
    return frame


def developers(path: SamplePath, a: Accounts) -> pd.DataFrame:
    """The table of every developer's working hours, by activity."""
    org = path.organisation
    frame = pd.DataFrame(a.activities / HOUR, columns=[f"{name}_hours" for name in ACTIVITIES])
    frame.insert(0, "developer", np.arange(org.developers))
    frame.insert(1, "team", [path.scenario.teams[t].name for t in org.team])
    return frame


def _worked_at(path: SamplePath, team: Ints, moments: Ints) -> Ints:
    """The working seconds by each one's team's hours from time 0 to a moment."""
    org = path.organisation
    worked = np.zeros(len(moments), dtype=np.int64)
    for keeps in np.unique(org.hours.of_team):
        own = org.hours.of_team[team] == keeps
        worked[own] = org.hours.calendars[keeps].worked_at(moments[own])
    return worked


def _hours(seconds: Ints, known: Bools) -> Floats:
    return np.where(known, seconds / HOUR, np.nan)
