"""Replaying a recorded log: every row as it was, and every faulty row named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.faults import ScenarioError
from sim.run import run
from sim.sample_path import sample_path
from sim.scenario import Scenario
from sim.scenario_file import from_table

LOG = """number,opened,severity,team
INC2,2026-01-06T10:00,3,Blue
INC1,2026-01-05T09:30,1,Red
INC3,2026-01-07T23:59:30,3,Red
"""


def replayed(table: dict[str, Any], folder: Path, log: str) -> Scenario:
    (folder / "log.csv").write_text(log)
    for kind in table["incidents"]:
        del kind["per_week"]
    table["incidents_from"] = {"file": "log.csv"}
    return from_table(table).in_folder(folder)


def test_incidents_open_when_where_and_as_the_log_says(
    table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG)
    rows = run(sample_path(scenario), "interrupt-anyone").incidents
    assert rows[["number", "opened_hours", "severity", "team", "kind"]].values.tolist() == [
        ["INC1", 9.5, 1, "Red", "outage"],
        ["INC2", 34.0, 3, "Blue", "data fix"],
        ["INC3", 71.99166666666666, 3, "Red", "data fix"],
    ]


def test_only_what_the_log_does_not_say_differs_between_replications(
    table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG)
    one, two = sample_path(scenario, 1, 0).incidents, sample_path(scenario, 1, 1).incidents
    assert one.opened.tolist() == two.opened.tolist()
    assert one.effort.tolist() != two.effort.tolist()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2026-01-06T10:00", "6/1/2026", "log.csv, row 2, opened: must be a date and time such as 2016-02-29T08:15 (got '6/1/2026')"),
        ("2026-01-06T10:00", "2027-01-06T10:00", "log.csv, row 2, opened: must lie in the 8 weeks from 2026-01-05 (got '2027-01-06T10:00')"),
        ("3,Blue", "3,Grey", "log.csv, row 2, team: must be a team: Red, Blue (got 'Grey')"),
        ("3,Blue", "2,Blue", "log.csv, row 2, severity: must be one of 3, 1 (got '2')"),
        ("number,", "ticket,", "incidents_from.columns.number: no column 'number'"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named(
    old: str, new: str, expected: str, table: dict[str, Any], tmp_path: Path
) -> None:
    scenario = replayed(table, tmp_path, LOG.replace(old, new, 1))
    with pytest.raises(ScenarioError) as error:
        sample_path(scenario)
    assert expected in str(error.value)


def test_a_missing_log_is_named(table: dict[str, Any], tmp_path: Path) -> None:
    scenario = replayed(table, tmp_path, LOG)
    (tmp_path / "log.csv").unlink()
    with pytest.raises(ScenarioError, match=r"log.csv cannot be read: No such file"):
        sample_path(scenario)


def test_many_faulty_rows_are_counted_not_listed(table: dict[str, Any], tmp_path: Path) -> None:
    rows = "".join(f"INC{n},never,3,Red\n" for n in range(50))
    scenario = replayed(table, tmp_path, "number,opened,severity,team\n" + rows)
    with pytest.raises(ScenarioError) as error:
        sample_path(scenario)
    assert len(error.value.faults) == 11
    assert "and 40 rows more" in str(error.value)
