"""What a function computes: its code, and what the code takes from outside itself.

Compiled code and stored figures stand for the content of a policy's decisions. A constant of the notebook
or a helper that has changed is another content, though the decision's own text is the same. Only what is
known to be told by its content is told: numbers, text, tables and functions of these. Whatever else a
decision reaches could change unseen, so nothing of such a policy is kept.
"""

from __future__ import annotations

import builtins
import dis
import sysconfig
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, EnumMeta
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from types import (
    BuiltinFunctionType,
    CodeType,
    EllipsisType,
    FunctionType,
    MappingProxyType,
    ModuleType,
    NoneType,
)
from typing import Any

import numpy as np

from sim.errors import FirelaneError
from sim.policy.in_python import text_behind
from sim.policy.views import DeveloperView, IncidentView, SprintView, StoryView, TeamView

DEEPEST = 40
"""Values within values that are looked into."""


class UntoldError(FirelaneError):
    """Raised for something that a decision reaches and that no content tells, by its name."""


def content(function: Callable[..., Any]) -> tuple[Any, ...]:
    """The function's code and its surroundings; equal where the same is computed.

    Raises:
        UntoldError: naming what it reaches that could change unseen.
    """
    told: tuple[Any, ...] = _told(text_behind(function) or function, "it", (), ())
    return told


def described(function: Callable[..., Any]) -> tuple[Any, ...]:
    """The function's content; where it is not to be told, what hides it, and the function's own
    text."""
    try:
        return content(function)
    except UntoldError as error:
        python = text_behind(function) or getattr(function, "__func__", function)
        code = getattr(python, "__code__", None)
        return str(error), _text(code) if code is not None else type(function).__qualname__


def untold(function: Callable[..., Any]) -> str:
    """What the function reaches that could change unseen; empty where there is nothing."""
    try:
        content(function)
    except UntoldError as error:
        return str(error)
    return ""


def uses(function: Callable[..., Any], argument: int) -> bool:
    """Whether what the function computes may depend on an argument, the first being 0."""
    if not isinstance(function := getattr(function, "py_func", function), FunctionType):
        return True
    if hasattr(function, "py_func"):  # asked at an edge, in place of the one behind it
        return uses(function, argument)
    return _uses(function.__code__, argument)


@cache
def _uses(code: CodeType, argument: int) -> bool:
    if code.co_argcount <= argument or {"locals", "vars", "eval", "exec"} & set(code.co_names):
        return True
    name = code.co_varnames[argument]
    told = (i.argval for i in dis.get_instructions(code))
    return any(name in (value if isinstance(value, tuple) else (value,)) for value in told)


_FIELDS = frozenset(
    name
    for view in (DeveloperView, TeamView, SprintView, IncidentView, StoryView)
    for name in view._fields
)


def reads(function: Callable[..., Any], arguments: Collection[int], names: Collection[str]) -> bool:
    """Whether what the function computes may depend on a field, of one of these names, of one of these
    arguments, which are views, the first being 0; it may where a view is used as a whole, or by what is no
    field of it, such as `_asdict`."""
    python = text_behind(function) or function
    if not isinstance(python, FunctionType):
        return True
    return _reads(python.__code__, tuple(arguments), frozenset(names))


@cache
def _reads(code: CodeType, arguments: tuple[int, ...], names: frozenset[str]) -> bool:
    if any(isinstance(each, CodeType) for each in code.co_consts):
        return True
    if {"locals", "vars", "eval", "exec"} & set(code.co_names) or code.co_argcount <= max(
        arguments
    ):
        return True
    views = {code.co_varnames[argument] for argument in arguments}
    instructions = [i for i in dis.get_instructions(code) if i.opname != "CACHE"]
    following = [*instructions[1:], None]
    return any(
        _depends(each, after, views, names)
        for each, after in zip(instructions, following, strict=True)
    )


def _depends(
    each: dis.Instruction, after: dis.Instruction | None, views: set[str], names: frozenset[str]
) -> bool:
    """Whether an instruction loads a view for one of these attributes, or for anything but an attribute."""
    held = each.argval if isinstance(each.argval, tuple) else (each.argval,)
    if not each.opname.startswith(("LOAD_", "STORE_FAST_LOAD")) or not views & set(held):
        return False
    if after is None or after.opname not in ("LOAD_ATTR", "LOAD_METHOD") or views & set(held[:-1]):
        return True
    return held[-1] not in views or after.argval in names or after.argval not in _FIELDS


# ---- functions -----------------------------------------------------------------------------------


def _function_told(function: Any, name: str, within: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(function, FunctionType):
        raise UntoldError(f"{name}, which is no plain function")
    code = function.__code__
    looked_up, asked = _names(code)
    within = (*within, function)
    cells = [
        _told(cell.cell_contents, free, asked, within)
        for free, cell in zip(code.co_freevars, function.__closure__ or (), strict=True)
        if _filled(cell)
    ]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()]
    found: list[Any] = [_text(code), *cells, _told(defaults, f"a default of {name}", asked, within)]
    for wanted in looked_up:
        if wanted in function.__globals__:
            value = function.__globals__[wanted]
            found.append((wanted, _told(value, wanted, asked, within)))
        elif hasattr(builtins, wanted):
            if wanted not in _HARMLESS:
                raise UntoldError(f"{wanted}()")
            found.append(wanted)
    return tuple(found)


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


@cache
def _text(code: CodeType) -> str:
    constants = [
        _text(c) if isinstance(c, CodeType) else repr(_constant(c)) for c in code.co_consts
    ]
    arguments = (code.co_argcount, code.co_kwonlyargcount, code.co_flags)
    return repr((arguments, code.co_code.hex(), code.co_names, constants))


def _constant(value: Any) -> Any:
    """A constant as it stands in the text, sets in an order that is the same in every process."""
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(map(repr, value)))
    return (
        tuple(map(_constant, value)) if isinstance(value, tuple) else (type(value).__name__, value)
    )


@cache
def _names(code: CodeType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that the code, and code within it, looks up outside; and the attributes it asks for."""
    looked_up, asked = set(), set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            looked_up.add(instruction.argval)
        elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            asked.add(instruction.argval)
        elif instruction.opname.startswith("IMPORT_"):
            raise UntoldError(f"import {instruction.argval}")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            theirs = _names(inner)
            looked_up, asked = looked_up | set(theirs[0]), asked | set(theirs[1])
    return tuple(sorted(looked_up)), tuple(sorted(asked))


# ---- values --------------------------------------------------------------------------------------

_BY_REPR = {
    bool, int, float, complex, str, bytes, NoneType, EllipsisType, range,
    timedelta, date, datetime, time, Decimal, Fraction,
}  # fmt: skip
"""Types of values that their text tells whole."""


def _is_error(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


_HARMLESS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytes",
        "chr",
        "complex",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "hex",
        "int",
        "isinstance",
        "issubclass",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "oct",
        "ord",
        "pow",
        "print",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "slice",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
        "__debug__",
    ]
) | {name for name, value in vars(builtins).items() if _is_error(value)}
"""Functions of Python's own that look at nothing but what they are given."""

_LIBRARIES = frozenset(
    [
        "math",
        "cmath",
        "operator",
        "itertools",
        "functools",
        "collections",
        "fractions",
        "decimal",
        "statistics",
        "bisect",
        "heapq",
        "enum",
        "typing",
        "numba",
        "numpy",
    ]
)
"""Modules whose functions look at nothing but what they are given, and whose versions are told."""


def _told(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    """A value as text and tuples that are the same in every process; `asked`: the attributes that are
    looked at, of modules."""
    if len(within) > DEEPEST:
        raise UntoldError(f"{name}, whose parts go too deep")
    if isinstance(value, Enum):
        return _enum_told(type(value), name, asked, within), value.name
    if isinstance(value, EnumMeta):
        return _enum_told(value, name, asked, within)
    if isinstance(value, np.generic):
        return str(value.dtype), value.tobytes().hex()
    tell = _TELLERS.get(type(value))
    if tell is not None:
        return tell(value, name, asked, within)
    if (function := text_behind(value)) is not None:
        return (
            "compiled",
            repr(getattr(value, "targetoptions", "")),
            _told(function, name, (), within),
        )
    if isinstance(value, type) and value.__module__ in ("builtins", "sim.policy.views"):
        return value.__qualname__
    raise UntoldError(f"{name}, a value of type {type(value).__qualname__}")


def _parts(
    values: Iterable[Any], name: str, asked: tuple[str, ...], within: Any
) -> tuple[Any, ...]:
    return tuple(_told(each, f"a part of {name}", asked, (*within, values)) for each in values)


def _sequence(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    return type(value).__qualname__, *_parts(value, name, asked, within)


def _set(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    return "set", *sorted(map(repr, _parts(value, name, asked, within)))


def _mapping(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    return "mapping", *_parts(value.items(), name, asked, within)


def _array(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    if value.dtype.hasobject:
        raise UntoldError(f"{name}, an array of objects")
    return str(value.dtype), value.shape, value.tobytes().hex()


def _partial(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    held = (value.func, value.args, value.keywords)
    return "partial", *_parts(held, name, asked, within)


def _function(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    if any(value is each for each in within) or _is_librarys(value.__code__):
        return value.__module__, value.__qualname__
    return _function_told(value, name, within)


def _builtin(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    """Tell a function in C by its name; a method of a value, such as `table.get`, goes by the
    value."""
    of = value.__self__
    if not isinstance(of, ModuleType | NoneType):
        return value.__name__, _told(of, name, asked, within)
    home = (value.__module__ or "").partition(".")[0]
    if value.__name__ in _HARMLESS if home == "builtins" else home.lstrip("_") in _LIBRARIES:
        return home, value.__qualname__
    raise UntoldError(f"{home}.{value.__name__}()")


def _module(value: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    """Tell a library by its name, and of another module what is asked for."""
    home = value.__name__.partition(".")[0]
    file = getattr(value, "__file__", None) or ""
    if home in _LIBRARIES and (not file or is_installed(file)):
        return value.__name__
    if not file or not is_installed(file):
        within = (*within, value)
        held = ((n, getattr(value, n)) for n in asked if hasattr(value, n))
        return value.__name__, *((n, _told(v, f"{name}.{n}", asked, within)) for n, v in held)
    raise UntoldError(f"module {value.__name__}")


_TELLERS: dict[type, Any] = dict.fromkeys(
    _BY_REPR, lambda value, *_: (type(value).__name__, repr(value))
)
_TELLERS |= {
    list: _sequence, tuple: _sequence, deque: _sequence, set: _set, frozenset: _set,
    dict: _mapping, MappingProxyType: _mapping, type({}.items()): _sequence,
    array: lambda value, *_: (value.typecode, value.tobytes().hex()),
    np.ndarray: _array, partial: _partial, FunctionType: _function,
    BuiltinFunctionType: _builtin, np.ufunc: lambda value, *_: ("ufunc", value.__name__),
    ModuleType: _module,
}  # fmt: skip
"""How values are told, by their very type: a subclass may hold more, and compute otherwise."""


def _enum_told(kind: Any, name: str, asked: tuple[str, ...], within: tuple[Any, ...]) -> Any:
    own = [n for n, held in vars(kind).items() if isinstance(held, FunctionType | property)]
    if [n for n in own if not n.startswith("_")]:
        raise UntoldError(f"{name}, an enumeration with functions")
    members = [(each.name, _told(each.value, name, asked, within)) for each in kind]
    return kind.__qualname__, kind.__mro__[1].__name__, *members


_STANDARD = Path(sysconfig.get_path("stdlib")).resolve()

_INSTALLED = tuple(Path(np.__file__).resolve().parents[1:2])


def is_installed(file: str) -> bool:
    """Whether a file is Python's own, or of NumPy, numba or what lies beside them."""
    at = Path(file).resolve()
    return any(at.is_relative_to(folder) for folder in (_STANDARD, *_INSTALLED))


@cache
def _is_librarys(code: CodeType) -> bool:
    """Whether a function stands in a library of ours, by its file: any module may bear its name."""
    if not is_installed(code.co_filename):
        return False
    at = Path(code.co_filename).resolve()
    for folder in _INSTALLED:
        if at.is_relative_to(folder):
            return at.relative_to(folder).parts[0] in ("numpy", "numba")
    return True
