"""Loops in the numba subset: compiled where numba is there, and run as they stand where it is not."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

OPTIONS = {"boundscheck": True, "nogil": True}
"""Bounds checks stay on: a wrong index raises instead of corrupting memory."""

UNSEEN = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For what compiled code alone calls: what Python would call it by takes four fifths of compiling it."""

_LOOPS = {**OPTIONS, "_nrt": False}
"""Without numba's count of who holds an array: a loop that makes none runs in half the time."""


def has_numba() -> bool:
    """Whether anything can be compiled."""
    return find_spec("numba") is not None


def fingerprint(*modules: ModuleType) -> str:
    """Of the text that compiled code is made of. It names the file in which numba keeps the code, so
    that code of an older text is never taken for it: numba itself looks at one file only."""
    texts = (Path(str(module.__file__)).read_bytes() for module in modules)
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def kept_on_disk(entry: Callable[..., Any], names: dict[str, Any], *made_of: ModuleType) -> Any:
    """numba's dispatcher for `entry`, in which `names` stand for globals; its code is kept on disk."""
    import numba

    function = FunctionType(entry.__code__, names)
    function.__module__ = entry.__module__
    function.__qualname__ = f"{entry.__name__}_{fingerprint(*made_of)}"
    return numba.njit(cache=True, **_LOOPS)(function)


def loaded(dispatcher: Any, signature: Any) -> bool:
    """Whether code for this signature is there, having loaded it from disk if it lies there: once, for
    each loading takes half a megabyte for good."""
    if signature.args not in dispatcher.overloads:
        kept = dispatcher._cache.load_overload(signature, dispatcher.targetctx)
        if kept is None:
            return False
        dispatcher.add_overload(kept)
    return True


def compiled_where_possible(
    entry: Callable[..., Any], dimensions: Sequence[int], *made_of: ModuleType
) -> Callable[..., Any]:
    """`entry` and the functions of its module, compiled; as they are where there is no numba.

    Args:
        entry: a function whose arguments are contiguous arrays of whole numbers.
        dimensions: of each of them.
        made_of: other modules whose constants it uses.
    """
    if not has_numba():
        return entry
    import numba

    home = sys.modules[entry.__module__]
    names = dict(vars(home))
    for name, value in vars(home).items():
        if isinstance(value, FunctionType) and value.__module__ == home.__name__:
            within = FunctionType(value.__code__, names)
            names[name] = numba.njit(**_LOOPS, **UNSEEN)(within)
    dispatcher = kept_on_disk(entry, names, home, sys.modules[__name__], *made_of)
    dispatcher.compile(tuple(numba.types.Array(numba.int64, d, "C") for d in dimensions))
    return dispatcher
