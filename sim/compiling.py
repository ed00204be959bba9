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

OPTIONS = {"boundscheck": True, "nogil": True}
"""Bounds checks stay on: a wrong index raises instead of corrupting memory."""

one_at_a_time = threading.RLock()
"""Held while something is compiled or loaded: threads wait for each other."""


class NotCompilableError(Exception):
    """Something that numba cannot compile, and why, in words."""


def has_numba() -> bool:
    """Whether anything can be compiled."""
    return all(find_spec(name) is not None for name in ("llvmlite", "numba"))


def compiled_where_possible(
    entry: Callable[..., Any], dimensions: Sequence[int], *made_of: ModuleType
) -> Callable[..., Any]:
    """`entry` and the functions of its module, compiled; as they are where there is no numba.

    Args:
        entry: a function whose arguments are contiguous arrays of whole numbers; it returns nothing.
        dimensions: of each of them.
        made_of: other modules whose constants it uses.
    """
    if not has_numba():
        return entry
    home = sys.modules[entry.__module__]
    text = fingerprint(home, sys.modules[__name__], "compiler", *made_of)
    name = name_of(entry.__name__, text, tuple(dimensions))

    def make() -> MachineCode:
        from sim.compiler import function_of_arrays

        return function_of_arrays(entry, dimensions)

    with one_at_a_time:
        return _OfArrays(Loop(address_of(name, make)), dimensions)


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


class _OfArrays:
    """A compiled function called with arrays."""

    def __init__(self, loop: Loop, dimensions: Sequence[int]) -> None:
        self._loop, self._dimensions = loop, tuple(dimensions)

    def __call__(self, *arrays: Any) -> None:
        """Raises TypeError for an array that is not as the function reads it."""
        memory: list[int] = []
        for array, dimensions in zip(arrays, self._dimensions, strict=True):
            if array.ndim != dimensions or array.dtype != np.int64 or not array.flags.c_contiguous:
                raise TypeError("expected contiguous arrays of 64-bit whole numbers")
            memory += (array.__array_interface__["data"][0], *array.shape)
        packed = np.array(memory, dtype=np.int64)
        self._loop(packed.ctypes.data)
