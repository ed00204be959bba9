"""The programs, as far as this machine has what they need, and how much code each is."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from benchmarks.common_queue.tape import Ints, Tape

HERE = Path(__file__).parent

Run = Callable[[Tape], "Ints | tuple[float, float]"]
"""Each customer's wait in seconds, in the order of the tape, or the mean waits of the two classes."""


class Program(NamedTuple):
    """A simulator's way with the queue."""

    title: str
    files: tuple[str, ...]
    """The model, in files beside this one; the first is the module with `run`."""
    engine: str | None = None
    """One of ours; None: what is not ours has no choice."""
    draws: bool = False
    """It draws its own customers instead of reading them off the tape."""

    def load(self) -> Run:
        """What runs it.

        Raises:
            ImportError: where something it needs is not installed.
        """
        module = import_module(f"{__package__}.{Path(self.files[0]).stem}")
        return partial(module.run, engine=self.engine) if self.engine else module.run

    @property
    def lines(self) -> int:
        """Of code in its files: no blank lines, comments or docstrings."""
        return sum(code_lines(HERE / name) for name in self.files)


PLAIN_SIMPY = "simpy"
OURS = "firelane"
DRAWING = "firelane_drawing"

PROGRAMS = {
    OURS: Program("Firelane, compiled", ("ours.py",), "compiled"),
    PLAIN_SIMPY: Program("SimPy", ("plain_simpy.py",)),
    "bare_heap": Program("Python, heapq", ("bare_heap.py",)),
    "c": Program("C by hand", ("c_queue.py", "c_queue.c", "event_heap.h")),
    DRAWING: Program("Firelane, drawing", ("ours_drawing.py", "ours.py"), draws=True),
    "c_drawing": Program(
        "C by hand, drawing", ("c_drawing.py", "c_drawing.c", "event_heap.h"), draws=True
    ),
    "numba": Program("numba, this queue", ("numba_queue.py",)),
    "ciw": Program("Ciw", ("ciw_queue.py",)),
    "cimba": Program("Cimba, Python", ("cimba_queue.py",)),
    "cimba_c": Program("Cimba, C", ("cimba_c.py", "cimba_c.c")),
    "firelane_simpy": Program("Firelane on SimPy", ("ours.py",), "simpy"),
}


def code_lines(path: Path) -> int:
    """Lines that are neither blank, comment nor docstring."""
    if path.suffix != ".py":
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        return sum(1 for line in text.splitlines() if line.strip())
    text = path.read_text()
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docstrings.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines: set[int] = set()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in _NO_CODE:
                lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
