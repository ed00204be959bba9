"""Compiled functions as files of machine code, loaded without numba.

numba takes half a second to come up, and to load what it keeps itself: half of the time of a small
study. Here the code it has made is kept as it is, under a name made of all that the code depends on,
and loaded by llvmlite alone.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import pickle
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from sim.files import whole_file

try:
    from llvmlite import binding as llvm
except ImportError:  # nor is there numba then, and the loops run as they stand
    llvm = None

FOLDER = "NUMBA_CACHE_DIR"
"""Names the folder for compiled code, as it does for numba."""

_OURS_ALONE = (FOLDER, "NUMBA_NUM_THREADS")
"""Settings of numba that change nothing about the code."""

_OF_NUMBA = ("numba", "nrt", "py")
"""How names begin that only numba can put in place."""


class NotCompilableError(Exception):
    """Something that numba cannot compile, and why, in words."""


class MachineCode(NamedTuple):
    """A function for this processor."""

    symbol: str
    """its name in the code"""
    needs: list[str]
    """names that it takes from outside"""
    code: bytes
    """an object file"""
    address: int = 0
    """where numba itself has loaded it in this process, if it has just made it"""

    @property
    def stands_alone(self) -> bool:
        """Whether it can be loaded where there is no numba."""
        return not any(name.lower().lstrip("_").startswith(_OF_NUMBA) for name in self.needs)


def fingerprint(*modules: ModuleType | str) -> str:
    """Of the text that compiled code is made of.

    Args:
        modules: by name those beside this one that are not to be loaded.
    """
    files = (
        Path(__file__).parent / f"{module}.py" if isinstance(module, str) else str(module.__file__)
        for module in modules
    )
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def name_of(label: str, *content: Any) -> str:
    """The name of code under which it is kept: of what it is made of, by what, and for what."""
    text = repr((content, _made_by()))
    return f"firelane-{label}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


@cache
def _made_by() -> tuple[Any, ...]:
    return (
        version("numba"),
        version("llvmlite"),
        platform.python_version(),
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
        sorted(
            (name, value)
            for name, value in os.environ.items()
            if name.startswith("NUMBA_") and name not in _OURS_ALONE
        ),
    )


# ---- files ---------------------------------------------------------------------------------------


def keep(name: str, made: MachineCode) -> None:
    """Keep code on disk for later, if there is a place that can be written to."""
    about = {"symbol": made.symbol, "needs": made.needs, "digest": _digest(made)}
    for folder in _folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(folder / name, "wb") as file:
                file.write(json.dumps(about).encode() + b"\n" + made.code)
        except OSError:
            continue
        return


def kept(name: str) -> MachineCode | None:
    """What was kept under a name; None where it is not there, or not whole."""
    for folder in _folders():
        try:
            first, _, code = (folder / name).read_bytes().partition(b"\n")
            about = json.loads(first)
            found = MachineCode(about["symbol"], about["needs"], code)
            if about["digest"] == _digest(found):
                return found
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


def _digest(made: MachineCode) -> str:
    return hashlib.sha256(repr((made.symbol, made.needs)).encode() + made.code).hexdigest()


def _folders() -> Iterator[Path]:
    """Where code may lie, the best place first."""
    if chosen := os.environ.get(FOLDER):
        yield Path(chosen)
        return
    yield Path(__file__).parent / "__pycache__"
    if of_caches := os.environ.get("XDG_CACHE_HOME"):
        yield Path(of_caches) / "firelane"
    elif home := os.environ.get("HOME"):
        yield Path(home) / ".cache" / "firelane"


# ---- in memory -----------------------------------------------------------------------------------

_engines: list[Any] = []
"""What holds the loaded code; it stays as long as the program."""


def loaded(made: MachineCode) -> int | None:
    """The address of the function, once loaded; None where something it needs is not in place."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    if any(llvm.address_of_symbol(name) is None for name in made.needs):
        return None
    machine = llvm.Target.from_triple(llvm.get_process_triple()).create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(made.code))
    engine.finalize_object()
    _engines.append(engine)
    address: int = engine.get_function_address(made.symbol)
    return address or None


# ---- calls ---------------------------------------------------------------------------------------

_OK, _NONE, _RAISED = 0, -2, 1
"""What numba's functions return; with the last, or more, they point to what was raised."""


class _Raised(ctypes.Structure):
    """numba's description of an exception."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_int32),
        ("values", ctypes.c_void_p),
        ("unpack", ctypes.c_void_p),
        ("dynamic", ctypes.c_int32),
    )


_Prototype = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.POINTER(ctypes.POINTER(_Raised)),
    ctypes.c_int64,
)


class Loop:
    """A compiled function of one number, the address of its memory; others run meanwhile."""

    def __init__(self, address: int) -> None:
        self._call = _Prototype(address)

    def __call__(self, memory: int) -> None:
        """Raises whatever the compiled code raises."""
        nothing, raised = ctypes.c_void_p(), ctypes.POINTER(_Raised)()
        status = self._call(ctypes.byref(nothing), ctypes.byref(raised), memory)
        if status not in (_OK, _NONE):
            raise _exception(raised.contents) if status >= _RAISED else SystemError(status)


def _exception(raised: _Raised) -> BaseException:
    """What was raised, with a note of where."""
    kind, arguments, place = pickle.loads(ctypes.string_at(raised.data, raised.size))
    if raised.dynamic > 0:  # where a value is known only now, what is kept holds its place
        from llvmlite import ir

        unpack = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p)(raised.unpack)
        values = iter(unpack(raised.values))
        arguments = [next(values) if isinstance(a, ir.Value) else a for a in arguments]
    error: BaseException = (kind or RuntimeError)(*arguments)
    if place is not None:
        error.add_note(f"raised in {place[0]} ({place[1]}, line {place[2]})")
    return error
