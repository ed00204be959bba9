"""One run: a sample path lived through under a policy, and the tables of what happened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.accounts import (
    ACTIVITIES,
    INCIDENT_STAGES,
    ITEM,
    OUTCOMES,
    TEAM,
    TIME,
    VALUE,
    VERB,
    IncidentAccounts,
    developer_accounts,
    incident_accounts,
)
from sim.calendars import DAY, HOUR, Ints
from sim.engines import DEFAULT_ENGINE, engine_for, simulate
from sim.incidents import CAUSES
from sim.policy import Policy
from sim.registry import find_policy
from sim.sample_path import SamplePath
from sim.trace import COLUMNS, Trace, Verb


def run(path: SamplePath, policy: str | Policy, engine: str = DEFAULT_ENGINE) -> Run:
    """Live through a sample path under a policy; the same arguments give the same run.

    Args:
        path: from `sample_path`.
        policy: a name, `name:parameter=value,…`, or a `Policy`.
        engine: one of `sim.engines.ENGINES`.

    Raises:
        PolicyError: for a policy that is not known, or a decision that answers nonsense.
        EngineError: for an engine that is not known.
    """
    chosen = find_policy(policy, path.scenario.policies)
    engine = engine_for(chosen, engine)
    return Run(path, chosen, engine, simulate(path, chosen, engine))


@dataclass(frozen=True, eq=False)
class Run:
    """What happened. Tables are made when first asked for."""

    path: SamplePath
    policy: Policy
    engine: str
    events: Trace
    """(E, 6) the trace in whole numbers; `trace` is the same with words."""

    @cached_property
    def accounts(self) -> IncidentAccounts:
        """What became of every incident that opened, in seconds."""
        return incident_accounts(self.path, self.events)

    @cached_property
    def trace(self) -> pd.DataFrame:
        """Every event in order: time_hours, verb, item, developer, team, value."""
        table = pd.DataFrame(self.events, columns=list(COLUMNS))
        table["verb"] = [Verb(v).name.lower() for v in table["verb"]]
        table.insert(0, "time_hours", table.pop("time") / HOUR)
        return table

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """Every incident that opened, a row each; hours, NaN where it has not come to that."""
        a, path = self.accounts, self.path
        scenario, table, worked = (
            path.scenario,
            path.incidents,
            path.organisation.calendar.worked_at,
        )
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
        for name, moment in (("response", a.started), ("resolution", a.ended)):
            known = (moment >= 0) & ((name == "response") | (a.outcome == 2))
            frame[f"{name}_hours"] = _hours(moment - a.opened, known)
            working = worked(np.maximum(moment, 0)) - worked(a.opened)
            frame[f"{name}_working_hours"] = _hours(working, known)
        for column, stage in enumerate(INCIDENT_STAGES):
            name = stage if stage.endswith("hours") else f"{stage}_hours"
            frame[name] = a.stages[:, column] / HOUR
        return frame

    @cached_property
    def stories(self) -> pd.DataFrame:
        """Every story that was committed or pulled, a row each."""
        e, backlog = self.events, self.path.stories
        touched = e[np.isin(e[:, VERB], (Verb.COMMITTED, Verb.PULLED))]
        ids, first = np.unique(touched[:, ITEM], return_index=True)
        done = e[e[:, VERB] == Verb.STORY_DONE]
        done_at = np.full(len(ids), -1, dtype=np.int64)
        done_at[np.searchsorted(ids, done[:, ITEM])] = done[:, TIME]
        committed = touched[first, TIME]
        return pd.DataFrame(
            {
                "story": ids,
                "team": [self.path.scenario.teams[t].name for t in touched[first, TEAM]],
                "points": backlog.points[ids],
                "estimate_hours": backlog.estimate[ids] / HOUR,
                "effort_hours": backlog.effort[ids] / HOUR,
                "committed_hours": committed / HOUR,
                "pulled": touched[first, VERB] == Verb.PULLED,
                "done_hours": _hours(done_at, done_at >= 0),
                "lead_days": _hours(done_at - committed, done_at >= 0) * HOUR / DAY,
            }
        )

    @cached_property
    def sprints(self) -> pd.DataFrame:
        """Every team's every planned sprint, a row each."""
        e, org = self.events, self.path.organisation
        points = self.path.stories.points
        planned = e[e[:, VERB] == Verb.PLANNED]
        count, size = len(org.plannings) - 1, (org.teams, len(org.plannings) - 1)
        committed = e[e[:, VERB] == Verb.COMMITTED]
        done = e[e[:, VERB] == Verb.STORY_DONE]
        # What is done at the second of a planning was done before it.
        done_in = np.searchsorted(org.plannings, done[:, TIME], side="left") - 1
        in_sprint = np.full(len(points), -1, dtype=np.int64)
        in_sprint[done[:, ITEM]] = done_in
        kept = committed[in_sprint[committed[:, ITEM]] == committed[:, VALUE]]

        def per_sprint(rows: Ints, sprint: Ints, weights: Ints | int) -> Ints:
            table = np.zeros(size, dtype=np.int64)
            np.add.at(table, (rows[:, TEAM], np.minimum(sprint, count - 1)), weights)
            counted: Ints = table[planned[:, TEAM], planned[:, ITEM]]
            return counted

        frame = pd.DataFrame(
            {
                "team": [self.path.scenario.teams[t].name for t in planned[:, TEAM]],
                "sprint": planned[:, ITEM],
                "begins_hours": planned[:, TIME] / HOUR,
                "committed_stories": per_sprint(committed, committed[:, VALUE], 1),
                "committed_points": per_sprint(
                    committed, committed[:, VALUE], points[committed[:, ITEM]]
                ),
                "kept_stories": per_sprint(kept, kept[:, VALUE], 1),
                "kept_points": per_sprint(kept, kept[:, VALUE], points[kept[:, ITEM]]),
                "delivered_stories": per_sprint(done, done_in, 1),
                "delivered_points": per_sprint(done, done_in, points[done[:, ITEM]]),
            }
        )
        met = frame.kept_stories * 1_000 >= org.goal * frame.committed_stories
        frame["goal_met"] = met.astype(object).where(frame.committed_stories > 0, None)
        return frame

    @cached_property
    def developers(self) -> pd.DataFrame:
        """Every developer's working hours over the whole horizon, by activity."""
        org = self.path.organisation
        hours = developer_accounts(self.path, self.events) / HOUR
        frame = pd.DataFrame(hours, columns=[f"{a}_hours" for a in ACTIVITIES])
        frame.insert(0, "developer", np.arange(org.developers))
        frame.insert(1, "team", [self.path.scenario.teams[t].name for t in org.team])
        return frame


def _hours(seconds: Ints, known: np.ndarray) -> np.ndarray:
    return np.where(known, seconds / HOUR, np.nan)
