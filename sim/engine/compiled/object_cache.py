"""Compiled functions as files of machine code, loaded without numba.

numba takes half a second to come up, and to load what it keeps itself: half of the time of a small
study. Here the code it has made is kept as it is, under a name made of all that the code depends on,
and loaded by llvmlite alone.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import pickle
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from sim.errors import FirelaneError
from sim.files.own_folder import (
    PRIVATE_FILE,
    PUBLIC_FILE,
    Folder,
    is_ours,
    is_safe,
    own_folder,
    us,
)

try:
    from llvmlite import binding as llvm
except (ImportError, OSError):  # nor does numba work then, and the loops run as they stand
    llvm = None

FOLDER = "NUMBA_CACHE_DIR"
"""Names the folder for compiled code, as it does for numba."""

_OURS_ALONE = (FOLDER, "NUMBA_NUM_THREADS")
"""Settings of numba that change nothing about the code."""

_OF_NUMBA = ("numba", "nrt", "py")
"""How names begin that only numba can put in place."""


class NotCompilableError(FirelaneError):
    """Raised for something that numba cannot compile, saying why in words."""


class MachineCode(NamedTuple):
    """The machine code of a function, for this processor."""

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
        """Whether the code can be loaded where there is no numba."""
        return not any(name.lower().lstrip("_").startswith(_OF_NUMBA) for name in self.needs)


_PROGRAM = Path(__file__).parents[3]
"""Beside which `sim` lies."""


def text_digest(*modules: ModuleType | str) -> str:
    """The digest of the text that compiled code is made of.

    Args:
        modules: by name those of this program that are not to be loaded.
    """
    files = (
        _PROGRAM.joinpath(*module.split(".")).with_suffix(".py")
        if isinstance(module, str)
        else str(module.__file__)
        for module in modules
    )
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def name_of(label: str, *content: Any) -> str:
    """The name under which code is kept, made of what the code is made of, by what, and for
    what."""
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
#
# A file is run, so only one is taken that nobody else can have written, and that was kept under the
# very name: the digest covers it.

_LARGEST = 1 << 24
"""Bytes of a file; the kernel's has half a million."""

_DIGITS = 64
"""Of the digest, with which a file begins."""

_KIND = "firelane-"
"""How the names of all files begin."""


class _Place(NamedTuple):
    """A place where code may lie."""

    folder: Path
    is_the_packages: bool
    """what its installer, who may be root, has compiled there is for every user"""

    @contextmanager
    def opened(self, make: bool = False) -> Iterator[Folder]:
        """Open the place; raises OSError where there is none, or others may write to it."""
        with own_folder(self.folder, make, trusts_root=self.is_the_packages) as folder:
            yield folder


def keep(name: str, made: MachineCode) -> None:
    """Keep code on disk for later, if there is a place that only we can write to."""
    for place in _places():
        try:
            with place.opened(make=True) as folder:
                if not folder.is_ours:
                    continue
                mode = PUBLIC_FILE if place.is_the_packages else PRIVATE_FILE
                folder.write(name, _packed(name, made), mode)
                folder.clear_up(_KIND)
        except OSError:
            continue
        return


def kept(name: str) -> MachineCode | None:
    """What was kept under a name; None where it is not there, not whole, or others may have written it."""
    for place in _places():
        try:
            with place.opened() as folder:
                found = _unpacked(name, folder.read(name, _LARGEST))
        except (OSError, ValueError):
            continue
        if found is not None:
            return found
    return None


def _packed(name: str, made: MachineCode) -> bytes:
    """The content of a file of code: the digest, the symbol and the names it needs, a line each;
    then the code."""
    lines = f"{made.symbol}\n{' '.join(made.needs)}\n".encode()
    return _digest(name, lines + made.code) + b"\n" + lines + made.code


def _unpacked(name: str, content: bytes) -> MachineCode | None:
    digest, rest = content[:_DIGITS], content[_DIGITS + 1 :]
    if content[_DIGITS : _DIGITS + 1] != b"\n" or digest != _digest(name, rest):
        return None
    symbol, needs, code = rest.split(b"\n", 2)
    return MachineCode(symbol.decode(), needs.decode().split(), code)


def _digest(name: str, rest: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + rest).hexdigest().encode()


def _places() -> Iterator[_Place]:
    """The places where code may lie, the best first."""
    if chosen := os.environ.get(FOLDER):
        yield _private(Path(chosen))
        return
    yield _Place(Path(__file__).parent / "__pycache__", is_the_packages=True)
    if of_caches := os.environ.get("XDG_CACHE_HOME"):
        yield _private(Path(of_caches) / "firelane")
    elif (home := os.environ.get("HOME")) and is_ours(Path(home)):
        yield _private(Path(home) / ".cache" / "firelane")


def _private(folder: Path) -> _Place:
    """The place of a folder, or of one of our own within it where others may write to it."""
    return _Place(folder if is_safe(folder) else folder / f"firelane-{us()}", is_the_packages=False)


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
        """Run the function; raises whatever the compiled code raises."""
        nothing, raised = ctypes.c_void_p(), ctypes.POINTER(_Raised)()
        status = self._call(ctypes.byref(nothing), ctypes.byref(raised), memory)
        if status not in (_OK, _NONE):
            raise _exception(raised.contents) if status >= _RAISED else SystemError(status)


def _exception(raised: _Raised) -> BaseException:
    """The exception that was raised, with a note of where."""
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
