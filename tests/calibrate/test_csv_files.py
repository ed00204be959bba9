"""CSV that is written cannot make a spreadsheet run anything."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import sim
from sim.report.csv_files import write_csv
from tests.command import Firelane


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_begins_like_a_formula_is_made_text(first: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "out.csv", ["name", f"{first}head"], [[f"{first}1+1", -5]])
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["name", f"'{first}head"], [f"'{first}1+1", "-5"]]


def test_the_incidents_of_a_hostile_export_are_written_harmless(
    firelane: Firelane, tmp_path: Path
) -> None:
    export, log = tmp_path / "e.csv", tmp_path / "log.csv"
    export.write_text('number,opened,team\n=1+1,2026-01-05T10:00,"@SUM(A1)"\n')
    result = firelane("calibrate", export, "-o", tmp_path / "o.toml", "--log", log)
    assert result.status == 0, result.err
    assert "number: cells that begin like a formula; read as text" in result.err
    assert "'=1+1,2026-01-05T10:00:00,3,'@SUM(A1)," in log.read_text()


def test_csv_is_written_in_one_place_only() -> None:
    root = Path(sim.__file__).parents[1]
    writers = [
        str(path.relative_to(root))
        for folder in ("sim", "policies")
        for path in (root / folder).rglob("*.py")
        if "csv.writer" in path.read_text() or "to_csv" in path.read_text()
    ]
    assert writers == ["sim/report/csv_files.py"]
