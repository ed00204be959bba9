"""Tables of whole numbers as compiled code reads them.

Tables that belong together (a world, a book of accounts) are declared in a class (`sim.engine.rows`).
Compiled code is given one address: that of a row of numbers with the address and the length of each table.
A world's row also has the addresses of the policy's decisions, and its parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.engine.kernel.tables import WorldTables
from sim.engine.rows import Arrays, kinds_of
from sim.policy.contract import DECISIONS
from sim.policy.records import MAX_NUMBERS


@cache
def places_of(declaration: Any) -> dict[str, int]:
    """The place of each table's address by the table's name, its length behind it; other fields
    take as much."""
    return {name: 2 * place for place, name in enumerate(declaration._fields)}


PARAMETERS_AT = places_of(WorldTables)["p"]
"""Where a policy's parameters begin in a world's memory; they are last."""

_DECISIONS = [places_of(WorldTables)[name] for name in DECISIONS]


def memory_of(tables: Arrays, more: int = 0) -> Ints:
    """Tables as compiled code finds them, which must outlive what is returned; `more` numbers behind them.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    declaration: Any = type(tables)
    memory = np.zeros(2 * len(declaration._fields) + more, dtype=np.int64)
    for name, kind in kinds_of(declaration).items():
        table, place = getattr(tables, name), places_of(declaration)[name]
        if (
            table.dtype != kind.dtype
            or not table.flags.c_contiguous
            or table.ndim != 1 + len(kind.shape)
            or table.shape[1:] != kind.shape
        ):
            raise TypeError(f"table {name} is not laid out as it is declared")
        memory[place] = table.__array_interface__["data"][0]
        memory[place + 1] = len(table)
    return memory


def memory_of_world(w: Arrays) -> Ints:
    """A world's memory; the policy is yet to enter.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    return memory_of(w, MAX_NUMBERS)


def enter(memory: Ints, decisions: Sequence[int], parameters: Sequence[int]) -> None:
    """Let a policy into the world: the addresses of its compiled decisions, and its parameters."""
    memory[_DECISIONS] = decisions
    memory[PARAMETERS_AT : PARAMETERS_AT + len(parameters)] = parameters
