"""Whether a decision rests on its views alone: nothing it refers to can hold a past, a future or chance."""

from __future__ import annotations

import builtins
import dis
import math
import types
from collections.abc import Callable, Iterator
from typing import Any

PLAIN = (int, float, str, bool, type(None))

KNOWN = frozenset(
    ["abs", "all", "any", "bool", "divmod", "enumerate", "float", "int", "len", "max", "min", "pow", "range", "reversed",
     "round", "sorted", "sum", "tuple", "zip", "list", "set", "dict", "isinstance", "ValueError"]
)  # fmt: skip
"""Builtins that answer the same to the same."""


def beyond_its_views(decision: Callable[..., Any]) -> str:
    """Return in words what a decision refers to beside its views, parameters, constants and functions like itself;
    empty where there is nothing."""
    return next(_found(decision, set()), "")


def _found(function: Any, seen: set[int]) -> Iterator[str]:
    function = getattr(function, "py_func", function)
    if id(function) in seen or not isinstance(function, types.FunctionType):
        return
    seen.add(id(function))
    for code in _codes(function.__code__):
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME" and step.argval != "math":
                yield f"{function.__name__} imports {step.argval}"
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                yield f"{function.__name__} writes to {step.argval}, which all decisions share"
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
                yield from _named(function, str(step.argval), seen)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield from _value(function, name, cell.cell_contents, seen)
    for name, value in (function.__kwdefaults__ or {}).items():
        yield from _value(function, name, value, seen)
    for n, value in enumerate(function.__defaults__ or ()):
        yield from _value(function, f"default {n + 1}", value, seen)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for own in code.co_consts:
        if isinstance(own, types.CodeType):
            yield from _codes(own)


def _named(function: types.FunctionType, name: str, seen: set[int]) -> Iterator[str]:
    if name in function.__globals__:
        yield from _value(function, name, function.__globals__[name], seen)
    elif hasattr(builtins, name) and name not in KNOWN:
        yield f"{function.__name__} calls {name}"


def _value(function: types.FunctionType, name: str, value: Any, seen: set[int]) -> Iterator[str]:
    if _is_plain(value) or value is math:
        return
    if isinstance(value, types.FunctionType) or hasattr(value, "py_func"):
        yield from _found(value, seen)
        return
    if isinstance(value, types.BuiltinFunctionType) and value.__module__ == "math":
        return
    if isinstance(value, type) and issubclass(value, tuple | int):
        return
    kind = "the module" if isinstance(value, types.ModuleType) else f"a {type(value).__name__},"
    yield f"{function.__name__} refers to {kind} {name}"


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple | frozenset):
        return all(_is_plain(own) for own in value)
    return isinstance(value, PLAIN)
