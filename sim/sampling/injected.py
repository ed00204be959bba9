"""Incidents that are given and not drawn: those that somebody wants to see, and those that are open today.

They stand behind all others, so that these keep their numbers and their luck.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from sim.arrays import Ints
from sim.sampling.calendars import DAY, HOUR, MINUTE, WEEK
from sim.sampling.incidents import (
    INJECTED,
    MARKS,
    OPEN_BEFORE,
    REOPENING,
    Incidents,
    Openings,
    at_home,
    by_share,
    incidents,
)
from sim.sampling.organisation import Organisation
from sim.sampling.streams import Streams
from sim.sampling.working_hours import worked_before
from sim.scenario.events import Injected, InjectedIncident, parsed_event
from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Given:
    """The G incidents of a path that are given; the first of them has the number `first`."""

    first: int
    arrives: Ints
    """(G,) the second at which it comes up"""
    opened: Ints
    """(G,) the second at which it opened, before 0 where it was open before"""
    worked: Ints
    """(G,) working seconds of its team between the two"""
    severity: Ints
    """(G,)"""

    def __len__(self) -> int:
        return len(self.arrives)


def none_given(count: int) -> Given:
    """Nothing is given beside `count` incidents."""
    nothing = np.empty(0, dtype=np.int64)
    return Given(count, nothing, nothing, nothing, nothing)


def injected_events(scenario: Scenario) -> list[Injected]:
    """What a scenario's events say is to happen."""
    kinds = [kind.kind for kind in scenario.incidents]
    teams = [team.name for team in scenario.teams]
    return [parsed_event(text, kinds, teams) for text in scenario.events]


def with_given(
    scenario: Scenario, org: Organisation, streams: Streams, drawn: Incidents
) -> tuple[Incidents, Given]:
    """The drawn incidents with those behind them that the scenario gives."""
    wanted = [event for event in injected_events(scenario) if isinstance(event, InjectedIncident)]
    if not wanted and scenario.start is None:
        return drawn, none_given(len(drawn))
    return _behind(
        drawn, [_injected(scenario, wanted, streams), _open_today(scenario, org, streams)]
    )


Batch = tuple[Incidents, Given]


def _behind(drawn: Incidents, batches: list[Batch]) -> Batch:
    """The incidents of some batches, numbered on; reopenings come last, which are not given themselves."""
    count = len(drawn)
    sizes = [len(given) for _, given in batches]
    extra = [len(table) - size for (table, _), size in zip(batches, sizes, strict=True)]
    firsts = count + np.concatenate(([0], np.cumsum(sizes)))
    returns = firsts[-1] + np.concatenate(([0], np.cumsum(extra)))
    heads, tails = [], []
    for place, (table, _) in enumerate(batches):
        moved = table.reopening - sizes[place] + returns[place]
        table = replace(table, reopening=np.where(table.reopening >= 0, moved, -1))
        heads.append(_slice(table, slice(None, sizes[place])))
        tails.append(_slice(table, slice(sizes[place], None)))
    parts = [drawn, *heads, *tails]
    whole = Incidents(
        *(
            np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Incidents)
        )
    )
    columns = ("arrives", "opened", "worked", "severity")
    given = [np.concatenate([getattr(entry, name) for _, entry in batches]) for name in columns]
    return whole, Given(count, *given)


def _slice(table: Incidents, rows: slice) -> Incidents:
    return Incidents(*(getattr(table, field.name)[rows] for field in fields(Incidents)))


def _injected(scenario: Scenario, wanted: list[InjectedIncident], streams: Streams) -> Batch:
    marks = streams.named("injected incidents").random((len(wanted), MARKS))
    kinds = [kind.kind for kind in scenario.incidents]
    teams = [team.name for team in scenario.teams]
    by_chance = by_share(scenario, marks)
    kind = np.array([kinds.index(event.kind) for event in wanted], dtype=np.int64)
    team = np.array(
        [
            teams.index(event.team)
            if event.team is not None
            else int(at_home(scenario, int(kind[n]), by_chance[n : n + 1])[0])
            for n, event in enumerate(wanted)
        ],
        dtype=np.int64,
    )
    weeks = scenario.time.warmup_weeks
    opened = np.array(
        [(weeks + event.week) * WEEK + event.minute * MINUTE for event in wanted], dtype=np.int64
    )
    zeros = np.zeros(len(wanted), dtype=np.int64)
    table = incidents(scenario, Openings(opened, kind, team, zeros + INJECTED, zeros, marks))
    # It opens, whatever was improved.
    table = replace(table, uniform=np.full_like(table.uniform, -1))
    severity = _severities(scenario)[kind]
    return table, Given(0, opened, opened, zeros, severity)


def _open_today(scenario: Scenario, org: Organisation, streams: Streams) -> Batch:
    entries = [
        entry
        for entry in (scenario.start.incidents if scenario.start else ())
        for _ in range(entry.count)
    ]
    kinds = [kind.kind for kind in scenario.incidents]
    teams = {team.name: n for n, team in enumerate(scenario.teams)}
    kind = np.array([kinds.index(entry.kind) for entry in entries], dtype=np.int64)
    team = np.array([teams[entry.team] for entry in entries], dtype=np.int64)
    age = np.array([round(entry.age_days * DAY) for entry in entries], dtype=np.int64)
    now = np.full(len(entries), org.begins, dtype=np.int64)
    marks = streams.named("open incidents").random((len(entries), MARKS))
    table = incidents(scenario, Openings(now, kind, team, now * 0 + OPEN_BEFORE, age, marks))
    count = len(entries)
    effort, first_line = table.effort.copy(), table.first_line.copy()
    for n, entry in enumerate(entries):
        if entry.left_hours is not None:
            grown = 1 + scenario.incidents[kind[n]].effort_grows_per_day * entry.age_days
            effort[n] = max(1, round(entry.left_hours * HOUR / grown))
    first_line[:count] = 0  # it came through before
    deflected = table.deflected.copy()
    deflected[:count] = 0
    reopens = table.cause == REOPENING
    uniform = np.where(reopens, table.uniform, 0)
    table = replace(
        table, effort=effort, first_line=first_line, deflected=deflected, uniform=uniform
    )
    own = _severities(scenario)[kind]
    severity = [
        own[n] if entry.severity is None else entry.severity for n, entry in enumerate(entries)
    ]
    worked = [
        worked_before(scenario, scenario.teams[t], org.begins, a)
        for t, a in zip(team.tolist(), age.tolist(), strict=True)
    ]
    return table, Given(
        0, now, now - age, np.array(worked, dtype=np.int64), np.array(severity, dtype=np.int64)
    )


def _severities(scenario: Scenario) -> Ints:
    return np.array([kind.severity for kind in scenario.incidents], dtype=np.int64)
