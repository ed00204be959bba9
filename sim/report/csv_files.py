"""CSV that a spreadsheet cannot be made to run: cells that begin like a formula are made text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.report.files import whole_file

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: object) -> object:
    """The cell; text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a whole CSV file, or none.

    Raises:
        OSError: where the folder is missing or may not be written.
    """
    with whole_file(path) as file:
        out = csv.writer(file)  # its own line ends, so that one within a cell is quoted
        out.writerow([neutral(name) for name in header])
        out.writerows([neutral(cell) for cell in row] for row in rows)
