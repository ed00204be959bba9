"""Which program this is, as far as that can change a figure."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import scipy

_HERE = Path(__file__).parent


@cache
def model_version() -> str:
    """Changes with the program's text, wherever that decides figures, and with what it stands on.

    The policies that ship are not part of it: a study is told apart by the content of its own.
    """
    text = [*_HERE.glob("*.py"), *_HERE.glob("model/*.py"), *_HERE.glob("kernel/*.py")]
    return _digest(sorted(text))


@cache
def program_version() -> str:
    """`model_version`, the text of the policies that ship, and in words what it stands on."""
    policies = _digest(sorted(_HERE.parent.glob("policies/*.py")))
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
        found.update(f"\n{file.name} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]
