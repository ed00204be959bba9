"""Loops in the numba subset: compiled where numba is there, and run as they stand where it is not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from sim.machine_code import Loop, MachineCode, fingerprint, keep, kept, loaded, name_of
from sim.world_memory import ROW

one_at_a_time = threading.RLock()
"""Held while something is compiled or loaded: threads wait for each other."""


def has_numba() -> bool:
    """Whether anything can be compiled."""
    return all(find_spec(name) is not None for name in ("llvmlite", "numba"))


def compiled_where_possible(
    entry: Callable[..., Any], columns: Sequence[int], *made_of: ModuleType
) -> Callable[..., Any]:
    """`entry` and the functions of its module, compiled; as they are where there is no numba.

    Args:
        entry: a function whose arguments are tables, contiguous arrays of whole numbers; it returns
            nothing.
        columns: of each of them; ROW for an array of one dimension.
        made_of: other modules whose constants it uses.
    """
    if not has_numba():
        return entry
    home = sys.modules[entry.__module__]
    text = fingerprint(home, sys.modules[__name__], "compiler", "compiled_world", *made_of)
    name = name_of(entry.__name__, text, tuple(columns))

    def make() -> MachineCode:
        from sim.compiler import function_of_tables

        return function_of_tables(entry, columns)

    with one_at_a_time:
        return _OfTables(Loop(address_of(name, make)), columns)


def address_of(name: str, make: Callable[[], MachineCode]) -> int:
    """Where the code of this name has been loaded to: from disk, or made, and kept for the next time."""
    made = kept(name)
    address = loaded(made) if made is not None else None
    if address is None:
        made = make()
        if made.stands_alone:
            keep(name, made)
        address = made.address
    return address


class _OfTables:
    """A compiled function called with arrays."""

    def __init__(self, loop: Loop, columns: Sequence[int]) -> None:
        self._loop = loop
        self._shapes = [() if width == ROW else (width,) for width in columns]

    def __call__(self, *arrays: Any) -> None:
        """Raises TypeError for an array that is not as the function reads it."""
        memory: list[int] = []
        for array, shape in zip(arrays, self._shapes, strict=True):
            if array.shape[1:] != shape or array.dtype != np.int64 or not array.flags.c_contiguous:
                raise TypeError("expected contiguous tables of 64-bit whole numbers")
            memory += (array.ctypes.data, len(array))
        packed = np.array(memory, dtype=np.int64)
        self._loop(packed.ctypes.data)
