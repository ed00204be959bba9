"""A scenario as the past was: what a history tells in place of what the scenario says of the weeks ahead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.calibrate import record_days
from sim.calibrate.figures import student
from sim.calibrate.kinds import Kind, scenario_kind
from sim.calibrate.record_days import Record
from sim.sampling.calendars import DAY
from sim.scenario.dated import Days
from sim.scenario.reading import from_table
from sim.scenario.schema import Scenario
from sim.scenario.unplanned_work import IncidentKind


@dataclass(frozen=True, eq=False)
class Past:
    """The scenario as the past was, and what its rates leave unknown."""

    scenario: Scenario
    spread: Floats
    """(K,) standard error of the log of each kind's rate."""
    freedom: int
    start: float
    """Second since 1970 of its time 0."""
    begins: int
    """Second of the scenario at which the compared part begins."""
    ends: int
    """Second at which the record ends."""


def history_of(scenario: Scenario, fitted: Sequence[Kind], window: Record, weeks: int) -> Past:
    """Return a scenario as the past was: its kinds as fitted, its days those of the record.

    Args:
        scenario: what does not come from the history.
        fitted: the kinds, by the weeks that were fitted on.
        window: the days of the record.
        weeks: how many of its weeks were fitted on.
    """
    table = scenario.model_dump(by_alias=True)
    table["incidents_from"] = table["start"] = None  # what was open then is not recorded
    table["events"] = []  # those are of weeks ahead
    total = window.weeks
    table["time"] |= {
        "start": window.monday,
        "horizon_weeks": total,
        "warmup_weeks": weeks,
        "sprint_weeks": min(scenario.time.sprint_weeks, total),
        "public_holidays": [record_days.date_of(day) for day in window.holidays],
        "closures": [*_then(scenario.time.closures, window), *_closed(window)],
        "freezes": _then(scenario.time.freezes, window),
    }
    table["people"] |= {
        "absences": _then(scenario.people.absences, window),
        "joining": [
            entry.model_dump(by_alias=True)
            for entry in scenario.people.joining
            if 0 <= (entry.on - window.monday).days < 7 * total
        ],
    }
    entries, spread = [], []
    for counted in fitted:
        like = _counterpart(scenario, counted)
        kind = counted.with_the_unlogged(like.logged_share)
        entries.append(scenario_kind(kind, like))
        half = math.log(kind.per_week.high / kind.per_week.value) if kind.per_week.high > 0 else 0.0
        spread.append(half / student(weeks))
    caused = scenario.stories.regression_kind if scenario.stories else None
    names = {entry["kind"] for entry in entries}
    for old in scenario.incidents:
        if old.kind == caused and old.kind not in names:
            entries.append(old.model_dump(by_alias=True) | {"per_week": 0.0})
            spread.append(0.0)
    table["incidents"], table["improvements"], table["levers"] = entries, [], []
    past = from_table(table, f"{scenario.name}, as the history was")
    start = float(record_days.day_of(window.monday) * DAY)
    first = np.flatnonzero(window.week == weeks)[0]
    begins = int((window.first + int(first)) * DAY - start)
    return Past(past, np.array(spread), weeks, start, begins,
                 int((window.first + window.days) * DAY - start))  # fmt: skip


def _closed(window: Record) -> list[dict[str, Any]]:
    """Return the days that a record does not cover as closures: nobody knows what was done then."""
    days = np.array(window.closed, dtype=np.int64)
    runs = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1) if len(days) else []
    return [
        {"from": record_days.date_of(run[0]), "to": record_days.date_of(run[-1])} for run in runs
    ]


def _then(spans: Sequence[Days], window: Record) -> list[dict[str, Any]]:
    """Return the days that lie in the record: a scenario is mostly told those ahead."""
    days = [(span, span.numbers(window.monday)) for span in spans]
    last = 7 * window.weeks
    return [s.model_dump(by_alias=True) for s, d in days if d.stop > 0 and d.start < last]


def _counterpart(scenario: Scenario, kind: Kind) -> IncidentKind:
    """Return the scenario's entry of the same name, else of the nearest severity."""
    by_name = [entry for entry in scenario.incidents if entry.kind == kind.name]
    return (by_name or sorted(scenario.incidents, key=lambda e: abs(e.severity - kind.severity)))[0]
