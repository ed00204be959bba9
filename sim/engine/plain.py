"""The kernel as plain Python: needs no numba, and a debugger can step through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.engine import kernel as k
from sim.engine.cases import Case, Room
from sim.engine.layout import lived_through
from sim.engine.trace import Trace
from sim.policy.answers import answering


class Rows:
    """A table of Python's own whole numbers, read and written as `table[row, column]`."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[list[int]]) -> None:
        self.rows = rows

    def __getitem__(self, place: tuple[int, int]) -> int:
        row, column = place
        return self.rows[row][column]

    def __setitem__(self, place: tuple[int, int], value: int) -> None:
        row, column = place
        self.rows[row][column] = value

    def __len__(self) -> int:
        return len(self.rows)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.rows, dtype=np.int64)


def simulate(cases: Sequence[Case], room: Room) -> Iterator[Trace]:
    """Live through sample paths, each under a policy.

    Raises:
        PolicyError: where a decision answers what is no answer.
    """
    asked = [(path, answering(policy)) for path, policy in cases]
    return lived_through(asked, lambda tables: _live, room)


def _live(w: k.World) -> k.World:
    unpacked = k.World(*(_unpacked(field) for field in w))
    k.live(unpacked)  # type: ignore[no-untyped-call]
    return unpacked


def _unpacked(field: Any) -> Any:
    """A table in Python's own numbers, which are several times faster one by one."""
    if not isinstance(field, np.ndarray):
        return field
    return Rows(field.tolist()) if field.ndim == 2 else field.tolist()
