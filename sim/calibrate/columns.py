"""A file is read to columns of text: the few that are wanted, each value kept once."""

from __future__ import annotations

import itertools
import operator
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Ints
from sim.calibrate.headings import bare, plain
from sim.files.quality import READ, Quality

MISSING = (
    "", "?", "null", "none", "nan", "nil", "n/a", "#n/a", "n.a.", "-", "--", "–", "—", "(empty)", "<null>", "not set",
)  # fmt: skip
"""What trackers write for nothing, in lower case."""

MERGED = ("points",)
"""Fields that a tracker keeps in one column or another, by project: the one that is filled counts."""

PEEK = 300
"""Rows looked at to tell which columns hold anything."""

CHUNK = 20_000
"""Rows taken together."""


class Table(Protocol):
    """A file as rows of cells, whatever it is."""

    header: list[str]
    delimiter: str
    """What parts its columns; empty where nothing does."""
    rows_are: str
    """What its rows are called."""

    def rows(self, quality: Quality | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield row numbers, and cells, as many as the header has; findings go into `quality`."""
        ...


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

    def sure(self, found: Sequence[Any], missing: Any) -> NDArray[Any]:
        """Return one entry per cell (N,), from one per value given as a plain list."""
        return self.spread(np.array(found) if len(found) else np.empty(0), missing)


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
    delimiter: str = ","
    """What parts the columns of the file; empty where nothing does."""
    unread: tuple[str, ...] = ()
    """Names of columns that hold something and are not read."""

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: NDArray[Any]) -> Columns:
        """Return the same columns of some rows."""
        fields = {name: column.take(rows) for name, column in self.fields.items()}
        return replace(self, fields=fields, rows=self.rows[rows])


def choose(
    header: Sequence[str],
    own: Mapping[str, Sequence[str]],
    wanted: Mapping[str, str],
    general: Mapping[str, Sequence[str]] | None = None,
    empty: Collection[int] = (),
) -> dict[str, list[int]]:
    """Find which positions hold which field: what the user says, else the first name that occurs.

    A name that occurs several times gives several positions. Names are first compared as they are, then
    without units and what stands in brackets; a column with nothing in it comes after all others.

    Args:
        header: the names of the columns.
        own: field: names that the format has for it, the best first.
        wanted: field: column, as the user says.
        general: names for fields that the format does not name.
        empty: positions of columns that seem to hold nothing.
    """
    names = [plain(name) for name in header]
    bared = [bare(name) for name in names]
    chosen: dict[str, list[int]] = {}
    for entry in dict.fromkeys([*own, *(general or {}), *wanted]):
        said = _named(wanted[entry], header, names) if entry in wanted else []
        if said:
            chosen[entry] = said
            continue
        tables = [own.get(entry, ()), (general or {}).get(entry, ())]
        found = [
            [i for i, name in enumerate(these) if name == option]
            for options in tables
            for these in (names, bared)
            for option in options
        ]
        present = [positions for positions in found if positions]
        filled = [positions for positions in present if not all(i in empty for i in positions)]
        if present:
            best = (filled or present)[0]
            chosen[entry] = (
                list(dict.fromkeys(itertools.chain(*present))) if entry in MERGED else best
            )
    return chosen


def _named(column: str, header: Sequence[str], names: Sequence[str]) -> list[int]:
    positions = [i for i, name in enumerate(header) if name == column]
    return positions or [i for i, name in enumerate(names) if name == plain(column)]


def seemingly_empty(table: Table) -> frozenset[int]:
    """Return the positions of columns that hold nothing in the first PEEK rows."""
    filled: set[int] = set()
    rows = 0
    for _, cells in itertools.islice(table.rows(Quality("")), PEEK):
        rows += 1
        filled |= {i for i, cell in enumerate(cells) if cell.strip().lower() not in MISSING}
    return frozenset(range(len(table.header))) - filled if rows else frozenset()


class _Builder:
    """Cells of one column on their way to codes."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.codes = array("i")

    def add(self, cells: Iterable[str]) -> None:
        """Add cells, each as the code of its value."""
        place = self.place
        self.codes.extend([place.setdefault(cell, len(place)) for cell in cells])

    def _stripped(self) -> tuple[list[str], NDArray[np.int32]]:
        """Return the values without white space around them, each once, and the codes."""
        codes = np.frombuffer(self.codes, dtype=np.int32).copy() if self.codes else Column().codes
        values = [value.strip() for value in self.place]
        if all(map(operator.eq, values, self.place)):
            return values, codes
        once = {value: n for n, value in enumerate(dict.fromkeys(values))}
        to = np.array([once[value] for value in values], dtype=np.int32)
        return list(once), to[codes]

    def column(self) -> Column:
        """Return the column so far, its values stripped and what stands for nothing missing."""
        values, codes = self._stripped()
        gone = np.array([value.lower() in MISSING for value in values], dtype=bool)
        if len(values):
            codes[gone[codes]] = -1
        return Column(values, codes)


def from_table(table: Table, chosen: Mapping[str, Sequence[int]], quality: Quality) -> Columns:
    """Read the chosen columns of a CSV file; of several of one name, the last that is filled."""
    builders = {name: _Builder() for name in chosen}
    rows = array("q")
    missing = np.zeros(len(table.header), dtype=np.int64)
    for numbers, cells in _chunks(table.rows()):
        rows.extend(numbers)
        missing += [sum(map(column.count, ("", "?"))) for column in cells]
        for name, positions in chosen.items():
            builders[name].add(_last_filled([cells[position] for position in positions]))
    quality.note(READ, f"{table.rows_are} of {len(table.header)} columns", count=len(rows))
    return Columns(
        # One after the other is let go: a file may hold a million distinct cells in each.
        {name: builders.pop(name).column() for name in list(builders)},
        np.array(rows, dtype=np.int64),
        table.header,
        {name: table.header[positions[-1]] for name, positions in chosen.items()},
        dict(zip(table.header, missing.tolist(), strict=True)) if len(rows) else {},
        table.delimiter,
        _unread(table.header, chosen, missing, len(rows)),
    )


def _unread(
    header: Sequence[str], chosen: Mapping[str, Sequence[int]], missing: Ints, rows: int
) -> tuple[str, ...]:
    read = set(itertools.chain(*chosen.values()))
    held = [i for i in range(len(header)) if i not in read and missing[i] < rows and header[i]]
    return tuple(dict.fromkeys(header[i] for i in held))


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
