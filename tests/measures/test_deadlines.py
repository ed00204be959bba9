"""Whether what is due is done by then, counted by hand and recounted from the tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.measures.deadlines import due_by, due_met
from sim.measures.metrics import Key, measure
from sim.sampling.calendars import DAY, WEEK
from sim.scenario.reading import from_table


def lived(table: dict[str, Any], due: dict[str, Any], policy: str = "interrupt-anyone") -> sim.Run:
    table["incidents"] = [table["incidents"][0] | {"due": due, "per_week": 5.0}]
    table["stories"].pop("regression_rate", None)
    table["stories"].pop("regression_kind", None)
    return sim.run(sim.sample_path(from_table(table), seed=4), policy)


def recounted(run: sim.Run, due: pd.Series) -> float:
    """The share of the table's incidents that ended in time, of those of which it is decided."""
    table, horizon = run.incidents, run.path.organisation.horizon / 3_600
    ended = table.opened_hours + table.resolution_hours
    decided = ended.notna() | (due < horizon)
    return float((ended[decided] <= due[decided]).mean())


def test_so_many_days_after_opening(table: dict) -> None:
    run = lived(table, {"days": 0.5})
    figures = measure(run.path, run.events)
    expected = recounted(run, run.incidents.opened_hours + 12)
    assert figures[Key("response", "kind outage", "due_met")] == pytest.approx(expected)
    assert 0 < expected < 1


def test_the_end_of_every_second_week(table: dict) -> None:
    run = lived(table, {"every_weeks": 2})
    due = due_by(run.path, run.accounts)
    opened = run.accounts.opened
    assert (due % (2 * WEEK) == 0).all()
    assert ((due > opened) & (due - opened <= 2 * WEEK)).all()


def test_the_end_of_the_next_of_some_dates(table: dict) -> None:
    run = lived(table, {"dates": [date(2026, 1, 14), date(2026, 2, 2)]})
    opened, due = run.accounts.opened, due_by(run.path, run.accounts)
    first, second = 10 * DAY, 29 * DAY
    assert (due[opened < first] == first).all()
    between = (opened >= first) & (opened < second)
    assert between.any()
    assert (due[between] == second).all()
    after = opened >= second
    assert after.any()
    met, decided = due_met(run.path, run.accounts, 0)
    assert decided[0] < len(opened), "what comes after the last date is due at none"
    assert met[0] <= decided[0]


def test_a_missed_deadline_costs_its_penalty(table: dict) -> None:
    table["money"] = {"point_value": 1.0}
    table["incidents"][0]["penalty"] = 7.0
    run = lived(table, {"days": 0.25}, "next-sprint")
    met, decided = due_met(run.path, run.accounts, 0)
    figures = measure(run.path, run.events)
    sprints = int((run.sprints.begins_hours >= 0).sum())
    paid = figures[Key("money", "all", "penalties_per_sprint")] * sprints
    assert paid == pytest.approx(7.0 * (decided - met).sum())
    assert paid > 0


def test_without_deadlines_there_is_no_such_figure(table: dict) -> None:
    run = sim.run(sim.sample_path(from_table(table), seed=4), "next-sprint")
    assert not any(key.name == "due_met" for key in measure(run.path, run.events))
    assert (due_by(run.path, run.accounts) > np.int64(1) << 60).all()
