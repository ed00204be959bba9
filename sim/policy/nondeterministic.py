"""What a decision may not ask: chance, the clock, the machine.

The same views must get the same answer, in every process and every time, or the same seed no longer gives
the same figures.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from sim.policy.in_python import text_behind

_MODULES = frozenset(("random", "secrets", "time", "uuid"))

_BUILTINS = {
    "hash": "whose answer for text is another in each process",
    "id": "whose answer is another in each process",
    "input": "which asks whoever sits there",
}

_OF_THE_MACHINE = frozenset(
    [
        "urandom",
        "getrandom",
        "getpid",
        "getppid",
        "times",
        "cpu_count",
        "getloadavg",
        "get_ident",
        "get_native_id",
    ]
)


def nondeterministic(function: Callable[..., Any]) -> str:
    """The name of something the function uses that answers otherwise each time, in another process or on
    another machine, and why where that is not plain; empty where there is none."""
    return _found(function, ())


def _found(function: Any, within: tuple[Any, ...]) -> str:
    function = text_behind(function) or function
    if isinstance(function, MethodType):
        function = function.__func__
    if not isinstance(function, FunctionType) or function in within or len(within) > 20:
        return ""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    held = dict(_filled(cells))
    known, looked_up, names = function.__globals__ | held, *_names(function.__code__)
    for name in (*looked_up, *held):
        value = known.get(name)
        if name in _BUILTINS and name not in known:
            return f"{name}(), {_BUILTINS[name]}"
        if _draws_or_tells_time(value, names):
            return f"{name}.random" if value is np else name
        if found := _found(value, (*within, function)):
            return found
    return ""


def _filled(cells: Any) -> Iterator[tuple[str, Any]]:
    for name, cell in cells:
        try:
            yield name, cell.cell_contents
        except ValueError:
            continue


def _draws_or_tells_time(value: Any, names: frozenset[str]) -> bool:
    """Whether a value draws or tells time, by where it comes from: a module, something of one, or a
    generator and its methods."""
    of = getattr(value, "__self__", value)
    own = of if isinstance(of, ModuleType | type | FunctionType) else type(of)
    home = own.__name__ if isinstance(own, ModuleType) else str(own.__module__)
    base = home.partition(".")[0]
    if base == "numpy":
        return home.startswith("numpy.random") or (value is np and "random" in names)
    if base == "scipy":
        return "rvs" in names or getattr(value, "__name__", "") == "rvs"
    if home == "datetime":
        return bool({"now", "today", "utcnow"} & names)
    if base in ("os", "posix", "threading", "_thread", "platform", "socket"):
        asked = names if isinstance(value, ModuleType) else {getattr(value, "__name__", "")}
        return bool(_OF_THE_MACHINE & asked)
    return home in _MODULES


@cache
def _names(code: CodeType) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names that are looked up outside, and every name that the code, and code within it,
    speaks."""
    looked_up = {
        i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    names = set(code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            theirs = _names(inner)
            looked_up, names = looked_up | set(theirs[0]), names | theirs[1]
    return tuple(sorted(looked_up)), frozenset(names)
