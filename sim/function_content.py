"""What a function computes: its code, and what the code takes from outside itself.

Compiled code and stored figures stand for the content of a policy's decisions. A constant of the
notebook or a helper that has changed is another content, though the decision's own text is the same.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Mapping
from enum import Enum, EnumMeta
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

_VERSIONED = {*sys.stdlib_module_names, "numpy", "numba"}
"""What is kept is told apart by the versions of these, so their functions need not be read."""

DEEPEST = 8
"""Objects within objects that are looked into."""

_PLAIN = (bool, int, float, complex, str, bytes, np.generic, type(None))


def content(function: Callable[..., Any]) -> tuple[Any, ...]:
    """The function's code and its surroundings; equal where the same is computed."""
    return *_content(_python(function), ()), *_owner(function)


def surroundings(function: Callable[..., Any]) -> tuple[Any, ...]:
    """What the function takes from outside: its defaults, the variables of the function around it,
    the globals it names; of functions among them what they compute."""
    return _surroundings(_python(function), ())


def uses(function: Callable[..., Any], argument: int) -> bool:
    """Whether what the function computes may depend on an argument, the first being 0."""
    if not isinstance(function := getattr(function, "py_func", function), FunctionType):
        return True
    return _uses(function.__code__, argument)


@cache
def _uses(code: CodeType, argument: int) -> bool:
    if code.co_argcount <= argument or {"locals", "vars", "eval", "exec"} & set(code.co_names):
        return True
    name = code.co_varnames[argument]
    told = (i.argval for i in dis.get_instructions(code))
    return any(name in (value if isinstance(value, tuple) else (value,)) for value in told)


def unsteady(function: Callable[..., Any]) -> str:
    """The name of something the function uses that answers otherwise each time it is asked: a source of
    random numbers, or the clock; empty where there is none."""
    return _unsteady(_python(function), ())


def _unsteady(function: Any, within: tuple[Any, ...]) -> str:
    if not isinstance(function, FunctionType) or function in within:
        return ""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    held = {name: cell.cell_contents for name, cell in cells if _filled(cell)}
    known, names = function.__globals__ | held, _globals_of(function.__code__)
    for name in (*names, *held):
        value = known.get(name)
        if _draws_or_tells_time(value, names):
            return f"{name}.random" if value is np else name
        if found := _unsteady(_python(value), (*within, function)):
            return found
    return ""


def _draws_or_tells_time(value: Any, names: tuple[str, ...]) -> bool:
    """By where it comes from: a module, something of one, or a generator and its methods."""
    of = getattr(value, "__self__", value)
    own = of if isinstance(of, ModuleType | type | FunctionType) else type(of)
    home = own.__name__ if isinstance(own, ModuleType) else str(own.__module__)
    if home.partition(".")[0] == "numpy":
        return home.startswith("numpy.random") or (value is np and "random" in names)
    if home == "datetime":
        return bool({"now", "today", "utcnow"} & set(names))
    return home in ("random", "secrets", "time", "uuid")


def _owner(function: Any) -> tuple[Any, ...]:
    """What the object holds that a method is of."""
    owner = getattr(function, "__self__", None)
    held = getattr(owner, "__dict__", {})
    return (type(owner).__qualname__, _described(dict(held), (), ())) if held else ()


def _python(function: Any) -> Any:
    """The Python function behind a method, or behind what numba made of it."""
    function = getattr(function, "py_func", function)
    return getattr(function, "__func__", function)


def _content(function: Any, within: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(function, FunctionType):
        call = vars(type(function)).get("__call__")
        names = _globals_of(call.__code__) if isinstance(call, FunctionType) else ()
        own = _content(call, within) if isinstance(call, FunctionType) else ()
        return (type(function).__qualname__, *own, *_held_by(function, names, within))
    return _text(function.__code__), *_surroundings(function, within)


def _surroundings(function: Any, within: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(function, FunctionType):
        return ()
    cells = [cell.cell_contents for cell in function.__closure__ or () if _filled(cell)]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    known = function.__globals__
    names = _globals_of(function.__code__)
    found: list[Any] = [_described(value, names, (*within, function)) for value in cells + defaults]
    for name in names:
        if name in known:
            found.append((name, _described(known[name], names, (*within, function))))
    return tuple(found)


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _described(value: Any, names: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    """A value as text that is the same in every process, as far as it can change what is computed."""
    value = _python(value)
    if isinstance(value, Enum | EnumMeta):
        members = [value] if isinstance(value, Enum) else list(value)
        return (str(value), *((member.name, repr(member.value)) for member in members))
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, FunctionType):
        known = value in within or (value.__module__ or "").partition(".")[0] in _VERSIONED
        return value.__qualname__ if known else _content(value, within)
    if isinstance(value, np.ndarray):
        return (str(value.dtype), value.shape, value.tobytes().hex())
    if isinstance(value, set | frozenset):
        return tuple(sorted(map(repr, value)))
    if isinstance(value, list | tuple):
        return (type(value).__qualname__, *(_described(v, names, within) for v in value))
    if isinstance(value, Mapping):
        return tuple((repr(k), _described(v, names, within)) for k, v in value.items())
    if isinstance(value, ModuleType):
        named = ((n, getattr(value, n, None)) for n in names)
        return (value.__name__, *((n, _within_module(v, within)) for n, v in named))
    called = getattr(value, "__qualname__", type(value).__qualname__)
    return (called, *_held_by(value, names, within))


def _held_by(value: Any, names: tuple[str, ...], within: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a class or an object of somebody's own holds, as far as it can be asked for: all of an
    object's variables, and what goes by one of the names."""
    if isinstance(value, partial):
        return tuple(_described(v, names, within) for v in (value.func, value.args, value.keywords))
    of = value if isinstance(value, type) else type(value)
    versioned = of.__module__.partition(".")[0] in _VERSIONED and of is not SimpleNamespace
    if versioned or len(within) > DEEPEST or any(value is seen for seen in within):
        return ()
    inner = (*within, value)
    own = {} if isinstance(value, type) else getattr(value, "__dict__", {})
    asked = {name: getattr(value, name) for name in names if hasattr(value, name)}
    return tuple((n, _described(v, names, inner)) for n, v in sorted({**asked, **own}.items()))


def _within_module(value: Any, within: tuple[Any, ...]) -> Any:
    """Values, and functions; what else a module holds is the module's own."""
    value = _python(value)
    kept = (*_PLAIN, list, tuple, np.ndarray, Enum, EnumMeta, FunctionType)
    return _described(value, (), within) if isinstance(value, kept) else None


@cache
def _text(code: CodeType) -> str:
    constants = [
        _text(c) if isinstance(c, CodeType) else _described(c, (), ()) for c in code.co_consts
    ]
    arguments = (code.co_argcount, code.co_kwonlyargcount, code.co_flags)
    return repr((arguments, code.co_code.hex(), code.co_names, constants))


@cache
def _globals_of(code: CodeType) -> tuple[str, ...]:
    """The names that the code, and code within it, looks up outside, and attributes it asks for."""
    wanted = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD")
    names = {i.argval for i in dis.get_instructions(code) if i.opname in wanted}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            names |= set(_globals_of(inner))
    return tuple(sorted(names))
