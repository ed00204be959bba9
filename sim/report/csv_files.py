"""CSV that a spreadsheet cannot be made to run: cells that begin like a formula are made text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sim.files.results import result_file

if TYPE_CHECKING:
    import pandas as pd

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def neutral(cell: object) -> object:
    """Return the cell; text that a spreadsheet would take for a formula gets an apostrophe in
    front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a whole CSV file, or none.

    Raises:
        OSError: where the folder is missing or may not be written.
    """
    with result_file(path) as file:
        _write(file, header, rows)


def write_frame(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as a whole CSV file, or none.

    Raises:
        OSError: where the folder is missing or may not be written.
    """
    write_csv(path, [str(name) for name in frame.columns], frame.itertuples(index=False))


def csv_text(frame: pd.DataFrame) -> str:
    """Return a table as the text of a CSV file."""
    text = io.StringIO()
    _write(text, [str(name) for name in frame.columns], frame.itertuples(index=False))
    return text.getvalue()


def _write(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    out = csv.writer(file)  # its own line ends, so that one within a cell is quoted
    out.writerow([neutral(name) for name in header])
    out.writerows([neutral(cell) for cell in row] for row in rows)
