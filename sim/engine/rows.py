"""Rows with names: an entity is declared once, and tables, machine code and tests read it by its fields.

A table is an array of whole numbers, a row for each entity. Its class says what stands in a row:

    class Part(Row):
        incident: int
        '''which it is a part of'''
        load: Annotated[list[int], 6]
        '''six numbers beside each other'''

In Python, `table[:, Part.incident]` is the field of all rows, and `Part.load` the slice of its six. Where
a loop runs over rows (`sim.engine.kernel`, `sim.measures.ledger`), `table[part].incident` is the number:
compiled, an address (`sim.engine.compiled.numba_types`); uncompiled, an attribute of an object of the class.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args, get_origin, get_type_hints

import numpy as np


@dataclass(frozen=True)
class Field:
    """The place of a field in its row."""

    place: int
    count: int
    """numbers that stand beside each other; 0: it is one number"""


class Row:
    """A row. A subclass annotates its fields, in their order, with `int` or `Annotated[list[int],
    n]`."""

    FIELDS: ClassVar[dict[str, Field]] = {}
    WIDTH: ClassVar[int] = 0

    def __init_subclass__(cls) -> None:
        cls.FIELDS, place = {}, 0
        hints = get_type_hints(cls, include_extras=True)
        for name in cls.__annotations__:
            hint = hints[name]
            count = int(get_args(hint)[1]) if get_origin(hint) is Annotated else 0
            cls.FIELDS[name] = Field(place, count)
            setattr(cls, name, slice(place, place + count) if count else place)
            place += count or 1
        cls.WIDTH = place

    def __init__(self, numbers: list[int]) -> None:
        for name, field in self.FIELDS.items():
            at, count = field.place, field.count
            setattr(self, name, numbers[at : at + count] if count else numbers[at])

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """A row by itself; the fields that are not named are 0."""
        numbers = np.zeros(cls.WIDTH, dtype=np.int64)
        for name, value in fields.items():
            numbers[getattr(cls, name)] = value
        return cls(numbers.tolist())

    def numbers(self) -> list[int]:
        """The row as it stands in a table."""
        found: list[int] = []
        for name, field in self.FIELDS.items():
            value = getattr(self, name)
            found += value if field.count else [value]
        return found


Arrays = Any
"""Tables that are declared together, each as an array: outside of loops, where `table[:, Part.incident]` is
what is meant."""

OneRow = TypeVar("OneRow", bound=Row)

Table = Sequence[OneRow]
"""A row for each entity."""

Numbers = Annotated[MutableSequence[int], "numbers"]
"""A row of numbers, reached by their places."""

Reals = Annotated[MutableSequence[float], "reals"]
"""The same of floating-point numbers."""


@dataclass(frozen=True)
class TableKind:
    """The kind of a table: rows, a single row, or a row of numbers."""

    row: type[Row] | None = None
    is_single: bool = False
    is_real: bool = False

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The shape of the table's array, but for the number of rows."""
        return (self.row.WIDTH,) if self.row and not self.is_single else ()

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """What its array holds."""
        return np.dtype(np.float64 if self.is_real else np.int64)


@cache
def kinds_of(declaration: Any) -> dict[str, TableKind]:
    """The kind of each table of a declaration: a class whose fields are annotated with `Table[…]`,
    a `Row`, `Numbers` or `Reals`. Other fields are left out."""
    found = {}
    for name, hint in get_type_hints(declaration, include_extras=True).items():
        if hint in (Numbers, Reals):
            found[name] = TableKind(is_real=hint == Reals)
        elif isinstance(hint, type) and issubclass(hint, Row):
            found[name] = TableKind(hint, is_single=True)
        elif get_origin(hint) is get_origin(Table):
            found[name] = TableKind(get_args(hint)[0])
    return found


def in_python(array: Any, kind: TableKind) -> Any:
    """A table as objects of Python's own, which are several times faster one by one than an array."""
    numbers = array.tolist()
    if kind.row is None:
        return numbers
    return kind.row(numbers) if kind.is_single else [kind.row(row) for row in numbers]


def as_array(table: Any, kind: TableKind) -> Any:
    """The array of what `in_python` gave."""
    if kind.row is None:
        return np.array(table, dtype=kind.dtype)
    if kind.is_single:
        return np.array(table.numbers(), dtype=np.int64)
    rows = [row.numbers() for row in table]
    return np.array(rows, dtype=np.int64).reshape(len(rows), kind.row.WIDTH)
