"""Tables of whole numbers as compiled code reads them.

Tables that belong together (a world, a book of accounts) are declared in a class (`sim.engine.rows`).
Compiled code is given one address: that of a row of numbers with the address and the length of each table.
A world's row also has the addresses of the policy's decisions, and its parameters.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from sim.arrays import Ints
from sim.engine.block import Block
from sim.engine.kernel.tables import WorldTables
from sim.engine.rows import Arrays, TableKind, kinds_of
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


def memory_of(tables: Arrays, block: Block | None = None, more: int = 0) -> Ints:
    """Tables as compiled code finds them, which must outlive what is returned.

    Args:
        tables: all of a declaration.
        block: in which some of them stand, by their names.
        more: numbers that there are to be behind them.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    declaration: Any = type(tables)
    memory = np.zeros(2 * len(declaration._fields) + more, dtype=np.int64)
    named = {name: getattr(tables, name) for name in kinds_of(declaration)}
    put_in(memory, declaration, named, block)
    return memory


def put_in(
    memory: Ints, declaration: Any, tables: Mapping[str, Any], block: Block | None = None
) -> None:
    """Put some tables of a declaration into the memory of all.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    kinds, places = kinds_of(declaration), places_of(declaration)
    known = block.addresses() if block is not None else {}
    found, numbers = [], []
    for name, table in tables.items():
        found += [places[name], places[name] + 1]
        numbers += [known.get(name) or _address(table, name, kinds[name]), len(table)]
    memory[found] = numbers


_known: dict[int, tuple[weakref.ref[Any], TableKind, int]] = {}
"""By a table's id, where one stands that nobody writes to: such tables are asked about again and again, and
NumPy takes two microseconds to tell."""

_MOST_KNOWN = 4_096


def _address(table: Any, name: str, kind: TableKind) -> int:
    """Where a table's numbers stand."""
    known = _known.get(id(table))
    if known is not None and known[0]() is table and (known[1] is kind or known[1] == kind):
        return known[2]
    flags = table.flags
    if table.dtype != kind.dtype or not flags.c_contiguous or table.shape[1:] != kind.shape:
        raise TypeError(f"table {name} is not laid out as it is declared")
    address: int = table.__array_interface__["data"][0]
    if not flags.writeable:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[id(table)] = weakref.ref(table), kind, address
    return address


def memory_of_world(w: Arrays, block: Block | None = None) -> Ints:
    """A world's memory, as that of other tables; the policy is yet to enter.

    Raises:
        TypeError: for a table that is not laid out as it must be.
    """
    return memory_of(w, block, MAX_NUMBERS)


def enter(memory: Ints, decisions: Sequence[int], parameters: Sequence[int]) -> None:
    """Let a policy into the world: the addresses of its compiled decisions, and its parameters."""
    memory[_DECISIONS] = decisions
    memory[PARAMETERS_AT : PARAMETERS_AT + len(parameters)] = parameters
