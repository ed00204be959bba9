"""How many incidents are open at a moment, counted by hand."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.trace import Event, EventType, Trace
from sim.measures.accounts import accounts_of
from sim.measures.metrics import OPEN_ON_DAY, measure
from sim.measures.open_by import begins_at, first_days, open_by
from sim.sampling.calendars import DAY, HOUR
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import from_table
from tests.conftest import SMALL
from tests.staged import play


def trace_of(*rows: tuple[int, EventType, int]) -> Trace:
    """Events by hand, of developer 0 and team 0."""
    table = np.zeros((len(rows), Event.WIDTH), dtype=np.int64)
    for row, (time, event_type, item) in zip(table, rows, strict=True):
        row[Event.time], row[Event.type], row[Event.item] = time, event_type, item
    return table


def path_of(**tables: Any) -> SamplePath:
    return sample_path(from_table({**SMALL, **tables}), 1, 0)


AT = DAY + 9 * HOUR
"""Tuesday, 9:00."""

BY_HAND = trace_of(
    # three are open today, of which one has long been with somebody
    (AT, EventType.OPENED, 0),
    (AT, EventType.OPENED, 1),
    (AT, EventType.OPENED, 2),
    (AT, EventType.STARTED, 1),
    (AT + HOUR, EventType.RESOLVED, 1),
    (AT + DAY, EventType.OPENED, 3),  # just as the first day is over
    (AT + DAY + HOUR, EventType.OPENED, 4),
    (AT + DAY + HOUR, EventType.DEFLECTED, 4),
    (AT + 2 * DAY, EventType.STARTED, 0),
    (AT + 3 * DAY, EventType.RESOLVED, 0),  # just as the third is over
    (AT + 4 * DAY, EventType.WITHDRAWN, 2),
)
EXPECTED = [3, 3, 3, 2, 1, 1, 1, 1]


def test_what_opens_at_a_moment_is_open_and_what_ends_at_it_is_not() -> None:
    found = accounts_of(path_of(), BY_HAND)
    moments = np.array([AT - 1, *(AT + DAY * np.arange(8)), AT + HOUR - 1, AT + HOUR])
    assert open_by(found, moments).tolist() == [0, *EXPECTED, 3, 2]
    assert open_by(found, np.array([], dtype=np.int64)).tolist() == []


def test_it_is_what_a_run_says_at_every_moment(tmp_path: Path) -> None:
    result = play(tmp_path, "interrupt-anyone", [(7, 1, "A"), (8, 3, "A"), (8.5, 3, "A")])
    table, moments = result.incidents, np.arange(0, 100 * HOUR, HOUR // 4)
    opened = table.opened_hours.to_numpy() * HOUR
    ended = opened + table.resolution_hours.fillna(np.inf).to_numpy() * HOUR
    expected = [int(((opened <= m) & (ended > m)).sum()) for m in moments]
    assert open_by(result.accounts, moments).tolist() == expected
    assert max(expected) > 1


START = {"at": datetime.datetime(2026, 1, 6, 9), "incidents": [{"kind": "outage", "team": "Red"}]}


def test_days_from_today_have_24_hours() -> None:
    scenario = path_of(start=START).scenario
    assert begins_at(scenario) == datetime.datetime(2026, 1, 6, 9)
    assert first_days(scenario).tolist() == [AT + day * DAY for day in range(8)]
    assert first_days(path_of(start={}).scenario)[0] == 0


def test_the_first_days_are_figures_where_a_scenario_begins_with_what_is_open() -> None:
    def figures(path: SamplePath) -> dict[str, float]:
        found = measure(path, BY_HAND)
        return {key.name: value for key, value in found.items() if key.section == "today"}

    assert figures(path_of(start=START)) == dict(zip(OPEN_ON_DAY, EXPECTED, strict=True))
    assert figures(path_of()) == {}


def test_beyond_the_horizon_nothing_is_said() -> None:
    time = {"horizon_weeks": 1, "warmup_weeks": 0, "sprint_weeks": 1}
    path = path_of(start=START, time=time)
    found = [value for key, value in measure(path, BY_HAND[:9]).items() if key.section == "today"]
    assert found[:6] == [3, 3, 3, 3, 3, 3]
    assert np.isnan(found[6:]).all()
    assert path.organisation.horizon == pytest.approx(7 * DAY)
