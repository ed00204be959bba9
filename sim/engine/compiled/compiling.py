"""Loops in the numba subset: compiled where numba is there, and run as they stand where it is not."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NamedTuple

from sim.engine import rows
from sim.engine.block import Block
from sim.engine.compiled.memory import memory_of, put_in
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
    """Raised where the compiler does not work here, whatever it is given; the plain engine does."""


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


class Source(NamedTuple):
    """What machine code is made of."""

    name: str
    """made of all that the code depends on"""
    make: Callable[[], MachineCode]
    """compiles it"""


class LoopOfTables:
    """A function of declared tables, which it fills: compiled, or in Python where there is no numba."""

    def __init__(
        self,
        entry: Callable[..., Any],
        declaration: type,
        compiled: Loop | None,
        source: Source | None = None,
    ) -> None:
        self._entry, self._declaration, self._compiled = entry, declaration, compiled
        self.source = source
        """What it is made of; None where there is no compiler."""

    @property
    def is_compiled(self) -> bool:
        """Whether it runs as machine code."""
        return self._compiled is not None

    def __call__(self, tables: Any, block: Block | None = None) -> None:
        """Run it once; `block`: in which some of the tables stand.

        Raises:
            TypeError: for a table that is not as it is declared.
        """
        self.on(tables, block)()

    def on(self, tables: Any, block: Block | None = None) -> OnTables:
        """The function on these tables, to be run again and again.

        Raises:
            TypeError: for a table that is not as it is declared.
        """
        return OnTables(self._entry, self._declaration, self._compiled, tables, block)


class OnTables:
    """A function on tables, which are held as long as it is."""

    def __init__(
        self,
        entry: Callable[..., Any],
        declaration: type,
        compiled: Loop | None,
        tables: Any,
        block: Block | None,
    ) -> None:
        self._entry, self._declaration, self._compiled = entry, declaration, compiled
        self._tables = tables
        self._memory = memory_of(tables, block) if compiled is not None else None

    def put(self, tables: dict[str, Any], block: Block | None = None) -> None:
        """Put other tables in the place of some; `block`: in which some of them stand.

        Raises:
            TypeError: for a table that is not as it is declared.
        """
        self._tables = self._tables._replace(**tables)
        if self._memory is not None:
            put_in(self._memory, self._declaration, tables, block)

    def __call__(self) -> None:
        """Run the function."""
        if self._compiled is None or self._memory is None:
            _in_python(self._entry, self._declaration, self._tables)
        else:
            self._compiled(self._memory.ctypes.data)


def compiled_where_possible(
    entry: Callable[..., Any], declaration: type, *made_of: ModuleType
) -> LoopOfTables:
    """`entry` and what it calls, compiled; in Python where there is no numba.

    Args:
        entry: a function of declared tables, which it fills; it returns nothing.
        declaration: of these: see `sim.engine.rows`. What is returned takes an object of it, of arrays.
        made_of: other modules whose functions, constants and rows it uses; of one name, the last is meant.
    """
    rows.kinds_of(declaration)  # once, here, and not in the first run
    if no_compiler():
        return LoopOfTables(entry, declaration, None)
    home = sys.modules[entry.__module__]
    compilers = (
        f"sim.engine.compiled.{name}"
        for name in ("compiler", "memory", "numba_types", "numba_inside")
    )
    text = text_digest(home, rows, sys.modules[__name__], *compilers, *made_of)
    name = name_of(entry.__name__, text)

    def make() -> MachineCode:
        from sim.engine.compiled.compiler import function_of_tables

        return function_of_tables(entry, declaration, made_of)

    try:
        with one_at_a_time:
            compiled = Loop(address_of(name, make))
            return LoopOfTables(entry, declaration, compiled, Source(name, make))
    except CompilerError:  # the engine's own says so
        return LoopOfTables(entry, declaration, None)


def _in_python(entry: Callable[..., Any], declaration: Any, tables: Any) -> None:
    kinds = rows.kinds_of(declaration)
    unpacked = {name: rows.in_python(getattr(tables, name), kind) for name, kind in kinds.items()}
    entry(declaration(**unpacked))
    for name, kind in kinds.items():
        table = getattr(tables, name)
        if table.flags.writeable:  # others are only read
            table[...] = rows.as_array(unpacked[name], kind)


def address_of(name: str, make: Callable[[], MachineCode]) -> int:
    """The address to which the code of this name has been loaded: from disk, or made, and kept for
    the next time.

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
