"""A file is read to columns of text: the few that are wanted, each value kept once."""

from __future__ import annotations

import itertools
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.files.delimited import ExportTable
from sim.files.quality import READ, Quality

MISSING = ("", "?", "null", "none", "nan", "n/a", "-", "(empty)")
"""What trackers write for nothing, in lower case."""

MERGED = ("points",)
"""Fields that a tracker keeps in one column or another, by project: the one that is filled counts."""

CHUNK = 20_000
"""Rows taken together."""

_CUSTOM = re.compile(
    r"(?:custom field|campo personalizado|benutzerdefiniertes feld|champs? personnalisée?s?"
    r"|campo personalizzato|aangepast veld)\s*\((.+)\)$"
)


def plain(name: str) -> str:
    """Return a column's name as it is compared: lower case, spaces for underscores, no wrapping."""
    name = " ".join(name.strip().casefold().replace("_", " ").split())
    found = _CUSTOM.match(name)
    return found[1] if found else name


@dataclass
class Column:
    """N cells as codes into the values that occur."""

    values: list[str] = field(default_factory=list)
    codes: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    """(N,) position in `values`; -1: missing."""

    def __len__(self) -> int:
        return len(self.codes)

    def spread(self, per_value: NDArray[Any], missing: Any) -> NDArray[Any]:
        """Return one entry per cell (N,), from one per value."""
        if not len(per_value):
            return np.full(len(self.codes), missing)
        return np.where(self.codes >= 0, per_value[self.codes], missing)

    def take(self, rows: NDArray[Any]) -> Column:
        """Return the cells of some rows, in their order."""
        return Column(self.values, self.codes[rows])

    def text(self) -> list[str]:
        """Return the cells (N,); empty where missing."""
        return ["" if code < 0 else self.values[code] for code in self.codes.tolist()]

    def numbers(self) -> Floats:
        """Return the cells as numbers (N,); NaN where they are none."""
        found = np.array([_number(value) for value in self.values], dtype=np.float64)
        return np.asarray(self.spread(found, np.nan), dtype=np.float64)


def _number(text: str) -> float:
    text = text.strip().replace("\u00a0", "").lstrip("'")
    if "," in text and "." not in text:
        text = (
            text.replace(",", ".")
            if re.fullmatch(r"-?\d+,\d{1,2}", text)
            else text.replace(",", "")
        )
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return np.nan
    return number if np.isfinite(number) else np.nan


@dataclass
class Columns:
    """The wanted columns of one file, by field."""

    fields: dict[str, Column]
    rows: Ints
    """(N,) row number in the file; the header is row 1."""
    header: list[str]
    source: dict[str, str]
    """Field: the name of the column it was read from."""
    missing: dict[str, int]
    """Name of every column of the file: cells without a value."""

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: NDArray[Any]) -> Columns:
        """Return the same columns of some rows."""
        fields = {name: column.take(rows) for name, column in self.fields.items()}
        return replace(self, fields=fields, rows=self.rows[rows])


def choose(
    header: Sequence[str], aliases: Mapping[str, Sequence[str]], wanted: Mapping[str, str]
) -> dict[str, list[int]]:
    """Find which positions hold which field: what the user says, else the first alias that occurs.

    A name that occurs several times gives several positions.

    Raises:
        KeyError: for a column the user names and the file does not have.
    """
    names = [plain(name) for name in header]
    chosen: dict[str, list[int]] = {}
    for entry, options in aliases.items():
        if entry in wanted:
            positions = [i for i, name in enumerate(header) if name == wanted[entry]] or [
                i for i, name in enumerate(names) if name == plain(wanted[entry])
            ]
            if not positions:
                raise KeyError(wanted[entry])
            chosen[entry] = positions
            continue
        found = [[i for i, name in enumerate(names) if name == option] for option in options]
        present = [positions for positions in found if positions]
        if present:
            chosen[entry] = list(itertools.chain(*present)) if entry in MERGED else present[0]
    return chosen


class _Builder:
    """Cells of one column on their way to codes."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.codes = array("i")

    def add(self, cells: Iterable[str]) -> None:
        """Add cells, each as the code of its value."""
        place = self.place
        self.codes.extend([place.setdefault(cell, len(place)) for cell in cells])

    def column(self) -> Column:
        """Return the column so far, its values stripped and what stands for nothing missing."""
        values = [value.strip() for value in self.place]
        gone = np.array([value.lower() in MISSING for value in values], dtype=bool)
        codes = np.frombuffer(self.codes, dtype=np.int32).copy() if self.codes else Column().codes
        if len(values):
            codes[gone[codes]] = -1
        return Column(values, codes)


def from_table(
    table: ExportTable, chosen: Mapping[str, Sequence[int]], quality: Quality
) -> Columns:
    """Read the chosen columns of a CSV file; of several of one name, the last that is filled."""
    builders = {name: _Builder() for name in chosen}
    rows = array("q")
    missing = np.zeros(len(table.header), dtype=np.int64)
    for numbers, cells in _chunks(table.rows()):
        rows.extend(numbers)
        missing += [sum(map(column.count, ("", "?"))) for column in cells]
        for name, positions in chosen.items():
            builders[name].add(_last_filled([cells[position] for position in positions]))
    quality.note(READ, f"rows of {len(table.header)} columns", count=len(rows))
    return Columns(
        {name: builder.column() for name, builder in builders.items()},
        np.array(rows, dtype=np.int64),
        table.header,
        {name: table.header[positions[-1]] for name, positions in chosen.items()},
        dict(zip(table.header, missing.tolist(), strict=True)) if len(rows) else {},
    )


def _chunks(
    rows: Iterator[tuple[int, list[str]]],
) -> Iterator[tuple[tuple[int, ...], list[tuple[str, ...]]]]:
    """Yield row numbers, and the cells column by column."""
    while chunk := list(itertools.islice(rows, CHUNK)):
        numbers, cells = zip(*chunk, strict=True)
        yield numbers, list(zip(*cells, strict=True))


def _last_filled(columns: list[tuple[str, ...]]) -> Iterable[str]:
    if len(columns) == 1:
        return columns[0]
    return (
        next((cell for cell in reversed(cells) if cell.strip()), "")
        for cells in zip(*columns, strict=True)
    )


def from_records(records: Sequence[Mapping[str, str]], quality: Quality) -> Columns:
    """Make columns, by field, of records already flattened to text."""
    names = list(Counter(key for record in records for key in record))
    builders = {name: _Builder() for name in names}
    for name, builder in builders.items():
        builder.add(record.get(name, "") for record in records)
    quality.note(READ, "entries of a JSON document", count=len(records))
    rows = np.arange(1, len(records) + 1)
    fields = {name: builder.column() for name, builder in builders.items()}
    return Columns(fields, rows, names, {name: name for name in names}, {})
