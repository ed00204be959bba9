"""A calibrated scenario says how far off its figures may be: intervals of what was read, ranges of the rest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from tests.command import Firelane


def tickets(folder: Path, rows: int, effort: bool, kind: str = "data fix") -> Path:
    """A year of tickets of one kind, with hours worked or without."""
    opened = pd.date_range("2025-01-06 09:00", periods=rows, freq=f"{8736 // rows}h")
    table = {"Number": range(rows), "Opened": opened, "Priority": "3", "Category": kind}
    if effort:
        table["Hours worked"] = [1 + n % 5 for n in range(rows)]
    file = folder / "tickets.csv"
    pd.DataFrame(table).to_csv(file, index=False)
    return file


def calibrated(firelane: Firelane, folder: Path, export: Path) -> sim.scenario.schema.Scenario:
    target = folder / "ours.toml"
    told = firelane("calibrate", export, "-o", target)
    assert told.status == 0, told.err
    return sim.load(target)


def test_a_rate_that_was_counted_may_be_as_far_off_as_its_interval(
    firelane: Firelane, tmp_path: Path
) -> None:
    few, many = (tmp_path / name for name in ("few", "many"))
    widths = []
    for folder, rows in ((few, 60), (many, 600)):
        folder.mkdir()
        scenario = calibrated(firelane, folder, tickets(folder, rows, effort=False))
        [rate] = [own for own in scenario.inputs if own.key.endswith("per_week")]
        assert rate.sign == "*"
        assert rate.low < 1 < rate.high
        widths.append(rate.high / rate.low)
    assert widths[0] > widths[1]


def test_hours_that_were_read_are_known_better_than_hours_that_are_assumed(
    firelane: Firelane, tmp_path: Path
) -> None:
    ends = {}
    for effort in (True, False):
        folder = tmp_path / str(effort)
        folder.mkdir()
        scenario = calibrated(firelane, folder, tickets(folder, 400, effort))
        [own] = [one for one in scenario.inputs if one.key.endswith("effort_hours")]
        ends[effort] = own
    assert ends[False].key == "incidents.*.effort_hours"
    assert ends[True].high / ends[True].low < ends[False].high / ends[False].low


def test_what_no_export_tells_has_a_range_with_its_source(
    firelane: Firelane, tmp_path: Path
) -> None:
    scenario = calibrated(firelane, tmp_path, tickets(tmp_path, 200, effort=False))
    assert {"interruptions.resume_minutes", "people.unfamiliarity"} <= set(scenario.ranges)
    written = (tmp_path / "ours.toml").read_text(encoding="utf-8").partition("[ranges]")[2]
    assert all("#" in line for line in written.strip().splitlines())


@pytest.mark.parametrize("kind", ["it's down", 'a "quoted" one', "Kasse: Störung.3"])
def test_a_kind_may_be_called_anything(firelane: Firelane, tmp_path: Path, kind: str) -> None:
    scenario = calibrated(firelane, tmp_path, tickets(tmp_path, 200, effort=True, kind=kind))
    told = firelane(
        "compare", tmp_path / "ours.toml", "--policy", "kanban", "--inputs", 2, "--replications", 4,
        "--set", "time.horizon_weeks=8",
    )  # fmt: skip
    assert told.status == 0, told.err
    assert len(scenario.ranges) >= 8
