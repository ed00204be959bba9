"""Loops in the numba subset: compiled where numba is there, and run as they stand where it is not."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np

from sim.engine.compiled.memory import ROW
from sim.engine.compiled.object_cache import (  # type: ignore[attr-defined]
    Loop,
    MachineCode,
    NotCompilableError,
    keep,
    kept,
    llvm,
    loaded,
    name_of,
    text_digest,
)
from sim.errors import CannotDoError

one_at_a_time = threading.RLock()
"""Held while something is compiled or loaded: threads wait for each other."""


class CompilerError(CannotDoError):
    """The compiler does not work here, whatever it is given; the plain engine does."""


@cache
def no_compiler() -> str:
    """Why nothing can be compiled here, in words; empty where it can, as far as one can tell before it
    is tried."""
    missing = [name for name in ("numba", "llvmlite") if find_spec(name) is None]
    if missing:
        return f"{missing[0]} is not installed"
    if os.environ.get("NUMBA_DISABLE_JIT", "0").strip() not in ("", "0"):
        return "NUMBA_DISABLE_JIT is set"
    if llvm is None:
        return "llvmlite cannot be loaded"
    return ""


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
    if no_compiler():
        return entry
    home = sys.modules[entry.__module__]
    compilers = (
        f"sim.engine.compiled.{name}" for name in ("compiler", "numba_types", "numba_inside")
    )
    text = text_digest(home, sys.modules[__name__], *compilers, *made_of)
    name = name_of(entry.__name__, text, tuple(columns))

    def make() -> MachineCode:
        from sim.engine.compiled.compiler import function_of_tables

        return function_of_tables(entry, columns)

    try:
        with one_at_a_time:
            return _OfTables(Loop(address_of(name, make)), columns)
    except CompilerError:  # the engine's own says so
        return entry


def address_of(name: str, make: Callable[[], MachineCode]) -> int:
    """Where the code of this name has been loaded to: from disk, or made, and kept for the next time.

    Raises:
        NotCompilableError: where it cannot be compiled.
        CompilerError: where nothing can.
    """
    try:
        made = kept(name)
        address = loaded(made) if made is not None else None
        if address is None:
            made = make()
            if made.stands_alone:
                keep(name, made)
            address = made.address
    except (NotCompilableError, MemoryError):
        raise
    except Exception as error:
        raise CompilerError(in_a_line(error)) from error
    return address


def in_a_line(error: Exception) -> str:
    """What an error says, as far as one line goes."""
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
    return f"{type(error).__name__}: {said[:100]}" if said else type(error).__name__


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
