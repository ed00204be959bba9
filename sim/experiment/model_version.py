"""A version tells which program this is, as far as that can change a figure."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import scipy

_PROGRAM = Path(__file__).parents[2]

_ROOMS = ("scenario", "policy", "sampling", "engine", "measures")
"""Of `sim`: what computes a replication's figures."""

_BESIDES = ("files/delimited.py", "files/quality.py", "experiment/study.py")
"""How a recorded log is read, and how figures are put together."""


@cache
def model_version() -> str:
    """Return a hash that changes with the program's text wherever that decides figures.

    It also changes with what the program stands on.

    The policies that ship are not part of it: a study is told apart by the content of its own.
    """
    return _digest(files_that_decide_figures())


def files_that_decide_figures() -> list[Path]:
    """Return the program's files whose text is part of `model_version`."""
    home = _PROGRAM / "sim"
    text = [file for room in _ROOMS for file in (home / room).rglob("*.py")]
    return sorted([*text, *(home / name for name in _BESIDES)])


@cache
def program_version() -> str:
    """Return `model_version`, the text of the policies that ship, and in words what it stands
    on."""
    policies = _digest(sorted(_PROGRAM.glob("policies/*.py")))
    return f"{model_version()}-{policies} ({_stands_on()})"


def _stands_on() -> str:
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}, "
        f"{platform.machine()}"
    )


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256(_stands_on().encode())
    for file in files:
        content = file.read_bytes()
        name = file.relative_to(_PROGRAM).as_posix()
        found.update(f"\n{name} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]
