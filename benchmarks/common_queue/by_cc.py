"""C compiled where it stands, to be called with a tape."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from benchmarks.common_queue.tape import Ints, Tape

INTS = np.ctypeslib.ndpointer(np.int64, ndim=1, flags="C_CONTIGUOUS")


def program(source: Path, *libraries: Path) -> Callable[[Tape], Ints]:
    """What calls `simulate` of a C file: each customer's wait, seconds.

    Raises:
        ImportError: where it cannot be compiled.
    """
    simulate = compiled(source, libraries).simulate
    simulate.argtypes = [ctypes.c_int64] + 4 * [INTS]

    def run(tape: Tape) -> Ints:
        waits = np.zeros(tape.customers, dtype=np.int64)
        simulate(tape.customers, tape.arrival, tape.priority, tape.service, waits)
        return waits

    return run


def compiled(source: Path, libraries: tuple[Path, ...] = ()) -> ctypes.CDLL:
    """A C file as a library.

    Raises:
        ImportError: where it cannot be compiled.
    """
    compiler = which("cc")
    if compiler is None:
        raise ImportError("no C compiler (cc)")
    linked = [str(library) for library in libraries]
    paths = [f"-Wl,-rpath,{library.parent}" for library in libraries]
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/{source.stem}.so"
        flags = ["-O3", "-march=native", "-shared", "-fPIC", "-o", target]
        done = subprocess.run(
            [compiler, *flags, str(source), *linked, *paths, "-lm"], capture_output=True, text=True
        )
        if done.returncode:
            raise ImportError(f"{source.name} does not compile: {done.stderr.strip()[:200]}")
        return ctypes.CDLL(target)
